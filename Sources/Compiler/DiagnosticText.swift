/// Diagnostics as people read them: the message, the lines with carets, what else matters, and a way out.
///
///     error[E2012]: the step does not divide the range
///      --> sweeps/e.yaml:4:38
///       |
///     4 | parameters: {lr: {int: [0, 9], step: 4}}
///       |                                      ^ 9 / 4 is no whole number
///       |
///       = help: change a bound or the step, so that the upper bound is reached
///       = note: `attune explain E2012` tells more
package struct DiagnosticText: Sendable {
  private let isColoured: Bool
  private let columns: Int
  /// The codes that it has been said of that there is more to read.
  private var told = Set<String>()

  /// - Parameters:
  ///   - isColoured: whether the text holds ANSI's sequences for colour.
  ///   - columns: about as many are shown of a line.
  package init(isColoured: Bool = false, columns: Int = 124) {
    self.isColoured = isColoured
    self.columns = columns
  }

  /// The text of a diagnostic, with a line feed behind its last row. Where to read more is said once of each code.
  package mutating func text(of diagnostic: Diagnostic, in sources: Sources) -> String {
    let code = diagnostic.message.code
    let isNew = told.insert(code).inserted && Explanation[code] != nil
    return text(of: diagnostic, in: sources, note: isNew ? "`attune explain \(code)` tells more" : nil)
  }

  fileprivate func text(of diagnostic: Diagnostic, in sources: Sources, note: String?) -> String {
    let margin = Self.margin(of: diagnostic, in: sources)
    var text = ""
    func add(_ parts: Row.Part...) { text += painted(parts, diagnostic.severity) + "\n" }
    let empty = Row.Part(.secondary, String(repeating: " ", count: margin) + "|")

    let head = "\(diagnostic.severity.rawValue)[\(diagnostic.message.code)]"
    add(.init(.primary, head), .init(.strong, ": \(Self.shortened(diagnostic.message.text))"))
    for (index, group) in Self.groups(of: diagnostic).enumerated() {
      let (path, line, column) = sources.place(of: group.span)
      let arrow =
        index == 0 ? String(repeating: " ", count: margin - 1) + "-->" : String(repeating: " ", count: margin) + ":::"
      add(.init(.secondary, arrow), .init(.plain, " \(path):\(line):\(column)"))
      add(empty)
      for row in Excerpt.rows(of: sources[group.span], marks: group.marks, columns: max(40, columns - margin - 2)) {
        text += painted([Self.gutter(row, margin)] + row.parts, diagnostic.severity) + "\n"
      }
    }
    let help = diagnostic.message.help ?? diagnostic.fix?.title
    let notes = [help.map { ("help", $0) }, note.map { ("note", $0) }].compactMap(\.self)
    if !notes.isEmpty { add(empty) }
    for (kind, note) in notes {
      add(
        .init(.secondary, String(repeating: " ", count: margin) + "= "), .init(.strong, kind),
        .init(.plain, ": \(Self.shortened(note))"))
    }
    return text
  }

  /// A message may show what stands in the file, however long that is.
  private static func shortened(_ text: String) -> String {
    text.count <= longest ? text : "\(text.prefix(longest * 3 / 4)) … \(text.suffix(longest / 5))"
  }

  private static let longest = 1000

  /// As many columns as the largest line number takes, and one.
  private static func margin(of diagnostic: Diagnostic, in sources: Sources) -> Int {
    let spans = [diagnostic.span] + diagnostic.related.map(\.span)
    let last = spans.map { sources[$0].position(at: max($0.range.lowerBound, $0.range.upperBound - 1)).line }.max()
    return String(last ?? 1).count + 1
  }

  private static func gutter(_ row: Row, _ margin: Int) -> Row.Part {
    if row.isGap { return .init(.secondary, "...".padded(to: margin + 2)) }
    return .init(.secondary, (row.number.map(String.init) ?? "").padded(to: margin) + "| ")
  }

  /// What is said of each text, that of the diagnostic's own first.
  private static func groups(of diagnostic: Diagnostic) -> [(span: Span, marks: [Excerpt.Mark])] {
    let own = Excerpt.Mark(range: diagnostic.span.range, label: diagnostic.message.label, isPrimary: true)
    var groups = [(span: diagnostic.span, marks: [own])]
    for other in diagnostic.related {
      let mark = Excerpt.Mark(range: other.span.range, label: other.label, isPrimary: false)
      if let index = groups.firstIndex(where: { $0.span.source == other.span.source }) {
        groups[index].marks.append(mark)
      } else {
        groups.append((other.span, [mark]))
      }
    }
    return groups
  }

  /// A row's text, safe to print, without spaces at its end.
  private func painted(_ parts: [Row.Part], _ severity: Diagnostic.Severity) -> String {
    var parts = parts
    while let last = parts.last, last.text.allSatisfy({ $0 == " " }) { parts.removeLast() }
    if let last = parts.indices.last {
      while parts[last].text.last == " " { parts[last].text.removeLast() }
    }
    return parts.map { part in
      let text = TerminalText.printable(part.text)
      let colour = isColoured ? colour(of: part.paint, severity) : nil
      return colour.map { "\u{1B}[\($0)m\(text)\u{1B}[0m" } ?? text
    }.joined()
  }

  private func colour(of paint: Paint, _ severity: Diagnostic.Severity) -> String? {
    switch paint {
    case .plain: nil
    case .strong: "1"
    case .primary: severity == .error ? "1;31" : "1;33"
    case .secondary: "1;34"
    }
  }
}

extension Diagnostic {
  /// As people read it, without colour.
  package func text(in sources: Sources) -> String { DiagnosticText().text(of: self, in: sources, note: nil) }
}

extension String {
  fileprivate func padded(to count: Int) -> String {
    self + String(repeating: " ", count: max(0, count - self.count))
  }
}

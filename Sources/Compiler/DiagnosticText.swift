/// Diagnostics as people read them: the message, the line with a caret, what else matters, and a way out.
extension Diagnostic {
  package func text(in sources: Sources) -> String {
    let margin = String(repeating: " ", count: gutter(in: sources))
    let arrow = margin.dropLast()
    var lines = ["\(severity.rawValue)[\(message.code)]: \(message.text)"]
    lines.append("\(arrow)--> \(place(span, in: sources))")
    lines += excerpt(span, label: message.label, margin: margin, in: sources)
    for other in related {
      lines.append("\(margin)::: \(place(other.span, in: sources))")
      lines += excerpt(other.span, label: other.label, margin: margin, in: sources)
    }
    if let help = message.help { lines.append("\(margin)= help: \(help)") }
    return lines.map(Self.printable).joined(separator: "\n") + "\n"
  }

  /// No control character of the file reaches the terminal. One for one, so that the caret stays in its place.
  private static func printable(_ line: String) -> String {
    String(
      String.UnicodeScalarView(line.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
  }

  private func gutter(in sources: Sources) -> Int {
    let last = ([span] + related.map(\.span)).map { sources.place(of: $0).line }.max() ?? 1
    return String(last).count + 1
  }

  private func place(_ span: Span, in sources: Sources) -> String {
    let (path, line, column) = sources.place(of: span)
    return "\(path):\(line):\(column)"
  }

  private func excerpt(_ span: Span, label: String, margin: String, in sources: Sources) -> [String] {
    let source = sources[span]
    let line = source.line(at: span.range.lowerBound)
    let range = source.range(ofLine: line)
    let start = min(span.range.lowerBound, range.upperBound)
    let before = Array(source.text(range.lowerBound..<start).unicodeScalars)
    let marked = source.text(start..<min(max(span.range.upperBound, start), range.upperBound)).unicodeScalars.count
    let window = Window(Array(source.text(range).unicodeScalars), around: before.count)
    let number = String(line + 1)
    let pad = String(repeating: " ", count: margin.count - number.count)
    let carets = String(repeating: "^", count: max(1, min(marked, window.text.count - (before.count - window.start))))
    let indent = String(repeating: " ", count: before.count - window.start)
    return [
      "\(margin)|",
      "\(number)\(pad)| \(window.text)",
      "\(margin)| \(indent)\(carets)\(label.isEmpty ? "" : " \(label)")",
      "\(margin)|",
    ]
  }
}

/// The part of a line that is shown: all of it, unless it is long.
private struct Window {
  /// With a space for each tab, so that the caret stays in its place.
  let text: String
  /// How many scalars are left out before it.
  let start: Int

  private static let width = 120

  init(_ line: [Unicode.Scalar], around column: Int) {
    start = line.count <= Self.width ? 0 : max(0, min(column - Self.width / 3, line.count - Self.width))
    let shown = line[start..<min(line.count, start + Self.width)]
    text = String(String.UnicodeScalarView(shown.map { $0 == "\t" ? " " : $0 }))
  }
}

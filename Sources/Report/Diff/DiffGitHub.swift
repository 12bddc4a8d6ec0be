package import Artifacts

/// A difference as commands of a GitHub workflow, which shows them as annotations of the experiment's file:
///
///     ::notice file=e.yaml,title=attune::x: wider …
package struct DiffGitHub {
  private let diff: ExperimentDiff
  private let text: DiffText

  package init(_ diff: ExperimentDiff, semanticOnly: Bool = false) {
    self.diff = diff
    text = DiffText(diff, semanticOnly: semanticOnly)
  }

  package var lines: [String] {
    let changes = text.sections.flatMap { section -> [String] in
      func words(_ row: DiffRow) -> String { "\(row.sign.rawValue) \(row.name): \(row.words)" }
      guard section.part == .space else {
        return [line("notice", section.title, section.rows.map(words), at: section.part.flatMap { place(of: $0.key) })]
      }
      // Each parameter where it stands.
      return section.rows.map {
        line("notice", section.title, [words($0)], at: place(of: $0.name) ?? place(of: "parameters"))
      }
    }
    let words = text.consequences.map { "\($0.sign) \($0.text)" }
    let consequences = text.showsConsequences ? [line("notice", "Consequences", words)] : []
    let remarks = diff.remarks.map { line("warning", $0.kind.rawValue, [$0.text]) }
    let denials = text.denials.map { line("error", "denied by the policy", [$0]) }
    return denials + [line("notice", "attune diff", [text.headline])] + changes + consequences + remarks
  }

  /// The first line of the second side's text that begins with a key, counted from 1.
  private func place(of key: String) -> Int? {
    let lines = (diff.after.text.first ?? "").split(omittingEmptySubsequences: false) { $0.isNewline }
    return lines.firstIndex { line in
      let text = line.drop { " -\"'".contains($0) }
      return text.hasPrefix(key) && text.dropFirst(key.count).drop { "\"' ".contains($0) }.first == ":"
    }.map { $0 + 1 }
  }

  private func line(_ level: String, _ title: String, _ lines: [String], at number: Int? = nil) -> String {
    Self.line(level, title, lines, in: diff.after.file, at: number)
  }

  static func line(_ level: String, _ title: String, _ lines: [String], in file: String?, at number: Int? = nil)
    -> String
  {
    let place = number.map { "line=\($0)," } ?? ""
    let file = file.map { "file=\(property($0)),\(place)" } ?? ""
    return "::\(level) \(file)title=\(property(title))::\(data(lines))"
  }

  private static func data(_ lines: [String]) -> String {
    lines.map { Text.printable($0).replacing("%", with: "%25") }.joined(separator: "%0A")
  }

  private static func property(_ text: String) -> String {
    data([text]).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}

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
    let changes = text.sections.map { section in
      let rows = section.rows.map { "\($0.sign.rawValue) \($0.name): \($0.words)" }
      return line("notice", section.title, rows)
    }
    let words = text.consequences.map { "\($0.sign) \($0.text)" }
    let consequences = text.showsConsequences ? [line("notice", "Consequences", words)] : []
    let remarks = diff.remarks.map { line("warning", $0.kind.rawValue, [$0.text]) }
    let denials = text.denials.map { line("error", "denied by the policy", [$0]) }
    return denials + [line("notice", "attune diff", [text.headline])] + changes + consequences + remarks
  }

  private func line(_ level: String, _ title: String, _ lines: [String]) -> String {
    let file = diff.after.file.map { "file=\(Self.property($0))," } ?? ""
    return "::\(level) \(file)title=\(Self.property(title))::\(Self.data(lines))"
  }

  private static func data(_ lines: [String]) -> String {
    lines.map { Text.printable($0).replacing("%", with: "%25") }.joined(separator: "%0A")
  }

  private static func property(_ text: String) -> String {
    data([text]).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}

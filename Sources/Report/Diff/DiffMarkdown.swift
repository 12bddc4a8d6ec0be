package import Artifacts
internal import Search

/// A difference as a comment on a pull request: a headline, a small table, the rest to unfold.
///
/// It begins with a hidden marker that is the same for every comparison of the experiment, so that a script finds the
/// comment that it wrote before and replaces it.
package struct DiffMarkdown {
  private let diff: ExperimentDiff
  private let text: DiffText

  /// Code hosts refuse longer comments.
  package static let mostCharacters = 65_536
  private static let mostTableRows = 12

  package init(_ diff: ExperimentDiff, semanticOnly: Bool = false) {
    self.diff = diff
    text = DiffText(diff, semanticOnly: semanticOnly)
  }

  /// `<!-- attune diff v1: e.yaml -->`
  package var marker: String {
    Self.marker(diff.after.file ?? diff.before.file ?? diff.after.plan.plan.experimentFile)
  }

  static func marker(_ file: String) -> String {
    "<!-- attune diff v1: \(Text.printable(file).replacing("--", with: "- -")) -->"
  }

  /// At most `mostCharacters` bytes, and so characters. What is longer is cut after a line, and says so.
  package var page: String {
    let head = [marker, "### \(escaped(diff.after.plan.plan.name)): \(escaped(text.headline))", ""]
    let fence = Self.fence(for: text.lines)
    return Self.cut(head + denials + table + [""] + consequences + remarks + details(fence), fence: fence)
  }

  /// What stands around lines that hold shorter ones.
  private static func fence(for lines: [String]) -> String {
    let longest =
      lines.map { line in
        line.split(omittingEmptySubsequences: true) { $0 != "`" }.map(\.count).max() ?? 0
      }.max() ?? 0
    return String(repeating: "`", count: max(3, longest + 1))
  }

  static func cut(_ lines: [String], fence: String) -> String {
    let whole = lines.joined(separator: "\n") + "\n"
    guard whole.utf8.count > mostCharacters else { return whole }
    // Room for what is said of the cut, and for the end of what is unfolded.
    let room = mostCharacters - 200
    var (page, shown, isInBlock, isInDetails) = ("", 0, false, false)
    for line in lines {
      guard page.utf8.count + line.utf8.count + 1 <= room else { break }
      page += line + "\n"
      shown += 1
      if line.hasPrefix(fence) { isInBlock.toggle() }
      if line.hasPrefix("<details>") { isInDetails = true }
      if line.hasPrefix("</details>") { isInDetails = false }
    }
    if isInBlock { page += "\(fence)\n" }
    if isInDetails { page += "\n</details>\n" }
    return page + "\n_Cut here: \(Text.count(lines.count - shown, "line")) more. `attune diff` shows all._\n"
  }

  private var rows: [(title: String, row: DiffRow)] {
    text.sections.flatMap { section in section.rows.map { (section.title, $0) } }
  }

  private var table: [String] {
    guard !rows.isEmpty else { return [] }
    let shown = rows.prefix(Self.mostTableRows).map { _, row in
      "| \(row.sign.rawValue) | \(cell(row.name)) | \(cell(row.before)) | \(cell(row.after)) | \(cell(row.note)) |"
    }
    let more = rows.count - shown.count
    return ["| | what | before | after | |", "|---|---|---|---|---|"] + shown
      + (more > 0 ? ["", "… \(Text.count(more, "line")) more below."] : [])
  }

  private var consequences: [String] {
    text.showsConsequences ? text.consequences.map { "- `\($0.sign)` \(escaped($0.text))" } + [""] : []
  }

  private var denials: [String] {
    text.denials.isEmpty ? [] : text.denials.map { "> **denied by the policy**: \(escaped($0))\n>" } + [""]
  }

  private var remarks: [String] {
    diff.remarks.isEmpty ? [] : diff.remarks.map { "> **\($0.kind.rawValue)**: \(escaped($0.text))\n>" } + [""]
  }

  private func details(_ fence: String) -> [String] {
    ["<details><summary>In full</summary>", "", fence + "text"] + text.lines + [fence, "", "</details>"]
  }

  /// A cell of a table, no longer than a line that is read.
  private func cell(_ text: String) -> String {
    let text = Text.printable(text)
    return escaped(text.count > 120 ? text.prefix(119) + "…" : text)
  }

  /// Without a meaning in Markdown or in HTML.
  private func escaped(_ text: String) -> String { Self.escaped(text) }

  static func escaped(_ text: String) -> String {
    String(
      text.flatMap { letter -> String in
        switch letter {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "\\", "`", "*", "_", "[", "]", "|", "#", "@", "~": "\\\(letter)"
        default: String(letter)
        }
      })
  }
}

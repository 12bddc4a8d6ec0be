package import Artifacts
internal import Search

/// That an experiment or a result is new, or gone.
package struct OneSidedText {
  private let diff: OneSidedDiff

  package init(_ diff: OneSidedDiff) { self.diff = diff }

  private var plan: Plan { diff.side.plan.plan }

  private var headline: String {
    "\(diff.isNew ? "+ new" : "- gone"): \(diff.side.kind.rawValue) \(Text.printable(plan.name))"
  }

  /// What it is, in a few words.
  private var facts: [String] {
    let search = plan.search
    return [
      plan.objectives.joined(separator: ", "),
      "up to \(Text.count(search.plannedTrials, "trial")) by \(search.strategy.name), "
        + Text.count(search.space.dimension, "parameter"),
    ]
  }

  private var denials: [String] { diff.denials.map(\.words) }

  package var lines: [String] {
    let name = diff.isNew ? "B" : "A"
    return Text.table(
      [[name, Text.printable(diff.side.label), "\(diff.side.kind.rawValue) \(diff.side.plan.digest.short)"]], indent: ""
    )
      + ["", headline] + facts.map { "    \($0)" }
      + (denials.isEmpty ? [] : ["", "Denied by the policy"] + denials.map { "  ! \($0)" })
  }

  /// A comment on a pull request.
  package var page: String {
    let lines =
      [DiffMarkdown.marker(diff.side.file ?? plan.experimentFile), "### \(DiffMarkdown.escaped(headline))", ""]
      + facts.map { "- \(DiffMarkdown.escaped($0))" }
      + denials.map { "- **denied**: \(DiffMarkdown.escaped($0))" }
    return DiffMarkdown.cut(lines, fence: "```")
  }

  /// Commands of a GitHub workflow.
  package var annotations: [String] {
    denials.map { DiffGitHub.line("error", "denied by the policy", [$0], in: diff.side.file) }
      + [DiffGitHub.line("notice", "attune diff", [headline] + facts, in: diff.side.file)]
  }
}

extension Denial {
  /// What the policy does not allow, with its own words.
  var words: String { Text.printable(fault) + (message.map { ". \(Text.printable($0))" } ?? "") }
}

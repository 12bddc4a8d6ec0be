package import Artifacts
internal import Search

/// A result as people read it.
package struct ManifestText {
  private let manifest: Manifest

  package init(_ manifest: Manifest) { self.manifest = manifest }

  private var content: ManifestContent { manifest.content }
  private var plan: Plan { manifest.content.plan.plan }

  package var lines: [String] { best + [""] + [stop] }

  /// The best configuration, and what it is compared with.
  private var best: [String] {
    guard let best = content.best else { return ["No trial completed: there is no best configuration."] }
    let value = "\(plan.metric) \(Text.number(best.value))"
    let parameters = (best.parameters.members ?? []).sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let rows = parameters.map { [Text.printable($0.name), Text.printable($0.value.string ?? $0.value.canonicalText)] }
    return ["Best configuration: trial \(best.trial), \(value)\(comparison(best))"] + Text.table(rows, indent: "    ")
  }

  private func comparison(_ best: SelectedTrial) -> String {
    guard let baseline = content.baseline else { return "" }
    guard baseline.trial != best.trial else { return " (the defaults; nothing was better)" }
    let defaults = "the defaults gave \(Text.number(baseline.value))"
    guard baseline.value != 0, (baseline.value > 0) == (best.value > 0) || best.value == 0 else {
      return " (\(defaults))"
    }
    let change = (best.value - baseline.value) / abs(baseline.value) * 100
    return " (\(defaults): \(Text.number((abs(change) * 10).rounded() / 10))% \(change < 0 ? "lower" : "higher"))"
  }

  private var stop: String {
    let count = content.conclusion.trials
    let reason =
      switch content.conclusion.reason {
      case .trials: "the budget allows no more"
      case .exhausted: "these are all the points"
      case .target: "the last one reached the target"
      case .plateau: "no improvement for too long"
      case .time: "the budget's time was up"
      }
    let failed = count - content.completed
    return
      "Ended after \(Text.count(count, "trial")): \(reason)\(failed == 0 ? "" : "; \(Text.grouped(failed)) failed")."
  }
}

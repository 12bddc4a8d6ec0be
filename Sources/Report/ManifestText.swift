package import Artifacts
internal import Search

/// A result as people read it.
package struct ManifestText {
  private let manifest: Manifest

  package init(_ manifest: Manifest) { self.manifest = manifest }

  private var content: ManifestContent { manifest.content }
  private var plan: Plan { manifest.content.plan.plan }

  package var lines: [String] { best + confirmation + [""] + analysis + [stop] + usage }

  /// Which parameters matter, and how far the front has come.
  private var analysis: [String] {
    var lines: [String] = []
    if let importance = content.analysis?.importance {
      let rows = importance.shares.sorted { ($1.share, $0.name) < ($0.share, $1.name) }.prefix(8)
        .map { [Text.printable($0.name), "\(Int(($0.share * 100).rounded()))%"] }
      lines += [
        "What decides whether a trial is among the best (\(importance.method), \(Text.count(importance.trials, "trial"))):"
      ]
      lines += Text.table(rows, indent: "    ") + [""]
    }
    if let last = content.analysis?.hypervolume?.steps.last {
      lines += ["Hypervolume \(Text.number(last.volume)), last enlarged by trial \(last.trial).", ""]
    }
    return lines
  }

  /// The best configuration and what it is compared with, or those that no other dominates.
  private var best: [String] {
    guard let best = content.best.first else {
      return [
        content.infeasible == 0 || content.stopped > 0
          ? "No trial completed: there is no best configuration."
          : "No trial is feasible: there is no best configuration."
      ]
    }
    guard plan.metrics.count == 1 else { return front }
    let value = "\(plan.metrics[0]) \(Text.number(best.values[0]))"
    let rows = parameters(of: best).map { [$0.name, $0.value] }
    return ["Best configuration: trial \(best.trial), \(value)\(comparison(best))"] + Text.table(rows, indent: "    ")
      + schedule(of: best)
  }

  /// What it was trained with from step to step.
  private func schedule(of best: SelectedTrial) -> [String] {
    guard best.schedule.count > 1, let fidelity = plan.search.fidelity?.name else { return [] }
    let names = plan.search.space.parameters.map(\.name).filter { $0 != fidelity }
    func row(_ stage: SelectedTrial.Stage) -> [String] {
      let values = Dictionary(uniqueKeysWithValues: parameters(in: stage.parameters).map { ($0.name, $0.value) })
      return ([fidelity] + names).map { values[Text.printable($0)] ?? "" } + ["trial \(stage.trial)"]
    }
    let head = ([fidelity] + names).map(Text.printable) + [""]
    return ["", "It was trained with:"] + Text.table([head] + best.schedule.map(row), indent: "    ")
  }

  /// What the best trials came to with fresh seeds.
  private var confirmation: [String] {
    guard let confirmation = content.confirmation, let rule = plan.confirmation else { return [] }
    let rows = confirmation.trials.map { trial in
      ["trial \(trial.trial)", "searched \(Text.number(trial.searched))", again(trial)]
    }
    let verdict =
      switch confirmation.winner {
      case nil: "none completed"
      case let winner? where winner.trial == content.best.first?.trial: "trial \(winner.trial) stays the best"
      case let winner?: "trial \(winner.trial) is the best"
      }
    var lines = ["", "Confirmed with \(Text.count(rule.repeats.seeds, "fresh seed")) each: \(verdict)"]
    lines += Text.table(rows, indent: "    ")
    if let winner = confirmation.winner, winner.trial != content.best.first?.trial {
      lines += ["Confirmed configuration: trial \(winner.trial), \(plan.metrics[0]) \(Text.number(winner.value ?? 0))"]
      lines += Text.table(parameters(in: winner.parameters).map { [$0.name, $0.value] }, indent: "    ")
    }
    return lines
  }

  private func again(_ trial: Confirmation.Trial) -> String {
    guard let value = trial.value else { return "again: \(trial.state)" }
    let rule = plan.confirmation?.repeats.aggregate ?? .mean
    guard let replicates = trial.replicates else { return "again \(Text.number(value))" }
    let interval = "\(Text.number(replicates.mean)) ± \(Text.number(replicates.halfInterval)) (95 %)"
    return rule == .mean ? "again \(interval)" : "again \(rule.rawValue) \(Text.number(value)), mean \(interval)"
  }

  private func parameters(of trial: SelectedTrial) -> [(name: String, value: String)] {
    parameters(in: trial.parameters)
  }

  private func parameters(in json: JSON) -> [(name: String, value: String)] {
    (json.members ?? []).sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      .map { (Text.printable($0.name), Text.printable($0.value.string ?? $0.value.canonicalText)) }
  }

  /// The trials that no other dominates, the best in the first objective first.
  private var front: [String] {
    let goal = plan.search.goals[0]
    let sorted = content.best.sorted { goal.prefers($0.values[0], to: $1.values[0]) }
    let shown = sorted.count <= 20 ? sorted : Array(sorted.prefix(18))
    let rows = shown.map { trial in
      ["trial \(trial.trial)"] + zip(plan.metrics, trial.values).map { "\($0) \(Text.number($1))" }
        + [parameters(of: trial).map { "\($0.name)=\($0.value)" }.joined(separator: " ")]
    }
    let more = sorted.count - shown.count
    return ["Pareto front: \(Text.count(sorted.count, "configuration")) that no other betters in every objective"]
      + Text.table(rows, indent: "    ") + (more > 0 ? ["    … \(Text.grouped(more)) more"] : [])
  }

  private func comparison(_ best: SelectedTrial) -> String {
    guard let baseline = content.baseline else { return "" }
    guard baseline.trial != best.trial else { return " (the defaults; nothing was better)" }
    let (value, standard) = (best.values[0], baseline.values[0])
    let defaults = "the defaults gave \(Text.number(standard))"
    guard standard != 0, (standard > 0) == (value > 0) || value == 0 else { return " (\(defaults))" }
    let change = (value - standard) / abs(standard) * 100
    return " (\(defaults): \(Text.number((abs(change) * 10).rounded() / 10))% \(change < 0 ? "lower" : "higher"))"
  }

  private var usage: [String] {
    var lines: [String] = []
    if let fidelity = plan.search.fidelity, let used = manifest.circumstances.fidelity {
      let budget = plan.search.fidelityBudget.map { " of \(Text.grouped($0))" } ?? ""
      let seeds = plan.trial.repeats.seeds
      let runs = seeds == 1 || plan.search.fidelityRuns != nil ? "" : ", in each of their \(seeds) runs"
      let confirming = manifest.circumstances.fidelityToConfirm.map { ", and \(Text.grouped($0)) to confirm the best" }
      lines.append(
        "The trials were given \(Text.grouped(used))\(budget) \(fidelity.name) in all\(runs)\(confirming ?? "").")
    }
    return lines + (manifest.circumstances.ledger?.words(plan) ?? [])
  }

  private var stop: String {
    let count = content.conclusion.trials
    let reason =
      switch content.conclusion.reason {
      case .trials: "the budget allows no more"
      case .exhausted where plan.search.trainsPopulation: "the population has come to full training"
      case .exhausted: "these are all the points"
      case .target: "the last one reached the target"
      case .plateau: "no improvement for too long"
      case .improvement: "the model expects too little of another one"
      case .regret: "by the model it is unlikely that there is a better point"
      case .failures: "too many failed"
      case .time: "the budget's time was up"
      case .cost: "the next one might have gone beyond the budget: \(plan.usage.tightest(plan.trial.resources))"
      case .fidelity: "the next one would take more \(plan.search.fidelity?.name ?? "") than the budget has left"
      }
    let others =
      (content.failed == 0 ? "" : "; \(Text.grouped(content.failed)) failed")
      + (content.stopped == 0 ? "" : "; \(Text.grouped(content.stopped)) stopped")
      + (content.infeasible == 0 ? "" : "; \(Text.grouped(content.infeasible)) infeasible")
    let score =
      manifest.circumstances.forecast.map { score in
        " It took \(Text.roughly(seconds: score.seconds)); the forecast was \(score.forecast.words)."
      } ?? ""
    return "Ended after \(Text.count(count, "trial")): \(reason)\(others).\(score)"
  }
}

package import Artifacts
internal import Search

/// A difference as people read it in a terminal: each line begins with a sign, so that no meaning is in colours alone.
package struct DiffText {
  let diff: ExperimentDiff
  let isSemanticOnly: Bool
  private let isColoured: Bool

  /// - Parameter semanticOnly: whether only what can change the result is shown.
  package init(_ diff: ExperimentDiff, semanticOnly: Bool = false, isColoured: Bool = false) {
    self.diff = diff
    isSemanticOnly = semanticOnly
    self.isColoured = isColoured
  }

  package var lines: [String] {
    let heads = [("A", diff.before), ("B", diff.after)].map { name, side in
      [name, Text.printable(side.label), "\(side.kind.rawValue) \(side.plan.digest.short)"]
    }
    var lines = Text.table(heads, indent: "") + ["", headline]
    for section in sections {
      lines += ["", section.title]
      lines += Text.table(
        section.rows.map { ["\($0.sign.rawValue) \(Text.printable($0.name))", Text.printable($0.words)] }, indent: "  ")
    }
    if let results = diff.results {
      let rows = ResultRows(results)
      if !rows.curve.isEmpty, !results.areSame {
        lines += ["", "Regret after so many trials"] + Text.table(rows.curve, indent: "    ")
      }
      if !rows.examples.isEmpty {
        lines += ["", "Some trials that differ"] + Text.table(rows.examples, indent: "    ")
      }
    }
    if showsConsequences { lines += ["", "Consequences"] + consequences.map { "  \($0.sign) \($0.text)" } }
    if !diff.remarks.isEmpty {
      lines += ["", "Worth a look"] + diff.remarks.map { "  ! \($0.kind.rawValue): \(Text.printable($0.text))" }
    }
    if !diff.denials.isEmpty { lines += ["", "Denied by the policy"] + denials.map { "  ! \($0)" } }
    return isColoured ? lines.map(coloured) : lines
  }

  private func coloured(_ line: String) -> String {
    let code: String? =
      switch line.drop(while: { $0 == " " }).first {
      case "+" where line.hasPrefix("  "): "32"
      case "-" where line.hasPrefix("  "): "31"
      case "~", "!": "33"
      default: nil
      }
    return code.map { "\u{1B}[\($0)m\(line)\u{1B}[0m" } ?? line
  }

  // MARK: - Parts, for other forms as well

  /// What the policy does not allow, with its own words.
  var denials: [String] {
    diff.denials.map(\.words)
  }

  var sections: [DiffSection] {
    PlanRows(diff.plans, semanticOnly: isSemanticOnly).sections + (diff.results.map { ResultRows($0).sections } ?? [])
  }

  /// The verdict, in a sentence.
  package var headline: String {
    switch diff.verdict {
    case .identical: "The same experiment."
    case .rewritten: "The same experiment, written differently."
    case .operation: "The same search and the same trials, carried out differently."
    case .changed: "Another experiment: \(parts) changed."
    case .results: "The same experiment with another result."
    }
  }

  /// The parts that changed, in words.
  private var parts: String {
    let names = PlanEdit.Section.allCases.filter { section in
      diff.plans.edits.contains { $0.section == section && $0.effect == .meaning }
    }.map { section in
      switch section {
      case .objective: "the objective"
      case .space: "the search space"
      case .search: "the search"
      case .stopping: "when it stops"
      case .budget: "the budget"
      case .trial: "what a trial runs"
      case .inputs: "the inputs"
      case .steps: "what is done beside the search"
      case .naming: "its name"
      }
    }
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }

  /// Where nothing that matters to trials differs, there are none.
  var showsConsequences: Bool { diff.verdict == .changed || diff.verdict == .operation }

  /// What the change means for the work: lines with a sign before each.
  var consequences: [(sign: String, text: String)] {
    var lines: [(sign: String, text: String)] = []
    let trials = diff.trials
    let change = trials.before == trials.after ? "as before" : "\(Text.grouped(trials.before)) before"
    lines.append(("=", "at most \(Text.count(trials.after, "trial")), \(change)"))
    if let kept = trials.kept, let added = trials.added, let dropped = trials.dropped {
      if added > 0 { lines.append(("+", "\(Text.count(added, "trial")) that A does not have")) }
      if kept > 0 { lines.append(("=", "\(Text.count(kept, "trial")) of both")) }
      if dropped > 0 { lines.append(("-", "\(Text.count(dropped, "trial")) of A that B does not have")) }
    }
    if trials.undecidedAfter > 0 {
      lines.append(("?", "\(Text.count(trials.undecidedAfter, "trial")) that the outcomes of others decide"))
    }
    let (seeds, others) = (diff.plans.before.plan.trial.repeats.seeds, diff.plans.after.plan.trial.repeats.seeds)
    if seeds != others { lines.append(("*", "each trial is run \(Text.count(others, "time")), \(seeds) before")) }
    if let store = diff.store {
      let dropped =
        store.recordedBefore == 0
        ? "" : ", \(Text.grouped(store.dropped)) of \(Text.grouped(store.recordedBefore)) dropped"
      lines.append(
        ("*", "recorded: \(Text.grouped(store.recordedAfter)) reused, \(Text.grouped(store.toRun)) to run\(dropped)"))
    }
    if let forecast = diff.forecast { lines += self.forecast(forecast).map { ("*", $0) } }
    return lines
  }

  private func forecast(_ forecast: ForecastDiff) -> [String] {
    func text(_ forecast: Forecast) -> String {
      let (all, wall) = (duration(forecast.workerSeconds), duration(forecast.seconds))
      return (forecast.isBound ? "at most " : "about ") + (all == wall ? all : "\(all) of worker time, \(wall) in all")
    }
    let ratio = forecast.ratio.flatMap { $0 == 1 ? nil : "; \(Text.number($0)) times" } ?? ""
    let change =
      forecast.before == forecast.after
      ? "\(text(forecast.after)), as before" : "\(text(forecast.before)) → \(text(forecast.after))"
    let whole = "time: \(change)\(ratio)"
    var lines = [whole]
    let (before, after) = (forecast.costBefore, forecast.costAfter)
    if before != nil || after != nil {
      func money(_ amount: Double?) -> String { amount.map { Text.number(($0 * 100).rounded() / 100) } ?? "no price" }
      lines.append("cost: \(before == after ? "\(money(after)), as before" : "\(money(before)) → \(money(after))")")
    }
    if let toRun = forecast.toRun, toRun.workerSeconds > 0 { lines.append("still to run: \(text(toRun))") }
    return lines
  }

  private func duration(_ seconds: Double) -> String {
    Text.duration(milliseconds: Int(min(seconds * 1000, 1e15)))
  }
}

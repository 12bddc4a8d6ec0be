internal import Artifacts
internal import Search

/// What differs between two results, part by part.
struct ResultRows {
  private let diff: ResultDiff

  init(_ diff: ResultDiff) { self.diff = diff }

  var sections: [DiffSection] {
    [
      DiffSection(title: "Result", rows: best + front + reached),
      DiffSection(title: "Best parameters", rows: moved),
      DiffSection(title: "Trials", rows: counts + pairs),
      DiffSection(title: "Circumstances", rows: circumstances),
    ].filter { !$0.rows.isEmpty }
  }

  private var old: RecordedResult { diff.before }
  private var new: RecordedResult { diff.after }

  private var best: [DiffRow] {
    guard let comparison = diff.comparison else {
      return [.note("values", "not compared: the objectives differ")]
    }
    guard let best = comparison.best else {
      guard old.plan.metrics.count == 1, old.best.isEmpty != new.best.isEmpty else { return [] }
      return [DiffRow("best", value(old), value(new))]
    }
    let metric = Text.printable(old.plan.metrics[0])
    var rows: [DiffRow] = []
    if best.before != best.after {
      rows.append(DiffRow("best \(metric)", Text.number(best.before), Text.number(best.after), note: gain(comparison)))
    }
    if old.confirmed != new.confirmed {
      func text(_ trial: Confirmation.Trial?) -> String? {
        trial.flatMap(\.value).map { "\(Text.number($0)), trial \(trial?.trial ?? 0)" }
      }
      rows.append(DiffRow("confirmed \(metric)", text(old.confirmed), text(new.confirmed)))
    }
    if comparison.spread.before != nil || comparison.spread.after != nil,
      comparison.spread.before != comparison.spread.after
    {
      rows.append(DiffRow("over its seeds", text(comparison.spread.before), text(comparison.spread.after)))
    }
    return rows
  }

  private func value(_ result: RecordedResult) -> String {
    result.best.first.map { $0.values.map(Text.number).joined(separator: ", ") } ?? "no trial completed"
  }

  private func gain(_ comparison: ResultDiff.Comparison) -> String {
    guard let gain = comparison.gain, let best = comparison.best else { return "" }
    let share = best.before == 0 ? "" : ", \(Text.number((abs(gain / best.before) * 1000).rounded() / 10)) %"
    return "\(gain > 0 ? "better" : "worse") by \(Text.number(abs(gain)))\(share)"
  }

  private func text(_ replicates: Replicates?) -> String {
    guard let replicates else { return "one seed" }
    return "\(Text.number(replicates.mean)) ± \(Text.number(replicates.halfInterval)) (95 %, \(replicates.count) seeds)"
  }

  private var front: [DiffRow] {
    guard let dominated = diff.comparison?.dominated else { return [] }
    var rows: [DiffRow] = []
    func percent(_ share: Double) -> String { "\(Text.number((share * 1000).rounded() / 10)) %" }
    if old.best.count != new.best.count {
      rows.append(DiffRow("Pareto front", Text.grouped(old.best.count), Text.grouped(new.best.count)))
    }
    if dominated.before > 0 || dominated.after > 0 {
      rows.append(
        DiffRow("dominated by the other side", "\(percent(dominated.before)) of A", "\(percent(dominated.after)) of B"))
    }
    for (index, metric) in old.plan.metrics.enumerated() {
      let goal = old.plan.search.goals[index]
      func best(_ result: RecordedResult) -> Double? {
        result.best.map { $0.values[index] }.min { goal.prefers($0, to: $1) }
      }
      if best(old) != best(new) {
        rows.append(DiffRow("best \(Text.printable(metric))", best(old).map(Text.number), best(new).map(Text.number)))
      }
    }
    return rows
  }

  private var reached: [DiffRow] {
    guard let comparison = diff.comparison, let gain = comparison.gain, gain != 0, !comparison.curve.isEmpty else {
      return []
    }
    if gain > 0, let count = comparison.reached.after {
      return [.note("B is as good as A's best", "after \(Text.count(count, "trial")) of \(Text.grouped(new.trials))")]
    }
    if gain < 0, let count = comparison.reached.before {
      return [.note("A was as good as B's best", "after \(Text.count(count, "trial")) of \(Text.grouped(old.trials))")]
    }
    return []
  }

  private var moved: [DiffRow] {
    diff.moved.map { name, before, after in
      func text(_ json: JSON?) -> String? { json.map { Text.printable($0.string ?? $0.canonicalText) } }
      return DiffRow(Text.printable(name), text(before), text(after))
    }
  }

  private var counts: [DiffRow] {
    func row(_ name: String, _ value: (RecordedResult) -> Int) -> DiffRow? {
      value(old) == value(new) ? nil : DiffRow(name, Text.grouped(value(old)), Text.grouped(value(new)))
    }
    var rows = [
      row("trials", \.trials), row("completed", \.completed), row("stopped", \.stopped),
      row("infeasible", \.infeasible), row("failed", \.failed),
    ].compactMap { $0 }
    if old.stop != new.stop {
      func text(_ reason: StopReason?) -> String { reason?.rawValue ?? "not over" }
      rows.append(DiffRow("ended by", text(old.stop), text(new.stop)))
    }
    return rows
  }

  private var pairs: [DiffRow] {
    guard let pairs = diff.pairs else {
      return [.note("trial by trial", "not compared: a side's trials are not at hand")]
    }
    var rows: [DiffRow] = []
    func note(_ name: String, _ text: String) { rows.append(.note(name, text)) }
    if pairs.unstable > 0 {
      note(
        "another outcome",
        "\(Text.count(pairs.unstable, "trial")) of one name: the command does not give the same twice")
    }
    if pairs.renamed > 0 {
      let why =
        pairs.reasons.isEmpty ? "" : "; they differ in \(pairs.reasons.map(Text.printable).joined(separator: ", "))"
      note(
        "same point, other trial",
        "\(Text.grouped(pairs.renamed)), of which \(Text.grouped(pairs.renamedDiffering)) came out differently\(why)")
    }
    if pairs.same > 0, !pairs.areSame { note("the same", Text.count(pairs.same, "trial")) }
    if pairs.onlyBefore > 0 { rows.append(DiffRow("points of A alone", Text.grouped(pairs.onlyBefore), nil)) }
    if pairs.onlyAfter > 0 { rows.append(DiffRow("points of B alone", nil, Text.grouped(pairs.onlyAfter))) }
    if let trial = pairs.divergence {
      note("the searches part", "at trial \(Text.grouped(trial))")
    }
    return rows
  }

  private var circumstances: [DiffRow] {
    var rows = diff.circumstances.map { DiffRow($0.name, Text.printable($0.before), Text.printable($0.after)) }
    if let before = old.workerSeconds, let after = new.workerSeconds, Int(before) != Int(after) {
      func text(_ seconds: Double) -> String { Text.duration(milliseconds: Int(seconds * 1000)) }
      rows.append(DiffRow("worker time", text(before), text(after)))
    }
    return rows
  }

  /// The regret curve: a head and a row for each budget.
  var curve: [[String]] {
    guard let curve = diff.comparison?.curve, !curve.isEmpty else { return [] }
    func text(_ regret: Double?) -> String { regret.map(Text.number) ?? "–" }
    return [["trials", "A", "B"]] + curve.map { [Text.grouped($0.trials), text($0.before), text($0.after)] }
  }

  /// Trials that differ: what they are, their numbers, their outcomes.
  var examples: [[String]] {
    (diff.pairs?.examples ?? []).map { example in
      let numbers = "\(example.before.map { "A \($0)" } ?? "") \(example.after.map { "B \($0)" } ?? "")"
      return [
        Self.words(example.kind), numbers.trimmed, Text.printable(example.parameters),
        [example.outcomeBefore, example.outcomeAfter].compactMap { $0 }.map(Text.printable).joined(separator: " → "),
      ]
    }
  }

  private static func words(_ kind: TrialPairs.Kind) -> String {
    switch kind {
    case .unstable: "another outcome"
    case .renamed: "other trial"
    case .onlyBefore: "A alone"
    case .onlyAfter: "B alone"
    }
  }
}

extension String {
  /// Without spaces at its ends.
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

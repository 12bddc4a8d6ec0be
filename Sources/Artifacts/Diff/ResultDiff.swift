package import Search

/// A result that is compared: a manifest's, or a run's as far as it has come.
package struct RecordedResult: Sendable {
  package var plan: Plan
  package var best: [SelectedTrial]
  /// The best of those that were confirmed, with the value by which it is.
  package var confirmed: Confirmation.Trial?
  package var completed: Int
  package var stopped: Int
  package var infeasible: Int
  package var trials: Int
  /// Nil while the search is not over.
  package var stop: StopReason?
  /// Nil where the trials are not at hand.
  package var table: TrialTable?
  /// The digest of what follows from the plan and the outcomes; nil of a run.
  package var digest: Digest?
  package var circumstances: Circumstances?

  /// - Parameter trials: the bytes of `trials.jsonl`, or nil where they are not at hand.
  /// - Throws: `DocumentError` when they are not those of the manifest.
  package init(_ manifest: Manifest, trials bytes: [UInt8]?) throws(DocumentError) {
    let content = manifest.content
    plan = content.plan.plan
    best = content.best
    confirmed = content.confirmation?.winner
    completed = content.completed
    stopped = content.stopped
    infeasible = content.infeasible
    trials = content.conclusion.trials
    stop = content.conclusion.reason
    digest = manifest.contentDigest
    circumstances = manifest.circumstances
    guard let bytes else { return }
    guard Digest(of: "file", bytes) == content.trialsDigest else {
      throw DocumentError("its trials are not those that the manifest states")
    }
    table = try TrialTable(bytes, metrics: plan.metrics)
  }

  package init(
    plan: Plan, best: [SelectedTrial], completed: Int, stopped: Int = 0, infeasible: Int, stop: StopReason?,
    table: TrialTable
  ) {
    self.plan = plan
    self.best = best
    self.completed = completed
    self.stopped = stopped
    self.infeasible = infeasible
    self.stop = stop
    self.table = table
    trials = table.count
  }
}

/// How two results differ.
package struct ResultDiff: Sendable {
  package let before: RecordedResult
  package let after: RecordedResult
  /// Nil where the objectives are not the same: values are not compared then.
  package let comparison: Comparison?
  /// Of the best trials' parameters those that differ; with one objective.
  package let moved: [(name: String, before: JSON?, after: JSON?)]
  /// Nil where a side's trials are not at hand.
  package let pairs: TrialPairs?
  /// What else differs, by name.
  package let circumstances: [(name: String, before: String, after: String)]

  /// What the objectives say.
  package struct Comparison: Hashable, Sendable {
    /// The best values, of one objective.
    package var best: (before: Double, after: Double)?
    /// How much better the second is, in the objective's unit: positive for better.
    package var gain: Double?
    /// What the best trials gave over their seeds, where there are several.
    package var spread: (before: Replicates?, after: Replicates?)
    package var curve: [CurvePoint]
    /// After how many trials each side was as good as the other one's best; nil where it never was.
    package var reached: (before: Int?, after: Int?)
    /// Of several objectives: the share of each side's front that some trial of the other one dominates (the C-metric of
    /// Zitzler and Thiele, 1999).
    package var dominated: (before: Double, after: Double)?

    package static func == (a: Self, b: Self) -> Bool { a.gain == b.gain && a.curve == b.curve }

    package func hash(into hasher: inout Hasher) { hasher.combine(curve) }
  }

  /// The regret after so many trials: how far the best so far is from the better of the two results, in the objective's
  /// unit.
  package struct CurvePoint: Hashable, Sendable {
    package var trials: Int
    /// Nil where no trial had completed.
    package var before: Double?
    package var after: Double?
  }

  /// Complexity: O(bytes of the trials).
  package init(_ before: RecordedResult, _ after: RecordedResult) {
    self.before = before
    self.after = after
    let isComparable = before.plan.metrics == after.plan.metrics && before.plan.search.goals == after.plan.search.goals
    comparison = isComparable ? Comparison(before, after) : nil
    moved = Self.moved(before, after)
    let reasons = before.plan.trialDifferences(to: after.plan) + Self.seed(before.plan, after.plan)
    if let old = before.table, let new = after.table {
      pairs = TrialPairs(old, new, reasons: reasons)
    } else {
      pairs = nil
    }
    circumstances = Self.circumstances(before, after)
  }

  /// Whether nothing differs that follows from the plan and the outcomes.
  package var areSame: Bool {
    if let old = before.digest, let new = after.digest { return old == new }
    return before.best == after.best && before.trials == after.trials && (pairs?.areSame ?? false)
  }

  private static func seed(_ before: Plan, _ after: Plan) -> [String] {
    before.search.seed == after.search.seed ? [] : ["the seed of the search, from which the trials' follow"]
  }

  private static func moved(
    _ before: RecordedResult, _ after: RecordedResult
  ) -> [(name: String, before: JSON?, after: JSON?)] {
    guard before.plan.metrics.count == 1, after.plan.metrics.count == 1,
      let old = before.best.first?.parameters, let new = after.best.first?.parameters
    else { return [] }
    let names = Set((old.members ?? []).map(\.name) + (new.members ?? []).map(\.name))
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.filter { old[$0] != new[$0] }
      .map { ($0, old[$0], new[$0]) }
  }

  private static func circumstances(
    _ before: RecordedResult, _ after: RecordedResult
  ) -> [(name: String, before: String, after: String)] {
    guard let old = before.circumstances, let new = after.circumstances else { return [] }
    let all = [
      ("attune", old.version, new.version), ("host", old.host, new.host),
      ("workers", "\(old.workers)", "\(new.workers)"), ("experiment file", old.sourcePath, new.sourcePath),
    ]
    return all.filter { $0.1 != $0.2 }
  }

  func json(_ metrics: [String]) -> JSON {
    .object([
      "before": before.json(metrics), "after": after.json(metrics), "comparison": comparison?.json,
      "same": .bool(areSame),
      "moved": .array(
        moved.map { .object(["name": .string($0.name), "before": $0.before, "after": $0.after]) }),
      "trials": pairs?.json,
      "circumstances": .array(
        circumstances.map {
          .object(["name": .string($0.name), "before": .string($0.before), "after": .string($0.after)])
        }),
    ])
  }
}

extension RecordedResult {
  /// The time of all workers together, in seconds; nil where it is not known.
  package var workerSeconds: Double? { circumstances.map { $0.seconds * Double($0.workers) } }

  package var failed: Int { trials - completed - stopped - infeasible }

  fileprivate func json(_ metrics: [String]) -> JSON {
    .object([
      "trials": .int(trials), "completed": .int(completed), "stopped": stopped == 0 ? nil : .int(stopped),
      "infeasible": .int(infeasible), "failed": .int(failed), "stop": stop.map { .string($0.rawValue) },
      "best": .array(best.prefix(Self.mostBest).map { $0.json(plan.metrics) }),
      "confirmed": confirmed.flatMap { trial in
        trial.value.map { value in
          .object(["trial": .int(trial.trial), "value": .number(value), "replicates": trial.replicates?.json])
        }
      },
      "content": digest.map { .string($0.description) },
      "seconds": circumstances.map { .number($0.seconds) }, "workerSeconds": workerSeconds.map(JSON.number),
    ])
  }

  /// Of a large front, so many are written.
  private static let mostBest = 100
}

extension ResultDiff.Comparison {
  fileprivate init(_ before: RecordedResult, _ after: RecordedResult) {
    let goals = before.plan.search.goals
    best = nil
    spread = (nil, nil)
    curve = []
    reached = (nil, nil)
    guard goals.count == 1 else {
      dominated = (
        Self.dominated(before.best, by: after.best, goals), Self.dominated(after.best, by: before.best, goals)
      )
      return
    }
    guard let old = before.best.first?.values.first, let new = after.best.first?.values.first else { return }
    let goal = goals[0]
    best = (old, new)
    gain = goal == .minimize ? old - new : new - old
    spread = (
      before.confirmed?.replicates ?? Replicates(before), after.confirmed?.replicates ?? Replicates(after)
    )
    guard let first = before.table, let second = after.table else { return }
    let reference = goal.prefers(new, to: old) ? new : old
    let olds = first.bestSoFar(goal, before.plan.search.fidelity)
    let news = second.bestSoFar(goal, after.plan.search.fidelity)
    reached = (
      olds.firstIndex { $0.map { goal.reaches($0, target: new) } ?? false }.map { $0 + 1 },
      news.firstIndex { $0.map { goal.reaches($0, target: old) } ?? false }.map { $0 + 1 }
    )
    func regret(_ values: [Double?], _ trials: Int) -> Double? {
      trials <= values.count ? values[trials - 1].map { abs($0 - reference) } : nil
    }
    curve = Self.budgets(olds.count, news.count).map {
      ResultDiff.CurvePoint(trials: $0, before: regret(olds, $0), after: regret(news, $0))
    }
  }

  /// 1, 2, 5, 10, … and both ends.
  private static func budgets(_ first: Int, _ second: Int) -> [Int] {
    var budgets = Set([first, second].filter { $0 > 0 })
    var power = 1
    while power < max(first, second) {
      for step in [1, 2, 5] where step * power < max(first, second) { budgets.insert(step * power) }
      power *= 10
    }
    return budgets.sorted()
  }

  private static func dominated(_ front: [SelectedTrial], by others: [SelectedTrial], _ goals: [Goal]) -> Double {
    guard !front.isEmpty else { return 0 }
    let count = front.count { trial in others.contains { goals.dominates($0.values, trial.values) } }
    return Double(count) / Double(front.count)
  }

  fileprivate var json: JSON {
    .object([
      "best": best.map { .object(["before": .number($0.before), "after": .number($0.after)]) },
      "gain": gain.map(JSON.number),
      "spread": spread.before == nil && spread.after == nil
        ? nil : .object(["before": spread.before?.json, "after": spread.after?.json]),
      "curve": .array(
        curve.map {
          .object(["trials": .int($0.trials), "before": $0.before.map(JSON.number), "after": $0.after.map(JSON.number)])
        }),
      "reached": .object(["before": reached.before.map(JSON.int), "after": reached.after.map(JSON.int)]),
      "dominated": dominated.map { .object(["before": .number($0.before), "after": .number($0.after)]) },
    ])
  }
}

extension TrialTable {
  /// After each trial the best value so far, of the first objective; nil before the first one that completed. Values with
  /// less of the fidelity than others had do not count.
  fileprivate func bestSoFar(_ goal: Goal, _ fidelity: Fidelity?) -> [Double?] {
    let levels = fidelity.map { numbers(of: $0.name) }
    var (best, top): (Double?, Double) = (nil, 0)
    return rows.indices.map { trial in
      let (value, level) = (values[trial * objectives], levels?[trial] ?? 0)
      guard !value.isNaN, level >= top else { return best }
      if level > top { (top, best) = (level, nil) }
      if best.map({ goal.prefers(value, to: $0) }) ?? true { best = value }
      return best
    }
  }
}

package import Artifacts
package import Search
internal import Store

/// What other stopping rules, or a smaller budget, would have made of a search that is recorded. Nothing is run.
///
/// The trials are those that are recorded, in their order: a strategy that learns would have proposed others once it had seen
/// other outcomes.
package struct RuleSimulation: Sendable {
  /// A search as far as it is compared.
  package struct Course: Hashable, Sendable {
    /// How many trials began.
    package var trials = 0
    /// How far they came, added up over the trials: the last step of each, at least 1; or, where there is a fidelity, how much of it
    /// each took.
    package var steps = 0
    /// Nil where no trial completed, and with several objectives.
    package var best: Incumbent?
    package var reason: StopReason
  }

  package let plan: Plan
  package private(set) var recorded: Course
  package private(set) var simulated: Course
  /// The trials that the rules end, by number.
  package private(set) var stops: [(trial: Int, stop: TrialStop)] = []
  /// How many trials the rules would let go on beyond the step at which they are recorded to have been ended.
  package private(set) var unknown = 0
  /// How many trials reported more than once.
  package private(set) var curves = 0

  /// - Parameters:
  ///   - path: the manifest's.
  ///   - other: a plan that differs from the manifest's in its rules and its budget.
  /// - Throws: `DocumentError`, `FileError` or `StoreError` when what is recorded cannot be read.
  package init(_ manifest: Manifest, at path: String, with other: Plan) throws {
    plan = manifest.content.plan.plan
    let conclusion = manifest.content.conclusion
    let journal = try (try? Reproduction.project(of: manifest, at: path)).flatMap {
      try RunStore.reading(folder: $0.stateFolder)
    }
    let isRepeated = plan.trial.repeats.seeds > 1
    recorded = Course(best: Self.best(conclusion.best), reason: conclusion.reason)
    var records: [TrialRecord] = []
    let lines = TrialLines(plan)
    var replay = Replay(plan, closure: conclusion.closure)
    try File.forEachLine(of: Path.join(Path.folder(of: path), Manifest.trialsFileName)) { line in
      guard replay.next != nil else { throw DocumentError("it has more trials than its plan") }
      var record = replay.take(try lines.measured(line))
      if record.curve.reports.isEmpty {
        record.curve = try Self.curve(of: record, isRepeated: isRepeated, in: journal)
      }
      records.append(record)
    }
    var settings = other.search
    (settings.space, settings.lanes, settings.fidelityBudget) = (plan.search.space, plan.search.lanes, nil)
    settings.trials = min(settings.trials, max(1, records.count))
    simulated = Course(reason: .trials)
    run(settings, records)
  }

  private mutating func run(_ settings: SearchSettings, _ records: [TrialRecord]) {
    let (objectives, repeats) = (plan.search.goals.count, plan.trial.repeats.seeds)
    var schedule = Schedule(recorded: records.map(\.point), settings)
    var next = 0
    for record in records {
      recorded.trials += 1
      recorded.steps += steps(of: record, record.curve, in: records)
      if record.curve.reports.count > 1 { curves += 1 }
      guard schedule.conclusion == nil else { continue }
      _ = schedule.next(.room(for: 1))
      guard schedule.decided > next else { continue }
      next += 1
      var (outcome, curve) = (record.result.outcome(objectives: objectives), record.curve)
      let watch = schedule.watch(of: record.trial)
      if let stop = repeats > 1 ? watch?.stop(onRuns: curve, of: repeats) : watch?.stop(on: curve) {
        stops.append((record.trial, stop))
        (outcome, curve) = (stop.outcome, curve.through(stop.step))
      } else if record.stop != nil {
        unknown += 1
      }
      simulated.steps += steps(of: record, curve, in: records)
      simulated.trials += 1
      _ = schedule.next(.finished(trial: record.trial, outcome, curve))
    }
    simulated.best = Self.best(schedule.best)
    // There are no more points than those that are recorded.
    let reason = schedule.conclusion?.reason ?? .exhausted
    simulated.reason = reason == .exhausted ? recorded.reason : reason
  }

  private static func best(_ incumbents: [Incumbent]) -> Incumbent? {
    incumbents.count == 1 && incumbents[0].values.count == 1 ? incumbents[0] : nil
  }

  private func steps(of record: TrialRecord, _ curve: Curve, in records: [TrialRecord]) -> Int {
    guard plan.search.fidelity != nil else { return max(1, curve.reports.last?.step ?? 1) }
    // One that goes on from a checkpoint takes only what that one lacks.
    let done = record.parent.map { plan.search.level(of: records[$0].point) } ?? 0
    return plan.search.level(of: record.point) - done
  }

  /// What the journal holds of a trial whose record does not say what it reported on the way.
  private static func curve(of record: TrialRecord, isRepeated: Bool, in journal: JournalReader?) throws -> Curve {
    // Of a trial that is repeated, each run is a step.
    guard !isRepeated else {
      var curve = Curve()
      for case .values(let values) in record.runs.map(\.measurement) { curve.add(values[0], at: nil) }
      return curve
    }
    guard let journal, let run = record.runs.first else { return Curve() }
    let outcomes = try journal.outcomes(of: run.name.key, in: JournalReader.Scope(TrialLimits()))
    for outcome in outcomes.reversed() {
      if let json = try journal.curve(ofAttempt: outcome.intent), let curve = Curve(json: json) { return curve }
    }
    return Curve()
  }
}

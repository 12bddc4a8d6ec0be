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
    /// Nil where the search would have gone on with trials that are not recorded.
    package var reason: StopReason?
  }

  package let plan: Plan
  package private(set) var recorded: Course
  package private(set) var simulated: Course
  /// The trials that would not have begun, as a rule ends one at the rung below.
  package private(set) var notBegun: Set<Int> = []
  /// The trials that the rules end, by number.
  package private(set) var stops: [(trial: Int, stop: TrialStop)] = []
  /// How many trials the rules would let go on beyond the step at which they are recorded to have been ended.
  package private(set) var unknown = 0
  /// Whether the search would have gone on with trials that are not recorded.
  package var lacksTrials: Bool { simulated.reason == nil }
  /// The metrics that rules look at and of which only the last values are recorded.
  package private(set) var lackingCurves: [String] = []
  /// How many trials reported more than once.
  package private(set) var curves = 0
  /// What of the budget is smaller than it was.
  private var budget: SimulatedBudget
  /// By trial: how much of the fidelity it has.
  private var levels: [Int] = []
  /// By trial, where that limits what runs: how long its runs took, in milliseconds.
  private var durations: [Int] = []

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
    let (metrics, watched) = (plan.judgedMetrics, other.search.watchedMetrics)
    recorded = Course(best: Self.best(conclusion.best), reason: conclusion.reason)
    simulated = Course(reason: .trials)
    var records: [TrialRecord] = []
    var (known, onTheWay) = (Set(metrics), Set<String>())
    let lines = TrialLines(plan)
    var replay = Replay(plan, closure: conclusion.closure)
    try File.forEachLine(of: Path.join(Path.folder(of: path), Manifest.trialsFileName)) { line in
      guard replay.next != nil else { throw DocumentError("it has more trials than its plan") }
      var record = replay.take(try lines.measured(line))
      if record.curve.reports.isEmpty {
        record.curve = try Self.curve(of: record, metrics, isRepeated: isRepeated, in: journal)
      }
      for report in record.curve.reports { onTheWay.formUnion(report.others.keys) }
      if !watched.isEmpty, let last = try Self.metrics(of: record, in: journal) {
        known.formUnion(last.values.map(\.name))
        if !isRepeated, record.stop == nil { record.curve = record.curve.completed(with: last.values(of: watched)) }
      }
      records.append(record)
    }
    if let unknown = watched.first(where: { !known.contains($0) }) {
      throw DocumentError("no trial is recorded to have reported `\(unknown)`")
    }
    lackingCurves = isRepeated ? [] : watched.filter { !onTheWay.contains($0) }
    budget = SimulatedBudget(other, beside: plan)
    levels = records.map { [search = plan.search] in search.level(of: $0.point) }
    if budget.countsTime {
      guard let journal else {
        throw DocumentError("how long its trials took stands in the project's journal, and there is none")
      }
      durations = try records.map { try duration(of: $0, in: journal) }
    }
    var settings = other.search
    (settings.space, settings.lanes, settings.fidelityBudget) = (plan.search.space, plan.search.lanes, nil)
    settings.trials = min(settings.trials, max(1, records.count))
    guard run(settings, records) else { return }
    // What ended it still does, unless it was left out.
    let isSame =
      switch conclusion.reason {
      // In place of those that would not begin, others would.
      case .trials: other.search.trials <= plan.search.trials && notBegun.isEmpty
      case .exhausted: notBegun.isEmpty
      // What is saved, other trials would have used.
      case .fidelity, .time, .cost: simulated.steps == recorded.steps
      default: keepsRules(other)
      }
    simulated.reason = isSame ? conclusion.reason : nil
  }

  /// Whether the rules are the recorded ones, but for those over a model: they cannot be judged here, and ended it where they did.
  private func keepsRules(_ other: Plan) -> Bool {
    let rules = [plan, other].map { $0.search.stopping.filter { !$0.asksModel } }
    return rules[0] == rules[1] && plan.search.trialRules == other.search.trialRules
  }

  /// - Returns: whether neither a rule nor the budget has ended it before there were no more trials.
  private mutating func run(_ settings: SearchSettings, _ records: [TrialRecord]) -> Bool {
    let (objectives, repeats) = (plan.search.goals.count, plan.trial.repeats.seeds)
    var schedule = Schedule(recorded: records.map(\.point), settings)
    var next = 0
    var end: StopReason?
    // The points that a rule ends, which would not have gone on to more of the fidelity.
    var ended = Set<Point>()
    for record in records {
      recorded.trials += 1
      recorded.steps += steps(of: record, record.curve)
      if record.curve.reports.count > 1 { curves += 1 }
      guard schedule.conclusion == nil, end == nil else { continue }
      let goesOn = !ended.contains(plan.search.atFull(record.point))
      if goesOn { end = budget.end(beforeTaking: charge(for: record)) }
      guard end == nil else { continue }
      _ = schedule.next(.room(for: 1))
      guard schedule.decided > next else { continue }
      next += 1
      guard goesOn else {
        notBegun.insert(record.trial)
        _ = schedule.next(.finished(trial: record.trial, .stopped(.nan)))
        continue
      }
      var (outcome, curve) = (record.result.outcome(objectives: objectives), record.curve)
      let watch = schedule.watch(of: record.trial)
      if let stop = repeats > 1 ? watch?.stop(onRuns: curve, of: repeats) : watch?.stop(on: curve) {
        stops.append((record.trial, stop))
        if plan.search.fidelity != nil { ended.insert(plan.search.atFull(record.point)) }
        (outcome, curve) = (stop.outcome, curve.through(stop.step))
      } else if record.stop != nil {
        unknown += 1
      }
      simulated.steps += steps(of: record, curve)
      if budget.countsTime {
        // What is ended on the way takes its share of the time.
        let share = Double(curve.reports.last?.step ?? 1) / Double(max(1, record.curve.reports.last?.step ?? 1))
        budget.take(Int(Double(durations[record.trial]) * min(1, share)))
      }
      simulated.trials += 1
      _ = schedule.next(.finished(trial: record.trial, outcome, curve))
    }
    simulated.best = Self.best(schedule.best)
    // There are no more points than those that are recorded.
    var reason = end ?? schedule.conclusion?.reason ?? .exhausted
    // There are no more trials than a budget of the fidelity allows at the cheapest rung.
    if reason == .trials, let fidelity = plan.search.fidelity,
      !budget.hasFidelity(for: fidelity.leastCharge * (plan.search.fidelityRuns ?? 1))
    {
      reason = .fidelity
    }
    simulated.reason = reason
    return next == records.count && [.trials, .exhausted].contains(reason)
  }

  /// How much of the fidelity a recorded trial has; 0 where there is none.
  package func level(of trial: Int) -> Int { levels[trial] }

  private static func best(_ incumbents: [Incumbent]) -> Incumbent? {
    incumbents.count == 1 && incumbents[0].values.count == 1 ? incumbents[0] : nil
  }

  private func steps(of record: TrialRecord, _ curve: Curve) -> Int {
    guard plan.search.fidelity != nil else { return max(1, curve.reports.last?.step ?? 1) }
    let all = charge(for: record, runs: record.runs.count)
    // One that is ended on the way takes its share.
    let (reports, kept) = (record.curve.reports.count, curve.reports.count)
    return reports == kept ? all : max(1, (all * kept + reports - 1) / reports)
  }

  /// How much of the fidelity is set aside for it, or is taken by so many runs.
  private func charge(for record: TrialRecord, runs: Int? = nil) -> Int {
    plan.search.charge(for: levels[record.trial], from: record.parent.map { levels[$0] }, runs: runs)
  }

  /// How long the runs of a trial took that the journal holds, in milliseconds: of each the newest attempt, and those that failed before
  /// it.
  private func duration(of record: TrialRecord, in journal: JournalReader) throws -> Int {
    let judge = TrialJudge(plan)
    return try record.runs.reduce(0) { sum, run in
      let attempts = try journal.outcomes(of: run.name.key, in: JournalReader.Scope(TrialLimits()))
      let earlier = attempts.dropLast().reversed().prefix { attempt in
        if case .failed? = judge.measurement(of: attempt.facts) { true } else { false }
      }
      let seconds = try journal.seconds(of: run.name.key)
      return (earlier + attempts.suffix(1)).reduce(sum) { $0 + Int((1000 * (seconds[$1.intent] ?? 0)).rounded()) }
    }
  }

  /// What the only run of a trial reported at last, as far as the journal holds it.
  private static func metrics(of record: TrialRecord, in journal: JournalReader?) throws -> Metrics? {
    guard let journal, let run = record.runs.first else { return nil }
    return try journal.outcome(of: run.name.key, in: JournalReader.Scope(TrialLimits()))?.facts.metrics
  }

  /// What the journal holds of a trial whose record does not say what it reported on the way.
  ///
  /// - Parameter metrics: the names of its values.
  private static func curve(
    of record: TrialRecord, _ metrics: [String], isRepeated: Bool, in journal: JournalReader?
  ) throws -> Curve {
    // Of a trial that is repeated, each run is a step.
    guard !isRepeated else {
      var curve = Curve()
      for case .values(let values) in record.runs.map(\.measurement) {
        curve.add(
          values[0], at: nil, others: Dictionary(zip(metrics, values.map { ValueRange($0) })) { first, _ in first })
      }
      return curve
    }
    // One report is not recorded beside the values.
    var plain = Curve()
    if case .values(let values)? = record.runs.first?.measurement { plain.add(values[0], at: nil) }
    guard let journal, let run = record.runs.first else { return plain }
    let outcomes = try journal.outcomes(of: run.name.key, in: JournalReader.Scope(TrialLimits()))
    for outcome in outcomes.reversed() {
      if let json = try journal.curve(ofAttempt: outcome.intent), let curve = Curve(json: json) { return curve }
    }
    return plain
  }
}

package import Artifacts
internal import Search
internal import Store

/// What an apply of a plan would find in the project's journal.
package struct RecordedTrials: Hashable, Sendable {
  /// How many of the planned trials have an outcome.
  package private(set) var count = 0
  /// The first planned trials by number: whether each has one. As many as `Self.shown`, or all.
  package private(set) var first: [Bool] = []
  /// Whether the recorded outcomes lead the search to its end: nothing is left to run.
  package private(set) var areComplete = false
  /// Of those that lead on from the first one without a gap: how many a rule ended, how many broke a constraint over the
  /// metrics, how many failed, and the best.
  package private(set) var stopped = 0
  package private(set) var infeasible = 0
  package private(set) var failed = 0
  package private(set) var best: [SelectedTrial] = []
  /// What has changed since the experiment was applied last, in words; empty when nothing has, or it never was.
  package private(set) var changes: [String] = []
  /// The trials of that apply that are no part of the plan, by reason.
  package private(set) var dropped: [DroppedTrials] = []

  /// How many of the best trials are still to be confirmed; nil where nothing is confirmed, and before the search is at its end.
  package private(set) var toConfirm: Int?

  /// How long the newest runs of the experiment's trials took, in seconds, and how much of the fidelity they had.
  private var durations: [RungDurations.Run] = []
  /// How many of the trials that lead on without a gap are at each level of the fidelity.
  private var levels: [Int: Int] = [:]
  /// The names of the steps before the search that would not be run again.
  package private(set) var preparedSteps: Set<String> = []
  /// What applies of the plan have used; nil where it counts nothing.
  package var ledger: UsageLedger? { budget?.ledger }
  private var budget: WorkBudget?

  /// How long the applies of the plan were at work, in milliseconds.
  package private(set) var elapsed = 0

  private(set) var prefix: RecordedPrefix?

  /// For so many trials `first` says whether they are recorded.
  package static let shown = 8

  /// Reads beside a run that is going on. Complexity: O(trials) when anything is recorded.
  ///
  /// - Parameters:
  ///   - reuse: which of the recorded outcomes the apply takes for its own.
  ///   - each: is told the names of each trial that has an outcome.
  package init(
    of document: PlanDocument, in project: Project, reuse: Reuse = .all,
    each: ([TrialIdentity.Run]) -> Void = { _ in }
  ) throws {
    let current = reuse == .nothing ? [] : project.currentSteps(.prepare, of: document.plan)
    preparedSteps = current
    defer { areComplete = areComplete && current.count == document.plan.prepare.count }
    guard let journal = try RunStore.reading(folder: project.stateFolder) else { return }
    let last = try journal.lastPlan(ofExperiment: project.experimentPath).flatMap { text in
      text == document.json.canonicalText ? nil : try? PlanDocument(json: JSON(document: Array(text.utf8)))
    }
    let looksForDropped = last != nil && document.plan.search.plannedTrials <= Self.mostCompared
    var part = Set<Digest>()
    try journal.snapshot {
      try read(journal, document, reuse) { runs in
        if looksForDropped { part.formUnion(runs.map(\.key)) }
        each(runs)
      }
    }
    guard try journal.hasOutcomes else { return }
    let search = document.plan.search
    durations = try journal.durations(ofExperiment: project.experimentPath).map { run in
      let json = search.fidelity == nil ? nil : run.parameters.flatMap { try? JSON(parsing: $0.utf8) }
      return RungDurations.Run(seconds: run.seconds, level: search.fidelity.flatMap { json?[$0.name]?.int })
    }
    guard let last else { return }
    changes = last.differences(to: document)
    if looksForDropped {
      dropped = try DroppedTrials.between(
        last, document, ofExperiment: project.experimentPath, in: journal, isPart: part.contains)
    }
  }

  /// With more trials than this it is not looked for those that are no part of the plan any more.
  private static let mostCompared = 100_000

  private mutating func read(
    _ journal: JournalReader, _ document: PlanDocument, _ reuse: Reuse, _ each: ([TrialIdentity.Run]) -> Void
  ) throws {
    let plan = document.plan
    let outcomes = try OutcomeLookup(journal, document, reuse)
    budget = WorkBudget(plan, outcomes)
    elapsed = outcomes.elapsed
    guard try journal.hasOutcomes else { return }
    var replay = Replay(plan, closure: outcomes.closure)
    var tally = Tally(plan)
    var prefix = RecordedPrefix(of: plan, atEvent: try journal.lastEvent)
    while let trial = replay.next, let measured = try outcomes.settled(trial.runs, by: replay.watch) {
      note(isRecorded: true)
      if plan.search.trialRules.isEmpty { prefix.append(measured.runs) }
      each(trial.runs)
      let record = replay.take(measured)
      tally.take(record)
      if plan.search.fidelity != nil { levels[plan.search.level(of: record.point), default: 0] += 1 }
    }
    self.prefix = plan.search.trialRules.isEmpty ? prefix : nil
    (stopped, infeasible, best) = (tally.stopped, tally.infeasible, tally.best)
    failed = tally.count - tally.completed - tally.stopped - tally.infeasible
    areComplete = replay.conclusion != nil
    if areComplete, let confirming = plan.confirming(tally.candidates) {
      let (lookup, identity) = (outcomes.confirming(by: confirming), TrialIdentity(confirming))
      let missing = try tally.candidates.count { try lookup.settled(identity.runs(at: $0.point), by: nil) == nil }
      toConfirm = missing
      areComplete = missing == 0
    }
    if let missing = replay.next {
      try countOthers(from: missing.number, plan) { runs in
        guard try outcomes.settled(runs, by: nil) != nil else { return false }
        each(runs)
        return true
      }
    }
  }

  /// How long what is left to run will take with so many at once; nil where nothing is left, or nothing to go by.
  package func forecast(of plan: Plan, workers: Int) -> DurationForecast? {
    forecast(of: plan, workers: workers, timeLimit: plan.timeLimit.map { max(0, $0 - elapsed) })
  }

  /// How long the runs that are left will take, all together; nil where nobody counts it.
  package func workForecast(of plan: Plan) -> DurationForecast? {
    budget == nil ? nil : forecast(of: plan, workers: 1, timeLimit: nil)
  }

  private func forecast(of plan: Plan, workers: Int, timeLimit: Int?) -> DurationForecast? {
    let trials = areComplete || toConfirm != nil ? 0 : plan.search.plannedTrials - count
    let confirming = plan.confirmation.map { (toConfirm ?? min($0.top, plan.search.plannedTrials)) * $0.repeats.seeds }
    let groups = RungDurations(durations, of: plan.search).groups(
      trials: trials, beside: levels, runs: plan.trial.repeats.seeds, confirming: confirming ?? 0)
    // The run that goes beyond what is left is the last one of the search.
    let left = budget?.left.map { DurationForecast.Work(limit: Double($0) / 1000, runsBeyond: 1 + (confirming ?? 0)) }
    return DurationForecast(
      groups, recorded: durations.count, workers: workers, timeLimit: timeLimit, work: left)
  }

  private mutating func note(isRecorded: Bool) {
    if isRecorded { count += 1 }
    if first.count < Self.shown { first.append(isRecorded) }
  }

  /// Of the trials that are known before the run.
  private mutating func countOthers(from first: Int, _ plan: Plan, _ isRecorded: ([TrialIdentity.Run]) throws -> Bool)
    throws
  {
    let points = plan.search.knownPoints
    let identity = TrialIdentity(plan)
    for trial in first..<max(first, points.count) {
      note(isRecorded: try isRecorded(identity.runs(at: points[trial])))
    }
  }
}

internal import Artifacts
internal import Search
internal import Store

/// Which recorded outcomes an apply takes for its own.
package enum Reuse: Hashable, Sendable {
  case all
  /// Failures that are recorded are tried again.
  case successes
  /// All is run again.
  case nothing
}

/// What came of runs of trials, as an experiment sees it: a failure that is to be tried again is no outcome yet.
struct OutcomeLookup {
  /// Where an apply before this one closed the plan's result, because a limit of the real world was reached.
  private(set) var closure: Closure?
  /// How long the applies before this one were at work on the plan, in milliseconds.
  let elapsed: Int
  /// What the runs have taken that the applies before this one have launched; nothing where no budget counts it.
  let usage: JournalReader.Usage
  /// The longest that those can have taken together of which nothing is known, in milliseconds.
  let longestOpen: Int

  /// Whether what is there of runs before this apply is of none that count.
  let beginsAnew: Bool

  private let journal: JournalReader
  private let reader: OutcomeReader
  private var judge: TrialJudge
  private let machine: Machine
  /// Failures of attempts before this one do not count.
  private let firstFailure: Int

  /// - Parameter machine: on which what is to be tried again would be.
  init(
    _ journal: JournalReader, _ document: PlanDocument, _ reuse: Reuse, _ machine: Machine = Machine(for: .none)
  ) throws {
    let plan = document.plan
    let next = try journal.nextNumbers
    var first = (run: 0, intent: 0)
    // What an apply of the plan has begun, the next one goes on with.
    if !plan.trial.isCached { first = try journal.afterLastEnd(of: document.digest) }
    if reuse == .nothing { first = next }
    beginsAnew = (reuse == .nothing || !plan.trial.isCached) && first.intent >= next.intent
    closure = try journal.closure(of: document.digest, since: first.run).map { closure in
      Closure(after: closure.after, cause: closure.isOfUsage ? .cost : .time)
    }
    let counts = !plan.usage.accounts(of: plan.trial.resources).isEmpty
    let usage = counts ? try journal.usage(of: document.digest, since: first.run) : JournalReader.Usage()
    elapsed = try journal.elapsed(of: document.digest, since: first.run)
    firstFailure = reuse == .successes ? next.intent : 0
    let reader = OutcomeReader(
      journal,
      JournalReader.Scope(
        TrialLimits(plan.trial), firstIntent: first.intent,
        plan: plan.trial.isCached ? nil : document.digest))
    let judge = TrialJudge(plan, machineMemory: machine.memory)
    let open = usage.open == 0 ? [] : try journal.openRuns(of: document.digest, since: first.run)
    longestOpen = try open.reduce(0) { sum, run in
      let earlier = try reader.all(of: run.key).filter { $0.intent < run.intent }.map(\.facts)
      return sum + (plan.trial.longestRun(within: judge.limits(afterAttempts: earlier)) ?? 0)
    }
    (self.usage, self.reader, self.judge) = (usage, reader, judge)
    self.machine = machine
    self.journal = journal
  }

  /// The same for the trials of a plan that confirm those of this one.
  func confirming(by plan: Plan) -> OutcomeLookup {
    var other = self
    other.closure = nil
    other.judge = TrialJudge(plan, machineMemory: machine.memory)
    return other
  }

  /// What came of the trials that confirm others, if all is recorded.
  ///
  /// - Parameter trials: those of the search.
  func confirmation(of trials: [TrialRecord], by plan: Plan) throws -> Confirmation? {
    let (outcomes, identity) = (confirming(by: plan), TrialIdentity(plan))
    let measured = try trials.compactMap { try outcomes.measured(identity.runs(at: $0.point), by: nil) }
    return measured.count == trials.count ? Confirmation(of: trials, by: plan, measured) : nil
  }

  /// Looks up much, whatever is recorded meanwhile.
  func snapshot<Result>(_ body: () throws -> Result) throws -> Result { try journal.snapshot(body) }

  /// Takes note of an outcome that has been recorded since.
  func note(_ key: Digest) { reader.note(key) }

  /// What is recorded of all of a trial's runs, whether or not they are to be tried again; nil when that is not all.
  ///
  /// - Parameter watch: judges what the trial reported on the way, here and below.
  func measured(_ runs: [TrialIdentity.Run], by watch: TrialWatch?) throws -> Measured? {
    try measured(runs, by: watch) { try newest(of: $0, by: watch)?.facts }
  }

  /// The same, but nil when a run is still to be made, or to be made again.
  func settled(_ runs: [TrialIdentity.Run], by watch: TrialWatch?) throws -> Measured? {
    try measured(runs, by: watch) { try facts(of: $0, by: watch) }
  }

  private func measured(
    _ runs: [TrialIdentity.Run], by watch: TrialWatch?, _ facts: (Digest) throws -> TrialFacts?
  ) throws -> Measured? {
    try judge.measured(runs, by: watch) { run in
      guard let facts = try facts(run.key) else { return nil }
      return judge.measurement(of: facts, by: watch).map { ($0, facts.curve) }
    }
  }

  /// The newest outcome that counts, and that says what the rules would have come of the trial.
  private func newest(of key: Digest, by watch: TrialWatch?) throws -> RecordedOutcome? {
    guard let newest = try reader.newest(of: key) else { return nil }
    if let known = try settles(newest, watch) { return known }
    for outcome in try reader.all(of: key).reversed() {
      if let known = try settles(outcome, watch) { return known }
    }
    return nil
  }

  private func settles(_ outcome: RecordedOutcome, _ watch: TrialWatch?) throws -> RecordedOutcome? {
    var outcome = outcome
    if watch != nil, !judge.judgesRuns {
      let recorded = try journal.curve(ofAttempt: outcome.intent).flatMap { Curve(json: $0) }
      outcome.facts.curve = outcome.facts.endedCurve(recorded, by: judge)
    }
    return judge.measurement(of: outcome.facts, by: watch) == nil ? nil : outcome
  }

  /// The attempt whose outcome counts.
  func newestAttempt(at key: Digest, by watch: TrialWatch?) throws -> Int? { try newest(of: key, by: watch)?.intent }

  /// The newest attempt that was ended by a rule, and the step at which; nil where the newest was not.
  func stoppedAttempt(at key: Digest) throws -> (intent: Int, step: Int)? {
    guard let newest = try reader.newest(of: key), case .stopped(let step) = newest.facts.ending else { return nil }
    return (newest.intent, step)
  }

  /// Nil when the run is still to be made, or to be made again.
  func facts(of key: Digest, by watch: TrialWatch?) throws -> TrialFacts? {
    guard let outcome = try newest(of: key, by: watch) else { return nil }
    guard case .failed? = judge.measurement(of: outcome.facts, by: watch) else { return outcome.facts }
    if outcome.intent < firstFailure { return nil }
    guard judge.retriesFailures, closure == nil, judge.wait(afterAttempts: try attempts(at: key)) != nil else {
      return outcome.facts
    }
    return nil
  }

  /// What is recorded of the run's attempts, in their order.
  func attempts(at key: Digest) throws -> [TrialFacts] {
    try reader.all(of: key).filter { $0.intent >= firstFailure }.map(\.facts)
  }
}

internal import Artifacts
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
  /// Where an apply before this one closed the plan's result, because its time was up.
  let closedAfter: Int?
  /// How long the applies before this one were at work on the plan, in milliseconds.
  let elapsed: Int

  private let journal: JournalReader
  private let reader: OutcomeReader
  private let judge: TrialJudge
  /// Failures of attempts before this one do not count.
  private let firstFailure: Int

  init(_ journal: JournalReader, _ document: PlanDocument, _ reuse: Reuse) throws {
    let plan = document.plan
    let next = try journal.nextNumbers
    var first = (run: 0, intent: 0)
    // What an apply of the plan has begun, the next one goes on with.
    if !plan.trial.isCached { first = try journal.afterLastEnd(of: document.digest) }
    if reuse == .nothing { first = next }
    closedAfter = try journal.closure(of: document.digest, since: first.run)
    elapsed = try journal.elapsed(of: document.digest, since: first.run)
    firstFailure = reuse == .successes ? next.intent : 0
    reader = OutcomeReader(
      journal,
      JournalReader.Scope(
        TrialLimits(plan.trial), firstIntent: first.intent,
        plan: plan.trial.isCached ? nil : document.digest))
    judge = TrialJudge(plan)
    self.journal = journal
  }

  /// Looks up much, whatever is recorded meanwhile.
  func snapshot<Result>(_ body: () throws -> Result) throws -> Result { try journal.snapshot(body) }

  /// Takes note of an outcome that has been recorded since.
  func note(_ key: Digest) { reader.note(key) }

  /// The newest outcome that counts, whether or not it is to be tried again.
  func newest(of key: Digest) throws -> TrialFacts? { try reader.newest(of: key)?.facts }

  /// The attempt that outcome is of.
  func newestAttempt(at key: Digest) throws -> Int? { try reader.newest(of: key)?.intent }

  /// Nil when the run is still to be made, or to be made again.
  func facts(of key: Digest) throws -> TrialFacts? {
    guard let outcome = try reader.newest(of: key) else { return nil }
    guard case .failed = judge.measurement(of: outcome.facts) else { return outcome.facts }
    if outcome.intent < firstFailure { return nil }
    guard judge.retriesFailures, closedAfter == nil, judge.wait(afterAttempts: try attempts(at: key)) != nil else {
      return outcome.facts
    }
    return nil
  }

  /// What is recorded of the run's attempts, in their order.
  func attempts(at key: Digest) throws -> [TrialFacts] {
    try reader.all(of: key).filter { $0.intent >= firstFailure }.map(\.facts)
  }
}

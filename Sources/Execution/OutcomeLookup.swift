internal import Artifacts
internal import Store

/// What came of runs of trials, as an experiment's policies see it: a failure that is to be tried again is no outcome yet.
struct OutcomeLookup {
  private let journal: JournalReader
  private let judge: TrialJudge
  private let timeLimit: Int?
  private let isClosed: Bool
  /// Failures of attempts before this one do not count.
  private let firstIntent: Int?

  /// - Parameters:
  ///   - isClosed: whether the time of the plan is up: then nothing is tried again.
  ///   - firstIntent: where failures are to be tried again, the first attempt whose failure is not.
  init(_ journal: JournalReader, _ plan: Plan, isClosed: Bool, retryingFailuresBefore firstIntent: Int? = nil) {
    self.journal = journal
    self.isClosed = isClosed
    self.firstIntent = firstIntent
    judge = TrialJudge(plan)
    timeLimit = plan.trial.timeout
  }

  /// Nil when the run is still to be made, or to be made again.
  func facts(of key: Digest) throws -> TrialFacts? {
    guard let outcome = try journal.outcome(of: key, timeLimit: timeLimit) else { return nil }
    guard case .failed = judge.measurement(of: outcome.facts) else { return outcome.facts }
    if let firstIntent, outcome.intent < firstIntent { return nil }
    guard judge.retriesFailures, !isClosed, judge.wait(afterAttempts: try attempts(at: key)) != nil else {
      return outcome.facts
    }
    return nil
  }

  /// What is recorded of the run's attempts, in their order.
  func attempts(at key: Digest) throws -> [TrialFacts] {
    try journal.outcomes(of: key, timeLimit: timeLimit).filter { $0.intent >= firstIntent ?? 0 }.map(\.facts)
  }
}

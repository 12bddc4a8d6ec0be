internal import Artifacts
internal import Search
internal import Store

/// What one commit makes durable, and what may happen then.
struct JournalBatch {
  private(set) var events: [JournalEvent] = []
  /// When the first event came.
  private(set) var began = 0
  var jobs: [Job] = []
  /// Runs that are to end.
  var verdicts: [(job: Job, stop: TrialStop)] = []
  var outcomes: [(job: Job, facts: TrialFacts, seconds: Double)] = []
  /// Where the result is closed, because a limit of the real world is reached.
  var closure: Closure?

  mutating func add(_ event: JournalEvent, now: Int) {
    if events.isEmpty { began = now }
    events.append(event)
  }

  /// With what has gathered since.
  func followed(by later: JournalBatch) -> JournalBatch {
    var both = self
    both.events += later.events
    both.jobs += later.jobs
    both.verdicts += later.verdicts
    both.outcomes += later.outcomes
    both.closure = closure ?? later.closure
    return both
  }
}

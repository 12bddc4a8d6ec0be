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
  /// What has changed since the experiment was applied last, in words; empty when nothing has, or it never was.
  package private(set) var changes: [String] = []

  /// For so many trials `first` says whether they are recorded.
  package static let shown = 8

  /// Reads beside a run that is going on. Complexity: O(trials) when anything is recorded.
  ///
  /// - Parameter retryFailed: whether a failure counts as no outcome.
  package init(of document: PlanDocument, in project: Project, retryFailed: Bool = false) throws {
    guard let journal = try RunStore.reading(folder: project.stateFolder), try journal.hasOutcomes else { return }
    let plan = document.plan
    let keys = try RecordedKeys(journal)
    func result(of key: Digest) throws -> TrialResult? {
      guard keys.mayContain(key), let outcome = try journal.outcome(of: key, timeLimit: plan.trial.timeout) else {
        return nil
      }
      let result = outcome.facts.result(for: plan.metric)
      if retryFailed, case .failed = result { return nil }
      return result
    }
    var replay = Replay(plan, closedAfter: try journal.closure(of: document.digest))
    while let trial = replay.next, let result = try result(of: trial.key) {
      note(isRecorded: true)
      replay.take(result)
    }
    areComplete = replay.conclusion != nil
    if let missing = replay.next, !plan.search.makeStrategy().isAdaptive {
      try countOthers(from: missing.number, plan) { try result(of: $0) != nil }
    }
    if let last = try journal.lastPlan(ofExperiment: project.experimentPath),
      let previous = try? PlanDocument(json: JSON(document: Array(last.utf8)))
    {
      changes = previous.differences(to: document)
    }
  }

  private mutating func note(isRecorded: Bool) {
    if isRecorded { count += 1 }
    if first.count < Self.shown { first.append(isRecorded) }
  }

  /// Of the trials that are known before the run.
  private mutating func countOthers(from first: Int, _ plan: Plan, _ isRecorded: (Digest) throws -> Bool) throws {
    let strategy = plan.search.makeStrategy()
    let identity = TrialIdentity(plan)
    for trial in first..<max(first, plan.search.plannedTrials) {
      note(isRecorded: try isRecorded(identity.names(of: strategy.point(for: trial, after: [])).key))
    }
  }
}

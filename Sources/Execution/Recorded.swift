package import Artifacts
internal import Search
internal import Store

/// What an apply of a plan would find in the project's journal.
package struct RecordedTrials: Hashable, Sendable {
  /// How many of the planned trials have an outcome.
  package var count = 0
  /// Whether the recorded outcomes lead the search to its end: nothing is left to run.
  package var areComplete = false

  /// Reads beside a run that is going on, and takes no lock. Complexity: O(trials) when anything is recorded.
  package init(of document: PlanDocument, in project: Project) throws {
    guard let journal = try RunStore.reading(folder: project.stateFolder), try journal.hasOutcomes else { return }
    let plan = document.plan
    var replay = Replay(plan, closedAfter: try journal.closure(of: document.digest))
    while let trial = replay.next, let facts = try journal.outcome(of: trial.key, timeLimit: plan.trial.timeout)?.facts
    {
      count += 1
      replay.take(facts.result(for: plan.metric))
    }
    areComplete = replay.conclusion != nil
    if let missing = replay.next { try countOthers(after: missing.number, plan, journal) }
  }

  /// Of the trials that are known before the run.
  private mutating func countOthers(after first: Int, _ plan: Plan, _ journal: JournalReader) throws {
    let strategy = plan.search.makeStrategy()
    guard !strategy.isAdaptive else { return }
    let identity = TrialIdentity(plan)
    let keys = try RecordedKeys(journal)
    for trial in (first + 1)..<max(first + 1, plan.search.plannedTrials) {
      let bytes = identity.pointBytes(strategy.point(for: trial, after: []))
      let key = identity.key(forPoint: bytes, seed: identity.seed(forPoint: bytes))
      if keys.mayContain(key), try journal.outcome(of: key, timeLimit: plan.trial.timeout) != nil { count += 1 }
    }
  }
}

package import Artifacts
internal import Search
internal import Store

/// How many of a plan's trials have an outcome in the project's journal: what an apply will not run again.
///
/// Reads beside a run that is going on, and takes no lock. Complexity: O(trials) when anything is recorded.
package func countRecordedTrials(of document: PlanDocument, in project: Project) throws -> Int {
  guard let journal = try RunStore.reading(folder: project.stateFolder), try journal.hasOutcomes else { return 0 }
  let plan = document.plan
  let strategy = plan.search.makeStrategy()
  let identity = TrialIdentity(plan)
  var count = 0
  for trial in 0..<plan.search.plannedTrials {
    let bytes = identity.pointBytes(strategy.point(for: trial, after: []))
    let key = identity.key(forPoint: bytes, seed: identity.seed(forPoint: bytes))
    if try journal.outcome(of: key, timeLimit: plan.trial.timeout) != nil { count += 1 }
  }
  return count
}

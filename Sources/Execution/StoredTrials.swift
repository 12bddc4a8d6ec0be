package import Artifacts
internal import Search
internal import Store

/// What a project's journal holds of a plan, as a comparison asks for it.
package struct StoredTrials: Sendable {
  /// How many of the planned trials are recorded.
  package let count: Int
  /// How many an apply would still run, at most.
  package let toRun: Int
  /// The keys of the first runs of those that are recorded.
  package let names: Set<Digest>
  /// What a run of a trial of the experiment took on average, in seconds; nil where none is recorded.
  package let runSeconds: Double?

  /// Nil where the project has no journal. Complexity: O(trials).
  package init?(of document: PlanDocument, in project: Project) throws {
    guard let journal = try RunStore.reading(folder: project.stateFolder) else { return nil }
    var names = Set<Digest>()
    let recorded = try RecordedTrials(of: document, in: project) { runs in
      if let first = runs.first { names.insert(first.key) }
    }
    count = recorded.count
    toRun = recorded.areComplete ? 0 : document.plan.search.plannedTrials - recorded.count
    self.names = names
    runSeconds = try journal.meanSeconds(ofExperiment: project.experimentPath)
  }
}

extension StoreDiff {
  package init(_ before: StoredTrials?, _ after: StoredTrials) {
    let dropped = before.map { $0.names.subtracting(after.names).count } ?? 0
    self.init(
      recordedBefore: before?.count ?? 0, recordedAfter: after.count, toRun: after.toRun, dropped: dropped)
  }
}

extension RecordedResult {
  /// What the journal holds of a run's plan, from its first trial to the first that is not recorded; with the plan.
  ///
  /// - Returns: nil where there is no such run.
  /// - Throws: `DocumentError` when its plan is of a form that this version does not read.
  package static func ofRun(_ number: Int, in project: Project) throws -> (PlanDocument, RecordedResult)? {
    guard let journal = try RunStore.reading(folder: project.stateFolder),
      let text = try journal.document(ofRun: number)
    else { return nil }
    let document = try PlanDocument(json: JSON(document: Array(text.utf8)))
    let plan = document.plan
    let outcomes = try OutcomeLookup(journal, document, .all)
    let lines = TrialLines(plan)
    var replay = Replay(plan, closure: outcomes.closure)
    var tally = Tally(plan)
    var writer = CanonicalWriter()
    while let trial = replay.next {
      guard let measured = try outcomes.measured(trial.runs, by: replay.watch) else { break }
      let record = replay.take(measured)
      lines.write(record, to: &writer)
      tally.take(record)
    }
    let result = RecordedResult(
      plan: plan, best: tally.best, completed: tally.completed, stopped: tally.stopped,
      infeasible: tally.infeasible,
      stop: replay.conclusion?.reason, table: try TrialTable(writer.bytes, metrics: plan.metrics))
    return (document, result)
  }
}

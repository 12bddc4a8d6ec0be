package import Artifacts
package import Search
internal import Store

/// A decision of a search, made again from what is recorded.
package struct Decision: Sendable {
  /// What was decided, and what it saw.
  package var trial: Replay.Trial
  /// The point as canonical JSON.
  package var parameters: String
  /// The best trials among those that it saw.
  package var best: [Incumbent]
  /// What came of it; nil where that is not recorded.
  package var result: TrialResult?
  /// How a rule ended it; nil where none did.
  package var stop: TrialStop?
}

/// The decisions of a search, from the first to the one that nothing is recorded of, or to the end.
package struct Decisions {
  package let plan: PlanDocument
  private let closure: Closure?
  /// What is recorded of a trial's runs; nil when that is not all.
  private let measured: (Replay.Trial, TrialWatch?) throws -> Measured?

  /// Those that led to a manifest.
  ///
  /// - Throws: `DocumentError` when it is none, `FileError` when its trials cannot be read.
  package init(ofManifest path: String) throws {
    let manifest = try Manifest(fileBytes: File.read(path))
    plan = manifest.content.plan
    closure = manifest.content.conclusion.closure
    let lines = TrialLines(plan.plan)
    var recorded: [Measured] = []
    try File.forEachLine(of: Path.join(Path.folder(of: path), Manifest.trialsFileName)) {
      recorded.append(try lines.measured($0))
    }
    measured = { [recorded] trial, _ in trial.number < recorded.count ? recorded[trial.number] : nil }
  }

  /// Those of a run in a project's journal, or of the last one; nil where there is no such run.
  ///
  /// - Parameter experiment: whether the project's experiment is meant, or whichever was applied last.
  package init?(ofRun number: Int?, of project: Project, ofExperiment experiment: Bool) throws {
    guard let journal = try RunStore.reading(folder: project.stateFolder) else { return nil }
    let runs = try journal.runs(
      ofExperiment: experiment ? project.experimentPath : nil, limit: number == nil ? 1 : .max)
    guard let run = runs.first(where: { number == nil || $0.id == number }),
      let text = try journal.document(ofRun: run.id)
    else { return nil }
    plan = try PlanDocument(json: JSON(document: Array(text.utf8)))
    let outcomes = try OutcomeLookup(journal, plan, .all)
    closure = outcomes.closure
    measured = { try outcomes.measured($0.runs, by: $1) }
  }

  /// Hands each decision to `body` until that says that it has seen enough.
  ///
  /// - Returns: how the search ended, if it came so far.
  @discardableResult
  package func forEach(_ body: (Decision) throws -> Bool) throws -> Conclusion? {
    let identity = TrialIdentity(plan.plan)
    let goals = plan.plan.search.goals
    var replay = Replay(plan.plan, closure: closure)
    var results: [TrialResult] = []
    var (best, seen): ([Incumbent], Int) = ([], 0)
    while let trial = replay.next {
      while seen < trial.seen {
        if case .completed(let values) = results[seen] {
          _ = best.admit(Incumbent(trial: seen, values: Array(values.prefix(goals.count))), by: goals)
        }
        seen += 1
      }
      let record = try measured(trial, replay.watch).map { replay.take($0) }
      let decision = Decision(
        trial: trial, parameters: String(decoding: identity.pointBytes(trial.point), as: UTF8.self),
        best: trial.seen == 0 ? [] : best, result: record?.result, stop: record?.stop)
      guard try body(decision), let record else { return nil }
      results.append(record.result)
    }
    return replay.conclusion
  }
}

package import Artifacts
internal import Search
package import Store

/// Why a trial of an experiment is run, or is not: what it is named by, and in what it differs from the recorded trial
/// that is nearest to it.
package struct Reason: Sendable {
  package let trial: Int
  /// The point as canonical JSON.
  package let parameters: String
  package let runs: [Part]

  /// One of the trial's runs.
  package struct Part: Sendable {
    package var seed: Int
    package var key: Digest
    package var verdict: Verdict
  }

  package enum Verdict: Sendable {
    /// The attempt whose outcome is reused.
    case recorded(RecordedAttempt)
    /// Nothing that is recorded has its name; the nearest, where there is one, and in what that differs.
    case new(nearest: RecordedAttempt?, differences: [String])
  }

  /// - Throws: `ExecutionError.trialUnknown` when there is no such trial, or it is decided by outcomes that are not there.
  package init(trial number: Int, of document: PlanDocument, in project: Project) throws {
    let plan = document.plan
    let journal = try RunStore.reading(folder: project.stateFolder)
    guard number >= 0, number < plan.search.plannedTrials else {
      throw ExecutionError.trialUnknown("the plan has the trials 0 to \(plan.search.plannedTrials - 1)")
    }
    let outcomes = try journal.map { try OutcomeLookup($0, document, .all) }
    var (point, names, watch) = try Self.names(ofTrial: number, plan, outcomes)
    // Not all runs are made of a trial that a rule has ended.
    if let measured = try outcomes?.measured(names, by: watch) { names.removeLast(names.count - measured.runs.count) }
    let bytes = TrialIdentity(plan).pointBytes(point)
    let parameters = String(decoding: bytes, as: UTF8.self)
    let records = try journal.map { try Records($0) }
    trial = number
    self.parameters = parameters
    runs = try names.map { run in
      var verdict = Verdict.new(nearest: nil, differences: [])
      if let journal, let intent = try outcomes?.newestAttempt(at: run.key, by: watch),
        let attempt = try journal.attempts(atKeysWith: run.key.hex).first(where: { $0.intent == intent })
      {
        verdict = .recorded(attempt)
      } else if let journal, let stopped = try outcomes?.stoppedAttempt(at: run.key),
        let attempt = try journal.attempts(atKeysWith: run.key.hex).first(where: { $0.intent == stopped.intent })
      {
        verdict = .new(
          nearest: attempt, differences: ["how far it came: a rule ended it at step \(stopped.step), and would not now"]
        )
      } else if let nearest = try records?.nearest(to: parameters, seed: run.seed, plan) {
        verdict = .new(nearest: nearest.attempt, differences: nearest.differences)
      }
      return Part(seed: run.seed, key: run.key, verdict: verdict)
    }
  }

  /// In what a recorded trial differs from what the plan would run at its point; nothing where that is the same trial.
  package static func differences(of attempt: RecordedAttempt, to document: PlanDocument, in project: Project) throws
    -> [String]
  {
    let plan = document.plan
    guard let journal = try RunStore.reading(folder: project.stateFolder), let parameters = attempt.parameters,
      let text = try journal.document(ofRun: attempt.run),
      let other = try? PlanDocument(json: JSON(document: Array(text.utf8)))
    else { return ["what is not known any more of the run that launched it"] }
    let runs = TrialIdentity(plan).runs(forPoint: Array(parameters.utf8))
    if runs.contains(where: { $0.key == attempt.key }) { return [] }
    let differences = other.plan.trialDifferences(to: plan)
    // One that continues another has its seed.
    let isSeed = !(plan.search.fidelity?.continues ?? false) && !runs.contains { $0.seed == attempt.seed }
    return differences + (isSeed ? ["the seed, which follows from `search.seed`"] : [])
  }

  private static func names(
    ofTrial number: Int, _ plan: Plan, _ outcomes: OutcomeLookup?
  ) throws -> (Point, [TrialIdentity.Run], TrialWatch?) {
    let known = plan.search.knownPoints
    // What it is judged by on the way follows from those before it.
    guard number >= known.count || !plan.search.trialRules.isEmpty else {
      return (known[number], TrialIdentity(plan).runs(at: known[number]), nil)
    }
    var replay = Replay(plan)
    while let trial = replay.next, trial.number < number {
      guard let measured = try outcomes?.measured(trial.runs, by: replay.watch) else {
        throw ExecutionError.trialUnknown("it is decided by the outcomes before it, and trial \(trial.number) has none")
      }
      replay.take(measured)
    }
    guard let trial = replay.next else { throw ExecutionError.trialUnknown("the search ends before it") }
    return (trial.point, trial.runs, replay.watch)
  }
}

/// The trials that are recorded with what they were launched with.
private struct Records {
  private let journal: JournalReader
  /// The newest plans, with their runs.
  private var plans: [(plan: Plan, runs: [Int])] = []

  /// Plans older than these are not looked at, and no more attempts of one than those.
  private static let mostPlans = 50
  private static let mostAttempts = 20_000

  init(_ journal: JournalReader) throws {
    self.journal = journal
    var places: [Digest: Int] = [:]
    for run in try journal.runs() {
      guard let digest = run.plan else { continue }
      if let place = places[digest] {
        plans[place].runs.append(run.id)
      } else if plans.count < Self.mostPlans, let text = try journal.document(ofRun: run.id),
        let document = try? PlanDocument(json: JSON(document: Array(text.utf8)))
      {
        places[digest] = plans.count
        plans.append((document.plan, [run.id]))
      }
    }
  }

  typealias Nearest = (attempt: RecordedAttempt, differences: [String])

  /// Rather the same point with another command, input or seed than another point.
  func nearest(to parameters: String, seed: Int, _ plan: Plan) throws -> Nearest? {
    var best: Nearest?
    func offer(_ attempt: RecordedAttempt, _ differences: [String]) {
      if best.map({ differences.count < $0.differences.count }) ?? true { best = (attempt, differences) }
    }
    for (other, runs) in plans {
      let differences = other.trialDifferences(to: plan)
      for attempt in try journal.endedAttempts(ofRuns: runs, with: parameters, limit: 100) {
        offer(attempt, differences + Self.difference(ofSeed: attempt.seed, seed))
      }
    }
    if best != nil { return best }
    let own = try? JSON(parsing: parameters.utf8)
    for (other, runs) in plans {
      let differences = other.trialDifferences(to: plan)
      for attempt in try journal.endedAttempts(ofRuns: runs, with: nil, limit: Self.mostAttempts) {
        guard let text = attempt.parameters, let point = try? JSON(parsing: text.utf8), let own else { continue }
        offer(attempt, differences + Self.differences(of: point, own))
      }
    }
    return best
  }

  private static func difference(ofSeed seed: Int?, _ own: Int) -> [String] {
    guard let seed, seed != own else { return [] }
    return ["the seed: \(seed) there, \(own) here"]
  }

  private static func differences(of other: JSON, _ own: JSON) -> [String] {
    let names = Set((own.members ?? []).map(\.name) + (other.members ?? []).map(\.name)).sorted()
    return names.filter { own[$0] != other[$0] }.map { name in
      let values = [other[name], own[name]].map { $0?.canonicalText ?? "none" }
      return "`\(name)`: \(values[0]) there, \(values[1]) here"
    }
  }
}

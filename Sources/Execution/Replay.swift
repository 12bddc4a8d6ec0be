package import Artifacts
package import Search

/// Makes the decisions of a search again, one trial after the other, from outcomes that are known.
///
///     var replay = Replay(plan)
///     while let trial = replay.next { replay.take(Measured(trial.runs.map(measurement))) }
///     replay.conclusion
package struct Replay: Sendable {
  /// A trial as the plan and the decisions make it, before its result is known.
  package struct Trial: Hashable, Sendable {
    package var number: Int
    package var point: Point
    /// The trial that it continues from.
    package var parent: Int?
    package var runs: [TrialIdentity.Run]
    /// What the decision saw: the outcomes of the trials below this number.
    package var seen: Int
    package var reason: Proposal.Reason
    /// Counted from 0; nil where the search has no phases.
    package var phase: Int?
  }

  /// The trial whose result is wanted next; nil when the search is concluded.
  package private(set) var next: Trial?
  package var conclusion: Conclusion? { schedule.conclusion }

  private var schedule: Schedule
  private var names: TrialNames
  private let judge: TrialJudge

  /// - Parameter closure: where a limit of the real world ended the search.
  package init(_ plan: Plan, closure: Closure? = nil) {
    schedule = Schedule(plan.search)
    names = TrialNames(plan)
    judge = TrialJudge(plan)
    if let closure { advance(.closed(closure)) }
    advance(.room(for: 1))
  }

  /// What the next trial is judged by on the way; nil where no rule ends single trials.
  package var watch: TrialWatch? { next.flatMap { schedule.watch(of: $0.number) } }

  /// Takes in what the next trial's runs gave.
  ///
  /// - Precondition: there is a next trial.
  @discardableResult
  package mutating func take(_ measured: Measured) -> TrialRecord {
    guard let trial = next else { preconditionFailure("the search is over") }
    // Verdicts on runs follow from them.
    let measured = judge.measured(measured.runs, by: watch) { ($0, measured.curve) } ?? measured
    let result = judge.result(of: measured, at: trial.point)
    next = nil
    advance(.finished(trial: trial.number, judge.outcome(of: result), measured.curve))
    advance(.room(for: 1))
    return TrialRecord(
      trial: trial.number, point: trial.point, parent: trial.parent,
      runs: zip(trial.runs, measured.runs).map(TrialRecord.Run.init), curve: measured.curve, result: result)
  }

  private mutating func advance(_ event: Schedule.Event) {
    for case .run(let number, let point) in schedule.next(event) {
      let parent = schedule.parents[number]
      let runs = names.runs(of: number, at: names.identity.pointBytes(point), continuing: parent)
      next = Trial(
        number: number, point: point, parent: parent, runs: runs, seen: schedule.lastSeen,
        reason: schedule.lastReason, phase: schedule.lastPhase)
    }
  }
}

/// What a manifest says of its trials, gathered trial by trial.
struct Tally {
  private(set) var count = 0
  private(set) var completed = 0
  private(set) var stopped = 0
  private(set) var infeasible = 0
  /// The best trials, by number.
  private(set) var best: [SelectedTrial] = []
  /// The highest fidelity of which there is a value: the best are of those.
  private var topLevel = 0
  private(set) var baseline: Incumbent?
  /// The trials that are confirmed, the best first.
  private(set) var candidates: [TrialRecord] = []

  /// How much of the fidelity the trials have taken; 0 where there is none.
  private(set) var fidelity = 0
  /// By trial, where there is a fidelity: how much of it the trial has.
  private var levels: [Int] = []

  /// By trial, where trials change their points while they train: what it is, and which it goes on from.
  private var stages: [(stage: SelectedTrial.Stage, parent: Int?)] = []

  private let candidateCount: Int
  private let search: SearchSettings
  private let defaults: Point?
  /// Of the first trials.
  private var observations: [Observation] = []
  private static let mostAnalysed = 10_000

  init(_ plan: Plan) {
    search = plan.search
    candidateCount = plan.confirmation?.top ?? 0
    defaults = search.space.defaultPoint
  }

  /// Which trials are the best, in words.
  static func words(_ best: [SelectedTrial]) -> String {
    switch best.count {
    case 0: "no trial completed"
    case 1: "trial \(best[0].trial) is the best"
    default: "\(best.count) trials are the best: none is better in every objective"
    }
  }

  var analysis: ManifestAnalysis? { ManifestAnalysis(of: observations, in: search) }

  mutating func take(_ record: TrialRecord) {
    count += 1
    if observations.count < Self.mostAnalysed {
      observations.append(Observation(record.point, record.result.outcome(objectives: search.goals.count)))
    }
    if search.fidelity != nil {
      levels.append(search.level(of: record.point))
      fidelity += search.charge(
        for: levels[record.trial], from: record.parent.map { levels[$0] }, runs: record.runs.count)
    }
    if search.trainsPopulation {
      let stage = SelectedTrial.Stage(trial: record.trial, parameters: record.point.json(in: search.space))
      stages.append((stage, record.parent))
    }
    if case .stopped = record.result { stopped += 1 }
    if case .infeasible = record.result { infeasible += 1 }
    guard case .completed(let judged) = record.result else { return }
    completed += 1
    let level = search.ranksLevels ? search.level(of: record.point) : 0
    guard level >= topLevel else { return }
    if level > topLevel { (topLevel, best, candidates) = (level, [], []) }
    let values = Array(judged.prefix(search.goals.count))
    var incumbents = best.map { Incumbent(trial: $0.trial, values: $0.values) }
    if incumbents.admit(Incumbent(trial: record.trial, values: values), by: search.goals) {
      let left = Set(incumbents.map(\.trial))
      best.removeAll { !left.contains($0.trial) }
      best.append(SelectedTrial(record, values: values, in: search.space, schedule: schedule(of: record.trial)))
    }
    takeCandidate(record, judged[0])
    if baseline == nil, record.point == defaults { baseline = Incumbent(trial: record.trial, values: values) }
  }

  /// From the trial with which its training began.
  private func schedule(of trial: Int) -> [SelectedTrial.Stage] {
    var schedule: [SelectedTrial.Stage] = []
    var next: Int? = trial
    while let number = next, number < stages.count {
      schedule.append(stages[number].stage)
      next = stages[number].parent
    }
    return schedule.reversed()
  }

  /// Of trials that are equally good the earlier one comes first, and of those at one point it is the only one.
  private mutating func takeCandidate(_ record: TrialRecord, _ value: Double) {
    guard candidateCount > 0, !candidates.contains(where: { $0.point == record.point }) else { return }
    let place = candidates.firstIndex { candidate in
      if case .completed(let values) = candidate.result { search.goals[0].prefers(value, to: values[0]) } else { false }
    }
    candidates.insert(record, at: place ?? candidates.endIndex)
    if candidates.count > candidateCount { candidates.removeLast() }
  }
}

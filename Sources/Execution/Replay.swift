package import Artifacts
package import Search

/// Makes the decisions of a search again, one trial after the other, from outcomes that are known.
///
///     var replay = Replay(plan, closedAfter: nil)
///     while let trial = replay.next { replay.take(result(of: trial.key)) }
///     replay.conclusion
package struct Replay: Sendable {
  /// A trial as the plan and the decisions make it, before its result is known.
  package struct Trial: Hashable, Sendable {
    package var number: Int
    package var point: Point
    package var seed: Int
    package var key: Digest

    package func record(_ result: TrialResult) -> TrialRecord {
      TrialRecord(trial: number, key: key, seed: seed, point: point, result: result)
    }
  }

  /// The trial whose result is wanted next; nil when the search is concluded.
  package private(set) var next: Trial?
  package var conclusion: Conclusion? { schedule.conclusion }

  private var schedule: Schedule
  private let identity: TrialIdentity

  /// - Parameter closedAfter: how many trials there are when a limit of time ended the search.
  package init(_ plan: Plan, closedAfter: Int?) {
    schedule = Schedule(plan.search)
    identity = TrialIdentity(plan)
    if let closedAfter { advance(.closed(after: closedAfter)) }
    advance(.room(for: 1))
  }

  package mutating func take(_ result: TrialResult) {
    guard let trial = next else { return }
    next = nil
    advance(.finished(trial: trial.number, result.outcome))
    advance(.room(for: 1))
  }

  private mutating func advance(_ event: Schedule.Event) {
    for case .run(let number, let point) in schedule.next(event) {
      let (_, seed, key) = identity.names(of: point)
      next = Trial(number: number, point: point, seed: seed, key: key)
    }
  }
}

/// What a manifest says of its trials, gathered trial by trial.
struct Tally {
  private(set) var count = 0
  private(set) var completed = 0
  private(set) var best: SelectedTrial?
  private(set) var baseline: Incumbent?

  private let search: SearchSettings
  private let defaults: Point?

  init(_ search: SearchSettings) {
    self.search = search
    defaults = search.space.defaultPoint
  }

  mutating func take(_ record: TrialRecord) {
    count += 1
    guard case .completed(let value) = record.result else { return }
    completed += 1
    if best.map({ search.goal.prefers(value, to: $0.value) }) ?? true {
      best = SelectedTrial(record, value: value, in: search.space)
    }
    if baseline == nil, record.point == defaults { baseline = Incumbent(trial: record.trial, value: value) }
  }
}

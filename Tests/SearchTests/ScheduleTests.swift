import TestSupport
import Testing

@testable import Search

/// The contract of logical time: the order in which trials end changes neither a decision nor the conclusion.
@Suite("The schedule")
struct ScheduleTests {
  @Test("Any order of arrival gives the same decisions and the same conclusion", arguments: Scenario.all)
  func anyOrder(scenario: Scenario) throws {
    let expected = try #require(Simulation.run(scenario, seed: nil))
    #expect(expected.conclusion == scenario.expectedConclusion(points: expected.points))
    for seed: UInt64 in 0..<UInt64(scenario.orders) {
      let log = try #require(Simulation.run(scenario, seed: seed), "\(scenario) with seed \(seed)")
      try #require(log.conclusion == expected.conclusion, "\(scenario) with seed \(seed)")
      try #require(log.result == expected.result, "\(scenario) with seed \(seed)")
      // What ran ahead of the conclusion was decided by the same function.
      let shared = min(log.points.count, expected.points.count)
      try #require(log.points.prefix(shared) == expected.points.prefix(shared), "\(scenario) with seed \(seed)")
    }
  }

  @Test(
    "A decision of an adaptive strategy sees exactly the outcomes of trials 0 … k − lanes", arguments: [1, 2, 5, 16])
  func lanes(lanes: Int) throws {
    let scenario = Scenario("adaptive", .test(.random, lanes: lanes, trials: 24), isAdaptive: true)
    for seed: UInt64 in 0..<50 {
      let log = try #require(Simulation.run(scenario, seed: seed), "seed \(seed)")
      let outcomes = log.points.enumerated().map { scenario.outcome(of: $0, at: $1) }
      #expect(log.points.count == 24)
      for (trial, point) in log.points.enumerated() {
        let visible = outcomes.prefix(max(0, trial - lanes + 1))
        let history = History(
          trial: trial, observed: zip(log.points, visible).map(Observation.init),
          pending: Array(log.points[visible.count..<trial]))
        #expect(EchoStrategy().propose(after: history)?.point == point, "trial \(trial), seed \(seed)")
      }
    }
  }

  @Test("Adaptive decisions differ between numbers of lanes")
  func lanesMatter() throws {
    let logs = try [1, 2, 3].map { lanes in
      let scenario = Scenario("adaptive", .test(.random, lanes: lanes, trials: 8), isAdaptive: true)
      return try #require(Simulation.run(scenario, seed: 0)).points
    }
    #expect(Set(logs).count == 3)
  }

  @Test("A strategy that looks at no outcome is never held back by lanes")
  func runsAhead() {
    var schedule = Schedule(.test(.random, lanes: 1, trials: 30))
    #expect(schedule.next(.room(for: 100)).count == 30)
  }

  @Test("An adaptive strategy runs at most `lanes` trials ahead of what is released")
  func heldBack() {
    var schedule = Schedule(.test(.random, lanes: 3, trials: 30), strategy: .adaptive(EchoStrategy()))
    #expect(schedule.next(.room(for: 100)).runs == [0, 1, 2])
    #expect(schedule.next(.finished(trial: 2, .failed)).isEmpty)
    #expect(schedule.next(.finished(trial: 0, .failed)).runs == [3])
    #expect(schedule.next(.finished(trial: 1, .failed)).runs == [4, 5])
  }

  @Test("Room is counted: no more trials are handed out than there is room for")
  func room() {
    var schedule = Schedule(.test(.random, trials: 5))
    #expect(schedule.next(.room(for: 2)).runs == [0, 1])
    #expect(schedule.next(.room(for: 0)).isEmpty)
    #expect(schedule.next(.finished(trial: 0, .value(1))).isEmpty)
    #expect(schedule.next(.room(for: 1)).runs == [2])
    #expect(schedule.next(.room(for: 9)).runs == [3, 4])
  }

  @Test("A trial that ends twice counts once, and its first end is what counts")
  func duplicates() {
    var schedule = Schedule(.test(.random, trials: 3))
    _ = schedule.next(.room(for: 3))
    _ = schedule.next(.finished(trial: 1, .value(5)))
    #expect(schedule.next(.finished(trial: 1, .value(1))).isEmpty)
    _ = schedule.next(.finished(trial: 0, .value(7)))
    #expect(schedule.released == 2)
    #expect(schedule.next(.finished(trial: 0, .value(2))).isEmpty)
    let actions = schedule.next(.finished(trial: 2, .value(9)))
    let best = Incumbent(trial: 1, value: 5)
    #expect(actions == [.conclude(Conclusion(trials: 3, reason: .trials, best: best))])
  }

  @Test("The end of a trial that was not handed out changes nothing")
  func unknownTrial() {
    var schedule = Schedule(.test(.random, trials: 3))
    _ = schedule.next(.room(for: 1))
    #expect(schedule.next(.finished(trial: 1, .value(1))).isEmpty)
    #expect(schedule.next(.finished(trial: -1, .value(1))).isEmpty)
    #expect(schedule.released == 0)
    #expect(schedule.next(.finished(trial: 0, .value(2))).isEmpty)
    #expect(schedule.best == [Incumbent(trial: 0, value: 2)])
  }

  @Test("A search ends because of its points when they are no more than the budget, else because of the budget")
  func exhausted() {
    for (trials, reason) in [(23, StopReason.trials), (24, .exhausted), (25, .exhausted)] {
      var schedule = Schedule(.test(.grid, space: .finite, trials: trials))
      let count = schedule.next(.room(for: 100)).count
      for trial in 0..<count { _ = schedule.next(.finished(trial: trial, .failed)) }
      #expect(schedule.conclusion == Conclusion(trials: min(trials, 24), reason: reason, best: nil))
    }
  }

  @Test("A conclusion cancels exactly the trials that were handed out and did not end, and nothing follows it")
  func cancel() {
    var schedule = Schedule(.test(.random, trials: 9, stopping: [.target(0)]))
    _ = schedule.next(.room(for: 6))
    for trial in [3, 5, 0] { _ = schedule.next(.finished(trial: trial, .value(1))) }
    let conclusion = Conclusion(trials: 2, reason: .target, best: Incumbent(trial: 1, value: -1))
    let actions = schedule.next(.finished(trial: 1, .value(-1)))
    #expect(actions == [.cancel(trial: 2), .cancel(trial: 4), .conclude(conclusion)])
    #expect(schedule.next(.finished(trial: 2, .value(-5))).isEmpty)
    #expect(schedule.next(.room(for: 3)).isEmpty)
    #expect(schedule.next(.closed(Closure(after: 0))).isEmpty)
    #expect(schedule.conclusion == conclusion)
  }

  @Test("Of equally good trials the one with the lowest number is the best")
  func ties() {
    for goal in [Goal.minimize, .maximize] {
      var schedule = Schedule(.test(.random, goal: goal, trials: 3))
      _ = schedule.next(.room(for: 3))
      for trial in [2, 1, 0] { _ = schedule.next(.finished(trial: trial, .value(1))) }
      #expect(schedule.conclusion?.best == [Incumbent(trial: 0, value: 1)])
    }
  }

  @Test("Closing hands nothing more out and waits for the trials that belong to the result")
  func closing() {
    var schedule = Schedule(.test(.random, trials: 9))
    _ = schedule.next(.room(for: 4))
    #expect(schedule.next(.closed(Closure(after: 3))).isEmpty)
    #expect(schedule.next(.room(for: 5)).isEmpty)
    _ = schedule.next(.finished(trial: 1, .value(1)))
    _ = schedule.next(.finished(trial: 0, .value(2)))
    let conclusion = Conclusion(trials: 3, reason: .time, best: Incumbent(trial: 1, value: 1))
    #expect(schedule.next(.finished(trial: 2, .failed)) == [.cancel(trial: 3), .conclude(conclusion)])
  }

  @Test("Closing where everything is released concludes at once, also before the first trial")
  func closingAtOnce() {
    var schedule = Schedule(.test(.random, trials: 9))
    #expect(
      schedule.next(.closed(Closure(after: 0))) == [.conclude(Conclusion(trials: 0, reason: .time, best: nil))])
    var other = Schedule(.test(.random, trials: 9))
    _ = other.next(.room(for: 2))
    _ = other.next(.finished(trial: 0, .value(1)))
    let conclusion = Conclusion(trials: 1, reason: .time, best: Incumbent(trial: 0, value: 1))
    #expect(other.next(.closed(Closure(after: 1))) == [.cancel(trial: 1), .conclude(conclusion)])
  }

  @Test("Closing after the last trial, or later than an earlier closing, changes nothing")
  func closingLate() {
    var schedule = Schedule(.test(.random, trials: 2))
    _ = schedule.next(.room(for: 2))
    #expect(schedule.next(.closed(Closure(after: 2))).isEmpty)
    for trial in 0..<2 { _ = schedule.next(.finished(trial: trial, .failed)) }
    #expect(schedule.conclusion?.reason == .trials)
    var other = Schedule(.test(.random, trials: 9))
    _ = other.next(.room(for: 9))
    _ = other.next(.closed(Closure(after: 1)))
    _ = other.next(.closed(Closure(after: 5)))
    _ = other.next(.finished(trial: 0, .failed))
    #expect(other.conclusion == Conclusion(trials: 1, reason: .time, best: nil))
  }

  @Test("The target comes before the plateau, and the plateau before the number of trials")
  func precedence() {
    let rules: [StoppingRule] = [.plateau(trials: 1, improvement: 10), .target(1)]
    var schedule = Schedule(.test(.random, trials: 2, stopping: rules))
    _ = schedule.next(.room(for: 2))
    for (trial, value) in [2.0, 1].enumerated() { _ = schedule.next(.finished(trial: trial, .value(value))) }
    #expect(schedule.conclusion?.reason == .target)
    var other = Schedule(.test(.random, trials: 2, stopping: [rules[0]]))
    _ = other.next(.room(for: 2))
    for (trial, value) in [2.0, 1].enumerated() { _ = other.next(.finished(trial: trial, .value(value))) }
    #expect(other.conclusion?.reason == .plateau)
  }
}

extension [Schedule.Action] {
  /// The trials that are to be run.
  var runs: [Int] {
    compactMap { action in if case .run(let trial, _) = action { trial } else { nil } }
  }
}

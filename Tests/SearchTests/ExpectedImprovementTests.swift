import Foundation
import TestSupport
import Testing

@testable import Search

/// A search that ends when its model expects too little.
@Suite("Expected improvement as a rule")
struct ExpectedImprovementTests {
  private static let plane = Space([
    Parameter(name: "x", domain: .float(FloatRange(lower: -2, upper: 2))),
    Parameter(name: "y", domain: .float(FloatRange(lower: -2, upper: 2))),
  ])

  private static func bowl(_ point: Point) -> Double {
    let numbers = point.values.compactMap { value -> Double? in
      if case .float(let number)? = value { number } else { nil }
    }
    let (x, y) = (numbers[0] - 0.7, numbers[1] + 0.3)
    return x * x + 2 * y * y + 0.5 * x * y + 5
  }

  private struct Result {
    var conclusion: Conclusion?
    /// What was expected of each trial that was decided on; nil where no model was asked.
    var expected: [Double?] = []
    var points: [Point] = []
  }

  private static func run(
    _ rule: StoppingRule?, goal: Goal = .minimize, lanes: Int = 1, trials: Int = 60, reversed: Bool = false
  ) -> Result {
    var result = Result()
    var schedule = Schedule(
      SearchSettings.test(
        .bayesian, space: plane, goal: goal, lanes: lanes, trials: trials, stopping: [rule].compactMap { $0 }))
    var running: [(trial: Int, value: Double)] = []
    var actions = schedule.next(.room(for: lanes))
    while schedule.conclusion == nil {
      for case .run(let trial, let point) in actions {
        if case .model(let belief) = schedule.lastReason, trial == schedule.decided - 1 {
          result.expected.append(belief.improvement)
        } else {
          result.expected.append(nil)
        }
        result.points.append(point)
        running.append((trial, (goal == .minimize ? 1 : -1) * bowl(point)))
      }
      guard !running.isEmpty else { break }
      let ended = reversed ? running.removeLast() : running.removeFirst()
      actions = schedule.next(.finished(trial: ended.trial, .values([ended.value])))
      actions += schedule.next(.room(for: lanes - running.count - schedule.room))
    }
    result.conclusion = schedule.conclusion
    return result
  }

  @Test("ends a search that is at its goal, and not one that is not", arguments: [Goal.minimize, .maximize])
  func ends(_ goal: Goal) throws {
    let all = Self.run(nil, goal: goal)
    #expect(all.conclusion?.reason == .trials)
    let ended = Self.run(.expectedImprovement(below: 0.001, trials: 3), goal: goal)
    let conclusion = try #require(ended.conclusion)
    #expect(conclusion.reason == .improvement && (8..<50).contains(conclusion.trials), "\(conclusion)")
    // The optimum is 5.
    let best = abs(conclusion.best[0].values[0])
    #expect(best - 5 < 0.01, "\(best)")
    // It is the same search as far as it goes, and it went on while more was expected.
    #expect(Array(all.points.prefix(conclusion.trials)) == ended.points)
    let last = ended.expected.suffix(2).compactMap(\.self)
    #expect(last.count == 2 && last.allSatisfy { $0 < 0.001 }, "\(last)")
    let before = ended.expected.dropLast(2).compactMap(\.self).suffix(1)
    #expect(before.allSatisfy { $0 >= 0.001 }, "three in a row")
    // Nothing is expected to get worse.
    #expect(all.expected.compactMap(\.self).allSatisfy { $0 >= 0 })
    #expect(Self.run(.expectedImprovement(below: 1e-300, trials: 1), goal: goal).conclusion?.reason == .trials)
  }

  /// The loss falls with the fidelity by as much everywhere.
  private static func rungs(
    _ rule: StoppingRule?, lanes: Int = 1, workers: Int? = nil, reversed: Bool = false
  ) -> (
    Conclusion?, levels: [Int], points: [Point]
  ) {
    let space = Space(plane.parameters + [Parameter(name: "epochs", domain: .int(IntRange(lower: 1, upper: 9)))])
    var settings = SearchSettings.test(
      .rungs(.asha, .multiFidelity), space: space, lanes: lanes, trials: 90, stopping: [rule].compactMap { $0 })
    settings.fidelity = Fidelity(name: "epochs", lowest: 1, full: 9, reduction: 3)
    var schedule = Schedule(settings)
    var running: [(trial: Int, value: Double)] = []
    var (levels, points): ([Int], [Point]) = ([], [])
    let workers = workers ?? lanes
    var actions = schedule.next(.room(for: workers))
    while schedule.conclusion == nil {
      for case .run(let trial, let point) in actions {
        levels.append(settings.level(of: point))
        points.append(point)
        running.append((trial, bowl(point) + 1 / Double(settings.level(of: point))))
      }
      guard !running.isEmpty else { break }
      let ended = reversed ? running.removeLast() : running.removeFirst()
      actions = schedule.next(.finished(trial: ended.trial, .values([ended.value])))
      actions += schedule.next(.room(for: workers - running.count - schedule.room))
    }
    return (schedule.conclusion, levels, points)
  }

  @Test(
    "goes with a model of all rungs, by what is expected of full training",
    arguments: [
      StoppingRule.expectedImprovement(below: 0.02, trials: 3), .regret(bound: 0.05, probability: 0.1, trials: 2),
    ])
  func overRungs(_ rule: StoppingRule) throws {
    let all = Self.rungs(nil)
    #expect(all.0?.reason == .trials)
    let (conclusion, levels, points) = Self.rungs(rule)
    let end = try #require(conclusion)
    #expect([.improvement, .regret].contains(end.reason) && end.trials < 90, "\(end)")
    #expect(points == Array(all.points.prefix(end.trials)))
    // Not before there is a result, and that is near the optimum of 5 1/9.
    let best = try #require(end.best.first)
    #expect(levels[best.trial] == 9 && best.values[0] < 5.35, "\(best)")
    let (first, second) = (Self.rungs(rule, lanes: 4), Self.rungs(rule, lanes: 4, reversed: true))
    #expect(first.0 == second.0 && [.improvement, .regret].contains(first.0?.reason))
    #expect(Self.rungs(rule, lanes: 4, workers: 1).0 == first.0)
  }

  /// One worker has the outcomes of all trials before when a decision is made, of which it sees those that its lane allows.
  @Test("with rungs ends the search when a decision has seen full training, not when there is some")
  func sight() {
    let always = StoppingRule.expectedImprovement(below: 1e9, trials: 1)
    let (one, four) = (Self.rungs(always, lanes: 8, workers: 1), Self.rungs(always, lanes: 8))
    #expect(one.0 == four.0 && one.0?.reason == .improvement)
  }

  @Test("ends it at the same trial whatever the order in which they arrive")
  func order() {
    let rule = StoppingRule.expectedImprovement(below: 0.01, trials: 2)
    let (first, second) = (Self.run(rule, lanes: 4), Self.run(rule, lanes: 4, reversed: true))
    #expect(first.conclusion == second.conclusion && first.conclusion?.reason == .improvement)
    #expect(Set(first.points) == Set(second.points))
  }

  /// With few points that surround the optimum the transform of the values is about linear: what is expected is about what comes,
  /// over 30 searches. The mean of what came is within a factor of three of the mean of what was expected: the model is no truth.
  @Test("is about what comes of the next trial")
  func calibrated() {
    var (expected, came) = (0.0, 0.0)
    for seed in UInt64(0)..<30 {
      var random = TestRandom(seed: seed)
      let shift = Double.random(in: -1..<1, using: &random)
      var search = BayesianSearch(space: Self.plane, goals: [.minimize], seed: seed, trials: 100, lanes: 1)
      var history = History()
      var best = Double.infinity
      while history.trial < 16, let proposal = search.propose(after: history) {
        var value = Self.bowl(proposal.point) - 5
        value += shift * shift
        if case .model(let belief) = proposal.reason, let improvement = belief.improvement {
          expected += improvement
          came += max(0, best - value)
        }
        best = min(best, value)
        history.observed.append(Observation(proposal.point, .values([value])))
        history.trial += 1
      }
    }
    #expect((1.0 / 3...3).contains(came / expected), "\(came) came, and \(expected) was expected")
  }

  /// A bowl whose values have noise of a known deviation, over 20 searches of 35 trials. What came is what the point is worth, without
  /// noise, beside the trial that looked best. Where the model says that a regret of two deviations is unlikely, it is there in at most
  /// one of twenty cases; and in the end less than half a deviation is expected, as there is nothing more to be gained.
  @Test("and a regret, of what is measured with noise", arguments: [0.02, 0.1, 0.3])
  func noise(_ deviation: Double) {
    var (expected, came, sure, wrong) = (0.0, 0.0, 0, 0)
    var last: [Double] = []
    for seed in UInt64(0)..<20 {
      var random = TestRandom(seed: seed)
      var search = BayesianSearch(
        space: Self.plane, goals: [.minimize], seed: seed, trials: 100, lanes: 1, regretBound: 2 * deviation)
      var history = History()
      var best = (seen: Double.infinity, value: Double.infinity)
      while history.trial < 35, let proposal = search.propose(after: history) {
        let value = Self.bowl(proposal.point)
        if case .model(let belief) = proposal.reason, let improvement = belief.improvement, let regret = belief.regret {
          expected += improvement
          came += max(0, best.value - value)
          if history.trial == 34 { last.append(improvement) }
          if regret < 0.05 { (sure, wrong) = (sure + 1, wrong + (best.value - 5 > 2 * deviation ? 1 : 0)) }
        }
        let seen = value + deviation * random.normal()
        if seen < best.seen { best = (seen, value) }
        history.observed.append(Observation(proposal.point, .values([seen])))
        history.trial += 1
      }
    }
    #expect((1.0 / 3...3).contains(came / expected), "\(came) came, and \(expected) was expected")
    #expect(sure > 200 && 20 * wrong <= sure, "\(wrong) of \(sure)")
    #expect(last.count == 20 && last.allSatisfy { $0 < deviation / 2 }, "\(last)")
  }

  /// A bowl with dents: about ten local minima, and the best of them is where `optimum` is.
  private static func dented(_ point: Point) -> Double {
    let numbers = point.values.compactMap { if case .float(let number)? = $0 { number } else { nil } }
    return bowl(point) + 0.6 * (1 - cos(5 * (numbers[0] - 0.1))) + 0.6 * (1 - cos(4 * numbers[1]))
  }

  /// On a fine grid.
  private static func optimum(of function: (Point) -> Double) -> Double {
    let numbers = (0...400).map { -2 + Double($0) / 100 }
    return numbers.flatMap { x in numbers.map { function(Point([.float(x), .float($0)])) } }.min() ?? 0
  }

  /// Where the model says that a regret above the bound has a probability of less than 5 %, it is above it in at most one of twenty
  /// cases on a bowl, over 40 searches. With dents, which a model of few trials takes for noise, it is so more often: the model is no
  /// truth. Where it says more than 90 %, that is so in eight of ten cases at least.
  @Test("A regret is seldom above its bound where the model says so, and mostly where it says the opposite")
  func regret() {
    let bound = 0.02
    for (name, function, most) in [("bowl", Self.bowl, 0.05), ("dented", Self.dented, 0.5)] {
      let optimum = Self.optimum(of: function)
      var (sure, wrong, unsure, right) = (0, 0, 0, 0)
      for seed in UInt64(0)..<40 {
        var search = BayesianSearch(
          space: Self.plane, goals: [.minimize], seed: seed, trials: 100, lanes: 1, regretBound: bound)
        var history = History()
        var best = Double.infinity
        while history.trial < 30, let proposal = search.propose(after: history) {
          if case .model(let belief) = proposal.reason, let regret = belief.regret {
            let isAbove = best - optimum > bound
            if regret < 0.05 { (sure, wrong) = (sure + 1, wrong + (isAbove ? 1 : 0)) }
            if regret > 0.9 { (unsure, right) = (unsure + 1, right + (isAbove ? 1 : 0)) }
          }
          let value = function(proposal.point)
          best = min(best, value)
          history.observed.append(Observation(proposal.point, .values([value])))
          history.trial += 1
        }
      }
      #expect(sure > 100 && Double(wrong) <= most * Double(sure), "\(name): \(wrong) of \(sure)")
      #expect(unsure > 40 && 5 * right > 4 * unsure, "\(name): \(right) of \(unsure)")
    }
  }

  @Test("A search ends when a better point is unlikely, in whatever order its outcomes arrive")
  func regretEnds() throws {
    let rule = StoppingRule.regret(bound: 0.01, probability: 0.05, trials: 2)
    for goal in [Goal.minimize, .maximize] {
      let (first, second) = (Self.run(rule, goal: goal, lanes: 3), Self.run(rule, goal: goal, lanes: 3, reversed: true))
      #expect(first.conclusion == second.conclusion && Set(first.points) == Set(second.points))
      let conclusion = try #require(first.conclusion)
      #expect(conclusion.reason == .regret && (8..<50).contains(conclusion.trials), "\(conclusion)")
      #expect(abs(conclusion.best[0].values[0]) - 5 < 0.02, "\(conclusion)")
    }
    let never = StoppingRule.regret(bound: 1e-300, probability: 1e-3, trials: 1)
    #expect(Self.run(never, trials: 30).conclusion?.reason == .trials)
  }
}

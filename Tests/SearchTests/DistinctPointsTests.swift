import Testing

@testable import Search

@Suite("Distinct points")
struct DistinctPointsTests {
  private static let twelve = Space([
    Parameter(name: "a", domain: .int(IntRange(lower: 1, upper: 4))),
    Parameter(name: "b", domain: .choice([.string("x"), .string("y"), .string("z")])),
  ])

  private static func settings(_ strategy: StrategyChoice, trials: Int = 100, lanes: Int = 1) -> SearchSettings {
    var settings = SearchSettings(
      space: twelve, goals: [.minimize], strategy: strategy, seed: 3, lanes: lanes, trials: trials)
    settings.drawsDistinct = settings.canDrawDistinct
    return settings
  }

  /// The points of a search, and why it ended.
  private static func run(_ settings: SearchSettings) -> (points: [Point], reason: StopReason?) {
    var (schedule, points) = (Schedule(settings), [Point]())
    var actions = schedule.next(.room(for: 1))
    while case .run(let trial, let point)? = actions.first {
      points.append(point)
      actions = schedule.next(.finished(trial: trial, .values([Double(trial % 5)]))) + schedule.next(.room(for: 1))
    }
    return (points, schedule.conclusion?.reason)
  }

  @Test("A finite space is drawn whole and no point twice, and then the search is exhausted")
  func exhaustion() {
    let phases: StrategyChoice = .phases([
      SearchPhase(.tpe, trials: 6), SearchPhase(.random, trials: 4), SearchPhase(.tpe),
    ])
    for strategy in [StrategyChoice.random, .sobol, phases] {
      for lanes in [1, 4] {
        let (points, reason) = Self.run(Self.settings(strategy, lanes: lanes))
        #expect(points.count == 12 && Set(points).count == 12, "\(strategy)")
        #expect(reason == .exhausted, "\(strategy)")
      }
    }
    #expect(Self.settings(.random).plannedTrials == 12)
    #expect(Self.settings(.random).knownPoints.count == 12)
  }

  @Test("What is drawn for the first time stays as it is drawn, and an infinite space is drawn as before")
  func draws() {
    let (points, _) = Self.run(Self.settings(.random, trials: 8))
    let drawn = RandomSearch(space: Self.twelve, seed: 3)
    var seen = Set<Point>()
    for (trial, point) in points.enumerated() {
      if seen.insert(drawn.point(for: trial)).inserted, !points.prefix(trial).contains(drawn.point(for: trial)) {
        #expect(point == drawn.point(for: trial))
      }
    }
    let continuous = SearchSettings(
      space: .cube(2), goals: [.minimize], strategy: .random, seed: 3, lanes: 1, trials: 100)
    #expect(!continuous.canDrawDistinct)
  }
}

@Suite("Designs after earlier outcomes")
struct ShortenedDesignTests {
  @Test("So many outcomes as are known need no point of a design", arguments: [StrategyChoice.bayesian, .tpe])
  func known(_ strategy: StrategyChoice) {
    func isModelled(_ known: Int, shortens: Bool) -> [Bool] {
      var settings = SearchSettings(
        space: .cube(2), goals: [.minimize], strategy: strategy, seed: 3, lanes: 1, trials: 12)
      let points = RandomSearch(space: .cube(2), seed: 9)
      settings.observations = (0..<known).map { Observation(points.point(for: $0), .values([Double($0 % 7)])) }
      settings.reusesObservations = true
      settings.shortensDesign = shortens
      var (schedule, reasons) = (Schedule(settings), [Bool]())
      var actions = schedule.next(.room(for: 1))
      while case .run(let trial, _)? = actions.first {
        if case .model = schedule.lastReason { reasons.append(true) } else { reasons.append(false) }
        actions =
          schedule.next(.finished(trial: trial, .values([1 / Double(trial + 1)]))) + schedule.next(.room(for: 1))
      }
      return reasons
    }
    #expect(isModelled(20, shortens: true).allSatisfy { $0 })
    let all = isModelled(20, shortens: false).count { !$0 }
    #expect(all >= 5)
    #expect(isModelled(3, shortens: true).count { !$0 } == all - 3)
  }
}

import TestSupport
import Testing

@testable import Search

@Suite("Every strategy")
struct StrategyTests {
  @Test("Random points keep the contract")
  func random() {
    StrategyContract(space: .mixed, usesSeed: true, trials: 200) { RandomSearch(space: .mixed, seed: $0) }.check()
  }

  @Test("Sobol points keep the contract")
  func sobol() {
    StrategyContract(space: .mixed, usesSeed: true, trials: 200) { SobolSearch(space: .mixed, seed: $0) }.check()
  }

  @Test("A grid keeps the contract")
  func grid() {
    StrategyContract(space: .finite, usesSeed: false, trials: 24) { _ in GridSearch(space: .finite) }.check()
  }

  @Test("A list keeps the contract")
  func list() {
    let points = (0..<24).map { GridSearch(space: .finite).point(for: 23 - $0) }
    StrategyContract(space: .finite, usesSeed: false, trials: 24) { _ in ListSearch(points: points) }.check()
  }

  @Test("Initial points before a strategy keep the contract")
  func initialPoints() {
    let first = RandomSearch(space: .mixed, seed: 99).point(for: 0)
    StrategyContract(space: .mixed, usesSeed: true, trials: 50) { seed in
      InitialPoints(points: [first], then: SobolSearch(space: .mixed, seed: seed))
    }.check()
  }

  @Test("Settings make the strategy that they name")
  func settings() {
    let grid = GridSearch(space: .finite)
    let points = (0..<3).map { grid.point(for: $0) }
    let cases: [(StrategyChoice, any PointSequence)] = [
      (.grid, grid), (.list(points), ListSearch(points: points)),
      (.random, RandomSearch(space: .finite, seed: 7)), (.sobol, SobolSearch(space: .finite, seed: 7)),
    ]
    for (choice, expected) in cases {
      let settings = SearchSettings.test(choice, space: .finite)
      let (made, known) = (settings.makeStrategy(), settings.knownPoints)
      #expect(made.count == expected.count)
      #expect(!made.isAdaptive)
      for trial in 0..<3 { #expect(known[trial] == expected.point(for: trial)) }
    }
  }

  @Test("Initial points come first and do not move the strategy's own points")
  func initialPointsFirst() {
    let points = (0..<2).map { GridSearch(space: .finite).point(for: $0 + 5) }
    let own = RandomSearch(space: .finite, seed: 7)
    let made = SearchSettings.test(.random, space: .finite, initialPoints: points).knownPoints
    #expect((0..<2).map { made[$0] } == points)
    #expect(made[2] == own.point(for: 0))
    #expect(made[9] == own.point(for: 7))
  }

  @Test("The last parameter of a grid changes fastest")
  func gridOrder() {
    let space = Space([
      Parameter(name: "a", domain: .int(IntRange(lower: 1, upper: 2))),
      Parameter(name: "b", domain: .choice([.string("x"), .string("y"), .string("z")])),
    ])
    let grid = GridSearch(space: space)
    let expected: [[Value]] = [
      [.int(1), .string("x")], [.int(1), .string("y")], [.int(1), .string("z")],
      [.int(2), .string("x")], [.int(2), .string("y")], [.int(2), .string("z")],
    ]
    #expect(grid.count == 6)
    #expect((0..<6).map { grid.point(for: $0).values } == expected)
  }

  @Test("A grid has every point once")
  func gridIsComplete() {
    let grid = GridSearch(space: .finite)
    #expect(grid.count == 24)
    #expect(Set((0..<24).map { grid.point(for: $0) }).count == 24)
  }

  @Test("The number of planned trials is the budget or the points, whichever is less")
  func plannedTrials() {
    #expect(SearchSettings.test(.grid, space: .finite, trials: 100).plannedTrials == 24)
    #expect(SearchSettings.test(.grid, space: .finite, trials: 10).plannedTrials == 10)
    #expect(SearchSettings.test(.random, trials: 10).plannedTrials == 10)
    #expect(SearchSettings.test(.list([Point([])]), space: Space([]), trials: 10).plannedTrials == 1)
  }

  @Test("Points of random search fall evenly on each axis")
  func randomIsUniform() {
    // 4,096 points in 16 bins: chi-square with 15 degrees of freedom exceeds 56.5 once in a million seeds.
    for axis in 0..<4 {
      var bins = [Int](repeating: 0, count: 16)
      let search = RandomSearch(space: .cube(4), seed: 3)
      for trial in 0..<4096 {
        if let value = search.point(for: trial).values[axis]?.number { bins[Int(value * 16)] += 1 }
      }
      let statistic = bins.reduce(0.0) { $0 + (Double($1) - 256) * (Double($1) - 256) / 256 }
      #expect(bins.reduce(0, +) == 4096)
      #expect(statistic < 56.5)
    }
  }
}

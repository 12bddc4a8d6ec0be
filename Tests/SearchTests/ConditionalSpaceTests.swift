import TestSupport
import Testing

@testable import Search

@Suite("Spaces with conditions and constraints")
struct ConditionalSpaceTests {
  /// A choice that opens two spaces, one name in both, and something deeper.
  private static let model: Space = {
    func chosen(_ name: String, _ label: String) -> Expression {
      .compare(.equal, .name(name), .constant(.string(label)))
    }
    return Space(
      [
        Parameter(name: "depth", domain: .int(IntRange(lower: 1, upper: 4)), condition: chosen("model", "forest")),
        Parameter(
          name: "gamma", domain: .float(FloatRange(lower: 0.01, upper: 1, scale: .log)),
          condition: chosen("kernel", "rbf")),
        Parameter(
          name: "kernel", domain: .choice([.string("linear"), .string("rbf")]), condition: chosen("model", "svm")),
        Parameter(name: "model", domain: .choice([.string("forest"), .string("svm")])),
        Parameter(name: "size", domain: .int(IntRange(lower: 1, upper: 9)), condition: chosen("model", "forest")),
        Parameter(name: "size", domain: .float(FloatRange(lower: 0, upper: 0.5)), condition: chosen("model", "svm")),
      ],
      constraints: [.compare(.lessOrEqual, .calculate(.times, .name("depth"), .name("size")), .constant(.int(12)))])
  }()

  @Test("Random and Sobol points of a conditional and constrained space keep the contract")
  func contract() {
    let space = Self.model
    StrategyContract(space: space, usesSeed: true, trials: 100) { RandomSearch(space: space, seed: $0) }.check()
    StrategyContract(space: space, usesSeed: true, trials: 100) { SobolSearch(space: space, seed: $0, trials: 100) }
      .check()
  }

  @Test("Strategies keep the contract on random spaces")
  func randomSpaces() {
    var checked = 0
    for seed: UInt64 in 0..<150 {
      let space = Space.random(seed: seed, isFinite: seed % 2 == 0, constraints: 2)
      guard space.allowed(of: 1000, enough: 51) > 50 else { continue }
      checked += 1
      // Few points may be the same for two seeds.
      StrategyContract(space: space, usesSeed: false, trials: 10) { RandomSearch(space: space, seed: $0) }.check()
      StrategyContract(space: space, usesSeed: false, trials: 10) { SobolSearch(space: space, seed: $0, trials: 10) }
        .check()
      guard seed % 2 == 0, case .exactly(let count) = space.size() else { continue }
      StrategyContract(space: space, usesSeed: false, trials: count) { _ in GridSearch(space: space, trials: count) }
        .check()
    }
    #expect(checked > 80)
  }

  @Test("A grid has exactly the points that brute force finds, each once")
  func grid() throws {
    var conditional = 0
    for seed: UInt64 in 0..<1000 {
      let space = Space.random(seed: seed, isFinite: true, constraints: 2)
      if !space.isPlain { conditional += 1 }
      let expected = space.allPoints
      let grid = GridSearch(space: space, trials: 100_000)
      let count = try #require(grid.count)
      let points = (0..<count).map { grid.point(for: $0) }
      try #require(count == expected.count && Set(points) == expected, "seed \(seed)")
      try #require(space.size() == .exactly(expected.count), "seed \(seed)")
      // No more than asked for, and the same ones.
      guard !space.isPlain else { continue }
      let some = FinitePoints(of: space, limit: 3)
      try #require((0..<some.count).map { some[$0] } == Array(points.prefix(3)), "seed \(seed)")
      try #require(some.isComplete == (expected.count <= 3), "seed \(seed)")
    }
    #expect(conditional > 500)
  }

  @Test("The last parameter of the order of evaluation changes fastest")
  func gridOrder() {
    let space = Space([
      Parameter(
        name: "a", domain: .int(IntRange(lower: 1, upper: 2)),
        condition: .compare(.equal, .name("b"), .constant(.int(2)))),
      Parameter(name: "b", domain: .choice([.int(1), .int(2)])),
    ])
    let points = FinitePoints(of: space, limit: 9)
    #expect(
      (0..<points.count).map { points[$0].values } == [[nil, .int(1)], [.int(1), .int(2)], [.int(2), .int(2)]])
  }

  @Test("Parameters stand after those that their conditions need, and circles are found")
  func order() {
    for seed: UInt64 in 0..<300 {
      let space = Space.random(seed: seed, isFinite: false)
      #expect(space.order.sorted() == Array(space.parameters.indices))
      for (place, index) in space.order.enumerated() {
        let needed = (space.parameters[index].condition?.names ?? []).flatMap { space.indices(of: $0) }
        #expect(needed.allSatisfy { space.order[..<place].contains($0) }, "seed \(seed)")
      }
    }
    func circle(_ names: String...) -> Space {
      Space(
        names.enumerated().map { index, name in
          let next = names[(index + 1) % names.count]
          return Parameter(
            name: name, domain: .int(IntRange(lower: 0, upper: 1)),
            condition: .compare(.equal, .name(next), .constant(.int(1))))
        })
    }
    #expect(circle("a").order.isEmpty && circle("a", "b").order.isEmpty && circle("a", "b", "c").order.isEmpty)
  }

  @Test("A point has values for the active parameters alone")
  func contains() {
    let forest = Point([.int(2), nil, nil, .string("forest"), .int(3), nil])
    #expect(Self.model.contains(forest))
    #expect(Self.model.value(of: "size", in: forest) == .int(3))
    var wrong = forest
    wrong.values[5] = .float(0.1)
    #expect(!Self.model.contains(wrong))
    wrong = forest
    wrong.values[0] = nil
    #expect(!Self.model.contains(wrong))
    wrong = forest
    wrong.values[0] = .int(5)
    #expect(!Self.model.contains(wrong))
    // Activating takes out what is inactive, and what depends on that.
    let svm = Point([.int(2), .float(0.1), .string("rbf"), .string("forest"), .int(3), .float(0.1)])
    #expect(Self.model.activated(svm) == forest)
  }

  @Test("A constraint that needs an inactive parameter excludes nothing")
  func unknownConstraint() {
    let svm = Point([nil, nil, .string("linear"), .string("svm"), nil, .float(0.5)])
    #expect(Self.model.contains(svm) && Self.model.broken(by: svm) == nil)
    #expect(
      Self.model.broken(by: Point([.int(4), nil, nil, .string("forest"), .int(4), nil])) == Self.model.constraints[0])
  }

  @Test("The point of the defaults has those of the active parameters, and is none where one lacks")
  func defaults() {
    var parameters = Self.model.parameters
    parameters[3].defaultValue = .string("svm")
    parameters[5].defaultValue = .float(0.25)
    #expect(Space(parameters).defaultPoint == nil)
    parameters[2].defaultValue = .string("linear")
    #expect(Space(parameters).defaultPoint == Point([nil, nil, .string("linear"), .string("svm"), nil, .float(0.25)]))
    parameters[2].defaultValue = .string("rbf")
    #expect(Space(parameters).defaultPoint == nil)
  }

  @Test("Random points in a constrained space fall evenly where they may")
  func constrainedIsUniform() {
    let space = Space(Space.cube(2).parameters, constraints: [.compare(.less, .name("x0"), .name("x1"))])
    // Below the diagonal of 8 by 8 squares: 28 whole ones and 8 halves; 6,400 points, 200 a square.
    for make: (UInt64) -> any PointSequence in [
      { RandomSearch(space: space, seed: $0) }, { SobolSearch(space: space, seed: $0, trials: 6400) },
    ] {
      let strategy = make(3)
      var bins = [Int](repeating: 0, count: 64)
      for trial in 0..<6400 {
        let numbers = strategy.point(for: trial).values.compactMap { $0?.number }
        bins[Int(numbers[0] * 8) * 8 + Int(numbers[1] * 8)] += 1
      }
      let statistic = (0..<64).reduce(0.0) { sum, bin in
        let expected = bin / 8 < bin % 8 ? 200.0 : bin / 8 == bin % 8 ? 100 : 0
        #expect(expected > 0 || bins[bin] == 0)
        return expected == 0 ? sum : sum + (Double(bins[bin]) - expected) * (Double(bins[bin]) - expected) / expected
      }
      // Chi-square with 35 degrees of freedom exceeds 88 less than once in a million seeds.
      #expect(statistic < 88)
    }
  }
}

@Suite("Several objectives")
struct ParetoTests {
  @Test("The best are those that none dominates, each value once, in the order of the trials")
  func front() throws {
    for seed: UInt64 in 0..<500 {
      var random = TestRandom(seed: seed)
      let goals = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        Bool.random(using: &random) ? Goal.minimize : .maximize
      }
      // Few values, so that there are ties.
      let trials = (0..<Int.random(in: 1...40, using: &random)).map { trial in
        Incumbent(trial: trial, values: goals.map { _ in Double(Int.random(in: 0...5, using: &random)) })
      }
      var best: [Incumbent] = []
      for (count, trial) in trials.enumerated() {
        let isNew = best.admit(trial, by: goals)
        let seen = trials[...count]
        let expected = seen.filter { one in
          !seen.contains { other in
            let costs = { (incumbent: Incumbent) in zip(goals, incumbent.values).map { $0 == .minimize ? $1 : -$1 } }
            let pairs = zip(costs(other), costs(one))
            return pairs.allSatisfy { $0 <= $1 } && (pairs.contains { $0 < $1 } || other.trial < one.trial)
          }
        }
        try #require(best == Array(expected), "seed \(seed), trial \(count)")
        try #require(isNew == expected.contains(trial), "seed \(seed), trial \(count)")
      }
    }
  }

  @Test("A plateau of several objectives counts the trials that do not join the best")
  func plateau() {
    func trials(_ values: [[Double]?], patience: Int) -> Int? {
      var settings = SearchSettings.test(
        .random, trials: values.count, stopping: [.plateau(trials: patience, improvement: 0)])
      settings.goals = [.minimize, .maximize]
      var schedule = Schedule(settings)
      _ = schedule.next(.room(for: values.count))
      for (trial, values) in values.enumerated() {
        _ = schedule.next(.finished(trial: trial, values.map(Outcome.values) ?? .infeasible))
      }
      return schedule.conclusion?.reason == .plateau ? schedule.conclusion?.trials : nil
    }
    // Each better in one objective: none dominates another.
    #expect(trials([[1, 1], [2, 2], [3, 3], [4, 4]], patience: 1) == nil)
    #expect(trials([[1, 1], [2, 1], [2, 2], [3, 2], [1, 1]], patience: 2) == 5)
    #expect(trials([[1, 1], nil, nil, [0, 0]], patience: 2) == 3)
    #expect(trials([nil, nil, nil, [0, 0]], patience: 2) == nil)
  }

  @Test("A target of several objectives is reached when each that has one is")
  func target() {
    var settings = SearchSettings.test(.random, trials: 9, stopping: [.target([0.5, nil, 2])])
    settings.goals = [.minimize, .minimize, .maximize]
    var schedule = Schedule(settings)
    _ = schedule.next(.room(for: 9))
    for (trial, values) in [[0.5, 9, 1], [0.6, 0, 2], [0.4, 99, 2.5], [0, 0, 9]].enumerated() {
      _ = schedule.next(.finished(trial: trial, .values(values)))
    }
    #expect(schedule.conclusion?.reason == .target && schedule.conclusion?.trials == 3)
  }

  @Test("Trials that are infeasible are never among the best")
  func infeasible() {
    var schedule = Schedule(.test(.random, trials: 2))
    _ = schedule.next(.room(for: 2))
    _ = schedule.next(.finished(trial: 0, .infeasible))
    _ = schedule.next(.finished(trial: 1, .failed))
    #expect(schedule.conclusion?.best == [])
  }
}

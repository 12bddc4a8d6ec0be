import TestSupport
import Testing

@testable import Search

@Suite("Every strategy that learns from outcomes")
struct AdaptiveStrategyTests {
  static let all = [
    AdaptiveContract("bayesian, by the front") {
      BayesianSearch(space: $0, goals: $1, seed: $2, trials: $3, lanes: $4, seeksFront: true)
    },
    AdaptiveContract("bayesian") { BayesianSearch(space: $0, goals: $1, seed: $2, trials: $3, lanes: $4) },
    AdaptiveContract("tpe") { TPESearch(space: $0, goals: $1, seed: $2, trials: $3, lanes: $4) },
    AdaptiveContract("cmaes") { CMAESSearch(space: $0, goals: $1, seed: $2, trials: $3, lanes: $4) },
    AdaptiveContract("evolution") { EvolutionSearch(space: $0, goals: $1, seed: $2, trials: $3, lanes: $4) },
  ]

  typealias Case = AdaptiveContract.Case

  @Test("keeps the contract on a mixed space, with any number of lanes", arguments: all, [1, 2, 5, 16])
  func lanes(contract: AdaptiveContract, lanes: Int) {
    var search = Case(.mixed)
    search.lanes = lanes
    contract.check(search)
  }

  @Test("keeps the contract with several objectives", arguments: all, [2, 3, 5])
  func objectives(contract: AdaptiveContract, count: Int) {
    var search = Case(.mixed)
    search.goals = (0..<count).map { $0 % 2 == 0 ? .minimize : .maximize }
    search.lanes = 3
    contract.check(search)
  }

  @Test("keeps the contract whatever the outcomes are", arguments: all, [1, 2])
  func oddOutcomes(contract: AdaptiveContract, objectives: Int) {
    for outcome in [Outcomes.failed, Outcomes.infeasible, Outcomes.constant, Outcomes.enormous] {
      for space in [Space.mixed, .cube(3)] {
        var search = Case(space)
        search.goals = [Goal](repeating: .maximize, count: objectives)
        search.outcome = outcome
        search.lanes = 2
        contract.check(search)
      }
    }
  }

  @Test("keeps the contract with 1, 2, 30 and 100 parameters", arguments: all, [1, 2, 30, 100])
  func dimensions(contract: AdaptiveContract, dimension: Int) {
    contract.check(Case(.cube(dimension)))
  }

  /// Neighbouring ints are nearer to each other on the axis than two numbers can be.
  @Test("keeps the contract on ranges as wide as there are", arguments: all)
  func wideRanges(contract: AdaptiveContract) {
    let most = 1 << 53
    let domains: [Domain] = [
      .int(IntRange(lower: 1, upper: most, scale: .log)), .int(IntRange(lower: -most, upper: most)),
      .float(FloatRange(lower: 1e-300, upper: 1e300, scale: .log)),
      .float(FloatRange(lower: 0, upper: 1e9, step: 1e-6)),
    ]
    for normal in [false, true] {
      contract.check(
        Case(
          Space(
            domains.enumerated().map { index, domain in
              var parameter = Parameter(name: "p\(index)", domain: domain)
              if normal { parameter.prior = .normal(mean: 1e6, spread: 1e3) }
              return parameter
            })))
    }
  }

  @Test("ends when every point of a finite space was tried, and not before", arguments: all, [1, 4])
  func exhaustion(contract: AdaptiveContract, lanes: Int) {
    let constants = Space([Parameter(name: "a", domain: .constant(.int(1)))])
    let point = Space([Parameter(name: "a", domain: .int(IntRange(lower: 3, upper: 3)))])
    let bit = Space([Parameter(name: "a", domain: .choice([.bool(false), .bool(true)]))])
    for space in [Space([]), constants, point, bit, .finite] {
      var search = Case(space)
      search.lanes = lanes
      contract.check(search)
    }
  }

  @Test("keeps the contract on random spaces with conditions and constraints", arguments: all)
  func randomSpaces(contract: AdaptiveContract) {
    var checked = 0
    for seed: UInt64 in 0..<60 {
      let space = Space.random(seed: seed, isFinite: seed % 2 == 0, constraints: 2)
      guard space.allowed(of: 1000, enough: 51) > 50 else { continue }
      // What is infinite on paper may have few points, where the parameters that make it so are never active.
      if seed % 2 == 1, Self.pointsAmongDraws(of: space) < 900 { continue }
      checked += 1
      var search = Case(space)
      search.lanes = 1 + Int(seed % 3)
      search.trials = 25
      contract.check(search)
    }
    #expect(checked > 25)
  }

  private static func pointsAmongDraws(of space: Space) -> Int {
    let random = RandomSearch(space: space, seed: 3)
    return Set((0..<1000).map { random.point(for: $0) }).count
  }

  @Test("never tries what is known from before the search", arguments: all)
  func known(contract: AdaptiveContract) {
    let grid = GridSearch(space: .finite)
    var search = Case(.finite)
    search.trials = 24
    contract.checkKnown(search, known: (0..<10).map { grid.point(for: $0) })
    let random = RandomSearch(space: .mixed, seed: 5)
    contract.checkKnown(Case(.mixed), known: (0..<60).map { random.point(for: $0) })
  }

  @Test("draws no value whose weight is 0, and ends when the others were tried", arguments: all)
  func weights(contract: AdaptiveContract) {
    let values = (0..<6).map { Value.int($0) }
    let parameter = Parameter(name: "a", domain: .choice(values), prior: .weights([1, 0, 2, 0, 0, 3]))
    var strategy = contract.strategy(Space([parameter]), trials: 10)
    var history = History()
    while history.trial < 10, let proposal = strategy.propose(after: history) {
      history.observed.append(Observation(proposal.point, .value(Double(history.trial))))
      history.trial += 1
    }
    #expect(Set(history.observed.map(\.point.values[0])) == [.int(0), .int(2), .int(5)])
    #expect(history.trial == 3)
  }
}

import TestSupport
import Testing

@testable import Search

@Suite("Evolution")
struct EvolutionTests {
  @Test("Crossover and mutation are those of Deb's formulas")
  func formulas() {
    // The same formulas in Python, with indices 15 and 20.
    let crossed: [(Double, Double, Double, Bool, Double)] = [
      (0.2, 0.7, 0.1, true, 0.22392462192125), (0.2, 0.7, 0.9, true, 0.173550647107615),
      (0.7, 0.2, 0.9, false, 0.726455496060183), (0.01, 0.02, 0.99, true, 0.00861507796727415),
      (0.4, 0.95, 0.999, false, 0.999440284338137),
    ]
    for (a, b, draw, isLow, expected) in crossed {
      #expect(abs(Variation.crossed(a, b, draw: draw, isLow: isLow) - expected) < 1e-12, "\(a), \(b)")
    }
    let moved: [(Double, Double, Double)] = [
      (0.3, 0.1, 0.226321761958743), (0.3, 0.9, 0.373776673965587), (0.01, 0.001, 2.2150565576631e-05),
      (0.99, 0.999, 0.999977849434423), (0.5, 0.5, 0.5),
    ]
    for (place, draw, expected) in moved {
      #expect(abs(Variation.moved(place, draw: draw) - expected) < 1e-12, "\(place)")
    }
  }

  @Test("A child of one parent differs from it, and what is in bins moves by whole bins")
  func children() {
    let variation = Variation(space: .mixed)
    let parent = RandomSearch(space: .mixed, seed: 3).point(for: 0)
    var stream = RandomStream(seed: 1, decision: 0, purpose: .decision)
    for _ in 0..<300 {
      let child = variation.child(of: variation.genome(of: parent), from: &stream)
      #expect(child != parent && Space.mixed.contains(child))
    }
  }

  private func front(_ objectives: ([Double]) -> [Double], dimension: Int, trials: Int, seed: UInt64) -> [[Double]] {
    let goals: [Goal] = [.minimize, .minimize]
    var strategy = EvolutionSearch(space: .cube(dimension), goals: goals, seed: seed, trials: trials, lanes: 1)
    var history = History()
    while history.trial < trials, let proposal = strategy.propose(after: history) {
      let values = objectives(proposal.point.values.map { $0?.number ?? 0 })
      history.observed.append(Observation(proposal.point, .values(values)))
      history.trial += 1
    }
    return history.observed.map { if case .values(let values) = $0.outcome { values } else { [] } }
  }

  @Test("NSGA-II comes near the front of ZDT1")
  func zdt1() {
    for seed: UInt64 in 0..<2 {
      let values = front(
        { x in
          let g = 1 + 9 * x.dropFirst().reduce(0, +) / Double(x.count - 1)
          return [x[0], g * (1 - (x[0] / g).squareRoot())]
        }, dimension: 6, trials: 1200, seed: seed)
      // The whole front dominates 0.8761 up to (1.1, 1.1); 1,200 random points about 0.2. Over 40 seeds the mean is 0.826 and
      // σ = 0.037: the bound is 6 σ below, and 3 σ below the least of them.
      #expect(Pareto.hypervolume(values, reference: [1.1, 1.1]) > 0.6, "seed \(seed)")
    }
  }

  @Test("Regularised evolution does better than chance on a space of choices")
  func choices() {
    let space = Space(
      (0..<10).map { Parameter(name: "c\($0)", domain: .choice((0..<4).map { .int($0) })) })
    func score(_ point: Point) -> Double {
      point.values.enumerated().reduce(0) { $0 + ($1.element == .int($1.offset % 4) ? 0 : 1) }
    }
    let trials = 300
    for seed: UInt64 in 0..<5 {
      var strategy = EvolutionSearch(space: space, goals: [.minimize], seed: seed, trials: trials, lanes: 1)
      var history = History()
      while history.trial < trials, let proposal = strategy.propose(after: history) {
        history.observed.append(Observation(proposal.point, .value(score(proposal.point))))
        history.trial += 1
      }
      let best = history.observed.map { score($0.point) }.min() ?? 10
      // The best of 300 random points has 2 or fewer mistakes in 12 of 100 searches, and so in five of five once in 40,000. Of
      // 300 seeds none gave more than 1: fewer than one in 100 fails (95 %).
      #expect(best <= 2, "seed \(seed)")
    }
  }

  @Test("A lucky outcome leaves the population with its age, and with several objectives the worst leaves")
  func population() {
    var aging = Population(goals: [.minimize], capacity: 3)
    aging.insert([0.1], .value(-100))
    for place in [0.2, 0.3, 0.4] { aging.insert([place], .value(place)) }
    var stream = RandomStream(seed: 2, decision: 0, purpose: .decision)
    let parents = (0..<50).map { _ in aging.parent(outOf: 2, from: &stream)[0] }
    #expect(!parents.contains(0.1) && parents.contains(0.2))
    var elite = Population(goals: [.minimize, .maximize], capacity: 2)
    elite.insert([0.1], .failed)
    elite.insert([0.2], .values([1, 5]))
    elite.insert([0.3], .values([2, 4]))
    elite.insert([0.4], .values([0, 1]))
    let survivors = Set((0..<50).map { _ in elite.parent(outOf: 1, from: &stream)[0] })
    #expect(survivors == [0.2, 0.4])
  }
}

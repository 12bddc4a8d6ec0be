import TestSupport
import Testing

@testable import Search

@Suite("Fronts and hypervolumes")
struct FrontTests {
  private static func random(_ count: Int, _ objectives: Int, seed: UInt64) -> [[Double]] {
    var random = TestRandom(seed: seed)
    // Few different values, so that some are equal.
    return (0..<count).map { _ in (0..<objectives).map { _ in Double(Int.random(in: 0..<7, using: &random)) } }
  }

  @Test("Fronts are those that the definition gives", arguments: 1...4)
  func fronts(objectives: Int) {
    for seed: UInt64 in 0..<40 {
      let losses = Self.random(30, objectives, seed: seed)
      var left = Set(losses.indices)
      for front in Pareto.fronts(losses) {
        let expected = left.filter { trial in
          !left.contains { other in
            zip(losses[other], losses[trial]).allSatisfy { $0 <= $1 } && losses[other] != losses[trial]
          }
        }
        #expect(Set(front) == expected && front.count == expected.count)
        left.subtract(front)
      }
      #expect(left.isEmpty)
      let some = Pareto.fronts(losses, enough: 5)
      #expect(some == Array(Pareto.fronts(losses).prefix(some.count)))
    }
  }

  @Test("Hypervolumes are those that pymoo computes")
  func hypervolumes() {
    // pymoo 0.6.2: HV(ref_point=[1.1] * d)(points)
    let cases: [([[Double]], Double)] = [
      ([[0.51, 0.95], [0.14, 0.95], [0.31, 0.42], [0.83, 0.41], [0.55, 0.03], [0.75, 0.54]], 0.7772),
      (
        [
          [0.33, 0.79, 0.3], [0.45, 0.13, 0.4], [0.2, 0.26, 0.75], [0.28, 0.49, 0.98], [0.96, 0.72, 0.54],
          [0.28, 0.16, 0.97],
        ], 0.55395
      ),
      (
        [
          [0.52, 0.12, 0.62, 0.78], [0.61, 0.92, 0.04, 0.53], [0.46, 0.06, 0.64, 0.85], [0.59, 0.26, 0.84, 0.51],
          [0.51, 0.75, 0.15, 0.82], [0.68, 0.79, 0.19, 0.8], [0.19, 0.08, 0.86, 0.86],
        ], 0.19453662
      ),
    ]
    for (points, expected) in cases {
      let reference = [Double](repeating: 1.1, count: points[0].count)
      #expect(abs(Pareto.hypervolume(points, reference: reference) - expected) < 1e-12)
      #expect(abs(Pareto.hypervolume(points + points, reference: reference) - expected) < 1e-12)
      // What a point adds is the difference that it makes.
      for index in points.indices {
        let others = points[..<index] + points[(index + 1)...]
        let added = expected - Pareto.hypervolume(Array(others), reference: reference)
        #expect(abs(Pareto.exclusive(points[index], to: Array(others)[...], reference) - added) < 1e-12)
      }
    }
  }

  @Test("Crowding is the room between neighbours, and infinite at the ends")
  func crowding() {
    let found = Pareto.crowding([[0, 10], [1, 6], [3, 4], [10, 0]])
    #expect(found[0] == .infinity && found[3] == .infinity)
    #expect(abs(found[1] - (0.3 + 0.6)) < 1e-12 && abs(found[2] - (0.9 + 0.6)) < 1e-12)
  }

  @Test("Of a front those are chosen that dominate most together")
  func spread() {
    let front: [[Double]] = [[0, 1], [0.05, 0.96], [0.5, 0.5], [0.52, 0.49], [1, 0]]
    func volume(_ chosen: [Int]) -> Double { Pareto.hypervolume(chosen.map { front[$0] }, reference: [1.1, 1.1]) }
    let best = (0..<32).filter { $0.nonzeroBitCount == 3 }.map { set in volume((0..<5).filter { set >> $0 & 1 == 1 }) }
    // Choosing one after the other reaches 1 - 1/e of the most at least.
    #expect(volume(Pareto.spread(front, choose: 3)) > 0.95 * (best.max() ?? 1))
    #expect(Pareto.spread(front, choose: 9) == Array(0..<5))
    #expect(Pareto.spread([[1, 1], [1, 1]], choose: 1).count == 1)
  }

  @Test("A ranking is in the order of the values, then what is infeasible, then what failed")
  func ranking() {
    var random = TestRandom(seed: 9)
    for goal in [Goal.minimize, .maximize] {
      var ranking = Ranking([goal])
      var outcomes: [Outcome] = []
      for _ in 0..<200 {
        let outcome: Outcome =
          random.oneIn(5)
          ? .failed
          : random.oneIn(5)
            ? .infeasible : random.oneIn(5) ? .stopped(-9) : .value(Double(Int.random(in: -9...9, using: &random)))
        outcomes.append(outcome)
        ranking.insert(outcome)
      }
      func key(_ number: Int) -> (Double, Int) {
        switch outcomes[number] {
        case .values(let values): (goal == .minimize ? values[0] : -values[0], number)
        case .stopped: (1e200, number)
        case .infeasible: (1e300, number)
        case .failed: (.infinity, number)
        }
      }
      #expect(ranking.order == outcomes.indices.sorted { key($0) < key($1) })
      let (best, weights, others) = ranking.split(best: 7)
      #expect(best == Array(ranking.order.prefix(7)) && others == Array(ranking.order.dropFirst(7)))
      #expect(weights == [1, 1, 1, 1, 1, 1, 1])
    }
  }

  @Test("With several objectives the best are of the first fronts")
  func split() {
    for seed: UInt64 in 0..<20 {
      let losses = Self.random(40, 2, seed: seed)
      var ranking = Ranking([.minimize, .minimize])
      for values in losses { ranking.insert(.values(values)) }
      ranking.insert(.failed)
      let fronts = Pareto.fronts(losses)
      let (best, weights, others) = ranking.split(best: 10)
      #expect(best.count == 10 && weights.count == 10 && weights.allSatisfy { $0 > 0 && $0 <= 1 })
      #expect(Set(best + others) == Set(0...40))
      var before = 0
      for front in fronts {
        // A front is taken whole before the next one.
        if before + front.count <= 10 { #expect(Set(front).isSubset(of: best)) }
        before += front.count
      }
    }
  }
}

import TestSupport
import Testing

@testable import Search

@Suite("The importance of parameters")
struct ImportanceTests {
  private func observations(_ space: Space, _ count: Int, seed: UInt64, _ value: (Point) -> Double) -> [Observation] {
    let random = RandomSearch(space: space, seed: seed)
    return (0..<count).map { index in
      let point = random.point(for: index)
      return Observation(point, .value(value(point)))
    }
  }

  @Test("Shares follow the weights of a sum, and what does not matter has the least")
  func sum() throws {
    let space = Space.cube(4)
    for seed: UInt64 in 0..<5 {
      let known = observations(space, 400, seed: seed) { point in
        let x = point.values.map { $0?.number ?? 0 }
        return 8 * x[0] + 4 * x[1] + 2 * x[2]
      }
      let importance = try #require(Importance(of: known, in: space, goals: [.minimize]))
      #expect(importance.trials == 400 && importance.best == 40)
      #expect(abs(importance.shares.reduce(0, +) - 1) < 1e-12)
      // Of 300 seeds one had another order, and none failed the next two.
      #expect(importance.shares[0] > importance.shares[1] && importance.shares[1] > importance.shares[2])
      #expect(importance.shares[0] > 0.5 && importance.shares[3] < 0.05)
    }
  }

  @Test("The divergence of a parameter that alone decides is the one of the best tenth")
  func known() throws {
    // Only x decides, and its best tenth is a stretch: q / p is 10 there and 0 elsewhere, D = 9, less what kernels smooth.
    let space = Space.cube(3)
    let known = observations(space, 2000, seed: 1) { $0.values[1]?.number ?? 0 }
    let importance = try #require(Importance(of: known, in: space, goals: [.maximize]))
    #expect(importance.shares[1] > 0.98)
  }

  @Test("A conditional parameter counts where it is active, and the choice that opens it counts for itself")
  func conditional() throws {
    let isDeep = Expression.compare(.equal, .name("model"), .constant(.string("deep")))
    let space = Space([
      Parameter(name: "model", domain: .choice([.string("deep"), .string("flat")])),
      Parameter(name: "layers", domain: .int(IntRange(lower: 1, upper: 8)), condition: isDeep),
      Parameter(name: "rate", domain: .float(FloatRange(lower: 0, upper: 1)), condition: .not(isDeep)),
      Parameter(name: "seed", domain: .constant(.int(1))),
    ])
    let known = observations(space, 600, seed: 2) { point in
      guard let layers = point.values[1]?.number else { return 10 + (point.values[2]?.number ?? 0) }
      return abs(layers - 5)
    }
    let importance = try #require(Importance(of: known, in: space, goals: [.minimize]))
    // All the best are deep: the rate is never active among them.
    #expect(importance.shares[2] == 0 && importance.shares[3] == 0)
    #expect(importance.shares[1] > importance.shares[0] && importance.shares[0] > 0.05)
  }

  @Test("Fewer than 20 trials with values say nothing, and equal values neither")
  func few() throws {
    let space = Space.cube(2)
    var known = observations(space, 19, seed: 1) { $0.values[0]?.number ?? 0 }
    known += known.map { Observation($0.point, .failed) }
    #expect(Importance(of: known, in: space, goals: [.minimize]) == nil)
    let equal = observations(space, 30, seed: 1) { _ in 1 }
    #expect(try #require(Importance(of: equal, in: space, goals: [.minimize])).shares == [0, 0])
  }

  @Test("With several objectives the best are those of the first fronts")
  func objectives() throws {
    let space = Space.cube(3)
    let random = RandomSearch(space: space, seed: 4)
    let known = (0..<300).map { index -> Observation in
      let point = random.point(for: index)
      let x = point.values.map { $0?.number ?? 0 }
      return Observation(point, .values([x[0] + x[1], x[0] + 1 - x[1]]))
    }
    let importance = try #require(Importance(of: known, in: space, goals: [.minimize, .minimize]))
    #expect(importance.shares[0] > 0.8)
  }
}

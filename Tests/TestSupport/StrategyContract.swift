package import Search
package import Testing

/// What points that no outcome changes promise, whatever they are.
///
///     StrategyContract(space: space) { RandomSearch(space: space, seed: $0) }.check()
package struct StrategyContract {
  private let space: Space
  /// Whether another seed gives other points.
  private let usesSeed: Bool
  private let trials: Int
  private let make: (UInt64) -> any PointSequence

  /// - Parameter make: the strategy with a seed, for the space.
  package init(space: Space, usesSeed: Bool, trials: Int, make: @escaping (UInt64) -> any PointSequence) {
    self.space = space
    self.usesSeed = usesSeed
    self.trials = trials
    self.make = make
  }

  package func check(sourceLocation: SourceLocation = #_sourceLocation) {
    for seed: UInt64 in [0, 1, 42, 1 << 53 - 1] {
      let points = points(seed, order: Array(0..<trials))
      for point in points { check(point, sourceLocation) }
      checkPurity(points, seed, sourceLocation)
      guard usesSeed else { continue }
      #expect(points != self.points(seed + 1, order: Array(0..<trials)), "seed \(seed)", sourceLocation: sourceLocation)
    }
  }

  private func points(_ seed: UInt64, order: [Int]) -> [Point] {
    let strategy = make(seed)
    var points = [Point](repeating: Point([]), count: trials)
    for trial in order {
      points[trial] = strategy.point(for: trial)
    }
    return points
  }

  private func check(_ point: Point, _ location: SourceLocation) {
    #expect(point.values.count == space.parameters.count, sourceLocation: location)
    #expect(space.contains(point), "a value is outside, or of an inactive parameter", sourceLocation: location)
    #expect(space.broken(by: point) == nil, sourceLocation: location)
    for (parameter, value) in zip(space.parameters, point.values) {
      guard let value else { continue }
      #expect(parameter.domain.contains(value), "\(parameter.name) = \(value)", sourceLocation: location)
      if case .constant(let constant) = parameter.domain { #expect(value == constant, sourceLocation: location) }
    }
  }

  private func checkPurity(_ points: [Point], _ seed: UInt64, _ location: SourceLocation) {
    var random = TestRandom(seed: seed)
    for _ in 0..<3 {
      let again = self.points(seed, order: Array(0..<trials).shuffled(using: &random))
      #expect(again == points, "the order of asking changes the points of seed \(seed)", sourceLocation: location)
    }
  }
}

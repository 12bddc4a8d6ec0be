@testable import Search

extension Space {
  /// One parameter of every kind.
  static let mixed = Space([
    Parameter(name: "rate", domain: .float(FloatRange(lower: 1e-4, upper: 0.1, scale: .log))),
    Parameter(name: "dropout", domain: .float(FloatRange(lower: 0, upper: 0.5, step: 0.05))),
    Parameter(name: "decay", domain: .float(FloatRange(lower: -1, upper: 1))),
    Parameter(name: "depth", domain: .int(IntRange(lower: 1, upper: 7))),
    Parameter(name: "batch", domain: .int(IntRange(lower: 8, upper: 64, step: 8))),
    Parameter(name: "width", domain: .int(IntRange(lower: 1, upper: 1000, scale: .log))),
    Parameter(name: "kind", domain: .choice([.string("a"), .int(2), .bool(true), .float(0.5)])),
    Parameter(name: "epochs", domain: .constant(.int(20))),
  ])

  /// Finite: 3 · 2 · 1 · 4 = 24 points.
  static let finite = Space([
    Parameter(name: "a", domain: .int(IntRange(lower: 1, upper: 3))),
    Parameter(name: "b", domain: .choice([.string("x"), .string("y")])),
    Parameter(name: "c", domain: .constant(.bool(false))),
    Parameter(name: "d", domain: .float(FloatRange(lower: 0, upper: 0.15, step: 0.05))),
  ])

  /// A cube of this many axes, each [0, 1].
  static func cube(_ dimension: Int) -> Space {
    Space((0..<dimension).map { Parameter(name: "x\($0)", domain: .float(FloatRange(lower: 0, upper: 1))) })
  }
}

extension SearchSettings {
  static func test(
    _ strategy: StrategyChoice, space: Space = .mixed, goal: Goal = .minimize, lanes: Int = 1, trials: Int = 40,
    initialPoints: [Point] = [], stopping: [StoppingRule] = []
  ) -> SearchSettings {
    SearchSettings(
      space: space, goals: [goal], strategy: strategy, seed: 7, lanes: lanes, trials: trials,
      initialPoints: initialPoints, stopping: stopping)
  }
}

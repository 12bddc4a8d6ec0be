/// Proposes points: a pure function of the trial's number and the outcomes that it may see.
package protocol Strategy: Sendable {
  /// How many points there are to propose; nil for any number.
  var count: Int? { get }

  /// Whether proposals depend on outcomes. Where they do not, the schedule hands trials out without waiting.
  var isAdaptive: Bool { get }

  /// The point to try as trial `trial` (counted from 0, below `count`).
  ///
  /// - Parameter outcomes: those of the first trials, in order, as many as the schedule lets this decision see;
  ///   none when the strategy is not adaptive.
  func point(for trial: Int, after outcomes: ArraySlice<Outcome>) -> Point
}

/// Which strategy an experiment names, with its options.
package enum StrategyChoice: Hashable, Sendable {
  case grid
  case list([Point])
  case random
  case sobol

  /// The name in experiments and documents.
  package var name: String {
    switch self {
    case .grid: "grid"
    case .list: "list"
    case .random: "random"
    case .sobol: "sobol"
    }
  }
}

/// Some points first, then a strategy's own.
struct InitialPoints: Strategy {
  let points: [Point]
  let strategy: any Strategy

  init(points: [Point], then strategy: any Strategy) {
    self.points = points
    self.strategy = strategy
  }

  var count: Int? { strategy.count.map { $0 + points.count } }
  var isAdaptive: Bool { strategy.isAdaptive }

  func point(for trial: Int, after outcomes: ArraySlice<Outcome>) -> Point {
    trial < points.count
      ? points[trial]
      : strategy.point(for: trial - points.count, after: outcomes.dropFirst(points.count))
  }
}

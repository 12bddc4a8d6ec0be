/// The points that a strategy begins with, before there is anything to learn from: a scrambled Sobol sequence.
struct InitialDesign: Sendable {
  /// The trials below this number are its.
  let count: Int
  private let points: SobolSearch?

  /// - Parameter count: how many points it should have. No more than there are trials.
  init(space: Space, seed: UInt64, count: Int, trials: Int) {
    let fits = space.dimension <= SobolSearch.maximumDimension
    self.count = min(count, trials)
    points = fits ? SobolSearch(space: space, seed: seed, trials: min(count, trials)) : nil
  }

  /// The point for a trial, or, where it is known already, one drawn at random; nil when every point is known.
  ///
  /// - Precondition: `newPoints` has seen the points of the trials before.
  func point(for trial: Int, _ newPoints: inout NewPoints) -> Point? {
    if let points, trial < points.count ?? Int.max {
      let point = points.point(for: trial)
      if newPoints.admits(point) { return point }
    }
    return newPoints.any(for: trial)
  }
}

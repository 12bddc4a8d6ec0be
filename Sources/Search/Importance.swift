/// How much each parameter decides whether a trial is among the best: shares that add up to 1.
///
///     if let importance = Importance(of: observations, in: space, goals: [.minimize]) {
///       print(importance.method, importance.trials, importance.shares)
///     }
///
/// PED-ANOVA: Watanabe, Bansal, Hutter, "PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary
/// subspaces", IJCAI 2023 (arXiv 2304.10255). For each parameter, the distribution of its values among the best trials
/// is compared with that among all, by Pearson's divergence
///
///     D = Σ p(v) (q(v) / p(v) - 1)²,
///
/// with p and q the shares of all and of the best trials in cells of the axis, by kernel density estimates. A parameter
/// that is not always active is compared among the trials in which it is, and D counts times a² / b, where a and b are
/// the shares of the best and of all trials in which it is active: that is the part of the divergence of "whether it is
/// active, and what it is then" that is not explained by its being active.
///
/// It tells of single parameters, not of interactions, and of the region that the trials are from. With few trials it is
/// rough: parameters that do not matter have a share too.
package struct Importance: Hashable, Sendable {
  /// For each parameter of the space, in its order; 0 for a constant. All are 0 where no trial is better than another.
  package var shares: [Double]
  /// How many completed trials it was computed from.
  package var trials: Int
  /// How many of them are the best.
  package var best: Int

  package var method: String { "PED-ANOVA" }

  /// Fewer completed trials than this say nothing.
  package static let leastTrials = 20
  private static let bestShare = 0.1
  private static let leastBest = 5

  /// Nil where there are fewer than `leastTrials` observations with values.
  ///
  /// Complexity: O(observations · (log observations + parameters · cells)).
  package init?(of observations: [Observation], in space: Space, goals: [Goal]) {
    var ranking = Ranking(goals)
    for observation in observations { ranking.insert(observation.outcome) }
    guard ranking.completed >= Self.leastTrials else { return nil }
    trials = ranking.completed
    let count = max(Self.leastBest, Int((Self.bestShare * Double(trials)).rounded(.up)))
    let completed = ranking.order.prefix(trials)
    let best = ranking.split(best: count).best
    self.best = best.count
    shares = [Double](repeating: 0, count: space.parameters.count)
    guard Set(completed.map { ranking.losses(of: $0) }).count > 1 else { return }
    for axis in Axis.all(of: space) {
      func places(_ numbers: some Sequence<Int>) -> [Double] {
        numbers.compactMap { observations[$0].point.values[axis.parameter].map(axis.domain.coordinate) }
      }
      let (all, good) = (places(completed), places(best))
      guard !good.isEmpty else { continue }
      let (a, b) = (Double(good.count) / Double(best.count), Double(all.count) / Double(trials))
      shares[axis.parameter] = Self.divergence(Cells(axis), good, all) * a * a / b
    }
    let total = shares.reduce(0, +)
    if total > 0 { shares = shares.map { $0 / total } }
  }

  /// Pearson's divergence of the distribution of some places from that of all.
  private static func divergence(_ cells: Cells, _ some: [Double], _ all: [Double]) -> Double {
    let (q, p) = (cells.shares(of: some), cells.shares(of: all))
    return zip(q, p).reduce(0) { sum, pair in
      let ratio = pair.0 / pair.1 - 1
      return sum + pair.1 * ratio * ratio
    }
  }
}

/// An axis cut in cells, for estimating in which of them points are.
private struct Cells {
  private let axis: Axis
  private let count: Int

  /// Where the values are not few, so many cells of one size.
  private static let most = 64

  init(_ axis: Axis) {
    self.axis = axis
    count = axis.count == 0 || axis.count > Self.most ? Self.most : axis.count
  }

  private var hasBins: Bool { count == axis.count }

  /// The likelihood of each cell, estimated from places: none is 0.
  ///
  /// Numbers have a normal kernel each, whose deviation is by Scott's rule and at least half a cell, and a choice's values
  /// their frequency; and every cell its part of one more place that is everywhere alike.
  func shares(of places: [Double]) -> [Double] {
    var sums = (0..<count).map { edges($0).upper - edges($0).lower }
    if axis.kind == .unordered {
      for place in places { sums[axis.shape.bin(at: place)] += 1 }
    } else {
      let spread = Self.spread(of: places, least: 0.5 / Double(count))
      for place in places {
        let whole = Bell.shared.share(from: 0, to: 1, mean: place, spread: spread)
        for cell in 0..<count {
          let (lower, upper) = edges(cell)
          sums[cell] += Bell.shared.share(from: lower, to: upper, mean: place, spread: spread) / whole
        }
      }
    }
    return sums.map { $0 / Double(places.count + 1) }
  }

  private func edges(_ cell: Int) -> (lower: Double, upper: Double) {
    hasBins ? axis.shape.edges(ofBin: cell) : (Double(cell) / Double(count), Double(cell + 1) / Double(count))
  }

  /// Scott, "Multivariate density estimation", 1992.
  private static func spread(of places: [Double], least: Double) -> Double {
    let count = Double(places.count)
    let mean = places.reduce(0, +) / count
    let variance = places.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    return max(least, 1.06 * variance.squareRoot() * Arithmetic.power(count, -0.2))
  }
}

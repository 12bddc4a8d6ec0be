/// Keeps a coordinate in bins from settling in one: each side of the mean's bin keeps a least chance.
///
/// Hamano, Saito, Nomura, Shirakawa, "CMA-ES with margin: lower-bounding marginal probability for mixed-integer black-box
/// optimization", GECCO 2022, section 4.
enum Margin {
  /// The mean and the deviation of a normal distribution, moved as little as gives the margin.
  ///
  /// - Parameters:
  ///   - lower, upper: the edges of the mean's bin; nil where there is no bin beyond.
  ///   - margin: the least chance α of leaving the bin, half of it on each side where there are two.
  static func corrected(
    mean: Double, deviation: Double, lower: Double?, upper: Double?, margin: Double
  ) -> (mean: Double, deviation: Double) {
    switch (lower, upper) {
    case (nil, nil): return (mean, deviation)
    case (nil, let edge?):
      // No farther below the only edge than leaves the margin beyond it.
      let farthest = -Bell.shared.quantile(margin) * deviation
      return (max(mean, edge - farthest), deviation)
    case (let edge?, nil):
      let farthest = -Bell.shared.quantile(margin) * deviation
      return (min(mean, edge + farthest), deviation)
    case (let lower?, let upper?):
      return inside(mean, deviation, lower, upper, margin)
    }
  }

  private static func inside(
    _ mean: Double, _ deviation: Double, _ lower: Double, _ upper: Double, _ margin: Double
  ) -> (mean: Double, deviation: Double) {
    let below = Arithmetic.normalDistribution((lower - mean) / deviation)
    let above = Arithmetic.normalDistribution((mean - upper) / deviation)
    let (least, inside) = (margin / 2, 1 - below - above)
    guard below < least || above < least else { return (mean, deviation) }
    var (low, high) = (max(least, below), max(least, above))
    // What was added is taken from what has more than the margin.
    let excess = 1 - low - high - inside
    let spare = low + high + inside - 3 * least
    low += excess * (low - least) / spare
    high += excess * (high - least) / spare
    let (lowQuantile, highQuantile) = (-Bell.shared.quantile(limited(low)), -Bell.shared.quantile(limited(high)))
    let sum = lowQuantile + highQuantile
    return ((lower * highQuantile + upper * lowQuantile) / sum, (upper - lower) / sum)
  }

  private static func limited(_ chance: Double) -> Double { min(0.5 - 1e-10, max(1e-10, chance)) }
}

/// Which values of a parameter are likely before anything is tried.
package enum Prior: Hashable, Sendable {
  /// A normal distribution, cut off at the bounds. On a log scale it is one of the logarithm: `mean` is a value of the
  /// range all the same, and `spread` a factor above 1, so that two thirds of the values lie within it of the mean.
  case normal(mean: Double, spread: Double)
  /// For each value of a choice how likely it is, up to a common factor: not negative, and not all 0.
  case weights([Double])

  /// Where a coordinate, uniform in [0, 1), must be moved so that the domain's value there is as likely as this says.
  func warp(_ coordinate: Double, in domain: Domain) -> Double {
    switch self {
    case .normal(let mean, let spread):
      guard let (center, width) = domain.onUnitScale(mean: mean, spread: spread) else { return coordinate }
      return Self.truncatedNormal(coordinate, center, width)
    case .weights(let weights): return Self.share(coordinate, weights)
    }
  }

  /// How likely a value is, as the logarithm of its share of what the likeliest one has: 0 for that one.
  ///
  /// - Parameter coordinate: where the value is in [0, 1).
  func logDensity(at coordinate: Double, in domain: Domain) -> Double {
    switch self {
    case .normal(let mean, let spread):
      guard let (center, width) = domain.onUnitScale(mean: mean, spread: spread) else { return 0 }
      let (deviation, least) = ((coordinate - center) / width, (min(1, max(0, center)) - center) / width)
      return max(Self.leastLogDensity, (least * least - deviation * deviation) / 2)
    case .weights(let weights):
      let index = min(weights.count - 1, max(0, Int(coordinate * Double(weights.count))))
      let share = weights[index] / (weights.max() ?? 1)
      return share > 0 ? max(Self.leastLogDensity, Arithmetic.anyLog(share)) : Self.leastLogDensity
    }
  }

  /// However sure the user is, what comes of trials must be able to prove them wrong.
  private static let leastLogDensity = -30.0

  /// The quantile of a normal distribution truncated to [0, 1], found by bisection and Newton's steps on Φ.
  private static func truncatedNormal(_ coordinate: Double, _ center: Double, _ width: Double) -> Double {
    let bottom = Arithmetic.normalDistribution((0 - center) / width)
    let top = Arithmetic.normalDistribution((1 - center) / width)
    guard top > bottom else { return center < 0.5 ? 0 : 1 - 0x1p-53 }
    let target = bottom + coordinate * (top - bottom)
    var (low, high) = (0.0, 1.0)
    var guess = 0.5
    for _ in 0..<60 where high - low > 0x1p-50 {
      let error = Arithmetic.normalDistribution((guess - center) / width) - target
      if error > 0 { high = guess } else { low = guess }
      let deviation = (guess - center) / width
      let density = 0x1.9884533d43651p-2 * Arithmetic.anyExp(-deviation * deviation / 2) / width
      let next = guess - error / density
      if abs(next - guess) < 0x1p-51 { break }
      guess = next > low && next < high ? next : (low + high) / 2
    }
    return min(1 - 0x1p-53, max(0, guess))
  }

  /// A coordinate within the share of the value that it falls to: of `n` values, the k-th is [k/n, (k+1)/n).
  private static func share(_ coordinate: Double, _ weights: [Double]) -> Double {
    let total = weights.reduce(0, +)
    let target = coordinate * total
    var sum = 0.0
    var last = 0
    for (index, weight) in weights.enumerated() where weight > 0 {
      last = index
      sum += weight
      if target < sum { break }
    }
    return (Double(last) + 0.5) / Double(weights.count)
  }
}

extension Domain {
  /// A mean and a spread on the scale that runs from 0 at the lower bound to 1 at the upper one; nil for a choice.
  func onUnitScale(mean: Double, spread: Double) -> (center: Double, width: Double)? {
    func linear(_ lower: Double, _ upper: Double) -> (Double, Double) {
      upper > lower ? ((mean - lower) / (upper - lower), spread / (upper - lower)) : (0.5, 1)
    }
    func logarithmic(_ lower: Double, _ upper: Double) -> (Double, Double) {
      let (low, high) = (Arithmetic.log(lower), Arithmetic.log(upper))
      return high > low
        ? ((Arithmetic.log(mean) - low) / (high - low), Arithmetic.log(spread) / (high - low)) : (0.5, 1)
    }
    switch self {
    case .float(let range):
      // Each value of a stepped range has the stretch around it.
      let margin = (range.step ?? 0) / 2
      return range.scale == .log
        ? logarithmic(range.lower, range.upper) : linear(range.lower - margin, range.upper + margin)
    case .int(let range):
      let (lower, upper) = (Double(range.lower), Double(range.upper))
      let margin = Double(range.step) / 2
      return range.scale == .log ? logarithmic(lower - 0.5, upper + 0.5) : linear(lower - margin, upper + margin)
    case .choice, .constant: return nil
    }
  }
}

extension Prior {
  /// Whether it is one for a domain.
  package func fits(_ domain: Domain) -> Bool {
    switch (self, domain) {
    case (.normal(let mean, let spread), .float(let range)):
      mean.isFinite && spread.isFinite && (range.scale == .log ? mean > 0 && spread > 1 : spread > 0)
    case (.normal(let mean, let spread), .int(let range)):
      mean.isFinite && spread.isFinite && (range.scale == .log ? mean > 0 && spread > 1 : spread > 0)
    case (.weights(let weights), .choice(let values)):
      weights.count == values.count && weights.allSatisfy { $0 >= 0 && $0.isFinite }
        && weights.reduce(0, +).isFinite && weights.contains { $0 > 0 }
    default: false
    }
  }
}

/// Brings an objective's values, whatever their size and however skewed, to what a Gaussian process expects: mean 0,
/// variance 1, and about normal. Smaller stays smaller.
///
/// | symbol | meaning |
/// |---|---|
/// | t | (y - median) / spread, with the spread the standard deviation |
/// | λ | the power: Yeo, Johnson, "A new family of power transformations to improve normality or symmetry",
///       Biometrika 87, 2000; or Box, Cox, "An analysis of transformations", J. R. Stat. Soc. B 26, 1964; of largest
///       likelihood |
///
/// That a power transform of the values helps tuning: Cowen-Rivers et al., "HEBO: pushing the limits of sample-efficient
/// hyperparameter optimisation", JAIR 74, 2022.
struct OutputTransform: Sendable {
  /// The transformed values, in the order of the given ones.
  let transformed: [Double]
  private let tail: Tail
  private let size: Double
  private let warp: Warp
  private let mean: Double
  private let deviation: Double

  /// A value that is worse than the mean by more deviations than this is taken to be as bad as this.
  private static let worst = 3.0
  /// Positive values whose mean is more than this many times their median go over orders of magnitude: what is good lies
  /// too close together to be told apart by differences from the median.
  private static let skewed = 2.0

  /// Complexity: O(n log n), and about 30 n powers.
  ///
  /// - Parameters:
  ///   - given: finite; at least one.
  ///   - softensTail: whether values that are far worse than most stay apart from one another.
  init(_ given: [Double], isPower: Bool, softensTail: Bool = false) {
    let tail = Tail(of: given, isSoft: softensTail)
    let values = given.map { tail.applied(to: $0) }
    // So that no difference or square overflows, or vanishes.
    let largest = values.reduce(0) { max($0, abs($1)) }
    let size = largest > 0 ? largest : 1
    let unit = values.map { $0 / size }
    let sorted = unit.sorted()
    let median = Self.quantile(sorted, 0.5)
    let deviationOfAll = Self.deviation(unit, Self.mean(unit))
    let spread = deviationOfAll > 1e-14 ? deviationOfAll : 1
    var warp = Warp(center: median, spread: spread, isPositive: false, power: 1)
    if isPower {
      warp = warp.likeliest(for: unit)
      if (sorted.first ?? 0) > 1e-12, Self.mean(unit) > Self.skewed * median {
        let other = Warp(center: 0, spread: median, isPositive: true, power: 1).likeliest(for: unit)
        if other.logLikelihood(of: unit) > warp.logLikelihood(of: unit) { warp = other }
      }
    }
    let warped = unit.map { warp.applied(to: $0) }
    let mean = Self.mean(warped)
    let found = Self.deviation(warped, mean)
    let deviation = found > 1e-12 ? found : 1
    transformed = warped.map { min(Self.worst, ($0 - mean) / deviation) }
    (self.tail, self.size, self.warp) = (tail, size, warp)
    (self.mean, self.deviation) = (mean, deviation)
  }

  /// The value that is transformed into `value`.
  func inverted(_ value: Double) -> Double {
    let result = tail.inverted(warp.inverted(value * deviation + mean) * size)
    return result.isFinite ? result : result > 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude
  }

  // MARK: - Moments

  private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let index = min(sorted.count - 1, Int(place))
    let next = min(sorted.count - 1, index + 1)
    return sorted[index] + (place - Double(index)) * (sorted[next] - sorted[index])
  }

  fileprivate static func mean(_ values: [Double]) -> Double {
    var sum = 0.0
    for value in values { sum += value }
    return sum / Double(values.count)
  }

  fileprivate static func deviation(_ values: [Double], _ mean: Double) -> Double {
    var sum = 0.0
    for value in values { sum += (value - mean) * (value - mean) }
    return (sum / Double(values.count)).squareRoot()
  }
}

/// What becomes of values that are far worse than most: what explodes would leave no difference among what is good.
///
/// They are taken to be all as bad as the limit (winsorising, of the bad tail alone), or go on from there by their logarithm.
private struct Tail: Sendable {
  /// Infinite where all values stay as they are.
  private let limit: Double
  /// From the best value to the limit; nil for a cut.
  private let scale: Double?

  /// The limit is so many times as far above the median as the least value is below it.
  private static let reach = 3.0

  init(of values: [Double], isSoft: Bool) {
    let sorted = values.sorted()
    let median = sorted[sorted.count / 2]
    let limit = median + Self.reach * (median - sorted[0])
    let isLimited = limit > median && limit.isFinite
    let scale = limit - sorted[0]
    self.limit = isLimited ? limit : .infinity
    self.scale = isSoft && isLimited && scale.isFinite ? scale : nil
  }

  func applied(to value: Double) -> Double {
    guard value > limit else { return value }
    guard let scale else { return limit }
    // The difference may be infinite, and so may be the product.
    return min(value, limit + scale * Arithmetic.log(1 + min(1e300, (value - limit) / scale)))
  }

  func inverted(_ value: Double) -> Double {
    guard value > limit, let scale else { return value }
    return limit + scale * (Arithmetic.anyExp((value - limit) / scale) - 1)
  }
}

/// A power transform: Box and Cox's of t + 1 above 0 and its mirror image below, after Yeo and Johnson; or, where all values
/// are positive, Box and Cox's own of t, which tells small values apart whatever the largest is.
private struct Warp: Sendable {
  /// What is subtracted, and what is divided by then.
  var center: Double
  var spread: Double
  var isPositive: Bool
  /// λ.
  var power: Double

  /// From the logarithm to no change.
  private static let powers = 0.0...1.0

  func applied(to value: Double) -> Double {
    let t = scaled(value)
    if isPositive { return Self.boxCox(t, power) }
    return t >= 0 ? Self.boxCox(1 + t, power) : -Self.boxCox(1 - t, 2 - power)
  }

  func inverted(_ value: Double) -> Double {
    let t: Double
    if isPositive {
      t = Self.inverseBoxCox(value, power)
    } else {
      t = value >= 0 ? Self.inverseBoxCox(value, power) - 1 : 1 - Self.inverseBoxCox(-value, 2 - power)
    }
    return center + min(1e6, max(-1e6, t)) * spread
  }

  private func scaled(_ value: Double) -> Double { min(1e6, max(-1e6, (value - center) / spread)) }

  /// With the λ of largest likelihood, by golden sections.
  func likeliest(for values: [Double]) -> Warp {
    guard values.count >= 4 else { return self }
    func at(_ power: Double) -> Warp {
      var other = self
      other.power = power
      return other
    }
    let ratio = 0.6180339887498949
    var (low, high) = (Self.powers.lowerBound, Self.powers.upperBound)
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    var (atLeft, atRight) = (at(left).logLikelihood(of: values), at(right).logLikelihood(of: values))
    for _ in 0..<10 {
      if atLeft > atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - ratio * (high - low)
        atLeft = at(left).logLikelihood(of: values)
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + ratio * (high - low)
        atRight = at(right).logLikelihood(of: values)
      }
    }
    return at((low + high) / 2)
  }

  /// Of normally distributed transformed values, with the likeliest mean and variance.
  func logLikelihood(of values: [Double]) -> Double {
    let warped = values.map(applied)
    let deviation = OutputTransform.deviation(warped, OutputTransform.mean(warped))
    guard deviation > 1e-12 else { return -.greatestFiniteMagnitude }
    var jacobian = 0.0
    for value in values {
      let t = scaled(value)
      let logarithm = Arithmetic.anyLog(isPositive ? max(1e-300, t) : 1 + abs(t))
      jacobian += !isPositive && t < 0 ? -logarithm : logarithm
    }
    return -Double(values.count) * (Arithmetic.log(deviation) + Arithmetic.anyLog(spread)) + (power - 1) * jacobian
  }

  private static func boxCox(_ value: Double, _ power: Double) -> Double {
    let logarithm = Arithmetic.anyLog(max(1e-300, value))
    return abs(power) < 1e-9 ? logarithm : (Arithmetic.anyExp(power * logarithm) - 1) / power
  }

  private static func inverseBoxCox(_ value: Double, _ power: Double) -> Double {
    guard abs(power) >= 1e-9 else { return Arithmetic.anyExp(value) }
    // A positive power has a floor, which a belief may go beyond.
    return Arithmetic.anyExp(Arithmetic.anyLog(max(1e-300, 1 + power * value)) / power)
  }
}

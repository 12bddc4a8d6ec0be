/// Brings an objective's values, whatever their size and however skewed, to what a Gaussian process expects: mean 0,
/// variance 1, and about normal. Smaller stays smaller.
///
/// | symbol | meaning |
/// |---|---|
/// | t | (y - median) / spread, with the spread the standard deviation |
/// | λ | the power: Yeo, Johnson, "A new family of power transformations to improve normality or symmetry",
///       Biometrika 87, 2000; of largest likelihood |
///
/// That a power transform of the values helps tuning: Cowen-Rivers et al., "HEBO: pushing the limits of sample-efficient
/// hyperparameter optimisation", JAIR 74, 2022.
struct OutputTransform: Sendable {
  /// The transformed values, in the order of the given ones.
  let transformed: [Double]
  private let size: Double
  private let median: Double
  private let spread: Double
  let power: Double
  private let mean: Double
  private let deviation: Double

  /// From the logarithm to no change.
  private static let powers = 0.0...1.0
  /// A value that is worse than the mean by more deviations than this is taken to be as bad as this.
  private static let worst = 3.0

  /// - Parameter values: finite; at least one. Complexity: O(n log n), and about 30 n powers.
  init(_ values: [Double], isPower: Bool) {
    // So that no difference or square overflows, or vanishes.
    let largest = values.reduce(0) { max($0, abs($1)) }
    let size = largest > 0 ? largest : 1
    let unit = values.map { $0 / size }
    let sorted = unit.sorted()
    let median = Self.quantile(sorted, 0.5)
    var spread = Self.deviation(unit, Self.mean(unit))
    if !(spread > 1e-14) { spread = 1 }
    let scaled = unit.map { min(1e6, max(-1e6, ($0 - median) / spread)) }
    let power = isPower ? Self.power(for: scaled) : 1
    let warped = scaled.map { Self.yeoJohnson($0, power) }
    let mean = Self.mean(warped)
    let found = Self.deviation(warped, mean)
    let deviation = found > 1e-12 ? found : 1
    transformed = warped.map { min(Self.worst, ($0 - mean) / deviation) }
    (self.size, self.median, self.spread, self.power) = (size, median, spread, power)
    (self.mean, self.deviation) = (mean, deviation)
  }

  /// The value that is transformed into `value`.
  func inverted(_ value: Double) -> Double {
    let scaled = Self.inverseYeoJohnson(value * deviation + mean, power)
    let result = (median + min(1e6, max(-1e6, scaled)) * spread) * size
    return result.isFinite ? result : result > 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude
  }

  // MARK: - Power

  /// The λ of largest likelihood, by golden sections.
  private static func power(for values: [Double]) -> Double {
    guard values.count >= 4 else { return 1 }
    let ratio = 0.6180339887498949
    var (low, high) = (powers.lowerBound, powers.upperBound)
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    var (atLeft, atRight) = (logLikelihood(values, left), logLikelihood(values, right))
    for _ in 0..<12 {
      if atLeft > atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - ratio * (high - low)
        atLeft = logLikelihood(values, left)
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + ratio * (high - low)
        atRight = logLikelihood(values, right)
      }
    }
    return (low + high) / 2
  }

  private static func logLikelihood(_ values: [Double], _ power: Double) -> Double {
    let warped = values.map { yeoJohnson($0, power) }
    let deviation = deviation(warped, mean(warped))
    guard deviation > 1e-12 else { return -.greatestFiniteMagnitude }
    var jacobian = 0.0
    for value in values {
      let logarithm = Arithmetic.log(1 + abs(value))
      jacobian += value < 0 ? -logarithm : logarithm
    }
    return -Double(values.count) * Arithmetic.log(deviation) + (power - 1) * jacobian
  }

  private static func yeoJohnson(_ value: Double, _ power: Double) -> Double {
    value >= 0 ? boxCox(1 + value, power) : -boxCox(1 - value, 2 - power)
  }

  private static func boxCox(_ value: Double, _ power: Double) -> Double {
    let logarithm = Arithmetic.log(value)
    return abs(power) < 1e-9 ? logarithm : (Arithmetic.anyExp(power * logarithm) - 1) / power
  }

  private static func inverseYeoJohnson(_ value: Double, _ power: Double) -> Double {
    value >= 0 ? inverseBoxCox(value, power) - 1 : 1 - inverseBoxCox(-value, 2 - power)
  }

  private static func inverseBoxCox(_ value: Double, _ power: Double) -> Double {
    guard abs(power) >= 1e-9 else { return Arithmetic.anyExp(value) }
    // A negative power has a ceiling, which a belief may go beyond.
    return Arithmetic.anyExp(Arithmetic.anyLog(max(1e-300, 1 + power * value)) / power)
  }

  // MARK: - Moments

  private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let index = min(sorted.count - 1, Int(place))
    let next = min(sorted.count - 1, index + 1)
    return sorted[index] + (place - Double(index)) * (sorted[next] - sorted[index])
  }

  private static func mean(_ values: [Double]) -> Double {
    var sum = 0.0
    for value in values { sum += value }
    return sum / Double(values.count)
  }

  private static func deviation(_ values: [Double], _ mean: Double) -> Double {
    var sum = 0.0
    for value in values { sum += (value - mean) * (value - mean) }
    return (sum / Double(values.count)).squareRoot()
  }
}

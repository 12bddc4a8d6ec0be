/// Elementary functions whose last bit is the same on every machine.
///
/// The C library's differ between processors (with and without fused multiply-add, for one), and a search that is to
/// be replayed elsewhere may not depend on that. These use only +, -, *, / of IEEE 754, in a fixed order.
enum Arithmetic {
  /// ln 2 in two parts: the first has 32 significant bits, so its product with an exponent is exact.
  private static let ln2High = 0x1.62e42feep-1
  private static let ln2Low = 0x1.a39ef35793c76p-33

  /// e^x, within 2 units in the last place; for magnitudes up to 700.
  static func exp(_ x: Double) -> Double {
    precondition(abs(x) <= 700, "exp is for magnitudes up to 700")
    let power = (x * 0x1.71547652b82fep0).rounded()
    let rest = (x - power * ln2High) - power * ln2Low
    // Taylor's series: the rest is at most ln 2 / 2, so the first term left out is below 2^-57.
    var sum = 1.0
    var divisor = 13.0
    while divisor >= 1 {
      sum = 1 + rest / divisor * sum
      divisor -= 1
    }
    return sum * powerOfTwo(Int(power))
  }

  /// The natural logarithm, within 2 units in the last place; for positive, normal, finite x.
  static func log(_ x: Double) -> Double {
    precondition(x.isNormal && x > 0, "log is for positive, normal, finite numbers")
    var exponent = Double(x.exponent)
    var significand = x.significand
    if significand > 0x1.6a09e667f3bcdp0 {
      significand *= 0.5
      exponent += 1
    }
    // ln m = 2 artanh((m - 1) / (m + 1)); the argument is at most 0.172, so the first term left out is below 2^-60.
    let ratio = (significand - 1) / (significand + 1)
    let square = ratio * ratio
    var series = 0.0
    var divisor = 21.0
    while divisor >= 3 {
      series = (series + 1 / divisor) * square
      divisor -= 2
    }
    return exponent * ln2High + (2 * ratio + (2 * ratio * series + exponent * ln2Low))
  }

  /// e^x for every x: infinite or 0 beyond `exp`'s magnitudes.
  static func anyExp(_ x: Double) -> Double {
    if x.isNaN { return x }
    return abs(x) <= 700 ? exp(x) : x > 0 ? .infinity : 0
  }

  /// The natural logarithm for every x: not a number below 0, and minus infinity at 0.
  static func anyLog(_ x: Double) -> Double {
    if x.isNaN || x < 0 { return .nan }
    if x == 0 || x.isInfinite { return x == 0 ? -.infinity : x }
    return x.isNormal ? log(x) : log(x * 0x1p54) - 54 * log(2)
  }

  /// x^y: by multiplication for whole y, and else as e^(y ln x), which needs x >= 0.
  static func power(_ x: Double, _ y: Double) -> Double {
    guard isWholePower(y) else { return anyExp(y * anyLog(x)) }
    var (result, factor, left) = (1.0, x, Int(abs(y)))
    while left > 0 {
      if left & 1 == 1 { result *= factor }
      factor *= factor
      left >>= 1
    }
    return y < 0 ? 1 / result : result
  }

  /// Whether `power` multiplies.
  static func isWholePower(_ y: Double) -> Bool { y == y.rounded() && abs(y) <= 1024 }

  /// The standard normal distribution's Φ(x), to about 1e-15: the series of Marsaglia, "Evaluating the normal
  /// distribution", J. Stat. Softw. 11(4), 2004.
  static func normalDistribution(_ x: Double) -> Double {
    guard abs(x) < 8 else { return x > 0 ? 1 : 0 }
    var (term, sum, divisor) = (x, x, 1.0)
    var previous = 0.0
    while sum != previous {
      previous = sum
      divisor += 2
      term *= x * x / divisor
      sum += term
    }
    return 0.5 + sum * 0x1.9884533d43651p-2 * exp(-x * x / 2)
  }

  /// 2^n, also below the smallest normal number's exponent.
  private static func powerOfTwo(_ n: Int) -> Double {
    Double(sign: .plus, exponent: n, significand: 1)
  }
}

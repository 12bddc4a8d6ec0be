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

  /// 2^n, also below the smallest normal number's exponent.
  private static func powerOfTwo(_ n: Int) -> Double {
    Double(sign: .plus, exponent: n, significand: 1)
  }
}

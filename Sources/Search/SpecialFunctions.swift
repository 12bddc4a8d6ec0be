/// Functions of the normal distribution, and wide forms of the elementary ones, as deterministic as `Arithmetic`.
///
/// | symbol | meaning |
/// |---|---|
/// | φ(z), Φ(z) | density and distribution of the standard normal |
/// | M(t) | Mills' ratio, Φ(-t) / φ(t) |
/// | h(z) | φ(z) + z Φ(z): the expected improvement of a prediction with deviation 1 |
extension Arithmetic {
  /// 1 / sqrt(2π) and ln sqrt(2π).
  private static let densityAtZero = 0x1.9884533d43651p-2
  private static let logRootTwoPi = 0x1.d67f1c864beb5p-1

  /// φ(z), within about 1e-15 of its size; 0 where it is below 1e-300.
  static func normalDensity(_ z: Double) -> Double { densityAtZero * anyExp(-z * z / 2) }

  /// ln Φ(z), to a relative error of about 1e-12.
  static func logNormalDistribution(_ z: Double) -> Double {
    guard z < -3 else { return log(normalDistribution(z)) }
    return -z * z / 2 - logRootTwoPi - log(-z + millsTail(-z))
  }

  /// ln h(z) and its derivative Φ(z) / h(z), for every z down to -1e150, to a relative error of about 1e-11.
  ///
  /// Where h loses its digits by cancellation, h(-t) = φ(t) (1 - t M(t)) is taken from the continued fraction of M, in
  /// which nothing cancels. The purpose is that of Ament, Daulton, Eriksson, Balandat, Bakshy, "Unexpected improvements
  /// to expected improvement for Bayesian optimization", NeurIPS 2023: a gradient wherever there is an improvement.
  static func logImprovement(_ z: Double) -> (value: Double, slope: Double) {
    guard z < -3 else {
      let distribution = normalDistribution(z)
      let improvement = normalDensity(z) + z * distribution
      return (log(improvement), distribution / improvement)
    }
    let tail = millsTail(-z)
    return (-z * z / 2 - logRootTwoPi + log(tail) - log(-z + tail), 1 / tail)
  }

  /// c in Laplace's continued fraction M(t) = 1 / (t + c), c = 1 / (t + 2 / (t + 3 / …)); for t >= 3.
  private static func millsTail(_ t: Double) -> Double {
    var tail = 0.0
    var term = 40.0
    while term >= 1 {
      tail = term / (t + tail)
      term -= 1
    }
    return tail
  }

  /// The z with Φ(z) = p, to about 1e-13 where 1e-6 < p < 1 - 1e-6: Newton's steps from 0, which on the side that they
  /// start from never go too far.
  static func normalQuantile(_ p: Double) -> Double {
    guard p > 0, p < 1 else { return p > 0 ? 8 : -8 }
    var z = 0.0
    for _ in 0..<60 {
      let step = (normalDistribution(z) - p) / normalDensity(z)
      // From 0 outwards Φ bends away from its tangent, so a full step may leave the region where Φ tells anything.
      z -= min(1, max(-1, step))
      if abs(step) < 1e-14 { break }
    }
    return z
  }
}

// MARK: - Eight lanes

/// Eight numbers at a time. Lanes never meet except in `ordered`, so the results do not depend on how wide the processor
/// is.
typealias Lanes = SIMD8<Double>

extension Arithmetic {
  /// e^x of each lane, within 2 units in the last place for -700 <= x <= 700; the nearest of these bounds is taken for
  /// any other x.
  @inline(__always)
  static func exp(_ x: Lanes) -> Lanes {
    let x = x.clamped(lowerBound: Lanes(repeating: -700), upperBound: Lanes(repeating: 700))
    // Adding 1.5 * 2^52 rounds to a whole number, and leaves it in the last bits.
    let magic = Lanes(repeating: 0x1.8p52)
    let shifted = x * 0x1.71547652b82fep0 + magic
    let power = shifted - magic
    let rest = (x - power * 0x1.62e42feep-1) - power * 0x1.a39ef35793c76p-33
    var sum = Lanes(repeating: 1 / 6_227_020_800)
    sum = sum * rest + 1 / 479_001_600
    sum = sum * rest + 1 / 39_916_800
    sum = sum * rest + 1 / 3_628_800
    sum = sum * rest + 1 / 362_880
    sum = sum * rest + 1 / 40_320
    sum = sum * rest + 1 / 5_040
    sum = sum * rest + 1 / 720
    sum = sum * rest + 1 / 120
    sum = sum * rest + 1 / 24
    sum = sum * rest + 1 / 6
    sum = sum * rest + 0.5
    sum = sum * rest + 1
    sum = sum * rest + 1
    let exponent = unsafeBitCast(shifted, to: SIMD8<Int64>.self) &<< 52
    return unsafeBitCast(unsafeBitCast(sum, to: SIMD8<Int64>.self) &+ exponent, to: Lanes.self)
  }
}

extension SIMD8<Double> {
  /// The sum of the lanes, in a fixed order.
  @inline(__always)
  var ordered: Double { ((self[0] + self[1]) + (self[2] + self[3])) + ((self[4] + self[5]) + (self[6] + self[7])) }

  /// The eight numbers from `index` on.
  @inline(__always)
  init(_ numbers: UnsafePointer<Double>, _ index: Int) {
    self = UnsafeRawPointer(numbers + index).loadUnaligned(as: Self.self)
  }

  @inline(__always)
  func store(to numbers: UnsafeMutablePointer<Double>, _ index: Int) {
    UnsafeMutableRawPointer(numbers + index).storeBytes(of: self, as: Self.self)
  }
}

import Glibc
import TestSupport
import Testing

@testable import Search

@Suite("Arithmetic that is the same everywhere")
struct ArithmeticTests {
  private func unitsApart(_ a: Double, _ b: Double) -> UInt64 {
    // Bit patterns of numbers of one sign are in the numbers' order.
    guard (a < 0) == (b < 0) else { return a == b ? 0 : UInt64.max }
    let (x, y) = (abs(a).bitPattern, abs(b).bitPattern)
    return x > y ? x - y : y - x
  }

  @Test("exp is within 2 units in the last place of the C library's")
  func exp() {
    var random = TestRandom(seed: 1)
    var worst: (units: UInt64, x: Double) = (0, 0)
    for index in 0..<200_000 {
      let range = [700, 50, 1, 0.4][index % 4]
      let x = Double.random(in: -range...range, using: &random)
      worst = max(worst, (unitsApart(Arithmetic.exp(x), Glibc.exp(x)), x)) { $0.units < $1.units }
    }
    #expect(worst.units <= 2, "exp(\(worst.x))")
  }

  @Test("log is within 2 units in the last place of the C library's")
  func log() {
    var random = TestRandom(seed: 2)
    var worst: (units: UInt64, x: Double) = (0, 1)
    for index in 0..<200_000 {
      let x =
        switch index % 3 {
        case 0: Double.random(in: 0.5...2, using: &random)
        case 1: Double.random(in: 1e-6...1e6, using: &random)
        default: abs(random.double())
        }
      guard x.isNormal else { continue }
      worst = max(worst, (unitsApart(Arithmetic.log(x), Glibc.log(x)), x)) { $0.units < $1.units }
    }
    #expect(worst.units <= 2, "log(\(worst.x))")
  }

  private func max<T>(_ a: T, _ b: T, by isLess: (T, T) -> Bool) -> T { isLess(a, b) ? b : a }

  @Test("The ends of the ranges, and what is exact")
  func edges() {
    #expect(Arithmetic.exp(0) == 1)
    #expect(Arithmetic.exp(-0.0) == 1)
    #expect(Arithmetic.log(1) == 0)
    #expect(unitsApart(Arithmetic.exp(700), Glibc.exp(700)) <= 2)
    #expect(unitsApart(Arithmetic.exp(-700), Glibc.exp(-700)) <= 2)
    let (least, most) = (Double.leastNormalMagnitude, Double.greatestFiniteMagnitude)
    #expect(unitsApart(Arithmetic.log(least), Glibc.log(least)) <= 2)
    #expect(unitsApart(Arithmetic.log(most), Glibc.log(most)) <= 2)
    let (one, root) = (1.0, 2.0.squareRoot())
    for x in [one.nextUp, one.nextDown, root.nextUp, root, root.nextDown] {
      #expect(unitsApart(Arithmetic.log(x), Glibc.log(x)) <= 2, "log(\(x))")
    }
  }

  /// Computed by the same formulas in Python, whose floats are IEEE 754 doubles too.
  @Test("exp has these bits on every machine")
  func goldenExp() {
    let golden: [(Double, UInt64)] = [
      (0, 0x3ff0_0000_0000_0000), (1, 0x4005_bf0a_8b14_576a), (-1, 0x3fd7_8b56_362c_ef38),
      (0.5, 0x3ffa_6129_8e1e_069c), (3.141592653589793, 0x4037_2404_6eb0_9339),
      (-9.210340371976182, 0x3f1a_36e2_eb1c_4334), (700, 0x7f0d_945d_f4f8_ec8e), (-700, 0x00d1_4f2b_0fb9_307f),
      (1e-300, 0x3ff0_0000_0000_0000), (-0.3465, 0x3fe6_a10b_883d_5676),
    ]
    for (x, bits) in golden { #expect(Arithmetic.exp(x).bitPattern == bits, "exp(\(x))") }
  }

  @Test("log has these bits on every machine")
  func goldenLog() {
    let golden: [(Double, UInt64)] = [
      (1, 0), (2, 0x3fe6_2e42_fefa_39ef), (10, 0x4002_6bb1_bbb5_5516), (0.1, 0xc002_6bb1_bbb5_5515),
      (1e-4, 0xc022_6bb1_bbb5_5516), (1e300, 0x4085_9634_47f8_7fb5), (1e-300, 0xc085_9634_47f8_7fb5),
      (0.9999999999999999, 0xbca0_0000_0000_0000), (1.0000000000000002, 0x3cb0_0000_0000_0000),
      (1.4142135623730951, 0x3fd6_2e42_fefa_39f1),
    ]
    for (x, bits) in golden { #expect(Arithmetic.log(x).bitPattern == bits, "log(\(x))") }
  }
}

import Testing

@testable import Search

@Suite("Special functions")
struct SpecialFunctionTests {
  /// z, ln (φ(z) + z Φ(z)) by mpmath 1.3 with 60 digits, ln Φ(z) by scipy 1.17's `log_ndtr`.
  private static let references: [(z: Double, improvement: Double, distribution: Double)] = [
    (-30, -457.724653760598, -454.32124395634327),
    (-10, -55.553122036122356, -53.23128515051248),
    (-5, -16.74430116266099, -15.064998393988727),
    (-3.0000001, -7.8696864128367841, -6.607726549820219),
    (-3, -7.8696860596030285, -6.60772622151035),
    (-2.5, -6.2125416454435129, -5.081648277278691),
    (-1, -2.4851210257126413, -1.8410216450092634),
    (-0.1, -1.047153314072846, -0.7761545927302733),
    (0, -0.91893853320467274, -0.6931471805599453),
    (0.7, -0.17093141922474072, -0.2770239422771313),
    (2, 0.69738354578822831, -0.023012909328963476),
    (5, 1.6094379231264314, -2.8665161296376294e-07),
  ]

  @Test("The logarithms of the improvement and of the distribution are within 1e-11 of the reference")
  func logarithms() {
    for (z, improvement, distribution) in Self.references {
      #expect(abs(Arithmetic.logImprovement(z).value - improvement) <= 1e-11 * max(1, abs(improvement)), "z = \(z)")
      #expect(
        abs(Arithmetic.logNormalDistribution(z) - distribution) <= 1e-11 * max(1, abs(distribution)), "z = \(z)")
    }
  }

  @Test("The improvement's logarithm stays finite and keeps a slope however small the improvement is")
  func extremes() {
    for z in [-1e3, -1e6, -1e100, -1e150] {
      let (value, slope) = Arithmetic.logImprovement(z)
      #expect(value.isFinite)
      // For z towards minus infinity the derivative goes as -z.
      #expect(abs(slope / -z - 1) < 1e-5)
    }
    #expect(abs(Arithmetic.logImprovement(1e6).value - 13.815510557964274) < 1e-12)
  }

  @Test("The improvement's slope is that of its finite differences")
  func slope() {
    for z in stride(from: -40.0, through: 6, by: 0.37) {
      let step = 1e-5 * max(1, abs(z))
      let difference = Arithmetic.logImprovement(z + step).value - Arithmetic.logImprovement(z - step).value
      let slope = Arithmetic.logImprovement(z).slope
      #expect(abs(difference / (2 * step) - slope) <= 1e-6 * max(1, slope), "z = \(z)")
    }
  }

  @Test(
    "Quantiles are within 1e-9 of scipy 1.17's",
    arguments: [
      (1e-06, -4.753424308822899), (0.001, -3.090232306167813), (0.02425, -1.972961051311885),
      (0.1, -1.2815515655446004), (0.3, -0.5244005127080409), (0.5, 0.0), (0.8, 0.8416212335729143),
      (0.975, 1.959963984540054), (0.9999, 3.719016485455709),
    ])
  func quantiles(_ p: Double, _ z: Double) {
    #expect(abs(Arithmetic.normalQuantile(p) - z) <= 1e-9)
  }

  @Test("Eight exponentials at a time are within 2 units in the last place of one at a time, up to the ends")
  func lanes() {
    for start in stride(from: -699.0, through: 690, by: 13.7) {
      var x = Lanes()
      for lane in 0..<8 { x[lane] = start + 1.13 * Double(lane) }
      let result = Arithmetic.exp(x)
      for lane in 0..<8 {
        let expected = Arithmetic.exp(x[lane])
        #expect(abs(result[lane] - expected) <= 4 * expected.ulp, "exp(\(x[lane]))")
      }
    }
    #expect(Arithmetic.exp(Lanes.zero) == Lanes(repeating: 1))
    #expect(Arithmetic.exp(Lanes(repeating: -1e9))[3] == Arithmetic.exp(Lanes(repeating: -700))[3])
  }
}

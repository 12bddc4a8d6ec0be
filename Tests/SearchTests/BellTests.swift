import Glibc
import TestSupport
import Testing

@testable import Search

@Suite("The normal distribution by tables")
struct BellTests {
  @Test("Φ is within 2e-6 of the C library's")
  func distribution() {
    for index in -2000...2000 {
      let x = Double(index) / 231
      #expect(abs(Bell.shared.distribution(x) - 0.5 * Glibc.erfc(-x / 2.0.squareRoot())) < 2e-6, "\(x)")
    }
    #expect(Bell.shared.distribution(-1e300) == 0 && Bell.shared.distribution(.infinity) == 1)
  }

  @Test("Quantiles are those that SciPy gives")
  func quantile() {
    // scipy.stats.norm.ppf
    let expected: [(Double, Double)] = [
      (1e-10, -6.361340902404056), (0.001, -3.090232306167813), (0.05, -1.6448536269514729), (0.3, -0.5244005127080409),
      (0.5, 0), (0.75, 0.6744897501960817), (0.999, 3.090232306167813),
    ]
    for (p, x) in expected { #expect(abs(Bell.shared.quantile(p) - x) < (p < 1e-9 ? 1e-6 : 1e-12), "\(p)") }
  }

  @Test("exp is within a part in 10^14 of the C library's")
  func exp() {
    var random = TestRandom(seed: 3)
    for _ in 0..<20_000 {
      let x = Double.random(in: -690...0, using: &random)
      #expect(abs(Bell.exp(x) / Glibc.exp(x) - 1) < 1e-14, "\(x)")
    }
    #expect(Bell.exp(0) == 1 && Bell.exp(-1000) == 0)
  }
}

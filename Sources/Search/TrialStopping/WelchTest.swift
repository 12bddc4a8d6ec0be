/// Welch, "The generalization of 'Student's' problem when several different population variances are involved", Biometrika 34,
/// 1947.
enum WelchTest {
  /// The probability that the mean of the first numbers is above that of the second by as much as it is or more, were they of
  /// normal distributions with one mean. 1 where there are not two numbers of each. Of numbers that do not vary any difference
  /// is a difference.
  static func probability(ofMean first: [Double], above second: [Double]) -> Double {
    guard first.count > 1, second.count > 1 else { return 1 }
    let (a, b) = (Sample(first), Sample(second))
    let (difference, variance) = (a.mean - b.mean, a.ofMean + b.ofMean)
    guard difference.isFinite, variance.isFinite else { return 1 }
    guard variance > 0 else { return difference > 0 ? 0 : 1 }
    let (shareA, shareB) = (a.ofMean / variance, b.ofMean / variance)
    let degrees = 1 / (shareA * shareA / (a.count - 1) + shareB * shareB / (b.count - 1))
    return StudentDistribution.probability(above: difference / variance.squareRoot(), degrees: degrees)
  }

  private struct Sample {
    let count: Double
    let mean: Double
    /// The variance of the mean.
    let ofMean: Double

    init(_ values: [Double]) {
      count = Double(values.count)
      let mean = values.reduce(0, +) / count
      self.mean = mean
      ofMean = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1) / count
    }
  }
}

/// Student's t distribution, with any number of degrees of freedom.
enum StudentDistribution {
  /// The probability of more than `t`; the error is below 1e-9 for up to 10,000 degrees of freedom.
  ///
  /// - Parameter degrees: above 0.
  static func probability(above t: Double, degrees: Double) -> Double {
    let tail = incompleteBeta(degrees / 2, 0.5, at: degrees / (degrees + t * t)) / 2
    return t > 0 ? tail : 1 - tail
  }

  /// The regularised incomplete beta function, by its continued fraction (Abramowitz and Stegun, 26.5.8), which Lentz's method
  /// adds up from the front.
  private static func incompleteBeta(_ a: Double, _ b: Double, at x: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast below the mean.
    guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(b, a, at: 1 - x) }
    let logFactor =
      logGamma(a + b) - logGamma(a) - logGamma(b) + a * Arithmetic.anyLog(x) + b * Arithmetic.anyLog(1 - x)
    let least = 1e-300
    func away(_ number: Double) -> Double { abs(number) < least ? least : number }
    var (c, d) = (1.0, 1 / away(1 - (a + b) * x / (a + 1)))
    var value = d
    for step in 1...1000 {
      let m = Double(step)
      var change = 1.0
      for term in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 / away(1 + term * d)
        c = away(1 + term / c)
        change = c * d
        value *= change
      }
      if abs(change - 1) < 1e-15 { break }
    }
    return Arithmetic.anyExp(logFactor) * value / a
  }

  /// The logarithm of the gamma function for x > 0, by Stirling's series (Abramowitz and Stegun, 6.1.41) from 10 on.
  private static func logGamma(_ x: Double) -> Double {
    var (x, product) = (x, 1.0)
    while x < 10 { (product, x) = (product * x, x + 1) }
    let inverse = 1 / (x * x)
    let series =
      (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse * (1.0 / 1680 - inverse / 1188)))) / x
    // Half of the logarithm of 2 pi.
    return (x - 0.5) * Arithmetic.anyLog(x) - x + 0.918938533204672741780 + series - Arithmetic.anyLog(product)
  }
}

/// How much of what no trial dominates yet another one is expected to dominate, of two objectives that are predicted independently
/// of each other.
///
/// | symbol | meaning |
/// |---|---|
/// | a₁ < … < aₙ, b₁ > … > bₙ | the front's losses; b₀, aₙ₊₁ are the reference's, and a₀ is below all |
/// | ψⱼ(c) | E max(0, c - Yⱼ) = σⱼ h((c - μⱼ) / σⱼ), see `Acquisition` |
/// | value | ln Σᵢ (ψ₁(aᵢ₊₁) - ψ₁(aᵢ)) ψ₂(bᵢ), over the strips i = 0 … n between the front's points |
///
/// The area above the front is cut into strips, over each of which the expectation is a product: Emmerich, Yang, Deutz, Wang, Fonseca,
/// "A multicriteria generalization of Bayesian global optimization", 2016. In logarithms, so that it has a slope wherever it is.
struct HypervolumeImprovement {
  /// a₁ … aₙ₊₁, and b₀ … bₙ.
  private let firsts: [Double]
  private let seconds: [Double]

  /// A prediction of the two objectives.
  struct Prediction {
    var mean: (Double, Double)
    var deviation: (Double, Double)
  }

  /// - Parameters:
  ///   - losses: of points of which some may dominate others, at least one.
  ///   - reference: what is worse in an objective counts for nothing.
  init(over losses: [Pareto.Losses], reference: Pareto.Losses) {
    var (firsts, seconds) = ([Double](), [reference[1]])
    for point in losses.sorted(by: { ($0[0], $0[1]) < ($1[0], $1[1]) })
    where point[0] < reference[0] && point[1] < seconds[seconds.count - 1] {
      firsts.append(point[0])
      seconds.append(point[1])
    }
    self.firsts = firsts + [reference[0]]
    self.seconds = seconds
  }

  func value(at prediction: Prediction) -> Double {
    var terms: [Double] = []
    terms.reserveCapacity(firsts.count)
    forEachStrip(prediction) { width, height in terms.append(width.log + height.log) }
    let most = terms.reduce(-.infinity, max)
    return most + Arithmetic.anyLog(terms.reduce(0) { $0 + Arithmetic.anyExp($1 - most) })
  }

  /// The value, and its slopes by the means and the deviations.
  func slope(at prediction: Prediction) -> (value: Double, byMean: (Double, Double), byDeviation: (Double, Double)) {
    var strips: [(width: Logarithm, height: Logarithm)] = []
    forEachStrip(prediction) { strips.append(($0, $1)) }
    let most = strips.reduce(-.infinity) { max($0, $1.width.log + $1.height.log) }
    let shares = strips.map { Arithmetic.anyExp($0.width.log + $0.height.log - most) }
    let sum = shares.reduce(0, +)
    var (byMean, byDeviation) = ((0.0, 0.0), (0.0, 0.0))
    for (strip, share) in zip(strips, shares) {
      byMean.0 += share / sum * strip.width.byMean
      byMean.1 += share / sum * strip.height.byMean
      byDeviation.0 += share / sum * strip.width.byDeviation
      byDeviation.1 += share / sum * strip.height.byDeviation
    }
    return (most + Arithmetic.anyLog(sum), byMean, byDeviation)
  }

  /// The logarithm of an expectation, with its slopes.
  private struct Logarithm {
    var log: Double
    var byMean: Double
    var byDeviation: Double

    /// ln ψ(bound).
    init(_ bound: Double, _ mean: Double, _ deviation: Double) {
      let z = (bound - mean) / deviation
      let (value, slope) = Arithmetic.logImprovement(z)
      log = Arithmetic.log(deviation) + value
      byMean = -slope / deviation
      byDeviation = (1 - slope * z) / deviation
    }

    /// ln (ψ(greater) - ψ(less)).
    init(_ greater: Logarithm, without less: Logarithm?) {
      guard let less else {
        self = greater
        return
      }
      let share = Arithmetic.anyExp(less.log - greater.log)
      let rest = max(1 - share, Self.least)
      log = greater.log + Arithmetic.anyLog(rest)
      byMean = (greater.byMean - share * less.byMean) / rest
      byDeviation = (greater.byDeviation - share * less.byDeviation) / rest
    }

    /// Of a strip as narrow as that nothing is known but that it is there.
    private static let least = 1e-15
  }

  private func forEachStrip(_ prediction: Prediction, _ body: (_ width: Logarithm, _ height: Logarithm) -> Void) {
    var less: Logarithm?
    for (first, second) in zip(firsts, seconds) {
      let greater = Logarithm(first, prediction.mean.0, prediction.deviation.0)
      body(Logarithm(greater, without: less), Logarithm(second, prediction.mean.1, prediction.deviation.1))
      less = greater
    }
  }
}

/// How much a point is worth trying: the logarithm of the expected improvement, of the likelihood that it is feasible, and
/// of the users' priors, added up.
///
/// | symbol | meaning |
/// |---|---|
/// | μ, σ | prediction and its deviation |
/// | best | what is to be improved on: the best mean among the points tried |
/// | z | (best - μ) / σ |
/// | score | ln σ + ln h(z) + ln P(feasible) + w ln π, with h(z) = φ(z) + z Φ(z) |
///
/// The weight of the priors π falls with what is known: Hvarfner et al., "πBO: augmenting acquisition functions with user
/// beliefs for Bayesian optimization", ICLR 2022.
struct Acquisition {
  let objective: GaussianProcess
  let best: Double
  /// Of 1 where a trial was feasible, and -1 where not; nil when all were.
  let feasibility: GaussianProcess?
  let priorWeight: Double
  let encoding: Encoding
  private var scratch: GaussianProcess.Scratch
  private var feasibilityScratch: GaussianProcess.Scratch?

  init(
    objective: GaussianProcess, best: Double, feasibility: GaussianProcess?, priorWeight: Double, encoding: Encoding
  ) {
    self.objective = objective
    self.best = best
    self.feasibility = feasibility
    self.priorWeight = encoding.hasPriors ? priorWeight : 0
    self.encoding = encoding
    scratch = objective.makeScratch()
    feasibilityScratch = feasibility?.makeScratch()
  }

  /// The scores of many points.
  ///
  /// - Parameters:
  ///   - features: a row for each.
  ///   - codes: a row for each, which the priors look at.
  mutating func scores(_ features: [Double], _ codes: [Double], count: Int) -> [Double] {
    var scores: [Double] = []
    scores.reserveCapacity(count)
    for start in stride(from: 0, to: count, by: 8) {
      let (mean, variance) = objective.predict(features, from: start, &scratch)
      let deviation = variance.squareRoot()
      let z = (Lanes(repeating: best) - mean) / deviation
      for lane in 0..<min(8, count - start) {
        scores.append(
          Arithmetic.log(deviation[lane]) + Arithmetic.logImprovement(z[lane]).value + gain(variance[lane]).value)
      }
      if let feasibility, var own = feasibilityScratch {
        let (mean, variance) = feasibility.predict(features, from: start, &own)
        feasibilityScratch = own
        let ratio = mean / (variance + Self.feasibilityNoise).squareRoot()
        for lane in 0..<min(8, count - start) {
          scores[start + lane] += Arithmetic.logNormalDistribution(ratio[lane])
        }
      }
    }
    if priorWeight > 0 {
      let (axes, columns) = (encoding.axes.count, encoding.features)
      for index in 0..<count {
        scores[index] +=
          priorWeight
          * encoding.logPrior(
            Array(codes[index * axes..<(index + 1) * axes]), Array(features[index * columns..<(index + 1) * columns]))
      }
    }
    return scores
  }

  /// ln (1 - τ / sqrt(v + τ²)) with τ² the noise, and its slope by v: how much of the noise another trial at a point would
  /// leave; next to nothing where the point is known already.
  private func gain(_ variance: Double) -> (value: Double, slope: Double) {
    let noise = objective.kernel.noise
    let (total, deviation) = ((variance + noise).squareRoot(), noise.squareRoot())
    let share = variance / (total * (total + deviation))
    return (Arithmetic.log(share), deviation / (2 * total * total * total * share))
  }

  /// How sure one is of a label that was seen once.
  private static let feasibilityNoise = 0.05

  /// The likelihood that a trial is feasible.
  mutating func likelihood(_ features: [Double]) -> Double {
    guard let feasibility, var own = feasibilityScratch else { return 1 }
    let (mean, variance) = feasibility.predict(features, from: 0, &own)
    return Arithmetic.normalDistribution(mean[0] / (variance[0] + Self.feasibilityNoise).squareRoot())
  }

  /// The score of a point, and its slope by each coordinate; without the priors, which are added by `scores`.
  mutating func slope(_ features: [Double]) -> (score: Double, slope: [Double]) {
    let predicted = objective.slope(at: features, &scratch)
    let deviation = predicted.variance.squareRoot()
    let z = (best - predicted.mean) / deviation
    let (logImprovement, byZ) = Arithmetic.logImprovement(z)
    let gain = gain(predicted.variance)
    var score = Arithmetic.log(deviation) + logImprovement + gain.value
    var slope = predicted.meanSlope.indices.map { index in
      // d ln σ = dv / (2 v), and dz = -dμ / σ - z d ln σ.
      let byDeviation = predicted.varianceSlope[index] / (2 * predicted.variance)
      return byDeviation + gain.slope * predicted.varianceSlope[index] + byZ
        * (-predicted.meanSlope[index] / deviation - z * byDeviation)
    }
    if let feasibility, var own = feasibilityScratch {
      let label = feasibility.slope(at: features, &own)
      feasibilityScratch = own
      let variance = label.variance + Self.feasibilityNoise
      let root = variance.squareRoot()
      let ratio = label.mean / root
      let logLikelihood = Arithmetic.logNormalDistribution(ratio)
      score += logLikelihood
      // φ / Φ, in logarithms where both vanish.
      let hazard = Arithmetic.anyExp(-ratio * ratio / 2 - 0.9189385332046727 - logLikelihood)
      for index in slope.indices {
        slope[index] +=
          hazard * (label.meanSlope[index] / root - ratio * label.varianceSlope[index] / (2 * variance))
      }
    }
    return (score, slope)
  }
}

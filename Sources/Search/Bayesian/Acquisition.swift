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
  /// One for each objective that is looked at.
  private let objectives: [GaussianProcess]
  private let goal: Goal
  /// Of 1 where a trial was feasible, and -1 where not; nil when all were.
  let feasibility: GaussianProcess?
  let priorWeight: Double
  let encoding: Encoding
  private var scratches: [GaussianProcess.Scratch]
  private var feasibilityScratch: GaussianProcess.Scratch?

  /// What is to be improved on.
  enum Goal {
    /// A value of the one objective.
    case best(Double)
    /// The front of two.
    case front(HypervolumeImprovement)
  }

  /// - Parameter objectives: as many as the goal is of.
  init(
    _ objectives: [GaussianProcess], over goal: Goal, feasibility: GaussianProcess?, priorWeight: Double,
    encoding: Encoding
  ) {
    self.objectives = objectives
    self.goal = goal
    self.feasibility = feasibility
    self.priorWeight = encoding.hasPriors ? priorWeight : 0
    self.encoding = encoding
    scratches = objectives.map { $0.makeScratch() }
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
      let predicted = objectives.indices.map { objectives[$0].predict(features, from: start, &scratches[$0]) }
      let deviations = predicted.map { $0.variance.squareRoot() }
      switch goal {
      case .best(let best):
        let z = (Lanes(repeating: best) - predicted[0].mean) / deviations[0]
        for lane in 0..<min(8, count - start) {
          scores.append(
            Arithmetic.log(deviations[0][lane]) + Arithmetic.logImprovement(z[lane]).value
              + gain(predicted[0].variance[lane], objectives[0]).value)
        }
      case .front(let front):
        for lane in 0..<min(8, count - start) {
          let value = front.value(
            at: HypervolumeImprovement.Prediction(
              mean: (predicted[0].mean[lane], predicted[1].mean[lane]),
              deviation: (deviations[0][lane], deviations[1][lane])))
          let gains = zip(predicted, objectives).map { gain($0.variance[lane], $1).value }
          scores.append(value + (gains[0] + gains[1]) / 2)
        }
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
  private func gain(_ variance: Double, _ objective: GaussianProcess) -> (value: Double, slope: Double) {
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
    var (score, slope) = worth(features)
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

  /// Without the likelihood that the point is feasible.
  private mutating func worth(_ features: [Double]) -> (score: Double, slope: [Double]) {
    let predicted = objectives.indices.map { objectives[$0].slope(at: features, &scratches[$0]) }
    switch goal {
    case .best(let best):
      let predicted = predicted[0]
      let deviation = predicted.variance.squareRoot()
      let z = (best - predicted.mean) / deviation
      let (logImprovement, byZ) = Arithmetic.logImprovement(z)
      let gain = gain(predicted.variance, objectives[0])
      let slope = predicted.meanSlope.indices.map { index in
        // d ln σ = dv / (2 v), and dz = -dμ / σ - z d ln σ.
        let byDeviation = predicted.varianceSlope[index] / (2 * predicted.variance)
        return byDeviation + gain.slope * predicted.varianceSlope[index] + byZ
          * (-predicted.meanSlope[index] / deviation - z * byDeviation)
      }
      return (Arithmetic.log(deviation) + logImprovement + gain.value, slope)
    case .front(let front):
      let deviations = predicted.map { $0.variance.squareRoot() }
      let found = front.slope(
        at: HypervolumeImprovement.Prediction(
          mean: (predicted[0].mean, predicted[1].mean), deviation: (deviations[0], deviations[1])))
      let gains = zip(predicted, objectives).map { gain($0.variance, $1) }
      let (byMean, byDeviation) = ([found.byMean.0, found.byMean.1], [found.byDeviation.0, found.byDeviation.1])
      let slope = predicted[0].meanSlope.indices.map { index in
        // dσ = dv / (2 σ).
        predicted.indices.reduce(0.0) { sum, objective in
          let byVariance = byDeviation[objective] / (2 * deviations[objective]) + gains[objective].slope / 2
          return sum + byMean[objective] * predicted[objective].meanSlope[index]
            + byVariance * predicted[objective].varianceSlope[index]
        }
      }
      return (found.value + (gains[0].value + gains[1].value) / 2, slope)
    }
  }
}

/// What a Gaussian process assumes of a function: how alike its values are at two points.
///
/// | symbol | meaning |
/// |---|---|
/// | l[c] | lengthscale of feature c: how far apart points must be there to differ |
/// | r² | Σ (x[c] - y[c])² / l[c]² over coordinates, + Σ 1 / l[c]² over the other features that differ |
/// | k | s (1 + √5 r + 5 r² / 3) exp(-√5 r): Matérn's with smoothness 5/2 |
/// | s | variance of the function |
/// | noise | variance of what is observed, besides |
///
/// Unordered choices and activity enter as corners of a simplex, and an inactive coordinate as one fixed value: all of it is
/// a distance between points of a Euclidean space, so k is a kernel whatever the conditions are. Rasmussen, Williams,
/// "Gaussian processes for machine learning", 2006, ch. 4 and 5; for conditions compare Lévesque, Durand, Gagné, Sabourin,
/// "Bayesian optimization for conditional hyperparameter spaces", IJCNN 2017.
struct Kernel: Sendable {
  /// How many features are coordinates; these come first.
  let coordinates: Int
  /// ln l[c] for each feature, then ln s, then ln noise.
  var parameters: [Double]

  var features: Int { parameters.count - 2 }
  var variance: Double { Arithmetic.anyExp(parameters[features]) }
  var noise: Double { Arithmetic.anyExp(parameters[features + 1]) }
  var inverseLengthscales: [Double] { parameters.prefix(features).map { Arithmetic.anyExp(-$0) } }

  /// k / s, and -2 s⁻¹ dk / d(r²), which is 5/3 (1 + √5 r) exp(-√5 r).
  @inline(__always)
  static func matern(_ squaredDistance: Lanes) -> (value: Lanes, slope: Lanes) {
    let distance = (squaredDistance * 5).squareRoot()
    let decay = Arithmetic.exp(-distance)
    let linear = distance + 1
    return ((linear + squaredDistance * (5.0 / 3)) * decay, linear * decay * (5.0 / 3))
  }
}

/// What is likely of a kernel's parameters before anything is observed: normal distributions of their logarithms.
///
/// The lengthscales' grow with the root of the dimension, as distances do: Hvarfner, Hellsten, Nardi, "Vanilla Bayesian
/// optimization performs great in high dimensions", ICML 2024.
struct KernelPrior: Sendable {
  var means: [Double]
  var deviations: [Double]
  var lower: [Double]
  var upper: [Double]

  static let logLengthscale = (mean: -1.1, deviation: 1.0)
  static let logVariance = (mean: 0.0, deviation: 0.7)
  static let logNoise = (mean: -6.0, deviation: 1.7)

  init(features: Int, typicalDimension: Double) {
    let shift = Arithmetic.log(max(1, typicalDimension)) / 2
    func all(_ lengthscale: Double, _ variance: Double, _ noise: Double) -> [Double] {
      [Double](repeating: lengthscale, count: features) + [variance, noise]
    }
    means = all(Self.logLengthscale.mean + shift, Self.logVariance.mean, Self.logNoise.mean)
    deviations = all(Self.logLengthscale.deviation, Self.logVariance.deviation, Self.logNoise.deviation)
    lower = all(-4.6, -5, -14)
    upper = all(6, 4, 1)
  }

  /// Half the squared deviation of each parameter, added up; its gradient is added to `gradient`.
  func penalty(_ parameters: [Double], _ gradient: inout [Double]) -> Double {
    var sum = 0.0
    for index in parameters.indices {
      let deviation = (parameters[index] - means[index]) / deviations[index]
      sum += deviation * deviation / 2
      gradient[index] += deviation / deviations[index]
    }
    return sum
  }
}

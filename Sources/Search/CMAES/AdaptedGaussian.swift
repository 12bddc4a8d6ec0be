/// The normal distribution that a CMA-ES draws from, and how it moves towards what did well.
///
/// | symbol | meaning |
/// |---|---|
/// | n | number of coordinates |
/// | λ, μ | samples in a generation, and how many of them are the better half |
/// | m, σ, C | mean, step size and covariance: a sample is m + σ A y with y from N(0, C) |
/// | A | diagonal, at least 1: widens coordinates in bins (see `Margin`) |
/// | L | lower triangular with C = L Lᵀ; y = L z with z from N(0, 1) |
/// | w | weights of the samples, the best first: positive for the better half, and negative for the others |
/// | pσ, pc | evolution paths of the step size and of the covariance |
///
/// Hansen, "The CMA evolution strategy: a tutorial", arXiv 1604.00772, with its default constants and negative weights. The
/// factor of Cholesky takes the place of the symmetric root (Krause, Arbonès, Igel, "CMA-ES with optimal covariance update
/// and storage complexity", NeurIPS 2016): it is cheap, and its bits are the same everywhere.
///
/// Complexity: O(n²) for a sample, O(λ n² + n³) for an update.
struct AdaptedGaussian: Sendable {
  let dimension: Int
  private(set) var mean: [Double]
  private(set) var stepSize: Double
  /// The diagonal of A.
  private(set) var widening: [Double]
  private(set) var covariance: [Double]
  private var factor: [Double]
  private var stepPath: [Double]
  private var covariancePath: [Double]
  private var generation = 0
  private let constants: Constants

  /// - Parameters:
  ///   - deviations: of each coordinate; the step size is 1 at first.
  ///   - population: λ, at least 2.
  init(mean: [Double], deviations: [Double], population: Int) {
    dimension = mean.count
    self.mean = mean
    stepSize = 1
    constants = Constants(dimension: dimension, population: population)
    widening = [Double](repeating: 1, count: dimension)
    stepPath = [Double](repeating: 0, count: dimension)
    covariancePath = stepPath
    (covariance, factor) = ([], [])
    covariance = [Double](repeating: 0, count: dimension * dimension)
    for (index, deviation) in deviations.enumerated() { covariance[index * dimension + index] = deviation * deviation }
    factor = Self.cholesky(covariance, dimension) ?? covariance
  }

  /// The standard deviation of a coordinate of the samples.
  func deviation(_ index: Int) -> Double {
    stepSize * widening[index] * covariance[index * dimension + index].squareRoot()
  }

  // MARK: - Samples

  func draw(from stream: inout RandomStream) -> [Double] {
    let z = (0..<dimension).map { _ in stream.normal() }
    return (0..<dimension).map { row in
      var sum = 0.0
      for column in 0...row { sum += factor[row * dimension + column] * z[column] }
      return mean[row] + stepSize * widening[row] * sum
    }
  }

  /// y of a sample.
  private func step(to sample: [Double]) -> [Double] {
    (0..<dimension).map { (sample[$0] - mean[$0]) / (stepSize * widening[$0]) }
  }

  /// z of a y: the solution of L z = y.
  private func whitened(_ y: [Double]) -> [Double] {
    var z = y
    for row in 0..<dimension {
      for column in 0..<row { z[row] -= factor[row * dimension + column] * z[column] }
      z[row] /= factor[row * dimension + row]
    }
    return z
  }

  /// A point from elsewhere as if it were a sample: drawn nearer to the mean when it is farther out than samples are
  /// (Hansen, "Injecting external solutions into CMA-ES", arXiv 1110.4181).
  func injected(_ sample: [Double]) -> [Double] {
    guard dimension > 0 else { return sample }
    let length = Self.norm(whitened(step(to: sample)))
    let n = Double(dimension)
    let longest = n.squareRoot() + 2 * n / (n + 2)
    guard length > longest else { return sample }
    return (0..<dimension).map { mean[$0] + (sample[$0] - mean[$0]) * longest / length }
  }

  // MARK: - Update

  /// Moves the distribution by the samples of a generation.
  ///
  /// - Parameters:
  ///   - samples: λ of them, the best first.
  ///   - counts: for each sample and coordinate, whether it counts for the mean: an inactive parameter's value had no part
  ///     in the result. The covariance takes it as it was drawn, which on average changes nothing.
  /// - Returns: false when the covariance is no longer one: the distribution is of no more use.
  mutating func update(_ samples: [[Double]], counts: [[Bool]]) -> Bool {
    guard dimension > 0 else { return true }
    generation += 1
    let steps = samples.map(step)
    let move = (0..<dimension).map { index in
      var sum = 0.0
      for rank in 0..<constants.parents where counts[rank][index] {
        sum += constants.weights[rank] * steps[rank][index]
      }
      return sum
    }
    for index in 0..<dimension { mean[index] += stepSize * widening[index] * move[index] }
    let weights = balanced(steps)
    let isShort = updatePaths(move)
    updateCovariance(steps, weights, isShort)
    let length = Self.norm(stepPath) / constants.expectedLength - 1
    stepSize *= Arithmetic.exp(min(1, constants.stepRate / constants.stepDamping * length))
    guard let next = Self.cholesky(covariance, dimension), stepSize.isNormal else { return false }
    factor = next
    return true
  }

  /// The weights, the negative ones such that a long step cannot make the covariance negative.
  private func balanced(_ steps: [[Double]]) -> [Double] {
    zip(constants.weights, steps).map { weight, step in
      guard weight < 0 else { return weight }
      let length = Self.norm(whitened(step))
      return weight * Double(dimension) / max(length * length, 1e-12)
    }
  }

  /// - Returns: whether the path of the step size is short, so that the covariance's may go on.
  private mutating func updatePaths(_ move: [Double]) -> Bool {
    let (rate, gain) = (constants.stepRate, constants.gain(constants.stepRate))
    let white = whitened(move)
    for index in 0..<dimension { stepPath[index] = (1 - rate) * stepPath[index] + gain * white[index] }
    let decay = Arithmetic.power(1 - rate, Double(min(1024, 2 * generation)))
    let limit = (1.4 + 2 / (Double(dimension) + 1)) * constants.expectedLength
    let isShort = Self.norm(stepPath) / (1 - decay).squareRoot() < limit
    let pathGain = isShort ? constants.gain(constants.pathRate) : 0
    for index in 0..<dimension {
      covariancePath[index] = (1 - constants.pathRate) * covariancePath[index] + pathGain * move[index]
    }
    return isShort
  }

  private mutating func updateCovariance(_ steps: [[Double]], _ weights: [Double], _ isShort: Bool) {
    let (one, many) = (constants.rankOneRate, constants.rankManyRate)
    let loss = isShort ? 0 : one * constants.pathRate * (2 - constants.pathRate)
    let kept = 1 + loss - one - many * constants.weights.reduce(0, +)
    for row in 0..<dimension {
      for column in 0...row {
        var sum = 0.0
        for (weight, step) in zip(weights, steps) { sum += weight * step[row] * step[column] }
        let place = row * dimension + column
        covariance[place] =
          kept * covariance[place] + one * covariancePath[row] * covariancePath[column] + many * sum
        covariance[column * dimension + row] = covariance[place]
      }
    }
  }

  /// Puts a coordinate's mean and standard deviation at what a margin demands; the covariance stays.
  mutating func set(_ index: Int, mean: Double, deviation: Double) {
    self.mean[index] = mean
    widening[index] = deviation / (stepSize * covariance[index * dimension + index].squareRoot())
  }

  /// The ratio of the longest axis of L to the shortest: grows with the condition of C.
  var stretch: Double {
    let diagonal = (0..<dimension).map { factor[$0 * dimension + $0] }
    return (diagonal.max() ?? 1) / (diagonal.min() ?? 1)
  }

  private static func norm(_ vector: [Double]) -> Double {
    var sum = 0.0
    for number in vector { sum += number * number }
    return sum.squareRoot()
  }

  /// L with L Lᵀ = C; nil when C is not positive definite.
  static func cholesky(_ matrix: [Double], _ n: Int) -> [Double]? {
    var factor = [Double](repeating: 0, count: n * n)
    for row in 0..<n {
      for column in 0...row {
        var sum = matrix[row * n + column]
        for k in 0..<column { sum -= factor[row * n + k] * factor[column * n + k] }
        if row == column {
          guard sum > 0, sum.isFinite else { return nil }
          factor[row * n + row] = sum.squareRoot()
        } else {
          factor[row * n + column] = sum / factor[column * n + column]
        }
      }
    }
    return factor
  }
}

extension AdaptedGaussian {
  /// The constants of Hansen's tutorial, table 1.
  struct Constants: Sendable {
    let parents: Int
    let weights: [Double]
    let effectiveParents: Double
    /// cσ, dσ, cc, c1, cμ.
    let stepRate: Double
    let stepDamping: Double
    let pathRate: Double
    let rankOneRate: Double
    let rankManyRate: Double
    /// The expected length of a sample of N(0, 1).
    let expectedLength: Double

    init(dimension: Int, population: Int) {
      let n = Double(max(1, dimension))
      parents = population / 2
      let raw = (1...population).map { Arithmetic.log(Double(population + 1) / 2) - Arithmetic.log(Double($0)) }
      func effective(_ part: ArraySlice<Double>) -> Double {
        let sum = part.reduce(0, +)
        return sum * sum / part.reduce(0) { $0 + $1 * $1 }
      }
      let mu = effective(raw[..<parents])
      effectiveParents = mu
      let one = 2 / ((n + 1.3) * (n + 1.3) + mu)
      let many = min(1 - one, 2 * (mu - 2 + 1 / mu) / ((n + 2) * (n + 2) + mu))
      (rankOneRate, rankManyRate) = (one, many)
      // With one coordinate, or two samples, nothing is learnt from the rank-μ part.
      let worst = effective(raw[parents...])
      let negative =
        many > 0 ? min(1 + one / many, 1 + 2 * worst / (mu + 2), (1 - one - many) / (n * many)) : 0
      let positiveSum = raw.reduce(0) { $0 + max(0, $1) }
      let negativeSum = raw.reduce(0) { $0 - min(0, $1) }
      weights = raw.map { $0 >= 0 ? $0 / positiveSum : max(0, negative) * $0 / negativeSum }
      stepRate = (mu + 2) / (n + mu + 5)
      stepDamping = 1 + 2 * max(0, ((mu - 1) / (n + 1)).squareRoot() - 1) + stepRate
      pathRate = (4 + mu / n) / (n + 4 + 2 * mu / n)
      expectedLength = n.squareRoot() * (1 - 1 / (4 * n) + 1 / (21 * n * n))
    }

    /// What keeps a path's variance when it forgets at a rate.
    func gain(_ rate: Double) -> Double { (rate * (2 - rate) * effectiveParents).squareRoot() }
  }
}

/// What is believed of a function after observing some of its values.
///
/// | symbol | meaning |
/// |---|---|
/// | n, D | observations, features |
/// | k(x) | the kernel between x and each observed point |
/// | μ(x), v(x) | mean m + k(x)ᵀ α and variance s - k(x)ᵀ K⁻¹ k(x) of the function at x, without the noise |
///
/// Rasmussen, Williams, "Gaussian processes for machine learning", 2006, algorithm 2.1.
struct GaussianProcess: Sendable {
  let kernel: Kernel
  let count: Int
  private let coordinates: Int
  private let features: Int
  /// n rows of D features: coordinates divided by their lengthscales, the others as they are.
  private let rows: [Double]
  private let inverseLengthscales: [Double]
  private let precisions: [Double]
  private let variance: Double
  private let factor: Cholesky
  private let alpha: [Double]
  private let mean: Double

  /// - Parameters:
  ///   - rows: n rows of D features.
  ///   - values: n observations, whose mean is about 0 and whose variance is about 1.
  init(kernel: Kernel, rows: [Double], values: [Double]) {
    self.kernel = kernel
    count = values.count
    coordinates = kernel.coordinates
    features = kernel.features
    variance = kernel.variance
    let inverse = kernel.inverseLengthscales
    inverseLengthscales = inverse
    precisions = inverse.map { $0 * $0 }
    var scaled = rows
    for row in 0..<values.count {
      for feature in 0..<kernel.coordinates { scaled[row * kernel.features + feature] *= inverse[feature] }
    }
    self.rows = scaled
    factor = Self.factor(kernel, scaled, values.count, precisions)
    (mean, alpha) = Likelihood.mean(of: values, factor)
  }

  private static func factor(_ kernel: Kernel, _ rows: [Double], _ count: Int, _ precisions: [Double]) -> Cholesky {
    let stride = Cholesky.stride(for: count)
    let (variance, noise) = (kernel.variance, kernel.noise)
    var matrix = [Double](repeating: 0, count: count * stride)
    // Eight rows at a time, against every point before.
    var lanes = [Lanes](repeating: .zero, count: kernel.features)
    for start in Swift.stride(from: 0, to: count, by: 8) {
      for feature in 0..<kernel.features {
        for lane in 0..<8 { lanes[feature][lane] = rows[min(count - 1, start + lane) * kernel.features + feature] }
      }
      for column in 0..<min(count, start + 8) {
        let (value, _) = Kernel.matern(distances(to: column, lanes, rows, kernel.coordinates, precisions))
        for lane in 0..<8 where start + lane < count && column <= start + lane {
          matrix[(start + lane) * stride + column] = value[lane] * variance
        }
      }
    }
    for row in 0..<count { matrix[row * stride + row] = variance + noise }
    return Cholesky(matrix, count: count, stride: stride)
  }

  /// r² between eight points and an observed one.
  @inline(__always)
  private static func distances(
    to row: Int, _ lanes: [Lanes], _ rows: [Double], _ coordinates: Int, _ precisions: [Double]
  ) -> Lanes {
    lanes.withUnsafeBufferPointer { lanes in
      rows.withUnsafeBufferPointer { rows in
        var sum = Lanes.zero
        let start = row * precisions.count
        for feature in 0..<coordinates {
          let difference = lanes[feature] - rows[start + feature]
          sum += difference * difference
        }
        for feature in coordinates..<precisions.count {
          let differs = lanes[feature] .!= Lanes(repeating: rows[start + feature])
          sum += Lanes.zero.replacing(with: precisions[feature], where: differs)
        }
        return sum
      }
    }
  }

  // MARK: - Predictions

  /// Memory for the predictions of one caller.
  struct Scratch {
    fileprivate var lanes: [Lanes]
    fileprivate var point: [Lanes]
    fileprivate var solved: [Double]
    fileprivate var slopes: [Double]
    fileprivate var scaled: [Double]
  }

  func makeScratch() -> Scratch {
    Scratch(
      lanes: [Lanes](repeating: .zero, count: max(1, count)), point: [Lanes](repeating: .zero, count: features),
      solved: [Double](repeating: 0, count: Cholesky.stride(for: count)),
      slopes: [Double](repeating: 0, count: Cholesky.stride(for: count)),
      scaled: [Double](repeating: 0, count: features))
  }

  private static let smallestVariance = 1e-12

  /// μ and v at up to eight points. Complexity: n² + n (3 D + 40) operations for each.
  ///
  /// - Parameter points: rows of D features, of which those from `start` on are taken; after the last the last again.
  func predict(_ points: [Double], from start: Int, _ scratch: inout Scratch) -> (mean: Lanes, variance: Lanes) {
    let last = points.count / max(1, features) - 1
    for feature in 0..<features {
      let scale = feature < coordinates ? inverseLengthscales[feature] : 1
      for lane in 0..<8 {
        scratch.point[feature][lane] = points[min(last, start + lane) * features + feature] * scale
      }
    }
    var sum = Lanes.zero
    for row in 0..<count {
      let (value, _) = Kernel.matern(Self.distances(to: row, scratch.point, rows, coordinates, precisions))
      let covariance = value * variance
      scratch.lanes[row] = covariance
      sum += covariance * alpha[row]
    }
    var explained = Lanes.zero
    scratch.lanes.withUnsafeMutableBufferPointer { lanes in
      guard let base = lanes.baseAddress else { return }
      factor.solveLower(lanes: base)
      for row in 0..<count { explained += base[row] * base[row] }
    }
    let left = Lanes(repeating: variance) - explained
    let floor = Lanes(repeating: Self.smallestVariance * variance)
    return (sum + mean, left.replacing(with: floor, where: left .< floor))
  }

  /// μ at each of some points.
  func means(at points: [Double]) -> [Double] {
    var scratch = makeScratch()
    let total = points.count / max(1, features)
    var means: [Double] = []
    means.reserveCapacity(total + 8)
    for start in Swift.stride(from: 0, to: total, by: 8) {
      let predicted = predict(points, from: start, &scratch).mean
      for lane in 0..<min(8, total - start) { means.append(predicted[lane]) }
    }
    return means
  }

  /// Functions that are held possible, at N points together. Complexity: N n² + N³ / 3 + N² (n + draws) operations.
  ///
  /// - Parameter points: N rows of D features.
  /// - Returns: for each function its values, without noise.
  func draws(_ draws: Int, at points: [Double], _ stream: inout RandomStream) -> [[Double]] {
    let total = points.count / max(1, features)
    let (own, width) = (Cholesky.stride(for: total), Cholesky.stride(for: count))
    var scratch = makeScratch()
    var means: [Double] = []
    // L⁻¹ k(x) of each point, and its coordinates by their lengthscales.
    var solved = [Double](repeating: 0, count: total * width)
    var scaled = points
    for start in Swift.stride(from: 0, to: total, by: 8) {
      let mean = predict(points, from: start, &scratch).mean
      for lane in 0..<min(8, total - start) {
        means.append(mean[lane])
        for row in 0..<count { solved[(start + lane) * width + row] = scratch.lanes[row][lane] }
        for feature in 0..<coordinates { scaled[(start + lane) * features + feature] *= inverseLengthscales[feature] }
      }
    }
    var covariance = [Double](repeating: 0, count: total * own)
    solved.withUnsafeBufferPointer { solved in
      guard let solved = solved.baseAddress else { return }
      for row in 0..<total {
        for start in Swift.stride(from: 0, through: row, by: 8) {
          let last = min(start + 8, row + 1)
          var squared = Lanes.zero
          for column in start..<last {
            squared[column - start] = squaredDistance(scaled, row * features, scaled, column * features)
          }
          let (value, _) = Kernel.matern(squared)
          for column in start..<last {
            let explained = Cholesky.dot(solved + row * width, solved + column * width, count)
            covariance[row * own + column] = value[column - start] * variance - explained
          }
        }
        covariance[row * own + row] = max(0, covariance[row * own + row]) + Self.jitter * variance
      }
    }
    let factor = Cholesky(covariance, count: total, stride: own)
    return (0..<draws).map { _ in
      let normals = (0..<total).map { _ in stream.normal() }
      return factor.times(normals).enumerated().map { means[$0.offset] + $0.element }
    }
  }

  /// Points that lie close together have the same value to working precision.
  private static let jitter = 1e-9

  /// r² between a point of one array and one of another, whose features begin there.
  @inline(__always)
  private func squaredDistance(_ points: [Double], _ first: Int, _ others: [Double], _ second: Int) -> Double {
    var sum = 0.0
    for feature in 0..<coordinates {
      let difference = points[first + feature] - others[second + feature]
      sum += difference * difference
    }
    for feature in coordinates..<features where points[first + feature] != others[second + feature] {
      sum += precisions[feature]
    }
    return sum
  }

  struct Slope {
    var mean: Double
    var variance: Double
    /// By each coordinate.
    var meanSlope: [Double]
    var varianceSlope: [Double]
  }

  /// μ and v at a point, and their gradients by the coordinates. Complexity: 2 n² + 6 n D operations.
  func slope(at point: [Double], _ scratch: inout Scratch) -> Slope {
    for feature in 0..<features {
      scratch.scaled[feature] = feature < coordinates ? point[feature] * inverseLengthscales[feature] : point[feature]
    }
    covariances(&scratch)
    var (mean, explained) = (self.mean, 0.0)
    for row in 0..<count { mean += scratch.solved[row] * alpha[row] }
    scratch.solved.withUnsafeMutableBufferPointer { solved in
      guard let solved = solved.baseAddress else { return }
      factor.solveLower(solved)
      explained = Cholesky.dot(solved, solved, count)
      factor.solveUpper(solved)
    }
    var meanSlope = [Double](repeating: 0, count: coordinates)
    var varianceSlope = meanSlope
    for row in 0..<count {
      let slope = scratch.slopes[row]
      let (byMean, byVariance) = (-slope * alpha[row], 2 * slope * scratch.solved[row])
      for feature in 0..<coordinates {
        let difference = scratch.scaled[feature] - rows[row * features + feature]
        meanSlope[feature] += byMean * difference
        varianceSlope[feature] += byVariance * difference
      }
    }
    for feature in 0..<coordinates {
      meanSlope[feature] *= inverseLengthscales[feature]
      varianceSlope[feature] *= inverseLengthscales[feature]
    }
    let left = max(Self.smallestVariance * variance, variance - explained)
    return Slope(mean: mean, variance: left, meanSlope: meanSlope, varianceSlope: varianceSlope)
  }

  /// k(x) into `solved`, and s 5/3 (1 + √5 r) exp(-√5 r) into `slopes`, for eight observed points at a time.
  private func covariances(_ scratch: inout Scratch) {
    for start in Swift.stride(from: 0, to: count, by: 8) {
      var squared = Lanes.zero
      for lane in 0..<min(8, count - start) {
        squared[lane] = squaredDistance(scratch.scaled, 0, rows, (start + lane) * features)
      }
      let (value, slope) = Kernel.matern(squared)
      for lane in 0..<min(8, count - start) {
        scratch.solved[start + lane] = value[lane] * variance
        scratch.slopes[start + lane] = slope[lane] * variance
      }
    }
  }
}

/// How well a kernel's parameters explain observations: the negative logarithm of the posterior density of the
/// parameters, up to a constant, and its gradient.
///
/// | symbol | meaning |
/// |---|---|
/// | n, D | observations, features |
/// | K | the kernel's matrix at the observed points, with the noise on its diagonal |
/// | m | the function's mean, of which the prior is normal with variance 1; always the likeliest one |
/// | α | K⁻¹ (y - m) |
///
/// The value is (y - m)ᵀ α / 2 + ln |K| / 2 + m² / 2 + the prior's penalty. Because m is the likeliest, the gradient is that
/// at a fixed m: tr((K⁻¹ - α αᵀ) dK) / 2. Rasmussen, Williams, 5.4.1. Complexity: n³ + 3 n² D operations.
struct Likelihood {
  private let coordinates: Int
  private let features: Int
  private let prior: KernelPrior
  private let count: Int
  private let stride: Int
  /// Feature by feature, `stride` numbers each.
  private let columns: [Double]
  private let values: [Double]

  /// - Parameter rows: n rows of D features.
  init(coordinates: Int, features: Int, rows: [Double], values: [Double], prior: KernelPrior) {
    self.coordinates = coordinates
    self.features = features
    self.prior = prior
    self.values = values
    count = values.count
    stride = Cholesky.stride(for: values.count)
    var columns = [Double](repeating: 0, count: features * stride)
    for row in 0..<count {
      for feature in 0..<features { columns[feature * stride + row] = rows[row * features + feature] }
    }
    self.columns = columns
  }

  func value(at parameters: [Double], gradient: inout [Double]) -> Double {
    let kernel = Kernel(coordinates: coordinates, parameters: parameters)
    let precisions = kernel.inverseLengthscales.map { $0 * $0 }
    let (variance, noise) = (kernel.variance, kernel.noise)
    var matrix = [Double](repeating: 0, count: count * stride)
    var slopes = matrix
    fill(&matrix, &slopes, precisions, variance, noise)
    let factor = Cholesky(matrix, count: count, stride: stride)
    let (mean, alpha) = Self.mean(of: values, factor)
    var fit = 0.0
    for index in 0..<count { fit += (values[index] - mean) * alpha[index] }

    var weights = factor.inverse()
    for index in gradient.indices { gradient[index] = 0 }
    addGradient(&weights, alpha, matrix, slopes, precisions, (variance, noise), &gradient)
    return fit / 2 + factor.logDeterminant / 2 + mean * mean / 2 + prior.penalty(parameters, &gradient)
  }

  /// m and α.
  static func mean(of values: [Double], _ factor: Cholesky) -> (mean: Double, alpha: [Double]) {
    let solved = factor.solve(values)
    let ones = factor.solve([Double](repeating: 1, count: values.count))
    var (numerator, denominator) = (0.0, 1.0)
    for index in values.indices {
      numerator += solved[index]
      denominator += ones[index]
    }
    let mean = numerator / denominator
    return (mean, values.indices.map { solved[$0] - mean * ones[$0] })
  }

  /// The lower triangles of K and of s 5/3 (1 + √5 r) exp(-√5 r).
  private func fill(
    _ matrix: inout [Double], _ slopes: inout [Double], _ precisions: [Double], _ variance: Double, _ noise: Double
  ) {
    columns.withUnsafeBufferPointer { columns in
      matrix.withUnsafeMutableBufferPointer { matrix in
        slopes.withUnsafeMutableBufferPointer { slopes in
          guard let columns = columns.baseAddress, let matrix = matrix.baseAddress, let slopes = slopes.baseAddress
          else { return }
          for row in 0..<count {
            var start = 0
            while start <= row {
              let (value, slope) = Kernel.matern(squaredDistances(row, start, columns, precisions))
              (value * variance).store(to: matrix, row * stride + start)
              (slope * variance).store(to: slopes, row * stride + start)
              start += 8
            }
            matrix[row * stride + row] = variance + noise
          }
        }
      }
    }
  }

  /// r² between a point and the eight from `start` on.
  @inline(__always)
  private func squaredDistances(
    _ row: Int, _ start: Int, _ columns: UnsafePointer<Double>, _ precisions: [Double]
  ) -> Lanes {
    var sum = Lanes.zero
    for feature in 0..<coordinates {
      let column = columns + feature * stride
      let difference = Lanes(column, start) - column[row]
      sum += difference * difference * precisions[feature]
    }
    for feature in coordinates..<features {
      let column = columns + feature * stride
      let differs = Lanes(column, start) .!= Lanes(repeating: column[row])
      sum += Lanes.zero.replacing(with: precisions[feature], where: differs)
    }
    return sum
  }

  private func addGradient(
    _ weights: inout [Double], _ alpha: [Double], _ matrix: [Double], _ slopes: [Double], _ precisions: [Double],
    _ scales: (variance: Double, noise: Double), _ gradient: inout [Double]
  ) {
    var (forVariance, forNoise) = (0.0, 0.0)
    var sums = [Lanes](repeating: .zero, count: features)
    for row in 0..<count {
      let start = row * stride
      let diagonal = weights[start + row] - alpha[row] * alpha[row]
      forNoise += diagonal / 2
      forVariance += diagonal * scales.variance / 2
      for column in 0..<row {
        let weight = weights[start + column] - alpha[row] * alpha[column]
        forVariance += weight * matrix[start + column]
        weights[start + column] = weight * slopes[start + column]
      }
      for column in row..<min(stride, (row + 8) / 8 * 8) { weights[start + column] = 0 }
      addRow(row, weights, &sums)
    }
    for feature in 0..<features { gradient[feature] += sums[feature].ordered * precisions[feature] }
    gradient[features] += forVariance
    gradient[features + 1] += forNoise * scales.noise
  }

  /// Adds, for each feature, Σ over the points before `row` of weight · difference².
  private func addRow(_ row: Int, _ weights: [Double], _ sums: inout [Lanes]) {
    columns.withUnsafeBufferPointer { columns in
      weights.withUnsafeBufferPointer { weights in
        guard let columns = columns.baseAddress, let weights = weights.baseAddress else { return }
        let weight = weights + row * stride
        for feature in 0..<coordinates {
          let column = columns + feature * stride
          var (sum, start) = (Lanes.zero, 0)
          while start < row {
            let difference = Lanes(column, start) - column[row]
            sum += difference * difference * Lanes(weight, start)
            start += 8
          }
          sums[feature] += sum
        }
        for feature in coordinates..<features {
          let column = columns + feature * stride
          var (sum, start) = (Lanes.zero, 0)
          while start < row {
            let differs = Lanes(column, start) .!= Lanes(repeating: column[row])
            sum += Lanes.zero.replacing(with: Lanes(weight, start), where: differs)
            start += 8
          }
          sums[feature] += sum
        }
      }
    }
  }
}

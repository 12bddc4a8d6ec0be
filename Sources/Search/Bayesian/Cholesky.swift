/// The factor L of a symmetric positive definite matrix A = L Lᵀ, lower triangular, row by row.
///
/// | symbol | meaning |
/// |---|---|
/// | n | rows |
/// | stride | doubles from one row to the next: n rounded up to a multiple of eight; what lies beyond the diagonal is 0 |
///
/// Golub, Van Loan, "Matrix Computations", 4th ed., 4.2. Every sum runs in a fixed order.
struct Cholesky: Sendable {
  private(set) var count: Int
  let stride: Int
  private(set) var rows: [Double]

  /// A pivot below this part of its diagonal element is lifted to it: A was not positive definite to working precision.
  private static let smallestPivot = 1e-13

  /// Factors the lower triangle of a matrix in the place of the matrix. Complexity: n³ / 3 operations.
  ///
  /// - Parameter matrix: `count` rows with `stride` doubles each; zero from the end of each row's lower triangle on.
  init(_ matrix: [Double], count: Int, stride: Int) {
    rows = matrix
    self.count = count
    self.stride = stride
    rows.withUnsafeMutableBufferPointer { buffer in
      guard let rows = buffer.baseAddress else { return }
      for row in 0..<count { Self.factor(row: row, of: rows, stride: stride) }
    }
  }

  static func stride(for count: Int) -> Int { (count + 7) / 8 * 8 }

  /// Turns a row of A into one of L, given the rows of L above it.
  private static func factor(row: Int, of rows: UnsafeMutablePointer<Double>, stride: Int) {
    let target = rows + row * stride
    for column in 0..<row {
      let above = rows + column * stride
      target[column] = (target[column] - dot(target, above, column)) / above[column]
    }
    let diagonal = target[row]
    let pivot = diagonal - dot(target, target, row)
    target[row] = max(pivot, smallestPivot * abs(diagonal) + 1e-300).squareRoot()
  }

  /// Σ a[k] b[k] for k below `count`.
  @inline(__always)
  static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    var (sum, other) = (Lanes.zero, Lanes.zero)
    var index = 0
    while index + 16 <= count {
      sum += Lanes(a, index) * Lanes(b, index)
      other += Lanes(a, index + 8) * Lanes(b, index + 8)
      index += 16
    }
    var rest = 0.0
    if index + 8 <= count {
      sum += Lanes(a, index) * Lanes(b, index)
      index += 8
    }
    while index < count {
      rest += a[index] * b[index]
      index += 1
    }
    return (sum + other).ordered + rest
  }

  /// ln |A| = 2 Σ ln L[i, i].
  var logDeterminant: Double {
    var sum = 0.0
    for row in 0..<count { sum += Arithmetic.log(rows[row * stride + row]) }
    return 2 * sum
  }

  /// L⁻¹ b in the place of b. Complexity: n² operations.
  func solveLower(_ b: UnsafeMutablePointer<Double>) {
    rows.withUnsafeBufferPointer { buffer in
      guard let rows = buffer.baseAddress else { return }
      for row in 0..<count {
        let left = rows + row * stride
        b[row] = (b[row] - Self.dot(left, b, row)) / left[row]
      }
    }
  }

  /// L⁻ᵀ b in the place of b. Complexity: n² operations.
  func solveUpper(_ b: UnsafeMutablePointer<Double>) {
    rows.withUnsafeBufferPointer { buffer in
      guard let rows = buffer.baseAddress else { return }
      for row in stride(from: count - 1, through: 0, by: -1) {
        let left = rows + row * stride
        let value = b[row] / left[row]
        b[row] = value
        for column in 0..<row { b[column] -= value * left[column] }
      }
    }
  }

  private func stride(from start: Int, through end: Int, by step: Int) -> StrideThrough<Int> {
    Swift.stride(from: start, through: end, by: step)
  }

  /// L b.
  func times(_ b: [Double]) -> [Double] {
    rows.withUnsafeBufferPointer { rows in
      b.withUnsafeBufferPointer { b in
        guard let rows = rows.baseAddress, let b = b.baseAddress else { return [] }
        return (0..<count).map { Self.dot(rows + $0 * stride, b, $0 + 1) }
      }
    }
  }

  /// A⁻¹ b.
  func solve(_ b: [Double]) -> [Double] {
    var x = b
    x.withUnsafeMutableBufferPointer { buffer in
      guard let x = buffer.baseAddress else { return }
      solveLower(x)
      solveUpper(x)
    }
    return x
  }

  /// L⁻¹ B in the place of B, for eight right-hand sides at once: `lanes[i]` holds row i of B.
  func solveLower(lanes: UnsafeMutablePointer<Lanes>) {
    rows.withUnsafeBufferPointer { buffer in
      guard let rows = buffer.baseAddress else { return }
      for row in 0..<count {
        let left = rows + row * stride
        var (sum, other) = (lanes[row], Lanes.zero)
        var column = 0
        while column + 2 <= row {
          sum -= lanes[column] * left[column]
          other += lanes[column + 1] * left[column + 1]
          column += 2
        }
        if column < row { sum -= lanes[column] * left[column] }
        lanes[row] = (sum - other) / left[row]
      }
    }
  }

  /// The lower triangle of A⁻¹, with `stride` doubles in each row. Complexity: 2n³ / 3 operations.
  func inverse() -> [Double] {
    var (factor, result) = ([Double](repeating: 0, count: rows.count), [Double](repeating: 0, count: rows.count))
    rows.withUnsafeBufferPointer { rows in
      factor.withUnsafeMutableBufferPointer { factor in
        result.withUnsafeMutableBufferPointer { result in
          guard let rows = rows.baseAddress, let factor = factor.baseAddress, let result = result.baseAddress else {
            return
          }
          invertFactor(rows, into: factor)
          // A⁻¹ = L⁻ᵀ L⁻¹ = Σ over the rows of L⁻¹ of row · rowᵀ.
          for row in 0..<count {
            let source = factor + row * stride
            for target in 0...row { Self.add(source[target], source, to: result + target * stride, count: target + 1) }
          }
        }
      }
    }
    return result
  }

  private func invertFactor(_ rows: UnsafePointer<Double>, into factor: UnsafeMutablePointer<Double>) {
    for row in 0..<count {
      let (left, target) = (rows + row * stride, factor + row * stride)
      for column in 0..<row { Self.add(-left[column], factor + column * stride, to: target, count: column + 1) }
      let diagonal = 1 / left[row]
      for column in 0..<row { target[column] *= diagonal }
      target[row] = diagonal
    }
  }

  /// target += scale · source, rounded up to whole groups of eight, which rows have room for.
  @inline(__always)
  private static func add(
    _ scale: Double, _ source: UnsafePointer<Double>, to target: UnsafeMutablePointer<Double>, count: Int
  ) {
    var index = 0
    while index < count {
      (Lanes(target, index) + Lanes(source, index) * scale).store(to: target, index)
      index += 8
    }
  }
}

import Testing

@testable import Search

/// Numbers for tests that are the same in every run.
private func numbers(_ count: Int, seed: UInt64) -> [Double] {
  var stream = RandomStream(seed: seed, decision: 0, purpose: .candidates)
  return (0..<count).map { _ in stream.uniform() }
}

@Suite("Cholesky factors")
struct CholeskyTests {
  /// B Bᵀ + I / 100 with a random B.
  private func matrix(_ count: Int, seed: UInt64) -> (rows: [Double], stride: Int) {
    let (random, stride) = (numbers(count * count, seed: seed), Cholesky.stride(for: count))
    var rows = [Double](repeating: 0, count: count * stride)
    for row in 0..<count {
      for column in 0...row {
        var sum = row == column ? 0.01 : 0
        for place in 0..<count { sum += random[row * count + place] * random[column * count + place] }
        rows[row * stride + column] = sum
      }
    }
    return (rows, stride)
  }

  @Test("The factor times its transpose is the matrix", arguments: [1, 2, 7, 8, 9, 31, 40])
  func product(_ count: Int) {
    let (rows, stride) = matrix(count, seed: 3)
    let factor = Cholesky(rows, count: count, stride: stride)
    for row in 0..<count {
      for column in 0...row {
        var sum = 0.0
        for place in 0...column { sum += factor.rows[row * stride + place] * factor.rows[column * stride + place] }
        #expect(abs(sum - rows[row * stride + column]) <= 1e-12 * Double(count))
      }
    }
  }

  @Test("Solutions, eight at a time or one, and the inverse fit the matrix", arguments: [1, 5, 8, 17, 33])
  func solutions(_ count: Int) {
    let (rows, stride) = matrix(count, seed: 4)
    let factor = Cholesky(rows, count: count, stride: stride)
    func entry(_ row: Int, _ column: Int) -> Double { rows[max(row, column) * stride + min(row, column)] }
    let right = numbers(count, seed: 5)
    let x = factor.solve(right)
    let inverse = factor.inverse()
    var lanes = right.map { Lanes(repeating: $0) }
    lanes.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { factor.solveLower(lanes: base) }
    }
    var lower = right
    lower.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { factor.solveLower(base) }
    }
    for row in 0..<count {
      var (sum, product) = (0.0, 0.0)
      for column in 0..<count {
        sum += entry(row, column) * x[column]
        product += entry(row, column) * inverse[max(column, 0) * stride]
      }
      #expect(abs(sum - right[row]) <= 1e-8)
      #expect(abs(product - (row == 0 ? 1 : 0)) <= 1e-8)
      #expect(abs(lanes[row][5] - lower[row]) <= 1e-9 * max(1, abs(lower[row])))
    }
  }

  @Test("A singular matrix has a finite factor all the same")
  func singular() {
    let rows = [Double](repeating: 1, count: 16 * 16)
    let factor = Cholesky(rows, count: 16, stride: 16)
    #expect(factor.rows.allSatisfy { $0.isFinite })
    #expect(factor.solve([Double](repeating: 1, count: 16)).allSatisfy { $0.isFinite })
  }
}

@Suite("Minima in a box")
struct BoxMinimizerTests {
  @Test("Rosenbrock's valley is followed to its end")
  func rosenbrock() {
    let minimizer = BoxMinimizer(lower: [-5, -5], upper: [5, 5], iterations: 200, tolerance: 1e-14)
    let found = minimizer.minimize(from: [-1.2, 1]) { x, gradient in
      let (bend, rest) = (x[1] - x[0] * x[0], 1 - x[0])
      gradient = [-400 * x[0] * bend - 2 * rest, 200 * bend]
      return 100 * bend * bend + rest * rest
    }
    #expect(abs(found.point[0] - 1) < 1e-4 && abs(found.point[1] - 1) < 1e-4)
  }

  @Test("A convex quadratic's minimum satisfies the conditions of Karush, Kuhn and Tucker", arguments: 0..<20)
  func quadratic(_ seed: Int) {
    let count = 6
    let random = numbers(count * count + count, seed: UInt64(seed))
    func gradient(_ x: [Double]) -> [Double] {
      (0..<count).map { row in
        var sum = (random[count * count + row] - 0.5) * 8 + 0.1 * x[row]
        for column in 0..<count {
          for place in 0..<count {
            sum += random[place * count + row] * random[place * count + column] * x[column]
          }
        }
        return sum
      }
    }
    let minimizer = BoxMinimizer(
      lower: .init(repeating: -1, count: count), upper: .init(repeating: 1, count: count), iterations: 500,
      tolerance: 1e-15)
    let found = minimizer.minimize(from: .init(repeating: 0, count: count)) { x, slope in
      slope = gradient(x)
      var value = 0.0
      for index in x.indices { value += x[index] * (slope[index] + (random[count * count + index] - 0.5) * 8) / 2 }
      return value
    }
    for (x, slope) in zip(found.point, gradient(found.point)) {
      if x <= -1 { #expect(slope > -1e-4) } else if x >= 1 { #expect(slope < 1e-4) } else { #expect(abs(slope) < 1e-3) }
    }
  }
}

@Suite("Gaussian processes")
struct GaussianProcessTests {
  /// Rows with two coordinates, a choice of three and an activity, and values.
  private let rows: [Double]
  private let values: [Double]
  private let count = 21
  private let prior = KernelPrior(features: 4, typicalDimension: 3)

  init() {
    let random = numbers(count * 4, seed: 11)
    var (rows, values): ([Double], [Double]) = ([], [])
    for index in 0..<count {
      let (x, y) = (random[4 * index], random[4 * index + 1])
      let (choice, active) = ((random[4 * index + 2] * 3).rounded(.down), random[4 * index + 3] < 0.5 ? 1.0 : 0)
      rows += [x, y, choice, active]
      values.append(2 * x - 1.5 * y * y + 0.5 * choice - active + 0.1 * random[4 * index + 3])
    }
    (self.rows, self.values) = (rows, values)
  }

  @Test("The likelihood's gradient is that of its finite differences", arguments: 0..<5)
  func likelihood(_ seed: Int) {
    let likelihood = Likelihood(coordinates: 2, features: 4, rows: rows, values: values, prior: prior)
    let point = numbers(6, seed: UInt64(100 + seed)).enumerated().map { $0 < 5 ? $1 * 3 - 1.5 : $1 * 4 - 6 }
    var gradient = [Double](repeating: 0, count: 6)
    _ = likelihood.value(at: point, gradient: &gradient)
    var unused = gradient
    for index in point.indices {
      let step = 1e-5
      var (above, below) = (point, point)
      above[index] += step
      below[index] -= step
      let difference =
        likelihood.value(at: above, gradient: &unused) - likelihood.value(at: below, gradient: &unused)
      #expect(abs(difference / (2 * step) - gradient[index]) <= 1e-5 * max(1, abs(gradient[index])))
    }
  }

  private func process(noise: Double) -> GaussianProcess {
    let kernel = Kernel(coordinates: 2, parameters: [-0.3, 0.1, 0.4, 0.2, 0.5, noise])
    return GaussianProcess(kernel: kernel, rows: rows, values: values)
  }

  @Test("Without noise, the mean passes through the observations, where nothing is unknown")
  func interpolation() {
    let process = process(noise: -14)
    var scratch = process.makeScratch()
    for start in stride(from: 0, to: count, by: 8) {
      let (mean, variance) = process.predict(rows, from: start, &scratch)
      for lane in 0..<min(8, count - start) {
        #expect(abs(mean[lane] - values[start + lane]) < 1e-3)
        #expect(variance[lane] < 1e-4)
      }
    }
  }

  @Test("Far from all observations, the prior is left")
  func far() {
    let process = process(noise: -5)
    var scratch = process.makeScratch()
    let (_, variance) = process.predict([1e6, 1e6, 9, 9], from: 0, &scratch)
    #expect(abs(variance[0] - Arithmetic.exp(0.5)) < 1e-12)
  }

  @Test("Slopes agree with predictions and their finite differences")
  func slopes() {
    let process = process(noise: -4)
    var scratch = process.makeScratch()
    func predict(_ point: [Double]) -> (mean: Double, variance: Double) {
      var scratch = process.makeScratch()
      let (mean, variance) = process.predict(point, from: 0, &scratch)
      return (mean[0], variance[0])
    }
    let point = [0.37, 0.61, 1, 0]
    let slope = process.slope(at: point, &scratch)
    #expect(abs(slope.mean - predict(point).mean) < 1e-10)
    #expect(abs(slope.variance - predict(point).variance) < 1e-10)
    for index in 0..<2 {
      var (above, below) = (point, point)
      above[index] += 1e-5
      below[index] -= 1e-5
      let (high, low) = (predict(above), predict(below))
      #expect(abs((high.mean - low.mean) / 2e-5 - slope.meanSlope[index]) < 1e-5)
      #expect(abs((high.variance - low.variance) / 2e-5 - slope.varianceSlope[index]) < 1e-5)
    }
  }

  @Test("The acquisition's slope is that of its finite differences, with and without a model of feasibility")
  func acquisition() {
    let space = Space([
      Parameter(name: "x", domain: .float(FloatRange(lower: 0, upper: 1))),
      Parameter(name: "y", domain: .float(FloatRange(lower: 0, upper: 1))),
      Parameter(name: "a", domain: .choice([.int(1), .int(2), .int(3)])),
      Parameter(name: "b", domain: .choice([.int(1), .int(2)])),
    ])
    let labels = values.map { $0 < 0 ? -1.0 : 1 }
    let feasible = GaussianProcess(kernel: process(noise: -4).kernel, rows: rows, values: labels)
    let (one, other) = (
      process(noise: -4),
      GaussianProcess(kernel: process(noise: -6).kernel, rows: rows, values: values.map { $0 * $0 - 1 })
    )
    let front = HypervolumeImprovement(
      over: [[-0.9, 0.8], [-0.2, -0.1], [0.6, -0.7], [0.7, 0.9]], reference: [1.2, 1.1])
    let goals: [([GaussianProcess], Acquisition.Goal)] = [([one], .best(-0.6)), ([one, other], .front(front))]
    for (feasibility, (processes, goal)) in [nil, feasible].flatMap({ model in goals.map { (model, $0) } }) {
      var acquisition = Acquisition(
        processes, over: goal, feasibility: feasibility, priorWeight: 0, encoding: Encoding(space))
      for point in [[0.2, 0.9, 0, 1], [0.8, 0.15, 2, 0], [0.5, 0.5, 1, 1]] {
        let (score, slope) = acquisition.slope(point)
        #expect(abs(score - acquisition.scores(point, point, count: 1)[0]) < 1e-9)
        for index in 0..<2 {
          var (above, below) = (point, point)
          above[index] += 1e-5
          below[index] -= 1e-5
          let difference = acquisition.slope(above).score - acquisition.slope(below).score
          #expect(abs(difference / 2e-5 - slope[index]) <= 1e-5 * max(1, abs(slope[index])))
        }
      }
    }
  }
}

@Suite("Output transforms")
struct OutputTransformTests {
  @Test(
    "Order is kept, the size is taken out, and values come back", arguments: [true, false], [true, false])
  func roundTrip(_ isPower: Bool, _ softensTail: Bool) {
    let random = numbers(40, seed: 8)
    for scale in [1e-300, 1e-3, 1, 1e9, 1e300] {
      let values = random.map { ($0 * $0 * 3 - 0.4) * scale }
      let transform = OutputTransform(values, isPower: isPower, softensTail: softensTail)
      let order = values.indices.sorted { values[$0] < values[$1] }
      for (one, next) in zip(order, order.dropFirst()) {
        #expect(transform.transformed[one] <= transform.transformed[next])
      }
      // The bad tail is cut off.
      let worst = transform.transformed.max() ?? 0
      for index in values.indices where transform.transformed[index] < worst {
        #expect(abs(transform.inverted(transform.transformed[index]) - values[index]) <= 1e-9 * 3 * scale)
      }
    }
  }

  @Test("What explodes takes nothing from the differences among what is good", arguments: [true, false])
  func explosion(_ isPower: Bool) {
    let good = (0..<8).map { 1 + 0.1 * Double($0) }
    let values = good + [1e3, 1e9, 1e15]
    let transformed = OutputTransform(values, isPower: isPower).transformed
    #expect(transformed[7] - transformed[0] > 0.5)
    #expect(transformed[8] == transformed[10])
  }

  @Test("A softened tail tells bad values apart, and keeps the differences among what is good")
  func softenedTail() {
    // The median is 0.3, so the limit is 0.3 + 3 * 0.3 = 1.2.
    let values = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 3.6]
    let transform = OutputTransform(values, isPower: false, softensTail: true)
    // ln (1 + 2.4 / 1.2) = 1.0986122886681098, so what is 3.6 is taken for 2.5183347464017316.
    let seen = Array(values.dropLast()) + [1.2 + 1.2 * 1.0986122886681098]
    let mean = seen.reduce(0, +) / 7
    let deviation = (seen.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 7).squareRoot()
    for (index, value) in seen.enumerated() {
      #expect(abs(transform.transformed[index] - (value - mean) / deviation) < 1e-12)
      #expect(abs(transform.inverted(transform.transformed[index]) - values[index]) < 1e-12)
    }
    let bad = OutputTransform([0, 0.1, 0.2, 0.3, 0.4, 0.5, 3, 30, 1e300], isPower: false, softensTail: true).transformed
    #expect(bad[6] < bad[7] && bad[7] <= bad[8])
  }

  @Test("Values that are all alike, or one that is far off, give finite numbers")
  func odd() {
    for values in [
      [1e300], [5, 5, 5, 5, 5], [0, 0], [1, 2, 3, 4, 1e300], [-1e300, 1, 2, 3, 1e300], [.leastNonzeroMagnitude, 0],
    ] {
      for (isPower, softensTail) in [(true, false), (false, false), (false, true)] {
        let transform = OutputTransform(values, isPower: isPower, softensTail: softensTail)
        #expect(transform.transformed.allSatisfy { $0.isFinite }, "\(values)")
        #expect(transform.inverted(-2).isFinite && transform.inverted(9).isFinite)
      }
    }
  }
}

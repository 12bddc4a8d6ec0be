/// Finds a local minimum of a smooth function in a box: L-BFGS on the variables that are not held by a bound, with a
/// backtracking line search along the projected path.
///
/// | symbol | meaning |
/// |---|---|
/// | s, y | the last steps, and how the gradient changed over each |
/// | ρ | 1 / (s · y) |
///
/// Nocedal, "Updating quasi-Newton matrices with limited storage", Math. Comp. 35, 1980; Bertsekas, "Projected Newton
/// methods for optimization problems with simple constraints", SIAM J. Control Optim. 20, 1982.
struct BoxMinimizer {
  var lower: [Double]
  var upper: [Double]
  var iterations = 50
  /// Ends when an iteration gains less than this.
  var tolerance = 1e-6
  private static let memory = 8
  private static let sufficientDecrease = 1e-4

  /// - Parameter function: the value at a point; it puts the gradient into the second argument.
  /// - Returns: the best point and its value. Infinite values count as too bad; the value at `start` must be finite.
  func minimize(
    from start: [Double], _ function: ([Double], inout [Double]) -> Double
  ) -> (point: [Double], value: Double) {
    var point = project(start)
    var gradient = [Double](repeating: 0, count: start.count)
    var value = function(point, &gradient)
    guard value.isFinite else { return (point, value) }
    var history: [Step] = []
    for _ in 0..<iterations {
      let free = point.indices.map { !isHeld($0, at: point, gradient) }
      var direction = descent(gradient, free, history)
      var slope = Self.dot(direction, gradient)
      if slope >= 0 {
        history = []
        direction = gradient.indices.map { free[$0] ? -gradient[$0] : 0 }
        slope = Self.dot(direction, gradient)
        if slope == 0 { break }
      }
      // The first step has no curvature to go by: no variable moves by more than a part of its box.
      var length = history.isEmpty ? firstLength(direction) : 1.0
      var (next, nextGradient, nextValue) = (point, gradient, Double.infinity)
      var isFound = false
      for _ in 0..<12 {
        next = project(point.indices.map { point[$0] + length * direction[$0] })
        nextValue = function(next, &nextGradient)
        let gain = Self.dot(gradient, zip(next, point).map { $0 - $1 })
        isFound = nextValue <= value + Self.sufficientDecrease * gain && nextValue.isFinite
        if isFound || next == point { break }
        // Where the parabola through what is known has its minimum.
        let curve = 2 * (nextValue - value - slope * length)
        let vertex = curve > 0 && curve.isFinite ? -slope * length * length / curve : 0
        length = min(0.5 * length, max(0.1 * length, vertex))
      }
      guard isFound, next != point else { break }
      let step = Step(
        move: zip(next, point).map { $0 - $1 }, change: zip(nextGradient, gradient).map { $0 - $1 })
      if step.curvature > 1e-12 * Self.dot(step.change, step.change).squareRoot() {
        if history.count == Self.memory { history.removeFirst() }
        history.append(step)
      }
      let gain = value - nextValue
      (point, gradient, value) = (next, nextGradient, nextValue)
      if gain < tolerance { break }
    }
    return (point, value)
  }

  private struct Step {
    var move: [Double]
    var change: [Double]
    var curvature: Double { BoxMinimizer.dot(move, change) }
  }

  private func project(_ point: [Double]) -> [Double] {
    point.indices.map { min(upper[$0], max(lower[$0], point[$0])) }
  }

  /// Whether a variable is at a bound, and descent would lead it beyond.
  private func isHeld(_ index: Int, at point: [Double], _ gradient: [Double]) -> Bool {
    point[index] <= lower[index] && gradient[index] > 0 || point[index] >= upper[index] && gradient[index] < 0
      || lower[index] == upper[index]
  }

  private func firstLength(_ direction: [Double]) -> Double {
    var length = 1.0
    for index in direction.indices where direction[index] != 0 {
      length = min(length, 0.1 * (upper[index] - lower[index]) / abs(direction[index]))
    }
    return length
  }

  /// The two-loop recursion over the free variables.
  private func descent(_ gradient: [Double], _ free: [Bool], _ history: [Step]) -> [Double] {
    var direction = gradient.indices.map { free[$0] ? -gradient[$0] : 0 }
    guard let last = history.last else { return direction }
    var weights = [Double](repeating: 0, count: history.count)
    for (index, step) in history.enumerated().reversed() {
      weights[index] = Self.dot(step.move, direction) / step.curvature
      for place in direction.indices { direction[place] -= weights[index] * step.change[place] }
    }
    let scale = last.curvature / Self.dot(last.change, last.change)
    for place in direction.indices { direction[place] *= scale }
    for (index, step) in history.enumerated() {
      let weight = weights[index] - Self.dot(step.change, direction) / step.curvature
      for place in direction.indices { direction[place] += weight * step.move[place] }
    }
    for place in direction.indices where !free[place] { direction[place] = 0 }
    return direction
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }
}

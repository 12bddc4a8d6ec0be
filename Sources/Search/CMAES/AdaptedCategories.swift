/// The chances of the values of unordered choices, and how they move towards what did well.
///
/// | symbol | meaning |
/// |---|---|
/// | q[i, k] | chance of value k of choice i |
/// | G | Σ w (c - q): the natural gradient, with c a sample as zeros and a one |
/// | Δ | how uncertain the gradient's direction is: steps have the length 1 / Δ in the metric of Fisher |
///
/// Hamano, Saito, Nomura, Uchida, Shirakawa, "CatCMA: stochastic optimization for mixed-category problems", GECCO 2024,
/// with the step length of Akimoto et al., "Adaptive stochastic natural gradient method for one-shot neural architecture
/// search", ICML 2019, and a least chance for every value that the user does not exclude.
struct AdaptedCategories: Sendable {
  /// By choice, then by value.
  private(set) var chances: [[Double]]
  /// By choice: the least chance of a value.
  private let least: [Double]
  private let isExcluded: [[Bool]]
  private var uncertainty = 1.0
  private var direction: [Double]
  private var expectedSquare = 0.0

  /// - Parameters:
  ///   - chances: at first; a value whose chance is 0 keeps it.
  ///   - margins: how many coordinates keep a margin, these choices and the numbers in bins.
  init(chances: [[Double]], margins: Int) {
    let share = 1 - Arithmetic.power(0.73, 1 / Double(max(1, margins)))
    isExcluded = chances.map { $0.map { $0 == 0 } }
    least = isExcluded.map { share / Double(max(1, $0.count { !$0 } - 1)) }
    direction = [Double](repeating: 0, count: chances.reduce(0) { $0 + $1.count - 1 })
    self.chances = chances
    for choice in chances.indices { keepMargin(choice) }
  }

  func draw(from stream: inout RandomStream) -> [Int] {
    chances.map { chances in
      var left = stream.uniform()
      for (value, chance) in chances.enumerated() {
        left -= chance
        if left < 0 { return value }
      }
      return chances.lastIndex { $0 > 0 } ?? 0
    }
  }

  /// - Parameters:
  ///   - samples: the better half of a generation, the best first: by choice the value, or nil where the choice was
  ///     inactive and does not count.
  ///   - weights: adding up to 1.
  mutating func update(_ samples: [[Int?]], weights: [Double]) {
    guard !chances.isEmpty else { return }
    let gradient = gradient(samples, weights)
    let root = rootOfFisher(gradient)
    let length = root.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 1e-12 else { return }
    let step = 1 / uncertainty
    for choice in chances.indices {
      for value in chances[choice].indices { chances[choice][value] += step / length * gradient[choice][value] }
    }
    let rate = min(1, step / Double(max(1, direction.count)).squareRoot())
    let gain = (rate * (2 - rate)).squareRoot()
    for index in direction.indices { direction[index] = (1 - rate) * direction[index] + gain * root[index] / length }
    expectedSquare = (1 - rate) * (1 - rate) * expectedSquare + rate * (2 - rate)
    let square = direction.reduce(0) { $0 + $1 * $1 }
    uncertainty *= Arithmetic.exp(rate * (expectedSquare - square / Self.threshold))
    for choice in chances.indices { keepMargin(choice) }
  }

  private static let threshold = 1.5

  private func gradient(_ samples: [[Int?]], _ weights: [Double]) -> [[Double]] {
    chances.enumerated().map { choice, chances in
      chances.indices.map { value in
        zip(samples, weights).reduce(0) { sum, pair in
          guard let drawn = pair.0[choice] else { return sum }
          return sum + pair.1 * ((drawn == value ? 1 : 0) - chances[value])
        }
      }
    }
  }

  /// The gradient times a root of Fisher's matrix: appendix B of Akimoto et al.
  private func rootOfFisher(_ gradient: [[Double]]) -> [Double] {
    zip(chances, gradient).flatMap { chances, gradient -> [Double] in
      let last = max(chances[chances.count - 1], 1e-12)
      let sum = gradient.dropLast().reduce(0, +)
      return zip(chances, gradient).dropLast().map { chance, slope in
        let root = max(chance, 1e-12).squareRoot()
        return slope / root + root * sum / (last + last.squareRoot())
      }
    }
  }

  /// Raises what is below the least chance, and takes it from what is above.
  private mutating func keepMargin(_ choice: Int) {
    let least = least[choice]
    var raised = chances[choice]
    for value in raised.indices { raised[value] = isExcluded[choice][value] ? 0 : max(least, raised[value]) }
    let sum = raised.reduce(0, +)
    let spare = raised.reduce(0) { $0 + max(0, $1 - least) }
    guard spare > 0 else { return chances[choice] = raised.map { $0 / sum } }
    for value in raised.indices where raised[value] > least {
      raised[value] -= (sum - 1) * (raised[value] - least) / spare
    }
    let total = raised.reduce(0, +)
    chances[choice] = raised.map { $0 / total }
  }
}

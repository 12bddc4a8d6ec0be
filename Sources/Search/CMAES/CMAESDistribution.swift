/// Where a CMA-ES draws points of a space from: a normal distribution over what is continuous or in bins with an order,
/// and chances for unordered choices.
struct CMAESDistribution: Sendable {
  /// What a point was drawn as, or a point from elsewhere on the same coordinates.
  struct Sample: Sendable {
    /// By coordinate of the normal distribution.
    var numbers: [Double]
    /// By unordered choice: the value's number.
    var values: [Int]
    /// Whether the parameter of each coordinate, and of each choice, was active.
    var activeNumbers: [Bool]
    var activeValues: [Bool]
  }

  private(set) var gaussian: AdaptedGaussian
  private(set) var categories: AdaptedCategories
  let population: Int
  private let numbers: [Axis]
  private let choices: [Axis]
  /// The least chance that a coordinate in bins leaves its bin.
  private let margin: Double

  /// - Parameters:
  ///   - mean, deviations: on each axis that is not an unordered choice.
  init(axes: [Axis], mean: [Double], deviations: [Double], population: Int) {
    numbers = axes.filter { $0.kind != .unordered }
    choices = axes.filter { $0.kind == .unordered }
    self.population = population
    gaussian = AdaptedGaussian(mean: mean, deviations: deviations, population: population)
    let margins = choices.count + numbers.count { $0.kind == .graded }
    margin = 1 - Arithmetic.power(0.73, 1 / Double(max(1, margins)))
    let chances = choices.map { $0.weights ?? [Double](repeating: 1 / Double($0.count), count: $0.count) }
    categories = AdaptedCategories(chances: chances, margins: margins)
    keepMargins()
  }

  // MARK: - Samples

  /// The next point of the space; what is continuous is drawn again while it is out of bounds, and then moved to them.
  func draw(from stream: inout RandomStream, _ space: Space) -> (point: Point, sample: Sample) {
    var drawn = gaussian.draw(from: &stream)
    for _ in 0..<Self.redraws where !isInside(drawn) { drawn = gaussian.draw(from: &stream) }
    for (index, axis) in numbers.enumerated() where axis.kind == .continuous {
      drawn[index] = min(1, max(0, drawn[index]))
    }
    let values = categories.draw(from: &stream)
    return makePoint(drawn, values, space)
  }

  private static let redraws = 8

  private func isInside(_ drawn: [Double]) -> Bool {
    zip(numbers, drawn).allSatisfy { $0.kind != .continuous || $1 >= 0 && $1 < 1 }
  }

  private func makePoint(_ drawn: [Double], _ values: [Int], _ space: Space) -> (Point, Sample) {
    var point = Point(space.parameters.map { if case .constant(let value) = $0.domain { value } else { nil } })
    for parameter in space.parameters.indices where point.values[parameter] == nil {
      point.values[parameter] = space.parameters[parameter].domain.value(at: 0)
    }
    for (axis, place) in zip(numbers, drawn) {
      point.values[axis.parameter] = axis.domain.value(at: min(1 - 0x1p-53, max(0, place)))
    }
    for (axis, value) in zip(choices, values) { point.values[axis.parameter] = axis.domain.value(number: value) }
    point = space.activated(point)
    return (point, makeSample(drawn, values, point))
  }

  private func makeSample(_ drawn: [Double], _ values: [Int], _ point: Point) -> Sample {
    Sample(
      numbers: drawn, values: values, activeNumbers: numbers.map { point.values[$0.parameter] != nil },
      activeValues: choices.map { point.values[$0.parameter] != nil })
  }

  /// A point from elsewhere as a sample. What is inactive is at the mean, and does not count.
  func sample(of point: Point) -> Sample {
    let places = numbers.enumerated().map { index, axis in
      point.values[axis.parameter].map(axis.domain.coordinate) ?? gaussian.mean[index]
    }
    let values = choices.map { axis in
      point.values[axis.parameter].map { axis.shape.bin(at: axis.domain.coordinate(of: $0)) } ?? 0
    }
    return makeSample(gaussian.injected(places), values, point)
  }

  // MARK: - Update

  /// Moves towards the better ones of a generation.
  ///
  /// - Parameter samples: the best first, as many as `population`.
  /// - Returns: false when the distribution is of no more use.
  mutating func update(_ samples: [Sample]) -> Bool {
    let isSound = gaussian.update(samples.map(\.numbers), counts: samples.map(\.activeNumbers))
    updateCategories(samples)
    guard isSound else { return false }
    keepMargins()
    return gaussian.stretch < Self.mostStretch
  }

  /// Moves the chances of the choices only.
  mutating func updateCategories(_ samples: [Sample]) {
    let weights = Self.parentWeights(population)
    let drawn = samples.prefix(weights.count).map { sample in
      zip(sample.values, sample.activeValues).map { $1 ? $0 : nil }
    }
    categories.update(drawn, weights: weights)
  }

  /// Of the better half, adding up to 1.
  static func parentWeights(_ population: Int) -> [Double] {
    Array(AdaptedGaussian.Constants(dimension: 1, population: population).weights.prefix(population / 2))
  }

  private static let mostStretch = 1e7

  private mutating func keepMargins() {
    for (index, axis) in numbers.enumerated() where axis.kind == .graded {
      let mean = gaussian.mean[index]
      let bin = axis.shape.bin(at: min(1 - 0x1p-53, max(0, mean)))
      let edges = axis.shape.edges(ofBin: bin)
      let corrected = Margin.corrected(
        mean: mean, deviation: gaussian.deviation(index), lower: bin > 0 ? edges.lower : nil,
        upper: bin + 1 < axis.count ? edges.upper : nil, margin: margin)
      gaussian.set(index, mean: corrected.mean, deviation: corrected.deviation)
    }
  }

  /// The largest standard deviation of what is continuous, in lengths of the axes; nil where nothing is.
  var reach: Double? {
    numbers.indices.filter { numbers[$0].kind == .continuous }.map(gaussian.deviation).max()
  }
}

/// How points descend from others, on the places of the axes: crossover of two parents, and mutation.
///
/// Numbers cross by simulated binary crossover (Deb, Agrawal, "Simulated binary crossover for continuous search space",
/// Complex Systems 9, 1995) and change by polynomial mutation (Deb, Goyal, "A combined genetic adaptive search (GeneAS)
/// for engineering design", Computer Science and Informatics 26, 1996), both in their forms for bounds; what is in bins
/// goes to another bin when it changes. The values of unordered choices are inherited from either parent, and change to
/// another by the prior.
struct Variation: Sendable {
  /// By axis the place, and not a number where the parameter is inactive.
  typealias Genome = [Double]

  let axes: [Axis]
  private let space: Space
  private let rules: Rules
  private let priors: [AxisPrior]

  /// How near children stay to their parents, and a changed number to what it was.
  static let crossoverIndex = 15.0
  static let mutationIndex = 20.0
  private static let crossoverChance = 0.9

  init(space: Space) {
    self.space = space
    rules = Rules(of: space)
    let axes = Axis.all(of: space)
    self.axes = axes
    priors = axes.map { AxisPrior($0, space.parameters[$0.parameter].prior) }
  }

  func genome(of point: Point) -> Genome {
    axes.map { axis in point.values[axis.parameter].map(axis.domain.coordinate) ?? .nan }
  }

  /// A child of two parents. Conditions hold; constraints may not.
  func child(of mother: Genome, _ father: Genome, from stream: inout RandomStream) -> Point {
    let crosses = stream.uniform() < Self.crossoverChance
    let mutates = axes.indices.map { _ in stream.uniform() < 1 / Double(axes.count) }
    return makePoint { column in
      let axis = axes[column]
      var place = inherited(column, mother[column], crosses ? father[column] : mother[column], &stream)
      if mutates[column] { place = mutated(axis, priors[column], place, &stream) }
      return place
    }
  }

  /// A child of one parent: one of its active parameters changes, and others may.
  func child(of parent: Genome, from stream: inout RandomStream) -> Point {
    let active = axes.indices.filter { !parent[$0].isNaN }
    let certain = active.isEmpty ? -1 : active[stream.below(active.count)]
    return makePoint { column in
      var place = inherited(column, parent[column], parent[column], &stream)
      if column == certain || stream.uniform() < 1 / Double(2 * axes.count) {
        place = mutated(axes[column], priors[column], place, &stream)
      }
      return place
    }
  }

  /// A point that differs in little from another in all that is active: numbers move, and one parameter in four is drawn
  /// anew by its prior, after Jaderberg et al. 2017. Conditions hold; constraints may not.
  func perturbed(_ parent: Genome, from stream: inout RandomStream) -> Point {
    makePoint { column in
      let (isNew, place) = (stream.uniform() < 0.25, inherited(column, parent[column], parent[column], &stream))
      if isNew { return priors[column].draw(from: &stream) }
      return axes[column].kind == .unordered ? place : mutated(axes[column], priors[column], place, &stream)
    }
  }

  private func makePoint(_ place: (Int) -> Double) -> Point {
    var point = Point([Value?](repeating: nil, count: space.parameters.count))
    var column = 0
    for index in space.order {
      let isAxis = column < axes.count && axes[column].parameter == index
      if rules.isActive(index, in: point.values) {
        let domain = space.parameters[index].domain
        point.values[index] = isAxis ? domain.value(at: place(column)) : domain.value(number: 0)
      }
      if isAxis { column += 1 }
    }
    return point
  }

  // MARK: - Crossover

  /// A parameter that was inactive in both parents is drawn from its prior.
  private func inherited(_ column: Int, _ a: Double, _ b: Double, _ stream: inout RandomStream) -> Double {
    if a.isNaN && b.isNaN { return priors[column].draw(from: &stream) }
    guard !a.isNaN, !b.isNaN else { return a.isNaN ? b : a }
    guard a != b, stream.uniform() < 0.5 else { return a }
    if axes[column].kind == .unordered { return b }
    let (draw, isLow) = (stream.uniform(), stream.uniform() < 0.5)
    return Self.crossed(a, b, draw: draw, isLow: isLow)
  }

  /// One of the two children of different places; `draw` is uniform in [0, 1).
  static func crossed(_ a: Double, _ b: Double, draw: Double, isLow: Bool) -> Double {
    let (low, high) = (min(a, b), max(a, b))
    let room = isLow ? low : 1 - high
    let most = 1 + 2 * room / (high - low)
    let power = crossoverIndex + 1
    let scale = 2 - 1 / Arithmetic.power(most, power)
    let base = draw <= 1 / scale ? draw * scale : 1 / (2 - draw * scale)
    let spread = Arithmetic.power(base, 1 / power) * (high - low)
    return inside(((low + high) + (isLow ? -spread : spread)) / 2)
  }

  // MARK: - Mutation

  private func mutated(_ axis: Axis, _ prior: AxisPrior, _ place: Double, _ stream: inout RandomStream) -> Double {
    switch axis.kind {
    case .continuous: return Self.moved(place, draw: stream.uniform())
    case .graded:
      let (bin, next) = (axis.shape.bin(at: place), Self.moved(place, draw: stream.uniform()))
      guard axis.shape.bin(at: next) == bin else { return next }
      let isUp = bin == 0 || bin + 1 < axis.count && stream.uniform() < 0.5
      let edges = axis.shape.edges(ofBin: isUp ? bin + 1 : bin - 1)
      return (edges.lower + edges.upper) / 2
    case .unordered:
      for _ in 0..<Self.redraws {
        let next = prior.draw(from: &stream)
        if axis.shape.bin(at: next) != axis.shape.bin(at: place) { return next }
      }
      return place
    }
  }

  private static let redraws = 16

  /// A place near another; `draw` is uniform in [0, 1).
  static func moved(_ place: Double, draw: Double) -> Double {
    let power = mutationIndex + 1
    if draw < 0.5 {
      let base = 2 * draw + (1 - 2 * draw) * Arithmetic.power(1 - place, power)
      return inside(place + Arithmetic.power(base, 1 / power) - 1)
    }
    let base = 2 * (1 - draw) + 2 * (draw - 0.5) * Arithmetic.power(place, power)
    return inside(place + 1 - Arithmetic.power(base, 1 / power))
  }

  private static func inside(_ place: Double) -> Double { min(1 - 0x1p-53, max(0, place)) }
}

/// A point that might be proposed: where it is on the axes that are active.
struct Candidate: Sendable {
  /// Where a point is on one axis.
  struct Position: Sendable {
    var column: Int
    var kind: AxisShape.Kind
    var place: Double
    var bin: Int
    /// Of the bin.
    var edges: (lower: Double, upper: Double)
    /// The prior's density there, or its share of the bin; not 0.
    var prior: Double
  }

  /// In the order of the axes.
  fileprivate(set) var positions: [Position] = []

  /// Whether the same parameters are active.
  func isOfBranch(of other: Candidate) -> Bool { positions.elementsEqual(other.positions) { $0.column == $1.column } }
}

/// A space for drawing candidates in: it works out no more values than its conditions need.
struct CandidateSpace: Sendable {
  let axes: [Axis]
  let priors: [AxisPrior]
  private let space: Space
  private let rules: Rules
  private let shapes: [AxisShape]
  /// By parameter: its axis, if it has one, and whether a condition refers to it.
  private let columns: [Int?]
  private let isNeeded: [Bool]
  private let isFlat: [Bool]
  private let hasConditions: Bool

  init(_ space: Space) {
    self.space = space
    rules = Rules(of: space)
    let axes = Axis.all(of: space)
    self.axes = axes
    shapes = axes.map(\.shape)
    priors = axes.map { AxisPrior($0, space.parameters[$0.parameter].prior) }
    isFlat = priors.map(\.isFlat)
    columns = space.parameters.indices.map { index in axes.firstIndex { $0.parameter == index } }
    let needed = Set(space.parameters.flatMap { $0.condition?.names ?? [] })
    isNeeded = space.parameters.map { needed.contains($0.name) }
    hasConditions = space.parameters.contains { $0.condition != nil }
  }

  /// A candidate at the places that are asked for, axis by axis, where the parameter is active.
  func candidate(at place: (Int) -> Double) -> Candidate {
    var candidate = Candidate()
    candidate.positions.reserveCapacity(axes.count)
    guard hasConditions else {
      for column in axes.indices { candidate.positions.append(position(column, place(column))) }
      return candidate
    }
    var values = [Value?](repeating: nil, count: space.parameters.count)
    for index in space.order where rules.isActive(index, in: values) {
      var middle = 0.0
      if let column = columns[index] {
        let position = position(column, place(column))
        candidate.positions.append(position)
        middle = position.place
      }
      if isNeeded[index] { values[index] = value(index, at: middle) }
    }
    return candidate
  }

  private func position(_ column: Int, _ place: Double) -> Candidate.Position {
    let shape = shapes[column]
    var position = Candidate.Position(
      column: column, kind: shape.kind, place: place, bin: 0, edges: (0, 1), prior: 1)
    if shape.kind != .continuous {
      position.bin = shape.bin(at: place)
      position.edges = shape.edges(ofBin: position.bin)
      position.place = (position.edges.lower + position.edges.upper) / 2
      // Bins may be narrower than numbers are told apart.
      position.prior = max(Self.leastPrior, position.edges.upper - position.edges.lower)
    }
    guard !isFlat[column] else { return position }
    let prior = priors[column].density(at: position.place, bin: position.bin, edges: position.edges)
    position.prior = max(Self.leastPrior, prior)
    return position
  }

  private static let leastPrior = 1e-12

  private func value(_ parameter: Int, at place: Double) -> Value {
    let domain = space.parameters[parameter].domain
    return columns[parameter] == nil ? domain.value(number: 0) : domain.value(at: place)
  }

  func point(_ candidate: Candidate) -> Point {
    var point = Point([Value?](repeating: nil, count: space.parameters.count))
    for position in candidate.positions {
      let parameter = axes[position.column].parameter
      point.values[parameter] = value(parameter, at: position.place)
    }
    for index in space.order where columns[index] == nil && rules.isActive(index, in: point.values) {
      point.values[index] = value(index, at: 0)
    }
    return point
  }
}

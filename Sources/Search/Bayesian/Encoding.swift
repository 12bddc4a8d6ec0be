/// Turns points of a space into rows of numbers, which a model can compare, and back.
///
/// A point has one *code* for each axis, a parameter with more than one value: a coordinate in [0, 1) or, for an
/// unordered choice, the number of the value. A code is kept for an inactive parameter too, so that it has a value at
/// hand when it becomes active.
///
/// A model sees a point's *features*: first the coordinates, exactly in the middle of the stretch of those that stand for
/// one value, so that rounding is part of the model (Garrido-Merchán, Hernández-Lobato, "Dealing with categorical and
/// integer-valued variables in Bayesian optimization with Gaussian processes", Neurocomputing 380, 2020); then what is
/// only equal or not: the unordered choices, and for each condition whether it holds. An inactive coordinate stands in
/// the middle, an inactive choice is a value of its own: so inactive parameters never tell two points apart.
struct Encoding: Sendable {
  struct Axis: Sendable {
    /// The place in the space's parameters.
    let parameter: Int
    let kind: Kind
    /// The feature that shows it.
    fileprivate(set) var column: Int
    /// The feature that tells whether it is active; nil where it always is.
    fileprivate(set) var activity: Int?
  }

  enum Kind: Sendable {
    case continuous
    /// So many values, with equal shares of [0, 1).
    case even(Int)
    /// Where the stretch of each value begins, and 1.
    case uneven([Double])
    /// As `uneven`, with too many values for a table.
    case rounded
    case unordered(Int)

    /// How many values there are where these can be tried one by one.
    var count: Int? {
      switch self {
      case .continuous, .rounded: nil
      case .even(let count), .unordered(let count): count
      case .uneven(let edges): edges.count - 1
      }
    }

    var isUnordered: Bool {
      if case .unordered = self { true } else { false }
    }

    /// Whether nothing is rounded.
    var isContinuous: Bool {
      if case .continuous = self { true } else { false }
    }
  }

  let space: Space
  let axes: [Axis]
  /// How many features are coordinates; the others are equal or not.
  let coordinates: Int
  let features: Int
  /// About how many features count for a single point: those of parameters that are active at random points.
  let typicalDimension: Double
  fileprivate let conditions: [Expression]
  /// Whether a condition or a constraint refers to the parameter.
  fileprivate let isReferred: [Bool]

  private static let largestTable = 512

  init(_ space: Space) {
    self.space = space
    var axes = space.parameters.indices.compactMap { index -> Axis? in
      Self.kind(of: space.parameters[index]).map { Axis(parameter: index, kind: $0, column: 0, activity: nil) }
    }
    var conditions: [Expression] = []
    for axis in axes {
      if let condition = space.parameters[axis.parameter].condition, !conditions.contains(condition) {
        conditions.append(condition)
      }
    }
    let coordinates = axes.count { !$0.kind.isUnordered }
    var (nextCoordinate, nextChoice) = (0, coordinates)
    for index in axes.indices {
      if axes[index].kind.isUnordered {
        axes[index].column = nextChoice
        nextChoice += 1
      } else {
        axes[index].column = nextCoordinate
        nextCoordinate += 1
      }
      let condition = space.parameters[axes[index].parameter].condition
      axes[index].activity = condition.flatMap { conditions.firstIndex(of: $0) }.map { axes.count + $0 }
    }
    self.axes = axes
    self.conditions = conditions
    self.coordinates = coordinates
    features = axes.count + conditions.count
    var names = Set(space.constraints.flatMap(\.names))
    for condition in space.parameters.compactMap(\.condition) { names.formUnion(condition.names) }
    isReferred = space.parameters.map { names.contains($0.name) }
    typicalDimension = Self.typicalDimension(space, axes)
  }

  private static func kind(of parameter: Parameter) -> Kind? {
    switch parameter.domain {
    case .constant: return nil
    case .choice(let values):
      return values.count == 1 ? nil : parameter.isOrdered ? .even(values.count) : .unordered(values.count)
    case .float(let range):
      return parameter.domain.count.map { $0 == 1 ? nil : range.step == nil ? nil : .even($0) } ?? .continuous
    case .int(let range):
      let count = range.lastIndex + 1
      guard count > 1 else { return nil }
      guard range.scale == .log else { return .even(count) }
      guard count <= largestTable else { return .rounded }
      let (low, high) = (Arithmetic.log(Double(range.lower) - 0.5), Arithmetic.log(Double(range.upper) + 0.5))
      return .uneven(
        (0...count).map { (Arithmetic.log(Double(range.lower + $0) - 0.5) - low) / (high - low) })
    }
  }

  private static func typicalDimension(_ space: Space, _ axes: [Axis]) -> Double {
    guard axes.contains(where: { $0.activity != nil }) else { return Double(max(1, axes.count)) }
    let sample = RandomSearch(space: Space(space.parameters), seed: 0)
    let draws = 64
    var active = 0
    for draw in 0..<draws {
      let point = sample.point(for: draw)
      active += axes.count { point.values[$0.parameter] != nil }
    }
    return max(1, Double(active) / Double(draws))
  }

  /// The codes of a point; an inactive parameter's is in the middle.
  fileprivate func codes(of point: Point) -> [Double] {
    axes.indices.map { index in
      let axis = axes[index]
      guard let value = point.values[axis.parameter] else { return snap(0.5, index) }
      let coordinate = space.parameters[axis.parameter].domain.coordinate(of: value)
      guard case .unordered(let count) = axis.kind else { return snap(coordinate, index) }
      return Double(min(count - 1, Int(coordinate * Double(count))))
    }
  }

  /// The code that stands for the same value, in the middle of all that do.
  @inline(__always)
  func snap(_ code: Double, _ index: Int) -> Double {
    switch axes[index].kind {
    case .continuous: return min(1 - 0x1p-53, max(0, code))
    case .even(let count):
      let number = Double(min(count - 1, max(0, Int(code * Double(count)))))
      return (number + 0.5) / Double(count)
    case .uneven(let edges):
      let number = Self.stretch(of: code, edges)
      return (edges[number] + edges[number + 1]) / 2
    case .rounded:
      let domain = space.parameters[axes[index].parameter].domain
      return domain.coordinate(of: domain.value(at: min(1 - 0x1p-53, max(0, code))))
    case .unordered(let count): return Double(min(count - 1, max(0, Int(code))))
    }
  }

  /// The code of a value by its number.
  func code(number: Int, _ index: Int) -> Double {
    switch axes[index].kind {
    case .even(let count): return (Double(number) + 0.5) / Double(count)
    case .uneven(let edges): return (edges[number] + edges[number + 1]) / 2
    default: return Double(number)
    }
  }

  /// The number of the value that a code stands for, where values have numbers.
  func number(of code: Double, _ index: Int) -> Int {
    switch axes[index].kind {
    case .even(let count): return min(count - 1, max(0, Int(code * Double(count))))
    case .uneven(let edges): return Self.stretch(of: code, edges)
    default: return Int(code)
    }
  }

  private static func stretch(of code: Double, _ edges: [Double]) -> Int {
    var (low, high) = (0, edges.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if code >= edges[middle] { low = middle } else { high = middle }
    }
    return low
  }

  fileprivate func value(_ code: Double, _ index: Int) -> Value {
    let domain = space.parameters[axes[index].parameter].domain
    switch axes[index].kind {
    case .continuous, .rounded: return domain.value(at: code)
    case .even, .uneven, .unordered: return domain.value(number: number(of: code, index))
    }
  }

  /// How likely the users' priors say that the active parameters' values are: a logarithm, at most 0.
  func logPrior(_ codes: [Double], _ features: [Double]) -> Double {
    var sum = 0.0
    for (index, axis) in axes.enumerated() {
      let parameter = space.parameters[axis.parameter]
      guard let prior = parameter.prior, isActive(axis, features) else { continue }
      var coordinate = codes[index]
      if case .unordered(let count) = axis.kind { coordinate = (coordinate + 0.5) / Double(count) }
      sum += prior.logDensity(at: coordinate, in: parameter.domain)
    }
    return sum
  }

  var hasPriors: Bool { axes.contains { space.parameters[$0.parameter].prior != nil } }

  func isActive(_ axis: Axis, _ features: [Double]) -> Bool { axis.activity.map { features[$0] > 0.5 } ?? true }
}

/// What a single decision needs to turn codes into features and points: conditions and constraints that are ready to be
/// evaluated very often.
struct Decoder {
  let encoding: Encoding
  /// For each parameter, its axis.
  private let axisOf: [Int?]
  private let conditions: [Evaluation]
  private let conditionOf: [Int?]
  private let constraints: [Evaluation]
  private let isPlain: Bool
  private let blank: [Value?]

  init(_ encoding: Encoding) {
    self.encoding = encoding
    let space = encoding.space
    var axisOf = [Int?](repeating: nil, count: space.parameters.count)
    for (index, axis) in encoding.axes.enumerated() { axisOf[axis.parameter] = index }
    self.axisOf = axisOf
    // Those of parameters that are no axes matter too: other conditions may refer to them.
    var all = encoding.conditions
    for condition in space.parameters.compactMap(\.condition) where !all.contains(condition) { all.append(condition) }
    conditions = all.map { Evaluation($0, in: space) }
    conditionOf = space.parameters.map { $0.condition.flatMap { all.firstIndex(of: $0) } }
    constraints = space.constraints.map { Evaluation($0, in: space) }
    isPlain = space.isPlain
    blank = [Value?](repeating: nil, count: space.parameters.count)
  }

  /// Rounds the codes to values, and puts what a model sees of them into `features`.
  ///
  /// - Returns: whether all constraints hold.
  func settle(_ codes: inout [Double], _ features: inout [Double]) -> Bool {
    for index in codes.indices { codes[index] = encoding.snap(codes[index], index) }
    guard !isPlain else {
      for (index, axis) in encoding.axes.enumerated() { features[axis.column] = codes[index] }
      return true
    }
    var values = blank
    for parameter in encoding.space.order {
      let condition = conditionOf[parameter]
      let isActive = condition.map { conditions[$0].holds(values) == true } ?? true
      if let condition, condition < encoding.conditions.count {
        features[encoding.axes.count + condition] = isActive ? 1 : 0
      }
      if let index = axisOf[parameter] {
        let axis = encoding.axes[index]
        features[axis.column] = isActive ? codes[index] : axis.kind.isUnordered ? -1 : 0.5
      }
      if isActive, encoding.isReferred[parameter] { values[parameter] = value(of: parameter, codes) }
    }
    return constraints.allSatisfy { $0.holds(values) != false }
  }

  /// The codes and the features of a point.
  func encode(_ point: Point) -> (codes: [Double], features: [Double]) {
    var codes = encoding.codes(of: point)
    var features = [Double](repeating: 0, count: encoding.features)
    _ = settle(&codes, &features)
    return (codes, features)
  }

  /// The point that codes stand for.
  func point(_ codes: [Double]) -> Point {
    var values = blank
    for parameter in encoding.space.order {
      let isActive = conditionOf[parameter].map { conditions[$0].holds(values) == true } ?? true
      if isActive { values[parameter] = value(of: parameter, codes) }
    }
    return Point(values)
  }

  private func value(of parameter: Int, _ codes: [Double]) -> Value {
    guard let axis = axisOf[parameter] else { return encoding.space.parameters[parameter].domain.value(at: 0) }
    return encoding.value(codes[axis], axis)
  }
}

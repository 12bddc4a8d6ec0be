/// A parameter as an interval of length 1, in the way that a strategy moves about in it.
///
/// A *place* is a coordinate in [0, 1), as `Domain.value(at:)` has it; a value that is one of finitely many owns a *bin*
/// of the interval, and its place is the bin's middle. Neighbouring places mean similar values, except in the bins of a
/// choice without order.
struct Axis: Sendable {
  let shape: AxisShape
  /// The parameter's index in the space.
  let parameter: Int
  let domain: Domain
  /// How likely a value is before anything is tried: for each bin, a share; of a choice only.
  let weights: [Double]?

  /// Nil for what has one value only.
  init?(_ parameter: Parameter, index: Int) {
    guard parameter.domain.count != 1 else { return nil }
    self.parameter = index
    domain = parameter.domain
    shape = AxisShape(parameter)
    if case .weights(let weights)? = parameter.prior {
      let total = weights.reduce(0, +)
      self.weights = weights.map { $0 / total }
    } else {
      weights = nil
    }
  }

  /// Every axis of a space, in the order in which conditions can be decided.
  static func all(of space: Space) -> [Axis] {
    space.order.compactMap { Axis(space.parameters[$0], index: $0) }
  }

  var kind: AxisShape.Kind { shape.kind }
  /// The number of bins; 0 where the axis is continuous.
  var count: Int { shape.count }
}

/// What the bins of an axis are; apart from the axis, because nothing needs to be counted when it is copied.
struct AxisShape: Sendable {
  enum Kind: Sendable {
    case continuous
    /// Bins whose order means something: ints, steps, an ordered choice.
    case graded
    case unordered
  }

  let kind: Kind
  /// The number of bins; 0 where the axis is continuous.
  let count: Int
  /// Of log-scaled ints the first one, the lower edge of its bin on the log axis, and the length to the last edge.
  private let firstInt: Int?
  private let low: Double
  private let length: Double

  init(_ parameter: Parameter) {
    count = parameter.domain.count ?? 0
    if case .choice = parameter.domain {
      kind = parameter.isOrdered ? .graded : .unordered
    } else {
      kind = count == 0 ? .continuous : .graded
    }
    guard case .int(let range) = parameter.domain, range.scale == .log else {
      (firstInt, low, length) = (nil, 0, 1)
      return
    }
    firstInt = range.lower
    low = Arithmetic.log(Double(range.lower) - 0.5)
    length = Arithmetic.log(Double(range.upper) + 0.5) - low
  }

  /// The number of the bin that a place is in; 0 where the axis is continuous.
  func bin(at place: Double) -> Int {
    if count == 0 { return 0 }
    let bin =
      firstInt.map { Int(Arithmetic.exp(low + place * length).rounded()) - $0 } ?? Int(place * Double(count))
    return min(count - 1, max(0, bin))
  }

  /// Where a bin begins and ends.
  func edges(ofBin bin: Int) -> (lower: Double, upper: Double) {
    if let firstInt {
      let value = Double(firstInt + bin)
      return ((Arithmetic.log(value - 0.5) - low) / length, (Arithmetic.log(value + 0.5) - low) / length)
    }
    return (Double(bin) / Double(count), Double(bin + 1) / Double(count))
  }
}

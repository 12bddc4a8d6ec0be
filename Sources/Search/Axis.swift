/// A parameter as an interval of length 1, in the way that a strategy moves about in it.
///
/// A *place* is a coordinate in [0, 1), as `Domain.value(at:)` has it; a value that is one of finitely many owns a *bin*
/// of the interval, and its place is the bin's middle. Neighbouring places mean similar values, except in the bins of a
/// choice without order.
struct Axis: Sendable {
  enum Kind: Sendable {
    case continuous
    /// Bins whose order means something: ints, steps, an ordered choice.
    case graded
    case unordered
  }

  let kind: Kind
  /// The parameter's index in the space.
  let parameter: Int
  /// The number of bins; 0 where the axis is continuous.
  let count: Int
  /// How likely a value is before anything is tried: for each bin, a share; of a choice only.
  let weights: [Double]?

  let domain: Domain
  /// The whole range of a log-scaled int, from the lower edge of its first bin to the upper one of its last.
  private let logRange: (low: Double, length: Double)?

  /// Nil for a constant, and for what has one value only.
  init?(_ parameter: Parameter, index: Int) {
    guard parameter.domain.count != 1 else { return nil }
    self.parameter = index
    domain = parameter.domain
    count = parameter.domain.count ?? 0
    var logRange: (Double, Double)?
    switch domain {
    case .float(let range): kind = range.step == nil ? .continuous : .graded
    case .choice: kind = parameter.isOrdered ? .graded : .unordered
    case .constant: return nil
    case .int(let range):
      kind = .graded
      if range.scale == .log {
        let low = Arithmetic.log(Double(range.lower) - 0.5)
        logRange = (low, Arithmetic.log(Double(range.upper) + 0.5) - low)
      }
    }
    self.logRange = logRange
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

  /// The number of the bin that a place is in; 0 where the axis is continuous.
  func bin(at place: Double) -> Int {
    if count == 0 { return 0 }
    if logRange != nil, case .int(let range) = domain { return range.value(at: place) - range.lower }
    return min(count - 1, max(0, Int(place * Double(count))))
  }

  /// Where a bin begins and ends.
  func edges(ofBin bin: Int) -> (lower: Double, upper: Double) {
    if let logRange, case .int(let range) = domain {
      let value = Double(range.lower + bin)
      return (
        (Arithmetic.log(value - 0.5) - logRange.low) / logRange.length,
        (Arithmetic.log(value + 0.5) - logRange.low) / logRange.length
      )
    }
    return (Double(bin) / Double(count), Double(bin + 1) / Double(count))
  }

  /// The middle of the bin that a place is in; the place itself where the axis is continuous.
  func middle(at place: Double) -> Double {
    guard count > 0 else { return place }
    let (lower, upper) = edges(ofBin: bin(at: place))
    return (lower + upper) / 2
  }
}

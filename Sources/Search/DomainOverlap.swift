/// How the values of one domain lie to those of another: what a reviewer asks of a range that was changed.
///
/// Two ranges are measured on one axis: on a logarithmic one where either is log-scaled and both are positive, else on
/// a linear one, with half a value beyond both ends of a range of integers. What has few values is counted.
package struct DomainOverlap: Hashable, Sendable {
  package enum Relation: String, Hashable, Sendable {
    case equal
    /// The second holds the first and more.
    case wider
    /// The second is a part of the first.
    case narrower
    /// Each has what the other has not.
    case moved
  }

  package var relation: Relation
  /// What both have by what either has (Jaccard's index): 1 for equal domains, 0 for disjoint ones.
  package var shared: Double
  /// The size of the second by that of the first.
  package var ratio: Double
  /// How many values the second has and the first has not, and the other way round; nil where there is no counting.
  package var added: Int?
  package var dropped: Int?

  /// More values than this are not compared one by one.
  package static let mostCounted = 10_000

  /// Nil where the two cannot be measured against each other, such as a range of floats and a choice.
  ///
  /// Complexity: O(values) up to `mostCounted` of each, else O(1).
  package init?(_ first: Domain, _ second: Domain) {
    switch (first, second) {
    case (.int(let a), .int(let b)) where a.step == 1 && b.step == 1: self.init(a, b)
    case (.float(let a), .float(let b)) where a.isWide && b.isWide:
      self.init(Interval(a), Interval(b), isLog: a.scale == .log || b.scale == .log)
    default:
      guard let a = first.values(atMost: Self.mostCounted), let b = second.values(atMost: Self.mostCounted) else {
        return nil
      }
      self.init(a, b)
    }
  }

  private init(_ first: IntRange, _ second: IntRange) {
    let isLog = first.scale == .log || second.scale == .log
    self.init(Interval(first), Interval(second), isLog: isLog)
    let common = max(0, min(first.upper, second.upper) - max(first.lower, second.lower) + 1)
    added = second.lastIndex + 1 - common
    dropped = first.lastIndex + 1 - common
  }

  private init(_ first: Interval, _ second: Interval, isLog: Bool) {
    let (a, b) =
      isLog && first.lower > 0 && second.lower > 0 ? (first.logarithmic, second.logarithmic) : (first, second)
    let common = max(0, min(a.upper, b.upper) - max(a.lower, b.lower))
    relation = Relation(isWithin: first.isWithin(second), holds: second.isWithin(first))
    shared = relation == .equal ? 1 : common / (a.length + b.length - common)
    ratio = relation == .equal ? 1 : b.length / a.length
  }

  private init(_ first: Set<Value>, _ second: Set<Value>) {
    let common = first.intersection(second).count
    relation = Relation(isWithin: common == first.count, holds: common == second.count)
    shared = Double(common) / Double(first.count + second.count - common)
    ratio = Double(second.count) / Double(first.count)
    added = second.count - common
    dropped = first.count - common
  }
}

extension DomainOverlap.Relation {
  /// - Parameters:
  ///   - isWithin: whether all of the first is in the second.
  ///   - holds: whether all of the second is in the first.
  fileprivate init(isWithin: Bool, holds: Bool) {
    self = isWithin ? (holds ? .equal : .wider) : (holds ? .narrower : .moved)
  }
}

private struct Interval {
  var lower: Double
  var upper: Double

  init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  init(_ range: FloatRange) {
    let margin = (range.step ?? 0) / 2
    self.init(lower: range.lower - margin, upper: range.upper + margin)
  }

  init(_ range: IntRange) { self.init(lower: Double(range.lower) - 0.5, upper: Double(range.upper) + 0.5) }

  var length: Double { upper - lower }
  var logarithmic: Interval { Interval(lower: Arithmetic.log(lower), upper: Arithmetic.log(upper)) }

  func isWithin(_ other: Interval) -> Bool { other.lower <= lower && upper <= other.upper }
}

extension FloatRange {
  /// Whether its values are too many to be counted.
  fileprivate var isWide: Bool { lower < upper && (step == nil || lastIndex >= DomainOverlap.mostCounted) }
}

extension Domain {
  /// All values, with numbers of one kind; nil when there are more.
  package func values(atMost limit: Int) -> Set<Value>? {
    guard let count, count <= limit else { return nil }
    return Set((0..<count).map { value(number: $0).unified })
  }

  /// Where a value lies from 0, the lower end, to 1, the upper one, on the domain's own scale; nil where its values have no
  /// ends.
  package func position(of value: Value) -> Double? {
    guard contains(value), count != 1 else { return nil }
    switch (self, value) {
    case (.float(let range), .float(let number)):
      if range.step != nil { return (number - range.lower) / (range.upper - range.lower) }
      return number == range.upper ? 1 : range.coordinate(of: number)
    case (.int(let range), .int(let number)):
      let isLog = range.scale == .log
      func place(_ number: Int) -> Double { isLog ? Arithmetic.log(Double(number)) : Double(number) }
      return (place(number) - place(range.lower)) / (place(range.upper) - place(range.lower))
    default: return nil
    }
  }
}

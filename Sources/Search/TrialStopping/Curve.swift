/// What a trial said of its objective on the way.
package struct Report: Hashable, Sendable {
  /// How far it had come, in a unit of its own: an epoch, a fold, a batch. 0 or more.
  package var step: Int
  /// May be infinite, or not a number.
  package var value: Double
  /// What it said since the report before of the other metrics that rules look at.
  package var others: [String: ValueRange]

  package init(step: Int, value: Double, others: [String: ValueRange] = [:]) {
    self.step = step
    self.value = value
    self.others = others
  }

  /// What is no number is the same as another that is none.
  package static func == (one: Report, other: Report) -> Bool {
    one.step == other.step && one.others == other.others && one.value.isSame(as: other.value)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(step) }
}

extension Double {
  /// Whether they are equal, or neither is a number.
  func isSame(as other: Double) -> Bool { self == other || isNaN && other.isNaN }
}

/// Between which values a metric was.
package struct ValueRange: Hashable, Sendable {
  /// One that is no number is above all.
  package private(set) var lower: Double
  package private(set) var upper: Double

  package init(_ value: Double) { (lower, upper) = value.isNaN ? (.infinity, .infinity) : (value, value) }

  /// Takes in another value.
  package mutating func include(_ value: Double) { include(ValueRange(value)) }

  package mutating func include(_ other: ValueRange) {
    (lower, upper) = (min(lower, other.lower), max(upper, other.upper))
  }
}

extension [String: ValueRange] {
  package mutating func include(_ others: Self) {
    merge(others) { before, after in
      var both = before
      both.include(after)
      return both
    }
  }
}

/// The reports of a trial: their steps grow.
package struct Curve: Hashable, Sendable {
  package private(set) var reports: [Report] = []

  /// More reports than this are not kept, and no rule sees them.
  package static let longest = 10_000

  package init() {}

  /// Nil where the steps do not grow, or are too many.
  package init?(_ reports: [Report]) {
    for report in reports { guard add(report.value, at: report.step, others: report.others) else { return nil } }
  }

  /// Takes a report in. Of several for one step the first counts, and none counts for a step before the last.
  ///
  /// - Parameter step: nil for the one behind the last, counted from 1.
  /// - Returns: whether it was taken in.
  @discardableResult
  package mutating func add(_ value: Double, at step: Int?, others: [String: ValueRange] = [:]) -> Bool {
    let last = reports.last?.step
    let step = step ?? (last ?? 0) + 1
    guard step >= 0, step > last ?? -1, reports.count < Self.longest else { return false }
    reports.append(Report(step: step, value: value, others: others))
    return true
  }

  /// The curve of a trial that is over, whose last report also carries what it said of other metrics after that.
  package func ended(after others: [String: ValueRange]) -> Curve {
    var curve = self
    if let last = reports.indices.last { curve.reports[last].others.include(others) }
    return curve
  }

  /// The same where the last report says nothing of a metric of which a value is known.
  package func completed(with others: [String: Double]) -> Curve {
    var curve = self
    if let last = reports.indices.last {
      curve.reports[last].others.merge(others.mapValues { ValueRange($0) }) { reported, _ in reported }
    }
    return curve
  }

  /// With those of another one whose step is behind the last.
  ///
  /// - Parameter others: what was said of other metrics between the two.
  package func followed(by other: Curve, after others: [String: ValueRange]) -> Curve {
    var (curve, others) = (self, others)
    for report in other.reports {
      var all = report.others
      all.include(others)
      if curve.add(report.value, at: report.step, others: all) { others = [:] }
    }
    return curve
  }

  /// The reports up to a step.
  package func through(_ step: Int) -> Curve {
    var curve = Curve()
    curve.reports = Array(reports.prefix { $0.step <= step })
    return curve
  }
}

/// The values that a parameter may take.
package enum Domain: Hashable, Sendable {
  case float(FloatRange)
  case int(IntRange)
  /// At least one value, all different.
  case choice([Value])
  case constant(Value)

  /// How many values there are; nil when continuous.
  package var count: Int? {
    switch self {
    case .float(let range): range.step == nil && range.lower < range.upper ? nil : range.lastIndex + 1
    case .int(let range): range.lastIndex + 1
    case .choice(let values): values.count
    case .constant: 1
    }
  }

  /// The value with this number, in ascending order. Only where `count` is not nil.
  package func value(number index: Int) -> Value {
    switch self {
    case .float(let range): .float(range.value(number: index))
    case .int(let range): .int(range.lower + index * range.step)
    case .choice(let values): values[index]
    case .constant(let value): value
    }
  }

  /// The value at a coordinate in [0, 1): equal shares of [0, 1) are equally likely.
  package func value(at coordinate: Double) -> Value {
    switch self {
    case .float(let range): .float(range.value(at: coordinate))
    case .int(let range): .int(range.value(at: coordinate))
    case .choice(let values): values[share(coordinate, of: values.count)]
    case .constant(let value): value
    }
  }

  /// The middle of the coordinates in [0, 1) at which a value is.
  ///
  /// - Precondition: the domain contains the value.
  func coordinate(of value: Value) -> Double {
    switch (self, value) {
    case (.float(let range), .float(let number)): range.coordinate(of: number)
    case (.int(let range), .int(let number)): range.coordinate(of: number)
    case (.choice(let values), _): (Double(values.firstIndex(of: value) ?? 0) + 0.5) / Double(values.count)
    default: 0.5
    }
  }

  /// Whether the bounds, the scale and the step are such as the cases' types demand.
  package var isWellFormed: Bool {
    switch self {
    case .float(let range): range.isWellFormed
    case .int(let range): range.isWellFormed
    case .choice(let values): !values.isEmpty && Set(values).count == values.count
    case .constant: true
    }
  }

  package func contains(_ value: Value) -> Bool {
    switch (self, value) {
    case (.float(let range), .float(let number)):
      range.lower <= number && number <= range.upper && (range.step == nil || range.hasStep(at: number))
    case (.int(let range), .int(let number)):
      range.lower <= number && number <= range.upper && (number - range.lower) % range.step == 0
    case (.choice(let values), _): values.contains(value)
    case (.constant(let constant), _): value == constant
    default: false
    }
  }
}

package enum Scale: String, Hashable, Sendable {
  case linear
  case log
}

/// The floats from `lower` to `upper`, both included; finite, `lower <= upper`, and `lower > 0` on a log scale.
package struct FloatRange: Hashable, Sendable {
  package var lower: Double
  package var upper: Double
  package var scale: Scale
  /// Only `lower`, `lower + step`, … when set: positive, and it divides the range. Not on a log scale.
  package var step: Double?

  package init(lower: Double, upper: Double, scale: Scale = .linear, step: Double? = nil) {
    self.lower = lower
    self.upper = upper
    self.scale = scale
    self.step = step
  }

  /// The magnitudes that a log-scaled range may have.
  package static let logBounds = 1e-300...1e300

  var isWellFormed: Bool {
    guard lower.isFinite, upper.isFinite, lower <= upper, (upper - lower).isFinite else { return false }
    if scale == .log { return step == nil && Self.logBounds.contains(lower) && Self.logBounds.contains(upper) }
    return step.map { $0 > 0 && stepDivides($0) } ?? true
  }

  /// Whether a whole number of steps, at most 2^53, leads from `lower` to `upper`, up to the rounding of decimals.
  package func stepDivides(_ step: Double) -> Bool {
    let count = (upper - lower) / step
    // The bounds and the step are rounded in their last places, which the division carries over to the count.
    let rounding = 0x1p-50 * max(abs(lower), abs(upper)) / step
    return count < 0x1p53 && abs(count - count.rounded()) <= rounding
  }

  /// The number of the value at `upper`; 0 where there is no step.
  var lastIndex: Int {
    step.map { Int(((upper - lower) / $0).rounded()) } ?? 0
  }

  func value(number index: Int) -> Double {
    guard let step else { return lower }
    return min(upper, decimalSum(lower, Double(index), times: step))
  }

  func value(at coordinate: Double) -> Double {
    if step != nil { return value(number: share(coordinate, of: lastIndex + 1)) }
    switch scale {
    case .linear:
      return clamped(lower + coordinate * (upper - lower))
    case .log:
      let (low, high) = (Arithmetic.log(lower), Arithmetic.log(upper))
      return clamped(Arithmetic.exp(low + coordinate * (high - low)))
    }
  }

  func coordinate(of number: Double) -> Double {
    if let step {
      let index = ((number - lower) / step).rounded()
      return (index + 0.5) / Double(lastIndex + 1)
    }
    guard lower < upper else { return 0.5 }
    let coordinate: Double
    switch scale {
    case .linear: coordinate = (number - lower) / (upper - lower)
    case .log:
      let low = Arithmetic.log(lower)
      coordinate = (Arithmetic.log(number) - low) / (Arithmetic.log(upper) - low)
    }
    return min(1 - 0x1p-53, max(0, coordinate))
  }

  func hasStep(at number: Double) -> Bool {
    guard let step else { return false }
    let index = ((number - lower) / step).rounded()
    return value(number: Int(index)) == number
  }

  private func clamped(_ value: Double) -> Double { min(upper, max(lower, value)) }
}

/// The integers from `lower` to `upper`, both included; `lower <= upper`, magnitudes at most 2^53, and
/// `lower > 0` on a log scale.
package struct IntRange: Hashable, Sendable {
  package var lower: Int
  package var upper: Int
  package var scale: Scale
  /// Positive, and it divides the range; 1 on a log scale.
  package var step: Int

  package init(lower: Int, upper: Int, scale: Scale = .linear, step: Int = 1) {
    self.lower = lower
    self.upper = upper
    self.scale = scale
    self.step = step
  }

  /// Bounds beyond this are not exact in JSON.
  package static let bounds = -(1 << 53)...(1 << 53)

  var isWellFormed: Bool {
    guard lower <= upper, Self.bounds.contains(lower), Self.bounds.contains(upper), step >= 1 else { return false }
    return scale == .log ? lower >= 1 && step == 1 : (upper - lower) % step == 0
  }

  var lastIndex: Int { (upper - lower) / step }

  func value(at coordinate: Double) -> Int {
    switch scale {
    case .linear:
      return lower + share(coordinate, of: lastIndex + 1) * step
    case .log:
      // Each integer gets the stretch of the log axis that rounds to it, so the ends are not cut in half.
      let low = Arithmetic.log(Double(lower) - 0.5)
      let high = Arithmetic.log(Double(upper) + 0.5)
      let value = Arithmetic.exp(low + coordinate * (high - low)).rounded()
      return min(upper, max(lower, Int(value)))
    }
  }
}

extension IntRange {
  func coordinate(of number: Int) -> Double {
    switch scale {
    case .linear: return (Double((number - lower) / step) + 0.5) / Double(lastIndex + 1)
    case .log:
      let (low, high) = (Arithmetic.log(Double(lower) - 0.5), Arithmetic.log(Double(upper) + 0.5))
      let edges = (Arithmetic.log(Double(number) - 0.5), Arithmetic.log(Double(number) + 0.5))
      return ((edges.0 + edges.1) / 2 - low) / (high - low)
    }
  }
}

/// Which of `count` equal shares of [0, 1) a coordinate lies in.
private func share(_ coordinate: Double, of count: Int) -> Int {
  min(count - 1, Int(coordinate * Double(count)))
}

/// `start + count * step` as one would write it: 0.15 for 0 + 3 * 0.05, where binary arithmetic gives
/// 0.15000000000000002. Both are scaled to whole numbers by a power of ten, added exactly, and divided once.
private func decimalSum(_ start: Double, _ count: Double, times step: Double) -> Double {
  var scale = 1.0
  for _ in 0...15 {
    let (wholeStart, wholeStep) = (start * scale, step * scale)
    let isExact =
      wholeStart == wholeStart.rounded() && wholeStart / scale == start && wholeStep == wholeStep.rounded()
      && wholeStep / scale == step
    let sum = wholeStart.rounded() + count * wholeStep.rounded()
    guard abs(sum) < 0x1p53 else { break }
    if isExact { return sum / scale }
    scale *= 10
  }
  return start + count * step
}

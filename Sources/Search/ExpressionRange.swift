/// What values an expression may have when only the ranges of its names are known: interval arithmetic (Moore,
/// "Interval analysis", 1966). It never leaves a possible value out; it may admit some that are not.
package struct Extent: Hashable, Sendable {
  /// Nil when it is no number for certain.
  package var numbers: ClosedRange<Double>?
  /// The texts and truth values that are possible.
  package var others: Set<Value> = []
  /// Whether it may have no value, or be not a number: then no comparison says anything.
  package var mayLackValue = false

  package init(numbers: ClosedRange<Double>?) { self.numbers = numbers }

  package init(_ values: [Value]) {
    let numbers = values.compactMap(\.number)
    if let low = numbers.min(), let high = numbers.max() { self.numbers = low...high }
    others = Set(values.filter { $0.number == nil })
  }

  package init(_ domain: Domain) {
    switch domain {
    case .float(let range): self.init(numbers: range.lower...range.upper)
    case .int(let range): self.init(numbers: Double(range.lower)...Double(range.upper))
    case .choice(let values): self.init(values)
    case .constant(let value): self.init([value])
    }
  }

  fileprivate static let anyNumber = -Double.infinity...Double.infinity

  fileprivate init(truths: (canHold: Bool, canFail: Bool), mayLackValue: Bool) {
    if truths.canHold { others.insert(.bool(true)) }
    if truths.canFail { others.insert(.bool(false)) }
    self.mayLackValue = mayLackValue
  }

  /// Whether it may be true, as a condition.
  package var canHold: Bool { others.contains(.bool(true)) }
  /// Whether it may be false.
  package var canFail: Bool { others.contains(.bool(false)) }

  fileprivate func union(_ other: Extent) -> Extent {
    var union = self
    if let mine = numbers, let theirs = other.numbers {
      union.numbers = min(mine.lowerBound, theirs.lowerBound)...max(mine.upperBound, theirs.upperBound)
    } else {
      union.numbers = numbers ?? other.numbers
    }
    union.others.formUnion(other.others)
    union.mayLackValue = mayLackValue || other.mayLackValue
    return union
  }
}

extension Expression {
  /// - Parameter lookup: the extent of a name; nil when nothing is known of it.
  package func extent(_ lookup: (String) -> Extent?) -> Extent {
    switch self {
    case .constant(let value): return Extent([value])
    case .name(let name):
      return lookup(name) ?? Extent(numbers: Extent.anyNumber)
    case .not(let inner):
      let inner = inner.extent(lookup)
      return Extent(truths: (inner.canFail, inner.canHold), mayLackValue: inner.mayLackValue)
    case .and(let left, let right):
      let (first, second) = (left.extent(lookup), right.extent(lookup))
      return Extent(
        truths: (first.canHold && second.canHold, first.canFail || second.canFail),
        mayLackValue: first.mayLackValue || second.mayLackValue)
    case .or(let left, let right):
      let (first, second) = (left.extent(lookup), right.extent(lookup))
      return Extent(
        truths: (first.canHold || second.canHold, first.canFail && second.canFail),
        mayLackValue: first.mayLackValue || second.mayLackValue)
    case .compare(let comparison, let left, let right):
      return comparison.extent(left.extent(lookup), right.extent(lookup))
    case .member(let inner, let values):
      let extent = inner.extent(lookup)
      return values.map { Comparison.equal.extent(extent, Extent([$0])) }.reduce(
        Extent(truths: (false, true), mayLackValue: extent.mayLackValue)
      ) { all, one in
        Extent(
          truths: (all.canHold || one.canHold, all.canFail && one.canFail),
          mayLackValue: all.mayLackValue || one.mayLackValue)
      }
    case .negative(let inner):
      let inner = inner.extent(lookup)
      var extent = Extent(numbers: inner.numbers.map { -$0.upperBound ... -$0.lowerBound })
      extent.mayLackValue = inner.mayLackValue
      return extent
    case .calculate(let operation, let left, let right):
      return operation.extent(left.extent(lookup), right.extent(lookup))
    case .call(let function, let arguments):
      return function.extent(arguments.map { $0.extent(lookup) })
    }
  }
}

extension Expression.Comparison {
  fileprivate func extent(_ left: Extent, _ right: Extent) -> Extent {
    let mayLackValue = left.mayLackValue || right.mayLackValue
    let truths: (Bool, Bool)
    switch self {
    case .equal: truths = Self.equality(left, right)
    case .unequal:
      let (canHold, canFail) = Self.equality(left, right)
      truths = (canFail, canHold)
    case .less: truths = Self.order(left, right) { $0 < $1 }
    case .lessOrEqual: truths = Self.order(left, right) { $0 <= $1 }
    case .greater: truths = Self.order(right, left) { $0 < $1 }
    case .greaterOrEqual: truths = Self.order(right, left) { $0 <= $1 }
    }
    // What is not a number is unequal to everything.
    return Extent(truths: mayLackValue ? (truths.0 || self == .unequal, true) : truths, mayLackValue: mayLackValue)
  }

  private static func equality(_ left: Extent, _ right: Extent) -> (Bool, Bool) {
    let meet = left.numbers.map { mine in right.numbers.map { mine.overlaps($0) } ?? false } ?? false
    let canHold = meet || !left.others.isDisjoint(with: right.others)
    let single = left.single.map { $0 == right.single } ?? false
    return (canHold, !single)
  }

  private static func order(_ left: Extent, _ right: Extent, _ compare: (Double, Double) -> Bool) -> (Bool, Bool) {
    guard let first = left.numbers, let second = right.numbers else { return (false, true) }
    let isMixed = !left.others.isEmpty || !right.others.isEmpty
    return (
      compare(first.lowerBound, second.upperBound), isMixed || !compare(first.upperBound, second.lowerBound)
    )
  }
}

extension Extent {
  /// The only value that is possible, if there is but one.
  fileprivate var single: Value? {
    if let numbers {
      return numbers.lowerBound == numbers.upperBound && others.isEmpty ? .float(numbers.lowerBound) : nil
    }
    return others.count == 1 ? others.first : nil
  }

  /// Somewhat more on either side: what is computed between two ends may lie beyond them by its rounding.
  fileprivate var widened: Extent {
    func outwards(_ number: Double, _ sign: Double) -> Double {
      number.isFinite ? number + sign * (abs(number) * 0x1p-40 + .leastNormalMagnitude) : number
    }
    var widened = self
    widened.numbers = numbers.map { outwards($0.lowerBound, -1)...outwards($0.upperBound, 1) }
    return widened
  }

  /// The hull of numbers, one of which may be none.
  fileprivate init(hull numbers: [Double], mayLackValue: Bool) {
    if numbers.contains(where: \.isNaN) {
      self.init(numbers: Self.anyNumber)
      self.mayLackValue = true
    } else {
      self.init(numbers: numbers.reduce(numbers[0], Swift.min)...numbers.reduce(numbers[0], Swift.max))
      self.mayLackValue = mayLackValue
    }
  }
}

extension Expression.Operation {
  fileprivate func extent(_ left: Extent, _ right: Extent) -> Extent {
    let mayLackValue = left.mayLackValue || right.mayLackValue
    guard let first = left.numbers, let second = right.numbers else {
      var none = Extent(numbers: nil)
      none.mayLackValue = true
      return none
    }
    func corners() -> Extent {
      let values = [first.lowerBound, first.upperBound].flatMap { left in
        [second.lowerBound, second.upperBound].map { apply(left, $0) }
      }
      return Extent(hull: values, mayLackValue: mayLackValue)
    }
    var unbounded = Extent(numbers: Extent.anyNumber)
    unbounded.mayLackValue = true
    switch self {
    case .plus, .minus: return corners()
    case .times:
      // Nothing times infinity is not a number.
      let isEndless = [first, second].contains { $0.lowerBound.isInfinite || $0.upperBound.isInfinite }
      return isEndless && (first.contains(0) || second.contains(0)) ? unbounded : corners()
    case .over, .wholeOver: return second.contains(0) ? unbounded : corners()
    case .modulo:
      guard !second.contains(0), first.lowerBound.isFinite, first.upperBound.isFinite else { return unbounded }
      let inner = first.lowerBound >= 0 && second.lowerBound > 0 ? first.upperBound : .infinity
      return Extent(
        hull: [Swift.min(second.lowerBound, 0), Swift.min(inner, Swift.max(second.upperBound, 0))],
        mayLackValue: mayLackValue)
    case .power:
      let isWhole = second.lowerBound == second.upperBound && Arithmetic.isWholePower(second.lowerBound)
      if first.lowerBound > 0 || (first.lowerBound >= 0 && second.lowerBound > 0) {
        return isWhole ? corners() : corners().widened
      }
      guard isWhole, second.lowerBound >= 0 else { return unbounded }
      // A whole power is monotone on either side of 0.
      let ends = [first.lowerBound, first.upperBound] + (first.contains(0) ? [0] : [])
      return Extent(hull: ends.map { apply($0, second.lowerBound) }, mayLackValue: mayLackValue)
    }
  }
}

extension Expression.Function {
  fileprivate func extent(_ arguments: [Extent]) -> Extent {
    let ranges = arguments.compactMap(\.numbers)
    var mayLackValue = arguments.contains { $0.mayLackValue }
    guard ranges.count == arguments.count, var range = ranges.first else {
      var none = Extent(numbers: nil)
      none.mayLackValue = true
      return none
    }
    switch self {
    case .min, .max:
      return Extent(
        hull: [apply(ranges.map(\.lowerBound)), apply(ranges.map(\.upperBound))], mayLackValue: mayLackValue)
    case .abs:
      let ends = [apply([range.lowerBound]), apply([range.upperBound])]
      return Extent(hull: ends + (range.contains(0) ? [0] : []), mayLackValue: mayLackValue)
    case .sqrt, .log:
      if range.lowerBound < 0 {
        mayLackValue = true
        range = 0...Swift.max(0, range.upperBound)
      }
    case .floor, .ceil, .round, .exp: break
    }
    let extent = Extent(hull: [apply([range.lowerBound]), apply([range.upperBound])], mayLackValue: mayLackValue)
    return self == .log || self == .exp ? extent.widened : extent
  }
}

// MARK: - In a space

extension Space {
  /// What an expression over the parameters can be.
  package struct Truths: Hashable, Sendable {
    package var canHold = false
    package var canFail = false
    package var canBeUnknown = false
  }

  /// Whether an expression over the parameters can be true for some point, and whether it can be false.
  ///
  /// Exact where the parameters that it names have at most `Self.enumerated` values together; otherwise by `extent`,
  /// which may say that something is possible which is not.
  package func truths(of expression: Expression) -> Truths {
    let named = expression.names.flatMap { indices(of: $0) }
    let support = closure(of: named)
    var product = 1
    for index in support {
      guard let count = parameters[index].domain.count else { return approximateTruths(of: expression) }
      let (next, overflow) = product.multipliedReportingOverflow(by: count)
      guard !overflow, next <= Self.enumerated else { return approximateTruths(of: expression) }
      product = next
    }
    var truths = Truths()
    let isConditional = isConditional(expression)
    forEachPoint(over: support) { point in
      switch expression.holds({ value(of: $0, in: point) }) {
      case true?: truths.canHold = true
      case false?: truths.canFail = true
      case nil: truths.canBeUnknown = true
      }
      return !(truths.canHold && truths.canFail && truths.canBeUnknown == isConditional)
    }
    return truths
  }

  private static let enumerated = 10_000

  private func approximateTruths(of expression: Expression) -> Truths {
    let extent = expression.extent(extent)
    return Truths(canHold: extent.canHold, canFail: extent.canFail, canBeUnknown: isConditional(expression))
  }

  private func isConditional(_ expression: Expression) -> Bool {
    expression.names.contains { indices(of: $0).contains { parameters[$0].condition != nil } }
  }

  /// The values that a name may have at all.
  package func extent(of name: String) -> Extent? {
    let extents = indices(of: name).map { Extent(parameters[$0].domain) }
    return extents.dropFirst().reduce(extents.first) { $0?.union($1) }
  }

  /// The given parameters and those that their conditions need, in the order of evaluation.
  private func closure(of indices: [Int]) -> [Int] {
    var needed = Set<Int>()
    var open = indices
    while let index = open.popLast() {
      guard needed.insert(index).inserted, let condition = parameters[index].condition else { continue }
      open += condition.names.flatMap { self.indices(of: $0) }
    }
    return order.filter(needed.contains)
  }

  /// Every combination of values of some parameters, all of them finite, with the others left out. Stops when `body` says false.
  private func forEachPoint(over support: [Int], _ body: (Point) -> Bool) {
    var point = Point([Value?](repeating: nil, count: parameters.count))
    func descend(_ depth: Int) -> Bool {
      guard depth < support.count else { return body(point) }
      let parameter = parameters[support[depth]]
      guard isActive(parameter, in: point) else {
        point.values[support[depth]] = nil
        return descend(depth + 1)
      }
      for number in 0..<(parameter.domain.count ?? 0) {
        point.values[support[depth]] = parameter.domain.value(number: number)
        guard descend(depth + 1) else { return false }
      }
      return true
    }
    _ = descend(0)
  }
}

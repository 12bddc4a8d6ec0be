/// A condition or a quantity over named values: the `when` of a parameter, a constraint.
///
/// Logic has three values, after Kleene: a name without a value (a parameter that is inactive) makes what needs it
/// unknown, and `false and unknown` is false all the same. Numbers are IEEE 754 doubles; the functions are those of
/// `Arithmetic`, so that every machine decides alike.
package indirect enum Expression: Hashable, Sendable {
  case constant(Value)
  case name(String)
  case not(Expression)
  case negative(Expression)
  case and(Expression, Expression)
  case or(Expression, Expression)
  case compare(Comparison, Expression, Expression)
  case calculate(Operation, Expression, Expression)
  case member(Expression, of: [Value])
  case call(Function, [Expression])

  package enum Comparison: String, Hashable, Sendable, CaseIterable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  package enum Operation: String, Hashable, Sendable, CaseIterable {
    case plus = "+"
    case minus = "-"
    case times = "*"
    case over = "/"
    case wholeOver = "//"
    case modulo = "%"
    case power = "**"
  }

  package enum Function: String, Hashable, Sendable, CaseIterable {
    case abs
    case min
    case max
    case floor
    case ceil
    /// Halves go to the even neighbour.
    case round
    case sqrt
    /// The natural logarithm.
    case log
    case exp

    /// How many arguments it takes.
    package var arity: ClosedRange<Int> {
      switch self {
      case .min, .max: 2...64
      default: 1...1
      }
    }
  }

  /// The names that it refers to, each once, in the order of their first use.
  package var names: [String] {
    var names: [String] = []
    visit { if case .name(let name) = $0, !names.contains(name) { names.append(name) } }
    return names
  }

  private func visit(_ body: (Expression) -> Void) {
    body(self)
    switch self {
    case .constant, .name: break
    case .not(let inner), .negative(let inner), .member(let inner, _): inner.visit(body)
    case .and(let left, let right), .or(let left, let right), .compare(_, let left, let right),
      .calculate(_, let left, let right):
      left.visit(body)
      right.visit(body)
    case .call(_, let arguments): for argument in arguments { argument.visit(body) }
    }
  }
}

// MARK: - Values

extension Expression {
  /// Whether it holds; nil when that cannot be said because a name has no value.
  package func holds(_ lookup: (String) -> Value?) -> Bool? {
    if case .bool(let flag)? = value(lookup) { flag } else { nil }
  }

  /// Its value; numbers are `.float`. Nil when it needs a name that has none.
  package func value(_ lookup: (String) -> Value?) -> Value? {
    switch self {
    case .constant(let value): return value.unified
    case .name(let name): return lookup(name)?.unified
    case .not(let inner): return inner.holds(lookup).map { .bool(!$0) }
    case .negative(let inner): return inner.number(lookup).map { .float(-$0) }
    case .and(let left, let right):
      let (first, second) = (left.holds(lookup), right.holds(lookup))
      if first == false || second == false { return .bool(false) }
      return first == nil || second == nil ? nil : .bool(true)
    case .or(let left, let right):
      let (first, second) = (left.holds(lookup), right.holds(lookup))
      if first == true || second == true { return .bool(true) }
      return first == nil || second == nil ? nil : .bool(false)
    case .compare(let comparison, let left, let right):
      guard let first = left.value(lookup), let second = right.value(lookup) else { return nil }
      return .bool(comparison.holds(first, second))
    case .calculate(let operation, let left, let right):
      guard let first = left.number(lookup), let second = right.number(lookup) else { return nil }
      return .float(operation.apply(first, second))
    case .member(let inner, let values):
      return inner.value(lookup).map { value in .bool(values.contains { $0.unified == value }) }
    case .call(let function, let arguments):
      let numbers = arguments.compactMap { $0.number(lookup) }
      return numbers.count == arguments.count ? .float(function.apply(numbers)) : nil
    }
  }

  private func number(_ lookup: (String) -> Value?) -> Double? { value(lookup)?.number }
}

extension Value {
  /// With whole numbers as floats, so that 1 and 1.0 are equal.
  var unified: Value {
    if case .int(let number) = self { .float(Double(number)) } else { self }
  }

  package var number: Double? {
    switch self {
    case .float(let number): number
    case .int(let number): Double(number)
    case .string, .bool: nil
    }
  }
}

extension Expression.Comparison {
  /// Texts and truth values are equal or not; numbers also have an order. What is not a number compares with nothing.
  func holds(_ first: Value, _ second: Value) -> Bool {
    switch self {
    case .equal: return first == second
    case .unequal: return first != second
    case .less, .lessOrEqual, .greater, .greaterOrEqual: break
    }
    guard let left = first.number, let right = second.number else { return false }
    switch self {
    case .less: return left < right
    case .lessOrEqual: return left <= right
    case .greater: return left > right
    default: return left >= right
    }
  }
}

extension Expression.Operation {
  func apply(_ left: Double, _ right: Double) -> Double {
    switch self {
    case .plus: return left + right
    case .minus: return left - right
    case .times: return left * right
    case .over: return left / right
    case .wholeOver: return ((left - Self.modulo(left, right)) / right).rounded()
    case .modulo: return Self.modulo(left, right)
    case .power: return Arithmetic.power(left, right)
    }
  }

  /// With the sign of the divisor, as in Python: `-1 % 4` is 3.
  private static func modulo(_ left: Double, _ right: Double) -> Double {
    let rest = left.truncatingRemainder(dividingBy: right)
    return rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest
  }
}

extension Expression.Function {
  func apply(_ numbers: [Double]) -> Double {
    let first = numbers[0]
    switch self {
    case .abs: return Swift.abs(first)
    // Not a number wins, in whatever order: Swift's own `min` depends on it.
    case .min: return numbers.reduce(first) { $0.isNaN || $1.isNaN ? .nan : Swift.min($0, $1) }
    case .max: return numbers.reduce(first) { $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1) }
    case .floor: return first.rounded(.down)
    case .ceil: return first.rounded(.up)
    case .round: return first.rounded(.toNearestOrEven)
    case .sqrt: return first.squareRoot()
    case .log: return Arithmetic.anyLog(first)
    case .exp: return Arithmetic.anyExp(first)
    }
  }
}

// MARK: - Text

extension Expression: CustomStringConvertible {
  /// As one would write it, with no more parentheses than it needs.
  package var description: String { text(within: 0) }

  /// Words that are not names where they stand on their own.
  package static let words: Set = ["and", "or", "not", "in", "true", "True", "false", "False"]

  /// Whether a name can stand without `${}`.
  private static func isPlain(_ name: String) -> Bool {
    guard let first = name.first, first == "_" || first.isLetter, !words.contains(name) else { return false }
    return name.allSatisfy { $0 == "_" || $0 == "." || $0.isLetter || ("0"..."9").contains($0) }
  }

  private func text(within outer: Int) -> String {
    let text: String
    switch self {
    case .constant(let value): text = value.literal
    case .name(let name): text = Self.isPlain(name) ? name : "${\(name)}"
    case .not(let inner): text = "not \(inner.text(within: 3))"
    case .negative(let inner): text = "-\(inner.text(within: 7))"
    case .and(let left, let right): text = "\(left.text(within: 2)) and \(right.text(within: 3))"
    case .or(let left, let right): text = "\(left.text(within: 1)) or \(right.text(within: 2))"
    case .compare(let comparison, let left, let right):
      text = "\(left.text(within: 5)) \(comparison.rawValue) \(right.text(within: 5))"
    case .calculate(let operation, let left, let right):
      let level = operation.precedence
      let isPower = operation == .power
      text =
        "\(left.text(within: isPower ? level + 1 : level)) \(operation.rawValue) "
        + right.text(within: isPower ? level : level + 1)
    case .member(let inner, let values):
      text = "\(inner.text(within: 5)) in [\(values.map(\.literal).joined(separator: ", "))]"
    case .call(let function, let arguments):
      text = "\(function.rawValue)(\(arguments.map { $0.text(within: 0) }.joined(separator: ", ")))"
    }
    return precedence < outer ? "(\(text))" : text
  }

  private var precedence: Int {
    switch self {
    case .or: 1
    case .and: 2
    case .not: 3
    case .compare, .member: 4
    case .calculate(let operation, _, _): operation.precedence
    case .negative: 7
    case .constant(let value): value.number.map { $0 < 0 } ?? false ? 7 : 9
    case .name, .call: 9
    }
  }
}

extension Expression.Operation {
  /// From 5, the least binding, to 8.
  package var precedence: Int {
    switch self {
    case .plus, .minus: 5
    case .times, .over, .wholeOver, .modulo: 6
    case .power: 8
    }
  }
}

extension Value {
  /// As an expression writes it.
  package var literal: String {
    switch self {
    case .float(let number): number == number.rounded() && abs(number) < 0x1p53 ? "\(Int(number))" : "\(number)"
    case .int(let number): "\(number)"
    case .bool(let flag): flag ? "true" : "false"
    case .string(let text): "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
  }
}

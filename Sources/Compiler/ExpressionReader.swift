internal import Search

/// Gives the names of an expression their meaning and every part its type.
///
/// What is wrong is reported once, where it stands: a part without a type makes no second mistake of what holds it.
struct ExpressionReader {
  /// What a name stands for.
  enum Meaning {
    case parameter
    case metric
    case unknown
  }

  private enum Kind: Equatable {
    case number
    case text
    case truth
    /// A choice of values of several types.
    case mixed
    /// It has been reported.
    case wrong

    var words: String {
      switch self {
      case .number: "a number"
      case .text: "a text"
      case .truth: "true or false"
      case .mixed, .wrong: "a value"
      }
    }
  }

  private let space: Space
  private let meaning: (String) -> Meaning
  /// Names that may have been meant by an unknown one.
  private let known: [String]
  private(set) var diagnostics: Diagnostics
  private var isWrong = false

  init(_ space: Space, known: [String], _ diagnostics: Diagnostics, meaning: @escaping (String) -> Meaning) {
    self.space = space
    self.known = known
    self.diagnostics = diagnostics
    self.meaning = meaning
  }

  /// The expression, which is a condition; nil, with a diagnostic, when it is none.
  mutating func condition(_ parsed: ParsedExpression) -> Expression? {
    isWrong = false
    if let dashed = parsed.dashedNames.first(where: { isMeant($0.value) }) {
      let name = dashed.value
      report(
        .dashedName(name), at: dashed.span,
        fix: Fix("write `${\(name)}`", replacing: dashed.span, with: "${\(name)}", isSafe: true))
      return nil
    }
    let (expression, kind) = read(parsed)
    if kind == .number || kind == .text {
      report(.notACondition(kind.words), at: parsed.span)
    }
    return isWrong ? nil : expression
  }

  /// Whether a name with dashes is a parameter's, and what it reads as is no difference of parameters.
  private func isMeant(_ name: String) -> Bool {
    meaning(name) == .parameter && !name.split(separator: "-").allSatisfy { meaning(String($0)) == .parameter }
  }

  private mutating func report(_ message: Message, at span: Span, fix: Fix? = nil) {
    isWrong = true
    diagnostics.report(message, at: span, fix: fix)
  }

  private mutating func read(_ parsed: ParsedExpression) -> (Expression, Kind) {
    switch parsed.content {
    case .constant(let value): return (.constant(value), Self.kind(of: value))
    case .name(let name): return (.name(name), kind(ofName: name, at: parsed.span))
    case .not(let inner): return (.not(truth(inner, "not")), .truth)
    case .negative(let inner): return (.negative(number(inner, "-")), .number)
    case .and(let left, let right): return (.and(truth(left, "and"), truth(right, "and")), .truth)
    case .or(let left, let right): return (.or(truth(left, "or"), truth(right, "or")), .truth)
    case .calculate(let operation, let left, let right):
      return (.calculate(operation, number(left, operation.rawValue), number(right, operation.rawValue)), .number)
    case .call(let function, let arguments):
      return (.call(function, arguments.map { number($0, function.rawValue) }), .number)
    case .compare(let comparison, let left, let right): return (compare(comparison, left, right), .truth)
    case .member(let inner, let elements): return (member(inner, elements), .truth)
    }
  }

  private mutating func truth(_ parsed: ParsedExpression, _ operation: String) -> Expression {
    let (expression, kind) = read(parsed)
    if kind == .number || kind == .text {
      report(.wrongOperand(operation, needs: "true or false", found: kind.words), at: parsed.span)
    }
    return expression
  }

  private mutating func number(_ parsed: ParsedExpression, _ operation: String) -> Expression {
    let (expression, kind) = read(parsed)
    if kind == .truth || kind == .text {
      report(.wrongOperand(operation, needs: "numbers", found: kind.words), at: parsed.span)
    }
    return expression
  }

  private mutating func compare(
    _ comparison: Expression.Comparison, _ left: ParsedExpression, _ right: ParsedExpression
  ) -> Expression {
    guard comparison == .equal || comparison == .unequal else {
      return .compare(comparison, number(left, comparison.rawValue), number(right, comparison.rawValue))
    }
    if quoteMissing(left, for: right) || quoteMissing(right, for: left) {
      return .compare(comparison, .constant(.bool(true)), .constant(.bool(true)))
    }
    let (first, firstKind) = read(left)
    let (second, secondKind) = read(right)
    if firstKind != secondKind, ![firstKind, secondKind].contains(where: { $0 == .mixed || $0 == .wrong }) {
      report(.neverEqualTypes(firstKind.words, secondKind.words), at: right.span)
    } else {
      checkEquality(first, second, right.span)
      checkEquality(second, first, left.span)
    }
    return .compare(comparison, first, second)
  }

  private mutating func member(_ inner: ParsedExpression, _ elements: [ParsedExpression]) -> Expression {
    let (expression, kind) = read(inner)
    var values: [Value] = []
    for element in elements {
      if quoteMissing(element, for: inner) { continue }
      let (other, otherKind) = read(element)
      guard case .constant(let value) = other else {
        if otherKind != .wrong { report(.listOfConstants, at: element.span) }
        continue
      }
      values.append(value)
      if kind != otherKind, kind != .mixed, kind != .wrong {
        report(.neverEqualTypes(kind.words, otherKind.words), at: element.span)
      } else {
        checkEquality(expression, other, element.span)
      }
    }
    return .member(expression, of: values)
  }

  /// Whether a name stands for a text without its quotes: `optimizer == sgd`. That is reported.
  private mutating func quoteMissing(_ parsed: ParsedExpression, for other: ParsedExpression) -> Bool {
    guard case .name(let word) = parsed.content, meaning(word) != .parameter,
      case .name(let name) = other.content, let extent = space.extent(of: name),
      extent.others.contains(.string(word))
    else { return false }
    report(
      .quotesMissing(word), at: parsed.span,
      fix: Fix("put it in quotes", replacing: parsed.span, with: "\"\(word)\"", isSafe: true))
    return true
  }

  /// A constant that a name is compared with must be one of the values that the name can have.
  private mutating func checkEquality(_ first: Expression, _ second: Expression, _ span: Span) {
    guard case .name(let name) = first, case .constant(let value) = second, !space.indices(of: name).isEmpty else {
      return
    }
    let domains = space.indices(of: name).map { space.parameters[$0].domain }
    let isPossible = domains.contains { domain in
      if case .choice(let values) = domain { return values.contains(value) }
      let extent = Extent(domain)
      return value.number.map { extent.numbers?.contains($0) ?? false } ?? extent.others.contains(value)
    }
    if !isPossible { report(.neverEqual(name, value.literal, domains), at: span) }
  }

  private static func kind(of value: Value) -> Kind {
    switch value {
    case .float, .int: .number
    case .string: .text
    case .bool: .truth
    }
  }

  private mutating func kind(ofName name: String, at span: Span) -> Kind {
    switch meaning(name) {
    case .metric: return .number
    case .unknown:
      report(.unknownName(name, known: known), at: span)
      return .wrong
    case .parameter: break
    }
    guard let extent = space.extent(of: name) else { return .wrong }
    let kinds = (extent.numbers == nil ? [] : [Kind.number]) + extent.others.map(Self.kind)
    return kinds.first.map { first in kinds.allSatisfy { $0 == first } ? first : .mixed } ?? .wrong
  }
}

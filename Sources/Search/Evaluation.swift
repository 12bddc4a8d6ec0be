/// An expression with its names resolved to places in a space's points, for evaluating it very often.
struct Evaluation: Sendable {
  typealias Values = [Value?]

  private let value: @Sendable (Values) -> Value?

  init(_ expression: Expression, in space: Space) { value = Self.value(expression, space) }

  /// As `Expression.holds`.
  func holds(_ values: Values) -> Bool? {
    if case .bool(let flag)? = value(values) { flag } else { nil }
  }

  private static func value(_ expression: Expression, _ space: Space) -> @Sendable (Values) -> Value? {
    switch expression {
    case .constant(let constant):
      let unified = constant.unified
      return { _ in unified }
    case .name(let name):
      let indices = space.indices(of: name)
      return { values in
        for index in indices {
          if let value = values[index] { return value.unified }
        }
        return nil
      }
    case .not(let inner):
      let inner = Evaluation(inner, in: space)
      return { inner.holds($0).map { .bool(!$0) } }
    case .and(let left, let right):
      let (left, right) = (Evaluation(left, in: space), Evaluation(right, in: space))
      return { values in
        let first = left.holds(values)
        if first == false { return .bool(false) }
        let second = right.holds(values)
        return second == false ? .bool(false) : first == nil || second == nil ? nil : .bool(true)
      }
    case .or(let left, let right):
      let (left, right) = (Evaluation(left, in: space), Evaluation(right, in: space))
      return { values in
        let first = left.holds(values)
        if first == true { return .bool(true) }
        let second = right.holds(values)
        return second == true ? .bool(true) : first == nil || second == nil ? nil : .bool(false)
      }
    case .compare(let comparison, let left, let right):
      guard comparison == .equal || comparison == .unequal else {
        let (left, right) = (number(left, space), number(right, space))
        return { values in
          guard let first = left(values), let second = right(values) else { return nil }
          return .bool(comparison.holds(.float(first), .float(second)))
        }
      }
      let (left, right) = (value(left, space), value(right, space))
      return { values in
        guard let first = left(values), let second = right(values) else { return nil }
        return .bool(comparison.holds(first, second))
      }
    case .member(let inner, let members):
      let (inner, members) = (value(inner, space), members.map(\.unified))
      return { inner($0).map { .bool(members.contains($0)) } }
    case .negative, .calculate, .call:
      let number = number(expression, space)
      return { number($0).map(Value.float) }
    }
  }

  private static func number(_ expression: Expression, _ space: Space) -> @Sendable (Values) -> Double? {
    switch expression {
    case .negative(let inner):
      let inner = number(inner, space)
      return { inner($0).map { -$0 } }
    case .calculate(let operation, let left, let right):
      let (left, right) = (number(left, space), number(right, space))
      return { values in
        guard let first = left(values), let second = right(values) else { return nil }
        return operation.apply(first, second)
      }
    case .call(let function, let arguments):
      let arguments = arguments.map { number($0, space) }
      return { values in
        var numbers: [Double] = []
        for argument in arguments {
          guard let number = argument(values) else { return nil }
          numbers.append(number)
        }
        return function.apply(numbers)
      }
    default:
      let value = value(expression, space)
      return { value($0)?.number }
    }
  }
}

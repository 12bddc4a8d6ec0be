package import Search

/// Random expressions over the parameters of a space, of the types that the compiler lets through.
package struct RandomExpressions {
  private let numbers: [String]
  private let choices: [(name: String, values: [Value])]
  package var random: TestRandom

  /// - Parameter metrics: names of numbers that are no parameters.
  package init(over space: Space, metrics: [String] = [], seed: UInt64) {
    var numbers = metrics
    var choices: [(name: String, values: [Value])] = []
    for parameter in space.parameters {
      switch parameter.domain {
      case .float, .int: numbers.append(parameter.name)
      case .choice(let values): choices.append((parameter.name, values))
      case .constant(let value): choices.append((parameter.name, [value]))
      }
    }
    (self.numbers, self.choices, random) = (numbers, choices, TestRandom(seed: seed))
  }

  package mutating func condition(depth: Int = 3) -> Expression {
    switch depth > 0 ? Int.random(in: 0..<8, using: &random) : Int.random(in: 4..<8, using: &random) {
    case 0: .not(condition(depth: depth - 1))
    case 1, 2: .and(condition(depth: depth - 1), condition(depth: depth - 1))
    case 3: .or(condition(depth: depth - 1), condition(depth: depth - 1))
    case 4 where !choices.isEmpty, 5 where !choices.isEmpty: ofChoice()
    case 6: .member(number(depth: depth - 1), of: (0..<Int.random(in: 0...3, using: &random)).map { _ in constant() })
    default: .compare(element(Expression.Comparison.allCases), number(depth: depth - 1), number(depth: depth - 1))
    }
  }

  /// A choice compared with one of its values, or with several.
  private mutating func ofChoice() -> Expression {
    let choice = element(choices)
    if random.oneIn(3) {
      return .member(.name(choice.name), of: choice.values.filter { _ in !random.oneIn(3) })
    }
    return .compare(random.oneIn(3) ? .unequal : .equal, .name(choice.name), .constant(element(choice.values)))
  }

  package mutating func number(depth: Int = 3) -> Expression {
    switch depth > 0 ? Int.random(in: 0..<10, using: &random) : Int.random(in: 7..<10, using: &random) {
    case 0: return .call(element([.abs, .floor, .ceil, .round, .sqrt, .log, .exp]), [number(depth: depth - 1)])
    case 1:
      let count = Int.random(in: 2...3, using: &random)
      return .call(random.oneIn(2) ? .min : .max, (0..<count).map { _ in number(depth: depth - 1) })
    case 2:
      // A sign before a number belongs to the number.
      let inner = number(depth: depth - 1)
      if case .constant = inner { return inner }
      return .negative(inner)
    case 3..<7:
      return .calculate(element(Expression.Operation.allCases), number(depth: depth - 1), number(depth: depth - 1))
    case 7: return .constant(constant())
    default: return numbers.isEmpty ? .constant(constant()) : .name(element(numbers))
    }
  }

  private mutating func constant() -> Value {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: Value(untyped: Double.random(in: -3...3, using: &random))
    case 1: .float(element([0.5, 1e-7, -0.25, 1e300, 1e-300, 6.02e23]))
    default: .int(Int.random(in: -4...9, using: &random))
    }
  }

  private mutating func element<T>(_ all: [T]) -> T { all[Int.random(in: 0..<all.count, using: &random)] }
}

extension Space {
  /// A space with a parameter of every kind, some of them conditional: the same for the same seed.
  ///
  /// - Parameters:
  ///   - isFinite: with no continuous parameter, and few points.
  ///   - constraints: at most so many.
  package static func random(seed: UInt64, isFinite: Bool, constraints: Int = 0) -> Space {
    var random = TestRandom(seed: seed)
    let finite: [Domain] = [
      .int(IntRange(lower: -2, upper: 2)), .int(IntRange(lower: 1, upper: 9, step: 4)),
      .choice([.string("a"), .string("b \"c\"")]), .choice([.bool(true), .bool(false)]),
      .choice([.int(1), .float(2.5), .int(-3)]), .float(FloatRange(lower: 0, upper: 0.3, step: 0.1)),
      .constant(.int(7)), .constant(.string("x")),
    ]
    let infinite: [Domain] = [
      .float(FloatRange(lower: -1.5, upper: 2)), .float(FloatRange(lower: 1e-9, upper: 1e9, scale: .log)),
      .int(IntRange(lower: 1, upper: 1000, scale: .log)), .float(FloatRange(lower: 0, upper: 1)),
    ]
    var parameters: [Parameter] = []
    let names = ["a", "b-c", "d.e", "in", "min"].shuffled(using: &random)
    for name in names.prefix(Int.random(in: 1...5, using: &random)) {
      let domains = isFinite ? finite : finite + infinite
      let domain = domains[Int.random(in: 0..<domains.count, using: &random)]
      var parameter = Parameter(name: name, domain: domain)
      if !parameters.isEmpty, random.oneIn(2) {
        var expressions = RandomExpressions(over: Space(parameters), seed: random.next())
        parameter.condition = expressions.condition(depth: 1)
      }
      parameters.insert(parameter, at: Int.random(in: 0...parameters.count, using: &random))
    }
    var expressions = RandomExpressions(over: Space(parameters), seed: random.next())
    let count = Int.random(in: 0...constraints, using: &random)
    return Space(parameters, constraints: (0..<count).map { _ in expressions.condition(depth: 2) })
  }
}

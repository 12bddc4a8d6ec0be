import TestSupport
import Testing

@testable import Search

@Suite("Expressions")
struct ExpressionTests {
  private static let truths: [Bool?] = [true, false, nil]

  /// `p` and `q` have these values.
  private func holds(_ expression: Expression, _ p: Bool?, _ q: Bool? = nil) -> Bool? {
    expression.holds { ($0 == "p" ? p : q).map(Value.bool) }
  }

  @Test("`and`, `or` and `not` have Kleene's truth tables")
  func truthTables() {
    let and: [Bool?] = [true, false, nil, false, false, false, nil, false, nil]
    let or: [Bool?] = [true, true, true, true, false, nil, true, nil, nil]
    let pairs = Self.truths.flatMap { p in Self.truths.map { (p, $0) } }
    #expect(pairs.map { holds(.and(.name("p"), .name("q")), $0, $1) } == and)
    #expect(pairs.map { holds(.or(.name("p"), .name("q")), $0, $1) } == or)
    #expect(Self.truths.map { holds(.not(.name("p")), $0) } == [false, true, nil])
  }

  @Test("What needs a name without a value is unknown, whatever it does with it")
  func unknown() {
    let x = Expression.name("x")
    let one = Expression.constant(.int(1))
    let parts: [Expression] =
      Expression.Comparison.allCases.flatMap { [.compare($0, x, one), .compare($0, one, x)] }
      + Expression.Operation.allCases.map { .calculate($0, one, x) }
      + [.member(x, of: [.int(1)]), .negative(x), .call(.max, [one, x]), .call(.abs, [x])]
    for part in parts { #expect(part.value { _ in nil } == nil, "\(part)") }
  }

  @Test("Numbers are equal however they are written; texts and truth values have no order")
  func comparisons() {
    func holds(_ comparison: Expression.Comparison, _ left: Value, _ right: Value) -> Bool? {
      Expression.compare(comparison, .constant(left), .constant(right)).holds { _ in nil }
    }
    #expect(holds(.equal, .int(1), .float(1)) == true && holds(.unequal, .float(2), .int(2)) == false)
    #expect(holds(.less, .int(1), .float(1.5)) == true && holds(.greaterOrEqual, .int(2), .int(2)) == true)
    #expect(holds(.lessOrEqual, .int(2), .int(2)) == true && holds(.greater, .int(2), .int(2)) == false)
    #expect(holds(.equal, .string("1"), .int(1)) == false && holds(.unequal, .string("1"), .int(1)) == true)
    #expect(holds(.less, .string("a"), .string("b")) == false && holds(.less, .bool(false), .bool(true)) == false)
    for comparison in Expression.Comparison.allCases {
      #expect(holds(comparison, .float(.nan), .float(.nan)) == (comparison == .unequal), "\(comparison)")
    }
    let member = Expression.member(.name("x"), of: [.int(1), .string("a")])
    #expect(
      [Value.float(1), .string("a"), .string("1"), .bool(true)].map { value in member.holds { _ in value } }
        == [true, true, false, false])
  }

  /// As Python 3 has them.
  @Test(
    "Arithmetic is Python's",
    arguments: [
      (7, 2, 3, 1), (-7, 2, -4, 1), (7, -2, -4, -1), (-7, -2, 3, -1), (6, 3, 2, 0), (-6, 3, -2, 0), (0.5, 0.25, 2, 0),
      (1, 0.1, 9, 0.09999999999999995), (-1, 4, -1, 3), (5.5, 2, 2, 1.5), (-5.5, 2, -3, 0.5),
      (1e300, 7, 1.4285714285714286e299, 1),
    ] as [(Double, Double, Double, Double)])
  func division(left: Double, right: Double, quotient: Double, rest: Double) {
    #expect(Expression.Operation.wholeOver.apply(left, right) == quotient)
    #expect(Expression.Operation.modulo.apply(left, right) == rest)
  }

  @Test("Powers of whole numbers are exact, and others close")
  func powers() {
    for (base, exponent, power) in [
      (2, 10, 1024), (-2, 3, -8), (-2, -1, -0.5), (0, 0, 1), (5, 0, 1), (0, 2, 0), (0, -1, .infinity), (0, 0.5, 0),
      (10, 15, 1e15), (0, -0.5, .infinity),
    ] as [(Double, Double, Double)] {
      #expect(Expression.Operation.power.apply(base, exponent) == power, "\(base) ** \(exponent)")
    }
    #expect(abs(Expression.Operation.power.apply(2, 0.5) - 2.0.squareRoot()) < 1e-15)
    #expect(Expression.Operation.power.apply(-2, 0.5).isNaN && Expression.Operation.power.apply(0, .nan).isNaN)
  }

  @Test("Functions, at their edges too")
  func functions() {
    func value(_ function: Expression.Function, _ numbers: Double...) -> Double { function.apply(numbers) }
    #expect([0.5, 1.5, 2.5, -0.5, -1.5].map { value(.round, $0) } == [0, 2, 2, 0, -2])
    #expect(value(.floor, -1.5) == -2 && value(.ceil, -1.5) == -1 && value(.abs, -3) == 3 && value(.sqrt, 9) == 3)
    #expect(value(.min, 3, 1, 2) == 1 && value(.max, 3, 1, 2) == 3)
    #expect(
      value(.log, 1) == 0 && value(.exp, 0) == 1 && value(.log, 0) == -.infinity && value(.exp, 1000) == .infinity)
    #expect(value(.exp, -1000) == 0 && value(.sqrt, -1).isNaN && value(.log, -1).isNaN)
    for function in [Expression.Function.min, .max] {
      #expect(
        function.apply([1, .nan]).isNaN && function.apply([.nan, 1]).isNaN && function.apply([1, .nan, 2]).isNaN)
    }
  }

  @Test("Names stand once each, in the order of their use")
  func names() {
    let (a, b) = (Expression.name("a"), Expression.name("b"))
    let expression = Expression.and(.compare(.less, b, .call(.max, [a, b])), .not(.member(.negative(a), of: [])))
    #expect(expression.names == ["b", "a"])
  }

  @Test("The text has no more parentheses than it needs, and words and dashes stand in placeholders")
  func description() {
    let (a, b, c) = (Expression.name("a"), Expression.name("b"), Expression.name("c"))
    let cases: [(Expression, String)] = [
      (.and(.or(a, b), c), "(a or b) and c"), (.or(a, .and(b, c)), "a or b and c"),
      (.and(a, .and(b, c)), "a and (b and c)"),
      (.not(.compare(.less, a, b)), "not a < b"), (.compare(.equal, .not(a), b), "(not a) == b"),
      (.calculate(.minus, a, .calculate(.minus, b, c)), "a - (b - c)"),
      (.calculate(.times, .calculate(.plus, a, b), c), "(a + b) * c"),
      (.calculate(.power, a, .calculate(.power, b, c)), "a ** b ** c"),
      (.calculate(.power, .calculate(.power, a, b), c), "(a ** b) ** c"),
      (.calculate(.power, .constant(.int(-2)), b), "(-2) ** b"), (.negative(.calculate(.power, a, b)), "-a ** b"),
      (.member(.name("weight-decay"), of: [.int(1), .string("a\"b\\")]), "${weight-decay} in [1, \"a\\\"b\\\\\"]"),
      (.compare(.greater, .name("in"), .constant(.float(0.5))), "${in} > 0.5"), (.name("eval/loss%"), "${eval/loss%}"),
    ]
    for (expression, text) in cases { #expect(expression.description == text) }
  }
}

@Suite("What is known of an expression before its values are")
struct ExpressionRangeTests {
  @Test("A value always lies within the extent, and what is called impossible never happens")
  func soundness() throws {
    for seed: UInt64 in 0..<3000 {
      let space = Space.random(seed: seed, isFinite: false)
      var expressions = RandomExpressions(over: space, seed: seed)
      var random = TestRandom(seed: seed)
      for _ in 0..<4 {
        let (number, condition) = (expressions.number(), expressions.condition())
        let (range, truth) = (number.extent(space.extent), condition.extent(space.extent))
        for _ in 0..<10 {
          // Without regard to conditions: then every name has a value.
          let point = Point(
            space.parameters.map { $0.domain.value(at: random.oneIn(4) ? 0 : .random(in: 0..<1, using: &random)) })
          let lookup = { space.value(of: $0, in: point) }
          if let value = number.value(lookup)?.number {
            let isWithin = value.isNaN ? range.mayLackValue : range.numbers?.contains(value) ?? false
            try #require(isWithin, "\(number) is \(value) at \(point.values), not in \(range); seed \(seed)")
          }
          if let holds = condition.holds(lookup) {
            try #require(holds ? truth.canHold : truth.canFail, "\(condition) at \(point.values); seed \(seed)")
          }
        }
      }
    }
  }

  @Test("Extents are narrow where they can be")
  func narrow() {
    func extent(_ low: Double, _ high: Double) -> Extent { Extent(numbers: low...high) }
    let (x, two) = (Expression.name("x"), Expression.constant(.int(2)))
    func numbers(_ expression: Expression, _ low: Double = -1, _ high: Double = 3) -> ClosedRange<Double>? {
      expression.extent { _ in extent(low, high) }.numbers
    }
    #expect(numbers(.calculate(.times, x, two)) == -2...6 && numbers(.calculate(.power, x, two)) == 0...9)
    #expect(numbers(.calculate(.minus, two, x)) == -1...3 && numbers(.calculate(.over, two, x), 1, 4) == 0.5...2)
    #expect(
      numbers(.calculate(.modulo, x, two)) == 0...2
        && numbers(.calculate(.modulo, x, .constant(.int(9))), 1, 4) == 0...4)
    #expect(numbers(.call(.abs, [x])) == 0...3 && numbers(.call(.max, [x, two])) == 2...3)
    #expect(numbers(.call(.sqrt, [x]), 4, 9) == 2...3 && numbers(.negative(x)) == -3...1)
    #expect(numbers(.calculate(.wholeOver, x, two), -3, 3) == -2...1)
  }

  @Test("What may hold, fail and be unknown in a small space is exact")
  func truths() throws {
    var seen = Set<Space.Truths>()
    for seed: UInt64 in 0..<1500 {
      let space = Space.random(seed: seed, isFinite: true)
      var expressions = RandomExpressions(over: space, seed: seed + 1)
      let expression = expressions.condition(depth: 1)
      var expected = Space.Truths()
      for point in space.allPoints {
        switch expression.holds({ space.value(of: $0, in: point) }) {
        case true?: expected.canHold = true
        case false?: expected.canFail = true
        case nil: expected.canBeUnknown = true
        }
      }
      seen.insert(expected)
      try #require(space.truths(of: expression) == expected, "\(expression) with seed \(seed)")
    }
    #expect(seen.count >= 6)
  }

  @Test("What is said of a space with too many points never excludes what happens")
  func approximateTruths() throws {
    for seed: UInt64 in 0..<500 {
      let space = Space.random(seed: seed, isFinite: false)
      var expressions = RandomExpressions(over: space, seed: seed + 1)
      let expression = expressions.condition(depth: 2)
      let truths = space.truths(of: expression)
      let search = RandomSearch(space: space, seed: seed)
      for trial in 0..<20 {
        let point = search.point(for: trial)
        let isSaid =
          switch expression.holds({ space.value(of: $0, in: point) }) {
          case true?: truths.canHold
          case false?: truths.canFail
          case nil: truths.canBeUnknown
          }
        try #require(isSaid, "\(expression) at \(point.values) with seed \(seed)")
      }
    }
  }
}

extension Space {
  /// Every point of a finite space, by the book: all combinations of all values, those of inactive parameters taken
  /// out, those that break a constraint left out, each once.
  var allPoints: Set<Point> {
    var points = [Point([])]
    for parameter in parameters {
      points = points.flatMap { point in
        (0..<(parameter.domain.count ?? 0)).map { Point(point.values + [parameter.domain.value(number: $0)]) }
      }
    }
    return Set(points.map(activated).filter { broken(by: $0) == nil })
  }
}

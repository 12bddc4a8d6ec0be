import TestSupport
import Testing

@testable import Search

@Suite("Domains")
struct DomainTests {
  private func float(_ lower: Double, _ upper: Double, step: Double? = nil, scale: Scale = .linear) -> Domain {
    .float(FloatRange(lower: lower, upper: upper, scale: scale, step: step))
  }

  private func int(_ lower: Int, _ upper: Int, step: Int = 1, scale: Scale = .linear) -> Domain {
    .int(IntRange(lower: lower, upper: upper, scale: scale, step: step))
  }

  @Test("Steps give the numbers that one would write")
  func decimalSteps() {
    let domain = float(0, 0.5, step: 0.05)
    let expected: [Value] = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5].map(Value.float)
    #expect(domain.count == 11)
    #expect((0..<11).map { domain.value(number: $0) } == expected)
    #expect(expected[3] != .float(0 + 3 * 0.05), "the binary sum is another number")
  }

  @Test("Steps from a bound that is no multiple of the step, below zero, and far below one")
  func otherSteps() {
    let cases: [(Domain, [Double])] = [
      (float(0.15, 0.45, step: 0.1), [0.15, 0.25, 0.35, 0.45]),
      (float(-0.3, 0.3, step: 0.2), [-0.3, -0.1, 0.1, 0.3]),
      (float(1e-9, 4e-9, step: 1e-9), [1e-9, 2e-9, 3e-9, 4e-9]),
      (float(100, 400, step: 150), [100, 250, 400]),
      (float(0.1, 0.9, step: 0.4), [0.1, 0.5, 0.9]),
    ]
    for (domain, expected) in cases {
      #expect(domain.count == expected.count)
      #expect((0..<expected.count).map { domain.value(number: $0) } == expected.map(Value.float))
    }
  }

  @Test("How many values there are")
  func counts() {
    #expect(float(0, 1).count == nil)
    #expect(float(1, 1).count == 1)
    #expect(float(0, 1, step: 0.1).count == 11)
    #expect(int(3, 7).count == 5)
    #expect(int(8, 64, step: 8).count == 8)
    #expect(int(5, 5).count == 1)
    #expect(Domain.choice([.int(1), .bool(true)]).count == 2)
    #expect(Domain.constant(.string("a")).count == 1)
  }

  @Test("A space's size is the product, stops at Int.max, and is infinite where a parameter is continuous")
  func sizes() {
    func space(_ domains: Domain...) -> Space { Space(domains.map { Parameter(name: "p", domain: $0) }) }
    #expect(space().size() == .exactly(1))
    #expect(space(int(1, 4), .choice([.int(1), .int(2)]), .constant(.int(1))).size() == .exactly(8))
    #expect(space(int(1, 4), float(0, 1)).size() == .infinite)
    let wide = int(-(1 << 53), 1 << 53)
    #expect(space(wide, wide).size() == .atLeast(Int.max))
  }

  @Test("A domain contains its values and nothing else")
  func contains() {
    let steps = float(0, 0.5, step: 0.05)
    for index in 0..<11 { #expect(steps.contains(steps.value(number: index))) }
    let step = 0.05
    for value in [step.nextUp, 3 * step, 0.07, -step, 0.55, .nan, .infinity] {
      #expect(!steps.contains(.float(value)))
    }
    #expect(float(1, 2).contains(.float(1)) && float(1, 2).contains(.float(2)))
    #expect(!float(1, 2).contains(.float(2.0.nextUp)) && !float(1, 2).contains(.float(.nan)))
    #expect(!float(1, 2).contains(.int(1)), "a float's value is a float")
    #expect(int(8, 64, step: 8).contains(.int(16)) && !int(8, 64, step: 8).contains(.int(12)))
    #expect(!int(8, 64).contains(.int(65)) && !int(8, 64).contains(.float(9)))
    #expect(Domain.choice([.int(1), .string("1")]).contains(.string("1")))
    #expect(!Domain.choice([.int(1)]).contains(.string("1")))
    #expect(Domain.constant(.int(1)).contains(.int(1)) && !Domain.constant(.int(1)).contains(.int(2)))
  }

  @Test("Equal shares of the unit interval go to each value, in order")
  func shares() {
    let domains = [int(1, 7), int(8, 64, step: 8), float(0, 0.5, step: 0.05), .choice([.int(1), .int(2), .int(9)])]
    for domain in domains {
      let count = domain.count ?? 0
      for index in 0..<count {
        let expected = domain.value(number: index)
        #expect(domain.value(at: (Double(index) + 0.01) / Double(count)) == expected)
        #expect(domain.value(at: (Double(index) + 0.99) / Double(count)) == expected)
      }
      #expect(domain.value(at: 1.0.nextDown) == domain.value(number: count - 1))
    }
  }

  @Test("A log scale of floats spreads the magnitudes and ends at its bounds")
  func logFloats() throws {
    let domain = float(1e-4, 1, scale: .log)
    let values = try [0, 0.25, 0.5, 0.75, 1.0.nextDown].map { try #require(domain.value(at: $0).number) }
    for (value, expected) in zip(values, [1e-4, 1e-3, 1e-2, 1e-1, 1]) {
      #expect(abs(value / expected - 1) < 1e-14)
      #expect(domain.contains(.float(value)))
    }
  }

  @Test("A log scale of ints gives both ends their whole stretch")
  func logInts() {
    let domain = int(1, 3, scale: .log)
    // ln 0.5, ln 1.5, ln 2.5, ln 3.5: 3 has the stretch from ln 2.5 on.
    let whole = Arithmetic.log(3.5) - Arithmetic.log(0.5)
    let edges = [1.5, 2.5].map { (Arithmetic.log($0) - Arithmetic.log(0.5)) / whole }
    #expect(domain.value(at: 0) == .int(1))
    #expect(domain.value(at: edges[0] - 1e-9) == .int(1))
    #expect(domain.value(at: edges[0] + 1e-9) == .int(2))
    #expect(domain.value(at: edges[1] - 1e-9) == .int(2))
    #expect(domain.value(at: edges[1] + 1e-9) == .int(3))
    #expect(domain.value(at: 1.0.nextDown) == .int(3))
  }

  @Test("Every coordinate gives a value of the domain, also at the limits of what is allowed")
  func extremes() {
    let most = 1 << 53
    let domains = [
      int(-most, most), int(1, most, scale: .log), int(most, most), float(1e-300, 1e300, scale: .log),
      float(-8e307, 8e307), float(.leastNonzeroMagnitude, 1e-300), float(0, 1e15, step: 1),
    ]
    var random = TestRandom(seed: 5)
    for domain in domains {
      #expect(domain.isWellFormed)
      for coordinate in [0, 0x1p-53, 0.5, 1.0.nextDown]
        + (0..<200).map({ _ in Double.random(in: 0..<1, using: &random) })
      {
        let value = domain.value(at: coordinate)
        #expect(domain.contains(value), "\(domain) at \(coordinate): \(value)")
      }
    }
  }

  @Test("Domains that the types' rules forbid are not well formed")
  func wellFormed() {
    let bad = [
      float(2, 1), float(.nan, 1), float(0, .infinity), float(-1.7e308, 1.7e308), float(0, 1, scale: .log),
      float(1e-301, 1, scale: .log), float(1, 2, step: 0.5, scale: .log), float(0, 1, step: 0.3), float(0, 1, step: 0),
      float(0, 1, step: -0.5), int(2, 1), int(0, 10, step: 3), int(0, 10, scale: .log), int(1, 9, step: 2, scale: .log),
      int(0, 10, step: 0), int(0, 1 << 54), .choice([]), .choice([.int(1), .int(1)]),
    ]
    for domain in bad { #expect(!domain.isWellFormed, "\(domain)") }
    let good = [float(1, 1), float(0, 1, step: 0.1), float(0, 0), int(0, 9, step: 3), int(1, 1, scale: .log)]
    for domain in good { #expect(domain.isWellFormed, "\(domain)") }
  }

  @Test("A step that misses the upper bound is refused, however many steps there are")
  func manySteps() {
    #expect(!FloatRange(lower: 0, upper: 1e9).stepDivides(0.7))
    #expect(!FloatRange(lower: 0, upper: 1e6).stepDivides(0.3))
    #expect(FloatRange(lower: 0, upper: 1e6).stepDivides(0.1))
    #expect(FloatRange(lower: 1000.1, upper: 1000.4).stepDivides(0.1))
    #expect(FloatRange(lower: -0.3, upper: 0.3).stepDivides(0.2))
    #expect(!FloatRange(lower: 0, upper: 1).stepDivides(1e-17))
  }

  @Test("The point of the defaults is there when every parameter has one, and something is tuned")
  func defaults() {
    func parameter(_ domain: Domain, _ value: Value?) -> Parameter {
      Parameter(name: "p", domain: domain, defaultValue: value)
    }
    let constant = parameter(.constant(.int(3)), nil)
    #expect(Space([parameter(int(1, 9), .int(2)), constant]).defaultPoint == Point([.int(2), .int(3)]))
    #expect(Space([parameter(int(1, 9), .int(2)), parameter(int(1, 9), nil)]).defaultPoint == nil)
    #expect(Space([constant]).defaultPoint == nil)
  }
}

import Glibc
import TestSupport
import Testing

@testable import Search

@Suite("Priors")
struct PriorTests {
  private struct Case: Sendable, CustomTestStringConvertible {
    var domain: Domain
    var mean: Double
    var spread: Double
    var testDescription: String { "normal(\(mean), \(spread)) of \(domain)" }
  }

  private static let unit = Domain.float(FloatRange(lower: 0, upper: 1))

  /// The share of the truncated normal distribution below each value, by Simpson's rule over the density.
  private func share(below value: Double, _ test: Case) -> Double {
    guard case .float(let range) = test.domain else { return .nan }
    let isLog = range.scale == .log
    func scaled(_ number: Double) -> Double { isLog ? Glibc.log(number) : number }
    let (mean, spread) = (scaled(test.mean), scaled(test.spread))
    // Far from the mean the density is taken in relation to its largest value, which cancels.
    let peak = min(max(mean, scaled(range.lower)), scaled(range.upper))
    func area(_ low: Double, _ high: Double) -> Double {
      let count = 4000
      let width = (high - low) / Double(count)
      return (0...count).reduce(0) { sum, index in
        let x = low + Double(index) * width
        let weight = index == 0 || index == count ? 1.0 : index % 2 == 1 ? 4 : 2
        let exponent = ((peak - mean) * (peak - mean) - (x - mean) * (x - mean)) / (2 * spread * spread)
        return sum + weight * Glibc.exp(exponent)
      } * width / 3
    }
    return area(scaled(range.lower), scaled(value)) / area(scaled(range.lower), scaled(range.upper))
  }

  @Test(
    "The value at a coordinate is the truncated normal distribution's quantile",
    arguments: [
      Case(domain: unit, mean: 0.5, spread: 0.1), Case(domain: unit, mean: 0.1, spread: 0.2),
      Case(domain: unit, mean: 0.9, spread: 3), Case(domain: unit, mean: -0.5, spread: 0.2),
      Case(domain: unit, mean: 1.5, spread: 0.1), Case(domain: unit, mean: 2, spread: 1),
      Case(domain: .float(FloatRange(lower: -10, upper: 30)), mean: 5, spread: 4),
      Case(domain: .float(FloatRange(lower: 1e-4, upper: 1, scale: .log)), mean: 1e-2, spread: 3),
      Case(domain: .float(FloatRange(lower: 1e-4, upper: 1, scale: .log)), mean: 1e-5, spread: 10),
    ])
  private func quantiles(test: Case) {
    let parameter = Parameter(name: "x", domain: test.domain, prior: .normal(mean: test.mean, spread: test.spread))
    for coordinate in [0.001, 0.01, 0.1, 0.25, 0.5, 0.77, 0.9, 0.99, 0.999] {
      guard let value = parameter.value(at: coordinate).number else { continue }
      // Five deviations out, 1 - Φ is known to a part in 10^9 only; Simpson's rule is better than that.
      #expect(abs(share(below: value, test) - coordinate) < 1e-7, "at \(coordinate): \(value)")
    }
  }

  @Test("A wide prior is none, and a narrow one a point")
  func limits() {
    for coordinate in stride(from: 0.05, to: 1, by: 0.1) {
      let wide = Prior.normal(mean: 0.5, spread: 1e6).warp(coordinate, in: Self.unit)
      #expect(abs(wide - coordinate) < 1e-9)
      let narrow = Prior.normal(mean: 0.3, spread: 1e-12).warp(coordinate, in: Self.unit)
      #expect(abs(narrow - 0.3) < 1e-11)
    }
  }

  @Test("Whatever the mean and the spread, values stay in the range and keep the coordinates' order")
  func extremes() throws {
    var random = TestRandom(seed: 5)
    let magnitudes = [1e-300, 1e-9, 1e-3, 0.5, 1, 3, 40, 1e9, 1e300]
    for mean in magnitudes + magnitudes.map({ -$0 }) + [0] {
      for spread in magnitudes {
        for domain in [
          Self.unit, .float(FloatRange(lower: 0, upper: 0.3, step: 0.1)), .int(IntRange(lower: -5, upper: 5)),
        ] {
          let prior = Prior.normal(mean: mean, spread: spread)
          try #require(prior.fits(domain))
          let coordinates = ([0, 1 - 0x1p-53] + (0..<20).map { _ in Double.random(in: 0..<1, using: &random) }).sorted()
          let values = coordinates.map { Parameter(name: "x", domain: domain, prior: prior).value(at: $0) }
          try #require(values.allSatisfy(domain.contains), "\(prior) of \(domain): \(values)")
          let numbers = values.compactMap(\.number)
          // Newton's last step is a few units in the last place.
          try #require(
            zip(numbers, numbers.dropFirst()).allSatisfy { $0 <= $1 + 1e-13 }, "\(prior) of \(domain): \(numbers)")
        }
      }
    }
  }

  /// How often each value is drawn in so many, from coordinates that are spread evenly.
  private func counts(_ domain: Domain, _ prior: Prior, of draws: Int) -> [Value: Int] {
    let parameter = Parameter(name: "x", domain: domain, prior: prior)
    return (0..<draws).reduce(into: [:]) {
      $0[parameter.value(at: (Double($1) + 0.5) / Double(draws)), default: 0] += 1
    }
  }

  @Test("Whole numbers and steps have the share of the stretch around them")
  func discrete() {
    func normal(_ x: Double) -> Double { 0.5 * Glibc.erfc(-x / 2.0.squareRoot()) }
    let domain = Domain.int(IntRange(lower: 0, upper: 10))
    let found = counts(domain, .normal(mean: 4, spread: 2), of: 100_000)
    let whole = normal((10.5 - 4) / 2) - normal((-0.5 - 4) / 2)
    for number in 0...10 {
      let share = (normal((Double(number) + 0.5 - 4) / 2) - normal((Double(number) - 0.5 - 4) / 2)) / whole
      #expect(abs(Double(found[.int(number)] ?? 0) - share * 100_000) <= 2, "\(number)")
    }
    let steps = counts(.float(FloatRange(lower: 0, upper: 1, step: 0.5)), .normal(mean: 0.5, spread: 0.5), of: 100_000)
    let middle = (normal(0.5) - normal(-0.5)) / (normal(1.5) - normal(-1.5))
    #expect(abs(Double(steps[.float(0.5)] ?? 0) - middle * 100_000) <= 2)
    let logs = counts(.int(IntRange(lower: 1, upper: 100, scale: .log)), .normal(mean: 10, spread: 2), of: 10_000)
    let nearTen = (5...20).reduce(0) { $0 + (logs[.int($1)] ?? 0) }
    // What rounds to them lies between 4.5 and 20.5; the bounds cut next to nothing off.
    let share = (normal(log(2.05) / log(2)) - normal(log(0.45) / log(2))) * 10_000
    #expect(abs(Double(nearTen) - share) < 10, "\(nearTen)")
  }

  @Test("Weights are shares, in whatever unit, and what has none is never drawn")
  func weights() {
    let domain = Domain.choice([.string("a"), .string("b"), .string("c"), .string("d")])
    for factor in [1.0, 1e-9, 1e9] {
      let found = counts(domain, .weights([1, 0, 3, 4].map { $0 * factor }), of: 8000)
      #expect(found == [.string("a"): 1000, .string("c"): 3000, .string("d"): 4000])
    }
    #expect(counts(domain, .weights([0, 0, 0, 1]), of: 100) == [.string("d"): 100])
    #expect(Parameter(name: "x", domain: domain, prior: .weights([1, 0, 1, 0])).value(at: 1 - 0x1p-53) == .string("c"))
  }

  @Test("A prior that is none for a domain does not fit it")
  func fits() {
    let choice = Domain.choice([.int(1), .int(2)])
    let log = Domain.float(FloatRange(lower: 1, upper: 9, scale: .log))
    for (prior, domain) in [
      (.normal(mean: 0, spread: 0), Self.unit), (.normal(mean: 0, spread: -1), Self.unit),
      (.normal(mean: .nan, spread: 1), Self.unit), (.normal(mean: 0, spread: .infinity), Self.unit),
      (.normal(mean: 2, spread: 1), log), (.normal(mean: 0, spread: 2), log), (.normal(mean: 0, spread: 1), choice),
      (.weights([1]), choice), (.weights([0, 0]), choice), (.weights([1, -1]), choice),
      (.weights([1, .infinity]), choice),
      (.weights([1e308, 1e308]), choice), (.weights([1, 1]), Self.unit),
      (.normal(mean: 1, spread: 1), .constant(.int(1))),
    ] as [(Prior, Domain)] {
      #expect(!prior.fits(domain), "\(prior) of \(domain)")
    }
  }

  @Test("Φ is within 1e-15 of the C library's")
  func normalDistribution() {
    for index in -1000...1000 {
      let x = Double(index) / 100
      let expected = 0.5 * Glibc.erfc(-x / 2.0.squareRoot())
      #expect(abs(Arithmetic.normalDistribution(x) - expected) <= 1e-15, "\(x)")
    }
    #expect(Arithmetic.normalDistribution(0) == 0.5)
    #expect(Arithmetic.normalDistribution(.infinity) == 1 && Arithmetic.normalDistribution(-.infinity) == 0)
  }
}

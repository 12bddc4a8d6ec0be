/// With how many samples, and how wide, a CMA-ES begins again: BIPOP, which takes turns between ever larger populations
/// and small ones of varying width, so that neither uses more trials than the other.
///
/// Hansen, "Benchmarking a BI-population CMA-ES on the BBOB-2009 function testbed", GECCO 2009.
struct RestartPlan: Sendable {
  struct Start: Hashable, Sendable {
    var population: Int
    /// As a part of the first width.
    var spread: Double
  }

  /// The first population.
  let population: Int
  private var large: Int
  private var isLarge = true
  private var usedByLarge = 0
  private var usedBySmall = 0
  private var began = 0

  init(population: Int) {
    self.population = population
    large = population
  }

  /// - Parameter trial: the first trial of the new start.
  mutating func next(after trial: Int, from stream: inout RandomStream) -> Start {
    if isLarge { usedByLarge += trial - began } else { usedBySmall += trial - began }
    began = trial
    isLarge = usedByLarge <= usedBySmall || large == population
    guard !isLarge else {
      large = min(2 * large, population * Self.mostGrowth)
      return Start(population: large, spread: 1)
    }
    let (first, second) = (stream.uniform(), stream.uniform())
    let ratio = Double(large) / Double(2 * population)
    let size = Double(population) * Arithmetic.power(max(1, ratio), first * first)
    return Start(population: max(2, Int(size)), spread: Arithmetic.power(10, -2 * second))
  }

  private static let mostGrowth = 256
}

/// Notices that a CMA-ES has come to its end: it no longer moves, or what it finds no longer differs.
struct ProgressWatch: Sendable {
  private let window: Int
  private var latest: [Double] = []

  /// Hansen's tutorial, appendix B.3: so many generations must have found the same.
  init(dimension: Int, population: Int) {
    window = 10 + (30 * dimension + population - 1) / population
  }

  /// - Parameters:
  ///   - best: the smallest loss of a generation.
  ///   - reach: the largest standard deviation of what is continuous; nil where nothing is.
  mutating func stops(best: Double, reach: Double?) -> Bool {
    latest.append(best)
    if latest.count > window { latest.removeFirst() }
    let (low, high) = (latest.min() ?? best, latest.max() ?? best)
    let isFlat = latest.count == window && high / 2 - low / 2 <= 1e-12 * min(1, max(abs(high), abs(low)))
    return isFlat || reach.map { $0 < 1e-9 } ?? false
  }
}

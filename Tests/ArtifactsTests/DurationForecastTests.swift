import Artifacts
import TestSupport
import Testing

@Suite("Forecasts of how long runs take")
struct DurationForecastTests {
  private static func forecast(
    runs: Int, workers: Int, durations: [Double], timeLimit: Int? = nil
  ) -> DurationForecast? {
    DurationForecast(
      [DurationForecast.Group(runs: runs, durations: durations)], recorded: durations.count, workers: workers,
      timeLimit: timeLimit)
  }

  @Test("say nothing where nothing is recorded, or nothing is left to run")
  func nothing() {
    #expect(Self.forecast(runs: 10, workers: 2, durations: []) == nil)
    #expect(Self.forecast(runs: 0, workers: 2, durations: [1]) == nil)
  }

  @Test("are exact where all runs take the same, and go by the workers and the limit of time")
  func same() {
    func median(_ runs: Int, _ workers: Int, timeLimit: Int? = nil) -> Double? {
      Self.forecast(runs: runs, workers: workers, durations: [2, 2, 2], timeLimit: timeLimit)?.median
    }
    #expect(median(10, 1) == 20 && median(10, 2) == 10 && median(10, 3) == 8 && median(10, 64) == 2)
    #expect(median(100_000, 10) == 20_000)
    #expect(median(10, 1, timeLimit: 5000) == 7)
  }

  @Test("go by how many runs there are of each kind")
  func groups() throws {
    let groups = [
      DurationForecast.Group(runs: 30, durations: [1]), DurationForecast.Group(runs: 10, durations: [9, 9]),
      DurationForecast.Group(runs: 0, durations: []),
    ]
    // 120 in the mean; each run is one of 9 with a chance of a quarter, so the deviation is 8 · √(40 · 3/16) = 22.
    let forecast = try #require(DurationForecast(groups, recorded: 3, workers: 1))
    #expect((110...130).contains(forecast.median) && (130...170).contains(forecast.percentile90), "\(forecast)")
    #expect(forecast.recorded == 3)
    // One that nothing is known of leaves all unknown.
    #expect(DurationForecast([DurationForecast.Group(runs: 1, durations: [])] + groups, recorded: 3, workers: 1) == nil)
  }

  /// Of 400 searches whose runs take as long as recorded ones, with sums of exponential durations: the median of the forecast
  /// is above what comes in half of them, and the percentile in nine of ten. With a chance of failing by luck of less than 1 in
  /// 10,000 (a binomial's four standard deviations, and the forecast's own error by 50 recorded runs).
  @Test("hold as often as they say", arguments: [(40, 1), (40, 4), (3, 4)])
  func calibrated(_ runs: Int, _ workers: Int) throws {
    var random = TestRandom(seed: UInt64(runs * 100 + workers))
    func duration() -> Double { -logarithm(Double.random(in: 1e-9..<1, using: &random)) }
    var (belowMedian, below90) = (0, 0)
    let count = 400
    for _ in 0..<count {
      let forecast = try #require(
        Self.forecast(runs: runs, workers: workers, durations: (0..<50).map { _ in duration() }))
      var free = [Double](repeating: 0, count: workers)
      for _ in 0..<runs {
        free.sort()
        free[0] += duration()
      }
      let total = free.max() ?? 0
      if total <= forecast.median { belowMedian += 1 }
      if total <= forecast.percentile90 { below90 += 1 }
    }
    #expect((0.38...0.62).contains(Double(belowMedian) / Double(count)), "\(belowMedian)")
    #expect((0.80...0.97).contains(Double(below90) / Double(count)), "\(below90)")
  }

  private func logarithm(_ x: Double) -> Double {
    // Enough for a test: by its series, after halving until it is near 1.
    var (x, sum) = (x, 0.0)
    while x < 0.75 { (x, sum) = (x * 2, sum - 0.693147180559945) }
    let y = (x - 1) / (x + 1)
    return sum + 2 * (y + y * y * y / 3 + y * y * y * y * y / 5 + y * y * y * y * y * y * y / 7)
  }
}

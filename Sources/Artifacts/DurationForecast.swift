internal import Search

/// How long runs will take, by how long recorded ones did: the median and the 90th percentile of a bootstrap.
///
/// Each of 200 times, as many durations as are recorded are drawn from them, and from those one for each run, which the
/// first free worker takes (Efron, 1979; the first draw stands for what few recorded runs leave unknown).
package struct DurationForecast: Hashable, Sendable {
  /// From how many recorded runs.
  package var recorded: Int
  /// In seconds.
  package var median: Double
  package var percentile90: Double

  /// A limit of how long runs may take, all together.
  package struct Work: Hashable, Sendable {
    /// In seconds: no run of the search is started after.
    package var limit: Double
    /// How many runs are made beyond that.
    package var runsBeyond: Int

    package init(limit: Double, runsBeyond: Int) {
      self.limit = limit
      self.runsBeyond = runsBeyond
    }
  }

  private static let replications = 200
  /// Of more runs than this, the sum of their durations is as good as certain.
  private static let mostDrawn = 2000

  /// - Parameters:
  ///   - runs: how many are to be made.
  ///   - durations: those of recorded ones, in seconds.
  ///   - timeLimit: after which no run is started, in milliseconds.
  ///   - work: what limits all runs together.
  /// - Returns: nil where there is nothing to go by, or nothing to do.
  package init?(runs: Int, workers: Int, durations: [Double], timeLimit: Int? = nil, work: Work? = nil) {
    guard runs > 0, !durations.isEmpty else { return nil }
    var totals: [Double] = []
    for replication in 0..<Self.replications {
      var stream = RandomStream(seed: 0, decision: replication, purpose: .forecast)
      let sample = durations.map { _ in durations[stream.below(durations.count)] }
      let mean = sample.reduce(0, +) / Double(sample.count)
      var total: Double
      if runs > Self.mostDrawn {
        total = mean * Double(runs) / Double(workers)
      } else {
        var free = [Double](repeating: 0, count: max(1, min(workers, runs)))
        // When each worker is free, in this order.
        for _ in 0..<runs {
          let end = free.removeFirst() + sample[stream.below(sample.count)]
          free.insert(end, at: free.firstIndex { $0 > end } ?? free.endIndex)
        }
        total = free.last ?? 0
      }
      if let work { total = min(total, (max(0, work.limit) + mean * Double(work.runsBeyond)) / Double(workers)) }
      if let timeLimit { total = min(total, Double(timeLimit) / 1000 + mean) }
      totals.append(total)
    }
    totals.sort()
    self.init(
      recorded: durations.count, median: totals[Self.replications / 2], percentile90: totals[Self.replications * 9 / 10]
    )
  }

  package var json: JSON {
    .object(["median": .number(median), "percentile90": .number(percentile90), "recordedRuns": .int(recorded)])
  }

  init(json: JSON) throws(DocumentError) {
    self.init(
      recorded: try json.int("recordedRuns"), median: try json.number("median"),
      percentile90: try json.number("percentile90"))
  }

  init(recorded: Int, median: Double, percentile90: Double) {
    self.recorded = recorded
    self.median = median
    self.percentile90 = percentile90
  }
}

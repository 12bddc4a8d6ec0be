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

  /// Runs that take as long as one another, but for chance.
  package struct Group: Hashable, Sendable {
    /// How many are to be made.
    package var runs: Int
    /// In seconds.
    package var durations: [Double]

    package init(runs: Int, durations: [Double]) {
      self.runs = runs
      self.durations = durations
    }
  }

  private static let replications = 200
  /// Of more runs than this, the sum of their durations is as good as certain.
  private static let mostDrawn = 2000

  /// - Parameters:
  ///   - groups: the runs to be made; those of several groups come in any order.
  ///   - recorded: from how many runs that is.
  ///   - timeLimit: after which no run is started, in milliseconds.
  ///   - work: what limits all runs together.
  /// - Returns: nil where there is nothing to go by, or nothing to do.
  package init?(_ groups: [Group], recorded: Int, workers: Int, timeLimit: Int? = nil, work: Work? = nil) {
    let groups = groups.filter { $0.runs > 0 }
    guard !groups.isEmpty, groups.allSatisfy({ !$0.durations.isEmpty }) else { return nil }
    let runs = groups.reduce(0) { $0 + $1.runs }
    var totals: [Double] = []
    for replication in 0..<Self.replications {
      var stream = RandomStream(seed: 0, decision: replication, purpose: .forecast)
      let samples = groups.map { group in
        group.durations.map { _ in group.durations[stream.below(group.durations.count)] }
      }
      let sum = zip(groups, samples).reduce(0) { sum, pair in
        sum + Double(pair.0.runs) * (pair.1.reduce(0, +) / Double(pair.1.count))
      }
      let mean = sum / Double(runs)
      var total: Double
      if runs > Self.mostDrawn {
        total = mean * Double(runs) / Double(workers)
      } else {
        var free = [Double](repeating: 0, count: max(1, min(workers, runs)))
        // When each worker is free, in this order.
        for _ in 0..<runs {
          let sample = samples[groups.count == 1 ? 0 : Self.place(of: stream.below(runs), in: groups)]
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
      recorded: recorded, median: totals[Self.replications / 2], percentile90: totals[Self.replications * 9 / 10]
    )
  }

  private static func place(of run: Int, in groups: [Group]) -> Int {
    var left = run
    return groups.firstIndex { group in
      left -= group.runs
      return left < 0
    } ?? 0
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

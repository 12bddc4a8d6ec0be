/// The trials that others are compared with, step by step: those whose outcomes are known, and of them the latest.
struct Peers: Sendable {
  /// A trial that has ended.
  struct Peer: Sendable {
    /// As losses. None where nothing was reported.
    let steps: [Int]
    let losses: [Double]
    /// The best, and the mean of the finite ones, by each step.
    let best: [Double]
    let means: [Double]
    /// Of a trial that was not ended by a rule and did not fail.
    let final: Double?

    init(_ curve: Curve, _ outcome: Outcome, _ goal: Goal) {
      steps = curve.reports.map(\.step)
      losses = curve.reports.map { goal.loss($0.value) }
      var (best, means): ([Double], [Double]) = ([], [])
      var (lowest, sum, count) = (Double.infinity, 0.0, 0.0)
      for loss in losses {
        lowest = min(lowest, loss)
        if loss.isFinite { (sum, count) = (sum + loss, count + 1) }
        best.append(lowest)
        means.append(count > 0 ? sum / count : .infinity)
      }
      (self.best, self.means) = (best, means)
      final = if case .values(let values) = outcome { goal.loss(values[0]) } else { nil }
    }

    /// The place of its last report by a step; nil where it did not come so far, or said nothing by then.
    func place(at step: Int) -> Int? {
      guard let last = steps.last, last >= step else { return nil }
      var (low, high) = (0, steps.count)
      while low < high {
        let middle = (low + high) / 2
        if steps[middle] <= step { low = middle + 1 } else { high = middle }
      }
      return low > 0 ? low - 1 : nil
    }
  }

  /// Trials are compared with no more than so many, nor with more reports than these in all.
  static let most = 1000
  static let mostReports = 1 << 20

  private(set) var latest: [Peer] = []
  private var reports = 0
  /// The best of all that came to a final value, of equally good ones the first.
  private(set) var incumbent: Peer?

  mutating func insert(_ peer: Peer) {
    latest.append(peer)
    reports += peer.steps.count
    while latest.count > Self.most || reports > Self.mostReports { reports -= latest.removeFirst().steps.count }
    if let final = peer.final, incumbent?.final.map({ final < $0 }) ?? true { incumbent = peer }
  }
}

extension Goal {
  /// What is to be small; infinite for what is no number.
  func loss(_ value: Double) -> Double {
    guard !value.isNaN else { return .infinity }
    return self == .minimize ? value : -value
  }
}

internal import Artifacts
internal import Store

/// What the first trials of a plan measured, as far as they are recorded without a gap. Of a plan with rules that end single
/// trials there is none, since it does not hold what those reported on the way.
///
/// An apply that has shown its plan goes on from it, and looks none of these trials up a second time. A run takes up eight
/// bytes for each of its metrics.
struct RecordedPrefix: Hashable, Sendable {
  /// The number of the journal's last event when it was read.
  let event: Int
  /// How many trials it holds.
  private(set) var count = 0

  /// How many runs each trial has, and how many values each run.
  private let runs: Int
  private let width: Int
  private var values: [Double] = []
  /// Of the runs that failed, by their place among all.
  private var failures: [Int: Failure] = [:]

  init(of plan: Plan, atEvent event: Int) {
    self.event = event
    runs = plan.trial.repeats.seeds
    width = plan.judgedMetrics.count
  }

  /// - Parameter measurements: of the next trial's runs, in their order.
  mutating func append(_ measurements: [Measurement]) {
    for (run, measurement) in measurements.enumerated() {
      switch measurement {
      case .values(let some): values += some
      case .stopped: preconditionFailure("no rule ends trials of the plan")
      case .failed(let failure):
        failures[count * runs + run] = failure
        values += repeatElement(.nan, count: width)
      }
    }
    count += 1
  }

  /// Of a trial's runs, in their order; nil for a trial beyond these.
  func measurements(of trial: Int) -> [Measurement]? {
    guard trial < count else { return nil }
    return (trial * runs..<(trial + 1) * runs).map { run in
      failures[run].map(Measurement.failed) ?? .values(Array(values[run * width..<(run + 1) * width]))
    }
  }
}

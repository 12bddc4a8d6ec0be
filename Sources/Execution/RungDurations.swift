internal import Artifacts
internal import Search

/// How long runs take that are recorded, by their fidelity where there is one.
struct RungDurations {
  struct Run: Hashable {
    var seconds: Double
    /// How much of the fidelity it had; nil where there is none, or none is known.
    var level: Int?
  }

  private let runs: [Run]
  private let search: SearchSettings

  init(_ runs: [Run], of search: SearchSettings) {
    self.runs = runs
    self.search = search
  }

  /// The runs that are left to be made, by how long they take.
  ///
  /// - Parameters:
  ///   - trials: how many there are left.
  ///   - done: how many trials there are at each level of the fidelity.
  ///   - runs: of each trial.
  ///   - confirming: how many runs confirm the best trials, with all of the fidelity.
  func groups(
    trials: Int, beside done: [Int: Int], runs: Int, confirming: Int
  ) -> [DurationForecast.Group] {
    guard let fidelity = search.fidelity else {
      return [DurationForecast.Group(runs: trials * runs + confirming, durations: self.runs.map(\.seconds))]
    }
    let recorded = done.values.reduce(0, +)
    let ofPoints = search.rungPoints(upTo: recorded + trials).map(fidelity.trials)
    let all = most(min(recorded + trials, ofPoints ?? .max), of: fidelity)
    let trials = max(0, all - recorded)
    let wanted = fidelity.counts(of: all, scheme)
    var left = zip(fidelity.rungs, wanted).map { level, count in max(0, count - done[level, default: 0]) }
    // More than are left where some rungs have more trials already than they were to have.
    let sum = max(1, left.reduce(0, +))
    left = left.map { ($0 * trials + sum - 1) / sum }
    return fidelity.rungs.indices.flatMap { rung in
      let durations = durations(at: rung, of: fidelity)
      return [DurationForecast.Group(runs: left[rung] * runs, durations: durations)]
        + (rung == fidelity.rungs.count - 1 ? [DurationForecast.Group(runs: confirming, durations: durations)] : [])
    }
  }

  /// How many trials there are at most, and no more than take what the budget allows of the fidelity.
  private func most(_ trials: Int, of fidelity: Fidelity) -> Int {
    guard let budget = search.fidelityBudget else { return trials }
    var (low, high) = (0, trials)
    while low < high {
      let middle = (low + high + 1) / 2
      let counts = fidelity.counts(of: middle, scheme)
      let taken = fidelity.rungs.indices.reduce(0) { $0 + counts[$1] * fidelity.charge(at: $1) }
      if taken * (search.fidelityRuns ?? 1) <= budget { low = middle } else { high = middle - 1 }
    }
    return low
  }

  private var scheme: RungScheme? {
    if case .rungs(let scheme, _) = search.chosenStrategy { scheme } else { nil }
  }

  /// Those at a rung; where none are known, those at the nearest one, in proportion to what is trained.
  private func durations(at rung: Int, of fidelity: Fidelity) -> [Double] {
    let known = fidelity.rungs.indices.filter { rung in runs.contains { $0.level == fidelity.rungs[rung] } }
    guard let nearest = known.min(by: { (abs($0 - rung), -$0) < (abs($1 - rung), -$1) }) else {
      return runs.map(\.seconds)
    }
    let factor = Double(fidelity.charge(at: rung)) / Double(fidelity.charge(at: nearest))
    return runs.filter { $0.level == fidelity.rungs[nearest] }.map { $0.seconds * (nearest == rung ? 1 : factor) }
  }
}

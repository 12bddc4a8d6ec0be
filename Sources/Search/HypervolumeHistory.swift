/// How much of the objectives' space the trials of a search dominate, trial by trial: the larger the better (Zitzler, Thiele,
/// "Multiobjective optimization using evolutionary algorithms", PPSN V, 1998).
package struct HypervolumeHistory: Hashable, Sendable {
  /// Up to where it is measured: for each objective the worst value of all trials that completed.
  package var reference: [Double]
  /// The trials that made it larger, with what it was then.
  package var steps: [Step]

  package struct Step: Hashable, Sendable {
    package var trial: Int
    package var volume: Double

    package init(trial: Int, volume: Double) {
      self.trial = trial
      self.volume = volume
    }
  }

  package init(reference: [Double], steps: [Step]) {
    self.reference = reference
    self.steps = steps
  }

  /// Larger fronts take too long to measure with more than two objectives.
  private static let largestFront = 100

  /// - Parameter outcomes: in the order of the trials.
  /// - Returns: nil with one objective, where no trial completed, and where the front of more than two objectives is large.
  package init?(of outcomes: [Outcome], goals: [Goal]) {
    let losses: [(trial: Int, losses: Pareto.Losses)] = outcomes.enumerated().compactMap { trial, outcome in
      guard case .values(let values) = outcome else { return nil }
      return (trial, Pareto.losses(values, goals))
    }
    guard goals.count > 1, let first = losses.first else { return nil }
    let worst = losses.reduce(first.losses) { zip($0, $1.losses).map(max) }
    reference = zip(goals, worst).map { $0 == .minimize ? $1 : -$1 }
    steps = []
    var front: [Pareto.Losses] = []
    for (trial, loss) in losses where !front.contains(where: { $0 == loss || Pareto.dominates($0, loss) }) {
      front.removeAll { Pareto.dominates(loss, $0) }
      front.append(loss)
      guard goals.count == 2 || front.count <= Self.largestFront else { return nil }
      let volume = Pareto.hypervolume(front, reference: worst)
      if volume > steps.last?.volume ?? 0 { steps.append(Step(trial: trial, volume: volume)) }
    }
  }
}

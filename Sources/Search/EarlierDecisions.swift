/// A search that an earlier version of the program has begun goes on as it did.
extension SearchSettings {
  /// Whether earlier versions would have decided otherwise somewhere.
  package var decidesAnew: Bool {
    seeksFront || softensTail || drawsDistinct || shortensDesign || fidelityRuns != nil || completesRungs
      || stopping.contains { ($0.plateauLevel ?? 0) > 0 }
  }

  /// The same with the decisions that an earlier search of the same space has made its own.
  package func goingOn(from earlier: SearchSettings) -> SearchSettings {
    var settings = self
    if earlier.asksGaussianProcess, !earlier.seeksFront { settings.seeksFront = false }
    if earlier.asksGaussianProcess, !earlier.softensTail { settings.softensTail = false }
    if drawsDistinct, !earlier.drawsDistinct {
      // There were as many trials as the budget said, however few points there are.
      if trials == makeStrategy().count { settings.trials = max(trials, earlier.trials) }
      settings.drawsDistinct = false
    }
    if earlier.reusesObservations, !earlier.shortensDesign { settings.shortensDesign = false }
    if earlier.fidelity != nil, !earlier.completesRungs { settings.completesRungs = false }
    // Each trial counted once to a budget of the fidelity, and there were no more than it allows at the lowest rung.
    if earlier.fidelityBudget != nil, earlier.fidelityRuns == nil {
      settings.fidelityRuns = nil
      if let fidelity, let fidelityBudget {
        settings.trials = min(trials, max(1, fidelityBudget / fidelity.rungs[0]))
      }
    }
    // Plateaus counted from the lowest rung on.
    if earlier.fidelity != nil, earlier.stopping.contains(where: { $0.plateauLevel == 0 }) {
      settings.stopping = stopping.map { rule in
        guard case .plateau(let trials, let improvement, _) = rule else { return rule }
        return .plateau(trials: trials, improvement: improvement)
      }
    }
    return settings
  }
}

extension StoppingRule {
  fileprivate var plateauLevel: Int? { if case .plateau(_, _, let from) = self { from } else { nil } }
}

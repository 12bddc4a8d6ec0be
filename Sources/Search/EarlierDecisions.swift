/// A search that an earlier version of the program has begun goes on as it did.
extension SearchSettings {
  /// Whether earlier versions would have decided otherwise somewhere.
  package var decidesAnew: Bool { seeksFront || stopping.contains { ($0.plateauLevel ?? 0) > 0 } }

  /// The same with the decisions that an earlier search of the same space has made its own.
  package func goingOn(from earlier: SearchSettings) -> SearchSettings {
    var settings = self
    if earlier.asksGaussianProcess, !earlier.seeksFront { settings.seeksFront = false }
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

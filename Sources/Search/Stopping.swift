/// A rule that ends a search, judged on the outcomes in the order of their release.
package enum StoppingRule: Hashable, Sendable {
  /// Ends with the first trial whose value is at least as good.
  case target(Double)
  /// Ends when `trials` trials in a row have not bettered the best value by more than `improvement` (absolute).
  case plateau(trials: Int, improvement: Double)
}

/// Counts the trials since the last one that improved enough.
///
/// The reference moves only when it is bettered by more than `improvement`, so that many small steps add up to an
/// improvement in the end: "patience" and "minimum delta" as early stopping has them in the training of networks.
/// Trials that fail count; nothing is counted before the first value.
struct PlateauWatch: Sendable {
  private let patience: Int
  private let improvement: Double
  private let goal: Goal
  private var reference: Double?
  private var waited = 0

  init(patience: Int, improvement: Double, goal: Goal) {
    self.patience = patience
    self.improvement = improvement
    self.goal = goal
  }

  mutating func stalls(after outcome: Outcome) -> Bool {
    if case .value(let value) = outcome, improves(value) {
      reference = value
      waited = 0
    } else if reference != nil {
      waited += 1
    }
    return waited >= patience
  }

  private func improves(_ value: Double) -> Bool {
    guard let reference else { return true }
    let bar = goal == .minimize ? reference - improvement : reference + improvement
    return goal.prefers(value, to: bar)
  }
}

/// A strategy for a part of the search.
package struct SearchPhase: Hashable, Sendable {
  package var strategy: StrategyChoice
  /// How many trials it has; nil for all that are left.
  package var trials: Int?

  package init(_ strategy: StrategyChoice, trials: Int? = nil) {
    self.strategy = strategy
    self.trials = trials
  }
}

/// Strategies one after the other. Each sees the outcomes of those before it; one whose points are all proposed gives the
/// rest of its trials to the next.
struct PhasedSearch: AdaptiveStrategy {
  private struct Part: Sendable {
    var strategy: Strategy
    /// The trials from which on the next part decides.
    var end: Int
  }

  private var parts: [Part] = []
  /// The part that decides, and the trial with which it began.
  private var current = 0
  private var start = 0

  init(_ phases: [(phase: SearchPhase, strategy: Strategy)]) {
    var end = 0
    for (phase, strategy) in phases {
      let count = phase.trials ?? Int.max / 2
      end = min(Int.max / 2, end + count)
      parts.append(Part(strategy: strategy, end: end))
    }
  }

  var phase: Int? { min(current, parts.count - 1) }

  func looksAtOutcomes(for trial: Int) -> Bool {
    guard let part = parts[current...].first(where: { trial < $0.end }) else { return false }
    if case .adaptive(let strategy) = part.strategy { return strategy.looksAtOutcomes(for: trial) }
    return false
  }

  mutating func propose(after history: History) -> Proposal? {
    while current < parts.count {
      if history.trial < parts[current].end,
        let proposal = parts[current].strategy.propose(at: history.trial - start, after: history)
      {
        return proposal
      }
      current += 1
      start = history.trial
    }
    return nil
  }
}

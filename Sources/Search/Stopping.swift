/// A rule that ends a search, judged on the outcomes in the order of their release.
package enum StoppingRule: Hashable, Sendable {
  /// Ends with the first trial that is at least as good in each objective that has one; there is one at least.
  case target([Double?])
  /// Ends when `trials` trials in a row have not bettered the best value by more than `improvement` (absolute); of
  /// several objectives, when none has joined the trials that no other dominates. It counts trials that have so much of the
  /// fidelity at least as `from` says.
  case plateau(trials: Int, improvement: Double, from: Int = 0)
  /// Ends when too many trials have failed.
  case failures(FailureLimit)
  /// Ends when a model has expected less of `trials` decisions in a row than an improvement by `below`, in the objective's unit:
  /// the last of these is not carried out. Nguyen, Gupta, Rana, Li, Venkatesh, "Regret for expected improvement over the best-observed
  /// value and stopping condition", ACML 2017.
  case expectedImprovement(below: Double, trials: Int)
  /// Ends when a model has held it for less likely than `probability`, at `trials` decisions in a row, that there is a point which is
  /// better than the best trial by more than `bound`, in the objective's unit: the last of these is not carried out. Wilson, "Stopping
  /// Bayesian optimization with probabilistic regret bounds", NeurIPS 2024.
  case regret(bound: Double, probability: Double, trials: Int)

  /// How many decisions in a row a rule asks for that asks a model, and what it holds for unlikely, where nothing is said.
  package static let usualDecisions = 3
  package static let usualProbability = 0.05

  /// Whether it judges what a model expects when a decision is made.
  package var asksModel: Bool {
    switch self {
    case .expectedImprovement, .regret: true
    case .target, .plateau, .failures: false
    }
  }

  /// Whether a model says of a decision that the next trial is hardly worth it, and of how many decisions in a row it must say so
  /// for the search to end, for what reason; nil of rules that ask none, and of a trial that goes on, for which none is asked.
  func verdict(on proposal: Proposal) -> (isHopeless: Bool, trials: Int, reason: StopReason)? {
    if proposal.reason == .promotion { return nil }
    let belief: Belief? = if case .model(let belief) = proposal.reason { belief } else { nil }
    return switch self {
    case .expectedImprovement(let below, let trials):
      (belief?.improvement.map { $0 < below } ?? false, trials, .improvement)
    case .regret(_, let probability, let trials): (belief?.regret.map { $0 < probability } ?? false, trials, .regret)
    case .target, .plateau, .failures: nil
    }
  }
}

/// How many trials may fail.
package enum FailureLimit: Hashable, Sendable {
  /// Fewer than so many in a row.
  case inARow(Int)
  /// Fewer than so many in all.
  case count(Int)
  /// No larger share than this, from so many trials on.
  case rate(Double, trials: Int)

  /// From so many trials on a rate is looked at, where nothing is said.
  package static let usualTrials = 10
}

/// Judges the outcomes of a search, in the order in which it sees them, by its stopping rules.
struct StoppingWatch: Sendable {
  /// The best trials so far: the best one, or with several objectives those that none dominates.
  private(set) var best: [Incumbent] = []

  private let goals: [Goal]
  private let rules: [StoppingRule]
  private var plateaus: [(watch: PlateauWatch, from: Int)]
  /// The highest fidelity of which there is a value: trials with less of it are compared with nothing.
  private(set) var topLevel = 0
  /// How many trials there were, how many of them failed, and how many since the last one that did not.
  private var trials = 0
  private var failures = 0
  private var failuresInARow = 0

  init(_ settings: SearchSettings) {
    goals = settings.goals
    rules = settings.stopping
    plateaus = Self.plateaus(of: settings.stopping, settings.goals)
  }

  private static func plateaus(of rules: [StoppingRule], _ goals: [Goal]) -> [(watch: PlateauWatch, from: Int)] {
    rules.compactMap { rule in
      guard case .plateau(let trials, let improvement, let from) = rule else { return nil }
      return (PlateauWatch(patience: trials, improvement: improvement, goals: goals), from)
    }
  }

  /// Takes an outcome in; gives the reason when the search ends with it.
  ///
  /// - Parameter level: how much of the fidelity the trial had; 0 where there is none. Values with less of it than others had
  ///   count neither for the best nor for a target or a plateau.
  mutating func stops(after outcome: Outcome, of trial: Int, level: Int = 0) -> StopReason? {
    trials += 1
    failures += outcome == .failed ? 1 : 0
    failuresInARow = outcome == .failed ? failuresInARow + 1 : 0
    if isBroken { return .failures }
    guard level >= topLevel else { return nil }
    if case .values = outcome, level > topLevel {
      topLevel = level
      best = []
      plateaus = Self.plateaus(of: rules, goals)
    }
    var isBest = false
    if case .values(let values) = outcome {
      isBest = best.admit(Incumbent(trial: trial, values: values), by: goals)
    }
    var stalled = false
    for index in plateaus.indices where level >= plateaus[index].from {
      stalled = plateaus[index].watch.stalls(after: outcome, isBest: isBest) || stalled
    }
    if reachesTarget(outcome) { return .target }
    return stalled ? .plateau : nil
  }

  private func reachesTarget(_ outcome: Outcome) -> Bool {
    guard case .values(let values) = outcome else { return false }
    return rules.contains { rule in
      guard case .target(let targets) = rule else { return false }
      return goals.indices.allSatisfy { index in
        targets[index].map { goals[index].reaches(values[index], target: $0) } ?? true
      }
    }
  }

  private var isBroken: Bool {
    rules.contains { rule in
      switch rule {
      case .failures(.inARow(let most)): failuresInARow >= most
      case .failures(.count(let most)): failures >= most
      case .failures(.rate(let rate, let first)): trials >= first && Double(failures) > rate * Double(trials)
      case .target, .plateau, .expectedImprovement, .regret: false
      }
    }
  }
}

/// Counts the trials since the last one that improved enough.
///
/// The reference moves only when it is bettered by more than `improvement`, so that many small steps add up to an
/// improvement in the end: "patience" and "minimum delta" as early stopping has them in the training of networks.
/// Trials that fail count; nothing is counted before the first value. With several objectives, each trial that no
/// earlier one dominates is an improvement.
struct PlateauWatch: Sendable {
  private let patience: Int
  private let improvement: Double
  private let goals: [Goal]
  private var reference: Double?
  private var waited = 0

  init(patience: Int, improvement: Double, goals: [Goal]) {
    self.patience = patience
    self.improvement = improvement
    self.goals = goals
  }

  /// - Parameter isBest: whether the trial is among the best now.
  mutating func stalls(after outcome: Outcome, isBest: Bool) -> Bool {
    if case .values(let values) = outcome, goals.count == 1 ? improves(values[0]) : isBest {
      reference = values[0]
      waited = 0
    } else if reference != nil {
      waited += 1
    }
    return waited >= patience
  }

  private func improves(_ value: Double) -> Bool {
    guard let reference else { return true }
    let bar = goals[0] == .minimize ? reference - improvement : reference + improvement
    return goals[0].prefers(value, to: bar)
  }
}

/// A rule that ends single trials, judged on what they report of the one objective on the way.
///
/// Values are compared as losses: the smaller, the better. A trial is compared with those that its decision saw (see
/// `Schedule`), so that a verdict is the same whenever it is reached, and however many trials run at once.
package struct TrialRule: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// Ends a trial whose best value by a step is worse than the median of what the others had reported up to that step on
    /// average: Golovin et al., "Google Vizier: a service for black-box optimization", KDD 2017.
    case median
    /// Ends a trial whose best value by a step is not among the best `percent` of the others' by that step.
    case percentile(percent: Double)
    /// Ends a trial whose value at a step is among the worst `percent` of the others' at that step.
    case truncation(percent: Double)
    /// Ends a trial whose best value by a step is worse than the others' best by more than the slack: a number, or so many
    /// times the size of that best.
    case bandit(slack: Double, isFactor: Bool)
    /// Ends a trial whose values are worse than those of the best trial at the same steps, by Wilcoxon's signed-rank test:
    /// the probability of values as bad as these, were they no worse, is below `p`. The steps are folds, seeds or data sets.
    case wilcoxon(p: Double)
    /// Ends a trial whose values have a worse mean than the best trial's, by Welch's test: the probability of a difference as
    /// large as this, were the means the same, is below `p`. The steps are runs with seeds of their own. After Maron, Moore,
    /// "Hoeffding races", NIPS 1993, with a test of means in place of a bound for all distributions.
    case racing(p: Double)
    /// Ends a trial that will, with a probability of less than `probability`, come to a better value than the best trial:
    /// final values of the others are regressed on their best by the step, after Baker, Gupta, Raskar, Naik,
    /// "Accelerating neural architecture search using performance prediction", ICLR 2018 workshops.
    case learningCurve(probability: Double)
    /// Ends a trial when so many steps have gone by without an improvement by more than this. What it has reported counts as
    /// its result.
    case patience(steps: Int, improvement: Double)
    /// Ends a trial of which a metric, the objective where none is named, is no finite number, or beyond a bound.
    case threshold(metric: String? = nil, lower: Double?, upper: Double?)
  }

  package var kind: Kind
  /// Steps up to this one are not judged.
  package var warmupSteps: Int
  /// So many other trials must have come to a step before one is judged at it.
  package var warmupTrials: Int

  package init(_ kind: Kind, warmupSteps: Int? = nil, warmupTrials: Int? = nil) {
    self.kind = kind
    self.warmupSteps = warmupSteps ?? 0
    self.warmupTrials = warmupTrials ?? kind.usualWarmupTrials
  }

  package var name: String { kind.name }
  /// Whether it looks at other trials, were it only to know how far they came.
  package var comparesTrials: Bool { kind.comparesTrials || warmupTrials > 0 }
  /// No step before this one can be its verdict's, where steps are counted from 1.
  package var firstStep: Int {
    let fewest =
      switch kind {
      // Of one value there is no variance.
      case .racing: 2
      // The least that so many pairs can give is 1 / 2^n.
      case .wilcoxon(let p): (1...).first { 1 / Double(1 << min($0, 60)) < p || $0 == 60 } ?? 1
      default: 1
      }
    return max(fewest, warmupSteps + 1)
  }
}

extension TrialRule.Kind {
  /// As experiments and documents call it.
  package var name: String {
    switch self {
    case .median: "median"
    case .percentile: "percentile"
    case .truncation: "truncation"
    case .bandit: "bandit"
    case .wilcoxon: "wilcoxon"
    case .racing: "racing"
    case .learningCurve: "learning_curve"
    case .patience: "patience"
    case .threshold: "threshold"
    }
  }

  /// Whether it compares a trial with others.
  package var comparesTrials: Bool {
    switch self {
    case .median, .percentile, .truncation, .bandit, .wilcoxon, .racing, .learningCurve: true
    case .patience, .threshold: false
    }
  }

  package var usualWarmupTrials: Int {
    switch self {
    case .median, .percentile, .truncation: 5
    case .learningCurve: 10
    case .bandit, .wilcoxon, .racing: 1
    case .patience, .threshold: 0
    }
  }

  /// Whether it can judge the runs of a trial that is repeated, each run a step, and not only what one run reports on the way.
  package var judgesRuns: Bool {
    switch self {
    case .wilcoxon, .racing, .threshold: true
    case .median, .percentile, .truncation, .bandit, .learningCurve, .patience: false
    }
  }

  /// Whether it can judge trials beside rungs, which compare trials themselves and decide how long each goes on.
  package var goesWithRungs: Bool { if case .threshold = self { true } else { false } }

  /// The metric that it looks at, where that is not the objective.
  package var metric: String? { if case .threshold(let metric, _, _) = self { metric } else { nil } }

  /// Whether its numbers mean something.
  package var isInBounds: Bool {
    switch self {
    case .median: true
    case .percentile(let percent), .truncation(let percent): percent > 0 && percent < 100
    case .bandit(let slack, _): slack >= 0
    case .wilcoxon(let p), .racing(let p): p > 0 && p < 1
    case .learningCurve(let probability): probability > 0 && probability < 1
    case .patience(let steps, let improvement): steps >= 1 && improvement >= 0
    case .threshold(_, let lower, let upper): lower ?? -.infinity < upper ?? .infinity
    }
  }

  /// Fewer say nothing.
  package var fewestWarmupTrials: Int {
    switch self {
    case .learningCurve: 4
    case .median, .percentile, .truncation, .bandit, .wilcoxon, .racing: 1
    case .patience, .threshold: 0
    }
  }
}

/// That a rule ends a trial.
package struct TrialStop: Hashable, Sendable {
  /// The rule's name.
  package var rule: String
  /// The step at which it ends: what the trial reports beyond it does not count.
  package var step: Int
  /// What the trial reported last by then, or the mean of its runs where those are judged. Finite, but where a threshold
  /// ended it.
  package var value: Double
  /// Whether that is the trial's result, rather than a reason to think no more of it.
  package var isResult: Bool

  package init(rule: String, step: Int, value: Double, isResult: Bool) {
    self.rule = rule
    self.step = step
    self.value = value
    self.isResult = isResult
  }

  /// What is no number is the same as another that is none: a verdict on it is found again.
  package static func == (one: TrialStop, other: TrialStop) -> Bool {
    one.rule == other.rule && one.step == other.step && one.isResult == other.isResult
      && one.value.isSame(as: other.value)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(rule)
    hasher.combine(step)
  }
}

extension TrialStop {
  /// What the search sees of the trial.
  package var outcome: Outcome { isResult ? .values([value]) : .stopped(value) }
}

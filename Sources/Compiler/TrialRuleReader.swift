internal import Artifacts
internal import Search

/// Reads the rules of `stopping` that end single trials.
extension ExperimentReader {
  /// The keys of the rules.
  static let trialRules = [
    "median", "percentile", "truncation", "bandit", "wilcoxon", "racing", "learning_curve", "patience", "threshold",
  ]

  /// - Parameter node: what stands behind the rule's key.
  mutating func readTrialRule(_ name: String, _ node: SyntaxNode, key: Span) -> Located<TrialRule>? {
    let (own, example): ([String], String) =
      switch name {
      case "median": ([], "median: {warmup_steps: 5}")
      case "percentile": (["percent"], "percentile: {percent: 25}")
      case "truncation": (["percent"], "truncation: {percent: 20}")
      case "bandit": (["slack", "factor"], "bandit: {factor: 0.1}")
      case "wilcoxon": (["p"], "wilcoxon: {p: 0.1}")
      case "racing": (["p"], "racing: {p: 0.05}")
      case "learning_curve": (["probability"], "learning_curve: {probability: 0.05}")
      case "patience": (["steps", "improvement"], "patience: {steps: 10}")
      default: (["metric", "lower", "upper"], "threshold: {upper: 100}")
      }
    guard
      let section = Section(
        node, named: "`\(name)`", known: own + ["warmup_steps", "warmup_trials"], &diagnostics)
    else { return nil }
    guard let kind = readKind(name, section, example),
      let steps = readCount("warmup_steps", section, in: 0...1_000_000_000, otherwise: 0),
      let trials = readCount(
        "warmup_trials", section, in: kind.fewestWarmupTrials...SearchSettings.maximumTrials,
        otherwise: kind.usualWarmupTrials)
    else { return nil }
    return Located(TrialRule(kind, warmupSteps: steps, warmupTrials: trials), at: key)
  }

  private mutating func readKind(_ name: String, _ section: Section, _ example: String) -> TrialRule.Kind? {
    switch name {
    case "median": return .median
    case "percentile": return readShare("percent", of: 100, section, example).map { .percentile(percent: $0) }
    case "truncation": return readShare("percent", of: 100, section, example).map { .truncation(percent: $0) }
    case "wilcoxon": return readShare("p", of: 1, section, example).map { .wilcoxon(p: $0) }
    case "racing": return readShare("p", of: 1, section, example).map { .racing(p: $0) }
    case "learning_curve":
      return readShare("probability", of: 1, section, example).map { .learningCurve(probability: $0) }
    case "bandit": return readBandit(section)
    case "patience":
      let steps = section.require("steps", example: example, &diagnostics)
        .flatMap { diagnostics.int($0, "`steps`", in: 1...1_000_000_000)?.value }
      let improvement = section["improvement"].map { diagnostics.float($0, "`improvement`") }
      if let improvement = improvement ?? nil, improvement.value < 0 {
        diagnostics.report(.negativeImprovement, at: improvement.span)
        return nil
      }
      guard let steps, improvement.map({ $0 != nil }) ?? true else { return nil }
      return .patience(steps: steps, improvement: improvement??.value ?? 0)
    default: return readThreshold(section)
    }
  }

  /// A number between 0 and `whole`, and neither of them.
  private mutating func readShare(
    _ key: String, of whole: Double, _ section: Section, _ example: String
  ) -> Double? {
    guard let node = section.require(key, example: example, &diagnostics),
      let share = diagnostics.float(node, "`\(key)`")
    else { return nil }
    guard share.value > 0, share.value < whole else {
      diagnostics.report(.shareOutOfBounds(key, whole: Int(whole)), at: share.span)
      return nil
    }
    if whole == 100, share.value < 1 { diagnostics.report(.partOfAPercent(key, share.value), at: share.span) }
    return share.value
  }

  private mutating func readBandit(_ section: Section) -> TrialRule.Kind? {
    let (slack, factor) = (section["slack"], section["factor"])
    guard let node = slack ?? factor, slack == nil || factor == nil else {
      // A key that was misspelt is no second mistake.
      if slack != nil || !(section.has("slack") || section.has("factor")) {
        diagnostics.report(.oneSlack(isMissing: slack == nil), at: section.span)
      }
      return nil
    }
    guard let value = diagnostics.float(node, slack == nil ? "`factor`" : "`slack`") else { return nil }
    guard value.value >= 0 else {
      diagnostics.report(.negativeSlack, at: value.span)
      return nil
    }
    return .bandit(slack: value.value, isFactor: slack == nil)
  }

  private mutating func readThreshold(_ section: Section) -> TrialRule.Kind? {
    let (lower, upper) = (
      section["lower"].map { diagnostics.float($0, "`lower`") },
      section["upper"].map { diagnostics.float($0, "`upper`") }
    )
    guard lower.map({ $0 != nil }) ?? true, upper.map({ $0 != nil }) ?? true else { return nil }
    if let lower = lower ?? nil, let upper = upper ?? nil, lower.value >= upper.value {
      diagnostics.report(
        .noThreshold, at: upper.span, related: [Related(lower.span, "nothing is above this and below that")])
      return nil
    }
    let named = section["metric"].map { metric($0) }
    guard named.map({ $0 != nil }) ?? true else { return nil }
    return .threshold(metric: named??.value, lower: lower??.value, upper: upper??.value)
  }

  private mutating func readCount(
    _ key: String, _ section: Section, in bounds: ClosedRange<Int>, otherwise: Int
  ) -> Int? {
    guard let node = section[key] else { return otherwise }
    return diagnostics.int(node, "`\(key)`", in: bounds)?.value
  }
}

extension Checks {
  /// What rules over a model ask of the rest: a model of one objective.
  mutating func checkExpectations() {
    var firsts = Set<String>()
    for rule in experiment.expectations where !firsts.insert(rule.value.key).inserted {
      diagnostics.report(.expectationTwice(rule.value.key), at: rule.span)
    }
    guard let rule = experiment.expectations.first else { return }
    if experiment.objectives.count > 1 {
      return diagnostics.report(.expectationOfSeveral(rule.value.key), at: rule.span)
    }
    guard let search = experiment.search else { return }
    let names = search.phases?.value.map(\.strategy.value) ?? [search.strategy.value]
    guard experiment.fidelity != nil else {
      if !names.contains(where: { $0 == .bayesian || $0 == .auto }) {
        diagnostics.report(.expectationWithoutModel(rule.value.key, names.map(\.rawValue)), at: rule.span)
      }
      return
    }
    if names != [.auto], search.proposals?.value != .multiFidelity {
      diagnostics.report(.expectationOverRungs(rule.value.key), at: rule.span)
    }
  }

  /// What rules that end single trials ask of the rest of the experiment.
  mutating func checkTrialRules() {
    guard let rule = experiment.trialRules.first else { return }
    if experiment.objectives.count > 1 {
      diagnostics.report(.trialRuleOfSeveral(rule.value.name), at: rule.span)
    }
    if let fidelity = experiment.fidelity,
      let rule = experiment.trialRules.first(where: { !$0.value.kind.goesWithRungs })
    {
      let isPopulation = experiment.search?.strategy.value == .pbt
      diagnostics.report(
        isPopulation ? .trialRuleWithPopulation(rule.value.name) : .trialRuleWithFidelity(rule.value.name),
        at: rule.span, related: [Related(fidelity.span, "the fidelity is declared here")])
    }
    if experiment.fidelity != nil, experiment.search?.strategy.value == .pbt,
      let rule = experiment.trialRules.first(where: { $0.value.kind.goesWithRungs && $0.value.warmupTrials > 0 })
    {
      diagnostics.report(.warmupInPopulation, at: rule.span)
    }
    for rule in experiment.trialRules {
      guard let name = rule.value.kind.metric, experiment.watches(rule.value), names.contains(name) else { continue }
      diagnostics.report(.ruleOverParameter(name), at: rule.span)
    }
    if let trial = experiment.trial {
      if trial.repeats.seeds > 1 { checkRulesOverRuns(trial.repeats.seeds) }
      if trial.metrics?.source.form == .json {
        diagnostics.report(.trialRuleWithoutSteps(rule.value.name), at: rule.span)
      }
    }
    let needsOthers =
      outcomeConstraints.contains { names(ofMetricsIn: $0.value) }
      || experiment.trialRules.contains { experiment.watches($0.value) }
    if let patience = experiment.trialRules.first(where: { $0.value.name == "patience" }), needsOthers {
      diagnostics.report(.patienceWithConstraints, at: patience.span)
    }
    guard let trials = experiment.budget.trials else { return }
    for rule in experiment.trialRules where rule.value.comparesTrials && rule.value.warmupTrials >= trials.value {
      diagnostics.report(
        .trialRuleNeverFires(rule.value.name, trials: rule.value.warmupTrials, budget: trials.value), at: rule.span)
    }
  }

  private mutating func checkRulesOverRuns(_ runs: Int) {
    if let rule = experiment.trialRules.first(where: { !$0.value.kind.judgesRuns }) {
      return diagnostics.report(.trialRuleWithRepeats(rule.value.name), at: rule.span)
    }
    for rule in experiment.trialRules where rule.value.firstStep >= runs {
      diagnostics.report(
        .trialRuleNeverFires(rule.value.name, step: rule.value.firstStep, runs: runs), at: rule.span)
    }
  }

  /// Whether it is over a metric other than the objective.
  private func names(ofMetricsIn constraint: Expression) -> Bool {
    constraint.names.contains { name in
      space.indices(of: name).isEmpty && !experiment.objectives.contains { $0.metric.value == name }
    }
  }
}

extension StoppingRule {
  /// As the experiment has it, of a rule over a model.
  var key: String { if case .regret = self { "regret" } else { "expected_improvement" } }
}

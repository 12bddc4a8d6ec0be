internal import Artifacts
internal import Search

/// Reads the tree of an experiment file: which keys there are, and what type each value has. What one value alone can
/// be wrong about is reported here; what two of them say to each other is the business of `Checks`.
struct ExperimentReader {
  let sources: Sources
  var diagnostics: Diagnostics
  /// Keys that stand beside the section that they belong into.
  var misplaced: Set<String> = []
  /// As `Experiment.unreadNames`.
  var unreadNames: Set<String>? = []
  /// As `Experiment.TrialDeclaration.growths`.
  var growths: [Located<FailureClass>] = []

  static func read(_ root: SyntaxNode, of sources: Sources, into diagnostics: inout Diagnostics) -> Experiment {
    var reader = ExperimentReader(sources: sources, diagnostics: diagnostics)
    let experiment = reader.experiment(root)
    diagnostics = reader.diagnostics
    return experiment
  }

  private mutating func experiment(_ root: SyntaxNode) -> Experiment {
    var experiment = Experiment()
    let known = [
      "attune", "extends", "name", "description", "objective", "parameters", "constraints", "fidelity", "search",
      "budget", "stopping", "trial", "prepare", "confirm", "finally", "secrets",
    ]
    let later = ["tags", "executor"]
    guard let section = Section(root, named: "the experiment", known: known, later: later, &diagnostics) else {
      return experiment
    }
    misplaced = section.misplaced
    readVersion(section)
    experiment.name = readName(section)
    if let description = section["description"] { _ = diagnostics.text(description, "`description`") }
    if let node = section.require("objective", example: "objective: {minimize: val_error}", &diagnostics) {
      experiment.objectives = readObjectives(node)
    }
    if let node = section.require(
      "parameters", example: "parameters: {learning_rate: {float: [1e-4, 1e-1], scale: log}}", &diagnostics)
    {
      (experiment.parameters, experiment.parametersAreComplete) = readParameters(node)
      experiment.unreadNames = unreadNames
    } else {
      experiment.unreadNames = nil
    }
    if let node = section["fidelity"] { readFidelity(node, into: &experiment) }
    if let node = section["constraints"] { experiment.constraints = readConstraints(node) }
    if let node = section["search"] {
      experiment.search = readSearch(node)
    } else if !section.has("search") {
      experiment.search = .automatic(at: section.span.start)
    }
    experiment.budget.lacksTrials = !section.has("budget")
    if let node = section["budget"] { experiment.budget = readBudget(node) }
    if let node = section["stopping"] { readStopping(node, of: &experiment) }
    if let node = section["confirm"] { experiment.confirmation = readConfirmation(node) }
    for kind in Step.Kind.allCases {
      if let node = section[kind.rawValue] { experiment.steps += readSteps(node, kind) }
    }
    if let node = section["secrets"] { experiment.secrets = readSecrets(node) }
    if let node = section["trial"] {
      experiment.trial = readTrial(node)
    } else if !section.has("trial") {
      diagnostics.report(.noTrial, at: section.span.start)
      experiment.lacksTrial = true
    }
    return experiment
  }

  private mutating func readVersion(_ section: Section) {
    guard let node = section.require("attune", example: "attune: 1", &diagnostics) else { return }
    guard let scalar = node.scalar, scalar.isPlain, scalar.text == "1" else {
      diagnostics.report(
        .unknownLanguageVersion(node.scalar == nil || node.isNull ? node.kind : "`\(sources.text(of: node.span))`"),
        at: node,
        fix: node.scalar.flatMap { $0.text == "1" ? .unquote("1", at: node.span) : nil })
      return
    }
  }

  private mutating func readName(_ section: Section) -> Located<String>? {
    guard let node = section.require("name", example: "name: my-experiment", &diagnostics),
      let name = diagnostics.text(node, "`name`")
    else { return nil }
    guard Self.isName(name.value) else {
      diagnostics.report(.badName(name.value), at: node)
      return nil
    }
    return name
  }

  static func isName(_ name: String) -> Bool {
    name.utf8.count <= 64 && name.utf8.first.map { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") } ?? false
      && name.utf8.allSatisfy { nameBytes.contains($0) }
  }

  private static let nameBytes = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-".utf8)

  private mutating func readObjectives(_ node: SyntaxNode) -> [Experiment.Objective] {
    guard case .sequence(let elements) = node.content else { return readObjective(node).map { [$0] } ?? [] }
    if elements.isEmpty { diagnostics.report(.noObjectives, at: node) }
    let objectives = elements.compactMap { readObjective($0) }
    var firsts: [String: Span] = [:]
    for objective in objectives {
      guard let first = firsts.updateValue(objective.metric.span, forKey: objective.metric.value) else { continue }
      diagnostics.report(
        .objectiveTwice(objective.metric.value), at: objective.metric.span,
        related: [Related(first, "it stands here first")])
    }
    return objectives.count == elements.count ? objectives : []
  }

  private mutating func readConstraints(_ node: SyntaxNode) -> [ParsedExpression] {
    (diagnostics.list(node, "`constraints`") ?? []).compactMap { readExpression($0, "a constraint") }
  }

  /// A condition as it is written; `true` and numbers are read as they stand.
  mutating func readExpression(_ node: SyntaxNode, _ what: String) -> ParsedExpression? {
    guard let text = diagnostics.text(node, what) else { return nil }
    return ExpressionParser.parse(text, in: sources[text.span], into: &diagnostics)
  }

  private mutating func readObjective(_ node: SyntaxNode) -> Experiment.Objective? {
    guard
      let section = Section(
        node, named: "`objective`", known: ["minimize", "maximize", "target"], later: ["tolerance"],
        elsewhere: misplaced,
        &diagnostics)
    else { return nil }
    let target = section["target"].flatMap { diagnostics.float($0, "`target`") }
    switch (section["minimize"], section["maximize"]) {
    case (let node?, nil):
      return metric(node).map { Experiment.Objective(goal: .minimize, metric: $0, target: target) }
    case (nil, let node?):
      return metric(node).map { Experiment.Objective(goal: .maximize, metric: $0, target: target) }
    case (nil, nil) where section.has("maximize"): break
    case (nil, nil):
      _ = section.require("minimize", example: "objective: {minimize: val_error}", &diagnostics)
    case (_?, _?):
      diagnostics.report(
        .bothGoals, at: section.span(of: "maximize"),
        related: [Related(section.span(of: "minimize"), "and this says the opposite")])
    }
    return nil
  }

  mutating func metric(_ node: SyntaxNode) -> Located<String>? {
    guard let metric = diagnostics.text(node, "the metric") else { return nil }
    guard MetricName.isGood(metric.value) else {
      diagnostics.report(.badMetricName(metric.value), at: node)
      return nil
    }
    return metric
  }

  private mutating func readStopping(_ node: SyntaxNode, of experiment: inout Experiment) {
    let later = ["improvement"]
    for rule in diagnostics.list(node, "`stopping`", example: "stopping: [{plateau: {trials: 30}}]") ?? [] {
      guard case .mapping(let entries) = rule.content, entries.count == 1, let entry = entries.first else {
        diagnostics.report(.oneRuleEach(found: rule.kind), at: rule)
        continue
      }
      if entry.key.value == "target" {
        diagnostics.report(.targetBelongsToObjective, at: entry.key.span)
        continue
      }
      let section = Section(
        rule, named: "`stopping`", known: ["plateau", "failures"] + Self.modelRules + Self.trialRules,
        later: later, &diagnostics)
      if let node = section?["plateau"], let plateau = readPlateau(node) { experiment.plateaus.append(plateau) }
      for key in Self.modelRules {
        guard let section, let node = section[key] else { continue }
        let rule = key == "regret" ? readRegret(node) : readExpectation(node)
        if let rule { experiment.expectations.append(Located(rule, at: section.span(of: key))) }
      }
      if let node = section?["failures"] { experiment.failureLimits += readFailures(node) }
      for name in Self.trialRules {
        guard let section, let node = section[name] else { continue }
        if let rule = readTrialRule(name, node, key: section.span(of: name)) { experiment.trialRules.append(rule) }
      }
    }
  }

  private mutating func readFailures(_ node: SyntaxNode) -> [Located<FailureLimit>] {
    guard
      let section = Section(node, named: "`failures`", known: ["in_a_row", "count", "rate", "trials"], &diagnostics)
    else { return [] }
    var limits: [Located<FailureLimit>] = []
    for (key, limit) in [("in_a_row", FailureLimit.inARow), ("count", FailureLimit.count)] {
      guard let node = section[key],
        let most = diagnostics.int(node, "`\(key)`", in: 1...SearchSettings.maximumTrials)
      else { continue }
      limits.append(Located(limit(most.value), at: most.span))
    }
    let trials = section["trials"].map { diagnostics.int($0, "`trials`", in: 1...SearchSettings.maximumTrials)?.value }
    if section.has("rate") || section.has("trials") {
      let example = "failures: {rate: 0.5, trials: 10}"
      guard let node = section.require("rate", example: example, &diagnostics),
        let rate = diagnostics.float(node, "`rate`"), let trials = trials ?? FailureLimit.usualTrials
      else { return limits }
      guard rate.value > 0, rate.value < 1 else {
        diagnostics.report(.shareOutOfBounds("rate", whole: 1), at: rate.span)
        return limits
      }
      limits.append(Located(.rate(rate.value, trials: trials), at: rate.span))
    } else if !section.has("in_a_row"), !section.has("count") {
      _ = section.require("in_a_row", example: "failures: {in_a_row: 5}", &diagnostics)
    }
    return limits
  }

  /// The rules over what a model expects.
  private static let modelRules = ["expected_improvement", "regret"]

  private mutating func readExpectation(_ node: SyntaxNode) -> StoppingRule? {
    let name = "expected_improvement"
    guard let section = Section(node, named: "`\(name)`", known: ["below", "trials"], &diagnostics) else { return nil }
    let trials = readDecisions(section)
    guard let below = readPositive("below", of: section, example: "\(name): {below: 0.001}"), let trials else {
      return nil
    }
    return .expectedImprovement(below: below, trials: trials)
  }

  private mutating func readRegret(_ node: SyntaxNode) -> StoppingRule? {
    guard let section = Section(node, named: "`regret`", known: ["bound", "probability", "trials"], &diagnostics) else {
      return nil
    }
    let trials = readDecisions(section)
    let bound = readPositive("bound", of: section, example: "regret: {bound: 0.001}")
    var probability: Double? = StoppingRule.usualProbability
    if let node = section["probability"] {
      let given = diagnostics.float(node, "`probability`")
      probability = given.flatMap { $0.value > 0 && $0.value < 1 ? $0.value : nil }
      if let given, probability == nil {
        diagnostics.report(.shareOutOfBounds("probability", whole: 1), at: given.span)
      }
    }
    guard let bound, let probability, let trials else { return nil }
    return .regret(bound: bound, probability: probability, trials: trials)
  }

  /// How many decisions in a row a rule asks for.
  private mutating func readDecisions(_ section: Section) -> Int? {
    guard let node = section["trials"] else { return StoppingRule.usualDecisions }
    return diagnostics.int(node, "`trials`", in: 1...SearchSettings.maximumTrials)?.value
  }

  private mutating func readPositive(_ key: String, of section: Section, example: String) -> Double? {
    guard let node = section.require(key, example: example, &diagnostics),
      let number = diagnostics.float(node, "`\(key)`")?.value
    else { return nil }
    if number > 0 { return number }
    diagnostics.report(.expected("a number above 0", of: "`\(key)`", found: "`\(node.writtenText)`"), at: node)
    return nil
  }

  private mutating func readPlateau(_ node: SyntaxNode) -> Experiment.Plateau? {
    guard let section = Section(node, named: "`plateau`", known: ["trials", "improvement"], &diagnostics) else {
      return nil
    }
    let trials = section.require("trials", example: "plateau: {trials: 30}", &diagnostics)
      .flatMap { diagnostics.int($0, "`trials`", in: 1...SearchSettings.maximumTrials) }
    let improvement = section["improvement"].flatMap { diagnostics.float($0, "`improvement`") }
    if let improvement, improvement.value < 0 { diagnostics.report(.negativeImprovement, at: improvement.span) }
    return trials.map { Experiment.Plateau(trials: $0, improvement: improvement) }
  }

  mutating func readPoints(_ node: SyntaxNode, _ what: String) -> [Located<[SyntaxNode.Entry]>] {
    (diagnostics.list(node, what) ?? []).compactMap { point in
      guard case .mapping(let entries) = point.content else {
        diagnostics.report(
          .expected("a mapping from parameters to values", of: "a point", found: point.kind), at: point)
        return nil
      }
      return Located(entries, at: point.span)
    }
  }
}

/// Which characters a metric's name may have, in experiments and in what trials print.
package enum MetricName {
  static func isGood(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first, name.unicodeScalars.allSatisfy(allows) else { return false }
    return first.properties.isAlphabetic || first == "_"
  }

  package static func allows(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "_-./@%".unicodeScalars.contains(scalar)
  }
}

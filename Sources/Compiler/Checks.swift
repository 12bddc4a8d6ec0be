internal import Artifacts
internal import Search

/// What the parts of an experiment say to each other: what each is on its own has been checked when it was read.
struct Checks {
  let experiment: Experiment
  var diagnostics: Diagnostics

  static func run(_ experiment: Experiment, into diagnostics: inout Diagnostics) {
    var checks = Checks(experiment: experiment, diagnostics: diagnostics)
    checks.checkSearch()
    checks.checkPoints()
    checks.checkStopping()
    checks.checkCommand()
    diagnostics = checks.diagnostics
  }

  private var names: [String] { experiment.parameters.map(\.name.value) }

  private mutating func checkSearch() {
    guard let search = experiment.search else { return }
    let space = Space(experiment.parameters.map(\.parameter))
    switch search.strategy.value {
    case .grid: checkGrid(search, space)
    case .list:
      if let trials = experiment.budget.trials, let points = search.points, trials.value < points.count {
        diagnostics.report(
          .budgetBelowGrid(trials: trials.value, points: String(points.count), strategy: "list"), at: trials.span)
      }
    case .random, .sobol:
      checkEndless(search, space)
    }
  }

  private mutating func checkGrid(_ search: Experiment.SearchDeclaration, _ space: Space) {
    let continuous = experiment.parameters.filter { $0.parameter.domain.count == nil }
    for declaration in continuous {
      diagnostics.report(.gridOverContinuous(declaration.name.value), at: declaration.span)
    }
    guard continuous.isEmpty, experiment.parametersAreComplete, let size = space.size else { return }
    let written = size == Int.max ? "more than 10^18" : String(size)
    if let trials = experiment.budget.trials {
      if trials.value < size {
        diagnostics.report(.budgetBelowGrid(trials: trials.value, points: written, strategy: "grid"), at: trials.span)
      }
    } else if experiment.budget.lacksTrials, size > SearchSettings.maximumTrials {
      diagnostics.report(.gridTooLarge(written), at: search.strategy.span)
    }
  }

  private mutating func checkEndless(_ search: Experiment.SearchDeclaration, _ space: Space) {
    let name = search.strategy.value.rawValue
    if search.strategy.value == .sobol, space.dimension > StrategyChoice.sobol.maximumDimension {
      let most = StrategyChoice.sobol.maximumDimension
      diagnostics.report(.tooManyDimensions(name, space.dimension, most: most), at: search.strategy.span)
    }
    if experiment.budget.lacksTrials {
      diagnostics.report(.needsTrials(name), at: experiment.budget.span ?? search.strategy.span)
    }
    guard let trials = experiment.budget.trials else { return }
    if let size = space.size, experiment.parametersAreComplete, size < trials.value {
      diagnostics.report(.budgetAboveSpace(trials: trials.value, points: size, strategy: name), at: trials.span)
    }
  }

  private mutating func checkPoints() {
    guard let search = experiment.search, search.strategy.value == .list else { return }
    guard let points = search.points else {
      diagnostics.report(.pointsMissing, at: search.strategy.span)
      return
    }
    guard experiment.parametersAreComplete else { return }
    var firsts: [Point: Span] = [:]
    for located in points {
      guard let point = diagnostics.point(located, of: experiment.parameters) else { continue }
      if let first = firsts.updateValue(located.span, forKey: point) {
        diagnostics.report(.pointTwice, at: located.span, related: [Related(first, "it stands here first")])
      }
    }
  }

  private mutating func checkStopping() {
    guard let trials = experiment.budget.trials else { return }
    for plateau in experiment.plateaus where plateau.trials.value >= trials.value {
      diagnostics.report(
        .plateauNeverFires(trials: plateau.trials.value, budget: trials.value), at: plateau.trials.span)
    }
  }

  private mutating func checkCommand() {
    guard let trial = experiment.trial, let command = trial.command, experiment.parametersAreComplete else { return }
    var used = Set<String>()
    var isUnknown = false
    for argument in command {
      for segment in argument.value {
        switch segment {
        case .allParameters: used.formUnion(names)
        case .parameter(let name) where names.contains(name): used.insert(name)
        case .parameter(let name):
          diagnostics.report(.unknownPlaceholder(name, known: names), at: argument.span)
          isUnknown = true
        case .literal, .trialFolder, .trialSeed: break
        }
      }
    }
    let unused = experiment.parameters.filter { declaration in
      if case .constant = declaration.parameter.domain { return false }
      return !used.contains(declaration.name.value)
    }
    // A parameter may be what a misspelt placeholder means.
    if !unused.isEmpty, !isUnknown { diagnostics.report(.parameterUnused(unused.map(\.name.value)), at: trial.span) }
  }
}

extension Diagnostics {
  /// A point of the strategy `list`, in the order of the parameters; nil, with a diagnostic, when it is none.
  mutating func point(
    _ located: Located<[SyntaxNode.Entry]>, of parameters: [Experiment.ParameterDeclaration]
  ) -> Point? {
    let known = parameters.map(\.name.value)
    var isGood = true
    for entry in located.value where !known.contains(entry.key.value) {
      report(.unknownParameter(entry.key.value, known: known), at: entry.key.span)
      isGood = false
    }
    var missing: [String] = []
    var values: [Value] = []
    for declaration in parameters {
      let (name, domain) = (declaration.name.value, declaration.parameter.domain)
      if let entry = located.value.first(where: { $0.key.value == name }) {
        if let value = pointValue(entry.value, of: name, in: domain) { values.append(value) } else { isGood = false }
      } else if case .constant(let value) = domain {
        values.append(value)
      } else if let value = declaration.parameter.defaultValue {
        values.append(value)
      } else {
        missing.append(name)
      }
    }
    // A misspelt name and a missing one are one mistake.
    if !missing.isEmpty, isGood { report(.pointLacks(missing), at: located.span) }
    return isGood && missing.isEmpty ? Point(values) : nil
  }

  private mutating func pointValue(_ node: SyntaxNode, of name: String, in domain: Domain) -> Value? {
    let value: Value? =
      switch domain {
      case .float: float(node, "`\(name)`").map { .float($0.value) }
      case .int: int(node, "`\(name)`", in: IntRange.bounds).map { .int($0.value) }
      case .choice, .constant: value(node, "`\(name)`")
      }
    guard let value else { return nil }
    if domain.contains(value) { return value }
    report(.pointOutside(name, value: value.text(in: domain), domain), at: node)
    return nil
  }
}

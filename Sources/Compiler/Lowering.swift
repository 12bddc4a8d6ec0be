internal import Artifacts
internal import Search

/// Turns an experiment without mistakes into the plan that it means.
enum Lowering {
  /// Nil, with a diagnostic, when an input cannot be read.
  ///
  /// - Parameter checks: those that the experiment has passed.
  static func plan(
    _ checks: Checks, outcomeConstraints: [Expression], inputs: InputFiles, file: String,
    into diagnostics: inout Diagnostics
  ) -> Plan? {
    let experiment = checks.experiment
    guard let name = experiment.name, let search = experiment.search, let template = template(experiment) else {
      return nil
    }
    var digested: [InputFile] = []
    if let trial = experiment.trial { digested = inputs.digested(at: trial.span, into: &diagnostics) }
    guard !diagnostics.hasErrors else { return nil }
    var plan = Plan(
      name: name.value, experimentFile: file, metrics: experiment.objectives.map(\.metric.value),
      outcomeConstraints: outcomeConstraints, search: settings(checks, search),
      parallel: experiment.budget.parallel ?? 1, timeLimit: experiment.budget.time, trial: template, inputs: digested,
      secrets: sorted(experiment.secrets.map(\.value), by: \.self))
    if let rule = experiment.expectations.first, !plan.search.asksGaussianProcess {
      diagnostics.report(
        .expectationWithoutModel(rule.value.key, [plan.search.chosenStrategy.name]), at: rule.span)
      return nil
    }
    plan.usage = experiment.budget.usage
    plan.confirmation = experiment.confirmation?.value
    return plan
  }

  static func step(
    _ declaration: Experiment.StepDeclaration, of experiment: Experiment, inputs: InputFiles,
    into diagnostics: inout Diagnostics
  ) -> Step? {
    guard let program = declaration.program else { return nil }
    let outputs = declaration.outputs.map { InputFiles.plain($0.value) }
    return Step(
      name: declaration.name.value, program: self.program(program), environment: environment(declaration.environment),
      timeout: declaration.timeout, inputs: inputs.digested(at: declaration.span, into: &diagnostics),
      outputs: sorted(outputs, by: \.self), after: sorted(Array(experiment.stepsBefore(declaration)), by: \.self))
  }

  /// One without a command for an experiment without a trial.
  private static func template(_ experiment: Experiment) -> TrialTemplate? {
    if experiment.lacksTrial {
      return TrialTemplate(program: .command([]), environment: [], timeout: nil, metrics: .auto)
    }
    guard let trial = experiment.trial, let program = trial.program, let metrics = trial.metrics else { return nil }
    var template = TrialTemplate(
      program: self.program(program), environment: environment(trial.environment), timeout: trial.timeout,
      silence: trial.silence, metrics: metrics.source, repeats: trial.repeats, failures: trial.failures,
      isCached: trial.isCached, resources: trial.resources)
    template.grace = trial.grace
    return template
  }

  private static func program(_ program: Experiment.TrialDeclaration.Program) -> TrialTemplate.Program {
    switch program {
    case .command(let arguments): .command(arguments.map(\.value))
    case .shell(let script): .shell(script.value)
    }
  }

  private static func environment(_ declared: [Experiment.VariableDeclaration]) -> [TrialTemplate.Variable] {
    let variables = declared.map { TrialTemplate.Variable(name: $0.name.value, value: $0.value.value) }
    return sorted(variables, by: \.name)
  }

  /// By bytes, so that the order in the file means nothing.
  private static func sorted<Element>(_ elements: [Element], by name: (Element) -> String) -> [Element] {
    elements.sorted { name($0).utf8.lexicographicallyPrecedes(name($1).utf8) }
  }

  private static func choice(_ search: Experiment.SearchDeclaration, _ points: [Point]) -> StrategyChoice {
    if search.strategy.value == .pbt { return .pbt(population: search.members) }
    if let phases = search.phases {
      return .phases(phases.value.map { SearchPhase(choice($0.strategy.value, []), trials: $0.trials?.value) })
    }
    return choice(search.strategy.value, points, search.proposals?.value ?? .random)
  }

  private static func choice(
    _ name: Experiment.StrategyName, _ points: [Point], _ proposals: RungProposals = .random
  ) -> StrategyChoice {
    switch name {
    case .grid: .grid
    case .list: .list(points)
    case .random: .random
    case .sobol: .sobol
    case .bayesian: .bayesian
    case .tpe: .tpe
    case .cmaes: .cmaes
    case .evolution: .evolution
    case .successiveHalving: .rungs(.successiveHalving, proposals)
    case .hyperband: .rungs(.hyperband, proposals)
    case .asha: .rungs(.asha, proposals)
    case .bohb: .rungs(.hyperband, .tpe)
    case .auto: .auto
    case .pbt: .pbt(population: StrategyChoice.usualPopulation)
    }
  }

  private static func settings(_ checks: Checks, _ search: Experiment.SearchDeclaration) -> SearchSettings {
    let (experiment, space) = (checks.experiment, checks.space)
    let isEndless = search.strategy.value.isEndless
    let defaults = isEndless ? space.defaultPoint.map { [$0] } ?? [] : []
    let targets = experiment.objectives.map { $0.target?.value }
    let target = targets.contains { $0 != nil } ? [StoppingRule.target(targets)] : []
    // Before a trial has full training, most go no further: the best is yet to come.
    let full = search.strategy.value == .pbt ? 0 : experiment.fidelity?.fidelity.full ?? 0
    let plateaus = experiment.plateaus.map {
      StoppingRule.plateau(trials: $0.trials.value, improvement: $0.improvement?.value ?? 0, from: full)
    }
    let failures = experiment.failureLimits.map { StoppingRule.failures($0.value) }
    let parallel = experiment.budget.parallel ?? 1
    var settings = SearchSettings(
      space: space, goals: experiment.objectives.map(\.goal), strategy: choice(search, checks.points),
      seed: search.seed,
      lanes: search.strategy.value == .pbt ? 1 : search.lanes?.value ?? (parallel == 1 ? 1 : 2 * parallel),
      trials: experiment.budget.trials?.value ?? SearchSettings.maximumTrials,
      initialPoints: defaults + checks.initialPoints.filter { !defaults.contains($0) },
      stopping: target + failures + plateaus + experiment.expectations.map(\.value))
    settings.trialRules = experiment.trialRules.map { rule in
      guard case .threshold(_, let lower, let upper) = rule.value.kind, !experiment.watches(rule.value) else {
        return rule.value
      }
      var rule = rule.value
      rule.kind = .threshold(lower: lower, upper: upper)
      return rule
    }
    settings.reusesObservations = search.reuse != nil
    settings.fidelity = experiment.fidelity?.fidelity
    settings.fidelity?.brackets = search.brackets?.value
    settings.fidelityBudget = experiment.budget.fidelity?.value
    if let fidelity = settings.fidelity, let budget = settings.fidelityBudget {
      settings.fidelityRuns = experiment.runs
      settings.trials = min(settings.trials, max(1, budget / fidelity.leastCharge))
    }
    if case .rungs = settings.chosenStrategy { settings.completesRungs = true }
    settings.seeksFront = settings.goals.count == 2 && settings.asksGaussianProcess
    settings.softensTail = settings.asksOfWholeTrials && settings.space.parameters.contains { $0.condition != nil }
    settings.drawsDistinct = settings.canDrawDistinct
    settings.shortensDesign = settings.reusesObservations
    // A budget that is not written, or is more than there are points, is the number of points.
    settings.trials = min(settings.trials, settings.makeStrategy().count ?? .max)
    return settings
  }
}

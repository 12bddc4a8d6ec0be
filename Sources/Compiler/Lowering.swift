internal import Artifacts
internal import Search

/// Turns an experiment without mistakes into the plan that it means.
enum Lowering {
  /// Nil, with a diagnostic, when an input cannot be read.
  static func plan(
    _ experiment: Experiment, inputs: InputFiles, file: String, into diagnostics: inout Diagnostics
  ) -> Plan? {
    guard let name = experiment.name, let objective = experiment.objective, let search = experiment.search,
      let trial = experiment.trial, let command = trial.command
    else { return nil }
    let inputs = inputs.digested(at: trial.span, into: &diagnostics)
    guard !diagnostics.hasErrors else { return nil }
    return Plan(
      name: name.value, experimentFile: file, metric: objective.metric.value,
      search: settings(experiment, objective, search, into: &diagnostics),
      parallel: experiment.budget.parallel ?? 1, timeLimit: experiment.budget.time,
      trial: TrialTemplate(
        command: command.map(\.value), environment: trial.environment, timeout: trial.timeout,
        metrics: trial.metrics),
      inputs: inputs)
  }

  private static func settings(
    _ experiment: Experiment, _ objective: Experiment.Objective, _ search: Experiment.SearchDeclaration,
    into diagnostics: inout Diagnostics
  ) -> SearchSettings {
    // By name, so that the order of the keys in the file means nothing.
    let declarations = experiment.parameters.sorted {
      $0.name.value.utf8.lexicographicallyPrecedes($1.name.value.utf8)
    }
    let space = Space(declarations.map(\.parameter))
    let strategy: StrategyChoice =
      switch search.strategy.value {
      case .grid: .grid
      case .list: .list((search.points ?? []).compactMap { diagnostics.point($0, of: declarations) })
      case .random: .random
      case .sobol: .sobol
      }
    let drawsPoints = search.strategy.value == .random || search.strategy.value == .sobol
    let initial = drawsPoints ? space.defaultPoint.map { [$0] } ?? [] : []
    let target = objective.target.map { [StoppingRule.target($0.value)] } ?? []
    let plateaus = experiment.plateaus.map {
      StoppingRule.plateau(trials: $0.trials.value, improvement: $0.improvement)
    }
    let parallel = experiment.budget.parallel ?? 1
    var settings = SearchSettings(
      space: space, goal: objective.goal, strategy: strategy, seed: search.seed,
      lanes: search.lanes ?? (parallel == 1 ? 1 : 2 * parallel),
      trials: experiment.budget.trials?.value ?? SearchSettings.maximumTrials, initialPoints: initial,
      stopping: target + plateaus)
    // A budget that is not written, or is more than there are points, is the number of points.
    settings.trials = settings.plannedTrials
    return settings
  }
}

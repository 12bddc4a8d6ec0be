internal import Artifacts
internal import Search

/// What the parts of an experiment say to each other: what each is on its own has been checked when it was read.
struct Checks {
  let experiment: Experiment
  let sources: Sources
  let declarations: [Experiment.ParameterDeclaration]
  let space: Space
  /// Whether the space is all that the file says.
  let isComplete: Bool
  /// Over metrics.
  let outcomeConstraints: [Located<Expression>]
  private(set) var points: [Point] = []
  private(set) var initialPoints: [Point] = []
  var diagnostics: Diagnostics

  init(_ experiment: Experiment, of sources: Sources, _ reader: SpaceReader) {
    self.experiment = experiment
    self.sources = sources
    declarations = reader.declarations
    space = reader.space
    isComplete = reader.isComplete
    outcomeConstraints = reader.outcomeConstraints
    diagnostics = reader.diagnostics
    checkSearch()
    checkPoints()
    checkStopping()
    checkUsage()
    checkTrialRules()
    checkExpectations()
    checkTrial()
    checkConfirmation()
    checkSteps()
  }

  var names: [String] { experiment.parameters.map(\.name.value) }

  private mutating func checkSearch() {
    guard let search = experiment.search else { return }
    checkFidelity(search)
    let names = search.phases?.value.map(\.strategy.value) ?? [search.strategy.value]
    if let reuse = search.reuse, let first = names.first, !names.contains(where: \.isAdaptive) {
      diagnostics.report(.reuseWithoutLearning(first.rawValue), at: reuse)
    }
    switch search.strategy.value {
    case .grid: checkGrid(search)
    case .list:
      if let trials = experiment.budget.trials, let points = search.points, trials.value < points.count {
        diagnostics.report(
          .budgetBelowGrid(trials: trials.value, points: String(points.count), strategy: "list"), at: trials.span)
      }
    case .auto, .bayesian, .tpe, .cmaes, .evolution, .successiveHalving, .hyperband, .asha, .bohb, .sobol, .random:
      checkEndless(search)
      checkPhases(search)
    case .pbt:
      checkPopulation(search)
      checkEndless(search)
    }
  }

  private mutating func checkFidelity(_ search: Experiment.SearchDeclaration) {
    let strategy = search.strategy
    let setsIt = search.phases == nil && (strategy.value.goesOverRungs || [.auto, .pbt].contains(strategy.value))
    guard let declaration = experiment.fidelity else {
      // One that could not be read is no mistake of the strategy's.
      guard experiment.unreadNames?.isEmpty ?? false else { return }
      if search.phases == nil, strategy.value == .pbt {
        diagnostics.report(.pbtWithoutSteps, at: strategy.span)
      } else if search.phases == nil, strategy.value.goesOverRungs {
        diagnostics.report(.needsFidelity(strategy.value.rawValue), at: strategy.span)
      }
      if let budget = experiment.budget.fidelity { diagnostics.report(.budgetWithoutFidelity, at: budget.span) }
      return
    }
    let name = declaration.fidelity.name
    var fidelity = declaration.fidelity
    fidelity.brackets = search.brackets?.value
    if let brackets = search.brackets, setsIt, brackets.value > fidelity.rungs.count {
      diagnostics.report(.tooManyBrackets(fidelity.rungs.count), at: brackets.span)
    }
    if !setsIt {
      let chooser = search.phases == nil ? strategy.value.rawValue : "phases"
      diagnostics.report(
        .fidelityNotSet(name, isEven: declaration.isEven, strategy: chooser), at: search.phases?.span ?? strategy.span,
        related: [Related(declaration.span, "the fidelity is declared here")])
    }
    if setsIt, strategy.value != .pbt, declaration.isEven {
      diagnostics.report(.stepsWithoutMembers(strategy.value.rawValue), at: declaration.steps ?? declaration.span)
    }
    let runs = experiment.runs
    if let budget = experiment.budget.fidelity, budget.value < declaration.fidelity.full * runs {
      diagnostics.report(
        .budgetBelowFidelity(budget.value, name, full: declaration.fidelity.full, runs: runs), at: budget.span)
    } else if setsIt, strategy.value != .pbt, !declaration.isEven {
      checkRungs(fidelity, strategy.value.rungScheme ?? .asha, runs)
    }
    // How many of `asha` go on depends on what comes.
    guard setsIt, !declaration.isEven, let scheme = strategy.value.rungScheme, scheme != .asha,
      let trials = experiment.budget.trials, let most = fidelity.counts(of: trials.value, scheme).last
    else { return }
    for plateau in experiment.plateaus where (max(1, most)..<trials.value).contains(plateau.trials.value) {
      diagnostics.report(
        .plateauNeverFires(trials: plateau.trials.value, ofFullTraining: most), at: plateau.trials.span)
    }
  }

  /// Whether the budget suffices for one trial with full training.
  private mutating func checkRungs(_ fidelity: Fidelity, _ scheme: RungScheme, _ runs: Int) {
    var (needed, cost) = (fidelity.trialsToFull(scheme), fidelity.costToFull(scheme))
    // Of few points all begin, and at least one goes on.
    if case .exactly(let points) = space.without(fidelity.name).size(), points < needed {
      let above = fidelity.rungs.indices.dropFirst()
      needed = min(needed, points + above.count)
      cost = min(cost, above.reduce(points * fidelity.rungs[0]) { $0 + fidelity.charge(at: $1) })
    }
    cost *= runs
    if let trials = experiment.budget.trials, trials.value < needed {
      diagnostics.report(.budgetBelowRungs(needed, of: "trials", trials.value), at: trials.span)
    } else if let budget = experiment.budget.fidelity, budget.value < cost {
      diagnostics.report(.budgetBelowRungs(cost, of: "of `\(fidelity.name)`", budget.value), at: budget.span)
    }
  }

  /// What population-based training asks of the rest of the experiment.
  private mutating func checkPopulation(_ search: Experiment.SearchDeclaration) {
    let span = search.strategy.span
    if let lanes = search.lanes { diagnostics.report(.pbtHasNoLanes, at: lanes.span) }
    if let reuse = search.reuse { diagnostics.report(.pbtDoesNotLearn, at: reuse) }
    if experiment.objectives.count > 1 { diagnostics.report(.pbtOfSeveral, at: span) }
    if let confirmation = experiment.confirmation { diagnostics.report(.pbtConfirmed, at: confirmation.span) }
    guard let declaration = experiment.fidelity else { return }
    guard declaration.isEven, declaration.fidelity.continues else {
      return diagnostics.report(
        declaration.isEven ? .pbtWithoutCheckpoints : .pbtWithoutSteps, at: declaration.steps ?? declaration.span)
    }
    let rungs = declaration.fidelity.rungs
    let needed = search.members * (rungs.count - 1) + 1
    if let trials = experiment.budget.trials, trials.value < needed {
      diagnostics.report(
        .budgetBelowPopulation("\(needed) trials", search.members, "there are \(trials.value)"), at: trials.span)
    }
    let (name, full) = (declaration.fidelity.name, declaration.fidelity.full)
    // The others have done all steps but the last.
    let runs = experiment.runs
    let least = ((search.members - 1) * rungs[rungs.count - 2] + full) * runs
    if let budget = experiment.budget.fidelity, (full * runs..<least).contains(budget.value) {
      diagnostics.report(
        .budgetBelowPopulation("\(least) of `\(name)`", search.members, "there are \(budget.value)"), at: budget.span)
    }
    if let initial = search.initial, initial.value.count > search.members {
      diagnostics.report(.initialAbovePopulation(initial.value.count, search.members), at: initial.span)
    }
  }

  private mutating func checkGrid(_ search: Experiment.SearchDeclaration) {
    let continuous = experiment.parameters.filter { $0.parameter.domain.count == nil }
    for declaration in continuous {
      diagnostics.report(.gridOverContinuous(declaration.name.value), at: declaration.span)
    }
    for declaration in declarations {
      guard let prior = declaration.parameter.prior else { continue }
      let key = if case .weights = prior { "weights" } else { "prior" }
      diagnostics.report(.priorWithoutDraws(key, "grid"), at: declaration.span)
    }
    guard continuous.isEmpty, isComplete else { return }
    let trials = experiment.budget.trials
    switch space.size(upTo: trials.map { $0.value + 1 } ?? Self.maximumListedGrid) {
    case .infinite, .exactly(0): break
    case .exactly(let size):
      checkSize(size == 1)
      if let trials, trials.value < size {
        let points = String(size)
        diagnostics.report(.budgetBelowGrid(trials: trials.value, points: points, strategy: "grid"), at: trials.span)
      } else if trials == nil, experiment.budget.lacksTrials, size > SearchSettings.maximumTrials {
        diagnostics.report(.gridTooLarge(String(size)), at: search.strategy.span)
      }
    case .atLeast(let size):
      let points = size == Int.max ? "more than 10^18" : "more than \(size)"
      if let trials, size >= trials.value {
        diagnostics.report(.budgetBelowGrid(trials: trials.value, points: points, strategy: "grid"), at: trials.span)
      } else if size >= Self.maximumListedGrid {
        // So many that they are not counted one by one: what there is without constraints says how many it may be.
        if experiment.budget.lacksTrials {
          let all = Space(space.parameters).size()
          let most = if case .exactly(let most) = all { "\(points), and up to \(most)," } else { points }
          diagnostics.report(.gridTooLarge(most), at: search.strategy.span)
        }
      } else {
        diagnostics.report(.gridNotCountable, at: search.strategy.span)
      }
    }
  }

  /// A grid with conditions or constraints is listed point by point; without a budget, up to here.
  private static let maximumListedGrid = 200_000

  private mutating func checkSize(_ isOnePoint: Bool) {
    if isOnePoint, let first = declarations.min(by: { $0.span.range.lowerBound < $1.span.range.lowerBound }) {
      diagnostics.report(.onePoint, at: first.name.span)
    }
  }

  private mutating func checkEndless(_ search: Experiment.SearchDeclaration) {
    let name = search.phases?.value.last?.strategy.value.rawValue ?? search.strategy.value.rawValue
    let takesSobol =
      search.strategy.value == .sobol || search.phases?.value.contains { $0.strategy.value == .sobol } ?? false
    if takesSobol, space.dimension > StrategyChoice.sobol.maximumDimension {
      let most = StrategyChoice.sobol.maximumDimension
      diagnostics.report(.tooManyDimensions("sobol", space.dimension, most: most), at: search.strategy.span)
    }
    // A population ends with its steps.
    if experiment.budget.lacksTrials, experiment.budget.fidelity == nil, search.strategy.value != .pbt {
      diagnostics.report(.needsTrials(name), at: experiment.budget.span ?? search.strategy.span)
    }
    guard let trials = experiment.budget.trials else { return }
    if let initial = search.initial, initial.value.count >= trials.value {
      diagnostics.report(
        .budgetBelowInitial(trials: trials.value, points: initial.value.count, strategy: name), at: trials.span)
    }
    guard isComplete, case .exactly(let size) = space.size(), size < trials.value else { return }
    checkSize(size == 1)
    // Of those that learn nobody expects that they try all points.
    if size > 1, search.strategy.value == .random || search.strategy.value == .sobol {
      diagnostics.report(.budgetAboveSpace(trials: trials.value, points: size), at: trials.span)
    }
  }

  private mutating func checkPhases(_ search: Experiment.SearchDeclaration) {
    guard let phases = search.phases, let trials = experiment.budget.trials else { return }
    var sum = 0
    for phase in phases.value {
      if sum >= trials.value {
        let name = phase.strategy.value.rawValue
        diagnostics.report(.phaseNeverBegins(name, before: sum, budget: trials.value), at: phase.span)
      }
      sum += phase.trials?.value ?? 0
    }
    if let last = phases.value.last, last.trials != nil, sum < trials.value {
      diagnostics.report(.phasesEndEarly(sum, budget: trials.value), at: trials.span)
    }
  }

  private mutating func checkPoints() {
    guard let search = experiment.search else { return }
    if let initial = search.initial { initialPoints = readPoints(initial.value) }
    guard search.strategy.value == .list else { return }
    guard let points = search.points else {
      diagnostics.report(.pointsMissing, at: search.strategy.span)
      return
    }
    self.points = readPoints(points)
  }

  private mutating func readPoints(_ located: [Located<[SyntaxNode.Entry]>]) -> [Point] {
    guard isComplete else { return [] }
    var reader = PointReader(of: space)
    var firsts: [Point: Span] = [:]
    var points: [Point] = []
    firsts.reserveCapacity(located.count)
    points.reserveCapacity(located.count)
    for located in located {
      guard let point = reader.point(located, &diagnostics) else { continue }
      if let first = firsts.updateValue(located.span, forKey: point) {
        diagnostics.report(.pointTwice, at: located.span, related: [Related(first, "it stands here first")])
      }
      if let constraint = space.broken(by: point) {
        diagnostics.report(.pointNotAllowed("\(constraint)"), at: located.span)
      }
      points.append(point)
    }
    return points
  }

  private mutating func checkStopping() {
    for case let improvement? in experiment.plateaus.map(\.improvement) where experiment.objectives.count > 1 {
      diagnostics.report(.improvementOfSeveral, at: improvement.span)
    }
    guard let trials = experiment.budget.trials else { return }
    for limit in experiment.failureLimits {
      let (needed, what): (Int, String) =
        switch limit.value {
        case .inARow(let most): (most, "\(most) trials cannot fail in a row")
        case .count(let most): (most, "\(most) trials cannot fail")
        case .rate(_, let first): (first, "it looks from trial \(first) on")
        }
      if needed > trials.value {
        diagnostics.report(.failuresNeverFire(what, budget: trials.value), at: limit.span)
      }
    }
    for plateau in experiment.plateaus where plateau.trials.value >= trials.value {
      diagnostics.report(
        .plateauNeverFires(trials: plateau.trials.value, budget: trials.value), at: plateau.trials.span)
    }
  }

  mutating func checkPlaceholders(_ command: [Located<[TrialTemplate.Segment]>], _ span: Span) {
    var used = Set<String>()
    var (isUnknown, namesAll) = (false, false)
    var braced: String?
    for argument in command {
      for segment in argument.value {
        switch segment {
        case .allParameters, .trialParameters: namesAll = true
        case .parameter(let name) where !space.indices(of: name).isEmpty:
          used.insert(name)
          checkIsActive(name, at: argument.span)
        case .parameter(let name):
          diagnostics.report(.unknownPlaceholder(name, known: names), at: argument.span)
          isUnknown = true
        case .literal(let text): braced = braced ?? names.first { text.contains("{\($0)}") }
        case .variable, .trialFolder, .trialSeed, .trialCheckpoint: break
        }
      }
    }
    let unused = namesAll ? [] : tuned.filter { !used.contains($0) }
    // A parameter may be what a misspelt placeholder means.
    if !unused.isEmpty, !isUnknown { diagnostics.report(.parameterUnused(unused, braced: braced), at: span) }
  }

  /// The names of the parameters that are no constants.
  var tuned: [String] {
    var seen = Set<String>()
    return experiment.parameters.compactMap { declaration in
      if case .constant = declaration.parameter.domain { return nil }
      return seen.insert(declaration.name.value).inserted ? declaration.name.value : nil
    }
  }

  /// A placeholder needs a value at every point.
  private mutating func checkIsActive(_ name: String, at span: Span) {
    let conditions = space.indices(of: name).compactMap { space.parameters[$0].condition }
    guard conditions.count == space.indices(of: name).count, let first = conditions.first else { return }
    let anyOf = conditions.dropFirst().reduce(first) { .or($0, $1) }
    let truths = space.truths(of: anyOf)
    if truths.canFail || truths.canBeUnknown { diagnostics.report(.maybeInactive(name, "\(anyOf)"), at: span) }
  }
}

package import Artifacts
internal import Search

extension Plan {
  /// What is looked for, such as `minimize val_error`.
  var objectives: [String] { zip(search.goals, metrics).map { "\($0.rawValue) \($1)" } }
}

/// A plan as people read it, in the manner of Terraform: what will be done, why, and one line last that sums it up.
package struct PlanText {
  private let document: PlanDocument
  /// What the journal holds of the plan.
  package struct Recorded: Sendable {
    /// How many trials have an outcome.
    package var count: Int
    /// Whether those lead the search to its end.
    package var areComplete: Bool
    /// Whether each of the first trials has one.
    package var first: [Bool]
    /// What has changed since the last apply, in words.
    package var changes: [String]
    /// The recorded trials that are no part of the plan any more: how many, why, and some of their points.
    package var dropped: [(count: Int, reason: String, points: [String])] = []
    /// How many trials are to be confirmed; nil while that is not known.
    package var toConfirm: Int?
    /// The steps before the search that are not run again.
    package var preparedSteps: Set<String>
    /// Nil where there is nothing to go by.
    package var forecast: DurationForecast?
    /// How long all runs take together, one by one.
    package var work: DurationForecast?
    /// How long applies of the plan were at work, in milliseconds.
    package var elapsed = 0
    /// What applies of the plan have used, where it counts that.
    package var ledger: UsageLedger?

    package init(
      count: Int, areComplete: Bool, first: [Bool] = [], changes: [String] = [], toConfirm: Int? = nil,
      preparedSteps: Set<String> = []
    ) {
      self.preparedSteps = preparedSteps
      self.toConfirm = toConfirm
      self.count = count
      self.areComplete = areComplete
      self.first = first
      self.changes = changes
    }
  }

  /// Nil when nobody asked the journal.
  private let recorded: Recorded?

  private var plan: Plan { document.plan }
  private var search: SearchSettings { document.plan.search }
  private var planned: Int { search.plannedTrials }

  package init(_ document: PlanDocument, recorded: Recorded?) {
    self.document = document
    self.recorded = recorded
  }

  package var lines: [String] {
    let head = "Experiment \(plan.name) (\(plan.experimentFile))"
    let all =
      [head, ""] + objective + parameters + preparation + trials + ending + command + use + inputs + forecast + [
        summary
      ]
    return all.map(Text.printable)
  }

  /// The last line.
  package var summary: String {
    var parts = [Text.count(planned, "trial")]
    if let recorded {
      parts.append("\(Text.grouped(toRun)) to run")
      if recorded.count > 0 { parts.append("\(Text.grouped(recorded.count)) recorded") }
    }
    if toConfirm > 0 { parts.append("\(Text.count(toConfirm, "run")) to confirm the best") }
    if let bound = timeBound { parts.append(bound) }
    return "Plan \(document.digest.short): \(parts.joined(separator: ", "))."
  }

  private var toRun: Int { recorded.map { $0.areComplete || $0.toConfirm != nil ? 0 : planned - $0.count } ?? planned }

  /// How many runs confirm the best trials, at most.
  private var toConfirm: Int {
    guard let rule = plan.confirmation else { return 0 }
    return (recorded?.toConfirm ?? min(rule.top, planned)) * rule.repeats.seeds
  }

  private var timeBound: String? {
    guard toRun + toConfirm > 0 else { return nil }
    func bound(_ runs: Int) -> Int? {
      guard let longest = plan.trial.longestRun else { return nil }
      let (product, overflow) = ((runs + plan.parallel - 1) / plan.parallel).multipliedReportingOverflow(by: longest)
      return overflow ? nil : product
    }
    // How often failures are tried again is not known.
    let isTried = FailureClass.allCases.contains { plan.trial.failures[$0].retries > 0 }
    let confirming = isTried && plan.confirmation != nil ? nil : bound(toConfirm)
    let byTrials = isTried ? nil : bound(toRun * plan.trial.repeats.seeds + toConfirm)
    let byBudget = plan.timeLimit.flatMap { limit -> Int? in
      let (limit, last) = (max(0, limit - (recorded?.elapsed ?? 0)), plan.trial.longestAttempt ?? 0)
      return toConfirm == 0 ? limit + last : confirming.map { limit + last + $0 }
    }
    let bounds = [byTrials, byBudget].compactMap { $0 }
    guard let least = bounds.min(), least > 0 else { return nil }
    let prefix = byTrials == nil && plan.trial.timeout == nil ? "no trial starts after" : "at most"
    return "\(prefix) \(Text.duration(milliseconds: least)) with \(plan.parallel) at once"
  }

  private var objective: [String] {
    let constraints = plan.outcomeConstraints.map { "  subject to \($0)" }
    return plan.objectives.map { "  \($0)" } + constraints + [""]
  }

  private var parameters: [String] {
    let size =
      switch search.space.size() {
      case .infinite: "continuous"
      case .exactly(let count): Text.count(count, "point")
      case .atLeast(Int.max): "more than 10^18 points"
      case .atLeast(let count): "at least \(Text.count(count, "point"))"
      }
    let head = "  Search space: \(Text.count(search.space.dimension, "parameter")), \(size)"
    let rows = search.space.parameters.map { parameter -> [String] in
      let (type, values, scale) = Self.describe(parameter.domain)
      return [parameter.name, type, values, scale, Self.remarks(parameter)]
    }
    let constraints = search.space.constraints.map { "      where \($0)" }
    return [head] + Text.table(rows, indent: "      ") + constraints + [""]
  }

  /// What else is said of a parameter.
  static func remarks(_ parameter: Parameter) -> String {
    func number(_ value: Double) -> String { JSON.number(value).canonicalText }
    var remarks: [String] = []
    if parameter.isOrdered { remarks.append("ordered") }
    if let value = parameter.defaultValue { remarks.append("default \(value.text(in: parameter.domain))") }
    switch parameter.prior {
    case .normal(let mean, let spread)?: remarks.append("prior normal(\(number(mean)), \(number(spread)))")
    case .weights(let weights)?: remarks.append("weights \(weights.map(number).joined(separator: ", "))")
    case nil: break
    }
    if let condition = parameter.condition { remarks.append("when \(condition)") }
    return remarks.joined(separator: ", ")
  }

  static func describe(_ domain: Domain) -> (type: String, values: String, scale: String) {
    func number(_ value: Double) -> String { JSON.number(value).canonicalText }
    switch domain {
    case .float(let range):
      let step = range.step.map { " step \(number($0))" } ?? ""
      return (
        "float", "[\(number(range.lower)), \(number(range.upper))]", range.scale == .log ? "log" : "linear" + step
      )
    case .int(let range):
      let step = range.step == 1 ? "" : " step \(range.step)"
      return ("int", "[\(range.lower), \(range.upper)]", range.scale == .log ? "log" : "linear" + step)
    case .choice(let values):
      let shown = values.prefix(8).map { $0.text(in: domain) }.joined(separator: ", ")
      return ("choice", "{\(shown)\(values.count > 8 ? ", … \(values.count - 8) more" : "")}", "")
    case .constant(let value): return ("constant", value.text(in: domain), "")
    }
  }

  private var trials: [String] {
    var lines = ["  Trials: \(strategy)"]
    if search.reusesObservations {
      lines.append("    learns from \(Text.count(search.observations.count, "earlier outcome")) besides its own")
    }
    lines += rungs
    if let recorded {
      if recorded.count > 0 { lines.append("    = \(Text.count(recorded.count, "trial")) recorded: not run again") }
      lines.append("    + \(Text.count(toRun, "trial")) to run: \(reason(recorded))")
    } else {
      lines.append("    + \(Text.count(planned, "trial"))")
    }
    for group in recorded?.dropped ?? [] {
      lines.append("    - \(Text.count(group.count, "recorded trial")) no part of it any more: \(group.reason)")
      lines += group.points.map { "      - \(Text.printable($0))" }
      if group.points.count < group.count {
        lines.append("        … \(Text.grouped(group.count - group.points.count)) more")
      }
    }
    let points = search.knownPoints
    let shown = min(points.count, planned <= 8 ? planned : 5)
    for trial in 0..<shown {
      let point = points[trial]
      let isDefault = search.atFull(point) == search.space.defaultPoint
      let note = trial < search.initialPoints.count ? "  (\(isDefault ? "the defaults" : "given"))" : ""
      let words = ["      \(symbol(of: trial)) \(trial)", describe(point)].filter { !$0.isEmpty }
      lines.append(words.joined(separator: "  ") + note)
    }
    if shown < points.count { lines.append("        … \(Text.grouped(points.count - shown)) more") }
    if points.count < planned {
      lines.append(
        "        … \(Text.grouped(planned - points.count)) more, decided by the outcomes of those before them")
    }
    return lines + [""]
  }

  /// The table of the rungs.
  private var rungs: [String] {
    guard let fidelity = search.fidelity else { return [] }
    if case .pbt(let population) = search.strategy {
      let steps = "\(Text.count(fidelity.rungs.count, "step")) of \(Text.grouped(fidelity.lowest)) \(fidelity.name)"
      return [
        "    a population of \(Text.grouped(population)) in \(steps), to \(Text.grouped(fidelity.full)); after each, the worst",
        "    fifth goes on from checkpoints of the best fifth, with points near theirs",
      ]
    }
    guard case .rungs(let scheme, _) = search.chosenStrategy else { return [] }
    let brackets = fidelity.brackets(of: scheme)
    let share = "one in \(fidelity.reduction) goes on\(fidelity.continues ? ", from its checkpoint," : "")"
    guard scheme != .asha else {
      let levels = fidelity.rungs.map(Text.grouped).joined(separator: " → ")
      return ["    rungs of \(fidelity.name): \(levels); \(share) as soon as it is known which"]
    }
    let head = ["bracket"] + fidelity.rungs.map { "\(Text.grouped($0)) \(fidelity.name)" } + ["in all"]
    let rows = brackets.enumerated().map { index, bracket in
      ["\(index + 1)"] + [String](repeating: "", count: bracket.lowest) + bracket.sizes.map(Text.grouped)
        + [Text.grouped(fidelity.cost(of: bracket))]
    }
    return ["    rungs, of which \(share) when all of one are over; the brackets come in turn:"]
      + Text.table([head] + rows, indent: "      ")
  }

  /// In words, with what it depends on.
  private var strategy: String {
    let seed = ", seed \(search.seed)"
    switch search.strategy {
    case .grid, .list: return search.strategy.name
    case .random, .sobol, .bayesian, .tpe, .cmaes, .evolution, .pbt: return search.strategy.name + seed
    case .rungs: return search.strategy.name + seed + Self.proposals(of: search.strategy)
    case .phases(let phases):
      let names = phases.map { phase in
        phase.strategy.name + (phase.trials.map { " for \(Text.count($0, "trial"))" } ?? "")
      }
      return names.joined(separator: ", then ") + seed
    case .auto:
      let choice = search.automaticChoice
      return choice.strategy.name + seed + Self.proposals(of: choice.strategy) + " (chosen by auto: \(choice.reason))"
    }
  }

  /// Where a strategy that goes from rung to rung has its new points from.
  private static func proposals(of strategy: StrategyChoice) -> String {
    guard case .rungs(_, let proposals) = strategy else { return "" }
    return ", new points \(proposals == .random ? "at random" : "by \(proposals.rawValue)")"
  }

  private func reason(_ recorded: Recorded) -> String {
    if recorded.areComplete { return "the recorded ones lead the search to its end" }
    let state = recorded.count == 0 ? "none is recorded" : "these are not recorded"
    guard !recorded.changes.isEmpty else { return state }
    let shown = recorded.changes.prefix(3).map(Text.printable).joined(separator: ", ")
    let more = recorded.changes.count > 3 ? " and \(recorded.changes.count - 3) more" : ""
    return "\(state); changed since the last apply: \(shown)\(more)"
  }

  /// `=` for a trial that is recorded, `+` for one that will run, `-` for one beyond the end of the search.
  private func symbol(of trial: Int) -> String {
    guard let recorded else { return "+" }
    let isRecorded = recorded.first.indices.contains(trial) && recorded.first[trial]
    return isRecorded ? "=" : recorded.areComplete ? "-" : "+"
  }

  private func describe(_ point: Point) -> String {
    zip(search.space.parameters, point.values).compactMap { parameter, value in
      guard let value, !parameter.isConstant || parameter.condition != nil else { return nil }
      if case .float(let number) = value { return "\(parameter.name)=\(Text.number(number))" }
      return "\(parameter.name)=\(value.text(in: parameter.domain))"
    }.joined(separator: " ")
  }

  private var ending: [String] {
    var lines = [
      "  Ends with the first of:",
      "      \(Text.count(planned, "trial"))\(isExhausted ? search.trainsPopulation ? ", with the last step of each member" : ", which are all points" : "")",
    ]
    if let fidelity = search.fidelity, let budget = search.fidelityBudget {
      let (more, overflow) = toConfirm.multipliedReportingOverflow(by: fidelity.full)
      let confirming = more > 0 && !overflow ? ", and \(Text.grouped(more)) to confirm the best" : ""
      let seeds = plan.trial.repeats.seeds
      let runs =
        seeds == 1
        ? ""
        : search.fidelityRuns == nil ? ", each counted once though run \(seeds) times" : ", in their \(seeds) runs each"
      lines.append(
        "      \(Text.grouped(budget)) \(fidelity.name) in all trials together\(runs) (fidelity)\(confirming)")
    }
    for rule in search.stopping {
      switch rule {
      case .target(let targets):
        let conditions = zip(plan.metrics, zip(search.goals, targets)).compactMap { metric, pair in
          pair.1.map { "\(metric) \(pair.0 == .minimize ? "<=" : ">=") \(JSON.number($0).canonicalText)" }
        }
        lines.append("      \(conditions.joined(separator: " and ")) (target)")
      case .plateau(let trials, _, let from) where search.goals.count > 1:
        lines.append("      \(search.counted(trials, from: from)) in a row that another one dominates (plateau)")
      case .plateau(let trials, let improvement, let from):
        let by = improvement == 0 ? "" : " by more than \(JSON.number(improvement).canonicalText)"
        lines.append("      \(search.counted(trials, from: from)) in a row without an improvement\(by) (plateau)")
      case .failures(let limit): lines.append("      \(limit.words) (failures)")
      case .expectedImprovement: lines.append("      \(rule.words ?? "") (expected_improvement)")
      case .regret: lines.append("      \(rule.words ?? "") (regret)")
      }
    }
    if let limit = plan.timeLimit {
      let used = recorded.map(\.elapsed) ?? 0
      let spent = used > 0 ? ", of which \(Text.duration(milliseconds: used)) are over" : ""
      lines.append("      \(Text.duration(milliseconds: limit)): no more trials start then (time)\(spent)")
    }
    lines += plan.usage.limits(on: plan.trial, recorded?.ledger).map { "      \($0)" }
    let prices = plan.usage.priceList(plan.trial.resources)
    if !prices.isEmpty { lines += ["", "  Of the cost, \(prices)"] }
    if let rule = plan.confirmation { lines += ["", "  Then runs \(rule.words) (confirm)"] }
    if !search.trialRules.isEmpty {
      lines += ["", "  Ends a trial on the way with:"] + search.trialRules.map { "      \($0.words)" }
    }
    return lines + [""]
  }

  /// How long it will take, by what is recorded.
  private var forecast: [String] {
    guard let recorded, toRun + toConfirm > 0 else { return [] }
    guard let forecast = recorded.forecast else {
      return ["  Forecast: none, since no run of this experiment is recorded", ""]
    }
    let usage = recorded.work.map { plan.usage.forecasts($0, of: plan.trial.resources) } ?? []
    let head = "  Forecast: \(forecast.words), by \(Text.count(forecast.recorded, "recorded run"))"
    return [head] + usage.map { "            \($0)" } + [""]
  }

  /// What is done before any trial.
  private var preparation: [String] {
    guard !plan.prepare.isEmpty else { return [] }
    let lines = Step.ordered(plan.prepare).map { step in
      let isCurrent = recorded?.preparedSteps.contains(step.name) ?? false
      return "    \(isCurrent ? "=" : "+") \(step.name)  \(step.command)\(details(step))"
    }
    return ["  Prepares, before any trial:"] + lines + [""]
  }

  /// What is done with the result.
  private var use: [String] {
    guard !plan.finally.isEmpty else { return [] }
    let lines = Step.ordered(plan.finally).map { "      \($0.name)  \($0.command)\(details($0))" }
    return ["  Finally, when the manifest is written:"] + lines + [""]
  }

  private func details(_ step: Step) -> String {
    let parts = [
      step.after.isEmpty ? nil : "after \(step.after.joined(separator: ", "))",
      step.outputs.isEmpty ? nil : "makes \(step.outputs.joined(separator: ", "))",
      step.timeout.map { "at most \(Text.duration(milliseconds: $0))" },
    ].compactMap { $0 }
    return parts.isEmpty ? "" : "  (\(parts.joined(separator: "; ")))"
  }

  private var isExhausted: Bool { search.makeStrategy().count == planned }

  private var command: [String] {
    var lines: [String]
    switch plan.trial.program {
    case .command(let templates): lines = ["  Each trial: \(templates.map(Self.text(of:)).joined(separator: " "))"]
    case .shell(let script):
      let script = script.split(separator: "\n", omittingEmptySubsequences: false).map { "      | \($0)" }
      lines = ["  Each trial, as a script for sh:"] + (script.last == "      | " ? script.dropLast() : script)
    }
    for variable in plan.trial.environment {
      lines.append("      \(variable.name)=\(variable.value)")
    }
    if plan.trial.repeats != .once {
      let (seeds, aggregate) = (plan.trial.repeats.seeds, plan.trial.repeats.aggregate.rawValue)
      lines.append(
        "      \(plan.judgesRuns ? "up to " : "")\(seeds) times, each with a seed of its own; the \(aggregate) counts")
    }
    for name in plan.variables.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      lines.append("      \(name), whose value is part of what trials are")
    }
    for name in plan.secrets { lines.append("      \(name)=*** (a secret)") }
    let source = plan.trial.metrics
    if source != MetricSource(source.form) || source.form.hasPath {
      lines.append("      metrics \(source.place)")
      if let pattern = source.pattern { lines.append("          \(pattern.text)") }
      for name in source.names { lines.append("          \(name.metric) is `\(name.source)`") }
    }
    if let interpreter = plan.trial.interpreter { lines.append("      \(interpreter.name) \(interpreter.version)") }
    if !plan.trial.isCached { lines.append("      run again in each apply, whatever is recorded (cache)") }
    if let timeout = plan.trial.timeout { lines.append("      at most \(Text.duration(milliseconds: timeout))") }
    if plan.trial.grace > 0 {
      lines.append("      \(Text.duration(milliseconds: plan.trial.grace)) to end by itself when a rule ends it")
    }
    if let silence = plan.trial.silence {
      lines.append("      ended when it prints nothing for \(Text.duration(milliseconds: silence))")
    }
    if let limits = Self.limits(plan.trial.resources) { lines.append("      with \(limits)") }
    for kind in FailureClass.allCases where plan.trial.failures.names(kind) {
      lines.append("      \(kind.rawValue): \(Self.text(of: plan.trial.failures[kind]))")
    }
    return lines + [""]
  }

  /// What a trial may use of the machine; nil where nothing is limited.
  static func limits(_ resources: ResourceLimits) -> String? {
    let parts = [
      resources.memory.map { "\(Text.bytes($0)) of memory" },
      resources.cpus.map { "\(Text.number($0)) CPU\($0 == 1 ? "" : "s")\(resources.pinsCPUs ? " of its own" : "")" },
      resources.openFiles.map { "\(Text.grouped($0)) open files" },
      resources.cpuTime.map { "\(Text.duration(milliseconds: $0)) of CPU time" },
      resources.disk.map { "\(Text.bytes($0)) of files" },
    ].compactMap { $0 }
    let own =
      [resources.gpus.map { $0 == 1 ? "a GPU of its own" : "\($0) GPUs of its own" }].compactMap { $0 }
      + resources.named.sorted { $0.key < $1.key }.map { "\($0.value) of \($0.key)" }
    let most = parts.isEmpty ? [] : ["at most " + parts.joined(separator: ", ")]
    return own.isEmpty && most.isEmpty ? nil : (own + most).joined(separator: ", ")
  }

  static func text(of policy: FailurePolicy) -> String {
    let then = policy.isInfeasible ? "counts as infeasible" : "counts as failed"
    guard policy.retries > 0 else { return then }
    let wait = policy.wait == 0 ? "" : ", after \(Text.duration(milliseconds: policy.wait)) and then twice as long"
    let growth = policy.growth == 1 ? "" : ", each time with \(Text.number(policy.growth)) times as much"
    return "tried again up to \(Text.count(policy.retries, "time"))\(wait)\(growth); then it \(then)"
  }

  static func text(of template: [TrialTemplate.Segment]) -> String {
    let text = template.map { segment in
      switch segment {
      case .literal(let text): text
      case .parameter(let name): "${\(name)}"
      case .allParameters(.options): "${args}"
      case .allParameters(let form): "${args:\(form.rawValue)}"
      case .variable(let name): "${env:\(name)}"
      case .trialFolder: "${trial.dir}"
      case .trialSeed: "${trial.seed}"
      case .trialCheckpoint: "${trial.checkpoint}"
      case .trialParameters: "${trial.params}"
      }
    }.joined()
    return text.isEmpty || text.contains(" ") ? "'\(text)'" : text
  }

  private var inputs: [String] {
    guard !plan.inputs.isEmpty else { return ["  Inputs: none", ""] }
    let shown = plan.inputs.count <= 10 ? plan.inputs : Array(plan.inputs.prefix(8))
    let rows = shown.map { [$0.path, $0.digest.short, Text.bytes($0.size)] }
    let more = plan.inputs.count - shown.count
    return ["  Inputs: a change of one makes other trials"] + Text.table(rows, indent: "      ")
      + (more > 0 ? ["      … \(Text.count(more, "file")) more"] : []) + [""]
  }
}

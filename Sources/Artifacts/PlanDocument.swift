package import Search

/// A plan in its one byte form, with the digest that names it.
///
/// Saved as `*.plan.json`: the bytes and a line feed. Its schema is `schemas/plan.v1.schema.json`.
package struct PlanDocument: Hashable, Sendable {
  package let plan: Plan
  package let json: JSON
  package let digest: Digest

  package static let schema = "attune/plan/v1"
  /// Up to this many, the trials that are known before the run stand in the plan one by one.
  package static let listedTrials = 1000

  /// Complexity: O(trials) when they are known before the run.
  package init(_ plan: Plan) {
    self.plan = plan
    json = plan.json
    digest = Digest(of: "plan", json.canonicalBytes)
  }

  /// The bytes of a saved plan.
  package var fileBytes: [UInt8] { json.canonicalBytes + [UInt8(ascii: "\n")] }

  /// Reads what `fileBytes` writes, and refuses everything else: a byte changed anywhere is found.
  package init(fileBytes: [UInt8]) throws(DocumentError) {
    try self.init(json: JSON(document: fileBytes))
    guard self.fileBytes == fileBytes else {
      throw DocumentError("it was changed after it was written, or by another version")
    }
  }

  /// Reads a plan within another document. The caller compares the digest.
  ///
  /// - Parameter isForSession: whether the plan need have no command.
  package init(json: JSON, isForSession: Bool = false) throws(DocumentError) {
    self.init(try Plan(json: json))
    guard isForSession || !plan.trial.command.isEmpty else { throw DocumentError("the trial has no command") }
  }
}

/// Why bytes are not the document that they should be.
package struct DocumentError: Error, Hashable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}

extension JSON {
  /// Of a document's bytes.
  package init(document bytes: [UInt8]) throws(DocumentError) {
    do { try self.init(parsing: bytes) } catch { throw DocumentError(error.description) }
  }

  package func require(_ name: String) throws(DocumentError) -> JSON {
    guard let value = self[name] else { throw DocumentError("`\(name)` is missing") }
    return value
  }

  package func string(_ name: String) throws(DocumentError) -> String {
    guard let value = try require(name).string else { throw DocumentError("`\(name)` is not a string") }
    return value
  }

  package func int(_ name: String) throws(DocumentError) -> Int {
    guard let value = try require(name).int else { throw DocumentError("`\(name)` is not a whole number") }
    return value
  }

  package func number(_ name: String) throws(DocumentError) -> Double {
    guard let value = try require(name).number else { throw DocumentError("`\(name)` is not a number") }
    return value
  }

  package func array(_ name: String) throws(DocumentError) -> [JSON] {
    guard let value = try require(name).array else { throw DocumentError("`\(name)` is not a list") }
    return value
  }

  package func digest(_ name: String) throws(DocumentError) -> Digest {
    guard let digest = Digest(try string(name)) else { throw DocumentError("`\(name)` is not a digest") }
    return digest
  }
}

// MARK: - Writing

extension Plan {
  fileprivate var json: JSON {
    .object([
      "schema": .string(PlanDocument.schema),
      "name": .string(name),
      "experiment": .string(experimentFile),
      "set": settings.isEmpty ? nil : .array(settings.map(JSON.string)),
      "objective": objectiveJSON,
      "parameters": .array(search.space.parameters.map(\.json)),
      "constraints": search.space.constraints.isEmpty ? nil : .array(search.space.constraints.map(\.json)),
      "outcomeConstraints": outcomeConstraints.isEmpty ? nil : .array(outcomeConstraints.map(\.json)),
      "search": searchJSON,
      "budget": budgetJSON,
      "stopping": .array(search.stopping.map(\.json) + search.trialRules.map(\.json)),
      "trial": trial.json,
      "prepare": prepare.isEmpty ? nil : .array(prepare.map { $0.json(withDigests: false) }),
      "confirm": confirmation?.json,
      "finally": finally.isEmpty ? nil : .array(finally.map { $0.json(withDigests: false) }),
      "inputs": .array(inputs.map(\.json)),
      "secrets": secrets.isEmpty ? nil : .array(secrets.map(JSON.string)),
      "variables": variables.isEmpty ? nil : variablesJSON(Array(variables.keys)),
      "trials": trialsJSON,
      "steps": .array(steps.map(\.json)),
    ])
  }

  private var budgetJSON: JSON {
    let counts: JSON = .object([
      "trials": .int(search.trials), "fidelity": search.fidelityBudget.map(JSON.int),
      "fidelityRuns": search.fidelityRuns.map(JSON.int), "parallel": .int(parallel),
      "milliseconds": timeLimit.map(JSON.int),
    ])
    return .object((counts.members ?? []) + usage.members)
  }

  private var objectiveJSON: JSON {
    let objectives = zip(metrics, search.goals).map { metric, goal in
      JSON.object(["metric": .string(metric), "goal": .string(goal.rawValue)])
    }
    return objectives.count == 1 ? objectives[0] : .array(objectives)
  }

  private var searchJSON: JSON {
    var points: JSON?
    if case .list(let listed) = search.strategy { points = .array(listed.map { $0.json(in: search.space) }) }
    var (phases, chosen): (JSON?, JSON?)
    if case .phases(let list) = search.strategy {
      phases = .array(
        list.map { .object(["strategy": .string($0.strategy.name), "trials": $0.trials.map(JSON.int)]) })
    }
    if search.strategy == .auto {
      let choice = search.automaticChoice
      chosen = .object(["strategy": .string(choice.strategy.name), "reason": .string(choice.reason)])
    }
    var proposals: JSON?
    if case .rungs(_, let source) = search.strategy { proposals = .string(source.rawValue) }
    var population: JSON?
    if case .pbt(let members) = search.strategy { population = .int(members) }
    return .object([
      "strategy": .string(search.strategy.name),
      "proposals": proposals,
      "population": population,
      "acquisition": search.seeksFront ? .string("hypervolume") : nil,
      "distinct": search.drawsDistinct ? .bool(true) : nil,
      "design": search.shortensDesign ? .string("shortened") : nil,
      "tail": search.softensTail ? .string("logarithmic") : nil,
      "fidelity": search.fidelity?.json,
      "completesRungs": search.completesRungs ? .bool(true) : nil,
      "chosen": chosen,
      "phases": phases,
      "seed": .number(Double(search.seed)),
      "lanes": .int(search.lanes),
      "points": points,
      "initialPoints": .array(search.initialPoints.map { $0.json(in: search.space) }),
      "observations": search.reusesObservations ? .array(search.observations.map { $0.json(in: search.space) }) : nil,
    ])
  }

  private var trialsJSON: JSON {
    let (points, count) = (search.knownPoints, search.plannedTrials)
    let identity = TrialIdentity(self)
    var writer = CanonicalWriter()
    var builder = DigestBuilder(of: "trials")
    for trial in 0..<points.count {
      writer.removeAll()
      identity.write(points[trial], to: &writer)
      writer.write(raw: "\n")
      builder.update(writer.bytes)
    }
    let listed = points.count <= PlanDocument.listedTrials ? points.count : nil
    return .object([
      "count": .int(count),
      // The others are decided by the outcomes.
      "known": points.count < count ? .int(points.count) : nil,
      "digest": .string(builder.finish().description),
      "points": listed.map { .array((0..<$0).map { points[$0].json(in: search.space) }) },
    ])
  }

  /// What is done, and what must be done before it.
  package var steps: [PlanStep] {
    func own(_ kind: Step.Kind, _ first: String) -> [PlanStep] {
      Step.ordered(steps(kind)).map { step in
        PlanStep(
          name: Step.path(kind, step.name), does: kind == .prepare ? .prepare : .finally,
          after: step.after.isEmpty ? [first] : step.after.map { Step.path(kind, $0) })
      }
    }
    let prepared = prepare.map { Step.path(.prepare, $0.name) }
    return [PlanStep(name: "inputs", does: .checkInputs, after: [])] + own(.prepare, "inputs")
      + [
        PlanStep(name: "search", does: .search, after: prepared.isEmpty ? ["inputs"] : prepared),
        confirmation.map { _ in PlanStep(name: "confirm", does: .confirm, after: ["search"]) },
        PlanStep(name: "select", does: .select, after: [confirmation == nil ? "search" : "confirm"]),
        PlanStep(name: "manifest", does: .writeManifest, after: ["select"]),
      ].compactMap(\.self) + own(.finally, "manifest")
  }
}

/// A node of the plan's graph.
package struct PlanStep: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    case checkInputs = "check-inputs"
    case prepare
    case search
    case confirm
    case select
    case writeManifest = "write-manifest"
    case finally
  }

  package var name: String
  package var does: Kind
  package var after: [String]

  var json: JSON {
    .object([
      "name": .string(name), "does": .string(does.rawValue), "after": .array(after.map(JSON.string)),
    ])
  }
}

extension InputFile {
  var json: JSON {
    .object(["path": .string(path), "digest": .string(digest.description), "bytes": .int(size)])
  }
}

extension Parameter {
  var json: JSON {
    switch domain {
    case .float(let range):
      .object([
        "name": .string(name), "float": .array([.number(range.lower), .number(range.upper)]),
        "scale": .string(range.scale.rawValue), "step": range.step.map(JSON.number), "default": defaultValue?.json,
        "prior": prior?.json, "when": condition?.json,
      ])
    case .int(let range):
      .object([
        "name": .string(name), "int": .array([.int(range.lower), .int(range.upper)]),
        "scale": .string(range.scale.rawValue), "step": .int(range.step), "default": defaultValue?.json,
        "prior": prior?.json, "when": condition?.json,
      ])
    case .choice(let values):
      .object([
        "name": .string(name), "choice": .array(values.map(\.json)), "default": defaultValue?.json,
        "ordered": isOrdered ? .bool(true) : nil, "prior": prior?.json, "when": condition?.json,
      ])
    case .constant(let value):
      .object(["name": .string(name), "constant": value.json, "when": condition?.json])
    }
  }
}

extension Prior {
  fileprivate var json: JSON {
    switch self {
    case .normal(let mean, let spread): .object(["normal": .array([.number(mean), .number(spread)])])
    case .weights(let weights): .object(["weights": .array(weights.map(JSON.number))])
    }
  }
}

// MARK: - Reading

extension Plan {
  fileprivate init(json: JSON) throws(DocumentError) {
    let schema = try json.string("schema")
    guard schema == PlanDocument.schema else {
      throw DocumentError("it is of the form \"\(schema)\"; this version reads \"\(PlanDocument.schema)\"")
    }
    let objective = try json.require("objective")
    var metrics: [String] = []
    var goals: [Goal] = []
    for objective in objective.array ?? [objective] {
      metrics.append(try objective.string("metric"))
      goals.append(try Goal(named: objective.string("goal")))
    }
    guard !goals.isEmpty else { throw DocumentError("there is no objective") }
    let budget = try json.require("budget")
    var parameters: [Parameter] = []
    for parameter in try json.array("parameters") { parameters.append(try Parameter(json: parameter)) }
    var inputs: [InputFile] = []
    for input in try json.array("inputs") { inputs.append(try InputFile(json: input)) }
    let trial = try TrialTemplate(json: try json.require("trial"))
    let space = try Space(parameters, constraints: expressions(in: json["constraints"]))
    guard space.isWellFormed else { throw DocumentError("the conditions or the constraints of the space are wrong") }
    guard trial.fits(space) else { throw DocumentError("the command refers to what is not there") }
    self.init(
      name: try json.string("name"),
      experimentFile: try json.string("experiment"),
      metrics: metrics,
      outcomeConstraints: try expressions(in: json["outcomeConstraints"]),
      settings: (json["set"]?.array ?? []).compactMap(\.string),
      search: try SearchSettings(
        json: try json.require("search"), space: space, goals: goals, budget: budget,
        stopping: try json.array("stopping")),
      parallel: try budget.int("parallel"),
      timeLimit: budget["milliseconds"]?.int,
      trial: trial,
      inputs: inputs,
      secrets: (json["secrets"]?.array ?? []).compactMap(\.string))
    if let json = json["variables"] {
      for member in json.members ?? [] { variables[member.name] = try json.digest(member.name) }
    }
    for json in json["prepare"]?.array ?? [] { prepare.append(try Step(json: json)) }
    for json in json["finally"]?.array ?? [] { finally.append(try Step(json: json)) }
    guard [prepare, finally].allSatisfy({ Step.ordered($0).count == $0.count }) else {
      throw DocumentError("steps come after each other in a circle, or after ones that are not there")
    }
    usage = try UsageBudget(budget: budget)
    guard usage.limits.isEmpty || trial.timeout != nil else {
      throw DocumentError("the budget is limited, and the time of a trial is not")
    }
    if let json = json["confirm"] { confirmation = try ConfirmationRule(json: json, objectives: goals.count) }
    let limits = [parallel, timeLimit ?? 1, trial.timeout ?? 1, trial.silence ?? 1, trial.grace + 1]
    guard limits.allSatisfy({ $0 >= 1 }) else { throw DocumentError("a limit is below 1") }
    let areJudged =
      goals.count == 1 && (search.fidelity == nil || search.trialRules.allSatisfy(\.kind.goesWithRungs))
      && (trial.repeats.seeds == 1 || search.trialRules.allSatisfy(\.kind.judgesRuns))
    guard search.trialRules.isEmpty || areJudged else {
      throw DocumentError("rules end single trials where they cannot be judged")
    }
  }
}

private func expressions(in json: JSON?) throws(DocumentError) -> [Expression] {
  var expressions: [Expression] = []
  for element in json?.array ?? [] { expressions.append(try Expression(json: element)) }
  return expressions
}

extension Space {
  /// Whether conditions and constraints refer to parameters that are there, and conditions do not go round in a circle.
  fileprivate var isWellFormed: Bool {
    let names = parameters.compactMap(\.condition).flatMap(\.names) + constraints.flatMap(\.names)
    return names.allSatisfy { !indices(of: $0).isEmpty } && order.count == parameters.count
  }
}

extension Goal {
  fileprivate init(named name: String) throws(DocumentError) {
    guard let goal = Goal(rawValue: name) else { throw DocumentError("\"\(name)\" is no goal") }
    self = goal
  }
}

extension InputFile {
  init(json: JSON) throws(DocumentError) {
    self.init(path: try json.string("path"), digest: try json.digest("digest"), size: try json.int("bytes"))
  }
}

extension SearchSettings {
  fileprivate init(
    json: JSON, space: Space, goals: [Goal], budget: JSON, stopping: [JSON]
  ) throws(DocumentError) {
    let trials = try budget.int("trials")
    let seed = try json.int("seed")
    let lanes = try json.int("lanes")
    guard (1...SearchSettings.maximumTrials).contains(trials), lanes >= 1, seed >= 0 else {
      throw DocumentError("`search` is out of bounds")
    }
    var rules: [StoppingRule] = []
    var trialRules: [TrialRule] = []
    for json in stopping {
      if let rule = try TrialRule(json: json) {
        trialRules.append(rule)
      } else {
        rules.append(try StoppingRule(json: json, goals.count))
      }
    }
    self.init(
      space: space, goals: goals, strategy: try StrategyChoice(json: json, space: space), seed: UInt64(seed),
      lanes: lanes, trials: trials, initialPoints: try space.points(json.array("initialPoints")), stopping: rules)
    self.trialRules = trialRules
    seeksFront = json["acquisition"] == .string("hypervolume")
    softensTail = json["tail"] == .string("logarithmic")
    drawsDistinct = json["distinct"] == .bool(true)
    shortensDesign = json["design"] == .string("shortened")
    completesRungs = json["completesRungs"] == .bool(true)
    if let json = json["fidelity"] { fidelity = try Fidelity(json: json, space: space) }
    let isFidelityRight =
      switch strategy {
      case .rungs: fidelity.map { $0.reduction > 1 } ?? false
      case .auto: fidelity.map { $0.reduction > 1 } ?? true
      case .pbt: fidelity.map { $0.reduction == 1 && $0.continues } ?? false
      default: fidelity == nil
      }
    guard isFidelityRight else { throw DocumentError("the strategy needs another fidelity, or sets none") }
    if trainsPopulation {
      guard goals.count == 1, json["observations"] == nil, lanes == 1 else {
        throw DocumentError("the strategy \"pbt\" is not for this search")
      }
    }
    fidelityBudget = budget["fidelity"]?.int
    fidelityRuns = budget["fidelityRuns"]?.int
    guard fidelityBudget.map({ $0 >= 1 && fidelity != nil }) ?? true else {
      throw DocumentError("the budget's `fidelity` is out of bounds, or there is none")
    }
    guard fidelityRuns.map({ (1...Repeats.maximumSeeds).contains($0) && fidelityBudget != nil }) ?? true else {
      throw DocumentError("the budget's `fidelityRuns` is out of bounds, or there is none")
    }
    guard let list = json["observations"]?.array else { return }
    reusesObservations = true
    for json in list { observations.append(try Observation(json: json, space: space, objectives: goals.count)) }
  }
}

extension Fidelity {
  fileprivate var json: JSON {
    .object([
      "parameter": .string(name), "from": .int(lowest), "to": .int(full), "reduction": .int(reduction),
      "checkpoint": continues ? .bool(true) : nil, "rungs": .array(rungs.map(JSON.int)),
      "brackets": brackets.map(JSON.int),
    ])
  }

  fileprivate init(json: JSON, space: Space) throws(DocumentError) {
    let (lowest, full, reduction) = (try json.int("from"), try json.int("to"), try json.int("reduction"))
    let name = try json.string("parameter")
    let isEven = reduction == 1 && 1...Fidelity.mostSteps ~= full / max(1, lowest)
    guard 1...Fidelity.most ~= lowest, 1...Fidelity.most ~= full, isEven || Fidelity.reductions ~= reduction,
      let index = space.indices(of: name).first, case .int(let range) = space.parameters[index].domain,
      range.lower == lowest, range.upper == full, range.step == 1
    else { throw DocumentError("the fidelity is out of bounds, or no parameter") }
    let names = space.parameters.compactMap(\.condition).flatMap(\.names) + space.constraints.flatMap(\.names)
    guard !names.contains(name) else { throw DocumentError("something depends on the fidelity") }
    self.init(
      name: name, lowest: lowest, full: full, reduction: reduction, continues: json["checkpoint"] == .bool(true))
    guard rungs.count > 1, try json.array("rungs").map(\.int) == rungs else {
      throw DocumentError("the rungs are wrong")
    }
    brackets = json["brackets"]?.int
    guard brackets.map({ 1...rungs.count ~= $0 }) ?? (json["brackets"] == nil) else {
      throw DocumentError("there are not as many brackets")
    }
  }
}

extension Observation {
  fileprivate func json(in space: Space) -> JSON {
    let (values, state): (JSON?, String?) =
      switch outcome {
      case .values(let values): (.array(values.map(JSON.number)), nil)
      case .stopped(let value): (.array([JSON(measured: value)]), "stopped")
      case .infeasible: (nil, "infeasible")
      case .failed: (nil, "failed")
      }
    return .object(["parameters": point.json(in: space), "values": values, "state": state.map(JSON.string)])
  }

  fileprivate init(json: JSON, space: Space, objectives: Int) throws(DocumentError) {
    let point = try space.point(json: json.require("parameters"))
    switch json["state"]?.string {
    case "stopped"?:
      guard let value = try json.array("values").first?.measured else {
        throw DocumentError("an observation of a stopped trial has no value")
      }
      self.init(point, .stopped(value))
    case "infeasible"?: self.init(point, .infeasible)
    case "failed"?: self.init(point, .failed)
    default:
      let values = try json.array("values").compactMap(\.number)
      guard values.count == objectives else { throw DocumentError("an observation has not a value for each objective") }
      self.init(point, .values(values))
    }
  }
}

extension StrategyChoice {
  fileprivate init(json: JSON, space: Space) throws(DocumentError) {
    switch try json.string("strategy") {
    case let name where RungScheme(rawValue: name) != nil:
      guard let scheme = RungScheme(rawValue: name),
        let proposals = RungProposals(rawValue: try json.string("proposals")),
        space.canBeDrawnFrom
      else { throw DocumentError("the strategy \"\(name)\" is not for this space, or unknown") }
      self = .rungs(scheme, proposals)
    case "pbt":
      let population = try json.int("population")
      guard Self.populations ~= population, space.canBeDrawnFrom else {
        throw DocumentError("the population is out of bounds, or not for this space")
      }
      self = .pbt(population: population)
    case "list": self = .list(try space.points(json.array("points")))
    case "phases":
      var phases: [SearchPhase] = []
      for phase in try json.array("phases") {
        let strategy = try StrategyChoice(named: phase.string("strategy"), space)
        guard strategy != .auto, strategy != .grid, phase["trials"].map({ $0.int ?? 0 >= 1 }) ?? true else {
          throw DocumentError("a phase is out of bounds")
        }
        phases.append(SearchPhase(strategy, trials: phase["trials"]?.int))
      }
      guard !phases.isEmpty else { throw DocumentError("there is no phase") }
      self = .phases(phases)
    case let name: self = try StrategyChoice(named: name, space)
    }
  }

  private init(named name: String, _ space: Space) throws(DocumentError) {
    guard let choice = Self.named.first(where: { $0.name == name }), choice.fits(space) else {
      throw DocumentError("the strategy \"\(name)\" is not for this space, or unknown")
    }
    self = choice
  }

  private func fits(_ space: Space) -> Bool {
    self == .grid ? space.isFinite : space.canBeDrawnFrom && space.dimension <= maximumDimension
  }
}

extension Space {
  /// Whether points that hold the constraints are found by drawing.
  fileprivate var canBeDrawnFrom: Bool { allowed(of: 10_000, enough: 1) > 0 }

  fileprivate func points(_ list: [JSON]) throws(DocumentError) -> [Point] {
    var points: [Point] = []
    for json in list {
      let point = try point(json: json)
      guard point.json(in: self) == json else { throw DocumentError("a point is not in its canonical form") }
      points.append(point)
    }
    return points
  }

  /// A point as `Point.json(in:)` writes it, in any order. A constant may be left out.
  package func point(json: JSON) throws(DocumentError) -> Point {
    guard let members = json.members else { throw DocumentError("a point is an object of its parameters") }
    var point = Point([Value?](repeating: nil, count: parameters.count))
    for index in order where isActive(parameters[index], in: point) {
      let parameter = parameters[index]
      if case .constant(let value) = parameter.domain, json[parameter.name] == nil {
        point.values[index] = value
        continue
      }
      let value = try Value(json: try json.require(parameter.name), in: parameter.domain)
      guard parameter.domain.contains(value) else {
        throw DocumentError("`\(parameter.name)` is \(value.text(in: parameter.domain)), which is outside of its range")
      }
      point.values[index] = value
    }
    for member in members where value(of: member.name, in: point) == nil {
      let isKnown = !indices(of: member.name).isEmpty
      throw DocumentError(
        isKnown
          ? "`\(member.name)` is inactive at this point, and has no value" : "there is no parameter `\(member.name)`")
    }
    return point
  }
}

extension Value {
  /// - Parameter domain: tells a float from an int; nil for a choice's or a constant's value.
  init(json: JSON, in domain: Domain?) throws(DocumentError) {
    switch (json, domain) {
    case (.number(let number), .float): self = .float(number)
    case (.number(let number), _): self = Value(untyped: number)
    case (.string(let text), _): self = .string(text)
    case (.bool(let flag), _): self = .bool(flag)
    default: throw DocumentError("a value is neither a number nor a string nor a truth value")
    }
  }
}

extension Parameter {
  fileprivate init(json: JSON) throws(DocumentError) {
    let domain = try Domain(json: json)
    guard domain.isWellFormed else { throw DocumentError("the range of a parameter is out of bounds") }
    var value: Value?
    if let json = json["default"] { value = try Value(json: json, in: domain) }
    guard value.map(domain.contains) ?? true else { throw DocumentError("a default is outside of its range") }
    var condition: Expression?
    if let json = json["when"] { condition = try Expression(json: json) }
    var prior: Prior?
    if let json = json["prior"] { prior = try Prior(json: json) }
    guard prior?.fits(domain) ?? true else { throw DocumentError("the prior of a parameter is out of bounds") }
    self.init(
      name: try json.string("name"), domain: domain, defaultValue: value, condition: condition, prior: prior,
      isOrdered: json["ordered"] == .bool(true))
  }
}

extension Prior {
  fileprivate init(json: JSON) throws(DocumentError) {
    if let normal = json["normal"]?.array?.compactMap(\.number), normal.count == 2 {
      self = .normal(mean: normal[0], spread: normal[1])
    } else {
      self = .weights(try json.array("weights").compactMap(\.number))
    }
  }
}

extension Domain {
  fileprivate init(json: JSON) throws(DocumentError) {
    if let bounds = json["float"]?.array?.compactMap(\.number), bounds.count == 2, bounds[0] <= bounds[1] {
      self = .float(
        FloatRange(lower: bounds[0], upper: bounds[1], scale: try Scale(json: json), step: json["step"]?.number))
    } else if let bounds = json["int"]?.array?.compactMap(\.int), bounds.count == 2, bounds[0] <= bounds[1] {
      self = .int(
        IntRange(lower: bounds[0], upper: bounds[1], scale: try Scale(json: json), step: max(1, try json.int("step"))))
    } else if let choice = json["choice"]?.array, !choice.isEmpty {
      var values: [Value] = []
      for json in choice { values.append(try Value(json: json, in: nil)) }
      self = .choice(values)
    } else {
      self = .constant(try Value(json: try json.require("constant"), in: nil))
    }
  }
}

extension Scale {
  fileprivate init(json: JSON) throws(DocumentError) {
    guard let scale = Scale(rawValue: try json.string("scale")) else { throw DocumentError("`scale` is unknown") }
    self = scale
  }
}

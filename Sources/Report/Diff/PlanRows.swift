internal import Artifacts
internal import Search

/// What differs between two plans, part by part, in the order in which a reviewer asks.
struct PlanRows {
  private let diff: PlanDiff
  private let isSemanticOnly: Bool

  private var old: Plan { diff.before.plan }
  private var new: Plan { diff.after.plan }

  init(_ diff: PlanDiff, semanticOnly: Bool) {
    self.diff = diff
    isSemanticOnly = semanticOnly
  }

  var sections: [DiffSection] {
    [
      DiffSection(title: "Objective", part: .objective, rows: objective),
      DiffSection(title: spaceTitle, part: .space, rows: parameters + constraints),
      DiffSection(title: "Search", part: .search, rows: search),
      DiffSection(title: "Stopping", part: .stopping, rows: stopping),
      DiffSection(title: "Budget", part: .budget, rows: budget),
      DiffSection(title: "Trial", part: .trial, rows: trial),
      DiffSection(title: "Inputs", part: .inputs, rows: inputs),
      DiffSection(title: "Steps", part: .steps, rows: steps),
      DiffSection(title: "Names", part: .naming, rows: naming),
    ].filter { !$0.rows.isEmpty }
  }

  /// The edits that are shown of a part, with paths that begin like this.
  private func edits(_ section: PlanEdit.Section, _ prefix: String...) -> [PlanEdit] {
    diff.edits(in: section).filter { $0.path.starts(with: prefix) && (!isSemanticOnly || $0.effect == .meaning) }
  }

  // MARK: - Objective

  private var objective: [DiffRow] {
    var rows: [DiffRow] = []
    if !edits(.objective, "objective").isEmpty {
      rows.append(DiffRow("objective", old.objectives.joined(separator: ", "), new.objectives.joined(separator: ", ")))
    }
    return rows
      + lists("subject to", old.outcomeConstraints.map(\.description), new.outcomeConstraints.map(\.description))
  }

  /// What stands in one list and not in the other; where that is nothing, their order changed.
  private func lists(_ name: String, _ before: [String], _ after: [String]) -> [DiffRow] {
    guard before != after else { return [] }
    let rows =
      before.filter { !after.contains($0) }.map { DiffRow(name, $0, nil) }
      + after.filter { !before.contains($0) }.map { DiffRow(name, nil, $0) }
    return rows.isEmpty ? [.note(name, "in another order")] : rows
  }

  // MARK: - Space

  private var spaceTitle: String {
    guard let ratio = diff.volumeRatio, ratio != 1 else { return "Search space" }
    return ratio > 1
      ? "Search space, \(Text.number(ratio)) times as large" : "Search space, \(Text.number(ratio)) of its size"
  }

  private var parameters: [DiffRow] {
    diff.parameters.map { change in
      DiffRow(
        change.name, change.before.map { describe($0, change) }, change.after.map { describe($0, change) },
        note: note(change))
    }
  }

  /// Of a parameter that both sides have, only what differs.
  private func describe(_ parameter: Parameter, _ change: ParameterChange) -> String {
    let (type, values, scale) = PlanText.describe(parameter.domain)
    guard let before = change.before, let after = change.after else {
      return [type, values, scale, PlanText.remarks(parameter)].filter { !$0.isEmpty }.joined(separator: " ")
    }
    var parts: [String] = []
    if before.domain != after.domain {
      parts += [change.aspects.contains(.kind) ? type : "", values]
      if change.aspects.contains(where: { [.scale, .step, .kind].contains($0) }) { parts.append(scale) }
    }
    for aspect in change.aspects {
      switch aspect {
      // A constant has none to speak of.
      case .default where parameter.isConstant: break
      case .default: parts.append("default \(parameter.defaultValue?.text(in: parameter.domain) ?? "none")")
      case .ordered: parts.append(parameter.isOrdered ? "ordered" : "without order")
      case .prior: parts.append(prior(parameter))
      case .condition: parts.append(parameter.condition.map { "when \($0)" } ?? "always active")
      default: break
      }
    }
    return parts.filter { !$0.isEmpty }.joined(separator: " ")
  }

  private func prior(_ parameter: Parameter) -> String {
    func number(_ value: Double) -> String { JSON.number(value).canonicalText }
    return switch parameter.prior {
    case .normal(let mean, let spread)?: "prior normal(\(number(mean)), \(number(spread)))"
    case .weights(let weights)?: "weights \(weights.map(number).joined(separator: ", "))"
    case nil: "no prior"
    }
  }

  private func note(_ change: ParameterChange) -> String {
    guard change.before != nil, change.after != nil else { return "" }
    var words = change.aspects.map(Self.words)
    if let overlap = change.overlap, overlap.relation != .equal {
      if overlap.ratio != 1 { words.append("\(Text.number(overlap.ratio)) times the size") }
      words.append("overlap \(Text.number((overlap.shared * 1000).rounded() / 10)) %")
      let values = [(overlap.added, "added"), (overlap.dropped, "dropped")].filter { ($0.0 ?? 0) > 0 }
      if !values.isEmpty {
        words.append(
          values.map { "\(Text.count($0.0 ?? 0, "value")) \($0.1)\(listed(change, $0.1))" }.joined(separator: ", "))
      }
    }
    return words.joined(separator: ", ")
  }

  /// The values themselves, where they are few.
  private func listed(_ change: ParameterChange, _ kind: String) -> String {
    guard let before = change.before?.domain, let after = change.after?.domain,
      let olds = before.values(atMost: 1000), let news = after.values(atMost: 1000)
    else { return "" }
    let domain = kind == "added" ? after : before
    let values = (0..<(domain.count ?? 0)).map { domain.value(number: $0) }
    let others = kind == "added" ? olds : news
    let own = values.filter { value in
      !others.contains(value.number.map(Value.float) ?? value)
    }
    guard !own.isEmpty, own.count <= 6 else { return "" }
    return ": " + own.map { $0.text(in: domain) }.joined(separator: ", ")
  }

  private static func words(_ aspect: ParameterChange.Aspect) -> String {
    switch aspect {
    case .added: "added"
    case .removed: "removed"
    case .kind: "another type"
    case .wider: "wider"
    case .narrower: "narrower"
    case .moved: "moved"
    case .value: "another value"
    case .scale: "scale changed"
    case .step: "step changed"
    case .order: "values in another order"
    case .ordered: "order means something, or no longer"
    case .default: "default changed"
    case .prior: "prior changed"
    case .condition: "condition changed"
    }
  }

  private var constraints: [DiffRow] {
    lists("where", old.search.space.constraints.map(\.description), new.search.space.constraints.map(\.description))
  }

  // MARK: - Search

  private var search: [DiffRow] {
    var rows: [DiffRow] = []
    if !edits(.search, "search", "strategy").isEmpty || !edits(.search, "search", "phases").isEmpty {
      rows.append(DiffRow("strategy", Self.strategy(old.search), Self.strategy(new.search)))
    }
    if !edits(.search, "search", "seed").isEmpty {
      rows.append(DiffRow("seed", "\(old.search.seed)", "\(new.search.seed)"))
    }
    if !edits(.search, "search", "lanes").isEmpty {
      rows.append(DiffRow("lanes", "\(old.search.lanes)", "\(new.search.lanes)"))
    }
    if !edits(.search, "search", "points").isEmpty, case .list(let before) = old.search.strategy,
      case .list(let after) = new.search.strategy
    {
      rows.append(points("points", before, after))
    }
    if !edits(.search, "search", "initialPoints").isEmpty {
      rows.append(points("initial points", old.search.initialPoints, new.search.initialPoints))
    }
    if !edits(.search, "search", "observations").isEmpty {
      func text(_ search: SearchSettings) -> String {
        search.reusesObservations ? Text.count(search.observations.count, "earlier outcome") : "none"
      }
      rows.append(DiffRow("learns from", text(old.search), text(new.search)))
    }
    let worded = ["strategy", "phases", "seed", "lanes", "points", "initialPoints", "observations"]
    return rows + edits(.search).filter { !worded.contains($0.path.count > 1 ? $0.path[1] : "") }.map(Self.plain)
  }

  /// What has no words of its own: its place, and what stands there.
  private static func plain(_ edit: PlanEdit) -> DiffRow {
    func text(_ json: JSON?) -> String? { json.map { $0.string ?? $0.canonicalText } }
    return DiffRow(edit.path.dropFirst().joined(separator: "."), text(edit.before), text(edit.after))
  }

  private static func strategy(_ search: SearchSettings) -> String {
    guard case .phases(let phases) = search.strategy else { return search.strategy.name }
    return phases.map { phase in phase.strategy.name + (phase.trials.map { " for \($0)" } ?? "") }
      .joined(separator: ", then ")
  }

  private func points(_ name: String, _ before: [Point], _ after: [Point]) -> DiffRow {
    let olds = before.map { $0.json(in: old.search.space).canonicalText }
    let news = after.map { $0.json(in: new.search.space).canonicalText }
    let (added, dropped) = (Set(news).subtracting(olds).count, Set(olds).subtracting(news).count)
    let note =
      added + dropped == 0
      ? "in another order"
      : [(added, "added"), (dropped, "dropped")].filter { $0.0 > 0 }.map { "\(Text.grouped($0.0)) \($0.1)" }
        .joined(separator: ", ")
    return DiffRow(name, Text.grouped(before.count), Text.grouped(after.count), note: note)
  }

  // MARK: - Stopping and budget

  private var stopping: [DiffRow] {
    guard !edits(.stopping).isEmpty else { return [] }
    let rows =
      lists("stops", old.search.stopping.map { rule($0, old) }, new.search.stopping.map { rule($0, new) })
      + lists("ends trials", old.search.trialRules.map(\.words), new.search.trialRules.map(\.words))
    return rows.isEmpty ? [.note("stops", "the same rules, over other objectives")] : rows
  }

  private func rule(_ rule: StoppingRule, _ plan: Plan) -> String {
    switch rule {
    case .target(let targets):
      let parts = zip(plan.metrics, targets).compactMap { metric, target in
        target.map { "\(metric) \(JSON.number($0).canonicalText)" }
      }
      return "target: \(parts.joined(separator: ", "))"
    case .plateau(let trials, let improvement, let from):
      let by = improvement == 0 ? "" : " by more than \(JSON.number(improvement).canonicalText)"
      return "plateau: \(plan.search.counted(trials, from: from)) without an improvement\(by)"
    case .expectedImprovement, .regret: return rule.words ?? ""
    case .failures(.inARow(let most)): return "failures: \(most) in a row"
    case .failures(let limit): return "failures: \(limit.words)"
    }
  }

  private var budget: [DiffRow] {
    edits(.budget).map { edit in
      let key = edit.path.last ?? ""
      // Of a resource that is named as a limit is, too.
      if edit.path.count > 2 {
        return DiffRow("price of \(key)", edit.before?.canonicalText, edit.after?.canonicalText)
      }
      if let account = UsageBudget.Account(rawValue: key) { return limit(account) }
      return switch key {
      case "trials": DiffRow("trials", Text.grouped(old.search.trials), Text.grouped(new.search.trials))
      case "parallel": DiffRow("parallel", "\(old.parallel)", "\(new.parallel)")
      case "milliseconds": DiffRow("time", old.timeLimit.map(duration), new.timeLimit.map(duration))
      case "rates": DiffRow("prices", edit.before.map(prices), edit.after.map(prices))
      default: Self.plain(edit)
      }
    }
  }

  private func limit(_ account: UsageBudget.Account) -> DiffRow {
    DiffRow(account.words, old.usage.limits[account].map(Text.number), new.usage.limits[account].map(Text.number))
  }

  private func prices(_ rates: JSON) -> String {
    (rates.members ?? []).map { "\($0.name) \($0.value.canonicalText)" }.joined(separator: ", ")
  }

  private func duration(_ milliseconds: Int) -> String { Text.duration(milliseconds: milliseconds) }

  // MARK: - Trial and inputs

  private var trial: [DiffRow] {
    var rows: [DiffRow] = []
    var done = Set<String>()
    for edit in edits(.trial) {
      let part = edit.path.count > 1 ? edit.path[1] : edit.path[0]
      switch part {
      case "environment":
        rows.append(DiffRow("variable \(edit.path.last ?? "")", edit.before?.string, edit.after?.string))
      case _ where !done.insert(part).inserted: break
      case "command", "shell": if done.insert("program").inserted { rows += program }
      default:
        if let row = Self.row(part, old, new) {
          rows.append(row)
        } else {
          rows += edits(.trial, "trial", part).map(Self.plain)
        }
      }
    }
    return rows
  }

  /// Nil of a part that has no words of its own.
  private static func row(_ part: String, _ old: Plan, _ new: Plan) -> DiffRow? {
    let (before, after) = (old.trial, new.trial)
    func pair<T>(_ name: String, _ value: (TrialTemplate) -> T?, _ text: (T) -> String) -> DiffRow {
      DiffRow(name, value(before).map(text), value(after).map(text))
    }
    switch part {
    case "timeoutMilliseconds": return pair("timeout", \.timeout) { Text.duration(milliseconds: $0) }
    case "repeats": return pair("repeats", \.repeats) { $0 == .once ? "once" : "\($0.seeds) seeds, \($0.aggregate)" }
    case "interpreter": return pair("interpreter", \.interpreter) { "\($0.name) \($0.version)" }
    case "cache": return pair("cache", { $0.isCached }) { $0 ? "recorded outcomes count" : "run again each time" }
    case "metrics": return pair("metrics", \.metrics) { source(of: $0) }
    case "resources": return pair("resources", \.resources) { PlanText.limits($0) ?? "not limited" }
    case "failures":
      let kinds = FailureClass.allCases.filter {
        before.failures[$0] != after.failures[$0] || before.failures.names($0) != after.failures.names($0)
      }
      func text(_ trial: TrialTemplate) -> String {
        kinds.map { "\($0.rawValue) \(PlanText.text(of: trial.failures[$0]))" }.joined(separator: "; ")
      }
      return DiffRow("failures", text(before), text(after))
    case "secrets":
      return DiffRow("secrets", old.secrets.joined(separator: ", "), new.secrets.joined(separator: ", "))
    default: return nil
    }
  }

  private static func source(of metrics: MetricSource) -> String {
    let names = metrics.names.map { "\($0.metric) is \($0.source)" }.joined(separator: ", ")
    return metrics.place + (metrics.pattern.map { " (\($0.text))" } ?? "") + (names.isEmpty ? "" : " (\(names))")
  }

  private var program: [DiffRow] {
    func text(_ plan: Plan) -> String { Step(name: "", program: plan.trial.program).command }
    guard case .shell(let before) = old.trial.program, case .shell(let after) = new.trial.program else {
      return [DiffRow("command", text(old), text(new))]
    }
    return LineDiff(before, after).rows
  }

  private var inputs: [DiffRow] {
    let files = Dictionary(grouping: edits(.inputs)) { $0.path.count > 1 ? $0.path[1] : "" }
    return files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { path in
      func size(_ plan: Plan) -> String? { plan.inputs.first { $0.path == path }.map { Text.bytes($0.size) } }
      let (before, after) = (size(old), size(new))
      return before == after && before != nil
        ? DiffRow(path, before, after, note: "its content changed") : DiffRow(path, before, after)
    }
  }

  private var steps: [DiffRow] {
    var rows: [DiffRow] = []
    if !edits(.steps, "confirm").isEmpty {
      rows.append(DiffRow("confirm", old.confirmation.map(\.words), new.confirmation.map(\.words)))
    }
    for kind in Step.Kind.allCases {
      let changed = Set(edits(.steps, kind.rawValue).map { $0.path.count > 1 ? $0.path[1] : "" })
      // A part that only one side has is one edit.
      let names = Set((old.steps(kind) + new.steps(kind)).map(\.name))
      for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) })
      where changed.contains(name) || changed.contains("") {
        let (before, after) = (old.steps(kind).first { $0.name == name }, new.steps(kind).first { $0.name == name })
        rows += Self.rows("\(kind.rawValue) \(name)", before, after)
      }
    }
    return rows
  }

  private static func rows(_ name: String, _ before: Step?, _ after: Step?) -> [DiffRow] {
    guard let before, let after else { return [DiffRow(name, before?.command, after?.command)] }
    func list(_ what: String, _ value: (Step) -> [String]) -> DiffRow? {
      value(before) == value(after)
        ? nil
        : DiffRow("\(name), \(what)", value(before).joined(separator: ", "), value(after).joined(separator: ", "))
    }
    let changed = after.inputs.filter { input in
      before.inputs.contains { $0.path == input.path && $0.digest != input.digest }
    }
    let rows: [DiffRow?] =
      [
        before.command == after.command ? nil : DiffRow(name, before.command, after.command),
        before.timeout == after.timeout
          ? nil
          : DiffRow(
            "\(name), timeout", before.timeout.map { Text.duration(milliseconds: $0) },
            after.timeout.map { Text.duration(milliseconds: $0) }),
        list("variables") { $0.environment.map { "\($0.name)=\($0.value)" } }, list("outputs", \.outputs),
        list("after", \.after), list("inputs") { $0.inputs.map(\.path) },
      ] + changed.map { DiffRow.note("\(name), \($0.path)", "its content changed") }
    return rows.compactMap(\.self)
  }

  private var naming: [DiffRow] {
    // The file's name stands above all.
    edits(.naming).filter { $0.path[0] != "experiment" }.map { edit in
      let name = edit.path[0] == "set" ? "--set" : edit.path[0]
      func text(_ json: JSON?) -> String? {
        json.map { $0.string ?? $0.array?.compactMap(\.string).joined(separator: ", ") ?? $0.canonicalText }
      }
      return DiffRow(name, text(edit.before), text(edit.after))
    }
  }
}

/// Two scripts line by line: what is not in their longest common subsequence.
struct LineDiff {
  let rows: [DiffRow]

  init(_ before: String, _ after: String) {
    let old = before.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let new = after.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    rows = new.difference(from: old).map { change in
      switch change {
      case .remove(let offset, let line, _): DiffRow("script, line \(offset + 1)", line, nil)
      case .insert(let offset, let line, _): DiffRow("script, line \(offset + 1)", nil, line)
      }
    }
  }
}

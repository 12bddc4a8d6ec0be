internal import Artifacts
internal import Search

/// `trial:` and what stands below it.
extension ExperimentReader {
  mutating func readTrial(_ node: SyntaxNode) -> Experiment.TrialDeclaration? {
    let later = ["checkpoint", "tolerance"]
    guard
      let section = Section(
        node, named: "`trial`",
        known: [
          "run", "shell", "inputs", "environment", "timeout", "silence", "grace", "metrics", "repeats", "failures",
          "interpreter", "cache", "resources",
        ], later: later, elsewhere: misplaced, &diagnostics)
    else { return nil }
    let inputs = section["inputs"].map { Located(readInputs($0), at: $0.span) }
    let environment = section["environment"].map { readEnvironment($0) } ?? []
    let errors = diagnostics.errorCount
    let timeout = section["timeout"].flatMap { diagnostics.duration($0, "`timeout`") }
    let resources = section["resources"].map { readResources($0) } ?? .none
    let limitsAreRead = diagnostics.errorCount == errors
    let metrics = section["metrics"].map { readMetrics($0) } ?? Experiment.MetricsDeclaration(source: .auto)
    let repeats = section["repeats"].map { readRepeats($0) } ?? .once
    let failures = section["failures"].map { readFailurePolicies($0) } ?? FailurePolicies()
    return Experiment.TrialDeclaration(
      program: readProgram(section), span: (section["run"] ?? section["shell"])?.span ?? section.span, inputs: inputs,
      environment: environment, timeout: timeout, silence: section["silence"].flatMap { readSilence($0) },
      grace: section["grace"].flatMap { diagnostics.duration($0, "`grace`") } ?? 0, metrics: metrics, repeats: repeats,
      failures: failures, growths: growths,
      interpreter: section["interpreter"].flatMap { readInterpreter($0) } ?? .exact,
      isCached: section["cache"].flatMap { diagnostics.truth($0, "`cache`") } ?? true,
      resources: resources, limitsAreRead: limitsAreRead)
  }

  /// `resources:`, what a trial may use of the machine.
  private mutating func readResources(_ node: SyntaxNode) -> ResourceLimits {
    guard
      let section = Section(
        node, named: "`resources`",
        known: ["memory", "cpus", "pin_cpus", "open_files", "cpu_time", "disk", "gpus", "named"],
        later: ["gpu_memory"], &diagnostics)
    else { return .none }
    let memory = section["memory"].flatMap { diagnostics.size($0, "`memory`", atLeast: ResourceLimits.leastMemory) }
    let cpus = section["cpus"].flatMap { readCPUs($0) }
    let pins = section["pin_cpus"].flatMap { diagnostics.truth($0, "`pin_cpus`") } ?? false
    if pins, cpus.map({ Int(exactly: $0) == nil }) ?? !section.has("cpus") {
      diagnostics.report(.pinsPartOfCPU(cpus), at: section.span(of: "pin_cpus"))
    }
    let openFiles = section["open_files"].flatMap {
      diagnostics.int($0, "`open_files`", in: ResourceLimits.leastOpenFiles...ResourceLimits.mostOpenFiles)?.value
    }
    let cpuTime = section["cpu_time"].flatMap { diagnostics.duration($0, "`cpu_time`") }
    let disk = section["disk"].flatMap { diagnostics.size($0, "`disk`", atLeast: ResourceLimits.leastDisk) }
    let gpus = section["gpus"].flatMap { diagnostics.int($0, "`gpus`", in: 0...ResourceLimits.mostGPUs)?.value }
    return ResourceLimits(
      memory: memory, cpus: cpus, pinsCPUs: pins, openFiles: openFiles, cpuTime: cpuTime, disk: disk, gpus: gpus,
      named: section["named"].map { readNamedResources($0) } ?? [:])
  }

  private mutating func readNamedResources(_ node: SyntaxNode) -> [String: Int] {
    guard case .mapping(let entries) = node.content else {
      var message = Message.expected("a mapping from names to counts", of: "`named`", found: node.kind)
      message.help = "for example `named: {license: 1}`"
      diagnostics.report(message, at: node)
      return [:]
    }
    var named: [String: Int] = [:]
    for entry in entries {
      guard Self.isName(entry.key.value) else {
        diagnostics.report(.badResourceName(entry.key.value), at: entry.key.span)
        continue
      }
      let name = entry.key.value
      named[name] = diagnostics.int(entry.value, "`\(name)`", in: 1...ResourceLimits.mostNamed)?.value
    }
    return named
  }

  /// It is looked once in a second whether a trial prints.
  private mutating func readSilence(_ node: SyntaxNode) -> Int? {
    guard let silence = diagnostics.duration(node, "`silence`") else { return nil }
    if silence >= 1000 { return silence }
    diagnostics.report(
      .expected("a length of time of at least 1s", of: "`silence`", found: "`\(node.writtenText)`"), at: node)
    return nil
  }

  private mutating func readCPUs(_ node: SyntaxNode) -> Double? {
    guard let cpus = diagnostics.float(node, "`cpus`") else { return nil }
    guard cpus.value >= 0.01, cpus.value <= ResourceLimits.mostCPUs else {
      let most = Int(ResourceLimits.mostCPUs)
      diagnostics.report(
        .expected("a number between 0.01 and \(most)", of: "`cpus`", found: "\(node.scalar?.text ?? "")"), at: node)
      return nil
    }
    return cpus.value
  }

  private mutating func readInterpreter(_ node: SyntaxNode) -> Interpreter.Policy? {
    guard let text = diagnostics.text(node, "`interpreter`") else { return nil }
    if let policy = Interpreter.Policy(rawValue: text.value) { return policy }
    let known = Interpreter.Policy.allCases.map(\.rawValue)
    diagnostics.report(
      .unknownInterpreterPolicy(text.value, known: known), at: node,
      fix: .spelling(of: text.value, at: node.span, among: known))
    return nil
  }

  private mutating func readRepeats(_ node: SyntaxNode) -> Repeats {
    guard
      let section = Section(node, named: "`repeats`", known: ["seeds", "aggregate"], &diagnostics)
    else { return .once }
    let seeds = section.require("seeds", example: "repeats: {seeds: 3}", &diagnostics)
      .flatMap { diagnostics.int($0, "`seeds`", in: 1...Repeats.maximumSeeds) }
    let aggregate = section["aggregate"].flatMap { readAggregate($0) } ?? .mean
    guard let seeds, seeds.value > 1 else { return .once }
    return Repeats(seeds: seeds.value, aggregate: aggregate)
  }

  mutating func readAggregate(_ node: SyntaxNode) -> Repeats.Aggregate? {
    guard let text = diagnostics.text(node, "`aggregate`") else { return nil }
    if let known = Repeats.Aggregate(rawValue: text.value) { return known }
    diagnostics.report(.unknownAggregate(text.value, known: Repeats.Aggregate.allCases.map(\.rawValue)), at: node)
    return nil
  }

  /// `failures:`, what is done about each class of them.
  private mutating func readFailurePolicies(_ node: SyntaxNode) -> FailurePolicies {
    let classes = FailureClass.allCases.map(\.rawValue)
    let later = ["lost", "metric-malformed"]
    guard let section = Section(node, named: "`failures`", known: classes, later: later, &diagnostics) else {
      return FailurePolicies()
    }
    var policies: [FailureClass: FailurePolicy] = [:]
    for kind in FailureClass.allCases {
      policies[kind] = section[kind.rawValue].flatMap { readFailurePolicy($0, of: kind) }
    }
    return FailurePolicies(policies)
  }

  private mutating func readFailurePolicy(_ node: SyntaxNode, of kind: FailureClass) -> FailurePolicy? {
    if node.scalar != nil { return readVerdict(node, of: kind).map { FailurePolicy(isInfeasible: $0) } }
    let keys = ["retries", "wait", "then"] + (kind.namesLimit ? ["grow"] : [])
    guard let section = Section(node, named: "`\(kind.rawValue)`", known: keys, &diagnostics) else { return nil }
    let example = section["grow"] == nil ? "{retries: 2, wait: 10s}" : "{retries: 2, grow: 2}"
    let retries =
      (section["wait"] == nil && section["grow"] == nil
      ? section["retries"] : section.require("retries", example: example, &diagnostics))
      .flatMap { diagnostics.int($0, "`retries`", in: 0...FailurePolicy.maximumRetries)?.value }
    let growth = section["grow"].flatMap { readGrowth($0) }
    if growth != nil { growths.append(Located(kind, at: section.span(of: "grow"))) }
    let wait = section["wait"].flatMap { diagnostics.duration($0, "`wait`") }
    let isInfeasible = section["then"].flatMap { readVerdict($0, of: kind) }
    return FailurePolicy(
      retries: retries ?? 0, wait: min(wait ?? 0, FailurePolicy.longestWait), isInfeasible: isInfeasible ?? false,
      growth: growth ?? 1)
  }

  /// How many times as much of what ran out the next attempt has.
  private mutating func readGrowth(_ node: SyntaxNode) -> Double? {
    guard let growth = diagnostics.float(node, "`grow`") else { return nil }
    guard growth.value > 1, growth.value <= FailurePolicy.mostGrowth else {
      diagnostics.report(.growthOutOfBounds, at: growth.span)
      return nil
    }
    return growth.value
  }

  /// Whether a failure counts as infeasible.
  private mutating func readVerdict(_ node: SyntaxNode, of kind: FailureClass) -> Bool? {
    guard let text = diagnostics.text(node, "`\(kind.rawValue)`") else { return nil }
    switch text.value {
    case "failed": return false
    case "infeasible": return true
    case let other:
      diagnostics.report(
        .unknownFailurePolicy(other), at: node,
        fix: .spelling(of: other, at: node.span, among: ["failed", "infeasible"]))
      return nil
    }
  }

  mutating func readProgram(_ section: Section) -> Experiment.TrialDeclaration.Program? {
    switch (section["run"], section["shell"]) {
    case (let run?, nil): return readCommand(run).map { .command($0) }
    case (nil, let shell?): return readScript(shell).map { .shell($0) }
    case (_?, _?):
      diagnostics.report(
        .runAndShell, at: section.span(of: "shell"), related: [Related(section.span(of: "run"), "this is a command")])
    case (nil, nil):
      if !section.has("run"), !section.has("shell") { diagnostics.report(.noProgram, at: section.span.start) }
    }
    return nil
  }

  private mutating func readScript(_ node: SyntaxNode) -> Located<String>? {
    guard let script = diagnostics.text(node, "`shell`") else { return nil }
    if script.value.contains("\0") {
      diagnostics.report(.nulByte, at: node)
      return nil
    }
    guard !script.value.allSatisfy(\.isWhitespace) else {
      diagnostics.report(.emptyScript, at: node)
      return nil
    }
    return script
  }

  mutating func readInputs(_ node: SyntaxNode) -> [Located<String>] {
    (diagnostics.list(node, "`inputs`") ?? []).compactMap { diagnostics.text($0, "an input") }
  }

  mutating func readEnvironment(_ node: SyntaxNode) -> [Experiment.VariableDeclaration] {
    guard case .mapping(let entries) = node.content else {
      diagnostics.report(.expected("a mapping", of: "`environment`", found: node.kind), at: node)
      return []
    }
    return entries.compactMap { entry -> Experiment.VariableDeclaration? in
      let name = entry.key.value
      guard VariableName.isGood(name) else {
        diagnostics.report(.badVariableName(name), at: entry.key.span)
        return nil
      }
      guard let value = diagnostics.text(entry.value, "`\(name)`") else { return nil }
      diagnostics.checkYAML11(entry.value, isText: true)
      if value.value.contains("\0") {
        diagnostics.report(.nulByte, at: entry.value)
        return nil
      }
      return Experiment.VariableDeclaration(name: entry.key, value: value)
    }
  }

  /// `secrets:`, a list of variables' names.
  mutating func readSecrets(_ node: SyntaxNode) -> [Located<String>] {
    var secrets: [Located<String>] = []
    for element in diagnostics.list(node, "`secrets`") ?? [] {
      guard let name = diagnostics.text(element, "a secret's name") else { continue }
      if Credential.isKnown(name.value) {
        diagnostics.report(.secretAsName, at: element)
      } else if !VariableName.isGood(name.value) {
        diagnostics.report(.badVariableName(name.value), at: element)
      } else if let first = secrets.first(where: { $0.value == name.value }) {
        diagnostics.report(
          .secretTwice(name.value), at: element, related: [Related(first.span, "it stands here first")])
      } else {
        secrets.append(name)
      }
    }
    return secrets
  }
}

/// Which names a variable of the environment may have.
enum VariableName {
  static func isGood(_ name: String) -> Bool {
    !name.isEmpty && !name.contains("=") && !name.contains("\0") && !name.hasPrefix("ATTUNE_")
  }
}

internal import Artifacts
internal import Search

/// What `trial` and `secrets` say to the rest of the experiment, and to each other.
extension Checks {
  mutating func checkTrial() {
    guard let trial = experiment.trial else { return }
    checkSecrets(trial)
    checkMetrics(trial)
    checkCredentials(trial)
    checkGrowths(trial)
    guard isComplete else { return checkNames(in: trial.program) }
    switch trial.program {
    case .command(let command)?: checkPlaceholders(command, trial.span)
    case .shell(let script)?: checkScript(script, trial)
    case nil: break
    }
  }

  /// Where some parameters could not be read: that placeholders name none of all that there are.
  private mutating func checkNames(in program: Experiment.TrialDeclaration.Program?) {
    guard let unread = experiment.unreadNames, case .command(let command)? = program else { return }
    let known = names + unread.sorted()
    for argument in command {
      for case .parameter(let name) in argument.value where !known.contains(name) {
        diagnostics.report(.unknownPlaceholder(name, known: known), at: argument.span)
      }
    }
  }

  /// That there is something which can grow, and that a budget knows what that takes.
  private mutating func checkGrowths(_ trial: Experiment.TrialDeclaration) {
    guard trial.limitsAreRead else { return }
    let limits = TrialLimits(
      time: trial.timeout, silence: trial.silence, memory: trial.resources.memory, disk: trial.resources.disk)
    for growth in trial.growths {
      let (limit, key): (Int?, String) =
        switch growth.value {
        case .timeout: (limits.time, "timeout")
        case .silence: (limits.silence, "silence")
        case .memory: (limits.memory, "resources: {memory: …}")
        default: (limits.disk, "resources: {disk: …}")
        }
      if limit == nil { diagnostics.report(.nothingGrows(growth.value.rawValue, key: key), at: growth.span) }
      let isPriced = experiment.budget.rates.contains { $0.value == "memory" }
      if growth.value == .memory, limit != nil, isPriced { diagnostics.report(.priceGrows, at: growth.span) }
    }
  }

  private mutating func checkMetrics(_ trial: Experiment.TrialDeclaration) {
    guard let metrics = trial.metrics else { return }
    if let read = metrics.source.pattern?.metrics {
      for (_, source) in metrics.names where !read.contains(source.value) {
        diagnostics.report(.notInPattern(source.value, known: read), at: source.span)
      }
    }
    guard let collected = metrics.source.collected else { return }
    for metric in experiment.objectives.map(\.metric) where !collected.contains(metric.value) {
      diagnostics.report(.metricNotCollected(metric.value, by: "objective", collected: collected), at: metric.span)
    }
    for rule in experiment.trialRules where experiment.watches(rule.value) {
      guard let name = rule.value.kind.metric, !collected.contains(name) else { continue }
      diagnostics.report(.metricNotCollected(name, by: "rule", collected: collected), at: rule.span)
    }
    for constraint in outcomeConstraints {
      for name in constraint.value.names
      where !names.contains(name) && !collected.contains(name)
        && !experiment.objectives.contains(where: { $0.metric.value == name })
      {
        diagnostics.report(.metricNotCollected(name, by: "constraint", collected: collected), at: constraint.span)
      }
    }
  }

  // MARK: - Secrets

  private mutating func checkSecrets(_ trial: Experiment.TrialDeclaration) {
    for secret in experiment.secrets {
      if let variable = trial.environment.first(where: { $0.name.value == secret.value }) {
        diagnostics.report(
          .secretInEnvironment(secret.value), at: variable.name.span,
          related: [Related(secret.span, "this is a secret")])
      }
    }
  }

  private mutating func checkCredentials(_ trial: Experiment.TrialDeclaration) {
    for variable in trial.environment where !experiment.secrets.contains(where: { $0.value == variable.name.value }) {
      if Credential.isLikely(variable.value.value, for: variable.name.value) {
        diagnostics.report(.credentialInEnvironment(variable.name.value), at: variable.value.span)
      }
    }
    for declaration in experiment.parameters {
      if case .constant(.string(let text)) = declaration.parameter.domain, Credential.isKnown(text) {
        diagnostics.report(.credentialInCommand, at: declaration.span)
      }
    }
    switch trial.program {
    case .command(let command)?: checkArguments(command)
    case .shell(let script)?:
      if let word = Credential.first(inScript: script.value) {
        diagnostics.report(.credentialInCommand, at: sources.spans(of: word, in: script).first ?? script.span)
      }
    case nil: break
    }
  }

  mutating func checkArguments(_ command: [Located<[TrialTemplate.Segment]>]) {
    var option = ""
    for argument in command {
      defer { option = argument.value.literal ?? "" }
      for case .variable(let name) in argument.value {
        if let secret = experiment.secrets.first(where: { $0.value == name }) {
          diagnostics.report(
            .secretOnCommandLine(name), at: argument.span, related: [Related(secret.span, "this is a secret")])
        } else if Credential.isNamed(name) {
          diagnostics.report(.credentialInCommand, at: argument.span)
        }
      }
      if let text = argument.value.literal, Credential.isLikely(text, after: option) {
        diagnostics.report(.credentialInCommand, at: argument.span)
      }
    }
  }

  // MARK: - Scripts

  private mutating func checkScript(_ script: Located<String>, _ trial: Experiment.TrialDeclaration) {
    checkVariables(trial)
    let isClear = checkPlaceholders(in: script)
    let words = Set(script.value.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) && $0 != "_" }.map(String.init))
    guard isClear, !words.contains("ATTUNE_PARAMS") else { return }
    let unused = tuned.filter { !words.contains(TrialTemplate.variable(of: $0)) }
    if !unused.isEmpty { diagnostics.report(.parameterUnusedInScript(unused), at: script.span) }
  }

  /// A script has its parameters as variables: placeholders in it mean something else to the shell, or nothing.
  ///
  /// - Returns: whether there are none.
  private mutating func checkPlaceholders(in script: Located<String>) -> Bool {
    var seen: [String] = []
    var rest = script.value[...]
    while let start = rest.firstRange(of: "${") {
      let isEscaped = rest[..<start.lowerBound].last == "\\"
      rest = rest[start.upperBound...]
      guard let end = rest.firstIndex(of: "}") else { break }
      let name = String(rest[..<end])
      if !isEscaped, !seen.contains(name), isPlaceholder(name, in: script.value) { seen.append(name) }
    }
    for name in seen {
      let variable = ScriptVariable.standing(for: name)
      let places = sources.spans(of: "${\(name)}", in: script)
      for span in places.isEmpty ? [script.span] : places {
        let fix = variable.map { Fix("write `\($0)`", replacing: span, with: $0, isSafe: true) }
        diagnostics.report(
          .placeholderInScript(name, variable: variable), at: span, fix: places.isEmpty ? nil : fix)
      }
    }
    return seen.isEmpty
  }

  private func isPlaceholder(_ name: String, in script: String) -> Bool {
    // A script may have variables of these names: `${args}`, `${env:-none}`.
    if name == "args" { return !script.contains("args=") }
    for prefix in ["args:", "env:"] where name.hasPrefix(prefix) {
      return name.dropFirst(prefix.count).first?.isLetter ?? false
    }
    if name.hasPrefix("trial.") { return true }
    return names.contains(name) && TrialTemplate.variable(of: name) != name
  }

  private mutating func checkVariables(_ trial: Experiment.TrialDeclaration) {
    var firsts: [String: Located<String>] = [:]
    for declaration in experiment.parameters {
      let name = declaration.name
      let variable = TrialTemplate.variable(of: name.value)
      var related: [Related] = []
      let clash: String
      if let first = firsts[variable] {
        // Under several labels of a choice, of which one counts.
        if first.value == name.value { continue }
        related = [Related(first.span, "`\(first.value)` has it already")]
        clash = "that is the variable of `\(first.value)` as well"
      } else if let other = trial.environment.first(where: { $0.name.value == variable })?.name
        ?? experiment.secrets.first(where: { $0.value == variable })
      {
        related = [Related(other.span, "this is the other")]
        clash = "the experiment sets another variable of that name"
      } else if ScriptVariable.isReserved(variable) {
        clash = "shells and programs live by it"
      } else {
        firsts[variable] = name
        continue
      }
      diagnostics.report(
        .variableTaken(name.value, variable: variable, clash: clash), at: name.span, related: related)
    }
  }
}

/// The variables of a script.
private enum ScriptVariable {
  /// What a script writes for a placeholder; nil where that is no single thing.
  static func standing(for placeholder: String) -> String? {
    switch placeholder {
    case "trial.dir": "$ATTUNE_TRIAL_DIR"
    case "trial.seed": "$ATTUNE_SEED"
    case "trial.checkpoint": "$ATTUNE_CHECKPOINT"
    case "trial.params": "$ATTUNE_PARAMS"
    case _ where placeholder.hasPrefix("env:"): "${\(placeholder.dropFirst(4))}"
    case _ where placeholder == "args" || placeholder.hasPrefix("args:") || placeholder.hasPrefix("trial."): nil
    default: "${\(TrialTemplate.variable(of: placeholder))}"
    }
  }

  /// POSIX.1-2017, XBD 8 and XCU 2.5.3, and what dynamic linkers read.
  private static let reserved: Set<String> = [
    "PATH", "HOME", "IFS", "PWD", "OLDPWD", "ENV", "SHELL", "PPID", "PS1", "PS2", "PS4", "OPTIND", "OPTARG", "LINENO",
    "CDPATH", "TERM", "LANG", "LANGUAGE", "TMPDIR", "TZ", "USER", "LOGNAME", "BASH_ENV", "PYTHONPATH", "PYTHONHOME",
    "_",
  ]

  static func isReserved(_ name: String) -> Bool {
    reserved.contains(name) || ["ATTUNE_", "LC_", "LD_"].contains { name.hasPrefix($0) }
  }
}

extension [TrialTemplate.Segment] {
  /// The text of an argument that is nothing else.
  fileprivate var literal: String? {
    if case .literal(let text)? = first, count == 1 { text } else { nil }
  }
}

internal import Artifacts
internal import Search

/// `trial:` and what stands below it.
extension ExperimentReader {
  mutating func readTrial(_ node: SyntaxNode) -> Experiment.TrialDeclaration? {
    let later = ["shell", "resources", "cache", "retry", "checkpoint", "tolerance"]
    guard
      let section = Section(
        node, named: "`trial`", known: ["run", "inputs", "environment", "timeout", "metrics", "repeats"], later: later,
        &diagnostics)
    else { return nil }
    let inputs = section["inputs"].map { readInputs($0) }
    let environment = section["environment"].map { readEnvironment($0) } ?? []
    let timeout = section["timeout"].flatMap { diagnostics.duration($0, "`timeout`") }
    let metrics = section["metrics"].map { readMetrics($0) } ?? .auto
    let repeats = section["repeats"].map { readRepeats($0) } ?? .once
    var command: [Located<[TrialTemplate.Segment]>]?
    if !isShellScript(node), let run = section.require("run", example: "run: python train.py ${args}", &diagnostics) {
      command = readCommand(run)
    }
    return Experiment.TrialDeclaration(
      command: command, span: section["run"]?.span ?? section.span, inputs: inputs, environment: environment,
      timeout: timeout, metrics: metrics, repeats: repeats)
  }

  private mutating func readRepeats(_ node: SyntaxNode) -> Repeats {
    guard
      let section = Section(node, named: "`repeats`", known: ["seeds", "aggregate"], later: ["racing"], &diagnostics)
    else { return .once }
    let seeds = section.require("seeds", example: "repeats: {seeds: 3}", &diagnostics)
      .flatMap { diagnostics.int($0, "`seeds`", in: 1...Repeats.maximumSeeds) }
    var aggregate = Repeats.Aggregate.mean
    if let node = section["aggregate"], let text = diagnostics.text(node, "`aggregate`") {
      if let known = Repeats.Aggregate(rawValue: text.value) {
        aggregate = known
      } else {
        diagnostics.report(
          .unknownAggregate(text.value, known: Repeats.Aggregate.allCases.map(\.rawValue)), at: node)
      }
    }
    guard let seeds, seeds.value > 1 else { return .once }
    return Repeats(seeds: seeds.value, aggregate: aggregate)
  }

  /// A trial with `shell` in place of `run` has been told that `shell` comes later; that `run` is missing is no news.
  private func isShellScript(_ node: SyntaxNode) -> Bool {
    guard case .mapping(let entries) = node.content else { return false }
    let keys = entries.map(\.key.value)
    return keys.contains("shell") && !keys.contains("run")
  }

  private mutating func readInputs(_ node: SyntaxNode) -> [Located<String>] {
    (diagnostics.list(node, "`inputs`") ?? []).compactMap { element in
      guard let path = diagnostics.text(element, "an input") else { return nil }
      if path.value.contains(where: { "*?[".contains($0) }) {
        diagnostics.report(.later("patterns in `inputs`"), at: element)
        return nil
      }
      return path
    }
  }

  private mutating func readEnvironment(_ node: SyntaxNode) -> [TrialTemplate.Variable] {
    guard case .mapping(let entries) = node.content else {
      diagnostics.report(.expected("a mapping", of: "`environment`", found: node.kind), at: node)
      return []
    }
    let variables = entries.compactMap { entry -> TrialTemplate.Variable? in
      let name = entry.key.value
      if name.isEmpty || name.contains("=") || name.contains("\0") || name.hasPrefix("ATTUNE_") {
        diagnostics.report(.badVariableName(name), at: entry.key.span)
        return nil
      }
      guard let value = diagnostics.text(entry.value, "`\(name)`") else { return nil }
      diagnostics.checkYAML11(entry.value, isText: true)
      if value.value.contains("\0") {
        diagnostics.report(.nulByte, at: entry.value)
        return nil
      }
      return TrialTemplate.Variable(name: name, value: value.value)
    }
    return variables.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private mutating func readMetrics(_ node: SyntaxNode) -> MetricSource {
    let later = ["pattern", "match", "path", "format", "tensorboard"]
    guard
      let section = Section(node, named: "`metrics`", known: ["from"], later: later, &diagnostics),
      let from = section.require("from", example: "metrics: {from: stdout}", &diagnostics),
      let text = diagnostics.text(from, "`from`")
    else { return .auto }
    if let source = MetricSource(rawValue: text.value) { return source }
    if ["json", "jsonl", "csv", "tensorboard", "pattern"].contains(text.value) {
      diagnostics.report(.later("metrics from `\(text.value)`"), at: from)
    } else {
      diagnostics.report(.unknownMetricSource(text.value, known: MetricSource.allCases.map(\.rawValue)), at: from)
    }
    return .auto
  }

  private mutating func readCommand(_ node: SyntaxNode) -> [Located<[TrialTemplate.Segment]>]? {
    var words: [Located<String>] = []
    switch node.content {
    case .sequence(let elements):
      words = elements.compactMap { diagnostics.text($0, "an argument") }
      guard words.count == elements.count else { return nil }
    case .scalar:
      guard let text = diagnostics.text(node, "`run`") else { return nil }
      var splitter = CommandSplitter(text, in: sources[text.span])
      guard let split = splitter.split() else {
        for problem in splitter.problems { diagnostics.report(problem.value, at: problem.span) }
        return nil
      }
      words = split
    case .mapping:
      diagnostics.report(.expected("a command", of: "`run`", found: node.kind), at: node)
      return nil
    }
    guard words.first.map({ !$0.value.isEmpty }) ?? false else {
      diagnostics.report(.emptyCommand, at: node)
      return nil
    }
    if let first = words.first, first.value.contains(/^[A-Za-z_][A-Za-z0-9_]*=/) {
      diagnostics.report(.variableBeforeCommand(first.value), at: first.span)
      return nil
    }
    let templates = words.compactMap { parseTemplate($0) }
    return templates.count == words.count ? templates : nil
  }

  /// Splits an argument at its placeholders: `${name}`, and `$$` for a dollar.
  private mutating func parseTemplate(_ word: Located<String>) -> Located<[TrialTemplate.Segment]>? {
    var segments: [TrialTemplate.Segment] = []
    var literal = ""
    var rest = word.value[...]
    while let dollar = rest.firstIndex(of: "$") {
      literal += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      if rest.first == "$" {
        literal += "$"
        rest = rest.dropFirst()
        continue
      }
      guard rest.first == "{", let end = rest.firstIndex(of: "}") else {
        diagnostics.report(rest.first == "{" ? .openPlaceholder : .bareDollar, at: word.span)
        return nil
      }
      guard let segment = placeholder(String(rest[rest.index(after: rest.startIndex)..<end]), word) else { return nil }
      if !literal.isEmpty { segments.append(.literal(literal)) }
      literal = ""
      segments.append(segment)
      rest = rest[rest.index(after: end)...]
    }
    literal += rest
    if literal.contains("\0") {
      diagnostics.report(.nulByte, at: word.span)
      return nil
    }
    if !literal.isEmpty || segments.isEmpty { segments.append(.literal(literal)) }
    if segments.count > 1, segments.contains(.allParameters) {
      diagnostics.report(.argumentsNotAlone, at: word.span)
      return nil
    }
    return Located(segments, at: word.span)
  }

  private mutating func placeholder(_ name: String, _ word: Located<String>) -> TrialTemplate.Segment? {
    switch name {
    case "args": return .allParameters
    case "trial.dir": return .trialFolder
    case "trial.seed": return .trialSeed
    case "trial.checkpoint": diagnostics.report(.later("`${trial.checkpoint}`"), at: word.span)
    case _ where name.hasPrefix("env:"): diagnostics.report(.later("`${\(name)}`"), at: word.span)
    case _ where name.hasPrefix("args:"): diagnostics.report(.later("`${\(name)}`"), at: word.span)
    default: return .parameter(name)
    }
    return nil
  }
}

/// Splits a command into words as a shell would, by spaces and quotes, and does nothing else that a shell does.
private struct CommandSplitter {
  private(set) var problems: [Located<Message>] = []

  private let text: [Character]
  private let places: ScalarPlaces

  init(_ text: Located<String>, in source: SourceText) {
    self.text = Array(text.value)
    places = ScalarPlaces(text, in: source)
  }

  mutating func split() -> [Located<String>]? {
    var words: [Located<String>] = []
    var word: (text: String, start: Int)?
    var isQuoted = false
    var index = 0
    while index < text.count {
      let character = text[index]
      switch character {
      case " ", "\t", "\n", "\r", "\r\n":
        if let word { words.append(finish(word, end: index, isQuoted)) }
        (word, isQuoted) = (nil, false)
      case "'", "\"":
        guard let end = endOfQuote(from: index) else {
          problems.append(Located(.openQuote, at: places.span(index, text.count)))
          return nil
        }
        word = ((word?.text ?? "") + unquoted(index + 1, end), word?.start ?? index)
        isQuoted = true
        index = end
      case "\\" where index + 1 < text.count:
        word = ((word?.text ?? "") + String(text[index + 1]), word?.start ?? index)
        isQuoted = true
        index += 1
      default:
        word = ((word?.text ?? "") + String(character), word?.start ?? index)
      }
      index += 1
    }
    if let word { words.append(finish(word, end: text.count, isQuoted)) }
    return problems.isEmpty ? words : nil
  }

  private mutating func finish(_ word: (text: String, start: Int), end: Int, _ isQuoted: Bool) -> Located<String> {
    let at = places.span(word.start, end)
    if !isQuoted, Self.needsShell(word.text) { problems.append(Located(.needsShell(word.text), at: at)) }
    return Located(word.text, at: at)
  }

  /// Whether a word, standing without quotes, would mean something else to a shell.
  private static func needsShell(_ word: String) -> Bool {
    let isOperator = word.contains { "|;<>`".contains($0) } || word.contains("&&") || word.contains("$(")
    return isOperator || word == "*" || word.hasPrefix("&") || word.hasSuffix("&")
  }

  private func endOfQuote(from start: Int) -> Int? {
    var index = start + 1
    while index < text.count, text[index] != text[start] {
      if text[index] == "\\", text[start] == "\"" { index += 1 }
      index += 1
    }
    return index < text.count ? index : nil
  }

  /// What stands between two quotes; a backslash in double quotes protects a quote or itself.
  private func unquoted(_ start: Int, _ end: Int) -> String {
    guard text[start - 1] == "\"" else { return String(text[start..<end]) }
    var result = ""
    var index = start
    while index < end {
      if text[index] == "\\", index + 1 < end, "\"\\".contains(text[index + 1]) { index += 1 }
      result.append(text[index])
      index += 1
    }
    return result
  }
}

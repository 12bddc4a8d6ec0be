internal import Artifacts

/// `run:`, a command that no shell sees.
extension ExperimentReader {
  mutating func readCommand(_ node: SyntaxNode) -> [Located<[TrialTemplate.Segment]>]? {
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

  /// Splits an argument at its placeholders: `${name}`, and `$$` for a dollar. Whether there is a parameter of a name is
  /// the business of `Checks`.
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
    let isSeveral = segments.contains { if case .allParameters = $0 { true } else { false } }
    if isSeveral, segments.count > 1 {
      diagnostics.report(.argumentsNotAlone, at: word.span)
      return nil
    }
    return Located(segments, at: word.span)
  }

  private mutating func placeholder(_ name: String, _ word: Located<String>) -> TrialTemplate.Segment? {
    switch name {
    case "args": return .allParameters(.options)
    case "args:hydra": return .allParameters(.hydra)
    case "args:flags": return .allParameters(.flags)
    case "trial.dir": return .trialFolder
    case "trial.seed": return .trialSeed
    case "trial.checkpoint": return .trialCheckpoint
    case "trial.params": return .trialParameters
    case _ where name.hasPrefix("env:"):
      let variable = String(name.dropFirst(4))
      if VariableName.isGood(variable) { return .variable(variable) }
      diagnostics.report(.badVariableName(variable), at: word.span)
      return nil
    default: return .parameter(name)
    }
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

/// What a placeholder can name beside a parameter.
enum Placeholder {
  static let known = [
    "args", "args:flags", "args:hydra", "trial.dir", "trial.seed", "trial.checkpoint", "trial.params", "env:NAME",
  ]
}

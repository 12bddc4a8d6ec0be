package import Artifacts
internal import Search

/// Reads a policy: the same YAML, and the same messages, as of experiments.
///
///     policy: 1
///     rules:
///       - trials: 200
///         message: Ask before you run more.
///       - strategies: [bayesian, tpe]
///
/// - Parameter path: as messages name the file.
/// - Returns: the policy, or nil when it has errors; and what was found in it.
package func readPolicy(_ bytes: [UInt8], path: String) -> (policy: Policy?, found: Compilation) {
  var diagnostics = Diagnostics()
  var sources = Sources()
  let source = readSource(bytes, path: path, to: &sources, into: &diagnostics)
  var policy: Policy?
  if !diagnostics.hasErrors, let root = YAMLReader.read(source, into: &diagnostics) {
    var reader = PolicyReader(sources: sources, diagnostics: diagnostics)
    policy = reader.policy(root)
    diagnostics = reader.diagnostics
  }
  return (
    diagnostics.hasErrors ? nil : policy, Compilation(sources: sources, diagnostics: diagnostics.all)
  )
}

private struct PolicyReader {
  let sources: Sources
  var diagnostics: Diagnostics

  private static let conditions = [
    "trials", "hours", "cost", "growth", "strategies", "seeds", "repeats", "confirm", "forbid", "manifest",
  ]

  mutating func policy(_ root: SyntaxNode) -> Policy? {
    guard let section = Section(root, named: "the policy", known: ["policy", "rules"], &diagnostics) else { return nil }
    if let version = section.require("policy", example: "policy: 1", &diagnostics) {
      _ = diagnostics.int(version, "`policy`, the version of the form,", in: 1...1)
    }
    guard let node = section.require("rules", example: "rules: [{trials: 200}]", &diagnostics),
      let list = diagnostics.list(node, "`rules`", example: "rules: [{trials: 200}]")
    else { return nil }
    return Policy(rules: list.compactMap { rule($0) })
  }

  private mutating func rule(_ node: SyntaxNode) -> Policy.Rule? {
    let known = Self.conditions + ["message"]
    guard let section = Section(node, named: "a rule", known: known, &diagnostics) else { return nil }
    let names = Self.conditions.filter { section[$0] != nil }
    guard let name = names.first, let value = section[name], names.count == 1 else {
      // A condition that is misspelt is one mistake.
      if names.count > 1 || !Self.conditions.contains(where: section.has) {
        let found = names.isEmpty ? "none" : names.map { "`\($0)`" }.joined(separator: " and ")
        var message = Message.expected("a single condition", of: "a rule", found: found)
        message.help = "its condition is one of \(Suggestion.list(Self.conditions))"
        diagnostics.report(message, at: node)
      }
      return nil
    }
    var message: String?
    if let node = section["message"] { message = diagnostics.text(node, "`message`")?.value }
    let source = sources[node.span]
    return condition(name, value).map {
      Policy.Rule($0, message: message, line: source.position(at: node.span.range.lowerBound).line)
    }
  }

  private mutating func condition(_ name: String, _ node: SyntaxNode) -> Policy.Condition? {
    switch name {
    case "trials":
      return diagnostics.int(node, "`trials`", in: 1...SearchSettings.maximumTrials).map { .trials($0.value) }
    case "repeats": return diagnostics.int(node, "`repeats`", in: 1...Repeats.maximumSeeds).map { .repeats($0.value) }
    case "confirm": return diagnostics.int(node, "`confirm`", in: 1...Repeats.maximumSeeds).map { .confirmed($0.value) }
    case "hours": return positive(node, "`hours`").map { .hours($0) }
    case "growth": return positive(node, "`growth`").map { .growth($0) }
    case "cost": return cost(node)
    case "strategies": return strategies(node).map { .strategies($0) }
    case "forbid": return texts(node, "`forbid`").map { .forbidden($0.map(\.value)) }
    case "seeds":
      return diagnostics.list(node, "`seeds`", example: "seeds: [1, 2]").map { list in
        .seeds(list.compactMap { diagnostics.int($0, "a seed", in: 0...(1 << 53 - 1))?.value })
      }
    default:
      guard let text = diagnostics.text(node, "`manifest`") else { return nil }
      if text.value == "current" { return .currentManifest }
      diagnostics.report(.expected("`current`", of: "`manifest`", found: "`\(text.value)`"), at: node)
      return nil
    }
  }

  private mutating func positive(_ node: SyntaxNode, _ what: String) -> Double? {
    guard let number = diagnostics.float(node, what)?.value else { return nil }
    if number > 0 { return number }
    diagnostics.report(.expected("a number above 0", of: what, found: "`\(node.writtenText)`"), at: node)
    return nil
  }

  private mutating func cost(_ node: SyntaxNode) -> Policy.Condition? {
    let example = "cost: {most: 50, hour: 2.5}"
    guard let section = Section(node, named: "`cost`", known: ["most", "hour"], &diagnostics) else { return nil }
    guard let most = section.require("most", example: example, &diagnostics) else { return nil }
    let price = section["hour"].map { positive($0, "`hour`") }
    guard let limit = positive(most, "`most`") else { return nil }
    guard let price else { return .cost(limit, hour: nil) }
    return price.map { .cost(limit, hour: $0) }
  }

  private mutating func texts(_ node: SyntaxNode, _ what: String) -> [Located<String>]? {
    diagnostics.list(node, what)?.compactMap { diagnostics.text($0, "an element of \(what)") }
  }

  private mutating func strategies(_ node: SyntaxNode) -> [String]? {
    let known = Experiment.StrategyName.allCases.map(\.rawValue)
    guard let names = texts(node, "`strategies`") else { return nil }
    for name in names where !known.contains(name.value) {
      diagnostics.report(
        .unknownStrategy(name.value, known: known), at: name.span,
        fix: .spelling(of: name.value, at: name.span, among: known))
    }
    return names.map(\.value)
  }
}

internal import Search

/// Reads `fidelity`.
extension ExperimentReader {
  /// The parameter that strategies set from rung to rung: it joins the others, as whole numbers.
  mutating func readFidelity(_ node: SyntaxNode, into experiment: inout Experiment) {
    let example = "fidelity: {epochs: {from: 1, to: 81, reduction: 3}}"
    guard case .mapping(let entries) = node.content, let entry = entries.first, entries.count == 1 else {
      var found = node.kind
      if case .mapping(let entries) = node.content { found = entries.isEmpty ? "empty" : "\(entries.count) of them" }
      var message = Message.expected("one parameter with its range", of: "`fidelity`", found: found)
      message.help = "for example `\(example)`"
      diagnostics.report(message, at: node)
      // What names a parameter may mean this one.
      experiment.unreadNames = nil
      return
    }
    experiment.unreadNames?.insert(entry.key.value)
    guard checkName(entry.key),
      let section = Section(
        entry.value, named: "`\(entry.key.value)`", known: ["from", "to", "reduction", "every", "checkpoint"],
        &diagnostics)
    else { return }
    let bounds = 1...Fidelity.most
    let lowest = section["from"].map { diagnostics.int($0, "`from`", in: bounds)?.value } ?? 1
    let reduction = section["reduction"].map { diagnostics.int($0, "`reduction`", in: Fidelity.reductions)?.value } ?? 3
    let every = section["every"].map { diagnostics.int($0, "`every`", in: bounds) }
    if section.has("every"), let other = ["from", "reduction"].first(where: section.has) {
      diagnostics.report(
        .everyBeside(other), at: section.span(of: "every"),
        related: [Related(section.span(of: other), "`\(other)` stands here")])
      return
    }
    let range = section.has("every") ? "{every: 5, to: 100, checkpoint: true}" : "{from: 1, to: 81}"
    guard let node = section.require("to", example: "\(entry.key.value): \(range)", &diagnostics),
      let full = diagnostics.int(node, "`to`", in: bounds), let lowest, let reduction,
      every.map({ $0 != nil }) ?? true, every != nil || !section.has("every")
    else { return }
    let continues = section["checkpoint"].flatMap { diagnostics.truth($0, "`checkpoint`") } ?? false
    if let every = every ?? nil, !(2...Fidelity.mostSteps ~= (full.value + every.value - 1) / every.value) {
      diagnostics.report(.stepsOutOfBounds(every: every.value, full: full.value), at: every.span)
      return
    }
    let fidelity = Fidelity(
      name: entry.key.value, lowest: every??.value ?? lowest, full: full.value, reduction: every == nil ? reduction : 1,
      continues: continues)
    guard fidelity.rungs.count > 1 else {
      diagnostics.report(.oneRung(lowest: lowest, full: full.value, reduction: reduction), at: full.span)
      return
    }
    experiment.unreadNames?.remove(entry.key.value)
    let steps = ["every", "from", "reduction"].first(where: section.has).map { section.span(of: $0) }
    experiment.fidelity = Experiment.FidelityDeclaration(fidelity: fidelity, span: section.span, steps: steps)
    let parameter = Parameter(
      name: entry.key.value, domain: .int(IntRange(lower: fidelity.lowest, upper: full.value, scale: .linear, step: 1)),
      defaultValue: .int(full.value))
    experiment.parameters.append(
      Experiment.ParameterDeclaration(name: entry.key, parameter: parameter, span: entry.value.span, labels: []))
  }
}

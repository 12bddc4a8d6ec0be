internal import Artifacts

/// `confirm:`, the best trials again with fresh seeds.
extension ExperimentReader {
  mutating func readConfirmation(_ node: SyntaxNode) -> Located<ConfirmationRule>? {
    let known = ["top", "repeats", "aggregate"]
    guard let section = Section(node, named: "`confirm`", known: known, &diagnostics) else { return nil }
    let top = section["top"].map { diagnostics.int($0, "`top`", in: 1...ConfirmationRule.maximumTop)?.value }
    let seeds = section["repeats"].map { diagnostics.int($0, "`repeats`", in: 1...Repeats.maximumSeeds)?.value }
    let aggregate = section["aggregate"].flatMap { readAggregate($0) } ?? .mean
    guard let top = top ?? ConfirmationRule.usualTop, let seeds = seeds ?? ConfirmationRule.usualRepeats else {
      return nil
    }
    return Located(ConfirmationRule(top: top, repeats: Repeats(seeds: seeds, aggregate: aggregate)), at: node.span)
  }
}

extension Checks {
  /// The best are those of one objective.
  mutating func checkConfirmation() {
    guard let confirmation = experiment.confirmation else { return }
    if experiment.objectives.count > 1 { return diagnostics.report(.confirmationOfSeveral, at: confirmation.span) }
    if confirmation.value.repeats.seeds == 1 { diagnostics.report(.confirmationOfOneRun, at: confirmation.span) }
  }
}

/// What `attune diff` says of an experiment or a result that one side has and the other has not.
package struct OneSidedDiff: Sendable {
  package let side: DiffSide
  /// Whether it is the second side that has it.
  package let isNew: Bool
  /// The rules of a policy that it breaks, where it is new.
  package var denials: [Denial] = []

  package init(_ side: DiffSide, isNew: Bool) {
    self.side = side
    self.isNew = isNew
  }

  package var verdict: String { isNew ? "new" : "gone" }

  package var json: JSON {
    .object([
      "schema": .string(ExperimentDiff.schema), "verdict": .string(verdict), isNew ? "after" : "before": side.json,
      "denials": denials.isEmpty ? nil : .array(denials.map(\.json)),
    ])
  }
}

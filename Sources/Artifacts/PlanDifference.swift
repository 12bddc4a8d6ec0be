/// In what two plans of one experiment differ, in words.
extension PlanDocument {
  /// The parts of the plan and the input files that are not the same in a newer one; empty when they are equal.
  package func differences(to other: PlanDocument) -> [String] {
    guard digest != other.digest else { return [] }
    let sections = (json.members ?? []).map(\.name).filter { name in
      // What follows from other parts is not named beside them.
      !["inputs", "trials", "steps"].contains(name) && json[name] != other.json[name]
    }
    return sections.map { "`\($0)` of the experiment" } + plan.inputDifferences(to: other.plan)
  }
}

extension Plan {
  /// The input files that are not the same in a newer plan.
  package func inputDifferences(to other: Plan) -> [String] {
    let own = inputs
    let others = other.inputs
    let changed = own.filter { input in
      others.contains { $0.path == input.path && $0.digest != input.digest }
    }
    let new = others.filter { input in !own.contains { $0.path == input.path } }
    let gone = own.filter { input in !others.contains { $0.path == input.path } }
    return changed.map { "the input \($0.path)" } + new.map { "the input \($0.path), which is new" }
      + gone.map { "the input \($0.path), which is gone" }
  }
}

/// Documents as lines, one for each thing that they say: what git shows of a change of them.
extension PlanDocument {
  /// Such as `parameters.lr.float: [0.0001,0.1]`, sorted; without what follows from the rest, and without the name of the
  /// file.
  package var facts: [String] {
    let keyed = PlanEdit.keyed(json, PlanEdit.severalNames(self))
    return JSON.object((keyed.members ?? []).filter { !["schema", "experiment"].contains($0.name) }).facts("")
  }
}

extension Manifest {
  /// Of the content: what was selected and how the search ended, and then the plan's.
  package var facts: [String] {
    let own = JSON.object((content.json.members ?? []).filter { $0.name != "plan" })
    return own.facts("") + content.plan.facts.map { "plan.\($0)" }
  }
}

extension JSON {
  fileprivate func facts(_ path: String) -> [String] {
    if let members, !members.isEmpty {
      let sorted = members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      return sorted.flatMap { $0.value.facts(path.isEmpty ? $0.name : "\(path).\($0.name)") }
    }
    // A script changes line by line.
    if let string, string.contains("\n") {
      return string.split(separator: "\n", omittingEmptySubsequences: false).map { "\(path)| \($0)" }
    }
    return ["\(path): \(canonicalText)"]
  }
}

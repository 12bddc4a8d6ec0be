internal import Search

/// A place at which two plans differ, with what stands there in each.
///
/// The place is a path in the plan's *keyed form*: the plan as JSON, but with its parameters and its inputs as objects by
/// name, and without what follows from the rest (the trials, the steps, the strategy that `auto` chose). Lists are one
/// place. The edits between two plans are all there is between them: made to the first plan, they give the second.
package struct PlanEdit: Hashable, Sendable {
  /// Such as `["parameters", "lr", "float"]`.
  package var path: [String]
  /// Nil where the first plan has nothing there.
  package var before: JSON?
  package var after: JSON?
  package var section: Section
  package var effect: Effect

  /// The parts of an experiment, in the order in which a reviewer asks for them.
  package enum Section: String, Hashable, Sendable, CaseIterable {
    case objective
    case space
    case search
    case stopping
    case budget
    case trial
    case inputs
    case steps
    case naming
  }

  /// What an edit can change.
  package enum Effect: String, Hashable, Sendable {
    /// What is tried, what it gives, or which is the best.
    case meaning
    /// How trials are carried out: not which, and not what they are.
    case operation
    /// How the experiment is written.
    case spelling
  }

  /// The edits that lead from one plan to another, by section and then by path.
  ///
  /// Complexity: O(size of the plans).
  package static func between(_ before: PlanDocument, _ after: PlanDocument) -> [PlanEdit] {
    let several = severalNames(before).union(severalNames(after))
    var edits: [PlanEdit] = []
    let looksAtOutcomes = [before, after].contains { $0.plan.search.makeStrategy().learns }
    compare(keyed(before.json, several), keyed(after.json, several), []) { path, before, after in
      edits.append(
        PlanEdit(
          path: path, before: before, after: after, section: section(of: path),
          effect: effect(of: path, looksAtOutcomes: looksAtOutcomes)))
    }
    return Section.allCases.flatMap { section in edits.filter { $0.section == section } }
  }

  private static func compare(
    _ before: JSON, _ after: JSON, _ path: [String], _ report: ([String], JSON?, JSON?) -> Void
  ) {
    guard before != after else { return }
    guard let members = before.members, let others = after.members else { return report(path, before, after) }
    let old = Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
    let new = Dictionary(others.map { ($0.name, $0.value) }) { first, _ in first }
    for name in Set(old.keys).union(new.keys).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      if let before = old[name], let after = new[name] {
        compare(before, after, path + [name], report)
      } else {
        report(path + [name], old[name], new[name])
      }
    }
  }

  // MARK: - The keyed form

  static func keyed(_ plan: JSON, _ several: Set<String>) -> JSON {
    .object(
      (plan.members ?? []).compactMap { member -> JSON.Member? in
        switch member.name {
        case "trials", "steps": nil
        case "parameters": JSON.Member(member.name, parameters(member.value, several))
        case "prepare", "finally": JSON.Member(member.name, byName(member.value) { $0["name"]?.string ?? "" })
        case "inputs": JSON.Member(member.name, byName(member.value) { $0["path"]?.string ?? "" })
        // What follows from other parts is not named beside them.
        case "budget", "search":
          JSON.Member(
            member.name,
            .object((member.value.members ?? []).filter { !["fidelityRuns", "chosen"].contains($0.name) }))
        default: member
        }
      })
  }

  /// Parameters of one name are told apart by when they are active.
  private static func parameters(_ list: JSON, _ several: Set<String>) -> JSON {
    byName(list) { parameter in
      let name = parameter["name"]?.string ?? ""
      guard several.contains(name), let when = parameter["when"] else { return name }
      return key(name, when)
    }
  }

  /// How a parameter is called whose name others have as well.
  static func key(_ name: String, _ condition: JSON) -> String {
    "\(name) when \((try? Expression(json: condition)).map { "\($0)" } ?? condition.canonicalText)"
  }

  private static func byName(_ list: JSON, _ name: (JSON) -> String) -> JSON {
    .object((list.array ?? []).map { JSON.Member(name($0), $0) })
  }

  /// The names that several parameters have.
  static func severalNames(_ document: PlanDocument) -> Set<String> {
    var seen = Set<String>()
    return Set(document.plan.search.space.parameters.map(\.name).filter { !seen.insert($0).inserted })
  }

  // MARK: - What an edit is

  private static func section(of path: [String]) -> Section {
    switch path[0] {
    case "objective", "outcomeConstraints": .objective
    case "parameters", "constraints": .space
    case "search": .search
    case "stopping": .stopping
    case "budget": .budget
    case "inputs": .inputs
    case "trial", "secrets", "variables": .trial
    case "confirm", "prepare", "finally": .steps
    default: .naming
    }
  }

  private static func effect(of path: [String], looksAtOutcomes: Bool) -> Effect {
    switch (path[0], path.count > 1 ? path[1] : "") {
    case ("experiment", _), ("set", _): .spelling
    case ("name", _), ("secrets", _), ("finally", _): .operation
    case ("prepare", _) where path.last == "timeoutMilliseconds": .operation
    // Where it ends by one of these is a fact of the run.
    case ("budget", let key) where key != "trials" && key != "fidelity": .operation
    // Where no decision looks at an outcome, none waits for one.
    case ("search", "lanes"): looksAtOutcomes ? .meaning : .operation
    case ("trial", "timeoutMilliseconds"), ("trial", "silenceMilliseconds"), ("trial", "resources"), ("trial", "cache"):
      .operation
    case ("trial", "failures"): ["retries", "waitMilliseconds", "growth"].contains(path.last) ? .operation : .meaning
    default: .meaning
    }
  }

  var json: JSON {
    .object([
      "path": .array(path.map(JSON.string)), "before": before, "after": after, "section": .string(section.rawValue),
      "effect": .string(effect.rawValue),
    ])
  }
}

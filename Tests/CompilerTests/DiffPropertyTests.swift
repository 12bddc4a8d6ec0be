import Artifacts
import Glibc
import Search
import TestSupport
import Testing

@testable import Compiler

/// What holds of the difference between any two experiments: on random ones.
///
/// `ATTUNE_EXPERIMENTS` says how many; a failure says the seed.
@Suite("Differences of random experiments")
struct DiffPropertyTests {
  private static let batches = 10
  private static let experiments = getenv("ATTUNE_EXPERIMENTS").flatMap { Int(String(cString: $0)) } ?? 200

  private func compiled(_ meaning: Meaning, _ seed: UInt64) -> PlanDocument? {
    let text = Respelling.text(of: meaning, seed: seed)
    return compile(Array(text.utf8), path: "e.yaml", inputs: .recorded([])).plan.map { PlanDocument($0) }
  }

  @Test("Between spellings of one meaning there is none, and between two meanings one", arguments: 0..<batches)
  func spellings(batch: Int) throws {
    var (alike, changed) = (0, 0)
    for index in 0..<Self.experiments / Self.batches {
      let seed = UInt64(batch * 1_000_000 + index + 500_000)
      var random = TestRandom(seed: seed)
      let meaning = RandomExperiment.make(seed: seed)
      guard let document = compiled(meaning, random.next()), let other = compiled(meaning, random.next()) else {
        continue
      }
      alike += 1
      let same = ExperimentDiff(DiffSide(document, ["a"]), DiffSide(other, ["b"]))
      try #require(same.plans.edits.isEmpty && same.verdict == .rewritten, "seed \(seed): \(same.plans.edits)")
      for _ in 0..<4 {
        let change = meaning.changed(&random)
        guard change != meaning, let another = compiled(change, random.next()), another.digest != document.digest else {
          continue
        }
        changed += 1
        let there = ExperimentDiff(DiffSide(document), DiffSide(another))
        let back = ExperimentDiff(DiffSide(another), DiffSide(document))
        try check(there, seed)
        try check(back, seed)
        try #require(Self.mirrored(there.json) == Self.facts(back.json), "seed \(seed)")
        break
      }
    }
    #expect(alike * 10 > Self.experiments / Self.batches * 8 && changed * 10 > alike * 8, "\(alike), \(changed)")
  }

  @Test("Of two experiments that have little in common, the changes still lead from one to the other")
  func strangers() throws {
    let documents = (0..<UInt64(Self.experiments / 4)).compactMap { compiled(RandomExperiment.make(seed: $0), $0) }
    for (first, second) in zip(documents, documents.dropFirst()) where first.digest != second.digest {
      try check(ExperimentDiff(DiffSide(first), DiffSide(second)), 0)
    }
  }

  /// What differs, and how, without the order of the places.
  private static func facts(_ report: JSON, _ sides: [String] = ["before", "after"], mirror: Bool = false) -> [String] {
    let words = ["wider": "narrower", "narrower": "wider", "added": "removed", "removed": "added"]
    let edits = (report["edits"]?.array ?? []).map { edit in
      let path = (edit["path"]?.array ?? []).compactMap(\.string).joined(separator: "/")
      return "\(path): \(sides.map { edit[$0]?.canonicalText ?? "nothing" })"
    }
    let parameters = (report["parameters"]?.array ?? []).map { parameter in
      let aspects = (parameter["aspects"]?.array ?? []).compactMap(\.string).map { mirror ? words[$0] ?? $0 : $0 }
      return "\(parameter["name"]?.string ?? "?"): \(aspects.sorted())"
    }
    return (edits + parameters).sorted()
  }

  /// The same of the difference read the other way round.
  private static func mirrored(_ report: JSON) -> [String] { facts(report, ["after", "before"], mirror: true) }

  private func check(_ diff: ExperimentDiff, _ seed: UInt64) throws {
    let report = try JSON(parsing: diff.json.canonicalBytes)
    try #require(report["verdict"] != .string("identical") && report["verdict"] != .string("rewritten"), "seed \(seed)")
    // What the report says, made to the first plan, gives the second one.
    let several = diff.before.plan.severalNames.union(diff.after.plan.severalNames)
    var keyed = try Keyed(diff.before.plan, several)
    for edit in report["edits"]?.array ?? [] {
      let path = (edit["path"]?.array ?? []).compactMap(\.string)
      try #require(keyed[path] == edit["before"], "seed \(seed), \(path)")
      keyed[path] = edit["after"]
    }
    try #require(keyed == (try Keyed(diff.after.plan, several)), "seed \(seed)")
    try #require(
      diff.plans.parameters.isEmpty == !diff.plans.edits.contains { $0.path[0] == "parameters" }, "seed \(seed)")
    for change in diff.plans.parameters {
      try #require(!change.aspects.isEmpty, "seed \(seed): \(change)")
      if let overlap = change.overlap {
        try #require((0...1).contains(overlap.shared) && overlap.ratio > 0, "seed \(seed): \(change)")
      }
    }
  }
}

extension PlanDocument {
  fileprivate var severalNames: Set<String> {
    let names = plan.search.space.parameters.map(\.name)
    return Set(names.filter { name in names.count { $0 == name } > 1 })
  }
}

extension DiffSide {
  fileprivate init(_ plan: PlanDocument, _ text: [String] = []) {
    self.init(label: "x", kind: .experiment, plan: plan, text: text)
  }
}

/// A plan as the paths of a report see it: objects by name in objects by name.
private struct Keyed: Equatable {
  indirect enum Node: Equatable {
    case value(JSON)
    case object([String: Node])
  }

  private var root: Node

  /// - Parameter several: the names that several parameters have, in this plan or in the other one.
  init(_ document: PlanDocument, _ several: Set<String>) throws {
    let plan = try JSON(parsing: document.json.canonicalBytes)
    let names = document.plan.search.space.parameters.map { parameter in
      guard several.contains(parameter.name), let condition = parameter.condition else { return parameter.name }
      return "\(parameter.name) when \(condition)"
    }
    root = Self.node(
      .object(
        (plan.members ?? []).filter { !["trials", "steps"].contains($0.name) }.map { member in
          switch member.name {
          case "parameters":
            JSON.Member(member.name, .object(zip(names, member.value.array ?? []).map { JSON.Member($0, $1) }))
          case "inputs":
            JSON.Member(
              member.name, .object((member.value.array ?? []).map { JSON.Member($0["path"]?.string ?? "", $0) }))
          case "search": JSON.Member(member.name, .object((member.value.members ?? []).filter { $0.name != "chosen" }))
          default: member
          }
        }))
  }

  private static func node(_ json: JSON) -> Node {
    guard let members = json.members else { return .value(json) }
    return .object(Dictionary(uniqueKeysWithValues: members.map { ($0.name, node($0.value)) }))
  }

  private static func json(_ node: Node) -> JSON {
    switch node {
    case .value(let json): json
    case .object(let members): .object(members.sorted { $0.key < $1.key }.map { JSON.Member($0.key, json($0.value)) })
    }
  }

  /// In canonical form.
  subscript(_ path: [String]) -> JSON? {
    get { Self.get(root, path[...]).flatMap { try? JSON(parsing: Self.json($0).canonicalBytes) } }
    set { Self.set(&root, path[...], newValue.map(Self.node)) }
  }

  private static func get(_ node: Node, _ path: ArraySlice<String>) -> Node? {
    guard let first = path.first else { return node }
    guard case .object(let members) = node else { return nil }
    return members[first].flatMap { get($0, path.dropFirst()) }
  }

  private static func set(_ node: inout Node, _ path: ArraySlice<String>, _ value: Node?) {
    guard let first = path.first, case .object(var members) = node else { return }
    if path.count == 1 {
      members[first] = value
    } else if var inner = members[first] {
      set(&inner, path.dropFirst(), value)
      members[first] = inner
    }
    node = .object(members)
  }
}

import Artifacts
import Foundation
import Testing

@Suite("Replay")
struct ReplayTests {
  private static func finished(_ strategy: String, trials: Int) throws -> Program {
    let program = try Program([
      "e.yaml": Bowl.experiment(strategy: strategy, trials: trials), "bowl.sh": Bowl.script,
    ])
    let output = try program.run("apply", "e.yaml", "--yes")
    try #require(output.code == 0, "\(output.err)")
    return program
  }

  private static let manifest = "results/bowl/manifest.json"

  private static func objects(_ text: String) throws -> [JSON] {
    try text.split(separator: "\n").map { try JSON(parsing: $0.utf8) }
  }

  @Test("shows for each decision of an adaptive search exactly the outcomes that were released to it")
  func adaptive() throws {
    let program = try Self.finished("tpe", trials: 24)
    defer { program.remove() }
    let output = try program.run("replay", Self.manifest, "--json")
    #expect(output.code == 0, "\(output.err)")
    let decisions = try Self.objects(output.out)
    let trials = try Self.objects(program.read("results/bowl/trials.jsonl"))
    try #require(decisions.count == 24 && trials.count == 24)
    // Four workers have eight lanes.
    #expect(decisions.allSatisfy { [0, max(0, ($0["decision"]?.int ?? 0) - 7)].contains($0["seen"]?.int) })
    #expect(decisions.contains { $0["reason"]?["kind"]?.string == "model" && $0["seen"]?.int ?? 0 > 0 })
    for (decision, trial) in zip(decisions, trials) {
      #expect(decision["decision"] == trial["trial"] && decision["parameters"] == trial["parameters"])
      #expect(decision["metrics"] == trial["metrics"] && decision["state"] == trial["state"])
      #expect(decision["runs"]?.array?.first?["key"] == trial["key"])
      // The best of what was seen is none that came later.
      let seen = decision["seen"]?.int ?? 0
      let values = trials.prefix(seen).compactMap { $0["metrics"]?["loss"]?.number }
      #expect(decision["best"]?.array?.first?["values"]?.array?.first?.number == values.min())
    }
    // The journal tells the same.
    #expect(try program.run("replay", "e.yaml", "--json").out == output.out)
    #expect(try program.run("replay", "--json", "--run", "1").out == output.out)
    #expect(try program.run("replay", "--run", "7").code == 65)
  }

  @Test("says in words what a decision saw, what it chose, and why")
  func words() throws {
    let program = try Self.finished("random", trials: 6)
    defer { program.remove() }
    let list = try program.run("replay", Self.manifest).out.split(separator: "\n")
    #expect(list.count == 8 && list[0].hasPrefix("decision  saw"), "\(list)")
    #expect(list.last == "The search ended after 6 trials: trials.")
    let first = try program.run("replay", Self.manifest, "--decision", "0").out
    #expect(first.hasPrefix("Decision 0\n  saw    no outcome\n  chose  {\"n\":25,\"x\":0.5}\n"), "\(first)")
    #expect(first.contains("  by     random: the experiment gives it\n  gave   loss 0.29\n"), "\(first)")
    let later = try program.run("replay", Self.manifest, "-d", "5").out
    #expect(later.contains("  by     random: its design has it there"), "\(later)")
    let none = try program.run("replay", Self.manifest, "-d", "6")
    #expect(none.code == 65 && none.err.contains("the search has not come to decision 6"))
  }

  @Test("names the parameters that the model's prediction depends on most, with their shares")
  func influence() throws {
    let program = try Program([
      "e.yaml": """
      attune: 1
      name: bowl
      objective: {minimize: loss}
      parameters: {a: {float: [0, 1]}, b: {float: [0, 1]}, c: {float: [0, 1]}, d: {float: [0, 1]}, e: {float: [0, 1]}}
      search: {strategy: bayesian, seed: 5}
      budget: {trials: 20}
      trial: {run: "sh bowl.sh ${a} ${b} ${c} ${d} ${e}", inputs: [bowl.sh]}
      """,
      "bowl.sh": "awk -v a=$1 -v b=$2 -v c=$3 'BEGIN { print \"loss=\" (a - 0.3) ^ 2 + (b - 0.6) ^ 2 / 4 + c / 50 }'",
    ])
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    var lengths = Set<Int>()
    for decision in try Self.objects(program.run("replay", Self.manifest, "--json").out).suffix(8) {
      let shares = try #require(decision["reason"]?["influence"]?.members).compactMap { member in
        member.value.number.map { (name: member.name, share: $0) }
      }
      #expect(shares.map(\.name) == ["a", "b", "c", "d", "e"] && abs(shares.reduce(0) { $0 + $1.share } - 1) < 1e-9)
      let most = shares.sorted { $0.share > $1.share }.prefix(3).filter { $0.share >= 0.01 }
      lengths.insert(most.count)
      let words = most.map { "\($0.name) \(Int(($0.share * 100).rounded()))%" }.joined(separator: ", ")
      let text = try program.run("replay", Self.manifest, "-d", "\(decision["decision"]?.int ?? -1)").out
      #expect(text.contains("what is expected depends most on \(words)\n"), "\(text)")
    }
    #expect(lengths.contains { $0 > 1 }, "\(lengths)")
    let design = try program.run("replay", Self.manifest, "-d", "1").out
    #expect(!design.contains("depends"), "\(design)")
  }

  @Test("shows how far a run is that was stopped, and refuses what is nothing of the kind")
  func others() throws {
    let program = try Program.oneParameter("test $1 -lt 5 || kill -9 $PPID; echo loss=$1")
    defer { program.remove() }
    #expect(try program.run("replay").code == 65)
    #expect(try program.run("apply", "e.yaml", "--yes", "-p", "1").signal == 9)
    let open = try Self.objects(program.run("replay", "--json").out)
    #expect(open.last?["state"]?.string == "open" && open.dropLast().allSatisfy { $0["state"]?.string == "completed" })
    #expect(try program.run("replay", "t.sh").code == 65)
    #expect(try program.run("replay", "none.json").code == 74)
  }
}

@Suite("A search that ends when its model expects too little")
struct ExpectedImprovementApplyTests {
  @Test("ends after the same trial with 1 and 4 at once; verify finds that again, and replay says what was expected")
  func apply() throws {
    let experiment = """
      attune: 1
      name: ei
      objective: {minimize: loss}
      parameters: {x: {float: [-2, 2]}}
      search: {strategy: bayesian, seed: 3, lanes: 4}
      budget: {trials: 40}
      stopping: [{expected_improvement: {below: 0.01, trials: 2}}]
      trial: {run: "sh t.sh ${x}", inputs: [t.sh]}
      """
    let script = "awk -v x=$1 'BEGIN {print \"loss=\" (x - 0.7) ^ 2 + 5}'"
    var trials = Set<String>()
    for parallel in ["1", "4"] {
      let program = try Program(["e.yaml": experiment, "t.sh": script])
      defer { program.remove() }
      let apply = try program.run("apply", "e.yaml", "--yes", "--parallel", parallel)
      #expect(apply.code == 0 && apply.out.contains(": the model expects too little of another one."), "\(apply)")
      trials.insert(try program.read("results/ei/trials.jsonl"))
      let verify = try program.run("verify", "results/ei/manifest.json")
      #expect(verify.code == 0 && verify.out.contains("trials: improvement"), "\(verify.out)")
      let replay = try program.run("replay", "results/ei/manifest.json", "--decision", "9")
      #expect(replay.out.contains(", an improvement of "), "\(replay.out)")
      let simulate = try program.run(
        "simulate", "results/ei/manifest.json", "--with", "expected_improvement: {below: 1}")
      #expect(simulate.code == 65 && simulate.err.contains("attune replay"), "\(simulate)")
    }
    #expect(trials.count == 1)
    let count = trials.first?.split(separator: "\n").count ?? 0
    #expect((6..<40).contains(count), "\(count)")
  }
}

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

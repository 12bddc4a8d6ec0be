import Artifacts
import Foundation
import Testing

/// Journals that attune has left in each of its forms, with their experiments and the manifests of that time. They stay as
/// they are: what came of a trial then holds now.
@Suite("Histories")
struct HistoryTests {
  /// The forms of the journal that there have been, of which the fourth is today's, and searches that are decided otherwise now.
  private static let all = [1, 2, 3, 4, 5, 6, 7]

  private static func program(_ form: Int) throws -> (program: Program, experiments: [String], folder: URL) {
    let folder = Program.repository.appending(path: "Tests/Histories/\(form)")
    let program = try Program()
    var experiments: [String] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name != "expected" {
      let isJournal = name == "journal.sqlite"
      try program.write("*\n", to: ".attune/.gitignore")
      try FileManager.default.copyItem(
        at: folder.appending(path: name), to: program.url(isJournal ? ".attune/\(name)" : name))
      if name.hasSuffix(".yaml") { experiments.append(String(name.dropLast(5))) }
    }
    return (program, experiments.sorted(), folder)
  }

  @Test("lead to the same manifests, with no trial run again", arguments: all)
  func replay(_ form: Int) throws {
    let (program, experiments, folder) = try Self.program(form)
    defer { program.remove() }
    #expect(!experiments.isEmpty)
    for name in experiments {
      let apply = try program.run("apply", "\(name).yaml", "--yes", "--progress", "none")
      #expect(apply.code == 0 && apply.out.contains("\n0 run in this apply, "), "\(apply.out)\(apply.err)")
      let then = try String(contentsOf: folder.appending(path: "expected/\(name)/trials.jsonl"), encoding: .utf8)
      #expect(try program.read("results/\(name)/trials.jsonl") == then)
      let manifests = try [
        folder.appending(path: "expected/\(name)/manifest.json"), program.url("results/\(name)/manifest.json"),
      ]
      .map { try Manifest(fileBytes: Array(Data(contentsOf: $0))) }
      #expect(manifests[0].contentDigest == manifests[1].contentDigest)
      #expect(try program.run("verify", "results/\(name)/manifest.json").code == 0)
    }
  }

  @Test("of a plateau from the lowest rung on are of that search, and not of another one")
  func plateau() throws {
    let (program, _, _) = try Self.program(6)
    defer { program.remove() }
    let text = "5 trials in a row without an improvement (plateau)"
    #expect(try program.run("plan", "eleven.yaml").out.contains("      \(text)\n"))
    let other = try program.run("plan", "eleven.yaml", "--set", "search.seed=6").out
    #expect(other.contains("      \(text.replacingOccurrences(of: "trials", with: "trials with full training"))\n"))
  }

  @Test("of a budget that counted each trial once are of that search, and not of another one")
  func fidelity() throws {
    let (program, _, _) = try Self.program(7)
    defer { program.remove() }
    let text = "40 epochs in all trials together"
    let then = try program.run("plan", "twelve.yaml").out
    #expect(then.contains("      \(text), each counted once though run 2 times (fidelity)\n"), "\(then)")
    // As many trials as could be at the lowest rung.
    #expect(then.contains("      13 trials\n"), "\(then)")
    #expect(try program.run("plan", "twelve.yaml", "--set", "budget.trials=10").out.contains("      10 trials\n"))
    let more = try program.run("plan", "twelve.yaml", "--set", "budget.fidelity=60").out
    #expect(more.contains("      20 trials\n") && more.contains("each counted once"), "\(more)")
    let other = try program.run("plan", "twelve.yaml", "--set", "search.seed=6").out
    #expect(other.contains("      \(text), in their 2 runs each (fidelity)\n") && other.contains("      10 trials\n"))
  }

  @Test("are what a plan that was saved then goes on with, and a session")
  func savedPlan() throws {
    let experiment = try String(
      contentsOf: Program.repository.appending(path: "Tests/Histories/5/ten.yaml"), encoding: .utf8)
    let program = try Program(["ten.yaml": experiment])
    defer { program.remove() }
    #expect(try program.run("plan", "ten.yaml", "-o", "x.plan.json").code == 0)
    let plan = try program.read("x.plan.json")
    let old = plan.replacingOccurrences(of: "\"acquisition\":\"hypervolume\",", with: "")
    #expect(old != plan)
    try program.write(old, to: "x.plan.json")
    let apply = try program.run("apply", "x.plan.json", "--yes")
    #expect(apply.code == 0, "\(apply.err)")
    let then = try String(
      contentsOf: Program.repository.appending(path: "Tests/Histories/5/expected/ten/trials.jsonl"), encoding: .utf8)
    #expect(try program.read("results/ten/trials.jsonl") == then)
    #expect(try program.run("verify", "results/ten/manifest.json").code == 0)
    // Another search is one of today's.
    #expect(try program.run("plan", "ten.yaml", "--json").out.contains("acquisition") == false)
    #expect(try program.run("plan", "ten.yaml", "--json", "--set", "search.seed=6").out.contains("acquisition"))
  }

  @Test("of a session whose decisions saw outcomes in the order in which they were told are gone on with as they began")
  func session() throws {
    let program = try Program()
    defer { program.remove() }
    let folder = Program.repository.appending(path: "Tests/Histories/session")
    for name in ["asked.yaml", "journal.sqlite"] {
      try FileManager.default.copyItem(at: folder.appending(path: name), to: program.url(name))
    }
    let ask = [#"{"op":"ask","count":8}"#]
    let output = try program.run("session", "asked.yaml", "--journal", "journal.sqlite", lines: ask)
    #expect(output.code == 0, "\(output.err)")
    #expect(try output.out == String(contentsOf: folder.appending(path: "expected.json"), encoding: .utf8))
  }

  @Test("are brought to today's form, and kept as they were", arguments: [1, 2, 3])
  func migration(_ form: Int) throws {
    let (program, experiments, _) = try Self.program(form)
    defer { program.remove() }
    let doctor = try program.run("doctor")
    #expect(
      doctor.code == 74 && doctor.err.isEmpty && doctor.out.contains("was written by an older attune"), "\(doctor)")
    // Reading is enough.
    let plan = try program.run("plan", "\(experiments[0]).yaml")
    #expect(plan.code == 0 && plan.out.contains("recorded"), "\(plan.out)\(plan.err)")
    #expect(program.exists(".attune/journal.form-\(form).sqlite"))
  }
}

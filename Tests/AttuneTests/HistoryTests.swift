import Artifacts
import Foundation
import Testing

/// Journals that attune has left in each of its forms, with their experiments and the manifests of that time. They stay as
/// they are: what came of a trial then holds now.
@Suite("Histories")
struct HistoryTests {
  /// The forms of the journal that there have been; the last one is today's.
  private static let all = [1, 2, 3, 4]

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

  @Test("are brought to today's form, and kept as they were", arguments: all.dropLast())
  func migration(_ form: Int) throws {
    let (program, experiments, _) = try Self.program(form)
    defer { program.remove() }
    // Reading is enough.
    let plan = try program.run("plan", "\(experiments[0]).yaml")
    #expect(plan.code == 0 && plan.out.contains("recorded"), "\(plan.out)\(plan.err)")
    #expect(program.exists(".attune/journal.form-\(form).sqlite"))
  }
}

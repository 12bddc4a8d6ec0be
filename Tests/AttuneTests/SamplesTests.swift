import Artifacts
import Foundation
import Testing

/// Each sample, in a copy of its folder, against what `expected/` in it says.
///
/// With `ATTUNE_UPDATE_EXPECTED` set, what the program says is written there instead: read the change before you keep it.
@Suite("Samples")
struct SamplesTests {
  private static let all = [
    "bridge", "grid", "list", "partial-fit", "population", "pytorch", "quickstart", "scikit-learn",
  ]
  private static let isUpdating = ProcessInfo.processInfo.environment["ATTUNE_UPDATE_EXPECTED"] != nil

  private static func expected(_ sample: String, _ name: String) -> URL {
    Program.repository.appendingPathComponent("samples/\(sample)/expected/\(name)")
  }

  private func compare(_ text: String, with name: String, of sample: String) throws {
    let url = Self.expected(sample, name)
    if Self.isUpdating {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    #expect(text == (try String(contentsOf: url, encoding: .utf8)), "samples/\(sample)/expected/\(name)")
  }

  @Test("are all tested")
  func complete() throws {
    let folder = Program.repository.appendingPathComponent("samples").path
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        == (Self.all + ["ask-tell", "ci", "rejected"]).sorted())
  }

  @Test("for asking and telling has nothing to run, and the space that its program expects")
  func askAndTell() throws {
    let program = try Program(sample: "ask-tell")
    defer { program.remove() }
    let check = try program.run("check", "experiment.yaml")
    #expect(check.code == 0 && check.err.contains("W1001"), "\(check.err)")
    let output = try program.run("session", "experiment.yaml", lines: [#"{"op":"ask","count":8}"#])
    let trials = try JSON(parsing: Array(output.out.utf8.dropLast()))["trials"]?.array ?? []
    #expect(trials.count == 8)
    for params in trials.compactMap({ $0["params"] }) {
      let names = params.members?.map(\.name).sorted()
      #expect(names == (params["model"]?.string == "svm" ? ["C", "gamma", "model"] : ["depth", "model", "trees"]))
    }
  }

  @Test("are correct, and plan as expected", arguments: all)
  func plan(_ sample: String) throws {
    let program = try Program(sample: sample)
    defer { program.remove() }
    let check = try program.run("check", "experiment.yaml")
    #expect(check.code == 0 && check.err.isEmpty, "\(check.err)")
    // What is planned depends on the version of what runs it.
    let python = try StandInPython(version: "3.11.2")
    func run(_ arguments: String...) throws -> Program.Output {
      try program.run(arguments, environment: python.environment)
    }
    let plan = try run("plan", "experiment.yaml", "-o", "x.plan.json")
    #expect(plan.code == 0)
    try compare(plan.out, with: "plan.txt", of: sample)
    try compare(program.read("x.plan.json"), with: "plan.json", of: sample)
    try compare(run("graph", "x.plan.json").out, with: "plan.dot", of: sample)
    try compare(run("graph", "experiment.yaml", "--format", "mermaid").out, with: "plan.mermaid", of: sample)
  }

  @Test("apply as expected, trial by trial", arguments: ["bridge", "grid", "list"])
  func apply(_ sample: String) throws {
    let program = try Program(sample: sample)
    defer { program.remove() }
    let apply = try program.run("apply", "experiment.yaml", "--yes", "--progress", "none")
    #expect(apply.code == 0 && apply.err.isEmpty, "\(apply.err)")
    // How far trials ran beyond the end of the search depends on the machine; the result does not.
    let lines = apply.out.replacing(Program.path, with: "attune").split(
      separator: "\n", omittingEmptySubsequences: false
    )
    .filter { !$0.contains(" run in this apply, ") }
    try compare(lines.joined(separator: "\n"), with: "apply.txt", of: sample)
    try compare(program.read("results/\(sample)/trials.jsonl"), with: "trials.jsonl", of: sample)
    let manifest = try program.run("show", "results/\(sample)/manifest.json")
    try compare(manifest.out, with: "manifest.txt", of: sample)
    try compare(program.run("verify", "results/\(sample)/manifest.json").out, with: "verify.txt", of: sample)
  }

  @Test(
    "that train a model say all that is expected; the scores' last digits are the machine's",
    arguments: ["quickstart", "scikit-learn"])
  func train(_ sample: String) throws {
    let environment = Program.repository.appendingPathComponent("samples/\(sample)/.venv")
    guard sample == "quickstart" || FileManager.default.fileExists(atPath: environment.path) else {
      // `make sample-scikit-learn` makes the environment; .ci/run does so before the tests.
      return
    }
    let program = try Program(sample: sample)
    defer { program.remove() }
    try FileManager.default.createSymbolicLink(at: program.url(".venv"), withDestinationURL: environment)
    let apply = try program.run("apply", "experiment.yaml", "--yes", "--progress", "none")
    #expect(apply.code == 0, "\(apply.err)")
    let result = try #require(apply.out.range(of: "Best configuration"))
    let masked = apply.out[result.lowerBound...].replacing(Program.path, with: "attune").split(
      separator: "\n", omittingEmptySubsequences: false
    ).map { line -> Substring in
      // What a parameter decides, whose order the last digits may change; a parameter and its value; a line with numbers.
      if line.hasPrefix("    ") && line.hasSuffix("%") { return " # #%" }
      return line.hasPrefix("    ") && !line.contains("attune")
        ? line.replacing(/[^ ]+$/, with: "#").replacing(/\ +/, with: " ")
        : line.replacing(/[0-9]+(\.[0-9]+)?/, with: "#")
    }.joined(separator: "\n")
    try compare(masked, with: "apply.txt", of: sample)
    #expect(try program.run("verify", "results/\(sample)/manifest.json").code == 0)
    // Tuning must have been worth it.
    #expect(masked.contains(sample == "quickstart" ? "% lower)" : "% higher)"))
  }
}

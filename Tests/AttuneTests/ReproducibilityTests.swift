import Artifacts
import Foundation
import Testing

/// The third law with real processes: the same content, whatever the number of workers and whatever happens.
@Suite("The same experiment gives the same manifest content")
struct ReproducibilityTests {
  private struct Content: Equatable {
    var digest: Digest
    var bytes: [UInt8]
    var trials: [UInt8]

    init(_ program: Program) throws {
      let manifest = try Manifest(fileBytes: File.read(program.url("results/bowl/manifest.json").path))
      digest = manifest.contentDigest
      bytes = manifest.content.json.canonicalBytes
      trials = try File.read(program.url("results/bowl/trials.jsonl").path)
    }
  }

  private static let experiments = [
    Bowl.experiment(strategy: "random"),
    Bowl.experiment(strategy: "sobol", trials: 64, stopping: "stopping: [{plateau: {trials: 8, improvement: 0.01}}]"),
    Bowl.experiment(strategy: "random", trials: 200, objective: ", target: 0.05"),
    Bowl.experiment(strategy: "bayesian, lanes: 8"),
    Bowl.experiment(strategy: "tpe, lanes: 3", trials: 48, stopping: "stopping: [{plateau: {trials: 20}}]"),
    Bowl.experiment(strategy: "cmaes, lanes: 8", objective: ", target: 0.05"),
    // More than are prepared ahead of those that run.
    Bowl.experiment(strategy: "evolution, lanes: 4", trials: 200),
    Bowl.experiment(strategy: "asha, proposals: tpe, lanes: 4", trials: 70, stopping: "fidelity: {epochs: {to: 9}}"),
    Bowl.experiment(strategy: "hyperband, lanes: 8", trials: 60, stopping: "fidelity: {epochs: {to: 9}}"),
  ]

  private static let rungs = "fidelity: {epochs: {to: 9}}"
  /// The other strategies, and the rules that look at what a model expects or at failures.
  private static let others = [
    Bowl.experiment(strategy: "grid").replacingOccurrences(
      of: "x: {float: [0, 1], default: 0.5}", with: "x: {choice: [0.1, 0.3]}"),
    Bowl.experiment(strategy: "auto"),
    Bowl.experiment(strategy: "auto, lanes: 2", trials: 60, stopping: rungs),
    Bowl.experiment(strategy: "random").replacingOccurrences(
      of: "strategy: random", with: "phases: [{strategy: sobol, trials: 12}, {strategy: tpe}]"),
    Bowl.experiment(strategy: "successive-halving, proposals: multi-fidelity, lanes: 3", trials: 50, stopping: rungs),
    Bowl.experiment(strategy: "hyperband, proposals: bayesian, lanes: 8", trials: 50, stopping: rungs),
    Bowl.experiment(strategy: "bohb, lanes: 4", trials: 50, stopping: rungs),
    Bowl.experiment(
      strategy: "pbt, population: 6", trials: 60, stopping: "fidelity: {epochs: {every: 2, to: 10, checkpoint: true}}"),
    Bowl.experiment(strategy: "bayesian, lanes: 4", stopping: "stopping: [{expected_improvement: {below: 0.01}}]"),
    Bowl.experiment(strategy: "bayesian", stopping: "stopping: [{regret: {bound: 0.05}}]"),
    Bowl.experiment(strategy: "sobol", stopping: "stopping: [{failures: {count: 3}}]"),
  ]

  @Test("with 1, 2 and 8 workers, under random delays", arguments: experiments + others)
  func workers(_ experiment: String) throws {
    var contents: [Content] = []
    for workers in ["1", "2", "8"] {
      let program = try Program(["e.yaml": experiment, "bowl.sh": Bowl.script])
      defer { program.remove() }
      let output = try program.run("apply", "e.yaml", "--yes", "--parallel", workers)
      #expect(output.code == 0, "\(output.err)")
      contents.append(try Content(program))
    }
    #expect(contents[0] == contents[1])
    #expect(contents[0] == contents[2])
  }

  @Test("after kill -9 at several moments and a resume", arguments: experiments + others)
  func killed(_ experiment: String) throws {
    let undisturbed = try Program(["e.yaml": experiment, "bowl.sh": Bowl.script])
    defer { undisturbed.remove() }
    try undisturbed.run("apply", "e.yaml", "--yes")

    let program = try Program(["e.yaml": experiment, "bowl.sh": Bowl.script])
    defer { program.remove() }
    for ended in [1, 4, 9, 15] {
      let running = try program.start(["apply", "e.yaml", "--yes", "--parallel", "3"])
      try running.waitUntil { $0.components(separatedBy: "\ntrial ").count > ended }
      running.send(SIGKILL)
      _ = try running.wait()
    }
    let output = try program.run("apply", "e.yaml", "--yes")
    #expect(output.code == 0, "\(output.err)")
    #expect(try Content(program) == Content(undisturbed))
    #expect(try program.run("verify", "results/bowl/manifest.json").code == 0)
    #expect(eventually { processes(with: program.folder.path).isEmpty })
  }

  @Test("and a second apply runs nothing and leaves the manifest as it is")
  func again() throws {
    let program = try Program(["e.yaml": Bowl.experiment(trials: 12), "bowl.sh": Bowl.script])
    defer { program.remove() }
    try program.run("apply", "e.yaml", "--yes")
    let before = try program.read("results/bowl/manifest.json")
    // Nothing is left to run, so nobody need be asked.
    let output = try program.run("apply", "e.yaml")
    #expect(output.code == 0)
    #expect(output.out.contains("0 run in this apply, 12 recorded already."))
    #expect(try program.read("results/bowl/manifest.json") == before)
  }
}

import Artifacts
import Foundation
import Search
import Testing

/// A conditional and constrained space, two objectives and repeated trials, with real processes.
@Suite("Conditions, constraints, several objectives and repeats")
struct ConditionalTests {
  private static let experiment = """
    attune: 1
    name: several
    objective: [{minimize: loss}, {maximize: speed}]
    parameters:
      model:
        choice:
          svm: {c: {float: [0.1, 10], scale: log}}
          forest: {trees: {int: [1, 9]}, depth: {int: [1, 6]}}
      x: {float: [0, 1], when: 'model == "svm"', prior: 'normal(0.5, 0.2)'}
    constraints:
      - trees * depth <= 30
      - latency <= 10
    search: {strategy: random, seed: 5}
    budget: {trials: 40, parallel: 4}
    trial: {run: "sh t.sh ${args}", inputs: [t.sh], repeats: {seeds: 2, aggregate: mean}}
    """

  /// Ends with 9 where a parameter that is inactive stands in the arguments or in the file, or one that is active does
  /// not; and with 4 now and then.
  private static let script = """
    sleep "0.0$(( $$ % 9 ))"
    while [ $# -gt 0 ]; do eval "${1#--}=\\$2"; shift 2; done
    has() { grep -q "\\"$1\\":" "$ATTUNE_PARAMS"; }
    case $model in
    svm)
      test -n "$c" && test -n "$x" && has c && has x || exit 9
      if test -n "$trees$depth" || has trees || has depth; then exit 9; fi ;;
    forest)
      test -n "$trees" && test -n "$depth" && has trees && has depth || exit 9
      if test -n "$c$x" || has c || has x; then exit 9; fi ;;
    *) exit 9 ;;
    esac
    awk -v m="$model" -v c="$c" -v x="$x" -v t="$trees" -v d="$depth" -v s="$ATTUNE_SEED" 'BEGIN {
      if (s % 12 == 3) exit 4
      noise = (s % 100) / 1000
      if (m == "svm") printf "loss=%.6f speed=%.6f latency=5\\n", (x - 0.3) ^ 2 + c / 20 + noise, 1 - x
      else printf "loss=%.6f speed=%.6f latency=%d\\n", 1 / t + noise, d / 10 + noise, t * d }'
    """

  private static let manifest = "results/several/manifest.json"
  private static let trials = "results/several/trials.jsonl"

  private static func project() throws -> Program { try Program(["e.yaml": experiment, "t.sh": script]) }

  private static func finished() throws -> Program {
    let program = try project()
    let output = try program.run("apply", "e.yaml", "--yes")
    try #require(output.code == 0, "\(output.err)")
    return program
  }

  private struct Content: Equatable {
    var digest: Digest
    var trials: String

    init(_ program: Program) throws {
      digest = try Manifest(fileBytes: File.read(program.url(ConditionalTests.manifest).path)).contentDigest
      trials = try program.read(ConditionalTests.trials)
    }
  }

  private static func lines(_ program: Program) throws -> [JSON] {
    try program.read(trials).split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }
  }

  @Test("give trials their active parameters alone, and a result that verifies")
  func results() throws {
    let program = try Self.finished()
    defer { program.remove() }
    let lines = try Self.lines(program)
    #expect(lines.count == 40)
    #expect(Set(lines.map { $0["parameters"]?["model"]?.string }) == ["svm", "forest"])
    #expect(Set(lines.map { $0["state"]?.string }) == ["completed", "infeasible", "failed"])
    #expect(lines.allSatisfy { $0["runs"]?.array?.count == 2 })
    // What fails does so with 4: none had a parameter too many or too few.
    #expect(lines.allSatisfy { line in line["failure"].map { $0["code"]?.int == 4 } ?? true })
    for line in lines {
      let names = Set(line["parameters"]?.members?.map(\.name) ?? [])
      #expect(names == (names.contains("c") ? ["c", "model", "x"] : ["depth", "model", "trees"]))
      if let trees = line["parameters"]?["trees"]?.int, let depth = line["parameters"]?["depth"]?.int {
        #expect(trees * depth <= 30)
        #expect(line["state"]?.string == "failed" || (line["state"]?.string == "infeasible") == (trees * depth > 10))
      }
    }
    #expect(try program.run("verify", Self.manifest).code == 0)
    let best = try Manifest(fileBytes: File.read(program.url(Self.manifest).path)).content.best
    #expect(best.count > 1)
  }

  @Test("give the same content with 1 and 4 workers, and after kill -9 and a resume")
  func reproducible() throws {
    let sequential = try Self.project()
    defer { sequential.remove() }
    try sequential.run("apply", "e.yaml", "--yes", "--parallel", "1")
    let parallel = try Self.finished()
    defer { parallel.remove() }
    #expect(try Content(sequential) == Content(parallel))

    let killed = try Self.project()
    defer { killed.remove() }
    for ended in [1, 6, 12] {
      let running = try killed.start(["apply", "e.yaml", "--yes", "--parallel", "3"])
      try running.waitUntil { $0.components(separatedBy: "\ntrial ").count > ended }
      running.send(SIGKILL)
      _ = try running.wait()
    }
    let output = try killed.run("apply", "e.yaml", "--yes")
    #expect(output.code == 0, "\(output.err)")
    #expect(try Content(killed) == Content(parallel))
  }

  /// Forgers know how digests are computed.
  private func forged(_ change: (inout Manifest, inout [String]) throws -> Void) throws -> Int32 {
    let program = try Self.finished()
    defer { program.remove() }
    var manifest = try Manifest(fileBytes: File.read(program.url(Self.manifest).path))
    var lines = try program.read(Self.trials).split(separator: "\n").map(String.init)
    try change(&manifest, &lines)
    try program.write(lines.map { $0 + "\n" }.joined(), to: Self.trials)
    manifest.content.trialsDigest = try File.digest(of: program.url(Self.trials).path).digest
    try File.replace(program.url(Self.manifest).path, with: manifest.fileBytes)
    return try program.run("verify", Self.manifest).code
  }

  @Test("and a forged selection is found: a dominated trial among the best, or one of the best left out")
  func forgedSelection() throws {
    #expect(try forged { _, _ in } == 0)
    let dominated = try forged { manifest, lines in
      let best = Set(manifest.content.best.map(\.trial))
      let records = try lines.map { try JSON(parsing: Array($0.utf8)) }
      let other = try #require(
        records.first { $0["state"]?.string == "completed" && !best.contains($0["trial"]?.int ?? 0) })
      var selected = manifest.content.best[0]
      selected.trial = try other.int("trial")
      selected.parameters = try other.require("parameters")
      selected.values = try ["loss", "speed"].map { try other.require("metrics").number($0) }
      selected.runs = try other.array("runs").map {
        TrialIdentity.Run(seed: try $0.int("seed"), key: try $0.digest("key"))
      }
      manifest.content.best.append(selected)
    }
    #expect(dominated == 24)
    #expect(try forged { manifest, _ in manifest.content.best.removeLast() } == 24)
  }

  @Test(
    "and forged trials are found: an infeasible one called completed, a run that gave something else, a run too few")
  func forgedTrials() throws {
    let relabelled = try forged { manifest, lines in
      let index = try #require(lines.firstIndex { $0.contains("\"state\":\"infeasible\"") })
      lines[index] = lines[index].replacing("\"state\":\"infeasible\"", with: "\"state\":\"completed\"")
      manifest.content.infeasible -= 1
      manifest.content.completed += 1
    }
    #expect(relabelled == 22)
    let recounted = try forged { manifest, _ in
      manifest.content.infeasible -= 1
      manifest.content.completed += 1
    }
    #expect(recounted == 23)
    let changed = try forged { _, lines in
      let index = try #require(lines.firstIndex { $0.contains("\"state\":\"completed\"") })
      let run = try #require(lines[index].range(of: "\"runs\":"))
      lines[index].replaceSubrange(
        run.lowerBound..., with: lines[index][run.lowerBound...].replacing("\"loss\":", with: "\"loss\":1"))
    }
    #expect(changed == 22)
    let shortened = try forged { _, lines in
      let index = try #require(lines.firstIndex { $0.contains("\"state\":\"completed\"") })
      let (start, end) = (
        try #require(lines[index].range(of: "\"runs\":")), try #require(lines[index].range(of: ",\"state\""))
      )
      lines[index].replaceSubrange(start.lowerBound..<end.lowerBound, with: "\"seed\":1")
    }
    #expect(shortened == 22)
  }
}

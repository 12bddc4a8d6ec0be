import Artifacts
import Search
import TestSupport
import Testing

@testable import Execution

@Suite("Reports of a run that goes on from its own checkpoint")
struct EarlierReportsTests {
  /// What two attempts leave in the trial's folder, by the name of the file.
  struct Attempts: Sendable {
    var source = MetricSource(.auto)
    var isWhole = true
    var first: [String: String]
    var second: [String: String]
  }

  private static let wanted = ["loss", "grad"]

  private static func reader(_ source: MetricSource, watching: Bool = true) -> MetricReader {
    MetricReader(source, wanted: wanted, watched: watching ? ["grad"] : [])
  }

  /// What is known of a run after both.
  private static func joined(_ attempts: Attempts) throws -> (
    metrics: Metrics, curve: Curve
  ) {
    let folder = try TemporaryFolder()
    let (trial, reader) = (TrialFolder(folder.path), reader(attempts.source))
    try folder.write("x", to: "checkpoint/state")
    for (name, text) in attempts.first { try folder.write(text, to: name) }
    let earlier = try EarlierReports(keptIn: trial, of: reader, isWhole: attempts.isWhole) { $0 }
    for name in attempts.first.keys { try folder.write("", to: name) }
    for (name, text) in attempts.second { try folder.write(text, to: name) }
    return reader.read(in: trial, behind: earlier)
  }

  private static func undisturbed(_ files: [String: String], _ source: MetricSource) throws -> (
    metrics: Metrics, curve: Curve
  ) {
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.write(text, to: name) }
    return reader(source).read(in: TrialFolder(folder.path))
  }

  private static let table = MetricSource(.csv, path: "log.csv")

  @Test(
    "are those of a run that was not disturbed",
    arguments: [
      // What was said of another metric after the last report stands beside the next one.
      Attempts(
        isWhole: false, first: ["stdout.log": "step=1 loss=4\nstep=2 loss=3\ngrad=1e9\n"],
        second: ["stdout.log": "grad=1\nstep=3 loss=2\n"]),
      Attempts(
        first: ["stdout.log": "step=1 loss=4\nstep=2 loss=3\ngrad=1e9"], second: ["stdout.log": "step=3 loss=2\n"]),
      // Nothing is left to do.
      Attempts(first: ["stdout.log": "step=1 loss=4\nstep=2 loss=3\ngrad=7\n"], second: ["stdout.log": "done\n"]),
      Attempts(first: ["stdout.log": "loss=4\nloss=3\n"], second: ["stdout.log": ""]),
      // The last line has no end.
      Attempts(source: table, first: ["log.csv": "epoch,loss\n1,4\n2,3"], second: ["log.csv": "epoch,loss\n3,2"]),
      Attempts(source: table, first: ["log.csv": "epoch,loss\n1,4\n2,3"], second: [:]),
      // Some is trained again.
      Attempts(
        isWhole: false, first: ["stdout.log": "step=1 loss=4\ngrad=2\nstep=2 loss=3\ngrad=5\nstep=3 lo"],
        second: ["stdout.log": "step=2 loss=3\ngrad=5\nstep=3 loss=2\n"]),
      // It begins from the beginning.
      Attempts(
        first: ["stdout.log": "step=1 loss=9\nstep=2 loss=8\ngrad=1e9\n"],
        second: ["stdout.log": "step=1 loss=4\nstep=2 loss=3\ngrad=1\n"]),
      Attempts(first: ["stdout.log": "loss=9\nloss=8\n"], second: ["stdout.log": "loss=4\nloss=3\nloss=2\n"]),
      // What is written counts in place of what is printed.
      Attempts(
        first: ["stdout.log": "step=1 loss=4\n", "metrics.jsonl": ""],
        second: [
          "stdout.log": "step=2 loss=3\nstep=3 loss=2\nstep=4 loss=1\n",
          "metrics.jsonl": "{\"step\": 2, \"loss\": 3}\n{\"step\": 4, \"loss\": 1}\n",
        ]),
      Attempts(
        first: [
          "stdout.log": "step=1 loss=4\nstep=2 loss=3\n", "metrics.jsonl": "{\"step\": 2, \"loss\": 3}\n",
        ],
        second: ["stdout.log": "step=3 loss=2\n", "metrics.jsonl": ""]),
    ])
  func joins(_ attempts: Attempts) throws {
    var whole: [String: String] = [:]
    for name in Set(attempts.first.keys).union(attempts.second.keys) {
      let (first, second) = (attempts.first[name] ?? "", attempts.second[name] ?? "")
      let begins = second.contains("step=1 ") || second.hasPrefix("loss")
      let kept =
        attempts.isWhole ? first : first.split(separator: "\n").filter { !$0.hasSuffix("lo") }.joined(separator: "\n")
      let rest = name == "log.csv" ? second.split(separator: "\n").dropFirst().joined(separator: "\n") : second
      whole[name] = begins ? second : kept + "\n" + rest
    }
    let (joined, expected) = (try Self.joined(attempts), try Self.undisturbed(whole, attempts.source))
    #expect(joined.curve == expected.curve)
    #expect(joined.metrics["loss"] == expected.metrics["loss"])
  }

  @Test("are gone on with attempt after attempt, and forgotten with the checkpoint")
  func chains() throws {
    let folder = try TemporaryFolder()
    let (trial, reader) = (TrialFolder(folder.path), Self.reader(MetricSource(.auto)))
    try folder.write("x", to: "checkpoint/state")
    for step in 1...4 {
      try folder.write("step=\(step) loss=\(9 - step)\ngrad=\(step)\n", to: "stdout.log")
      // Twice, as when attune is killed before it has begun the file anew.
      for _ in 1...2 { _ = try EarlierReports(keptIn: trial, of: reader, isWhole: step % 2 == 0) { $0 } }
    }
    try folder.write("", to: "stdout.log")
    let earlier = try #require(try EarlierReports(keptIn: trial, of: reader, isWhole: false) { $0 })
    let all = reader.read(in: trial, behind: earlier)
    #expect(all.curve.reports.map(\.step) == [1, 2, 3, 4] && all.curve.reports.map(\.value) == [8, 7, 6, 5])
    #expect(all.metrics["loss"] == 5 && all.metrics["grad"] == 4)
    // What was said of the objective holds whatever else is watched, and is none of another objective.
    let unwatched = Self.reader(MetricSource(.auto), watching: false)
    #expect(try EarlierReports(keptIn: trial, of: unwatched, isWhole: false) { $0 } != nil)
    let other = MetricReader(MetricSource(.auto), wanted: ["grad"])
    #expect(try EarlierReports(keptIn: trial, of: other, isWhole: false) { $0 } == nil)
    try Garbage.remove(trial.checkpoint)
    #expect(try EarlierReports(keptIn: trial, of: reader, isWhole: false) { $0 } == nil)
    #expect(File.kind(of: trial.earlier) == nil)
  }
}

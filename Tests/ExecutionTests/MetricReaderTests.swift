import Artifacts
import Foundation
import Search
import TestSupport
import Testing

@testable import Execution

@Suite("Metrics are read from what trials print")
struct MetricReaderTests {
  private func metrics(_ text: String) throws -> [String: Double] {
    try reported(text, to: "stdout.log", .stdout)
  }

  @Test(
    "in the forms that scripts use",
    arguments: [
      ("loss=0.5", ["loss": 0.5]),
      ("loss: 0.5", ["loss": 0.5]),
      ("loss = 0.5", ["loss": 0.5]),
      ("epoch 3/10 - loss: 0.25 - val_loss: 0.5", ["loss": 0.25, "val_loss": 0.5]),
      ("[3] train: loss=1e-3, acc=.9; f1=1.", ["loss": 1e-3, "acc": 0.9, "f1": 1]),
      ("(eval/loss=-2)", ["eval/loss": -2]),
      ("loss=1\nloss=2", ["loss": 2]),
      ("10%|#   | loss=9\r50%|## | loss=8\r", ["loss": 8]),
      ("\u{1B}[32mloss=3\u{1B}[0m", ["loss": 3]),
      ("{\"loss\": 0.5, \"step\": 3, \"note\": \"x\"}", ["loss": 0.5, "step": 3]),
      ("größe=2", ["größe": 2]),
      ("loss=3", ["loss": 3]),
      ("loss=inf", ["loss": Double.infinity]),
    ])
  func forms(_ text: String, _ wanted: [String: Double]) throws {
    #expect(try metrics(text) == wanted)
  }

  @Test(
    "and not where there are none",
    arguments: ["loss=", "loss=abc", "12:30:45", "a == 5", "loss=0.5abc", "=5", ": 5", "x: y"])
  func none(_ text: String) throws {
    #expect(try metrics(text).isEmpty)
  }

  @Test("not a number is one as well")
  func notANumber() throws {
    #expect(try metrics("loss=nan")["loss"]?.isNaN ?? false)
  }

  @Test("beside each value of the objective stand the last ones of the metrics that rules look at since the one before")
  func watched() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "norm=1\nloss=5 norm=2 time=9\nloss=4\nnorm=3\nnorm=nan\n{\"loss\": 3, \"step\": 7}\nnorm=8\n", to: "stdout.log")
    let read = MetricReader(.auto, wanted: ["loss", "norm"], watched: ["norm"]).read(in: TrialFolder(folder.path))
    #expect(read.curve.reports.map(\.step) == [1, 2, 7] && read.curve.reports.map(\.value) == [5, 4, 3])
    #expect(read.curve.reports.prefix(2).map(\.others) == [["norm": ValueRange(1).joined(2)], [:]])
    #expect(read.curve.reports[2].others == ["norm": ValueRange(3).joined(.infinity)] && read.metrics["norm"] == 8)
    let open = MetricReader(.auto, wanted: ["loss", "norm"], watched: ["norm"]).reported(
      in: TrialFolder(folder.path), .running)
    #expect(open.curve.reports[2].others == ["norm": ValueRange(3).joined(.nan)])
    // A report that does not count takes nothing with it.
    try folder.write("step=1 loss=5\nstep=1 loss=4 norm=9\nstep=2 loss=3\n", to: "stdout.log")
    let repeated = MetricReader(.auto, wanted: ["loss", "norm"], watched: ["norm"]).read(in: TrialFolder(folder.path))
    #expect(repeated.curve.reports.map(\.others) == [[:], ["norm": ValueRange(9)]])
    // By the name that it has where it stands.
    let source = MetricSource(.stdout, names: [.init(metric: "loss", source: "l"), .init(metric: "norm", source: "n")])
    try folder.write("n=1 l=2\n", to: "stdout.log")
    let named = MetricReader(source, wanted: ["loss", "norm"], watched: ["norm"]).read(in: TrialFolder(folder.path))
    #expect(named.curve.reports == [Report(step: 1, value: 2, others: ["norm": ValueRange(1)])])
  }

  @Test("a file of metrics takes JSON lines only, and passes over a line cut short")
  func file() throws {
    #expect(try reported("loss=1\n{\"loss\": 2}\n{\"loss\": 3", to: "metrics.jsonl", .file) == ["loss": 2])
    #expect(
      MetricReader(.auto, wanted: ["loss"]).read(in: TrialFolder("/nowhere/at/all")).metrics.values.isEmpty)
  }

  @Test("a line without an end takes no memory to speak of, and what follows is read")
  func longLine() throws {
    let long = String(repeating: "a", count: 5_000_000)
    #expect(try metrics("loss=1 \(long)\nacc=2") == ["loss": 1, "acc": 2])
  }

  @Test("bytes that are no text do no harm")
  func bytes() throws {
    let bytes = [0xFF, 0xFE, 0x00, 0x3D, 0x31, 0x0A] + Array("loss=1\n".utf8) + [0xC3]
    #expect(try reported(bytes, to: "stdout.log", .stdout) == ["loss": 1])
  }

  @Test("at most 256 names are kept")
  func many() throws {
    let text = (0..<1000).map { "m\($0)=\($0)" }.joined(separator: "\n")
    #expect(try metrics(text).count == Metrics.maximumCount)
  }
}

extension ValueRange {
  fileprivate func joined(_ value: Double) -> ValueRange {
    var extent = self
    extent.include(value)
    return extent
  }
}

import Artifacts
import Foundation
import TestSupport
import Testing

@testable import Execution

@Suite("Metrics are read from the files that trials write")
struct MetricSourceTests {
  private static let json = MetricSource(.json, path: "m.json")
  private static let lines = MetricSource(.jsonl, path: "m.jsonl")
  private static let table = MetricSource(.csv, path: "m.csv")

  private func table(_ text: String, _ names: [MetricSource.Name] = []) throws -> [String: Double] {
    try reported(text, to: "m.csv", MetricSource(.csv, path: "m.csv", names: names))
  }

  @Test("a JSON object gives its numbers, and those of the objects in it")
  func objects() throws {
    let text =
      #"{"loss": 0.5, "eval": {"acc": 1, "deep": {"f1": 2}}, "a.b": 3, "name": "x", "list": [1], "none": null}"#
    let expected = ["loss": 0.5, "eval.acc": 1, "eval.deep.f1": 2, "a.b": 3]
    #expect(try reported(text, to: "m.json", Self.json) == expected)
    #expect(try reported("\n  {\n \"loss\": -1e-3\n}\n", to: "m.json", Self.json) == ["loss": -1e-3])
    for text in ["", "[1]", "{\"loss\": 1", "{\"loss\": 1} {}", "\u{FF}"] {
      #expect(try reported(text, to: "m.json", Self.json).isEmpty, "\(text)")
    }
  }

  @Test("what Python writes for numbers that are not finite is read")
  func notFinite() throws {
    let text = #"{"a": NaN, "b": Infinity, "c": {"d": -Infinity}, "e": -1}"#
    for (name, source) in [
      ("m.json", Self.json), ("m.jsonl", Self.lines), ("stdout.log", .stdout), ("metrics.jsonl", .auto),
    ] {
      let found = try reported(text, to: name, source)
      #expect(found["a"]?.isNaN == true && found["b"] == .infinity && found["c.d"] == -.infinity && found["e"] == -1)
    }
    let found = try table("a,b,c\nnan,inf,-Infinity\n")
    #expect(found["a"]?.isNaN == true && found["b"] == .infinity && found["c"] == -.infinity)
  }

  @Test("of JSON lines the last value of each metric counts, and lines cut short do not")
  func jsonLines() throws {
    let text = "{\"loss\": 3, \"step\": 1}\r\n\n{\"eval\": {\"loss\": 2}}\nnoise loss=9\n{\"loss\": 1}\n{\"loss\": 0"
    #expect(try reported(text, to: "m.jsonl", Self.lines) == ["loss": 1, "step": 1, "eval.loss": 2])
    let long = "{\"x\": \"\(String(repeating: "a", count: 900_000))\", \"loss\": 4}"
    #expect(try reported(long, to: "m.jsonl", Self.lines) == ["loss": 4])
  }

  private static let texts: [(String, [String: Double])] = [
    ("epoch,loss\n1,0.5\n2,0.25\n", ["epoch": 2, "loss": 0.25]),
    ("epoch,loss\r\n1,0.5\r\n2,0.25", ["epoch": 2, "loss": 0.25]),
    ("epoch,loss\r1,0.5\r", ["epoch": 1, "loss": 0.5]),
    // As Lightning's CSVLogger writes it.
    (
      "epoch,train_loss,val_loss\n0,0.9,\n0,,0.8\n1,0.7,\n1,,0.6\n", ["epoch": 1, "train_loss": 0.7, "val_loss": 0.6]
    ),
    ("\u{FEFF}\"a\",\"b \"\"c\"\", d\"\n\"1\",\"2\"\n", ["a": 1, "b \"c\", d": 2]),
    ("a,note\n1,\"two\nlines, and \"\"more\"\"\"\n2,\n", ["a": 2]),
    ("a , b\n 1 ,\t2\n\n", ["a": 1, "b": 2]),
    ("\n\na\n1\n", ["a": 1]),
    ("a,b\n1\n2,3,4\n", ["a": 2, "b": 3]),
    ("a,b\n1,2\n3,\"4", ["a": 1, "b": 2]),
    ("a,b\n1,2\nfailed,\n", ["b": 2]),
    ("a\n", [:]), ("", [:]), (",\n1,2\n", ["": 2]),
  ]

  @Test("of a table the last cell of each column that is not empty counts", arguments: texts)
  func tables(text: String, expected: [String: Double]) throws {
    #expect(try table(text) == expected)
  }

  @Test("a table is read in any pieces")
  func pieces() throws {
    let row = "0,\"\(String(repeating: "x\"\"y,\n", count: 50))\",0.5\r\n"
    let text = "epoch,note,loss\r\n" + String(repeating: row, count: 4000) + "7,,0.125\r\n"
    #expect(text.utf8.count > 1 << 20)
    #expect(try table(text) == ["epoch": 7, "loss": 0.125])
  }

  @Test("names say which are collected and what they are called")
  func names() throws {
    let names = [
      MetricSource.Name(metric: "again", source: "valid loss"), .init(metric: "loss", source: "valid loss"),
      .init(metric: "none", source: "nothing"),
    ]
    #expect(try table("epoch,valid loss\n1,2\n", names) == ["loss": 2, "again": 2])
    let source = MetricSource(.json, path: "m.json", names: [.init(metric: "loss", source: "eval.loss")])
    #expect(try reported(#"{"loss": 1, "eval": {"loss": 2}}"#, to: "m.json", source) == ["loss": 2])
    let printed = MetricSource(.auto, names: [.init(metric: "loss", source: "val/loss")])
    #expect(try reported("loss=1 val/loss=2", to: "stdout.log", printed) == ["loss": 2])
  }

  @Test("a pipe, a folder and nothing at all report nothing")
  func others() throws {
    let folder = try TemporaryFolder()
    try folder.makeFolder("m.json")
    _ = try Program.run("mkfifo", ["m.csv"], in: folder.path)
    for source in [Self.json, Self.table, Self.lines, MetricSource(.tensorboard, path: "none")] {
      #expect(MetricReader(source, wanted: ["a"]).read(in: TrialFolder(folder.path)).metrics.values.isEmpty)
    }
  }

  @Test("what an attempt before has left is removed, and nothing else")
  func old() throws {
    let folder = try TemporaryFolder()
    let names = ["m.csv", "model", "events.out.tfevents.1", "runs/a/events.out.tfevents.1"]
    for name in names { try folder.write("", to: name) }
    let trial = TrialFolder(folder.path)
    func left() -> [String] { names.filter { FileManager.default.fileExists(atPath: Path.join(folder.path, $0)) } }
    MetricReader(.auto, wanted: []).removeOldMetrics(in: trial)
    #expect(left() == names)
    MetricReader(Self.table, wanted: []).removeOldMetrics(in: trial)
    #expect(left() == Array(names.dropFirst()))
    MetricReader(MetricSource(.tensorboard), wanted: []).removeOldMetrics(in: trial)
    #expect(left() == ["model"])
  }
}

@Suite("Patterns find metrics in lines")
struct PatternReaderTests {
  private func values(_ pattern: String, _ line: String) throws -> [String: Double]? {
    try MetricPattern(pattern).values(in: Array(line.utf8)).map { found in
      Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.value) })
    }
  }

  private static let matches: [(String, String, [String: Double])] = [
    ("epoch {epoch:int} val loss {val_loss:float}", "epoch 3 val loss 0.5", ["epoch": 3, "val_loss": 0.5]),
    ("epoch {e:int} loss {l}", "[info]  epoch  12\tloss   -1e-3, done", ["e": 12, "l": -1e-3]),
    ("loss {l}", "loss loss 4", ["l": 4]), ("{l} loss", "x 1 2 loss", ["l": 2]),
    ("acc {a}%", "acc 93.5%", ["a": 93.5]),
    ("{{{a}}}", "x {5} {6}", ["a": 5]), ("{d:word}: {a}", "cuda:0: 7", ["a": 7]),
    ("[{w:word}] {a}", "[x y] [z] 1", ["a": 1]),
    ("({e:int}/{n:int})", "(3/10)", ["e": 3, "n": 10]), ("a={a},b={b}", "a=+.5,b=1.", ["a": 0.5, "b": 1]),
    (" a {a} ", "a 1.", ["a": 1]), ("l {l}", "l inf", ["l": .infinity]), ("l {l}", "l -Infinity.", ["l": -.infinity]),
    ("größe {g}", "größe 2", ["g": 2]), ("{a}e", "1e", ["a": 1]),
  ]

  @Test("where they describe them", arguments: matches)
  func found(pattern: String, line: String, expected: [String: Double]) throws {
    #expect(try values(pattern, line) == expected)
  }

  @Test(
    "and nowhere else",
    arguments: [
      ("loss {l}", "loss: 1"), ("loss {l}", "loss x"), ("loss {l}", "loss"), ("loss {l}", "loss1"),
      ("l {l:int}", "l 1.5"),
      ("l {l}", "l 1.5abc"), ("l {l}", "l 1.2.3"), ("{l} s", "a1 s"), ("a {w:word} {l}", "a  1"),
      ("l {l}", "l infinite"),
      ("l {l}", "L 1"), ("l {l}", ""),
    ])
  func notFound(pattern: String, line: String) throws {
    #expect(try values(pattern, line) == nil)
  }

  @Test("the last line that one describes counts, without colours, and progress bars are lines")
  func lines() throws {
    let source = MetricSource(.stdout, pattern: try MetricPattern("val loss {loss}"))
    let text = "loss=9\n\u{1B}[32mval loss\u{1B}[0m 3\nval loss 2\r  5% val loss 1\rval loss x\n"
    #expect(try reported(text, to: "stdout.log", source) == ["loss": 1])
    #expect(try reported("val loss nan", to: "stdout.log", source)["loss"]?.isNaN == true)
  }

  private static let mistakes: [(String, MetricPatternError.Reason, Range<Int>)] = [
    ("a {b", MetricPatternError.Reason.openBrace, 2..<4), ("a {b {c}", .openBrace, 2..<8),
    ("a } {b}", .strayBrace, 2..<3),
    ("{} {b}", .noName, 0..<2), ("{a:real}", .unknownKind("real"), 0..<8), ("{a} {a}", .nameTwice("a"), 4..<7),
    ("é{a}{b}", .touching, 5..<8), ("a {b:word}", .noMetric, 0..<10), ("", .noMetric, 0..<0),
  ]

  @Test("and say what is wrong with them, and where", arguments: mistakes)
  func wrong(text: String, reason: MetricPatternError.Reason, range: Range<Int>) {
    #expect { try MetricPattern(text) } throws: { error in
      let error = error as? MetricPatternError
      return error?.reason == reason && error?.range == range
    }
  }

  @Test("a long line does not hold anything up")
  func long() throws {
    let line = Array((String(repeating: "a a", count: 20_000) + " ").utf8)
    for pattern in ["a a a {l}", "{w:word}b{l}", "{w:word} {v:word} {x:word} b {l}", "a{w:word}c {l}"] {
      let pattern = try MetricPattern(pattern)
      let time = ContinuousClock().measure { #expect(pattern.values(in: line) == nil) }
      #expect(time < .seconds(5))
    }
  }
}

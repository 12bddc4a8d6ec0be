import Artifacts
import Search
import Testing

@testable import Compiler

@Suite("Single values")
struct ScalarTests {
  private func codes(_ sections: String...) -> [String] {
    compile(Array(Experiment.text(sections).utf8), path: "e.yaml", inputs: .recorded([])).diagnostics
      .map(\.message.code)
  }

  private func domain(_ declaration: String) throws -> Domain {
    let plan = try Experiment.plan("parameters: {x: \(declaration), y: {float: [0, 1]}}")
    return try #require(plan.search.space.parameters.first).domain
  }

  @Test(
    "What a value without a type is, by YAML 1.2's core schema",
    arguments: [
      ("1", .int(1)), ("-17", .int(-17)), ("+1", .int(1)), ("0", .int(0)), ("-0", .int(0)), ("0x1F", .int(31)),
      ("0o17", .int(15)), ("1.0", .int(1)), ("1.", .int(1)), ("1e3", .int(1000)), ("1e-3", .float(0.001)),
      ("1E-3", .float(0.001)), (".5", .float(0.5)), ("-.5", .float(-0.5)), ("+.5", .float(0.5)), ("1.5e+2", .int(150)),
      ("5.e-1", .float(0.5)), ("1e16", .float(1e16)), ("9007199254740992", .int(1 << 53)), ("true", .bool(true)),
      ("TRUE", .bool(true)),
      ("False", .bool(false)), ("'1'", .string("1")), ("\"true\"", .string("true")), ("''", .string("")),
      ("no", .string("no")), ("on", .string("on")), ("yes", .string("yes")), ("tRue", .string("tRue")),
      ("12:30:45", .string("12:30:45")), ("2020-01-01", .string("2020-01-01")), ("1.2.3", .string("1.2.3")),
      ("0b11", .string("0b11")), ("0o8", .string("0o8")), ("0x", .string("0x")), ("0xG", .string("0xG")),
      ("1e", .string("1e")), ("e3", .string("e3")), (".", .string(".")), ("-", .string("-")), ("--1", .string("--1")),
      ("inf", .string("inf")), ("nan", .string("nan")), ("1e5x", .string("1e5x")), ("adam", .string("adam")),
      ("_1", .string("_1")), ("é", .string("é")),
    ] as [(String, Value)])
  func values(text: String, value: Value) throws {
    #expect(
      try domain(text == "-" ? "{choice: ['-']}" : text) == (text == "-" ? .choice([.string("-")]) : .constant(value)))
  }

  @Test(
    "What is read in two ways, or as no number, is refused",
    arguments: [
      ("010", "E1007"), ("-07", "E1007"), ("1_000", "E1007"), ("00", "E1007"), (".inf", "E1003"), ("-.INF", "E1003"),
      (".nan", "E1003"), ("1e999", "E1008"), ("99999999999999999999", "E1008"), ("9007199254740993", "E1008"),
      ("0xFFFFFFFFFFFFFFFFFF", "E1008"), ("null", "E1003"), ("~", "E1003"), ("", "E1003"),
    ])
  func refused(text: String, code: String) {
    #expect(
      codes("parameters: {x: {choice: [a, b, \(text.isEmpty ? "!!null ''" : text)]}, y: {float: [0, 1]}}").last
        == (text.isEmpty ? "E0109" : code))
  }

  @Test("Where a number belongs, the same forms are numbers")
  func numbers() throws {
    let float = { (low: Double, high: Double) in Domain.float(FloatRange(lower: low, upper: high)) }
    #expect(try domain("{float: [1e-4, 1e-1]}") == float(1e-4, 1e-1))
    #expect(try domain("{float: [-.5, +1.]}") == float(-0.5, 1))
    #expect(try domain("{float: [0x10, 0o21]}") == float(16, 17))
    #expect(try domain("{int: [1e2, 200.0]}") == .int(IntRange(lower: 100, upper: 200)))
    for bad in ["010", "1_000", "'1'", ".inf", "no", "1e999", "[1]", "~"] {
      #expect(codes("parameters: {x: {float: [\(bad), 2000]}}").count == 1, "\(bad)")
      #expect(codes("parameters: {x: {int: [\(bad), 2000]}}").count == 1, "\(bad)")
    }
  }

  @Test("A number that is too small for a double is refused as one that is too large is")
  func underflow() {
    #expect(codes("parameters: {x: {float: [1e-400, 1]}}") == ["E1008"])
  }

  @Test("A sign before a hexadecimal number makes it a text, by YAML's core schema")
  func signedHexadecimal() throws {
    #expect(try domain("-0x1F") == .constant(.string("-0x1F")))
  }

  @Test(
    "Lengths of time",
    arguments: [
      ("90s", 90_000), ("10m", 600_000), ("1h30m", 5_400_000), ("2d", 172_800_000), ("500ms", 500), ("1.5h", 5_400_000),
      (".5s", 500), ("'10m'", 600_000), ("1h1m1s1ms", 3_661_001), ("3650d", 315_360_000_000),
    ])
  func durations(text: String, milliseconds: Int) throws {
    #expect(try Experiment.plan("budget: {trials: 9, time: \(text)}").timeLimit == milliseconds)
    #expect(try Experiment.plan("trial: {run: 'a ${args}', timeout: \(text)}").trial.timeout == milliseconds)
  }

  @Test(
    "What is no length of time is refused",
    arguments: ["10", "10 m", "m", "ten minutes", "1y", "-5m", "0s", "0.1ms", "3651d", "1h30", "1,5h", "10M", "1e3s"])
  func badDurations(text: String) {
    #expect(codes("budget: {trials: 9, time: '\(text)'}") == ["E1011"])
  }
}

@Suite("Commands")
struct CommandTests {
  private typealias Segment = TrialTemplate.Segment

  private func command(_ run: String) throws -> [[TrialTemplate.Segment]] {
    try Experiment.plan("trial:\n  run: \(run)").trial.command
  }

  private func words(_ run: String) throws -> [String] {
    try command(run).map { template in
      template.map { if case .literal(let text) = $0 { text } else { "…" } }.joined()
    }
  }

  @Test("A command is split at spaces, and quotes keep them")
  func splitting() throws {
    #expect(try words("python  train.py\t--x  ${args}") == ["python", "train.py", "--x", "…"])
    #expect(try words("a 'b c' \"d e\" f' 'g ${args}") == ["a", "b c", "d e", "f g", "…"])
    #expect(try words("a '' \"\" ${args}") == ["a", "", "", "…"])
    #expect(try words("a b\\ c \\\"d \"e\\\"f\" 'g\\h' ${args}") == ["a", "b c", "\"d", "e\"f", "g\\h", "…"])
    #expect(try words("a '|' \"&&\" \\; ${args}") == ["a", "|", "&&", ";", "…"])
    #expect(try words("[a, 'b c', '|', 1, '${args}']") == ["a", "b c", "|", "1", "…"])
    #expect(try words("\"a 'ä b' ${args}\"") == ["a", "ä b", "…"])
  }

  @Test("A folded and a literal block are commands as well")
  func blocks() throws {
    let expected: [[TrialTemplate.Segment]] = [[.literal("a")], [.literal("b")], [.allParameters(.options)]]
    for style in [">", "|", ">-"] {
      let plan = try Experiment.plan("trial:\n  run: \(style)\n    a\n    b ${args}")
      #expect(plan.trial.command == expected)
    }
  }

  @Test("Placeholders stay within their argument; two dollars are one")
  func placeholders() throws {
    let expected: [[TrialTemplate.Segment]] = [
      [.literal("a")], [.literal("--lr="), .parameter("lr"), .literal("x")], [.parameter("lr"), .parameter("lr")],
      [.trialFolder, .literal("/out")], [.trialSeed], [.literal("$5 ${lr}")], [.allParameters(.options)],
    ]
    #expect(
      try command("'a --lr=${lr}x ${lr}${lr} ${trial.dir}/out ${trial.seed} \"$$5 $${lr}\" ${args}'") == expected)
  }

  @Test("A placeholder means the same within quotes, and a value never splits its argument")
  func quotedPlaceholders() throws {
    #expect(try command("a \"x ${lr}\"") == [[.literal("a")], [.literal("x "), .parameter("lr")]])
    let plan = try Experiment.plan("parameters: {s: {choice: ['a b', '$(rm)']}}", "trial: {run: 'p --s=${s}'}")
    let point = Point([.string("a b")])
    #expect(plan.trial.arguments(for: point, in: plan.search.space, seed: 0, folder: "") == ["p", "--s=a b"])
  }
}

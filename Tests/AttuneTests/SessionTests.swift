import Artifacts
import Foundation
import Testing

/// Ask and tell, over the built program's standard streams.
@Suite("A session")
struct SessionTests {
  private static let experiment = """
    attune: 1
    name: asked
    objective: {minimize: loss}
    parameters:
      x: {float: [0, 1]}
      n: {int: [1, 64], scale: log}
      kind: {choice: [a, b]}
      m: {float: [0.1, 0.9], when: kind == "a"}
    constraints: [latency <= 5]
    search: {strategy: bayesian, seed: 7}
    budget: {trials: 12}
    """

  /// A program that tries what it is told, until there is nothing more to try.
  private struct Driver {
    let program: Program
    var arguments: [String] = []
    /// All that was asked and told so far.
    var lines: [String] = []

    /// Gives all the lines again: what a session answers depends on nothing else.
    mutating func send(_ line: String) throws -> JSON {
      lines.append(line)
      let output = try program.run("session", "e.yaml", lines: lines)
      #expect(output.code == 0 && output.err.isEmpty, "\(output.err)")
      let answers = output.out.split(separator: "\n")
      #expect(answers.count == lines.count)
      return try JSON(parsing: Array((answers.last ?? "").utf8))
    }
  }

  private static func loss(_ params: JSON) -> Double {
    let x = params["x"]?.number ?? 9
    return (x - 0.3) * (x - 0.3) + (params["kind"]?.string == "a" ? 0 : 0.2)
  }

  @Test("hands out points of the space, learns from what it is told, and says when it is over")
  func search() throws {
    let program = try Program(["e.yaml": Self.experiment])
    defer { program.remove() }
    var driver = Driver(program: program)
    var best = Double.infinity
    for trial in 0..<12 {
      let asked = try driver.send(#"{"op":"ask"}"#)
      let handed = try #require(asked["trials"]?.array?.first)
      #expect(handed["id"]?.int == trial)
      let params = try #require(handed["params"])
      #expect((0...1).contains(params["x"]?.number ?? -1) && (1...64).contains(params["n"]?.int ?? 0))
      #expect((params["m"] == nil) == (params["kind"]?.string == "b"))
      let loss = Self.loss(params)
      best = min(best, loss)
      #expect(
        try driver.send("{\"op\":\"tell\",\"id\":\(trial),\"metrics\":{\"loss\":\(loss),\"latency\":1}}")["ok"]
          == .bool(true))
    }
    #expect(try driver.send(#"{"op":"ask"}"#) == JSON(parsing: Array(#"{"trials":[],"end":"trials"}"#.utf8)).sorted)
    let answer = try driver.send(#"{"op":"best"}"#)
    #expect(answer["best"]?.array?.first?["metrics"]?["loss"]?.number == best)
  }

  @Test("answers what cannot be taken with an error, and goes on as if it had not been")
  func mistakes() throws {
    let program = try Program(["e.yaml": Self.experiment])
    defer { program.remove() }
    let good = [#"{"op":"ask","count":2}"#, #"{"op":"tell","id":0,"metrics":{"loss":1,"latency":1}}"#]
    let wrong: [(String, String)] = [
      ("nonsense", "no JSON"), ("[]", "a JSON object"), ("{}", "`op` is missing"), (#"{"op":"aks"}"#, "no op `aks`"),
      (#"{"op":"ask","cuont":3}"#, "takes no `cuont`"), (#"{"op":"ask","count":0}"#, "from 1 to"),
      (#"{"op":"ask","count":1.5}"#, "whole number"), (#"{"op":"tell","id":7,"value":1}"#, "no trial 7"),
      (#"{"op":"tell","id":0,"value":1}"#, "told already"), (#"{"op":"tell","id":1}"#, "is missing"),
      (#"{"op":"tell","id":1,"value":1}"#, "`latency` is missing"),
      (#"{"op":"tell","id":1,"metrics":{"los":1,"latency":1}}"#, "`loss` is missing"),
      (#"{"op":"tell","id":1,"value":true}"#, "is a number"),
      (#"{"op":"tell","id":1,"state":"lost"}"#, "`state` is one of"),
      (#"{"op":"tell","id":1,"value":1,"values":[1]}"#, "say the same"),
      (#"{"op":"observe","params":{"x":2,"n":1,"kind":"b"},"metrics":{"loss":1,"latency":1}}"#, "outside"),
      (#"{"op":"observe","params":{"x":1,"n":1,"kind":"b","m":0.5},"metrics":{"loss":1,"latency":1}}"#, "inactive"),
      (#"{"op":"observe","params":{"x":1,"n":1},"metrics":{"loss":1,"latency":1}}"#, "`kind` is missing"),
      (
        #"{"op":"observe","params":{"x":1,"n":1,"kind":"b","y":1},"metrics":{"loss":1,"latency":1}}"#,
        "no parameter `y`"
      ),
    ]
    let last = #"{"op":"ask"}"#
    let output = try program.run("session", "e.yaml", lines: good + wrong.map(\.0) + [last])
    #expect(output.code == 0 && output.err.isEmpty)
    let answers = try output.out.split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }
    try #require(answers.count == good.count + wrong.count + 1)
    for ((line, part), answer) in zip(wrong, answers.dropFirst(good.count)) {
      #expect(answer["error"]?.string?.contains(part) == true, "\(line): \(answer.canonicalText)")
    }
    let undisturbed = try program.run("session", "e.yaml", lines: good + [last])
    #expect(undisturbed.out.split(separator: "\n").last == output.out.split(separator: "\n").last)
  }

  @Test("takes what failed, what is infeasible and what is known from elsewhere; none of the bad is the best")
  func outcomes() throws {
    let program = try Program(["e.yaml": Self.experiment])
    defer { program.remove() }
    let output = try program.run(
      "session", "e.yaml",
      lines: [
        #"{"op":"ask","count":4}"#, #"{"op":"tell","id":0,"state":"failed"}"#,
        #"{"op":"tell","id":1,"state":"infeasible"}"#,
        #"{"op":"tell","id":2,"metrics":{"loss":-9,"latency":99}}"#,
        #"{"op":"tell","id":3,"metrics":{"loss":"nan","latency":1}}"#,
        #"{"op":"observe","params":{"x":0.5,"n":2,"kind":"b"},"metrics":{"loss":3,"latency":1}}"#,
        #"{"op":"report","id":3,"step":1,"value":2}"#, #"{"op":"best"}"#, #"{"op":"ask"}"#,
        #"{"op":"report","id":4,"step":1,"value":2}"#,
        #"{"op":"state"}"#,
      ])
    let answers = try output.out.split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }
    #expect(answers[1...5].allSatisfy { $0["ok"] == .bool(true) })
    #expect(answers[6]["error"] != nil)
    #expect(answers[7]["best"]?.array?.count == 1)
    #expect(answers[7]["best"]?.array?.first?["id"] == .null)
    #expect(answers[9]["stop"] == .bool(false))
    #expect(answers[10]["open"]?.array?.compactMap { $0["id"]?.int } == [4])
    #expect(answers[10]["observed"]?.int == 5)
  }

  @Test("with a journal goes on where it was, after each kill, and decides as if nothing had happened")
  func journal() throws {
    let program = try Program(["e.yaml": Self.experiment])
    defer { program.remove() }
    var lines: [String] = []
    for trial in 0..<11 {
      lines += [
        #"{"op":"ask"}"#,
        "{\"op\":\"tell\",\"id\":\(trial),\"metrics\":{\"loss\":\(1 / Double(trial + 1)),\"latency\":1}}",
      ]
    }
    let last = #"{"op":"ask"}"#
    let undisturbed = try program.run("session", "e.yaml", lines: lines + [last])
    for line in lines {
      let output = try program.run("session", "e.yaml", "--journal", "s.db", lines: [line])
      #expect(output.code == 0 && !output.out.contains("error"), "\(output.out)\(output.err)")
    }
    let output = try program.run("session", "e.yaml", "--journal", "s.db", lines: [last])
    #expect(output.out.split(separator: "\n").last == undisturbed.out.split(separator: "\n").last)

    let changed = Self.experiment.replacing("seed: 7", with: "seed: 8")
    try program.write(changed, to: "e.yaml")
    let refused = try program.run("session", "e.yaml", "--journal", "s.db", lines: [last])
    #expect(refused.code == 65 && refused.err.contains("another session"), "\(refused.err)")
    try program.write("no database", to: "other.db")
    #expect(try program.run("session", "e.yaml", "--journal", "other.db", lines: []).code == 74)
  }

  /// The answers to some lines, one after the other.
  private static func answers(
    _ experiment: String, _ lines: [String], journal: String? = nil, in program: Program? = nil
  ) throws -> [JSON] {
    let own = try program ?? Program()
    defer { if program == nil { own.remove() } }
    try own.write(experiment, to: "e.yaml")
    let output =
      try journal.map { try own.run("session", "e.yaml", "--journal", $0, lines: lines) }
      ?? own.run("session", "e.yaml", lines: lines)
    #expect(output.code == 0 && output.err.isEmpty, "\(output.err)")
    return try output.out.split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }
  }

  private static func small(_ parameters: String, _ strategy: String, _ more: String = "budget: {trials: 100}")
    -> String
  {
    """
    attune: 1
    name: asked
    objective: {minimize: y}
    parameters:
    \(parameters)
    search: {strategy: \(strategy), seed: 3}
    \(more)
    """
  }

  @Test("says why there are no more trials, also when asked for its state", arguments: ["grid", "auto", "tpe"])
  func exhausted(_ strategy: String) throws {
    let lines = [#"{"op":"ask","count":5}"#, #"{"op":"state"}"#, #"{"op":"report","id":0,"step":1,"value":1}"#]
    let answers = try Self.answers(Self.small("  c: {choice: [a, b, d]}", strategy), lines)
    #expect(answers[0]["trials"]?.array?.count == 3 && answers[0]["end"]?.string == "exhausted")
    #expect(answers[1]["end"]?.string == "exhausted")
    // What is open goes on.
    #expect(answers[2]["stop"] == .bool(false))
  }

  @Test("has ended when the budget's trials are handed out, and not before")
  func spent() throws {
    let lines = [
      #"{"op":"ask","count":2}"#, #"{"op":"state"}"#, #"{"op":"ask"}"#, #"{"op":"state"}"#, #"{"op":"ask"}"#,
    ]
    let answers = try Self.answers(Self.small("  x: {float: [0, 1]}", "random", "budget: {trials: 3}"), lines)
    #expect(answers[1]["end"] == .null && answers[2]["end"] == nil)
    #expect(answers[3]["end"]?.string == "trials" && answers[4]["end"]?.string == "trials")
  }

  @Test("tells with the best all metrics that are judged, also when it goes on later")
  func metrics() throws {
    let experiment = Self.small("  x: {float: [0, 1]}", "random", "budget: {trials: 9}\nconstraints: [m >= 0.5]")
    let program = try Program()
    defer { program.remove() }
    let told = [
      #"{"op":"ask","count":2}"#, #"{"op":"tell","id":0,"metrics":{"y":1,"m":0.7,"z":3}}"#,
      #"{"op":"tell","id":1,"metrics":{"y":0,"m":0.4}}"#,
    ]
    let best = JSON.object(["m": .number(0.7), "y": .number(1)])
    for lines in [told + [#"{"op":"best"}"#], [#"{"op":"state"}"#]] {
      let answer = try Self.answers(experiment, lines, journal: "s.db", in: program).last
      #expect(answer?["best"]?.array?.compactMap { $0["metrics"] } == [best])
    }
    let observed = #"{"op":"observe","params":{"x":0.5},"metrics":{"y":0.5,"m":0.9}}"#
    let answers = try Self.answers(experiment, [observed, #"{"op":"best"}"#], journal: "s.db", in: program)
    #expect(answers[1]["best"]?.array?.first?["metrics"] == .object(["m": .number(0.9), "y": .number(0.5)]))
  }

  @Test(
    "decides by what it was told, and not by the order in which that came",
    arguments: ["evolution", "bayesian", "tpe", "cmaes", "auto"])
  func order(_ strategy: String) throws {
    let experiment = Self.small("  x: {float: [0, 1]}\n  z: {float: [0, 1]}", strategy, "budget: {trials: 40}")
    let program = try Program()
    defer { program.remove() }

    /// What is handed out at last.
    func last(_ journal: String, _ order: ([Int]) -> [Int]) throws -> JSON? {
      var points: [Int: JSON] = [:]
      func ask(_ count: Int) throws -> JSON? {
        let line = "{\"op\":\"ask\",\"count\":\(count)}"
        let trials = try Self.answers(experiment, [line], journal: journal, in: program).first?["trials"]
        for trial in trials?.array ?? [] { points[trial["id"]?.int ?? -1] = trial["params"] }
        return trials
      }
      func tell(_ trial: Int) -> String {
        let (x, z) = (points[trial]?["x"]?.number ?? 9, points[trial]?["z"]?.number ?? 9)
        return "{\"op\":\"tell\",\"id\":\(trial),\"value\":\((x - 0.3) * (x - 0.3) + (z - 0.6) * (z - 0.6))}"
      }
      _ = try ask(3)
      // The design looks at no outcomes: it may be asked for in between.
      for trial in order(Array(0..<2)) {
        _ = try Self.answers(experiment, [tell(trial)], journal: journal, in: program)
        _ = try ask(1)
      }
      let elsewhere = #"{"op":"observe","params":{"x":0.35,"z":0.9},"value":0.0925}"#
      _ = try Self.answers(experiment, [elsewhere] + order(Array(2..<5)).map(tell), journal: journal, in: program)
      _ = try ask(8)
      _ = try Self.answers(experiment, order(Array(5..<12)).map(tell), journal: journal, in: program)
      return try ask(4)
    }
    let inOrder = try last("a.db") { $0 }
    #expect(inOrder?.array?.count == 4)
    #expect(try last("b.db") { $0.reversed() } == inOrder)
    #expect(try last("c.db") { $0.filter { $0 % 2 == 1 } + $0.filter { $0 % 2 == 0 } } == inOrder)
  }

  @Test("judges its stopping rules in the order of the trials, whatever the order in which they are told")
  func rules() throws {
    let more = "budget: {trials: 40}\nstopping: [{plateau: {trials: 4}}]"
    let experiment = Self.small("  x: {float: [0, 1]}", "random", more)
    for trials in [Array(0..<5), (0..<5).reversed(), [2, 0, 4, 1, 3]] {
      let tells = trials.map { "{\"op\":\"tell\",\"id\":\($0),\"value\":\($0)}" }
      let lines = [#"{"op":"ask","count":6}"#] + tells + [#"{"op":"state"}"#, #"{"op":"best"}"#, #"{"op":"ask"}"#]
      let answers = try Self.answers(experiment, lines).suffix(3)
      #expect(answers.first?["end"]?.string == "plateau" && answers.last?["end"]?.string == "plateau")
      #expect(answers.dropFirst().first?["best"]?.array?.first?["id"]?.int == 0)
    }
  }

  @Test("refuses a file with mistakes, and plan and apply refuse one without a trial")
  func files() throws {
    let program = try Program([
      "e.yaml": Self.experiment, "wrong.yaml": Self.experiment.replacing("bayesian", with: "bayes"),
    ])
    defer { program.remove() }
    #expect(try program.run("session", "wrong.yaml", lines: []).code == 65)
    #expect(try program.run("session", "none.yaml", lines: []).code == 74)
    #expect(try program.run("check", "e.yaml").code == 0)
    for command in ["plan", "apply", "graph"] {
      let output = try program.run(command, "e.yaml")
      #expect(
        output.code == 65 && output.err.contains("W1001") && output.err.contains("nothing to run"), "\(output.err)")
    }
  }
}

extension JSON {
  /// As it is read back from its canonical form.
  fileprivate var sorted: JSON {
    get throws { try JSON(parsing: canonicalBytes) }
  }
}

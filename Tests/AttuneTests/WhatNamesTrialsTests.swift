import Foundation
import Testing

/// Whatever a trial reads that attune can see is a part of what it is: nothing recorded stands for another trial.
@Suite("What names trials")
struct WhatNamesTrialsTests {
  private static let apply = ["apply", "e.yaml", "--yes", "--progress", "plain"]

  private static func recordsAll(_ program: Program, _ environment: [String: String] = [:]) throws -> Bool {
    try program.run(apply, environment: environment).out.contains("\n0 run in this apply, 10 recorded")
  }

  /// Whether each apply runs all trials after a change, and none without one.
  private static func distinguishes(_ program: Program, _ change: () throws -> Void) throws -> Bool {
    #expect(try program.run(apply).out.contains("\n10 run in this apply"))
    guard try recordsAll(program) else { return false }
    try change()
    let output = try program.run(apply)
    return output.out.contains("\n10 run in this apply, 0 recorded")
  }

  @Test("The value of a variable that the command names is one of them, and stands nowhere")
  func variable() throws {
    let program = try Program.oneParameter("echo loss=$(($1 + $2))", run: "sh t.sh ${x} ${env:SHARDS}")
    defer { program.remove() }
    func environment(_ shards: String) -> [String: String] { ["SHARDS": shards] }
    #expect(try program.run(Self.apply, environment: environment("10")).out.contains("\n10 run in this apply"))
    #expect(try Self.recordsAll(program, environment("10")))
    let plan = try program.run("plan", "e.yaml", "-o", "a.plan.json", environment: environment("20"))
    #expect(plan.out.contains("changed since the last apply: the value of the variable SHARDS"), "\(plan)")
    #expect(
      plan.out.contains(
        "    - 10 recorded trials no part of it any more: they differ in the value of the variable SHARDS\n"))
    #expect(
      try program.run("why", "0", "e.yaml", environment: environment("20")).out.contains(
        "the value of the variable SHARDS"))
    #expect(!(try program.read("a.plan.json")).contains("\"20\""))
    let other = try program.run("apply", "a.plan.json", "--yes", environment: environment("30"))
    #expect(other.code == 65 && other.err.contains("the value of the variable SHARDS"), "\(other)")
    #expect(
      try program.run("apply", "a.plan.json", "--yes", environment: environment("20")).out.contains(
        "\n10 run in this apply, 0 recorded"))
    #expect(try program.run("verify", "results/one/manifest.json").code == 0)
    let reproduction = try program.run("reproduce", "results/one/manifest.json", environment: environment("30"))
    #expect(reproduction.err.contains("warning: recorded with another value of the variable SHARDS"), "\(reproduction)")
    #expect(try Self.recordsAll(program, environment("10")))
  }

  @Test(
    "An interpreter that another program runs, or a script of the shell names, is one of them",
    arguments: [
      "env A=1 python3 t.py ${x}", "timeout -k 5 60 python3 t.py ${x}", "nice -n 5 python3 t.py ${x}", "sh t.sh ${x}",
    ])
  func interpreter(_ command: String) throws {
    let python = try StandInPython(version: "3.11.2")
    let program = try Program.oneParameter("exec python3 t.py $1", inputs: ", inputs: [t.py, t.sh]", run: command)
    defer { program.remove() }
    try program.write("", to: "t.py")
    #expect(try program.run(Self.apply, environment: python.environment).out.contains("\n10 run in this apply"))
    #expect(try Self.recordsAll(program, python.environment))
    try python.setVersion("3.12.0")
    #expect(
      try program.run(Self.apply, environment: python.environment).out.contains("\n10 run in this apply, 0 recorded"))
  }

  @Test("Files behind links to folders are inputs, and a link that goes round is no matter")
  func link() throws {
    let program = try Program.oneParameter("echo loss=$(($1 + $(cat data/v)))", inputs: "")
    defer { program.remove() }
    let other = try Program(["v": "1"])
    defer { other.remove() }
    let files = FileManager.default
    try files.createSymbolicLink(atPath: program.url("data").path, withDestinationPath: other.folder.path)
    try files.createSymbolicLink(atPath: program.url("self").path, withDestinationPath: ".")
    try files.createSymbolicLink(atPath: other.url("back").path, withDestinationPath: program.folder.path)
    #expect(try Self.distinguishes(program) { try other.write("2", to: "v") })
    #expect(try program.run("plan", "e.yaml").out.contains("data/v"))
  }

  @Test(
    "A folder named results is an input but where attune's own results are", arguments: ["", ", inputs: [t.sh, data]"])
  func results(_ inputs: String) throws {
    let program = try Program.oneParameter("echo loss=$(($1 + $(cat data/results/v)))", inputs: inputs)
    defer { program.remove() }
    try program.write("1", to: "data/results/v")
    try program.write("1", to: "other/results/one/manifest.json")
    #expect(try Self.distinguishes(program) { try program.write("2", to: "data/results/v") })
    try program.write("2", to: "other/results/one/manifest.json")
    #expect(try Self.recordsAll(program))
  }

  @Test("A file whose name is not UTF-8 is refused")
  func name() throws {
    let program = try Program.oneParameter("echo loss=$1", inputs: "")
    defer { program.remove() }
    let path = Array(program.folder.path.utf8CString.dropLast()) + [0x2F, 0x62, CChar(bitPattern: 0xFF), 0]
    close(creat(path, 0o644))
    let output = try program.run(Self.apply)
    #expect(output.code == 65 && output.err.contains("is not UTF-8"), "\(output)")
  }

  @Test("Where attune itself prints to is no input")
  func log() throws {
    let program = try Program.oneParameter("echo loss=$1", inputs: "")
    defer { program.remove() }
    for round in 0..<2 {
      let shell = Process()
      shell.executableURL = URL(fileURLWithPath: "/bin/sh")
      shell.arguments = ["-c", "'\(Program.path)' apply e.yaml --yes > run.log 2>&1"]
      shell.currentDirectoryURL = program.folder
      try shell.run()
      shell.waitUntilExit()
      let text = try program.read("run.log")
      #expect(shell.terminationStatus == 0 && text.contains("\n\(round == 0 ? 10 : 0) run in this apply"), "\(text)")
    }
  }

  @Test("An input that is written and then as it was again ends the apply: a trial may have read it")
  func writtenTwice() throws {
    let program = try Program.oneParameter(
      "sleep 0.2; cat v > /dev/null; echo loss=$(cat v)", inputs: ", inputs: [t.sh, v]")
    defer { program.remove() }
    try program.write("1", to: "v")
    let running = try program.start(Self.apply)
    try running.waitUntil { $0.contains("trial 1 ") }
    try program.write("2", to: "v")
    try program.write("1", to: "v")
    let output = try running.wait()
    #expect(output.code == 65 && output.err.contains("written while trials ran: v"), "\(output)")
    // Rights are no content.
    let again = try program.start(Self.apply)
    try again.waitUntil { $0.contains("trial 5 ") }
    chmod(program.url("v").path, 0o600)
    #expect(try again.wait().code == 0)
  }

  @Test("The plan names recorded trials that are no part of it any more, and why")
  func dropped() throws {
    let program = try Program.oneParameter("echo loss=$1")
    defer { program.remove() }
    #expect(try program.run(Self.apply).code == 0)
    #expect(!(try program.run("plan", "e.yaml").out.contains("no part of it")))
    let text = try program.read("e.yaml")
    try program.write(text.replacing("int: [0, 9]", with: "int: [0, 6]"), to: "e.yaml")
    let plan = try program.run("plan", "e.yaml").out
    #expect(plan.contains("    = 7 trials recorded: not run again\n"), "\(plan)")
    #expect(
      plan.contains(
        """
            - 3 recorded trials no part of it any more: outside of its space
              - {"x":9}
              - {"x":8}
              - {"x":7}

        """), "\(plan)")
    try program.write(text.replacing("parallel: 2", with: "parallel: 2, trials: 4"), to: "e.yaml")
    #expect(
      try program.run("plan", "e.yaml").out.contains(
        "- 6 recorded trials no part of it any more: not among its trials\n"))
  }

  @Test("A first trial without its metric ends an apply of quick trials, and says what it printed", arguments: [1, 4])
  func firstMetric(_ parallel: Int) throws {
    let program = try Program.oneParameter("echo $1 >> ran; echo losss=1", parallel: parallel)
    defer { program.remove() }
    let output = try program.run(Self.apply)
    #expect(output.code != 0 && output.err.contains("did you mean") && output.err.contains("losss"), "\(output)")
    #expect(try program.read("ran").split(separator: "\n").count <= parallel)
    #expect(!program.exists("results/one/manifest.json"))
  }
}

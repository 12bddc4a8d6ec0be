import Artifacts
import Foundation
import Testing

@Suite("Reuse")
struct ReuseTests {
  private static let apply = ["apply", "e.yaml", "--yes", "--progress", "plain"]

  /// Ten trials, of which each notes that it ran.
  private static func program(_ trial: String = "") throws -> Program {
    try Program.oneParameter("echo $1 >> ran\necho loss=$1", trial: trial)
  }

  private static func runs(_ program: Program) throws -> Int {
    program.exists("ran") ? try program.read("ran").split(separator: "\n").count : 0
  }

  @Test("--fresh runs all trials again, and what it has recorded stands for them afterwards")
  func fresh() throws {
    let program = try Self.program()
    defer { program.remove() }
    #expect(try program.run(Self.apply).code == 0)
    let first = try program.read("results/one/manifest.json")
    #expect(try program.run(Self.apply).out.contains("\n0 run in this apply, 10 recorded"))
    let output = try program.run(Self.apply + ["--fresh"])
    #expect(output.code == 0 && output.out.contains("\n10 run in this apply, 0 recorded"), "\(output)")
    #expect(output.out.contains("+ 10 trials to run"))
    #expect(try Self.runs(program) == 20)
    // The same result, so the manifest stands as it is.
    #expect(try program.read("results/one/manifest.json") == first)
    #expect(try program.run(Self.apply).out.contains("\n0 run in this apply, 10 recorded"))
  }

  @Test("An apply with --fresh that was stopped is gone on with without it")
  func freshAndStopped() throws {
    let program = try Program.oneParameter("echo $1 >> ran\n[ $1 != 5 ] || [ -e go ] || sleep 60\necho loss=$1")
    defer { program.remove() }
    try program.write("", to: "go")
    #expect(try program.run(Self.apply).code == 0)
    try FileManager.default.removeItem(at: program.url("go"))
    let apply = try program.start(Self.apply + ["--fresh", "--parallel", "1"])
    #expect(eventually { (try? Self.runs(program)) ?? 0 >= 16 })
    apply.send(SIGTERM)
    let output = try apply.wait()
    #expect(output.err.contains("the same command without --fresh goes on from there"), "\(output)")
    #expect(try program.run(Self.apply).out.contains("\n0 run in this apply, 10 recorded"))
  }

  @Test("A limit of time that closed a result does not close the one that --fresh makes")
  func freshAfterClosure() throws {
    let program = try Program.oneParameter(
      "echo $1 >> ran\n[ -e go ] || sleep 0.4\necho loss=$1", parallel: 1, budget: ", time: 1s")
    defer { program.remove() }
    let closed = try program.run(Self.apply)
    #expect(closed.code == 0 && closed.out.contains("time"), "\(closed)")
    #expect(try Self.runs(program) < 10)
    #expect(try program.run(Self.apply).out.contains("\n0 run in this apply"))
    try program.write("", to: "go")
    let output = try program.run(Self.apply + ["--fresh"])
    #expect(output.out.contains("\n10 run in this apply, 0 recorded"), "\(output)")
    #expect(try program.run("verify", "results/one/manifest.json").code == 0)
    #expect(try program.run("doctor").code == 0)
  }

  @Test("Without a cache each apply runs all trials, and one that was killed is gone on with")
  func cache() throws {
    let program = try Program.oneParameter(
      "echo $1 >> ran\n[ -e go ] || [ $(wc -l < ran) -lt 6 ] || sleep 60\necho loss=$1", trial: ", cache: false")
    defer { program.remove() }
    let apply = try program.start(Self.apply + ["--parallel", "1"])
    while try !program.run("status", "--json").out.contains("\"recorded\":5") { usleep(20_000) }
    apply.send(SIGKILL)
    _ = try apply.wait()
    try program.write("", to: "go")
    let output = try program.run(Self.apply)
    #expect(output.out.contains("\n5 run in this apply, 5 recorded"), "\(output)")
    #expect(try program.run("plan", "e.yaml").out.contains("10 trials to run"))
    #expect(try program.run(Self.apply).out.contains("\n10 run in this apply, 0 recorded"))
    // Another experiment has its own, and its outcomes stand for none of these.
    let text = try program.read("e.yaml")
    try program.write(
      text.replacing(", cache: false", with: "").replacing("name: one", with: "name: two"), to: "f.yaml")
    #expect(try program.run("apply", "f.yaml", "--yes").out.contains("\n0 run in this apply, 10 recorded"))
    #expect(try program.run("verify", "results/one/manifest.json").code == 0)
  }

  @Test("Another version of the interpreter makes other trials, as far as it counts")
  func interpreter() throws {
    let python = try StandInPython(version: "3.11.2")
    let environment = python.environment
    let program = try Self.program()
    defer { program.remove() }
    let text = try program.read("e.yaml").replacing("sh t.sh", with: "python3 t.sh")
    func toRun(_ interpreter: String = "") throws -> String {
      try program.write(text.replacing("inputs:", with: "\(interpreter)inputs:"), to: "e.yaml")
      let output = try program.run(["plan", "e.yaml"], environment: environment)
      return String(output.out.split(separator: "\n").last ?? "")
    }
    try program.write(text, to: "e.yaml")
    let plan = try program.run(["plan", "e.yaml", "-o", "saved.plan.json"], environment: environment)
    #expect(plan.out.contains("      python3 3.11.2\n"), "\(plan)")
    #expect(try program.run(Self.apply, environment: environment).code == 0)
    #expect(try toRun().contains("0 to run"))
    try python.setVersion("3.11.4")
    #expect(try toRun().contains("10 to run"))
    let why = try program.run(["why", "0", "e.yaml"], environment: environment)
    #expect(why.out.contains("the interpreter: python3 3.11.2 there, python3 3.11.4 here"), "\(why)")
    let stale = try program.run(["apply", "saved.plan.json", "--yes"], environment: environment)
    #expect(stale.code == 65 && stale.err.contains("the interpreter: python3 3.11.2 there"), "\(stale)")
    _ = try toRun("interpreter: minor, ")
    #expect(try program.run(Self.apply, environment: environment).code == 0)
    try python.setVersion("3.11.9")
    #expect(try toRun("interpreter: minor, ").contains("0 to run"))
    try python.setVersion("3.12.0")
    #expect(try toRun("interpreter: minor, ").contains("10 to run"))
    _ = try toRun("interpreter: any, ")
    #expect(try program.run(Self.apply, environment: environment).code == 0)
    try python.setVersion("3.13.0")
    #expect(try toRun("interpreter: any, ").contains("0 to run"))
    // What is recorded verifies where there is no such interpreter.
    #expect(try program.run("verify", "results/one/manifest.json").code == 0)
  }

  @Test("Nothing of the project is executed to find a version; a virtual environment says it in a file")
  func noExecution() throws {
    let program = try Self.program()
    defer { program.remove() }
    let text = try program.read("e.yaml")
    try program.write("#!/bin/sh\ntouch executed\necho Python 9.9", to: "bin/python3")
    try program.write("#!\(program.folder.path)/bin/python3\n", to: "tool")
    for name in ["bin/python3", "tool"] { chmod(program.url(name).path, 0o755) }
    for command in ["bin/python3", "\(program.folder.path)/bin/python3", "./tool"] {
      try program.write(text.replacing("sh t.sh", with: "\(command) t.sh"), to: "e.yaml")
      let output = try program.run("plan", "e.yaml")
      #expect(output.code == 0 && !output.out.contains("9.9"), "\(output)")
    }
    #expect(!program.exists("executed"))
    try program.write("home = /usr\nversion = 3.10.7\n", to: "pyvenv.cfg")
    #expect(try program.run("plan", "e.yaml").out.contains("      python3 3.10.7\n"))
    #expect(!program.exists("executed"))
  }
}

import Artifacts
import Foundation
import Testing

/// What the world does to a run: nothing that finished is lost, nothing is recorded that is not true, nothing is left.
@Suite("Faults")
struct FaultTests {
  private func plan(_ program: Program) throws -> String { try program.run("plan", "e.yaml").out }

  @Test("A journal that was never finished is made anew")
  func emptyJournal() throws {
    let program = try Program.oneParameter("echo loss=$1")
    defer { program.remove() }
    try program.write("", to: ".attune/journal.sqlite")
    #expect(try plan(program).contains("10 to run"))
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
  }

  @Test(
    "What was recorded already a kill is read and gone on with, also when the log's index is lost",
    arguments: [false, true])
  func killedJournal(_ losesIndex: Bool) throws {
    let program = try Program.oneParameter("sleep 0.1; echo loss=$1")
    defer { program.remove() }
    let running = try program.start(["apply", "e.yaml", "--yes"])
    try running.waitUntil { $0.contains("trial 4 ") }
    running.send(SIGKILL)
    let said = try running.wait().err.components(separatedBy: "\n").filter { $0.hasPrefix("trial ") }.count
    if losesIndex { try FileManager.default.removeItem(at: program.url(".attune/journal.sqlite-shm")) }
    let recorded = try #require(try plan(program).firstMatch(of: /([0-9]+) recorded\.\n/)?.1)
    #expect(try #require(Int(recorded)) >= said)
    #expect(try program.run("apply", "e.yaml", "--yes").out.contains(", \(recorded) recorded already."))
  }

  @Test("A hang-up that is ignored is ignored, as nohup wants")
  func nohup() throws {
    let program = try Program.oneParameter("sleep 0.2; echo loss=$1")
    defer { program.remove() }
    try program.write("trap '' HUP; exec \"$@\"", to: "nohup.sh")
    let running = try program.start(["apply", "e.yaml", "--yes"], through: ["/bin/sh", "nohup.sh"])
    try running.waitUntil { $0.contains("trial 1 ") }
    running.send(SIGHUP)
    let output = try running.wait()
    #expect(output.code == 0, "\(output.err)")
  }

  @Test("A signal that ends trials and then attune, as a shutdown does, says nothing of the trials")
  func shutdown() throws {
    let program = try Program.oneParameter("test -e slow || { echo loss=$1; exit; }; exec sleep 44.5")
    defer { program.remove() }
    try program.write("", to: "slow")
    let running = try program.start(["apply", "e.yaml", "--yes"])
    #expect(eventually { processes(with: "44.5").count >= 2 })
    for process in processes(with: "44.5") { kill(process, SIGTERM) }
    usleep(100_000)
    running.send(SIGTERM)
    #expect(try running.wait().code == 143)
    try FileManager.default.removeItem(at: program.url("slow"))
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    #expect(try !program.read("results/one/trials.jsonl").contains("failed"))
  }

  @Test("A daemon that has cleared its environment is ended with the run")
  func clearedEnvironment() throws {
    let program = try Program.oneParameter("env -i setsid -f sleep 55.5; echo loss=$1")
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    #expect(eventually { processes(with: "55.5").isEmpty })
  }

  @Test("A copied project does not end the other's trials")
  func copiedProject() throws {
    let program = try Program.oneParameter("sleep 0.3; echo loss=$1", parallel: 4)
    defer { program.remove() }
    let copy = try Program()
    defer { copy.remove() }
    try program.write("echo loss=$1", to: "t.sh")
    try program.run("apply", "e.yaml", "--yes")
    try program.write("sleep 0.3; echo loss=$1", to: "t.sh")
    for name in ["e.yaml", "t.sh", ".attune"] {
      try FileManager.default.copyItem(at: program.url(name), to: copy.url(name))
    }
    let first = try program.start(["apply", "e.yaml", "--yes"])
    let second = try copy.start(["apply", "e.yaml", "--yes"])
    #expect(try first.wait().code == 0)
    #expect(try second.wait().code == 0)
    #expect(try !program.read("results/one/trials.jsonl").contains("failed"))
    #expect(try !copy.read("results/one/trials.jsonl").contains("failed"))
  }

  @Test("A pipe in the place of a trial's output holds nothing up")
  func pipes() throws {
    let program = try Program.oneParameter(
      "for f in stdout.log metrics.jsonl; do rm -f $ATTUNE_TRIAL_DIR/$f; mkfifo $ATTUNE_TRIAL_DIR/$f; done; exit $1")
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 1)
    #expect(try program.run("apply", "e.yaml", "--yes", "--retry-failed").code == 1)
  }

  @Test("The objective's metric is found among any number of others")
  func manyMetrics() throws {
    let program = try Program.oneParameter("i=0; while [ $i -lt 300 ]; do echo a$i=1; i=$((i+1)); done; echo loss=$1")
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").out.contains("Best configuration: trial 0, loss 0"))
  }

  @Test("Failed trials that are to run again are asked for, and counted in the plan")
  func retryAsks() throws {
    let program = try Program.oneParameter("test $1 -gt 0 && echo loss=$1")
    defer { program.remove() }
    try program.run("apply", "e.yaml", "--yes")
    let output = try program.run("apply", "e.yaml", "--retry-failed")
    #expect(output.code == 64)
    #expect(output.out.contains("1 to run, 9 recorded."))
    #expect(output.out.contains("      + 0  x=0\n      = 1  x=1\n"))
  }

  @Test("A trial that writes beside its script is told of, and the next plan says why its trials are others")
  func newInputs() throws {
    let program = try Program.oneParameter("echo $1 >> log.txt; echo loss=$1", inputs: "")
    defer { program.remove() }
    // Another experiment in the folder is none of this one's inputs.
    try program.write(Bowl.experiment(), to: "other.yaml")
    let output = try program.run("apply", "e.yaml", "--yes")
    #expect(output.code == 0)
    #expect(output.err.contains("warning: changed while trials ran: the input log.txt, which is new"))
    let next = try plan(program)
    #expect(next.contains("none is recorded; changed since the last apply: the input log.txt, which is new"))
    #expect(!next.contains("other.yaml"))
    #expect(try program.read(".attune/.gitignore") == "*\n")
  }

  @Test("Data that cannot be written is a failure")
  func fullOutput() throws {
    let program = try Program.oneParameter("echo loss=$1")
    defer { program.remove() }
    try program.write("exec \"$@\" > /dev/full", to: "full.sh")
    for arguments in [["plan", "e.yaml", "--json"], ["plan", "e.yaml"], ["check", "e.yaml"]] {
      #expect(try program.start(arguments, through: ["/bin/sh", "full.sh"]).wait().code == 74)
    }
  }

  @Test("When a trial cannot be started, those that run are waited for and recorded")
  func launchFails() throws {
    let program = try Program.oneParameter("sleep 0.5; echo loss=$1")
    defer { program.remove() }
    try program.write(program.read("e.yaml").replacing("sh t.sh", with: "./t.sh"), to: "e.yaml")
    try program.write("#!/bin/sh\nrm -f no; sleep 0.5; echo loss=$1", to: "t.sh")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.url("t.sh").path)
    let running = try program.start(["apply", "e.yaml", "--yes", "--parallel", "2"])
    try running.waitUntil { $0.contains("trial 0 ") }
    // The mode is no part of the bytes: the input is the same, and cannot be started.
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: program.url("t.sh").path)
    let output = try running.wait()
    #expect(output.code == 69)
    #expect(output.err.contains("cannot start `./t.sh`: Permission denied"))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.url("t.sh").path)
    let started = output.err.components(separatedBy: "\n").filter { $0.hasPrefix("trial ") }.count
    #expect(try plan(program).contains("\(started) recorded."))
  }
}

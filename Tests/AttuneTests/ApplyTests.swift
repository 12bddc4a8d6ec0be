import Artifacts
import Foundation
import Testing

@Suite("Apply")
struct ApplyTests {
  /// The classes of failure of a finished run, by trial.
  private func failures(_ program: Program) throws -> [String?] {
    try program.read("results/one/trials.jsonl").split(separator: "\n").map { line in
      try JSON(parsing: line.utf8)["failure"]?["class"]?.string
    }
  }

  @Test("refuses before any work when nobody can be asked")
  func refuses() throws {
    let program = try Program.oneParameter("echo loss=1")
    defer { program.remove() }
    let output = try program.run("apply", "e.yaml")
    #expect(output.code == 64)
    #expect(output.err.contains("nothing was run"))
    #expect(!program.exists(".attune") && !program.exists("results"))
  }

  @Test("records each way in which a trial can fail, and goes on")
  func failureClasses() throws {
    let program = try Program.oneParameter(
      """
      case $1 in
        0) exit 3 ;;
        1) kill -SEGV $$ ;;
        2) sleep 60 ;;
        3) echo lose=1 ;;
        4) echo loss=nan ;;
        5) echo loss=inf ;;
        6) trap '' TERM; while :; do sleep 1; done ;;
        *) echo "epoch 1 loss: 9.5, acc=0.1"; echo loss=$1 ;;
      esac
      """, trial: ", timeout: 300ms, failures: {metric-missing: failed}")
    defer { program.remove() }
    let output = try program.run("apply", "e.yaml", "--yes", "--parallel", "8")
    #expect(output.code == 0, "\(output.err)")
    let wanted = ["exit", "signal", "timeout", "metric-missing", "metric-not-finite", "metric-not-finite", "timeout"]
    #expect(try failures(program) == wanted + [nil, nil, nil])
    #expect(output.out.contains("Best configuration: trial 7, loss 7"))
    #expect(output.err.contains("it did not report loss as a number on standard output or in a file; it reported lose"))
    #expect(try program.run("verify", "results/one/manifest.json").code == 0)
  }

  @Test("ends with its own code when no trial completed")
  func nothingCompleted() throws {
    let program = try Program.oneParameter("exit 1")
    defer { program.remove() }
    let output = try program.run("apply", "e.yaml", "--yes")
    #expect(output.code == 1)
    #expect(output.out.contains("No trial completed"))
    #expect(try program.run("verify", "results/one/manifest.json").code == 0)
  }

  @Test("runs failed trials again when told to, and only those")
  func retryFailed() throws {
    let program = try Program.oneParameter("test -e ok || test $1 = 0 || exit $1; echo loss=$1")
    defer { program.remove() }
    try program.run("apply", "e.yaml", "--yes")
    #expect(try failures(program).compactMap { $0 }.count == 9)
    try program.write("", to: "ok")
    #expect(try program.run("apply", "e.yaml", "--yes").out.contains("0 run in this apply, 10 recorded already."))
    let output = try program.run("apply", "e.yaml", "--yes", "--retry-failed")
    #expect(output.out.contains("9 run in this apply, 1 recorded already."))
    #expect(try failures(program).allSatisfy { $0 == nil })
  }

  @Test("gives trials their parameters, their seed, a folder and a file for metrics")
  func contract() throws {
    let program = try Program.oneParameter(
      """
      set -e
      test "$(cat "$ATTUNE_PARAMS")" = "{\\"x\\":$1}"
      test "$PWD" = "$HERE" && test "$DECLARED" = 'a b'
      test "$ATTUNE_SEED" -ge 0 && test "$ATTUNE_SEED" -lt 2147483648
      echo kept > "$ATTUNE_TRIAL_DIR/model"
      echo loss=99
      echo '{"loss": 5, "step": 1}' >> "$ATTUNE_METRICS"
      echo "{\\"loss\\": $1}" >> "$ATTUNE_METRICS"
      """, trial: ", environment: {DECLARED: a b}")
    defer { program.remove() }
    let output = try program.run("apply", "e.yaml", "--yes", environment: ["HERE": program.folder.path])
    #expect(output.out.contains("Best configuration: trial 0, loss 0\n"), "\(output.err)")
    #expect(try failures(program).allSatisfy { $0 == nil })
  }

  @Test("refuses a second apply at once, and says who is at work")
  func locked() throws {
    let program = try Program.oneParameter("sleep 20; echo loss=1")
    defer { program.remove() }
    let first = try program.start(["apply", "e.yaml", "--yes"])
    defer { first.send(SIGKILL) }
    #expect(eventually { processes(with: "t.sh").count >= 2 && program.exists(".attune/journal.sqlite") })
    let second = try program.run("apply", "e.yaml", "--yes")
    #expect(second.code == 75)
    #expect(second.err.contains("process \(first.pid)"))
    // Reading needs no lock.
    #expect(try program.run("plan", "e.yaml").code == 0)
  }

  @Test("stops gently at the first Ctrl-C: what runs is waited for and kept")
  func interruptedOnce() throws {
    let program = try Program.oneParameter("sleep 0.3; echo loss=$1")
    defer { program.remove() }
    let running = try program.start(["apply", "e.yaml", "--yes"])
    try running.waitUntil { $0.contains("trial 1 ") }
    running.send(SIGINT)
    let output = try running.wait()
    #expect(output.code == 130)
    #expect(output.err.contains("Ctrl-C again"))
    #expect(!program.exists("results/one/manifest.json"))
    let resumed = try program.run("apply", "e.yaml", "--yes")
    #expect(resumed.code == 0)
    #expect(!resumed.out.contains(", 0 recorded already"))
  }

  @Test("ends its trials at the second Ctrl-C, and at SIGTERM", arguments: [[SIGINT, SIGINT], [SIGTERM], [SIGHUP]])
  func ended(_ signals: [Int32]) throws {
    let program = try Program.oneParameter(
      "trap '' TERM; sleep 777.\(signals.count)\(signals[0])9 & wait; wait; echo loss=1")
    defer { program.remove() }
    let running = try program.start(["apply", "e.yaml", "--yes"])
    let marker = "777.\(signals.count)\(signals[0])9"
    #expect(eventually { processes(with: marker).count >= 2 })
    for signal in signals {
      running.send(signal)
      usleep(200_000)
    }
    #expect(try running.wait().code == 128 + signals[0])
    #expect(processes(with: marker).isEmpty)
  }

  @Test("leaves no process behind: not of a trial that ended, nor of an apply that was killed")
  func orphans() throws {
    let program = try Program.oneParameter(
      "setsid sleep 888.1 & (setsid sleep 888.1 &) ; test $1 -lt 4 || sleep 888.1; echo loss=$1")
    defer { program.remove() }
    let running = try program.start(["apply", "e.yaml", "--yes"])
    try running.waitUntil { $0.contains("trial 3 ") }
    // Daemons of the trials that ended are gone; those of the two that run may be there.
    #expect(eventually { processes(with: "888.1").count <= 6 })
    running.send(SIGKILL)
    _ = try running.wait()
    #expect(eventually { processes(with: "888.1").isEmpty })
  }

  @Test("stops when an input changes while trials run, and files nothing under what it was")
  func changedInput() throws {
    let program = try Program.oneParameter("sleep 0.2; echo loss=$1")
    defer { program.remove() }
    let running = try program.start(["apply", "e.yaml", "--yes"])
    try running.waitUntil { $0.contains("trial 1 ") }
    try program.write("sleep 0.1; echo loss=5", to: "t.sh")
    let output = try running.wait()
    #expect(output.code == 65)
    #expect(output.err.contains("written while trials ran: t.sh"))
    #expect(try program.run("plan", "e.yaml").out.contains("10 to run"))
  }

  @Test("goes on with what is recorded when the budget grows")
  func extended() throws {
    let program = try Program(["e.yaml": Bowl.experiment(trials: 10), "bowl.sh": "echo loss=$1"])
    defer { program.remove() }
    try program.run("apply", "e.yaml", "--yes")
    let first = try program.read("results/bowl/manifest.json")
    try program.write(Bowl.experiment(trials: 15), to: "e.yaml")
    #expect(try program.run("plan", "e.yaml").out.hasSuffix("15 trials, 5 to run, 10 recorded.\n"))
    let output = try program.run("apply", "e.yaml", "--yes")
    #expect(output.out.contains("5 run in this apply, 10 recorded already."))
    // The result that was there before is kept.
    let kept = try FileManager.default.contentsOfDirectory(atPath: program.url("results/bowl/previous").path)
    #expect(kept.count == 1)
    #expect(try program.read("results/bowl/previous/\(kept[0])/manifest.json") == first)
    #expect(try program.run("verify", "results/bowl/previous/\(kept[0])/manifest.json").code == 0)
  }

  @Test("ends when the budget's time is up, and again at the same place")
  func timeBudget() throws {
    let program = try Program.oneParameter("sleep 0.2; echo loss=$1", budget: ", time: 500ms")
    defer { program.remove() }
    let output = try program.run("apply", "e.yaml", "--yes")
    #expect(output.code == 0, "\(output.err)")
    #expect(output.out.contains("the budget's time was up"))
    let content = try program.read("results/one/manifest.json")
    #expect(try program.run("apply", "e.yaml").code == 0)
    #expect(try program.read("results/one/manifest.json") == content)
    #expect(try program.run("verify", "results/one/manifest.json").code == 0)
  }

  @Test("refuses to write over the results of another experiment")
  func nameOfAnother() throws {
    let program = try Program.oneParameter("echo loss=$1")
    defer { program.remove() }
    try program.run("apply", "e.yaml", "--yes")
    try program.write(try program.read("e.yaml"), to: "other.yaml")
    let output = try program.run("apply", "other.yaml", "--yes")
    #expect(output.code == 65)
    #expect(output.err.contains("holds the results of another experiment, e.yaml"))
  }

  @Test("refuses when the program is missing")
  func missingProgram() throws {
    let program = try Program.oneParameter("")
    defer { program.remove() }
    try program.write(program.read("e.yaml").replacing("sh t.sh", with: "no-such-program t.sh"), to: "e.yaml")
    let output = try program.run("apply", "e.yaml", "--yes")
    #expect(output.code == 69)
    #expect(output.err.contains("no-such-program"))
    #expect(!program.exists(".attune"))
  }

  @Test("a project is the nearest folder above that holds .attune")
  func projects() throws {
    let program = try Program.oneParameter("echo loss=$1")
    defer { program.remove() }
    for name in ["e.yaml", "t.sh"] { try program.write(program.read(name), to: "below/deep/\(name)") }
    try program.run("apply", "below/deep/e.yaml", "--yes")
    #expect(program.exists("below/deep/.attune") && program.exists("below/deep/results/one/manifest.json"))
    try FileManager.default.removeItem(at: program.url("below/deep/.attune"))
    try FileManager.default.createDirectory(at: program.url(".attune"), withIntermediateDirectories: true)
    try program.run("apply", "below/deep/e.yaml", "--yes")
    #expect(program.exists("results/one/manifest.json") && !program.exists("below/deep/.attune"))
  }
}

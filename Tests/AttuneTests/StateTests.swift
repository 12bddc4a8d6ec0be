import Artifacts
import Foundation
import Testing

@Suite("What goes on in a project")
struct StateTests {
  /// Starts an apply of ten trials, two at once, each of which waits for a file `go`.
  private static func running() throws -> (Program, Program.Running) {
    let program = try Program.oneParameter(
      "echo started $1; echo odd >&2; while [ ! -e go ]; do sleep 0.02; done; echo loss=$1", inputs: ", inputs: [t.sh]")
    let apply = try program.start(["apply", "e.yaml", "--yes", "--progress", "none"])
    while try !program.run("status").out.contains("trial 1 ") { usleep(10_000) }
    return (program, apply)
  }

  @Test("Where nothing was applied, all say so")
  func nothing() throws {
    let program = try Program.oneParameter("echo loss=$1")
    defer { program.remove() }
    for command in ["status", "list"] {
      for arguments in [[command], [command, "e.yaml"]] {
        let output = try program.run(arguments)
        #expect(output.code == 0 && output.out == "Nothing was applied yet.\n")
      }
    }
    #expect(try program.run("cancel").out == "Nobody is at work here.\n")
    let logs = try program.run("logs", "0")
    #expect(logs.code == 65 && logs.err.hasPrefix("error: no trial `0` was launched here\n"))
    #expect(try program.run("status", "none.yaml").code == 74)
    for command in ["logs", "why"] {
      let swapped = try program.run(command, "e.yaml", "15")
      #expect(swapped.code == 64 && swapped.err.contains("The trial comes first, and then the place: 15 e.yaml"))
    }
    #expect(!program.exists(".attune"))
  }

  @Test("status and list say what runs and how far it is, while it runs and afterwards")
  func status() throws {
    let (program, apply) = try Self.running()
    defer { program.remove() }
    let status = try program.run("status", "e.yaml")
    #expect(status.code == 0 && status.out.hasPrefix("Experiment one (e.yaml), run 1\n  runs for "), "\(status.out)")
    #expect(status.out.contains(", with 2 workers: process \(apply.pid) on "))
    #expect(status.out.contains("  0 of 10 trials recorded\n  running:\n"))
    // What is only about to be launched does not run.
    #expect(status.out.components(separatedBy: "\n    trial ").count == 3)
    #expect(status.out.contains("{\"x\":1}  .attune/trials/"))
    let json = try JSON(parsing: program.run("status", "--json").out.utf8)
    #expect(json["running"]?.bool == true && json["open"]?.array?.count == 2 && json["planned"]?.int == 10)
    #expect(json["holder"]?["pid"]?.int == Int(apply.pid))
    #expect(try program.run("list").out.contains(" running "))
    try program.write("", to: "go")
    #expect(try apply.wait().code == 0)
    let after = try program.run("status").out
    #expect(after.contains(": exhausted\n  10 of 10 trials recorded; the search is at its end\n"), "\(after)")
    #expect(after.contains("  best so far: trial 0, loss 0\n") && !after.contains("running"))
    let list = try JSON(parsing: program.run("list", "--json").out.utf8)
    #expect(list.array?.count == 1 && list.array?[0]["launched"]?.int == 10)
  }

  @Test("logs prints what a trial has written, by number and by key, and goes on until it has ended")
  func logs() throws {
    let (program, apply) = try Self.running()
    defer { program.remove() }
    #expect(try program.run("logs", "1").out == "started 1\nodd\n")
    #expect(try program.run("logs", "1", "--output").out == "started 1\n")
    #expect(try program.run("logs", "1", "e.yaml", "--errors").out == "odd\n")
    let follower = try program.start(["logs", "1", "-f", "--output"])
    usleep(300_000)
    try program.write("", to: "go")
    #expect(try follower.wait().out == "started 1\nloss=1\n")
    #expect(try apply.wait().code == 0)
    let manifest = try JSON(
      parsing: program.read("results/one/trials.jsonl").split(separator: "\n")[3].utf8)
    let key = try #require(manifest["key"]?.string)
    #expect(try program.run("logs", key, "--output").out == "started 3\nloss=3\n")
    #expect(try program.run("logs", String(key.dropFirst(7).prefix(8)), "--output").out == "started 3\nloss=3\n")
    try FileManager.default.removeItem(at: program.url(".attune/trials"))
    let gone = try program.run("logs", "1")
    #expect(gone.code == 74 && gone.err.contains("is not there any more"))
  }

  @Test(
    "cancel lets trials end, with --now it does not; both leave what the next apply goes on with",
    arguments: [false, true])
  func cancel(now: Bool) throws {
    let (program, apply) = try Self.running()
    defer { program.remove() }
    let cancel = try program.run(["cancel"] + (now ? ["--now", "--wait"] : []))
    #expect(cancel.code == 0 && cancel.out.hasPrefix("Asked to stop: process \(apply.pid) on "))
    if !now {
      usleep(200_000)
      #expect(try program.run("status").out.contains("  running:\n"))
    }
    try program.write("", to: "go")
    #expect(try apply.wait().code == (now ? 143 : 130))
    let status = try program.run("status").out
    #expect(status.contains("\n  was stopped before its end; it began "), "\(status)")
    #expect(status.contains("  \(now ? 0 : 2) of 10 trials recorded"))
    #expect(try program.run("list").out.contains(" stopped "))
    let again = try program.run("apply", "e.yaml", "--yes", "--progress", "none")
    #expect(again.code == 0 && again.out.contains("\n\(now ? 10 : 8) run in this apply, "))
  }

  @Test("A second apply says at once who is at work, and waits if it is told to")
  func wait() throws {
    let (program, apply) = try Self.running()
    defer { program.remove() }
    let clock = ContinuousClock()
    let begin = clock.now
    let refused = try program.run("apply", "e.yaml", "--yes")
    #expect(refused.code == 75 && clock.now - begin < .seconds(10))
    #expect(
      refused.err.contains("error: another attune is at work in this project: process \(apply.pid) on "), "\(refused)")
    #expect(refused.err.contains(", applying e.yaml since "))
    let waiting = try program.start(["apply", "e.yaml", "--yes", "--wait"])
    let impatient = try program.start(["apply", "e.yaml", "--yes", "--wait"])
    usleep(400_000)
    impatient.send(SIGINT)
    #expect(try impatient.wait().code == 130)
    try program.write("", to: "go")
    #expect(try apply.wait().code == 0)
    let waited = try waiting.wait()
    #expect(waited.code == 0 && waited.out.contains("\n0 run in this apply, 10 recorded already"), "\(waited)")
    #expect(waited.err.contains("Waiting for its end."))
  }
}

@Suite("gc")
struct GarbageTests {
  @Test("deletes what nothing refers to, all folders when it is told so, and no outcome")
  func delete() throws {
    let program = try Program.oneParameter("echo loss=$1; echo left > \"$ATTUNE_TRIAL_DIR/left\"")
    defer { program.remove() }
    #expect(try program.run("gc").out == "There is nothing to delete.\n")
    let apply = ["apply", "e.yaml", "--yes", "--progress", "none"]
    #expect(try program.run(apply).code == 0)
    let kept = try program.run("gc", "--delete")
    #expect(kept.code == 0 && kept.out.hasPrefix("10  folders of trials  ") && kept.out.contains("  kept: "), "\(kept)")
    // Another script makes other trials, and the manifest is of them.
    try program.write("echo loss=$1", to: "t.sh")
    for name in ["damaged", "form"] { try program.write("x", to: ".attune/journal.\(name)-1.sqlite") }
    #expect(try program.run(apply).code == 0)
    let found = try program.run("gc")
    #expect(
      found.out.split(separator: "\n").map { $0.split(separator: " ").prefix(3).joined(separator: " ") } == [
        "10 folders of", "10 folders of", "1 copies of", "1 damaged journals",
      ])
    #expect(found.out.contains("10  folders of trials that nothing refers to") && found.err.contains("gc --delete"))
    #expect(try program.run("gc", "--delete").code == 0)
    // What could not be read of a damaged journal may be nowhere else.
    #expect(!program.exists(".attune/journal.form-1.sqlite") && program.exists(".attune/journal.damaged-1.sqlite"))
    let left = try program.run("gc").out.split(separator: "\n")
    #expect(left.count == 2 && left[0].hasPrefix("10  folders of trials  "))
    #expect(left.allSatisfy { $0.hasSuffix("kept: --delete --all deletes them too") })
    #expect(try program.run("logs", "3").code == 0)
    #expect(try program.run("gc", "--delete", "--all").code == 0)
    #expect(!program.exists(".attune/journal.damaged-1.sqlite"))
    #expect(try program.run("gc").out == "There is nothing to delete.\n")
    let again = try program.run(apply)
    #expect(again.code == 0 && again.out.contains("\n0 run in this apply, "))
    #expect(try program.run("gc", "--all").code == 64)
  }
}

@Suite("why")
struct WhyTests {
  @Test("names what differs from the recorded trial that is nearest")
  func differences() throws {
    let program = try Program.oneParameter("echo loss=$1")
    defer { program.remove() }
    let none = try program.run("why", "4", "e.yaml")
    #expect(none.code == 0 && none.out.contains("nothing is recorded that it could be compared with"), "\(none)")
    let experiment = try program.read("e.yaml")
    #expect(try program.run("apply", "e.yaml", "--yes", "--progress", "none").code == 0)
    func differences(_ trial: String, _ options: String...) throws -> [String] {
      let why = try program.run(["why", trial, "e.yaml"] + options)
      #expect(why.code == 0, "\(why)")
      return why.out.split(separator: "\n").drop { !$0.hasSuffix("differs in") }.dropFirst().map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
    let same = try program.run("why", "4", "e.yaml")
    #expect(
      same.out.contains("= recorded, and not run again: launched in run 1 at ") && same.out.hasSuffix(" loss 4\n"))
    #expect(try differences("4", "--set", "search.seed=9")[0].hasPrefix("the seed: "))
    #expect(try differences("4", "--set", "trial.run=sh t.sh ${x} x") == ["the command"])
    #expect(try differences("4", "--set", "trial.metrics.from=stdout") == ["where metrics are read"])
    #expect(
      try differences("4", "--set", "trial.environment={A: 1}", "--set", "trial.run=sh t.sh ${x} x") == [
        "the command", "the variable A of `environment`",
      ])
    #expect(try differences("12", "--set", "parameters.x.int=[0, 12]") == ["`x`: 9 there, 12 here"])
    try program.write("echo loss=$1 # the same", to: "t.sh")
    try program.write("1", to: "data.txt")
    let inputs = "trial.inputs=[t.sh, data.txt]"
    #expect(try differences("4", "--set", inputs) == ["the input t.sh", "the input data.txt, which is new"])
    // By the key of what is recorded.
    let line = try program.read("results/one/trials.jsonl").split(separator: "\n")[4]
    let key = try #require(try JSON(parsing: line.utf8)["key"]?.string)
    #expect(try differences(String(key.dropFirst(7).prefix(10))) == ["the input t.sh"])
    try program.write("echo loss=$1", to: "t.sh")
    let reused = try program.run("why", key, "e.yaml")
    #expect(reused.code == 0 && reused.out.contains("= reused wherever one comes to this point"), "\(reused)")
    #expect(try program.read("e.yaml") == experiment)
    for unknown in ["10", "abcd", "x"] {
      let output = try program.run("why", unknown, "e.yaml")
      #expect(output.code == 65 && output.err.hasPrefix("error: there is no such trial: "), "\(output)")
    }
  }
}

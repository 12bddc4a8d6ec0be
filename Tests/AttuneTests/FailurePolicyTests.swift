import Artifacts
import Foundation
import Testing

@Suite("Failures")
struct FailurePolicyTests {
  private static let apply = ["apply", "e.yaml", "--yes", "--progress", "plain"]

  /// Trials that note each attempt in `attempts`, and succeed from the given one on.
  private static func program(succeeding attempt: Int, _ policies: String) throws -> Program {
    try Program.oneParameter(
      """
      echo $1 >> attempts
      n=$(cat "$ATTUNE_CHECKPOINT/n" || echo 0); n=$((n + 1)); echo $n > "$ATTUNE_CHECKPOINT/n"
      if [ $1 = 3 ] && [ $n -lt \(attempt) ]; then echo "not yet: $n" >&2; exit 7; fi
      echo loss=$1
      """, trial: ", failures: \(policies)")
  }

  private static func attempts(_ program: Program) throws -> Int {
    try program.read("attempts").split(separator: "\n").count { $0 == "3" }
  }

  private static func record(_ trial: Int, _ program: Program) throws -> JSON {
    try JSON(parsing: program.read("results/one/trials.jsonl").split(separator: "\n")[trial].utf8)
  }

  @Test("A run that fails is tried again, in the same trial, and then counts as any other")
  func retries() throws {
    let program = try Self.program(succeeding: 3, "{exit: {retries: 2, wait: 50ms}}")
    defer { program.remove() }
    let output = try program.run(Self.apply)
    #expect(output.code == 0, "\(output)")
    #expect(try Self.attempts(program) == 3)
    let retries = output.err.split(separator: "\n").filter { $0.contains("it is tried again in ") }
    #expect(
      retries.count == 2 && retries[0].hasPrefix("trial 3 failed: exit code 7 (not yet: 1); it is tried again in 50ms"))
    #expect(retries[1].contains("(not yet: 2); it is tried again in 100ms"))
    #expect(try Self.record(3, program)["state"]?.string == "completed")
    // The same as if nothing had happened.
    let content = try program.read("results/one/trials.jsonl")
    let smooth = try Self.program(succeeding: 0, "{exit: {retries: 2, wait: 50ms}}")
    defer { smooth.remove() }
    #expect(try smooth.run(Self.apply).code == 0)
    let other = try smooth.read("results/one/trials.jsonl")
    #expect(other.split(separator: "\n").count == content.split(separator: "\n").count)
    #expect(try program.run("verify", "results/one/manifest.json").code == 0)
    #expect(try program.run(Self.apply).out.contains("\n0 run in this apply, 10 recorded"))
  }

  @Test("When it goes on failing, it counts as failed or as infeasible", arguments: ["failed", "infeasible"])
  func exhausted(then: String) throws {
    let program = try Self.program(succeeding: 9, "{exit: {retries: 2, then: \(then)}}")
    defer { program.remove() }
    let output = try program.run(Self.apply)
    #expect(output.code == 0 && output.out.contains("; 1 \(then)."), "\(output)")
    #expect(try Self.attempts(program) == 3)
    let record = try Self.record(3, program)
    #expect(record["state"]?.string == then && record["failure"]?["code"]?.int == 7)
    #expect(try program.run("verify", "results/one/manifest.json").code == 0)
    #expect(try program.run(Self.apply).out.contains("\n0 run in this apply, 10 recorded"))
    // With more retries there are more; with another verdict none runs.
    let text = try program.read("e.yaml")
    try program.write(text.replacing("retries: 2", with: "retries: 3"), to: "e.yaml")
    #expect(try program.run("plan", "e.yaml").out.contains("1 trial to run"))
    #expect(try program.run(Self.apply).out.contains("\n1 run in this apply, 9 recorded"))
    #expect(try Self.attempts(program) == 4)
    try program.write(text.replacing("{retries: 2, then: \(then)}", with: "failed"), to: "e.yaml")
    #expect(try program.run(Self.apply).out.contains("\n0 run in this apply, 10 recorded"))
  }

  @Test(
    "Attempts are counted over applies that were killed or stopped while they waited", arguments: [SIGKILL, SIGINT])
  func interrupted(signal: Int32) throws {
    let program = try Self.program(succeeding: 9, "{exit: {retries: 1, wait: 1m}}")
    defer { program.remove() }
    let apply = try program.start(Self.apply)
    while try !program.run("status", "--json").out.contains("\"recorded\":9") { usleep(20_000) }
    apply.send(signal)
    _ = try apply.wait()
    #expect(try Self.attempts(program) == 1)
    // The wait was of the apply that is gone.
    let again = try program.run(Self.apply)
    #expect(again.code == 0 && again.out.contains("; 1 failed."), "\(again)")
    #expect(try Self.attempts(program) == 2)
  }

  @Test(
    "Too many failures end the search, in the order of the trials",
    arguments: [
      ("in_a_row: 3", "3 trials in a row that fail", 7, 5), ("count: 4", "4 trials that fail", 6, 4),
      ("rate: 0.5, trials: 5", "more than 50 % of the trials that fail, from trial 5 on", 5, 3),
    ])
  func tooMany(_ rule: String, _ words: String, _ trials: Int, _ failed: Int) throws {
    let program = try Program.oneParameter("case $1 in 1|2|4|5|6) exit 1;; esac; sleep 0.0$1; echo loss=$1")
    defer { program.remove() }
    try program.write(try program.read("e.yaml") + "\nstopping: [{failures: {\(rule)}}]\n", to: "e.yaml")
    let plan = try program.run("plan", "e.yaml").out
    #expect(plan.contains("      \(words) (failures)\n"), "\(plan)")
    for parallel in ["1", "4"] {
      try? FileManager.default.removeItem(at: program.url(".attune"))
      let output = try program.run(Self.apply + ["--parallel", parallel])
      #expect(
        output.code == 0 && output.out.contains("Ended after \(trials) trials: too many failed; \(failed) failed."),
        "\(output)")
      #expect(try program.run("verify", "results/one/manifest.json").code == 0)
    }
  }

  @Test("A first trial without the metric ends the run at once, and says what was meant")
  func missing() throws {
    let program = try Program.oneParameter("echo $1 >> attempts; echo epoch=1 los=$1; [ $1 -lt 2 ] || sleep 30")
    defer { program.remove() }
    let clock = ContinuousClock()
    let begin = clock.now
    let output = try program.run(Self.apply + ["--parallel", "4"])
    #expect(output.code == 1 && clock.now - begin < .seconds(20))
    #expect(output.err.contains(" ended well and did not report `loss`: no other trial is started\n"), "\(output.err)")
    #expect(output.err.contains(" = help: it reported `epoch`, `los`; did you mean `los`?\n"))
    #expect(output.err.contains("         it printed: epoch=1 los="))
    #expect(!program.exists("results"))
    #expect(try program.read("attempts").split(separator: "\n").count <= 6)
    // Where that is what the experiment expects, the others run.
    let other = try Program.oneParameter(
      "[ $1 = 0 ] || echo loss=$1", trial: ", failures: {metric-missing: infeasible}")
    defer { other.remove() }
    let whole = try other.run(Self.apply)
    #expect(whole.code == 0 && whole.out.contains("; 1 infeasible."), "\(whole)")
    // And where a trial has reported it before, one that does not is one that failed.
    let late = try Program.oneParameter("[ $1 = 4 ] || echo loss=$1", parallel: 1)
    defer { late.remove() }
    let failed = try late.run(Self.apply)
    #expect(failed.code == 0 && failed.out.contains("; 1 failed."), "\(failed)")
  }
}

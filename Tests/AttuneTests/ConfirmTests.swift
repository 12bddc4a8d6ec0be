import Artifacts
import Foundation
import Testing

/// The best trials again with fresh seeds, over the built program and real processes.
@Suite("Confirming the best trials")
struct ConfirmTests {
  /// Luck, for the most part: what a seed gives says little about x.
  private static let script = """
    #!/bin/sh
    echo $1 $ATTUNE_SEED $ATTUNE_TRIAL >> "$ATTUNE_TRIAL_DIR/../../../../log"
    awk -v x="$1" -v s="$ATTUNE_SEED" 'BEGIN {srand(s); print "loss=" (x - 3) ^ 2 / 50 + rand()}'
    """

  private static func experiment(_ confirm: String, _ more: String = "", trials: Int = 20) -> String {
    """
    attune: 1
    name: noisy
    objective: {minimize: loss}
    parameters: {x: {float: [0, 10]}}
    search: {strategy: random, seed: 3}
    budget: {trials: \(trials), parallel: 2}
    \(confirm)
    trial: {run: "sh t.sh ${x}", inputs: [t.sh]\(more)}
    """
  }

  private static let manifest = "results/noisy/manifest.json"

  private static func program(_ experiment: String, _ script: String = script) throws -> Program {
    try Program(["e.yaml": experiment, "t.sh": script])
  }

  private static func confirmation(_ program: Program) throws -> JSON? {
    try JSON(parsing: program.read(manifest).utf8)["content"]?["selection"]?["confirmation"]
  }

  private static func runs(_ program: Program) throws -> [String] {
    try program.read("log").split(separator: "\n").map(String.init)
  }

  @Test("runs the best again with seeds that the search has not used, and tells both values with an interval")
  func confirms() throws {
    let program = try Self.program(Self.experiment("confirm: {top: 3, repeats: 5}"))
    defer { program.remove() }
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0, "\(apply.err)")
    let runs = try Self.runs(program)
    #expect(runs.count == 20 + 3 * 5)
    #expect(Set(runs.map { $0.split(separator: " ")[1] }).count == runs.count, "each has a seed of its own")
    let trials = try program.read("results/noisy/trials.jsonl").split(separator: "\n").map {
      try JSON(parsing: $0.utf8)
    }
    let searched = trials.compactMap { $0["metrics"]?["loss"]?.number }.sorted()
    let confirmed = try Self.confirmation(program)?["trials"]?.array ?? []
    #expect(confirmed.compactMap { $0["searched"]?.number } == Array(searched.prefix(3)))
    for trial in confirmed {
      let values = (trial["runs"]?.array ?? []).compactMap { $0["metrics"]?["loss"]?.number }
      #expect(values.count == 5)
      let mean = values.reduce(0, +) / 5
      #expect(trial["value"]?.number == mean)
      let replicates = trial["replicates"]
      #expect((replicates?["lower"]?.number ?? 1) < mean && mean < (replicates?["upper"]?.number ?? 0))
    }
    let best = confirmed.min { ($0["value"]?.number ?? 9) < ($1["value"]?.number ?? 9) }
    #expect(try Self.confirmation(program)?["best"] == best?["trial"])
    // The lucky ones are worse when they are run again.
    #expect((best?["value"]?.number ?? 0) > searched[0])
    #expect(apply.out.contains("Confirmed with 5 fresh seeds each: trial"), "\(apply.out)")
    #expect(try program.run("verify", Self.manifest).code == 0)
    #expect(try program.run("doctor", "e.yaml").code == 0)
    // All of it is recorded.
    let again = try program.run("apply", "e.yaml")
    #expect(
      again.code == 0 && again.out.contains("0 run in this apply, 23 recorded already"), "\(again.out)\(again.err)")
    #expect(try Self.runs(program).count == 35)
  }

  @Test("gives the same with 1 and 8 at once, and after the apply was killed again and again")
  func reproducible() throws {
    let slow = Self.script.replacingOccurrences(of: "awk", with: "sleep 0.05; awk")
    var manifests = Set<String>()
    for parallel in ["1", "8", "kill"] {
      let program = try Self.program(
        Self.experiment("confirm: {top: 4, repeats: 6, aggregate: median}", trials: 12), slow)
      defer { program.remove() }
      // The search takes about 0.4 seconds, and confirming about 0.8.
      let apply = try program.apply(parallel, kills: [0.3, 0.5, 0.5])
      #expect(apply.code == 0, "\(apply.err)")
      let content = try JSON(parsing: program.read(Self.manifest).utf8)["content"]
      manifests.insert(content?.canonicalText ?? "")
      #expect(try program.run("verify", Self.manifest).code == 0)
      // What ended before it was killed is not run again.
      let runs = try Self.runs(program)
      // But for those that ran, and the last that were not recorded yet.
      #expect(runs.count <= 12 + 24 + (parallel == "kill" ? 15 : 0), "\(runs.count)")
    }
    #expect(manifests.count == 1)
  }

  @Test("goes on after Ctrl-C, and says in plan and status what is left")
  func interrupted() throws {
    let slow = Self.script.replacingOccurrences(of: "awk", with: "[ $ATTUNE_TRIAL -ge 6 ] && sleep 0.2; awk")
    let program = try Self.program(Self.experiment("confirm: {top: 3, repeats: 5}", trials: 6), slow)
    defer { program.remove() }
    let running = try program.start(["apply", "e.yaml", "--yes"])
    try #require(eventually { ((try? Self.runs(program).count) ?? 0) >= 8 })
    kill(running.pid, SIGINT)
    let stopped = try running.wait()
    #expect(stopped.code == 130, "\(stopped)")
    #expect(!program.exists(Self.manifest))
    let plan = try program.run("plan", "e.yaml")
    #expect(plan.out.contains("0 to run, 6 recorded, 15 runs to confirm the best"), "\(plan.out)")
    #expect(try program.run("status", "e.yaml").out.contains("at its end, with 3 trials to confirm"))
    // There is something to do still, so it asks.
    #expect(try program.run("apply", "e.yaml").code == 64)
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0, "\(apply.err)")
    #expect(try Self.runs(program).count <= 6 + 15 + 2)
  }

  @Test("goes on after Ctrl-C where time has closed the search, which then has no trial left to run")
  func closed() throws {
    let slow = Self.script.replacingOccurrences(of: "awk", with: "sleep 0.3; awk")
    let experiment = Self.experiment("confirm: {top: 2, repeats: 9}", trials: 60)
    let program = try Self.program(experiment.replacing("parallel: 2", with: "parallel: 2, time: 2s"), slow)
    defer { program.remove() }
    let running = try program.start(["apply", "e.yaml", "--yes"])
    try #require(
      eventually {
        (try? program.run("status", "e.yaml").out.contains("at its end, with 2 trials to confirm")) ?? false
      })
    kill(running.pid, SIGINT)
    #expect(try running.wait().code == 130)
    let runs = try Self.runs(program).count
    #expect(runs < 60)
    let plan = try program.run("plan", "e.yaml")
    #expect(plan.out.contains(" 0 to run, "), "\(plan.out)")
    #expect(plan.out.contains(" recorded, 18 runs to confirm the best"), "\(plan.out)")
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0, "\(apply.err)")
    #expect(try Self.runs(program).count <= runs + 18)
  }

  @Test("runs no trial of the search again, and only what is missing when there is more to confirm")
  func extended() throws {
    let program = try Self.program(Self.experiment(""))
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    try program.write(Self.experiment("confirm: {top: 2, repeats: 2}"), to: "e.yaml")
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    #expect(try Self.runs(program).count == 20 + 4)
    try program.write(Self.experiment("confirm: {top: 3, repeats: 3}"), to: "e.yaml")
    let diff = try program.run("diff", Self.manifest, "e.yaml")
    #expect(diff.code == 1 && diff.out.contains("the best 2 again, 2 times each"), "\(diff.out)")
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    #expect(try Self.runs(program).count == 20 + 9)
  }

  @Test("tells of trials that fail when they are run again, and takes one that does not")
  func failing() throws {
    let failing = Self.script + "\n[ $ATTUNE_TRIAL -ge 20 ] && [ $ATTUNE_TRIAL -lt 22 ] && exit 3; exit 0"
    let program = try Self.program(Self.experiment("confirm: {top: 3, repeats: 2}"), failing)
    defer { program.remove() }
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0 && apply.out.contains("again: failed"), "\(apply)")
    let confirmed = try Self.confirmation(program)
    let trials = confirmed?["trials"]?.array ?? []
    #expect(trials.map { $0["state"]?.string } == ["failed", "failed", "completed"])
    #expect(confirmed?["best"] == trials.last?["trial"])
    #expect(apply.out.contains("Confirmed configuration: trial \(trials.last?["trial"]?.int ?? -1)"), "\(apply.out)")
    #expect(try program.run("verify", Self.manifest).code == 0)
  }

  @Test("comes back from the manifest when the journal is lost")
  func rebuilt() throws {
    let program = try Self.program(Self.experiment("confirm: {top: 3, repeats: 2}"))
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    let journal = program.url(".attune/journal.sqlite")
    try Data(Data(contentsOf: journal).prefix(5000)).write(to: journal)
    #expect(try program.run("doctor", "--rebuild").code == 0)
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0 && apply.out.contains("0 run in this apply, 23 recorded already"), "\(apply)")
    #expect(try Self.runs(program).count == 20 + 6)
  }

  @Test("is found out when somebody changes it")
  func tampered() throws {
    let program = try Self.program(Self.experiment("confirm: {top: 3, repeats: 2}"))
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    var manifest = try Manifest(fileBytes: Array(program.read(Self.manifest).utf8))
    let whole = manifest
    manifest.content.confirmation?.trials.swapAt(0, 1)
    var others = [manifest]
    manifest = whole
    let loser = whole.content.confirmation?.trials.first { $0.trial != whole.content.confirmation?.best }
    manifest.content.confirmation?.best = loser?.trial
    others.append(manifest)
    manifest = whole
    manifest.content.confirmation = nil
    others.append(manifest)
    for other in others {
      try program.write(String(decoding: other.fileBytes, as: UTF8.self), to: Self.manifest)
      let verify = try program.run("verify", Self.manifest)
      #expect(verify.code != 0 && verify.out.contains("FAILED  selection"), "\(verify.out)")
    }
  }

  @Test("is what a policy may ask for")
  func policy() throws {
    let program = try Self.program(Self.experiment("confirm: {top: 3, repeats: 2}"))
    defer { program.remove() }
    try program.write("policy: 1\nrules: [{confirm: 3, message: Luck is no result.}]\n", to: "policy.yaml")
    let few = try program.run("plan", "e.yaml", "--policy", "policy.yaml")
    #expect(few.code != 0 && few.err.contains("with at least 3 seeds, and are with 2"), "\(few.err)")
    #expect(few.err.contains("Luck is no result."))
    try program.write(Self.experiment(""), to: "e.yaml")
    #expect(try program.run("plan", "e.yaml", "--policy", "policy.yaml").err.contains("and are not (`confirm`)"))
    try program.write(Self.experiment("confirm: {repeats: 3}"), to: "e.yaml")
    #expect(try program.run("plan", "e.yaml", "--policy", "policy.yaml").code == 0)
  }
}

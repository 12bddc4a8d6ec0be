import Artifacts
import Foundation
import Testing

@Suite("A search over the rungs of a fidelity")
struct FidelityTests {
  private static let script = """
    awk -v x="$1" -v n="$2" 'BEGIN { printf "loss=%.6f\\n", (x - 0.3) ^ 2 + 1 / n }'
    """

  private static func program(_ search: String, _ budget: String, _ script: String = script) throws -> Program {
    try Program([
      "e.yaml": """
      attune: 1
      name: rungs
      objective: {minimize: loss}
      parameters: {x: {float: [0, 1], default: 0.9}}
      fidelity: {epochs: {from: 1, to: 27}}
      search: {\(search), seed: 3}
      budget: {\(budget)}
      trial: {run: "sh train.sh ${x} ${epochs}", inputs: [train.sh]}
      """,
      "train.sh": script,
    ])
  }

  private static func trials(_ program: Program) throws -> [JSON] {
    try program.read("results/rungs/trials.jsonl").split(separator: "\n").map { try JSON(parsing: $0.utf8) }
  }

  private static func epochs(_ trial: JSON) -> Int { trial["parameters"]?["epochs"]?.int ?? 0 }

  @Test("shows its rungs, gives the best ones more, and takes for the best one of those with full training")
  func hyperband() throws {
    let program = try Self.program("strategy: hyperband", "trials: 80, parallel: 4")
    defer { program.remove() }
    let plan = try program.run("plan", "e.yaml")
    #expect(plan.code == 0, "\(plan.err)")
    let rows = plan.out.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(rows.contains("bracket 1 epochs 3 epochs 9 epochs 27 epochs in all"), "\(plan.out)")
    #expect(rows.contains("1 27 9 3 1 108") && rows.contains("4 4 108"), "\(plan.out)")
    #expect(rows.contains("+ 0 epochs=1 x=0.9 (the defaults)"), "\(plan.out)")
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    let trials = try Self.trials(program)
    #expect(trials.count == 80)
    #expect(trials.prefix(27).allSatisfy { Self.epochs($0) == 1 })
    let full = trials.filter { Self.epochs($0) == 27 }.compactMap { $0["metrics"]?["loss"]?.number }
    let manifest = try Manifest(fileBytes: File.read(program.url("results/rungs/manifest.json").path))
    #expect(manifest.content.best.map { $0.values[0] } == [full.min()])
    #expect(try program.run("verify", "results/rungs/manifest.json").code == 0)
    #expect(try program.run("reproduce", "results/rungs/manifest.json", "--trials", "3").code == 0)
    let replay = try program.run("replay", "e.yaml")
    #expect(replay.out.contains("did well with less of it, and goes on"), "\(replay.out)")
    // Nothing of the search depends on how it is written, or on whether a plan was saved in between.
    #expect(try program.run("plan", "e.yaml", "-o", "x.plan.json").code == 0)
    #expect(try program.run("apply", "x.plan.json", "--yes").out.contains("0 run in this apply, 80 recorded already"))
    // What the runs that confirm take stands beside it.
    let confirm = try program.run("apply", "e.yaml", "--yes", "--set", "confirm={top: 2, repeats: 2}")
    #expect(confirm.out.contains(" epochs in all, and 108 to confirm the best."), "\(confirm.out)")
    let confirmed = try JSON(parsing: program.read("results/rungs/manifest.json").utf8)["circumstances"]
    #expect(confirmed?["fidelityToConfirm"]?.int == 108)
  }

  @Test("ends when the budget has no more of it, and says so")
  func budget() throws {
    let program = try Self.program("strategy: asha, proposals: tpe", "fidelity: 150, parallel: 2")
    defer { program.remove() }
    let plan = try program.run("plan", "e.yaml")
    #expect(plan.out.contains("rungs of epochs: 1 → 3 → 9 → 27; one in 3 goes on as soon as it is known which"))
    #expect(plan.out.contains("150 epochs in all trials together (fidelity)"), "\(plan.out)")
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0, "\(apply.err)")
    #expect(apply.out.contains("the next one would take more epochs than the budget has left"), "\(apply.out)")
    #expect(try Self.trials(program).reduce(0) { $0 + Self.epochs($1) } <= 150)
    #expect(try program.run("verify", "results/rungs/manifest.json").code == 0)
    // More of it goes on from what is recorded.
    let more = try program.run("apply", "e.yaml", "--yes", "--set", "budget.fidelity=300")
    #expect(more.code == 0 && !more.out.contains(" 0 recorded already"), "\(more.out)")
  }

  @Test("counts each run of a trial, and what was planned before counts each trial once")
  func runs() throws {
    let program = try Self.program("strategy: asha", "fidelity: 90, parallel: 2")
    defer { program.remove() }
    let edit = ["--set", "trial.repeats={seeds: 3, aggregate: mean}"]
    let plan = try program.run(["plan", "e.yaml"] + edit)
    #expect(plan.out.contains("90 epochs in all trials together, in their 3 runs each (fidelity)"), "\(plan.out)")
    #expect(plan.out.contains(": 30 trials, 30 to run."), "\(plan.out)")
    let apply = try program.run(["apply", "e.yaml", "--yes"] + edit)
    let spent = 3 * (try Self.trials(program).reduce(0) { $0 + Self.epochs($1) })
    #expect(spent > 0 && spent <= 90)
    #expect(apply.out.contains("The trials were given \(spent) of 90 epochs in all."), "\(apply.out)")
    #expect(apply.out.contains("the next one would take more epochs than the budget has left"), "\(apply.out)")
    let narrow = try program.run(["check", "e.yaml", "--set", "budget.fidelity=80"] + edit)
    #expect(
      narrow.err.contains("full training takes 27 of `epochs` in each of the 3 runs of a trial, all trials may take 80")
        && narrow.err.contains("raise it to 81 at least"), "\(narrow)")
    // Another program runs each trial once.
    let session = try program.run("session", "e.yaml", lines: [#"{"op":"ask","count":9}"#])
    #expect(session.out.contains(#""id":8"#) && !session.out.contains(#""end""#), "\(session)")
    // What a rule saves, other trials would have used.
    let rule = try program.run("simulate", "results/rungs/manifest.json", "--with", "threshold: {upper: 1.3}", "--json")
    #expect(try JSON(parsing: rule.out.utf8.dropLast())["recorded"]?["steps"]?.int == spent, "\(rule)")
    let half = try program.run("simulate", "results/rungs/manifest.json", "--budget", "fidelity: 45", "--json")
    let simulated = try JSON(parsing: half.out.utf8.dropLast())["simulated"]
    #expect(simulated?["stop"]?.string == "fidelity" && (simulated?["steps"]?.int ?? 99) <= 45, "\(half.out)")
  }

  @Test("brings the best of few points to full training, and plans no more trials than there can be")
  func fewPoints() throws {
    let program = try Self.program("strategy: auto", "trials: 300, parallel: 3", Self.script)
    defer { program.remove() }
    try program.write(
      try program.read("e.yaml").replacing("{float: [0, 1], default: 0.9}", with: "{float: [0, 1.1], step: 0.1}"),
      to: "e.yaml")
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.out.contains("these are all the points"), "\(apply.out)")
    let trials = try Self.trials(program)
    let full = trials.filter { Self.epochs($0) == 27 }
    #expect(full.count == 1 && full[0]["parameters"]?["x"]?.number == 0.3, "\(trials.map(Self.epochs))")
    #expect(try program.run("verify", "results/rungs/manifest.json").code == 0)
    // Each of the 12 points could come to each of the four rungs; most do not.
    let plan = try program.run("plan", "e.yaml", "--set", "search.seed=5").out
    #expect(plan.contains(": 48 trials, 48 to run"), "\(plan)")
  }

  @Test("is not compared with less of it where a simulation ends the only trial with full training")
  func simulatedLoss() throws {
    let program = try Self.program("strategy: successive-halving", "trials: 40, parallel: 1")
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    #expect(try Self.trials(program).map(Self.epochs).last == 27)
    let rule = "threshold: {lower: 0.1}"
    let simulation = try program.run("simulate", "results/rungs/manifest.json", "--with", rule).out
    #expect(simulation.contains("Lost: the best trial, 39, is stopped by threshold"), "\(simulation)")
    #expect(simulation.contains(", and no other one comes to its 27 epochs.\n"), "\(simulation)")
  }

  @Test(
    "is what ended the search where it allows no other trial at the cheapest rung, also in a simulation and a session")
  func cheapest() throws {
    let program = try Self.program("strategy: successive-halving", "fidelity: 5, parallel: 1")
    defer { program.remove() }
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(try Self.trials(program).count == 5)
    #expect(apply.out.contains("the next one would take more epochs than the budget has left"), "\(apply.out)")
    let less = try program.run("simulate", "results/rungs/manifest.json", "--budget", "fidelity: 2", "--json")
    let simulated = try JSON(parsing: less.out.utf8.dropLast())["simulated"]
    #expect(simulated?["stop"]?.string == "fidelity" && simulated?["trials"]?.int == 2, "\(less.out)")
    let rule = try program.run("simulate", "results/rungs/manifest.json", "--with", "threshold: {upper: 99}", "--json")
    #expect(try JSON(parsing: rule.out.utf8.dropLast())["simulated"]?["stop"]?.string == "fidelity", "\(rule.out)")
    let report = #"{"op":"report","id":0,"step":1,"value":1}"#
    let session = try program.run("session", "e.yaml", lines: [#"{"op":"ask","count":6}"#, report, #"{"op":"state"}"#])
    let answers = session.out.split(separator: "\n")
    #expect(answers.count == 3 && answers[0].contains(#""end":"fidelity""#), "\(session.out)")
    // What is open goes on.
    #expect(answers.last?.contains(#""end":"fidelity""#) == true && answers[1].contains(#""stop":false"#))
    // A step that is smaller than the first one is cheaper.
    let uneven = try Self.population()
    defer { uneven.remove() }
    let edit = ["--set", "fidelity.epochs={every: 4, to: 5, checkpoint: true}", "--set", "search.population=2"]
    let nine = try uneven.run(["apply", "e.yaml", "--yes", "--set", "budget.fidelity=9"] + edit)
    #expect(try Self.trials(uneven).map(Self.epochs) == [4, 4, 5], "\(nine)")
    #expect(nine.out.contains("the next one would take more epochs than the budget has left"), "\(nine.out)")
  }

  /// Saves each second epoch. The first attempt at a trial ends, or ends attune, as the last line has it.
  private static let interrupted = """
    state="$ATTUNE_CHECKPOINT/state"; done=$(cat "$state" 2>/dev/null || echo 0)
    again=; [ -e "$ATTUNE_CHECKPOINT/begun-$2" ] && again=1; : > "$ATTUNE_CHECKPOINT/begun-$2"
    echo "$ATTUNE_TRIAL from $done" >> "$LOG"
    while [ $done -lt $2 ]; do
      done=$((done + 1))
      awk -v x="$1" -v n=$done 'BEGIN { printf "epoch=%d loss=%.6f\\n", n, (x - 0.3) ^ 2 + 1 / n }'
      [ $((done % 2)) = 0 ] || echo $done > "$state"
      [ -z "$again" ] && case $END in last) [ $done = $2 ] ;; before) [ $((done + 1)) = $2 ] ;; *) false ;; esac && { $HOW; }
    done
    exit 0
    """

  @Test(
    "goes on from a trial's own checkpoint with what it had reported, also where there is nothing left to train",
    arguments: [
      ("last", "exit 7"), ("before", "exit 7"), ("last", "kill -9 $PPID; sleep 9"),
      ("before", "kill -9 $PPID; sleep 9"),
    ])
  func interruptions(_ end: String, _ how: String) throws {
    var results = Set<String>()
    var starts: [String] = []
    for end in ["never", end] {
      let program = try Self.program(
        "strategy: successive-halving", "trials: 13, parallel: 1", Self.interrupted.replacing("$HOW", with: how))
      defer { program.remove() }
      try program.write(
        try program.read("e.yaml").replacing("to: 27", with: "to: 9, checkpoint: true")
          .replacing("inputs: [train.sh]", with: "inputs: [], failures: {exit: {retries: 1, wait: 10ms}}")
          + "\nstopping: [{threshold: {upper: 1.5}}]\n", to: "e.yaml")
      let log = program.url("log").path
      var apply: Program.Output
      var count = 0
      repeat {
        apply = try program.run("apply", "e.yaml", "--yes", environment: ["END": end, "LOG": log])
        count += 1
      } while apply.signal == SIGKILL && count < 20
      #expect(apply.code == 0, "\(apply.err)")
      #expect((count > 1) == (end != "never" && how != "exit 7"))
      results.insert(try program.read("results/rungs/trials.jsonl"))
      starts = try program.read("log").split(separator: "\n").map(String.init)
    }
    #expect(results.count == 1)
    #expect(results.first?.contains(#""curve""#) ?? false)
    // The trial that comes to 9 epochs began with 3, and went on from where it had saved last.
    let attempts = starts.filter { $0.hasPrefix("12 ") }
    #expect(attempts == ["12 from 3", end == "last" ? "12 from 9" : "12 from 7"], "\(starts)")
  }

  /// A trial takes 10 ms for each epoch.
  @Test("is in the forecast, which knows of rungs that no trial has come to, and of what the budget allows")
  func forecast() throws {
    let script = "sleep $(awk -v n=\"$2\" 'BEGIN { print n / 100 }'); echo loss=$1"
    let program = try Self.program("strategy: successive-halving, proposals: random", "trials: 40, parallel: 1", script)
    defer { program.remove() }
    func forecast(_ arguments: String...) throws -> String {
      let plan = try program.run(["plan", "e.yaml"] + arguments).out
      return plan.split(separator: "\n").first { $0.contains("Forecast") }.map(String.init) ?? plan
    }
    // Of one epoch each.
    #expect(try program.run("apply", "e.yaml", "--yes", "--set", "budget.trials=27").code == 0)
    // 9 · 0.03 + 3 · 0.09 + 0.27 s are left, where 13 trials of the lowest rung take no more than half a second.
    let (left, few) = (try forecast(), try forecast("--set", "budget.fidelity=60"))
    #expect(left.contains("Forecast") && few.contains("Forecast") && left != few, "\(left)\n\(few)")
  }

  /// Moves by its rate towards 0, from where its checkpoint is; a rate above 0.9 fails.
  private static let training = """
    import os, sys, time
    rate, steps = float(sys.argv[1]), int(sys.argv[2])
    path = os.environ["ATTUNE_CHECKPOINT"] + "/state"
    done, theta = 0, 1.0
    if os.path.exists(path): done, theta = (float(part) for part in open(path).read().split())
    if rate > 0.9: sys.exit(3)
    time.sleep(0.02)
    for _ in range(int(done), steps): theta -= rate * theta * 0.2
    open(path, "w").write(f"{steps} {theta!r}")
    print(f"loss={theta * theta!r} from={int(done)}")
    """

  private static func population() throws -> Program {
    try Program([
      "e.yaml": """
      attune: 1
      name: rungs
      objective: {minimize: loss}
      parameters: {rate: {float: [0, 1], default: 0.2}}
      fidelity: {epochs: {every: 4, to: 20, checkpoint: true}}
      search: {strategy: pbt, population: 6, seed: 3}
      budget: {parallel: 2}
      trial: {run: "python3 train.py ${rate} ${epochs}", inputs: [train.py]}
      """,
      "train.py": training,
    ])
  }

  @Test(
    "trains a population, of which the worst go on from the best: the same with 1, 2 and 8 at once, and after kills")
  func populations() throws {
    var results = Set<String>()
    for parallel in ["1", "2", "8", "kill"] {
      let program = try Self.population()
      defer { program.remove() }
      let apply = try program.apply(parallel, kills: [0.3, 0.5, 0.7])
      #expect(apply.code == 0, "\(apply.err)")
      results.insert(try program.read("results/rungs/trials.jsonl"))
      #expect(try program.run("verify", "results/rungs/manifest.json").code == 0)
      #expect(try program.run("apply", "e.yaml", "--yes").out.contains("0 run in this apply, 30 recorded already"))
      guard parallel == "2" else { continue }
      let plan = try program.run("plan", "e.yaml", "--fresh")
      #expect(
        try program.run("plan", "e.yaml").out.contains("a population of 6 in 5 steps of 4 epochs, to 20"), "\(plan.out)"
      )
      #expect(apply.out.contains("the population has come to full training"), "\(apply.out)")
      let trials = try Self.trials(program)
      let parents = trials.map { $0["continues"]?.int }
      #expect(trials.count == 30 && parents.prefix(6).allSatisfy { $0 == nil })
      #expect(zip(trials.indices, parents).contains { trial, parent in parent.map { $0 != trial - 6 } ?? false })
      for case let parent? in parents { #expect(trials[parent]["state"]?.string == "completed") }
      // What was trained is told from the first step on.
      let manifest = try Manifest(fileBytes: File.read(program.url("results/rungs/manifest.json").path))
      let best = try #require(manifest.content.best.first)
      #expect(best.schedule.last?.trial == best.trial && best.schedule.count == 5)
      #expect(best.schedule.map { $0.parameters["epochs"]?.int } == [4, 8, 12, 16, 20])
      for (stage, next) in zip(best.schedule, best.schedule.dropFirst()) { #expect(parents[next.trial] == stage.trial) }
      let show = try program.run("show", "results/rungs/manifest.json")
      #expect(show.out.contains("It was trained with:"), "\(show.out)")
      let again = try program.run("reproduce", "results/rungs/manifest.json", "--trials", "best")
      #expect(again.code == 0, "\(again.out)\(again.err)")
      let replay = try program.run("replay", "e.yaml")
      #expect(replay.out.contains("was among the worst, and goes on from trial"), "\(replay.out)")
      #expect(try program.run("diff", "results/rungs/manifest.json", "results/rungs/manifest.json").code == 0)
    }
    #expect(results.count == 1)
  }

  @Test("hands checkpoints on from rung to rung, and charges what is trained more")
  func checkpoints() throws {
    // Counts its epochs in its checkpoint, and fails where one is missing.
    let script = """
      state="$ATTUNE_CHECKPOINT/deep/state"; mkdir -p "$ATTUNE_CHECKPOINT/deep"
      done=$(cat "$state" || echo 0); echo "$2" > "$state"; ln -sf state "$ATTUNE_CHECKPOINT/deep/link"
      case "$done-$2" in 0-1|0-3|0-9|0-27|1-3|3-9|9-27) ;; *) exit 7 ;; esac
      echo "seed=$ATTUNE_SEED" >> "$ATTUNE_METRICS.txt"
      awk -v x="$1" -v n="$2" -v d="$done" 'BEGIN { printf "loss=%.6f from=%d\\n", (x - 0.3) ^ 2 + 1 / n, d }'
      """
    let program = try Self.program("strategy: asha, lanes: 4", "fidelity: 200, parallel: 3", script)
    defer { program.remove() }
    let edit = ["--set", "fidelity.epochs.checkpoint=true"]
    #expect(try program.run(["plan", "e.yaml"] + edit).out.contains("one in 3 goes on, from its checkpoint, as soon"))
    let apply = try program.run(["apply", "e.yaml", "--yes"] + edit)
    #expect(apply.code == 0, "\(apply.err)")
    let trials = try Self.trials(program)
    #expect(trials.allSatisfy { $0["state"]?.string == "completed" })
    let parents = trials.map { $0["continues"]?.int }
    #expect(parents.contains { $0 != nil })
    var spent = 0
    for (trial, parent) in zip(trials, parents) {
      spent += Self.epochs(trial) - (parent.map { Self.epochs(trials[$0]) } ?? 0)
      guard let parent else { continue }
      #expect(trial["seed"] == trials[parent]["seed"] && trial["key"] != trials[parent]["key"])
      #expect(trial["parameters"]?["x"] == trials[parent]["parameters"]?["x"])
    }
    #expect(spent <= 200 && spent > 170)
    #expect(apply.out.contains("The trials were given \(spent) of 200 epochs in all."), "\(apply.out)")
    let manifest = try Manifest(fileBytes: File.read(program.url("results/rungs/manifest.json").path))
    #expect(manifest.circumstances.fidelity == spent)
    let less = try program.run("simulate", "results/rungs/manifest.json", "--budget", "fidelity: 100", "--json")
    let simulated = try JSON(parsing: less.out.utf8.dropLast())["simulated"]
    #expect(
      simulated?["stop"]?.string == "fidelity" && (74...100).contains(simulated?["steps"]?.int ?? 0), "\(less.out)")
    // The best one goes on from one that a rule ends, or is ended itself.
    let strict = try program.run("simulate", "results/rungs/manifest.json", "--with", "threshold: {upper: 0.9}").out
    #expect(
      strict.contains("Lost: the best trial, ") && strict.contains(" would not begin, as it is ended"), "\(strict)")
    let simulation = try program.run("simulate", "results/rungs/manifest.json", "--trials", "200", "--json")
    #expect(try JSON(parsing: simulation.out.utf8.dropLast())["recorded"]?["steps"]?.int == spent)
    #expect(try program.run("verify", "results/rungs/manifest.json").code == 0)
    let last = try #require(parents.lastIndex { $0 != nil })
    let again = try program.run("reproduce", "results/rungs/manifest.json", "--trials", "\(last)")
    #expect(again.code == 0, "\(again.out)\(again.err)")
    // Nothing runs again, and one that is continued is another trial than one that begins anew.
    #expect(try program.run(["plan", "e.yaml"] + edit).out.contains(" 0 to run"))
    #expect(try program.run("plan", "e.yaml").out.contains("to run"))
    let why = try program.run(["why", "\(last)", "e.yaml"] + edit)
    #expect(why.code == 0, "\(why.err)")
  }

  @Test("is what auto stands for where there is a fidelity, also in a session")
  func automatic() throws {
    let program = try Self.program("strategy: auto", "trials: 40")
    defer { program.remove() }
    #expect(try program.run("plan", "e.yaml").out.contains("(chosen by auto: 4 rungs of epochs"))
    var lines: [String] = []
    for _ in 0..<12 { lines.append(#"{"op":"ask","count":1}"#) }
    let asked = try program.run("session", "e.yaml", lines: lines)
    #expect(asked.out.split(separator: "\n").count == 12 && !asked.out.contains("error"), "\(asked.out)")

    // The budget holds there too, and trials say which they continue.
    lines = (0..<60).flatMap { [#"{"op":"ask"}"#, #"{"op":"tell","id":\#($0),"value":0.\#($0)}"#] }
    let session = try program.run(
      "session", "e.yaml", "--set", "budget.fidelity=40", "--set", "fidelity.epochs.checkpoint=true", lines: lines)
    #expect(session.out.contains(#""continues":0,"#) && session.out.contains(#""end":"fidelity""#), "\(session.out)")
  }
}

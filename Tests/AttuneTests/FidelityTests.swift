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

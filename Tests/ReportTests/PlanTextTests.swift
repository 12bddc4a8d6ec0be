import Artifacts
import Search
import TestSupport
import Testing

@testable import Report

@Suite("A plan as people read it")
struct PlanTextTests {
  private func text(_ plan: Plan, recorded: Int?) -> String {
    PlanText(PlanDocument(plan), recorded: recorded.map { PlanText.Recorded(count: $0, areComplete: false) }).lines
      .joined(separator: "\n")
  }

  @Test("A small plan, whole")
  func small() {
    let expected = """
      Experiment small (experiment.yaml)

        minimize loss

        Search space: 1 parameter, 3 points
            lr  choice  {0.1, 0.01, 0.001}

        Trials: grid
          + 3 trials
            + 0  lr=0.1
            + 1  lr=0.01
            + 2  lr=0.001

        Ends with the first of:
            3 trials, which are all points

        Each trial: python train.py ${args}

        Inputs: a change of one makes other trials
            train.py  42e8e9bb6d70  9 bytes

      Plan 2422c3f3b861: 3 trials.
      """
    #expect(text(.small, recorded: nil) == expected)
  }

  @Test("A plan that uses everything, whole")
  func full() {
    let expected = """
      Experiment digits-mlp (sweep.yaml)

        minimize val_error

        Search space: 4 parameters, continuous
            batch          choice    {16, 32, all "é", true}
            dropout        float     [0, 0.5]                 linear step 0.05  default 0.15
            epochs         constant  20
            learning_rate  float     [0.0001, 0.1]            log               default 0.001
            width          int       [16, 512]                log               default 64

        Trials: sobol, seed 42
          = 5 trials recorded: not run again
          + 7 trials to run: these are not recorded
            + 0  batch=16 dropout=0.15 learning_rate=0.001 width=64  (given)
            + 1  batch=all "é" dropout=0.45 learning_rate=0.010645 width=89
            + 2  batch=16 dropout=0.1 learning_rate=0.00019028 width=120
            + 3  batch=32 dropout=0.35 learning_rate=0.033724 width=22
            + 4  batch=true dropout=0.15 learning_rate=0.001874 width=421
              … 7 more

        Ends with the first of:
            12 trials
            val_error <= 0.02 (target)
            5 trials in a row without an improvement by more than 0.001 (plateau)
            2h: no more trials start then (time)

        Each trial: python train.py ${args} --out=${trial.dir} ${trial.seed} ${width}px
            OMP_NUM_THREADS=1
            TEXT=a b�
            at most 10m

        Inputs: a change of one makes other trials
            data/x.csv  bf683bf6ef8d  4 bytes
            train.py    42e8e9bb6d70  9 bytes

        Forecast: none, since no run of this experiment is recorded

      Plan d93118fbb88b: 12 trials, 7 to run, 5 recorded, at most 20m12s with 4 at once.
      """
    #expect(text(.full, recorded: 5) == expected)
  }

  @Test("The last line says how many trials run, and how long that takes at most")
  func summary() {
    func summary(_ recorded: Int?, _ change: (inout Plan) -> Void = { _ in }) -> String {
      var plan = Plan.small
      change(&plan)
      let document = PlanDocument(plan)
      return PlanText(document, recorded: recorded.map { PlanText.Recorded(count: $0, areComplete: false) }).summary
        .replacing(
          document.digest.short, with: "#")
    }
    #expect(summary(nil) == "Plan #: 3 trials.")
    #expect(summary(0) == "Plan #: 3 trials, 3 to run.")
    #expect(summary(3) == "Plan #: 3 trials, 0 to run, 3 recorded.")
    #expect(
      summary(1) { $0.trial.timeout = 60_000 }
        == "Plan #: 3 trials, 2 to run, 1 recorded, at most 2m12s with 1 at once.")
    #expect(
      summary(0) { ($0.trial.timeout, $0.parallel) = (60_000, 2) }
        == "Plan #: 3 trials, 3 to run, at most 2m12s with 2 at once.")
    #expect(
      summary(0) { $0.timeLimit = 3_600_000 } == "Plan #: 3 trials, 3 to run, no trial starts after 1h with 1 at once.")
    #expect(
      summary(0) { ($0.timeLimit, $0.trial.timeout) = (60_000, 90_000) }
        == "Plan #: 3 trials, 3 to run, at most 2m36s with 1 at once.")
  }

  @Test("Nothing is left to run when the recorded trials lead the search to its end")
  func complete() {
    let text = PlanText(PlanDocument(.small), recorded: PlanText.Recorded(count: 2, areComplete: true))
    #expect(text.lines.contains("    + 0 trials to run: the recorded ones lead the search to its end"))
    #expect(text.summary.hasSuffix(": 3 trials, 0 to run, 2 recorded."))
  }

  @Test("Every plan can be shown, with and without a journal")
  func every() {
    for seed: UInt64 in 0..<100 {
      let document = PlanDocument(.random(seed: seed))
      for recorded in [nil, 0, document.plan.search.plannedTrials] {
        let lines = PlanText(document, recorded: recorded.map { PlanText.Recorded(count: $0, areComplete: false) })
          .lines
        #expect(lines.last?.hasPrefix("Plan \(document.digest.short): ") == true)
        for line in lines { #expect(line.last != " " && !line.contains("\n"), "seed \(seed)") }
      }
    }
  }

  @Test("A plan file with one byte changed, if it is a plan at all, can be shown")
  func changed() {
    let bytes = PlanDocument(.small).fileBytes
    var accepted = 0
    for index in bytes.indices {
      for byte in Array("0129-e".utf8) where byte != bytes[index] {
        var changed = bytes
        changed[index] = byte
        guard let document = try? PlanDocument(fileBytes: changed) else { continue }
        accepted += 1
        #expect(!PlanText(document, recorded: PlanText.Recorded(count: 0, areComplete: false)).lines.isEmpty)
        #expect(!Graph(document).dot.isEmpty)
      }
    }
    #expect(accepted > 0)
  }

  @Test("Nothing of an experiment's text reaches the terminal as a control character")
  func control() {
    var plan = Plan.small
    plan.search.space = Space([
      Parameter(name: "lr", domain: .choice([.string("\u{1b}[2J"), .string("b\n")]))
    ])
    plan.trial.program = .command(plan.trial.command + [[.literal("\u{7}")]])
    plan.trial.environment = [.init(name: "A", value: "\u{1b}"), .init(name: "B\u{1b}", value: "")]
    plan.inputs[0].path = "a\u{1b}"
    let document = PlanDocument(plan)
    let texts =
      PlanText(document, recorded: PlanText.Recorded(count: 0, areComplete: false)).lines + [
        Graph(document).dot, Graph(document).mermaid,
      ]
    for text in texts {
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control }, "\(text)")
    }
  }
}

@Suite("A plan as a graph")
struct GraphTests {
  @Test("In Graphviz's language, whole")
  func dot() {
    let expected = """
      digraph "digits-mlp" {
        rankdir=LR;
        node [shape=box];
        inputs [label="check inputs\\n2 files"];
        search [label="search: sobol\\n12 trials\\nor target 0.02\\nor plateau of 5\\nor 2h"];
        select [label="select the best\\nminimize val_error"];
        manifest [label="write the manifest\\nresults/digits-mlp/manifest.json"];
        inputs -> search;
        search -> select;
        select -> manifest;
      }
      """
    #expect(Graph(PlanDocument(.full)).dot == expected)
  }

  @Test("In Mermaid's language, whole")
  func mermaid() {
    let expected = """
      flowchart LR
        inputs["check inputs<br/>2 files"]
        search["search: sobol<br/>12 trials<br/>or target 0.02<br/>or plateau of 5<br/>or 2h"]
        select["select the best<br/>minimize val_error"]
        manifest["write the manifest<br/>results/digits-mlp/manifest.json"]
        inputs --> search
        search --> select
        select --> manifest
      """
    #expect(Graph(PlanDocument(.full)).mermaid == expected)
  }

  @Test("Quotes in a name end no label")
  func quotes() {
    var plan = Plan.small
    plan.name = "a\"b\\c"
    #expect(Graph(PlanDocument(plan)).dot.hasPrefix("digraph \"a\\\"b\\\\c\" {"))
    #expect(Graph(PlanDocument(plan)).mermaid.contains("results/a#quot;b"))
  }
}

@Suite("A plan's trials as people read them")
struct TrialTextTests {
  private func lines(_ change: (inout Plan) -> Void) -> [String] {
    var plan = Plan.small
    change(&plan)
    let lines = PlanText(PlanDocument(plan), recorded: nil).lines
    let start = lines.firstIndex { $0.hasPrefix("  Each trial") } ?? 0
    return Array(lines[start...].prefix { !$0.isEmpty })
  }

  @Test("A script stands line by line, and a secret without its value")
  func script() {
    let found = lines {
      $0.trial.program = .shell("cd src\n\npython train.py\n")
      $0.secrets = ["HF_TOKEN"]
    }
    #expect(
      found == [
        "  Each trial, as a script for sh:", "      | cd src", "      | ", "      | python train.py",
        "      HF_TOKEN=*** (a secret)",
      ])
  }

  @Test("Placeholders stand as they were written, and metrics where they are looked for")
  func placeholders() {
    let found = lines {
      $0.trial.program = .command([
        [.literal("a")], [.allParameters(.flags)], [.allParameters(.hydra)], [.variable("HOME"), .trialCheckpoint],
        [.trialParameters],
      ])
      $0.trial.metrics = MetricSource(.csv, path: "log.csv", names: [.init(metric: "loss", source: "val loss")])
    }
    #expect(
      found == [
        "  Each trial: a ${args:flags} ${args:hydra} ${env:HOME}${trial.checkpoint} ${trial.params}",
        "      metrics in `log.csv` of the trial's folder", "          loss is `val loss`",
      ])
  }
}

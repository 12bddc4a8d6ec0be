import Artifacts
import Foundation
import Testing

/// Rules that end trials on what they report on the way, over the built program and real processes.
@Suite("Trials that rules end")
struct TrialRuleTests {
  /// Twenty steps towards a loss that follows from x.
  private static let script = """
    import sys, time
    x = float(sys.argv[1])
    for step in range(1, 21):
        print(f"step={step} loss={(x - 0.3) ** 2 + 1 / step}")
        time.sleep(0.01)
    """

  private static func experiment(_ stopping: String, _ more: String = "", trials: Int = 24) -> String {
    """
    attune: 1
    name: curves
    objective: {minimize: loss}
    parameters: {x: {float: [0, 2], default: 1.5}}
    search: {strategy: random, seed: 4}
    budget: {trials: \(trials), parallel: 2}
    stopping: [\(stopping)]
    trial: {run: "python3 train.py ${x}", inputs: [train.py]\(more)}
    """
  }

  private static let median = "{median: {warmup_steps: 2, warmup_trials: 3}}"

  private static func trials(_ program: Program) throws -> [JSON] {
    try program.read("results/curves/trials.jsonl").split(separator: "\n").map { try JSON(parsing: $0.utf8) }
  }

  private static func stops(_ program: Program) throws -> [Int: Int] {
    try trials(program).reduce(into: [:]) { $0[$1["trial"]?.int ?? -1] = $1["stopped"]?["step"]?.int }
  }

  @Test("are the same with 1, 2 and 8 at once, and after the apply was killed")
  func reproducible() throws {
    var manifests = Set<String>()
    for parallel in ["1", "2", "8", "kill"] {
      let program = try Program(["e.yaml": Self.experiment(Self.median), "train.py": Self.script])
      defer { program.remove() }
      let apply = try program.apply(parallel, kills: [0.6, 0.9, 1.3])
      #expect(apply.code == 0, "\(apply.err)")
      manifests.insert(try program.read("results/curves/trials.jsonl"))
      #expect(try program.run("verify", "results/curves/manifest.json").code == 0)
      #expect(try program.run("doctor", "e.yaml").code == 0)
    }
    #expect(manifests.count == 1)
    let stopped = manifests.first?.split(separator: "\n").count { $0.contains(#""state":"stopped""#) } ?? 0
    #expect(stopped > 3, "\(stopped)")
  }

  @Test("are verified and reproduced where what they ended on is no number", arguments: ["nan", "inf"])
  func notFinite(_ value: String) throws {
    let program = try Program([
      "e.yaml": """
      attune: 1
      name: curves
      objective: {minimize: loss}
      parameters: {x: {float: [0, 1]}}
      search: {strategy: sobol, seed: 3}
      budget: {trials: 12, parallel: 3}
      stopping: [{threshold: {upper: 100}}, {plateau: {trials: 4}}]
      trial:
        shell: |
          echo "epoch=1 loss=0.5"
          case $x in 0.[0-4]*) echo "epoch=2 loss=\(value)" ;; esac
          echo "epoch=3 loss=0.25"
        inputs: []
      """
    ])
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    let stopped = try Self.stops(program).keys
    #expect(!stopped.isEmpty && stopped.count < 6, "\(stopped)")
    let verify = try program.run("verify", "results/curves/manifest.json")
    #expect(verify.code == 0, "\(verify.out)")
    let again = try program.run("reproduce", "results/curves/manifest.json", "--trials", "all")
    #expect(again.code == 0 && again.out.contains(" at step 2, where it was stopped by threshold recorded"), "\(again)")
    // The plateau ended it, and would do so still; without it nobody knows.
    func stop(_ arguments: String...) throws -> JSON? {
      let output = try program.run(["simulate", "results/curves/manifest.json", "--json"] + arguments)
      return try JSON(parsing: output.out.utf8.dropLast())["simulated"]?["stop"]
    }
    #expect(try stop("--budget", "trials: 100")?.string == "plateau")
    #expect(try stop("--with", "threshold: {upper: 100}") == .null)
  }

  @Test("are run again only where another rule, or none, would have let them go on")
  func reuse() throws {
    let program = try Program(["e.yaml": Self.experiment(""), "train.py": Self.script])
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    // A rule that is added ends trials on what is recorded of them.
    try program.write(Self.experiment(Self.median), to: "e.yaml")
    let added = try program.run("apply", "e.yaml", "--yes")
    #expect(added.out.contains("0 run in this apply, 24 recorded already"), "\(added.out)")
    let stops = try Self.stops(program)
    #expect(stops.count > 3)
    // The same in a place where nothing is recorded.
    let other = try Program(["e.yaml": Self.experiment(Self.median), "train.py": Self.script])
    defer { other.remove() }
    #expect(try other.run("apply", "e.yaml", "--yes").code == 0)
    #expect(try other.read("results/curves/trials.jsonl") == program.read("results/curves/trials.jsonl"))
    // Without the rule, what it ended is not known to its end.
    try other.write(Self.experiment(""), to: "e.yaml")
    #expect(try other.run("plan", "e.yaml").out.contains("\(stops.count) to run"))
    let stopped = try #require(stops.keys.min())
    let why = try other.run("why", "\(stopped)", "e.yaml")
    #expect(why.out.contains("a rule ended it at step \(stops[stopped] ?? 0), and would not now"), "\(why.out)")
    let all = try other.run("apply", "e.yaml", "--yes")
    #expect(all.out.contains("\(stops.count) run in this apply"), "\(all.out)")
    // And with the rule again, nothing runs.
    try other.write(Self.experiment(Self.median), to: "e.yaml")
    #expect(try other.run("apply", "e.yaml", "--yes").out.contains("0 run in this apply"))
  }

  @Test("are those of a simulation over what is recorded of trials that came to their end")
  func simulate() throws {
    let program = try Program(["e.yaml": Self.experiment(""), "train.py": Self.script])
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    func simulate(_ arguments: String...) throws -> JSON {
      let output = try program.run(["simulate", "results/curves/manifest.json", "--json"] + arguments)
      #expect(output.code == 0, "\(output.err)")
      return try JSON(parsing: output.out.utf8.dropLast())
    }
    let all = try simulate("--trials", "24")
    #expect(all["simulated"] == all["recorded"] && all["recorded"]?["steps"]?.int == 24 * 20)
    let few = try simulate("--trials", "5")
    #expect(few["simulated"]?["trials"]?.int == 5 && few["simulated"]?["stop"]?.string == "trials")
    let plateau = try simulate("--with", "plateau: {trials: 3}")
    #expect(plateau["simulated"]?["stop"]?.string == "plateau")
    let median = try simulate("--with", String(Self.median.dropFirst().dropLast()))
    // The search learns nothing from outcomes, so it is the same in earnest.
    try program.write(Self.experiment(Self.median), to: "e.yaml")
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    let stops = (median["stopped"]?.array ?? []).reduce(into: [:]) { $0[$1["trial"]?.int ?? -1] = $1["step"]?.int }
    #expect(try stops == Self.stops(program) && !stops.isEmpty)
    let manifest = try Manifest(fileBytes: File.read(program.url("results/curves/manifest.json").path))
    #expect(manifest.content.best.first?.trial == median["simulated"]?["best"]?["trial"]?.int)
    // Other parts of a budget: one at a time in half of the time, and as many hours as five trials take.
    #expect(try simulate("--budget", "trials: 5")["simulated"] == few["simulated"])
    let none = try program.run("simulate", "results/curves/manifest.json", "--trials", "99")
    #expect(none.out.contains("No more than 24 trials can be looked at: the search would have gone on."), "\(none.out)")
    #expect(
      !(try program.run("simulate", "results/curves/manifest.json", "--with", "median: {}").out.contains("No more than"))
    )
    let half = try simulate("--budget", "time: 2s", "--budget", "parallel: 1")["simulated"]
    #expect(
      half?["stop"]?.string == "time" && (2...12).contains(half?["trials"]?.int ?? 0), "\(half?.canonicalText ?? "")")
    let unknown = try program.run("simulate", "results/curves/manifest.json", "--budget", "tiem: 2s")
    #expect(unknown.code == 65 && unknown.err.contains("did you mean `time`?"), "\(unknown.err)")
    for wrong in ["time", ":", ": 5", "trials:"] {
      #expect(try program.run("simulate", "results/curves/manifest.json", "--budget", wrong).code == 64)
    }
    let twice = ["--trials", "3", "--budget", "trials: 5"]
    #expect(try program.run(["simulate", "results/curves/manifest.json"] + twice).code == 64)
    // In words, and with a mistake.
    let text = try program.run("simulate", "results/curves/manifest.json", "--with", "threshold: {upper: 0.001}")
    #expect(text.out.contains("Lost: the best trial") && text.out.contains("24 by threshold"), "\(text.out)")
    let early = try program.run(
      "simulate", "results/curves/manifest.json", "--with", "patience: {steps: 1, improvement: 0.05}")
    #expect(early.out.contains(" of loss: trial ") && early.out.contains(" by patience"), "\(early.out)")
    let misspelt = try program.run("simulate", "results/curves/manifest.json", "--with", "medain: {}")
    #expect(misspelt.code == 65 && misspelt.err.contains("did you mean `median`?"), "\(misspelt.err)")
    #expect(try program.run("simulate", "results/curves/manifest.json").code == 64)
  }

  /// Ten steps; from x = 1 on the norm of the gradients explodes at the sixth.
  private static let exploding = """
    import sys, time
    x, steps = float(sys.argv[1]), int(sys.argv[2])
    for step in range(1, steps + 1):
        print(f"step={step} norm={x ** 2 if step < 6 else x ** 9} loss={abs(x - 1.2) + 1 / step}")
        time.sleep(0.005)
    """

  private static func exploding(_ stopping: String, _ more: String = "", fidelity: String = "") throws -> Program {
    try Program([
      "e.yaml": """
      attune: 1
      name: curves
      objective: {minimize: loss}
      parameters: {x: {float: [0, 2], default: 1.5}}
      \(fidelity.isEmpty ? "" : "fidelity: {\(fidelity)}")
      search: {strategy: \(fidelity.isEmpty ? "random" : "asha"), seed: 4}
      budget: {trials: 24, parallel: 4}
      stopping: [\(stopping)]
      trial: {run: "python3 train.py ${x} \(fidelity.isEmpty ? "10" : "${epochs}")", inputs: [train.py]\(more)}
      """, "train.py": exploding,
    ])
  }

  @Test("are ended by any metric beyond a threshold, also on what is recorded, and it must be reported")
  func anyMetric() throws {
    let rule = "{threshold: {metric: norm, upper: 4.5, warmup_trials: 2}}"
    let program = try Self.exploding(rule)
    defer { program.remove() }
    let plan = try program.run("plan", "e.yaml")
    #expect(plan.out.contains("norm not finite, or above 4.5, beside 2 others at least (threshold)"), "\(plan.out)")
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0, "\(apply.err)")
    let trials = try Self.trials(program)
    for trial in trials {
      let isBad = pow(trial["parameters"]?["x"]?.number ?? 0, 9) > 4.5 && (trial["trial"]?.int ?? 0) > 8
      if isBad { #expect(trial["stopped"]?["step"]?.int == 6, "\(trial.canonicalText)") }
      let last = trial["curve"]?.array?.last?.array
      #expect(last?.count == 3 && last?[2]["norm"]?.measured != nil)
    }
    #expect(try Self.stops(program).count > 3)
    #expect(try program.run("verify", "results/curves/manifest.json").code == 0)
    let number = try #require(Self.stops(program).keys.min())
    let again = try program.run("reproduce", "results/curves/manifest.json", "--trials", "\(number)")
    #expect(again.code == 0, "\(again.out)\(again.err)")
    // Of what was recorded without the rule only the last value is known.
    let other = try Self.exploding("")
    defer { other.remove() }
    #expect(try other.run("apply", "e.yaml", "--yes").code == 0)
    let with = [
      "simulate", "results/curves/manifest.json", "--with", "threshold: {metric: norm, upper: 4.5}", "--json",
    ]
    let simulated = try JSON(parsing: other.run(with).out.utf8.dropLast())["stopped"]?.array ?? []
    #expect(simulated.count > 3 && simulated.allSatisfy { $0["step"]?.int == 10 })
    let words = try other.run(Array(with.dropLast())).out
    #expect(words.contains("Of `norm` only the last values are recorded"), "\(words)")
    let nobody = try other.run(
      "simulate", "results/curves/manifest.json", "--with", "threshold: {metric: nrom, upper: 1}")
    #expect(nobody.code == 65 && nobody.err.contains("no trial is recorded to have reported `nrom`"), "\(nobody.err)")
    try other.write(
      other.read("e.yaml").replacingOccurrences(of: "stopping: []", with: "stopping: [\(rule)]"), to: "e.yaml")
    let added = try other.run("apply", "e.yaml", "--yes")
    #expect(added.out.contains("0 run in this apply, 24 recorded already"), "\(added.out)")
    #expect(try other.run("verify", "results/curves/manifest.json").code == 0)
    // A name that no trial knows is told with the first of them.
    let misspelt = try Self.exploding("{threshold: {metric: nrom, upper: 4.5}}")
    defer { misspelt.remove() }
    let first = try misspelt.run("apply", "e.yaml", "--yes")
    #expect(first.code != 0 && first.err.contains("nrom") && first.err.contains("did you mean `norm`?"), "\(first.err)")
  }

  @Test("run again from their beginning where a rule would let them go on now, whatever they have saved")
  func anew() throws {
    let script = """
      import os, sys
      x, path = float(sys.argv[1]), os.environ["ATTUNE_CHECKPOINT"] + "/step"
      done = int(open(path).read()) if os.path.exists(path) else 0
      for step in range(done + 1, 11):
          open(path, "w").write(str(step))
          print(f"step={step} loss={x + step / 10}", flush=True)
      """
    let program = try Program([
      "e.yaml": Self.experiment("{threshold: {upper: 2}}", trials: 6), "train.py": script,
    ])
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    #expect(try !Self.stops(program).isEmpty)
    try program.write(Self.experiment("{threshold: {upper: 9}}", trials: 6), to: "e.yaml")
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    let again = try program.read("results/curves/trials.jsonl")
    #expect(try Self.trials(program).allSatisfy { $0["curve"]?.array?.count == 10 }, "\(again)")
  }

  @Test("are ended by what they say of another metric at any time, however fast they end")
  func lateValues() throws {
    let script = """
      import sys, time
      x = float(sys.argv[1])
      for step in range(1, 4):
          print(f"step={step} loss={x + 1 / step} norm={1000 if step == 3 and x > 1 else 1}", flush=True)
      time.sleep(0.4 if int(x * 1000) % 2 else 0)
      print(f"norm={0 if x > 1 else 1000 if x > 0.9 else 2}")
      """
    let program = try Program([
      "e.yaml": Self.experiment("{threshold: {metric: norm, upper: 100}}", trials: 12), "train.py": script,
    ])
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    for trial in try Self.trials(program) {
      let isBad = (trial["parameters"]?["x"]?.number ?? 0) > 0.9
      #expect(trial["stopped"]?["step"]?.int == (isBad ? 3 : nil), "\(trial.canonicalText)")
    }
    #expect(try program.run("verify", "results/curves/manifest.json").code == 0)
  }

  @Test("are simulated by their only report as they are ended by it")
  func onlyReport() throws {
    let program = try Program([
      "e.yaml": Self.experiment("", trials: 12), "train.py": "import sys\nprint(f'loss={sys.argv[1]} norm=1')\n",
    ])
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    let simulate = try program.run(
      "simulate", "results/curves/manifest.json", "--with", "threshold: {upper: 1}", "--json")
    let ended = try JSON(parsing: simulate.out.utf8.dropLast())["stopped"]?.array?.compactMap { $0["trial"]?.int } ?? []
    try program.write(Self.experiment("{threshold: {upper: 1}}", trials: 12), to: "e.yaml")
    #expect(try program.run("apply", "e.yaml", "--yes").out.contains("0 run in this apply"))
    #expect(try Set(ended) == Set(Self.stops(program).keys) && !ended.isEmpty)
  }

  @Test("are confirmed where a rule looks at another metric, which those runs need not report")
  func confirmed() throws {
    let program = try Program([
      "e.yaml": """
      attune: 1
      name: curves
      objective: {minimize: loss}
      parameters: {x: {float: [0, 1]}}
      constraints: [size < 9]
      search: {strategy: random, seed: 1}
      budget: {trials: 8}
      stopping: [{threshold: {metric: grad, upper: 0.9}}]
      confirm: {top: 2, repeats: 2}
      trial: {shell: "echo loss=$x grad=$x size=5", inputs: []}
      """
    ])
    defer { program.remove() }
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0, "\(apply.err)")
    #expect(try program.run("verify", "results/curves/manifest.json").code == 0)
    let journal = program.url(".attune/journal.sqlite")
    try Data(Data(contentsOf: journal).prefix(5000)).write(to: journal)
    #expect(try program.run("doctor", "--rebuild").code == 0)
    #expect(try program.run("apply", "e.yaml", "--yes").out.contains("0 run in this apply"))
  }

  @Test("are judged by event files that are written side by side as by one: the same with 1 and 8 at once")
  func eventFiles() throws {
    // Records of one scalar each, without their check values' tables: as TensorBoard's writer makes them, but for the sums.
    let script = """
      import os, struct, sys, time
      def crc(data):
          c = 0xffffffff
          for byte in data:
              c ^= byte
              for _ in range(8): c = (c >> 1) ^ (0x82f63b78 if c & 1 else 0)
          c ^= 0xffffffff
          return ((c >> 15 | c << 17) + 0xa282ead8) & 0xffffffff
      def scalar(folder, tag, value, step):
          tag = tag.encode()
          entry = b"\\x0a" + bytes([len(tag)]) + tag + b"\\x15" + struct.pack("<f", value)
          summary = b"\\x0a" + bytes([len(entry)]) + entry
          event = b"\\x10" + bytes([step]) + b"\\x2a" + bytes([len(summary)]) + summary
          size = struct.pack("<Q", len(event))
          with open(folder + "/events.out.tfevents.1", "ab") as file:
              file.write(size + struct.pack("<I", crc(size)) + event + struct.pack("<I", crc(event)))
      x, place = float(sys.argv[1]), sys.argv[2]
      for name in ("a", "b"): os.makedirs(place + "/" + name, exist_ok=True)
      for step in range(1, 11):
          scalar(place + "/b", "loss", x + 1 / step, step)
          if int(x * 100) % 2: time.sleep(0.03)
          scalar(place + "/a", "norm", 1000 if step == 4 and x > 1 else 1, step)
          time.sleep(0.02)
      """
    var results = Set<String>()
    for parallel in ["1", "8"] {
      let program = try Program([
        "e.yaml": Self.experiment("{threshold: {metric: norm, upper: 100}}", trials: 12)
          .replacingOccurrences(of: "train.py ${x}\"", with: "train.py ${x} ${trial.dir}\"")
          .replacingOccurrences(
            of: "inputs: [train.py]",
            with: "inputs: [train.py], metrics: {from: tensorboard, path: ., names: {loss: loss, norm: norm}}"),
        "train.py": script,
      ])
      defer { program.remove() }
      let apply = try program.apply(parallel, kills: [])
      #expect(apply.code == 0, "\(apply.err)")
      results.insert(try program.read("results/curves/trials.jsonl"))
      for trial in try Self.trials(program) {
        let isBad = (trial["parameters"]?["x"]?.number ?? 0) > 1
        #expect(trial["stopped"]?["step"]?.int == (isBad ? 4 : nil), "\(trial.canonicalText)")
      }
    }
    #expect(results.count == 1)
  }

  @Test("are ended by a threshold beside rungs as well: the same with 1 and 8 at once")
  func besideRungs() throws {
    var results = Set<String>()
    for parallel in ["1", "8"] {
      let program = try Self.exploding(
        "{threshold: {metric: norm, upper: 4.5}}", fidelity: "epochs: {from: 3, to: 27}")
      defer { program.remove() }
      let apply = try program.apply(parallel, kills: [])
      #expect(apply.code == 0, "\(apply.err)")
      results.insert(try program.read("results/curves/trials.jsonl"))
      let trials = try Self.trials(program)
      // At the lowest rung nothing has exploded, and at full training what has is ended and not the best.
      #expect(trials.contains { $0["stopped"]?["step"]?.int == 6 && $0["parameters"]?["epochs"]?.int == 9 })
      #expect(try program.run("verify", "results/curves/manifest.json").code == 0)
      // What is ended at a rung saves the rest of it, and what would have followed.
      let rule = "threshold: {metric: norm, upper: 0.5}"
      let saved = try program.run("simulate", "results/curves/manifest.json", "--with", rule, "--json")
      let (before, after) = try (
        JSON(parsing: saved.out.utf8.dropLast())["recorded"], JSON(parsing: saved.out.utf8.dropLast())["simulated"]
      )
      #expect((after?["steps"]?.int ?? 0) * 2 < before?["steps"]?.int ?? 0, "\(saved.out)")
      #expect((after?["trials"]?.int ?? 0) < before?["trials"]?.int ?? 0)
    }
    #expect(results.count == 1)
  }

  @Test("are told by a file first, have their time to end, and what they do then does not count")
  func grace() throws {
    let script = """
      import os, sys, time, pathlib
      x = float(sys.argv[1])
      for step in range(1, 400):
          print(f"step={step} loss={x + 1 / step}", flush=True)
          if os.path.exists(os.environ["ATTUNE_STOP"]):
              pathlib.Path(os.environ["ATTUNE_CHECKPOINT"], "saved").write_text(str(step))
              print("step=1000 loss=-5")
              sys.exit(0)
          time.sleep(0.01)
      """
    let program = try Program([
      "e.yaml": Self.experiment(
        "{threshold: {upper: 1.2}}, {patience: {steps: 30, improvement: 0.01}}", ", grace: 20s", trials: 6),
      "train.py": script,
    ])
    defer { program.remove() }
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0, "\(apply.err)")
    let trials = try Self.trials(program)
    for trial in trials {
      let rule = trial["stopped"]?["rule"]?.string
      let isBad = (trial["parameters"]?["x"]?.number ?? 0) + 1 > 1.2
      #expect(rule == (isBad ? "threshold" : "patience"))
      #expect(trial["state"]?.string == (isBad ? "stopped" : "completed"))
      #expect(trial["curve"]?.array?.last?.array?.first?.int == trial["stopped"]?["step"]?.int)
    }
    let files = try FileManager.default.subpathsOfDirectory(atPath: program.url(".attune/trials").path)
    #expect(files.count { $0.hasSuffix("checkpoint/saved") } == trials.count)
    #expect(apply.err.contains("stopped by threshold at step 1"), "\(apply.err)")
    #expect(try program.run("verify", "results/curves/manifest.json").code == 0)
  }

  @Test("end at once where they do not look at the file, whatever they do with signals")
  func deaf() throws {
    let script = """
      trap '' TERM
      echo "loss=9"
      sleep 60
      """
    let program = try Program([
      "e.yaml": Self.experiment("{threshold: {upper: 5}}", trials: 2)
        .replacingOccurrences(of: "python3 train.py", with: "sh train.sh")
        .replacingOccurrences(of: "[train.py]", with: "[train.sh]"),
      "train.sh": script,
    ])
    defer { program.remove() }
    let began = Date()
    let apply = try program.run("apply", "e.yaml", "--yes")
    // SIGKILL comes after five seconds.
    #expect(Date().timeIntervalSince(began) < 40)
    #expect(apply.code == 1 && apply.out.contains("2 stopped"), "\(apply.code) \(apply.out)\(apply.err)")
    #expect(apply.out.contains("No trial completed"), "\(apply.out)")
  }

  @Test("are known by their steps in each kind of source")
  func sources() throws {
    let writers = [
      ("jsonl, path: m.jsonl", #"print('{"epoch": %d, "loss": %g}' % (step, loss), file=out, flush=True)"#),
      (
        "csv, path: m.csv",
        "print(f'{step},{loss}' if step > 1 else f'step,loss\\n{step},{loss}', file=out, flush=True)"
      ),
      ("stdout, pattern: 'epoch {epoch:int}: {loss}'", "print(f'epoch {step}: {loss}', flush=True)"),
    ]
    for (source, write) in writers {
      let name = source.contains("csv") ? "m.csv" : "m.jsonl"
      let program = try Program([
        "e.yaml": Self.experiment(Self.median, ", metrics: {from: \(source)}", trials: 16),
        "train.py": """
        import os, sys, time
        x = float(sys.argv[1])
        out = open(os.environ["ATTUNE_TRIAL_DIR"] + "/\(name)", "w")
        for step in range(1, 15):
            loss = (x - 0.3) ** 2 + 1 / step
            \(write)
            time.sleep(0.01)
        """,
      ])
      defer { program.remove() }
      let apply = try program.run("apply", "e.yaml", "--yes")
      #expect(apply.code == 0, "\(source): \(apply.err)")
      let stops = try Self.stops(program)
      #expect(!stops.isEmpty && stops.values.allSatisfy { $0 == 3 }, "\(source): \(stops)")
    }
  }

  @Test("are ended while they run, though Python keeps back what it prints")
  func inTime() throws {
    let script = Self.script.replacingOccurrences(of: "range(1, 21)", with: "range(1, 401)")
    let program = try Program(["e.yaml": Self.experiment("{threshold: {upper: 1}}", trials: 3), "train.py": script])
    defer { program.remove() }
    let apply = try program.start(["apply", "e.yaml", "--yes"], through: ["/usr/bin/env", "-u", "PYTHONUNBUFFERED"])
      .wait()
    #expect(apply.code == 0 || apply.code == 1, "\(apply.err)")
    let stopped = try #require(try Self.stops(program).keys.min())
    let lines = try program.run("logs", "\(stopped)", "e.yaml").out.split(separator: "\n").count
    // It would keep back more than 200.
    #expect(lines > 0 && lines < 150, "\(lines)")
  }

  @Test("cannot be forged: a verdict that the reports do not give is found")
  func forged() throws {
    let program = try Program(["e.yaml": Self.experiment(Self.median, trials: 12), "train.py": Self.script])
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    let stop = try #require(try Self.stops(program).min { $0.key < $1.key })
    var lines = try program.read("results/curves/trials.jsonl").split(separator: "\n").map(String.init)
    // One report less, and the verdict a step earlier.
    let line = lines[stop.key]
    let last = try #require(line.range(of: ",[\(stop.value),"))
    let end = try #require(line.range(of: "]]"))
    lines[stop.key] = (line[..<last.lowerBound] + line[end.lowerBound...].dropFirst())
      .replacingOccurrences(of: "\"step\":\(stop.value)", with: "\"step\":\(stop.value - 1)")
    let forged = lines.map { $0 + "\n" }.joined()
    var manifest = try Manifest(fileBytes: File.read(program.url("results/curves/manifest.json").path))
    manifest.content.trialsDigest = Digest(of: "file", Array(forged.utf8))
    try program.write(forged, to: "results/curves/trials.jsonl")
    try File.replace(program.url("results/curves/manifest.json").path, with: manifest.fileBytes)
    let verify = try program.run("verify", "results/curves/manifest.json")
    #expect(verify.code == 22, "\(verify.out)")
    #expect(verify.out.contains("is not ended as the rules end it"), "\(verify.out)")
  }

  @Test("are run as far as they came when they are reproduced")
  func reproduce() throws {
    let program = try Program(["e.yaml": Self.experiment(Self.median, trials: 16), "train.py": Self.script])
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    let stopped = try #require(try Self.stops(program).keys.min())
    let again = try program.run("reproduce", "results/curves/manifest.json", "--trials", "best,\(stopped)")
    #expect(again.code == 0, "\(again.out)\(again.err)")
    #expect(again.out.contains("= trial \(stopped)"), "\(again.out)")
    let replay = try program.run("replay", "results/curves/manifest.json", "--decision", "\(stopped)")
    #expect(replay.out.contains("stopped by median at step 3"), "\(replay.out)")
  }

  /// A loss with noise that follows from the run's seed.
  private static let noisy = """
    import random, os, sys
    x, seed = float(sys.argv[1]), int(os.environ["ATTUNE_SEED"])
    if x > 1.9: sys.exit(3)
    print(f"loss={(x - 0.3) ** 2 + random.Random(seed).gauss(0, 0.05)}")
    """

  private static func race(_ rule: String = "racing: {p: 0.05}") -> String {
    experiment("{\(rule)}", ", repeats: {seeds: 5}")
  }

  @Test("that are repeated are raced, the same with 1, 2 and 8 at once, and after the apply was killed")
  func racing() throws {
    var manifests = Set<String>()
    for parallel in ["1", "2", "8", "kill"] {
      let program = try Program(["e.yaml": Self.race(), "train.py": Self.noisy])
      defer { program.remove() }
      let apply = try program.apply(parallel, kills: [0.4, 0.6, 0.8])
      #expect(apply.code == 0, "\(apply.err)")
      manifests.insert(try program.read("results/curves/trials.jsonl"))
      #expect(try program.run("verify", "results/curves/manifest.json").code == 0)
      #expect(try program.run("doctor", "e.yaml").code == 0)
      #expect(try program.run("apply", "e.yaml", "--yes").out.contains("0 run in this apply"))
      guard parallel == "2" else { continue }
      let trials = try Self.trials(program)
      let raced = try #require(trials.first { $0["state"]?.string == "stopped" })
      // Those that are left of a trial that is clearly worse, or that has failed, are not run.
      #expect(raced["runs"]?.array?.count == raced["stopped"]?["step"]?.int && raced["curve"] == nil)
      #expect(trials.allSatisfy { $0["state"]?.string != "failed" || $0["runs"]?.array?.count ?? 9 <= 2 })
      let number = try #require(raced["trial"]?.int)
      let why = try program.run("why", "\(number)", "e.yaml")
      #expect(why.code == 0 && !why.out.contains("+"), "\(why.out)")
      let again = try program.run("reproduce", "results/curves/manifest.json", "--trials", "best,\(number)")
      #expect(again.code == 0, "\(again.out)\(again.err)")
      // Without the rule those that were not run are run, and no others.
      let left = trials.reduce(0) { $0 + 5 - ($1["runs"]?.array?.count ?? 0) }
      try program.write(Self.experiment("", ", repeats: {seeds: 5}"), to: "e.yaml")
      #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
      let log = try program.run("list", "e.yaml").out
      #expect(try Self.trials(program).allSatisfy { $0["runs"]?.array?.count == 5 } && left > 20, "\(left) \(log)")
      // What the rule would have saved is what it has saved; the search learns nothing from outcomes.
      let simulation = try program.run(
        "simulate", "results/curves/manifest.json", "--json", "--with", "racing: {p: 0.05}")
      let stopped = try JSON(parsing: simulation.out.utf8.dropLast())["stopped"]?.array ?? []
      #expect(
        Set(stopped.map { $0["trial"]?.int }) == Set(trials.filter { $0["stopped"] != nil }.map { $0["trial"]?.int }))
    }
    #expect(manifests.count == 1)
  }

  @Test("that are repeated cannot be forged: runs that the rule did not save are missed")
  func forgedRace() throws {
    let program = try Program(["e.yaml": Self.race(), "train.py": Self.noisy])
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    let original = try program.read("results/curves/trials.jsonl").split(separator: "\n").map(String.init)
    let place = try #require(original.firstIndex { $0.contains("\"state\":\"completed\"") })
    let runs = try #require(original[place].range(of: "\"runs\":["))
    let second = try #require(original[place].range(of: "},{", range: runs.upperBound..<original[place].endIndex))
    let third = try #require(original[place].range(of: "},{", range: second.upperBound..<original[place].endIndex))
    let end = try #require(original[place].range(of: "}]"))
    let short = original[place].replacingCharacters(in: third.lowerBound..<end.lowerBound, with: "")
    let parameters = try #require(short.range(of: "\"parameters\""))
    let stopped = ("{" + short[parameters.lowerBound...]).replacingOccurrences(
      of: "\"state\":\"completed\"", with: "\"state\":\"stopped\",\"stopped\":{\"rule\":\"racing\",\"step\":2}")
    for (line, text) in [(short, "as many runs"), (stopped, "is not")] {
      var lines = original
      lines[place] = line
      let forged = lines.map { $0 + "\n" }.joined()
      var manifest = try Manifest(fileBytes: File.read(program.url("results/curves/manifest.json").path))
      manifest.content.trialsDigest = Digest(of: "file", Array(forged.utf8))
      try program.write(forged, to: "results/curves/trials.jsonl")
      try File.replace(program.url("results/curves/manifest.json").path, with: manifest.fileBytes)
      let verify = try program.run("verify", "results/curves/manifest.json")
      #expect(verify.code == 22 && verify.out.contains(text), "\(verify.out)")
    }
  }

  @Test("are ended in sessions by what is reported there")
  func session() throws {
    let program = try Program([
      "e.yaml": """
      attune: 1
      name: asked
      objective: {maximize: acc}
      parameters: {x: {float: [0, 1]}}
      search: {strategy: tpe, seed: 4}
      budget: {trials: 10}
      stopping: [{median: {warmup_trials: 2}}]
      """
    ])
    defer { program.remove() }
    var lines: [String] = []
    for trial in 0..<3 {
      lines.append(#"{"op":"ask"}"#)
      lines += (1...3).map { #"{"op":"report","id":\#(trial),"step":\#($0),"value":\#(trial == 2 ? 0.1 : 0.5)}"# }
      lines.append(#"{"op":"tell","id":\#(trial),"value":0.5}"#)
    }
    lines += [
      #"{"op":"best"}"#, #"{"op":"ask"}"#, #"{"op":"report","id":3,"step":1}"#,
      #"{"op":"report","id":3,"step":1,"value":0.9}"#, #"{"op":"report","id":3,"step":1,"value":0.9}"#,
      #"{"op":"tell","id":3,"state":"stopped"}"#, #"{"op":"state"}"#,
    ]
    let output = try program.run("session", "e.yaml", "--journal", "j.sqlite", lines: lines)
    let answers = output.out.split(separator: "\n").map(String.init)
    #expect(answers.count == lines.count, "\(output.out)\(output.err)")
    #expect(answers[11] == #"{"ok":true,"rule":"median","stop":true}"#)
    #expect(answers[6] == #"{"ok":true,"stop":false}"#)
    #expect(answers[15].contains(#""id":0"#))
    #expect(answers[17].contains("is missing: `value`"), "\(answers[17])")
    #expect(answers[18] == #"{"ok":true,"stop":false}"#)
    #expect(answers[19].contains("steps grow"), "\(answers[19])")
    #expect(answers[20] == #"{"ok":true}"#)
    // A session that is opened again knows what was reported.
    let again = try program.run("session", "e.yaml", "--journal", "j.sqlite", lines: [#"{"op":"state"}"#])
    #expect(again.out == answers[21] + "\n", "\(again.out)\(again.err)")
  }

  @Test("are ended in sessions by any metric, that of the end as well")
  func sessionOfSeveral() throws {
    let program = try Program([
      "e.yaml": """
      attune: 1
      name: asked
      objective: {minimize: loss}
      parameters: {x: {float: [0, 1]}}
      search: {strategy: tpe, seed: 4}
      budget: {trials: 10}
      stopping: [{threshold: {metric: norm, upper: 5}}]
      """
    ])
    defer { program.remove() }
    let output = try program.run(
      "session", "e.yaml",
      lines: [
        #"{"op":"ask","count":4}"#, #"{"op":"report","id":0,"step":1,"metrics":{"loss":1,"norm":4}}"#,
        #"{"op":"report","id":0,"step":2,"metrics":{"loss":1,"norm":6}}"#,
        #"{"op":"report","id":1,"step":1,"value":0.1}"#, #"{"op":"tell","id":1,"metrics":{"loss":0.1,"norm":9}}"#,
        #"{"op":"tell","id":2,"metrics":{"loss":0.2,"norm":9}}"#, #"{"op":"tell","id":3,"value":0.3}"#,
        #"{"op":"tell","id":3,"metrics":{"loss":0.3,"norm":1}}"#, #"{"op":"best"}"#,
      ])
    let answers = output.out.split(separator: "\n").map(String.init)
    #expect(answers[1] == #"{"ok":true,"stop":false}"#)
    #expect(answers[2] == #"{"ok":true,"rule":"threshold","stop":true}"#)
    #expect(answers[6].contains("the metric `norm` is missing: `metrics` gives several by name"), "\(answers[6])")
    #expect(answers.last?.contains(#""id":3"#) == true, "\(output.out)")
  }
}

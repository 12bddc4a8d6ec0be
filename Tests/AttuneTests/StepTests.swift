import Artifacts
import Foundation
import Testing

/// Steps beside the search, over the built program and real processes.
@Suite("Steps before and after the search")
struct StepTests {
  private static func experiment(_ steps: String, trials: Int = 4) -> String {
    """
    attune: 1
    name: steps
    objective: {minimize: loss}
    parameters: {x: {float: [0, 10]}}
    search: {strategy: random, seed: 3}
    budget: {trials: \(trials), parallel: 2}
    trial: {run: "sh t.sh ${x}", inputs: [t.sh, made]}
    \(steps)
    """
  }

  private static let manifest = "results/steps/manifest.json"
  private static let prepare = """
    prepare:
      raw: {shell: "echo raw >> log; mkdir -p made; echo 7 > made/raw", inputs: [], outputs: [made/raw]}
      features: {run: sh features.sh, inputs: [features.sh, made/raw], outputs: [made/features]}
      apart: {shell: "echo apart >> log", inputs: []}
    """

  private static func program(_ steps: String, trials: Int = 4) throws -> Program {
    try Program([
      "e.yaml": experiment(steps, trials: trials),
      "t.sh": "read v < made/features; echo trial >> log; echo loss=$1$v\n",
      "features.sh": "echo features >> log; sed s/7/8/ made/raw > made/features\n",
    ])
  }

  private static func log(_ program: Program) -> [String] {
    ((try? program.read("log")) ?? "").split(separator: "\n").map(String.init)
  }

  @Test("run once, in their order, and again only when their command, their inputs or what they made has changed")
  func cached() throws {
    let program = try Self.program(Self.prepare)
    defer { program.remove() }
    // What steps make need not be there.
    #expect(try program.run("check", "e.yaml").code == 0)
    let plan = try program.run("plan", "e.yaml")
    #expect(plan.out.contains("+ features  sh features.sh  (after raw; makes made/features)"), "\(plan.out)")
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0, "\(apply.err)")
    let log = Self.log(program)
    #expect(log.count == 7 && Set(log.prefix(3)) == ["raw", "features", "apart"], "\(log)")
    #expect((log.firstIndex(of: "raw") ?? 9) < (log.firstIndex(of: "features") ?? 0))
    #expect(try program.run("plan", "e.yaml").out.contains("= features"))
    #expect(try program.run("verify", Self.manifest).code == 0)
    #expect(try program.run("apply", "e.yaml").code == 0)
    #expect(Self.log(program).count == 7)

    // What it made is not there as it was: the same trials.
    try program.write("9", to: "made/features")
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    #expect(Self.log(program).dropFirst(7) == ["features"])
    #expect(try program.read("made/features") == "8\n")

    // Another input: other trials.
    try program.write("echo features >> log; sed s/7/6/ made/raw > made/features\n", to: "features.sh")
    let reason = try program.run("plan", "e.yaml").out
    #expect(reason.contains("changed since the last apply: `prepare` of the experiment"), "\(reason)")
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    #expect(Self.log(program).dropFirst(8) == ["features", "trial", "trial", "trial", "trial"])
    let why = try program.run("why", "0", "e.yaml").out
    #expect(why.contains("recorded"), "\(why)")
    #expect(try program.run("apply", "e.yaml", "--yes", "--fresh").code == 0)
    #expect(Self.log(program).dropFirst(13).count == 7)
  }

  @Test("are run again with what they are made from, when that is made anew and is another")
  func remade() throws {
    let steps = """
      prepare:
        raw: {shell: "mkdir -p made; date +%N > made/raw", inputs: [], outputs: [made/raw]}
        features: {shell: "cat made/raw made/raw > made/features", inputs: [made/raw], outputs: [made/features]}
      """
    let program = try Self.program(steps)
    defer { program.remove() }
    try program.write("read v < made/features; echo loss=$v\n", to: "t.sh")
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    let before = try program.read("made/raw")
    try FileManager.default.removeItem(at: program.url("made/raw"))
    #expect(try program.run("plan", "e.yaml").out.contains("+ raw"))
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0, "\(apply.err)")
    let after = try program.read("made/raw")
    #expect(after != before)
    #expect(try program.read("made/features") == after + after)
    #expect(apply.err.contains("warning: made/raw of the step raw is another than before"), "\(apply.err)")
    #expect(try program.run("plan", "e.yaml").out.contains("= features"))
    let fresh = try program.run("apply", "e.yaml", "--yes", "--fresh")
    #expect(fresh.code == 0 && fresh.out.contains("4 run in this apply"), "\(fresh.out)")
  }

  @Test("must leave to the trials what they have made: one that changes it ends the apply")
  func changedByTrials() throws {
    for change in ["rm made/features", "echo 5 > made/features"] {
      let program = try Self.program(Self.prepare, trials: 8)
      defer { program.remove() }
      try program.write("read v < made/features; echo loss=$1; \(change)\n", to: "t.sh")
      let apply = try program.run("apply", "e.yaml", "--yes")
      #expect(apply.code != 0 && apply.err.contains("made/features"), "\(apply)")
      #expect(!program.exists(Self.manifest))
    }
  }

  @Test("that fail keep those from running that come after them, and no others; no trial is started")
  func failing() throws {
    let program = try Self.program(
      """
      prepare:
        raw: {shell: "echo oh no >&2; exit 3", inputs: [], outputs: [made/raw]}
        features: {run: sh features.sh, inputs: [features.sh, made/raw], outputs: [made/features]}
        apart: {shell: "echo apart >> log", inputs: []}
        lazy: {run: "true", inputs: [], outputs: [made/lazy]}
        slow: {run: sleep 60, inputs: [], timeout: 200ms}
        gone: {run: ./nothing.sh, inputs: []}
      """)
    defer { program.remove() }
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 4)
    for text in [
      "step raw failed: exit code 3 (oh no)", "step features  not run", "did not make made/lazy",
      "step slow failed: it took longer than its timeout", "step gone failed: ", "no trial is started",
    ] {
      #expect(apply.err.contains(text), "\(text): \(apply.err)")
    }
    #expect(Self.log(program) == ["apart"])
    #expect(!program.exists(Self.manifest))
    #expect(try program.run("logs", "raw").out.contains("oh no"))
    // It goes on where it was.
    try program.write(Self.experiment(Self.prepare), to: "e.yaml")
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    #expect(Self.log(program).count { $0 == "apart" } == 1)
  }

  @Test("after the search know the best trial, and are run again when the result is another one")
  func finally() throws {
    let steps = """
      \(Self.prepare)
      confirm: {top: 2, repeats: 2}
      finally:
        train: {run: "sh use.sh ${x} ${trial.seed} ${trial.dir}", inputs: [use.sh], outputs: [model]}
        script:
          shell: "echo $x > script.txt; cp $ATTUNE_PARAMS params.txt; head -c 9 $ATTUNE_MANIFEST > head.txt"
          inputs: []
          outputs: [script.txt, params.txt, head.txt]
        broken: {run: "false", inputs: [], after: [train]}
        never: {shell: "echo never >> log", inputs: [], after: [broken]}
      """
    let program = try Self.program(steps)
    defer { program.remove() }
    try program.write("echo $1 $2 > model; ls $3/stdout.log >> model; echo used >> log\n", to: "use.sh")
    let apply = try program.run("apply", "e.yaml", "--yes")
    // The result is there all the same.
    #expect(apply.code == 4 && program.exists(Self.manifest), "\(apply)")
    #expect(apply.err.contains("step never  not run"))
    let selection = try JSON(parsing: program.read(Self.manifest).utf8)["content"]?["selection"]
    let best = selection?["best"]
    let x = best?["parameters"]?["x"]?.canonicalText ?? "-"
    #expect(try program.read("model").hasPrefix("\(x) \(best?["seed"]?.int ?? -1)\n"))
    #expect(try program.read("model").contains("stdout.log"))
    #expect(try program.read("script.txt") == x + "\n")
    #expect(try program.read("params.txt") == "{\"x\":\(x)}")
    #expect(try program.run("verify", Self.manifest).code == 0)
    let again = try program.run("apply", "e.yaml", "--yes")
    #expect(again.err.contains("step train  as it was"), "\(again.err)")
    #expect(Self.log(program).count { $0 == "used" } == 1)
    try program.write(Self.experiment(steps, trials: 6), to: "e.yaml")
    #expect(try program.run("apply", "e.yaml", "--yes").code == 4)
    #expect(Self.log(program).count { $0 == "used" } == 2)
    #expect(!Self.log(program).contains("never"))
  }

  @Test("may make folders with links that lead round in a circle, and are run again when something in them is gone")
  func folders() throws {
    let program = try Self.program(
      """
      prepare:
        raw: {shell: "echo raw >> log; mkdir -p made/deep; ln -sfn .. made/deep/up; ln -sfn . made/deep/here; echo 7 > made/deep/x; echo 8 > made/features", inputs: [], outputs: [made]}
      """)
    defer { program.remove() }
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0, "\(apply.err)")
    #expect(try program.run("apply", "e.yaml", "--yes").err.contains("step raw  as it was"))
    try FileManager.default.removeItem(at: program.url("made/deep/x"))
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    #expect(Self.log(program).count { $0 == "raw" } == 2 && program.exists("made/deep/x"))
    // A record that is damaged is none.
    for name in try FileManager.default.contentsOfDirectory(atPath: program.url(".attune/steps").path) {
      try program.write("{", to: ".attune/steps/\(name)/record.json")
    }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    #expect(Self.log(program).count { $0 == "raw" } == 3)
  }

  @Test("leave nothing behind when the apply is killed or stopped, and begin anew with the next one")
  func killed() throws {
    for signal in [SIGKILL, SIGTERM] {
      let program = try Self.program(
        """
        prepare:
          raw: {shell: "echo raw >> log; sleep 987.654 & sleep 987.654", inputs: [], outputs: [made/raw]}
        """)
      defer { program.remove() }
      let running = try program.start(["apply", "e.yaml", "--yes"])
      #expect(eventually { Self.log(program) == ["raw"] })
      running.send(signal)
      let ended = try running.wait()
      #expect(signal == SIGKILL ? ended.signal == SIGKILL : ended.code == 143, "\(ended)")
      #expect(eventually { !Self.isRunning("987.654", in: program) })
      #expect(!program.exists(Self.manifest))
      try program.write(Self.experiment(Self.prepare), to: "e.yaml")
      #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
      #expect(try program.run("doctor", "e.yaml").code == 0)
    }
  }

  /// Whether a process with this argument runs in the program's folder.
  private static func isRunning(_ argument: String, in program: Program) -> Bool {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.compactMap { Int($0) }.contains { pid in
      guard let line = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8) else { return false }
      let folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")
      return line.contains(argument) && folder == program.folder.path
    }
  }
}

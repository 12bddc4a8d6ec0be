import Artifacts
import Foundation
import Testing

@Suite("What a trial may use", .serialized)
struct ResourceTests {
  /// Whether attune can make control groups of version 1 here, as root where they are mounted.
  private static let hasGroups: Bool = {
    guard geteuid() == 0, let own = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8) else {
      return false
    }
    guard let line = own.split(separator: "\n").first(where: { $0.contains(":memory:") }) else { return false }
    let folder = "/sys/fs/cgroup/memory" + (line.split(separator: ":").last ?? "")
    return access(folder + "/cgroup.procs", W_OK) == 0
  }()

  /// Needs as many MiB as its parameter says, each of them written to.
  private static let hungry = """
    import sys
    data = bytearray(int(sys.argv[1]) * (1 << 20))
    for place in range(0, len(data), 4096): data[place] = 1
    print("loss=" + sys.argv[1])
    """

  private static func program(_ trial: String, _ script: String = hungry) throws -> Program {
    try Program([
      "e.yaml": """
      attune: 1
      name: limits
      objective: {minimize: loss}
      parameters: {mib: {choice: [10, 200]}}
      search: {strategy: grid}
      trial: {run: "python3 t.py ${mib}", inputs: [t.py], \(trial)}
      """, "t.py": script,
    ])
  }

  private static func trials(_ program: Program) throws -> [JSON] {
    try program.read("results/limits/trials.jsonl").split(separator: "\n").map { try JSON(parsing: $0.utf8) }
  }

  @Test(
    "a trial that needs more memory than it may have fails by that, and runs again when it may have more",
    .enabled(if: hasGroups))
  func memory() throws {
    let program = try Self.program("resources: {memory: 64MiB}")
    defer { program.remove() }
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0, "\(apply.err)")
    #expect(
      apply.out.contains("at most 67.1 MB of memory") && apply.err.contains("it needed more memory than it may have"))
    let trials = try Self.trials(program)
    #expect(trials[0]["state"]?.string == "completed" && trials[1]["failure"]?["class"]?.string == "memory")
    #expect(try program.run("verify", "results/limits/manifest.json").code == 0)
    // With as much it would come to the same end, with more it need not.
    #expect(try program.run("plan", "e.yaml").out.contains("0 to run, 2 recorded"))
    let more = try program.run("plan", "e.yaml", "--set", "trial.resources.memory=1GiB")
    #expect(more.out.contains("1 to run, 1 recorded"), "\(more.out)")
    #expect(try program.run("apply", "e.yaml", "--yes", "--set", "trial.resources.memory=1GiB").code == 0)
    #expect(try Self.trials(program).allSatisfy { $0["state"]?.string == "completed" })
    #expect(eventually { Self.leftGroups().isEmpty })
  }

  @Test(
    "a trial of which a process is killed for memory has failed, also where it goes on and ends well",
    .enabled(if: hasGroups))
  func swallowed() throws {
    let script = "import subprocess, sys\nsubprocess.run([sys.executable, 'hungry.py', sys.argv[1]])\nprint('loss=1')\n"
    let program = try Self.program("resources: {memory: 64MiB}", script)
    defer { program.remove() }
    try program.write(Self.hungry, to: "hungry.py")
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0, "\(apply.err)")
    let trials = try Self.trials(program)
    #expect(trials[0]["state"]?.string == "completed")
    #expect(
      trials[1]["state"]?.string == "failed" && trials[1]["failure"]?["class"]?.string == "memory", "\(trials[1])")
  }

  @Test("a trial that ran out of memory is tried again with more, if that is said", .enabled(if: hasGroups))
  func growingMemory() throws {
    let program = try Self.program("resources: {memory: 64MiB}, failures: {memory: {retries: 2, grow: 2.5}}")
    defer { program.remove() }
    let apply = try program.run("apply", "e.yaml", "--yes", "-p", "2", "--progress", "plain")
    #expect(apply.code == 0, "\(apply.err)")
    #expect(apply.out.contains("tried again up to 2 times, each time with 2.5 times as much"), "\(apply.out)")
    // 64 and 160 MiB are too little for 200.
    #expect(apply.err.split(separator: "\n").count { $0.contains("it is tried again") } == 2, "\(apply.err)")
    #expect(try Self.trials(program).allSatisfy { $0["state"]?.string == "completed" })
    #expect(try program.run("apply", "e.yaml", "--yes").out.contains("0 run in this apply"))
    #expect(try program.run("verify", "results/limits/manifest.json").code == 0)
    let again = try program.run("reproduce", "results/limits/manifest.json", "--trials", "1")
    #expect(again.code == 0, "\(again.out)\(again.err)")
    #expect(eventually { Self.leftGroups().isEmpty })
  }

  @Test("a trial that took too long has more time when it is tried again, also after attune was killed in between")
  func growingTime() throws {
    let script = """
      import sys, time
      if sys.argv[1] == "200":
        open("attempts", "a").write("x")
        time.sleep(3)
      print("loss=1")
      """
    let program = try Self.program("timeout: 1s, failures: {timeout: {retries: 3, grow: 2}}", script)
    defer { program.remove() }
    let running = try program.start(["apply", "e.yaml", "--yes"])
    // In the second attempt, which has two seconds.
    Thread.sleep(forTimeInterval: 2.5)
    kill(running.pid, SIGKILL)
    _ = try running.wait()
    let before = try program.read("attempts").count
    #expect(before == 2)
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0, "\(apply.err)")
    // Two seconds again, and then four.
    #expect(try program.read("attempts").count == before + 2)
    #expect(try Self.trials(program).allSatisfy { $0["state"]?.string == "completed" })
    #expect(try program.run("verify", "results/limits/manifest.json").code == 0)
    // What has failed with all that it may have is not run again, and is with more.
    let other = try Self.program("timeout: 500ms, failures: {timeout: {retries: 1, grow: 2}}", script)
    defer { other.remove() }
    #expect(try other.run("apply", "e.yaml", "--yes").code == 0)
    #expect(try Self.trials(other)[1]["failure"]?["class"]?.string == "timeout")
    #expect(try other.run("apply", "e.yaml", "--yes").out.contains("0 run in this apply"))
    #expect(try other.read("attempts").count == 2)
    let more = ["--set", "trial.failures.timeout.retries=2"]
    #expect(try other.run(["plan", "e.yaml"] + more).out.contains("1 to run"))
  }

  @Test(
    "attempts that had less than a policy gives them later are no attempts of it, and a budget sets aside what grew")
  func growingLater() throws {
    let script = """
      import sys, time
      open("attempts-" + sys.argv[1], "a").write("x")
      if sys.argv[1] == "200": time.sleep(1.3)
      print("loss=1")
      """
    let trial = "timeout: 500ms, resources: {cpus: 1}, failures: {timeout: {retries: 2}}"
    let program = try Self.program(trial, script)
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    #expect(try program.read("attempts-200").count == 3)
    try program.write(program.read("e.yaml"), to: "before.yaml")
    try program.write(program.read("e.yaml").replacing("retries: 2", with: "retries: 2, grow: 2"), to: "e.yaml")
    // It says nothing else of the same trials.
    #expect(try program.run("diff", "before.yaml", "e.yaml", "--semantic-only").code == 0)
    #expect(try program.run("plan", "e.yaml").out.contains("1 to run, 1 recorded"))
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 0, "\(apply.err)")
    // One second, and then two.
    #expect(try program.read("attempts-200").count == 5 && program.read("attempts-10").count == 1)
    #expect(try Self.trials(program).allSatisfy { $0["state"]?.string == "completed" })
    // After the first attempt some 7.5 seconds are left: another one of a second could take 7, and one of three can take 9.
    let growing = trial.replacing("500ms", with: "1s").replacing("retries: 2", with: "retries: 1, grow: 3")
    let tight = try Self.program(growing, script)
    defer { tight.remove() }
    let text = try tight.read("e.yaml").replacing(
      "strategy: grid}", with: "strategy: grid}\nbudget: {cpu_hours: 0.0024}")
    try tight.write(text, to: "e.yaml")
    let closed = try tight.run("apply", "e.yaml", "--yes", "--progress", "plain")
    #expect(closed.code == 0, "\(closed.err)")
    #expect(closed.err.contains("the budget has not enough left"), "\(closed.err)")
    #expect(try tight.read("attempts-200").count == 1)
    #expect(try Self.trials(tight).last?["failure"]?["class"]?.string == "timeout")
  }

  @Test("a trial that prints nothing for too long is ended, and one that reports now and then is not")
  func silence() throws {
    let script = """
      import json, os, sys, time
      if sys.argv[1] == "10":
        # Says nothing on its outputs, but reports.
        for step in range(8):
          with open(os.environ["ATTUNE_METRICS"], "a") as file: file.write(json.dumps({"loss": step}) + "\\n")
          time.sleep(0.5)
      else:
        print("loss=1", flush=True)
        time.sleep(60)
      """
    let program = try Self.program("silence: 5s", script)
    defer { program.remove() }
    let apply = try program.run("apply", "e.yaml", "--yes", "-p", "2")
    #expect(apply.code == 0, "\(apply.err)")
    #expect(
      apply.out.contains("ended when it prints nothing for 5s")
        && apply.err.contains("it printed nothing for too long"), "\(apply.out)\(apply.err)")
    let trials = try Self.trials(program)
    #expect(trials[0]["metrics"]?["loss"]?.number == 7 && trials[1]["failure"]?["class"]?.string == "silence")
    #expect(try program.run("verify", "results/limits/manifest.json").code == 0)
    #expect(try program.run("plan", "e.yaml", "--set", "trial.silence=1s").out.contains("2 recorded"))
    #expect(try program.run("plan", "e.yaml", "--set", "trial.silence=1h").out.contains("1 to run, 1 recorded"))
    let policy = try program.run("apply", "e.yaml", "--yes", "--set", "trial.failures.silence=infeasible")
    #expect(policy.code == 0, "\(policy.err)")
    #expect(try Self.trials(program)[1]["state"]?.string == "infeasible")
  }

  @Test("a trial whose files take up more room than they may is ended, also when it has links and deep folders")
  func disk() throws {
    let script = """
      import os, sys, time
      size = int(sys.argv[1])
      folder = os.path.join(os.environ["ATTUNE_TRIAL_DIR"], "deep/er")
      os.makedirs(folder)
      os.symlink("/usr", os.path.join(folder, "usr"))
      for part in range(size):
        with open(os.path.join(folder, str(part)), "wb") as file: file.write(os.urandom(1 << 20))
      print("loss=1", flush=True)
      time.sleep(60 if size > 100 else 1)
      """
    let program = try Self.program("resources: {disk: 100MiB}", script)
    defer { program.remove() }
    let apply = try program.run("apply", "e.yaml", "--yes", "-p", "2")
    #expect(apply.code == 0, "\(apply.err)")
    #expect(
      apply.out.contains("at most 104.9 MB of files")
        && apply.err.contains("its files took up more room than they may"), "\(apply.out)\(apply.err)")
    let trials = try Self.trials(program)
    #expect(trials[0]["state"]?.string == "completed" && trials[1]["failure"]?["class"]?.string == "disk")
    #expect(
      try program.run("plan", "e.yaml", "--set", "trial.resources.disk=1GiB").out.contains("1 to run, 1 recorded"))
  }

  @Test("each process is held to its files and its time of a processor")
  func limits() throws {
    let script = """
      import resource
      files, time = resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_CPU)
      print(f"loss={files[0] + files[1]} time={time[0]}")
      """
    let program = try Self.program("resources: {open_files: 77, cpu_time: 1500ms}", script)
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    for trial in try Self.trials(program) { #expect(trial["metrics"]?["loss"]?.number == 154) }
    let log = try program.run("logs", "0").out
    #expect(log.contains("time=2"), "\(log)")
    // A limit is no part of what a trial is.
    #expect(try program.run("plan", "e.yaml", "--set", "trial.resources.open_files=99").out.contains("2 recorded"))
  }

  @Test(
    "what has cleared its environment ends with an apply that is killed", .enabled(if: hasGroups),
    arguments: ["resources: {memory: 256MiB}", "timeout: 10m"])
  func daemons(_ trial: String) throws {
    let script = """
      import os, subprocess, sys
      name = "attune-daemon-" + os.path.basename(os.getcwd())
      subprocess.Popen(["env", "-i", "setsid", "sh", "-c", "sleep 500; true", name])
      print("loss=" + sys.argv[1])
      if sys.argv[1] == "200": os.kill(os.getppid(), 9)
      if sys.argv[1] == "200": __import__("time").sleep(500)
      """
    let program = try Self.program(trial, script)
    defer { program.remove() }
    let name = "attune-daemon-" + program.folder.lastPathComponent
    #expect(try program.run("apply", "e.yaml", "--yes").signal == 9)
    #expect(eventually { processes(with: name).isEmpty })
    #expect(eventually { Self.leftGroups().isEmpty })
  }

  private static func leftGroups() -> [String] {
    let own = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
    guard let line = own.split(separator: "\n").first(where: { $0.contains(":memory:") }) else { return [] }
    let folder = "/sys/fs/cgroup/memory" + (line.split(separator: ":").last ?? "")
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasPrefix("attune-") }
  }
}

/// No trial is started without what it declares.
@Suite("What trials have for themselves")
struct OwnResourceTests {
  /// Says what it sees, and whether another one has it at the same time.
  private static let script = """
    import os, sys, time
    gpus = os.environ.get("CUDA_VISIBLE_DEVICES", "none")
    assert os.environ.get("HIP_VISIBLE_DEVICES", "none") == gpus
    held = []
    for gpu in gpus.split(","):
        held.append("held-" + gpu)
        os.mkdir(held[-1])
    time.sleep(0.15)
    for name in held: os.rmdir(name)
    print("gpus=%s threads=%s" % (gpus.replace(",", "+"), os.environ.get("OMP_NUM_THREADS", "none")))
    print("loss=" + sys.argv[1])
    """

  private static func program(_ resources: String, parallel: Int = 4) throws -> Program {
    try Program([
      "e.yaml": """
      attune: 1
      name: own
      objective: {minimize: loss}
      parameters: {x: {int: [1, 8]}}
      search: {strategy: grid}
      budget: {parallel: \(parallel)}
      trial: {run: "python3 t.py ${x}", inputs: [t.py], resources: \(resources)}
      """, "t.py": script,
    ])
  }

  private static func seen(_ program: Program) throws -> Set<String> {
    Set(
      try (0..<8).compactMap { trial in
        try program.run("logs", "\(trial)").out.split(separator: "\n").first { $0.hasPrefix("gpus=") }.map(String.init)
      })
  }

  @Test("are GPUs that no other trial sees, and no more run at once than there are for")
  func gpus() throws {
    let program = try Self.program("{gpus: 2}")
    defer { program.remove() }
    let apply = try program.run("apply", "e.yaml", "--yes", "--gpus", "0,3,5,7,9")
    #expect(apply.code == 0, "\(apply.err)")
    #expect(apply.err.contains("note: 2 trials at once: there are 5 GPUs"), "\(apply.err)")
    let seen = try Self.seen(program)
    #expect(seen.allSatisfy { $0.contains("+") && $0.contains("threads=none") } && seen.count >= 2, "\(seen)")
    #expect(try !program.read("results/own/trials.jsonl").contains("failed"))
    // The variable says which there are, and the result is the same.
    let content = try JSON(parsing: program.read("results/own/manifest.json").utf8)["contentDigest"]
    let visible = ["CUDA_VISIBLE_DEVICES": "4,6,-1,8"]
    let again = try program.run(["apply", "e.yaml", "--yes", "--fresh"], environment: visible)
    #expect(again.code == 0 && again.err.contains("note: 1 trial at once: there are 2 GPUs"), "\(again.err)")
    #expect(try Self.seen(program) == ["gpus=4+6 threads=none"])
    #expect(try JSON(parsing: program.read("results/own/manifest.json").utf8)["contentDigest"] == content)
    let few = try program.run("apply", "e.yaml", "--yes", "--fresh", "--gpus", "0")
    #expect(few.code == 69 && few.err.contains("a trial needs 2 GPUs, and there is 1"), "\(few.err)")
    #expect(few.err.contains("--gpus 0,1"))
    #expect(try program.run("apply", "e.yaml", "--gpus", "0,,1").code == 64)
    let reproduction = try program.run("reproduce", "results/own/manifest.json", "--gpus", "2,3")
    #expect(reproduction.code == 0, "\(reproduction)")
  }

  @Test("are processors that no other trial runs on, where that is asked for")
  func pinned() throws {
    let script = """
      import os, time
      own = sorted(os.sched_getaffinity(0))
      for cpu in own: os.mkdir(f"held-{cpu}")
      time.sleep(0.1)
      for cpu in own: os.rmdir(f"held-{cpu}")
      print(f"gpus={len(own)} threads={os.environ['OMP_NUM_THREADS']} cpu={own[0]}")
      print("loss=1")
      """
    let program = try Self.program("{cpus: 1, pin_cpus: true}")
    defer { program.remove() }
    try program.write(script, to: "t.py")
    let apply = try program.run("apply", "e.yaml", "--yes", "--parallel", "64")
    #expect(apply.code == 0, "\(apply.err)")
    #expect(try !program.read("results/own/trials.jsonl").contains("failed"))
    let seen = try Self.seen(program)
    let processors = ProcessInfo.processInfo.activeProcessorCount
    #expect(seen.allSatisfy { $0.hasPrefix("gpus=1 threads=1 cpu=") } && seen.count <= processors, "\(seen)")
    #expect(try program.run("plan", "e.yaml").out.contains("at most 1 CPU of its own"))
    let many = try program.run("apply", "e.yaml", "--yes", "--fresh", "--set", "trial.resources.cpus=4000")
    #expect(many.code == 69 && many.err.contains("a trial needs 4000 processors of its own"), "\(many.err)")
  }

  /// A stand-in, since no machine of the tests has a GPU: it answers as nvidia-smi does, and says nothing to other questions.
  @Test("are those that nvidia-smi lists, where nothing else says which there are")
  func detected() throws {
    let program = try Self.program("{gpus: 1}")
    defer { program.remove() }
    try program.write(
      "#!/bin/sh\n[ \"$*\" = '--query-gpu=index --format=csv,noheader' ] && printf '0\\n1\\n2\\n'\n",
      to: "bin/nvidia-smi")
    let tool = program.url("bin/nvidia-smi").path
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tool)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let environment = ["PATH": program.url("bin").path + ":" + path]
    let apply = try program.run(["apply", "e.yaml", "--yes"], environment: environment)
    #expect(apply.code == 0 && apply.err.contains("note: 3 trials at once: there are 3 GPUs"), "\(apply.err)")
    #expect(Set(try Self.seen(program)).isSubset(of: (0...2).map { "gpus=\($0) threads=none" }))
    // It fails where there is no driver.
    try program.write("#!/bin/sh\necho 'NVIDIA-SMI has failed: no driver'; exit 9\n", to: "bin/nvidia-smi")
    let none = try program.run(["apply", "e.yaml", "--yes", "--fresh"], environment: environment)
    #expect(none.code == 69 && none.err.contains("a trial needs 1 GPU, and there are 0"), "\(none.err)")
    // It hangs, as it does with a broken driver.
    try program.write("#!/bin/sh\ntrap '' TERM\nsleep 5000; sleep 5000\n", to: "bin/nvidia-smi")
    let hanging = try program.run(["apply", "e.yaml", "--yes", "--fresh"], environment: environment)
    #expect(hanging.code == 69 && hanging.err.contains("`--gpus 0,1` names GPUs that are not found"), "\(hanging.err)")
  }

  @Test("are none where none are wanted, and as many threads as processors are declared")
  func none() throws {
    let program = try Self.program("{gpus: 0, cpus: 2}", parallel: 1)
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    #expect(try Self.seen(program) == ["gpus= threads=2"])
    let own = ["OMP_NUM_THREADS": "7"]
    #expect(try program.run(["apply", "e.yaml", "--yes", "--fresh"], environment: own).code == 0)
    #expect(try Self.seen(program) == ["gpus= threads=7"])
  }

  @Test("are what the user names and counts")
  func named() throws {
    let program = try Self.program("{named: {license: 2}, gpus: 1}")
    defer { program.remove() }
    let options = ["apply", "e.yaml", "--yes", "--gpus", "0,1,2,3"]
    let none = try program.run(options)
    #expect(none.code == 69 && none.err.contains("a trial needs 2 of license, and there are 0"), "\(none.err)")
    let some = try program.run(options + ["--resource", "license=7"])
    #expect(some.code == 0 && some.err.contains("note: 3 trials at once: there are 7 of license"), "\(some.err)")
    #expect(try program.run(options + ["--resource", "license"]).code == 64)
    for wrong in ["0,0", "0-3", ","] {
      #expect(try program.run("apply", "e.yaml", "--yes", "--gpus", wrong).code == 64)
    }
    let other = try program.run(options + ["--resource", "license=7", "--resource", "licence=9"])
    #expect(other.err.contains("warning: `--resource licence=9` has no effect"), "\(other.err)")
    let plan = try program.run("plan", "e.yaml").out
    #expect(plan.contains("with a GPU of its own, 2 of license"), "\(plan)")
  }
}

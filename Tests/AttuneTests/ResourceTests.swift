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

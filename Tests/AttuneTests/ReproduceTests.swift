import Artifacts
import Foundation
import Testing

@Suite("Reproducing")
struct ReproduceTests {
  private static let manifest = "results/one/manifest.json"

  /// Ten trials whose loss is the file `shift` more than their number, and which fail where `broken` says so.
  private static func applied(_ script: String? = nil, trial: String = "") throws -> Program {
    let program = try Program.oneParameter(
      script ?? "[ \"$1\" != \"$(cat broken)\" ] || exit 3\necho loss=$(awk \"BEGIN {print $1 + $(cat shift)}\")",
      trial: trial)
    try program.write("0.5", to: "shift")
    try program.write("7", to: "broken")
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    return program
  }

  private static func isClean(_ program: Program) throws -> Bool {
    let folder = program.url(".attune/reproductions").path
    return try !FileManager.default.fileExists(atPath: folder)
      || FileManager.default.contentsOfDirectory(atPath: folder).isEmpty
  }

  @Test("The same result, bit for bit, and nothing recorded")
  func same() throws {
    let program = try Self.applied()
    defer { program.remove() }
    let before = try program.read(Self.manifest)
    let best = try program.run("reproduce", Self.manifest)
    #expect(best.code == 0 && best.out.contains("= trial 0  {\"x\":0}  seed "), "\(best)")
    #expect(best.out.contains("    loss  0.5\n") && best.out.hasSuffix("Reproduced: 1 run, bit for bit.\n"))
    // A trial that failed fails again.
    let all = try program.run("reproduce", Self.manifest, "--trials", "all", "-p", "3")
    #expect(all.code == 0 && all.out.hasSuffix("Reproduced: 10 runs, bit for bit.\n"), "\(all)")
    #expect(try Self.isClean(program))
    #expect(try program.read(Self.manifest) == before)
    #expect(try program.run("list").out.split(separator: "\n").count { $0.contains("e.yaml") } == 1)
    #expect(try program.run("doctor").code == 0)
  }

  @Test("Trials are chosen by number and by key; what is none is said")
  func selection() throws {
    let program = try Self.applied()
    defer { program.remove() }
    let line = try program.read("results/one/trials.jsonl").split(separator: "\n")[4]
    let key = try #require(JSON(parsing: line.utf8)["key"]?.string)
    let chosen = try program.run("reproduce", Self.manifest, "--trials", "2,\(key.prefix(15)),best", "--json")
    let runs = try JSON(parsing: chosen.out.utf8)["runs"]?.array ?? []
    #expect(chosen.code == 0 && runs.compactMap { $0["trial"]?.int } == [0, 2, 4], "\(chosen)")
    #expect(runs.allSatisfy { $0["verdict"]?.string == "same" })
    #expect(runs[1]["now"]?.array?.first?.number == 2.5)
    let missing = try program.run("reproduce", Self.manifest, "--trials", "10")
    #expect(missing.code == 65 && missing.err.contains("the manifest has no trial 10"), "\(missing)")
    #expect(try program.run("reproduce", Self.manifest, "--trials", "ffffffff").code == 65)
    for wrong in ["", "worst", "1,,2", "abc", "-1"] {
      #expect(try program.run("reproduce", Self.manifest, "--trials=\(wrong)").code == 64, "\(wrong)")
    }
    #expect(try program.run("reproduce", Self.manifest, "--tolerance", "1").code == 64)
  }

  @Test("Another result is told with both values, unless it is within the tolerance")
  func different() throws {
    let program = try Self.applied()
    defer { program.remove() }
    try program.write("0.5005", to: "shift")
    let output = try program.run("reproduce", Self.manifest, "--trials", "3,0")
    #expect(output.code == 25, "\(output)")
    #expect(output.out.contains("! trial 3") && output.out.contains("    loss  3.5 recorded, 3.5005 now\n"))
    #expect(output.out.hasSuffix("Not reproduced: 2 of 2 runs with another result.\n"))
    #expect(try !Self.isClean(program))
    #expect(try program.run("gc", "--delete").out.contains("folders of reproductions"))
    #expect(try Self.isClean(program))
    let near = try program.run("reproduce", Self.manifest, "--trials", "3", "--tolerance", "0.001")
    #expect(near.code == 0 && near.out.contains("~ trial 3"), "\(near)")
    #expect(near.out.hasSuffix("Reproduced: 1 run, 1 within the tolerance, the others bit for bit.\n"))
    // One that failed and does not now, and the other way round.
    try program.write("2", to: "broken")
    let failed = try program.run("reproduce", Self.manifest, "--trials", "7,2", "--tolerance", "0.5")
    #expect(failed.code == 25 && failed.out.contains("    exit code 3 recorded, 7.5005 now\n"), "\(failed)")
    #expect(failed.out.contains("    2.5 recorded, exit code 3 now\n"))
  }

  @Test("Inputs that are not as they were are named, and nothing runs")
  func inputs() throws {
    let program = try Self.applied()
    defer { program.remove() }
    try program.write(try program.read("t.sh") + "\ntouch ran", to: "t.sh")
    let output = try program.run("reproduce", Self.manifest)
    #expect(output.code == 65 && output.err.contains("error: not as they were recorded: t.sh\n"), "\(output)")
    #expect(!program.exists("ran"))
    // The experiment itself may have changed.
    let kept = try Self.applied()
    defer { kept.remove() }
    try kept.write(try kept.read("e.yaml").replacing("[0, 9]", with: "[0, 5]"), to: "e.yaml")
    #expect(try kept.run("reproduce", Self.manifest, "--trials", "9").code == 0)
    try FileManager.default.removeItem(at: kept.url("e.yaml"))
    let gone = try kept.run("reproduce", Self.manifest)
    #expect(gone.code == 74 && gone.err.contains("e.yaml"), "\(gone)")
  }

  @Test("Repeated runs are compared one by one; damaged trials are refused")
  func repeats() throws {
    let program = try Self.applied("echo loss=$1.$ATTUNE_SEED", trial: ", repeats: {seeds: 2}")
    defer { program.remove() }
    let output = try program.run("reproduce", Self.manifest, "--trials", "1,2")
    #expect(output.code == 0 && output.out.hasSuffix("Reproduced: 4 runs, bit for bit.\n"), "\(output)")
    let trials = try program.read("results/one/trials.jsonl")
    try program.write(trials.replacing("completed", with: "finished"), to: "results/one/trials.jsonl")
    #expect(try program.run("reproduce", Self.manifest).code == 65)
  }

  @Test("What runs ends with it", arguments: [(SIGINT, "61.25"), (SIGKILL, "61.5")])
  func interrupted(signal: Int32, seconds: String) throws {
    let program = try Self.applied("[ ! -e slow ] || { sleep \(seconds) & wait; }\necho loss=$1")
    defer { program.remove() }
    try program.write("", to: "slow")
    let reproduce = try program.start(["reproduce", Self.manifest, "--trials", "all"])
    #expect(eventually { processes(with: "sleep\0\(seconds)").count >= 2 })
    let held = try program.run("apply", "e.yaml", "--yes")
    #expect(held.code == 75 && held.err.contains("reproducing e.yaml"), "\(held)")
    reproduce.send(signal)
    let output = try reproduce.wait()
    #expect(signal == SIGKILL ? output.signal == SIGKILL : output.code == 130)
    #expect(eventually { processes(with: "sleep\0\(seconds)").isEmpty })
  }
}

import Artifacts
import Foundation
import Search
import Testing

@Suite("Verify")
struct VerifyTests {
  private static func finished() throws -> Program {
    let program = try Program(["e.yaml": Bowl.experiment(trials: 12), "bowl.sh": "echo loss=$1"])
    let output = try program.run("apply", "e.yaml", "--yes")
    try #require(output.code == 0, "\(output.err)")
    return program
  }

  private static let manifest = "results/bowl/manifest.json"
  private static let trials = "results/bowl/trials.jsonl"

  @Test("prints each level of a good manifest, wherever it lies")
  func good() throws {
    let program = try Self.finished()
    defer { program.remove() }
    // The project is not needed: two files are.
    let elsewhere = try Program()
    defer { elsewhere.remove() }
    for name in [Self.manifest, Self.trials] {
      try elsewhere.write(program.read(name), to: Path.name(of: name))
    }
    let output = try elsewhere.run("verify", "manifest.json")
    #expect(output.code == 0)
    let levels = output.out.split(separator: "\n").map { $0.prefix(20).trimmingCharacters(in: .whitespaces) }
    #expect(
      levels.prefix(5) == [
        "ok      integrity", "ok      derivation", "ok      schedule", "ok      stopping", "ok      selection",
      ])
  }

  @Test("fails when any byte is changed", arguments: [manifest, trials])
  func flippedBytes(_ name: String) throws {
    let program = try Self.finished()
    defer { program.remove() }
    let good = try Data(contentsOf: program.url(name))
    // Every byte of both documents is flipped in memory by the tests of Artifacts; here some, through the program.
    var generator = SystemRandomNumberGenerator()
    let offsets = [0, good.count - 1] + (0..<60).map { _ in Int.random(in: 0..<good.count, using: &generator) }
    for offset in offsets {
      let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
      var bad = good
      bad[offset] ^= bit
      try bad.write(to: program.url(name))
      let output = try program.run("verify", Self.manifest)
      #expect(output.code == 20, "byte \(offset) of \(name), bit \(bit)")
    }
    try good.dropLast().write(to: program.url(name))
    #expect(try program.run("verify", Self.manifest).code == 20)
  }

  /// Forgers know how digests are computed: what they cannot have is another result that follows from the plan.
  private func forged(_ change: (inout Manifest, inout [String]) throws -> Void) throws -> Int32 {
    let program = try Self.finished()
    defer { program.remove() }
    var manifest = try Manifest(fileBytes: File.read(program.url(Self.manifest).path))
    var lines = try program.read(Self.trials).split(separator: "\n").map(String.init)
    try change(&manifest, &lines)
    try program.write(lines.map { $0 + "\n" }.joined(), to: Self.trials)
    manifest.content.trialsDigest = try File.digest(of: program.url(Self.trials).path).digest
    try File.replace(program.url(Self.manifest).path, with: manifest.fileBytes)
    return try program.run("verify", Self.manifest).code
  }

  @Test("accepts what was not changed, written by the forger's own means")
  func unchanged() throws {
    #expect(try forged { _, _ in } == 0)
  }

  @Test("fails at derivation when the source says something else")
  func derivation() throws {
    let code = try forged { manifest, _ in
      manifest.circumstances.source = Bowl.experiment(trials: 13)
    }
    #expect(code == 21)
  }

  @Test("fails at the schedule when a trial is not the planned one")
  func schedule() throws {
    #expect(try forged { _, lines in lines.swapAt(3, 4) } == 22)
    #expect(try forged { _, lines in lines[5] = lines[5].replacing("\"x\":0.", with: "\"x\":0.1") } == 22)
    #expect(try forged { _, lines in lines.append(lines[11]) } == 22)
  }

  @Test("fails at stopping when trials are left out")
  func stopping() throws {
    #expect(try forged { _, lines in lines.removeLast() } == 23)
    let relabelled = try forged { manifest, lines in
      manifest.content.conclusion = Conclusion(trials: 12, reason: .plateau, best: manifest.content.conclusion.best)
    }
    #expect(relabelled == 23)
  }

  @Test("fails at selection when another trial is called the best")
  func selection() throws {
    let code = try forged { manifest, _ in manifest.content.best[0].values = [0] }
    #expect(code == 24)
    #expect(try forged { manifest, _ in manifest.content.baseline = nil } == 24)
  }

  @Test("says what is missing")
  func missing() throws {
    let program = try Self.finished()
    defer { program.remove() }
    #expect(try program.run("verify", "nowhere.json").code == 74)
    try FileManager.default.removeItem(at: program.url(Self.trials))
    let output = try program.run("verify", Self.manifest)
    #expect(output.code == 20)
    #expect(output.out.contains("trials.jsonl"))
  }
}

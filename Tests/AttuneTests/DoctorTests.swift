import Artifacts
import Foundation
import TestSupport
import Testing

@Suite("Doctor")
struct DoctorTests {
  /// A project in which an experiment has been applied.
  private static func applied() throws -> Program {
    let program = try Program(["e.yaml": Bowl.experiment(trials: 12), "bowl.sh": Bowl.script])
    let apply = try program.run("apply", "e.yaml", "--yes", "--progress", "none")
    #expect(apply.code == 0, "\(apply.err)")
    return program
  }

  private static let journal = ".attune/journal.sqlite"

  @Test("finds a project healthy, also from a folder in it, and says where there is none")
  func healthy() throws {
    let program = try Self.applied()
    defer { program.remove() }
    let doctor = try program.run("doctor")
    #expect(doctor.code == 0 && doctor.err.isEmpty)
    #expect(doctor.out == "ok       journal    26 events as written\nok       manifest   results/bowl/manifest.json\n")
    #expect(try program.run("doctor", "results/bowl").out == doctor.out)
    let empty = try Program()
    defer { empty.remove() }
    let nothing = try empty.run("doctor")
    #expect(nothing.code == 74 && nothing.err.contains("nothing was applied"))
  }

  @Test("finds a manifest that was changed")
  func manifest() throws {
    let program = try Self.applied()
    defer { program.remove() }
    let trials = try program.read("results/bowl/trials.jsonl")
    try program.write(trials.replacing("0.5", with: "0.6", maxReplacements: 1), to: "results/bowl/trials.jsonl")
    let doctor = try program.run("doctor")
    #expect(doctor.code == 65)
    #expect(
      doctor.out.contains("DAMAGED  manifest   results/bowl/manifest.json: trials.jsonl does not have the digest"))
  }

  @Test("of a journal with damaged bytes keeps what can be read and takes the rest from the manifests")
  func damage() throws {
    let program = try Self.applied()
    defer { program.remove() }
    let whole = try Data(contentsOf: program.url(Self.journal))
    let manifest = try Data(contentsOf: program.url("results/bowl/manifest.json"))
    var random = TestRandom(seed: 11)
    var found = 0
    for round in 0..<40 {
      var bytes = whole
      // A byte, a page, or the end of the file.
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch round % 3 {
      case 0: bytes[place] ^= UInt8.random(in: 1...255, using: &random)
      case 1:
        bytes.replaceSubrange(place..<min(bytes.count, place + 4096), with: Data(count: min(4096, bytes.count - place)))
      default: bytes.removeSubrange(place...)
      }
      try bytes.write(to: program.url(Self.journal))
      let doctor = try program.run("doctor")
      if doctor.code == 65 {
        found += 1
        #expect(doctor.out.contains("DAMAGED  journal") && doctor.err.contains("attune doctor --rebuild"))
        let mended = try program.run("doctor", "--rebuild")
        #expect(mended.code == 0 && mended.out.contains("kept     journal    .attune/journal.damaged-"), "\(mended)")
      } else {
        // Not every byte of a page means something.
        #expect(doctor.code == 0, "\(doctor)")
      }
      let apply = try program.run("apply", "e.yaml", "--yes", "--progress", "none")
      #expect(apply.code == 0 && apply.out.contains("\n0 run in this apply, "), "round \(round): \(apply)")
      #expect(try Data(contentsOf: program.url("results/bowl/manifest.json")) == manifest)
      for name in try FileManager.default.contentsOfDirectory(atPath: program.url(".attune").path)
      where name.hasPrefix("journal.") { try FileManager.default.removeItem(at: program.url(".attune/\(name)")) }
    }
    #expect(found > 20)
  }

  @Test("makes a journal of the manifests alone", arguments: ["", "This is no database, and never was one. "])
  func lost(_ text: String) throws {
    let program = try Self.applied()
    defer { program.remove() }
    try program.write(String(repeating: text, count: 200), to: Self.journal)
    if !text.isEmpty {
      let apply = try program.run("apply", "e.yaml", "--yes")
      #expect(apply.code == 74)
    }
    let mended = try program.run("doctor", "--rebuild")
    #expect(
      mended.code == 0 && mended.out.contains("0 events taken over, 12 outcomes taken from manifests"), "\(mended)")
    let apply = try program.run("apply", "e.yaml", "--yes", "--progress", "none")
    #expect(apply.code == 0 && apply.out.contains("\n0 run in this apply, "), "\(apply)")
  }

  @Test("does not touch a journal that is being written")
  func busy() throws {
    let program = try Program.oneParameter("sleep 20")
    defer { program.remove() }
    let apply = try program.start(["apply", "e.yaml", "--yes", "--progress", "none"])
    while !program.exists(Self.journal) { usleep(10_000) }
    usleep(300_000)
    let doctor = try program.run("doctor")
    #expect(doctor.code == 0 && doctor.out.hasPrefix("busy     project    process \(apply.pid) on "), "\(doctor)")
    let rebuild = try program.run("doctor", "--rebuild")
    #expect(rebuild.code == 75)
    apply.send(SIGTERM)
    _ = try apply.wait()
  }
}

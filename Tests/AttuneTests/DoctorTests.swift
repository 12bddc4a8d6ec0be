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

  /// Those that read the journal.
  private static let readers = [
    ["plan", "e.yaml"], ["apply", "e.yaml", "--yes"], ["status"], ["list"], ["logs", "0"], ["gc"],
  ]

  @Test(
    "makes a journal of the manifests alone, without which nothing goes on",
    arguments: [nil, "", "This is no database, and never was one. "])
  func lost(_ text: String?) throws {
    let program = try Self.applied()
    defer { program.remove() }
    try program.removeJournal()
    if let text { try program.write(String(repeating: text, count: 200), to: Self.journal) }
    for command in Self.readers {
      let refused = try program.run(command)
      #expect(refused.code == 74 && refused.err.contains("`attune doctor` says what is damaged"), "\(refused)")
    }
    let doctor = try program.run("doctor")
    #expect(doctor.code == 65 && doctor.err.contains("attune doctor --rebuild"), "\(doctor)")
    let mended = try program.run("doctor", "--rebuild")
    #expect(
      mended.code == 0 && mended.out.contains("0 events taken over, 12 outcomes taken from manifests"), "\(mended)")
    let apply = try program.run("apply", "e.yaml", "--yes", "--progress", "none")
    #expect(apply.code == 0 && apply.out.contains("\n0 run in this apply, "), "\(apply)")
  }

  @Test("takes over what a rebuild that was killed has put aside")
  func killedRebuild() throws {
    let program = try Self.applied()
    defer { program.remove() }
    try FileManager.default.moveItem(
      at: program.url(Self.journal), to: program.url(".attune/journal.damaged-1.sqlite"))
    for name in ["results", ".attune/trials"] { try FileManager.default.removeItem(at: program.url(name)) }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 74)
    let mended = try program.run("doctor", "--rebuild")
    #expect(mended.code == 0 && mended.out.contains("26 events taken over, 0 outcomes taken"), "\(mended)")
    #expect(try program.run("apply", "e.yaml", "--yes").out.contains("\n0 run in this apply, "))
  }

  @Test("Where no journal is missed, a project goes on, or begins anew")
  func new() throws {
    let program = try Self.applied()
    defer { program.remove() }
    func apply() throws -> String { try program.run("apply", "e.yaml", "--yes").out }
    try FileManager.default.removeItem(at: program.url(".attune/trials"))
    #expect(try apply().contains("\n0 run in this apply, "))
    #expect(try program.run("doctor").code == 0)
    try program.removeJournal()
    try program.write("", to: Self.journal)
    #expect(try program.run("doctor").out.hasPrefix("-        journal    there is none\n"))
    #expect(try apply().contains("\n12 run in this apply, "))
    // What a kill leaves before the first transaction: a page without a table, and a log without an end.
    try FileManager.default.removeItem(at: program.url(".attune"))
    try program.write("*\n", to: ".attune/.gitignore")
    try program.changeJournal("PRAGMA journal_mode = WAL")
    try Data(count: 4000).write(to: program.url(Self.journal + "-wal"))
    #expect(try program.run("plan", "e.yaml").out.contains("12 to run"))
    #expect(try program.run("doctor").out.hasPrefix("-        journal    there is none\n"))
    #expect(try apply().contains("\n12 run in this apply, "))
    try FileManager.default.removeItem(at: program.url(".attune"))
    #expect(try apply().contains("\n12 run in this apply, "))
  }

  @Test("An apply that is killed when it has hardly begun leaves what the next one goes on with")
  func killed() throws {
    for round in 0..<16 {
      let program = try Program.oneParameter("echo loss=$1")
      defer { program.remove() }
      let apply = try program.start(["apply", "e.yaml", "--yes", "--progress", "none"])
      #expect(eventually { program.exists(".attune") })
      usleep(UInt32(round) * 2000)
      apply.send(SIGKILL)
      _ = try apply.wait()
      let plan = try program.run("plan", "e.yaml")
      #expect(plan.code == 0, "round \(round): \(plan)")
      #expect(try program.run("doctor").out.hasPrefix("DAMAGED") == false)
    }
  }

  @Test("leaves a journal alone that a newer attune has written")
  func newer() throws {
    let program = try Self.applied()
    defer { program.remove() }
    let whole = try Data(contentsOf: program.url(Self.journal))
    // `PRAGMA user_version`
    var newer = whole
    newer[63] = 99
    try newer.write(to: program.url(Self.journal))
    let words = "was written by a newer attune (its form is 99, this one knows 4), and this one leaves it alone"
    let doctor = try program.run("doctor")
    #expect(doctor.code == 74 && doctor.err.isEmpty && doctor.out.contains(words), "\(doctor)")
    #expect(doctor.out.contains("ok       manifest   results/bowl/manifest.json"))
    let files = try FileManager.default.subpathsOfDirectory(atPath: program.url(".attune").path).sorted()
    let rebuild = try program.run("doctor", "--rebuild")
    #expect(rebuild.code == 74 && rebuild.err.contains(words) && rebuild.out.isEmpty, "\(rebuild)")
    #expect(try Data(contentsOf: program.url(Self.journal)) == newer)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: program.url(".attune").path).sorted() == files)
    try whole.write(to: program.url(Self.journal))
    #expect(try program.run("apply", "e.yaml", "--yes").out.contains("\n0 run in this apply, "))
  }

  @Test(
    "Nothing is written behind an end that is not that of the journal",
    arguments: [
      "UPDATE head SET number = number - 5", "UPDATE head SET check_value = 1", "UPDATE head SET previous = 1",
      "DELETE FROM head", "DELETE FROM ending", "UPDATE ending SET reason = 'none'",
    ])
  func end(_ sql: String) throws {
    let program = try Self.applied()
    defer { program.remove() }
    try program.changeJournal(sql)
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 74 && apply.err.contains("error: the journal is damaged: it"), "\(apply)")
    #expect(apply.err.contains("`attune doctor` says what is damaged"))
    let doctor = try program.run("doctor")
    #expect(doctor.code == 65 && !doctor.out.contains("is there twice"), "\(doctor)")
    #expect(try program.run("doctor", "--rebuild").code == 0)
    #expect(try program.run("apply", "e.yaml", "--yes").out.contains("\n0 run in this apply, "))
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

extension Program {
  /// With its log.
  fileprivate func removeJournal() throws {
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(at: url(".attune/journal.sqlite\(suffix)"))
    }
  }

  /// Changes the journal behind the back of what guards it.
  fileprivate func changeJournal(_ sql: String) throws {
    let script = """
      import sqlite3, sys
      journal = sqlite3.connect(".attune/journal.sqlite")
      for (name,) in journal.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
          journal.execute(f"DROP TRIGGER {name}")
      journal.execute(sys.argv[1])
      journal.commit()
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, sql]
    process.currentDirectoryURL = folder
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}

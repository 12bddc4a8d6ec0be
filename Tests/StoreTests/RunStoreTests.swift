import Artifacts
import Foundation
import GRDB
import Testing

@testable import Store

@Suite("The journal")
struct RunStoreTests {
  private static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("attune-\(UUID().uuidString)").path
    try File.makeFolders(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  private static let plan = Digest(of: "plan", "p".utf8)
  private static let key = Digest(of: "trial", "t".utf8)

  private static let run = JournalEvent.run(
    RunEvent(
      id: 1, plan: plan, document: "{}", folder: "/p", experiment: "e.yaml", token: "t", workers: 2, host: "h", pid: 1,
      at: 1))

  private static func intent(_ id: Int) -> JournalEvent {
    .intent(IntentEvent(id: id, run: 1, trial: id, key: key, parameters: "{}", seed: 7, at: 2))
  }

  private static func outcome(_ intent: Int, _ ending: TrialFacts.Ending, loss: Double = 1, elapsed: Int = 10)
    -> JournalEvent
  {
    var metrics = Metrics()
    metrics.set("loss", loss)
    return .outcome(
      OutcomeEvent(
        intent: intent, key: key, facts: TrialFacts(ending: ending, metrics: metrics), seconds: 0.5, cpuSeconds: 0.25,
        peakMemory: 1024, elapsed: elapsed))
  }

  @Test("is durable on the connection that writes")
  func durable() throws {
    try Self.withFolder { folder in
      let store = try RunStore(folder: folder)
      #expect(try store.writerPragma("synchronous") == "2")
      #expect(try store.writerPragma("journal_mode") == "wal")
      #expect(try store.writerPragma("foreign_keys") == "1")
    }
  }

  @Test("gives back what was committed, also to another connection")
  func roundTrip() throws {
    try Self.withFolder { folder in
      let store = try RunStore(folder: folder)
      try store.commit([Self.run, Self.intent(1), Self.outcome(1, .exit(code: 0), loss: .infinity)])
      for journal in [store.journal, try #require(try RunStore.reading(folder: folder))] {
        let facts = try #require(try journal.outcome(of: Self.key, in: JournalReader.Scope(TrialLimits()))).facts
        #expect(facts.ending == .exit(code: 0))
        #expect(facts.metrics.values.map(\.value) == [.infinity])
        #expect(try journal.hasOutcomes)
        #expect(try journal.elapsed(of: Self.plan) == 10)
        #expect(try journal.nextNumbers == (run: 2, intent: 2))
      }
    }
  }

  @Test("gives the newest outcome that holds for the limit of time")
  func newest() throws {
    try Self.withFolder { folder in
      let store = try RunStore(folder: folder)
      try store.commit([Self.run, Self.intent(1), Self.intent(2), Self.intent(3)])
      try store.commit([Self.outcome(1, .exit(code: 1)), Self.outcome(2, .timeout(limit: 1000))])
      // A timeout after 1 s says what would come of 1 s or less, and nothing of more.
      #expect(try store.journal.outcome(of: Self.key, in: JournalReader.Scope(TrialLimits(time: 500)))?.intent == 2)
      #expect(try store.journal.outcome(of: Self.key, in: JournalReader.Scope(TrialLimits(time: 2000)))?.intent == 1)
      #expect(try store.journal.outcome(of: Self.key, in: JournalReader.Scope(TrialLimits()))?.intent == 1)
      try store.commit([Self.outcome(3, .exit(code: 0))])
      #expect(try store.journal.outcome(of: Self.key, in: JournalReader.Scope(TrialLimits(time: 500)))?.intent == 3)
    }
  }

  @Test("knows whether the last run came to its end")
  func unfinished() throws {
    try Self.withFolder { folder in
      let store = try RunStore(folder: folder)
      try store.commit([Self.run, Self.intent(1), Self.intent(2), Self.outcome(1, .exit(code: 0))])
      #expect(try store.journal.unfinishedToken(in: "/p") == "t")
      #expect(try store.journal.unfinishedToken(in: "/copy") == nil)
      #expect(try store.journal.unfinishedKeys(in: "/p") == [Self.key])
      #expect(try store.journal.unfinishedKeys(in: "/copy").isEmpty)
      #expect(try store.journal.lastPlan(ofExperiment: "e.yaml") == "{}")
      try store.commit([.ending(run: 1, reason: "trials", elapsed: 20, at: 3)])
      #expect(try store.journal.unfinishedToken(in: "/p") == nil)
      #expect(try store.journal.elapsed(of: Self.plan) == 20)
    }
  }

  @Test("keeps where a plan's result was closed")
  func closure() throws {
    try Self.withFolder { folder in
      let store = try RunStore(folder: folder)
      #expect(try store.journal.closure(of: Self.plan) == nil)
      try store.commit([Self.run, .closure(plan: Self.plan, run: 1, after: 7, at: 3)])
      let first = try store.journal.closure(of: Self.plan)
      #expect(first?.after == 7 && first?.isOfUsage == false)
      var again = Self.run
      if case .run(var event) = again {
        event.id = 2
        again = .run(event)
      }
      try store.commit([again, .closure(plan: Self.plan, run: 2, after: 4, at: 9, isOfUsage: true)])
      let last = try store.journal.closure(of: Self.plan)
      #expect(last?.after == 4 && last?.isOfUsage == true)
      #expect(try store.journal.closure(of: Self.plan, since: 3) == nil)
    }
  }

  @Test("adds up what a plan's runs took, with outcomes and without")
  func usage() throws {
    try Self.withFolder { folder in
      let store = try RunStore(folder: folder)
      let outcome = OutcomeEvent(
        intent: 1, key: Self.key, facts: TrialFacts(ending: .exit(code: 0), metrics: Metrics()), seconds: 1.2345,
        cpuSeconds: 0, peakMemory: 0, elapsed: 0)
      try store.commit([
        Self.run, Self.intent(1), Self.intent(2), Self.intent(3), .outcome(outcome),
        .charge(intent: 3, seconds: 0.5, at: 4),
      ])
      let usage = JournalReader.Usage(measured: 1235, charged: 500, ended: 2, open: 1, openAtOnce: 1)
      #expect(try store.journal.usage(of: Self.plan) == usage)
      let open = try store.journal.openRuns(of: Self.plan)
      #expect(open.map(\.intent) == [2] && open.map(\.key) == [Self.key])
      #expect(try store.journal.openRuns(of: Self.plan, since: 2).isEmpty)
      #expect(try store.journal.usage(of: Self.plan, since: 2) == JournalReader.Usage())
      #expect(try store.journal.usage(of: Self.key) == JournalReader.Usage())
    }
  }

  @Test("cannot be changed, only added to", arguments: ["run", "intent", "outcome", "closure", "ending"])
  func appendOnly(_ table: String) throws {
    try Self.withFolder { folder in
      let store = try RunStore(folder: folder)
      try store.commit([
        Self.run, Self.intent(1), Self.outcome(1, .exit(code: 0)),
        .closure(plan: Self.plan, run: 1, after: 7, at: 3), .ending(run: 1, reason: "trials", elapsed: 1, at: 3),
      ])
      let other = try DatabaseQueue(path: Path.join(folder, RunStore.fileName))
      for sql in ["DELETE FROM \(table)", "UPDATE \(table) SET rowid = 99"] {
        let error = #expect(throws: DatabaseError.self) { try other.write { try $0.execute(sql: sql) } }
        #expect(error?.message == "the journal is append-only")
      }
    }
  }

  @Test("commits all events of a batch or none")
  func atomic() throws {
    try Self.withFolder { folder in
      let store = try RunStore(folder: folder)
      try store.commit([Self.run])
      #expect(throws: (any Error).self) { try store.commit([Self.intent(1), Self.intent(1)]) }
      #expect(try store.journal.nextNumbers.intent == 1)
    }
  }

  @Test("is refused when it is something else, or of another version")
  func foreign() throws {
    try Self.withFolder { folder in
      let path = Path.join(folder, RunStore.fileName)
      try File.replace(path, with: Array(String(repeating: "no database ", count: 100).utf8))
      #expect(throws: (any Error).self) { try RunStore(folder: folder) }
      try FileManager.default.removeItem(atPath: path)
      try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE other (x)") }
      #expect(throws: StoreError.self) { try RunStore(folder: folder) }
    }
    try Self.withFolder { folder in
      do { _ = try RunStore(folder: folder) }
      try DatabaseQueue(path: Path.join(folder, RunStore.fileName)).write {
        try $0.execute(sql: "PRAGMA user_version=99")
      }
      #expect(throws: StoreError.self) { try RunStore(folder: folder) }
      #expect(throws: StoreError.self) { _ = try RunStore.reading(folder: folder) }
    }
  }

  /// A change of a journal, behind the back of what guards it, and what is said of it.
  private static let damages: [(sql: String, finding: String)] = [
    ("UPDATE outcome SET metrics = '{\"loss\":0}' WHERE intent = 1", "event 4, an outcome, is not what was written"),
    ("UPDATE outcome SET cpu = cpu + 1e-9 WHERE intent = 2", "event 5, an outcome, is not what was written"),
    ("UPDATE intent SET trial = 7 WHERE id = 1", "event 2, the launch of trial 7 in run 1, is not what was written"),
    ("DELETE FROM intent WHERE id = 2", "event 3 is missing"),
    ("DELETE FROM outcome", "events 4 to 5 are missing"),
    ("DELETE FROM ending", "the last 1 events are missing, from event 6 on"),
    ("UPDATE head SET check_value = check_value + 1", "the journal goes on behind what it says its last event is, 6"),
    ("UPDATE head SET number = 5", "the journal goes on behind what it says its last event is, 5"),
    ("UPDATE intent SET number = 2 WHERE id = 2", "event 2 is there twice"),
  ]

  @Test("tells any change that was not its own", arguments: damages.indices)
  func damage(_ index: Int) throws {
    let (sql, finding) = Self.damages[index]
    try Self.withFolder { folder in
      let path = Path.join(folder, RunStore.fileName)
      do {
        let store = try RunStore(folder: folder)
        try store.commit([
          Self.run, Self.intent(1), Self.intent(2), Self.outcome(1, .exit(code: 0)), Self.outcome(2, .exit(code: 1)),
          .ending(run: 1, reason: "trials", elapsed: 20, at: 3),
        ])
      }
      let whole = try JournalAudit(path: path)
      #expect(whole.findings.isEmpty && whole.events == 6)
      try DatabaseQueue(path: path).writeWithoutTransaction { database in
        for table in JournalTable.allCases {
          try database.execute(sql: "DROP TRIGGER \(table)_is_not_changed; DROP TRIGGER \(table)_is_not_deleted")
        }
        try database.execute(sql: "PRAGMA foreign_keys=OFF; \(sql)")
      }
      let audit = try JournalAudit(path: path)
      #expect(audit.findings.contains(finding), "\(audit.findings)")
      // Nothing is written behind what is not the last event.
      if finding.contains("last") { #expect(throws: StoreError.self) { try RunStore(folder: folder) } }
      if finding.contains("an outcome") {
        #expect(audit.damagedOutcomes == [Self.key])
        // Nothing goes on with what is not what was written.
        let journal = try #require(try RunStore.reading(folder: folder))
        #expect(throws: StoreError.self) {
          // Both outcomes are of one key: the newer one is looked at first.
          _ = try journal.outcome(of: Self.key, in: JournalReader.Scope(TrialLimits()))
          try DatabaseQueue(path: path).write { try $0.execute(sql: "DELETE FROM outcome WHERE intent = 2") }
          _ = try journal.outcome(of: Self.key, in: JournalReader.Scope(TrialLimits()))
        }
      }
    }
  }

  @Test("ends also with a trial that took much longer than those launched behind it")
  func lateEnd() throws {
    try Self.withFolder { folder in
      do {
        let store = try RunStore(folder: folder)
        try store.commit([Self.run] + (1...200).map(Self.intent))
        try store.commit((2...200).map { Self.outcome($0, .exit(code: 0)) } + [Self.outcome(1, .exit(code: 0))])
      }
      do { _ = try RunStore(folder: folder) }
      try DatabaseQueue(path: Path.join(folder, RunStore.fileName)).write {
        try $0.execute(sql: "DROP TRIGGER outcome_is_not_deleted; DELETE FROM outcome WHERE intent = 1")
      }
      let error = #expect(throws: StoreError.self) { try RunStore(folder: folder) }
      #expect(error?.description == "the journal is damaged: its last event, 401, is missing")
    }
  }

  private static func rows(_ table: JournalTable, _ columns: [String], of path: String) throws -> [Row] {
    try DatabaseQueue(path: path).read { database in
      try Row.fetchAll(database, sql: "SELECT \(columns.joined(separator: ", ")) FROM \(table) ORDER BY 1")
    }
  }

  @Test("of form 1 is brought to today's with all its events, and kept as it was")
  func migration() throws {
    let old = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
      path: "../Histories/1/journal.sqlite")
    try Self.withFolder { folder in
      let path = Path.join(folder, RunStore.fileName)
      try FileManager.default.copyItem(atPath: old.path, toPath: path)
      #expect(try #require(try RunStore.reading(folder: folder)).hasOutcomes)
      var events = 0
      for table in JournalTable.allCases where table.firstForm == 1 {
        // What form 1 has of it.
        let columns = table.columns.filter { table != .intent || !["parameters", "seed"].contains($0) }
        let rows = try [old.path, path, Path.join(folder, "journal.form-1.sqlite")].map {
          try Self.rows(table, columns, of: $0)
        }
        #expect(!rows[0].isEmpty && rows[0] == rows[1] && rows[0] == rows[2])
        events += rows[0].count
      }
      let audit = try JournalAudit(path: path)
      #expect(audit.findings.isEmpty && audit.events == events)
      // Events go on behind it.
      let store = try RunStore(folder: folder)
      let (run, intent) = try store.journal.nextNumbers
      try store.commit([
        .run(
          RunEvent(
            id: run, plan: Self.plan, document: "{}", folder: "/p", experiment: "e.yaml", token: "t", workers: 2,
            host: "h", pid: 1, at: 1)),
        .intent(IntentEvent(id: intent, run: run, trial: 0, key: Self.key, parameters: nil, seed: nil, at: 2)),
      ])
      #expect(try JournalAudit(path: path).events == events + 2)
    }
  }

  @Test("The lock is held by one at a time, names its holder, and is free once that is gone")
  func lock() throws {
    try Self.withFolder { folder in
      do {
        let lock = try ProjectLock(folder: folder, holder: LockHolder(task: "applying e.yaml"))
        let error = #expect(throws: LockHeld.self) {
          _ = try ProjectLock(folder: folder, holder: LockHolder(task: "other"))
        }
        #expect(
          error?.description.hasPrefix("another attune is at work in this project: process \(getpid()) on ") == true)
        #expect(error?.holder?.task == "applying e.yaml")
        #expect(ProjectLock.isHeld(folder: folder).0)
        _ = consume lock
      }
      #expect(!ProjectLock.isHeld(folder: folder).0)
      _ = try ProjectLock(folder: folder, holder: LockHolder(task: "other"))
    }
  }
}

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
    .intent(IntentEvent(id: id, run: 1, trial: id, key: key, at: 2))
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
        let facts = try #require(try journal.outcome(of: Self.key, timeLimit: nil)).facts
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
      #expect(try store.journal.outcome(of: Self.key, timeLimit: 500)?.intent == 2)
      #expect(try store.journal.outcome(of: Self.key, timeLimit: 2000)?.intent == 1)
      #expect(try store.journal.outcome(of: Self.key, timeLimit: nil)?.intent == 1)
      try store.commit([Self.outcome(3, .exit(code: 0))])
      #expect(try store.journal.outcome(of: Self.key, timeLimit: 500)?.intent == 3)
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
      #expect(try store.journal.closure(of: Self.plan) == 7)
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

  @Test("The lock is held by one at a time, names its holder, and is free once that is gone")
  func lock() throws {
    try Self.withFolder { folder in
      do {
        let lock = try ProjectLock(folder: folder, holder: "process 7 on h")
        let error = #expect(throws: LockHeld.self) { _ = try ProjectLock(folder: folder, holder: "other") }
        #expect(error?.holder == "process 7 on h")
        _ = consume lock
      }
      _ = try ProjectLock(folder: folder, holder: "other")
    }
  }
}

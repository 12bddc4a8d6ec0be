internal import Artifacts
internal import GRDB

/// Remembers every event of every run of a project, durably: `.attune/journal.sqlite`.
///
/// The journal is append-only. Before a trial is launched its intent is there; before its outcome is acted on, that is
/// there. What has been committed survives the death of the program and of the machine: SQLite in WAL mode with
/// `synchronous=FULL`. One process writes (it holds `ProjectLock`); others may read at the same time.
package final class RunStore: Sendable {
  private let writer: DatabaseQueue
  private let reader: DatabaseQueue
  /// Nil in memory.
  package let reserve: SpaceReserve?

  package static let fileName = "journal.sqlite"

  /// Opens the journal of a `.attune` folder for writing, and makes it when there is none.
  ///
  /// - Throws: `StoreError` when the file is no journal, or one of a newer version.
  package init(folder: String) throws {
    let path = Path.join(folder, Self.fileName)
    writer = try Self.open(path, readonly: false)
    try Self.prepare(writer, path: path)
    reader = try Self.open(path, readonly: true)
    reserve = SpaceReserve(folder: folder)
  }

  /// A journal in memory, which is gone with it: for simulations.
  package init() throws {
    writer = try DatabaseQueue()
    try writer.write(JournalSchema.create)
    reader = writer
    reserve = nil
  }

  /// Opens the journal for reading; nil when there is none, or one that was never finished.
  package static func reading(folder: String) throws -> JournalReader? {
    let path = Path.join(folder, fileName)
    guard File.kind(of: path) == .file else { return nil }
    do {
      if try !isOld(path) { return try openForReading(path) }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {}
    // What a crash has left must be recovered first, or an older journal brought to today's form: for both one must be
    // allowed to write.
    let lock = try ProjectLock(folder: folder, holder: LockHolder(task: "recovering the journal"))
    do { _ = try RunStore(folder: folder) }
    _ = consume lock
    return try openForReading(path)
  }

  private static func openForReading(_ path: String) throws -> JournalReader? {
    let database = try open(path, readonly: true)
    guard try !isEmpty(database) else { return nil }
    try check(database, path: path)
    return JournalReader(database: database)
  }

  private static func isOld(_ path: String) throws -> Bool {
    guard let form = try open(path, readonly: true).read(JournalSchema.form) else { return false }
    return form < JournalSchema.version
  }

  /// Brings all that was committed from the write-ahead log into the journal's own file.
  package func checkpoint() throws {
    try writer.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
  }

  /// What was recorded, read beside the writing connection and not held up by it.
  package var journal: JournalReader { JournalReader(database: reader) }

  /// Commits events in one transaction, and calls `completion` from another thread when they are durable.
  package func commit(_ events: [JournalEvent], completion: @escaping @Sendable (Result<Void, any Error>) -> Void) {
    writer.asyncWriteWithoutTransaction { database in completion(Result { try Self.append(events, to: database) }) }
  }

  /// Commits events and waits until they are durable.
  package func commit(_ events: [JournalEvent]) throws {
    try writer.writeWithoutTransaction { try Self.append(events, to: $0) }
  }

  /// In a transaction whose statements are prepared once, unlike those of GRDB's own.
  private static func append(_ events: [JournalEvent], to database: Database) throws {
    try database.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
    do {
      var link = try JournalSchema.head(of: database)
      for event in events { link = try JournalSchema.insert(event.row, after: link, into: database) }
      try JournalSchema.setHead(link, of: database)
      try database.cachedStatement(sql: "COMMIT").execute()
    } catch {
      // SQLite may have done so.
      if database.isInsideTransaction { try? database.execute(sql: "ROLLBACK") }
      throw error
    }
  }

  /// What SQLite says of the connection that writes: for tests.
  package func writerPragma(_ name: String) throws -> String {
    try writer.read { try String.fetchOne($0, sql: "PRAGMA \(name)") ?? "" }
  }
}

/// Why a journal cannot be used.
package struct StoreError: Error, CustomStringConvertible {
  package var description: String

  /// Whether the journal is not what was written.
  package private(set) var isDamage = false

  init(description: String) { self.description = description }

  static func damaged(_ what: String) -> StoreError {
    var error = StoreError(description: "the journal is damaged: \(what)")
    error.isDamage = true
    return error
  }

  package static func damagedSession(_ what: String) -> StoreError { damaged(what) }

  /// Whether an error says that a journal is damaged, or is none.
  package static func isDamage(_ error: any Error) -> Bool {
    switch error {
    case let error as StoreError: error.isDamage
    case let error as DatabaseError: [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
    default: false
    }
  }
}

// MARK: - Opening

extension RunStore {
  static func open(_ path: String, readonly: Bool) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = readonly
    configuration.busyMode = .timeout(10)
    // For `JournalReader.snapshot`.
    configuration.allowsUnsafeTransactions = readonly
    configuration.prepareDatabase { database in
      if readonly {
        try database.execute(sql: "PRAGMA query_only=ON")
        // In KiB, at most: a million outcomes are found by an index of 50 MiB, in no order.
        try database.execute(sql: "PRAGMA cache_size=-65536")
      } else {
        try database.execute(sql: "PRAGMA journal_mode=WAL")
        try database.execute(sql: "PRAGMA synchronous=FULL")
      }
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  private static func prepare(_ writer: DatabaseQueue, path: String) throws {
    guard try !isEmpty(writer) else { return try writer.write(JournalSchema.create) }
    try JournalMigration.migrate(writer, path: path)
    try check(writer, path: path)
  }

  private static func isEmpty(_ database: DatabaseQueue) throws -> Bool {
    try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") == 0 }
  }

  static func check(_ database: DatabaseQueue, path: String) throws {
    let form = try database.read(JournalSchema.form)
    guard let form else { throw StoreError(description: "\(path) is not a journal of attune") }
    guard form == JournalSchema.version else {
      throw StoreError(
        description: """
          \(path) was written by a newer attune (its form is \(form), this one knows \(JournalSchema.version)): use that one
          """)
    }
  }
}

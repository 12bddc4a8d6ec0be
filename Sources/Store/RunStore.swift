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
  /// - Throws: `StoreError` when the file is no journal, one of a newer version, or one that does not end with its last event;
  ///   or when there is none any more.
  package init(folder: String) throws {
    let path = Path.join(folder, Self.fileName)
    let wasThere = Self.wasThere(in: folder)
    // SQLite deletes the log of an empty file.
    if wasThere, !File.hasContent(path) { throw StoreError.lost(path) }
    writer = try Self.open(path, readonly: false)
    try Self.prepare(writer, path: path, wasThere: wasThere)
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
  ///
  /// - Throws: `StoreError` as `init(folder:)` does, but for the end of the journal, which is not looked at.
  package static func reading(folder: String) throws -> JournalReader? {
    let path = Path.join(folder, fileName)
    do {
      guard try exists(in: folder) else { return nil }
      if try !isOld(path) { return try openForReading(path) }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {}
    // What a crash has left must be recovered first, or an older journal brought to today's form: for both one must be
    // allowed to write.
    let lock = try ProjectLock(folder: folder, holder: LockHolder(task: "recovering the journal"))
    do { _ = try RunStore(folder: folder) }
    _ = consume lock
    return try openForReading(path)
  }

  /// Whether there is a journal in a `.attune` folder, and not one that was never finished.
  ///
  /// - Throws: `StoreError` when there is none any more: no trial is to run again because the file is gone.
  package static func exists(in folder: String) throws -> Bool {
    // Looked at first: who makes a journal does so before there is anything else of it.
    let wasThere = wasThere(in: folder)
    let path = Path.join(folder, fileName)
    let exists = try File.hasContent(path) && !isEmpty(open(path, readonly: true))
    if wasThere, !exists { throw StoreError.lost(path) }
    return exists
  }

  /// Whether a `.attune` folder holds what comes to be only behind the first event of a journal: what trials and steps have
  /// left, copies of it, or its log alone.
  private static func wasThere(in folder: String) -> Bool {
    let path = Path.join(folder, fileName)
    return ["trials", "steps"].contains { File.hasEntries(Path.join(folder, $0)) }
      // The file is written before its log.
      || File.hasContent(path + "-wal") && !File.hasContent(path)
      || ((try? File.names(in: folder)) ?? []).contains {
        $0.hasPrefix(JournalRebuild.copyPrefix) || $0.hasPrefix(JournalMigration.copyPrefix)
      }
  }

  private static func openForReading(_ path: String) throws -> JournalReader {
    let database = try open(path, readonly: true)
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
  /// Whether another version of attune wrote the journal, and this one does not read it as it is.
  package private(set) var isOfOtherVersion = false

  init(description: String) { self.description = description }

  static func damaged(_ what: String) -> StoreError {
    var error = StoreError(description: "the journal is damaged: \(what)")
    error.isDamage = true
    return error
  }

  /// There was a journal, and there is none.
  static func lost(_ path: String) -> StoreError {
    let state = File.kind(of: path) == nil ? "missing" : "empty"
    return damaged("\(path) is \(state), though trials have run here")
  }

  static func ofOtherVersion(_ path: String, form: Int) -> StoreError {
    let today = JournalSchema.version
    var error = StoreError(
      description: form > today
        ? """
        \(path) was written by a newer attune (its form is \(form), this one knows \(today)), and this one leaves it alone: \
        use that one
        """
        : """
        \(path) was written by an older attune (its form is \(form), today's is \(today)): the next `attune plan` or \
        `attune apply` brings it to today's
        """)
    error.isOfOtherVersion = true
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

  private static func prepare(_ writer: DatabaseQueue, path: String, wasThere: Bool) throws {
    guard try !isEmpty(writer) else {
      if wasThere { throw StoreError.lost(path) }
      return try writer.write(JournalSchema.create)
    }
    try JournalMigration.migrate(writer, path: path)
    try check(writer, path: path)
    try writer.read(JournalAudit.checkEnd)
  }

  private static func isEmpty(_ database: DatabaseQueue) throws -> Bool {
    try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") == 0 }
  }

  static func check(_ database: DatabaseQueue, path: String) throws {
    let form = try database.read(JournalSchema.form)
    guard let form else { throw StoreError(description: "\(path) is not a journal of attune") }
    guard form == JournalSchema.version else { throw StoreError.ofOtherVersion(path, form: form) }
  }
}

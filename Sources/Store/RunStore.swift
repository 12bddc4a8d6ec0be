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

  package static let fileName = "journal.sqlite"

  /// Opens the journal of a `.attune` folder for writing, and makes it when there is none.
  ///
  /// - Throws: `StoreError` when the file is no journal, or one of a newer version.
  package init(folder: String) throws {
    let path = Path.join(folder, Self.fileName)
    writer = try Self.open(path, readonly: false)
    try Self.prepare(writer, path: path)
    reader = try Self.open(path, readonly: true)
  }

  /// Opens the journal for reading; nil when there is none, or one that was never finished.
  package static func reading(folder: String) throws -> JournalReader? {
    let path = Path.join(folder, fileName)
    guard File.kind(of: path) == .file else { return nil }
    do { return try openForReading(path) } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
      // What a crash left behind must be recovered first, which takes a connection that may write.
      let lock = try ProjectLock(folder: folder, holder: "a recovery of the journal")
      do { _ = try RunStore(folder: folder) }
      _ = consume lock
      return try openForReading(path)
    }
  }

  private static func openForReading(_ path: String) throws -> JournalReader? {
    let database = try open(path, readonly: true)
    guard try !isEmpty(database) else { return nil }
    try check(database, path: path)
    return JournalReader(database: database)
  }

  /// Brings all that was committed from the write-ahead log into the journal's own file.
  package func checkpoint() throws {
    try writer.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
  }

  /// What was recorded, read beside the writing connection and not held up by it.
  package var journal: JournalReader { JournalReader(database: reader) }

  /// Commits events in one transaction, and calls `completion` from another thread when they are durable.
  package func commit(_ events: [JournalEvent], completion: @escaping @Sendable (Result<Void, any Error>) -> Void) {
    writer.asyncWrite(
      { database in
        for event in events { try event.insert(into: database) }
      }, completion: { _, result in completion(result) })
  }

  /// Commits events and waits until they are durable.
  package func commit(_ events: [JournalEvent]) throws {
    try writer.write { database in
      for event in events { try event.insert(into: database) }
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
}

// MARK: - Opening

extension RunStore {
  /// "atTu", as SQLite files carry it.
  private static let applicationID = 0x6174_5475
  private static let version = 1

  private static func open(_ path: String, readonly: Bool) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = readonly
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      if readonly {
        try database.execute(sql: "PRAGMA query_only=ON")
      } else {
        try database.execute(sql: "PRAGMA journal_mode=WAL")
        try database.execute(sql: "PRAGMA synchronous=FULL")
      }
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  private static func prepare(_ writer: DatabaseQueue, path: String) throws {
    guard try isEmpty(writer) else { return try check(writer, path: path) }
    try writer.write { database in
      try database.execute(sql: "PRAGMA application_id=\(applicationID)")
      try database.execute(sql: "PRAGMA user_version=\(version)")
      try database.execute(sql: schema)
    }
  }

  private static func isEmpty(_ database: DatabaseQueue) throws -> Bool {
    try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") == 0 }
  }

  private static func check(_ database: DatabaseQueue, path: String) throws {
    let (application, version) = try database.read { database in
      (try Int.fetchOne(database, sql: "PRAGMA application_id"), try Int.fetchOne(database, sql: "PRAGMA user_version"))
    }
    guard application == applicationID else { throw StoreError(description: "\(path) is not a journal of attune") }
    guard version == Self.version else {
      throw StoreError(
        description:
          "\(path) was written by another version of attune (its form is \(version ?? 0), this one reads \(Self.version))"
      )
    }
  }

  private static let schema = """
    -- One apply of one plan. The token marks the processes that it starts.
    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      plan TEXT NOT NULL,
      document TEXT NOT NULL,
      folder TEXT NOT NULL,
      experiment TEXT NOT NULL,
      token TEXT NOT NULL,
      workers INTEGER NOT NULL,
      host TEXT NOT NULL,
      pid INTEGER NOT NULL,
      at REAL NOT NULL
    ) STRICT;

    -- A trial is about to be launched.
    CREATE TABLE intent (
      id INTEGER PRIMARY KEY,
      run INTEGER NOT NULL REFERENCES run,
      trial INTEGER NOT NULL,
      key BLOB NOT NULL,
      at REAL NOT NULL
    ) STRICT;

    -- A trial has come to its end.
    CREATE TABLE outcome (
      intent INTEGER PRIMARY KEY REFERENCES intent,
      key BLOB NOT NULL,
      ending TEXT NOT NULL,
      code INTEGER NOT NULL,
      timeout INTEGER,
      metrics TEXT NOT NULL,
      seconds REAL NOT NULL,
      cpu REAL NOT NULL,
      memory INTEGER NOT NULL,
      elapsed INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX outcome_by_key ON outcome (key);

    -- A limit of the real world fired.
    CREATE TABLE closure (
      plan TEXT PRIMARY KEY,
      run INTEGER NOT NULL REFERENCES run,
      after INTEGER NOT NULL,
      at REAL NOT NULL
    ) STRICT;

    -- A run has come to its end.
    CREATE TABLE ending (
      run INTEGER PRIMARY KEY REFERENCES run,
      reason TEXT NOT NULL,
      elapsed INTEGER NOT NULL,
      at REAL NOT NULL
    ) STRICT;

    """
    + ["run", "intent", "outcome", "closure", "ending"].map { table in
      """
      CREATE TRIGGER \(table)_is_not_changed BEFORE UPDATE ON \(table)
        BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
      CREATE TRIGGER \(table)_is_not_deleted BEFORE DELETE ON \(table)
        BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;

      """
    }.joined()
}

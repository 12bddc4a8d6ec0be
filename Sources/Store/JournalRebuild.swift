package import Artifacts
internal import FoundationEssentials
internal import GRDB
internal import Glibc

/// Makes a new journal of what can be read of a damaged one, and of outcomes that are known from elsewhere.
///
/// The damaged one is kept beside it, as `journal.damaged-1.sqlite` and so on; the last of these is read where there is none
/// in its place. Its writer must not be at work: the caller holds the project's lock.
package struct JournalRebuild: Sendable {
  /// The events that were taken over.
  package private(set) var events = 0
  /// The outcomes that were not there, and are now.
  package private(set) var added = 0
  /// Where the damaged journal is kept; nil when there was none.
  package private(set) var kept: String?

  /// An outcome that the journal may have lost.
  package struct KnownOutcome: Sendable {
    package var key: Digest
    package var trial: Int
    package var facts: TrialFacts
    /// What it reported on the way, as `JournalEvent.curve` has it; nil where that is not known.
    package var curve: JSON?

    package init(key: Digest, trial: Int, facts: TrialFacts, curve: JSON? = nil) {
      self.key = key
      self.trial = trial
      self.facts = facts
      self.curve = curve
    }
  }

  /// - Throws: `StoreError` when the journal was written by a newer attune: nothing is changed then.
  package init(folder: String, known: [KnownOutcome]) throws {
    let path = Path.join(folder, RunStore.fileName)
    let draft = Path.join(folder, "journal.new.sqlite")
    Self.remove(draft)
    defer { Self.remove(draft) }
    do {
      let queue = try DatabaseQueue(path: draft)
      try queue.write { database in
        for table in JournalTable.allCases {
          try database.execute(sql: "CREATE TABLE old_\(table) (\(table.columns.joined(separator: ", ")))")
        }
        try database.execute(sql: "CREATE INDEX old_outcome_by_key ON old_outcome (key)")
        let copy = Self.copies(of: path).prefix { Self.isThere($0) }.last
        if let source = [path, copy].compactMap({ $0 }).first(where: File.hasContent) {
          try salvage(source, into: database)
        }
        try adopt(in: database)
        try add(known, to: database)
        try JournalRelink.link(in: database)
      }
      try queue.close()
    }
    kept = try Self.putAside(path)
    guard rename(draft, path) == 0 else { throw FileError("write", path) }
    try File.synchronizeFolder(of: path)
  }

  /// SQLite's files for one journal.
  private static let suffixes = ["", "-wal", "-shm"]

  private static func isThere(_ path: String) -> Bool { suffixes.contains { File.kind(of: path + $0) != nil } }

  private static func remove(_ path: String) { for suffix in suffixes { unlink(path + suffix) } }

  /// How the names of the journals begin that are kept.
  package static let copyPrefix = "journal.damaged-"

  /// Where damaged journals are kept, the first one first.
  private static func copies(of path: String) -> some Sequence<String> {
    (1...).lazy.map { Path.join(Path.folder(of: path), "\(copyPrefix)\($0).sqlite") }
  }

  private static func putAside(_ path: String) throws -> String? {
    guard isThere(path), let kept = copies(of: path).first(where: { !isThere($0) }) else { return nil }
    for suffix in suffixes where File.kind(of: path + suffix) != nil {
      guard rename(path + suffix, kept + suffix) == 0 else { throw FileError("write", kept + suffix) }
    }
    return kept
  }

  // MARK: - What can be read

  private mutating func salvage(_ path: String, into database: Database) throws {
    // A copy is read: SQLite recovers what a crash has left, and the damaged journal is to stay as it is.
    let copy = Path.join(Path.folder(of: path), "journal.read.sqlite")
    defer { Self.remove(copy) }
    for suffix in ["", "-wal"] where File.kind(of: path + suffix) == .file {
      try File.copy(path + suffix, to: copy + suffix)
    }
    // What is no journal at all has nothing to give.
    guard let source = try? DatabaseQueue(path: copy), let form = try? source.read(JournalSchema.form), form >= 2 else {
      return
    }
    guard form <= JournalSchema.version else { throw StoreError.ofOtherVersion(path, form: form) }
    for table in JournalTable.allCases where table.firstForm <= form {
      try source.writeWithoutTransaction { try salvage(table, of: $0, into: database) }
    }
  }

  /// The rows of a table that are what was written; where the table cannot be read, it is gone on with behind that.
  private mutating func salvage(_ table: JournalTable, of source: Database, into database: Database) throws {
    let insertion = "INSERT INTO old_\(table) VALUES (\(table.columns.map { _ in "?" }.joined(separator: ", ")))"
    var last: Int64 = 0
    var leap: Int64 = 1
    while leap <= Self.longestLeap {
      let sql = "SELECT \(JournalSchema.columns(of: table)), rowid FROM \(table) WHERE rowid > ? ORDER BY rowid"
      do {
        let rows = try Row.fetchCursor(source, sql: sql, arguments: [last])
        while let row = try rows.next() {
          let event = JournalRow(table, from: row)
          last = row[table.columns.count + JournalLink.columns.count]
          leap = 1
          guard JournalLink(from: row, of: table)?.holds(event) ?? false else { continue }
          try database.cachedStatement(sql: insertion).execute(arguments: StatementArguments(event.values))
          events += 1
        }
        return
      } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_ERROR
      {
        last += leap
        leap *= 2
      }
    }
  }

  /// No journal has more events in a table that cannot be read at all.
  private static let longestLeap: Int64 = 1 << 40

  // MARK: - What is put in its place

  /// Events whose run or launch is lost are given one of which nothing else is known.
  private func adopt(in database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO old_run (id, plan, document, folder, experiment, token, workers, host, pid, at)
          SELECT id, '', '', '', '', '', 0, '', 0, 0.0 FROM (
            SELECT run AS id FROM old_intent UNION SELECT run FROM old_closure UNION SELECT run FROM old_exhaustion UNION SELECT run FROM old_ending)
          WHERE id NOT IN (SELECT id FROM old_run);
        """)
    guard
      try Bool.fetchOne(
        database,
        sql: "SELECT EXISTS (SELECT 1 FROM old_outcome WHERE intent NOT IN (SELECT id FROM old_intent))") == true
    else { return }
    let run = try Self.newRun(in: database)
    try database.execute(
      sql: """
        INSERT INTO old_intent (id, run, trial, key, at)
          SELECT intent, ?, 0, key, 0.0 FROM old_outcome WHERE intent NOT IN (SELECT id FROM old_intent)
        """, arguments: [run])
  }

  private mutating func add(_ known: [KnownOutcome], to database: Database) throws {
    let missing = try known.filter { outcome in
      try Bool.fetchOne(
        database.cachedStatement(sql: "SELECT NOT EXISTS (SELECT 1 FROM old_outcome WHERE key = ?)"),
        arguments: [outcome.key.blob]) == true
    }
    guard !missing.isEmpty else { return }
    let run = try Self.newRun(in: database)
    var intent = try Int.fetchOne(database, sql: "SELECT max(id) FROM old_intent") ?? 0
    var added = Set<Digest>()
    for outcome in missing where added.insert(outcome.key).inserted {
      intent += 1
      var events: [JournalEvent] = [
        .intent(
          IntentEvent(
            id: intent, run: run, trial: outcome.trial, key: outcome.key, parameters: nil, seed: nil, at: 0)),
        .outcome(
          OutcomeEvent(
            intent: intent, key: outcome.key, facts: outcome.facts, seconds: 0, cpuSeconds: 0, peakMemory: 0,
            elapsed: 0)),
      ]
      if let curve = outcome.curve { events.append(.curve(intent: intent, curve)) }
      for row in events.map(\.row) {
        let marks = row.values.map { _ in "?" }.joined(separator: ", ")
        try database.cachedStatement(sql: "INSERT INTO old_\(row.table) VALUES (\(marks))")
          .execute(arguments: StatementArguments(row.values))
      }
    }
    self.added = added.count
  }

  private static func newRun(in database: Database) throws -> Int {
    let run = (try Int.fetchOne(database, sql: "SELECT max(id) FROM old_run") ?? 0) + 1
    try database.execute(
      sql: """
        INSERT INTO old_run (id, plan, document, folder, experiment, token, workers, host, pid, at)
          VALUES (?, '', '', '', '', '', 0, '', 0, 0.0);
        """, arguments: [run])
    return run
  }
}

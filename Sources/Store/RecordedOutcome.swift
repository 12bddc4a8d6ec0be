package import Artifacts
internal import GRDB
internal import GRDBSQLite

/// A trial's outcome in the journal.
package struct RecordedOutcome: Hashable, Sendable {
  /// Numbers grow with time.
  package var intent: Int
  package var facts: TrialFacts
}

extension JournalReader {
  /// The newest recorded outcome of a trial that counts; nil when none does.
  package func outcome(of key: Digest, in scope: Scope) throws -> RecordedOutcome? {
    var found: RecordedOutcome?
    try forEachOutcome(of: key, in: scope, newestFirst: true) { outcome in
      found = outcome
      return false
    }
    return found
  }

  /// All recorded outcomes of a trial that count, in their order.
  package func outcomes(of key: Digest, in scope: Scope) throws -> [RecordedOutcome] {
    var all: [RecordedOutcome] = []
    try forEachOutcome(of: key, in: scope, newestFirst: false) { outcome in
      all.append(outcome)
      return true
    }
    return all
  }

  /// - Parameter body: returns whether it wants to see more.
  ///
  /// A plan of a million trials asks a million times, so this speaks with SQLite itself.
  private func forEachOutcome(
    of key: Digest, in scope: Scope, newestFirst: Bool, _ body: (RecordedOutcome) -> Bool
  ) throws {
    let isOfPlan = scope.plan != nil
    let sql =
      newestFirst
      ? (isOfPlan ? Self.newestOfPlan : Self.newest) : (isOfPlan ? Self.oldestOfPlan : Self.oldest)
    try database.unsafeRead { database in
      let statement = try database.cachedStatement(sql: sql)
      let handle = statement.sqliteStatement
      defer { sqlite3_clear_bindings(handle) }
      let plan = scope.plan?.description ?? ""
      try key.bytes.withUnsafeBytes { key in
        try plan.withCString { plan in
          // Both live until the statement is reset.
          sqlite3_bind_blob(handle, 1, key.baseAddress, Int32(key.count), nil)
          sqlite3_bind_int64(handle, 2, Int64(scope.firstIntent))
          if isOfPlan { sqlite3_bind_text(handle, 3, plan, -1, nil) }
          defer { sqlite3_reset(handle) }
          while true {
            let code = sqlite3_step(handle)
            guard code == SQLITE_ROW else {
              guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
              return
            }
            let outcome = try RecordedOutcome(handle)
            if scope.limits.admit(outcome.facts.ending), !body(outcome) { return }
          }
        }
      }
    }
  }

  private static let oldest =
    "SELECT \(JournalSchema.columns(of: .outcome)) FROM outcome WHERE key = ? AND intent >= ? ORDER BY intent"
  private static let newest = oldest + " DESC"
  private static let oldestOfPlan = """
    SELECT \(JournalSchema.columns(of: .outcome)) FROM outcome WHERE key = ? AND intent >= ?
      AND EXISTS (SELECT 1 FROM intent JOIN run ON run.id = intent.run WHERE intent.id = outcome.intent AND run.plan = ?)
      ORDER BY intent
    """
  private static let newestOfPlan = oldestOfPlan + " DESC"
}

/// An outcome with the key of its trial.
struct KeyedOutcome: Sendable {
  var key: Digest
  var outcome: RecordedOutcome

  /// The first outcomes of attempts after one, whether or not they count, in the order of the attempts.
  static func all(behind intent: Int, limit: Int, in database: Database) throws -> [KeyedOutcome] {
    let handle = try database.cachedStatement(sql: following).sqliteStatement
    sqlite3_bind_int64(handle, 1, Int64(intent))
    sqlite3_bind_int64(handle, 2, Int64(limit))
    defer { sqlite3_reset(handle) }
    var outcomes: [KeyedOutcome] = []
    outcomes.reserveCapacity(limit)
    while true {
      let code = sqlite3_step(handle)
      guard code == SQLITE_ROW else {
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        return outcomes
      }
      let outcome = try RecordedOutcome(handle)
      let key = UnsafeRawBufferPointer(
        start: sqlite3_column_blob(handle, 1), count: Int(sqlite3_column_bytes(handle, 1)))
      guard let key = Digest(bytes: Array(key)) else { throw StoreError.damaged("a key is not what was written") }
      outcomes.append(KeyedOutcome(key: key, outcome: outcome))
    }
  }

  private static let following =
    "SELECT \(JournalSchema.columns(of: .outcome)) FROM outcome WHERE intent > ? ORDER BY intent LIMIT ?"
}

extension RecordedOutcome {
  /// From a row of the columns that are named in `JournalTable`, and those of the link behind.
  ///
  /// - Throws: `StoreError` when the row is not what was written.
  fileprivate init(_ row: OpaquePointer) throws {
    let place = JournalTable.outcome.columns.count
    let number = Int(sqlite3_column_int64(row, Int32(place)))
    let previous = sqlite3_column_int64(row, Int32(place + 1))
    var bytes = EventBytes(.outcome, number: number, previous: previous)
    for column in 0..<Int32(place) { bytes.add(column, of: row) }
    guard bytes.check == sqlite3_column_int64(row, Int32(place + 2)),
      let ending = TrialFacts.Ending(
        name: Self.text(row, 2), code: Int(sqlite3_column_int64(row, 3)),
        timeLimit: sqlite3_column_type(row, 4) == SQLITE_NULL ? nil : Int(sqlite3_column_int64(row, 4))),
      let json = try? JSON(parsing: Self.bytes(row, 5)), let metrics = Metrics(json: json)
    else { throw StoreError.damaged("event \(number) is not what was written") }
    intent = Int(sqlite3_column_int64(row, 0))
    facts = TrialFacts(ending: ending, metrics: metrics)
  }

  fileprivate static func bytes(_ row: OpaquePointer, _ column: Int32) -> UnsafeRawBufferPointer {
    let text = sqlite3_column_text(row, column)
    return UnsafeRawBufferPointer(start: text, count: Int(sqlite3_column_bytes(row, column)))
  }

  private static func text(_ row: OpaquePointer, _ column: Int32) -> String {
    sqlite3_column_text(row, column).map { String(cString: $0) } ?? ""
  }
}

extension EventBytes {
  /// A column of a row, as SQLite keeps it.
  fileprivate mutating func add(_ column: Int32, of row: OpaquePointer) {
    switch sqlite3_column_type(row, column) {
    case SQLITE_INTEGER: add(sqlite3_column_int64(row, column))
    case SQLITE_FLOAT: add(sqlite3_column_double(row, column))
    case SQLITE_TEXT: add(text: RecordedOutcome.bytes(row, column))
    case SQLITE_BLOB:
      let blob = sqlite3_column_blob(row, column)
      add(blob: UnsafeRawBufferPointer(start: blob, count: Int(sqlite3_column_bytes(row, column))))
    default: addNull()
    }
  }
}

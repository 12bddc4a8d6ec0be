internal import Artifacts
internal import GRDB

/// Remembers what a session was asked and told, durably: an SQLite file of its own, in WAL mode with `synchronous=FULL`.
///
/// Append-only: a request stands in it before it is answered, each chained to the one before by a check value. One
/// process at a time has it, by SQLite's own lock, which goes with the process.
package final class SessionJournal: Sendable {
  /// The plan's document that the session began with.
  package let document: String
  /// Whether it is of a version whose decisions saw outcomes in the order in which they were told.
  package let keepsOrder: Bool

  private let database: DatabaseQueue
  private let path: String

  /// "atTs", as SQLite files carry it.
  private static let applicationID = 0x6174_5473
  private static let version = 2

  /// Opens the journal at a path, and makes it when there is none.
  ///
  /// - Parameter document: of the plan, for a new journal.
  /// - Throws: `StoreError` when the file is no session's journal, is one of a newer version, or is in use.
  package init(_ path: String, document: String) throws {
    self.path = path
    var configuration = Configuration()
    configuration.busyMode = .timeout(0.5)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA locking_mode=EXCLUSIVE")
      try database.execute(sql: "PRAGMA journal_mode=WAL")
      try database.execute(sql: "PRAGMA synchronous=FULL")
    }
    do {
      database = try DatabaseQueue(path: path, configuration: configuration)
      let version: Int
      (self.document, version) = try database.write { try Self.prepare($0, path, document) }
      keepsOrder = version < 2
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      throw StoreError(description: "\(path) is in use by another session")
    }
  }

  private static func prepare(_ database: Database, _ path: String, _ document: String) throws -> (String, Int) {
    if try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0 {
      try database.execute(sql: "PRAGMA application_id=\(applicationID)")
      try database.execute(sql: "PRAGMA user_version=\(version)")
      try database.execute(
        sql: """
          CREATE TABLE session (id INTEGER PRIMARY KEY CHECK (id = 1), document TEXT NOT NULL) STRICT;
          -- `check_value` is of the request and of the check value before it.
          CREATE TABLE request (number INTEGER PRIMARY KEY, request TEXT NOT NULL, check_value TEXT NOT NULL) STRICT;
          """)
      try database.execute(sql: "INSERT INTO session VALUES (1, ?)", arguments: [document])
      return (document, version)
    }
    guard try Int.fetchOne(database, sql: "PRAGMA application_id") == applicationID else {
      throw StoreError(description: "\(path) is not the journal of a session")
    }
    guard let version = try Int.fetchOne(database, sql: "PRAGMA user_version"), 1...Self.version ~= version else {
      throw StoreError(description: "\(path) was written by a newer attune: use that one")
    }
    guard let document = try String.fetchOne(database, sql: "SELECT document FROM session") else {
      throw StoreError.damaged("it has no plan")
    }
    return (document, version)
  }

  /// The requests in their order.
  ///
  /// - Throws: `StoreError` at the first that is not what was written.
  package func requests() throws -> [String] {
    try database.read { database in
      var requests: [String] = []
      var check = ""
      let rows = try Row.fetchCursor(database, sql: "SELECT number, request, check_value FROM request ORDER BY number")
      while let row = try rows.next() {
        let request: String = row["request"]
        check = Self.check(of: request, after: check)
        guard row["number"] == requests.count + 1, row["check_value"] == check else {
          throw StoreError.damaged("request \(requests.count + 1) of \(path) is not what was written")
        }
        requests.append(request)
      }
      return requests
    }
  }

  /// Makes a request durable.
  package func append(_ request: String) throws {
    try database.write { database in
      let last = try Row.fetchOne(
        database.cachedStatement(sql: "SELECT number, check_value FROM request ORDER BY number DESC LIMIT 1"))
      let (number, check): (Int, String) = last.map { ($0["number"], $0["check_value"]) } ?? (0, "")
      try database.cachedStatement(sql: "INSERT INTO request VALUES (?, ?, ?)")
        .execute(arguments: [number + 1, request, Self.check(of: request, after: check)])
    }
  }

  private static func check(of request: String, after check: String) -> String {
    Digest(of: "session-request", Array("\(check)\n\(request)".utf8)).short
  }
}

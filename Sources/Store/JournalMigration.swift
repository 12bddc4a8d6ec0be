internal import Artifacts
internal import GRDB
internal import Glibc

/// Brings a journal of an older form to today's.
///
/// What was there is kept beside it, as `journal.form-1.sqlite`; the change itself is one transaction.
enum JournalMigration {
  static func migrate(_ writer: DatabaseQueue, path: String) throws {
    guard let form = try writer.read(JournalSchema.form), form < JournalSchema.version else { return }
    try keep(writer, path: Path.join(Path.folder(of: path), "journal.form-\(form).sqlite"))
    // The tables are made anew, and what refers to the old ones would go with them.
    try writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA foreign_keys=OFF") }
    try writer.write(linkEvents)
    try writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA foreign_keys=ON") }
  }

  private static func keep(_ writer: DatabaseQueue, path: String) throws {
    let copy = path + ".part"
    unlink(copy)
    defer { unlink(copy) }
    try writer.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [copy]) }
    try File.copy(copy, to: path)
  }

  /// From form 1, whose events were not chained. Their order is that of the runs, and in a run that of the launches.
  private static func linkEvents(in database: Database) throws {
    for table in JournalTable.allCases {
      for suffix in ["is_not_changed", "is_not_deleted"] {
        try database.execute(sql: "DROP TRIGGER \(table)_\(suffix)")
      }
      try database.execute(sql: "ALTER TABLE \(table) RENAME TO old_\(table)")
    }
    try database.execute(
      sql: """
        DROP INDEX outcome_by_key;
        CREATE INDEX old_intent_by_run ON old_intent (run);
        """)
    try JournalSchema.create(in: database)
    var link = JournalLink.start
    /// The events of a table that belong to one of another.
    func append(_ table: JournalTable, where condition: String = "true", _ id: Int = 0) throws {
      let columns = table.columns.map { "old_\(table).\($0)" }.joined(separator: ", ")
      let statement = try database.cachedStatement(
        sql: "SELECT \(columns) FROM old_\(table) WHERE \(condition) ORDER BY 1")
      let rows = try Row.fetchCursor(statement, arguments: condition.contains("?") ? [id] : [])
      while let row = try rows.next() {
        link = try JournalSchema.insert(JournalRow(table, from: row), after: link, into: database)
        switch table {
        case .run:
          try append(.intent, where: "run = ?", row[0])
          try append(.closure, where: "run = ?", row[0])
          try append(.ending, where: "run = ?", row[0])
        case .intent: try append(.outcome, where: "intent = ?", row[0])
        case .outcome, .closure, .ending: break
        }
      }
    }
    try append(.run)
    try JournalSchema.setHead(link, of: database)
    for table in JournalTable.allCases.reversed() { try database.execute(sql: "DROP TABLE old_\(table)") }
  }
}

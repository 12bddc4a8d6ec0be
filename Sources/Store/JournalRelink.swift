internal import GRDB

/// Makes a journal's tables anew from rows that are in no chain: those of a journal of form 1, or of what could be read
/// of a damaged one. They stand in tables of the same names with `old_` before them, one for each of the journal.
///
/// The order of the events is that of the runs, and in a run that of the launches.
enum JournalRelink {
  /// - Precondition: no table of the journal has its own name.
  static func link(in database: Database) throws {
    try database.execute(
      sql: """
        CREATE INDEX old_intent_by_run ON old_intent (run);
        CREATE INDEX old_verdict_by_intent ON old_verdict (intent);
        CREATE INDEX old_curve_by_intent ON old_curve (intent);
        CREATE INDEX old_outcome_by_intent ON old_outcome (intent);
        CREATE INDEX old_charge_by_intent ON old_charge (intent);
        """)
    try JournalSchema.create(in: database)
    var link = JournalLink.start
    /// The events of a table that belong to one of another.
    func append(_ table: JournalTable, where condition: String = "true", _ arguments: StatementArguments = []) throws {
      let columns = table.columns.joined(separator: ", ")
      let statement = try database.cachedStatement(
        sql: "SELECT \(columns) FROM old_\(table) WHERE \(condition) ORDER BY 1")
      let rows = try Row.fetchCursor(statement, arguments: arguments)
      while let row = try rows.next() {
        link = try JournalSchema.insert(JournalRow(table, from: row), after: link, into: database)
        switch table {
        case .run:
          let run: StatementArguments = [row[0] as Int]
          try append(.intent, where: "run = ?", run)
          try append(.closure, where: "run = ?", run)
          try append(.exhaustion, where: "run = ?", run)
          try append(.ending, where: "run = ?", run)
        case .intent:
          let intent: StatementArguments = [row[0] as Int]
          try append(.verdict, where: "intent = ?", intent)
          try append(.curve, where: "intent = ?", intent)
          try append(.outcome, where: "intent = ?", intent)
          try append(.charge, where: "intent = ?", intent)
        case .verdict, .curve, .outcome, .charge, .closure, .exhaustion, .ending: break
        }
      }
    }
    try append(.run)
    try JournalSchema.setHead(link, of: database)
    for table in JournalTable.allCases { try database.execute(sql: "DROP TABLE old_\(table)") }
  }
}

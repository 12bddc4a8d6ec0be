internal import GRDB

/// The form in which SQLite keeps the journal.
enum JournalSchema {
  /// "atTu", as SQLite files carry it.
  static let applicationID = 0x6174_5475
  /// Grows with each change of the form; `JournalMigration` brings older ones to it.
  static let version = 4

  /// The form of a journal; nil for a file that is none.
  static func form(of database: Database) throws -> Int? {
    guard try Int.fetchOne(database, sql: "PRAGMA application_id") == applicationID else { return nil }
    return try Int.fetchOne(database, sql: "PRAGMA user_version").flatMap { $0 > 0 ? $0 : nil }
  }

  static func create(in database: Database) throws {
    try database.execute(sql: "PRAGMA application_id=\(applicationID)")
    try database.execute(sql: sql)
    try addTables(since: 2, to: database)
  }

  /// What today's form has more than an earlier one: 2, or one after it.
  static func addTables(since form: Int, to database: Database) throws {
    try database.execute(sql: "PRAGMA user_version=\(version)")
    if form < 3 { try database.execute(sql: sqlOfForm3) }
    if form < 4 { try database.execute(sql: sqlOfForm4) }
  }

  // MARK: - Events

  /// Writes the event behind the one that `link` is of.
  ///
  /// - Returns: its own link.
  static func insert(_ row: JournalRow, after link: JournalLink, into database: Database) throws -> JournalLink {
    let next = link.next(row)
    guard let sql = insertions[row.table] else { preconditionFailure("no insertion for \(row.table)") }
    try database.cachedStatement(sql: sql).run(row.values + next.values)
    return next
  }

  private static let insertions = Dictionary(
    uniqueKeysWithValues: JournalTable.allCases.map { table in
      let count = table.columns.count + JournalLink.columns.count
      return (table, "INSERT INTO \(table) VALUES (\(Array(repeating: "?", count: count).joined(separator: ", ")))")
    })

  /// What is selected of a table so that `JournalRow` and `JournalLink` can be read.
  static func columns(of table: JournalTable) -> String {
    (table.columns + JournalLink.columns).joined(separator: ", ")
  }

  /// The link of the last event.
  static func head(of database: Database) throws -> JournalLink {
    guard let row = try Row.fetchOne(database.cachedStatement(sql: selectionOfHead)) else { return .start }
    guard let link = JournalLink(from: row, at: 0) else { throw StoreError.damaged("its last event is not known") }
    return link
  }

  private static let selectionOfHead = "SELECT \(JournalLink.columns.joined(separator: ", ")) FROM head"

  static func setHead(_ link: JournalLink, of database: Database) throws {
    try database.cachedStatement(sql: "INSERT OR REPLACE INTO head VALUES (1, ?, ?, ?)").run(link.values)
  }

  // MARK: - Tables

  private static let link = """
      number INTEGER NOT NULL,
      previous INTEGER NOT NULL,
      check_value INTEGER NOT NULL
    """

  private static let sql = """
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
      at REAL NOT NULL,
    \(link)) STRICT;

    -- A trial is about to be launched.
    CREATE TABLE intent (
      id INTEGER PRIMARY KEY,
      run INTEGER NOT NULL REFERENCES run,
      trial INTEGER NOT NULL,
      key BLOB NOT NULL,
      -- What it is launched with; not known of journals that were of form 1.
      parameters TEXT,
      seed INTEGER,
      at REAL NOT NULL,
    \(link)) STRICT;

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
      elapsed INTEGER NOT NULL,
    \(link)) STRICT;
    CREATE INDEX outcome_by_key ON outcome (key);

    -- A limit of the real world fired.
    \(closing(.closure))

    -- A run has come to its end.
    CREATE TABLE ending (
      run INTEGER PRIMARY KEY REFERENCES run,
      reason TEXT NOT NULL,
      elapsed INTEGER NOT NULL,
      at REAL NOT NULL,
    \(link)) STRICT;

    -- The link of the last event: without it, nobody would miss the events at the end.
    CREATE TABLE head (
      id INTEGER PRIMARY KEY CHECK (id = 1),
    \(link)) STRICT;

    """
    + triggers(ofForm: 1)

  private static let sqlOfForm3 = """
    -- A rule ends a trial that runs.
    CREATE TABLE verdict (
      intent INTEGER PRIMARY KEY REFERENCES intent,
      rule TEXT NOT NULL,
      step INTEGER NOT NULL,
      at REAL NOT NULL,
    \(link)) STRICT;

    -- What a trial reported on the way: pairs of a step and a value, as JSON.
    CREATE TABLE curve (
      intent INTEGER PRIMARY KEY REFERENCES intent,
      reports TEXT NOT NULL,
    \(link)) STRICT;

    """
    + triggers(ofForm: 3)

  private static let sqlOfForm4 = """
    -- What a run of a trial without an outcome has taken.
    CREATE TABLE charge (
      intent INTEGER PRIMARY KEY REFERENCES intent,
      seconds REAL NOT NULL,
      at REAL NOT NULL,
    \(link)) STRICT;

    -- A limit of what runs may use does not allow another one.
    \(closing(.exhaustion))

    """
    + triggers(ofForm: 4)

  private static func closing(_ table: JournalTable) -> String {
    """
    CREATE TABLE \(table) (
      plan TEXT NOT NULL,
      run INTEGER NOT NULL REFERENCES run,
      after INTEGER NOT NULL,
      at REAL NOT NULL,
    \(link),
      PRIMARY KEY (plan, run)) STRICT;
    """
  }

  private static func triggers(ofForm form: Int) -> String {
    JournalTable.allCases.filter { $0.firstForm == form }.map { table in
      """
      CREATE TRIGGER \(table)_is_not_changed BEFORE UPDATE ON \(table)
        BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
      CREATE TRIGGER \(table)_is_not_deleted BEFORE DELETE ON \(table)
        BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;

      """
    }.joined()
  }
}

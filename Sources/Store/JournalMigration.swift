internal import Artifacts
internal import GRDB
internal import Glibc

/// Brings a journal of an older form to today's.
///
/// What was there is kept beside it, as `journal.form-1.sqlite` and so on; the change itself is one transaction.
enum JournalMigration {
  /// How the names of the files begin that are kept.
  static let copyPrefix = "journal.form-"

  static func migrate(_ writer: DatabaseQueue, path: String) throws {
    guard let form = try writer.read(JournalSchema.form), form < JournalSchema.version else { return }
    try keep(writer, path: Path.join(Path.folder(of: path), "\(copyPrefix)\(form).sqlite"))
    guard form < 2 else { return try writer.write { try JournalSchema.addTables(since: form, to: $0) } }
    // The tables are made anew, and what refers to the old ones would go with them.
    try writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA foreign_keys=OFF") }
    try writer.write { database in
      for table in JournalTable.allCases where table.firstForm == 1 {
        try database.execute(
          sql: """
            DROP TRIGGER \(table)_is_not_changed;
            DROP TRIGGER \(table)_is_not_deleted;
            ALTER TABLE \(table) RENAME TO old_\(table);
            """)
      }
      try database.execute(
        sql: """
          DROP INDEX outcome_by_key;
          ALTER TABLE old_intent ADD COLUMN parameters TEXT;
          ALTER TABLE old_intent ADD COLUMN seed INTEGER;
          """)
      for table in JournalTable.allCases where table.firstForm > 1 {
        try database.execute(sql: "CREATE TABLE old_\(table) (\(table.columns.joined(separator: ", ")))")
      }
      try JournalRelink.link(in: database)
    }
    try writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA foreign_keys=ON") }
  }

  private static func keep(_ writer: DatabaseQueue, path: String) throws {
    let copy = path + ".part"
    unlink(copy)
    defer { unlink(copy) }
    try writer.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [copy]) }
    try File.copy(copy, to: path)
  }
}

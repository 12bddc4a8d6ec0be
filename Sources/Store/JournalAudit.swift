package import Artifacts
internal import GRDB

/// Reads a journal from its first event to its last and says what is wrong with it.
///
/// Complexity: O(*n* log *n*) in its events; nothing is changed.
package struct JournalAudit: Sendable {
  /// In words, each a sentence without its full stop.
  package private(set) var findings: [String] = []
  /// The events that are what was written.
  package private(set) var events = 0
  /// The trials whose outcomes are not what was written.
  package private(set) var damagedOutcomes: [Digest] = []

  /// More findings of a kind are not told one by one.
  private static let mostFindings = 20

  /// - Throws: `StoreError` when the file is no journal, or one of another form.
  package init(path: String) throws {
    let database = try RunStore.open(path, readonly: true)
    try RunStore.check(database, path: path)
    try self.init(database)
  }

  /// Of a journal that is open.
  package init(_ journal: JournalReader) throws { try self.init(journal.database) }

  private init(_ database: DatabaseQueue) throws {
    try database.read { database in
      for message in try String.fetchAll(database, sql: "PRAGMA integrity_check(\(Self.mostFindings))")
      where message != "ok" {
        findings.append("SQLite: \(message)")
      }
      try walk(database)
    }
  }

  /// Looks at every event, in the order in which they were written.
  private mutating func walk(_ database: Database) throws {
    var cursors = try JournalTable.allCases.map { try TableCursor($0, of: database) }
    var last = JournalLink.start
    while let index = cursors.indices.filter({ cursors[$0].next != nil }).min(by: {
      cursors[$0].number < cursors[$1].number
    }), let (row, link) = cursors[index].next {
      check(row, link, after: last)
      last = link
      do { try cursors[index].advance() } catch let error as DatabaseError {
        report("the table `\(row.table)` cannot be read beyond event \(link.number): \(error.message ?? "")")
        cursors.remove(at: index)
      }
    }
    for cursor in cursors where cursor.strange > 0 {
      report("the table `\(cursor.table)` has \(cursor.strange) rows that are no events")
    }
    let head = try JournalSchema.head(of: database)
    if head.number > last.number {
      report("the last \(head.number - last.number) events are missing, from event \(last.number + 1) on")
    } else if head != last {
      report("the journal goes on behind what it says its last event is, \(head.number)")
    }
  }

  private mutating func check(_ row: JournalRow, _ link: JournalLink, after last: JournalLink) {
    if link.number <= last.number {
      report("event \(link.number) is there twice")
    } else if link.number > last.number + 1 {
      let first = last.number + 1
      report(
        first == link.number - 1
          ? "event \(first) is missing" : "events \(first) to \(link.number - 1) are missing")
    } else if link.previous != last.check, link.holds(row) {
      report("event \(link.number) does not follow on the one before: that was changed, with its check value")
    }
    guard !link.holds(row) else {
      events += 1
      return
    }
    report("event \(link.number), \(row.words), is not what was written")
    if row.table == .outcome, case .blob(let key) = row.values[1].storage, let key = Digest(bytes: Array(key)) {
      damagedOutcomes.append(key)
    }
  }

  /// Sees that a journal ends with what it says its last event is: what is written next goes on behind that.
  ///
  /// Complexity: a few rows of each table. Only where none of them is the last event, because that is of a trial which ended
  /// long after those that were launched behind it, all rows are looked at.
  ///
  /// - Throws: `StoreError` when it does not end so.
  static func checkEnd(of database: Database) throws {
    let head = try JournalSchema.head(of: database)
    func hasEnd(_ table: JournalTable, _ condition: String) throws -> Bool {
      var hasEnd = false
      let sql = "SELECT \(JournalSchema.columns(of: table)) FROM \(table) \(condition)"
      let rows = try Row.fetchCursor(database, sql: sql)
      while let row = try rows.next() {
        guard let link = JournalLink(from: row, of: table), link.number <= head.number else {
          throw StoreError.damaged("it goes on behind what it says its last event is, \(head.number)")
        }
        if link.number == head.number &- 1, link.check != head.previous {
          throw StoreError.damaged("its last event, \(head.number), does not follow on the one before")
        }
        guard link.number == head.number else { continue }
        guard link == head, link.holds(JournalRow(table, from: row)) else {
          throw StoreError.damaged("its last event, \(head.number), is not what was written")
        }
        hasEnd = true
      }
      return hasEnd
    }
    let newest = try JournalTable.allCases.map { try hasEnd($0, "ORDER BY rowid DESC LIMIT 64") }
    guard
      try newest.contains(true) || head == .start
        || JournalTable.allCases.reversed().contains(where: { try hasEnd($0, "WHERE number = \(head.number)") })
    else { throw StoreError.damaged("its last event, \(head.number), is missing") }
  }

  private var reported = 0

  private mutating func report(_ finding: String) {
    reported += 1
    if reported <= Self.mostFindings { findings.append(finding) }
    if reported == Self.mostFindings + 1 { findings.append("and more") }
  }
}

/// The events of a table, in the order of their numbers.
private struct TableCursor {
  let table: JournalTable
  private let rows: RowCursor
  private(set) var next: (row: JournalRow, link: JournalLink)?
  /// Rows that stand nowhere in the chain.
  private(set) var strange = 0

  init(_ table: JournalTable, of database: Database) throws {
    self.table = table
    rows = try Row.fetchCursor(
      database, sql: "SELECT \(JournalSchema.columns(of: table)) FROM \(table) ORDER BY number")
    try advance()
  }

  var number: Int { next?.link.number ?? .max }

  mutating func advance() throws {
    while let row = try rows.next() {
      if let link = JournalLink(from: row, of: table) {
        next = (JournalRow(table, from: row), link)
        return
      }
      strange += 1
    }
    next = nil
  }
}

extension JournalRow {
  /// What the event is, in words.
  fileprivate var words: String {
    func value(_ index: Int) -> String { "\(values[index])" }
    return switch table {
    case .run: "the beginning of run \(value(0))"
    case .intent: "the launch of trial \(value(2)) in run \(value(1))"
    case .verdict: "a rule's verdict on a trial"
    case .curve: "what a trial reported"
    case .outcome: "an outcome"
    case .charge: "what a run without an outcome took"
    case .closure: "the end of a run's time"
    case .exhaustion: "the end of a budget"
    case .ending: "the end of run \(value(0))"
    }
  }
}

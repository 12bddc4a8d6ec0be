internal import Artifacts
internal import FoundationEssentials
internal import GRDB

/// The tables of the journal, each of which holds one kind of event.
enum JournalTable: String, CaseIterable {
  case run
  case intent
  case verdict
  case curve
  case outcome
  case charge
  case closure
  case exhaustion
  case ending

  /// The form of the journal that was the first one to have it.
  var firstForm: Int {
    switch self {
    case .verdict, .curve: 3
    case .charge, .exhaustion: 4
    case .run, .intent, .outcome, .closure, .ending: 1
    }
  }

  /// Without those of the chain. The first one names the event among those of its kind.
  var columns: [String] {
    switch self {
    case .run: ["id", "plan", "document", "folder", "experiment", "token", "workers", "host", "pid", "at"]
    case .intent: ["id", "run", "trial", "key", "parameters", "seed", "at"]
    case .verdict: ["intent", "rule", "step", "at"]
    case .curve: ["intent", "reports"]
    case .outcome:
      ["intent", "key", "ending", "code", "timeout", "metrics", "seconds", "cpu", "memory", "elapsed"]
    case .charge: ["intent", "seconds", "at"]
    case .closure, .exhaustion: ["plan", "run", "after", "at"]
    case .ending: ["run", "reason", "elapsed", "at"]
    }
  }
}

/// An event as SQLite keeps it.
struct JournalRow: Equatable {
  var table: JournalTable
  /// In the order of the table's columns.
  var values: [DatabaseValue]

  init(_ table: JournalTable, _ values: [(any DatabaseValueConvertible)?]) {
    self.table = table
    self.values = values.map { $0?.databaseValue ?? .null }
  }

  /// From a row of the table, whose columns stand first in it.
  init(_ table: JournalTable, from row: Row) {
    self.table = table
    values = table.columns.indices.map { row[$0] }
  }
}

/// Where an event stands in the journal: its number, and check values that chain it to the one before.
///
/// `check` is of the event, its number and `previous`, which is the `check` of the event before. So one event can be told
/// whole by itself, and a journal from which an event is missing, or in which one was put, can be told from a whole one.
struct JournalLink: Hashable {
  /// Of the first event: 1.
  var number: Int
  var previous: Int64
  var check: Int64

  static let columns = ["number", "previous", "check_value"]
  /// In the order of the columns.
  var values: [DatabaseValue] { [Int64(number), previous, check].map(\.databaseValue) }

  /// Before the first event.
  static let start = JournalLink(number: 0, previous: 0, check: 0)

  /// The link of the event behind this one.
  func next(_ row: JournalRow) -> JournalLink {
    JournalLink(
      number: number + 1, previous: check, check: Self.check(row, number: number + 1, previous: check))
  }

  /// Whether the event is what it was when it was linked.
  func holds(_ row: JournalRow) -> Bool { Self.check(row, number: number, previous: previous) == check }

  private static func check(_ row: JournalRow, number: Int, previous: Int64) -> Int64 {
    var bytes = EventBytes(row.table, number: number, previous: previous)
    for value in row.values { bytes.add(value) }
    return bytes.check
  }
}

/// What a check value is of: each value with its kind and its length, so that no two rows give the same bytes.
struct EventBytes {
  private var bytes: [UInt8] = []
  private static let beginning = DigestBuilder(of: "event")

  init(_ table: JournalTable, number: Int, previous: Int64) {
    bytes.reserveCapacity(256)
    bytes += table.rawValue.utf8
    append(Int64(number))
    append(previous)
  }

  /// The first 64 bits of a digest.
  var check: Int64 {
    var builder = Self.beginning
    builder.update(bytes)
    return Int64(bitPattern: builder.finishNumber())
  }

  mutating func add(_ value: DatabaseValue) {
    switch value.storage {
    case .null: addNull()
    case .int64(let number): add(number)
    case .double(let number): add(number)
    case .string(let text):
      var text = text
      text.withUTF8 { add(text: UnsafeRawBufferPointer($0)) }
    case .blob(let data): data.withUnsafeBytes { add(blob: $0) }
    }
  }

  mutating func addNull() { bytes.append(0) }

  mutating func add(_ number: Int64) {
    bytes.append(1)
    append(number)
  }

  mutating func add(_ number: Double) {
    bytes.append(2)
    append(Int64(bitPattern: number.bitPattern))
  }

  mutating func add(text: UnsafeRawBufferPointer) {
    bytes.append(3)
    append(Int64(text.count))
    bytes += text
  }

  mutating func add(blob: UnsafeRawBufferPointer) {
    bytes.append(4)
    append(Int64(blob.count))
    bytes += blob
  }

  private mutating func append(_ number: Int64) { withUnsafeBytes(of: number.bigEndian) { bytes += $0 } }
}

extension JournalLink {
  /// From a row that was selected with the columns of the table and those of the link behind; nil where damage has left
  /// something else there.
  init?(from row: Row, of table: JournalTable) {
    self.init(from: row, at: table.columns.count)
  }

  /// From the three columns of a row that begin with this one.
  init?(from row: Row, at index: Int) {
    let values = (index..<index + Self.columns.count).map { Int64.fromDatabaseValue(row[$0]) }
    guard let number = values[0], let previous = values[1], let check = values[2] else { return nil }
    self.init(number: Int(number), previous: previous, check: check)
  }
}

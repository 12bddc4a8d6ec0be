package import Artifacts
internal import GRDB
internal import GRDBSQLite

/// Tells most keys that have no outcome in the journal from those that may have one, without asking it.
///
/// A bit for each value of a key's first 24 bits: 2 MiB, however many outcomes there are. With a million of them, one
/// key in seventeen that has none is asked for in vain.
package struct RecordedKeys: Sendable {
  private var words = [UInt64](repeating: 0, count: 1 << 18)

  /// Of the outcomes that are recorded now.
  package init(_ journal: JournalReader) throws {
    words = try journal.database.read { database in
      var words = [UInt64](repeating: 0, count: 1 << 18)
      let statement = try database.makeStatement(sql: "SELECT key FROM outcome")
      let row = statement.sqliteStatement
      while sqlite3_step(row) == SQLITE_ROW {
        guard sqlite3_column_bytes(row, 0) >= 3, let bytes = sqlite3_column_blob(row, 0) else { continue }
        let first = UnsafeRawBufferPointer(start: bytes, count: 3)
        Self.set(Self.index(first[0], first[1], first[2]), in: &words)
      }
      guard sqlite3_reset(row) == SQLITE_OK else { throw DatabaseError(message: database.lastErrorMessage) }
      return words
    }
  }

  /// False only when the key has no outcome.
  package func mayContain(_ key: Digest) -> Bool {
    let index = Self.index(key)
    return words[index >> 6] >> UInt64(index & 63) & 1 == 1
  }

  package mutating func insert(_ key: Digest) { Self.set(Self.index(key), in: &words) }

  private static func index(_ key: Digest) -> Int { index(key.bytes[0], key.bytes[1], key.bytes[2]) }

  private static func index(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
    Int(first) << 16 | Int(second) << 8 | Int(third)
  }

  private static func set(_ index: Int, in words: inout [UInt64]) { words[index >> 6] |= 1 << UInt64(index & 63) }
}

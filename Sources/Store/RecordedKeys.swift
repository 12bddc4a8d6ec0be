package import Artifacts
internal import GRDB

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
      let rows = try Row.fetchCursor(database, sql: "SELECT key FROM outcome")
      while let row = try rows.next() {
        try row.withUnsafeData(atIndex: 0) { data in
          guard let data, data.count >= 3 else { return }
          let bytes = [UInt8](data.prefix(3))
          Self.set(Self.index(bytes), in: &words)
        }
      }
      return words
    }
  }

  /// False only when the key has no outcome.
  package func mayContain(_ key: Digest) -> Bool {
    let index = Self.index(key.bytes)
    return words[index >> 6] >> UInt64(index & 63) & 1 == 1
  }

  package mutating func insert(_ key: Digest) { Self.set(Self.index(key.bytes), in: &words) }

  private static func index(_ bytes: [UInt8]) -> Int { Int(bytes[0]) << 16 | Int(bytes[1]) << 8 | Int(bytes[2]) }

  private static func set(_ index: Int, in words: inout [UInt64]) { words[index >> 6] |= 1 << UInt64(index & 63) }
}

internal import Artifacts
internal import GRDB
internal import GRDBSQLite

/// Tells most keys that have no outcome in the journal from those that may have one, without asking it, and those that
/// have one from those that have several.
///
/// A bit for each value of a key's first 24 bits: 2 MiB, however many outcomes there are. With a million of them, one
/// key in seventeen that has none is asked for in vain.
struct RecordedKeys {
  private var words = [UInt64](repeating: 0, count: 1 << 18)
  /// The keys that may have several outcomes.
  private var repeated: Set<Digest> = []

  /// Of the outcomes that are recorded now. Complexity: O(outcomes).
  init(_ database: Database) throws {
    // By way of the index, in which equal keys stand side by side.
    let statement = try database.makeStatement(sql: "SELECT key FROM outcome ORDER BY key")
    let row = statement.sqliteStatement
    var last = [UInt8](repeating: 0, count: 32)
    while sqlite3_step(row) == SQLITE_ROW {
      guard sqlite3_column_bytes(row, 0) == 32, let blob = sqlite3_column_blob(row, 0) else { continue }
      let key = UnsafeRawBufferPointer(start: blob, count: 32)
      Self.set(Self.index(key[0], key[1], key[2]), in: &words)
      let isSame = last.withUnsafeMutableBytes { last in
        if last.elementsEqual(key) { return true }
        last.copyMemory(from: key)
        return false
      }
      if isSame, let key = Digest(bytes: last) { repeated.insert(key) }
    }
    guard sqlite3_reset(row) == SQLITE_OK else { throw DatabaseError(message: database.lastErrorMessage) }
  }

  /// False only when the key has no outcome.
  func mayContain(_ key: Digest) -> Bool {
    let index = Self.index(key)
    return words[index >> 6] >> UInt64(index & 63) & 1 == 1
  }

  /// False only when the key has one outcome at most.
  func mayHaveSeveral(_ key: Digest) -> Bool { !repeated.isEmpty && repeated.contains(key) }

  /// Takes note of one more outcome.
  mutating func insert(_ key: Digest) {
    if mayContain(key) { repeated.insert(key) }
    Self.set(Self.index(key), in: &words)
  }

  private static func index(_ key: Digest) -> Int { index(key.bytes[0], key.bytes[1], key.bytes[2]) }

  private static func index(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
    Int(first) << 16 | Int(second) << 8 | Int(third)
  }

  private static func set(_ index: Int, in words: inout [UInt64]) { words[index >> 6] |= 1 << UInt64(index & 63) }
}

internal import FoundationEssentials
internal import GRDB
internal import GRDBSQLite

extension Statement {
  /// Runs a statement that gives no rows, as each event of the journal is written: GRDB's own way takes several times as long.
  ///
  /// - Parameter values: one for each of its marks.
  func run(_ values: [DatabaseValue]) throws {
    let handle = sqliteStatement
    defer {
      sqlite3_reset(handle)
      sqlite3_clear_bindings(handle)
    }
    for (index, value) in values.enumerated() {
      let code = Self.bind(value, to: Int32(index + 1), of: handle)
      guard code == SQLITE_OK else { throw error(code) }
    }
    let code = sqlite3_step(handle)
    guard code == SQLITE_DONE else { throw error(code) }
  }

  private static func bind(_ value: DatabaseValue, to index: Int32, of handle: OpaquePointer) -> Int32 {
    // SQLite keeps a copy.
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    switch value.storage {
    case .null: return sqlite3_bind_null(handle, index)
    case .int64(let number): return sqlite3_bind_int64(handle, index, number)
    case .double(let number): return sqlite3_bind_double(handle, index, number)
    // Nothing at no place would be taken for NULL.
    case .string(""): return sqlite3_bind_text(handle, index, "", 0, transient)
    case .string(var text):
      return text.withUTF8 { utf8 in
        utf8.withMemoryRebound(to: CChar.self) {
          sqlite3_bind_text(handle, index, $0.baseAddress, Int32($0.count), transient)
        }
      }
    case .blob(let data) where data.isEmpty: return sqlite3_bind_zeroblob(handle, index, 0)
    case .blob(let data):
      return data.withUnsafeBytes { sqlite3_bind_blob(handle, index, $0.baseAddress, Int32($0.count), transient) }
    }
  }

  private func error(_ code: Int32) -> DatabaseError {
    let message = sqlite3_db_handle(sqliteStatement).flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
    return DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: sql)
  }
}

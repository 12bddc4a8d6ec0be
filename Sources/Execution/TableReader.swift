internal import Artifacts

/// Reads metrics from a table (RFC 4180) as it streams by: the last cell of each column that is not empty.
///
/// The first line that is not empty names the columns. Lines may end in CRLF, LF or CR, and a table may be sparse, as
/// loggers write it that log training and validation on lines of their own.
struct TableReader {
  static func read(_ path: String, into sink: inout MetricSink) {
    // A pipe that stands in the file's place would be waited for.
    guard File.kind(of: path) == .file else { return }
    var reader = TableReader()
    // A trial need not write the file.
    try? File.forEachPiece(of: path) { piece in
      for byte in piece { reader.take(byte, &sink) }
    }
    // A cell that is still in quotes was cut short.
    if sink.stage == .over, reader.quotes != .open { reader.finishRow(&sink) }
    for column in reader.columns {
      if let cell = column.last, let value = Double(cell) { sink.set(column.name, value) }
    }
  }

  private struct Column {
    var name: String
    var isWanted: Bool
    var last: String?
  }

  private enum Quotes {
    case none
    case open
    /// Behind a quote within quotes: it ends the cell, or the next one doubles it.
    case closing
  }

  /// What a cell holds beyond this is passed over: no number is so long.
  private static let longestCell = 4096
  private static let mostColumns = 1 << 16

  private var columns: [Column] = []
  private var hasHead = false
  private var cell: [UInt8] = []
  private var quotes = Quotes.none
  /// Which column the cell is in.
  private var index = 0
  /// The cells of this line: they count when it has come to its end.
  private var row: [(column: Int, text: String)] = []

  private mutating func take(_ byte: UInt8, _ sink: inout MetricSink) {
    switch (byte, quotes) {
    case (UInt8(ascii: "\""), .open): quotes = .closing
    case (_, .open): append(byte)
    case (UInt8(ascii: "\""), .closing):
      append(byte)
      quotes = .open
    case (UInt8(ascii: "\""), .none) where cell.isEmpty: quotes = .open
    case (UInt8(ascii: ","), _): finishCell(sink)
    case (UInt8(ascii: "\n"), _), (UInt8(ascii: "\r"), _): finishRow(&sink)
    default: append(byte)
    }
  }

  private mutating func append(_ byte: UInt8) {
    if cell.count < Self.longestCell { cell.append(byte) }
    // The byte order mark that spreadsheets write.
    if !hasHead, index == 0, cell == [0xEF, 0xBB, 0xBF] { cell.removeAll() }
  }

  private mutating func finishCell(_ sink: MetricSink) {
    defer {
      cell.removeAll(keepingCapacity: true)
      quotes = .none
      index += 1
    }
    if hasHead, !columns.indices.contains(index) || !columns[index].isWanted { return }
    let text = Self.trimmed(cell)
    if hasHead {
      if !text.isEmpty { row.append((index, text)) }
    } else if columns.count < Self.mostColumns {
      columns.append(Column(name: text, isWanted: sink.wants(text)))
    }
  }

  private mutating func finishRow(_ sink: inout MetricSink) {
    // Between CR and LF, and on an empty line, there is no cell.
    guard index > 0 || !cell.isEmpty || quotes != .none else { return }
    finishCell(sink)
    hasHead = true
    for (column, text) in row {
      columns[column].last = text
      if sink.isOfCurve(columns[column].name), let value = Double(text) { sink.note(columns[column].name, value) }
    }
    sink.endRecord()
    row.removeAll(keepingCapacity: true)
    index = 0
  }

  /// Without blanks on either side.
  private static func trimmed(_ cell: [UInt8]) -> String {
    let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    guard let first = cell.firstIndex(where: { !isBlank($0) }), let last = cell.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(decoding: cell[first...last], as: UTF8.self)
  }
}

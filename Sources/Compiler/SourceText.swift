/// The bytes of an experiment file, with what is needed to say where something stands in it.
package struct SourceText: Sendable {
  /// As messages name it.
  package let path: String
  /// Valid UTF-8, without a byte order mark.
  package let bytes: [UInt8]
  /// How many bytes stand before them in the file: those of its byte order mark.
  package let markSize: Int
  /// Its place in `Sources`.
  let number: Int32
  /// Where each line begins. A line ends with a line feed, a carriage return or both.
  private let lineStarts: [UInt32]
  /// How many Unicode scalars begin before each 1024th byte, so that columns of long lines are found at once; empty when
  /// all are ASCII.
  private let scalarCounts: [UInt32]

  /// Files beyond this are refused.
  package static let maximumSize = 16 << 20
  private static let scalarStride = 1024

  /// - Precondition: the bytes are UTF-8.
  init(path: String, bytes: [UInt8], markSize: Int, number: Int32) {
    self.path = path
    self.number = number
    self.bytes = bytes
    self.markSize = markSize
    lineStarts = Self.lineStarts(in: bytes)
    scalarCounts = bytes.allSatisfy { $0 < 0x80 } ? [] : Self.scalarCounts(in: bytes)
  }

  private static func lineStarts(in bytes: [UInt8]) -> [UInt32] {
    var starts: [UInt32] = [0]
    for index in bytes.indices where bytes[index] <= UInt8(ascii: "\r") {
      let isBreak =
        bytes[index] == UInt8(ascii: "\n")
        || (bytes[index] == UInt8(ascii: "\r") && (index + 1 == bytes.count || bytes[index + 1] != UInt8(ascii: "\n")))
      if isBreak { starts.append(UInt32(index + 1)) }
    }
    return starts
  }

  private static func scalarCounts(in bytes: [UInt8]) -> [UInt32] {
    var counts: [UInt32] = []
    var count: UInt32 = 0
    for (index, byte) in bytes.enumerated() {
      if index % scalarStride == 0 { counts.append(count) }
      if byte & 0xC0 != 0x80 { count += 1 }
    }
    return counts + [count]
  }

  /// How many Unicode scalars begin before a byte.
  private func scalars(before offset: Int) -> Int {
    guard !scalarCounts.isEmpty else { return offset }
    let start = offset / Self.scalarStride * Self.scalarStride
    return Int(scalarCounts[offset / Self.scalarStride]) + bytes[start..<offset].count { $0 & 0xC0 != 0x80 }
  }

  /// The line, counted from 0, that a byte stands in.
  func line(at offset: Int) -> Int {
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if Int(lineStarts[middle]) <= offset { low = middle } else { high = middle }
    }
    return low
  }

  /// The bytes of a line, without its end.
  func range(ofLine line: Int) -> Range<Int> {
    let start = Int(lineStarts[line])
    var end = line + 1 < lineStarts.count ? Int(lineStarts[line + 1]) : bytes.count
    while end > start, bytes[end - 1] == UInt8(ascii: "\n") || bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<end
  }

  /// The first byte of the Unicode scalar that a byte belongs to.
  func scalarStart(_ offset: Int) -> Int {
    var start = offset
    while start > 0, start < bytes.count, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }

  func span(_ range: Range<Int>) -> Span { Span(range, in: number) }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The line and the column, in Unicode scalars, of a byte: both counted from 1.
  ///
  /// - Complexity: O(log *n*) in the lines of the text, however long they are.
  package func position(at offset: Int) -> (line: Int, column: Int) {
    let line = line(at: offset)
    let start = Int(lineStarts[line])
    return (line + 1, scalars(before: max(start, min(offset, bytes.count))) - scalars(before: start) + 1)
  }
}

/// A stretch of a source text, in bytes.
package struct Span: Hashable, Sendable {
  private let lower: UInt32
  private let upper: UInt32
  /// Which of the texts: its number in `Sources`.
  package let source: Int32

  package var range: Range<Int> { Int(lower)..<Int(upper) }

  /// - Precondition: the range lies within `SourceText.maximumSize`.
  init(_ range: Range<Int>, in source: Int32) {
    lower = UInt32(range.lowerBound)
    upper = UInt32(range.upperBound)
    self.source = source
  }

  /// The place before its first byte.
  var start: Span { Span(range.lowerBound..<range.lowerBound, in: source) }
}

/// The texts that an experiment is compiled from: the file itself is the first.
package struct Sources: Sendable {
  package private(set) var all: [SourceText] = []

  /// Takes a text in; its spans carry the number that it gets.
  ///
  /// - Parameter markSize: how many bytes of a byte order mark stood before these.
  mutating func add(path: String, bytes: [UInt8], markSize: Int = 0) -> SourceText {
    let text = SourceText(path: path, bytes: bytes, markSize: markSize, number: Int32(all.count))
    all.append(text)
    return text
  }

  /// The text that a span lies in.
  package subscript(_ span: Span) -> SourceText { all[Int(span.source)] }

  func text(of span: Span) -> String { self[span].text(span.range) }

  /// Where each occurrence of a part stands in the source of a text, whose lines may be indented there.
  func spans(of part: String, in text: Located<String>) -> [Span] {
    let (bytes, part) = (self[text.span].bytes, Array(part.utf8))
    return text.span.range.filter { bytes[$0...].starts(with: part) }.map {
      Span($0..<$0 + part.count, in: text.span.source)
    }
  }

  /// The path, the line and the column, in Unicode scalars, of a span's start: both counted from 1.
  package func place(of span: Span) -> (path: String, line: Int, column: Int) {
    let (line, column) = self[span].position(at: span.range.lowerBound)
    return (self[span].path, line, column)
  }
}

/// A value and where it stands.
struct Located<Value: Sendable>: Sendable {
  var value: Value
  var span: Span

  init(_ value: Value, at span: Span) {
    self.value = value
    self.span = span
  }
}

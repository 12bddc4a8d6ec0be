/// The bytes of an experiment file, with what is needed to say where something stands in it.
package struct SourceText: Sendable {
  /// As messages name it.
  package let path: String
  /// Valid UTF-8, without a byte order mark.
  package let bytes: [UInt8]
  /// Where each line begins.
  private let lineStarts: [Int]
  /// The byte offset of every 64th Unicode scalar; empty when all are ASCII.
  private let scalarOffsets: [Int]

  /// Files beyond this are refused.
  package static let maximumSize = 16 << 20
  private static let scalarStride = 64

  /// - Precondition: the bytes are UTF-8.
  init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    lineStarts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    scalarOffsets = bytes.allSatisfy { $0 < 0x80 } ? [] : Self.scalarOffsets(in: bytes)
  }

  private static func scalarOffsets(in bytes: [UInt8]) -> [Int] {
    var offsets: [Int] = []
    var count = 0
    for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
      if count % scalarStride == 0 { offsets.append(offset) }
      count += 1
    }
    return offsets
  }

  /// The byte offset of a Unicode scalar, counted from 0: libyaml counts scalars.
  func offset(ofScalar index: Int) -> Int {
    guard !scalarOffsets.isEmpty else { return min(index, bytes.count) }
    guard index / Self.scalarStride < scalarOffsets.count else { return bytes.count }
    var offset = scalarOffsets[index / Self.scalarStride]
    var left = index % Self.scalarStride
    while left > 0, offset < bytes.count {
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
      left -= 1
    }
    return offset
  }

  /// The line, counted from 0, that a byte stands in.
  func line(at offset: Int) -> Int {
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  /// The bytes of a line, without its end.
  func range(ofLine line: Int) -> Range<Int> {
    let start = lineStarts[line]
    var end = line + 1 < lineStarts.count ? lineStarts[line + 1] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<end
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The line and the column, in Unicode scalars, of a byte: both counted from 1.
  package func position(at offset: Int) -> (line: Int, column: Int) {
    let line = line(at: offset)
    let column = bytes[lineStarts[line]..<max(lineStarts[line], min(offset, bytes.count))].count { $0 & 0xC0 != 0x80 }
    return (line + 1, column + 1)
  }
}

/// A stretch of a source text, in bytes.
package struct Span: Hashable, Sendable {
  package var range: Range<Int>

  init(_ range: Range<Int>) { self.range = range }
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

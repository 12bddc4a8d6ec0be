internal import Artifacts

/// Reads metrics from lines of text.
enum LineReader {
  enum Form {
    /// A line that is a JSON object gives each of its numbers; on others every `name=value` and `name: value` counts.
    case tokens
    /// Lines that are JSON objects.
    case objects
    /// Lines that a pattern describes.
    case pattern(MetricPattern)
  }

  /// A line is read up to here; what follows on it is passed over.
  private static let longestText = 1 << 16
  private static let longestObject = 1 << 20

  /// Lines end at LF or CR: progress bars rewrite their line.
  static func read(_ path: String, as form: Form, into sink: inout MetricSink) {
    // A pipe that stands in the file's place would be waited for.
    guard File.kind(of: path) == .file else { return }
    let longest = if case .objects = form { longestObject } else { longestText }
    var line: [UInt8] = []
    func finish() {
      if !line.isEmpty {
        read(line, as: form, into: &sink)
        sink.endRecord()
      }
      line.removeAll(keepingCapacity: true)
    }
    // A trial need not write the file.
    try? File.forEachPiece(of: path) { piece in
      for byte in piece {
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
          finish()
        } else if line.count < longest {
          line.append(byte)
        }
      }
    }
    if sink.stage == .over { finish() }
  }

  private static func read(_ line: [UInt8], as form: Form, into sink: inout MetricSink) {
    switch form {
    case .pattern(let pattern):
      for (name, value) in pattern.values(in: text(line)) ?? [] { sink.take(name, value) }
    case .tokens, .objects:
      if line.first(where: { $0 != UInt8(ascii: " ") }) == UInt8(ascii: "{") {
        if let json = try? JSON(parsingOutput: line) { sink.take(membersOf: json) }
      } else if case .tokens = form {
        readTokens(text(line), into: &sink)
      }
    }
  }

  private static let escape: UInt8 = 0x1B

  /// Without the sequences that colour text (ECMA-48: `ESC [`, parameters, a final byte).
  private static func text(_ line: [UInt8]) -> [UInt8] {
    guard line.contains(escape) else { return line }
    var text: [UInt8] = []
    var rest = line[...]
    while let byte = rest.popFirst() {
      guard byte == escape, rest.first == UInt8(ascii: "[") else {
        text.append(byte)
        continue
      }
      rest = rest.dropFirst().drop { !(0x40...0x7E).contains($0) }.dropFirst()
    }
    return text
  }

  private static func readTokens(_ line: [UInt8], into sink: inout MetricSink) {
    var index = line.startIndex
    while let sign = line[index...].firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) {
      index = sign + 1
      guard let name = name(before: sign, in: line), let value = value(after: sign, in: line) else { continue }
      sink.take(name, value)
    }
  }

  private static func name(before sign: Int, in line: [UInt8]) -> String? {
    let isPadding: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"") }
    let end = (line[..<sign].lastIndex { !isPadding($0) } ?? -1) + 1
    let start = line[..<end].lastIndex { !isNameByte($0) }.map { $0 + 1 } ?? 0
    guard start < end, let name = String(validating: line[start..<end], as: UTF8.self) else { return nil }
    guard let first = name.unicodeScalars.first, first == "_" || first.properties.isAlphabetic else { return nil }
    return name
  }

  /// Bytes of other scripts' letters count as the name's: `MetricName` in the compiler decides which are allowed.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
      true
    case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "@"),
      UInt8(ascii: "%"):
      true
    default: false
    }
  }

  private static func value(after sign: Int, in line: [UInt8]) -> Double? {
    let start = line[(sign + 1)...].firstIndex { $0 != UInt8(ascii: " ") } ?? line.endIndex
    let text = line[start...].prefix { !Array(" \t,;)]}|".utf8).contains($0) }
    guard let first = text.first, first != UInt8(ascii: "="), text.count <= 64 else { return nil }
    return Double(String(decoding: text, as: UTF8.self))
  }
}

package import Artifacts

/// Finds metrics in what a trial wrote, however much that is: memory stays below 64 KiB and a piece of the file.
package enum MetricReader {
  /// A line is read up to here; what follows on it is passed over.
  static let longestLine = 1 << 16

  /// The last value of each metric that a file holds; none when there is no such file.
  ///
  /// Lines end at LF or CR (progress bars rewrite their line). A line that is a JSON object gives each of its numbers;
  /// on other lines, where `tokens` is set, every `name=value` and `name: value` counts.
  ///
  /// - Parameter wanted: names that are kept however many others there are.
  package static func metrics(in path: String, tokens: Bool, wanted: [String] = []) -> Metrics {
    var metrics = Metrics(wanted: wanted)
    // A pipe that stands in the file's place would be waited for.
    guard File.isRegular(path) else { return metrics }
    var line: [UInt8] = []
    func finish() {
      if !line.isEmpty { read(line, tokens: tokens, into: &metrics) }
      line.removeAll(keepingCapacity: true)
    }
    // A trial need not write the file.
    try? File.forEachPiece(of: path) { piece in
      for byte in piece {
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
          finish()
        } else if line.count < longestLine {
          line.append(byte)
        }
      }
    }
    finish()
    return metrics
  }

  private static func read(_ line: [UInt8], tokens: Bool, into metrics: inout Metrics) {
    if line.first(where: { $0 != UInt8(ascii: " ") }) == UInt8(ascii: "{"), let json = try? JSON(parsing: line) {
      for member in json.members ?? [] {
        if let value = member.value.number ?? member.value.string.flatMap(Double.init) {
          metrics.set(member.name, value)
        }
      }
    } else if tokens {
      readTokens(line.contains(escape) ? withoutEscapes(line) : line, into: &metrics)
    }
  }

  private static let escape: UInt8 = 0x1B

  /// Without the sequences that colour text (ECMA-48: `ESC [`, parameters, a final byte).
  private static func withoutEscapes(_ line: [UInt8]) -> [UInt8] {
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

  private static func readTokens(_ line: [UInt8], into metrics: inout Metrics) {
    var index = line.startIndex
    while let sign = line[index...].firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) {
      index = sign + 1
      guard let name = name(before: sign, in: line), let value = value(after: sign, in: line) else { continue }
      metrics.set(name, value)
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

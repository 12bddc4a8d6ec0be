internal import Artifacts
internal import Compiler
internal import Execution

/// A text that an editor has open.
struct OpenDocument {
  let uri: String
  var bytes: [UInt8] { didSet { compile() } }
  private(set) var compilation: Compilation
  /// The last compilation that could tell the parameters.
  private(set) var lastGood: Compilation?

  init(uri: String, text: String) {
    self.uri = uri
    bytes = Array(text.utf8)
    compilation = Self.compile(bytes, uri)
    if compilation.space != nil { lastGood = compilation }
  }

  private mutating func compile() {
    compilation = Self.compile(bytes, uri)
    if compilation.space != nil { lastGood = compilation }
  }

  /// What stands beside the file is looked at where it has been saved already.
  private static func compile(_ bytes: [UInt8], _ uri: String) -> Compilation {
    let path = path(of: uri)
    guard let path, let project = try? Project(experiment: path) else {
      return Compiler.compile(bytes, path: path ?? uri, inputs: .recorded([]))
    }
    return Compiler.compile(
      bytes, path: path, inputs: .unread(project.experimentFolder), bases: project.bases)
  }

  /// The path that a `file:` URI names (RFC 8089).
  private static func path(of uri: String) -> String? {
    guard uri.hasPrefix("file://") else { return nil }
    var bytes: [UInt8] = []
    var rest = Array(uri.utf8.dropFirst(7))[...]
    // An authority, if there is one, is this machine.
    rest = rest.drop { $0 != UInt8(ascii: "/") }
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  // MARK: - Places, which the protocol counts in UTF-16 units

  func offset(of position: JSON) -> Int {
    let (line, character) = (position["line"]?.int ?? 0, position["character"]?.int ?? 0)
    var start = 0
    for _ in 0..<max(0, line) {
      guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { return bytes.count }
      start = end + 1
    }
    let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    var units = 0
    var offset = start
    for scalar in String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars {
      guard units < character else { break }
      units += UTF16.width(scalar)
      offset += UTF8.width(scalar)
    }
    return min(offset, end)
  }

  func position(of offset: Int) -> JSON {
    let offset = min(max(0, offset), bytes.count)
    let line = bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
    let start = bytes[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let units = String(decoding: bytes[start..<offset], as: UTF8.self).utf16.count
    return .object(["line": .int(line), "character": .int(units)])
  }

  func range(_ range: Range<Int>) -> JSON {
    .object(["start": position(of: range.lowerBound), "end": position(of: range.upperBound)])
  }

  /// The range of a span of this text: the compiler does not count a byte order mark.
  func range(_ span: Span) -> JSON {
    let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    return range(span.range.lowerBound + mark..<span.range.upperBound + mark)
  }
}

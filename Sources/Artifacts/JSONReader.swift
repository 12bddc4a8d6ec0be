/// Reads JSON strictly (RFC 8259): UTF-8, no duplicate names, nothing after the value, numbers that a double holds,
/// at most 64 levels deep.
extension JSON {
  package init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
    var reader = JSONReader(Array(bytes))
    self = try reader.document()
  }

  /// Reads what programs write: `NaN`, `Infinity` and `-Infinity`, which JSON does not have and Python writes, are strings.
  package init(parsingOutput bytes: some Collection<UInt8>) throws(JSONError) {
    var reader = JSONReader(Array(bytes), takesNonFinite: true)
    self = try reader.document()
  }
}

/// Where and why bytes are not JSON.
package struct JSONError: Error, Hashable, CustomStringConvertible {
  /// Counted in bytes from 0.
  package var offset: Int
  package var problem: String

  package var description: String { "not valid JSON at byte \(offset): \(problem)" }
}

private struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0
  private let maximumDepth = 256
  private let takesNonFinite: Bool

  init(_ bytes: [UInt8], takesNonFinite: Bool = false) {
    self.bytes = bytes
    self.takesNonFinite = takesNonFinite
  }

  mutating func document() throws(JSONError) -> JSON {
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw problem("more follows the value") }
    return value
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func problem(_ text: String) -> JSONError { JSONError(offset: position, problem: text) }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func skip(_ byte: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSON {
    guard depth < maximumDepth else { throw problem("more than \(maximumDepth) levels") }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case nil: throw problem("it ends too early")
    case UInt8(ascii: "N") where takesNonFinite: return try literal("NaN", .string("nan"))
    case UInt8(ascii: "I") where takesNonFinite: return try literal("Infinity", .string("inf"))
    case UInt8(ascii: "-") where takesNonFinite && bytes[position...].starts(with: "-Infinity".utf8):
      return try literal("-Infinity", .string("-inf"))
    default: return .number(try number())
    }
  }

  private mutating func literal(_ text: String, _ value: JSON) throws(JSONError) -> JSON {
    guard bytes[position...].starts(with: text.utf8) else { throw problem("a value is expected") }
    position += text.utf8.count
    return value
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSON {
    position += 1
    var elements: [JSON] = []
    skipSpace()
    if skip("]") { return .array(elements) }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while skip(",")
    guard skip("]") else { throw problem("`,` or `]` is expected") }
    return .array(elements)
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSON {
    position += 1
    var members: [JSON.Member] = []
    var names = Names()
    skipSpace()
    if skip("}") { return .object(members) }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw problem("a name is expected") }
      let name = try string()
      guard names.insert(name, after: members) else { throw problem("the name \"\(name)\" stands twice") }
      skipSpace()
      guard skip(":") else { throw problem("`:` is expected") }
      members.append(JSON.Member(name, try value(depth: depth + 1)))
      skipSpace()
    } while skip(",")
    guard skip("}") else { throw problem("`,` or `}` is expected") }
    return .object(members)
  }

  /// The names of an object, byte by byte. Of few, comparing with each costs less than a set.
  private struct Names {
    private var set: Set<[UInt8]> = []
    private static let few = 16

    /// - Parameter members: those whose names were inserted.
    /// - Returns: whether there was none of this name.
    mutating func insert(_ name: String, after members: [JSON.Member]) -> Bool {
      guard members.count >= Self.few else { return !members.contains { $0.name.utf8.elementsEqual(name.utf8) } }
      if set.isEmpty { set = Set(members.map { Array($0.name.utf8) }) }
      return set.insert(Array(name.utf8)).inserted
    }
  }

  private mutating func number() throws(JSONError) -> Double {
    let start = position
    _ = skip("-")
    guard let first = current, isDigit(first) else { throw problem("a value is expected") }
    if !skip("0") { skipDigits() }
    if skip(".") { try requireDigits() }
    if skip("e") || skip("E") {
      if !skip("+") { _ = skip("-") }
      try requireDigits()
    }
    guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)), number.isFinite else {
      throw JSONError(offset: start, problem: "the number is too large")
    }
    return number
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private mutating func skipDigits() {
    while let byte = current, isDigit(byte) { position += 1 }
  }

  private mutating func requireDigits() throws(JSONError) {
    guard let byte = current, isDigit(byte) else { throw problem("a digit is expected") }
    skipDigits()
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    skipPlain()
    // Most strings have nothing that would have to be copied.
    guard current != UInt8(ascii: "\"") else { return try closed(bytes[start..<position]) }
    var text = Array(bytes[start..<position])
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""): return try closed(text[...])
      case UInt8(ascii: "\\"):
        position += 1
        text.append(contentsOf: String(try escape()).utf8)
      case ..<0x20: throw problem("a control character stands in a string")
      default:
        let start = position
        skipPlain()
        text += bytes[start..<position]
      }
    }
    throw problem("a string is not closed")
  }

  private mutating func skipPlain() {
    while let byte = current, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
  }

  private mutating func closed(_ text: ArraySlice<UInt8>) throws(JSONError) -> String {
    guard let string = String(validating: text, as: UTF8.self) else { throw problem("the string is not UTF-8") }
    position += 1
    return string
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let byte = current
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw problem("an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let unit = try hexUnit()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard unit < 0xDC00, skip("\\"), skip("u") else { throw problem("half of a surrogate pair") }
    let low = try hexUnit()
    guard (0xDC00...0xDFFF).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    else { throw problem("half of a surrogate pair") }
    return scalar
  }

  private mutating func hexUnit() throws(JSONError) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw problem("four hexadecimal digits are expected") }
    position += 4
    return unit
  }
}

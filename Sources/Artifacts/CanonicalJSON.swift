/// The one byte form of a document: RFC 8785 (JSON Canonicalization Scheme). No white space, members sorted by the
/// UTF-16 units of their names, numbers as ECMAScript writes them.
extension JSON {
  package var canonicalBytes: [UInt8] {
    var writer = CanonicalWriter()
    writer.write(self)
    return writer.bytes
  }

  package var canonicalText: String { String(decoding: canonicalBytes, as: UTF8.self) }
}

/// Appends canonical JSON to a buffer.
package struct CanonicalWriter: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  package mutating func write(_ value: JSON) {
    switch value {
    case .null: write(raw: "null")
    case .bool(let value): write(raw: value ? "true" : "false")
    case .number(let value): write(number: value)
    case .string(let value): write(string: value)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        write(element)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in Self.sorted(members).enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        write(string: member.name)
        bytes.append(UInt8(ascii: ":"))
        write(member.value)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func sorted(_ members: [JSON.Member]) -> [JSON.Member] {
    let isSorted = zip(members, members.dropFirst()).allSatisfy { precedes($0.name, $1.name) }
    return isSorted ? members : members.sorted { precedes($0.name, $1.name) }
  }

  /// The order of the UTF-16 units is that of the bytes of UTF-8, but that what needs two units comes before U+E000 to
  /// U+FFFF.
  private static func precedes(_ name: String, _ other: String) -> Bool {
    var others = other.utf8.makeIterator()
    for byte in name.utf8 {
      guard let otherByte = others.next() else { return false }
      guard byte == otherByte else {
        let isBeyond = (byte >= 0xF0, otherByte >= 0xF0)
        return min(byte, otherByte) >= 0xEE && isBeyond.0 != isBeyond.1 ? isBeyond.0 : byte < otherByte
      }
    }
    return others.next() != nil
  }

  /// Bytes that are canonical JSON, or a part of it, already.
  package mutating func write(raw text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  package mutating func write(raw other: some Sequence<UInt8>) { bytes.append(contentsOf: other) }

  package mutating func write(string: String) {
    bytes.append(UInt8(ascii: "\""))
    let isPlain = string.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    if isPlain { bytes.append(contentsOf: string.utf8) } else { write(escaping: string) }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func write(escaping string: String) {
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x20...: bytes.append(byte)
      case 0x08: write(raw: "\\b")
      case 0x09: write(raw: "\\t")
      case 0x0A: write(raw: "\\n")
      case 0x0C: write(raw: "\\f")
      case 0x0D: write(raw: "\\r")
      default:
        write(raw: "\\u00")
        bytes.append(Self.hexDigit(byte >> 4))
        bytes.append(Self.hexDigit(byte & 15))
      }
    }
  }

  /// - Precondition: the number is finite.
  package mutating func write(number: Double) {
    precondition(number.isFinite, "JSON has no infinities and no NaN")
    if number == number.rounded(), abs(number) < 0x1p53 {
      bytes.append(contentsOf: String(Int(number)).utf8)
    } else if Self.isPlainInSwift.contains(abs(number)) {
      bytes.append(contentsOf: number.description.utf8)
    } else {
      write(digitsOf: number)
    }
  }

  /// Here Swift writes a number with a fraction as ECMAScript does: the shortest digits, and no exponent.
  private static let isPlainInSwift = 1e-4...1e15

  /// Lays the shortest digits that give the number back out as ECMA-262, Number::toString, says.
  private mutating func write(digitsOf number: Double) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    let (digits, point) = Self.decimal(abs(number))
    let count = digits.count
    switch point {
    case count...21:
      bytes.append(contentsOf: digits)
      bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: point - count))
    case 1...21:
      bytes.append(contentsOf: digits[..<point])
      bytes.append(UInt8(ascii: "."))
      bytes.append(contentsOf: digits[point...])
    case -5...0:
      write(raw: "0.")
      bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: -point))
      bytes.append(contentsOf: digits)
    default:
      bytes.append(digits[0])
      if count > 1 {
        bytes.append(UInt8(ascii: "."))
        bytes.append(contentsOf: digits[1...])
      }
      write(raw: point > 0 ? "e+" : "e-")
      bytes.append(contentsOf: String(abs(point - 1)).utf8)
    }
  }

  /// The significant digits of a positive number and where the decimal point stands: 0.d1 d2 … × 10^point.
  private static func decimal(_ number: Double) -> (digits: [UInt8], point: Int) {
    var digits: [UInt8] = []
    var point: Int?
    var exponent = 0
    let text = Array(number.description.utf8)
    for (index, byte) in text.enumerated() {
      switch byte {
      case UInt8(ascii: "."): point = digits.count
      case UInt8(ascii: "e"):
        exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
      case _ where exponent == 0: digits.append(byte)
      default: break
      }
      if byte == UInt8(ascii: "e") { break }
    }
    return normalized(digits, point: (point ?? digits.count) + exponent)
  }

  private static func normalized(_ digits: [UInt8], point: Int) -> (digits: [UInt8], point: Int) {
    let zero = UInt8(ascii: "0")
    let leading = digits.prefix { $0 == zero }.count
    let end = (digits.lastIndex { $0 != zero } ?? leading) + 1
    return (Array(digits[leading..<end]), point - leading)
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}

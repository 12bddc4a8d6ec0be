/// How YAML 1.1 reads a value without quotes that has another meaning in YAML 1.2. It is what PyYAML reads, and with it
/// most scripts in Python.
struct YAML11Reading {
  /// In words, such as "true" or "the number 8".
  let text: String
  /// Another spelling with the meaning that YAML 1.2 gives to this one, in both versions.
  let spelling: String

  var isText: Bool { text == "a text" }

  /// Nil when both versions read the same, or YAML 1.2 refuses the text.
  init?(of text: String) {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, bytes.count <= 64 else { return nil }
    switch first {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
      guard let truth = Self.truth(text) else { return nil }
      (self.text, spelling) = (truth, "\"\(text)\"")
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      if let other = Self.plainNumber(bytes) {
        (self.text, spelling) = ("a text", other)
      } else if let number = Self.number(bytes) {
        (self.text, spelling) = (number, "\"\(text)\"")
      } else {
        return nil
      }
    default: return nil
    }
  }

  private static func truth(_ text: String) -> String? {
    switch text {
    case "yes", "Yes", "YES", "on", "On", "ON": "true"
    case "no", "No", "NO", "off", "Off", "OFF": "false"
    default: nil
    }
  }

  /// A number of YAML 1.2 that YAML 1.1 takes for a text, in a spelling that is a number in both: `1e-3` as `1.0e-3`.
  private static func plainNumber(_ bytes: [UInt8]) -> String? {
    let text = String(decoding: bytes, as: UTF8.self)
    if text.hasPrefix("0o") { return Int(text.dropFirst(2), radix: 8).map(String.init) }
    let isNegative = bytes[0] == UInt8(ascii: "-")
    let isSigned = isNegative || bytes[0] == UInt8(ascii: "+")
    let unsigned = isSigned ? bytes.dropFirst() : bytes[...]
    var rest = unsigned
    let whole = take(&rest)
    var fraction: ArraySlice<UInt8>?
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      fraction = take(&rest)
    }
    guard !whole.isEmpty || !(fraction ?? []).isEmpty else { return nil }
    var exponent = ""
    var hasBareExponent = false
    if let e = rest.first {
      guard e == UInt8(ascii: "e") || e == UInt8(ascii: "E") else { return nil }
      rest = rest.dropFirst()
      hasBareExponent = rest.first != UInt8(ascii: "+") && rest.first != UInt8(ascii: "-")
      exponent = "e" + (hasBareExponent ? "+" : String(decoding: rest.prefix(1), as: UTF8.self))
      if !hasBareExponent { rest = rest.dropFirst() }
      let digits = take(&rest)
      guard rest.isEmpty, !digits.isEmpty else { return nil }
      exponent += String(decoding: digits, as: UTF8.self)
    }
    let lacksPoint = fraction == nil && !exponent.isEmpty
    let lacksWhole = whole.isEmpty && isSigned
    guard lacksPoint || lacksWhole || hasBareExponent else { return nil }
    let before = whole.isEmpty ? "0" : String(decoding: whole, as: UTF8.self)
    let after = (fraction ?? []).isEmpty ? "0" : String(decoding: fraction ?? [], as: UTF8.self)
    return (isNegative ? "-" : "") + before + "." + after + exponent
  }

  /// A text of YAML 1.2 that YAML 1.1 takes for a number or a date: `12:30`, `0b11`, `1_0.5`, `2024-01-31`.
  private static func number(_ bytes: [UInt8]) -> String? {
    let text = String(decoding: bytes, as: UTF8.self)
    if isDate(bytes) { return "a date" }
    let isNegative = bytes[0] == UInt8(ascii: "-")
    let unsigned = bytes[0] == UInt8(ascii: "+") || isNegative ? bytes.dropFirst() : bytes[...]
    guard let first = unsigned.first else { return nil }
    let sign = isNegative ? "-" : ""
    let digits = unsigned.filter { $0 != UInt8(ascii: "_") }
    let name = String(decoding: digits, as: UTF8.self)
    if unsigned.contains(UInt8(ascii: ":")) { return sexagesimal(unsigned).map { "the number \(sign)\($0)" } }
    if name.hasPrefix("0b"), unsigned.starts(with: "0b".utf8) {
      return Int(name.dropFirst(2), radix: 2).map { "the number \(sign)\($0)" }
    }
    if name.hasPrefix("0x"), unsigned.starts(with: "0x".utf8),
      unsigned.count > digits.count || text.first == "-" || text.first == "+"
    {
      return Int(name.dropFirst(2), radix: 16).map { "the number \(sign)\($0)" }
    }
    if first == UInt8(ascii: "0"), unsigned.count > 1, digits.allSatisfy(isDigit) {
      return Int(name, radix: 8).map { "the number \(sign)\($0)" }
    }
    guard unsigned.count > digits.count, isDigit(first) || first == UInt8(ascii: "."),
      digits.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") }), digits.contains(where: isDigit)
    else { return nil }
    // `._1` is a text.
    if first == UInt8(ascii: "."), unsigned.dropFirst().first == UInt8(ascii: "_") { return nil }
    return name.filter { $0 == "." }.count <= 1 ? "the number \(sign)\(name)" : nil
  }

  /// `[1-9][0-9_]*(:[0-5]?[0-9])+`, and with `.[0-9_]*` behind it.
  private static func sexagesimal(_ bytes: ArraySlice<UInt8>) -> String? {
    let first = bytes.prefix { $0 != UInt8(ascii: ":") }.filter { $0 != UInt8(ascii: "_") }
    let text = String(decoding: first + bytes.drop { $0 != UInt8(ascii: ":") }, as: UTF8.self)
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, bytes.first.map(isDigit) ?? false else { return nil }
    // Only floats may begin with 0.
    if parts.count == 1, whole.first == "0" { return nil }
    var value = 0
    for (index, digits) in whole.split(separator: ":", omittingEmptySubsequences: false).enumerated() {
      guard let number = Int(digits), digits.utf8.allSatisfy(isDigit), index == 0 || (digits.count <= 2 && number < 60),
        value < 1 << 40
      else { return nil }
      value = value * 60 + number
    }
    guard parts.count == 2 else { return String(value) }
    guard parts[1].utf8.allSatisfy(isDigit) else { return nil }
    return parts[1].isEmpty ? "\(value).0" : "\(value).\(parts[1])"
  }

  /// `2024-01-31`, and with a time of day behind it.
  private static func isDate(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 8, bytes[..<4].allSatisfy(isDigit), bytes[4] == UInt8(ascii: "-") else { return false }
    var rest = bytes[5...]
    let month = take(&rest)
    guard 1...2 ~= month.count, rest.first == UInt8(ascii: "-") else { return false }
    rest = rest.dropFirst()
    let day = take(&rest)
    guard 1...2 ~= day.count else { return false }
    if rest.isEmpty { return month.count == 2 && day.count == 2 }
    guard let separator = rest.first, "Tt \t".utf8.contains(separator) else { return false }
    rest = rest.drop { "Tt \t".utf8.contains($0) }
    let hour = take(&rest)
    let clock = rest.prefix(6)
    let zone = rest.dropFirst(6).first ?? UInt8(ascii: "Z")
    return 1...2 ~= hour.count && clock.count == 6 && ".Z+- ".utf8.contains(zone)
      && zip(clock, ":00:00".utf8).allSatisfy { $1 == UInt8(ascii: ":") ? $0 == $1 : isDigit($0) }
  }

  private static func take(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let digits = rest.prefix(while: isDigit)
    rest = rest.dropFirst(digits.count)
    return digits
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}

extension Diagnostics {
  /// Warns of a value that a script which reads this file with PyYAML takes for another one. No key gives it a type,
  /// and so it is worth a look.
  ///
  /// - Parameter isText: whether it is a text here whatever it looks like.
  mutating func checkYAML11(_ node: SyntaxNode, isText: Bool = false) {
    guard let scalar = node.scalar, scalar.isPlain, let other = YAML11Reading(of: scalar.text) else { return }
    if isText, other.isText { return }
    report(
      other.isText
        ? .textInYAML11(scalar.text, spelling: other.spelling)
        : .otherInYAML11(scalar.text, reading: other.text, spelling: other.spelling), at: node,
      fix: Fix("write `\(other.spelling)`", replacing: node.span, with: other.spelling, isSafe: true))
  }
}

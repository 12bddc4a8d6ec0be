internal import Search

/// Reads single values by the type that the key above them expects, with YAML 1.2's core schema for numbers: `1e-3` is
/// a number, `no` is a word.
///
/// Each function gives nil, with a diagnostic, when the node is no such value. `what` names the value in messages.
extension Diagnostics {
  mutating func text(_ node: SyntaxNode, _ what: String) -> Located<String>? {
    guard let scalar = node.scalar, !node.isNull else {
      report(.expected("a text", of: what, found: node.kind), at: node)
      return nil
    }
    return Located(scalar.text, at: node.span)
  }

  /// A finite number.
  mutating func float(_ node: SyntaxNode, _ what: String) -> Located<Double>? {
    guard let text = number(node, what) else { return nil }
    switch Number(text) {
    case .int(let value)?: return Located(Double(value), at: node.span)
    case .float(let value)?: return Located(value, at: node.span)
    // A whole number that no integer holds may still be a float.
    case .outOfRange?:
      if let value = Double(text), value.isFinite, value != 0 { return Located(value, at: node.span) }
      report(.numberOutOfRange(text), at: node)
    case .ambiguous(let reading)?: report(.ambiguousNumber(text, reading: reading), at: node)
    case .notFinite?: report(.expected("a finite number", of: what, found: "`\(text)`"), at: node)
    case nil: reportNoNumber(node, text, .expected("a number", of: what, found: "`\(text)`"))
    }
    return nil
  }

  /// A whole number within bounds.
  mutating func int(_ node: SyntaxNode, _ what: String, in bounds: ClosedRange<Int>) -> Located<Int>? {
    guard let text = number(node, what) else { return nil }
    let value: Int
    switch Number(text) {
    case .int(let number)?: value = number
    // `1e6` and `100.0` are whole numbers as well.
    case .float(let number)? where number == number.rounded() && abs(number) <= 0x1p53: value = Int(number)
    case .outOfRange?:
      report(.numberOutOfRange(text), at: node)
      return nil
    case .float(let number)? where abs(number) > 0x1p53:
      report(.numberOutOfRange(text), at: node)
      return nil
    case .float?, .notFinite?, nil:
      reportNoNumber(node, text, .expected("a whole number", of: what, found: "`\(text)`"))
      return nil
    case .ambiguous(let reading)?:
      report(.ambiguousNumber(text, reading: reading), at: node)
      return nil
    }
    guard bounds.contains(value) else {
      report(.outOfBounds(what, value: text, bounds: bounds), at: node)
      return nil
    }
    return Located(value, at: node.span)
  }

  /// A text where a number belongs: perhaps it is one, but for a character that looks like another.
  private mutating func reportNoNumber(_ node: SyntaxNode, _ text: String, _ message: Message) {
    guard let letter = text.unicodeScalars.first(where: { !$0.isASCII }), let ascii = Lookalike.ascii(text),
      Number(ascii) != nil
    else { return report(message, at: node) }
    report(
      .lookalikeNumber(text, letter, meant: ascii), at: node,
      fix: Fix("write `\(ascii)`", replacing: node.span, with: ascii, isSafe: true))
  }

  private mutating func number(_ node: SyntaxNode, _ what: String) -> String? {
    guard let scalar = node.scalar, !node.isNull else {
      report(.expected("a number", of: what, found: node.kind), at: node)
      return nil
    }
    guard scalar.isPlain else {
      if Number(scalar.text) == nil {
        report(.expected("a number", of: what, found: "a text"), at: node)
      } else {
        report(.quotedNumber(what, text: scalar.text), at: node, fix: .unquote(scalar.text, at: node.span))
      }
      return nil
    }
    return scalar.text
  }

  mutating func truth(_ node: SyntaxNode, _ what: String) -> Bool? {
    if let scalar = node.scalar, scalar.isPlain {
      if ["true", "True", "TRUE"].contains(scalar.text) { return true }
      if ["false", "False", "FALSE"].contains(scalar.text) { return false }
    }
    let found = node.isNull ? node.kind : node.scalar.map { "`\($0.text)`" } ?? node.kind
    report(.expected("true or false", of: what, found: found), at: node)
    return nil
  }

  /// A value of a choice or a constant, which no key gives a type: by the core schema.
  mutating func value(_ node: SyntaxNode, _ what: String) -> Value? {
    guard let scalar = node.scalar, !node.isNull else {
      report(.expected("a text, a number, or true or false", of: what, found: node.kind), at: node)
      return nil
    }
    guard !scalar.text.contains("\0") else {
      report(.nulByte, at: node)
      return nil
    }
    guard scalar.isPlain else { return .string(scalar.text) }
    switch scalar.text {
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default: break
    }
    let number = Number(scalar.text)
    switch number {
    case .int?, .float?, nil: checkYAML11(node)
    case .ambiguous?, .notFinite?, .outOfRange?: break
    }
    switch number {
    case .int(let value)? where IntRange.bounds.contains(value): return .int(value)
    case .int?, .outOfRange?: report(.numberOutOfRange(scalar.text), at: node)
    case .float(let value)?: return Value(untyped: value)
    case .notFinite?: report(.expected("a finite number", of: what, found: "`\(scalar.text)`"), at: node)
    case .ambiguous(let reading)?: report(.ambiguousNumber(scalar.text, reading: reading), at: node)
    case nil: return .string(scalar.text)
    }
    return nil
  }

  /// An amount of memory, in bytes: `2GiB`, `512MB`, `1.5GiB`.
  mutating func size(_ node: SyntaxNode, _ what: String, atLeast least: Int) -> Int? {
    guard let scalar = node.scalar, !node.isNull else {
      report(.expected("a size, such as `2GiB`", of: what, found: node.kind), at: node)
      return nil
    }
    guard let bytes = Size(parsing: scalar.text)?.bytes, bytes >= least else {
      var message = Message.expected(
        "a size of at least \(least >> 20)MiB, such as `2GiB`", of: what, found: "`\(scalar.text)`")
      let meant = Size.meant(by: scalar.text).filter { Size(parsing: $0).map { $0.bytes >= least } ?? false }
      if !meant.isEmpty { message.help = "did you mean \(Suggestion.list(meant, word: "or"))?" }
      let fix = meant.count == 1 ? Fix("write `\(meant[0])`", replacing: node.span, with: meant[0], isSafe: false) : nil
      report(message, at: node, fix: fix)
      return nil
    }
    return bytes
  }

  /// A length of time, in milliseconds: `90s`, `10m`, `1h30m`, `2d`, `500ms`.
  mutating func duration(_ node: SyntaxNode, _ what: String) -> Int? {
    guard let scalar = node.scalar, !node.isNull else {
      report(.expected("a length of time, such as `10m`", of: what, found: node.kind), at: node)
      return nil
    }
    guard let milliseconds = Duration(parsing: scalar.text)?.milliseconds else {
      report(.notADuration(scalar.text, what), at: node)
      return nil
    }
    return milliseconds
  }

  ///
  /// - Parameter example: what is shown in place of one value; nil to show the value in brackets.
  mutating func list(_ node: SyntaxNode, _ what: String, example: String? = nil) -> [SyntaxNode]? {
    if case .sequence(let elements) = node.content { return elements }
    var message = Message.expected("a list", of: what, found: node.kind)
    message.help =
      example.map { "for example `\($0)`" } ?? (node.isNull ? nil : "a list of one stands in brackets: `[…]`")
    report(message, at: node)
    return nil
  }
}

/// A plain scalar as a number of the core schema.
enum Number {
  case int(Int)
  case float(Double)
  case notFinite
  /// Larger than can be kept, or so small that it would become 0.
  case outOfRange
  /// YAML 1.1 reads it otherwise: both readings in words.
  case ambiguous(String)

  init?(_ text: String) {
    if let number = Number(common: text) {
      self = number
      return
    }
    let signs = text.utf8.prefix { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    let unsigned = text[signs.endIndex...]
    guard signs.count <= 1, let first = unsigned.utf8.first, Self.isDigit(first) || first == UInt8(ascii: ".") else {
      return nil
    }
    let sign = text.hasPrefix("-") ? "-" : ""
    // The core schema has no sign before these.
    if let (prefix, radix) = [("0x", 16), ("0o", 8)].first(where: { text.hasPrefix($0.0) }) {
      let digits = unsigned.dropFirst(prefix.count)
      guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.hexDigitValue.map { $0 < radix } ?? false }) else {
        return nil
      }
      self = Int(sign + digits, radix: radix).map(Number.int) ?? .outOfRange
      return
    }
    if [".inf", ".Inf", ".INF"].contains(String(unsigned)) || [".nan", ".NaN", ".NAN"].contains(text) {
      self = .notFinite
      return
    }
    self.init(decimal: unsigned, sign: sign)
  }

  /// The forms that most numbers have, `17` and `-0.25`, without a look at the others. Nil says nothing.
  private init?(common text: String) {
    var digits = 0
    var hasPoint = false
    var value = 0
    for byte in text.utf8 {
      if Self.isDigit(byte) {
        // A zero before another digit has two readings.
        if digits == 1, value == 0, !hasPoint { return nil }
        digits += 1
        guard digits < 18 else { return nil }
        value = 10 * value + Int(byte - UInt8(ascii: "0"))
      } else if byte == UInt8(ascii: "."), digits > 0, !hasPoint {
        hasPoint = true
      } else if byte != UInt8(ascii: "-") || digits > 0 || hasPoint {
        return nil
      }
    }
    guard let first = text.utf8.first, let last = text.utf8.last, Self.isDigit(last) else { return nil }
    let isNegative = !Self.isDigit(first)
    guard text.utf8.dropFirst().first != UInt8(ascii: "-") else { return nil }
    if hasPoint {
      guard let value = Double(text) else { return nil }
      self = .float(value)
    } else {
      self = .int(isNegative ? -value : value)
    }
  }

  private init?(decimal: Substring, sign: String) {
    let isInteger = decimal.utf8.allSatisfy(Self.isDigit)
    if isInteger, decimal.utf8.count > 1, decimal.utf8.first == UInt8(ascii: "0") {
      let octal = Int(decimal, radix: 8).map { "\($0) in YAML 1.1" } ?? "not a number in YAML 1.1"
      self = .ambiguous("\(Int(decimal) ?? 0) in YAML 1.2, and \(octal)")
      return
    }
    let grouped = decimal.utf8.filter { $0 != UInt8(ascii: "_") }
    if grouped.count < decimal.utf8.count, grouped.allSatisfy(Self.isDigit),
      decimal.utf8.first != UInt8(ascii: "_")
    {
      self = .ambiguous("a text in YAML 1.2, and \(String(decoding: grouped, as: UTF8.self)) in YAML 1.1")
      return
    }
    guard Self.isDecimal(decimal) else { return nil }
    let text = sign + decimal
    if isInteger {
      self = Int(text).map(Number.int) ?? .outOfRange
    } else if let value = Double(text.hasSuffix(".") ? text + "0" : text.replacingPoint), value.isFinite {
      let mantissa = decimal.prefix { $0 != "e" && $0 != "E" }
      let vanishes = value == 0 && mantissa.contains { "123456789".contains($0) }
      self = vanishes ? .outOfRange : .float(value)
    } else {
      self = .outOfRange
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  /// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
  private static func isDecimal(_ text: Substring) -> Bool {
    var rest = Array(text.utf8)[...]
    let whole = rest.prefix(while: isDigit).count
    rest = rest.dropFirst(whole)
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      let fraction = rest.prefix(while: isDigit).count
      guard whole + fraction > 0 else { return false }
      rest = rest.dropFirst(fraction)
    } else if whole == 0 {
      return false
    }
    guard let e = rest.first else { return true }
    guard e == UInt8(ascii: "e") || e == UInt8(ascii: "E") else { return false }
    rest = rest.dropFirst()
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    return !rest.isEmpty && rest.allSatisfy(isDigit)
  }
}

extension String {
  /// With a digit on either side of the point, as Swift's reader of numbers wants: `.5` and `1.e3` are YAML.
  fileprivate var replacingPoint: String {
    guard let point = firstIndex(of: ".") else { return self }
    let before = self[..<point]
    let after = self[index(after: point)...]
    let isBare = before.isEmpty || before == "-"
    let lacksFraction = after.first.map { !$0.isNumber } ?? true
    return "\(before)\(isBare ? "0" : "").\(lacksFraction ? "0" : "")\(after)"
  }
}

/// An amount of memory as experiments write it.
private struct Size {
  var bytes: Int

  private static let units: KeyValuePairs = [
    "B": 1, "kB": 1000, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
    "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
  ]

  /// What may be meant by a number without a unit, or with one that is spelt otherwise: `2G` is 2GB for some and 2GiB for others.
  static func meant(by text: String) -> [String] {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard Double(number) != nil else { return [] }
    let unit = text[number.endIndex...].filter { $0 != " " }.lowercased()
    if unit.isEmpty { return ["MiB", "GiB"].map { number + $0 } }
    return units.map(\.key).filter { known in
      let word = known.lowercased()
      return known != "KB" && known != "B" && [word, String(word.dropLast()), String(word.prefix(1))].contains(unit)
    }.map { number + $0 }
  }

  /// Nil unless the text is a number with a unit, and at most 1024TiB.
  init?(parsing text: String) {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text[number.endIndex...]
    guard let value = Double(number), let factor = Self.units.first(where: { $0.key == unit })?.value else {
      return nil
    }
    let total = value * Double(factor)
    guard total <= Double(1 << 50) else { return nil }
    bytes = Int(total.rounded())
  }
}

/// A length of time as experiments write it.
private struct Duration {
  var milliseconds: Int

  private static let units: KeyValuePairs = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]

  /// Nil unless the text is numbers with units, and more than nothing and at most ten years in all.
  init?(parsing text: String) {
    var rest = text[...]
    var total = 0.0
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(number.count)
      let unit = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest.dropFirst(unit.count)
      guard let value = Double(number), let factor = Self.units.first(where: { $0.key == unit })?.value else {
        return nil
      }
      total += value * Double(factor)
    }
    guard total >= 1, total <= 3650 * 86_400_000 else { return nil }
    milliseconds = Int(total.rounded())
  }
}

import Search
import TestSupport

/// Writes what an experiment means as YAML, each time in another way: the order of keys, block and flow, quotes,
/// numbers, comments, blank lines, line ends, anchors and aliases, and what may be left out.
struct Respelling {
  private var random: TestRandom
  private var anchors: [Meaning: String] = [:]
  private var anchorCount = 0

  static func text(of meaning: Meaning, seed: UInt64) -> String {
    var respelling = Respelling(random: TestRandom(seed: seed))
    return respelling.document(meaning)
  }

  private init(random: TestRandom) { self.random = random }

  private mutating func oneOf<T>(_ all: [T]) -> T { all[Int.random(in: 0..<all.count, using: &random)] }

  private mutating func document(_ meaning: Meaning) -> String {
    var text = random.oneIn(4) ? "# An experiment: {not: read}\n---\n" : ""
    text += random.oneIn(12) ? flow(meaning, indent: 2) + "\n" : block(meaning, indent: 0)
    if random.oneIn(5) { text += "\n# The end\n" }
    if random.oneIn(5) { text.removeLast() }
    if random.oneIn(4) { text = text.replacing("\n", with: "\r\n") }
    return (random.oneIn(8) ? "\u{FEFF}" : "") + text
  }

  // MARK: - Collections

  private mutating func members(_ members: [Meaning.Member]) -> [Meaning.Member] {
    members.filter { !$0.isIdle || random.oneIn(2) }.shuffled(using: &random)
  }

  /// The lines of a collection in block style; it is not empty.
  private mutating func block(_ meaning: Meaning, indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    switch meaning {
    case .object(let all):
      var text = ""
      for member in members(all) {
        text += interlude(margin) + margin + scalar(member.key, isKey: true, isFlow: false) + ":" + gap()
        text += value(member.value, indent: indent)
      }
      return text
    case .list(let elements):
      return elements.reduce("") { $0 + interlude(margin) + margin + "-" + gap() + value($1, indent: indent) }
    default: return ""
    }
  }

  private mutating func gap() -> String { random.oneIn(6) ? "   " : " " }

  private mutating func interlude(_ margin: String) -> String {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: "\n"
    case 1: margin + "# a: comment\n"
    default: ""
    }
  }

  private mutating func comment() -> String { random.oneIn(8) ? "  # {a comment" : "" }

  /// What follows `key: ` or `- `, with its line feed.
  private mutating func value(_ meaning: Meaning, indent: Int) -> String {
    if let name = anchors[meaning], random.oneIn(2) { return "*\(name)" + comment() + "\n" }
    let anchor = anchor()
    let inner = indent + oneOf([2, 4])
    let text: String
    switch meaning {
    case .object(let members) where members.contains { !$0.isIdle } && !random.oneIn(3):
      text = (anchor.map { "&\($0)" } ?? "") + comment() + "\n" + block(meaning, indent: inner)
    case .list(let elements) where !elements.isEmpty && !random.oneIn(3):
      text = (anchor.map { "&\($0)" } ?? "") + comment() + "\n" + block(meaning, indent: inner)
    case .text(let content) where !content.isEmpty && content.first != " " && random.oneIn(6):
      text = (anchor.map { "&\($0) " } ?? "") + "|-\n" + String(repeating: " ", count: inner) + content + "\n"
    default:
      let one = isCollection(meaning) ? flow(meaning, indent: inner) : scalar(meaning, isKey: false, isFlow: false)
      text = (anchor.map { "&\($0) " } ?? "") + one + comment() + "\n"
    }
    if let anchor { anchors[meaning] = anchor }
    return text
  }

  private func isCollection(_ meaning: Meaning) -> Bool {
    switch meaning {
    case .object, .list: true
    default: false
    }
  }

  private mutating func anchor() -> String? {
    guard random.oneIn(3) else { return nil }
    anchorCount += 1
    return "a\(anchorCount)"
  }

  private mutating func flow(_ meaning: Meaning, indent: Int) -> String {
    let line = random.oneIn(5) ? "\n" + String(repeating: " ", count: indent) : random.oneIn(5) ? "  " : " "
    switch meaning {
    case .object(let all):
      var parts: [String] = []
      for member in members(all) {
        parts.append(scalar(member.key, isKey: true, isFlow: true) + ": " + flowValue(member.value, indent: indent))
      }
      return "{" + parts.joined(separator: "," + line) + (random.oneIn(6) && !parts.isEmpty ? "," : "") + "}"
    case .list(let elements):
      var parts: [String] = []
      for element in elements { parts.append(flowValue(element, indent: indent)) }
      return "[" + parts.joined(separator: " ," + line) + "]"
    default: return scalar(meaning, isKey: false, isFlow: true)
    }
  }

  private mutating func flowValue(_ meaning: Meaning, indent: Int) -> String {
    if let name = anchors[meaning], random.oneIn(2) { return "*\(name) " }
    let anchor = anchor()
    let text = (anchor.map { "&\($0) " } ?? "") + flow(meaning, indent: indent)
    if let anchor { anchors[meaning] = anchor }
    return text
  }

  // MARK: - Scalars

  private mutating func scalar(_ meaning: Meaning, isKey: Bool, isFlow: Bool) -> String {
    switch meaning {
    case .int(let number): int(number)
    case .float(let number): float(number)
    case .text(let content): text(content)
    case .truth(let flag): flag ? oneOf(["true", "True", "TRUE"]) : oneOf(["false", "False", "FALSE"])
    case .milliseconds(let count): duration(count)
    case .expression(let expression): quoted(ExpressionSpelling.text(of: expression, &random))
    case .normal(let mean, let spread):
      quoted(
        "\(oneOf(["", " "]))normal\(oneOf(["(", " ( "]))\(mean)\(oneOf([",", ", ", " ,"]))\(spread)\(oneOf([")", " )"]))"
      )
    case .command(let words): command(words)
    case .verbatim(let content): content
    case .object, .list: ""
    }
  }

  private mutating func int(_ number: Int) -> String {
    let magnitude = number.magnitude
    var spellings = ["\(number)", "\(number).0", "\(number)."]
    if number >= 0 {
      spellings += ["0x\(String(magnitude, radix: 16))", "0o\(String(magnitude, radix: 8))", "+\(number)"]
    }
    if magnitude < 1 << 50 { spellings += ["\(number)e0", "\(number)0E-1", "\(number).00e+0"] }
    return random.oneIn(2) ? spellings[0] : oneOf(spellings)
  }

  /// By shifting the shortest digits that give the number.
  private mutating func float(_ number: Double) -> String {
    if number == number.rounded(), abs(number) < 1e15 { return int(Int(number)) }
    let sign = number < 0 ? "-" : oneOf(["", "", "+"])
    let parts = "\(abs(number))".split(separator: "e")
    let point = parts[0].split(separator: ".")
    let digits = point.joined()
    let exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) - (point.count > 1 ? point[1].count : 0)
    // digits · 10^exponent, with the point after some of the digits.
    let place = Int.random(in: 0...digits.count, using: &random)
    let (whole, fraction) = (String(digits.prefix(place)), String(digits.dropFirst(place)))
    // A zero before other digits would be octal in YAML 1.1.
    guard !random.oneIn(3), whole.first != "0" || whole.count == 1 else { return "\(number)" }
    let mantissa = (whole.isEmpty ? oneOf(["0", ""]) : whole) + "." + (fraction.isEmpty ? oneOf(["0", ""]) : fraction)
    return sign + (mantissa == "." ? "0.0" : mantissa) + oneOf(["e", "E"]) + "\(exponent + digits.count - place)"
  }

  /// Longest units first or milliseconds alone.
  private mutating func duration(_ count: Int) -> String {
    if random.oneIn(4) { return "\(count)ms" }
    if random.oneIn(4), count % 1000 == 0 { return quoted("\(count / 1000)s") }
    var (text, rest) = ("", count)
    for (unit, length) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]
    where rest >= length {
      text += "\(rest / length)\(unit)"
      rest %= length
    }
    return text
  }

  /// As a line with shell's quotes, or as a list.
  private mutating func command(_ words: [String]) -> String {
    guard random.oneIn(2) else {
      let line = words.map { word in
        word.isEmpty || word.contains { " '\"".contains($0) }
          ? "\"" + word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" : word
      }
      return quoted(line.joined(separator: oneOf([" ", "  "])))
    }
    return "[" + words.map { quoted($0) }.joined(separator: ", ") + "]"
  }

  private mutating func text(_ content: String) -> String {
    let isPlain =
      content.contains(/^[A-Za-z_][A-Za-z0-9_.\-\/]*$/) && !["true", "false", "null"].contains(content.lowercased())
    return isPlain && random.oneIn(2) ? content : quoted(content)
  }

  private mutating func quoted(_ content: String) -> String {
    if random.oneIn(2), !content.contains("\n") { return "'" + content.replacing("'", with: "''") + "'" }
    return "\""
      + content.unicodeScalars.map { scalar in
        if scalar == "\"" || scalar == "\\" { return "\\\(scalar)" }
        guard random.oneIn(8) else { return String(scalar) }
        let digits = String(scalar.value, radix: 16)
        return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      }.joined() + "\""
  }
}

/// Writes an expression in other ways: brackets that are not needed, spaces, quotes, `not in`, placeholders.
enum ExpressionSpelling {
  static func text(of expression: Expression, _ random: inout TestRandom) -> String {
    if random.oneIn(3) { return expression.description }
    let text = bare(expression, &random)
    return random.oneIn(4) ? "( \(text))" : text
  }

  /// With brackets around every part that has parts.
  private static func part(_ expression: Expression, _ random: inout TestRandom) -> String {
    switch expression {
    case .constant(let value) where (value.number ?? 0) >= 0: literal(value, &random)
    case .name, .call: bare(expression, &random)
    default: "(" + bare(expression, &random) + ")"
    }
  }

  private static func bare(_ expression: Expression, _ random: inout TestRandom) -> String {
    let space = ["", " ", "  "].randomElement(using: &random) ?? ""
    switch expression {
    case .constant(let value): return literal(value, &random)
    case .name(let name): return random.oneIn(3) ? "${\(name)}" : expression.description
    case .not(.member(let inner, let values)) where random.oneIn(2):
      return "\(part(inner, &random)) not in \(list(values, &random))"
    case .not(let inner): return "not \(part(inner, &random))"
    case .negative(let inner): return "-\(space)\(part(inner, &random))"
    case .and(let left, let right): return "\(part(left, &random)) and \(part(right, &random))"
    case .or(let left, let right): return "\(part(left, &random)) or  \(part(right, &random))"
    case .compare(let comparison, let left, let right):
      return part(left, &random) + space + comparison.rawValue + space + part(right, &random)
    case .calculate(let operation, let left, let right):
      return part(left, &random) + space + operation.rawValue + space + part(right, &random)
    case .member(let inner, let values): return "\(part(inner, &random)) in \(list(values, &random))"
    case .call(let function, let arguments):
      return "\(function.rawValue)(\(arguments.map { part($0, &random) }.joined(separator: ",\(space)")))"
    }
  }

  private static func list(_ values: [Value], _ random: inout TestRandom) -> String {
    "[" + values.map { literal($0, &random) }.joined(separator: ", ") + "]"
  }

  private static func literal(_ value: Value, _ random: inout TestRandom) -> String {
    switch value {
    case .string(let text) where random.oneIn(2):
      return "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    case .int(let number) where random.oneIn(2): return "\(number).0"
    case .float(let number) where number < 1e15 && random.oneIn(2): return "\(number * 1)"
    case .bool(let flag) where random.oneIn(2): return flag ? "True" : "False"
    default: return value.literal
    }
  }
}

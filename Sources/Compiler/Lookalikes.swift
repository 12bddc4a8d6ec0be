/// Letters that look like others, and characters that cannot be seen: a person sees no mistake in them.
enum Lookalike {
  /// The ASCII character that a character looks like; nil when it looks like none.
  static func ascii(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    // The fullwidth forms of ASCII.
    if (0xFF01...0xFF5E).contains(scalar.value) { return Unicode.Scalar(scalar.value - 0xFEE0) }
    return table[scalar]
  }

  /// The text with each look-alike replaced; nil when other characters than ASCII are left.
  static func ascii(_ text: String) -> String? {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      guard let ascii = scalar.isASCII ? scalar : ascii(scalar) else { return nil }
      result.append(ascii)
    }
    return String(result)
  }

  /// The most alike of Cyrillic, Greek and a few others, from Unicode's table of confusable characters (UTS #39).
  private static let table: [Unicode.Scalar: Unicode.Scalar] = {
    let pairs: KeyValuePairs = [
      "аеіјорсухѕһԁԛԝӏ": "aeijopcyxshdqwl", "АВЕЅІЈКМНОРСТХУԌԚԜ": "ABESIJKMHOPCTXYGQW",
      "ονικρυχ": "ovikpux", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ": "ABEZHIKMNOPTYX", "ıɑɡſ\u{212A}": "iagfK", "‐‑‒–—−﹣": "-------",
    ]
    var table: [Unicode.Scalar: Unicode.Scalar] = [:]
    for (others, letters) in pairs {
      for (other, letter) in zip(others.unicodeScalars, letters.unicodeScalars) {
        table[other] = letter
      }
    }
    return table
  }()

  /// Whether it is a space to people and none to YAML.
  static func isOddSpace(_ scalar: Unicode.Scalar) -> Bool {
    !scalar.isASCII && scalar.properties.generalCategory == .spaceSeparator
  }

  /// Whether it cannot be seen, and is no part of how a script or a picture is written.
  static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xAD, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF: true
    default: false
    }
  }

  static func isQuote(_ scalar: Unicode.Scalar) -> Bool { "“”„‟‘’‚‛«»‹›＂＇".unicodeScalars.contains(scalar) }

  /// `U+043E CYRILLIC SMALL LETTER O`.
  static func name(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    let name = scalar.properties.name ?? scalar.properties.nameAlias
    return name.map { "\(code) \($0)" } ?? code
  }
}

extension YAMLReader {
  /// Reports what is not what it looks like in a text without quotes.
  mutating func checkLetters(of range: Range<Int>, isKey: Bool) {
    guard bytes[range].contains(where: { $0 >= 0x80 }) else { return }
    let scalars = text(range).unicodeScalars
    var offset = range.lowerBound
    for scalar in scalars {
      let place = offset..<offset + UTF8.width(scalar)
      let isAtEdge = place.lowerBound == range.lowerBound || place.upperBound == range.upperBound
      if Lookalike.isInvisible(scalar) || (isKey && (scalar.value == 0x200C || scalar.value == 0x200D)) {
        reportLetter(.invisible(scalar), place, "remove it", "")
      } else if Lookalike.isOddSpace(scalar), isKey || isAtEdge {
        reportLetter(.oddSpace(scalar), place, "put a space there", " ")
      }
      offset = place.upperBound
    }
    if let first = scalars.first, let last = scalars.last, Lookalike.isQuote(first), Lookalike.isQuote(last) {
      reportQuotes(first, last, range)
    } else if isKey {
      checkKeyLetters(range)
    }
  }

  private mutating func reportLetter(_ message: Message, _ place: Range<Int>, _ title: String, _ other: String) {
    isComplete = false
    report(message, place, fix: Fix(title, replacing: source.span(place), with: other, isSafe: true))
  }

  private mutating func reportQuotes(_ first: Unicode.Scalar, _ last: Unicode.Scalar, _ range: Range<Int>) {
    isComplete = false
    let inner =
      range.lowerBound
      + UTF8.width(first)..<max(range.lowerBound + UTF8.width(first), range.upperBound - UTF8.width(last))
    let isQuotable = !bytes[inner].contains { "\"\\".utf8.contains($0) }
    let fix = Fix(
      "use straight quotes", replacing: source.span(range), with: "\"\(text(inner))\"", isSafe: true)
    report(.oddQuotes(first), range, fix: isQuotable ? fix : nil)
  }

  /// A key of ASCII letters with look-alikes among them.
  private mutating func checkKeyLetters(_ range: Range<Int>) {
    let key = text(range)
    let scalars = key.unicodeScalars
    let mixes = scalars.contains { $0.isASCII && $0.properties.isAlphabetic } || scalars.contains { $0.value > 0xFF00 }
    guard mixes, let ascii = Lookalike.ascii(key), let letter = scalars.first(where: { !$0.isASCII }) else { return }
    isComplete = false
    report(
      .confusableKey(key, letter, meant: ascii), range,
      fix: Fix("write `\(ascii)`", replacing: source.span(range), with: ascii, isSafe: true))
  }
}

/// Texts: plain, in quotes, and in blocks.
extension YAMLReader {
  // MARK: Plain

  /// A text without quotes, on one line or several.
  mutating func plainNode(
    _ properties: Properties, inFlow: Bool, isKey: Bool = false
  ) throws(Halt) -> SyntaxNode {
    try checkFirst(inFlow: inFlow)
    let start = at
    var end = endOfPlain(start, inFlow: inFlow)
    at = end
    var text = self.text(start..<end)
    while !isKey, let (breaks, next) = try continuation(from: end, of: start, inFlow) {
      text += breaks == 1 ? " " : String(repeating: "\n", count: breaks - 1)
      end = endOfPlain(next, inFlow: inFlow)
      at = end
      text += self.text(next..<end)
    }
    checkLetters(of: start..<end, isKey: isKey)
    let whole = (properties.isEmpty ? start : properties.start)..<end
    return try close(properties, .scalar(SyntaxNode.Scalar(text: text, isPlain: true)), whole)
  }

  /// Where a plain text ends on its line.
  func endOfPlain(_ start: Int, inFlow: Bool) -> Int {
    var index = start
    var end = start
    while true {
      let byte = self[index]
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"):
        index += 1
        continue
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return end
      case 0 where index >= bytes.count: return end
      case UInt8(ascii: "#") where index > end: return end
      case UInt8(ascii: ":"):
        if isBlankOrEnd(self[index + 1]) || (inFlow && isBracketOrComma(self[index + 1])) { return end }
      case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"):
        if inFlow { return end }
      default: break
      }
      index += 1
      end = index
    }
  }

  /// The next line of a plain text, with the number of line ends before it; nil, where it was, when the text is over.
  private mutating func continuation(
    from end: Int, of start: Int, _ inFlow: Bool
  ) throws(Halt) -> (breaks: Int, start: Int)? {
    var next = end
    while isBlank(self[next]) { next += 1 }
    guard next < bytes.count, isEnd(self[next]) else { return nil }
    let before = (at, lineStart)
    var breaks = 0
    at = next
    while at < bytes.count, isEnd(self[at]) {
      moveOverBreak()
      breaks += 1
      while isBlank(self[at]) { at += 1 }
    }
    var spaces = lineStart
    while self[spaces] == UInt8(ascii: " ") { spaces += 1 }
    let isOver =
      at >= bytes.count || self[at] == UInt8(ascii: "#") || isMarker("-") || isMarker(".")
      || (inFlow ? endOfPlain(at, inFlow: true) == at : spaces - lineStart <= flowIndent)
    if !isOver, !inFlow, isKey(at: at) {
      let line = at..<endOfWord(at)
      (at, lineStart) = before
      throw fail(.belowValue(isKey: true), line, related: start..<end, "this is the value")
    }
    if isOver {
      (at, lineStart) = before
      return nil
    }
    if inFlow { try checkIndentation(isBracket: false) }
    return (breaks, at)
  }

  /// Some characters cannot begin a plain text.
  private mutating func checkFirst(inFlow: Bool) throws(Halt) {
    switch self[at] {
    case UInt8(ascii: "@"), UInt8(ascii: "`"), UInt8(ascii: "%"), UInt8(ascii: "|"), UInt8(ascii: ">"):
      let value = at..<(inFlow ? endOfPlain(at, inFlow: true) : endOfText(at))
      let isQuotable = !bytes[value].contains { "\"\\".utf8.contains($0) }
      let fix = Fix("put it in quotes", replacing: source.span(value), with: "\"\(text(value))\"", isSafe: true)
      throw fail(.cannotBegin(Character(Unicode.Scalar(self[at]))), at..<at + 1, fix: isQuotable ? fix : nil)
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      throw fail(.strayBracket(Character(Unicode.Scalar(self[at]))), at..<at + 1)
    case UInt8(ascii: ","): throw fail(.commaWithoutValue, at..<at + 1)
    case UInt8(ascii: "#"): throw fail(.commentWithoutSpace, at..<at + 1)
    case UInt8(ascii: ":") where isBlankOrEnd(self[at + 1]): throw fail(.colonWithoutKey, at..<at + 1)
    default: break
    }
  }

  // MARK: Quotes

  /// `'…'`, where two quotes are one.
  mutating func singleQuoted() throws(Halt) -> String {
    let start = at
    var text: [UInt8] = []
    at += 1
    while true {
      switch self[at] {
      case UInt8(ascii: "'"):
        at += 1
        guard self[at] == UInt8(ascii: "'") else { return String(decoding: text, as: UTF8.self) }
        text.append(UInt8(ascii: "'"))
        at += 1
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): try fold(&text, of: start, keeping: 0)
      case 0 where at >= bytes.count: throw unclosedQuote(start)
      default:
        text.append(bytes[at])
        at += 1
      }
    }
  }

  /// `"…"`, with escapes.
  mutating func doubleQuoted() throws(Halt) -> String {
    let start = at
    var text: [UInt8] = []
    /// What an escape has put there is no blank that a line's end swallows.
    var kept = 0
    at += 1
    while true {
      switch self[at] {
      case UInt8(ascii: "\""):
        at += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\") where isEnd(self[at + 1]) && at + 1 < bytes.count:
        at += 1
        kept = text.count
        try fold(&text, of: start, keeping: kept, isEscaped: true)
      case UInt8(ascii: "\\"):
        text += try escape(start)
        kept = text.count
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): try fold(&text, of: start, keeping: kept)
      case 0 where at >= bytes.count: throw unclosedQuote(start)
      default:
        text.append(bytes[at])
        at += 1
      }
    }
  }

  /// A line end within quotes is a space, and an empty line a line end.
  private mutating func fold(
    _ text: inout [UInt8], of quote: Int, keeping kept: Int, isEscaped: Bool = false
  ) throws(Halt) {
    while text.count > kept, let last = text.last, isBlank(last) { text.removeLast() }
    var breaks = 0
    while isEnd(self[at]), at < bytes.count {
      moveOverBreak()
      breaks += 1
      while isBlank(self[at]) { at += 1 }
    }
    if at >= bytes.count || isMarker("-") || isMarker(".") { throw unclosedQuote(quote) }
    try checkIndentation(isBracket: false, quote: quote)
    if breaks == 1 {
      if !isEscaped { text.append(UInt8(ascii: " ")) }
    } else {
      text += [UInt8](repeating: UInt8(ascii: "\n"), count: breaks - 1)
    }
  }

  private mutating func escape(_ quote: Int) throws(Halt) -> [UInt8] {
    let start = at
    let letter = self[at + 1]
    at += 2
    switch letter {
    case UInt8(ascii: "0"): return [0]
    case UInt8(ascii: "a"): return [7]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "t"), UInt8(ascii: "\t"): return [9]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "v"): return [11]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "e"): return [27]
    case UInt8(ascii: " "), UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "\\"): return [letter]
    case UInt8(ascii: "N"): return Array("\u{85}".utf8)
    case UInt8(ascii: "_"): return Array("\u{A0}".utf8)
    case UInt8(ascii: "L"): return Array("\u{2028}".utf8)
    case UInt8(ascii: "P"): return Array("\u{2029}".utf8)
    case UInt8(ascii: "x"): return try codePoint(2, from: start)
    case UInt8(ascii: "u"): return try codePoint(4, from: start)
    case UInt8(ascii: "U"): return try codePoint(8, from: start)
    default:
      // All bytes of the letter.
      while at < bytes.count, self[at] & 0xC0 == 0x80 { at += 1 }
      throw badEscape(start..<min(at, bytes.count))
    }
  }

  private mutating func codePoint(_ count: Int, from start: Int) throws(Halt) -> [UInt8] {
    let digits = at..<min(at + count, bytes.count)
    guard digits.count == count, bytes[digits].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(text(digits), radix: 16), let scalar = Unicode.Scalar(value)
    else { throw badEscape(start..<start + 2) }
    at = digits.upperBound
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func badEscape(_ range: Range<Int>) -> Halt {
    at = range.lowerBound
    return fail(.badEscape(text(range)), range)
  }

  // MARK: Blocks

  /// `|` and `>`, and where the last line ends.
  mutating func blockScalar(in parent: Int) throws(Halt) -> (text: String, end: Int) {
    let start = at
    let isFolded = self[at] == UInt8(ascii: ">")
    var indent: Int?
    var chomping: UInt8?
    at += 1
    while true {
      let byte = self[at]
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"), chomping == nil {
        chomping = byte
      } else if UInt8(ascii: "1")...UInt8(ascii: "9") ~= byte, indent == nil {
        indent = max(parent, 0) + Int(byte - UInt8(ascii: "0"))
      } else {
        break
      }
      at += 1
    }
    let header = at
    while isBlank(self[at]) { at += 1 }
    if self[at] == UInt8(ascii: "#"), at == header { reportComment() }
    if self[at] == UInt8(ascii: "#") { at = endOfLine(at) }
    guard isEnd(self[at]) else {
      throw fail(
        .blockHeader(Character(Unicode.Scalar(self[start]))), at..<endOfText(at), related: start..<start + 1,
        "begun here")
    }
    var lines = BlockLines(isFolded: isFolded, chomping: chomping)
    var end = header
    if at < bytes.count { moveOverBreak() }
    while at < bytes.count {
      let line = at
      var content = line
      while self[content] == UInt8(ascii: " "), content - line < indent ?? Int.max { content += 1 }
      if isEnd(self[content]) {
        lines.addEmpty(spaces: content - line)
        at = content
        end = at
        if at < bytes.count { moveOverBreak() }
        continue
      }
      if isMarker("-") || isMarker(".") { break }
      let own = content - line
      if own < indent ?? (parent + 1) {
        if self[content] == UInt8(ascii: "\t") {
          while isBlank(self[content]) { content += 1 }
          guard isEnd(self[content]) else { throw tabIndents(line + own) }
          lines.addEmpty(spaces: own)
          at = content
          if at < bytes.count { moveOverBreak() }
          continue
        }
        if own > parent, self[content] != UInt8(ascii: "#") {
          at = content
          throw fail(
            .blockIndentation, content..<endOfWord(content), related: start..<start + 1, "the text begins here")
        }
        break
      }
      if indent == nil {
        if let emptyLine = lines.widest, emptyLine > own {
          throw fail(
            .emptyLineIndentation, content..<endOfWord(content), related: start..<start + 1, "the text begins here")
        }
        indent = own
      }
      at = endOfLine(content)
      end = at
      lines.add(bytes[content..<at])
      if at < bytes.count { moveOverBreak() } else { lines.endsWithoutBreak() }
    }
    end = lines.isEmpty ? header : lastContent(before: end)
    let text = lines.finished()
    _ = moveToContent()
    return (text, end)
  }

  private func lastContent(before offset: Int) -> Int {
    var end = offset
    while end > 0, isEnd(self[end - 1]) || isBlank(self[end - 1]) { end -= 1 }
    return end
  }
}

/// The lines of a block's text, put together by its rules of folding and of the last line ends.
private struct BlockLines {
  /// The most spaces of an empty line before the first other one.
  private(set) var widest: Int?

  private let isFolded: Bool
  private let chomping: UInt8?
  private var text: [UInt8] = []
  /// Line ends that have been read and not yet written.
  private var breaks = 0
  private var lastIsIndented = false
  private(set) var isEmpty = true
  private var lacksBreak = false

  init(isFolded: Bool, chomping: UInt8?) {
    self.isFolded = isFolded
    self.chomping = chomping
  }

  mutating func addEmpty(spaces: Int) {
    if isEmpty { widest = max(widest ?? 0, spaces) }
    breaks += 1
  }

  mutating func add(_ line: ArraySlice<UInt8>) {
    let isIndented = line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
    if isFolded, !isEmpty, !isIndented, !lastIsIndented {
      // One line end is a space; of several, the first is none.
      if breaks == 1 { text.append(UInt8(ascii: " ")) } else { appendBreaks(breaks - 1) }
    } else {
      appendBreaks(breaks)
    }
    text += line
    breaks = 1
    lastIsIndented = isIndented
    isEmpty = false
  }

  /// The file ends within the last line.
  mutating func endsWithoutBreak() { lacksBreak = true }

  private mutating func appendBreaks(_ count: Int) {
    text += [UInt8](repeating: UInt8(ascii: "\n"), count: count)
  }

  func finished() -> String {
    var result = text
    switch chomping {
    case UInt8(ascii: "-"): break
    case UInt8(ascii: "+"): result += [UInt8](repeating: UInt8(ascii: "\n"), count: lacksBreak ? breaks - 1 : breaks)
    default: if !isEmpty, !lacksBreak { result.append(UInt8(ascii: "\n")) }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

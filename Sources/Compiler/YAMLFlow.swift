/// `[…]`, `{…}` and what stands within them.
extension YAMLReader {
  /// A list, a mapping, an alias or a text, within brackets or at the start of a block's value.
  mutating func flowNode(_ before: Properties? = nil, depth: Int) throws(Halt) -> SyntaxNode {
    try checkDepth(depth)
    var properties = before ?? Properties(start: at)
    if before == nil, isProperty {
      try readProperties(&properties)
      try moveInFlow()
    }
    let start = properties.isEmpty ? at : properties.start
    switch self[at] {
    case UInt8(ascii: "["):
      openAnchor(properties)
      let elements = try flowSequence(depth)
      return try close(properties, .sequence(elements), start..<at)
    case UInt8(ascii: "{"):
      openAnchor(properties)
      let entries = try flowMapping(depth)
      return try close(properties, .mapping(entries), start..<at)
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      let text = try self[at] == UInt8(ascii: "'") ? singleQuoted() : doubleQuoted()
      return try close(properties, .scalar(SyntaxNode.Scalar(text: text, isPlain: false)), start..<at)
    case UInt8(ascii: "*"):
      return try alias(properties)
    case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"):
      return try close(
        properties, .scalar(SyntaxNode.Scalar(text: "", isPlain: true)), start..<(properties.end ?? start))
    case UInt8(ascii: "?") where isBlankOrEnd(self[at + 1]):
      throw fail(.explicitKey, at..<at + 1)
    case UInt8(ascii: "-") where isBlankOrEnd(self[at + 1]) || isBracketOrComma(self[at + 1]):
      throw fail(.dashInFlow, at..<at + 1)
    default:
      return try plainNode(properties, inFlow: true)
    }
  }

  private mutating func flowSequence(_ depth: Int) throws(Halt) -> [SyntaxNode] {
    let opener = openBracket()
    var elements: [SyntaxNode] = []
    while true {
      try moveInFlow()
      if try closes(opener, UInt8(ascii: "]")) { return elements }
      if self[at] == UInt8(ascii: ",") { throw fail(.commaWithoutValue, at..<at + 1) }
      let element = try element(depth + 1)
      elements.append(element)
      try moveInFlow()
      if try closes(opener, UInt8(ascii: "]")) { return elements }
      guard self[at] == UInt8(ascii: ",") else { throw noComma(after: element) }
      at += 1
    }
  }

  /// An element of a list: a node, or a single `key: value`.
  private mutating func element(_ depth: Int) throws(Halt) -> SyntaxNode {
    let (start, line) = (at, lineStart)
    if isFlowColon(afterValue: nil) { throw fail(.colonWithoutKey, at..<at + 1) }
    let key = try flowNode(depth: depth)
    let end = at
    try moveInFlow()
    guard isFlowColon(afterValue: at == end ? key : nil) else { return key }
    guard line == lineStart else { throw noComma(after: key) }
    var mapping = Mapping()
    let name = try flowKey(key)
    let value = try flowValue(depth + 1)
    try add(name, value, to: &mapping)
    return try close(
      Properties(start: start), .mapping(finish(mapping)), start..<max(start, value.span.range.upperBound))
  }

  private mutating func flowMapping(_ depth: Int) throws(Halt) -> [SyntaxNode.Entry] {
    let opener = openBracket()
    var mapping = Mapping()
    while true {
      try moveInFlow()
      if try closes(opener, UInt8(ascii: "}")) { return finish(mapping) }
      if self[at] == UInt8(ascii: ",") { throw fail(.commaWithoutValue, at..<at + 1) }
      if isFlowColon(afterValue: nil) { throw fail(.colonWithoutKey, at..<at + 1) }
      let (start, line) = (at, lineStart)
      let key = try flowNode(depth: depth + 1)
      let end = at
      try moveInFlow()
      var last = key
      if isFlowColon(afterValue: at == end ? key : nil) {
        // A key of two lines is two entries without a comma between them.
        if line != lineStart, key.span.range.upperBound > lineStart { throw noComma(after: key) }
        let name = try flowKey(key)
        last = try flowValue(depth + 1)
        try add(name, last, to: &mapping)
        try moveInFlow()
      } else {
        if let colon = bytes[start..<end].firstIndex(of: UInt8(ascii: ":")), key.scalar?.isPlain ?? false {
          throw fail(
            .noSpaceAfterColon, colon..<colon + 1,
            fix: Fix(
              "put a space there", replacing: source.span(colon + 1..<colon + 1), with: " ", isSafe: true))
        }
        let value = try empty(at: key.span.range.upperBound)
        guard let scalar = key.scalar else { throw fail(.keyIsNotText(key.kind), key.span.range) }
        try add(Key(text: Located(scalar.text, at: key.span), isPlain: scalar.isPlain), value, to: &mapping)
      }
      if try closes(opener, UInt8(ascii: "}")) { return finish(mapping) }
      guard self[at] == UInt8(ascii: ",") else { throw noComma(after: last) }
      at += 1
    }
  }

  /// The key before a colon, and over the colon.
  private mutating func flowKey(_ node: SyntaxNode) throws(Halt) -> Key {
    guard let scalar = node.scalar else { throw fail(.keyIsNotText(node.kind), node.span.range) }
    at += 1
    let key = Key(text: Located(scalar.text, at: node.span), isPlain: scalar.isPlain)
    try checkKey(key)
    return key
  }

  private mutating func flowValue(_ depth: Int) throws(Halt) -> SyntaxNode {
    let colon = at
    try moveInFlow()
    switch self[at] {
    case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): return try empty(at: colon)
    default: return try flowNode(depth: depth)
    }
  }

  /// Whether a colon behind a key stands here. Behind quotes and brackets it needs no blank, as in JSON.
  private func isFlowColon(afterValue node: SyntaxNode?) -> Bool {
    guard self[at] == UInt8(ascii: ":") else { return false }
    if let node, !(node.scalar?.isPlain ?? false) { return true }
    return isBlankOrEnd(self[at + 1]) || isBracketOrComma(self[at + 1])
  }

  // MARK: Brackets

  private mutating func openBracket() -> Int {
    openBrackets.append(at)
    at += 1
    return at - 1
  }

  /// Whether the bracket is closed here; then it is read.
  private mutating func closes(_ opener: Int, _ closer: UInt8) throws(Halt) -> Bool {
    switch self[at] {
    case closer:
      at += 1
      openBrackets.removeLast()
      return true
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      throw unclosed(note: at..<at + 1, "this closes another bracket")
    default: return false
    }
  }

  /// Reports the innermost open bracket.
  private mutating func unclosed(note: Range<Int>, _ label: String) -> Halt {
    let opener = openBrackets.last ?? at
    let bracket = Character(Unicode.Scalar(self[opener]))
    at = min(opener, at)
    return fail(
      .unclosedBracket(bracket), opener..<opener + 1, related: note.isEmpty ? nil : note, label)
  }

  private mutating func noComma(after node: SyntaxNode) -> Halt {
    let range = node.span.range
    if self[at] == UInt8(ascii: "{"), self[at - 1] == UInt8(ascii: "$") { return placeholder(in: range) }
    guard self[at] == UInt8(ascii: ":") else {
      let word = at..<(isBracketOrComma(self[at]) ? at + 1 : endOfWord(at))
      return fail(
        .noComma, word,
        fix: Fix(
          "put a comma there", replacing: source.span(range.upperBound..<range.upperBound), with: ",", isSafe: false)
      )
    }
    // `{a: 1 b: 2}`: the last word is the next key.
    var word = range.upperBound
    while word > range.lowerBound, !isBlankOrEnd(self[word - 1]) { word -= 1 }
    guard word > range.lowerBound, node.scalar?.isPlain ?? false else { return fail(.secondColon, at..<at + 1) }
    var end = word
    while isBlankOrEnd(self[end - 1]) { end -= 1 }
    return fail(
      .noComma, word..<range.upperBound,
      fix: Fix("put a comma there", replacing: source.span(end..<end), with: ",", isSafe: false))
  }

  /// `{run: python ${args}}`: the text goes on to the next comma or bracket that is not of a placeholder.
  private mutating func placeholder(in text: Range<Int>) -> Halt {
    var end = at - 1
    while !isEnd(self[end]), self[end] != UInt8(ascii: ","), self[end] != UInt8(ascii: "}"),
      self[end] != UInt8(ascii: "]")
    {
      if self[end] == UInt8(ascii: "$"), self[end + 1] == UInt8(ascii: "{") {
        while !isEnd(self[end]), self[end] != UInt8(ascii: "}") { end += 1 }
      }
      if !isEnd(self[end]) { end += 1 }
    }
    let isQuotable = !isEnd(self[end]) && !bytes[text.lowerBound..<end].contains { "\"\\".utf8.contains($0) }
    let whole = source.span(text.lowerBound..<end)
    return fail(
      .placeholderInBrackets, at - 1..<at + 1,
      fix: isQuotable
        ? Fix(
          "put the value in quotes", replacing: whole, with: "\"\(source.text(whole.range))\"",
          isSafe: self[end] != UInt8(ascii: ",")) : nil)
  }

  // MARK: Lines

  /// To the next content within brackets, over blanks, comments and line ends.
  private mutating func moveInFlow() throws(Halt) {
    if self[at] == UInt8(ascii: "#"), !isBlankOrEnd(self[at - 1]) { reportComment() }
    guard isBlankOrEnd(self[at]) || self[at] == UInt8(ascii: "#") else { return }
    let hasCrossed = moveToContent()
    if hasEnded { throw unclosed(note: 0..<0, "") }
    guard hasCrossed else { return }
    try checkIndentation(isBracket: self[at] == UInt8(ascii: "]") || self[at] == UInt8(ascii: "}"))
  }

  /// Whether a line within brackets or quotes is indented far enough. A closing bracket may stand below its key.
  mutating func checkIndentation(isBracket: Bool, quote: Int? = nil) throws(Halt) {
    var spaces = lineStart
    while self[spaces] == UInt8(ascii: " ") { spaces += 1 }
    let indent = spaces - lineStart
    if indent > flowIndent || (isBracket && indent >= flowIndent && indent == column) { return }
    if self[spaces] == UInt8(ascii: "\t") { throw tabIndents(spaces) }
    let line = at..<endOfWord(at)
    if belongsOutside(quote: quote.map { self[$0] }) {
      if let quote { throw unclosedQuote(quote, note: line) }
      throw unclosed(note: line, "this belongs to what is outside it")
    }
    report(
      .flowIndentation(quote == nil ? "brackets" : "quotes"), line,
      related: (quote ?? openBrackets.last).map { $0..<$0 + 1 }, "opened here")
    isComplete = false
    // It is said once of a value.
    flowIndent = -1
  }

  /// Whether a line within brackets or quotes looks like the next entry of the block around them.
  private func belongsOutside(quote: UInt8?) -> Bool {
    guard isKey(at: at) || isDash(at: at), !isBracketOrComma(self[at]) else { return false }
    guard let quote else { return true }
    return !bytes[at..<endOfPlain(at, inFlow: false)].contains(quote)
  }

  mutating func unclosedQuote(_ quote: Int, note: Range<Int>? = nil) -> Halt {
    at = quote
    return fail(
      .unclosedQuote(Character(Unicode.Scalar(self[quote]))), quote..<quote + 1, related: note,
      "this is taken as a part of the text")
  }
}

/// Reads one YAML document into a tree whose every node knows where it stands.
///
/// YAML 1.2 without what an experiment has no use for: tags, keys that are no text, `?`, several documents. It is read
/// by recursive descent, byte by byte, and nothing is read twice but keys: the time is linear in the size of the file,
/// and the depth and the number of nodes are bounded as they come.
///
/// A mistake within an entry of a block is reported, and reading goes on with the next entry.
///
/// The blocks are read here, `[…]` and `{…}` in YAMLFlow.swift, single values in YAMLText.swift.
struct YAMLReader {
  static let maximumDepth = 64
  static let maximumNodes = 1_000_000
  /// After so many entries that cannot be read, reading ends.
  static let maximumMistakes = 100
  /// The longest key, in bytes.
  static let maximumKey = 1024

  let source: SourceText
  let bytes: [UInt8]
  var diagnostics: Diagnostics

  /// The next byte.
  var at = 0
  /// Where its line begins.
  var lineStart = 0
  /// Whether the document's content is over: at the end of the file, `---` or `...`.
  var hasEnded = false
  /// The first tab between the content that comes next and the start of its line, or what stands before it there.
  var tab: Int?
  /// The brackets that are open.
  var openBrackets: [Int] = []
  /// Lines within brackets and quotes are indented by more than this.
  var flowIndent = -1
  /// Whether the tree holds all that the file says: nobody looks for what is missing in one that does not.
  var isComplete = true

  private var anchors: [String: SyntaxNode] = [:]
  private var openAnchors: [String: Span] = [:]
  private var nodes = 0
  /// How many entries the mapping had that was read last.
  private var lastMappingCount = 0
  /// The entries that could not be read.
  private var mistakes = 0

  /// The document's root; nil, with a diagnostic, when there is none.
  static func read(_ source: SourceText, into diagnostics: inout Diagnostics) -> SyntaxNode? {
    var reader = YAMLReader(source: source, bytes: source.bytes, diagnostics: diagnostics)
    let root = try? reader.document()
    diagnostics = reader.diagnostics
    return reader.isComplete ? root : nil
  }

  private init(source: SourceText, bytes: [UInt8], diagnostics: Diagnostics) {
    self.source = source
    self.bytes = bytes
    self.diagnostics = diagnostics
  }

  /// What ends the reading, of an entry or of everything: it has been reported.
  enum Halt: Error {
    case entry
    case everything
  }

  /// What a block stands after.
  private enum Place {
    case start
    case key
    case dash
  }
}

// MARK: - The document

extension YAMLReader {
  private mutating func document() throws(Halt) -> SyntaxNode? {
    try directives()
    if isMarker("-") {
      let marker = at..<at + 3
      at += 3
      hasEnded = false
      if !moveToContent(), !hasEnded, isKey(at: at) || isDash(at: at) {
        throw fail(.blockAfterMarker, at..<at + 1, related: marker, "the document begins here")
      }
    }
    if hasEnded {
      report(.emptyFile, 0..<0)
      throw .everything
    }
    let root = try blockNode(after: .start, in: -1, depth: 0)
    if !hasEnded {
      if self[at] == UInt8(ascii: "%"), at == lineStart { throw directiveBelow() }
      report(.belowValue(isKey: isKey(at: at)), at..<endOfWord(at), related: root.span.range, "this is the value")
      throw .everything
    }
    try ending()
    return root
  }

  /// `%YAML 1.2` is all that may stand before the `---`.
  private mutating func directives() throws(Halt) {
    _ = moveToContent()
    var first: Range<Int>?
    while !hasEnded, self[at] == UInt8(ascii: "%"), at == lineStart {
      let line = at..<endOfLine(at)
      let words = source.text(line).prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
      if words.first == "%YAML" {
        if words.count != 2 || words[1] != "1.2" || text(line).contains("2#") {
          let isVersion = words.count == 2 && !source.text(line).contains("#")
          report(
            .yamlVersion(isVersion ? String(words[1]) : nil), line,
            fix: Fix("say 1.2", replacing: source.span(line), with: "%YAML 1.2", isSafe: isVersion))
          isComplete = false
        } else if let first {
          report(.duplicateDirective, line, related: first, "it stands here first")
          isComplete = false
        }
      } else {
        report(.directive(words.first.map(String.init) ?? "%"), line)
        isComplete = false
      }
      first = line
      at = line.upperBound
      _ = moveToContent()
    }
    if let first, !isMarker("-") {
      report(.directiveWithoutDocument, first)
      throw .everything
    }
  }

  /// After the document only `...` and comments may stand.
  private mutating func ending() throws(Halt) {
    while at < bytes.count {
      if isMarker("-") {
        // It may have ended what could not be read.
        if isComplete { report(.severalDocuments, at..<at + 3) }
        throw .everything
      }
      if isMarker(".") {
        at += 3
        hasEnded = false
        if moveToContent() || hasEnded { continue }
      }
      if self[at] == UInt8(ascii: "%") { throw directiveBelow() }
      report(.severalDocuments, at..<endOfWord(at))
      throw .everything
    }
  }

  private mutating func directiveBelow() -> Halt {
    report(.directiveBelow, at..<endOfText(at))
    return .everything
  }
}

// MARK: - Blocks

extension YAMLReader {
  /// The node after a key, a dash or the start of the document, whatever its style. Ends at the next line's content.
  ///
  /// - Parameter indent: the column of the key or the dash.
  private mutating func blockNode(after place: Place, in indent: Int, depth: Int) throws(Halt) -> SyntaxNode {
    let origin = at
    var isOnOwnLine = place == .start || moveToContent()
    guard !isOutside(place, indent, isOnOwnLine) else { return try empty(at: origin) }
    try checkDepth(depth)
    var properties = Properties(start: at)
    if isProperty, !(isOnOwnLine || place == .dash) || !isKey(at: at) {
      try readProperties(&properties)
      let end = at
      if moveToContent() { isOnOwnLine = true }
      guard !isOutside(place, indent, isOnOwnLine) else {
        return try close(properties, .scalar(SyntaxNode.Scalar(text: "", isPlain: true)), properties.start..<end)
      }
    }
    flowIndent = indent
    let isNested = isOnOwnLine || place == .dash
    if let tab, isOnOwnLine, tab - lineStart <= indent || isDash(at: at) || isKey(at: at) { throw tabIndents(tab) }
    if isDash(at: at) { return try sequence(properties, isNested, in: indent, depth) }
    if isKey(at: at) || (isOnOwnLine && isBrokenEntry()) { return try mapping(properties, isNested, depth) }
    return try inlineNode(properties, in: indent, depth: depth)
  }

  /// Whether what comes next belongs to an outer block.
  private func isOutside(_ place: Place, _ indent: Int, _ isOnOwnLine: Bool) -> Bool {
    guard !hasEnded else { return true }
    guard isOnOwnLine, place != .start, tab == nil else { return false }
    return column < indent || (column == indent && !(place == .key && isDash(at: at)))
  }

  private mutating func sequence(
    _ properties: Properties, _ isNested: Bool, in indent: Int, _ depth: Int
  ) throws(Halt) -> SyntaxNode {
    guard isNested else { throw fail(.entryOnKeyLine, at..<at + 1) }
    if let end = properties.end, end > lineStart { throw fail(.propertyBeforeDash, properties.start..<end) }
    if let tab { throw tabIndents(tab) }
    let (own, start) = (column, properties.isEmpty ? at : properties.start)
    var elements: [SyntaxNode] = []
    openAnchor(properties)
    repeat {
      do throws(Halt) {
        at += 1
        elements.append(try blockNode(after: .dash, in: own, depth: depth + 1))
      } catch {
        try recover(from: error, to: own, atDash: indent < own ? true : nil)
      }
    } while try isNextElement(own, in: indent)
    let end = elements.last?.span.range.upperBound ?? start + 1
    return try close(properties, .sequence(elements), start..<max(end, start + 1))
  }

  /// Whether an entry of the list in a column comes next; whatever else stands there is reported.
  private mutating func isNextElement(_ own: Int, in indent: Int) throws(Halt) -> Bool {
    while !hasEnded {
      if let tab { throw tabIndents(tab) }
      if column < own { return false }
      if column == own, isDash(at: at) { return true }
      // Below a key in the same column, the list ends where the next key begins.
      if column == own, indent == own { return false }
      report(column == own ? .keyAmongDashes : .notInLine("entries of this list"), at..<endOfWord(at))
      try skipEntry(to: own, atDash: indent < own ? true : nil)
    }
    return false
  }

  private mutating func mapping(
    _ properties: Properties, _ isNested: Bool, _ depth: Int
  ) throws(Halt) -> SyntaxNode {
    guard isNested else { throw secondColon() }
    if let tab { throw tabIndents(tab) }
    let (own, start) = (column, at)
    var mapping = Mapping()
    openAnchor(properties)
    repeat {
      do throws(Halt) {
        try readEntry(of: &mapping, in: own, depth)
      } catch {
        try recover(from: error, to: own, atDash: false)
      }
    } while try isNextEntry(own, &mapping)
    let end = mapping.end ?? start
    return try close(properties, .mapping(finish(mapping)), (properties.isEmpty ? start : properties.start)..<end)
  }

  private mutating func readEntry(of mapping: inout Mapping, in own: Int, _ depth: Int) throws(Halt) {
    guard isKey(at: at) else { throw notAnEntry() }
    let key = try blockKey()
    mapping.end = at
    let value = try blockNode(after: .key, in: own, depth: depth + 1)
    mapping.end = max(mapping.end ?? 0, value.span.range.upperBound)
    mapping.last = value
    try add(key, value, to: &mapping)
  }

  /// Whether an entry of the mapping in a column comes next; whatever else stands there is reported.
  private mutating func isNextEntry(_ own: Int, _ mapping: inout Mapping) throws(Halt) -> Bool {
    while !hasEnded {
      if let tab { throw tabIndents(tab) }
      if column < own { return false }
      if column == own, !isDash(at: at) { return true }
      let last = mapping.last
      if column == own {
        report(.dashAmongKeys, at..<at + 1)
      } else if let last, last.scalar != nil || "[{*".utf8.contains(self[last.span.range.lowerBound]) {
        report(.belowValue(isKey: isKey(at: at)), at..<endOfWord(at), related: last.span.range, "this is the value")
      } else {
        report(.notInLine("keys of this mapping"), at..<endOfWord(at))
      }
      isComplete = false
      try skipEntry(to: own, atDash: false)
    }
    return false
  }

  /// A value that begins where it stands and is no block.
  private mutating func inlineNode(
    _ properties: Properties, in indent: Int, depth: Int
  ) throws(Halt) -> SyntaxNode {
    let start = properties.isEmpty ? at : properties.start
    switch self[at] {
    case UInt8(ascii: "|"), UInt8(ascii: ">"):
      let (text, end) = try blockScalar(in: indent)
      return try close(properties, .scalar(SyntaxNode.Scalar(text: text, isPlain: false)), start..<end)
    case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "*"):
      let node = try flowNode(properties, depth: depth)
      try finishLine(after: node)
      return node
    case UInt8(ascii: "?") where isBlankOrEnd(self[at + 1]):
      throw fail(.explicitKey, at..<at + 1)
    default:
      let node = try plainNode(properties, inFlow: false)
      try finishLine(after: node)
      return node
    }
  }

  /// After a value that ends within its line: nothing but a comment may follow.
  private mutating func finishLine(after node: SyntaxNode) throws(Halt) {
    let end = at
    while isBlank(self[at]) { at += 1 }
    switch self[at] {
    case 0 where at >= bytes.count: break
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"): break
    case UInt8(ascii: "#"):
      if at == end { reportComment() }
    case UInt8(ascii: ":") where isBlankOrEnd(self[at + 1]):
      if case .scalar = node.content { throw fail(.keyOverLines, node.span.range) }
      throw fail(.keyIsNotText(node.kind), node.span.range)
    case UInt8(ascii: ":") where at == end:
      throw missingSpace(at)
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      throw fail(.strayBracket(Character(Unicode.Scalar(self[at]))), at..<at + 1)
    default:
      let first = bytes[node.span.range.lowerBound]
      throw fail(
        .textAfterValue(quote: "'\"".utf8.contains(first) ? Character(Unicode.Scalar(first)) : nil),
        at..<endOfWord(at), related: node.span.range, "the value ends here")
    }
    _ = moveToContent()
  }

  // MARK: Going on after a mistake

  private mutating func recover(from halt: Halt, to own: Int, atDash: Bool?) throws(Halt) {
    guard halt == .entry else { throw halt }
    try skipEntry(to: own, atDash: atDash)
  }

  /// Goes to the next line that begins before the column, or in it: with a dash, without one, or either.
  private mutating func skipEntry(to own: Int, atDash: Bool?) throws(Halt) {
    openBrackets.removeAll()
    isComplete = false
    mistakes += 1
    repeat {
      at = endOfLine(at)
      _ = moveToContent()
      if hasEnded { return }
    } while tab == nil && column >= own
      && (column > own || isBracketOrComma(self[at]) || !(atDash == nil || isDash(at: at) == atDash))
    guard mistakes < Self.maximumMistakes else {
      report(.tooManyMistakes, at..<at)
      throw .everything
    }
  }

  // MARK: Keys

  /// A key that `isKey` has seen, and its colon.
  private mutating func blockKey() throws(Halt) -> Key {
    var properties = Properties(start: at)
    try readProperties(&properties)
    while isBlank(self[at]) { at += 1 }
    let start = at
    let node: SyntaxNode
    switch self[at] {
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "*"): node = try flowNode(properties, depth: 0)
    default: node = try plainNode(properties, inFlow: false, isKey: true)
    }
    while isBlank(self[at]) { at += 1 }
    at += 1
    guard let scalar = node.scalar else { throw fail(.keyIsNotText(node.kind), start..<at - 1) }
    let key = Key(text: Located(scalar.text, at: node.span), isPlain: scalar.isPlain)
    try checkKey(key)
    return key
  }

  mutating func checkKey(_ key: Key) throws(Halt) {
    let range = key.text.span.range
    guard range.count <= Self.maximumKey else { throw fail(.keyTooLong, range) }
    if key.isPlain, self[range.lowerBound] != UInt8(ascii: "*") { checkLetters(of: range, isKey: true) }
  }

  /// Whether a key stands here: a text on one line, with a colon and a blank behind it.
  func isKey(at offset: Int) -> Bool {
    var index = offset
    while self[index] == UInt8(ascii: "&") || self[index] == UInt8(ascii: "!") {
      while !isBlankOrEnd(self[index]) { index += 1 }
      while isBlank(self[index]) { index += 1 }
    }
    switch self[index] {
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      guard let end = endOfQuotedKey(index) else { return false }
      index = end
    case UInt8(ascii: "*"):
      while !isBlankOrEnd(self[index]) { index += 1 }
    case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: ">"), UInt8(ascii: "#"): return false
    case UInt8(ascii: "?") where isBlankOrEnd(self[index + 1]): return false
    default:
      index = endOfPlain(index, inFlow: false)
    }
    while isBlank(self[index]) { index += 1 }
    return self[index] == UInt8(ascii: ":") && isBlankOrEnd(self[index + 1])
  }

  private func endOfQuotedKey(_ start: Int) -> Int? {
    var index = start + 1
    while !isEnd(self[index]) {
      if self[index] == self[start] {
        // Two single quotes are one.
        guard self[start] == UInt8(ascii: "'"), self[index + 1] == self[start] else { return index + 1 }
        index += 1
      } else if self[index] == UInt8(ascii: "\\"), self[start] == UInt8(ascii: "\"") {
        index += 1
      }
      index += 1
    }
    return nil
  }

  /// Whether the line is meant as `key: value` and is not: when the next one in its column is, or by its look.
  private func isBrokenEntry() -> Bool {
    switch self[at] {
    case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: ">"), UInt8(ascii: "*"),
      UInt8(ascii: "?"):
      return false
    case UInt8(ascii: "\""), UInt8(ascii: "'"): if endOfQuotedKey(at) == nil { return false }
    default: break
    }
    if let colon = gluedColon(), self[colon + 1] != UInt8(ascii: "/") { return true }
    var next = self
    next.at = endOfLine(at)
    _ = next.moveToContent()
    return !next.hasEnded && next.tab == nil && next.column == column && next.isKey(at: next.at)
  }

  /// The colon of a name that a value follows without a space, as in `lr:0.1`.
  private func gluedColon() -> Int? {
    var index = at
    while isNameByte(self[index]) { index += 1 }
    guard index > at, self[index] == UInt8(ascii: ":"), !isBlankOrEnd(self[index + 1]) else { return nil }
    return self[at] &- UInt8(ascii: "0") < 10 ? nil : index
  }

  /// What is wrong with a line that should be `key: value`.
  private mutating func notAnEntry() -> Halt {
    let line = at..<endOfText(at)
    switch self[at] {
    case UInt8(ascii: "?") where isBlankOrEnd(self[at + 1]): return fail(.explicitKey, at..<at + 1)
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      return fail(.strayBracket(Character(Unicode.Scalar(self[at]))), at..<at + 1)
    case UInt8(ascii: "%") where at == lineStart: return directiveBelow()
    case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\""), UInt8(ascii: "'"):
      do throws(Halt) {
        let node = try flowNode(Properties(start: at), depth: 0)
        if self[at] == UInt8(ascii: ":"), !isBlankOrEnd(self[at + 1]) { return missingSpace(at) }
        while isBlank(self[at]) { at += 1 }
        return fail(self[at] == UInt8(ascii: ":") ? .keyIsNotText(node.kind) : .noColon, node.span.range)
      } catch {
        return error
      }
    default:
      if let colon = gluedColon() { return missingSpace(colon) }
      return fail(.noColon, line)
    }
  }

  private mutating func missingSpace(_ colon: Int) -> Halt {
    let after = source.span(colon + 1..<colon + 1)
    return fail(
      .noSpaceAfterColon, colon..<colon + 1, fix: Fix("put a space there", replacing: after, with: " ", isSafe: true))
  }

  /// `a: b: c`.
  private mutating func secondColon() -> Halt {
    if self[at] == UInt8(ascii: ":") { return fail(.colonWithoutKey, at..<at + 1) }
    let value = at..<endOfText(at)
    let key = endOfPlain(at, inFlow: false)
    let colon = self[at] == UInt8(ascii: "\"") || self[at] == UInt8(ascii: "'") ? at : key
    let isQuotable = !bytes[value].contains { "\"\\".utf8.contains($0) }
    let fix = Fix("put the value in quotes", replacing: source.span(value), with: "\"\(text(value))\"", isSafe: false)
    return fail(.secondColon, colon..<colon + 1, fix: isQuotable ? fix : nil)
  }
}

// MARK: - Mappings, anchors, limits

extension YAMLReader {
  struct Key {
    var text: Located<String>
    var isPlain: Bool
  }

  /// A mapping as it is read.
  struct Mapping {
    var entries: [SyntaxNode.Entry] = []
    var firsts: [String: Int] = [:]
    /// The mappings that `<<` brings in.
    var merged: [SyntaxNode] = []
    var mergeKey: Span?
    /// Where the last value ends.
    var end: Int?
    var last: SyntaxNode?
  }

  /// Beyond this many keys, they are looked up instead of compared one by one.
  private static let fewKeys = 12

  mutating func add(_ key: Key, _ value: SyntaxNode, to mapping: inout Mapping) throws(Halt) {
    let name = key.text.value
    // The key has been counted as a node, and is no value.
    nodes -= 1
    if key.isPlain, name == "<<" {
      if let first = mapping.mergeKey {
        diagnostics.report(
          .duplicateKey(name), at: key.text.span, related: [Related(first, "it stands here first")])
      } else {
        mapping.mergeKey = key.text.span
        merge(value, into: &mapping)
      }
      return
    }
    // Swift's texts are equal when they are canonically equivalent, so that this finds keys equal after NFC as well.
    if let first = index(of: name, in: mapping) {
      let other = mapping.entries[first].key
      let isSame = other.value.utf8.elementsEqual(name.utf8)
      diagnostics.report(
        isSame ? .duplicateKey(name) : .equivalentKey(name), at: key.text.span,
        related: [Related(other.span, "it stands here first")])
      return
    }
    if mapping.entries.count >= Self.fewKeys {
      if mapping.firsts.isEmpty {
        for (index, entry) in mapping.entries.enumerated() { mapping.firsts[entry.key.value] = index }
      }
      mapping.firsts[name] = mapping.entries.count
    }
    // Mappings that follow one another are often alike.
    if mapping.entries.isEmpty { mapping.entries.reserveCapacity(min(lastMappingCount, Self.fewKeys)) }
    mapping.entries.append(SyntaxNode.Entry(key: key.text, keyIsPlain: key.isPlain, value: value))
  }

  private func index(of name: String, in mapping: Mapping) -> Int? {
    mapping.entries.count <= Self.fewKeys
      ? mapping.entries.firstIndex { $0.key.value == name } : mapping.firsts[name]
  }

  /// Notes the mappings that a merge key brings in.
  private mutating func merge(_ value: SyntaxNode, into mapping: inout Mapping) {
    switch value.content {
    case .mapping: mapping.merged.append(value)
    case .sequence(let elements) where value.anchored == nil:
      for element in elements {
        if case .mapping = element.content {
          mapping.merged.append(element)
        } else {
          diagnostics.report(.mergeOf(element.kind), at: element)
          isComplete = false
        }
      }
    case .sequence, .scalar:
      diagnostics.report(.mergeOf(value.kind), at: value)
      isComplete = false
    }
  }

  /// The entries of a mapping that is over, with those that it merges: its own win, then the earlier of those.
  mutating func finish(_ mapping: Mapping) -> [SyntaxNode.Entry] {
    lastMappingCount = mapping.entries.count
    guard !mapping.merged.isEmpty else { return mapping.entries }
    var entries = mapping.entries
    var known = Set(entries.map { Array($0.key.value.utf8) })
    for merged in mapping.merged {
      guard case .mapping(let others) = merged.content else { continue }
      for entry in others where known.insert(Array(entry.key.value.utf8)).inserted { entries.append(entry) }
    }
    return entries
  }

  /// What stands before a node: an anchor, and a tag, which is reported.
  struct Properties {
    var start: Int
    /// Nil when there is none.
    var end: Int?
    var anchor: String?
    var tag: Range<Int>?

    var isEmpty: Bool { end == nil }
  }

  var isProperty: Bool { self[at] == UInt8(ascii: "&") || self[at] == UInt8(ascii: "!") }

  mutating func readProperties(_ properties: inout Properties) throws(Halt) {
    while isProperty {
      let start = at
      at += 1
      let isTag = self[start] == UInt8(ascii: "!")
      while isAnchorByte(self[at]) || (isTag && self[at] == UInt8(ascii: ":"))
        || (self[start + 1] == UInt8(ascii: "<") && self[at] == UInt8(ascii: ","))
      { at += 1 }
      if self[start] == UInt8(ascii: "&") {
        guard at > start + 1 else { throw fail(.noAnchorName("&"), start..<start + 1) }
        guard properties.anchor == nil else { throw fail(.twoProperties, start..<at) }
        properties.anchor = text(start + 1..<at)
      } else {
        guard properties.tag == nil else { throw fail(.twoProperties, start..<at) }
        properties.tag = start..<at
        reportTag(start..<at)
      }
      properties.end = at
      guard isBlankOrEnd(self[at]) || (!openBrackets.isEmpty && ",]}".utf8.contains(self[at])) else {
        throw fail(.textAfterProperty, at..<endOfWord(at))
      }
      while isBlank(self[at]) { at += 1 }
    }
  }

  private mutating func reportTag(_ tag: Range<Int>) {
    let name = text(tag)
    var end = tag.upperBound
    while isBlank(self[end]) { end += 1 }
    let saysNothing = ["!!float", "!!int", "!!bool", "!!null", "!!map", "!!seq"].contains(name)
    report(
      .tag(name), tag,
      fix: Fix("remove it", replacing: source.span(tag.lowerBound..<end), with: "", isSafe: saysNothing))
  }

  mutating func openAnchor(_ properties: Properties) {
    guard let name = properties.anchor else { return }
    openAnchors[name] = source.span(properties.start..<properties.start + 1)
  }

  /// Finishes a node: counts it and remembers its anchor.
  mutating func close(
    _ properties: Properties, _ content: SyntaxNode.Content, _ range: Range<Int>
  ) throws(Halt) -> SyntaxNode {
    let size =
      switch content {
      case .scalar: 1
      case .sequence(let elements): elements.reduce(1) { $0 + $1.size }
      case .mapping(let entries): entries.reduce(1) { $0 + $1.value.size }
      }
    let node = SyntaxNode(content: content, span: source.span(range), size: size)
    try count(1, at: node.span)
    if let name = properties.anchor {
      openAnchors[name] = nil
      anchors[name] = node
    }
    return node
  }

  mutating func alias(_ properties: Properties) throws(Halt) -> SyntaxNode {
    let start = at
    at += 1
    while isAnchorByte(self[at]) { at += 1 }
    let name = text(start + 1..<at)
    guard !name.isEmpty else { throw fail(.noAnchorName("*"), start..<start + 1) }
    guard properties.isEmpty else { throw fail(.twoProperties, start..<at) }
    // An anchor may stand in what could not be read.
    if !isComplete, anchors[name] == nil { return try empty(at: start) }
    if let open = openAnchors[name] {
      report(.aliasOfItself(name), start..<at, related: open.range, "`&\(name)` is set here")
      throw .everything
    }
    guard let node = anchors[name] else {
      let fix = Fix("put it in quotes", replacing: source.span(start..<at), with: "\"*\(name)\"", isSafe: false)
      throw fail(
        .unknownAlias(name, known: anchors.keys.sorted()), start..<at,
        fix: Suggestion.closest(to: name, among: Array(anchors.keys)) == nil ? fix : nil)
    }
    let place = source.span(start..<at)
    try count(node.size, at: place)
    return node.used(at: place)
  }

  private mutating func count(_ more: Int, at span: Span) throws(Halt) {
    nodes += more
    guard nodes <= Self.maximumNodes else {
      diagnostics.report(.tooManyNodes, at: span)
      throw .everything
    }
  }

  mutating func checkDepth(_ depth: Int) throws(Halt) {
    guard depth < Self.maximumDepth else {
      report(.tooDeep, at..<at + 1)
      throw .everything
    }
  }

  mutating func empty(at offset: Int) throws(Halt) -> SyntaxNode {
    try close(
      Properties(start: offset), .scalar(SyntaxNode.Scalar(text: "", isPlain: true)), offset..<offset)
  }
}

// MARK: - Bytes

extension YAMLReader {
  /// The byte at an offset; 0, which no file has, beyond the end.
  subscript(_ offset: Int) -> UInt8 { UInt(bitPattern: offset) < UInt(bytes.count) ? bytes[offset] : 0 }

  var column: Int { at - lineStart }

  func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  /// The end of a line, or of the file.
  func isEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == 0 }

  func isBlankOrEnd(_ byte: UInt8) -> Bool { isBlank(byte) || isEnd(byte) }

  func isBracketOrComma(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): true
    default: false
    }
  }

  private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  private func isAnchorByte(_ byte: UInt8) -> Bool {
    !isBlankOrEnd(byte) && !isBracketOrComma(byte) && byte != UInt8(ascii: ":")
  }

  func isDash(at offset: Int) -> Bool { self[offset] == UInt8(ascii: "-") && isBlankOrEnd(self[offset + 1]) }

  /// Whether `---` or `...` stands here, at the start of a line.
  func isMarker(_ character: Unicode.Scalar) -> Bool {
    let byte = UInt8(ascii: character)
    return at == lineStart && self[at] == byte && self[at + 1] == byte && self[at + 2] == byte
      && isBlankOrEnd(self[at + 3])
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  func endOfLine(_ offset: Int) -> Int {
    var end = offset
    while !isEnd(self[end]) { end += 1 }
    return min(end, bytes.count)
  }

  /// Where the text of a line ends, before a comment and blanks.
  func endOfText(_ offset: Int) -> Int {
    var end = offset
    while !isEnd(self[end]), self[end] != UInt8(ascii: "#") || !isBlank(self[end - 1]) { end += 1 }
    while end > offset, isBlank(self[end - 1]) { end -= 1 }
    return min(max(end, offset), bytes.count)
  }

  func endOfWord(_ offset: Int) -> Int {
    var end = offset
    while !isBlankOrEnd(self[end]) { end += 1 }
    return min(max(end, offset + 1), bytes.count)
  }

  /// Over the end of a line.
  mutating func moveOverBreak() {
    at += self[at] == UInt8(ascii: "\r") && self[at + 1] == UInt8(ascii: "\n") ? 2 : 1
    lineStart = at
  }

  /// To the next content, over blanks, comments and line ends. Whether it stands on a later line.
  mutating func moveToContent() -> Bool {
    var hasCrossed = false
    tab = nil
    while true {
      switch self[at] {
      case UInt8(ascii: " "): at += 1
      case UInt8(ascii: "\t"):
        tab = tab ?? at
        at += 1
      case UInt8(ascii: "#") where at == lineStart || isBlank(bytes[at - 1]): at = endOfLine(at)
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        moveOverBreak()
        hasCrossed = true
        tab = nil
      case 0 where at >= bytes.count:
        hasEnded = true
        tab = nil
        return hasCrossed
      default:
        hasEnded = isMarker("-") || isMarker(".")
        return hasCrossed
      }
    }
  }
}

// MARK: - Reporting

extension YAMLReader {
  mutating func report(
    _ message: Message, _ range: Range<Int>, related: Range<Int>? = nil, _ label: String = "", fix: Fix? = nil
  ) {
    let others = related.map { [Related(source.span($0), label)] } ?? []
    diagnostics.report(message, at: source.span(range), related: others, fix: fix)
  }

  /// Reports what makes an entry unreadable.
  mutating func fail(
    _ message: Message, _ range: Range<Int>, related: Range<Int>? = nil, _ label: String = "", fix: Fix? = nil
  ) -> Halt {
    report(message, range, related: related, label, fix: fix)
    return .entry
  }

  /// A comment without a space before it: reading goes on as if it were there.
  mutating func reportComment() {
    report(
      .commentWithoutSpace, at..<at + 1,
      fix: Fix("put a space there", replacing: source.span(at..<at), with: " ", isSafe: true))
    isComplete = false
    at = endOfLine(at)
  }

  /// What follows a tab that indents cannot be placed: nothing more is read.
  mutating func tabIndents(_ tab: Int) -> Halt {
    report(.tabIndentation, tab..<tab + 1, fix: fixOfTabs())
    return .everything
  }

  /// Two spaces for each tab, if no line is indented by both.
  private func fixOfTabs() -> Fix? {
    var edits: [Fix.Edit] = []
    var line = 0
    while line < bytes.count {
      var end = line
      while isBlank(self[end]) { end += 1 }
      if end > line, !isEnd(self[end]) {
        guard bytes[line..<end].allSatisfy({ $0 == UInt8(ascii: "\t") }) else { return nil }
        edits.append(
          Fix.Edit(span: source.span(line..<end), replacement: String(repeating: "  ", count: end - line)))
      }
      line = endOfLine(end) + 1
    }
    guard let first = edits.first else { return nil }
    var fix = Fix(
      "indent by two spaces for each tab", replacing: first.span, with: first.replacement, isSafe: true)
    fix.edits = edits
    // A block's text may have tabs of its own.
    fix.isSafe = !bytes.contains(UInt8(ascii: "|")) && !bytes.contains(UInt8(ascii: ">"))
    return fix
  }
}

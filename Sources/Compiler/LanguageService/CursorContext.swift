/// Where in an experiment a place lies, told from the text before it alone: what one types is seldom YAML yet.
///
/// Block mappings are followed by their indentation and flow collections by their brackets, both by one pass over the
/// bytes before the place.
struct CursorContext: Equatable {
  /// The keys that lead to the mapping or the list that the place lies in; `-` for an element of a list.
  var path: [String] = []
  /// The key whose value the place lies in; nil where a key is written.
  var key: String?
  /// What stands before the place of the word that is being written.
  var prefix = ""

  private struct Block {
    var indent: Int
    var key: String
  }

  private struct Flow {
    var isMapping: Bool
    var key: String?
  }

  /// - Parameter offset: in bytes, at most their number.
  init(_ bytes: [UInt8], at offset: Int) {
    var blocks: [Block] = []
    var flows: [Flow] = []
    var literalIndent: Int?
    let text = String(decoding: bytes[..<offset], as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let last = lines.removeLast()
    for line in lines {
      Self.read(line, &blocks, &flows, &literalIndent)
      if literalIndent == nil, flows.isEmpty { continue }
    }
    let indent = last.prefix { $0 == " " }.count
    if let literalIndent, last.allSatisfy({ $0 == " " }) || indent > literalIndent {
      // Within a text that goes over several lines: the value of its key.
      path = blocks.dropLast().map(\.key)
      key = blocks.last?.key
      prefix = String(last.drop { $0 == " " })
      return
    }
    literalIndent = nil
    let rest = Self.read(last, &blocks, &flows, &literalIndent, isLast: true)
    prefix = rest.word
    path = blocks.map(\.key)
    if flows.isEmpty {
      key = rest.isValue ? path.popLast() : nil
      return
    }
    for flow in flows.dropLast() { path.append(flow.isMapping ? flow.key ?? "" : "-") }
    guard let inner = flows.last else { return }
    if inner.isMapping { key = inner.key } else { path.append("-") }
    if !inner.isMapping { key = nil }
  }

  /// Takes a line in. Of the last one, also what is being written on it, and whether that is a value.
  @discardableResult
  private static func read(
    _ line: Substring, _ blocks: inout [Block], _ flows: inout [Flow], _ literalIndent: inout Int?, isLast: Bool = false
  ) -> (word: String, isValue: Bool) {
    var rest = line.drop { $0 == " " }
    var indent = line.count - rest.count
    if let literal = literalIndent {
      guard !rest.isEmpty, indent <= literal else { return ("", true) }
      literalIndent = nil
    }
    guard flows.isEmpty else { return (follow(rest, &flows), true) }
    if rest.isEmpty || rest.hasPrefix("#") {
      if isLast { blocks.removeAll { $0.indent >= indent } }
      return ("", false)
    }
    // An element of a list may stand at the indentation of the key above it.
    let isElement = rest == "-" || rest.hasPrefix("- ")
    while let block = blocks.last, block.indent > indent || (block.indent == indent && (!isElement || block.key == "-"))
    {
      blocks.removeLast()
    }
    while rest == "-" || rest.hasPrefix("- ") {
      blocks.append(Block(indent: indent, key: "-"))
      let after = rest.dropFirst().drop { $0 == " " }
      indent += rest.count - after.count
      rest = after
    }
    guard let (key, value) = splitKey(rest) else {
      var inner: [Flow] = []
      let word = follow(rest, &inner)
      flows = inner
      return (word, false)
    }
    blocks.append(Block(indent: indent, key: key))
    if let first = value.first, first == "|" || first == ">" {
      literalIndent = indent
      return ("", true)
    }
    return (follow(value, &flows), true)
  }

  /// A key and what follows its colon.
  private static func splitKey(_ text: Substring) -> (key: String, value: Substring)? {
    if let quote = text.first, quote == "\"" || quote == "'" {
      guard let end = text.dropFirst().firstIndex(of: quote) else { return nil }
      let after = text[text.index(after: end)...].drop { $0 == " " }
      guard after.first == ":" else { return nil }
      return (String(text.dropFirst()[..<end]), after.dropFirst().drop { $0 == " " })
    }
    guard let first = text.first, !"{[".contains(first) else { return nil }
    var index = text.startIndex
    while let colon = text[index...].firstIndex(of: ":") {
      let next = text.index(after: colon)
      if next == text.endIndex || text[next] == " " {
        return (String(text[..<colon]), text[next...].drop { $0 == " " })
      }
      index = next
    }
    return nil
  }

  /// Follows brackets and quotes through a text.
  ///
  /// - Returns: the word at its end.
  private static func follow(_ text: Substring, _ flows: inout [Flow]) -> String {
    var word = ""
    var quote: Character?
    var previous: Character = " "
    for character in text {
      defer { previous = character }
      if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
        continue
      }
      switch character {
      case "\"", "'":
        if word.allSatisfy(\.isWhitespace) { quote = character } else { word.append(character) }
      case "#" where previous == " ": return word.trimmed
      case "{", "[":
        // Within plain text outside of collections, such as `${name}`, brackets mean nothing.
        if flows.isEmpty, !word.allSatisfy(\.isWhitespace) {
          word.append(character)
        } else {
          flows.append(Flow(isMapping: character == "{"))
          word = ""
        }
      case "}", "]":
        if flows.isEmpty {
          word.append(character)
        } else {
          flows.removeLast()
          word = ""
        }
      case "," where !flows.isEmpty:
        flows[flows.count - 1].key = nil
        word = ""
      case ":" where flows.last?.isMapping ?? false && flows.last?.key == nil:
        flows[flows.count - 1].key = word.trimmed
        word = ""
      default: word.append(character)
      }
    }
    return String(word.drop(while: \.isWhitespace))
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return String(text.drop(while: \.isWhitespace))
  }
}

/// A mapping whose keys are known: the others are reported, with the key that was probably meant.
struct Section {
  /// How messages name it, such as "`search`".
  let name: String
  let span: Span
  private let values: [String: SyntaxNode]
  private let keys: [String: Span]
  /// The known keys that were meant by unknown ones.
  private let misspelt: Set<String>
  /// The unknown keys that belong elsewhere.
  let misplaced: Set<String>

  /// Nil, with a diagnostic, when the node is no mapping.
  ///
  /// - Parameters:
  ///   - known: the keys that this version reads.
  ///   - later: the keys that the language has and this version does not.
  ///   - elsewhere: keys that were found where they do not belong, and reported: they are not missed here.
  init?(
    _ node: SyntaxNode, named name: String, known: [String], later: [String] = [], elsewhere: Set<String> = [],
    _ diagnostics: inout Diagnostics
  ) {
    guard case .mapping(let entries) = node.content else {
      var message = Message.expected("a mapping", of: name, found: node.kind)
      message.help = "its keys are \(Suggestion.list(known))"
      diagnostics.report(message, at: node)
      return nil
    }
    self.name = name
    span = node.span
    var values: [String: SyntaxNode] = [:]
    var keys: [String: Span] = [:]
    var misspelt = elsewhere
    var misplaced = Set<String>()
    // Several words of another tool for one thing are one mistake.
    var foreign = Set<[String]>()
    for (index, entry) in entries.enumerated() {
      let key = entry.key.value
      if !known.contains(key), index > 0, let cut = Self.cut(entries[index - 1], entry) {
        let value = entries[index - 1].key.value
        values[value] = nil
        misspelt.insert(value)
        diagnostics.report(.commaInValue(cut.text), at: cut.span)
      } else if known.contains(key) {
        values[key] = entry.value
        keys[key] = entry.key.span
      } else if later.contains(key) {
        diagnostics.report(.later("`\(key)` in \(name)"), at: entry.key.span)
      } else if let other = ForeignKey(key, in: name) {
        misspelt.formUnion(other.meant)
        if other.isMisplaced { misplaced.insert(key) }
        guard other.isMisplaced || foreign.insert(other.meant).inserted else { continue }
        diagnostics.report(
          .unknownKey(key, in: name, known: known), at: entry.key.span,
          fix: node.anchored == nil
            ? .renaming(key, at: entry.key.span, to: other.only, besides: entries.map(\.key.value)) : nil)
      } else {
        diagnostics.report(
          .unknownKey(key, in: name, known: known), at: entry.key.span,
          fix: node.anchored == nil
            ? .spelling(of: key, at: entry.key.span, among: known, besides: entries.map(\.key.value)) : nil)
        if let meant = Suggestion.closest(to: key, among: known) { misspelt.insert(meant) }
      }
    }
    self.values = values
    self.keys = keys
    self.misspelt = misspelt
    self.misplaced = misplaced
  }

  /// A value that a comma has cut in two: between `{` and `}`, what stands behind one is a key.
  private static func cut(_ entry: SyntaxNode.Entry, _ next: SyntaxNode.Entry) -> (text: String, span: Span)? {
    guard let scalar = entry.value.scalar, scalar.isPlain, !entry.value.isNull, next.value.isNull,
      // There is no colon behind it.
      next.value.span.range.lowerBound == next.key.span.range.upperBound, next.keyIsPlain
    else { return nil }
    let span = Span(
      entry.value.span.range.lowerBound..<next.key.span.range.upperBound, in: entry.value.span.source)
    return ("\(scalar.text), \(next.key.value)", span)
  }

  /// The value under a key; nil when absent.
  subscript(_ key: String) -> SyntaxNode? { values[key] }

  func span(of key: String) -> Span { keys[key] ?? span }

  /// Whether the key is there, or an unknown one that means it: that has been reported.
  func has(_ key: String) -> Bool {
    // What an experiment extends is not known where that key is misspelt: all may stand there.
    values[key] != nil || misspelt.contains(key) || misspelt.contains("extends")
  }

  /// The value under a key that must be there.
  func require(_ key: String, example: String, _ diagnostics: inout Diagnostics) -> SyntaxNode? {
    if let value = values[key] { return value }
    guard !has(key) else { return nil }
    diagnostics.report(
      .missingKey(key, in: name, example: example), at: span.start)
    return nil
  }
}

package import Artifacts
internal import Search

/// What editors ask about an experiment while it is being written.
package struct LanguageService: Sendable {
  /// A word that can stand at a place.
  package struct Completion: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      case key
      case value
      case name
    }

    package var label: String
    package var kind: Kind
    /// What is put in place of the word that is being written.
    package var text: String
    /// Markdown.
    package var documentation: String
  }

  private let guide: SchemaGuide

  package init() throws(DocumentError) { guide = try SchemaGuide() }

  /// What can stand at a place, and how many bytes of a word that was begun stand before it.
  ///
  /// - Parameters:
  ///   - offset: in bytes.
  ///   - compilation: of the text as it was when it last made sense; names come from it.
  package func completions(
    in bytes: [UInt8], at offset: Int, knowing compilation: Compilation?
  ) -> (completions: [Completion], replaced: Int) {
    let context = CursorContext(bytes, at: min(offset, bytes.count))
    let names = compilation?.space?.parameters.map(\.name) ?? []
    guard let key = context.key else {
      if context.path.last == "-", guide.keys(at: context.path).isEmpty { return elements(context, names) }
      return keys(context, Set(names))
    }
    let path = context.path + [key]
    if key == "when" { return words(names + functions, .name, context) }
    if key == "run", let open = context.prefix.lastPlace(of: "${") {
      let begun = String(context.prefix[open])
      let all = (names + Placeholder.known).map { "${\($0)}" }
      return (all.map { Completion(label: $0, kind: .name, text: $0, documentation: "") }, begun.utf8.count)
    }
    if key == "default", let space = compilation?.space, let name = context.path.last {
      return words(space.indices(of: name).flatMap { space.parameters[$0].domain.listed }, .value, context)
    }
    return words(guide.values(at: path), .value, context)
  }

  private var functions: [String] { Expression.Function.allCases.map { $0.rawValue + "(" } }

  private func words(
    _ words: [String], _ kind: Completion.Kind, _ context: CursorContext
  ) -> (completions: [Completion], replaced: Int) {
    let begun = context.prefix.reversed().prefix { $0.isLetter || $0.isNumber || "_-.".contains($0) }.count
    return (
      words.map { Completion(label: $0, kind: kind, text: $0, documentation: "") },
      context.prefix.suffix(begun).utf8.count
    )
  }

  /// Names for an expression in a list of them, or values.
  private func elements(_ context: CursorContext, _ names: [String]) -> (completions: [Completion], replaced: Int) {
    if context.path.first == "constraints" { return words(names + functions, .name, context) }
    return words(guide.values(at: context.path), .value, context)
  }

  private func keys(_ context: CursorContext, _ names: Set<String>) -> (completions: [Completion], replaced: Int) {
    var completions = guide.keys(at: context.path).map { key in
      Completion(
        label: key.name, kind: .key, text: "\(key.name): ",
        documentation: guide.words(at: context.path + [key.name]) ?? "")
    }
    let isPoint = context.path.count == 3 && context.path.first == "search" && context.path.last == "-"
    if isPoint {
      completions = names.sorted().map { Completion(label: $0, kind: .name, text: "\($0): ", documentation: "") }
    }
    return (completions, context.prefix.utf8.count)
  }

  /// What the word at a place means, as Markdown, and where the word stands.
  package func hover(
    in bytes: [UInt8], at offset: Int, knowing compilation: Compilation?
  ) -> (markdown: String, range: Range<Int>)? {
    let isWord: (UInt8) -> Bool = { byte in
      byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        || Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
    }
    let place = min(offset, bytes.count)
    let start = bytes[..<place].lastIndex { !isWord($0) }.map { $0 + 1 } ?? 0
    let end = bytes[place...].firstIndex { !isWord($0) } ?? bytes.count
    guard start < end else { return nil }
    let word = String(decoding: bytes[start..<end], as: UTF8.self)
    let context = CursorContext(bytes, at: start)
    if let space = compilation?.space, !space.indices(of: word).isEmpty, namesParameter(context) {
      let meanings = space.indices(of: word).map { "- " + space.parameters[$0].meaning }
      return ("**\(word)** — a parameter\n\n" + meanings.joined(separator: "\n"), start..<end)
    }
    let path = context.path + [context.key ?? word]
    return guide.words(at: path).map { ($0, start..<end) }
  }

  /// Whether a word there that is a parameter's name means the parameter.
  private func namesParameter(_ context: CursorContext) -> Bool {
    switch (context.path.first, context.key) {
    case ("parameters"?, nil): true
    case ("parameters"?, "when"?), ("constraints"?, _), (nil, "constraints"?): true
    case ("search"?, nil): context.path.count > 1
    case ("trial"?, "run"?): true
    default: false
    }
  }
}

extension String {
  /// The last place where a text begins.
  fileprivate func lastPlace(of text: String) -> PartialRangeFrom<Index>? {
    var found: Index?
    var rest = startIndex
    while rest < endIndex {
      if self[rest...].hasPrefix(text) { found = rest }
      rest = index(after: rest)
    }
    return found.map { $0... }
  }
}

extension Domain {
  /// The values of a choice, as one writes them.
  fileprivate var listed: [String] {
    if case .choice(let values) = self { values.map { $0.text(in: self) } } else { [] }
  }
}

extension Parameter {
  /// What it means, in a sentence.
  var meaning: String {
    var words: [String] = []
    func number(_ value: Double) -> String { JSON.number(value).canonicalText }
    switch domain {
    case .float(let range):
      words.append("a number from \(number(range.lower)) to \(number(range.upper))")
      if let step = range.step { words.append("in steps of \(number(step))") }
      if range.scale == .log { words.append("every order of magnitude as likely as another") }
    case .int(let range):
      words.append("a whole number from \(range.lower) to \(range.upper)")
      if range.step > 1 { words.append("in steps of \(range.step)") }
      if range.scale == .log { words.append("every order of magnitude as likely as another") }
    case .choice(let values):
      let shown = values.prefix(12).map { "`\($0.text(in: domain))`" }.joined(separator: ", ")
      words.append("one of \(shown)\(values.count > 12 ? " and \(values.count - 12) more" : "")")
      if isOrdered { words.append("in this order") }
    case .constant(let value): words.append("always `\(value.text(in: domain))`")
    }
    switch prior {
    case .normal(let mean, let spread)?: words.append("most likely around \(number(mean)) (spread \(number(spread)))")
    case .weights(let weights)?: words.append("with the weights \(weights.map(number).joined(separator: ", "))")
    case nil: break
    }
    if let defaultValue { words.append("`\(defaultValue.text(in: domain))` if nothing is tuned") }
    if let condition { words.append("only where `\(condition)`") }
    return words.joined(separator: "; ")
  }
}

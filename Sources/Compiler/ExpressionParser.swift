internal import Search

/// An expression as it is written, each part with its place; what its names mean is not known yet.
struct ParsedExpression: Sendable {
  indirect enum Content: Sendable {
    case constant(Value)
    case name(String)
    case not(ParsedExpression)
    case negative(ParsedExpression)
    case and(ParsedExpression, ParsedExpression)
    case or(ParsedExpression, ParsedExpression)
    case compare(Expression.Comparison, ParsedExpression, ParsedExpression)
    case calculate(Expression.Operation, ParsedExpression, ParsedExpression)
    case member(ParsedExpression, [ParsedExpression])
    case call(Expression.Function, [ParsedExpression])
  }

  var content: Content
  var span: Span
  /// Of a whole expression: what is written like one name with dashes, `weight-decay`, and may be one.
  var dashedNames: [Located<String>] = []
  /// How many parts there are within one another.
  var height = 0
}

extension ParsedExpression.Content {
  fileprivate var height: Int {
    switch self {
    case .constant, .name: 0
    case .not(let inner), .negative(let inner), .member(let inner, _): inner.height + 1
    case .and(let left, let right), .or(let left, let right), .compare(_, let left, let right),
      .calculate(_, let left, let right):
      max(left.height, right.height) + 1
    case .call(_, let arguments): (arguments.map(\.height).max() ?? 0) + 1
    }
  }
}

/// Reads the language of `when` and `constraints`: comparisons, arithmetic, `and`, `or`, `not`, `in`, some functions.
///
/// Precedence climbing (Richards, 1979); from the least binding: `or`, `and`, `not`, comparison, sum, product, sign,
/// power. It stops at the first mistake, since what follows one would be guessed.
struct ExpressionParser {
  private struct Token {
    enum Kind: Equatable {
      case number(Double)
      case text(String)
      case name(String)
      /// A name, and never a word of the language.
      case placeholder(String)
      /// An operator, a bracket or a comma, as it is written.
      case symbol(String)
      case end
    }

    var kind: Kind
    var start: Int
    var end: Int
  }

  /// The first mistake.
  private struct Mistake: Error {
    var message: Message
    var span: Span
    var fix: Fix?
  }

  /// Parts within one another beyond this are refused: `a + b + c` is two, and `((a))` as well.
  private static let maximumDepth = 200
  private static let symbols = [
    "**", "//", "==", "!=", "<=", ">=", "&&", "||", "<>", "=", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]",
    ",", "!", "&", "|", "^",
  ]

  private let characters: [Character]
  private let places: ScalarPlaces
  private var tokens: [Token] = []
  private var index = 0
  private var depth = 0

  /// Nil, with a diagnostic, when the text is no expression.
  static func parse(
    _ text: Located<String>, in source: SourceText, into diagnostics: inout Diagnostics
  ) -> ParsedExpression? {
    var parser = ExpressionParser(text, in: source)
    do {
      return try parser.whole()
    } catch {
      diagnostics.report(error.message, at: error.span, fix: error.fix)
      return nil
    }
  }

  private init(_ text: Located<String>, in source: SourceText) {
    characters = Array(text.value)
    places = ScalarPlaces(text, in: source)
  }

  private mutating func whole() throws(Mistake) -> ParsedExpression {
    try split()
    var expression = try or()
    guard current.kind == .end else { throw unexpected() }
    expression.dashedNames = dashedNames
    return expression
  }

  /// Names with nothing but dashes between them, the longest first.
  private var dashedNames: [Located<String>] {
    var found: [Located<String>] = []
    for first in tokens.indices {
      var (name, last) = ("", first)
      while case .name(let part) = tokens[last].kind, last == first || tokens[last].start == tokens[last - 1].end {
        name += part
        if last > first { found.append(Located(name, at: places.span(tokens[first].start, tokens[last].end))) }
        guard tokens[last + 1].kind == .symbol("-"), tokens[last + 1].start == tokens[last].end else { break }
        name += "-"
        last += 2
      }
    }
    return found.sorted { $0.value.count > $1.value.count }
  }

  // MARK: - Words

  private mutating func split() throws(Mistake) {
    var position = 0
    while position < characters.count {
      let character = characters[position]
      if character.isWhitespace {
        position += 1
        continue
      }
      let token = try token(at: position)
      tokens.append(token)
      position = token.end
    }
    tokens.append(Token(kind: .end, start: characters.count, end: characters.count))
  }

  private func token(at start: Int) throws(Mistake) -> Token {
    let character = characters[start]
    if Self.isNameStart(character) {
      let end = endOfRun(from: start) { Self.isNameStart($0) || Self.isDigit($0) || $0 == "." }
      return Token(kind: .name(String(characters[start..<end])), start: start, end: end)
    }
    if Self.isDigit(character)
      || (character == "." && start + 1 < characters.count && Self.isDigit(characters[start + 1]))
    {
      return try number(at: start)
    }
    if character == "\"" || character == "'" { return try text(at: start) }
    if character == "$" { return try placeholder(at: start) }
    let rest = String(characters[start..<min(start + 2, characters.count)])
    guard var symbol = Self.symbols.first(where: { rest.hasPrefix($0) }) else {
      throw Mistake(message: .unexpectedInExpression("`\(character)`"), span: places.span(start, start + 1))
    }
    // What other languages compare with is one word: `===`, `=<`.
    if "=<>!&|".contains(character) {
      symbol = String(characters[start..<endOfRun(from: start) { "=<>!&|".contains($0) }])
    }
    return Token(kind: .symbol(symbol), start: start, end: start + symbol.count)
  }

  private func number(at start: Int) throws(Mistake) -> Token {
    var end = endOfRun(from: start) { Self.isDigit($0) || $0 == "." }
    if end < characters.count, characters[end] == "e" || characters[end] == "E" {
      let sign = end + 1 < characters.count && "+-".contains(characters[end + 1]) ? 1 : 0
      end = endOfRun(from: end + 1 + sign) { Self.isDigit($0) }
    }
    // What is glued to a number belongs to it, and makes it none: `10ms`.
    end = endOfRun(from: end) { Self.isNameStart($0) || Self.isDigit($0) }
    let written = String(characters[start..<end])
    let complete = written.hasPrefix(".") ? "0" + written : written.hasSuffix(".") ? written + "0" : written
    guard let value = Double(complete), value.isFinite else {
      throw Mistake(message: .unexpectedInExpression("`\(written)` is no number, and"), span: places.span(start, end))
    }
    return Token(kind: .number(value), start: start, end: end)
  }

  private func text(at start: Int) throws(Mistake) -> Token {
    var text = ""
    var position = start + 1
    while position < characters.count, characters[position] != characters[start] {
      if characters[position] == "\\", position + 1 < characters.count { position += 1 }
      text.append(characters[position])
      position += 1
    }
    guard position < characters.count else {
      throw Mistake(message: .openTextInExpression, span: places.span(start, characters.count))
    }
    return Token(kind: .text(text), start: start, end: position + 1)
  }

  /// `${name}`, for a name that would be read as a calculation: `${weight-decay}`.
  private func placeholder(at start: Int) throws(Mistake) -> Token {
    guard start + 1 < characters.count, characters[start + 1] == "{",
      let end = characters[start...].firstIndex(of: "}"), end > start + 2
    else { throw Mistake(message: .unexpectedInExpression("`$`"), span: places.span(start, start + 1)) }
    return Token(kind: .placeholder(String(characters[(start + 2)..<end])), start: start, end: end + 1)
  }

  private func endOfRun(from start: Int, _ belongs: (Character) -> Bool) -> Int {
    characters[min(start, characters.count)...].firstIndex { !belongs($0) } ?? characters.count
  }

  private static func isNameStart(_ character: Character) -> Bool { character == "_" || character.isLetter }
  private static func isDigit(_ character: Character) -> Bool { "0123456789".contains(character) }

  // MARK: - Sentences

  private var current: Token { tokens[index] }

  private mutating func take(_ symbol: String) -> Bool {
    guard current.kind == .symbol(symbol) else { return false }
    index += 1
    return true
  }

  private mutating func take(word: String) -> Bool {
    guard current.kind == .name(word) else { return false }
    index += 1
    return true
  }

  private func joined(_ content: ParsedExpression.Content, from start: Int) throws(Mistake) -> ParsedExpression {
    let span = places.span(tokens[start].start, tokens[max(start, index - 1)].end)
    let expression = ParsedExpression(content: content, span: span, height: content.height)
    guard expression.height <= Self.maximumDepth else { throw tooDeep(at: tokens[index - 1]) }
    return expression
  }

  private func tooDeep(at token: Token) -> Mistake {
    Mistake(message: .expressionTooDeep(Self.maximumDepth), span: places.span(token.start, token.end))
  }

  private mutating func or() throws(Mistake) -> ParsedExpression {
    let start = index
    var left = try and()
    while take(word: "or") { left = try joined(.or(left, and()), from: start) }
    return left
  }

  private mutating func and() throws(Mistake) -> ParsedExpression {
    let start = index
    var left = try not()
    while take(word: "and") { left = try joined(.and(left, not()), from: start) }
    return left
  }

  private mutating func not() throws(Mistake) -> ParsedExpression {
    let start = index
    guard take(word: "not") else { return try comparison() }
    return try joined(.not(try deeper { parser throws(Mistake) in try parser.not() }), from: start)
  }

  private mutating func comparison() throws(Mistake) -> ParsedExpression {
    let start = index
    let left = try sum()
    guard let result = try compared(left, from: start) else { return left }
    // `1 < x < 3` would be read as `(1 < x) < 3`.
    let next = index
    if try compared(result, from: start) != nil {
      throw Mistake(message: .chainedComparison, span: places.span(tokens[next].start, tokens[next].end))
    }
    return result
  }

  /// The left side compared with what follows; nil when no comparison does.
  private mutating func compared(_ left: ParsedExpression, from start: Int) throws(Mistake) -> ParsedExpression? {
    if case .symbol(let symbol) = current.kind, let comparison = Expression.Comparison(rawValue: symbol) {
      index += 1
      return try joined(.compare(comparison, left, try sum()), from: start)
    }
    if take(word: "in") { return try joined(.member(left, try list()), from: start) }
    if current.kind == .name("not"), tokens[index + 1].kind == .name("in") {
      index += 2
      let member = try joined(.member(left, try list()), from: start)
      return try joined(.not(member), from: start)
    }
    return nil
  }

  private mutating func list() throws(Mistake) -> [ParsedExpression] {
    guard take("[") else { throw unexpected("a list, such as `[1, 2]`, belongs here") }
    var elements: [ParsedExpression] = []
    while !take("]") {
      if !elements.isEmpty, !take(",") { throw unexpected("`,` or `]` belongs here") }
      elements.append(try sum())
    }
    return elements
  }

  private mutating func sum() throws(Mistake) -> ParsedExpression {
    let start = index
    var left = try product()
    while let operation = operation(["+", "-"]) {
      left = try joined(.calculate(operation, left, product()), from: start)
    }
    return left
  }

  private mutating func product() throws(Mistake) -> ParsedExpression {
    let start = index
    var left = try sign()
    while let operation = operation(["*", "/", "//", "%"]) {
      left = try joined(.calculate(operation, left, sign()), from: start)
    }
    return left
  }

  private mutating func sign() throws(Mistake) -> ParsedExpression {
    let start = index
    guard take("-") else { return try power() }
    let inner = try deeper { parser throws(Mistake) in try parser.sign() }
    if case .constant(let value) = inner.content, let number = value.number {
      return try joined(.constant(Value(untyped: -number)), from: start)
    }
    return try joined(.negative(inner), from: start)
  }

  private mutating func power() throws(Mistake) -> ParsedExpression {
    let start = index
    let base = try primary()
    guard let operation = operation(["**"]) else { return base }
    return try joined(
      .calculate(operation, base, try deeper { parser throws(Mistake) in try parser.sign() }), from: start)
  }

  private mutating func operation(_ symbols: [String]) -> Expression.Operation? {
    guard case .symbol(let symbol) = current.kind, symbols.contains(symbol) else { return nil }
    index += 1
    return Expression.Operation(rawValue: symbol)
  }

  private mutating func primary() throws(Mistake) -> ParsedExpression {
    let start = index
    switch current.kind {
    case .number(let value):
      index += 1
      return try joined(.constant(Value(untyped: value)), from: start)
    case .text(let text):
      index += 1
      return try joined(.constant(.string(text)), from: start)
    case .name("true"), .name("True"), .name("false"), .name("False"):
      let isTrue = current.kind == .name("true") || current.kind == .name("True")
      index += 1
      return try joined(.constant(.bool(isTrue)), from: start)
    case .name("and"), .name("or"), .name("in"): throw unexpected()
    case .placeholder(let name):
      index += 1
      return try joined(.name(name), from: start)
    case .name(let name):
      index += 1
      guard take("(") else { return try joined(.name(name), from: start) }
      return try call(name, from: start)
    case .symbol("("):
      index += 1
      let inner = try deeper { parser throws(Mistake) in try parser.or() }
      guard take(")") else { throw unexpected("`)` belongs here") }
      return inner
    case .symbol, .end: throw unexpected()
    }
  }

  private mutating func call(_ name: String, from start: Int) throws(Mistake) -> ParsedExpression {
    guard let function = Expression.Function(rawValue: name) else {
      throw Mistake(
        message: .unknownFunction(name), span: places.span(tokens[start].start, tokens[start].end))
    }
    var arguments: [ParsedExpression] = []
    while !take(")") {
      if !arguments.isEmpty, !take(",") { throw unexpected("`,` or `)` belongs here") }
      arguments.append(try deeper { parser throws(Mistake) in try parser.sum() })
    }
    let call = try joined(.call(function, arguments), from: start)
    guard function.arity.contains(arguments.count) else {
      throw Mistake(message: .wrongArgumentCount(function, arguments.count), span: call.span)
    }
    return call
  }

  private mutating func deeper<Result>(
    _ read: (inout ExpressionParser) throws(Mistake) -> Result
  ) throws(Mistake) -> Result {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw tooDeep(at: current) }
    return try read(&self)
  }

  private func unexpected(_ expected: String? = nil) -> Mistake {
    let token = current
    let span = places.span(token.start, token.end)
    switch token.kind {
    case .symbol(let symbol) where Self.meant[symbol] != nil:
      let meant = Self.meant[symbol] ?? ""
      // What is wrong on both sides is not mended by halves.
      let next = tokens[min(index + 1, tokens.count - 1)].kind
      let isAlone = if case .symbol(let other) = next { ["(", "-", "["].contains(other) } else { next != .end }
      let fix =
        places.isExact
        ? Fix("write `\(meant)`", replacing: span, with: meant, isSafe: isAlone && symbol != "=>") : nil
      return Mistake(message: .foreignOperator(symbol, meant: meant), span: span, fix: fix)
    case .end: return Mistake(message: .unfinishedExpression(expected), span: span)
    default:
      let written = String(characters[token.start..<token.end])
      return Mistake(message: .unexpectedInExpression("`\(written)`", expected), span: span)
    }
  }

  /// How other languages write what is written otherwise here.
  private static let meant = [
    "=": "==", "&&": "and", "||": "or", "!": "not", "<>": "!=", "^": "**", "&": "and", "|": "or",
    "===": "==", "!==": "!=", "=<": "<=", "=>": ">=", "=!": "!=", "><": "!=",
  ]
}

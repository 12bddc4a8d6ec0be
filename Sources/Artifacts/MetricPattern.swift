/// A line that reports metrics, as a person would write it down: `epoch {epoch:int} val loss {val_loss:float}`.
///
/// Text stands for itself, and blanks for one or more of them. `{name:int}` and `{name:float}` are metrics, `{name}` is
/// short for a float, `{name:word}` is passed over up to the next blank or the text that follows; `{{` and `}}` are braces.
package struct MetricPattern: Hashable, Sendable {
  package enum Piece: Hashable, Sendable {
    /// Without blanks.
    case text([UInt8])
    case blanks
    case value(name: String, Kind)
  }

  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case int
    case float
    case word
  }

  package let text: String
  package let pieces: [Piece]

  /// The names of its metrics, in order.
  package var metrics: [String] {
    pieces.compactMap { piece in
      if case .value(let name, let kind) = piece, kind != .word { name } else { nil }
    }
  }

  package init(_ text: String) throws(MetricPatternError) {
    self.text = text
    var parser = Parser(text)
    pieces = try parser.pieces()
    if metrics.isEmpty {
      throw MetricPatternError(0..<text.utf8.count, .noMetric)
    }
  }
}

/// What is wrong with a pattern, and where.
package struct MetricPatternError: Error, Hashable {
  package enum Reason: Hashable, Sendable {
    case openBrace
    case strayBrace
    case noName
    case unknownKind(String)
    case nameTwice(String)
    case touching
    case noMetric
  }

  /// In bytes of the text.
  package var range: Range<Int>
  package var reason: Reason

  init(_ range: Range<Int>, _ reason: Reason) {
    self.range = range
    self.reason = reason
  }

  package var problem: String {
    switch reason {
    case .openBrace: "a brace is not closed"
    case .strayBrace: "a brace closes nothing"
    case .noName: "a value has no name"
    case .unknownKind(let kind): "there is no kind of value `\(kind)`"
    case .nameTwice(let name): "`\(name)` stands twice"
    case .touching: "two values touch: nothing says where one ends"
    case .noMetric: "it names no metric"
    }
  }
}

private struct Parser {
  private let bytes: [UInt8]
  private var position = 0
  private var found: [MetricPattern.Piece] = []
  private var literal: [UInt8] = []
  private var names = Set<String>()

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func pieces() throws(MetricPatternError) -> [MetricPattern.Piece] {
    while position < bytes.count {
      let byte = bytes[position]
      let isDoubled = position + 1 < bytes.count && bytes[position + 1] == byte
      switch byte {
      case UInt8(ascii: "{") where !isDoubled: try value()
      case UInt8(ascii: "}") where !isDoubled: throw MetricPatternError(position..<position + 1, .strayBrace)
      case UInt8(ascii: "{"), UInt8(ascii: "}"):
        literal.append(byte)
        position += 2
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        finishLiteral()
        if found.last != .blanks { found.append(.blanks) }
        position += 1
      default:
        literal.append(byte)
        position += 1
      }
    }
    finishLiteral()
    // A line's own indentation says nothing.
    if found.first == .blanks { found.removeFirst() }
    if found.last == .blanks { found.removeLast() }
    return found
  }

  private mutating func finishLiteral() {
    if !literal.isEmpty { found.append(.text(literal)) }
    literal.removeAll()
  }

  private mutating func value() throws(MetricPatternError) {
    let start = position
    guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "}")),
      !bytes[(start + 1)..<end].contains(UInt8(ascii: "{"))
    else { throw MetricPatternError(start..<bytes.count, .openBrace) }
    finishLiteral()
    let parts = bytes[(start + 1)..<end].split(
      separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false
    ).map { String(decoding: $0, as: UTF8.self) }
    let (name, kindName) = (parts[0], parts.count > 1 ? parts[1] : MetricPattern.Kind.float.rawValue)
    let range = start..<end + 1
    guard !name.isEmpty else { throw MetricPatternError(range, .noName) }
    guard let kind = MetricPattern.Kind(rawValue: kindName) else {
      throw MetricPatternError(range, .unknownKind(kindName))
    }
    guard names.insert(name).inserted else { throw MetricPatternError(range, .nameTwice(name)) }
    if case .value? = found.last { throw MetricPatternError(range, .touching) }
    found.append(.value(name: name, kind))
    position = end + 1
  }
}

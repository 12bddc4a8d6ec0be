/// A node of the YAML document: what is written, not yet what it means.
struct SyntaxNode: Sendable {
  indirect enum Content: Sendable {
    case scalar(Scalar)
    case sequence([SyntaxNode])
    case mapping([Entry])
  }

  struct Scalar: Sendable {
    var text: String
    /// Whether it stands without quotes and is no block: only then can it be a number, a truth value or null.
    var isPlain: Bool
  }

  struct Entry: Sendable {
    var key: Located<String>
    /// As `Scalar.isPlain`.
    var keyIsPlain: Bool
    var value: SyntaxNode
  }

  var content: Content
  /// Where it stands, or where the alias stands that stands for it.
  var span: Span
  /// Where the anchor's node stands, for an alias.
  var anchored: Span?
  /// How many nodes it has with all aliases followed.
  var size: Int

  var kind: String {
    switch content {
    case .scalar(let scalar) where scalar.isPlain && isNull: "nothing"
    case .scalar: "a single value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  /// Whether it is `null`, `~` or empty, by YAML's core schema.
  var isNull: Bool {
    guard case .scalar(let scalar) = content, scalar.isPlain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
  }

  var scalar: Scalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }
}

/// A node of the YAML document: what is written, not yet what it means.
struct SyntaxNode: Sendable {
  enum Content: Sendable {
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
  /// Where it stands, or where the alias or the merge key stands that brings it here.
  var span: Span
  /// Where the node itself stands, when an alias or a merge key brings it here.
  var anchored: Span?
  /// How many values it has, itself among them, with all aliases followed.
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
    switch scalar.text {
    case "", "~", "null", "Null", "NULL": return true
    default: return false
    }
  }

  var scalar: Scalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }

  /// The text of a single value, as messages repeat it.
  var writtenText: String { scalar?.text ?? kind }

  /// The node as an alias or a merge key brings it to another place: what is wrong with it there is told there, with
  /// a note at where it stands.
  func used(at place: Span) -> SyntaxNode {
    var node = self
    node.anchored = anchored ?? span
    node.span = place
    switch content {
    case .scalar: break
    case .sequence(let elements): node.content = .sequence(elements.map { $0.used(at: place) })
    case .mapping(let entries):
      node.content = .mapping(
        entries.map { SyntaxNode.Entry(key: $0.key, keyIsPlain: $0.keyIsPlain, value: $0.value.used(at: place)) })
    }
    return node
  }
}

internal import Artifacts

/// What the schema of experiments says of a place: which keys and values belong there, and what they mean.
struct SchemaGuide {
  private let root: JSON

  init() throws(DocumentError) { root = try JSON(document: Schema.experiment.bytes) }

  /// The schemas that hold for what a path leads to: several where a value may have several forms.
  ///
  /// They are those of a whole experiment: a file that extends another has the same keys, of which it needs none.
  func schemas(at path: [String]) -> [JSON] {
    path.reduce(forms(of: root["else"] ?? root)) { schemas, key in schemas.flatMap { below($0, key) } }
  }

  /// The keys of the mapping at a path, each with its schema, in the schema's order.
  func keys(at path: [String]) -> [(name: String, schema: JSON)] {
    var keys: [(name: String, schema: JSON)] = []
    for schema in schemas(at: path) {
      for member in schema["properties"]?.members ?? [] where !keys.contains(where: { $0.name == member.name }) {
        keys.append((member.name, member.value))
      }
    }
    return keys
  }

  /// The values that are named for what a path leads to.
  func values(at path: [String]) -> [String] {
    var values: [String] = []
    for schema in schemas(at: path) {
      for value in schema["enum"]?.array ?? [] { values.append(value.string ?? value.canonicalText) }
      if let value = schema["const"] { values.append(value.string ?? value.canonicalText) }
      if schema["type"]?.string == "boolean" { values += ["true", "false"] }
    }
    return values
  }

  /// The title, the description and the default of what a path leads to, as Markdown; nil when the schema says nothing.
  func words(at path: [String]) -> String? {
    for schema in schemas(at: path) {
      guard let description = schema["description"]?.string else { continue }
      let title = schema["title"]?.string.map { "**\($0)** — " } ?? ""
      let standard = schema["default"].map { "\n\nDefault: `\($0.canonicalText)`" } ?? ""
      let example = schema["examples"]?.array?.first.map { "\n\nFor example: `\(Self.yaml($0))`" } ?? ""
      return title + description + standard + example
    }
    return nil
  }

  /// An example as one would write it on a line.
  static func yaml(_ value: JSON) -> String {
    switch value {
    case .object(let members): "{" + members.map { "\($0.name): \(yaml($0.value))" }.joined(separator: ", ") + "}"
    case .array(let elements): "[" + elements.map(yaml).joined(separator: ", ") + "]"
    case .string(let text): text.contains { "{}[],#:&*!|>'\"%@`$".contains($0) } ? value.canonicalText : text
    default: value.canonicalText
    }
  }

  private func below(_ schema: JSON, _ key: String) -> [JSON] {
    if key == "-" {
      guard let items = schema["items"] else { return [] }
      return (items.array ?? [items]).flatMap { forms(of: $0) }
    }
    if let property = schema["properties"]?[key] { return forms(of: property) }
    return schema["additionalProperties"].map { forms(of: $0) } ?? []
  }

  /// A schema with its references followed, and each of its alternatives.
  private func forms(of schema: JSON, depth: Int = 0) -> [JSON] {
    guard depth < 16, schema.members != nil else { return [] }
    var forms = [schema]
    if let reference = schema["$ref"]?.string { forms += self.forms(of: resolved(reference), depth: depth + 1) }
    for keyword in ["anyOf", "oneOf", "allOf"] {
      for form in schema[keyword]?.array ?? [] { forms += self.forms(of: form, depth: depth + 1) }
    }
    return forms
  }

  private func resolved(_ reference: String) -> JSON {
    reference.dropFirst(2).split(separator: "/").reduce(root) { $0[String($1)] ?? .null }
  }
}

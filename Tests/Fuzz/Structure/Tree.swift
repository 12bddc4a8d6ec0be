/// What an experiment file says, apart from how it is spelt.
indirect enum Tree: Hashable {
  /// What stands without quotes: its letters decide what it is.
  case plain(String)
  case text(String)
  case list([Tree])
  case mapping([Entry])

  struct Entry: Hashable {
    var key: String
    var value: Tree
  }

  /// Whether a key stands twice in some mapping: then the order says which of the two counts.
  var hasDuplicates: Bool {
    switch self {
    case .plain, .text: false
    case .list(let elements): elements.contains(where: \.hasDuplicates)
    case .mapping(let entries):
      Set(entries.map(\.key)).count < entries.count || entries.contains(where: \.value.hasDuplicates)
    }
  }

  /// With every mapping the other way round, which means the same: only the labels of a choice have an order.
  var reversed: Tree {
    switch self {
    case .plain, .text: self
    case .list(let elements): .list(elements.map(\.reversed))
    case .mapping(let entries):
      .mapping(
        entries.reversed().map { entry in
          guard entry.key == "choice", case .mapping(let labels) = entry.value else {
            return Entry(key: entry.key, value: entry.value.reversed)
          }
          return Entry(
            key: entry.key, value: .mapping(labels.map { Entry(key: $0.key, value: $0.value.reversed) }))
        })
    }
  }
}

/// Spells a tree as YAML.
struct Speller {
  /// Where they are spent: blocks, and texts in double quotes.
  private var choices: Choices
  private let isFlow: Bool
  private var anchors: [Tree: String] = [:]
  private var count = 0

  /// In one line, as JSON has it, or by choice.
  init(isFlow: Bool = false, choices: Choices = Choices([])) {
    self.isFlow = isFlow
    self.choices = choices
  }

  mutating func spell(_ tree: Tree) -> [UInt8] {
    let text = isFlow ? flow(tree) : block(tree, indent: 0)
    let file = (text.first == "\n" ? String(text.dropFirst()) : text) + "\n"
    return Array((choices.oneIn(4) ? file.replacing("\n", with: "\r\n") : file).utf8)
  }

  /// What stands behind a key or a dash: a collection begins on the next line, anything else after a space.
  private mutating func block(_ tree: Tree, indent: Int) -> String {
    if let alias = alias(tree) { return " " + alias }
    let anchor = anchor(tree)
    let margin = "\n" + String(repeating: " ", count: indent)
    switch tree {
    case .list(let elements) where !elements.isEmpty && !choices.oneIn(2):
      return anchor + elements.map { margin + "-" + block($0, indent: indent + 2) }.joined()
    case .mapping(let entries) where !entries.isEmpty && !choices.oneIn(2):
      return anchor
        + entries.map { entry in
          let comment = choices.oneIn(8) ? margin + "# a comment: [" : ""
          return comment + margin + quoted(entry.key) + ":" + block(entry.value, indent: indent + 1 + choices.below(3))
        }.joined()
    case .text(let text) where Self.fitsBlock(text) && choices.oneIn(8):
      return "\(anchor) |-\(margin) \(text)"
    default:
      return "\(anchor) \(flow(tree, isAnchored: true))\(choices.oneIn(8) ? " # ]" : "")"
    }
  }

  private mutating func flow(_ tree: Tree, isAnchored: Bool = false) -> String {
    if !isAnchored, let alias = alias(tree) { return alias }
    let anchor = isAnchored ? "" : anchor(tree).drop { $0 == " " } + " "
    switch tree {
    case .plain(let text): return anchor + text
    case .text(let text): return anchor + quoted(text)
    case .list(let elements):
      return anchor + "[" + elements.map { flow($0) }.joined(separator: choices.oneIn(4) ? "  ,  " : ", ") + "]"
    case .mapping(let entries):
      return anchor + "{" + entries.map { "\(quoted($0.key)): \(flow($0.value))" }.joined(separator: ", ") + "}"
    }
  }

  private mutating func quoted(_ text: String) -> String {
    switch choices.below(3) {
    case 1 where text.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) || $0 == "é" }:
      "'\(text.replacing("'", with: "''"))'"
    case 2 where Self.isWord(text): text
    default: "\"\(text.unicodeScalars.map(Self.escaped).joined())\""
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"", "\\": "\\\(scalar)"
    case " "..."~": String(scalar)
    default: "\\U" + String(String(0x1_0000_0000 + UInt64(scalar.value), radix: 16).dropFirst())
    }
  }

  /// Letters that are a text without quotes as well, in YAML 1.1 and 1.2.
  private static func isWord(_ text: String) -> Bool {
    let taken = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
    return text.first?.isLetter ?? false && !taken.contains(text.lowercased())
      && text.utf8.allSatisfy { $0 < 0x80 && (Character(Unicode.Scalar($0)).isLetter || $0 == UInt8(ascii: "_")) }
  }

  private static func fitsBlock(_ text: String) -> Bool {
    !text.isEmpty && !text.hasPrefix(" ") && !text.hasPrefix("#")
      && text.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) }
  }

  private mutating func alias(_ tree: Tree) -> String? {
    guard let name = anchors[tree], choices.oneIn(2) else { return nil }
    return "*\(name)"
  }

  private mutating func anchor(_ tree: Tree) -> String {
    guard anchors[tree] == nil, choices.oneIn(8) else { return "" }
    count += 1
    // Only what is complete may be repeated, and it does not contain itself.
    anchors[tree] = "a\(count)"
    return " &a\(count)"
  }
}

/// E0: what is wrong with the bytes, or with the YAML. A code keeps its meaning for good.
extension Message {
  static func tooLarge(_ size: Int) -> Message {
    Message(
      "E0001", "the file has \(size) bytes; the most is \(SourceText.maximumSize)", "",
      help: "an experiment is a short text: is this the right file?")
  }

  static func notUTF8(_ offset: Int) -> Message {
    Message(
      "E0002", "the file is not UTF-8: byte \(offset) is no part of a character", "here", help: "save the file as UTF-8"
    )
  }

  static let utf16 = Message("E0003", "the file is UTF-16", "", help: "save the file as UTF-8")

  static let nulInFile = Message("E0004", "the file has a NUL byte", "here", help: "is this the right file?")

  /// - Parameter hasPlaceholder: whether a placeholder stands before the place, on the same line.
  static func syntax(_ problem: String, hasPlaceholder: Bool = false) -> Message {
    Message(
      "E0101", "this is not YAML: \(problem)", "here",
      help: hasPlaceholder ? "between `{` and `}`, a value that holds `${…}` must be in quotes" : nil)
  }

  static let tabIndentation = Message(
    "E0102", "a tab cannot indent", "this is a tab", help: "use spaces: YAML does not allow tabs for indentation")

  static let severalDocuments = Message(
    "E0103", "the file has more than one document", "a second one begins here", help: "write one experiment per file")

  static let emptyFile = Message(
    "E0104", "the file is empty", "", help: "an experiment begins with `attune: 1`, a `name` and an `objective`")

  static let tooDeep = Message("E0105", "this is nested more than \(YAMLReader.maximumDepth) levels deep", "here")

  static let tooManyNodes = Message(
    "E0106", "the file has more than \(YAMLReader.maximumNodes) values, with every alias followed",
    "the limit is passed here")

  static func unknownAlias(_ name: String, known: [String]) -> Message {
    Message(
      "E0107", "no anchor `&\(name)` stands above", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `*\($0)`?" })
  }

  static func aliasOfItself(_ name: String) -> Message {
    Message("E0108", "`*\(name)` stands within the value that it names", "this would never end")
  }

  static func tag(_ tag: String) -> Message {
    Message("E0109", "a tag (`\(tag)`) has no meaning here", "", help: "remove it: the key above a value says its type")
  }

  static func duplicateKey(_ key: String) -> Message {
    Message("E0110", "the key `\(key)` stands twice", "and again here", help: "remove one of them")
  }

  static func keyIsNotText(_ kind: String) -> Message { Message("E0111", "a key is a text, and this is \(kind)") }
}

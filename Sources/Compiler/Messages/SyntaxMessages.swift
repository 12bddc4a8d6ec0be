/// E0: what is wrong with the bytes, or with the YAML. A code keeps its meaning for good.
extension Message {
  // MARK: The bytes

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

  static func controlCharacter(_ text: String) -> Message {
    let name = text.unicodeScalars.first.map(Lookalike.name) ?? ""
    return Message(
      "E0156", "the file has a control character (\(name))", "here",
      help: "remove it; within double quotes it can be written as an escape, such as `\\e` or `\\x07`")
  }

  static let utf32 = Message("E0157", "the file is UTF-32", "", help: "save the file as UTF-8")

  // MARK: The document

  static let severalDocuments = Message(
    "E0103", "the file has more than one document", "a second one begins here", help: "write one experiment per file")

  static let emptyFile = Message(
    "E0104", "the file is empty", "", help: "an experiment begins with `attune: 1`, a `name` and an `objective`")

  static let tooDeep = Message("E0105", "this is nested more than \(YAMLReader.maximumDepth) levels deep", "here")

  static let tooManyNodes = Message(
    "E0106", "the file has more than \(YAMLReader.maximumNodes) values, with every alias followed",
    "the limit is passed here")

  static let tooManyMistakes = Message(
    "E0158", "there are more than \(YAMLReader.maximumMistakes) mistakes", "what follows is not read",
    help: "is this the right file?")

  static let blockAfterMarker = Message(
    "E0142", "a mapping or a list cannot begin on the line of `---`", "this needs a line of its own",
    help: "begin a new line after `---`, or remove it")

  static func yamlVersion(_ version: String?) -> Message {
    Message(
      "E0143", version.map { "experiments are YAML 1.2, and this says \($0)" } ?? "this does not say a version of YAML",
      "", help: "write `%YAML 1.2`, or remove the line and the `---` below it")
  }

  static func directive(_ name: String) -> Message {
    Message("E0144", "the directive `\(name)` has no meaning here", "", help: "remove the line")
  }

  static let duplicateDirective = Message(
    "E0145", "the version of YAML is said twice", "and again here", help: "remove one of the lines")

  static let directiveWithoutDocument = Message(
    "E0146", "`---` is missing below the version of YAML", "the document should begin after this",
    help: "write `---` on a line of its own below it, or remove this line")

  static let directiveBelow = Message(
    "E0147", "a line that begins with `%` can stand only at the top of a file", "not here",
    help: "remove it, or put it in quotes if it is a text")

  // MARK: Lines and indentation

  static let tabIndentation = Message(
    "E0102", "a tab cannot indent", "this is a tab", help: "use spaces: YAML does not allow tabs for indentation")

  static let noSpaceAfterColon = Message(
    "E0118", "a space is missing after the colon", "put a space behind it",
    help: "YAML takes `a:1` as a text; `a: 1` is a key and its value")

  static let noColon = Message(
    "E0119", "this line is no `key: value`", "a colon and a space are missing",
    help: "each line of a mapping is `key: value`; a text of several lines is indented more than its key")

  static let secondColon = Message(
    "E0120", "a line holds one `key: value` only", "a second colon",
    help: "put the value in quotes if the colon belongs to it, or begin a new, indented line")

  static func belowValue(isKey: Bool) -> Message {
    Message(
      "E0121", isKey ? "a key cannot stand below a value" : "this stands below a value that is over",
      isKey ? "this key is indented as if it belonged to it" : "not a part of it",
      help: "indent it as the key that it belongs beside, or remove the value above")
  }

  static func notInLine(_ what: String) -> Message {
    Message(
      "E0122", "this line is indented otherwise than the \(what)", "not in their column", help: "indent it as they are")
  }

  static let entryOnKeyLine = Message(
    "E0123", "an entry of a list cannot stand on the line of its key", "this begins an entry",
    help: "begin a new line before the `-`, write `[a, b]`, or put it in quotes if it is a text")

  static let dashAmongKeys = Message(
    "E0124", "an entry of a list stands among the keys of a mapping", "the lines above are keys",
    help: "a mapping has keys only: indent the list below its own key")

  static let keyAmongDashes = Message(
    "E0125", "a line without `-` stands among the entries of a list", "the lines above begin with `-`",
    help: "begin it with `- `, or indent it as a part of the entry above")

  static let commentWithoutSpace = Message(
    "E0136", "a comment needs a space before its `#`", "no space before this", help: "put a space there")

  static func flowIndentation(_ what: String) -> Message {
    Message(
      "E0135", "a line within \(what) must be indented more than the key that they belong to", "indented too little",
      help: "indent it by some spaces more")
  }

  static func blockHeader(_ style: Character) -> Message {
    Message(
      "E0132", "a text after `\(style)` must begin on the next line", "not here",
      help: "only `+`, `-`, a digit and a comment may stand behind `\(style)`")
  }

  static let blockIndentation = Message(
    "E0133", "this line is indented less than the first of its text", "indented too little",
    help: "indent all lines of the text by at least as much as the first")

  static let emptyLineIndentation = Message(
    "E0134", "an empty line above has more spaces than this, the first line of the text", "indented less",
    help: "remove the spaces of the empty lines")

  // MARK: Brackets

  static func unclosedBracket(_ bracket: Character) -> Message {
    Message(
      "E0112", "this `\(bracket)` is not closed", "opened here", help: "add the `\(bracket == "[" ? "]" : "}")`")
  }

  static func strayBracket(_ bracket: Character) -> Message {
    Message(
      "E0113", "this `\(bracket)` closes nothing", "no open `\(bracket == "]" ? "[" : "{")`",
      help: "remove it, or put the value in quotes if it is a part of it")
  }

  static let noComma = Message(
    "E0115", "a comma is missing between two entries", "before this",
    help: "entries within brackets are separated by commas")

  static let commaWithoutValue = Message(
    "E0116", "nothing stands before this comma", "a value is missing", help: "remove the comma")

  static let colonWithoutKey = Message(
    "E0117", "nothing stands before this colon", "a key is missing",
    help: "write the key, or put the value in quotes if the colon is a part of it")

  static let dashInFlow = Message(
    "E0126", "a `-` begins no entry within brackets", "this would begin an entry of a list of lines",
    help: "within brackets, entries are separated by commas; put a dash that is a text in quotes")

  static let placeholderInBrackets = Message(
    "E0141", "between brackets, a value that holds `${…}` must be in quotes", "this opens a bracket",
    help: "put the value in quotes")

  // MARK: Texts

  static func textAfterValue(quote: Character?) -> Message {
    let help =
      switch quote {
      case "'": "within single quotes, a quote is written twice: `'it''s'`"
      case "\"": "within double quotes, a quote is written `\\\"`"
      default: "put the whole value in quotes if this is a part of it"
      }
    return Message(
      "E0101", quote == nil ? "the value goes on after its end" : "the text goes on after its closing quote",
      "this is too much", help: help)
  }

  static func unclosedQuote(_ quote: Character) -> Message {
    Message("E0114", "this `\(quote)` is not closed", "opened here", help: "add the closing `\(quote)`")
  }

  static func cannotBegin(_ character: Character) -> Message {
    Message("E0127", "a value cannot begin with `\(character)`", "here", help: "put the value in quotes")
  }

  static func badEscape(_ text: String) -> Message {
    Message(
      "E0137", "`\(text)` is no escape", "",
      help: "write `\\\\` for a backslash, or use single quotes, where it means itself")
  }

  static func oddQuotes(_ quote: Unicode.Scalar) -> Message {
    Message(
      "E0154", "these are not the quotes that YAML knows (\(Lookalike.name(quote)))", "to YAML, they are letters",
      help: "use `\"` or `'`")
  }

  static func oddSpace(_ scalar: Unicode.Scalar) -> Message {
    Message(
      "E0153", "this is no space to YAML: \(Lookalike.name(scalar))", "it looks like a space", help: "put a space there"
    )
  }

  static func lookalikeNumber(_ text: String, _ letter: Unicode.Scalar, meant: String) -> Message {
    Message(
      "E0155", "a character of `\(text)` is not what it looks like: \(Lookalike.name(letter))",
      "looks like `\(meant)`", help: "write `\(meant)` in ASCII characters")
  }

  static func invisible(_ scalar: Unicode.Scalar) -> Message {
    Message(
      "E0152", "a character that cannot be seen: \(Lookalike.name(scalar))", "here",
      help: "remove it, or put the value in quotes if it belongs there")
  }

  // MARK: Keys

  static func duplicateKey(_ key: String) -> Message {
    Message("E0110", "the key `\(key)` stands twice", "and again here", help: "remove one of them")
  }

  static func keyIsNotText(_ kind: String) -> Message { Message("E0111", "a key is a text, and this is \(kind)") }

  static let keyTooLong = Message(
    "E0138", "a key has at most \(YAMLReader.maximumKey) bytes", "this has more",
    help: "is a quote or the end of a line missing?")

  static let keyOverLines = Message(
    "E0139", "a key must stand on one line", "this has several", help: "write it on one line")

  static let explicitKey = Message(
    "E0140", "`? ` begins a key that is no text", "here", help: "write `key: value`, or put the value in quotes")

  static func equivalentKey(_ key: String) -> Message {
    Message(
      "E0150", "the key `\(key)` stands twice, written with other characters that look the same", "and again here",
      help: "a letter and its accent are one character or two: the keys are equal in Unicode's normal form (NFC)")
  }

  static func confusableKey(_ key: String, _ letter: Unicode.Scalar, meant: String) -> Message {
    Message(
      "E0151", "a letter of the key `\(key)` is not what it looks like: \(Lookalike.name(letter))",
      "looks like `\(meant)`", help: "write `\(meant)` in ASCII letters")
  }

  // MARK: Anchors, aliases, merge keys, tags

  static func unknownAlias(_ name: String, known: [String]) -> Message {
    Message(
      "E0107", "no anchor `&\(name)` stands above", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `*\($0)`?" }
        ?? "`*` begins the name of an anchor: a text that begins with it stands in quotes")
  }

  static func aliasOfItself(_ name: String) -> Message {
    Message("E0108", "`*\(name)` stands within the value that it names", "this would never end")
  }

  static func tag(_ tag: String) -> Message {
    Message("E0109", "a tag (`\(tag)`) has no meaning here", "", help: "remove it: the key above a value says its type")
  }

  static func noAnchorName(_ sign: String) -> Message {
    Message(
      "E0128", "a name is missing after `\(sign)`", "here",
      help: sign == "&"
        ? "`&name` gives a value a name; a text that begins with `&` stands in quotes"
        : "`*name` stands for the value named `&name`; a text that begins with `*` stands in quotes")
  }

  static let twoProperties = Message(
    "E0129", "a value has one anchor, and an alias has none", "one too many", help: "remove one of them")

  static let textAfterProperty = Message(
    "E0130", "a space is missing after the name of an anchor or a tag", "this is no part of the name",
    help: "put a space before it")

  static let propertyBeforeDash = Message(
    "E0131", "the anchor of a list cannot stand before its first `-`", "not here",
    help: "write it behind the key of the list")

  static func mergeOf(_ kind: String) -> Message {
    Message(
      "E0148", "`<<` brings in the keys of a mapping, and this is \(kind)", "",
      help: "write `<<: *name`, or `<<: [*first, *second]`, with the names of mappings")
  }
}

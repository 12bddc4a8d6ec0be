import Artifacts
import Testing

@testable import Compiler

@Suite("YAML")
struct YAMLTests {
  @Test("What is YAML gives its tree, and what is not says what and where", arguments: YAMLCase.all)
  func reading(example: YAMLCase) {
    let reading = Reading(Array(example.text.utf8))
    #expect(reading.tree == example.tree)
    #expect(reading.mistakes == example.mistakes)
  }

  @Test("The table has at least 200 cases, and accepts and refuses")
  func size() {
    #expect(YAMLCase.all.count >= 200)
    #expect(YAMLCase.all.count { $0.tree == nil } >= 100)
    #expect(YAMLCase.all.count { $0.tree != nil } >= 100)
    #expect(YAMLCase.all.allSatisfy { ($0.tree == nil) == !$0.mistakes.isEmpty })
  }

  @Test("A safe fix takes its mistake away, and brings no other", arguments: YAMLCase.all.filter { $0.tree == nil })
  func fixes(example: YAMLCase) {
    let before = Reading(Array(example.text.utf8))
    for diagnostic in before.diagnostics {
      guard let fix = diagnostic.fix, fix.isSafe else { continue }
      let after = Reading(fix.applied(to: Array(example.text.utf8)))
      #expect(after.mistakes.count < before.mistakes.count, "\(fix.title)")
    }
  }

  @Test("Some mistakes have a safe fix, and it gives what was meant")
  func meant() {
    func fixed(_ text: String) -> String? {
      let fix = Reading(Array(text.utf8)).diagnostics.first?.fix
      return fix.flatMap { $0.isSafe ? Reading($0.applied(to: Array(text.utf8))).tree : nil }
    }
    #expect(fixed("lr:0.1\nb: 2") == #"{"lr": "0.1", "b": "2"}"#)
    #expect(fixed("a:\n\tb: 1\n\tc:\n\t\td: 2") == #"{"a": {"b": "1", "c": {"d": "2"}}}"#)
    #expect(fixed("a: {run: python ${args}}") == #"{"a": {"run": "python ${args}"}}"#)
    #expect(fixed("a: @b c # d") == #"{"a": "@b c"}"#)
    #expect(fixed("a: \u{201C}b\u{201D}") == #"{"a": "b"}"#)
    #expect(fixed("\u{43E}bjective: 1") == #"{"objective": "1"}"#)
    #expect(fixed("a: !!float 1") == #"{"a": "1"}"#)
    #expect(fixed("a: 'b'# c") == #"{"a": "b"}"#)
    // Nobody knows how wide a tab was meant to be beside spaces.
    #expect(fixed("a:\n\tb: 1\n  c: 2") == nil)
  }

  @Test(
    "What is shown of a mistake ends between characters",
    arguments: ["\u{7BDA}", "q\u{301}", "\u{1F469}\u{200D}\u{1F52C}"])
  func wholeCharacters(character: String) throws {
    let diagnostic = try #require(Reading(Array("a: \"\\\(character)\"".utf8)).diagnostics.first)
    #expect(diagnostic.message.text.contains("`\\\(character.unicodeScalars.prefix(1).map(String.init).joined())"))
    #expect(!diagnostic.message.text.contains("\u{FFFD}"))
  }

  @Test("What is made to exhaust time or memory is refused soon")
  func bombs() {
    func codes(_ text: String) -> [String] { Reading(Array(text.utf8)).mistakes.map { String($0.prefix(5)) } }
    for opener in ["[", "{a: ", "[{a: ", "- ", "{? ", "\"", "&a ", "[&a "] {
      let mistakes = codes("a: " + String(repeating: opener, count: 20_000))
      #expect(mistakes.count == 1, "\(opener): \(mistakes.prefix(3))")
    }
    #expect(codes(String(repeating: "- ", count: 20_000)) == ["E0105"])
    #expect(codes(String(repeating: "k", count: 1 << 16) + ": v") == ["E0138"])
    #expect(codes((0..<70).map { String(repeating: " ", count: $0) + "a:\n" }.joined()) == ["E0105"])
    let list = "- &a [\(String(repeating: "x,", count: 10_000))]\n"
    #expect(codes(list + String(repeating: "- *a\n", count: 100)) == ["E0106"])
    let merges =
      "a0: &a0 {k: 1}\n" + (1...30).map { "a\($0): &a\($0) {x\($0): *a\($0 - 1), <<: *a\($0 - 1)}\n" }.joined()
    #expect(codes(merges) == ["E0106"])
  }

  @Test("Reading ends after 100 mistakes")
  func many() {
    let mistakes = Reading(Array(String(repeating: "a: b: c\n", count: 200).utf8)).mistakes
    #expect(mistakes.count == 101)
    #expect(mistakes.last == "E0158 101:1")
    #expect(mistakes.dropLast().allSatisfy { $0.hasPrefix("E0120") })
    // One in each section, and one in the last line.
    let sections = (0..<200).map { "a\($0):\n  b: c: d\n" }.joined()
    #expect(Reading(Array(sections.utf8)).mistakes.count == 101)
    #expect(Reading(Array(String(repeating: "a: b: c\n", count: 100).utf8)).mistakes.count == 100)
  }

  @Test("A line that ends with CR, LF or both is one line")
  func places() {
    for end in ["\n", "\r\n", "\r"] {
      #expect(Reading(Array("a: 1\(end)b: c: d\(end)".utf8)).mistakes == ["E0120 2:5"])
    }
  }

  @Test("What a merge key brings in and is wrong there is told at its use")
  func merged() throws {
    let compilation = compile(
      Array(
        Experiment.text(["parameters:\n  a: &a {float: [0, 1]}\n  b: {<<: *a, scale: log}"]).utf8), path: "e.yaml",
      inputs: .recorded([]))
    let diagnostic = try #require(compilation.diagnostics.first)
    #expect(compilation.diagnostics.count == 1 && diagnostic.message.code == "E2008")
    #expect(compilation.sources.place(of: diagnostic.span).line == 6)
    #expect(compilation.sources.place(of: diagnostic.span).column == 11)
    let note = try #require(diagnostic.related.first)
    #expect(compilation.sources.place(of: note.span).line == 5)
    #expect(compilation.sources.place(of: note.span).column == 18)
  }

  @Test("A mistake behind an alias that is one by itself is told once")
  func once() {
    let text = Experiment.text(["parameters:\n  a: &a {float: [1, 0]}\n  b: *a\n  c: {<<: *a, scale: log}"])
    let codes = compile(Array(text.utf8), path: "e.yaml", inputs: .recorded([])).diagnostics.map(\.message.code)
    #expect(codes == ["E2007"])
  }

  @Test("The letter is named with its code point, and so are quotes and spaces")
  func letters() {
    func text(_ yaml: String) -> String? { Reading(Array(yaml.utf8)).diagnostics.first?.message.text }
    #expect(text("\u{43E}bjective: 1")?.contains("U+043E CYRILLIC SMALL LETTER O") ?? false)
    #expect(text("a: \u{A0}b")?.contains("U+00A0 NO-BREAK SPACE") ?? false)
    #expect(text("a: \u{201C}b\u{201D}")?.contains("U+201C LEFT DOUBLE QUOTATION MARK") ?? false)
    #expect(text("na\u{200B}me: b")?.contains("U+200B ZERO WIDTH SPACE") ?? false)
  }

  @Test(
    "What YAML 1.1 reads otherwise, and the spelling that both read alike",
    arguments: [
      ("1e-3", "a text", "1.0e-3"), ("1E5", "a text", "1.0e+5"), ("1.5e3", "a text", "1.5e+3"),
      ("-.5", "a text", "-0.5"), ("+.5e-1", "a text", "0.5e-1"), ("0o17", "a text", "15"), ("on", "true", "\"on\""),
      ("No", "false", "\"No\""), ("12:30:45", "the number 45045", "\"12:30:45\""),
      ("1:30.5", "the number 90.5", "\"1:30.5\""),
      ("2024-01-31", "a date", "\"2024-01-31\""), ("2024-1-31 10:00:00", "a date", "\"2024-1-31 10:00:00\""),
      ("0b101", "the number 5", "\"0b101\""), ("-0x1F", "the number -31", "\"-0x1F\""),
      ("1_0.5", "the number 10.5", "\"1_0.5\""), ("010", "the number 8", "\"010\""),
    ])
  func yaml11(text: String, reading: String, spelling: String) {
    let other = YAML11Reading(of: text)
    #expect(other?.text == reading)
    #expect(other?.spelling == spelling)
  }

  @Test(
    "What both read alike needs no warning",
    arguments: [
      "1", "-17", "+1", "0", "0x1F", ".5", "1.", "1.5", "1.0e-3", "1.5e+3", "true", "False", "adam", "y", "n", "1.2.3",
      "12:75", "0:30", "2024-1-1", "2024-01", "08", "", "-", "x1e3", "e3", "1e", "null", "10m",
    ])
  func sameInYAML11(text: String) {
    #expect(YAML11Reading(of: text) == nil)
  }
}

/// What the reader makes of a text: its tree, as JSON, or its mistakes.
struct Reading {
  /// Nil when there are mistakes.
  var tree: String?
  var diagnostics: [Diagnostic]
  /// Codes, with lines and columns.
  var mistakes: [String]

  init(_ bytes: [UInt8]) {
    var found = Diagnostics()
    var sources = Sources()
    let source = sources.add(path: "e.yaml", bytes: bytes)
    let root = YAMLReader.read(source, into: &found)
    tree = found.hasErrors ? nil : root.map(Self.json)
    diagnostics = found.all
    mistakes = found.all.map { diagnostic in
      let (_, line, column) = sources.place(of: diagnostic.span)
      return "\(diagnostic.message.code) \(line):\(column)"
    }
  }

  private static func json(_ node: SyntaxNode) -> String {
    switch node.content {
    case .scalar where node.isNull: "null"
    case .scalar(let scalar): JSON.string(scalar.text).canonicalText
    case .sequence(let elements): "[" + elements.map(json).joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{"
        + entries.map { "\(JSON.string($0.key.value).canonicalText): \(json($0.value))" }.joined(separator: ", ") + "}"
    }
  }
}

extension Fix {
  func applied(to bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for edit in edits.reversed() { result.replaceSubrange(edit.span.range, with: edit.replacement.utf8) }
    return result
  }
}

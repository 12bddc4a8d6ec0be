import Artifacts
import Testing

@testable import Compiler

@Suite("The bytes of an experiment file")
struct FileTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var code: String
    var bytes: [UInt8]
    var line = 1
    var column = 1

    var testDescription: String { code }
  }

  static let good = Array(Experiment.text([]).utf8)

  static let cases = [
    Case(code: "E0001", bytes: good + [UInt8](repeating: 0x0a, count: 16 << 20)),
    Case(code: "E0002", bytes: good + Array("# é".utf8) + [0xff], line: 8, column: 4),
    Case(code: "E0002", bytes: [0xc3]),
    Case(code: "E0003", bytes: [0xff, 0xfe, 0x61, 0]),
    Case(code: "E0003", bytes: [0xfe, 0xff, 0, 0x61]),
    Case(code: "E0003", bytes: "attune: 1".utf8.flatMap { [$0, 0] }),
    Case(code: "E0003", bytes: "attune: 1".utf8.flatMap { [0, $0] }),
    Case(code: "E0157", bytes: [0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]),
    Case(code: "E0157", bytes: [0, 0, 0xfe, 0xff, 0, 0, 0, 0x61]),
    Case(code: "E0157", bytes: "attune: 1".utf8.flatMap { [$0, 0, 0, 0] }),
    Case(code: "E0157", bytes: "attune: 1".utf8.flatMap { [0, 0, 0, $0] }),
    Case(code: "E0156", bytes: good + Array("# \u{1B}[31m".utf8), line: 8, column: 3),
    Case(code: "E0156", bytes: good + Array("# \u{7F}".utf8), line: 8, column: 3),
    Case(code: "E0156", bytes: good + Array("# \u{80}".utf8), line: 8, column: 3),
    Case(code: "E0156", bytes: good + Array("# \u{FFFE}".utf8), line: 8, column: 3),
    Case(code: "E0002", bytes: good + [0x23, 0xed, 0xa0, 0x80], line: 8, column: 2),
    Case(code: "E0002", bytes: good + [0x23, 0xc0, 0x80], line: 8, column: 2),
    Case(code: "E0002", bytes: [0xef, 0xbb, 0xbf] + good + [0xe2, 0x82], line: 8, column: 1),
    Case(code: "E0004", bytes: good + [0x23, 0, 0x0a], line: 8, column: 2),
    Case(code: "E0105", bytes: Array(("a: " + String(repeating: "[", count: 100_000)).utf8), column: 67),
    Case(code: "E0106", bytes: Array(bomb.utf8), line: 6, column: 45),
  ]

  /// Ten to the power of ten values, if every alias were followed.
  private static let bomb = (1...10).reduce("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n") { text, level in
    text + "a\(level): &a\(level) [" + [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
  }

  @Test("Bytes that are no experiment are refused early", arguments: cases)
  func refused(file: Case) throws {
    let compilation = compile(file.bytes, path: "e.yaml", inputs: .recorded([]))
    let diagnostic = try #require(compilation.diagnostics.first)
    #expect(compilation.diagnostics.count == 1)
    #expect(diagnostic.message.code == file.code)
    #expect(compilation.sources.all[0].position(at: diagnostic.span.range.lowerBound) == (file.line, file.column))
    #expect(compilation.plan == nil)
    #expect(!diagnostic.text(in: compilation.sources).isEmpty)
  }

  @Test("A file of exactly the most bytes is read")
  func largest() {
    let comment = [0x23] + [UInt8](repeating: 0x78, count: SourceText.maximumSize - Self.good.count - 1)
    let compilation = compile(Self.good + comment, path: "e.yaml", inputs: .recorded([]))
    #expect(compilation.diagnostics.isEmpty && compilation.plan != nil)
  }

  @Test("64 levels are read")
  func depth() {
    let nested = String(repeating: "[", count: 62) + String(repeating: "]", count: 62)
    func codes(_ value: String) -> [String] {
      compile(Array("a: \(value)\n".utf8), path: "e.yaml", inputs: .recorded([])).diagnostics.map(\.message.code)
    }
    #expect(!codes(nested).contains("E0105"))
    #expect(!codes("[\(nested)]").contains("E0105"))
    #expect(codes("[[\(nested)]]") == ["E0105"])
  }

  @Test("A byte order mark, CRLF and a last line without its end mean nothing")
  func forms() {
    let text = Experiment.text([])
    let forms = [
      Array(text.utf8), [0xef, 0xbb, 0xbf] + Array(text.utf8), Array(text.replacing("\n", with: "\r\n").utf8),
      Array(text.dropLast().utf8), Array(text.replacing("\n", with: "\r").utf8),
    ]
    let plans = forms.map { compile($0, path: "e.yaml", inputs: .recorded([])).plan }
    #expect(plans.allSatisfy { $0 != nil && $0 == plans[0] })
  }

  @Test("No truncation of an experiment crashes the compiler")
  func truncated() {
    let bytes = Array(Marked.several.text.utf8)
    for count in 0..<bytes.count {
      let compilation = compile(Array(bytes.prefix(count)), path: "e.yaml", inputs: .recorded([]))
      for diagnostic in compilation.diagnostics { #expect(!diagnostic.text(in: compilation.sources).isEmpty) }
      #expect(!compilation.diagnostics.isEmpty)
    }
  }
}

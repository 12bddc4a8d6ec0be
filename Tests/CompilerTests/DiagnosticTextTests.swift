import Testing

@testable import Compiler

/// Whole diagnostics, as people see them.
@Suite("The text of diagnostics")
struct DiagnosticTextTests {
  private func render(_ text: String) -> String {
    let compilation = compile(Array(text.utf8), path: "sweeps/e.yaml", inputs: .recorded([]))
    return compilation.diagnostics.map { $0.text(in: compilation.sources) }.joined(separator: "\n")
  }

  @Test("A message, the line, a caret, and help")
  func plain() {
    let expected = """
      error[E2012]: the step does not divide the range
       --> sweeps/e.yaml:4:38
        |
      4 | parameters: {lr: {int: [0, 9], step: 4}}
        |                                      ^ 9 / 4 is no whole number
        |
        = help: change a bound or the step, so that the upper bound is reached

      """
    #expect(render(Experiment.text(["parameters: {lr: {int: [0, 9], step: 4}}"])) == expected)
  }

  @Test("A warning without help")
  func warning() {
    let expected = """
      warning[W3003]: the plateau can never end the search: it waits for 99 trials after the first, and there are 10
       --> sweeps/e.yaml:8:31
        |
      8 | stopping: [{plateau: {trials: 99}}]
        |                               ^^

      """
    #expect(render(Experiment.text(["stopping: [{plateau: {trials: 99}}]"])) == expected)
  }

  @Test("A second place, and a margin as wide as the largest line number")
  func related() {
    let text = Experiment.text(["budget:\n  trials: 10\n\n\n\n  trials: 20"])
    let expected = """
      error[E0110]: the key `trials` stands twice
        --> sweeps/e.yaml:11:3
         |
      7  |   trials: 10
         |   ------ it stands here first
      ...
      11 |   trials: 20
         |   ^^^^^^ and again here
         |
         = help: remove one of them

      """
    #expect(render(text) == expected)
  }

  @Test("Two places on a line share the row of marks")
  func sharedLine() {
    let expected = """
      error[E3009]: the same point stands twice
       --> sweeps/e.yaml:5:46
        |
      5 | search: {strategy: list, points: [{lr: 0.1}, {lr: 0.1}]}
        |                                   ---------  ^^^^^^^^^ and again here
        |                                   |
        |                                   it stands here first
        |
        = help: remove one of them

      """
    #expect(render(Experiment.text(["search: {strategy: list, points: [{lr: 0.1}, {lr: 0.1}]}"])).hasPrefix(expected))
  }

  @Test("A line alone between two is shown")
  func between() {
    let expected = """
      7 |   trials: 10
        |   ------ it stands here first
      8 |   parallel: 2
      9 |   trials: 10
        |   ^^^^^^ and again here
        |
        = help: remove one of them

      """
    #expect(render(Experiment.text(["budget:\n  trials: 10\n  parallel: 2\n  trials: 10"])).contains(expected))
  }

  /// The row with the line and the row with the carets of a diagnostic at `xyz`, behind a text.
  private func rows(behind text: String) -> [Substring] {
    let rows = render(Experiment.text(["trial: {run: 'a \(text) ${args}', metrics: {from: xyz}}"])).split(
      separator: "\n")
    guard let index = rows.firstIndex(where: { $0.contains("from: xyz") }), index + 1 < rows.count else { return [] }
    return Array(rows[index...index + 1])
  }

  /// What each character takes: the figures are those of terminals, by hand.
  @Test(
    "The caret is below its letter whatever stands before it",
    arguments: [
      ("é", 1), ("e\u{301}", 1), ("→", 1), ("学習率", 6), ("한국", 4), ("ﾊﾟ", 2), ("Ａ", 2), ("😀", 2), ("👩‍👩‍👧‍👦", 2), ("🇩🇪", 2),
      ("❤", 1), ("❤\u{FE0F}", 2), ("👍🏽", 2), ("a\u{336}", 1), ("שלום", 4), ("नमस्ते", 4), ("\u{1100}\u{1161}\u{11A8}", 2),
    ])
  func width(text: String, width: Int) {
    let rows = rows(behind: text)
    let caret = rows[1].split(separator: "^", omittingEmptySubsequences: false)[0].count
    #expect(caret == "7 | trial: {run: 'a  ${args}', metrics: {from: ".count + width)
    #expect(rows[1].hasSuffix(" ^^^"))
    #expect(rows[0].contains(text))
  }

  @Test("A tab goes to the next fourth column, in the line and above the caret alike")
  func tabs() {
    let expected = """
      error[E1001]: `budget` has no key `zebra`
       --> sweeps/e.yaml:6:23
        |
      6 | budget: {trials: 10,     zebra: 1}
        |                          ^^^^^ not a key of `budget`
        |
        = help: the keys are `trials`, `fidelity`, `parallel`, `time`, `cpu_hours`, `gpu_hours`, `cost` and `rates`

      """
    #expect(render(Experiment.text(["budget: {trials: 10,\t zebra: 1}"])) == expected)
  }

  @Test("A byte order mark and carriage returns move nothing and are not shown")
  func carriageReturns() {
    let text = Experiment.text(["name: a/b"])
    let windows = "\u{feff}" + text.replacing("\n", with: "\r\n")
    let expected = """
      error[E1006]: `a/b` cannot name an experiment
       --> sweeps/e.yaml:2:7
        |
      2 | name: a/b
        |       ^^^
        |
        = help: at most 64 letters of a–z and A–Z, digits, `_`, `-` and `.`; the first is none of `-` and `.`. It names a \
      folder of results

      """
    #expect(render(windows) == expected)
  }

  @Test("What is missing is shown where it belongs, with one caret")
  func missing() {
    let expected = """
      error[E1002]: `objective` has no `minimize`
       --> sweeps/e.yaml:3:12
        |
      3 | objective: {target: 1}
        |            ^ it belongs in here
        |
        = help: for example `objective: {minimize: val_error}`

      """
    #expect(render(Experiment.text(["objective: {target: 1}"])) == expected)
  }

  @Test("A stretch over several lines has a bar beside it")
  func severalLines() {
    let expected = """
      error[E1003]: `name` should be a text
       --> sweeps/e.yaml:2:7
        |
      2 |   name: {a: 1,
        |  _______^
      3 | |   b: 2}
        | |_______^ this is a mapping

      """
    #expect(render(Experiment.text(["name: {a: 1,\n  b: 2}"])) == expected)
  }

  @Test("Of a stretch over many lines the first and the last are shown")
  func manyLines() {
    let expected = """
      error[E1003]: `name` should be a text
       --> sweeps/e.yaml:3:3
        |
      3 | /   a: 1
      ... |
      8 | |   f: 6
        | |______^ this is a mapping

      """
    #expect(render(Experiment.text(["name:\n  a: 1\n  b: 2\n  c: 3\n  d: 4\n  e: 5\n  f: 6"])) == expected)
  }

  @Test("What lies in another file is shown from there")
  func anotherFile() {
    var sources = Sources()
    let own = sources.add(path: "e.yaml", bytes: Array("search: {strategy: x}\n".utf8))
    let base = sources.add(path: "base.yaml", bytes: Array("# base\nsearch: {seed: 1}\n".utf8))
    var diagnostics = Diagnostics()
    diagnostics.report(
      .pointTwice, at: own.span(19..<20), related: [Related(base.span(7..<13), "`search` is set here as well")])
    let expected = """
      error[E3009]: the same point stands twice
       --> e.yaml:1:20
        |
      1 | search: {strategy: x}
        |                    ^ and again here
        ::: base.yaml:2:1
        |
      2 | search: {seed: 1}
        | ------ `search` is set here as well
        |
        = help: remove one of them

      """
    #expect(diagnostics.all.map { $0.text(in: sources) } == [expected])
  }

  @Test(
    "Of a long line a part is shown, with the caret under the right letter",
    arguments: [0, 30, 100, 110, 120, 300, 10_000, 100_000], [0, 1, 90, 5_000])
  func longLine(before: Int, after: Int) throws {
    let (head, tail) = (String(repeating: "x", count: before), String(repeating: "学\t", count: after))
    let line = "trial: {run: 'python ${args} \(head)', zebra: 1, inputs: []} # \(tail)"
    let lines = render(Experiment.text([line])).split(separator: "\n")
    let index = try #require(lines.lastIndex { $0.contains("^^^^^ not a key") })
    let shown = Array(lines[index - 1])
    let caret = try #require(lines[index].firstIndex(of: "^"))
    let column = lines[index].distance(from: lines[index].startIndex, to: caret)
    #expect(TerminalText.width(of: String(shown)) <= 124)
    #expect(String(shown[column..<column + 5]) == "zebra")
    if after == 0 { #expect(shown.contains("…") == (line.count - 1 > 120)) }
  }

  @Test("On a long line, a place far from the other is shown by itself")
  func farApart() {
    let filler = String(repeating: "x", count: 10_000)
    let text = render(Experiment.text(["trial: {inputs: [], run: 'a ${args} \(filler)', inputs: []}"]))
    #expect(text.contains("\n7 | …xxx") && text.contains("xxx', inputs: []}\n"))
    #expect(text.contains("^^^^^^ and again here\n7 | trial: {inputs: [], run: 'a ${args} xxx"))
    #expect(text.contains("xxx…\n  |         ------ it stands here first\n"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count < 140 })
  }

  @Test(
    "What could harm or deceive at a terminal is replaced",
    arguments: [
      "[\"\u{7f}\"]", "\"\\e[31m\\n\"", "\"a\u{202E}b\"", "a\u{2066}b/", "a\u{200B}b", "a\u{AD}b", "a\u{200D}b",
      "a\u{FEFF}b", "[a\u{85}b]",
    ])
  func unsafe(name: String) {
    let text = render(Experiment.text(["name: \(name)"]))
    #expect(text.contains("\u{fffd}"))
    #expect(
      text.unicodeScalars.allSatisfy {
        $0 == "\n" || ![.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
      })
  }

  @Test("With colour, the same text in colours; more is told once of each code")
  func colour() {
    let compilation = compile(
      Array(Experiment.text(["budget: {trials: 10, a: 1, b: 1}"]).utf8), path: "e.yaml", inputs: .recorded([]))
    var coloured = DiagnosticText(isColoured: true)
    var plain = DiagnosticText()
    for diagnostic in compilation.diagnostics.prefix(2) {
      let text = coloured.text(of: diagnostic, in: compilation.sources)
      #expect(text.hasPrefix("\u{1B}[1;31merror[E1001]\u{1B}[0m\u{1B}[1m: `budget` has no key `"))
      #expect(
        text.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain.text(of: diagnostic, in: compilation.sources))
      #expect(text.contains("attune explain E1001") == (diagnostic == compilation.diagnostics.first))
    }
  }

  @Test("Every marked source, cut anywhere and with any character, can be shown")
  func any() {
    for marked in Marked.quick {
      let compilation = compile(Array(marked.text.utf8), path: "e.yaml", inputs: .recorded([]))
      for diagnostic in compilation.diagnostics {
        let text = diagnostic.text(in: compilation.sources)
        #expect(text.contains("^"))
        #expect(text.split(separator: "\n").allSatisfy { !$0.hasSuffix(" ") })
      }
    }
  }
}

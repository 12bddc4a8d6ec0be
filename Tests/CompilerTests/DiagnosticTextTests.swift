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
        |

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
      11 |   trials: 20
         |   ^^^^^^ and again here
         |
         ::: sweeps/e.yaml:7:3
         |
      7  |   trials: 10
         |   ^^^^^^ it stands here first
         |
         = help: remove one of them

      """
    #expect(render(text) == expected)
  }

  @Test("The caret counts letters, not bytes: before it stand letters of two, three and four bytes")
  func nonASCII() {
    let expected = """
      error[E1018]: metrics cannot be read from `überall`
       --> sweeps/e.yaml:7:45
        |
      7 | trial: {run: 'é→😀 ${args}', metrics: {from: überall}}
        |                                             ^^^^^^^
        |
        = help: metrics are read from `auto`, `stdout`, `file`, `json`, `jsonl`, `csv` and `tensorboard`

      """
    #expect(render(Experiment.text(["trial: {run: 'é→😀 ${args}', metrics: {from: überall}}"])) == expected)
  }

  @Test("A tab before the caret is shown as one space")
  func tabs() {
    let expected = """
      error[E1001]: `budget` has no key `zebra`
       --> sweeps/e.yaml:6:23
        |
      6 | budget: {trials: 10,  zebra: 1}
        |                       ^^^^^ not a key of `budget`
        |
        = help: the keys are `trials`, `parallel` and `time`

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
        = help: at most 64 letters of a–z, digits, `_`, `-` and `.`; the first is none of `-` and `.`. It names a \
      folder of results

      """
    #expect(render(windows) == expected)
  }

  @Test("What is missing is shown where it belongs, with one caret")
  func missing() {
    let expected = """
      error[E1002]: `search` has no `strategy`
       --> sweeps/e.yaml:5:9
        |
      5 | search: {seed: 1}
        |         ^ it belongs in here
        |
        = help: for example `strategy: sobol`

      """
    #expect(render(Experiment.text(["search: {seed: 1}"])) == expected)
  }

  @Test("A stretch over several lines is marked to the end of its first")
  func severalLines() {
    let expected = """
      error[E1003]: `name` should be a text
       --> sweeps/e.yaml:2:7
        |
      2 | name: {a: 1,
        |       ^^^^^^ this is a mapping
        |

      """
    #expect(render(Experiment.text(["name: {a: 1,\n  b: 2}"])) == expected)
  }

  @Test("Of a long line a part is shown, with the caret under the right letter")
  func longLine() throws {
    let filler = String(repeating: "x", count: 300)
    let lines = render(Experiment.text(["budget: {trials: 10, \(filler): 1, zebra: 1}"])).split(separator: "\n")
    let index = try #require(lines.lastIndex { $0.contains("^^^^^ not a key") })
    let shown = Array(lines[index - 1])
    let caret = try #require(lines[index].firstIndex(of: "^"))
    let column = lines[index].distance(from: lines[index].startIndex, to: caret)
    #expect(shown.count <= 124)
    #expect(String(shown[column..<column + 5]) == "zebra")
  }

  @Test("A control character of the file reaches no terminal", arguments: ["[\"\u{7f}\"]", "\"\\e[31m\\n\""])
  func control(name: String) {
    let text = render(Experiment.text(["name: \(name)"]))
    #expect(text.contains("\u{fffd}"))
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
  }
}

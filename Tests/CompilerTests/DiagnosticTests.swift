import Artifacts
import Foundation
import TestSupport
import Testing

@testable import Compiler

@Suite("Diagnostics")
struct DiagnosticTests {
  @Test("Every mistake is reported where it stands, and nothing else is", arguments: Marked.all)
  func marked(source: Marked) {
    source.check()
  }

  @Test("Every code of the compiler is exercised, and every code exercised exists")
  func codes() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Compiler/Messages")
    let text = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    let known = Set(text.matches(of: /"([EW][0-9]{4})"/).map { String($0.1) })
    let exercised =
      Marked.all.flatMap { $0.expected.map(\.code) } + FileTests.cases.map(\.code) + InputTests.codes
      + CompositionTests.codes
      + YAMLCase.all.flatMap { $0.mistakes.map { String($0.prefix(5)) } } + ["E0158"]
    #expect(known.count > 70)
    #expect(known.subtracting(exercised).isEmpty, "not exercised")
    #expect(Set(exercised).subtracting(known).isEmpty, "not known")
  }

  @Test("There is a plan unless there is an error; a warning stops nothing")
  func severities() {
    for source in Marked.all {
      let compilation = compile(Array(source.text.utf8), path: "e.yaml", inputs: .recorded([]))
      let hasErrors = compilation.diagnostics.contains { $0.message.code.hasPrefix("E") }
      #expect((compilation.plan == nil) == hasErrors, "\(source.name)")
      for diagnostic in compilation.diagnostics {
        #expect(diagnostic.severity == (diagnostic.message.code.hasPrefix("W") ? .warning : .error))
      }
    }
  }

  private func help(_ sections: String...) -> [String?] {
    compile(Array(Experiment.text(sections).utf8), path: "e.yaml", inputs: .recorded([])).diagnostics
      .map(\.message.help)
  }

  @Test("What was probably meant is suggested, and only if it is near")
  func suggestions() {
    #expect(help("budget: {trails: 3, trials: 9}") == ["did you mean `trials`?"])
    #expect(
      help("budget: {xyz: 3, trials: 9}") == [
        "the keys are `trials`, `fidelity`, `parallel`, `time`, `cpu_hours`, `gpu_hours`, `cost` and `rates`"
      ])
    #expect(help("search: {strategy: Random}") == ["did you mean `random`?"])
    #expect(
      help("search: {strategy: zoo}") == [
        "the strategies are `auto`, `bayesian`, `tpe`, `cmaes`, `evolution`, `successive-halving`, `hyperband`, `asha`, `bohb`, `pbt`, `sobol`, `random`, `grid` and `list`"
      ])
    #expect(help("trial: {run: 'a ${arg}'}") == ["did you mean `${args}`?"])
    #expect(help("trial: {run: 'a ${lr} ${trail.dir}'}") == ["did you mean `${trial.dir}`?"])
    #expect(help("name: &nmae test", "search: {strategy: *name}") == ["did you mean `*nmae`?"])
    #expect(help("parameters: {a: {float: [0, 1], scale: lin}}") == ["the scales are `linear` and `log`"])
  }

  @Test("Words of other tools, and keys in the wrong place, are known for what they mean")
  func foreignWords() {
    #expect(help("budget: {n_trials: 3}") == ["did you mean `trials`?"])
    #expect(help("budget: {maxTrialCount: 3, workers: 2}") == ["did you mean `trials`?", "did you mean `parallel`?"])
    #expect(help("trial: {command: x}") == ["did you mean `run`?"])
    #expect(help("trial: {run: 'x ${args}', retries: 3}") == ["write `failures: {exit: {retries: 2}}`"])
    #expect(help("parameters: {a: {values: [1, 2]}}") == ["did you mean `choice`?"])
    #expect(
      help("parameters: {a: {type: float, low: 0, high: 1}}") == [
        "write a range as `float: [low, high]` or `int: [low, high]`"
      ])
    #expect(help("objective: {metric: loss, mode: min}") == ["write `minimize: METRIC` or `maximize: METRIC`"])
    #expect(help("budget: {trials: 9}\ntimeout: 3") == ["it belongs under `trial`"])
    #expect(help("trial: {run: 'x --lr {lr}'}") == ["a placeholder begins with a dollar: `${lr}`"])
    #expect(help("objective: loss") == ["its keys are `minimize`, `maximize` and `target`"])
    #expect(help("trial: {run: 'x ${args}', inputs: a.py}") == ["a list of one stands in brackets: `[…]`"])
    #expect(help("parameters: {a: {choice: [relu, tanh], default: rleu}}").first == "did you mean `relu`?")
  }

  @Test("An operator of another language is mended only where the condition is whole then")
  func operators() {
    func fix(_ constraint: String) -> (text: String?, isSafe: Bool?) {
      let text = Experiment.text(["parameters: {a: {int: [1, 4]}, b: {int: [1, 4]}}", "constraints: ['\(constraint)']"])
      let fix = compile(Array(text.utf8), path: "e.yaml", inputs: .recorded([])).diagnostics.first?.fix
      return (fix?.edits.first?.replacement, fix?.isSafe)
    }
    for (written, meant) in ["a = 3": "==", "a === 3": "==", "a =< 3": "<=", "a > 1 && b > 1": "and", "a =! 3": "!="] {
      #expect(fix(written) == (meant, true), "\(written)")
    }
    #expect(fix("a => 3") == (">=", false))
    for written in ["a = = 2", "a > 1 &&& b > 1", "a |> 3", "a = < 3"] { #expect(fix(written).isSafe != true) }
  }

  @Test("A mistake behind an alias points at the use, with a note at the anchor")
  func aliases() throws {
    let text = Experiment.text(["description: &low abc", "parameters: {a: {float: [*low, 1]}}"])
    // The description comes last; an anchor must stand first.
    let moved = "description: &low abc\n" + text.replacing("description: &low abc\n", with: "")
    let compilation = compile(Array(moved.utf8), path: "e.yaml", inputs: .recorded([]))
    let diagnostic = try #require(compilation.diagnostics.first)
    #expect(compilation.diagnostics.count == 1 && diagnostic.message.code == "E1003")
    #expect(compilation.sources.all[0].position(at: diagnostic.span.range.lowerBound) == (5, 26))
    let note = try #require(diagnostic.related.first)
    #expect(compilation.sources.all[0].position(at: note.span.range.lowerBound) == (1, 14))
    #expect(note.label == "the alias stands for this")
  }

  @Test("Diagnostics are in the order of the file, as many as there are")
  func order() {
    let compilation = compile(Array(Marked.several.text.utf8), path: "e.yaml", inputs: .recorded([]))
    let offsets = compilation.diagnostics.map(\.span.range.lowerBound)
    #expect(offsets == offsets.sorted())
  }
}

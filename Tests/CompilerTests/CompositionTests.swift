import Artifacts
import Foundation
import Search
import TestSupport
import Testing

@testable import Compiler

@Suite("What experiments extend, and what is set beside them")
struct CompositionTests {
  private static let base = """
    attune: 1
    name: base
    objective: {minimize: loss}
    parameters:
      lr: {float: [0, 1], default: 0.5}
      opt: {choice: [adam, sgd]}
    search: {strategy: random, seed: 1}
    budget: {trials: 10}
    trial: {run: 'python train.py ${args}', inputs: []}

    """

  private func compiled(_ text: String, _ bases: [String: String] = [:], set: [String] = []) -> Compilation {
    let texts = bases.map { BaseText(path: $0.key, text: $0.value) }
    return compile(
      Array(text.utf8), path: "e.yaml", inputs: .recorded([]), bases: .recorded(texts), settings: set)
  }

  private func plan(_ text: String, _ bases: [String: String] = [:], set: [String] = []) throws -> Plan {
    let compilation = compiled(text, bases, set: set)
    return try #require(compilation.plan, "\(compilation.diagnostics.map(\.message.text))")
  }

  @Test("An experiment that extends another means what it would mean written out")
  func meaning() throws {
    let child = """
      extends: base.yaml
      name: child
      parameters:
        lr: {default: null, scale: log, float: [0.1, 2]}
        opt: null
        layers: {int: [1, 4]}
      budget: {trials: 20}

      """
    let whole = Self.base.replacing("name: base", with: "name: child")
      .replacing("lr: {float: [0, 1], default: 0.5}", with: "lr: {scale: log, float: [0.1, 2]}")
      .replacing("opt: {choice: [adam, sgd]}", with: "layers: {int: [1, 4]}").replacing(
        "trials: 10", with: "trials: 20")
    let extended = try plan(child, ["base.yaml": Self.base])
    #expect(PlanDocument(extended).fileBytes == PlanDocument(try plan(whole)).fileBytes)
  }

  @Test("Files extend others in turn, each by a path relative to itself")
  func chains() throws {
    let compilation = compiled(
      "extends: a/b.yaml\nname: child\n",
      ["a/b.yaml": "extends: ../c/base.yaml\nbudget: {trials: 7}\n", "c/base.yaml": Self.base])
    let plan = try #require(compilation.plan)
    #expect(plan.search.trials == 7 && plan.name == "child")
    #expect(compilation.bases.map(\.path) == ["a/b.yaml", "c/base.yaml"])
  }

  @Test("A setting is the same as the value in the file, but for its record")
  func settings() throws {
    var set = try plan(
      Self.base,
      set: ["search.seed=5", "budget.trials=20", "parameters.opt=", "parameters.lr.float.1=0.75", "search.seed=4"])
    #expect(set.settings == ["budget.trials=20", "parameters.lr.float.1=0.75", "parameters.opt=", "search.seed=4"])
    set.settings = []
    let whole = Self.base.replacing("seed: 1", with: "seed: 4").replacing("trials: 10", with: "trials: 20")
      .replacing("  opt: {choice: [adam, sgd]}\n", with: "").replacing("[0, 1]", with: "[0, 0.75]")
    #expect(set == (try plan(whole)))
  }

  @Test("A setting reaches keys with dots, and makes keys that are not there")
  func paths() throws {
    let text = Self.base.replacing("opt:", with: "opt.name:")
    let set = try plan(text, set: ["parameters.opt.name.default=sgd", "stopping=[{plateau: {trials: 3}}]"])
    #expect(set.search.space.parameters.first { $0.name == "opt.name" }?.defaultValue == .string("sgd"))
    #expect(set.search.stopping == [.plateau(trials: 3, improvement: 0)])
  }

  static let mistakes: [(text: String, bases: [String: String], set: [String], code: String, place: String)] = [
    ("extends: b.yaml\n", [:], [], "E1080", "e.yaml:1:10"),
    ("extends: /b.yaml\n", [:], [], "E1081", "e.yaml:1:10"),
    ("extends: b.yaml\n", ["b.yaml": "extends: e.yaml\n"], [], "E1083", "b.yaml:1:10"),
    ("extends: b.yaml\nfoo: null\n", ["b.yaml": base], [], "E1085", "e.yaml:2:1"),
    ("extends: b.yaml\n", ["b.yaml": base.replacing("trials: 10", with: "trials: x")], [], "E1003", "b.yaml:8:18"),
    ("extends: b.yaml\n", ["b.yaml": "- 1\n"], [], "E1003", "b.yaml:1:1"),
    ("extends: b.yaml\n", ["b.yaml": "a: [\n"], [], "E0112", "b.yaml:1:4"),
    (base, [:], ["budget"], "E1086", "--set:1:1"), (base, [:], ["=3"], "E1086", "--set:1:1"),
    (base, [:], ["parameters.lr.float.2=3"], "E1087", "--set:1:21"),
    (base, [:], ["parameters.lr.float.x=3"], "E1087", "--set:1:21"),
    (base, [:], ["name.x=3"], "E1088", "--set:1:6"), (base, [:], ["foo="], "E1085", "--set:1:1"),
    (base, [:], ["search.sed=3"], "E1001", "--set:1:8"),
    (base, [:], ["search.seed=x"], "E1003", "--set search.seed:1:1"),
  ]

  static let codes = mistakes.map(\.code) + ["E1082"]

  @Test("A mistake is reported in the text that it stands in", arguments: mistakes.indices)
  func reported(index: Int) throws {
    let mistake = Self.mistakes[index]
    let compilation = compiled(mistake.text, mistake.bases, set: mistake.set)
    #expect(compilation.diagnostics.map(\.message.code) == [mistake.code] && compilation.plan == nil)
    let diagnostic = try #require(compilation.diagnostics.first)
    let (path, line, column) = compilation.sources.place(of: diagnostic.span)
    if !mistake.place.isEmpty { #expect("\(path):\(line):\(column)" == mistake.place) }
    #expect(diagnostic.text(in: compilation.sources).contains("--> \(path):\(line):\(column)"))
  }

  @Test("What is extended lies in the project, wherever links lead, and can be read")
  func files() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.base, to: "outside.yaml")
    try folder.write(Self.base, to: "project/base.yaml")
    try folder.write("", to: "project/sub/e.yaml")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/project/link.yaml", withDestinationPath: "../outside.yaml")
    let project = try #require(Path.resolved(folder.path + "/project"))
    func code(_ path: String) -> [String] {
      let bases = BaseOrigin.files(folder: Path.join(project, "sub"), project: project)
      return compile(Array("extends: \(path)\n".utf8), path: "e.yaml", inputs: .recorded([]), bases: bases)
        .diagnostics.map(\.message.code)
    }
    #expect(code("../base.yaml") == [])
    #expect(code("../../outside.yaml") == ["E1082"])
    #expect(code("../link.yaml") == ["E1082"])
    #expect(code("..") == ["E1080"])
    #expect(code("none.yaml") == ["E1080"])
  }
}

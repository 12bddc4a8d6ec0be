import Artifacts
import Testing

@testable import Compiler

/// An experiment's text that says itself what is wrong with it: each line may end in `#! CODE:COLUMN …`.
///
///     attune: 2 #! E1005:9
///
/// The marks are not part of what is compiled. A diagnostic that is missing fails the test, and so does one that is
/// not expected.
struct Marked: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String
  let expected: [Mark]

  struct Mark: Hashable, Sendable, CustomStringConvertible {
    var line: Int
    var column: Int
    var code: String

    var description: String { "\(line):\(column) \(code)" }
  }

  var testDescription: String { name }

  init(_ name: String, text marked: String) {
    var lines: [Substring] = []
    var marks: [Mark] = []
    for line in marked.split(separator: "\n", omittingEmptySubsequences: false) {
      let parts = line.split(separator: " #! ", maxSplits: 1, omittingEmptySubsequences: false)
      lines.append(parts.first ?? "")
      for mark in parts.dropFirst().joined().split(separator: " ") {
        let pair = mark.split(separator: ":")
        marks.append(Mark(line: lines.count, column: Int(pair.last ?? "") ?? 0, code: String(pair.first ?? "")))
      }
    }
    self.name = name
    text = lines.joined(separator: "\n")
    expected = marks
  }

  /// A good experiment with some of its sections in another text; `without` leaves sections out.
  init(_ name: String, _ sections: String..., without: [String] = []) {
    self.init(name, text: Experiment.text(sections, without: without))
  }

  /// Compares what the compiler says with the marks.
  func check(sourceLocation: SourceLocation = #_sourceLocation) {
    let found = marks(in: compile(Array(text.utf8), path: "experiment.yaml", inputs: .recorded([])))
    let missing = expected.filter { !found.contains($0) }
    let unexpected = found.filter { !expected.contains($0) }
    #expect(missing.isEmpty, "\(name): missing", sourceLocation: sourceLocation)
    #expect(unexpected.isEmpty, "\(name): unexpected", sourceLocation: sourceLocation)
    #expect(found.count == expected.count, "\(name): something is said twice", sourceLocation: sourceLocation)
  }

  func marks(in compilation: Compilation) -> [Mark] {
    compilation.diagnostics.map { diagnostic in
      let (line, column) = compilation.sources.all[0].position(at: diagnostic.span.range.lowerBound)
      return Mark(line: line, column: column, code: diagnostic.message.code)
    }
  }
}

extension Experiment {
  /// A good experiment with some sections in another text; those that it does not have come last.
  static func text(_ others: [String], without: [String] = []) -> String { Example.text(others, without: without) }

  /// What a good experiment with some sections in another text compiles to.
  static func plan(
    _ sections: String..., inputs: InputOrigin = .recorded([]), sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Plan {
    let compilation = compile(Array(text(sections).utf8), path: "experiment.yaml", inputs: inputs)
    let errors = compilation.diagnostics.filter { $0.severity == .error }
    return try #require(compilation.plan, "\(errors.map(\.message.text))", sourceLocation: sourceLocation)
  }
}

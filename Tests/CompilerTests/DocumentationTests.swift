import Foundation
import Testing

@testable import Compiler

@Suite("Experiments in the documentation")
struct DocumentationTests {
  private static func text(of page: String) throws -> String {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../\(page)")
    return try String(contentsOf: url, encoding: .utf8)
  }

  @Test("are correct", arguments: ["README.md", "docs/language.md"])
  func correct(page: String) throws {
    let blocks = try Self.text(of: page).matches(of: /```yaml\n((?s:.*?))```/).map(\.1)
      .filter { $0.hasPrefix("attune: 1") }
    #expect(!blocks.isEmpty)
    for block in blocks {
      let compilation = compile(Array(block.utf8), path: "experiment.yaml", inputs: .recorded([]))
      #expect(compilation.diagnostics.map(\.message.text) == [])
    }
  }

  /// What an experiment says where a part of one says nothing.
  private static let rest = [
    "attune": "1", "name": "part", "objective": "{minimize: val_error}",
    "parameters": "{optimizer.lr: {float: [0, 1]}, batch: 32, layers: {int: [1, 4]}, width: {int: [16, 512]}}",
    "search": "{strategy: random}", "budget": "{trials: 10}", "trial": "{run: 'train ${args}'}",
  ]

  @Test("are correct, where a part of one is shown")
  func parts() throws {
    let parts = try Self.text(of: "docs/language.md").matches(of: /```yaml part\n((?s:.*?))```/).map(\.1)
    #expect(parts.count >= 10)
    for part in parts {
      let rest = Self.rest.filter { key, _ in !"\n\(part)".contains("\n\(key):") }.map { "\($0): \($1)\n" }.joined()
      let compilation = compile(Array((rest + part).utf8), path: "experiment.yaml", inputs: .recorded([]))
      #expect(compilation.diagnostics.map(\.message.text) == [], "\(part)")
    }
  }
}

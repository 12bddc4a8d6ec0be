import Foundation
import Testing

@testable import Compiler

@Suite("Experiments in the documentation")
struct DocumentationTests {
  @Test("are correct", arguments: ["README.md", "docs/language.md"])
  func correct(page: String) throws {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../\(page)")
    let blocks = try String(contentsOf: url, encoding: .utf8).matches(of: /```yaml\n((?s:.*?))```/).map(\.1)
      .filter { $0.hasPrefix("attune: 1") }
    #expect(!blocks.isEmpty)
    for block in blocks {
      let compilation = compile(Array(block.utf8), path: "experiment.yaml", inputs: .recorded([]))
      #expect(compilation.diagnostics.map(\.message.text) == [])
    }
  }
}

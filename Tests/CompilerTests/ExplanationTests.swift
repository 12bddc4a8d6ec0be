import Artifacts
import Foundation
import TestSupport
import Testing

@testable import Compiler

@Suite("Explanations")
struct ExplanationTests {
  /// The codes that the compiler's messages have.
  static func codes() throws -> Set<String> {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Compiler/Messages")
    let text = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    return Set(text.matches(of: /"([EW][0-9]{4})"/).map { String($0.1) })
  }

  @Test("Every code has an explanation, in Sources/Compiler/Explanations, and every explanation a code")
  func complete() throws {
    let (codes, explained) = (try Self.codes(), Set(Explanation.all.map(\.code)))
    #expect(codes.subtracting(explained).sorted() == [], "codes without an explanation")
    #expect(explained.subtracting(codes).sorted() == [], "explanations of no code")
    #expect(explained.count == Explanation.all.count, "codes that are explained twice")
  }

  private func diagnostics(_ example: Example) throws -> [Diagnostic] {
    let folder = try TemporaryFolder()
    try example.makeFiles(in: folder.path)
    let path = try #require(Path.resolved(folder.path))
    return compile(
      example.bytes, path: "experiment.yaml", inputs: .folder(folder.path), bases: .files(folder: path, project: path),
      settings: example.settings
    ).diagnostics
  }

  @Test("The wrong example has the mistake, and no other", arguments: Explanation.all.map(\.code))
  func wrong(code: String) throws {
    let found = try diagnostics(try #require(Explanation[code]).wrong).map(\.message.code)
    // That there are too many mistakes is said behind those that there are.
    #expect(Set(found.last == "E0158" ? found.suffix(1) : found) == [code])
  }

  @Test("The right example is correct", arguments: Explanation.all.map(\.code))
  func right(code: String) throws {
    let found = try diagnostics(try #require(Explanation[code]).right)
    #expect(found.filter { $0.severity == .error || $0.message.code == code }.map(\.message.text) == [])
  }

  @Test("An explanation says something, in sentences and on short lines", arguments: Explanation.all.map(\.code))
  func form(code: String) throws {
    let explanation = try #require(Explanation[code])
    #expect(!explanation.title.hasSuffix(".") && explanation.title.first?.isUppercase ?? false)
    #expect(explanation.text.count > 60 && explanation.text.hasSuffix(".") && !explanation.text.contains("\n"))
    #expect(!explanation.wrong.shown.isEmpty && !explanation.right.shown.isEmpty)
    #expect(explanation.wrong.shown != explanation.right.shown)
  }

  @Test("A code is found in either case; of others the like ones are named")
  func likeness() {
    #expect(Explanation["E2007"]?.code == "E2007")
    #expect(Explanation["E9999"] == nil)
    #expect(Explanation.codes(like: "e207") == ["E2007"])
    #expect(Explanation.codes(like: "w300").starts(with: ["W3001", "W3002", "W3003"]))
    #expect(Explanation.codes(like: "w300").allSatisfy { $0.hasPrefix("W300") })
    #expect(Explanation.codes(like: "") == [])
    #expect(Explanation.codes(like: "nonsense") == [])
  }
}

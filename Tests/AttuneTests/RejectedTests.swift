import Artifacts
import Compiler
import Foundation
import TestSupport
import Testing

/// Every mistake there is, in `samples/rejected`, with what the program says of it.
///
/// With `ATTUNE_UPDATE_EXPECTED` set, the folder and docs/errors.md are written anew instead: read the change before you
/// keep it.
@Suite("Rejected samples", .serialized)
struct RejectedTests {
  private static let isUpdating = ProcessInfo.processInfo.environment["ATTUNE_UPDATE_EXPECTED"] != nil
  private static let folder = Program.repository.appendingPathComponent("samples/rejected")

  private static func bytes(_ url: URL) -> [UInt8]? { (try? Data(contentsOf: url)).map(Array.init) }

  private static func compare(_ bytes: [UInt8], with name: String) throws {
    let url = folder.appendingPathComponent(name)
    if isUpdating {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: url)
    }
    let found = try #require(Self.bytes(url), "samples/rejected/\(name) is missing")
    #expect(
      String(decoding: found, as: UTF8.self) == String(decoding: bytes, as: UTF8.self), "samples/rejected/\(name)")
  }

  /// What an example's files are called, by their paths below the folder; nil when git cannot keep them.
  private static func files(of explanation: Explanation) -> [String: [UInt8]]? {
    let example = explanation.wrong
    guard example.isSmall else { return nil }
    guard !example.files.isEmpty else { return ["\(explanation.code).yaml": example.bytes] }
    var files = ["\(explanation.code)/experiment.yaml": example.bytes]
    for case (let name, .text(let text)) in example.files { files["\(explanation.code)/\(name)"] = Array(text.utf8) }
    return files
  }

  @Test("Of every mistake the exact text is as it stands beside it", arguments: Explanation.all.map(\.code))
  func text(code: String) throws {
    let explanation = try #require(Explanation[code])
    let files = Self.files(of: explanation)
    for (name, bytes) in files ?? [:] { try Self.compare(bytes, with: name) }
    let program = try Program()
    defer { program.remove() }
    let name = files?.count == 1 ? "\(code).yaml" : "experiment.yaml"
    try Data(explanation.wrong.bytes).write(to: program.url(name))
    try explanation.wrong.makeFiles(in: program.folder.path)
    // Only a plan reads the inputs.
    let output = try program.run(
      [code == "E4012" ? "plan" : "check", name] + explanation.wrong.settings.flatMap { ["--set", $0] })
    #expect(output.code == (code.hasPrefix("W") ? 0 : 65))
    let text = (output.err + output.out).replacing(program.folder.path + "/", with: "")
      .replacing(program.folder.path, with: "FOLDER")
    try Self.compare(Array(text.utf8), with: "\(code).txt")
  }

  @Test("Each sample belongs to a code")
  func complete() throws {
    let names = Explanation.all.flatMap { explanation in
      ["\(explanation.code).txt"] + (Self.files(of: explanation) ?? [:]).keys.sorted()
    }
    let found = try #require(FileManager.default.enumerator(atPath: Self.folder.path)).compactMap { $0 as? String }
      .filter { File.kind(of: Self.folder.appendingPathComponent($0).path) == .file }
    #expect(Set(found).subtracting(names) == ["README.md"])
    #expect(Set(names).subtracting(found) == [])
    #expect(names.count { $0.hasSuffix(".txt") } >= 80)
  }

  @Test("docs/errors.md is what explain prints")
  func page() throws {
    let program = try Program()
    defer { program.remove() }
    let page = try program.run("explain", "--format", "markdown").out
    let url = Program.repository.appendingPathComponent("docs/errors.md")
    if Self.isUpdating { try Data(page.utf8).write(to: url) }
    #expect(Self.bytes(url).map { String(decoding: $0, as: UTF8.self) } == page)
  }
}

import Foundation
import Testing

/// The architecture's table: who may import what. SwiftPM refuses undeclared imports but lets transitive ones through.
@Suite("Import rules")
struct ImportRulesTests {
  private static let allowed: [String: Set<String>] = [
    "Search": [],
    "Artifacts": ["Search", "Crypto", "Glibc"],
    "Compiler": ["Search", "Artifacts"],
    "Store": ["Artifacts", "GRDB", "GRDBSQLite", "FoundationEssentials", "Glibc", "Synchronization"],
    "Execution": ["Search", "Artifacts", "Store", "CProcess", "Glibc", "Synchronization"],
    "Report": ["Search", "Artifacts"],
    "attune": ["Search", "Artifacts", "Compiler", "Store", "Execution", "Report", "ArgumentParser", "Glibc"],
  ]

  @Test("Each target imports only what the architecture allows", arguments: allowed.keys.sorted())
  func imports(_ target: String) throws {
    let folder = Program.repository.appendingPathComponent("Sources/\(target)")
    let files = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
      .filter { $0.hasSuffix(".swift") }
    #expect(!files.isEmpty)
    for file in files {
      let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let index = words.firstIndex(of: "import"), index <= 1, index + 1 < words.count else { continue }
        let module = String(words[index + 1])
        #expect(Self.allowed[target]?.contains(module) ?? false, "\(target)/\(file) imports \(module)")
      }
    }
  }

  @Test("Every target is in the table")
  func targets() throws {
    let sources = Program.repository.appendingPathComponent("Sources").path
    let targets = try FileManager.default.contentsOfDirectory(atPath: sources).filter {
      !$0.hasPrefix("C") || $0 == "Compiler"
    }
    #expect(Set(targets) == Set(Self.allowed.keys))
  }
}

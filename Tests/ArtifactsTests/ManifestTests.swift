import Search
import TestSupport
import Testing

@testable import Artifacts

@Suite("The manifest")
struct ManifestTests {
  @Test("A manifest is the same after writing and reading")
  func roundTrip() throws {
    var manifests = [Manifest.full, .full, .full]
    manifests[1].content.best = []
    manifests[1].content.conclusion.best = []
    manifests[1].content.completed = 0
    manifests[2].content.baseline = nil
    for manifest in manifests {
      let read = try Manifest(fileBytes: manifest.fileBytes)
      #expect(read.fileBytes == manifest.fileBytes)
      #expect(read.content.conclusion == manifest.content.conclusion)
      #expect(read.content.plan == manifest.content.plan)
      #expect(read.circumstances == manifest.circumstances)
      #expect(read.contentDigest == manifest.contentDigest)
    }
  }

  @Test("A change of any byte of a manifest file is refused")
  func everyByte() throws {
    let bytes = Manifest.full.fileBytes
    for index in bytes.indices {
      for byte in [bytes[index] ^ 1, bytes[index] ^ 0x20, bytes[index] == 0x30 ? 0x31 : 0x30] {
        var changed = bytes
        changed[index] = byte
        guard changed != bytes else { continue }
        try #require(throws: DocumentError.self, "byte \(index) changed to \(byte)") {
          try Manifest(fileBytes: changed)
        }
      }
    }
  }

  @Test("A manifest file that is cut short or longer is refused")
  func lengths() {
    let bytes = Manifest.full.fileBytes
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: DocumentError.self) { try Manifest(fileBytes: Array(bytes.prefix(count))) }
    }
    #expect(throws: DocumentError.self) { try Manifest(fileBytes: bytes + [0x0a]) }
  }

  @Test("Circumstances do not enter the content's digest, and a result does")
  func contentDigest() {
    var manifest = Manifest.full
    manifest.circumstances.host = "another"
    manifest.circumstances.finished += 60
    manifest.circumstances.workers = 1
    #expect(manifest.contentDigest == Manifest.full.contentDigest)
    #expect(manifest.fileBytes != Manifest.full.fileBytes)
    manifest.content.best[0].values = [0.0251]
    #expect(manifest.contentDigest != Manifest.full.contentDigest)
  }

  @Test("What is changed is named")
  func reasons() throws {
    func reason(_ old: String, _ new: String) -> String? {
      let text = String(decoding: Manifest.full.fileBytes, as: UTF8.self)
      let parts = text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
      do throws(DocumentError) {
        _ = try Manifest(fileBytes: Array(parts.joined(separator: new).utf8))
        return nil
      } catch {
        return error.description
      }
    }
    #expect(
      reason("\"value\":0.025", "\"value\":0.02") == "`content` does not have the digest that `contentDigest` states")
    #expect(
      reason("\"host\":\"node\"", "\"host\":\"mode\"") == "`circumstances` does not have the digest that it states")
    let schema = "it is of the form \"attune/manifest/v9\"; this version reads \"attune/manifest/v1\""
    #expect(reason("manifest/v1", "manifest/v9") == schema)
  }
}

import Testing

@testable import Artifacts

@Suite("Digests")
struct DigestTests {
  @Test("A digest is the SHA-256 of its type, a line feed and the bytes")
  func value() {
    // printf 'attune/plan/v1\nabc' | sha256sum
    let expected = "sha256:e6b13f73c2cc96ba7197913280aa7ab6bd49631d71ed449e2eaaed1260503835"
    #expect(Digest(of: "plan", "abc".utf8).description == expected)
  }

  @Test("The same bytes of another type have another digest")
  func domains() {
    #expect(Digest(of: "plan", [1, 2]) != Digest(of: "trial", [1, 2]))
    #expect(Digest(of: "plan", [1, 2]) == Digest(of: "plan", [1, 2]))
  }

  @Test("Pieces give the digest of the whole, also where they are not contiguous")
  func pieces() {
    var builder = DigestBuilder(of: "file")
    builder.update([1, 2])
    builder.update((3...4).lazy.map { UInt8($0) })
    builder.update([])
    #expect(builder.finish() == Digest(of: "file", [1, 2, 3, 4]))
  }

  @Test("Text form and bytes are read back, and nothing else is")
  func reading() {
    let digest = Digest(of: "plan", [])
    let text = digest.description
    #expect(text.hasPrefix("sha256:") && text.utf8.count == 71)
    #expect(text.dropFirst(7) == digest.hex && digest.short == digest.hex.prefix(12))
    #expect(Digest(text) == digest)
    #expect(Digest(bytes: digest.bytes) == digest)
    #expect(Digest(bytes: Array(digest.bytes.dropLast())) == nil)
    let bad = [
      "", digest.hex, String(text.dropLast()), text + "0", "sha256:" + digest.hex.uppercased(), "SHA256:" + digest.hex,
      "sha256:" + String(repeating: "g", count: 64), "sha512:" + digest.hex, " " + text,
    ]
    for text in bad { #expect(Digest(text) == nil, "\(text)") }
  }
}

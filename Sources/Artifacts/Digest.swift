internal import Crypto

/// A SHA-256 digest, written `sha256:<64 hexadecimal digits>`.
///
/// Every digest is of `attune/<type>/v1\n` and the bytes, so that bytes of one type never pass for another's.
package struct Digest: Hashable, Sendable, CustomStringConvertible {
  /// 32 of them.
  package let bytes: [UInt8]

  package init(of type: StaticString, _ bytes: some Sequence<UInt8>) {
    var builder = DigestBuilder(of: type)
    builder.update(bytes)
    self = builder.finish()
  }

  /// Reads what `description` writes; nil for anything else.
  package init?(_ text: String) {
    let digits = Array(text.utf8.dropFirst(Self.prefix.utf8.count))
    guard text.hasPrefix(Self.prefix), digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  /// From the bytes as `bytes` gives them; nil unless there are 32.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  fileprivate init(_ digest: SHA256.Digest) { bytes = digest.withUnsafeBytes { Array($0) } }

  package var description: String { Self.prefix + hex }

  /// The first 12 digits: enough for people, and for names of folders.
  package var short: String { String(hex.prefix(12)) }

  package var hex: String {
    String(decoding: bytes.flatMap { [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static let prefix = "sha256:"
  private static let digits = Array("0123456789abcdef".utf8)

  private static func value(_ digit: UInt8) -> UInt8? {
    digits.firstIndex(of: digit).map { UInt8($0) }
  }
}

/// Takes the bytes of a digest in piece by piece.
package struct DigestBuilder: Sendable {
  private var hash = SHA256()

  package init(of type: StaticString) {
    update("attune/".utf8)
    type.withUTF8Buffer { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    update("/v1\n".utf8)
  }

  package mutating func update(_ bytes: some Sequence<UInt8>) {
    let done: Void? = bytes.withContiguousStorageIfAvailable { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    if done == nil { hash.update(data: Array(bytes)) }
  }

  package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { hash.update(bufferPointer: $0) } }

  package func finish() -> Digest { Digest(hash.finalize()) }

  /// The first 64 bits of the digest.
  package func finishNumber() -> UInt64 {
    hash.finalize().withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
  }
}

/// Random numbers by counting: a number is a function of (seed, decision, purpose, position), so no decision depends
/// on how many numbers another one drew.
///
/// Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. The seed is the
/// key; the counter's words are the position, the decision (two words) and the purpose.
package struct RandomStream: Sendable {
  /// What the numbers are for. A value, once used, keeps its meaning for good.
  package enum Purpose: UInt32, Sendable {
    case randomPoint = 1
    case sobolMatrix = 2
    case sobolShift = 3
    case constraintCheck = 4
    /// What is drawn while an adaptive strategy decides.
    case decision = 5
    case modelFit = 6
    case candidates = 7
    /// How long runs take: no part of a search.
    case forecast = 8
    /// Functions that a model holds possible.
    case functions = 9
  }

  private let key: SIMD2<UInt32>
  private var counter: SIMD4<UInt32>
  private var block = SIMD4<UInt32>()
  private var used = 4
  private var spareNormal: Double?

  package init(seed: UInt64, decision: Int, purpose: Purpose) {
    let decision = UInt64(decision)
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    counter = SIMD4(
      0, UInt32(truncatingIfNeeded: decision), UInt32(truncatingIfNeeded: decision >> 32), purpose.rawValue)
  }

  /// 32 random bits.
  mutating func next() -> UInt32 {
    if used == 4 {
      block = Self.philox(counter: counter, key: key)
      counter[0] &+= 1
      used = 0
    }
    defer { used += 1 }
    return block[used]
  }

  /// Uniform in [0, 1), a multiple of 2^-53.
  mutating func uniform() -> Double {
    let high = UInt64(next())
    let bits = high << 32 | UInt64(next())
    return Double(bits >> 11) * 0x1p-53
  }

  /// Uniform among 0 ..< count: Lemire, "Fast random integer generation in an interval", ACM TOMACS 29, 2019.
  ///
  /// - Precondition: 1 <= count <= 2^32.
  package mutating func below(_ count: Int) -> Int {
    let bound = UInt64(count)
    var product = UInt64(next()) * bound
    let unfair = (1 << 32) % bound
    while product & 0xFFFF_FFFF < unfair { product = UInt64(next()) * bound }
    return Int(product >> 32)
  }

  /// Normally distributed with mean 0 and variance 1: the polar method of Marsaglia and Bray, SIAM Review 6, 1964.
  mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    while true {
      let (x, y) = (2 * uniform() - 1, 2 * uniform() - 1)
      let square = x * x + y * y
      guard square > 0x1p-100, square < 1 else { continue }
      let factor = (-2 * Arithmetic.log(square) / square).squareRoot()
      spareNormal = y * factor
      return x * factor
    }
  }

  /// Puts elements into a random order, every one equally likely: Fisher and Yates.
  mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in (1..<elements.count).reversed() { elements.swapAt(last, below(last + 1)) }
  }

  static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (words, key) = (counter, key)
    for _ in 0..<10 {
      let left = UInt64(words[0]) * 0xD251_1F53
      let right = UInt64(words[2]) * 0xCD9E_8D57
      words = SIMD4(
        UInt32(truncatingIfNeeded: right >> 32) ^ words[1] ^ key[0], UInt32(truncatingIfNeeded: right),
        UInt32(truncatingIfNeeded: left >> 32) ^ words[3] ^ key[1], UInt32(truncatingIfNeeded: left))
      key = key &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return words
  }
}

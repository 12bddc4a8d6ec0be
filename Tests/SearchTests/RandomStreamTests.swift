import TestSupport
import Testing

@testable import Search

@Suite("Random numbers by counting")
struct RandomStreamTests {
  /// The known answers of Random123 1.14 (`tests/kat_vectors`), philox4x32 with 10 rounds.
  @Test(
    "Philox gives the known answers",
    arguments: [
      ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      (
        [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ] as [([UInt32], [UInt32], [UInt32])])
  func knownAnswers(counter: [UInt32], key: [UInt32], expected: [UInt32]) {
    #expect(RandomStream.philox(counter: SIMD4(counter), key: SIMD2(key)) == SIMD4(expected))
  }

  private func numbers(seed: UInt64 = 1, decision: Int = 2, purpose: RandomStream.Purpose = .randomPoint) -> [UInt32] {
    var stream = RandomStream(seed: seed, decision: decision, purpose: purpose)
    return (0..<9).map { _ in stream.next() }
  }

  @Test("The words of a stream are those of consecutive blocks")
  func blocks() {
    let key = SIMD2<UInt32>(0x89ab_cdef, 0x0123_4567)
    let expected = (0..<3).flatMap { (position: UInt32) -> [UInt32] in
      let block = RandomStream.philox(counter: SIMD4(position, 0x7654_3210, 0x0fed_cba9, 1), key: key)
      return (0..<4).map { block[$0] }
    }
    let numbers = numbers(seed: 0x0123_4567_89ab_cdef, decision: 0x0fed_cba9_7654_3210)
    #expect(numbers == Array(expected.prefix(9)))
  }

  @Test("Seed, decision and purpose each give another stream")
  func streams() {
    let streams = [
      numbers(), numbers(seed: 2), numbers(seed: 1 | 1 << 40), numbers(decision: 3), numbers(decision: 2 | 1 << 40),
      numbers(purpose: .sobolMatrix), numbers(purpose: .sobolShift),
    ]
    #expect(Set(streams).count == streams.count)
    #expect(numbers() == numbers())
  }

  @Test("Uniform numbers are multiples of 2^-53 below 1, and fall evenly")
  func uniform() {
    // 65,536 numbers in 64 bins: chi-square with 63 degrees of freedom exceeds 131 about once in a million seeds.
    for seed: UInt64 in 0..<4 {
      var stream = RandomStream(seed: seed, decision: 0, purpose: .randomPoint)
      var bins = [Int](repeating: 0, count: 64)
      for _ in 0..<65_536 {
        let number = stream.uniform()
        guard 0 <= number, number < 1, (number * 0x1p53).rounded() == number * 0x1p53 else {
          Issue.record("\(number) of seed \(seed)")
          return
        }
        bins[Int(number * 64)] += 1
      }
      let statistic = bins.reduce(0.0) { $0 + (Double($1) - 1024) * (Double($1) - 1024) / 1024 }
      #expect(statistic < 131, "seed \(seed)")
    }
  }

  @Test("Numbers of neighbouring decisions do not go together")
  func correlation() {
    // The mean product of 20,000 centred pairs is normal with σ = 1 / (12 · √20,000); 5 σ: once in 1.7 million seeds.
    var sum = 0.0
    for decision in 0..<20_000 {
      var first = RandomStream(seed: 9, decision: decision, purpose: .randomPoint)
      var second = RandomStream(seed: 9, decision: decision + 1, purpose: .randomPoint)
      sum += (first.uniform() - 0.5) * (second.uniform() - 0.5)
    }
    #expect(abs(sum / 20_000) < 5 / (12 * 141.4))
  }
}

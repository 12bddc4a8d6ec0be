import Search
import TestSupport
import Testing

@Suite("How domains lie to each other")
struct DomainOverlapTests {
  private func float(_ lower: Double, _ upper: Double, _ scale: Scale = .linear, step: Double? = nil) -> Domain {
    .float(FloatRange(lower: lower, upper: upper, scale: scale, step: step))
  }

  private func int(_ lower: Int, _ upper: Int, _ scale: Scale = .linear, step: Int = 1) -> Domain {
    .int(IntRange(lower: lower, upper: upper, scale: scale, step: step))
  }

  @Test("Ranges are measured on their scale, integers with the half values at their ends")
  func measures() throws {
    let cases: [(Domain, Domain, DomainOverlap.Relation, shared: Double, ratio: Double)] = [
      (float(0, 1), float(0, 4), .wider, 0.25, 4), (float(0, 4), float(1, 2), .narrower, 0.25, 0.25),
      (float(0, 2), float(1, 3), .moved, 1.0 / 3, 1), (float(0, 1), float(2, 4), .moved, 0, 2),
      (float(1, 10, .log), float(1, 1000, .log), .wider, 1.0 / 3, 3),
      // One scale of two is enough, where both are positive.
      (float(1, 100, .log), float(1, 10), .narrower, 0.5, 0.5),
      (float(1, 100, .log), float(0, 50), .moved, 49.0 / 100, 50.0 / 99),
      (int(1, 10), int(1, 20), .wider, 0.5, 2), (int(1, 10), int(6, 15), .moved, 1.0 / 3, 1),
      (int(0, 10, step: 2), int(0, 10, step: 5), .moved, 2.0 / 7, 0.5),
      (.choice([.int(1), .int(2), .string("a")]), .choice([.int(2), .string("b")]), .moved, 0.25, 2.0 / 3),
      (.choice([.int(1), .int(2)]), int(1, 4), .wider, 0.5, 2), (.constant(.int(3)), int(1, 4), .wider, 0.25, 4),
      (float(0, 1, step: 0.5), float(0, 1, step: 0.25), .wider, 0.6, 5.0 / 3),
      (float(0, 1), float(0, 1), .equal, 1, 1),
    ]
    for (first, second, relation, shared, ratio) in cases {
      let overlap = try #require(DomainOverlap(first, second), "\(first), \(second)")
      #expect(overlap.relation == relation, "\(first), \(second)")
      #expect(
        abs(overlap.shared - shared) < 1e-12 && abs(overlap.ratio - ratio) < 1e-12, "\(first), \(second): \(overlap)")
    }
    #expect(DomainOverlap(float(0, 1), float(0, 1, step: 0.5)) == nil)
    #expect(DomainOverlap(float(0, 1), .choice([.int(0), .int(1)])) == nil)
  }

  @Test("Values are counted, however many there are")
  func counts() throws {
    let overlap = try #require(DomainOverlap(int(0, 1_000_000_000), int(500_000_001, 2_000_000_000)))
    #expect(overlap.added == 1_000_000_000 && overlap.dropped == 500_000_001)
    let choices = try #require(DomainOverlap(.choice([.int(1), .int(2)]), .choice([.int(2), .int(3), .int(4)])))
    #expect(choices.added == 2 && choices.dropped == 1)
  }

  @Test("The other way round, it is the mirror image", arguments: 0..<200 as Range<UInt64>)
  func mirror(seed: UInt64) {
    let (first, second) = (Space.random(seed: seed, isFinite: false), Space.random(seed: seed + 1, isFinite: false))
    for (a, b) in zip(first.parameters, second.parameters) {
      let (there, back) = (DomainOverlap(a.domain, b.domain), DomainOverlap(b.domain, a.domain))
      #expect((there == nil) == (back == nil))
      guard let there, let back else { continue }
      let mirror: [DomainOverlap.Relation: DomainOverlap.Relation] = [.wider: .narrower, .narrower: .wider]
      #expect(back.relation == mirror[there.relation] ?? there.relation)
      #expect(abs(there.shared - back.shared) < 1e-12 && abs(there.ratio * back.ratio - 1) < 1e-9, "\(a) \(b)")
      #expect(there.added == back.dropped && there.dropped == back.added)
    }
  }

  @Test("A value has a place between the ends of its range, on its scale")
  func places() throws {
    #expect(float(0, 4).position(of: .float(1)) == 0.25)
    #expect(float(0, 4).position(of: .float(4)) == 1)
    #expect(abs(try #require(float(1, 100, .log).position(of: .float(10))) - 0.5) < 1e-12)
    #expect(int(0, 10).position(of: .int(10)) == 1 && int(5, 9).position(of: .int(5)) == 0)
    #expect(Domain.choice([.int(1), .int(2)]).position(of: .int(2)) == nil)
    #expect(int(3, 3).position(of: .int(3)) == nil)
  }
}

import Testing

@testable import Search

@Suite("The history of the hypervolume")
struct HypervolumeHistoryTests {
  @Test("is measured up to the worst values, and names the trials that made it larger")
  func steps() throws {
    let outcomes: [Outcome] = [
      .values([4, 4]), .values([2, 3]), .failed, .values([3, 3.5]), .values([1, 3.5]), .infeasible, .values([2, 1]),
    ]
    let history = try #require(HypervolumeHistory(of: outcomes, goals: [.minimize, .minimize]))
    #expect(history.reference == [4, 4])
    // [2, 3]: 2 × 1; with [1, 3.5] 1 × 0.5 more; with [2, 1] in place of [2, 3] 2 × 3 + 0.5.
    #expect(history.steps == [.init(trial: 1, volume: 2), .init(trial: 4, volume: 2.5), .init(trial: 6, volume: 6.5)])
  }

  @Test("takes an objective that is maximized the other way round")
  func maximized() throws {
    let outcomes: [Outcome] = [.values([4, 0]), .values([2, 3])]
    let history = try #require(HypervolumeHistory(of: outcomes, goals: [.minimize, .maximize]))
    #expect(history.reference == [4, 0])
    #expect(history.steps == [.init(trial: 1, volume: 6)])
  }

  @Test("is there for several objectives alone, and when a trial has completed")
  func absent() {
    #expect(HypervolumeHistory(of: [.values([1])], goals: [.minimize]) == nil)
    #expect(HypervolumeHistory(of: [.failed, .infeasible], goals: [.minimize, .minimize]) == nil)
  }
}

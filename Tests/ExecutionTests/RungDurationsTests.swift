import Artifacts
import Search
import Testing

@testable import Execution

@Suite("Runs that are left over rungs")
struct RungDurationsTests {
  private static func search(_ scheme: RungScheme, points: Int) -> SearchSettings {
    var search = SearchSettings(
      space: Space([
        Parameter(name: "epochs", domain: .int(IntRange(lower: 1, upper: 27))),
        Parameter(name: "x", domain: .int(IntRange(lower: 1, upper: points))),
      ]), goals: [.minimize], strategy: .rungs(scheme, .random), seed: 1, lanes: 1, trials: 300)
    search.fidelity = Fidelity(name: "epochs", lowest: 1, full: 27, reduction: 3)
    search.completesRungs = true
    return search
  }

  @Test("are no more than few points have", arguments: [(12, 18), (27, 40), (2, 5)])
  func fewPoints(_ points: Int, _ trials: Int) {
    let search = Self.search(.asha, points: points)
    #expect(search.plannedTrials == min(300, 4 * points))
    let durations = RungDurations([.init(seconds: 1, level: 1)], of: search)
    func runs(beside done: [Int: Int]) -> Int {
      durations.groups(trials: 300, beside: done, runs: 2, confirming: 3).reduce(0) { $0 + $1.runs }
    }
    // By rounding, one more of each rung.
    #expect((2 * trials + 3...2 * (trials + 4) + 3).contains(runs(beside: [:])))
    #expect(runs(beside: [1: points]) < runs(beside: [:]) && runs(beside: [1: trials]) <= 2 * 4 + 3)
  }
}

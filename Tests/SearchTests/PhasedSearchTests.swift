import TestSupport
import Testing

@testable import Search

@Suite("Phases, and the choice of a strategy")
struct PhasedSearchTests {
  private func settings(_ phases: [SearchPhase], space: Space = .cube(2), trials: Int = 30) -> SearchSettings {
    .test(.phases(phases), space: space, trials: trials)
  }

  /// Runs a search to its end, one trial after the other.
  private func points(_ settings: SearchSettings) -> (points: [Point], reason: StopReason?) {
    var schedule = Schedule(settings)
    var points: [Point] = []
    var actions = schedule.next(.room(for: 1))
    while case .run(let trial, let point)? = actions.first {
      points.append(point)
      let value = point.values.reduce(0.0) { $0 + ($1?.number ?? 0) }
      actions = schedule.next(.finished(trial: trial, .value(value))) + schedule.next(.room(for: 1))
    }
    return (points, schedule.conclusion?.reason)
  }

  @Test("Each phase has its trials, and a phase of fixed points begins with its first")
  func order() {
    let (points, reason) = points(settings([SearchPhase(.sobol, trials: 4), SearchPhase(.random)], trials: 10))
    let (sobol, random) = (SobolSearch(space: .cube(2), seed: 7, trials: 10), RandomSearch(space: .cube(2), seed: 7))
    #expect(points == (0..<4).map { sobol.point(for: $0) } + (0..<6).map { random.point(for: $0) })
    #expect(reason == .trials)
  }

  @Test("An adaptive phase learns from the phases before it")
  func learns() {
    let alone = points(.test(.tpe, space: .cube(2), trials: 30)).points
    let after = points(settings([SearchPhase(.random, trials: 20), SearchPhase(.tpe)])).points
    #expect(after.prefix(20) == (0..<20).map { RandomSearch(space: .cube(2), seed: 7).point(for: $0) }[...])
    #expect(after.suffix(10) != alone.suffix(10))
    func mean(_ points: some Collection<Point>) -> Double {
      points.reduce(0.0) { $0 + $1.values.reduce(0.0) { $0 + ($1?.number ?? 0) } } / Double(points.count)
    }
    // The mean of ten sums of two uniform numbers is 1 with a standard deviation of 0.13: below 0.6 by chance once in
    // a thousand.
    #expect(mean(after.suffix(10)) < 0.6)
  }

  @Test("The points of phases that look at no outcome are known before the run")
  func known() {
    let both = settings([SearchPhase(.sobol, trials: 4), SearchPhase(.random)], trials: 10)
    #expect(both.knownPoints.count == 10)
    #expect((0..<10).map { both.knownPoints[$0] } == points(both).points)
    let mixed = settings([SearchPhase(.sobol, trials: 12), SearchPhase(.bayesian)])
    #expect(mixed.knownPoints.count == 12)
  }

  @Test("The search ends with its last phase")
  func ends() {
    let (points, reason) = points(settings([SearchPhase(.sobol, trials: 3), SearchPhase(.random, trials: 4)]))
    #expect(points.count == 7)
    #expect(reason == .exhausted)
  }

  @Test("`auto` takes a grid where all points are tried, and a model where there is something to learn")
  func automatic() {
    func choice(_ space: Space, trials: Int, stopping: [StoppingRule] = []) -> StrategyChoice {
      SearchSettings.test(.auto, space: space, trials: trials, stopping: stopping).automaticChoice.strategy
    }
    #expect(choice(.finite, trials: 24) == .grid)
    #expect(choice(.finite, trials: 24, stopping: [.target([0.1])]) == .bayesian)
    #expect(choice(.finite, trials: 23) == .bayesian)
    #expect(choice(.cube(3), trials: 100) == .bayesian)
    #expect(choice(.cube(3), trials: 100_000) == .tpe)
    var several = SearchSettings.test(.auto, space: .cube(3), trials: 1000)
    several.goals = [.minimize, .maximize]
    #expect(several.automaticChoice.strategy == .evolution)
    #expect(choice(.cube(100), trials: 100) == .tpe)
  }
}

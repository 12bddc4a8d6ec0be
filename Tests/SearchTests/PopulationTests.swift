import TestSupport
import Testing

@testable import Search

@Suite("Population-based training")
struct PopulationTests {
  private static let space = Space([
    Parameter(name: "a", domain: .float(FloatRange(lower: 0, upper: 1))),
    Parameter(name: "epochs", domain: .int(IntRange(lower: 5, upper: 32)), defaultValue: .int(32)),
    Parameter(name: "kind", domain: .choice([.string("x"), .string("y")])),
    Parameter(
      name: "z", domain: .float(FloatRange(lower: 1e-3, upper: 1, scale: .log)),
      condition: .compare(.equal, .name("kind"), .constant(.string("y")))),
  ])

  private static func settings(population: Int = 10, lanes: Int = 1, budget: Int? = nil) -> SearchSettings {
    var settings = SearchSettings(
      space: space, goals: [.minimize], strategy: .pbt(population: population), seed: 5, lanes: lanes, trials: 1000)
    settings.fidelity = Fidelity(name: "epochs", lowest: 5, full: 32, reduction: 1, continues: true)
    settings.fidelityBudget = budget
    return settings
  }

  /// Falls with the fidelity; where `fails` says so of a trial, it fails.
  private static func outcome(_ point: Point, _ settings: SearchSettings, fails: Bool = false) -> Outcome {
    guard !fails, case .float(let a)? = point.values[0] else { return .failed }
    return .values([(a - 0.3) * (a - 0.3) + 1 / Double(settings.level(of: point))])
  }

  private struct Log {
    var points: [Point] = []
    var parents: [Int?] = []
    var reasons: [Proposal.Reason] = []
    var conclusion: Conclusion?
  }

  /// Open trials end in an order of the stream's.
  private static func run(
    _ settings: SearchSettings, workers: Int = 1, order seed: UInt64 = 0, fails: (Int) -> Bool = { _ in false }
  ) -> Log {
    var random = TestRandom(seed: seed)
    var schedule = Schedule(settings)
    var open: [(Int, Point)] = []
    var log = Log()
    func take(_ actions: [Schedule.Action]) {
      for case .run(let trial, let point) in actions {
        open.append((trial, point))
        log.points.append(point)
        log.parents.append(schedule.parents[trial])
        log.reasons.append(schedule.lastReason)
      }
    }
    for _ in 0..<workers { take(schedule.next(.room(for: 1))) }
    while schedule.conclusion == nil, !open.isEmpty {
      let (trial, point) = open.remove(at: Int.random(in: open.indices, using: &random))
      take(schedule.next(.finished(trial: trial, outcome(point, settings, fails: fails(trial)))))
      take(schedule.next(.room(for: 1)))
    }
    log.conclusion = schedule.conclusion
    return log
  }

  @Test("Steps are even, and the last one comes to full training")
  func steps() {
    func steps(_ every: Int, _ full: Int) -> [Int] {
      Fidelity(name: "e", lowest: every, full: full, reduction: 1).rungs
    }
    #expect(steps(5, 32) == [5, 10, 15, 20, 25, 30, 32] && steps(4, 12) == [4, 8, 12] && steps(7, 7) == [7])
    #expect(Self.settings().plannedTrials == 70)
  }

  @Test("The order in which trials end changes nothing")
  func orders() {
    for lanes in [1, 4, 10] {
      let settings = Self.settings(lanes: lanes)
      let fails = { (trial: Int) in trial % 11 == 3 }
      let expected = Self.run(settings, fails: fails)
      #expect(expected.points.count == 70 && expected.conclusion?.reason == .exhausted)
      #expect(expected.points.allSatisfy { settings.space.contains($0) })
      for order: UInt64 in 1..<5 {
        let other = Self.run(settings, workers: 1 + Int(order) * 3, order: order, fails: fails)
        #expect(other.points == expected.points && other.parents == expected.parents)
        #expect(other.conclusion == expected.conclusion)
      }
    }
  }

  @Test(
    "The worst fifth goes on from the best fifth's checkpoints, with points near theirs, and the others as they are")
  func exploitation() throws {
    let settings = Self.settings()
    let log = Self.run(settings)
    func value(_ trial: Int) -> Double {
      if case .values(let values) = Self.outcome(log.points[trial], settings) { values[0] } else { .infinity }
    }
    var (exploited, near) = (0, 0)
    for trial in 10..<70 {
      let (own, step) = (trial - 10, (trial - 10) / 10)
      let ranked = (step * 10..<step * 10 + 10).sorted { (value($0), $0) < (value($1), $1) }
      let parent = try #require(log.parents[trial])
      #expect(settings.level(of: log.points[trial]) == settings.fidelity?.rungs[step + 1])
      guard ranked.suffix(2).contains(own) else {
        #expect(parent == own && log.reasons[trial] == .promotion)
        #expect(settings.atFull(log.points[trial]) == settings.atFull(log.points[own]))
        continue
      }
      exploited += 1
      #expect(ranked.prefix(2).contains(parent) && log.reasons[trial] == .variation)
      if case (.float(let new)?, .float(let old)?) = (log.points[trial].values[0], log.points[parent].values[0]) {
        if abs(new - old) < 0.2 { near += 1 }
      }
    }
    // One number in four is drawn anew.
    #expect(exploited == 12 && near >= 6, "\(exploited) \(near)")
    // All steps are compared with one another.
    #expect(log.conclusion?.best.first?.trial == (0..<70).min { (value($0), $0) < (value($1), $1) })
  }

  @Test("Nothing goes on from what has failed, and where all have, members begin anew")
  func failures() {
    let some = Self.run(Self.settings(), fails: { $0 % 3 == 0 })
    #expect(some.parents.allSatisfy { $0.map { $0 % 3 != 0 } ?? true } && some.points.count == 70)
    let all = Self.run(Self.settings(), fails: { _ in true })
    #expect(all.parents.allSatisfy { $0 == nil } && all.points.count == 70)
    #expect(all.reasons.dropFirst(10).allSatisfy { $0 == .exploration } && all.conclusion?.best == [])
  }

  @Test("A budget of the fidelity counts what members have more, and ends the search within it")
  func budget() {
    for budget in [5, 50, 51, 319, 320, 500] {
      let settings = Self.settings(budget: budget)
      let log = Self.run(settings)
      var spent = 0
      for (trial, point) in log.points.enumerated() {
        spent += settings.level(of: point) - (log.parents[trial].map { settings.level(of: log.points[$0]) } ?? 0)
      }
      #expect(spent <= budget && spent > min(budget, 320) - 5)
      #expect(log.conclusion?.reason == (budget < 320 ? .fidelity : .exhausted))
    }
  }

  @Test("Initial points are the first members")
  func initialPoints() {
    var settings = Self.settings()
    settings.initialPoints = [0.25, 0.25, 0.75].map { Point([.float($0), .int(32), .string("x"), nil]) }
    let points = Self.run(settings).points
    #expect(points[0].values[0] == .float(0.25) && points[1].values[0] == .float(0.75))
    #expect(settings.level(of: points[0]) == 5)
  }

  /// Jaderberg et al. 2017, figure 2: 1.2 - |theta|^2 is to be large, and what is trained follows the gradient of
  /// 1.2 - h0 theta0^2 - h1 theta1^2. With h = (0, 1) and with h = (1, 0) one of the two never moves; only a training that
  /// passes from one to the other comes to the top.
  @Test("Two members that can each train one half of it come to the top together")
  func textbook() {
    let unit = FloatRange(lower: 0, upper: 1)
    let space = Space([
      Parameter(name: "h0", domain: .float(unit)), Parameter(name: "h1", domain: .float(unit)),
      Parameter(name: "steps", domain: .int(IntRange(lower: 4, upper: 200)), defaultValue: .int(200)),
    ])
    var reached: [Double] = []
    for seed: UInt64 in 0..<20 {
      var settings = SearchSettings(
        space: space, goals: [.maximize], strategy: .pbt(population: 2), seed: seed, lanes: 1, trials: 1000,
        initialPoints: [Point([.float(0), .float(1), .int(200)]), Point([.float(1), .float(0), .int(200)])])
      settings.fidelity = Fidelity(name: "steps", lowest: 4, full: 200, reduction: 1, continues: true)
      var schedule = Schedule(settings)
      var trained: [(theta: [Double], steps: Int)] = []
      var actions = schedule.next(.room(for: 1))
      while case .run(let trial, let point)? = actions.first {
        var (theta, steps) = schedule.parents[trial].map { trained[$0] } ?? ([0.9, 0.9], 0)
        while steps < settings.level(of: point) {
          for index in 0..<2 {
            guard case .float(let h)? = point.values[index] else { break }
            theta[index] -= 0.02 * h * theta[index]
          }
          steps += 1
        }
        trained.append((theta, steps))
        let value = 1.2 - theta[0] * theta[0] - theta[1] * theta[1]
        actions = schedule.next(.finished(trial: trial, .values([value]))) + schedule.next(.room(for: 1))
      }
      reached.append(schedule.conclusion?.best.first?.values[0] ?? 0)
    }
    // Either alone comes to 0.39.
    #expect(reached.allSatisfy { $0 > 0.8 }, "\(reached)")
    #expect(reached.sorted()[10] > 1.1, "\(reached)")
  }
}

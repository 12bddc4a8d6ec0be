import TestSupport
import Testing

@testable import Search

@Suite("Strategies that go from rung to rung")
struct RungTests {
  private static let fidelity = Fidelity(name: "epochs", lowest: 1, full: 81, reduction: 3)

  private static func space(_ full: Int = 81) -> Space {
    Space([
      Parameter(name: "a", domain: .float(FloatRange(lower: 0, upper: 1))),
      Parameter(name: "epochs", domain: .int(IntRange(lower: 1, upper: full)), defaultValue: .int(full)),
      Parameter(name: "kind", domain: .choice([.string("x"), .string("y")])),
      Parameter(
        name: "z", domain: .float(FloatRange(lower: 1e-3, upper: 1, scale: .log)),
        condition: .compare(.equal, .name("kind"), .constant(.string("y")))),
    ])
  }

  private static func settings(
    _ scheme: RungScheme, _ proposals: RungProposals = .random, lanes: Int = 1, trials: Int = 150, budget: Int? = nil,
    goals: [Goal] = [.minimize]
  ) -> SearchSettings {
    var settings = SearchSettings(
      space: space(), goals: goals, strategy: .rungs(scheme, proposals), seed: 5, lanes: lanes, trials: trials)
    settings.fidelity = fidelity
    settings.fidelityBudget = budget
    return settings
  }

  /// Falls with the fidelity; one in `failures` points fails at all rungs.
  private static func outcome(_ point: Point, _ settings: SearchSettings, failures: Int = 7) -> Outcome {
    guard case .float(let a)? = point.values[0] else { return .failed }
    if failures > 0, Int(a * 1000) % failures == 0 { return .failed }
    let level = Double(settings.level(of: point))
    return .values(settings.goals.indices.map { (a - 0.3 * Double($0)) * (a - 0.3 * Double($0)) + 1 / level })
  }

  /// The points in the order of their trials, and the conclusion, where open trials end in an order of the stream's.
  private static func run(
    _ settings: SearchSettings, workers: Int, order seed: UInt64, failures: Int = 7,
    outcome own: ((Point) -> Outcome)? = nil
  ) -> (
    points: [Point], reasons: [Proposal.Reason], conclusion: Conclusion?
  ) {
    var random = TestRandom(seed: seed)
    var schedule = Schedule(settings)
    var (open, points, reasons): ([(Int, Point)], [Point], [Proposal.Reason]) = ([], [], [])
    func take(_ actions: [Schedule.Action]) {
      for case .run(let trial, let point) in actions {
        open.append((trial, point))
        points.append(point)
        reasons.append(schedule.lastReason)
      }
    }
    for _ in 0..<workers { take(schedule.next(.room(for: 1))) }
    while schedule.conclusion == nil, !open.isEmpty {
      let (trial, point) = open.remove(at: Int.random(in: open.indices, using: &random))
      let outcome = own?(point) ?? outcome(point, settings, failures: failures)
      take(schedule.next(.finished(trial: trial, outcome)))
      take(schedule.next(.room(for: 1)))
    }
    return (points, reasons, schedule.conclusion)
  }

  @Test("The rungs of a fidelity are full training over the powers of the reduction")
  func rungs() {
    func rungs(_ lowest: Int, _ full: Int, _ reduction: Int) -> [Int] {
      Fidelity(name: "e", lowest: lowest, full: full, reduction: reduction).rungs
    }
    #expect(rungs(1, 81, 3) == [1, 3, 9, 27, 81])
    #expect(rungs(1, 100, 3) == [1, 4, 11, 33, 100])
    #expect(rungs(5, 100, 3) == [11, 33, 100])
    #expect(rungs(1, 16, 4) == [1, 4, 16] && rungs(3, 4, 2) == [4] && rungs(7, 7, 2) == [7])
  }

  /// n = ⌈(s_max + 1) / (s + 1) · η^s⌉ and ⌊n / η^i⌋: algorithm 1 of Li et al., JMLR 18, 2018, for R = 81 and η = 3.
  @Test("Hyperband's brackets are those of its algorithm, of about the same cost")
  func brackets() {
    let brackets = Self.fidelity.brackets(of: .hyperband)
    #expect(brackets.map(\.sizes) == [[81, 27, 9, 3, 1], [34, 11, 3, 1], [15, 5, 1], [8, 2], [5]])
    #expect(brackets.map(\.lowest) == [0, 1, 2, 3, 4])
    #expect(brackets.map(Self.fidelity.cost) == [405, 363, 351, 378, 405])
    #expect(Self.fidelity.costToFull(.successiveHalving) == 405)
    // Where each is better than those before, of 9, 7, 5, 3 and 1 trials all but two go on.
    #expect(Self.fidelity.costToFull(.asha) == 237 && Self.fidelity.trialsToFull(.asha) == 25)

    #expect(Self.fidelity.costToFull(.hyperband) == 405)
    #expect(Self.fidelity.brackets(of: .successiveHalving) == [brackets[0]])
    // The first of them alone, in turn.
    var settings = Self.settings(.hyperband, trials: 121 + 49 + 30)
    settings.fidelity?.brackets = 2
    #expect(settings.fidelity?.brackets(of: .hyperband) == Array(brackets.prefix(2)))
    let levels = Self.run(settings, workers: 1, order: 0, failures: 0).points.map { settings.level(of: $0) }
    #expect(levels.prefix(81).allSatisfy { $0 == 1 } && levels.suffix(30).allSatisfy { $0 == 1 })
  }

  @Test(
    "The order in which trials end changes nothing", arguments: RungScheme.allCases, RungProposals.allCases)
  func orders(_ scheme: RungScheme, _ proposals: RungProposals) {
    for lanes in [1, 4, 9] {
      let settings = Self.settings(
        scheme, proposals, lanes: lanes, trials: [.bayesian, .multiFidelity].contains(proposals) ? 90 : 150)
      let expected = Self.run(settings, workers: 1, order: 0)
      #expect(expected.points.count == settings.trials && Set(expected.points).count == settings.trials)
      #expect(expected.points.allSatisfy { settings.space.contains($0) })
      for case .model(let belief) in expected.reasons where !belief.influence.isEmpty {
        #expect(belief.influence.count == settings.space.parameters.count)
      }
      for order: UInt64 in 1..<5 {
        let other = Self.run(settings, workers: 1 + Int(order) * 3, order: order)
        #expect(other.points == expected.points && other.conclusion == expected.conclusion)
      }
    }
  }

  @Test("Successive halving lets the best third of a rung go on, and never what failed")
  func halving() {
    let settings = Self.settings(.successiveHalving, trials: 121)
    let (points, reasons, conclusion) = Self.run(settings, workers: 1, order: 0)
    #expect(reasons.prefix(81).allSatisfy { $0 == .design } && reasons.dropFirst(81).allSatisfy { $0 == .promotion })
    var rung = Array(points.prefix(81))
    var place = 81
    for (level, size) in [(3, 27), (9, 9), (27, 3), (81, 1)] {
      let values = rung.compactMap { point -> (Double, Point)? in
        guard case .values(let values) = Self.outcome(point, settings) else { return nil }
        return (values[0], point)
      }
      let best = values.sorted { $0.0 < $1.0 }.prefix(size).map { settings.with(level: level, $0.1) }
      rung = Array(points[place..<place + size])
      #expect(Set(rung) == Set(best))
      place += size
    }
    #expect(conclusion?.best.map(\.trial) == [120], "only full training is compared")
  }

  @Test("Asha lets a trial go on as soon as it is among the best third of its rung so far")
  func asha() {
    let settings = Self.settings(.asha, trials: 200)
    let (points, reasons, _) = Self.run(settings, workers: 1, order: 0)
    var seen: [Int: [(value: Double, point: Point)]] = [:]
    var counts: [Int: Int] = [:]
    for (point, reason) in zip(points, reasons) {
      let level = settings.level(of: point)
      if reason == .promotion {
        let below = (seen[level / 3] ?? []).sorted { $0.value < $1.value }
        let share = below.prefix((counts[level / 3] ?? 0) / 3).map { settings.with(level: level, $0.point) }
        #expect(share.contains(point))
      } else {
        #expect(level == 1)
      }
      counts[level, default: 0] += 1
      guard case .values(let values) = Self.outcome(point, settings) else { continue }
      seen[level, default: []].append((values[0], point))
    }
    #expect(counts[81] ?? 0 >= 1 && counts[1] ?? 0 > counts[3] ?? 0)
  }

  /// Below a bound everything is bad, which the lowest rung shows, and above it values fall towards the bound: of the higher rungs alone,
  /// which nothing below comes to, one would look for ever better ones there.
  @Test(
    "A model of all rungs does not propose again what does badly at the lowest one",
    arguments: [RungScheme.asha, .hyperband])
  func lessons(_ scheme: RungScheme) {
    var schedule = Schedule(Self.settings(scheme, .multiFidelity, trials: 150))
    var late: [Bool] = []
    var actions = schedule.next(.room(for: 1))
    while case .run(let trial, let point)? = actions.first {
      guard case .float(let a)? = point.values[0] else { break }
      if trial >= 75, case .model = schedule.lastReason { late.append(a < 0.55) }
      let level = Double(Self.settings(scheme).level(of: point))
      _ = schedule.next(.finished(trial: trial, .values([(a < 0.6 ? 3 : a) + 1 / level])))
      actions = schedule.next(.room(for: 1))
    }
    #expect(late.count >= 20)
    #expect(late.count { $0 } * 5 <= late.count, "\(late.count { $0 }) of \(late.count)")
  }

  @Test("So many trials are at each rung as the brackets say, and all in all as many as there are")
  func counts() {
    #expect(Self.fidelity.counts(of: 121, .successiveHalving) == [81, 27, 9, 3, 1])
    #expect(Self.fidelity.counts(of: 121 + 90, .successiveHalving) == [162, 36, 9, 3, 1])
    // The columns of Li et al.'s table 1 added up, but for that their ⌊η^-i · n⌋ is of the bracket's n.
    #expect(Self.fidelity.counts(of: 206, .hyperband) == [81, 61, 35, 19, 10])
    for trials in [1, 5, 100, 1234] {
      for scheme in RungScheme.allCases { #expect(Self.fidelity.counts(of: trials, scheme).reduce(0, +) == trials) }
      #expect(Self.fidelity.counts(of: trials, nil).reduce(0, +) == trials)
    }
    let settings = Self.settings(.hyperband, trials: 206)
    let levels = Self.run(settings, workers: 1, order: 0, failures: 0).points.map { settings.level(of: $0) }
    #expect(Self.fidelity.rungs.map { level in levels.count { $0 == level } } == [81, 61, 35, 19, 10])
    let counts = Self.fidelity.counts(of: 150, .asha)
    let asha = Self.run(Self.settings(.asha, trials: 150), workers: 1, order: 0, failures: 0).points
    for (level, count) in zip(Self.fidelity.rungs, counts) {
      #expect(abs(asha.count { settings.level(of: $0) == level } - count) <= 3, "\(level)")
    }
  }

  @Test("A plateau counts the trials with full training, and failures among these", arguments: RungScheme.allCases)
  func plateaus(_ scheme: RungScheme) throws {
    for failures in [0, 3] {
      var settings = Self.settings(scheme, trials: 1000)
      // Nothing is such an improvement.
      settings.stopping = [.plateau(trials: 2, improvement: 10, from: 81)]
      let run = Self.run(settings, workers: 7, order: 3, failures: failures)
      let end = try #require(run.conclusion)
      let full = run.points.prefix(end.trials).filter { settings.level(of: $0) == 81 }
      let first = full.firstIndex {
        if case .values = Self.outcome($0, settings, failures: failures) { true } else { false }
      }
      #expect(end.reason == .plateau && settings.level(of: run.points[end.trials - 1]) == 81)
      #expect(first.map { full.count - $0 } == 3)
      // Earlier versions counted from the lowest rung on, and what they have begun goes on so.
      var earlier = settings
      earlier.stopping = [.plateau(trials: 2, improvement: 10)]
      #expect(settings.goingOn(from: earlier).stopping == earlier.stopping && settings.decidesAnew)
      #expect(settings.goingOn(from: settings) == settings && !earlier.decidesAnew)
      let end2 = try #require(Self.run(earlier, workers: 7, order: 3, failures: failures).conclusion)
      #expect(end2.trials < 10 && end2.reason == .plateau)
    }
  }

  @Test("What a threshold ends does not go on, and others do", arguments: RungScheme.allCases)
  func thresholds(_ scheme: RungScheme) {
    var settings = Self.settings(scheme, .multiFidelity, trials: 100)
    settings.trialRules = [TrialRule(.threshold(lower: nil, upper: 50))]
    var schedule = Schedule(settings)
    var (ended, promoted): (Set<Double>, Set<Double>) = ([], [])
    var actions = schedule.next(.room(for: 1))
    while case .run(let trial, let point)? = actions.first {
      guard case .float(let a)? = point.values[0] else { break }
      if schedule.lastReason == .promotion { promoted.insert(a) }
      // The best at last are those that diverge on the way.
      let curve = Curve([Report(step: 1, value: a < 0.3 ? 99 : 1), Report(step: 2, value: a)]) ?? Curve()
      let stop = schedule.watch(of: trial)?.stop(on: curve)
      if stop != nil { ended.insert(a) }
      #expect((stop != nil) == (a < 0.3))
      _ = schedule.next(.finished(trial: trial, stop?.outcome ?? .values([a]), curve))
      actions = schedule.next(.room(for: 1))
    }
    #expect(!ended.isEmpty && !promoted.isEmpty && ended.isDisjoint(with: promoted))
  }

  @Test("Searches go on when all trials fail, and end with their budget", arguments: RungScheme.allCases)
  func budgets(_ scheme: RungScheme) {
    let failed = Self.run(Self.settings(scheme, .tpe), workers: 3, order: 1, failures: 1)
    #expect(failed.points.count == 150 && failed.conclusion?.reason == .trials && failed.conclusion?.best == [])
    for (budget, runs) in [(1, nil), (80, 1), (500, nil), (1234, 1), (1234, 3), (2, 3)] {
      var settings = Self.settings(scheme, trials: 10_000, budget: budget)
      settings.fidelityRuns = runs
      let (points, _, conclusion) = Self.run(settings, workers: 2, order: 2)
      let spent = points.map { settings.level(of: $0) }.reduce(0, +) * (runs ?? 1)
      #expect(spent <= budget && budget - spent < 81 * (runs ?? 1) && conclusion?.reason == .fidelity)
      // Where there are as many trials as it allows, that is why there are no more.
      guard let most = settings.affordableTrials else { continue }
      settings.trials = most
      #expect(Self.run(settings, workers: 2, order: 2).conclusion?.reason == .fidelity)
    }
  }

  @Test("Where there are fewer points than could begin, the best go on all the same", arguments: RungScheme.allCases)
  func fewPoints(_ scheme: RungScheme) {
    for (count, proposals) in [
      (1, .random), (3, .tpe), (8, .random), (9, .bayesian), (12, .multiFidelity), (30, .random),
    ]
      as [(Int, RungProposals)]
    {
      for lanes in [1, 3, 8] {
        var settings = Self.settings(scheme, proposals, lanes: lanes, trials: 1000)
        settings.fidelity = Fidelity(name: "epochs", lowest: 1, full: 9, reduction: 3)
        settings.space = Space([
          Parameter(name: "epochs", domain: .int(IntRange(lower: 1, upper: 9, scale: .linear, step: 1))),
          Parameter(name: "a", domain: .choice((0..<count).map(Value.int))),
        ])
        settings.completesRungs = true
        func value(_ number: Int) -> Double { Double((number * 7) % 31) }
        func outcome(_ point: Point) -> Outcome {
          guard case .int(let number)? = point.values[1] else { return .failed }
          return .values([value(number) + 1 / Double(settings.level(of: point))])
        }
        let best = (0..<count).min { value($0) < value($1) } ?? 0
        var results = Set<[Point]>()
        for (workers, order) in [(1, 1), (lanes, 2), (5, 3)] as [(Int, UInt64)] {
          let (points, _, conclusion) = Self.run(settings, workers: workers, order: order, outcome: outcome)
          results.insert(points)
          #expect(conclusion?.reason == .exhausted)
          let full = points.filter { settings.level(of: $0) == 9 }
          #expect(!full.isEmpty && Set(points).count == points.count)
          #expect(Set(points.map { $0.values[1] }).count == count, "each began")
          // The best of the lowest rung is among them, where all began there.
          if scheme != .hyperband { #expect(full.contains { $0.values[1] == .int(best) }) }
        }
        #expect(results.count == 1)
        // Where those that went on fail, others do.
        if count > 1 {
          let (points, _, _) = Self.run(settings, workers: 2, order: 5) { point in
            point.values[1] == .int(best) && settings.level(of: point) > 1 ? .failed : outcome(point)
          }
          #expect(points.contains { settings.level(of: $0) == 9 && $0.values[1] != .int(best) })
        }
        // One that was begun before ends with the last point.
        settings.completesRungs = false
        let (before, _, conclusion) = Self.run(settings, workers: 2, order: 4, outcome: outcome)
        #expect(conclusion?.reason == .exhausted && before.count <= (results.first?.count ?? 0))
      }
    }
  }

  @Test("Where trials continue, each names the one that it goes on from, and takes what it has more")
  func continuing() {
    for scheme in RungScheme.allCases {
      var settings = Self.settings(scheme, trials: 300, budget: 900)
      settings.fidelity = Fidelity(name: "epochs", lowest: 1, full: 81, reduction: 3, continues: true)
      var schedule = Schedule(settings)
      var points: [Point] = []
      var actions = schedule.next(.room(for: 1))
      while case .run(let trial, let point)? = actions.first {
        points.append(point)
        actions = schedule.next(.finished(trial: trial, Self.outcome(point, settings)))
        actions += schedule.next(.room(for: 1))
      }
      var spent = 0
      for (trial, point) in points.enumerated() {
        let level = settings.level(of: point)
        guard let parent = schedule.parents[trial] else {
          spent += level
          continue
        }
        #expect(settings.with(level: level, points[parent]) == point && level == 3 * settings.level(of: points[parent]))
        spent += level - settings.level(of: points[parent])
      }
      #expect(!schedule.parents.isEmpty && spent <= 900)
      #expect(points.count == 300 || schedule.conclusion?.reason == .fidelity && 900 - spent < 81)
    }
    let fidelity = Fidelity(name: "e", lowest: 1, full: 81, reduction: 3, continues: true)
    #expect(fidelity.cost(of: fidelity.brackets(of: .hyperband)[0]) == 81 + 27 * 2 + 9 * 6 + 3 * 18 + 54)
  }

  @Test("Several objectives go from rung to rung", arguments: RungScheme.allCases)
  func objectives(_ scheme: RungScheme) {
    let settings = Self.settings(scheme, .tpe, lanes: 2, goals: [.minimize, .minimize])
    let (points, reasons, conclusion) = Self.run(settings, workers: 2, order: 3)
    #expect(reasons.contains(.promotion))
    for best in conclusion?.best ?? [] { #expect(settings.level(of: points[best.trial]) == 81) }
  }

  @Test("Initial points begin first, each at the lowest rung of its bracket")
  func initialPoints() {
    for scheme in RungScheme.allCases {
      var settings = Self.settings(scheme)
      settings.initialPoints = [0.3, 0.3, 0.9].map {
        Point([.float($0), .int(81), .string("x"), nil])
      }
      let points = Self.run(settings, workers: 1, order: 0).points
      #expect(points[0].values[0] == .float(0.3) && points[1].values[0] == .float(0.9))
      #expect(settings.level(of: points[0]) == 1)
    }
  }

  @Test("What is known from before teaches the model, and is not taken for a trial")
  func observations() {
    var settings = Self.settings(.asha, .tpe)
    settings.observations = (0..<40).map { index in
      let point = Point([.float(Double(index) / 40), .int(index % 2 == 0 ? 81 : 5), .string("x"), nil])
      return Observation(point, Self.outcome(point, settings))
    }
    let (points, _, conclusion) = Self.run(settings, workers: 1, order: 0)
    #expect(points.count == 150 && conclusion?.reason == .trials)
  }
}

extension SearchSettings {
  /// A point at another rung.
  fileprivate func with(level: Int, _ point: Point) -> Point {
    var point = point
    point.values[1] = .int(level)
    return point
  }
}

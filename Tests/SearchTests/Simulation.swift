import TestSupport
import Testing

@testable import Search

/// A strategy whose points are what it saw: the trial's number and every outcome, in order.
struct EchoStrategy: AdaptiveStrategy {
  func looksAtOutcomes(for trial: Int) -> Bool { true }

  func propose(after history: History) -> Proposal? {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for observation in history.observed {
      for case .string(let name)? in observation.point.values { hash ^= UInt64(name, radix: 16) ?? 0 }
      switch observation.outcome {
      case .values(let values):
        for value in values { hash = (hash ^ value.bitPattern) &* 0x100_0000_01b3 }
      case .stopped(let value): hash = (hash ^ ~value.bitPattern) &* 0x100_0000_01b3
      case .failed: hash = (hash ^ 0xff) &* 0x100_0000_01b3
      case .infeasible: hash = (hash ^ 0xfe) &* 0x100_0000_01b3
      }
      hash ^= hash >> 29
    }
    for case .int(let number)? in history.pending.map(\.values[0]) {
      hash = (hash ^ UInt64(number)) &* 0x100_0000_01b3
    }
    let seen = history.observed.count
    return Proposal(Point([.int(history.trial), .int(seen), .string(String(hash, radix: 16))]), .variation)
  }
}

/// A search, and what comes of each of its trials.
struct Scenario: Sendable, CustomTestStringConvertible {
  let name: String
  let settings: SearchSettings
  let isAdaptive: Bool
  /// A limit of the real world is reached at some moment before the trial ends that is the first beyond it.
  let closure: Closure?
  let failures: Int
  /// How many orders of arrival to try.
  let orders: Int

  init(
    _ name: String, _ settings: SearchSettings, isAdaptive: Bool = false, closure: Closure? = nil, failures: Int = 5,
    orders: Int = 400
  ) {
    (self.name, self.settings, self.isAdaptive) = (name, settings, isAdaptive)
    (self.closure, self.failures, self.orders) = (closure, failures, orders)
  }

  var testDescription: String { name }

  func makeSchedule() -> Schedule {
    isAdaptive ? Schedule(settings, strategy: .adaptive(EchoStrategy())) : Schedule(settings)
  }

  /// A function of the trial and its point, so that one other decision changes all that follow. In 0 ..< 1 and
  /// falling slowly, one in `failures` failed.
  func outcome(of trial: Int, at point: Point) -> Outcome {
    var hash: UInt64 = UInt64(trial) &* 0x9E37_79B9_7F4A_7C15
    for case let value? in point.values {
      for byte in "\(value)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    var random = TestRandom(seed: hash)
    if random.oneIn(failures) { return settings.goals.count > 1 && random.oneIn(2) ? .infeasible : .failed }
    return .values(settings.goals.map { _ in Double.random(in: 0..<1, using: &random) - Double(trial) / 100 })
  }

  /// The conclusion by the book: the outcomes one after the other, without any schedule.
  func expectedConclusion(points: [Point]) -> Conclusion {
    let count = settings.makeStrategy().count ?? Int.max
    let limit = min(settings.trials, isAdaptive ? Int.max : count, closure?.after ?? Int.max)
    var best: [Incumbent] = []
    var watches = settings.stopping.compactMap { rule -> PlateauWatch? in
      guard case .plateau(let trials, let improvement, _) = rule else { return nil }
      return PlateauWatch(patience: trials, improvement: improvement, goals: settings.goals)
    }
    for trial in 0..<limit {
      let outcome = outcome(of: trial, at: points[trial])
      var isBest = false
      if case .values(let values) = outcome {
        // Dominated is what is nowhere better than another, of equal trials the later one.
        if !best.contains(where: { !isBetter(values, than: $0.values) }) {
          best = best.filter { isBetter($0.values, than: values) } + [Incumbent(trial: trial, values: values)]
          isBest = true
        }
        if settings.stopping.contains(where: { $0.isReached(by: values, settings.goals) }) {
          return Conclusion(trials: trial + 1, reason: .target, best: best)
        }
      }
      for index in watches.indices where watches[index].stalls(after: outcome, isBest: isBest) {
        return Conclusion(trials: trial + 1, reason: .plateau, best: best)
      }
    }
    let cause = closure.flatMap { $0.after < min(settings.trials, count) ? $0.cause : nil }
    let reason =
      cause.map { $0 == .time ? StopReason.time : .cost }
      ?? (!isAdaptive && count <= settings.trials ? .exhausted : .trials)
    return Conclusion(trials: limit, reason: reason, best: best)
  }

  /// In one objective at least.
  private func isBetter(_ values: [Double], than others: [Double]) -> Bool {
    settings.goals.indices.contains { settings.goals[$0].prefers(values[$0], to: others[$0]) }
  }

  static let all: [Scenario] = {
    let points = (0..<12).map { GridSearch(space: .finite).point(for: $0 * 2) }
    let plateau = StoppingRule.plateau(trials: 6, improvement: 0.05)
    let fixed = [
      Scenario("random", .test(.random)),
      Scenario("sobol with initial points", .test(.sobol, space: .finite, initialPoints: Array(points.prefix(3)))),
      Scenario("a whole grid", .test(.grid, space: .finite)),
      Scenario("a list, maximized", .test(.list(points), space: .finite, goal: .maximize)),
      Scenario("a target", .test(.random, stopping: [.target(0.02)])),
      Scenario("a plateau", .test(.random, stopping: [plateau])),
      Scenario("target and plateau of a maximum", .test(.random, goal: .maximize, stopping: [.target(0.97), plateau])),
      Scenario("closed", .test(.random), closure: Closure(after: 17)),
      Scenario("closed, and a plateau", .test(.random, stopping: [plateau]), closure: Closure(after: 30)),
      Scenario("closed before the first trial", .test(.random), closure: Closure(after: 0)),
      Scenario("closed by cost", .test(.random), closure: Closure(after: 17, cause: .cost)),
      Scenario("every trial fails", .test(.random, stopping: [plateau]), failures: 1),
    ]
    let several = SearchSettings.test(.sobol, trials: 60, stopping: [.plateau(trials: 9, improvement: 0)])
      .with([.minimize, .maximize])
    let pareto = [
      Scenario("two objectives", SearchSettings.test(.random).with([.minimize, .maximize])),
      Scenario("three objectives", SearchSettings.test(.random, trials: 80).with([.minimize, .minimize, .maximize])),
      Scenario("two objectives and a plateau", several),
      Scenario("two objectives and a plateau, closed", several, closure: Closure(after: 20)),
      Scenario(
        "a target of one of two objectives",
        SearchSettings.test(.random, stopping: [.target([nil, 0.8])]).with([.minimize, .maximize])),
      Scenario(
        "adaptive, two objectives", SearchSettings.test(.random, lanes: 4).with([.minimize, .maximize]),
        isAdaptive: true),
    ]
    let adaptive = [1, 2, 3, 8, 64].flatMap { lanes in
      [
        Scenario("adaptive, \(lanes) lanes", .test(.random, lanes: lanes), isAdaptive: true),
        Scenario(
          "adaptive, \(lanes) lanes, target and plateau",
          .test(.random, lanes: lanes, trials: 60, stopping: [.target(-0.3), plateau]), isAdaptive: true),
        Scenario(
          "adaptive, \(lanes) lanes, closed", .test(.random, lanes: lanes), isAdaptive: true,
          closure: Closure(after: 21, cause: .cost)),
      ]
    }
    return fixed + pareto + adaptive
  }()
}

extension StoppingRule {
  fileprivate func isReached(by values: [Double], _ goals: [Goal]) -> Bool {
    guard case .target(let targets) = self else { return false }
    return goals.indices.allSatisfy { index in
      targets[index].map { goals[index].reaches(values[index], target: $0) } ?? true
    }
  }
}

extension SearchSettings {
  fileprivate func with(_ goals: [Goal]) -> SearchSettings {
    var settings = self
    settings.goals = goals
    return settings
  }
}

/// A runtime that hands a schedule its events in a random order, and holds it to its promises on the way.
struct Simulation {
  struct Log {
    /// By trial, of all that were handed out.
    var points: [Point] = []
    var conclusion: Conclusion

    /// The decisions that belong to the result.
    var result: ArraySlice<Point> { points.prefix(conclusion.trials) }
  }

  private let scenario: Scenario
  private var schedule: Schedule
  private var random: TestRandom
  private let workers: Int
  private let isInOrder: Bool
  private var points: [Point] = []
  private var running: [Int] = []
  private var room = 0
  private var isClosed = false
  private var log: Log?

  /// What was decided; nil, with an issue, when the schedule broke a promise.
  ///
  /// - Parameter seed: of the order; nil for one worker and every trial after the other.
  static func run(_ scenario: Scenario, seed: UInt64?) -> Log? {
    var simulation = Simulation(scenario, seed: seed)
    return simulation.run()
  }

  private init(_ scenario: Scenario, seed: UInt64?) {
    self.scenario = scenario
    schedule = scenario.makeSchedule()
    random = TestRandom(seed: seed ?? 0)
    isInOrder = seed == nil
    workers = seed == nil ? 1 : Int.random(in: 1...20, using: &random)
    isClosed = scenario.closure == nil
  }

  private mutating func run() -> Log? {
    for _ in 0..<100_000 {
      guard let event = nextEvent() else {
        Issue.record("the search waits for nothing and has not ended")
        return nil
      }
      guard perform(schedule.next(event)) else { return nil }
      if let log { return isQuietAfterwards() ? log : nil }
    }
    Issue.record("the search never ends")
    return nil
  }

  private mutating func nextEvent() -> Schedule.Event? {
    if !isClosed, let closure = scenario.closure, random.oneIn(12) || isLastMoment(for: closure.after) {
      isClosed = true
      return .closed(closure)
    }
    let free = workers - running.count - room
    if free > 0, isInOrder || running.isEmpty || random.oneIn(2) {
      let count = Int.random(in: 1...free, using: &random)
      room += count
      return .room(for: count)
    }
    // The end of a trial that has ended before, as a runtime that was interrupted may report it.
    if !isInOrder, random.oneIn(8), let trial = (0..<points.count).randomElement(using: &random),
      !running.contains(trial)
    {
      return .finished(trial: trial, scenario.outcome(of: trial, at: points[trial]))
    }
    guard let index = running.indices.randomElement(using: &random) else { return nil }
    let trial = running.remove(at: index)
    return .finished(trial: trial, scenario.outcome(of: trial, at: points[trial]))
  }

  /// Whether the next trial to end may be one too many for the result.
  private func isLastMoment(for after: Int) -> Bool {
    points.count > after && (0...after).count { running.contains($0) } <= 1
  }

  private mutating func perform(_ actions: [Schedule.Action]) -> Bool {
    var cancelled: [Int] = []
    for action in actions {
      guard log == nil else { return fail("an action follows the conclusion") }
      switch action {
      case .run(let trial, let point):
        guard trial == points.count else { return fail("trial \(trial) is handed out as number \(points.count)") }
        guard room > 0 else { return fail("trial \(trial) is handed out without room for it") }
        room -= 1
        points.append(point)
        running.append(trial)
      case .cancel(let trial): cancelled.append(trial)
      case .conclude(let conclusion): log = Log(points: points, conclusion: conclusion)
      }
    }
    guard cancelled == (log == nil ? [] : running.sorted()) else {
      return fail("it cancels \(cancelled), and \(running.sorted()) run")
    }
    return true
  }

  private func fail(_ problem: String) -> Bool {
    Issue.record("\(scenario.name): \(problem)")
    return false
  }

  private mutating func isQuietAfterwards() -> Bool {
    let late = running.map { Schedule.Event.finished(trial: $0, .value(-1e9)) }
    for event in late + [.room(for: 3), .closed(Closure(after: 0))] where !schedule.next(event).isEmpty {
      return fail("\(event) after the conclusion does something")
    }
    return true
  }
}

package import Search
package import Testing

/// What a strategy that learns from outcomes promises, whatever it is.
///
///     AdaptiveContract("tpe") { TPESearch(space: $0, goals: $1, seed: $2, trials: $3, lanes: $4) }.check()
package struct AdaptiveContract: Sendable, CustomTestStringConvertible {
  package typealias Make = @Sendable (Space, [Goal], UInt64, Int, Int) -> any AdaptiveStrategy

  private let name: String
  private let make: Make

  /// - Parameter make: the strategy for a space, goals, a seed, and a number of trials and of lanes.
  package init(_ name: String, make: @escaping Make) {
    self.name = name
    self.make = make
  }

  package var testDescription: String { name }

  /// A search, and what comes of its trials.
  package struct Case: Sendable {
    package var space: Space
    package var goals: [Goal] = [.minimize]
    package var trials = 40
    package var lanes = 1
    package var seed: UInt64 = 7
    package var outcome: @Sendable (Point, [Goal]) -> Outcome = Outcomes.varied

    package init(_ space: Space) { self.space = space }
  }

  /// What a search decided.
  private struct Log: Equatable {
    var points: [Point] = []
    var conclusion: Conclusion?
  }

  // MARK: - Checks

  /// Points are of the space, hold its constraints and are all different; the same settings and outcomes give the same
  /// decisions, in whatever order the outcomes arrive, and where the search goes on after an interruption.
  package func check(_ search: Case, location: SourceLocation = #_sourceLocation) {
    let log = run(search)
    for point in log.points {
      #expect(search.space.contains(point), "\(name): \(point)", sourceLocation: location)
      #expect(search.space.broken(by: point) == nil, "\(name): \(point)", sourceLocation: location)
    }
    #expect(Set(log.points).count == log.points.count, "\(name) tried a point twice", sourceLocation: location)
    let isRepeatable = run(search) == log
    #expect(isRepeatable, "\(name) decides otherwise the second time", sourceLocation: location)
    let isOrderFree = (1...3).allSatisfy { run(search, order: $0) == log }
    #expect(isOrderFree, "\(name): the order of arrival changes decisions", sourceLocation: location)
    checkResuming(search, log, location)
    checkDesign(search, location)
    let isComplete = log.points.count == search.trials
    guard !isComplete else { return }
    // A search may only end early when there is nothing left.
    #expect(log.conclusion?.reason == .exhausted, sourceLocation: location)
    guard case .exactly(let size) = search.space.size() else {
      Issue.record("\(name) ended an infinite search after \(log.points.count) trials", sourceLocation: location)
      return
    }
    #expect(log.points.count == size, "\(name) left points out", sourceLocation: location)
  }

  /// A strategy that is made anew decides as before when it is shown the same histories, at each decision.
  private func checkResuming(_ search: Case, _ log: Log, _ location: SourceLocation) {
    for stop in stride(from: 0, to: log.points.count, by: max(1, log.points.count / 4)) {
      var first = make(search.space, search.goals, search.seed, search.trials, search.lanes)
      var again = make(search.space, search.goals, search.seed, search.trials, search.lanes)
      var history = History()
      for trial in 0...stop {
        (history.trial, history.pending) = (trial, Array(log.points.prefix(trial).suffix(search.lanes - 1)))
        history.observed = log.points.prefix(max(0, trial - search.lanes + 1)).map {
          Observation($0, search.outcome($0, search.goals))
        }
        let proposals = (first.propose(after: history), again.propose(after: history))
        #expect(proposals.0 == proposals.1, "\(name), decision \(trial)", sourceLocation: location)
        #expect(proposals.0?.point == log.points[trial], "\(name), decision \(trial)", sourceLocation: location)
        guard case .model(let belief)? = proposals.0?.reason else { continue }
        #expect(belief.score.isFinite && (0...1).contains(belief.feasibility), sourceLocation: location)
      }
    }
  }

  /// Decisions that say so look at no outcome, and come first.
  private func checkDesign(_ search: Case, _ location: SourceLocation) {
    let strategy = make(search.space, search.goals, search.seed, search.trials, search.lanes)
    let looks = (0..<search.trials).map(strategy.looksAtOutcomes)
    let design = looks.prefix { !$0 }.count
    #expect(!looks.dropFirst(design).contains(false), sourceLocation: location)
    var failing = search
    failing.outcome = Outcomes.failed
    let points = [run(search), run(failing)].map { Array($0.points.prefix(design)) }
    let isSame = points[0] == points[1]
    #expect(isSame, "\(name): an outcome changes the design", sourceLocation: location)
  }

  /// Points that are known from before the search, some of them twice, are not tried again.
  package func checkKnown(_ search: Case, known: [Point], location: SourceLocation = #_sourceLocation) {
    var strategy = make(search.space, search.goals, search.seed, search.trials, search.lanes)
    var history = History(observed: (known + known).map { Observation($0, search.outcome($0, search.goals)) })
    for trial in 0..<search.trials {
      history.trial = trial
      guard let proposal = strategy.propose(after: history) else { break }
      #expect(!history.observed.contains { $0.point == proposal.point }, "\(name)", sourceLocation: location)
      history.observed.append(Observation(proposal.point, search.outcome(proposal.point, search.goals)))
    }
    guard case .exactly(let size) = search.space.size(), size <= search.trials + known.count else { return }
    #expect(Set(history.observed.map(\.point)).count == size, "\(name) left points out", sourceLocation: location)
  }

  /// The strategy for one objective, as it is.
  package func strategy(_ space: Space, trials: Int) -> any AdaptiveStrategy {
    make(space, [.minimize], 7, trials, 1)
  }

  // MARK: - Runs

  /// - Parameter order: of the arrival of outcomes; nil for one after the other.
  private func run(_ search: Case, order: UInt64? = nil) -> Log {
    let settings = SearchSettings(
      space: search.space, goals: search.goals, strategy: .random, seed: search.seed, lanes: search.lanes,
      trials: search.trials)
    let strategy = make(search.space, search.goals, search.seed, search.trials, search.lanes)
    var schedule = Schedule(settings, strategy: .adaptive(strategy))
    var random = TestRandom(seed: order ?? 0)
    var log = Log()
    var running: [Int] = []
    while log.conclusion == nil {
      let hasRoom = running.count < (order == nil ? 1 : search.lanes + 2)
      let isStarting = running.isEmpty || hasRoom && (order == nil || random.oneIn(2))
      let number = order == nil ? 0 : Int.random(in: 0..<max(1, running.count), using: &random)
      let event: Schedule.Event
      if isStarting {
        event = .room(for: 1)
      } else {
        let trial = running.remove(at: number)
        event = .finished(trial: trial, search.outcome(log.points[trial], search.goals))
      }
      var isIdle = isStarting && running.isEmpty
      for action in schedule.next(event) {
        switch action {
        case .run(let trial, let point):
          log.points.append(point)
          running.append(trial)
          isIdle = false
        case .cancel: break
        case .conclude(let conclusion): log.conclusion = conclusion
        }
      }
      if isIdle, log.conclusion == nil {
        Issue.record("\(name): the search waits for nothing")
        return log
      }
    }
    return log
  }
}

/// What may come of trials.
package enum Outcomes {
  /// A function of the point that has a trend, with some trials that fail and some that break a constraint.
  @Sendable package static func varied(_ point: Point, _ goals: [Goal]) -> Outcome {
    var random = TestRandom(seed: hash(point))
    if random.oneIn(9) { return .failed }
    if random.oneIn(9) { return .infeasible }
    return .values(
      goals.indices.map { index in
        point.values.reduce(Double.random(in: 0..<0.1, using: &random)) { sum, value in
          sum + abs((value?.number ?? 0.5) - Double(index))
        }
      })
  }

  @Sendable package static func failed(_ point: Point, _ goals: [Goal]) -> Outcome { .failed }

  @Sendable package static func infeasible(_ point: Point, _ goals: [Goal]) -> Outcome { .infeasible }

  @Sendable package static func constant(_ point: Point, _ goals: [Goal]) -> Outcome { .values(goals.map { _ in 1 }) }

  /// From the greatest numbers to the least.
  @Sendable package static func enormous(_ point: Point, _ goals: [Goal]) -> Outcome {
    var random = TestRandom(seed: hash(point))
    let values = [1e300, -1e300, 1.7e308, -1.7e308, 0, -0.0, .leastNonzeroMagnitude, 1]
    return .values(goals.map { _ in values[Int.random(in: 0..<values.count, using: &random)] })
  }

  private static func hash(_ point: Point) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for value in point.values {
      for byte in "\(value.map { "\($0)" } ?? "")".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    return hash
  }
}

/// A search whose trials another program runs, in whatever order it likes: ask and tell.
///
///     var session = SearchSession(settings)
///     if case .trial(let trial, let proposal) = session.ask() { … session.tell(trial, .values([0.3])) }
///
/// A decision sees all that was told before it, whatever the order in which that came: what no decision has looked at yet is
/// put in the order of the trials' numbers, behind what was observed. The same knowledge at each `ask` gives the same decisions.
package struct SearchSession: Sendable {
  package enum Answer: Hashable, Sendable {
    case trial(Int, Proposal)
    case over(StopReason)
    /// The next trial is decided by outcomes that were not told yet.
    case waiting
  }

  package let settings: SearchSettings
  /// Whether outcomes stay in the order in which they are told, as earlier versions left them.
  private let keepsOrder: Bool
  /// How many trials were handed out: the number of the next one.
  package var asked: Int { history.trial }

  private var ledger: FidelityLedger
  /// The trials that others continue from, by the number of the one that does.
  package var parents: [Int: Int] { ledger.parents }

  private var strategy: Strategy
  private var history = History()
  /// The numbers of the trials whose points are `history.pending`, in the same order.
  private var pending: [Int] = []
  /// Those of which nothing was told yet, by number.
  package private(set) var open: [Int] = []
  /// What was told of the others, by number.
  private var told: [Known] = []
  /// What `history.observed` came from, in the same order.
  private var known: [Known]
  /// What `known` comes to, and what it comes to with `told`.
  private var settled: Standing
  private var standing: Standing
  /// Whether the next trial would have taken more of the fidelity than is left, and whether there was no point for it.
  private var isSpent = false
  private var isOutOfPoints = false
  private var peers = Peers()
  /// What the open trials reported, where rules end single trials.
  private var watched: [Int: Watched] = [:]

  private struct Watched: Sendable {
    /// Before any report.
    let first: TrialWatch
    var watch: TrialWatch
    var curve = Curve()
    var stop: TrialStop?
  }

  private struct Known: Sendable {
    /// Nil for what was not asked for.
    var trial: Int?
    let observation: Observation
    var others: [String: Double] = [:]
    /// What later trials are compared with, until they are.
    var peer: Peers.Peer?
  }

  private struct Standing: Sendable {
    var watch: StoppingWatch
    /// The rule of `stopping` that has ended the search.
    var end: StopReason?

    mutating func take(_ observation: Observation, of number: Int, _ settings: SearchSettings) {
      let level = settings.ranksLevels ? settings.level(of: observation.point) : 0
      let reason = watch.stops(after: observation.outcome, of: number, level: level)
      end = end ?? reason
    }
  }

  package init(_ settings: SearchSettings, keepsOrder: Bool = false) {
    self.settings = settings
    self.keepsOrder = keepsOrder
    history.observed = settings.observations
    known = settings.observations.map { Known(observation: $0) }
    strategy = settings.makeStrategy()
    settled = Standing(watch: StoppingWatch(settings))
    standing = settled
    ledger = FidelityLedger(settings)
  }

  /// Whether a rule has ended the search, so that what is open need not go on.
  package var isStopped: Bool { standing.end != nil }

  /// Why no more trials are handed out; nil while there may be some.
  package var end: StopReason? { bound ?? (isOutOfPoints ? .exhausted : nil) }

  /// The same, but for a strategy that had no point: what is told may give it one.
  private var bound: StopReason? {
    if let reason = standing.end ?? (isSpent ? .fidelity : nil) { return reason }
    let count = strategy.count ?? .max
    guard asked >= min(settings.trials, count) else { return nil }
    return count <= settings.trials ? .exhausted : settings.trialsReason
  }

  /// The next trial. Complexity: the strategy's own.
  package mutating func ask() -> Answer {
    // What was answered stays so.
    if isStopped { settle() }
    if let bound { return .over(bound) }
    if case .adaptive(let adaptive) = strategy, let seen = adaptive.outcomesSeen(by: asked), asked - open.count < seen {
      return .waiting
    }
    guard var proposal = propose() else {
      // What is not known yet may go on to the next rung.
      guard open.isEmpty || !settings.completesRungs else { return .waiting }
      isOutOfPoints = true
      return .over(.exhausted)
    }
    isOutOfPoints = false
    if asked < settings.initialPoints.count, settings.fidelity == nil { proposal.reason = .given }
    guard ledger.charge(proposal) else {
      isSpent = true
      return .over(.fidelity)
    }
    if !settings.trialRules.isEmpty {
      let watch = TrialWatch(settings.trialRules, settings.goals[0], peers)
      watched[asked] = Watched(first: watch, watch: watch)
    }
    open.append(asked)
    pending.append(asked)
    history.pending.append(proposal.point)
    history.trial += 1
    return .trial(asked - 1, proposal)
  }

  private mutating func propose() -> Proposal? {
    if looksAtOutcomes { settle() }
    if let proposal = strategy.propose(at: asked, after: history) { return proposal }
    guard !told.isEmpty else { return nil }
    settle()
    return strategy.propose(at: asked, after: history)
  }

  /// Whether the next decision looks at outcomes, or its trial is compared with others.
  private var looksAtOutcomes: Bool {
    guard case .adaptive(let adaptive) = strategy, !settings.comparesTrials else { return true }
    return adaptive.looksAtOutcomes(for: asked)
  }

  /// Shows the decisions to come what was told.
  private mutating func settle() {
    for var outcome in told {
      guard let place = pending.firstIndex(where: { $0 == outcome.trial }) else { continue }
      pending.remove(at: place)
      history.pending.remove(at: place)
      history.observed.append(outcome.observation)
      if let peer = outcome.peer.take() { peers.insert(peer) }
      known.append(outcome)
    }
    told = []
    settled = standing
  }

  /// The point of a trial that was handed out and of which nothing was told yet.
  package func point(of trial: Int) -> Point? {
    guard open.contains(trial) else { return nil }
    return pending.firstIndex(of: trial).map { history.pending[$0] }
  }

  /// Takes in what an open trial reports on the way.
  ///
  /// - Parameters:
  ///   - others: what it reports of the other metrics that rules look at.
  ///   - step: nil for the one behind the last.
  /// - Returns: that a rule ends the trial, with this report or one before.
  package mutating func report(
    _ trial: Int, _ value: Double, others: [String: Double] = [:], at step: Int?
  ) -> TrialStop? {
    guard var state = watched.removeValue(forKey: trial) else { return nil }
    if state.stop == nil, state.curve.add(value, at: step, others: others.mapValues { ValueRange($0) }),
      let report = state.curve.reports.last
    {
      state.stop = state.watch.take(report)
    }
    watched[trial] = state
    return state.stop
  }

  /// What an open trial reported last; nil where it did not, or no rule ends single trials.
  package func lastReport(of trial: Int) -> Report? { watched[trial]?.curve.reports.last }

  /// Takes in what came of a trial: where a rule has ended it, what it had come to then is what counts.
  ///
  /// - Parameter others: what is told of the other metrics. Rules look at some of them, as after the last report.
  /// - Precondition: the trial is open.
  package mutating func tell(_ trial: Int, _ outcome: Outcome, others: [String: Double] = [:]) {
    guard let point = point(of: trial) else { preconditionFailure("trial \(trial) is not open") }
    open.removeAll { $0 == trial }
    var state = watched.removeValue(forKey: trial)
    let seen = others.filter { settings.watchedMetrics.contains($0.key) }
    if var open = state, open.stop == nil, !seen.isEmpty {
      if open.curve.reports.isEmpty, case .values(let values) = outcome { open.curve.add(values[0], at: nil) }
      open.stop = open.first.stop(on: open.curve.ended(after: seen.mapValues { ValueRange($0) }))
      state = open
    }
    let outcome = state?.stop?.outcome ?? outcome
    let peer = settings.comparesTrials ? state.map { Peers.Peer($0.curve, outcome, settings.goals[0]) } : nil
    let place = told.lastIndex { $0.trial ?? 0 < trial }.map { $0 + 1 } ?? 0
    told.insert(Known(trial: trial, observation: Observation(point, outcome), others: others, peer: peer), at: place)
    judgeTold(from: place)
    if keepsOrder { settle() }
  }

  /// Takes in what came of a point that was not asked for. It counts for the best and for the stopping rules, and not for
  /// the budget.
  package mutating func observe(_ observation: Observation, others: [String: Double] = [:]) {
    settled.take(observation, of: known.count, settings)
    known.append(Known(observation: observation, others: others))
    history.observed.append(observation)
    judgeTold(from: 0)
  }

  /// - Parameter place: of the one that is new; what is behind it in number is judged after it.
  private mutating func judgeTold(from place: Int) {
    let first = place == told.count - 1 ? place : 0
    if first == 0 { standing = settled }
    for index in first..<told.count {
      standing.take(told[index].observation, of: known.count + index, settings)
    }
  }

  /// How many outcomes are known, those of points that were not asked for among them.
  package var observed: Int { known.count + told.count }

  /// The best: one, or with several objectives those that none dominates, each with its trial where it was asked for, and with
  /// what was told of the other metrics.
  package var best: [(trial: Int?, point: Point, values: [Double], others: [String: Double])] {
    standing.watch.best.map { best in
      let source = best.trial < known.count ? known[best.trial] : told[best.trial - known.count]
      return (source.trial, source.observation.point, best.values, source.others)
    }
  }
}

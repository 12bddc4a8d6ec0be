/// A search whose trials another program runs, in whatever order it likes: ask and tell.
///
///     var session = SearchSession(settings)
///     if case .trial(let trial, let proposal) = session.ask() { … session.tell(trial, .values([0.3])) }
///
/// A decision sees all that was told before it, in the order in which it was told: the same calls give the same
/// decisions.
package struct SearchSession: Sendable {
  package enum Answer: Hashable, Sendable {
    case trial(Int, Proposal)
    case over(StopReason)
    /// The next trial is decided by outcomes that were not told yet.
    case waiting
  }

  package let settings: SearchSettings
  /// How many trials were handed out: the number of the next one.
  package var asked: Int { history.trial }
  /// Why no more trials are handed out; nil while there may be some.
  package private(set) var end: StopReason?

  private var ledger: FidelityLedger
  /// The trials that others continue from, by the number of the one that does.
  package var parents: [Int: Int] { ledger.parents }

  private var strategy: Strategy
  private var watch: StoppingWatch
  private var history = History()
  /// The numbers of the trials whose points are `history.pending`, in the same order.
  package private(set) var open: [Int] = []
  /// The trials' numbers of what was observed, in the same order; nil for what was not asked for.
  private var sources: [Int?] = []
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

  package init(_ settings: SearchSettings) {
    self.settings = settings
    history.observed = settings.observations
    sources = settings.observations.map { _ in nil }
    strategy = settings.makeStrategy()
    watch = StoppingWatch(settings)
    ledger = FidelityLedger(settings)
  }

  /// The next trial. Complexity: the strategy's own.
  package mutating func ask() -> Answer {
    if let end { return .over(end) }
    guard asked < min(settings.trials, strategy.count ?? Int.max) else {
      return .over(asked < settings.trials ? .exhausted : settings.trialsReason)
    }
    if case .adaptive(let adaptive) = strategy, let seen = adaptive.outcomesSeen(by: asked), asked - open.count < seen {
      return .waiting
    }
    guard var proposal = strategy.propose(at: asked, after: history) else {
      // What is not known yet may go on to the next rung.
      return settings.completesRungs && !open.isEmpty ? .waiting : .over(.exhausted)
    }
    if asked < settings.initialPoints.count, settings.fidelity == nil { proposal.reason = .given }
    guard ledger.charge(proposal) else {
      end = .fidelity
      return .over(.fidelity)
    }
    if !settings.trialRules.isEmpty {
      let watch = TrialWatch(settings.trialRules, settings.goals[0], peers)
      watched[asked] = Watched(first: watch, watch: watch)
    }
    open.append(asked)
    history.pending.append(proposal.point)
    history.trial += 1
    return .trial(asked - 1, proposal)
  }

  /// The point of a trial that was handed out and of which nothing was told yet.
  package func point(of trial: Int) -> Point? { open.firstIndex(of: trial).map { history.pending[$0] } }

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
  /// - Parameter others: what is told of the other metrics that rules look at, as after the last report.
  /// - Precondition: the trial is open.
  package mutating func tell(_ trial: Int, _ outcome: Outcome, others: [String: Double] = [:]) {
    guard let place = open.firstIndex(of: trial) else { preconditionFailure("trial \(trial) is not open") }
    open.remove(at: place)
    var state = watched.removeValue(forKey: trial)
    if var open = state, open.stop == nil, !others.isEmpty {
      if open.curve.reports.isEmpty, case .values(let values) = outcome { open.curve.add(values[0], at: nil) }
      open.stop = open.first.stop(on: open.curve.ended(after: others.mapValues { ValueRange($0) }))
      state = open
    }
    let outcome = state?.stop?.outcome ?? outcome
    if let state, settings.comparesTrials { peers.insert(Peers.Peer(state.curve, outcome, settings.goals[0])) }
    take(Observation(history.pending.remove(at: place), outcome), of: trial)
  }

  /// Takes in what came of a point that was not asked for. It counts for the best and for the stopping rules, and not for
  /// the budget.
  package mutating func observe(_ observation: Observation) { take(observation, of: nil) }

  private mutating func take(_ observation: Observation, of trial: Int?) {
    let reason = watch.stops(
      after: observation.outcome, of: sources.count,
      level: settings.ranksLevels ? settings.level(of: observation.point) : 0)
    end = end ?? reason
    sources.append(trial)
    history.observed.append(observation)
  }

  /// How many outcomes are known, those of points that were not asked for among them.
  package var observed: Int { sources.count }

  /// The best: one, or with several objectives those that none dominates, each with its trial where it was asked for.
  package var best: [(trial: Int?, point: Point, values: [Double])] {
    watch.best.map { (sources[$0.trial], history.observed[$0.trial].point, $0.values) }
  }
}

/// The order in which a search makes its decisions and sees their outcomes.
///
/// Workers finish in any order; the search must not notice. So outcomes are *released* to it in the order of the
/// trials' numbers, and decision `k` of a strategy that learns from outcomes sees exactly those of the trials
/// `0 ... k - lanes`: a simulation of `lanes` virtual workers that each take one unit of time for a trial, with ties
/// going to the lower number. The number of real workers has no part in it.
///
///     var schedule = Schedule(settings)
///     var actions = schedule.next(.room(for: 2))              // [.run(trial: 0, …), .run(trial: 1, …)]
///     actions += schedule.next(.finished(trial: 1, .values([0.3])))   // held: trial 0 comes first
///     actions += schedule.next(.finished(trial: 0, .values([0.4])))   // both are released
///
/// A pure state machine: it performs nothing, and reads no clock. The same outcomes give the same decisions and the
/// same conclusion in whatever order the events arrive; see `docs/decisions/0001-logical-time.md`.
///
/// Memory: the outcomes that wait for an earlier trial, and for an adaptive strategy all that were released.
package struct Schedule: Sendable {
  package enum Event: Hashable, Sendable {
    /// The runtime can take this many trials more than it was given so far.
    case room(for: Int)
    /// A trial that was handed out has come to its end, with what it reported on the way where rules look at that. Of
    /// ends that are reported twice, the first counts.
    case finished(trial: Int, Outcome, Curve = Curve())
    /// A limit of the real world fired.
    case closed(Closure)
  }

  package enum Action: Hashable, Sendable {
    case run(trial: Int, Point)
    /// The trial was handed out, runs still or waits, and will not be part of the result.
    case cancel(trial: Int)
    /// Always the last action: nothing follows.
    case conclude(Conclusion)
  }

  package let settings: SearchSettings
  /// How many trials were handed out: the number of the next one.
  package private(set) var decided = 0
  /// How many outcomes the search has seen: those of the trials below this number.
  package private(set) var released = 0
  /// The best trials among those released: the best one, or with several objectives those that none dominates.
  package var best: [Incumbent] { watch.best }
  package private(set) var conclusion: Conclusion?

  /// What the strategy thought of the trial that was handed out last.
  package private(set) var lastReason = Proposal.Reason.design
  /// How many outcomes were seen when it was decided about: those of the trials below this number.
  package private(set) var lastSeen = 0
  /// The phase that it is of, counted from 0; nil where there are none.
  package var lastPhase: Int? {
    if case .adaptive(let strategy) = strategy { strategy.phase } else { nil }
  }

  private var strategy: Strategy
  /// How many trials there can be, and why no more; and how many there could be at first.
  private var limit: Int
  private var limitReason: StopReason
  private let limitAtFirst: Int
  /// How many more trials it may hand out as soon as it can decide about them.
  package private(set) var room = 0
  private var waiting: [Int: (outcome: Outcome, curve: Curve)] = [:]
  /// Of an adaptive strategy: what the latest decision saw, and what no decision has seen yet.
  private var history = History()
  private var unseen: [Outcome] = []
  private var watch: StoppingWatch
  private var ledger: FidelityLedger
  /// So many outcomes each decision sees at least: all that there were when nothing could be decided without them.
  private var awaited = 0
  /// The first trial with full training of which there is a value.
  private var firstFull: Int?
  /// How many decisions in a row a model expected too little of, by the rule's place.
  private var hopeless: [Int: Int] = [:]
  /// The trials that the latest decision saw, where trials are compared, and those that none has seen yet.
  private var peers = Peers()
  private var unseenPeers: [Peers.Peer] = []
  private var seenPeers = 0
  /// What the trials that are handed out are judged by, where rules end single ones.
  private var watches: [Int: TrialWatch] = [:]
  /// The trials that others continue from, by the number of the one that does.
  package var parents: [Int: Int] { ledger.parents }

  package init(_ settings: SearchSettings) {
    self.init(settings, strategy: settings.makeStrategy())
  }

  /// With a strategy of the caller's own in place of the one that the settings name.
  package init(_ settings: SearchSettings, strategy: Strategy) {
    self.settings = settings
    self.strategy = strategy
    history.observed = settings.observations
    let count = strategy.count ?? Int.max
    limitAtFirst = min(settings.trials, count)
    limit = limitAtFirst
    limitReason = count <= settings.trials ? .exhausted : settings.trialsReason
    watch = StoppingWatch(settings)
    ledger = FidelityLedger(settings)
  }

  /// Takes an event in and says what to do now. Complexity: O(actions) and the strategy's own cost.
  package mutating func next(_ event: Event) -> [Action] {
    guard conclusion == nil else { return [] }
    switch event {
    case .room(let count):
      room += count
    case .finished(let trial, let outcome, let curve):
      guard trial >= released, trial < decided, waiting[trial] == nil else { return [] }
      waiting[trial] = (outcome, curve)
    case .closed(let closure): close(closure)
    }
    release()
    let handedOut = handOut()
    // No point may be left.
    if conclusion == nil, released >= limit { conclude(limitReason) }
    return handedOut + (conclusion.map(actions(concluding:)) ?? [])
  }

  /// Takes note of a limit of the real world that is to come with the event `closed`: what concludes the search until then does so
  /// as it would have after the event.
  package mutating func close(_ closure: Closure) {
    // Where the search has come to an end of its own at the same trial, one that had known of the closure would not have tried it.
    guard conclusion == nil, closure.after <= limit, closure.after < limitAtFirst else { return }
    (limit, limitReason) = (closure.after, closure.cause.reason)
  }

  private mutating func release() {
    while released < limit, conclusion == nil, let (outcome, curve) = waiting.removeValue(forKey: released) {
      observe(outcome, curve)
    }
    if conclusion == nil, released >= limit { conclude(limitReason) }
  }

  private mutating func observe(_ outcome: Outcome, _ curve: Curve) {
    let trial = released
    released += 1
    watches[trial] = nil
    if settings.comparesTrials { unseenPeers.append(Peers.Peer(curve, outcome, settings.goals[0])) }
    if strategy.isAdaptive { unseen.append(outcome) }
    if let reason = watch.stops(after: outcome, of: trial, level: settings.ranksLevels ? ledger.level(of: trial) : 0) {
      conclude(reason)
    }
    if firstFull == nil, watch.topLevel == settings.fidelity?.full { firstFull = trial }
  }

  private mutating func conclude(_ reason: StopReason) {
    conclusion = Conclusion(trials: released, reason: reason, best: best)
  }

  private func actions(concluding conclusion: Conclusion) -> [Action] {
    let unfinished = (released..<max(released, decided)).filter { waiting[$0] == nil }
    return unfinished.map(Action.cancel) + [.conclude(conclusion)]
  }

  private mutating func handOut() -> [Action] {
    var actions: [Action] = []
    while conclusion == nil, room > 0, decided < limit, visible(to: decided) <= released {
      guard let proposal = propose() else {
        // What is not known yet may go on to the next rung.
        if settings.completesRungs, visible(to: decided) < decided {
          awaited = decided
          continue
        }
        (limit, limitReason) = (decided, .exhausted)
        break
      }
      if let reason = ending(before: proposal) {
        (limit, limitReason) = (decided, reason)
        break
      }
      guard ledger.charge(proposal) else {
        (limit, limitReason) = (decided, .fidelity)
        break
      }
      actions.append(.run(trial: decided, proposal.point))
      watchNext()
      lastReason = proposal.reason
      lastSeen = visible(to: decided)
      decided += 1
      room -= 1
    }
    return actions
  }

  /// Why the search ends before a trial, of which and of those before it a model expects too little; nil where it does not.
  ///
  /// With a fidelity, what is expected is of full training: so it ends nothing before the decision has seen a trial that came so far.
  private mutating func ending(before proposal: Proposal) -> StopReason? {
    if settings.fidelity != nil, visible(to: decided) <= firstFull ?? .max { return nil }
    for (index, rule) in settings.stopping.enumerated() {
      guard let verdict = rule.verdict(on: proposal) else { continue }
      hopeless[index] = verdict.isHopeless ? hopeless[index, default: 0] + 1 : 0
      if hopeless[index] == verdict.trials { return verdict.reason }
    }
    return nil
  }

  /// What a trial that is handed out is judged by while it runs; nil where no rule ends single trials.
  package func watch(of trial: Int) -> TrialWatch? { watches[trial] }

  private mutating func watchNext() {
    guard !settings.trialRules.isEmpty else { return }
    if settings.comparesTrials {
      let count = visible(to: decided) - seenPeers
      for peer in unseenPeers.prefix(count) { peers.insert(peer) }
      unseenPeers.removeFirst(count)
      seenPeers += count
    }
    watches[decided] = TrialWatch(settings.trialRules, settings.goals[0], peers)
  }

  /// Decides about the next trial; nil when no point is left.
  private mutating func propose() -> Proposal? {
    guard case .adaptive(var adaptive) = strategy else {
      guard case .fixed(let points) = strategy else { return nil }
      return Proposal(points.point(for: decided), decided < settings.initialPoints.count ? .given : .design)
    }
    let newlySeen = visible(to: decided) - (history.observed.count - settings.observations.count)
    if newlySeen > 0 {
      history.observed += zip(history.pending, unseen).prefix(newlySeen).map(Observation.init)
      history.pending.removeFirst(newlySeen)
      unseen.removeFirst(newlySeen)
    }
    history.trial = decided
    // Only one copy may be there while it changes, or all that it keeps would be copied.
    strategy = .fixed(ListSearch(points: []))
    defer { strategy = .adaptive(adaptive) }
    let proposal = adaptive.propose(after: history)
    if let proposal { history.pending.append(proposal.point) }
    return proposal
  }

  /// How many outcomes a decision sees: exactly these, however many more are there already. One that looks at none waits
  /// for none, unless the trial will be compared with those before it.
  private func visible(to trial: Int) -> Int {
    let latest = max(0, awaited, trial - settings.lanes + 1)
    guard case .adaptive(let adaptive) = strategy else { return settings.comparesTrials ? latest : 0 }
    guard settings.comparesTrials || adaptive.looksAtOutcomes(for: trial) else { return awaited }
    return adaptive.outcomesSeen(by: trial) ?? latest
  }
}

/// One of the best trials so far.
package struct Incumbent: Hashable, Sendable {
  package var trial: Int
  /// One for each objective.
  package var values: [Double]

  package init(trial: Int, values: [Double]) {
    self.trial = trial
    self.values = values
  }
}

extension [Incumbent] {
  /// Takes a trial in unless one that is there is at least as good in every objective, and leaves out those that it
  /// dominates. With one objective, at most one trial is ever there.
  ///
  /// - Returns: whether it was taken in.
  package mutating func admit(_ candidate: Incumbent, by goals: [Goal]) -> Bool {
    guard !contains(where: { $0.values == candidate.values || goals.dominates($0.values, candidate.values) }) else {
      return false
    }
    removeAll { goals.dominates(candidate.values, $0.values) }
    append(candidate)
    return true
  }
}

/// How a search ended.
package struct Conclusion: Hashable, Sendable {
  /// How many trials the result has: those below this number.
  package var trials: Int
  package var reason: StopReason
  /// The best trial or, with several objectives, those that none dominates, by number; of equally good ones the first.
  /// Empty when no trial completed.
  package var best: [Incumbent]

  package init(trials: Int, reason: StopReason, best: [Incumbent]) {
    self.trials = trials
    self.reason = reason
    self.best = best
  }

  /// Where a limit of the real world ended the search: what a replay of it must be told.
  package var closure: Closure? {
    Closure.Cause.allCases.first { $0.reason == reason }.map { Closure(after: trials, cause: $0) }
  }
}

/// Where a limit of the real world, which no replay could know of, has ended a search.
package struct Closure: Hashable, Sendable {
  /// Only the trials below this number belong to the result.
  package var after: Int
  package var cause: Cause

  package init(after: Int, cause: Cause = .time) {
    self.after = after
    self.cause = cause
  }

  package enum Cause: Hashable, Sendable, CaseIterable {
    case time
    case cost

    var reason: StopReason {
      switch self {
      case .time: .time
      case .cost: .cost
      }
    }
  }
}

/// Why a search ended. The raw value is what documents say.
package enum StopReason: String, Hashable, Sendable {
  /// As many trials as the budget allows.
  case trials
  /// Every point that the strategy has.
  case exhausted
  case target
  case plateau
  /// Too many trials in a row failed.
  case failures
  /// The budget's time ran out.
  case time
  /// The next trial might have used more hours, or have cost more, than the budget has left.
  case cost
  /// The next trial would take more of the fidelity than the budget has left.
  case fidelity
  /// A model expects too little of the next trial.
  case improvement
  /// A model holds it for unlikely that there is a better point.
  case regret
}

extension Schedule {
  /// Of points that are known, in the place of those that the strategy would propose.
  package init(recorded points: [Point], _ settings: SearchSettings) {
    self.init(settings, strategy: .fixed(ListSearch(points: points)))
  }
}

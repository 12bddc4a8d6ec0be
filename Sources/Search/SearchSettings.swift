/// Everything that the decisions of a search depend on, other than the outcomes.
package struct SearchSettings: Hashable, Sendable {
  package var space: Space
  /// One for each objective, in their order.
  package var goals: [Goal]
  package var strategy: StrategyChoice
  /// Below 2^53, so that it is exact in JSON.
  package var seed: UInt64
  /// The number of virtual workers; see `Schedule`. At least 1.
  package var lanes: Int
  /// At most this many trials. At least 1.
  package var trials: Int
  /// What the strategies that go from rung to rung set; nil where trials are alike in it.
  package var fidelity: Fidelity?
  /// At most so much of the fidelity is spent on all trials together; nil for any amount.
  package var fidelityBudget: Int?
  /// How many runs of each trial take of it; nil in earlier plans, which counted each trial once.
  package var fidelityRuns: Int?
  /// Points to try before the strategy's own.
  package var initialPoints: [Point]
  package var stopping: [StoppingRule]
  /// Whether, of two objectives, a Gaussian process is asked what extends the front most; earlier plans join them by weights.
  package var seeksFront = false
  /// Whether a Gaussian process over conditional parameters tells bad values apart; in earlier plans it took those that are far worse
  /// than most to be all as bad.
  package var softensTail = false
  /// Whether points that are drawn with no look at outcomes are new ones; earlier plans may have the same more than once.
  package var drawsDistinct = false
  /// Whether a strategy that learns begins with fewer points of a design where earlier outcomes are known; earlier plans have all.
  package var shortensDesign = false
  /// Whether the best of the rungs go on to full training where there are no more points to begin with; in earlier plans the search
  /// ended there.
  package var completesRungs = false
  /// The rules that end single trials. There is one objective where there are any, and with a fidelity only those that go with
  /// rungs.
  package var trialRules: [TrialRule] = []
  /// Whether the search begins with what earlier ones have learnt.
  package var reusesObservations = false
  /// What was known before the search: an adaptive strategy sees it in front of its own trials' outcomes.
  package var observations: [Observation] = []

  /// More trials than this are refused: what is known of them before the run would no longer be quick to compute.
  package static let maximumTrials = 10_000_000

  package init(
    space: Space, goals: [Goal], strategy: StrategyChoice, seed: UInt64, lanes: Int, trials: Int,
    initialPoints: [Point] = [], stopping: [StoppingRule] = []
  ) {
    self.space = space
    self.goals = goals
    self.strategy = strategy
    self.seed = seed
    self.lanes = lanes
    self.trials = trials
    self.initialPoints = initialPoints
    self.stopping = stopping
  }

  /// The strategy, with the initial points before its own.
  package func makeStrategy() -> Strategy {
    let own = makeChosenStrategy()
    // Those that go from rung to rung give the points their fidelity.
    guard !initialPoints.isEmpty, fidelity == nil else { return own }
    return switch own {
    case .fixed(let others): .fixed(InitialPoints(points: initialPoints, then: others))
    case .adaptive(let strategy): .adaptive(AdaptiveAfterPoints(points: initialPoints, then: strategy))
    }
  }

  private func makeChosenStrategy() -> Strategy {
    switch strategy {
    case .grid: .fixed(GridSearch(space: space, trials: trials))
    case .list(let points): .fixed(ListSearch(points: points))
    case .random: drawn(RandomSearch(space: space, seed: seed))
    case .sobol: drawn(SobolSearch(space: space, seed: seed, trials: trials))
    case .bayesian:
      .adaptive(
        BayesianSearch(
          space: space, goals: goals, seed: seed, trials: trials, lanes: lanes, regretBound: regretBound,
          seeksFront: seeksFront, softensTail: softensTail, known: knownAtFirst))
    case .tpe:
      .adaptive(
        TPESearch(space: space, goals: goals, seed: seed, trials: trials, lanes: lanes, known: knownAtFirst))
    case .cmaes: .adaptive(CMAESSearch(space: space, goals: goals, seed: seed, trials: trials, lanes: lanes))
    case .evolution: .adaptive(EvolutionSearch(space: space, goals: goals, seed: seed, trials: trials, lanes: lanes))
    case .rungs(let scheme, let proposals):
      .adaptive(
        RungSearch(
          space: space, fidelity: fidelity ?? Fidelity(name: "", lowest: 1, full: 1, reduction: 2), goals: goals,
          seed: seed, trials: trials, scheme: scheme, proposals: proposals, initialPoints: initialPoints,
          regretBound: regretBound, seeksFront: seeksFront, completes: completesRungs))
    case .pbt(let population):
      .adaptive(
        PopulationSearch(
          space: space, fidelity: fidelity ?? Fidelity(name: "", lowest: 1, full: 1, reduction: 1), goals: goals,
          seed: seed, population: population, initialPoints: initialPoints))
    case .auto: with(automaticChoice.strategy).makeChosenStrategy()
    case .phases(let phases): .adaptive(PhasedSearch(phases.map { ($0, with($0.strategy).makeChosenStrategy()) }))
    }
  }

  private func drawn(_ points: some PointSequence) -> Strategy {
    drawsDistinct ? .adaptive(DistinctPoints(points, space: space, seed: seed)) : .fixed(points)
  }

  /// How many outcomes stand for points of a design.
  private var knownAtFirst: Int { shortensDesign ? observations.count : 0 }

  private var regretBound: Double? {
    for case .regret(let bound, _, _) in stopping { return bound }
    return nil
  }

  /// The strategy, or what `auto` stands for.
  package var chosenStrategy: StrategyChoice { strategy == .auto ? automaticChoice.strategy : strategy }

  /// Whether a Gaussian process proposes some of the points.
  package var asksGaussianProcess: Bool {
    switch chosenStrategy {
    case .bayesian, .rungs(_, .bayesian), .rungs(_, .multiFidelity): true
    case .phases(let phases): phases.contains { with($0.strategy).asksGaussianProcess }
    case .auto, .grid, .list, .random, .sobol, .tpe, .cmaes, .evolution, .pbt, .rungs: false
    }
  }

  /// Whether one does so that learns from whole trials alone.
  package var asksOfWholeTrials: Bool {
    switch chosenStrategy {
    case .bayesian: true
    case .phases(let phases): phases.contains { with($0.strategy).asksOfWholeTrials }
    default: false
    }
  }

  /// Whether points are drawn with no look at outcomes, of so few or so few times that all of them can be known.
  package var canDrawDistinct: Bool {
    switch chosenStrategy {
    case .random, .sobol:
      guard space.isFinite else { return false }
      if trials <= DistinctPoints.most { return true }
      if case .exactly(let size) = space.size(upTo: DistinctPoints.most + 1) { return size <= DistinctPoints.most }
      return false
    case .phases(let phases): return phases.contains { with($0.strategy).canDrawDistinct }
    default: return false
    }
  }

  private func with(_ strategy: StrategyChoice) -> SearchSettings {
    var settings = self
    settings.strategy = strategy
    return settings
  }

  /// The points that are known before the run, in the order of their trials: all of a strategy that looks at no outcome,
  /// and the initial design of one that does.
  package var knownPoints: KnownPoints {
    switch makeStrategy() {
    case .fixed(let points): return KnownPoints(count: plannedTrials, point: points.point)
    case .adaptive(var strategy):
      var history = History(observed: observations)
      while history.trial < trials, !strategy.looksAtOutcomes(for: history.trial),
        let proposal = strategy.propose(after: history)
      {
        history.pending.append(proposal.point)
        history.trial += 1
      }
      let points = history.pending
      return KnownPoints(count: points.count) { points[$0] }
    }
  }

  /// The points of the first `count` trials, each computed when it is asked for.
  package struct KnownPoints {
    package let count: Int
    fileprivate let point: (Int) -> Point

    package subscript(_ trial: Int) -> Point { point(trial) }
  }

  /// How much of the fidelity a trial takes; 0 where there is none.
  package func level(of point: Point) -> Int {
    guard let fidelity, let index = space.indices(of: fidelity.name).first, case .int(let level)? = point.values[index]
    else { return 0 }
    return level
  }

  /// How many trials the budget of the fidelity allows at most: as many as there could be at the cheapest rung. Nil where there is
  /// no such budget, and in earlier plans.
  package var affordableTrials: Int? {
    guard let fidelity, let fidelityBudget, let fidelityRuns else { return nil }
    return max(1, fidelityBudget / (fidelity.leastCharge * fidelityRuns))
  }

  /// The same for trials that another program runs: each is one run, whatever the experiment repeats.
  package var askedOnce: SearchSettings {
    var settings = self
    settings.fidelityRuns = fidelityRuns.map { _ in 1 }
    return settings
  }

  /// Why there are no more trials than `trials`.
  package var trialsReason: StopReason { affordableTrials.map { $0 <= trials } ?? false ? .fidelity : .trials }

  /// How much of the fidelity a trial takes.
  ///
  /// - Parameters:
  ///   - level: what it comes to.
  ///   - parent: what the trial has come to that it goes on from; nil where it begins anew.
  ///   - runs: how many it has; nil for as many as it may have.
  package func charge(for level: Int, from parent: Int?, runs: Int? = nil) -> Int {
    let counted = fidelityRuns ?? 1
    return (level - (parent ?? 0)) * min(runs ?? counted, counted)
  }

  /// Whether trials are steps of a population's members, which change their points while they train.
  package var trainsPopulation: Bool { if case .pbt = strategy { true } else { false } }

  /// Whether trials with more of the fidelity stand above those with less, whatever came of them. A population trains all its
  /// members alike, and what each has come to is there.
  package var ranksLevels: Bool { !trainsPopulation }

  /// The point with full training; the point itself where there is no fidelity.
  package func atFull(_ point: Point) -> Point {
    guard let fidelity, let index = space.indices(of: fidelity.name).first else { return point }
    var point = point
    point.values[index] = .int(fidelity.full)
    return point
  }

  /// The metrics that rules for single trials look at, but the objective.
  package var watchedMetrics: [String] { trialRules.compactMap(\.kind.metric) }

  /// Whether trials are compared with those before them while they run.
  var comparesTrials: Bool { trialRules.contains(where: \.comparesTrials) }

  /// How many trials there are if no stopping rule and no limit of time ends the search before.
  package var plannedTrials: Int {
    let most = min(trials, makeStrategy().count ?? Int.max, affordableTrials ?? Int.max)
    guard let fidelity, let points = rungPoints(upTo: most) else { return most }
    return min(most, points * fidelity.rungs.count)
  }

  /// How many points go over rungs, where there are no more than so many; nil in earlier plans, and where all are trained alike.
  package func rungPoints(upTo limit: Int) -> Int? {
    guard completesRungs, let fidelity, case .exactly(let points) = space.without(fidelity.name).size(), points <= limit
    else { return nil }
    return points
  }
}

/// Which way the objective is better.
package enum Goal: String, Hashable, Sendable {
  case minimize
  case maximize

  package func prefers(_ value: Double, to other: Double) -> Bool {
    switch self {
    case .minimize: value < other
    case .maximize: value > other
    }
  }

  package func reaches(_ value: Double, target: Double) -> Bool {
    value == target || prefers(value, to: target)
  }
}

extension [Goal] {
  /// Whether one trial's values are at least as good in every objective as another's, and better in one.
  package func dominates(_ values: [Double], _ others: [Double]) -> Bool {
    let pairs = zip(self, zip(values, others))
    return pairs.allSatisfy { goal, pair in pair.0 == pair.1 || goal.prefers(pair.0, to: pair.1) } && values != others
  }
}

/// What came of a trial, as far as the search is concerned.
package enum Outcome: Hashable, Sendable {
  /// One for each objective: finite.
  case values([Double])
  /// A rule ended it before its own end: what its objective was by then, one value, finite or not.
  case stopped(Double)
  /// It came to its end, and broke a constraint over the metrics.
  case infeasible
  case failed
}

/// How a search comes by its points.
package enum Strategy: Sendable {
  /// No outcome changes them, so they are known before the run, and the schedule never waits for one.
  case fixed(any PointSequence)
  case adaptive(any AdaptiveStrategy)

  /// How many points there are to propose; nil for any number, or where only the search will tell.
  package var count: Int? {
    switch self {
    case .fixed(let points): points.count
    case .adaptive(let strategy): strategy.count
    }
  }

  package var isAdaptive: Bool {
    if case .adaptive = self { true } else { false }
  }

  /// Whether it proposes by outcomes.
  package var learns: Bool {
    if case .adaptive(let strategy) = self { strategy.learns } else { false }
  }
}

extension Strategy {
  /// The point for a trial: of fixed points the one at `place`; nil when there is none left.
  mutating func propose(at place: Int, after history: History) -> Proposal? {
    switch self {
    case .fixed(let points):
      return place < points.count ?? Int.max ? Proposal(points.point(for: place), .design) : nil
    case .adaptive(var adaptive):
      // Only one copy may be there while it changes, or all that it keeps would be copied.
      self = .fixed(ListSearch(points: []))
      defer { self = .adaptive(adaptive) }
      return adaptive.propose(after: history)
    }
  }
}

/// Points that no outcome changes: a pure function of the trial's number.
package protocol PointSequence: Sendable {
  /// How many points there are to propose; nil for any number.
  var count: Int? { get }

  /// The point to try as trial `trial` (counted from 0, below `count`).
  func point(for trial: Int) -> Point
}

/// Proposes points by what came of those before: a pure function of the settings that it was made with and of the
/// histories that it was given, each with one decision more than the one before.
///
/// What it keeps between decisions only saves work: it is made anew by deciding again from the start, as resuming and
/// verifying do.
package protocol AdaptiveStrategy: Sendable {
  /// How many points there are to propose; nil where only the search will tell.
  var count: Int? { get }

  /// Whether outcomes change what it proposes.
  var learns: Bool { get }

  /// Whether the decision about a trial looks at outcomes. Where it does not (an initial design), the schedule hands the
  /// trial out without waiting for those before.
  func looksAtOutcomes(for trial: Int) -> Bool

  /// How many outcomes the decision about a trial sees where the strategy says so, and waits for: never fewer than the one
  /// before; nil where that follows from the lanes.
  func outcomesSeen(by trial: Int) -> Int?

  /// The point to try as trial `history.trial`; nil when every point there is has been proposed.
  mutating func propose(after history: History) -> Proposal?

  /// The phase that the last proposal is of, counted from 0; nil where there are none.
  var phase: Int? { get }
}

extension AdaptiveStrategy {
  package var count: Int? { nil }
  package var learns: Bool { true }
  package func outcomesSeen(by trial: Int) -> Int? { nil }
  package var phase: Int? { nil }
}

/// What a decision may see.
package struct History: Hashable, Sendable {
  /// The number of the trial to decide about: of those that were decided about before.
  package var trial: Int
  /// In the order of their release, with what is known from before the search in front.
  package var observed: [Observation]
  /// The points of the trials that were handed out, and whose outcomes are not to be seen yet.
  package var pending: [Point]

  package init(trial: Int = 0, observed: [Observation] = [], pending: [Point] = []) {
    self.trial = trial
    self.observed = observed
    self.pending = pending
  }
}

/// A point, and what came of it.
package struct Observation: Hashable, Sendable {
  package var point: Point
  package var outcome: Outcome

  package init(_ point: Point, _ outcome: Outcome) {
    self.point = point
    self.outcome = outcome
  }
}

/// A point to try, and what the strategy thought of it.
package struct Proposal: Hashable, Sendable {
  package var point: Point
  package var reason: Reason
  /// The trial that it continues from, whose checkpoint it finds; nil when it begins anew.
  package var parent: Int?

  package init(_ point: Point, _ reason: Reason, parent: Int? = nil) {
    self.point = point
    self.reason = reason
    self.parent = parent
  }

  /// Where a point comes from.
  package enum Reason: Hashable, Sendable {
    /// The experiment gives it.
    case given
    /// It is of a design that looks at no outcome.
    case design
    /// It is drawn at random, among points that a model chose.
    case exploration
    /// A model thinks that it is worth trying.
    case model(Belief)
    /// It descends from trials that did well.
    case variation
    /// It did well with less of the fidelity.
    case promotion
  }
}

/// What a model believed of a point before it was tried.
package struct Belief: Hashable, Sendable {
  /// For each objective, in its unit: what is expected, and the bounds of the central 90 % of what is likely. Empty where
  /// the model does not predict values.
  package var predictions: [Prediction]
  /// By what the point was chosen: such as "log expected improvement".
  package var criterion: String
  package var score: Double
  /// The likelihood that the trial is feasible, and does not fail.
  package var feasibility: Double
  /// For each parameter of the space, in its order, how much the model's prediction depends on it: shares that add up to 1;
  /// empty where the model does not tell.
  package var influence: [Double]
  /// How much better than the best so far the trial is expected to be, in the unit of the one objective: the mean over all that the
  /// model holds possible, where it is no better taken as 0. Nil where the model does not tell.
  package var improvement: Double?
  /// How likely it is that there is a point which is better than the best so far by more than the bound of a rule; nil where no
  /// rule asks.
  package var regret: Double?

  package struct Prediction: Hashable, Sendable {
    package var mean: Double
    package var lower: Double
    package var upper: Double

    package init(mean: Double, lower: Double, upper: Double) {
      self.mean = mean
      self.lower = lower
      self.upper = upper
    }
  }

  package init(
    predictions: [Prediction], criterion: String, score: Double, feasibility: Double = 1, influence: [Double] = []
  ) {
    self.predictions = predictions
    self.criterion = criterion
    self.score = score
    self.feasibility = feasibility
    self.influence = influence
  }
}

/// Which strategy an experiment names, with its options.
package enum StrategyChoice: Hashable, Sendable {
  case grid
  case list([Point])
  case random
  case sobol
  case bayesian
  case tpe
  case cmaes
  case evolution
  /// From rung to rung of the search's fidelity.
  case rungs(RungScheme, RungProposals)
  /// Population-based training, with so many members.
  case pbt(population: Int)
  /// What `AutomaticChoice` says.
  case auto
  /// One after the other, each with what came of those before.
  case phases([SearchPhase])

  /// The name in experiments and documents.
  package var name: String {
    switch self {
    case .grid: "grid"
    case .list: "list"
    case .random: "random"
    case .sobol: "sobol"
    case .bayesian: "bayesian"
    case .tpe: "tpe"
    case .cmaes: "cmaes"
    case .evolution: "evolution"
    case .rungs(let scheme, _): scheme.rawValue
    case .pbt: "pbt"
    case .auto: "auto"
    case .phases: "phases"
    }
  }

  /// How many members may be trained side by side.
  package static let populations = 2...10_000
  package static let usualPopulation = 20

  /// Those that a name alone says all of.
  package static let named: [StrategyChoice] = [.grid, .random, .sobol, .bayesian, .tpe, .cmaes, .evolution, .auto]
}

/// Some points first, then others.
struct InitialPoints: PointSequence {
  let points: [Point]
  let others: any PointSequence

  init(points: [Point], then others: any PointSequence) {
    self.points = points
    self.others = others
  }

  var count: Int? { others.count.map { $0 + points.count } }

  func point(for trial: Int) -> Point {
    trial < points.count ? points[trial] : others.point(for: trial - points.count)
  }
}

/// Some points first, then a strategy's own: it sees what came of them, and they take the place of as many points of its
/// initial design.
struct AdaptiveAfterPoints: AdaptiveStrategy {
  let points: [Point]
  var strategy: any AdaptiveStrategy

  init(points: [Point], then strategy: any AdaptiveStrategy) {
    self.points = points
    self.strategy = strategy
  }

  var phase: Int? { strategy.phase }
  var learns: Bool { strategy.learns }

  func looksAtOutcomes(for trial: Int) -> Bool { trial >= points.count && strategy.looksAtOutcomes(for: trial) }

  mutating func propose(after history: History) -> Proposal? {
    history.trial < points.count ? Proposal(points[history.trial], .given) : strategy.propose(after: history)
  }
}

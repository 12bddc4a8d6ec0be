/// The tree-structured Parzen estimator: it models how the good points are distributed and how the others are, draws
/// candidates like the good ones, and proposes the one whose ratio of the two densities is highest.
/// Of several objectives, the good ones are the first fronts, and of the last one those that add most to the
/// hypervolume (Ozaki, Tanigaki, Watanabe, Onishi, "Multiobjective tree-structured Parzen estimator for computationally
/// expensive optimization problems", GECCO 2020).
///
/// Bergstra, Bardenet, Bengio, Kégl, "Algorithms for hyper-parameter optimization", NeurIPS 2011; the ratio orders
/// candidates as the expected improvement does. In the form of Watanabe, arXiv 2304.11127, 2023: see `ParzenMixture`.
/// Points whose outcome is not known yet count among the others, so that parallel trials keep apart ("constant liar").
///
/// Complexity of a decision: O(candidates · kernels · parameters), and O(n) moves to keep n observations in order.
struct TPESearch: AdaptiveStrategy {
  /// What may be chosen about it; the defaults are those that did best on the development problems.
  struct Options: Hashable, Sendable {
    /// Trials of the initial design, at least.
    var design = 10
    /// The share of the observations that are good, and how many at most.
    var goodShare = 0.1
    var mostGood = 25
    var candidates = 24
    /// At most so many of the others have a kernel.
    var mostOthers = 256
    var goodSpread = KernelSpread(rule: 2)
    var otherSpread = KernelSpread(rule: 2)
    var ramp = 0.0
  }

  private let space: Space
  private let rules: Rules
  private let seed: UInt64
  private let options: Options
  private let design: InitialDesign
  private let axes: [Axis]
  private let priors: [AxisPrior]

  private var newPoints: NewPoints
  private var points: PlacedPoints
  private var ranking: Ranking

  init(space: Space, goals: [Goal], seed: UInt64, trials: Int, lanes: Int) {
    self.init(space: space, goals: goals, seed: seed, trials: trials, lanes: lanes, options: Options())
  }

  init(space: Space, goals: [Goal], seed: UInt64, trials: Int, lanes: Int, options: Options) {
    self.space = space
    self.seed = seed
    self.options = options
    rules = Rules(of: space)
    // The first decision that looks at an outcome should see one.
    design = InitialDesign(space: space, seed: seed, count: max(options.design, lanes), trials: trials)
    let axes = Axis.all(of: space)
    self.axes = axes
    priors = axes.map { AxisPrior($0, space.parameters[$0.parameter].prior) }
    newPoints = NewPoints(space: space, seed: seed)
    points = PlacedPoints(on: axes)
    ranking = Ranking(goals)
  }

  func looksAtOutcomes(for trial: Int) -> Bool { trial >= design.count }

  mutating func propose(after history: History) -> Proposal? {
    newPoints.see(history)
    for observation in history.observed.dropFirst(points.count) {
      points.append(observation.point)
      ranking.insert(observation.outcome)
    }
    guard looksAtOutcomes(for: history.trial) else {
      return design.point(for: history.trial, &newPoints).map { Proposal($0, .design) }
    }
    return choose(for: history) ?? newPoints.any(for: history.trial).map { Proposal($0, .exploration) }
  }

  /// The candidate with the highest ratio; nil when none of them is new.
  private func choose(for history: History) -> Proposal? {
    let (good, others) = mixtures(pending: history.pending)
    var stream = RandomStream(seed: seed, decision: history.trial, purpose: .candidates)
    for _ in 0..<Self.rounds {
      let scored = (0..<options.candidates).map { _ in
        let candidate = good.draw(from: &stream, space, rules)
        return (point: candidate.point, score: good.logDensity(candidate) - others.logDensity(candidate))
      }
      let best = scored.enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
      if let (_, chosen) = best.first(where: { newPoints.admits($0.element.point) }) {
        let belief = Belief(predictions: [], criterion: "log density ratio", score: chosen.score)
        return Proposal(chosen.point, .model(belief))
      }
    }
    return nil
  }

  private static let rounds = 4

  private func mixtures(pending: [Point]) -> (good: ParzenMixture, others: ParzenMixture) {
    let share = Int((options.goodShare * Double(points.count)).rounded(.up))
    let (good, goodWeights, rest) = ranking.split(best: min(share, options.mostGood))
    let others = thinned(rest)
    let otherWeight = Double(rest.count) / Double(max(1, others.count))
    var waiting = PlacedPoints(on: axes)
    for point in pending { waiting.append(point) }
    return (
      ParzenMixture(
        points, members: good, others: PlacedPoints(on: axes), weights: goodWeights,
        priors: priors, spread: options.goodSpread),
      ParzenMixture(
        points, members: others, others: waiting,
        weights: [Double](repeating: otherWeight, count: others.count) + [Double](repeating: 1, count: waiting.count),
        priors: priors, spread: options.otherSpread)
    )
  }

  /// At most so many as may have a kernel, at equal distances in the order.
  private func thinned(_ members: [Int]) -> [Int] {
    let most = options.mostOthers
    guard members.count > most else { return members }
    return (0..<most).map { members[($0 * members.count + members.count / 2) / most] }
  }
}

/// The tree-structured Parzen estimator: it models how the good points are distributed and how the others are, draws
/// candidates like the good ones, and proposes the one whose ratio of the two densities is highest.
/// Of several objectives, the good ones are the first fronts, and of the last one those that add most to the
/// hypervolume (Ozaki, Tanigaki, Watanabe, Onishi, "Multiobjective tree-structured Parzen estimator for computationally
/// expensive optimization problems", GECCO 2020).
///
/// Bergstra, Bardenet, Bengio, Kégl, "Algorithms for hyper-parameter optimization", NeurIPS 2011; the ratio orders
/// candidates as the expected improvement does. In the form of Watanabe, arXiv 2304.11127, 2023: see `ParzenMixture`.
/// Where there are conditions, the branch is drawn like the good ones, and only candidates of that branch are compared: a
/// ratio of densities grows with the number of parameters in which points lie close together, so that the branch that is
/// known best would win over all others, whatever they are worth.
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
    var mostOthers = 64
    /// How much narrower the good ones' kernels may be than those of the others.
    var sharpness = 2.0
  }

  private let space: CandidateSpace
  private let seed: UInt64
  private let options: Options
  private let design: InitialDesign

  private var newPoints: NewPoints
  private var points: PlacedPoints
  private var ranking: Ranking

  /// - Parameter known: so many outcomes are known before the first decision.
  init(
    space: Space, goals: [Goal], seed: UInt64, trials: Int, lanes: Int, known: Int = 0, options: Options = Options()
  ) {
    self.space = CandidateSpace(space)
    self.seed = seed
    self.options = options
    // The first decision that looks at an outcome should see one.
    design = InitialDesign(space: space, seed: seed, count: max(0, max(options.design, lanes) - known), trials: trials)
    newPoints = NewPoints(space: space, seed: seed)
    points = PlacedPoints(on: self.space.axes)
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
      let drawn = (0..<options.candidates).map { _ in good.draw(from: &stream, space) }
      let candidates = drawn.filter { $0.isOfBranch(of: drawn[0]) }.map { (candidate: $0, likeness: good.logRatio($0)) }
      if let proposal = best(of: candidates, others) { return proposal }
    }
    return nil
  }

  /// The new candidate with the highest ratio; of equal ones the likeliest.
  ///
  /// They are looked at the likeliest first: as the other density is at least its prior's part, one that falls short even
  /// with that ends the search.
  private func best(of candidates: [(candidate: Candidate, likeness: Double)], _ others: ParzenMixture) -> Proposal? {
    let order = candidates.indices.sorted { (candidates[$1].likeness, $0) < (candidates[$0].likeness, $1) }
    let least = others.leastLogRatio
    var best: Proposal?
    var bestScore = -Double.infinity
    for (candidate, likeness) in order.lazy.map({ candidates[$0] }) {
      guard likeness - least > bestScore else { break }
      let score = likeness - others.logRatio(candidate)
      guard score > bestScore else { continue }
      let point = space.point(candidate)
      guard newPoints.admits(point) else { continue }
      bestScore = score
      best = Proposal(point, .model(Belief(predictions: [], criterion: "log density ratio", score: score)))
    }
    return best
  }

  private static let rounds = 4

  private func mixtures(pending: [Point]) -> (good: ParzenMixture, others: ParzenMixture) {
    let share = Int((options.goodShare * Double(points.count)).rounded(.up))
    let (good, goodWeights, rest) = ranking.split(best: min(share, options.mostGood))
    let others = Array(rest.prefix(options.mostOthers))
    var waiting = PlacedPoints(on: space.axes)
    for point in pending { waiting.append(point) }
    return (
      ParzenMixture(
        points, members: good, others: PlacedPoints(on: space.axes), weights: goodWeights, priorWeight: 1,
        spread: .neighbors(sharpness: options.sharpness)),
      // Those without a kernel are far from the good ones, as far as can be told: the prior stands for them.
      ParzenMixture(
        points, members: others, others: waiting,
        weights: [Double](repeating: 1, count: others.count + waiting.count),
        priorWeight: Double(rest.count - others.count + 1), spread: .narrow)
    )
  }
}

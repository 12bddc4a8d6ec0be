/// The covariance matrix adaptation evolution strategy, over what is continuous, in bins or a choice (`AdaptedGaussian`,
/// `Margin`, `AdaptedCategories`), started again where it has come to an end (`RestartPlan`).
///
/// It works in generations. The first is a Sobol design, or what is known from before the search; from the best of these
/// on, the distribution is a third as wide as the axes. While the outcomes of a generation are awaited, further points are
/// drawn from the distribution as it is; an outcome counts in the generation in which it is released, relative to the
/// distribution of then. So do points that the experiment gives.
///
/// Complexity: O(n²) for a decision, and O(n³) once in a generation, with n parameters.
struct CMAESSearch: AdaptiveStrategy {
  private let space: Space
  private let goals: [Goal]
  private let seed: UInt64
  private let axes: [Axis]
  private let design: InitialDesign
  private var newPoints: NewPoints
  private var restarts: RestartPlan
  private var distribution: CMAESDistribution
  private var watch: ProgressWatch
  /// What points were drawn as whose outcome has not come yet.
  private var drawn: [Point: CMAESDistribution.Sample] = [:]
  private var generation: [(sample: CMAESDistribution.Sample, outcome: Outcome)] = []
  private var seen = 0
  private var isFirst = true
  /// How many times in a row the distribution gave no new point.
  private var misses = 0

  init(space: Space, goals: [Goal], seed: UInt64, trials: Int, lanes: Int) {
    self.space = space
    self.goals = goals
    self.seed = seed
    axes = Axis.all(of: space)
    restarts = RestartPlan(population: 4 + Int(3 * Arithmetic.log(Double(max(1, axes.count)))))
    design = InitialDesign(space: space, seed: seed, count: restarts.population, trials: trials)
    newPoints = NewPoints(space: space, seed: seed)
    distribution = .start(axes, space, population: restarts.population)
    watch = ProgressWatch(dimension: axes.count, population: restarts.population)
  }

  func looksAtOutcomes(for trial: Int) -> Bool { trial >= design.count }

  mutating func propose(after history: History) -> Proposal? {
    newPoints.see(history)
    for observation in history.observed.dropFirst(seen) { take(observation, before: history.trial) }
    seen = history.observed.count
    if isFirst, generation.count >= distribution.population { begin() }
    guard looksAtOutcomes(for: history.trial) else {
      return design.point(for: history.trial, &newPoints).map { Proposal($0, .design) }
    }
    if misses >= distribution.population { restart(for: history.trial) }
    var stream = RandomStream(seed: seed, decision: history.trial, purpose: .candidates)
    for _ in 0..<Self.draws {
      let (point, sample) = distribution.draw(from: &stream, space)
      guard newPoints.admits(point) else { continue }
      drawn[point] = sample
      misses = 0
      return Proposal(point, .variation)
    }
    misses += 1
    return newPoints.any(for: history.trial).map { Proposal($0, .exploration) }
  }

  /// So many points are drawn in the hope of a new one.
  private static let draws = 32

  private mutating func take(_ observation: Observation, before trial: Int) {
    let sample = drawn.removeValue(forKey: observation.point) ?? distribution.sample(of: observation.point)
    generation.append((sample, observation.outcome))
    guard !isFirst, generation.count >= distribution.population else { return }
    let best = best()
    generation = []
    // Where nothing came of any, none is better than another.
    guard let best else { return }
    let isSound = distribution.update(best.samples)
    if !isSound || watch.stops(best: best.loss, reach: distribution.reach) { restart(for: trial) }
  }

  /// Ends the first generation: goes on from the middle of its better half.
  private mutating func begin() {
    let best = best()
    generation = []
    isFirst = false
    guard let best else { return }
    distribution = .start(axes, space, best.samples, population: distribution.population)
  }

  /// The best samples of the generation, as many as the population; nil where nothing came of any.
  private func best() -> (samples: [CMAESDistribution.Sample], loss: Double)? {
    let order = Self.order(generation.map(\.outcome), goals).prefix(distribution.population)
    guard let first = order.first, case .values(let values) = generation[first].outcome else { return nil }
    return (order.map { generation[$0].sample }, Pareto.losses(values, goals)[0])
  }

  /// The outcomes' places, the best first.
  private static func order(_ outcomes: [Outcome], _ goals: [Goal]) -> [Int] {
    var ranking = Ranking(goals)
    for outcome in outcomes { ranking.insert(outcome) }
    guard goals.count > 1 else { return ranking.order }
    let losses = ranking.order.prefix(ranking.completed).compactMap { ranking.losses(of: $0) }
    let ranked = Pareto.fronts(losses).flatMap { front in
      Pareto.spread(front.map { losses[$0] }, choose: front.count).map { front[$0] }
    }
    return ranked.map { ranking.order[$0] } + ranking.order.dropFirst(ranking.completed)
  }

  private mutating func restart(for trial: Int) {
    var stream = RandomStream(seed: seed, decision: trial, purpose: .modelFit)
    let start = restarts.next(after: trial, from: &stream)
    distribution = .start(axes, space, spread: start.spread, population: start.population, from: &stream)
    watch = ProgressWatch(dimension: axes.count, population: start.population)
    drawn = [:]
    generation = []
    misses = 0
  }
}

extension CMAESDistribution {
  /// As wide as the space or the priors, around the middle of either.
  fileprivate static func start(_ axes: [Axis], _ space: Space, population: Int) -> CMAESDistribution {
    let (mean, deviations) = scope(axes, space)
    return CMAESDistribution(axes: axes, mean: mean, deviations: deviations, population: population)
  }

  /// Around the middle of the better half of some samples, the best first.
  fileprivate static func start(
    _ axes: [Axis], _ space: Space, _ samples: [Sample], population: Int
  ) -> CMAESDistribution {
    let weights = parentWeights(population)
    let mean = samples[0].numbers.indices.map { index in
      zip(samples, weights).reduce(0) { $0 + $1.1 * $1.0.numbers[index] }
    }
    let deviations = scope(axes, space).deviations.map { $0 * startDeviation / uniformDeviation }
    var start = CMAESDistribution(axes: axes, mean: mean, deviations: deviations, population: population)
    start.updateCategories(samples)
    return start
  }

  /// Around a random place.
  ///
  /// - Parameter spread: times the width of the space.
  fileprivate static func start(
    _ axes: [Axis], _ space: Space, spread: Double, population: Int, from stream: inout RandomStream
  ) -> CMAESDistribution {
    let deviations = scope(axes, space).deviations.map { $0 * spread }
    let mean = deviations.map { _ in stream.uniform() }
    return CMAESDistribution(axes: axes, mean: mean, deviations: deviations, population: population)
  }

  private static func scope(_ axes: [Axis], _ space: Space) -> (mean: [Double], deviations: [Double]) {
    var (mean, deviations): ([Double], [Double]) = ([], [])
    for axis in axes where axis.kind != .unordered {
      let parameter = space.parameters[axis.parameter]
      if case .normal(let center, let width)? = parameter.prior,
        let unit = parameter.domain.onUnitScale(mean: center, spread: width)
      {
        mean.append(min(1, max(0, unit.center)))
        deviations.append(min(uniformDeviation, max(0.02, unit.width)))
      } else {
        mean.append(0.5)
        deviations.append(uniformDeviation)
      }
    }
    return (mean, deviations)
  }

  /// The standard deviation of a uniform distribution of length 1, and the one after the first generation.
  private static let uniformDeviation = 0.288_675_134_594_812_9
  private static let startDeviation = 1.0 / 6
}

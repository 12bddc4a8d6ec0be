/// Evolution: new points descend from those that did well.
///
/// With one objective it is regularised evolution (Real, Aggarwal, Huang, Le, "Regularized evolution for image classifier
/// architecture search", AAAI 2019): of the latest trials some are drawn, and the best of them has a child that differs
/// in little. As trials leave by their age, no lucky outcome of a noisy objective stays for good.
///
/// With several it is NSGA-II (Deb et al. 2002) in the form that replaces one trial at a time, which needs no generations
/// to wait for, and converges faster (Durillo, Nebro, Luna, Alba, "On the effect of the steady-state selection scheme in
/// multi-objective genetic algorithms", EMO 2009): parents win tournaments of two by front, then by room in it.
///
/// Complexity of a decision: O(parameters), and O(population² · objectives) with several objectives.
struct EvolutionSearch: AdaptiveStrategy {
  /// What may be chosen about it.
  struct Options: Hashable, Sendable {
    /// How many trials there are for each that the population has, and the bounds of its size.
    var trialsForOne = 5
    var population = 10...50
    /// With one objective: what part of the population takes part in a tournament.
    var tournament = 0.25
  }

  private let seed: UInt64
  private let design: InitialDesign
  private let variation: Variation
  private let hasSeveralGoals: Bool
  /// How many members of the population a parent is the best of.
  private let rivals: Int
  private var newPoints: NewPoints
  private var population: Population
  private var seen = 0

  init(space: Space, goals: [Goal], seed: UInt64, trials: Int, lanes: Int) {
    self.init(space: space, goals: goals, seed: seed, trials: trials, lanes: lanes, options: Options())
  }

  init(space: Space, goals: [Goal], seed: UInt64, trials: Int, lanes: Int, options: Options) {
    self.seed = seed
    let bounds = options.population
    let size = min(bounds.upperBound, max(bounds.lowerBound, trials / options.trialsForOne))
    design = InitialDesign(space: space, seed: seed, count: max(size, lanes), trials: trials)
    variation = Variation(space: space)
    hasSeveralGoals = goals.count > 1
    rivals = hasSeveralGoals ? 2 : max(2, Int(options.tournament * Double(size)))
    newPoints = NewPoints(space: space, seed: seed)
    population = Population(goals: goals, capacity: size)
  }

  func looksAtOutcomes(for trial: Int) -> Bool { trial >= design.count }

  mutating func propose(after history: History) -> Proposal? {
    newPoints.see(history)
    for observation in history.observed.dropFirst(seen) {
      population.insert(variation.genome(of: observation.point), observation.outcome)
    }
    seen = history.observed.count
    guard looksAtOutcomes(for: history.trial) else {
      return design.point(for: history.trial, &newPoints).map { Proposal($0, .design) }
    }
    var stream = RandomStream(seed: seed, decision: history.trial, purpose: .candidates)
    for _ in 0..<Self.draws where !population.isEmpty {
      let child = makeChild(from: &stream)
      if newPoints.admits(child) { return Proposal(child, .variation) }
    }
    return newPoints.any(for: history.trial).map { Proposal($0, .exploration) }
  }

  /// So many children are made in the hope of a new point.
  private static let draws = 32

  private func makeChild(from stream: inout RandomStream) -> Point {
    let parent = population.parent(outOf: rivals, from: &stream)
    guard hasSeveralGoals else { return variation.child(of: parent, from: &stream) }
    return variation.child(of: parent, population.parent(outOf: rivals, from: &stream), from: &stream)
  }
}

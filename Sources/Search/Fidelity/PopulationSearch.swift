/// Population-based training: Jaderberg et al., "Population based training of neural networks", arXiv:1711.09846, 2017.
///
/// The members of a population train side by side, each from its checkpoint, in even steps of the fidelity. Before a step a
/// member that is among the worst of those known at its step leaves its training: it takes up the checkpoint of one of the
/// best (exploit), with a point that differs in little from that one's (explore). So what trains best in the end has been
/// through several points: a schedule.
///
/// It goes by one objective. Members take their steps side by side: trial `k` is step `k / population` of member
/// `k % population`, and sees what came of all steps before, whatever the lanes.
///
/// Complexity of a decision: O(population · log(population)).
struct PopulationSearch: AdaptiveStrategy {
  /// The shares of the best and of the worst: one in so many, and one at least.
  private static let part = 5
  /// So many perturbed points are made in the hope of one that the constraints allow.
  private static let draws = 32

  private let space: Space
  private let place: Int
  private let fidelity: Fidelity
  private let goals: [Goal]
  private let seed: UInt64
  private let population: Int
  private let initialPoints: [Point]
  private let design: InitialDesign
  private let variation: Variation
  private let rules: Rules
  private let random: RandomSearch

  private var newPoints: NewPoints
  /// The members' points of the first step, as `newPoints` is shown them.
  private var shown = History()
  /// The points of the trials, without their fidelity.
  private var points: [Point] = []
  /// By point with its fidelity the trials that nothing is known of, in their order: two members may have one point.
  private var waiting: [Point: [Int]] = [:]
  /// By step what is known of it, and of which trials that is.
  private var steps: [(ranking: Ranking, trials: [Int])] = []
  private var known: [Int: Outcome] = [:]
  private var seen = 0

  /// - Parameters:
  ///   - space: the whole one, with the fidelity among its parameters.
  ///   - population: at least 2.
  ///   - initialPoints: points of the space, with which the first members begin; their fidelity means nothing.
  init(
    space: Space, fidelity: Fidelity, goals: [Goal], seed: UInt64, population: Int, initialPoints: [Point] = []
  ) {
    let inner = space.without(fidelity.name)
    self.space = inner
    let place = space.parameters.firstIndex { $0.name == fidelity.name } ?? 0
    self.place = place
    self.fidelity = fidelity
    self.goals = goals
    self.seed = seed
    self.population = population
    var distinct: [Point] = []
    for point in initialPoints.map({ $0.removing(place) }) where !distinct.contains(point) { distinct.append(point) }
    self.initialPoints = Array(distinct.prefix(population))
    design = InitialDesign(space: inner, seed: seed, count: population, trials: population)
    variation = Variation(space: inner)
    rules = Rules(of: inner)
    random = RandomSearch(space: inner, seed: seed)
    newPoints = NewPoints(space: inner, seed: seed)
  }

  var count: Int? { population * fidelity.rungs.count }

  func looksAtOutcomes(for trial: Int) -> Bool { trial >= population }

  func outcomesSeen(by trial: Int) -> Int? { trial / population * population }

  mutating func propose(after history: History) -> Proposal? {
    for observation in history.observed.dropFirst(seen) { take(observation) }
    seen = history.observed.count
    let step = history.trial / population
    guard step < fidelity.rungs.count else { return nil }
    let proposal = step == 0 ? begin(history.trial) : goOn(history.trial, after: step - 1)
    points.append(proposal.point)
    var point = proposal.point
    point.values.insert(.int(fidelity.rungs[step]), at: place)
    waiting[point, default: []].append(history.trial)
    return Proposal(point, proposal.reason, parent: proposal.parent)
  }

  /// Others than those that wait were not asked for, and say nothing of a member.
  private mutating func take(_ observation: Observation) {
    guard var trials = waiting.removeValue(forKey: observation.point), !trials.isEmpty else { return }
    let trial = trials.removeFirst()
    if !trials.isEmpty { waiting[observation.point] = trials }
    known[trial] = observation.outcome
    let step = trial / population
    while steps.count <= step { steps.append((Ranking(goals), [])) }
    steps[step].ranking.insert(observation.outcome)
    steps[step].trials.append(trial)
  }

  private mutating func begin(_ trial: Int) -> Proposal {
    newPoints.see(shown)
    let isGiven = trial < initialPoints.count
    let point = isGiven ? initialPoints[trial] : design.point(for: trial, &newPoints) ?? random.point(for: trial)
    shown.pending.append(point)
    return Proposal(point, isGiven ? .given : .design)
  }

  /// - Parameter step: the one that the member has done.
  private func goOn(_ trial: Int, after step: Int) -> Proposal {
    let own = trial - population
    let going = Proposal(points[own], .promotion, parent: own)
    guard step < steps.count else { return going }
    let (ranking, trials) = steps[step]
    let share = max(1, trials.count / Self.part)
    let donors = ranking.order.prefix(min(share, ranking.completed)).map { trials[$0] }
    let isAmongWorst = trials.count > 1 && ranking.order.suffix(share).contains { trials[$0] == own }
    let hasFailed = if case .values? = known[own] { false } else { known[own] != nil }
    guard hasFailed || isAmongWorst else { return going }
    // A training that has failed has nothing to go on from, and here there is no other.
    guard !donors.isEmpty else { return Proposal(random.point(for: trial), .exploration) }
    var stream = RandomStream(seed: seed, decision: trial, purpose: .candidates)
    let donor = donors[stream.below(donors.count)]
    let genome = variation.genome(of: points[donor])
    for _ in 0..<Self.draws {
      let point = variation.perturbed(genome, from: &stream)
      if rules.allow(point.values) { return Proposal(point, .variation, parent: donor) }
    }
    return Proposal(points[donor], .promotion, parent: donor)
  }
}

extension Point {
  /// Without the value at a place.
  func removing(_ place: Int) -> Point {
    var point = self
    point.values.remove(at: place)
    return point
  }
}

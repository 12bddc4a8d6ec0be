/// Trials begin with little of the fidelity, and the best of them go on: see `RungScheme`.
///
/// Complexity of a decision: that of the model where there is one, and O(rungs + brackets at work) besides.
struct RungSearch: AdaptiveStrategy {
  /// A point that began at some rung, without its fidelity.
  private struct Candidate {
    var point: Point
    /// The bracket that it began in; nil for `asha`.
    var bracket: Int?
    /// Its latest trial.
    var trial: Int
  }

  /// A trial: a candidate at a rung.
  private struct Run: Hashable {
    var candidate: Int
    var rung: Int
  }

  /// What is known of a rung, whether of all brackets or of one.
  private struct Rung {
    var ranking: Ranking
    /// Which candidate each observation of the ranking is of.
    var candidates: [Int] = []

    init(_ goals: [Goal]) { ranking = Ranking(goals) }

    mutating func insert(_ candidate: Int, _ outcome: Outcome) {
      ranking.insert(outcome)
      candidates.append(candidate)
    }

    /// The best candidates with values, the best first where there is one objective.
    func best(_ count: Int) -> [Int] { ranking.split(best: count).best.map { candidates[$0] } }
  }

  /// A bracket at work.
  private struct Contest {
    var bracket: Bracket
    /// How many of its candidates have begun.
    var begun = 0
    /// Of the rung that is being waited for, counted from the bracket's own lowest one.
    var step = 0
    /// How many trials that rung has.
    var size: Int
    var rung: Rung
    /// Those that go on and have not been proposed.
    var promoted: [Int] = []

    var isOver: Bool { step == bracket.sizes.count }

    /// Takes in what came of a trial at the rung that is waited for; with the last of them the best go on.
    mutating func take(_ candidate: Int, _ outcome: Outcome, _ goals: [Goal]) {
      guard !isOver else { return }
      rung.insert(candidate, outcome)
      settle(goals)
    }

    /// Takes note that no other candidates are to come.
    mutating func close(_ goals: [Goal], _ fidelity: Fidelity) {
      guard begun < bracket.sizes[0] else { return }
      bracket.sizes = fidelity.sizes(of: begun, steps: bracket.sizes.count - 1)
      size = begun
      settle(goals)
    }

    private mutating func settle(_ goals: [Goal]) {
      guard rung.candidates.count == size else { return }
      step += 1
      guard !isOver else { return }
      // Those that failed do not go on, even where there is room for them.
      promoted = rung.best(bracket.sizes[step])
      size = promoted.count
      rung = Rung(goals)
      if promoted.isEmpty { step = bracket.sizes.count }
    }
  }

  private let space: Space
  private let place: Int
  private let fidelity: Fidelity
  private let goals: [Goal]
  private let scheme: RungScheme
  private let initialPoints: [Point]
  private let brackets: [Bracket]

  private var newPoints: NewPoints
  /// The candidates' points, as `newPoints` is shown them.
  private var shown = History()
  private var candidates: [Candidate] = []
  /// The candidates of which nothing is known yet.
  private var waiting: [Int] = []
  private var runs: [Point: Run] = [:]
  private var contests: [Contest] = []
  /// The contests before this one are over.
  private var firstContest = 0
  /// Of all brackets together.
  private var rungs: [Rung]
  /// Whether the best go on to full training where there are no more points to begin with.
  private let completes: Bool
  /// Whether a candidate has gone on from a rung.
  private var promoted: Set<Run> = []
  private var seen = 0
  /// For each rung what came of the points at it.
  private var lessons: [[Observation]]
  /// One of each rung, of which the highest that enough is known of is asked.
  private var models: [any AdaptiveStrategy] = []
  /// One of all rungs together, with the fidelity among what it looks at: it is asked for what does well with all of it.
  private var joint: BayesianSearch?

  /// - Parameters:
  ///   - space: the whole one, with the fidelity among its parameters.
  ///   - initialPoints: points of the space, the first to begin; their fidelity means nothing.
  ///   - regretBound: for the model of all rungs; see `BayesianSearch`.
  ///   - seeksFront: of two objectives; see `BayesianSearch`.
  ///   - completes: whether the best go on to full training where there are no more points to begin with.
  init(
    space: Space, fidelity: Fidelity, goals: [Goal], seed: UInt64, trials: Int, scheme: RungScheme,
    proposals: RungProposals, initialPoints: [Point] = [], regretBound: Double? = nil,
    seeksFront: Bool = false, completes: Bool = true
  ) {
    self.completes = completes
    let inner = space.without(fidelity.name)
    self.space = inner
    self.fidelity = fidelity
    self.goals = goals
    self.scheme = scheme
    let place = space.parameters.firstIndex { $0.name == fidelity.name } ?? 0
    self.place = place
    brackets = fidelity.brackets(of: scheme)
    switch proposals {
    case .random: break
    case .tpe:
      let model = TPESearch(space: inner, goals: goals, seed: seed, trials: trials, lanes: 1)
      models = fidelity.rungs.map { _ in model }
    case .bayesian:
      let model = BayesianSearch(
        space: inner, goals: goals, seed: seed, trials: trials, lanes: 1, seeksFront: seeksFront)
      models = fidelity.rungs.map { _ in model }
    case .multiFidelity:
      joint = BayesianSearch(
        space: space.replacing(place, by: .int(IntRange(lower: 1, upper: fidelity.full, scale: .log))), goals: goals,
        seed: seed, trials: trials, lanes: 1, regretBound: regretBound, seeksFront: seeksFront,
        asked: (place, .int(fidelity.full)))
    }
    newPoints = NewPoints(space: inner, seed: seed)
    rungs = fidelity.rungs.map { _ in Rung(goals) }
    lessons = fidelity.rungs.map { _ in [] }
    var distinct: [Point] = []
    for point in initialPoints.map({ $0.removing(place) }) where !distinct.contains(point) {
      distinct.append(point)
    }
    self.initialPoints = distinct
  }

  func looksAtOutcomes(for trial: Int) -> Bool {
    // Before so many outcomes nothing can go on.
    let first = scheme == .asha ? fidelity.reduction : brackets[0].sizes[0]
    guard trial >= initialPoints.count, let model = models.first ?? joint else { return trial >= first }
    return trial >= first || model.looksAtOutcomes(for: trial)
  }

  mutating func propose(after history: History) -> Proposal? {
    for observation in history.observed.dropFirst(seen) { take(observation) }
    seen = history.observed.count
    guard let run = nextPromotion() else { return begin(history) ?? complete(history) }
    return goOn(run, history)
  }

  private mutating func goOn(_ run: Run, _ history: History) -> Proposal {
    let parent = fidelity.continues ? candidates[run.candidate].trial : nil
    candidates[run.candidate].trial = history.trial
    return Proposal(start(run), .promotion, parent: parent)
  }

  // MARK: - What came of trials

  private mutating func take(_ observation: Observation) {
    let point = observation.point.removing(place)
    guard case .int(let level)? = observation.point.values[place], let rung = fidelity.rungs.firstIndex(of: level)
    else {
      return
    }
    lessons[rung].append(Observation(point, observation.outcome))
    // Others were not asked for, and only taught.
    guard let run = runs[observation.point] else { return }
    waiting.removeAll { $0 == run.candidate }
    rungs[rung].insert(run.candidate, observation.outcome)
    if let bracket = candidates[run.candidate].bracket {
      contests[bracket].take(run.candidate, observation.outcome, goals)
    }
    while firstContest < contests.count, contests[firstContest].isOver { firstContest += 1 }
  }

  /// A trial that goes on where no other point is left to begin with: brackets are full then, and one comes to full training, if any
  /// can.
  private mutating func complete(_ history: History) -> Proposal? {
    guard completes else { return nil }
    if let last = contests.indices.last { contests[last].close(goals, fidelity) }
    let run = nextPromotion() ?? (history.pending.isEmpty ? nextBest() : nil)
    return run.map { goOn($0, history) }
  }

  /// The best trial that has not gone on, as high up as there is one, while none has come to full training.
  private mutating func nextBest() -> Run? {
    guard let top = rungs.last, top.ranking.completed == 0 else { return nil }
    for rung in rungs.indices.dropLast().reversed() {
      for candidate in rungs[rung].best(rungs[rung].ranking.completed)
      where promoted.insert(Run(candidate: candidate, rung: rung)).inserted {
        return Run(candidate: candidate, rung: rung + 1)
      }
    }
    return nil
  }

  /// A trial that goes on; nil when none does as far as is known.
  private mutating func nextPromotion() -> Run? {
    guard scheme == .asha else {
      for index in contests.indices.dropFirst(firstContest) where !contests[index].promoted.isEmpty {
        let contest = contests[index]
        let candidate = contests[index].promoted.removeFirst()
        let rung = contest.bracket.lowest + contest.step
        promoted.insert(Run(candidate: candidate, rung: rung - 1))
        return Run(candidate: candidate, rung: rung)
      }
      return nil
    }
    for rung in rungs.indices.dropLast().reversed() {
      let share = rungs[rung].ranking.count / fidelity.reduction
      for candidate in rungs[rung].best(share) where promoted.insert(Run(candidate: candidate, rung: rung)).inserted {
        return Run(candidate: candidate, rung: rung + 1)
      }
    }
    return nil
  }

  // MARK: - New candidates

  /// Nil when every point has begun.
  private mutating func begin(_ history: History) -> Proposal? {
    let trial = history.trial
    newPoints.see(shown)
    let number = candidates.count
    let proposal: Proposal
    if number < initialPoints.count {
      proposal = Proposal(initialPoints[number], .given)
    } else if let modelled = modelProposal(number, history), newPoints.admits(modelled.point) {
      proposal = modelled
    } else if let point = newPoints.any(for: number) {
      proposal = Proposal(point, models.isEmpty && joint == nil ? .design : .exploration)
    } else {
      return nil
    }
    shown.pending.append(proposal.point)
    let bracket = scheme == .asha ? nil : nextContest()
    candidates.append(Candidate(point: proposal.point, bracket: bracket, trial: trial))
    waiting.append(number)
    let rung = candidates[number].bracket.map { contests[$0].bracket.lowest } ?? 0
    return Proposal(start(Run(candidate: number, rung: rung)), proposal.reason)
  }

  /// The contest in which the next candidate begins.
  private mutating func nextContest() -> Int {
    if contests.last.map({ $0.begun == $0.bracket.sizes[0] }) ?? true {
      let bracket = brackets[contests.count % brackets.count]
      contests.append(Contest(bracket: bracket, size: bracket.sizes[0], rung: Rung(goals)))
    }
    contests[contests.count - 1].begun += 1
    return contests.count - 1
  }

  private mutating func modelProposal(_ number: Int, _ history: History) -> Proposal? {
    if let proposal = joint?.propose(
      after: History(trial: number, observed: history.observed, pending: history.pending))
    {
      return Proposal(proposal.point.removing(place), proposal.reason)
    }
    guard !models.isEmpty else { return nil }
    let enough = space.dimension + 2
    let rung = rungs.indices.last { rungs[$0].ranking.completed >= enough } ?? 0
    let pending = waiting.map { candidates[$0].point }
    let proposal = models[rung].propose(after: History(trial: number, observed: lessons[rung], pending: pending))
    guard var proposal, case .model(var belief) = proposal.reason, !belief.influence.isEmpty else { return proposal }
    // The model does not know the fidelity, of which there is a share in the whole space.
    belief.influence.insert(0, at: place)
    proposal.reason = .model(belief)
    return proposal
  }

  private mutating func start(_ run: Run) -> Point {
    var point = candidates[run.candidate].point
    point.values.insert(.int(fidelity.rungs[run.rung]), at: place)
    runs[point] = run
    return point
  }
}

import Testing

@testable import Search

@Suite("Bayesian search")
struct BayesianSearchTests {
  /// As thorough as tests without optimisation have time for.
  private static let effort = CandidateSearch.Effort(
    global: 40, local: 24, starts: 1, branches: 1, rounds: 1, iterations: 4)

  private func search(_ space: Space, _ goals: [Goal] = [.minimize], seed: UInt64 = 7) -> BayesianSearch {
    BayesianSearch(
      space: space, goals: goals, seed: seed, trials: 1000, lanes: 1, seeksFront: true, effort: Self.effort)
  }

  /// Decides about trials one after the other, each seeing what came of those before it but for the last `pending`.
  private func run(
    _ search: BayesianSearch, trials: Int, pending: Int = 0, _ outcome: (Int, Point) -> Outcome
  ) -> [Proposal] {
    var (search, history, proposals) = (search, History(), [Proposal]())
    while history.trial < trials, let proposal = search.propose(after: history) {
      proposals.append(proposal)
      history.pending.append(proposal.point)
      history.trial += 1
      while history.pending.count > pending {
        let point = history.pending.removeFirst()
        history.observed.append(Observation(point, outcome(history.observed.count, point)))
      }
    }
    return proposals
  }

  private func number(_ point: Point) -> Double {
    var sum = 0.0
    for value in point.values {
      switch value {
      case .float(let number): sum += abs(number)
      case .int(let number): sum += Double(number) / 10
      case .string(let text): sum += Double(text.utf8.count)
      case .bool(let flag): sum += flag ? 1 : 0
      case nil: break
      }
    }
    return sum
  }

  private func check(_ proposals: [Proposal], in space: Space) {
    for proposal in proposals {
      #expect(space.contains(proposal.point))
      #expect(space.broken(by: proposal.point) == nil)
    }
    let different = Set(proposals.map(\.point))
    #expect(different.count == proposals.count, "a point is proposed twice")
  }

  private static let conditional = Space(
    [
      Parameter(name: "model", domain: .choice([.string("tree"), .string("net")])),
      Parameter(
        name: "depth", domain: .int(IntRange(lower: 1, upper: 12)),
        condition: .compare(.equal, .name("model"), .constant(.string("tree")))),
      Parameter(
        name: "layers", domain: .int(IntRange(lower: 1, upper: 3)),
        condition: .compare(.equal, .name("model"), .constant(.string("net")))),
      Parameter(
        name: "second", domain: .float(FloatRange(lower: 0, upper: 1)),
        condition: .compare(.greaterOrEqual, .name("layers"), .constant(.int(2)))),
      Parameter(name: "rate", domain: .float(FloatRange(lower: 1e-4, upper: 1, scale: .log))),
      Parameter(name: "limit", domain: .float(FloatRange(lower: 0, upper: 1))),
    ], constraints: [.compare(.lessOrEqual, .name("rate"), .name("limit"))])

  @Test("Proposals are points of the space, each a new one, and a model chooses them after the design")
  func contract() {
    for space in [Space.mixed, Self.conditional] {
      let proposals = run(search(space), trials: 16) { _, point in .values([number(point)]) }
      #expect(proposals.count == 16)
      check(proposals, in: space)
      for proposal in proposals.suffix(4) {
        guard case .model(let belief) = proposal.reason else {
          Issue.record("no model chose the point")
          continue
        }
        #expect(belief.predictions.count == 1 && belief.score.isFinite)
        for prediction in belief.predictions {
          #expect(prediction.lower <= prediction.mean && prediction.mean <= prediction.upper)
        }
        let influence = belief.influence.reduce(0, +)
        #expect(abs(influence - 1) < 1e-9)
        #expect(belief.influence.count == space.parameters.count)
      }
    }
  }

  @Test("The same history gives the same proposals, another seed others")
  func determinism() {
    let outcome = { (_: Int, point: Point) in Outcome.values([number(point)]) }
    let first = run(search(Self.conditional), trials: 13, outcome)
    #expect(run(search(Self.conditional), trials: 13, outcome) == first)
    #expect(run(search(Self.conditional, seed: 8), trials: 13, outcome) != first)
  }

  @Test("A finite space is proposed whole, and then nothing more")
  func exhaustion() {
    let proposals = run(search(.finite), trials: 100) { _, point in .values([number(point)]) }
    #expect(proposals.count == 24)
    check(proposals, in: .finite)
    let single = Space([Parameter(name: "a", domain: .constant(.int(1)))])
    #expect(run(search(single), trials: 5) { _, _ in .values([1]) }.count == 1)
  }

  @Test(
    "Odd outcomes stop nothing",
    arguments: [
      { (_: Int) in Outcome.values([3]) }, { trial in .values([trial % 2 == 0 ? 1e300 : -1e300]) },
      { trial in .values([Double(trial) * .leastNonzeroMagnitude]) }, { _ in .failed }, { _ in .infeasible },
      { trial in trial % 2 == 0 ? .failed : .values([Double(trial)]) },
      { trial in trial < 12 ? .failed : .values([1]) },
    ] as [@Sendable (Int) -> Outcome])
  func oddOutcomes(_ outcome: @Sendable (Int) -> Outcome) {
    let proposals = run(search(.mixed), trials: 14) { trial, _ in outcome(trial) }
    #expect(proposals.count == 14)
    check(proposals, in: .mixed)
  }

  @Test("One dimension or a hundred are no matter", arguments: [1, 100])
  func dimensions(_ dimension: Int) {
    let space = Space.cube(dimension)
    let proposals = run(search(space), trials: 13) { _, point in .values([number(point)]) }
    #expect(proposals.count == 13)
    check(proposals, in: space)
  }

  @Test("Points that are being tried are not proposed again, and are kept away from")
  func pending() {
    let proposals = run(search(.cube(2)), trials: 16, pending: 5) { _, point in .values([number(point)]) }
    #expect(proposals.count == 16)
    check(proposals, in: .cube(2))
  }

  @Test("With several objectives, all proposals hold the contract too")
  func objectives() {
    let search = search(.cube(2), [.minimize, .maximize])
    let proposals = run(search, trials: 13) { _, point in .values([number(point), -number(point)]) }
    check(proposals, in: .cube(2))
  }

  @Test("Of several objectives, each is predicted in its own unit and direction")
  func objectivePredictions() {
    func values(_ point: Point) -> [Double] {
      let x = point.values.map { $0?.number ?? 0 }
      return [1000 * (x[0] + 0.5 * x[1]), x[0] - x[1]]
    }
    let proposals = run(search(.cube(2), [.minimize, .maximize]), trials: 16) { _, point in .values(values(point)) }
    for proposal in proposals.suffix(6) {
      guard case .model(let belief) = proposal.reason else { continue }
      #expect(belief.predictions.count == 2)
      for (prediction, value) in zip(belief.predictions, values(proposal.point)) {
        #expect(prediction.lower <= prediction.mean && prediction.mean <= prediction.upper)
        let half = (prediction.upper - prediction.lower) / 2
        #expect(abs(prediction.mean - value) <= 4 * half, "\(prediction), \(value)")
      }
    }
  }

  @Test("Points that were given before are not proposed, and the same observed twice is no obstacle")
  func duplicates() {
    var search = search(.cube(1))
    let point = Point([.float(0.25)])
    var history = History(trial: 20)
    for index in 0..<8 { history.observed.append(Observation(point, .values([Double(index % 2)]))) }
    history.observed.append(Observation(Point([.float(0.75)]), .values([2])))
    let proposal = search.propose(after: history)
    #expect(proposal != nil && proposal?.point != point)
  }

  @Test("A bowl's bottom is found in few trials, whichever way is better")
  func bowl() {
    for goal in [Goal.minimize, .maximize] {
      var best = Double.infinity
      _ = run(search(.cube(2), [goal]), trials: 22) { _, point in
        var square = 0.0
        for case .float(let x)? in point.values { square += (x - 0.3) * (x - 0.3) }
        best = min(best, square)
        return .values([goal == .minimize ? square : -square])
      }
      // Of 22 random points one comes so near with a chance of 22 π 0.0005, 3.4 %. Over 200 seeds the logarithm has the mean
      // -5.59 and σ = 0.58: the bound is 3.9 σ away, which fails for one seed in 20,000.
      #expect(best < 5e-4)
    }
  }

  /// Three branches: one that is good anywhere, and one whose best place, which is better, is narrow.
  private static let branches = Space([
    Parameter(name: "branch", domain: .choice([.string("flat"), .string("good"), .string("narrow")])),
    Parameter(
      name: "good", domain: .float(FloatRange(lower: 0, upper: 1)),
      condition: .compare(.equal, .name("branch"), .constant(.string("good")))),
    Parameter(
      name: "narrow", domain: .float(FloatRange(lower: 0, upper: 1)),
      condition: .compare(.equal, .name("branch"), .constant(.string("narrow")))),
    Parameter(
      name: "count", domain: .int(IntRange(lower: 1, upper: 30)),
      condition: .compare(.equal, .name("branch"), .constant(.string("narrow")))),
  ])

  @Test("A branch that looks bad is looked at again once another one has nothing more to gain")
  func badBranch() {
    func visits(_ seed: UInt64, softensTail: Bool) -> Int {
      let search = BayesianSearch(
        space: Self.branches, goals: [.minimize], seed: seed, trials: 50, lanes: 1, softensTail: softensTail,
        effort: Self.effort)
      let proposals = run(search, trials: 50) { _, point in
        if case .float(let x)? = point.values[1] { return .values([0.3 + (x - 0.6) * (x - 0.6)]) }
        guard case .float(let x)? = point.values[2], case .int(let count)? = point.values[3] else {
          return .values([1])
        }
        return .values([4 * abs(x - 0.3) + 0.05 * Double((count - 12) * (count - 12))])
      }
      return proposals.suffix(30).count { $0.point.values[2] != nil }
    }
    let seeds: [UInt64] = [1, 2, 3, 4]
    let (cut, soft) = (
      seeds.map { visits($0, softensTail: false) }.reduce(0, +),
      seeds.map { visits($0, softensTail: true) }.reduce(0, +)
    )
    #expect(soft >= 2 * max(cut, 10), "\(soft) and \(cut) of the last 30 trials of four searches")
  }

  @Test("The initial design looks at no outcome")
  func design() {
    let search = search(.mixed)
    #expect(!search.looksAtOutcomes(for: 0) && !search.looksAtOutcomes(for: 4) && search.looksAtOutcomes(for: 10))
  }
}

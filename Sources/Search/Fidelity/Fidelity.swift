/// How much of the full training trials get, in steps at which they compete: *rungs*.
///
/// It is a parameter of the space like any other, an integer, but that the strategy sets it and does not tune it: a trial
/// is a run at one point, its fidelity among the values. So what names trials names their fidelity as well.
package struct Fidelity: Hashable, Sendable {
  /// The parameter's name, such as `epochs`.
  package let name: String
  /// Of the lowest rung and of full training. At least 1, and the second one is the larger.
  package let lowest: Int
  package let full: Int
  /// One in so many trials goes on from a rung to the next, which has so much more of the fidelity. At least 2; or 1 where all
  /// go on, in even steps of the lowest rung.
  package let reduction: Int
  /// Whether a trial that goes on takes up where it was at the rung below, from a checkpoint: then it takes only what it has
  /// more.
  package let continues: Bool
  /// Of `hyperband`, how many of its brackets take turns: those that begin with the least. Nil for all.
  package var brackets: Int?

  package init(name: String, lowest: Int, full: Int, reduction: Int, continues: Bool = false) {
    self.continues = continues
    self.name = name
    self.lowest = lowest
    self.full = full
    self.reduction = reduction
    guard reduction > 1 else {
      rungs = Array(stride(from: lowest, to: full, by: lowest)) + [full]
      return
    }
    var levels = [full]
    var level = full
    // From the top: full / reduction^k, rounded.
    while level >= lowest * reduction {
      level = (level + reduction / 2) / reduction
      levels.append(level)
    }
    rungs = levels.reversed()
  }

  /// The fidelity of each rung, from the lowest on; the last one is full training.
  package let rungs: [Int]

  package static let reductions = 2...100
  /// There are no more rungs, and so no more brackets: reductions are 2 at least.
  package static let mostBrackets = 30
  /// Of even steps there are no more.
  package static let mostSteps = 10_000
  package static let most = 1_000_000_000
  /// Of all trials together.
  package static let mostInAll = 1_000_000_000_000_000
}

/// By which rule trials go on from rung to rung.
package enum RungScheme: String, Hashable, Sendable, CaseIterable {
  /// Of a bracket's trials the best go on when all of a rung are over: Jamieson, Talwalkar, "Non-stochastic best arm
  /// identification and hyperparameter optimization", AISTATS 2016.
  case successiveHalving = "successive-halving"
  /// The same with brackets that begin at different rungs, in turn: Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar,
  /// "Hyperband", JMLR 18, 2018.
  case hyperband
  /// A trial goes on as soon as it is among the best of its rung so far: Li et al., "A system for massively parallel
  /// hyperparameter tuning", MLSys 2020.
  case asha
}

/// Where the points come from that begin at a bracket's lowest rung.
package enum RungProposals: String, Hashable, Sendable, CaseIterable {
  /// Drawn at random, by the priors.
  case random
  /// A model of the highest rung of which enough is known (Falkner, Klein, Hutter, "BOHB", ICML 2018).
  case tpe
  case bayesian
  /// One Gaussian process of all rungs, with the fidelity among what it looks at: Klein, Tiao, Lienart, Archambeau, Seeger, "Model-based
  /// asynchronous hyperparameter and neural architecture search", 2020.
  case multiFidelity = "multi-fidelity"
}

/// A bracket: how many trials each of its rungs has.
package struct Bracket: Hashable, Sendable {
  /// The rung with which it begins, counted from 0.
  package var lowest: Int
  /// From that rung on.
  package var sizes: [Int]
}

extension Fidelity {
  /// The brackets of a scheme, which it goes through in turn; of `asha`, which has none, the shares of the first rungs.
  package func brackets(of scheme: RungScheme) -> [Bracket] {
    let top = rungs.count - 1
    func bracket(_ steps: Int, _ trials: Int) -> Bracket {
      Bracket(lowest: top - steps, sizes: sizes(of: trials, steps: steps))
    }
    func power(_ exponent: Int) -> Int { (0..<exponent).reduce(1) { power, _ in power * reduction } }
    switch scheme {
    case .successiveHalving, .asha: return [bracket(top, power(top))]
    case .hyperband:
      // ceil((top + 1) / (s + 1) · reduction^s) trials, s steps.
      return (0...top).reversed().prefix(brackets ?? Int.max).map { steps in
        bracket(steps, ((top + 1) * power(steps) + steps) / (steps + 1))
      }
    }
  }

  /// How many of so many trials are at each rung, where as many go on as can.
  ///
  /// - Parameter scheme: nil where all go on from each rung.
  package func counts(of trials: Int, _ scheme: RungScheme?) -> [Int] {
    guard let scheme else { return rungs.indices.map { (trials + rungs.count - 1 - $0) / rungs.count } }
    let brackets = brackets(of: scheme)
    var cycle = rungs.map { _ in 0 }
    for bracket in brackets {
      for (step, size) in bracket.sizes.enumerated() { cycle[bracket.lowest + step] += size }
    }
    let all = cycle.reduce(0, +)
    guard scheme != .asha else {
      // Of `asha` there is no cycle: as soon as there are enough, one goes on.
      let higher = cycle.dropFirst().map { trials * $0 / all }
      return [trials - higher.reduce(0, +)] + higher
    }
    var counts = cycle.map { $0 * (trials / all) }
    var left = trials % all
    for bracket in brackets {
      for (step, size) in bracket.sizes.enumerated() {
        counts[bracket.lowest + step] += min(left, size)
        left -= min(left, size)
      }
    }
    return counts
  }

  /// How much of the fidelity a trial takes at a rung.
  package func charge(at rung: Int) -> Int { rungs[rung] - (continues && rung > 0 ? rungs[rung - 1] : 0) }

  /// How many trials of each rung it takes at least until there is one at the highest, in `asha`: where each that comes to a rung is
  /// better than those before, all go on but the first ones.
  private var leastOfAsha: Bracket {
    let sizes = rungs.indices.reversed().map { above in above == 0 ? 1 : reduction + (above - 1) * (reduction - 1) }
    return Bracket(lowest: 0, sizes: sizes)
  }

  /// How many trials so many points have about, when all have begun.
  package func trials(ofPoints points: Int) -> Int {
    sizes(of: points, steps: rungs.count - 1).reduce(0, +)
  }

  /// How many of so many trials are at their rung and at each of the next ones.
  func sizes(of trials: Int, steps: Int) -> [Int] {
    var sizes = [trials]
    for _ in 0..<steps { sizes.append(max(1, (sizes.last ?? 1) / reduction)) }
    return sizes
  }

  /// With how many trials there is one at the highest rung, at the earliest.
  package func trialsToFull(_ scheme: RungScheme) -> Int {
    if scheme == .asha { return leastOfAsha.sizes.reduce(0, +) }
    var (least, begun) = (Int.max, 0)
    for bracket in brackets(of: scheme) {
      least = min(least, begun + bracket.sizes.dropLast().reduce(1, +))
      begun += bracket.sizes[0]
    }
    return least
  }

  /// How much of the fidelity is taken until there is one at the highest rung, at the earliest.
  package func costToFull(_ scheme: RungScheme) -> Int {
    if scheme == .asha { return cost(of: leastOfAsha) }
    var (least, begun) = (Int.max, 0)
    for bracket in brackets(of: scheme) {
      let single = Bracket(lowest: bracket.lowest, sizes: bracket.sizes.dropLast() + [1])
      least = min(least, begun + cost(of: single))
      begun += bracket.sizes[0] * rungs[bracket.lowest]
    }
    return least
  }

  /// How much of the fidelity the cheapest trial takes.
  package var leastCharge: Int { rungs.indices.map(charge).min() ?? lowest }

  /// How much of the fidelity a bracket takes.
  package func cost(of bracket: Bracket) -> Int {
    bracket.sizes.enumerated().reduce(0) { sum, step in
      let rung = bracket.lowest + step.offset
      return sum + step.element * (step.offset > 0 ? charge(at: rung) : rungs[rung])
    }
  }
}

extension Space {
  /// The same with another domain in place of that of the parameter there, all of whose values are alike.
  func replacing(_ place: Int, by domain: Domain) -> Space {
    var parameters = parameters
    parameters[place] = Parameter(name: parameters[place].name, domain: domain)
    return Space(parameters, constraints: constraints)
  }

  /// The same without one of the parameters, on which nothing else depends.
  package func without(_ name: String) -> Space {
    Space(parameters.filter { $0.name != name }, constraints: constraints)
  }
}

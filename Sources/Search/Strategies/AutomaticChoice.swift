/// Which strategy `auto` stands for, and why: a function of what the plan says of the search.
package struct AutomaticChoice: Hashable, Sendable {
  package var strategy: StrategyChoice
  /// A clause in words.
  package var reason: String
}

extension SearchSettings {
  /// More trials than this take a model of all of them too long.
  private static let mostModelled = 2_000
  /// With several objectives, populations do as well from here on, at less cost.
  private static let mostOfSeveral = 500
  /// With more parameters than this there is too little to learn from.
  private static let mostDimensions = 60

  package var automaticChoice: AutomaticChoice {
    if let fidelity {
      let isModelled = trials <= Self.mostModelled && space.dimension <= Self.mostDimensions
      return AutomaticChoice(
        strategy: .rungs(.asha, isModelled ? .multiFidelity : .tpe),
        reason: "\(fidelity.rungs.count) rungs of \(fidelity.name), on which the best go on as soon as they are known")
    }
    if stopping.isEmpty, space.isFinite, case .exactly(let size) = space.size(upTo: trials), size <= trials {
      return AutomaticChoice(strategy: .grid, reason: "the budget is enough for each of the \(size) points")
    }
    if goals.count > 1, trials > Self.mostOfSeveral {
      return AutomaticChoice(
        strategy: .evolution,
        reason: "\(goals.count) objectives, and a budget of more than \(Self.mostOfSeveral) trials")
    }
    if trials > Self.mostModelled {
      return AutomaticChoice(strategy: .tpe, reason: "the budget is more than \(Self.mostModelled) trials")
    }
    if space.dimension > Self.mostDimensions {
      return AutomaticChoice(strategy: .tpe, reason: "there are more than \(Self.mostDimensions) parameters")
    }
    return AutomaticChoice(
      strategy: .bayesian, reason: "a model of \(space.dimension) parameters learns most from \(trials) trials")
  }
}

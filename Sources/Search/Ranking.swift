/// Observations in the order of how good they are, kept as they come.
///
/// Trials that a rule ended are worse than all that have values, those that broke a constraint worse than these, and those
/// that failed the worst; of equal ones the earlier is first. With several objectives, those that are good are found when they are asked for.
struct Ranking: Sendable {
  private let goals: [Goal]
  /// By observation: nil where there are no values.
  private var losses: [Pareto.Losses?] = []
  /// The observations' numbers: those with values, then those that were stopped, that broke a constraint, that failed. Those with
  /// values are the best first where there is one objective, and in the order of arrival where there are several.
  private(set) var order: [Int] = []
  /// How many of them have values.
  private(set) var completed = 0
  private var stopped = 0
  private var infeasible = 0

  init(_ goals: [Goal]) { self.goals = goals }

  var count: Int { losses.count }

  /// Takes in the next observation. Complexity: O(log n) comparisons and O(n) moves.
  mutating func insert(_ outcome: Outcome) {
    let number = losses.count
    switch outcome {
    case .values(let values):
      let loss = Pareto.losses(values, goals)
      order.insert(number, at: goals.count == 1 ? place(for: loss[0]) : completed)
      losses.append(loss)
      completed += 1
    case .stopped:
      order.insert(number, at: completed + stopped)
      losses.append(nil)
      stopped += 1
    case .infeasible:
      order.insert(number, at: completed + stopped + infeasible)
      losses.append(nil)
      infeasible += 1
    case .failed:
      order.append(number)
      losses.append(nil)
    }
  }

  private func place(for loss: Double) -> Int {
    var (low, high) = (0, completed)
    while low < high {
      let middle = (low + high) / 2
      if let other = losses[order[middle]], other[0] <= loss { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// What is to be small of an observation; nil where it has no values.
  func losses(of number: Int) -> Pareto.Losses? { losses[number] }

  /// The `count` best observations with values, each with a weight of at most 1, and all others. Complexity: O(n) with one
  /// objective; with several, of finding as many fronts as have so many (`Pareto.fronts`), and the choice among the last.
  func split(best count: Int) -> (best: [Int], weights: [Double], others: [Int]) {
    guard goals.count > 1 else {
      let best = Array(order.prefix(min(count, completed)))
      return (best, [Double](repeating: 1, count: best.count), Array(order.dropFirst(best.count)))
    }
    let members = order.prefix(completed)
    let all = members.map { losses[$0] ?? [] }
    var best: [Int] = []
    for front in Pareto.fronts(all, enough: count) {
      best += Pareto.spread(front.map { all[$0] }, choose: count - best.count).map { front[$0] }
    }
    let chosen = Set(best)
    let weights = Pareto.contributions(best.map { all[$0] }).map { max($0, Self.leastWeight) }
    return (
      best.map { order[$0] }, weights, order.indices.filter { !chosen.contains($0) }.map { order[$0] }
    )
  }

  private static let leastWeight = 1e-3
}

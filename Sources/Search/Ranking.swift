/// Outcomes of one objective, the best first, kept in order as they come.
///
/// Trials that broke a constraint are worse than all that have a value, and those that failed worse than these; of equal
/// ones the earlier is first.
struct Ranking: Sendable {
  /// The observations' numbers, the best first.
  private(set) var order: [Int] = []
  /// How many of them have values: the first ones of `order`.
  private(set) var completed = 0
  private var losses: [Double] = []
  private let goal: Goal

  init(_ goal: Goal) { self.goal = goal }

  var count: Int { losses.count }

  /// What is to be small: the value, or its opposite where the goal is to maximise.
  func loss(of number: Int) -> Double { losses[number] }

  /// Takes in the next observation. Complexity: O(log n) comparisons and O(n) moves.
  mutating func insert(_ outcome: Outcome) {
    let loss =
      switch outcome {
      case .values(let values): goal == .minimize ? values[0] : -values[0]
      case .infeasible: Double.greatestFiniteMagnitude
      case .failed: Double.infinity
      }
    let isCompleted = if case .values = outcome { true } else { false }
    var (low, high) = isCompleted ? (0, completed) : (completed, order.count)
    while low < high {
      let middle = (low + high) / 2
      if losses[order[middle]] <= loss { low = middle + 1 } else { high = middle }
    }
    order.insert(losses.count, at: low)
    losses.append(loss)
    if isCompleted { completed += 1 }
  }
}

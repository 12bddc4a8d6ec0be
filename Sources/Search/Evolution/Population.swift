/// The trials that children may descend from: the best so far where there are several objectives, and the latest where
/// there is one.
struct Population: Sendable {
  private struct Member: Sendable {
    var genome: Variation.Genome
    /// Nil where there are no values.
    var losses: Pareto.Losses?
    /// 0 with values, 1 when a rule ended it or a constraint over the metrics was broken, 2 when it failed.
    var fault: Int
  }

  private let goals: [Goal]
  private let capacity: Int
  private var members: [Member] = []
  /// For each member, with several objectives: the front, and how much room it has there.
  private var fronts: [Int] = []
  private var room: [Double] = []

  init(goals: [Goal], capacity: Int) {
    self.goals = goals
    self.capacity = capacity
  }

  var isEmpty: Bool { members.isEmpty }

  /// Takes a trial in, and another out where there are too many. Complexity: O(capacity) with one objective, O(capacity² ·
  /// objectives) with several.
  mutating func insert(_ genome: Variation.Genome, _ outcome: Outcome) {
    let losses: Pareto.Losses? = if case .values(let values) = outcome { Pareto.losses(values, goals) } else { nil }
    let fault = losses != nil ? 0 : outcome == .failed ? 2 : 1
    members.append(Member(genome: genome, losses: losses, fault: fault))
    guard goals.count > 1 else {
      // Regularised evolution: the oldest goes, however good it is.
      if members.count > capacity { members.removeFirst() }
      return
    }
    sort()
    guard members.count > capacity else { return }
    let worst = members.indices.reduce(0) { isBetter($0, than: $1) ? $1 : $0 }
    members.remove(at: worst)
    sort()
  }

  private mutating func sort() {
    let valued = members.indices.filter { members[$0].fault == 0 }
    let losses = valued.map { members[$0].losses ?? [] }
    fronts = members.map { capacity + $0.fault }
    room = [Double](repeating: 0, count: members.count)
    for (number, front) in Pareto.fronts(losses).enumerated() {
      for (place, crowding) in zip(front, Pareto.crowding(front.map { losses[$0] })) {
        fronts[valued[place]] = number
        room[valued[place]] = crowding
      }
    }
  }

  /// Whether a member is better than another; of equal ones neither is.
  private func isBetter(_ a: Int, than b: Int) -> Bool {
    guard goals.count > 1 else {
      guard members[a].fault == members[b].fault else { return members[a].fault < members[b].fault }
      return (members[a].losses?[0] ?? 0) < (members[b].losses?[0] ?? 0)
    }
    return fronts[a] != fronts[b] ? fronts[a] < fronts[b] : room[a] > room[b]
  }

  /// The best of some members drawn at random.
  ///
  /// - Precondition: there are members.
  func parent(outOf count: Int, from stream: inout RandomStream) -> Variation.Genome {
    var best = stream.below(members.count)
    for _ in 1..<max(2, count) {
      let other = stream.below(members.count)
      if isBetter(other, than: best) { best = other }
    }
    return members[best].genome
  }
}

/// The points of a sequence, but for those that were tried before: another one stands in the place of each, as long as there is one
/// in a finite space. It looks at no outcome.
///
/// Memory: O(points).
struct DistinctPoints: AdaptiveStrategy {
  let count: Int?
  let learns = false
  private let points: any PointSequence
  private var newPoints: NewPoints

  /// In larger spaces, and with more trials than this, points are rarely the same, and knowing all of them costs too much.
  static let most = 100_000

  init(_ points: any PointSequence, space: Space, seed: UInt64) {
    self.points = points
    newPoints = NewPoints(space: space, seed: seed)
    count =
      if case .exactly(let size) = space.size(upTo: Self.mostCounted + 1), size <= Self.mostCounted { size } else {
        nil
      }
  }

  private static let mostCounted = 10_000

  func looksAtOutcomes(for trial: Int) -> Bool { false }

  mutating func propose(after history: History) -> Proposal? {
    newPoints.see(history)
    if history.trial < points.count ?? .max {
      let point = points.point(for: history.trial)
      if newPoints.admits(point) { return Proposal(point, .design) }
    }
    return newPoints.any(for: history.trial).map { Proposal($0, .design) }
  }
}

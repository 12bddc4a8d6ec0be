/// Every point of a finite space; the last parameter changes fastest.
struct GridSearch: PointSequence {
  private let space: Space
  private let counts: [Int]
  /// The points of a space with conditions or constraints, which no arithmetic gives.
  private let listed: FinitePoints?
  let count: Int?

  /// - Parameter trials: no more points than this are asked for.
  /// - Precondition: the space is finite.
  init(space: Space, trials: Int = SearchSettings.maximumTrials) {
    self.space = space
    counts = space.parameters.map { $0.domain.count ?? 1 }
    if space.isPlain {
      guard case .exactly(let size) = space.size() else {
        listed = nil
        count = Int.max
        return
      }
      listed = nil
      count = size
    } else {
      // One more than is asked for tells whether these are all.
      let points = FinitePoints(of: space, limit: trials + 1)
      listed = points
      count = points.count
    }
  }

  func point(for trial: Int) -> Point {
    if let listed { return listed[trial] }
    var rest = trial
    var point = Point([Value?](repeating: nil, count: counts.count))
    for index in counts.indices.reversed() {
      point.values[index] = space.parameters[index].domain.value(number: rest % counts[index])
      rest /= counts[index]
    }
    return point
  }
}

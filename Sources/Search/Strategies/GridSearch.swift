/// Every point of a finite space; the last parameter changes fastest.
struct GridSearch: Strategy {
  private let space: Space
  private let counts: [Int]
  let count: Int?

  /// - Precondition: the space is finite.
  init(space: Space) {
    guard let size = space.size else { preconditionFailure("a grid needs a finite space") }
    self.space = space
    counts = space.parameters.map { $0.domain.count ?? 1 }
    count = size
  }

  var isAdaptive: Bool { false }

  func point(for trial: Int, after outcomes: ArraySlice<Outcome>) -> Point {
    var rest = trial
    var point = Point([Value](repeating: .bool(false), count: counts.count))
    for index in counts.indices.reversed() {
      point.values[index] = space.parameters[index].domain.value(number: rest % counts[index])
      rest /= counts[index]
    }
    return point
  }
}

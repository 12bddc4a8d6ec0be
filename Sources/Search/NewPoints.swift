/// Keeps a search from trying a point twice: it knows the points that were tried or wait for their outcome, and finds
/// others when a strategy's own ideas are among them.
///
///     newPoints.see(history)
///     guard newPoints.admits(idea) else { return newPoints.any(for: history.trial) }
///
/// Memory: O(points). Every decision of a search must be shown to it, in order.
struct NewPoints: Sendable {
  private let space: Space
  private let rules: Rules
  private let random: RandomSearch
  /// A parameter that points are told apart without, and the value that all proposals have of it.
  private let fixed: (place: Int, value: Value)?
  private var known: Set<Point> = []
  /// How much of the history is in `known`.
  private var seenObserved = 0
  private var seenInAll = 0
  /// All points in order, made when drawing at random has found no new one, and the place that the search for new ones
  /// has come to.
  private var grid: GridSearch?
  private var place = 0

  /// So many points are drawn at random before a finite space is gone through in order, and before one that is infinite
  /// is taken to have no more points that are different in what is active.
  private static let finiteDraws = 64
  private static let infiniteDraws = 4096

  /// - Parameter fixed: the place of a parameter that the space has one value of, whatever the trials had, and that value.
  init(space: Space, seed: UInt64, fixed: (place: Int, value: Value)? = nil) {
    self.space = space
    self.fixed = fixed
    rules = Rules(of: space)
    random = RandomSearch(space: space, seed: seed)
  }

  /// Takes in what is new in a history. Complexity: O(new observations); O(pending) where points came from elsewhere.
  mutating func see(_ history: History) {
    for observation in history.observed.dropFirst(seenObserved) { learn(observation.point) }
    let inAll = history.observed.count + history.pending.count
    if inAll == seenInAll + 1, let latest = history.pending.last {
      learn(latest)
    } else if inAll != seenInAll {
      history.pending.forEach { learn($0) }
    }
    (seenObserved, seenInAll) = (history.observed.count, inAll)
  }

  private mutating func learn(_ point: Point) {
    var point = point
    if let fixed { point.values[fixed.place] = fixed.value }
    known.insert(point)
  }

  /// Whether a point may be proposed: no constraint fails, and it was never tried.
  ///
  /// - Precondition: the space contains the point.
  func admits(_ point: Point) -> Bool { !known.contains(point) && rules.allow(point.values) }

  /// A point drawn at random that `admits` lets through, by the priors; nil when there is none.
  ///
  /// Complexity: O(1) draws while new points are frequent. In a finite space the search in order goes through all points
  /// once in all the decisions of a search together.
  mutating func any(for trial: Int) -> Point? {
    var stream = RandomStream(seed: random.seed, decision: trial, purpose: .randomPoint)
    for _ in 0..<(space.isFinite ? Self.finiteDraws : Self.infiniteDraws) {
      let point = random.point(from: &stream)
      if admits(point) { return point }
    }
    return space.isFinite ? nextInOrder() : nil
  }

  private mutating func nextInOrder() -> Point? {
    let grid = grid ?? GridSearch(space: space)
    self.grid = grid
    while place < grid.count ?? 0 {
      let point = grid.point(for: place)
      if admits(point), space.isLikely(point) { return point }
      place += 1
    }
    return nil
  }
}

extension Space {
  /// Whether no prior excludes a value of the point.
  func isLikely(_ point: Point) -> Bool {
    zip(parameters, point.values).allSatisfy { parameter, value in
      guard case .weights(let weights)? = parameter.prior, case .choice(let values) = parameter.domain else {
        return true
      }
      return value == nil || zip(values, weights).contains { $0 == value && $1 > 0 }
    }
  }
}

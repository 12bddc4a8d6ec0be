/// A scrambled Sobol sequence: fills the space far more evenly than random points.
///
/// Directions: Joe, Kuo, "Constructing Sobol sequences with better two-dimensional projections", SIAM J. Sci. Comput.
/// 30, 2008 (`SobolDirections`). Order of points: Antonov, Saleev, 1979 (Gray code). Scrambling: a random lower
/// triangular matrix for each axis and a digital shift (Matousek, "On the L2-discrepancy for anchored boxes",
/// J. Complexity 14, 1998), which keeps the sequence's evenness and makes every point uniform.
///
/// Any point is computed on its own, in O(dimension · log(trial)).
struct SobolSearch: PointSequence {
  /// The most parameters that there are directions for.
  static let maximumDimension = SobolDirections.count

  private let space: Space
  /// For each axis, the columns of the scrambled generator matrix, the most significant bit first.
  private let axes: [[UInt32]]
  private let shifts: [UInt32]
  /// The places in the sequence of the points that hold the constraints; nil where all do.
  private var places: [UInt32]?

  /// - Parameter trials: no more points than this are asked for.
  /// - Precondition: the space has at most `maximumDimension` parameters that are not constants.
  init(space: Space, seed: UInt64, trials: Int = SearchSettings.maximumTrials) {
    self.space = space
    axes = SobolDirections.first(space.dimension).enumerated().map { axis, directions in
      var stream = RandomStream(seed: seed, decision: axis, purpose: .sobolMatrix)
      return Self.scramble(directions, with: &stream)
    }
    shifts = (0..<space.dimension).map { axis in
      var stream = RandomStream(seed: seed, decision: axis, purpose: .sobolShift)
      return stream.next()
    }
    guard !space.constraints.isEmpty else { return }
    places = []
    // As many of the sequence as a space that is not refused needs, and to spare.
    for place in 0..<UInt32(min(1 << 31, trials * 20_000 + 1 << 20)) {
      if space.broken(by: point(at: place)) == nil { places?.append(place) }
      if places?.count == trials { break }
    }
  }

  var count: Int? { places?.count ?? 1 << 32 }

  func point(for trial: Int) -> Point {
    point(at: places?[trial] ?? UInt32(trial))
  }

  private func point(at place: UInt32) -> Point {
    let code = place ^ place >> 1
    return space.point { axis in
      var (bits, word) = (code, shifts[axis])
      while bits != 0 {
        word ^= axes[axis][bits.trailingZeroBitCount]
        bits &= bits - 1
      }
      return (Double(word) + 0.5) * 0x1p-32
    }
  }

  /// Multiplies each direction, as a vector of bits, by one random lower triangular matrix with ones on its diagonal.
  private static func scramble(_ directions: [UInt32], with stream: inout RandomStream) -> [UInt32] {
    let rows = (0..<32).map { row -> UInt32 in
      let diagonal: UInt32 = 1 << (31 - UInt32(row))
      let above = row == 0 ? 0 : ~UInt32(0) << (32 - UInt32(row))
      return stream.next() & above | diagonal
    }
    return directions.map { direction in
      var product: UInt32 = 0
      for (row, mask) in rows.enumerated() where (mask & direction).nonzeroBitCount % 2 == 1 {
        product |= 1 << (31 - UInt32(row))
      }
      return product
    }
  }
}

extension StrategyChoice {
  /// The most parameters, constants apart, that the strategy can take.
  package var maximumDimension: Int {
    if case .sobol = self { SobolSearch.maximumDimension } else { Int.max }
  }
}

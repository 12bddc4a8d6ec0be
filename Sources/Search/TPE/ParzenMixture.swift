/// A density over a space that may have conditions: a mixture of one kernel for each of some points, and of the prior.
///
/// | symbol | meaning |
/// |---|---|
/// | n | number of points |
/// | x[j], X[i, j] | place of the candidate and of point i on axis j |
/// | w[i] | weight of kernel i; the prior's is w[n] |
/// | s[i, j] | spread of kernel i on axis j: see `KernelSpread` |
/// | b[j] | chance that a kernel of an unordered choice leaves its point's value |
/// | p[j] | the prior on axis j |
///
/// The density is Π p[j](x[j]) · (w[n] + Σ w[i] Π k[i, j](x[j]) / p[j](x[j])): multivariate, so that it knows which values
/// did well together. On a continuous axis k is a normal distribution around X[i, j], truncated to the axis; on a graded
/// one its exact share of x's bin; on an unordered one the kernel of Aitchison and Aitken: 1 - b for X's own value, and b
/// shared out by the prior. The products go over the axes that are active at x; where X is inactive on one of them, it
/// knows nothing about it, and k is the prior. So points of all branches of a conditional space are in one density.
///
/// Watanabe, "Tree-structured Parzen estimator", arXiv 2304.11127, 2023.
struct ParzenMixture {
  private let shapes: [AxisShape]
  private let count: Int
  private let weights: [Double]
  private let priorWeight: Double
  /// Axis by axis, of each the points' places, in each point by point.
  private var places: [Double]
  /// In the same order: the bin, and -1 where the parameter is inactive.
  private var bins: [Int32]
  /// In the same order: 1 / s; 0 where the parameter is inactive.
  private var sharpness: [Double]
  /// In the same order: what makes the kernel's whole 1, times a height of 1 on a continuous axis, or a share on a graded
  /// one; 0 where the parameter is inactive.
  private var scales: [Double]
  /// The same for all kernels on all axes, where it is.
  private let commonSpread: Double?
  /// By axis: b, and whether the parameter is active in all points.
  private var leaving: [Double] = []
  private var isAlwaysActive: [Bool] = []

  /// - Parameters:
  ///   - members: the points' numbers in `points`; more may come from `others`, all of which are members.
  ///   - weights: one for each point, in that order, relative to `priorWeight`.
  init(
    _ points: PlacedPoints, members: [Int], others: PlacedPoints, weights: [Double], priorWeight: Double,
    spread: KernelSpread
  ) {
    shapes = points.axes.map(\.shape)
    count = members.count + others.count
    let total = weights.reduce(priorWeight, +)
    self.weights = weights.map { $0 / total }
    self.priorWeight = priorWeight / total
    commonSpread = spread.common(points: count)
    let size = count * shapes.count
    (places, bins) = ([], [])
    places.reserveCapacity(size)
    bins.reserveCapacity(size)
    for column in shapes.indices {
      let (own, ownBins) = (points.places[column], points.bins[column])
      for member in members { places.append(own[member]) }
      for member in members { bins.append(ownBins[member]) }
      places += others.places[column]
      bins += others.bins[column]
    }
    sharpness = [Double](repeating: 0, count: size)
    scales = sharpness
    for column in shapes.indices { shape(column, spread) }
  }

  /// Works out the kernels of an axis.
  private mutating func shape(_ column: Int, _ spread: KernelSpread) {
    let (shape, start) = (shapes[column], column * count)
    let active = (start..<start + count).filter { bins[$0] >= 0 }
    isAlwaysActive.append(active.count == count)
    leaving.append(Double(shape.count) / Double(active.count + shape.count))
    for index in start..<start + count where bins[index] < 0 { places[index] = 0 }
    guard shape.kind != .unordered else { return }
    let bell = Bell.shared
    let height = shape.kind == .continuous ? 0x1.9884533d43651p-2 : 1
    for (index, spread) in zip(active, spread.values(active.map { places[$0] }, points: count, shape)) {
      let share = bell.share(from: 0, to: 1, mean: places[index], spread: spread)
      sharpness[index] = 1 / spread
      scales[index] = height / ((shape.kind == .continuous ? spread : 1) * share)
    }
  }

  // MARK: - Density

  /// The logarithm of the density at a point, divided by the prior's there. Complexity: O(n · axes).
  func logRatio(_ x: Candidate) -> Double {
    var factors = weights
    var exponents = [Double](repeating: 0, count: count)
    for (number, position) in x.positions.enumerated() {
      // A product of very many factors would leave the range of a Double.
      if number % Self.mostFactors == Self.mostFactors - 1 { fold(&factors, into: &exponents) }
      switch position.kind {
      case .continuous: addContinuous(position, &factors, &exponents)
      case .graded: multiplyGraded(position, &factors)
      case .unordered: multiplyUnordered(position, &factors)
      }
    }
    var most = 0.0
    for exponent in exponents { most = max(most, exponent) }
    var sum = priorWeight * Bell.exp(-most)
    for (factor, exponent) in zip(factors, exponents) where exponent > most - Self.negligible {
      sum += factor * Bell.exp(exponent - most)
    }
    return most + Arithmetic.log(max(sum, Double.leastNormalMagnitude))
  }

  /// Less than this `logRatio` never is.
  var leastLogRatio: Double { Arithmetic.log(max(priorWeight, Double.leastNormalMagnitude)) }

  private func addContinuous(
    _ position: Candidate.Position, _ factors: inout [Double], _ exponents: inout [Double]
  ) {
    let place = position.place
    exponents.withUnsafeMutableBufferPointer { exponents in
      column(position, places) { places in
        column(position, sharpness) { sharpness in
          for kernel in exponents.indices {
            let distance = (place - places[kernel]) * sharpness[kernel]
            exponents[kernel] -= 0.5 * (distance * distance)
          }
        }
      }
    }
    multiply(&factors, position) { $1 }
  }

  private func multiplyGraded(_ position: Candidate.Position, _ factors: inout [Double]) {
    let bell = Bell.shared
    let edges = position.edges
    if let shares = sharesByBin(position) { return multiplyByBin(&factors, position) { shares[Int($0)] } }
    column(position, places) { places in
      column(position, sharpness) { sharpness in
        multiply(&factors, position) { kernel, scale in
          let (upper, lower) = (edges.upper - places[kernel], edges.lower - places[kernel])
          let share = bell.distribution(upper * sharpness[kernel]) - bell.distribution(lower * sharpness[kernel])
          return max(Self.leastShare, share) * scale
        }
      }
    }
  }

  /// For each bin that a point may be in, k / p at a position; nil where kernels differ, or there are more bins than points.
  private func sharesByBin(_ position: Candidate.Position) -> [Double]? {
    let shape = shapes[position.column]
    guard let spread = commonSpread, shape.count < count else { return nil }
    let bell = Bell.shared
    return (0..<shape.count).map { bin in
      let edges = shape.edges(ofBin: bin)
      let place = (edges.lower + edges.upper) / 2
      let share = bell.share(from: position.edges.lower, to: position.edges.upper, mean: place, spread: spread)
      let whole = bell.share(from: 0, to: 1, mean: place, spread: spread)
      return max(Self.leastShare, share) / (whole * position.prior)
    }
  }

  private func multiplyUnordered(_ position: Candidate.Position, _ factors: inout [Double]) {
    let bin = Int32(truncatingIfNeeded: position.bin)
    let away = leaving[position.column]
    let same = away + (1 - away) / position.prior
    multiplyByBin(&factors, position) { $0 == bin ? same : away }
  }

  /// Multiplies each kernel's factor with what `ratio` makes of its number and its scale, over the prior.
  @inline(__always)
  private func multiply(
    _ factors: inout [Double], _ position: Candidate.Position, _ ratio: (Int, Double) -> Double
  ) {
    let inverse = 1 / position.prior
    let isAlwaysActive = isAlwaysActive[position.column]
    factors.withUnsafeMutableBufferPointer { factors in
      column(position, scales) { scales in
        if isAlwaysActive {
          for kernel in factors.indices { factors[kernel] *= ratio(kernel, scales[kernel]) * inverse }
        } else {
          for kernel in factors.indices where scales[kernel] > 0 {
            factors[kernel] *= ratio(kernel, scales[kernel]) * inverse
          }
        }
      }
    }
  }

  /// Multiplies each kernel's factor with what `ratio` makes of its bin.
  @inline(__always)
  private func multiplyByBin(_ factors: inout [Double], _ position: Candidate.Position, _ ratio: (Int32) -> Double) {
    factors.withUnsafeMutableBufferPointer { factors in
      column(position, bins) { bins in
        for kernel in factors.indices where bins[kernel] >= 0 { factors[kernel] *= ratio(bins[kernel]) }
      }
    }
  }

  /// What is kept of a position's axis.
  @inline(__always)
  private func column<Element>(
    _ position: Candidate.Position, _ all: [Element], _ body: (UnsafeBufferPointer<Element>) -> Void
  ) {
    let start = position.column * count
    all.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<start + count])) }
  }

  private func fold(_ factors: inout [Double], into exponents: inout [Double]) {
    for kernel in factors.indices {
      exponents[kernel] += Arithmetic.log(max(Double.leastNormalMagnitude, factors[kernel]))
      factors[kernel] = 1
    }
  }

  /// What is e^-60 of the largest part, or of the prior, does not matter.
  private static let negligible = 60.0
  /// Below this a bin's share is not told from the table's rounding.
  private static let leastShare = 1e-12
  private static let mostFactors = 16

  // MARK: - Candidates

  /// A point of the space drawn at random from the density. Complexity: O(n + axes).
  func draw(from stream: inout RandomStream, _ space: CandidateSpace) -> Candidate {
    let kernel = drawKernel(from: &stream)
    return space.candidate { column in drawPlace(column, kernel, space.priors, &stream) }
  }

  /// Nil for the prior.
  private func drawKernel(from stream: inout RandomStream) -> Int? {
    var left = stream.uniform()
    for kernel in 0..<count {
      left -= weights[kernel]
      if left < 0 { return kernel }
    }
    return nil
  }

  private func drawPlace(
    _ column: Int, _ kernel: Int?, _ priors: [AxisPrior], _ stream: inout RandomStream
  ) -> Double {
    guard let kernel, bins[column * count + kernel] >= 0 else { return priors[column].draw(from: &stream) }
    let place = places[column * count + kernel]
    guard shapes[column].kind != .unordered else {
      return stream.uniform() < leaving[column] ? priors[column].draw(from: &stream) : place
    }
    let spread = 1 / sharpness[column * count + kernel]
    while true {
      let drawn = place + spread * stream.normal()
      if drawn >= 0, drawn < 1 { return drawn }
    }
  }
}

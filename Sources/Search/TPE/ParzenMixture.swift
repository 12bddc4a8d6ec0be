/// A density over a space that may have conditions: a mixture of one kernel for each of some points, and of the prior.
///
/// | symbol | meaning |
/// |---|---|
/// | n | number of points |
/// | d | mean number of active axes of the points |
/// | x[j], X[i, j] | place of the candidate and of point i on axis j |
/// | w[i] | weight of kernel i; the prior's is the last |
/// | s[i, j] | spread of kernel i on axis j |
/// | b[j] | chance that a kernel of an unordered choice leaves its point's value |
///
/// The density is Σ w[i] Π k[i, j](x[j]): multivariate, so that it knows which values did well together. On a continuous
/// axis k is a normal distribution around X[i, j], truncated to the axis; on a graded one its exact share of x's bin; on
/// an unordered one the kernel of Aitchison and Aitken: 1 - b for X's own value, and b shared out by the prior.
/// The product goes over the axes that are active at x; where X is inactive on one of them, it knows nothing about it,
/// and the prior is its factor. So points of all branches of a conditional space are in one density that adds up to 1.
///
/// Watanabe, "Tree-structured Parzen estimator", arXiv 2304.11127, 2023: multivariate kernels, a prior component, the
/// spread of Scott's rule and "magic clipping" with a least spread.
struct ParzenMixture {
  private let axes: [Axis]
  private let priors: [AxisPrior]
  private let count: Int
  private let weights: [Double]
  /// By axis, then by kernel.
  private var places: [[Double]] = []
  private var bins: [[Int32]] = []
  /// By axis, then by kernel: s; empty for an unordered choice.
  private var spreads: [[Double]] = []
  /// By axis: b.
  private var leaving: [Double] = []
  /// By axis, then by kernel: what the kernel's height at X is to be multiplied with, for its whole to be 1.
  private var scales: [[Double]] = []

  /// - Parameters:
  ///   - members: the points' numbers in `points`; more may come from `others`, all of which are members.
  ///   - weights: one for each point, in that order, relative to the prior's of 1.
  init(
    _ points: PlacedPoints, members: [Int], others: PlacedPoints, weights: [Double], priors: [AxisPrior],
    spread: KernelSpread
  ) {
    axes = points.axes
    self.priors = priors
    count = members.count + others.count
    let total = weights.reduce(1, +)
    self.weights = weights.map { $0 / total } + [1 / total]
    for column in axes.indices {
      let source = points.places[column]
      places.append(members.map { source[$0] } + others.places[column])
      let sourceBins = points.bins[column]
      bins.append(members.map { sourceBins[$0] } + others.bins[column])
    }
    let active = bins.map { column in column.count { $0 >= 0 } }
    let dimension = count == 0 ? 0 : Double(active.reduce(0, +)) / Double(count)
    for (column, axis) in axes.enumerated() {
      let options = Double(axis.count)
      leaving.append(options / (Double(active[column]) + options))
      let spreads =
        axis.kind == .unordered ? [] : spread.values(places[column], active: active[column], dimension: dimension)
      self.spreads.append(spreads)
      scales.append(
        zip(places[column], spreads).map { place, spread in
          if place.isNaN { return 0 }
          let height = axis.kind == .continuous ? 0x1.9884533d43651p-2 / spread : 1
          return height / Bell.shared.share(from: 0, to: 1, mean: place, spread: spread)
        })
    }
  }

  // MARK: - Density

  /// The logarithm of the density at a point. Complexity: O(n d).
  func logDensity(_ x: Candidate) -> Double {
    var factors = weights
    var exponents = [Double](repeating: 0, count: count + 1)
    var folded = 0
    for (column, axis) in axes.enumerated() where x.bins[column] >= 0 {
      let prior = priors[column].density(at: x.places[column], bin: x.bins[column])
      factors[count] *= prior
      switch axis.kind {
      case .continuous: addContinuous(column, x.places[column], prior, &factors, &exponents)
      case .graded: multiplyGraded(column, x.bins[column], prior, &factors)
      case .unordered: multiplyUnordered(column, x.bins[column], prior, &factors)
      }
      folded += 1
      // A product of very many small or large factors would leave the range of a Double.
      if folded % 16 == 0 { fold(&factors, into: &exponents) }
    }
    return logSum(factors, exponents)
  }

  private func addContinuous(
    _ column: Int, _ place: Double, _ prior: Double, _ factors: inout [Double], _ exponents: inout [Double]
  ) {
    let (centers, scales, spreads) = (places[column], scales[column], spreads[column])
    for kernel in 0..<count {
      let distance = (place - centers[kernel]) / spreads[kernel]
      if distance.isNaN {
        factors[kernel] *= prior
      } else {
        factors[kernel] *= scales[kernel]
        exponents[kernel] -= distance * distance / 2
      }
    }
  }

  private func multiplyGraded(_ column: Int, _ bin: Int, _ prior: Double, _ factors: inout [Double]) {
    let (centers, scales, spreads) = (places[column], scales[column], spreads[column])
    let (lower, upper) = axes[column].edges(ofBin: bin)
    for kernel in 0..<count {
      if centers[kernel].isNaN {
        factors[kernel] *= prior
      } else {
        let share = Bell.shared.share(from: lower, to: upper, mean: centers[kernel], spread: spreads[kernel])
        factors[kernel] *= scales[kernel] * max(Self.leastShare, share)
      }
    }
  }

  private func multiplyUnordered(_ column: Int, _ bin: Int, _ prior: Double, _ factors: inout [Double]) {
    let (bins, leaving) = (bins[column], leaving[column])
    let (away, same) = (leaving * prior, leaving * prior + (1 - leaving))
    for kernel in 0..<count {
      factors[kernel] *= bins[kernel] < 0 ? prior : Int(bins[kernel]) == bin ? same : away
    }
  }

  private func fold(_ factors: inout [Double], into exponents: inout [Double]) {
    for kernel in factors.indices {
      exponents[kernel] += Arithmetic.log(max(Self.leastProduct, factors[kernel]))
      factors[kernel] = 1
    }
  }

  private func logSum(_ factors: [Double], _ exponents: [Double]) -> Double {
    let most = exponents.max() ?? 0
    var sum = 0.0
    for kernel in factors.indices { sum += factors[kernel] * Bell.exp(exponents[kernel] - most) }
    return most + Arithmetic.log(max(Self.leastProduct, sum))
  }

  /// Below this a bin's share is not told from the table's rounding.
  private static let leastShare = 1e-12
  private static let leastProduct = 1e-300

  // MARK: - Candidates

  /// A point of the space drawn at random from the density. Complexity: O(n + axes).
  func draw(from stream: inout RandomStream, _ space: Space, _ rules: Rules) -> Candidate {
    let kernel = drawKernel(from: &stream)
    var candidate = Candidate(axes: axes.count, space)
    var column = 0
    for index in space.order {
      let parameter = space.parameters[index]
      guard rules.isActive(index, in: candidate.point.values) else {
        if column < axes.count, axes[column].parameter == index { column += 1 }
        continue
      }
      if column < axes.count, axes[column].parameter == index {
        let place = drawPlace(column, kernel, &stream)
        candidate.places[column] = place
        candidate.bins[column] = axes[column].bin(at: place)
        candidate.point.values[index] = axes[column].domain.value(at: place)
        column += 1
      } else {
        candidate.point.values[index] = parameter.domain.value(number: 0)
      }
    }
    return candidate
  }

  private func drawKernel(from stream: inout RandomStream) -> Int {
    var left = stream.uniform()
    for kernel in 0..<count {
      left -= weights[kernel]
      if left < 0 { return kernel }
    }
    return count
  }

  private func drawPlace(_ column: Int, _ kernel: Int, _ stream: inout RandomStream) -> Double {
    let axis = axes[column]
    guard kernel < count, bins[column][kernel] >= 0 else { return axis.middle(at: priors[column].draw(from: &stream)) }
    let center = places[column][kernel]
    guard axis.kind != .unordered else {
      return stream.uniform() < leaving[column] ? axis.middle(at: priors[column].draw(from: &stream)) : center
    }
    while true {
      let place = center + spreads[column][kernel] * stream.normal()
      if place >= 0, place < 1 { return axis.middle(at: place) }
    }
  }
}

/// A point that might be proposed, and its places.
struct Candidate {
  var point: Point
  /// By axis; of no meaning where the parameter is inactive.
  var places: [Double]
  /// By axis: the bin; -1 where the parameter is inactive, 0 where the axis is continuous.
  var bins: [Int]

  fileprivate init(axes: Int, _ space: Space) {
    point = Point([Value?](repeating: nil, count: space.parameters.count))
    places = [Double](repeating: 0, count: axes)
    bins = [Int](repeating: -1, count: axes)
  }
}

/// How far the kernels reach, in lengths of the axis.
struct KernelSpread: Hashable, Sendable {
  var rule = 0
  var magnitude = 1.0
  var least = 0.01
  var clip = 1.0
  var most = 1.0

  func values(_ places: [Double], active: Int, dimension: Double) -> [Double] {
    let points = Double(active)
    let floor = max(least, 1 / (clip * (2 + points)))
    let shrink = Arithmetic.power(max(1, points), -1 / (dimension + 4))
    switch rule {
    case 0:  // fixed scott
      let s = min(most, max(0.2 * magnitude * shrink, floor))
      return places.map { _ in s }
    case 1:  // scott by std
      var (sum, square) = (0.0, 0.0)
      for x in places where !x.isNaN { sum += x; square += x * x }
      let mean = sum / max(1, points)
      let sd = max(0, square / max(1, points) - mean * mean).squareRoot()
      let s = min(most, max(magnitude * sd * shrink, floor))
      return places.map { _ in s }
    default:  // neighbours
      let sorted = places.indices.filter { !places[$0].isNaN }.sorted { (places[$0], $0) < (places[$1], $1) }
      var result = [Double](repeating: 1, count: places.count)
      for (rank, index) in sorted.enumerated() {
        let left = rank == 0 ? (sorted.count > 1 ? -1 : 0) : places[sorted[rank - 1]]
        let right = rank + 1 == sorted.count ? (sorted.count > 1 ? -1 : 1) : places[sorted[rank + 1]]
        let x = places[index]
        let gap = max(left < 0 ? 0 : x - left, right < 0 ? 0 : right - x)
        result[index] = min(most, max(magnitude * gap, floor))
      }
      return result
    }
  }
}

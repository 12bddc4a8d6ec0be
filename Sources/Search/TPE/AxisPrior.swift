/// How likely the places of an axis are before anything is tried: what the user says, and else all alike.
struct AxisPrior: Sendable {
  private let axis: Axis
  private let prior: Prior?
  /// The mean, the spread, and the share within the axis, of a normal prior.
  private let normal: (mean: Double, spread: Double, share: Double)?

  init(_ axis: Axis, _ prior: Prior?) {
    self.axis = axis
    self.prior = prior
    guard case .normal(let mean, let spread)? = prior, let unit = axis.domain.onUnitScale(mean: mean, spread: spread)
    else {
      normal = nil
      return
    }
    // A prior that is next to a point, or far outside, has a density that no other could weigh against.
    let (center, width) = (min(1, max(0, unit.center)), min(10, max(0.01, unit.width)))
    normal = (center, width, Bell.shared.share(from: 0, to: 1, mean: center, spread: width))
  }

  /// Whether all places are alike.
  var isFlat: Bool { normal == nil && axis.weights == nil }

  /// The density at a place, or, where there are bins, the likelihood of the bin with these edges.
  func density(at place: Double, bin: Int, edges: (lower: Double, upper: Double)) -> Double {
    if let weights = axis.weights { return weights[bin] }
    guard let normal else { return axis.count == 0 ? 1 : edges.upper - edges.lower }
    guard axis.count == 0 else {
      return Bell.shared.share(from: edges.lower, to: edges.upper, mean: normal.mean, spread: normal.spread)
        / normal.share
    }
    let deviation = (place - normal.mean) / normal.spread
    return Bell.exp(-deviation * deviation / 2) * 0x1.9884533d43651p-2 / (normal.spread * normal.share)
  }

  /// A place drawn at random.
  func draw(from stream: inout RandomStream) -> Double {
    let coordinate = stream.uniform()
    return prior?.warp(coordinate, in: axis.domain) ?? coordinate
  }
}

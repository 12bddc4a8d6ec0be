/// How likely the places of an axis are before anything is tried: what the user says, and else all alike.
struct AxisPrior: Sendable {
  private let axis: Axis
  private let prior: Prior?
  /// The mean and the spread of a normal prior, on the axis.
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

  /// The density at a place, or, where there are bins, the likelihood of the bin.
  func density(at place: Double, bin: Int) -> Double {
    guard axis.count > 0 else {
      guard let normal else { return 1 }
      let deviation = (place - normal.mean) / normal.spread
      return Bell.exp(-deviation * deviation / 2) * 0x1.9884533d43651p-2 / (normal.spread * normal.share)
    }
    if let weights = axis.weights { return weights[bin] }
    let (lower, upper) = axis.edges(ofBin: bin)
    guard let normal else { return upper - lower }
    return Bell.shared.share(from: lower, to: upper, mean: normal.mean, spread: normal.spread) / normal.share
  }

  /// A place drawn at random.
  func draw(from stream: inout RandomStream) -> Double {
    let coordinate = stream.uniform()
    return prior?.warp(coordinate, in: axis.domain) ?? coordinate
  }
}

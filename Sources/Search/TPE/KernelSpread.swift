/// How far the kernels around points reach, in lengths of the axis.
///
/// "Magic clipping" (Bergstra et al. 2011) sets the least spread: with few points, the kernels must reach over the gaps
/// between them.
enum KernelSpread: Hashable, Sendable {
  /// As far as the farther of the two neighbours; with n points at least 1 / (sharpness (n + 2)) and a hundredth.
  case neighbors(sharpness: Double)
  /// 1 / (n + 2), and at least a hundredth.
  case narrow

  private static let least = 0.01
  /// In lengths of a bin: a kernel that is narrower hardly ever leaves its bin, and the search would be stuck there.
  private static let leastOfBins = 0.5

  /// The spread of all kernels of so many points, where it is the same.
  func common(points: Int) -> Double? {
    if case .narrow = self { max(Self.least, 1 / Double(points + 2)) } else { nil }
  }

  /// The spread of the kernel around each of the places, which may be in any order.
  ///
  /// - Parameter points: how many there are, also where the axis is inactive.
  func values(_ places: [Double], points: Int, _ shape: AxisShape) -> [Double] {
    let count = Double(places.count)
    switch self {
    case .narrow: return [Double](repeating: max(Self.least, 1 / Double(points + 2)), count: places.count)
    case .neighbors(let sharpness):
      let ofBins = shape.kind == .graded ? Self.leastOfBins / Double(shape.count) : 0
      let least = max(Self.least, 1 / (sharpness * (count + 2)), ofBins)
      let order = places.indices.sorted { (places[$0], $0) < (places[$1], $1) }
      var spreads = [Double](repeating: 1, count: places.count)
      guard order.count > 1 else { return spreads.map { min($0, max(least, 0.5)) } }
      for (rank, place) in order.enumerated() {
        let below = rank > 0 ? places[place] - places[order[rank - 1]] : 0
        let above = rank + 1 < order.count ? places[order[rank + 1]] - places[place] : 0
        spreads[place] = min(1, max(least, below, above))
      }
      return spreads
    }
  }
}

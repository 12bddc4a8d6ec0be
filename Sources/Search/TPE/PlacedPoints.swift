/// Points as their places on the axes: a column for each axis, a row for each point.
struct PlacedPoints: Sendable {
  let axes: [Axis]
  /// By axis, then by point: the place, and not a number where the parameter is inactive.
  private(set) var places: [[Double]]
  /// By axis, then by point: the bin; -1 where the parameter is inactive, 0 where the axis is continuous.
  private(set) var bins: [[Int32]]
  private(set) var count = 0

  init(on axes: [Axis]) {
    self.axes = axes
    places = [[Double]](repeating: [], count: axes.count)
    bins = [[Int32]](repeating: [], count: axes.count)
  }

  /// - Precondition: the axes' space contains the point.
  mutating func append(_ point: Point) {
    for (column, axis) in axes.enumerated() {
      if let value = point.values[axis.parameter] {
        let place = axis.domain.coordinate(of: value)
        places[column].append(place)
        bins[column].append(Int32(truncatingIfNeeded: axis.shape.bin(at: place)))
      } else {
        places[column].append(.nan)
        bins[column].append(-1)
      }
    }
    count += 1
  }
}

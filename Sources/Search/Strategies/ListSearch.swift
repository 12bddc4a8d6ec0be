/// The points that the experiment lists, in its order.
struct ListSearch: PointSequence {
  let points: [Point]

  var count: Int? { points.count }

  func point(for trial: Int) -> Point { points[trial] }
}

/// The points that the experiment lists, in its order.
struct ListSearch: Strategy {
  let points: [Point]

  var count: Int? { points.count }
  var isAdaptive: Bool { false }

  func point(for trial: Int, after outcomes: ArraySlice<Outcome>) -> Point { points[trial] }
}

/// Points drawn independently, uniform on each parameter's scale (Bergstra, Bengio, "Random search for
/// hyper-parameter optimization", JMLR 13, 2012).
struct RandomSearch: Strategy {
  let space: Space
  let seed: UInt64

  var count: Int? { nil }
  var isAdaptive: Bool { false }

  func point(for trial: Int, after outcomes: ArraySlice<Outcome>) -> Point {
    var stream = RandomStream(seed: seed, decision: trial, purpose: .randomPoint)
    return space.point { _ in stream.uniform() }
  }
}

/// Points drawn independently, each parameter by its prior or else uniform on its scale (Bergstra, Bengio, "Random
/// search for hyper-parameter optimization", JMLR 13, 2012); points that break a constraint are drawn again.
struct RandomSearch: PointSequence {
  let space: Space
  let seed: UInt64

  var count: Int? { nil }

  func point(for trial: Int) -> Point {
    var stream = RandomStream(seed: seed, decision: trial, purpose: .randomPoint)
    return point(from: &stream)
  }

  /// The next of a stream's points.
  func point(from stream: inout RandomStream) -> Point {
    var point = space.point { _ in stream.uniform() }
    var left = Self.maximumDraws
    while left > 0, space.broken(by: point) != nil {
      point = space.point { _ in stream.uniform() }
      left -= 1
    }
    return point
  }

  /// Spaces where fewer than one point in ten thousand holds are refused before: this is never reached.
  private static let maximumDraws = 10_000_000
}

extension Space {
  /// How many of so many points drawn at random hold the constraints; no more are looked for than are enough.
  package func allowed(of draws: Int, enough: Int) -> Int {
    var stream = RandomStream(seed: 0, decision: 0, purpose: .constraintCheck)
    var (count, drawn) = (0, 0)
    while count < enough, drawn < draws {
      drawn += 1
      if broken(by: point { _ in stream.uniform() }) == nil { count += 1 }
    }
    return count
  }
}

import Testing

@testable import Search

@Suite("Sobol sequences")
struct SobolTests {
  /// The word of a point of the sequence without scrambling: its coordinate times 2^32.
  private func word(_ index: UInt32, _ directions: [UInt32]) -> UInt32 {
    let code = index ^ index >> 1
    return (0..<32).reduce(0) { code >> UInt32($1) & 1 == 1 ? $0 ^ directions[$1] : $0 }
  }

  @Test("The first points are those that SciPy gives")
  func smallPoints() {
    // python3 -c 'from scipy.stats import qmc
    // print((qmc.Sobol(d=8, scramble=False, bits=32).random(16) * 16).astype(int).tolist())'
    let expected: [[UInt32]] = [
      [0, 0, 0, 0, 0, 0, 0, 0], [8, 8, 8, 8, 8, 8, 8, 8], [12, 4, 4, 4, 12, 12, 4, 12], [4, 12, 12, 12, 4, 4, 12, 4],
      [6, 6, 10, 14, 6, 2, 6, 14], [14, 14, 2, 6, 14, 10, 14, 6], [10, 2, 14, 10, 10, 14, 2, 2],
      [2, 10, 6, 2, 2, 6, 10, 10], [3, 5, 15, 7, 9, 5, 7, 15], [11, 13, 7, 15, 1, 13, 15, 7],
      [15, 1, 11, 3, 5, 9, 3, 3], [7, 9, 3, 11, 13, 1, 11, 11], [5, 3, 5, 9, 15, 7, 1, 1],
      [13, 11, 13, 1, 7, 15, 9, 9],
      [9, 7, 1, 13, 3, 11, 5, 13], [1, 15, 9, 5, 11, 3, 13, 5],
    ]
    let directions = SobolDirections.first(8)
    for (index, point) in expected.enumerated() {
      #expect(directions.map { word(UInt32(index), $0) } == point.map { $0 << 28 }, "point \(index)")
    }
  }

  @Test(
    "Points far out and in high dimensions are those that SciPy gives",
    arguments: [
      // p = qmc.Sobol(d=512, scramble=False, bits=32).random(1024); int(p[index][axis] * 2**32)
      (3, 15, 3_221_225_472), (100, 63, 2_785_017_856), (513, 99, 1_799_356_416), (1000, 200, 3_233_808_384),
      (777, 511, 3_426_746_368), (1023, 300, 2_629_828_608),
    ] as [(UInt32, Int, UInt32)])
  func farPoints(index: UInt32, axis: Int, expected: UInt32) throws {
    #expect(word(index, try #require(SobolDirections.first(512).dropFirst(axis).first)) == expected)
  }

  /// The coordinates of the first `count` points, axis by axis.
  private func axes(_ dimension: Int, seed: UInt64, count: Int) -> [[Double]] {
    let search = SobolSearch(space: .cube(dimension), seed: seed)
    let points = (0..<count).map { search.point(for: $0).values.compactMap { $0?.number } }
    return (0..<dimension).map { axis in points.map { $0[axis] } }
  }

  @Test("Scrambled, each of 2^m equal intervals has exactly one of the first 2^m points", arguments: [0, 1, 2, 99])
  func nets(seed: UInt64) {
    for (axis, values) in axes(20, seed: seed, count: 512).enumerated() {
      for m in 0...9 {
        let intervals = Set(values.prefix(1 << m).map { Int($0 * Double(1 << m)) })
        #expect(intervals == Set(0..<1 << m), "axis \(axis), 2^\(m) points")
      }
    }
  }

  @Test("Scrambled, every 2^m consecutive points that begin at a multiple of 2^m are a net as well")
  func laterNets() {
    for values in axes(6, seed: 5, count: 256) {
      for start in stride(from: 0, to: 256, by: 32) {
        #expect(Set(values[start..<start + 32].map { Int($0 * 32) }) == Set(0..<32), "from \(start)")
      }
    }
  }

  @Test("The first two axes have one of 64 points in every elementary box", arguments: [0, 1, 2, 99])
  func firstPair(seed: UInt64) {
    let axes = axes(2, seed: seed, count: 64)
    for bits in 0...6 {
      let (columns, rows) = (Double(1 << bits), Double(64 >> bits))
      let boxes = Set(zip(axes[0], axes[1]).map { Int($0 * columns) * 64 + Int($1 * rows) })
      #expect(boxes.count == 64, "\(columns) by \(rows)")
    }
  }

  @Test("Each pair of the first ten axes has 16 of 256 points in every box of 4 by 4")
  func pairs() {
    let axes = axes(10, seed: 3, count: 256)
    for first in 0..<10 {
      for second in 0..<first {
        var boxes = [Int](repeating: 0, count: 16)
        for (x, y) in zip(axes[first], axes[second]) { boxes[Int(x * 4) * 4 + Int(y * 4)] += 1 }
        #expect(boxes.allSatisfy { $0 == 16 }, "axes \(second) and \(first): \(boxes)")
      }
    }
  }

  @Test("The mean of 1,024 points is a half up to the width of an interval")
  func mean() {
    for (axis, values) in axes(32, seed: 11, count: 1024).enumerated() {
      let mean = values.reduce(0, +) / 1024
      #expect(abs(mean - 0.5) <= 0x1p-11, "axis \(axis)")
    }
  }

  @Test("Coordinates are inside the unit interval, ends excluded")
  func open() {
    for values in axes(8, seed: 0, count: 512) { #expect(values.allSatisfy { 0 < $0 && $0 < 1 }) }
  }

  @Test("A constant takes no axis")
  func constants() {
    let space = Space.cube(3)
    let search = SobolSearch(space: space, seed: 1)
    var parameters = space.parameters
    parameters.insert(Parameter(name: "c", domain: .constant(.int(1))), at: 1)
    let with = SobolSearch(space: Space(parameters), seed: 1)
    for trial in 0..<20 {
      var values = with.point(for: trial).values
      #expect(values.remove(at: 1) == .int(1))
      #expect(values == search.point(for: trial).values)
    }
  }
}

/// Looks for the point of a mixed, conditional space where an acquisition is largest.
///
/// First many points are scored: some spread over the whole space, others near the best trials, which matters the more the
/// more dimensions there are. From the best of these, and the best of each branch of a conditional space, the search climbs:
/// in turn every value of each choice and small range is tried, and the continuous parameters follow the gradient.
struct CandidateSearch {
  /// A point in codes and features, with its score.
  struct Candidate {
    var codes: [Double]
    var features: [Double]
    var score: Double
  }

  struct Effort: Sendable {
    var global = 384
    var local = 256
    var starts = 4
    var branches = 4
    var rounds = 2
    var iterations = 20
  }

  let decoder: Decoder
  var acquisition: Acquisition
  var effort: Effort
  private var stream: RandomStream
  private var encoding: Encoding { decoder.encoding }

  /// An axis that is not looked along, and its code.
  private let fixed: (index: Int, code: Double)?

  init(
    _ decoder: Decoder, _ acquisition: Acquisition, effort: Effort, stream: RandomStream,
    fixed: (index: Int, code: Double)? = nil
  ) {
    self.fixed = fixed
    self.decoder = decoder
    self.acquisition = acquisition
    self.effort = effort
    self.stream = stream
  }

  /// Points that are worth trying, the best first.
  ///
  /// - Parameter centers: the codes and features of the best trials, the best first.
  mutating func candidates(near centers: [(codes: [Double], features: [Double])]) -> [Candidate] {
    var pool = score(globalRows() + localRows(centers))
    // Where constraints leave little of the space, more has to be drawn.
    for _ in 0..<Self.moreDraws where pool.count < effort.global / 4 {
      pool += score(globalRows() + localRows(centers))
    }
    pool.sort { $0.score > $1.score }
    let climbed = starts(of: pool).map { climb($0) }
    var result = climbed + pool
    result.sort { $0.score > $1.score }
    return result
  }

  private static let moreDraws = 20

  /// Of given points, the best first.
  mutating func ranked(_ points: [Point]) -> [Candidate] {
    var result = score(points.map { decoder.encode($0).codes })
    result.sort { $0.score > $1.score }
    return result
  }

  // MARK: - Points to begin with

  private mutating func score(_ rows: [[Double]]) -> [Candidate] {
    let blank = [Double](repeating: 0, count: encoding.features)
    var candidates: [Candidate] = []
    candidates.reserveCapacity(rows.count)
    var (features, codes): ([Double], [Double]) = ([], [])
    for var row in rows {
      var own = blank
      guard decoder.settle(&row, &own) else { continue }
      features += own
      codes += row
      candidates.append(Candidate(codes: row, features: own, score: 0))
    }
    let scores = acquisition.scores(features, codes, count: candidates.count)
    for index in candidates.indices { candidates[index].score = scores[index] }
    return candidates
  }

  private mutating func globalRows() -> [[Double]] {
    (0..<effort.global).map { _ in encoding.axes.indices.map { draw($0) } }
  }

  private mutating func draw(_ index: Int) -> Double {
    if let fixed, fixed.index == index { return fixed.code }
    if case .unordered(let count) = encoding.axes[index].kind { return Double(stream.below(count)) }
    return stream.uniform()
  }

  /// Trials with a few of their parameters changed: about one in five, and always at least one. Any value may be what an
  /// inactive parameter gets when it becomes active.
  private mutating func localRows(_ centers: [(codes: [Double], features: [Double])]) -> [[Double]] {
    guard !centers.isEmpty else { return [] }
    let share = max(0.2, min(1, 3 / Double(encoding.axes.count)))
    return (0..<effort.local).map { number in
      let center = centers[number % centers.count]
      var row = center.codes
      if let fixed { row[fixed.index] = fixed.code }
      let forced = stream.below(encoding.axes.count)
      let width = [0.2, 0.1, 0.03, 0.01][(number / centers.count) % 4]
      for index in row.indices where index == forced || stream.uniform() < share {
        row[index] = moved(row[index], index, by: width)
      }
      for (index, axis) in encoding.axes.enumerated() where !encoding.isActive(axis, center.features) {
        row[index] = draw(index)
      }
      return row
    }
  }

  private mutating func moved(_ code: Double, _ index: Int, by width: Double) -> Double {
    if let fixed, fixed.index == index { return fixed.code }
    if case .unordered(let count) = encoding.axes[index].kind {
      let other = stream.below(count - 1)
      return Double(other >= Int(code) ? other + 1 : other)
    }
    var result = code + width * stream.normal()
    // Narrower than a value's stretch would not move at all.
    if let count = encoding.axes[index].kind.count, abs(result - code) < 1 / Double(count) {
      result = code + (result < code ? -1 : 1) / Double(count)
    }
    if result < 0 { result = -result }
    if result >= 1 { result = 2 - result }
    return min(1 - 0x1p-53, max(0, result))
  }

  /// The best points, and the best ones of branches that these are not in.
  private func starts(of pool: [Candidate]) -> [Candidate] {
    var starts = Array(pool.prefix(effort.starts))
    guard encoding.features > encoding.axes.count else { return starts }
    func branch(_ candidate: Candidate) -> ArraySlice<Double> { candidate.features[encoding.axes.count...] }
    var branches: [ArraySlice<Double>] = starts.map(branch)
    for candidate in pool where starts.count < effort.starts + effort.branches {
      let own = branch(candidate)
      if !branches.contains(own) {
        branches.append(own)
        starts.append(candidate)
      }
    }
    return starts
  }

  // MARK: - Climbing

  private mutating func climb(_ start: Candidate) -> Candidate {
    var current = start
    for _ in 0..<effort.rounds {
      let before = current.score
      tryValues(&current)
      followGradient(&current)
      if current.score - before < 1e-3 { break }
    }
    return current
  }

  /// One axis after the other: every value of those with few, and of the others steps of several widths.
  private mutating func tryValues(_ current: inout Candidate) {
    for (index, axis) in encoding.axes.enumerated() where !axis.kind.isContinuous && index != fixed?.index {
      guard encoding.isActive(axis, current.features) else { continue }
      let rows = alternatives(current.codes[index], index).map { code in
        var row = current.codes
        row[index] = code
        return row
      }
      for candidate in score(rows) where candidate.score > current.score { current = candidate }
    }
  }

  private static let fewValues = 17

  private func alternatives(_ code: Double, _ index: Int) -> [Double] {
    guard let count = encoding.axes[index].kind.count else {
      return [0.0003, 0.002, 0.01, 0.05].flatMap { [code - $0, code + $0] }
    }
    let number = encoding.number(of: code, index)
    guard count > Self.fewValues else {
      return (0..<count).filter { $0 != number }.map { encoding.code(number: $0, index) }
    }
    return [1, 2, 5, max(6, count / 16)].flatMap { [number - $0, number + $0] }.filter { (0..<count).contains($0) }
      .map { encoding.code(number: $0, index) }
  }

  private mutating func followGradient(_ current: inout Candidate) {
    let moving = encoding.axes.indices.filter {
      encoding.axes[$0].kind.isContinuous && encoding.isActive(encoding.axes[$0], current.features)
    }
    guard !moving.isEmpty else { return }
    let columns = moving.map { encoding.axes[$0].column }
    var features = current.features
    let minimizer = BoxMinimizer(
      lower: moving.map { _ in 0 }, upper: moving.map { _ in 1 - 0x1p-53 }, iterations: effort.iterations,
      tolerance: 1e-4)
    let (point, _) = minimizer.minimize(from: moving.map { current.codes[$0] }) { point, gradient in
      for (place, column) in columns.enumerated() { features[column] = point[place] }
      let (score, slope) = acquisition.slope(features)
      for (place, column) in columns.enumerated() { gradient[place] = -slope[column] }
      return -score
    }
    var row = current.codes
    for (place, index) in moving.enumerated() { row[index] = point[place] }
    if let candidate = score([row]).first, candidate.score > current.score { current = candidate }
  }
}

/// What the outcomes seen so far say, in the form that a model takes, with every objective to be minimised.
///
/// It grows with the history, and each point is encoded once.
struct Evidence: Sendable {
  /// The points that have values: codes and features, a row for each.
  private(set) var codes: [[Double]] = []
  private(set) var features: [[Double]] = []
  private(set) var values: [[Double]] = []
  /// The features of the points that failed or were infeasible.
  private(set) var failures: [[Double]] = []
  /// How many observations it has taken in.
  private(set) var count = 0

  /// Takes in what a history has more than the one before.
  mutating func learn(from history: History, _ goals: [Goal], _ decoder: Decoder) {
    for observation in history.observed.dropFirst(count) {
      let (codes, features) = decoder.encode(observation.point)
      let values: [Double]
      switch observation.outcome {
      case .values(let all): values = all
      // What it had come to is as near to its result as is known.
      case .stopped(let value) where value.isFinite: values = [value]
      case .stopped, .infeasible, .failed:
        failures.append(features)
        continue
      }
      self.codes.append(codes)
      self.features.append(features)
      self.values.append(zip(goals, values).map { $0 == .minimize ? $1 : -$1 })
    }
    count = history.observed.count
  }

  /// One number for each point. Several objectives are transformed, brought to [0, 1], and joined by a random augmented
  /// Chebyshev norm: Knowles, "ParEGO: a hybrid algorithm with on-line landscape approximation for expensive
  /// multiobjective optimization problems", IEEE Trans. Evol. Comput. 10, 2006.
  func scalarised(with stream: RandomStream) -> [Double] {
    let objectives = values.first?.count ?? 1
    guard objectives > 1 else { return values.map { $0[0] } }
    var stream = stream
    // Exponential numbers over their sum are uniform on the simplex.
    var weights = (0..<objectives).map { _ in -Arithmetic.log(1 - stream.uniform()) }
    let total = weights.reduce(0, +)
    weights = weights.map { $0 / max(total, 1e-300) }
    let columns = (0..<objectives).map { objective in
      let column = OutputTransform(values.map { $0[objective] }, isPower: true).transformed
      let (low, high) = (column.reduce(.infinity, min), column.reduce(-.infinity, max))
      return column.map { high > low ? ($0 - low) / (high - low) : 0 }
    }
    return values.indices.map { index in
      var (largest, sum) = (0.0, 0.0)
      for objective in 0..<objectives {
        let weighted = weights[objective] * columns[objective][index]
        largest = max(largest, weighted)
        sum += weighted
      }
      return largest + 0.05 * sum
    }
  }

  /// The points that a model of at most `limit` is made of: the best third, the latest third, and of the others every
  /// so manieth.
  ///
  /// - Parameter values: smaller is better.
  static func selection(of values: [Double], limit: Int) -> [Int] {
    guard values.count > limit else { return Array(values.indices) }
    let third = limit / 3
    var isChosen = [Bool](repeating: false, count: values.count)
    for index in values.indices.suffix(third) { isChosen[index] = true }
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    for index in order.prefix(third) { isChosen[index] = true }
    let others = values.indices.filter { !isChosen[$0] }
    let room = limit - (values.count - others.count)
    for place in 0..<room { isChosen[others[place * others.count / room]] = true }
    return values.indices.filter { isChosen[$0] }
  }
}

/// What a trial gave over its seeds.
package struct Replicates: Hashable, Sendable {
  package var count: Int
  package var mean: Double
  /// The standard deviation of the sample.
  package var deviation: Double

  /// Of the best trial; nil where it was run once, or its runs are not at hand.
  init?(_ result: RecordedResult) {
    guard let best = result.best.first, best.runs.count > 1, let table = result.table, best.trial < table.count else {
      return nil
    }
    self.init(of: table.replicates(of: best.trial, metrics: result.plan.metrics).compactMap(\.first))
  }

  /// Nil where there are not two values at least.
  init?(of values: [Double]) {
    guard values.count > 1 else { return nil }
    count = values.count
    let mean = values.reduce(0, +) / Double(count)
    self.mean = mean
    deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot()
  }

  /// Half the length of the interval that holds the mean with a confidence of 95 %, by Student's t.
  package var halfInterval: Double { StudentT.quantile975(degrees: count - 1) * deviation / Double(count).squareRoot() }

  var json: JSON {
    .object([
      "runs": .int(count), "mean": .number(mean), "deviation": .number(deviation),
      "lower": .number(mean - halfInterval), "upper": .number(mean + halfInterval),
    ])
  }
}

/// Student's distribution.
enum StudentT {
  /// The 97.5 % quantile: exact to three digits after the point, from Fisher and Yates' table up to 10 degrees of freedom
  /// and by the first terms of Cornish and Fisher's expansion beyond (Abramowitz and Stegun, 26.7.5).
  static func quantile975(degrees: Int) -> Double {
    let table = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228]
    if degrees <= table.count { return table[max(0, degrees - 1)] }
    let (z, n) = (1.959964, Double(degrees))
    let (cube, fifth, seventh) = (z * z * z, z * z * z * z * z, z * z * z * z * z * z * z)
    return z + (cube + z) / (4 * n) + (5 * fifth + 16 * cube + 3 * z) / (96 * n * n)
      + (3 * seventh + 19 * fifth + 17 * cube - 15 * z) / (384 * n * n * n)
  }
}

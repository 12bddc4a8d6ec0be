/// Judges a trial's reports by the rules that end single trials, one after the other: a function of the reports and of the
/// trials that its decision saw.
///
/// Complexity: O(peers · log(reports)) for each report and rule that compares.
package struct TrialWatch: Sendable {
  private let rules: [TrialRule]
  private let goal: Goal
  private let peers: Peers
  private var steps: [Int] = []
  private var losses: [Double] = []
  private var best = Double.infinity
  /// For each rule that has patience: the loss that must be bettered, and since when.
  private var references: [(loss: Double, since: Int)?]

  init(_ rules: [TrialRule], _ goal: Goal, _ peers: Peers) {
    self.rules = rules
    self.goal = goal
    self.peers = peers
    references = rules.map { _ in nil }
  }

  /// No step before this one can be a verdict's, where steps are counted from 1; nil where none can be.
  package var firstStep: Int? {
    rules.filter { !$0.kind.comparesTrials || peers.incumbent != nil }.map(\.firstStep).min()
  }

  /// Takes in the objective's value of a trial's next run: the rule that ends the trial with it.
  ///
  /// - Parameters:
  ///   - others: what the run gave of the other metrics that rules look at.
  ///   - number: counted from 1.
  ///   - all: how many runs the trial has. With the last one nothing is left to save: only what is beyond a threshold ends it.
  package mutating func take(run value: Double, others: [String: ValueRange] = [:], _ number: Int, of all: Int)
    -> TrialStop?
  {
    let stop = take(Report(step: number, value: value, others: others))
    guard number == all, let rule = stop.flatMap({ stop in rules.first { $0.name == stop.rule } }) else { return stop }
    return rule.kind.comparesTrials ? nil : stop
  }

  /// The first run with which a rule ends a trial that has so many.
  package func stop(onRuns curve: Curve, of all: Int) -> TrialStop? {
    var watch = self
    for (index, report) in curve.reports.enumerated() {
      if let stop = watch.take(run: report.value, others: report.others, index + 1, of: all) { return stop }
    }
    return nil
  }

  /// The first report with which a rule ends the trial; nil where none does.
  package func stop(on curve: Curve) -> TrialStop? {
    var watch = self
    for report in curve.reports {
      if let stop = watch.take(report) { return stop }
    }
    return nil
  }

  /// Takes in the next report: the rule that ends the trial with it, of several the first.
  package mutating func take(_ report: Report) -> TrialStop? {
    let loss = goal.loss(report.value)
    steps.append(report.step)
    losses.append(loss)
    best = min(best, loss)
    for (index, rule) in rules.enumerated() {
      let isOver =
        if case .patience(let patience, let improvement) = rule.kind {
          hasStalled(index, loss, at: report.step, patience, improvement)
        } else {
          ends(rule, report)
        }
      guard isOver, report.step > rule.warmupSteps, rule.kind.comparesTrials || hasPeers(at: report.step, rule) else {
        continue
      }
      // A result is a number.
      let isResult = if case .patience = rule.kind { report.value.isFinite } else { false }
      return TrialStop(rule: rule.name, step: report.step, value: report.value, isResult: isResult)
    }
    return nil
  }

  private mutating func hasStalled(
    _ rule: Int, _ loss: Double, at step: Int, _ patience: Int, _ improvement: Double
  ) -> Bool {
    guard let reference = references[rule], !(loss < reference.loss - improvement) else {
      references[rule] = (loss, step)
      return false
    }
    return step - reference.since >= patience
  }

  private func ends(_ rule: TrialRule, _ report: Report) -> Bool {
    guard report.step > rule.warmupSteps else { return false }
    let (step, loss) = (report.step, losses[losses.count - 1])
    switch rule.kind {
    case .patience: return false
    case .threshold(let metric, let lower, let upper):
      guard let values = metric.map({ report.others[$0] }) ?? ValueRange(report.value) else { return false }
      return !values.lower.isFinite || !values.upper.isFinite || lower.map { values.lower < $0 } ?? false
        || upper.map { values.upper > $0 } ?? false
    case .median:
      return others(at: step, rule) { $0.means[$1] }.map { best > Self.quantile(0.5, of: $0) } ?? false
    case .percentile(let percent):
      return others(at: step, rule) { $0.best[$1] }.map { best > Self.quantile(percent / 100, of: $0) } ?? false
    case .truncation(let percent):
      guard let values = others(at: step, rule, { $0.losses[$1] }),
        loss > Self.quantile(1 - percent / 100, of: values)
      else { return false }
      // One that was better than all others before is not given up for a step.
      return others(at: step, rule) { $0.best[$1] }?.first.map { best >= $0 } ?? false
    case .bandit(let slack, let isFactor):
      guard let least = others(at: step, rule, { $0.best[$1] })?.first, least < .infinity else { return false }
      return best > least + (isFactor ? abs(least) * slack : slack)
    case .wilcoxon(let p): return hasPeers(at: step, rule) && isWorse(p)
    case .racing(let p): return hasPeers(at: step, rule) && hasWorseMean(p)
    case .learningCurve(let probability): return hasNoProspect(at: step, rule, probability)
    }
  }

  /// Whether enough others have come to a step.
  private func hasPeers(at step: Int, _ rule: TrialRule) -> Bool {
    let fewest = max(rule.kind.fewestWarmupTrials, rule.warmupTrials)
    return fewest == 0 || peers.latest.count { $0.place(at: step) != nil } >= fewest
  }

  /// What the others have at a step, the best first; nil where they are too few.
  private func others(at step: Int, _ rule: TrialRule, _ value: (Peers.Peer, Int) -> Double) -> [Double]? {
    let values = peers.latest.compactMap { peer in peer.place(at: step).map { value(peer, $0) } }
    return values.count >= max(1, rule.warmupTrials) ? values.sorted() : nil
  }

  /// Of sorted numbers, with what lies between two of them in proportion; infinite next to an infinite one.
  private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let lower = Int(place)
    let part = place - Double(lower)
    guard part > 0, lower + 1 < sorted.count else { return sorted[lower] }
    guard sorted[lower + 1] < .infinity else { return .infinity }
    return sorted[lower] + part * (sorted[lower + 1] - sorted[lower])
  }

  private func isWorse(_ p: Double) -> Bool {
    guard let incumbent = peers.incumbent else { return false }
    let places = Dictionary(zip(incumbent.steps, incumbent.losses)) { first, _ in first }
    let differences = zip(steps, losses).compactMap { step, loss -> Double? in
      guard let other = places[step], loss.isFinite, other.isFinite else { return nil }
      return loss - other
    }
    guard differences.reduce(0, +) > 0 else { return false }
    return SignedRankTest.probability(ofLarger: differences) < p
  }

  private func hasWorseMean(_ p: Double) -> Bool {
    guard let incumbent = peers.incumbent else { return false }
    return WelchTest.probability(
      ofMean: losses.filter(\.isFinite), above: incumbent.losses.filter(\.isFinite)) < p
  }

  private func hasNoProspect(at step: Int, _ rule: TrialRule, _ probability: Double) -> Bool {
    guard let target = peers.incumbent?.final, best.isFinite else { return false }
    let pairs = peers.latest.compactMap { peer -> (Double, Double)? in
      guard let place = peer.place(at: step), let final = peer.final, peer.best[place].isFinite else { return nil }
      return (peer.best[place], final)
    }
    guard pairs.count >= max(4, rule.warmupTrials), let line = RegressionLine(pairs), line.slope > 0,
      // None of them was better by now.
      pairs.contains(where: { $0.0 < best })
    else { return false }
    let prediction = line.prediction(at: best)
    guard prediction.deviation > 0 else { return prediction.mean > target }
    return Arithmetic.normalDistribution((target - prediction.mean) / prediction.deviation) < probability
  }
}

/// A line through points by least squares.
struct RegressionLine {
  let slope: Double
  private let count: Double
  private let middle: (x: Double, y: Double)
  private let spread: Double
  /// Of the points around the line.
  private let variance: Double

  /// Nil where the points do not tell: fewer than three, or all at one x.
  init?(_ points: [(x: Double, y: Double)]) {
    guard points.count > 2 else { return nil }
    count = Double(points.count)
    let sums = points.reduce((0.0, 0.0)) { ($0.0 + $1.x, $0.1 + $1.y) }
    let middle = (x: sums.0 / count, y: sums.1 / count)
    var (spread, product) = (0.0, 0.0)
    for point in points {
      spread += (point.x - middle.x) * (point.x - middle.x)
      product += (point.x - middle.x) * (point.y - middle.y)
    }
    guard spread > 0, spread.isFinite, product.isFinite else { return nil }
    let slope = product / spread
    let rest = points.reduce(0.0) { sum, point in
      let residual = point.y - middle.y - slope * (point.x - middle.x)
      return sum + residual * residual
    }
    (self.slope, self.middle, self.spread) = (slope, middle, spread)
    variance = rest / (count - 2)
  }

  /// Of a further point: its mean and standard deviation.
  func prediction(at x: Double) -> (mean: Double, deviation: Double) {
    let distance = x - middle.x
    let share = 1 + 1 / count + distance * distance / spread
    return (middle.y + slope * distance, (variance * share).squareRoot())
  }
}

/// Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1, 1945.
enum SignedRankTest {
  /// The probability of a sum of the positive differences' ranks as large as this or larger, were positive and negative ones
  /// equally likely. Differences of zero do not count, and equal ones share the mean of their ranks.
  ///
  /// Exact for up to 30 differences, of which none are equal; beyond that by the normal distribution, with its correction
  /// for continuity.
  static func probability(ofLarger differences: [Double]) -> Double {
    let sizes = differences.filter { $0 != 0 }.sorted { (abs($0), $0) < (abs($1), $1) }
    let count = sizes.count
    guard count > 0 else { return 1 }
    var (sum, ties) = (0.0, 0.0)
    var first = 0
    while first < count {
      var last = first
      while last + 1 < count, abs(sizes[last + 1]) == abs(sizes[first]) { last += 1 }
      let rank = Double(first + last + 2) / 2
      for index in first...last where sizes[index] > 0 { sum += rank }
      let tied = Double(last - first + 1)
      ties += tied * tied * tied - tied
      first = last + 1
    }
    if ties == 0, count <= 30 { return exact(atLeast: Int(sum), of: count) }
    let n = Double(count)
    let variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48
    guard variance > 0 else { return 1 }
    return Arithmetic.normalDistribution(-(sum - n * (n + 1) / 4 - 0.5) / variance.squareRoot())
  }

  /// Counts the sets of ranks by their sums.
  private static func exact(atLeast sum: Int, of count: Int) -> Double {
    let largest = count * (count + 1) / 2
    var ways = [Double](repeating: 0, count: largest + 1)
    ways[0] = 1
    for rank in 1...count {
      for total in stride(from: largest, through: rank, by: -1) { ways[total] += ways[total - rank] }
    }
    var power = 1.0
    for _ in 0..<count { power *= 2 }
    return ways[min(sum, largest)...].reduce(0, +) / power
  }
}

import TestSupport
import Testing

@testable import Search

@Suite("Rules that end single trials")
struct TrialRuleTests {
  private static let kinds: [TrialRule.Kind] = [
    .median, .percentile(percent: 25), .truncation(percent: 20), .bandit(slack: 0.1, isFactor: false),
    .bandit(slack: 0.1, isFactor: true), .wilcoxon(p: 0.2), .racing(p: 0.1), .learningCurve(probability: 0.2),
    .patience(steps: 3, improvement: 0.1), .threshold(lower: -50, upper: 50),
    .threshold(metric: "norm", lower: nil, upper: 50),
  ]

  private static func curve(_ values: [Double], from first: Int = 1) -> Curve {
    Curve(values.enumerated().map { Report(step: first + $0.offset, value: $0.element) }) ?? Curve()
  }

  private static func watch(
    _ kind: TrialRule.Kind, _ goal: Goal = .minimize, beside others: [[Double]], warmupSteps: Int = 0,
    warmupTrials: Int? = nil
  ) -> TrialWatch {
    var peers = Peers()
    for values in others { peers.insert(Peers.Peer(curve(values), .values([values.last ?? 0]), goal)) }
    let trials = warmupTrials ?? kind.fewestWarmupTrials
    return TrialWatch([TrialRule(kind, warmupSteps: warmupSteps, warmupTrials: trials)], goal, peers)
  }

  private static func step(_ watch: TrialWatch, _ values: [Double]) -> Int? { watch.stop(on: curve(values))?.step }

  // MARK: - What each rule says

  @Test("The median is of what the others reported on average, and the best value counts")
  func median() {
    let others: [[Double]] = [[9, 7, 5], [8, 4, 3], [7, 6, 2]]
    // By step 2 the means are 8, 6 and 6.5.
    #expect(Self.step(Self.watch(.median, beside: others), [8, 6.5, 5]) == nil)
    #expect(Self.step(Self.watch(.median, beside: others), [8.1, 6, 1]) == 1)
    #expect(Self.step(Self.watch(.median, beside: others), [8, 6.6, 1]) == 2)
    #expect(Self.step(Self.watch(.median, beside: others, warmupSteps: 2), [8.1, 6.6, 6]) == 3)
    #expect(Self.step(Self.watch(.median, beside: others, warmupTrials: 4), [99, 99, 99]) == nil)
    // Nobody else came so far.
    #expect(Self.step(Self.watch(.median, beside: others), [1, 1, 1, 99]) == nil)
    let stop = Self.watch(.median, beside: others).stop(on: Self.curve([8.1]))
    #expect(stop == TrialStop(rule: "median", step: 1, value: 8.1, isResult: false))
  }

  @Test("Percentiles lie between the others' values")
  func percentiles() {
    let others: [[Double]] = [[1], [2], [3], [4], [5]]
    // A quarter of the way from the first to the last of five is the second.
    #expect(Self.step(Self.watch(.percentile(percent: 25), beside: others), [2]) == nil)
    #expect(Self.step(Self.watch(.percentile(percent: 25), beside: others), [2.01]) == 1)
    #expect(Self.step(Self.watch(.truncation(percent: 20), beside: others), [4.2]) == nil)
    #expect(Self.step(Self.watch(.truncation(percent: 20), beside: others), [4.21]) == 1)
    // The best value helps a percentile, and not a truncation.
    let two = others.map { $0 + $0 }
    #expect(Self.step(Self.watch(.percentile(percent: 25), beside: two), [1, 9]) == nil)
    #expect(Self.step(Self.watch(.truncation(percent: 20), beside: two), [1, 9]) == 2)
    // But for one that was better than all others before.
    #expect(Self.step(Self.watch(.truncation(percent: 20), beside: two), [0.9, 9]) == nil)
    // To maximise, the largest are the best.
    #expect(Self.step(Self.watch(.percentile(percent: 25), .maximize, beside: others), [4]) == nil)
    #expect(Self.step(Self.watch(.percentile(percent: 25), .maximize, beside: others), [3.9]) == 1)
  }

  @Test("A slack is a difference, or a part of the best value's size")
  func bandit() {
    let others: [[Double]] = [[-10], [-8]]
    #expect(Self.step(Self.watch(.bandit(slack: 1, isFactor: false), beside: others), [-9]) == nil)
    #expect(Self.step(Self.watch(.bandit(slack: 1, isFactor: false), beside: others), [-8.9]) == 1)
    #expect(Self.step(Self.watch(.bandit(slack: 0.2, isFactor: true), beside: others), [-8]) == nil)
    #expect(Self.step(Self.watch(.bandit(slack: 0.2, isFactor: true), beside: others), [-7.9]) == 1)
  }

  @Test("Patience counts steps, and what it ends has a result")
  func patience() {
    let watch = Self.watch(.patience(steps: 2, improvement: 0.5), beside: [])
    // 4.6 is not enough below 5, and 4.4 is below both.
    #expect(Self.step(watch, [5, 4.6, 4.4, 4.3, 4]) == 5)
    #expect(watch.stop(on: Self.curve([5, 4.6, 4.6, 1]))?.isResult == true)
    #expect(watch.stop(on: Curve([Report(step: 10, value: 5), Report(step: 11, value: 5)]) ?? Curve()) == nil)
    #expect(watch.stop(on: Curve([Report(step: 10, value: 5), Report(step: 12, value: 5)]) ?? Curve())?.step == 12)
    #expect(
      Self.watch(.patience(steps: 1, improvement: 0), beside: []).stop(on: Self.curve([.nan, .nan]))?.isResult == false)
  }

  @Test("Thresholds end what is beyond them, or no number")
  func threshold() {
    let watch = Self.watch(.threshold(lower: -1, upper: 2), beside: [])
    #expect(Self.step(watch, [-1, 2, 2.1]) == 3)
    #expect(Self.step(watch, [0, -1.1]) == 2)
    #expect(Self.step(watch, [0, .nan]) == 2)
    #expect(Self.step(Self.watch(.threshold(lower: nil, upper: nil), beside: []), [-1e300, -.infinity]) == 2)
  }

  @Test("A threshold over another metric looks at that one, where it is reported")
  func otherMetric() {
    let watch = Self.watch(.threshold(metric: "norm", lower: 0, upper: 2), beside: [])
    func step(_ norms: [Double?]) -> Int? {
      watch.stop(
        on: Curve(
          norms.enumerated().map { Report(step: $0 + 1, value: 99, others: $1.map { ["norm": ValueRange($0)] } ?? [:]) }
        )
          ?? Curve())?.step
    }
    #expect(step([1, nil, 2, nil]) == nil)
    #expect(step([nil, nil, 2.1]) == 3)
    #expect(step([1, -0.1]) == 2)
    #expect(step([.infinity]) == 1)
    #expect(watch.stop(on: Self.curve([.nan, 5])) == nil)
    // What is known at the end stands beside the last report, unless that says it itself.
    let curve =
      Curve([Report(step: 1, value: 1), Report(step: 2, value: 1, others: ["norm": ValueRange(1)])]) ?? Curve()
    #expect(watch.stop(on: curve.completed(with: ["norm": 9])) == nil)
    #expect(watch.stop(on: curve.through(1).completed(with: ["norm": 9]))?.step == 1)
    #expect(watch.stop(on: Curve().completed(with: ["norm": 9])) == nil)
    // And what came after it counts as well, but takes nothing back.
    #expect(watch.stop(on: curve.ended(after: ["norm": ValueRange(9)]))?.step == 2)
    let beyond = Curve([Report(step: 1, value: 1, others: ["norm": ValueRange(9)])]) ?? Curve()
    #expect(watch.stop(on: beyond.ended(after: ["norm": ValueRange(1)]))?.step == 1)
    #expect(watch.stop(on: curve.ended(after: ["norm": ValueRange(.nan)]))?.step == 2)
  }

  @Test("Patience and thresholds wait for others as well, where they are told to")
  func warmup() {
    let others: [[Double]] = [[1, 1, 1, 1], [1, 1]]
    for kind in [TrialRule.Kind.patience(steps: 1, improvement: 0), .threshold(lower: nil, upper: 4)] {
      #expect(Self.step(Self.watch(kind, beside: []), [5, 5, 5]) != nil)
      #expect(Self.step(Self.watch(kind, beside: [], warmupTrials: 1), [5, 5, 5]) == nil)
      #expect(
        Self.step(Self.watch(kind, beside: others, warmupTrials: 1), [1, 1, 5, 5]) == (kind.name == "patience" ? 2 : 3))
      #expect(
        Self.step(Self.watch(kind, beside: others, warmupTrials: 2), [1, 5, 5]) == (kind.name == "patience" ? 2 : 2))
      #expect(Self.step(Self.watch(kind, beside: others, warmupTrials: 2), [1, 0, 5, 5]) == nil)
      #expect(TrialRule(kind, warmupTrials: 1).comparesTrials && !TrialRule(kind).comparesTrials)
    }
  }

  @Test("Wilcoxon's test compares with the best trial, at the steps that both have")
  func wilcoxon() {
    let others: [[Double]] = [[5, 5, 5, 5, 5, 5], [4, 3, 4, 3, 4, 3]]
    let watch = Self.watch(.wilcoxon(p: 0.05), beside: others)
    // With n differences that are all on one side the probability is 2^-n: below 0.05 from the fifth on.
    #expect(Self.step(watch, [4.1, 3.2, 4.3, 3.4, 4.5, 3.6]) == 5)
    #expect(Self.step(watch, [3.9, 2.8, 3.7, 2.6, 3.5, 2.4]) == nil)
    #expect(Self.step(watch, [4.1, 2.8, 4.3, 2.6, 4.5, 2.4]) == nil)
  }

  @Test("A race compares means, from two values on")
  func racing() {
    let best = [2.2, 3.1, 2.7, 3.3, 1.9]
    let watch = Self.watch(.racing(p: 0.05), beside: [[9, 9, 9], best])
    #expect(Self.step(watch, [99]) == nil)
    #expect(Self.step(watch, [99, 98]) == 2)
    #expect(Self.step(watch, [3.5, 2.9, 4.1, 3.8, 3.6]) == 4)
    #expect(Self.step(watch, best.reversed()) == nil)
    #expect(Self.step(watch, [0, 1, 0, 1]) == nil)
    #expect(Self.step(Self.watch(.racing(p: 0.05), .maximize, beside: [best]), [-99, -98]) == 2)
    // Of values that do not vary any difference tells.
    #expect(Self.step(Self.watch(.racing(p: 0.05), beside: [[1, 1, 1]]), [1.001, 1.001, 1.001]) == 2)
    #expect(Self.step(Self.watch(.racing(p: 0.05), beside: [[1, 1, 1]]), [1, 1, 1]) == nil)
    // With nobody to race, and with one value to race against.
    #expect(Self.step(Self.watch(.racing(p: 0.05), beside: []), [99, 98]) == nil)
    #expect(Self.step(Self.watch(.racing(p: 0.05), beside: [[1]]), [99, 98]) == nil)
  }

  @Test("A learning curve that leads nowhere is ended, by what the others came to")
  func learningCurve() {
    // The final value is half the first, and a little more or less.
    let others = (1...12).map { number -> [Double] in
      let noise = number % 2 == 0 ? 0.1 : -0.1
      return [Double(number), Double(number) / 2 + noise]
    }
    let watch = Self.watch(.learningCurve(probability: 0.05), beside: others, warmupTrials: 12)
    #expect(Self.step(watch, [6]) == 1)
    #expect(Self.step(watch, [1.1]) == nil)
    #expect(Self.step(watch, [0.5]) == nil)
    // A trial that is better by now than all others goes on, whatever the line says.
    let crossing = (1...12).map { [Double($0), Double(13 - $0)] }
    #expect(Self.step(Self.watch(.learningCurve(probability: 0.5), beside: crossing), [6]) == nil)
    #expect(Self.step(Self.watch(.learningCurve(probability: 0.05), beside: Array(others.prefix(3))), [99]) == nil)
  }

  // MARK: - The contract

  @Test(
    "No rule that compares ends the best so far, and all say the same one report at a time", arguments: 0..<kinds.count)
  func contract(_ index: Int) {
    let kind = Self.kinds[index]
    var random = TestRandom(seed: UInt64(index))
    for _ in 0..<300 {
      let goal: Goal = random.oneIn(2) ? .minimize : .maximize
      let length = Int.random(in: 1...12, using: &random)
      let others = (0..<Int.random(in: 0...15, using: &random)).map { _ in
        (0..<Int.random(in: 1...length, using: &random)).map { _ in
          random.oneIn(30)
            ? [.nan, .infinity, -.infinity, 1e308].randomElement(using: &random) ?? 0
            : Double(Int.random(in: -9...9, using: &random))
        }
      }
      let watch = Self.watch(kind, goal, beside: others)
      let values = (0..<length).map { _ in random.oneIn(20) ? .nan : Double.random(in: -10...10, using: &random) }
      let curve = Self.curve(values, from: Int.random(in: 0...2, using: &random))
      let whole = watch.stop(on: curve)
      var stepwise = watch
      var first: TrialStop?
      for report in curve.reports where first == nil { first = stepwise.take(report) }
      #expect(first?.step == whole?.step && first?.rule == whole?.rule)
      // What comes after a verdict does not change it.
      if let whole { #expect(watch.stop(on: curve.through(whole.step))?.step == whole.step) }
      guard kind.comparesTrials else { continue }
      let best = goal == .minimize ? -Double.infinity : .infinity
      #expect(watch.stop(on: Self.curve(Array(repeating: best, count: length))) == nil)
      let finite = others.flatMap { $0 }.filter(\.isFinite)
      let bar = (goal == .minimize ? finite.min() : finite.max()) ?? 0
      guard others.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { continue }
      #expect(watch.stop(on: Self.curve(Array(repeating: bar, count: length))) == nil)
    }
  }

  @Test("Which trials end, and where, does not depend on the order in which they report")
  func order() throws {
    let space = Space([Parameter(name: "x", domain: .float(FloatRange(lower: 0, upper: 1, scale: .linear, step: nil)))])
    for (index, kind) in Self.kinds.enumerated() {
      var settings = SearchSettings(
        space: space, goals: [.minimize], strategy: .random, seed: 5, lanes: 4, trials: 40)
      settings.trialRules = [TrialRule(kind, warmupSteps: 1, warmupTrials: max(3, kind.fewestWarmupTrials))]
      var logs: [[TrialStop?]] = []
      for seed in 0..<20 {
        var random = TestRandom(seed: UInt64(100 * index + seed))
        var schedule = Schedule(settings)
        var open: [Int] = []
        var log: [Int: TrialStop?] = [:]
        var actions = schedule.next(.room(for: 4))
        while schedule.conclusion == nil {
          for case .run(let trial, _) in actions { open.append(trial) }
          let trial = open.remove(at: Int.random(in: open.indices, using: &random))
          // What a trial reports follows from its number.
          var own = TestRandom(seed: UInt64(trial))
          let level = Double.random(in: 0...10, using: &own)
          let curve = Self.curve((1...8).map { level + 10 / Double($0) + Double.random(in: -1...1, using: &own) })
          let stop = try #require(schedule.watch(of: trial)).stop(on: curve)
          log[trial] = .some(stop)
          let outcome = stop?.outcome ?? .values([level])
          actions = schedule.next(.finished(trial: trial, outcome, stop.map { curve.through($0.step) } ?? curve))
          actions += schedule.next(.room(for: 1))
        }
        logs.append((0..<40).map { log[$0] ?? nil })
      }
      #expect(logs.allSatisfy { $0.elementsEqual(logs[0]) { $0 == $1 } }, "\(kind)")
      if case .threshold = kind { continue }
      #expect(logs[0].contains { $0 != nil }, "\(kind)")
    }
  }

  // MARK: - Statistics

  @Test("Student's distribution and Welch's test agree with SciPy 1.17")
  func student() {
    let known: [(t: Double, degrees: Double, probability: Double)] = [
      (0.5, 0.7, 0.365200843341165), (1, 1, 0.25), (2.5, 1.9, 0.06805311703280426), (-1.3, 3.4, 0.8626415478639186),
      (3, 7.25, 0.009567066496584549), (0.01, 30, 0.49604374628658887), (6, 12.5, 2.6205295727511192e-05),
      (2, 1000.5, 0.022885105727926514), (40, 2.2, 0.00017115773828230282), (1.5, 10000, 0.06682298591180982),
    ]
    for (t, degrees, probability) in known {
      let own = StudentDistribution.probability(above: t, degrees: degrees)
      #expect(abs(own / probability - 1) < 1e-10, "\(t) \(degrees) \(own)")
    }
    let welch = WelchTest.probability(ofMean: [4.1, 3.9, 5], above: [2.2, 3.1, 2.7, 3.3, 1.9])
    #expect(abs(welch / 0.007111661408020681 - 1) < 1e-10)
    for values in [[1e308, -1e308], [0, .leastNonzeroMagnitude], [1e-300, 1]] {
      let p = WelchTest.probability(ofMean: values, above: [1, 2, 3])
      #expect(p >= 0 && p <= 1, "\(values) \(p)")
    }
  }

  @Test("The exact signed-rank distribution is that of all signs")
  func signedRanks() {
    var random = TestRandom(seed: 3)
    for count in 1...12 {
      let differences = (0..<count).map { Double($0 + 1) * (random.oneIn(2) ? 1 : -1) }.shuffled(using: &random)
      let sum = differences.filter { $0 > 0 }.reduce(0, +)
      let asLarge = (0..<1 << count).count { (signs: Int) -> Bool in
        var other = 0.0
        for bit in 0..<count where signs >> bit & 1 == 1 { other += Double(bit + 1) }
        return other >= sum
      }
      #expect(SignedRankTest.probability(ofLarger: differences) == Double(asLarge) / Double(1 << count))
    }
    // With ties by the normal distribution: of five ranks the mean is 7.5 and the variance 13.75, less 6/48 for the pair of
    // ones; the positive ones add up to 14.
    let z = (14 - 7.5 - 0.5) / (13.75 - 6.0 / 48).squareRoot()
    let tied = SignedRankTest.probability(ofLarger: [1, 1, -0.5, 2, 3])
    #expect(abs(tied - (1 - Arithmetic.normalDistribution(z))) < 1e-12)
    #expect(SignedRankTest.probability(ofLarger: [0, 0]) == 1)
  }

  @Test("The line through Anscombe's first points is the one that he gives")
  func regression() throws {
    // Anscombe, "Graphs in statistical analysis", American Statistician 27, 1973.
    let x = [10.0, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
    let y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
    let line = try #require(RegressionLine(zip(x, y).map { ($0, $1) }))
    #expect(abs(line.slope - 0.5) < 1e-3)
    #expect(abs(line.prediction(at: 9).mean - 7.5) < 1e-2)
    // Residual deviation 1.2366 on 9 degrees of freedom, times sqrt(1 + 1/11) in the middle.
    #expect(abs(line.prediction(at: 9).deviation - 1.2366 * (12.0 / 11).squareRoot()) < 1e-3)
  }

  /// Ten values of a trial and of the best one, both with noise of a known deviation, of which one is worse by so many deviations: how
  /// many of 2,000 a rule ends.
  private static func share(_ rule: TrialRule, worseBy shift: Double, deviation: Double, seed: UInt64) -> Double {
    var random = TestRandom(seed: seed)
    let rounds = 2000
    let stops = (0..<rounds).count { _ in
      let other = (0..<10).map { _ in 1 + deviation * random.normal() }
      let own = (0..<10).map { _ in 1 + deviation * (shift + random.normal()) }
      return step(watch(rule.kind, beside: [other], warmupSteps: rule.warmupSteps), own) != nil
    }
    return Double(stops) / Double(rounds)
  }

  /// One look, at the end. Four standard deviations of a share are exceeded in one of 30,000 runs with other seeds.
  @Test(
    "A test ends what is no worse as seldom as its p says, and what is worse as often as it can",
    arguments: [0.02, 0.3])
  func testsWithNoise(_ deviation: Double) {
    func within(_ share: Double) -> Double { 4 * (share * (1 - share) / 2000).squareRoot() }
    for kind in [TrialRule.Kind.wilcoxon(p: 0.05), .racing(p: 0.05)] {
      func share(_ shift: Double) -> Double {
        Self.share(TrialRule(kind, warmupSteps: 9), worseBy: shift, deviation: deviation, seed: 8)
      }
      #expect(share(0) < 0.05 + within(0.05) && share(0) > 0.02, "\(kind) \(share(0))")
      // The power of Student's test by the noncentral t of SciPy 1.17; of normal values Wilcoxon's comes to 3/π of it, and less with
      // few (Hodges, Lehmann, 1956).
      for (shift, power) in [(1.0, 0.6936), (1.5, 0.9429)] {
        let least = kind == .racing(p: 0.05) ? power - within(power) - 0.01 : 0.85 * power
        #expect((least...power + within(power)).contains(share(shift)), "\(kind) \(shift): \(share(shift))")
      }
    }
  }

  /// Final values are uniform, and what is reported on the way is off by 1 / step and by noise of a known deviation. Of the trials
  /// that the rule ends no more would have become the best than it says: by 4 standard deviations more in one of 30,000 runs.
  @Test("A learning curve ends hardly any trial that would have become the best", arguments: [0.02, 0.1, 0.3])
  func learningCurveWithNoise(_ deviation: Double) {
    var random = TestRandom(seed: 11)
    func curve() -> (reports: [Double], final: Double) {
      let final = Double.random(in: 0...1, using: &random)
      let reports = (1...8).map { step in
        final + 1 / Double(step) + deviation * random.normal()
      }
      return (reports, final)
    }
    var (ended, wrongly) = (0, 0)
    let probability = 0.1
    for _ in 0..<1000 {
      var peers = Peers()
      for _ in 0..<20 {
        let other = curve()
        peers.insert(Peers.Peer(Self.curve(other.reports), .values([other.final]), .minimize))
      }
      let watch = TrialWatch([TrialRule(.learningCurve(probability: probability))], .minimize, peers)
      let own = curve()
      guard watch.stop(on: Self.curve(own.reports)) != nil else { continue }
      ended += 1
      if own.final < peers.incumbent?.final ?? 0 { wrongly += 1 }
    }
    let most = probability + 4 * (probability * (1 - probability) / Double(max(1, ended))).squareRoot()
    #expect(Double(wrongly) / Double(ended) < most, "\(wrongly) of \(ended)")
    #expect(ended > 300, "\(ended)")
  }

  /// With a look after each of ten values the chances add up, and are bounded by their sum: Bonferroni's inequality.
  @Test(
    "Where a test looks after each value, it ends a trial that is no worse more often than its p says, and not much")
  func looks() {
    for (kind, looks) in [(TrialRule.Kind.wilcoxon(p: 0.05), 6), (.racing(p: 0.05), 9)] {
      let share = Self.share(TrialRule(kind), worseBy: 0, deviation: 0.1, seed: 12)
      #expect(share > 0.05 && share < Double(looks) * 0.05, "\(kind) \(share)")
    }
  }
}

/// Proposes the point that a Gaussian process expects most of: for few, expensive trials in spaces of any kind.
///
/// After an initial design that fills the space, each decision (1) brings the objective's values to about a normal
/// distribution, (2) finds the likeliest parameters of a kernel over all parameters, conditional ones included,
/// (3) takes what runs still to have come out as expected, and (4) looks for the point of the largest expected
/// improvement that was not tried before.
///
/// Complexity of a decision: O(n³) for n trials up to `largestModel`, and from then on about constant.
struct BayesianSearch: AdaptiveStrategy {
  /// What proposals are looked for in.
  private let space: Space
  private let goals: [Goal]
  private let seed: UInt64
  private let effort: CandidateSearch.Effort
  private let encoding: Encoding
  private let design: InitialDesign
  private let prior: KernelPrior
  /// All points, where there are so few that each can be looked at.
  private let points: FinitePoints?

  private static let fewPoints = 1000

  private var newPoints: NewPoints
  private var evidence = Evidence()
  private var objectiveFit = KernelFit()
  private var feasibilityFit = KernelFit()
  /// With several objectives, one for each, for what is predicted of them.
  private var predictionFits: [KernelFit]

  /// The place of a parameter that is not looked for, such as a fidelity, and the value that all proposals have of it.
  private let asked: (place: Int, value: Value)?

  /// Whether of two objectives the front is what is improved on. With more of them, and in earlier plans, it is one value, in which
  /// they are joined by weights that each decision draws.
  private let seeksFront: Bool

  /// Whether values that are far worse than most stay apart where there are conditions; in earlier plans they are all as bad.
  private let softensTail: Bool

  /// A difference of the one objective: of each decision it is said how likely a point is that is better than the best by
  /// more.
  private let regretBound: Double?

  /// - Parameters:
  ///   - known: so many outcomes are known before the first decision.
  ///   - effort: how thoroughly the best point is looked for.
  ///   - asked: the place of a parameter that all proposals have this value of, whatever the trials had.
  init(
    space: Space, goals: [Goal], seed: UInt64, trials: Int, lanes: Int, regretBound: Double? = nil,
    seeksFront: Bool = false, softensTail: Bool = false, known: Int = 0,
    effort: CandidateSearch.Effort = .init(), asked: (place: Int, value: Value)? = nil
  ) {
    self.effort = effort
    self.regretBound = regretBound
    self.seeksFront = seeksFront && goals.count == 2
    self.softensTail = softensTail
    self.asked = asked
    let sought = asked.map { space.replacing($0.place, by: .constant($0.value)) } ?? space
    self.space = sought
    self.goals = goals
    self.seed = seed
    predictionFits = goals.count > 1 ? goals.map { _ in KernelFit() } : []
    encoding = Encoding(space)
    let axes = encoding.axes.count - (asked == nil ? 0 : 1)
    // Of those that run side by side some more, since the first decisions that look at outcomes see few.
    design = InitialDesign(
      space: sought, seed: seed, count: max(0, max(5, min(axes + 1, 10)) + (lanes - 1) / 2 - known), trials: trials)
    newPoints = NewPoints(space: sought, seed: seed, fixed: asked)
    if case .exactly(let size) = sought.size(upTo: Self.fewPoints + 1), size <= Self.fewPoints {
      points = FinitePoints(of: sought, limit: size)
    } else {
      points = nil
    }
    prior = KernelPrior(features: encoding.features, typicalDimension: encoding.typicalDimension)
  }

  func looksAtOutcomes(for trial: Int) -> Bool { trial >= design.count }

  mutating func propose(after history: History) -> Proposal? {
    let decoder = Decoder(encoding)
    newPoints.see(history)
    evidence.learn(from: history, goals, decoder)
    guard looksAtOutcomes(for: history.trial) else {
      return design.point(for: history.trial, &newPoints).map { Proposal($0, .design) }
    }
    guard evidence.values.count >= 2, !encoding.axes.isEmpty else { return unmodelled(history, .exploration) }
    return modelled(history, decoder) ?? unmodelled(history, .exploration)
  }

  // MARK: - Without a model

  /// A point that fills the space and was not tried; nil when all were.
  private mutating func unmodelled(_ history: History, _ reason: Proposal.Reason) -> Proposal? {
    newPoints.any(for: history.trial).map { Proposal($0, reason) }
  }

  // MARK: - With a model

  /// A model is made of no more points than this, however many there are.
  private static let largestModel = 300

  private mutating func modelled(_ history: History, _ decoder: Decoder) -> Proposal? {
    let pending = history.pending.map { decoder.encode($0).features }
    let varied = seeksFront ? variedObjectives : []
    guard varied.count == 2 else {
      // What does not vary cannot be improved on.
      let scalar =
        varied.first.map { objective in evidence.values.map { $0[objective] } }
        ?? evidence.scalarised(with: stream(history, .decision))
      let chosen = Evidence.selection(of: scalar, limit: Self.largestModel)
      return onOneValue(scalar, chosen, chosen.map { evidence.features[$0] }, pending, history, decoder)
    }
    let chosen = Evidence.selection(of: frontRanks, limit: Self.largestModel)
    let rows = chosen.map { evidence.features[$0] }
    let models = goals.indices.map { model(of: $0, chosen, rows) }
    let believed = models.map { believe($0.process, rows, $0.values, pending) }
    let losses = (rows + pending).indices.map { index in
      believed.map { index < rows.count ? $0.means[index] : $0.pendingMeans[index - rows.count] }
    }
    let reference = goals.indices.map { objective -> Double in
      let all = losses.map { $0[objective] }
      let (low, high) = (all.reduce(.infinity, min), all.reduce(-.infinity, max))
      return high + 0.1 * max(high - low, 1)
    }
    var acquisition = Acquisition(
      believed.map(\.process), over: .front(HypervolumeImprovement(over: losses, reference: reference)),
      feasibility: feasibility(rows), priorWeight: Self.priorWeight / Double(max(1, evidence.values.count)),
      encoding: encoding)
    let fronts = Pareto.fronts(Array(losses.prefix(rows.count)), enough: Self.centers)
    let best = Pareto.spread((fronts.first ?? []).map { losses[$0] }, choose: Self.centers).map { fronts[0][$0] }
    let centers = (best + fronts.dropFirst().joined()).prefix(Self.centers)
    for candidate in candidates(acquisition, near: centers.map { chosen[$0] }, history, decoder) {
      let point = decoder.point(candidate.codes)
      guard newPoints.admits(point), space.isLikely(point) else { continue }
      let predictions = goals.indices.map { prediction($0, models[$0].process, models[$0].output, candidate) }
      let shares = models.map { influence($0.process.kernel) }
      return Proposal(
        point,
        .model(
          Belief(
            predictions: predictions, criterion: "log expected hypervolume improvement", score: candidate.score,
            feasibility: acquisition.likelihood(candidate.features), influence: Self.mean(shares))))
    }
    return nil
  }

  private static let centers = 6

  /// The objectives whose values are not all the same.
  private var variedObjectives: [Int] {
    let values = evidence.values
    return goals.indices.filter { objective in values.contains { $0[objective] != values[0][objective] } }
  }

  /// For each observation how many fronts are before its own, as far as a model has room for them.
  private var frontRanks: [Double] {
    let values = evidence.values
    var ranks = [Double](repeating: .infinity, count: values.count)
    for (rank, front) in Pareto.fronts(values, enough: Self.largestModel).enumerated() {
      for index in front { ranks[index] = Double(rank) }
    }
    return ranks
  }

  private static func mean(_ rows: [[Double]]) -> [Double] {
    (rows.first ?? []).indices.map { column in rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
  }

  /// A model of one of the objectives.
  private mutating func model(of objective: Int, _ chosen: [Int], _ rows: [[Double]]) -> (
    process: GaussianProcess, output: OutputTransform, values: [Double]
  ) {
    let output = transform(evidence.values.map { $0[objective] })
    let values = chosen.map { output.transformed[$0] }
    let process = predictionFits[objective].process(
      rows.flatMap { $0 }, values, evidence.values.count, encoding, prior)
    return (process, output, values)
  }

  /// Where the next trial may be, the most promising first.
  ///
  /// - Parameter centers: the numbers of observations.
  private mutating func candidates(
    _ acquisition: Acquisition, near centers: [Int], _ history: History, _ decoder: Decoder
  ) -> [CandidateSearch.Candidate] {
    var search = CandidateSearch(
      decoder, acquisition, effort: effort, stream: stream(history, .candidates), fixed: askedAxis)
    return untried.map { search.ranked($0) }
      ?? search.candidates(near: centers.map { (evidence.codes[$0], evidence.features[$0]) })
  }

  private mutating func onOneValue(
    _ scalar: [Double], _ chosen: [Int], _ rows: [[Double]], _ pending: [[Double]], _ history: History,
    _ decoder: Decoder
  ) -> Proposal? {
    let output = transform(scalar)
    let values = chosen.map { output.transformed[$0] }
    let model = objectiveFit.process(rows.flatMap { $0 }, values, evidence.values.count, encoding, prior)
    let believed = believe(model, rows, values, pending)
    var acquisition = Acquisition(
      [believed.process], over: .best(believed.best), feasibility: feasibility(rows),
      priorWeight: Self.priorWeight / Double(max(1, evidence.values.count)), encoding: encoding)

    let order = chosen.indices.sorted { (believed.means[$0], $0) < (believed.means[$1], $1) }
    let candidates = candidates(acquisition, near: order.prefix(Self.centers).map { chosen[$0] }, history, decoder)
    for candidate in candidates {
      let point = decoder.point(candidate.codes)
      guard newPoints.admits(point), space.isLikely(point) else { continue }
      let predictions =
        goals.count == 1 ? [prediction(0, model, output, candidate)] : predictions(chosen, rows, candidate)
      var belief = Belief(
        predictions: predictions, criterion: "log expected improvement", score: candidate.score,
        feasibility: acquisition.likelihood(candidate.features), influence: influence(model.kernel))
      if goals.count == 1 {
        belief.improvement =
          belief.feasibility * improvement(believed.process, over: believed.best, output, candidate)
        belief.regret = regretBound.flatMap { bound in
          let best = order.first.map { rows[$0] }
          let places = candidates.lazy.map(\.features).filter { acquisition.likelihood($0) >= 0.5 }
            .prefix(Self.mostPlaces)
          return best.map {
            regret(above: bound, model, output, at: asAsked([$0]) + Array(places.joined()), stream(history, .functions))
          }
        }
      }
      return Proposal(point, .model(belief))
    }
    return nil
  }

  private static let priorWeight = 10.0

  /// The points that were not tried, where there are few in all.
  private var untried: [Point]? {
    points.map { points in (0..<points.count).map { points[$0] }.filter(newPoints.admits) }
  }

  /// Where there are conditions, branches differ in how much they vary, and a power would hide it, as a cut would: what is bad in
  /// one branch would look as if it were known to be bad, and be left alone for ever.
  private func transform(_ values: [Double]) -> OutputTransform {
    let isConditional = encoding.features > encoding.axes.count
    return OutputTransform(values, isPower: !isConditional, softensTail: isConditional && softensTail)
  }

  /// The axis of the parameter that is asked at a value, and the code of that.
  private var askedAxis: (index: Int, code: Double)? {
    guard let asked, let index = encoding.axes.firstIndex(where: { $0.parameter == asked.place }) else { return nil }
    return (index, encoding.snap(encoding.space.parameters[asked.place].domain.coordinate(of: asked.value), index))
  }

  /// The features of points, as they are asked about.
  private func asAsked(_ rows: [[Double]]) -> [Double] {
    guard let axis = askedAxis else { return rows.flatMap { $0 } }
    let column = encoding.axes[axis.index].column
    return rows.flatMap { row in
      var row = row
      row[column] = axis.code
      return row
    }
  }

  private func stream(_ history: History, _ purpose: RandomStream.Purpose) -> RandomStream {
    RandomStream(seed: seed, decision: history.trial, purpose: purpose)
  }

  /// With what runs still taken to have come out as expected: Ginsbourger, Le Riche, Carraro, "Kriging is well-suited to
  /// parallelize optimization", 2010.
  ///
  /// - Returns: the process, the best mean among the points, and the mean at each observed one and at each that runs.
  private func believe(
    _ model: GaussianProcess, _ rows: [[Double]], _ values: [Double], _ pending: [[Double]]
  ) -> (process: GaussianProcess, best: Double, means: [Double], pendingMeans: [Double]) {
    let means = model.means(at: asAsked(rows))
    var best = means.reduce(Double.infinity, min)
    guard !pending.isEmpty else { return (model, best, means, []) }
    let expected = model.means(at: pending.flatMap { $0 })
    let asked = model.means(at: asAsked(pending))
    best = asked.reduce(best, min)
    let process = GaussianProcess(
      kernel: model.kernel, rows: (rows + pending).flatMap { $0 }, values: values + expected)
    return (process, best, means, asked)
  }

  /// A model of which points are feasible; nil when all tried ones were.
  private mutating func feasibility(_ feasible: [[Double]]) -> GaussianProcess? {
    guard !evidence.failures.isEmpty else { return nil }
    let failures = evidence.failures.suffix(Self.largestModel)
    let rows = (feasible + failures).flatMap { $0 }
    let labels = feasible.map { _ in 1.0 } + failures.map { _ in -1.0 }
    return feasibilityFit.process(rows, labels, evidence.count, encoding, prior)
  }

  // MARK: - Saying why

  /// What is expected of an objective, in its unit, by a model of its transformed values.
  private func prediction(
    _ objective: Int, _ model: GaussianProcess, _ output: OutputTransform, _ candidate: CandidateSearch.Candidate
  ) -> Belief.Prediction {
    var scratch = model.makeScratch()
    let (mean, variance) = model.predict(candidate.features, from: 0, &scratch)
    let deviation = (variance[0] + model.kernel.noise).squareRoot()
    func value(_ z: Double) -> Double { output.inverted(mean[0] + z * deviation) }
    let (low, middle, high) = (value(-1.6448536269514722), value(0), value(1.6448536269514722))
    return goals[objective] == .minimize
      ? .init(mean: middle, lower: low, upper: high) : .init(mean: -middle, lower: -high, upper: -low)
  }

  /// How much better than the best mean a point is expected to be, in the objective's unit: the integral over all that is better,
  /// by Simpson's rule.
  private func improvement(
    _ model: GaussianProcess, over best: Double, _ output: OutputTransform, _ candidate: CandidateSearch.Candidate
  ) -> Double {
    var scratch = model.makeScratch()
    let (mean, variance) = model.predict(candidate.features, from: 0, &scratch)
    let deviation = variance[0].squareRoot()
    guard deviation > 0 else { return 0 }
    let bar = output.inverted(best)
    let (high, count) = ((best - mean[0]) / deviation, 64)
    let low = max(-8, high - 16)
    guard high > low else { return 0 }
    let step = (min(8, high) - low) / Double(count)
    var sum = 0.0
    for index in 0...count {
      let z = low + step * Double(index)
      let weight: Double = index == 0 || index == count ? 1 : index % 2 == 1 ? 4 : 2
      let gain = max(0, bar - output.inverted(mean[0] + z * deviation))
      sum += weight * gain * Arithmetic.anyExp(-z * z / 2 - 0.9189385332046727)
    }
    return sum * step / 3
  }

  private static let mostPlaces = 127
  private static let functions = 512

  /// How likely it is that the best trial is worse than some other point by more than a bound, in the objective's unit: the share of
  /// functions that the model holds possible of which that is so, at the places where most is expected. Wilson, "Stopping Bayesian
  /// optimization with probabilistic regret bounds", NeurIPS 2024.
  ///
  /// - Parameters:
  ///   - model: what runs still is no part of it: it may be what is better.
  ///   - points: the features of the best trial's, and then those of the places.
  private func regret(
    above bound: Double, _ model: GaussianProcess, _ output: OutputTransform, at points: [Double],
    _ stream: RandomStream
  ) -> Double {
    var stream = stream
    let draws = model.draws(Self.functions, at: points, &stream)
    let count = draws.count { values in
      output.inverted(values[0]) - output.inverted(values.reduce(.infinity, min)) > bound
    }
    return Double(count) / Double(Self.functions)
  }

  /// For several objectives, by a model of each: what decides is a model of one scalarisation, which has no unit.
  private mutating func predictions(
    _ chosen: [Int], _ rows: [[Double]], _ candidate: CandidateSearch.Candidate
  ) -> [Belief.Prediction] {
    goals.indices.map { objective in
      let model = model(of: objective, chosen, rows)
      return prediction(objective, model.process, model.output, candidate)
    }
  }

  /// The share of each parameter in how fast the model's prediction changes.
  private func influence(_ kernel: Kernel) -> [Double] {
    var shares = [Double](repeating: 0, count: space.parameters.count)
    for axis in encoding.axes {
      let inverse = kernel.inverseLengthscales[axis.column]
      shares[axis.parameter] = inverse * inverse
    }
    let total = shares.reduce(0, +)
    return total > 0 ? shares.map { $0 / total } : []
  }
}

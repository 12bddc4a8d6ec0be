package import Search

/// How often a trial is run, each time with a seed of its own, and what its values are then.
package struct Repeats: Hashable, Sendable {
  /// At least 1.
  package var seeds: Int
  package var aggregate: Aggregate
  /// How many runs there were before these: theirs are other seeds.
  package var first = 0

  package enum Aggregate: String, Hashable, Sendable, CaseIterable {
    case mean
    case median
    case worst
    /// The worse end of the interval that holds the mean with a confidence of 95 %, by Student's t.
    case confidenceBound = "confidence-bound"
  }

  package init(seeds: Int, aggregate: Aggregate) {
    self.seeds = seeds
    self.aggregate = aggregate
  }

  package static let once = Repeats(seeds: 1, aggregate: .mean)
  package static let maximumSeeds = 1000
}

/// What one run of a trial's command gave.
package enum Measurement: Hashable, Sendable {
  /// One for each of the judge's metrics: finite.
  case values([Double])
  /// A rule ended it.
  case stopped(TrialStop)
  case failed(Failure)
}

/// What a trial's runs gave.
package struct Measured: Hashable, Sendable {
  /// In the order of their seeds.
  package var runs: [Measurement]
  /// What the only run reported on the way, where rules end single trials: up to the step at which one did. Where rules judge
  /// the runs of a trial, the objective's value of each.
  package var curve: Curve
  /// How a rule ended the trial after one of its runs, but the last.
  package var stop: TrialStop?

  package init(_ runs: [Measurement], curve: Curve = Curve(), stop: TrialStop? = nil) {
    self.runs = runs
    self.curve = if case .stopped(let stop)? = runs.first { curve.through(stop.step) } else { curve }
    self.stop = stop
  }
}

/// What facts mean for an experiment. The journal only remembers what happened; this says what it is worth.
package struct TrialJudge: Sendable {
  /// The objectives' metrics, and then the others that constraints and rules name.
  package let metrics: [String]
  /// Those of them that rules for single trials look at, but the objective.
  package let watchedMetrics: [String]

  private let goals: [Goal]
  private let constraints: [Expression]
  private let space: Space
  private let repeats: Repeats
  private let failures: FailurePolicies
  private let limits: TrialLimits
  private let machineMemory: Int
  /// Whether rules judge a trial by its runs, one after the other, and not by what a run reports on the way.
  package let judgesRuns: Bool

  /// - Parameter machineMemory: how much memory there is for trials, in bytes; without a limit where none is to run.
  package init(_ plan: Plan, machineMemory: Int = .max) {
    self.machineMemory = machineMemory
    judgesRuns = plan.judgesRuns
    goals = plan.search.goals
    constraints = plan.outcomeConstraints
    space = plan.search.space
    repeats = plan.trial.repeats
    failures = plan.trial.failures
    limits = TrialLimits(plan.trial)
    metrics = plan.judgedMetrics
    watchedMetrics = plan.search.watchedMetrics
  }

  /// What one run's facts say: all the metrics, or why not.
  ///
  /// - Parameter watch: judges what the run reported on the way; nil where no rule ends single trials.
  /// - Returns: nil for a run that was ended before this judge would have it ended: what would have come of it is not known.
  package func measurement(of facts: TrialFacts, by watch: TrialWatch? = nil) -> Measurement? {
    if !judgesRuns, let stop = watch?.stop(on: facts.curve) { return .stopped(stop) }
    switch facts.ending {
    case .exit(code: 0): break
    case .exit(let code): return .failed(.exit(code: code))
    case .signal(let number): return .failed(.signal(number: number))
    case .timeout: return .failed(.timeout)
    case .silence: return .failed(.silence)
    case .memory: return .failed(.memory)
    case .disk: return .failed(.disk)
    case .stopped: return nil
    }
    var values: [Double] = []
    for name in metrics {
      guard let value = facts.metrics[name] else { return .failed(.metricMissing) }
      guard value.isFinite else { return .failed(.metricNotFinite) }
      values.append(value)
    }
    return .values(values)
  }

  /// What a trial's runs come to, in the order of their seeds; nil where one that counts is not known. Where rules judge the
  /// runs, none counts behind one with which a rule ended the trial, or that failed.
  ///
  /// - Parameter known: what is known of a run, with what it reported on the way.
  package func measured<Run>(
    _ runs: [Run], by watch: TrialWatch?, _ known: (Run) throws -> (Measurement, Curve)?
  ) rethrows -> Measured? {
    var (measurements, curve, stop): ([Measurement], Curve, TrialStop?) = ([], Curve(), nil)
    var watch = judgesRuns ? watch : nil
    while measurements.count < runs.count, stop == nil {
      guard let (measurement, reported) = try known(runs[measurements.count]) else { return nil }
      measurements.append(measurement)
      guard watch != nil else {
        curve = reported
        continue
      }
      guard case .values(let values) = measurement else { break }
      let others = others(in: values)
      curve.add(values[0], at: measurements.count, others: others)
      stop = watch?.take(run: values[0], others: others, measurements.count, of: repeats.seeds)
    }
    stop?.value = curve.reports.reduce(0) { $0 + $1.value } / Double(curve.reports.count)
    return Measured(measurements, curve: curve, stop: stop)
  }

  /// Of a run's values those of the other metrics that rules look at.
  private func others(in values: [Double]) -> [String: ValueRange] {
    Dictionary(zip(metrics, values.map { ValueRange($0) }).filter { watchedMetrics.contains($0.0) }) { first, _ in first
    }
  }

  /// How long the attempt at a run waits that follows these, in milliseconds; nil when they are all there is to it.
  ///
  /// - Parameter attempts: the facts of those that there were, in their order.
  package func wait(afterAttempts attempts: [TrialFacts]) -> Int? {
    guard let last = attempts.last, case .failed(let failure)? = measurement(of: last) else { return nil }
    let policy = failures[failure.kind]
    guard policy.retries > 0 else { return nil }
    let count = self.count(of: failure.kind, in: attempts)
    return count <= policy.retries ? policy.wait(afterFailures: count) : nil
  }

  /// What ends the attempt at a run that follows these. With more memory than the machine has, it has all of it.
  package func limits(afterAttempts attempts: [TrialFacts]) -> TrialLimits {
    grown { count(of: $0, in: attempts) }
  }

  private func grown(afterFailures failures: (FailureClass) -> Int) -> TrialLimits {
    limits.grown(by: self.failures, within: machineMemory, afterFailures: failures)
  }

  /// How many of a policy's attempts have failed in its way. Where limits grow, a failure stands for all attempts that would
  /// have had no more than it had: for none where a policy before this one gave it less, and for all that are left where
  /// there is no more.
  private func count(of kind: FailureClass, in attempts: [TrialFacts]) -> Int {
    let failed = attempts.filter { attempt in
      if case .failed(let failure)? = measurement(of: attempt) { failure.kind == kind } else { false }
    }
    let policy = failures[kind]
    guard policy.growth > 1 else { return failed.count }
    return failed.reduce(into: 0) { count, attempt in
      while count <= policy.retries, grown(afterFailures: { $0 == kind ? count : 0 }).admit(attempt.ending) {
        count += 1
      }
    }
  }

  /// Whether any failure is tried again.
  package var retriesFailures: Bool { FailureClass.allCases.contains { failures[$0].retries > 0 } }

  /// The first metric that a run should have reported and did not, or not as a finite number.
  package func blamed(in facts: TrialFacts) -> String? {
    metrics.first { facts.metrics[$0].map { !$0.isFinite } ?? true }
  }

  /// What a trial has come to.
  package func result(of measured: Measured, at point: Point) -> TrialResult {
    if let stop = measured.stop { return .stopped(stop) }
    var rows: [[Double]] = []
    for run in measured.runs {
      switch run {
      case .failed(let failure):
        return failures[failure.kind].isInfeasible ? .infeasible(.failure(failure)) : .failed(failure)
      case .stopped(let stop) where stop.isResult: rows.append([stop.value])
      case .stopped(let stop): return .stopped(stop)
      case .values(let values): rows.append(values)
      }
    }
    guard rows.count > 1 else { return judged(rows[0], isFeasible: isFeasible(rows[0], point)) }
    let values = metrics.indices.map { metric in aggregate(rows.map { $0[metric] }, metric) }
    guard values.allSatisfy(\.isFinite) else { return .failed(.metricNotFinite) }
    // The worst of all is feasible only if each is.
    let judged = repeats.aggregate == .worst ? rows : [values]
    return self.judged(values, isFeasible: judged.allSatisfy { isFeasible($0, point) })
  }

  /// What the search sees.
  package func outcome(of result: TrialResult) -> Outcome {
    result.outcome(objectives: goals.count)
  }

  private func judged(_ values: [Double], isFeasible: Bool) -> TrialResult {
    isFeasible ? .completed(values) : .infeasible(.values(values))
  }

  private func isFeasible(_ values: [Double], _ point: Point) -> Bool {
    constraints.allSatisfy { constraint in
      constraint.holds { name in
        metrics.firstIndex(of: name).map { .float(values[$0]) } ?? space.value(of: name, in: point)
      } != false
    }
  }

  private func aggregate(_ values: [Double], _ metric: Int) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    switch repeats.aggregate {
    case .mean: return mean
    case .median:
      let sorted = values.sorted()
      return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    case .worst:
      // What is no objective has no better and worse.
      guard metric < goals.count else { return mean }
      return values.dropFirst().reduce(values[0]) { goals[metric].prefers($0, to: $1) ? $1 : $0 }
    case .confidenceBound:
      guard metric < goals.count, let half = Replicates(of: values)?.halfInterval else { return mean }
      return goals[metric] == .minimize ? mean + half : mean - half
    }
  }
}

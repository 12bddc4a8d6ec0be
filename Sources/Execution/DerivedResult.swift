package import Artifacts
internal import Search

/// The result that a plan has by outcomes that other results record.
package enum DerivedResult: Sendable {
  /// The digested part of the manifest, and the bytes of `trials.jsonl`.
  case whole(ManifestContent, trials: [UInt8])
  /// So many trials that the plan calls for are in none of them, at least.
  case missing(Int)
  /// These trials came to one thing in one of the results and to another in another one.
  case contradictory(trials: [Int])

  /// Makes the search's decisions again, and takes the outcome of each trial from the results, by its name.
  ///
  /// Complexity: O(trials of all).
  ///
  /// - Throws: `DocumentError` when a line is no trial of its manifest.
  package init(of document: PlanDocument, from results: [(manifest: Manifest, trials: [UInt8])]) throws {
    var outcomes = Outcomes()
    for result in results { try outcomes.add(result.manifest, result.trials) }
    let plan = document.plan
    let (judge, lines) = (TrialJudge(plan), TrialLines(plan))
    var replay = Replay(plan)
    var tally = Tally(plan)
    var writer = CanonicalWriter()
    var contradictory: [Int] = []
    while let trial = replay.next {
      if trial.runs.contains(where: { outcomes.contradictory.contains($0.key) }) { contradictory.append(trial.number) }
      let watch = plan.judgesRuns ? nil : replay.watch
      let known = judge.measured(trial.runs, by: replay.watch) { outcomes.outcome(of: $0.key, judge, by: watch) }
      guard let known else {
        self = .missing(Self.missing(from: trial.number, plan, outcomes))
        return
      }
      let record = replay.take(known)
      lines.write(record, to: &writer)
      tally.take(record)
    }
    guard contradictory.isEmpty else {
      self = .contradictory(trials: contradictory)
      return
    }
    guard let conclusion = replay.conclusion else {
      self = .missing(1)
      return
    }
    var content = ManifestContent(
      plan: document, conclusion: conclusion, trialsDigest: Digest(of: "file", writer.bytes),
      completed: tally.completed, stopped: tally.stopped, infeasible: tally.infeasible, best: tally.best,
      baseline: tally.baseline,
      analysis: tally.analysis)
    if let confirming = plan.confirming(tally.candidates) {
      let (identity, judge) = (TrialIdentity(confirming), TrialJudge(confirming))
      let measured = tally.candidates.map { trial in
        identity.runs(at: trial.point).compactMap { outcomes.outcome(of: $0.key, judge, by: nil)?.0 }
      }
      let disputed = tally.candidates.filter { trial in
        identity.runs(at: trial.point).contains { outcomes.contradictory.contains($0.key) }
      }
      guard disputed.isEmpty else {
        self = .contradictory(trials: disputed.map(\.trial).sorted())
        return
      }
      let missing = measured.count { $0.count < identity.replicates }
      guard missing == 0 else {
        self = .missing(missing)
        return
      }
      content.confirmation = Confirmation(of: tally.candidates, by: confirming, measured.map { Measured($0) })
    }
    self = .whole(content, trials: writer.bytes)
  }

  private static func missing(from first: Int, _ plan: Plan, _ outcomes: Outcomes) -> Int {
    let points = plan.search.knownPoints
    let (identity, judge) = (TrialIdentity(plan), TrialJudge(plan))
    let count = (first..<max(first, points.count)).count { trial in
      identity.runs(at: points[trial]).contains { outcomes.outcome(of: $0.key, judge, by: nil) == nil }
    }
    return max(1, count)
  }
}

/// What several results record of runs, by their keys.
private struct Outcomes {
  private enum End {
    case values([String: Double])
    case stopped
    case failed(Failure)

    /// Rules that differ may end one run at different steps, and only the metrics that both judge can differ.
    func contradicts(_ other: End) -> Bool {
      switch (self, other) {
      case (.values(let a), .values(let b)): a.contains { name, value in b[name].map { $0 != value } ?? false }
      case (.failed(let a), .failed(let b)): a != b
      case (.stopped, _), (_, .stopped): false
      case (.values, .failed), (.failed, .values): true
      }
    }
  }

  private var known: [Digest: (end: End, curve: Curve)] = [:]
  /// The runs of which two results say different things.
  private(set) var contradictory: Set<Digest> = []

  mutating func add(_ manifest: Manifest, _ trials: [UInt8]) throws {
    let plan = manifest.content.plan.plan
    let (lines, metrics) = (TrialLines(plan), plan.judgedMetrics)
    for line in trials.split(separator: UInt8(ascii: "\n")) {
      let measured = try lines.measured(line)
      let json = try JSON(document: Array(line))
      for (run, measurement) in zip(json["runs"]?.array ?? [json], measured.runs) {
        add(try run.digest("key"), measurement, measured.curve, metrics)
      }
    }
    for run in manifest.content.confirmation?.trials.flatMap(\.runs) ?? [] {
      add(run.name.key, run.measurement, Curve(), plan.confirmedMetrics)
    }
  }

  private mutating func add(_ key: Digest, _ measurement: Measurement, _ curve: Curve, _ metrics: [String]) {
    let end: End =
      switch measurement {
      case .values(let values): .values(Dictionary(zip(metrics, values)) { first, _ in first })
      case .stopped: .stopped
      case .failed(let failure): .failed(failure)
      }
    if let other = known[key] {
      if end.contradicts(other.end) { contradictory.insert(key) }
    } else {
      known[key] = (end, curve)
    }
  }

  /// Nil where nothing is known of the run, or not all that is judged.
  ///
  /// - Parameter watch: judges what it reported on the way.
  func outcome(
    of key: Digest, _ judge: TrialJudge, by watch: TrialWatch?
  ) -> (Measurement, Curve)? {
    guard let (end, reported) = known[key] else { return nil }
    var curve = reported
    if case .values(let values) = end {
      curve = curve.completed(with: values.filter { judge.watchedMetrics.contains($0.key) })
    }
    if let stop = watch?.stop(on: curve) { return (.stopped(stop), curve) }
    switch end {
    case .failed(let failure): return (.failed(failure), curve)
    case .stopped: return nil
    case .values(let values):
      let all = judge.metrics.compactMap { values[$0] }
      return all.count == judge.metrics.count ? (.values(all), curve) : nil
    }
  }
}

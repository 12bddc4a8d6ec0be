package import Search

extension JSON {
  /// A number; what JSON has none for is a string.
  package init(measured value: Double) { self = value.isFinite ? .number(value) : .string(value.description) }

  package var measured: Double? { number ?? string.flatMap(Double.init) }
}

extension ValueRange {
  /// A number, or a list of the least and the greatest.
  package var json: JSON {
    lower == upper ? JSON(measured: lower) : .array([JSON(measured: lower), JSON(measured: upper)])
  }

  /// Nil where it is none.
  package init?(json: JSON) {
    let ends = (json.array ?? [json]).map(\.measured)
    guard 1...2 ~= ends.count, let lower = ends[0], let upper = ends[ends.count - 1], lower <= upper,
      json.array == nil || lower < upper
    else { return nil }
    self.init(lower)
    include(upper)
  }
}

extension Curve {
  /// A list of a step and the value then, with an object of the other metrics where some were reported.
  package var json: JSON {
    .array(
      reports.map { report in
        let others = report.others.map { JSON.Member($0.key, $0.value.json) }
        return .array(
          [.int(report.step), JSON(measured: report.value)] + (others.isEmpty ? [] : [.object(others)]))
      })
  }

  /// Nil where it is none.
  package init?(json: JSON) {
    self.init()
    guard let entries = json.array else { return nil }
    for entry in entries {
      guard let entry = entry.array, 2...3 ~= entry.count, let step = entry[0].int, let value = entry[1].measured else {
        return nil
      }
      var others: [String: ValueRange] = [:]
      if entry.count == 3 {
        guard let members = entry[2].members, !members.isEmpty else { return nil }
        for member in members { others[member.name] = ValueRange(json: member.value) }
        guard others.count == members.count else { return nil }
      }
      guard add(value, at: step, others: others) else { return nil }
    }
  }
}

extension TrialFacts {
  /// What is recorded of the reports, where that is more than the metrics say.
  package func curveToRecord(by judge: TrialJudge) -> Curve? {
    curve.reports.isEmpty || curve == endedCurve(nil, by: judge) ? nil : curve
  }

  /// The reports of a trial that is over: where none are recorded, its metrics, once.
  package func endedCurve(_ recorded: Curve?, by judge: TrialJudge) -> Curve {
    if case .stopped = ending, let recorded { return recorded }
    let curve = recorded ?? metrics[judge.metrics[0]].flatMap { Curve([Report(step: 1, value: $0)]) } ?? Curve()
    return curve.completed(with: metrics.values(of: judge.watchedMetrics))
  }
}

extension TrialStop {
  /// How a line of `trials.jsonl` tells it, beside the curve, whose last report it is.
  var json: JSON { .object(["rule": .string(rule), "step": .int(step)]) }
}

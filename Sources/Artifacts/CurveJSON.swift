package import Search

extension JSON {
  /// A number; what JSON has none for is a string.
  package init(measured value: Double) { self = value.isFinite ? .number(value) : .string(value.description) }

  package var measured: Double? { number ?? string.flatMap(Double.init) }
}

extension Curve {
  /// A list of a step and the value then, with an object of the other metrics where some were reported.
  package var json: JSON {
    .array(
      reports.map { report in
        let others = report.others.map { JSON.Member($0.key, JSON(measured: $0.value)) }
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
      var others: [String: Double] = [:]
      if entry.count == 3 {
        guard let members = entry[2].members, !members.isEmpty else { return nil }
        for member in members { others[member.name] = member.value.measured }
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
    return curve.ended(with: metrics.values(of: judge.watchedMetrics))
  }
}

extension TrialStop {
  /// How a line of `trials.jsonl` tells it, beside the curve, whose last report it is.
  var json: JSON { .object(["rule": .string(rule), "step": .int(step)]) }
}

package import Search

extension JSON {
  /// A number; what JSON has none for is a string.
  package init(measured value: Double) { self = value.isFinite ? .number(value) : .string(value.description) }

  package var measured: Double? { number ?? string.flatMap(Double.init) }
}

extension Curve {
  /// A list of pairs: a step, and the value then.
  package var json: JSON { .array(reports.map { .array([.int($0.step), JSON(measured: $0.value)]) }) }

  /// Nil where it is none.
  package init?(json: JSON) {
    self.init()
    guard let pairs = json.array else { return nil }
    for pair in pairs {
      guard let pair = pair.array, pair.count == 2, let step = pair[0].int, let value = pair[1].measured,
        add(value, at: step)
      else { return nil }
    }
  }
}

extension TrialFacts {
  /// What is recorded of the reports, where that is more than the metrics say.
  package func curveToRecord(of metric: String) -> Curve? {
    curve.reports.isEmpty || curve == plainCurve(of: metric) ? nil : curve
  }

  /// The reports of a trial of which none are recorded: its metric, once.
  package func plainCurve(of metric: String) -> Curve {
    metrics[metric].flatMap { Curve([Report(step: 1, value: $0)]) } ?? Curve()
  }
}

extension TrialStop {
  /// How a line of `trials.jsonl` tells it, beside the curve, whose last report it is.
  var json: JSON { .object(["rule": .string(rule), "step": .int(step)]) }
}

package import Search

/// Most tests have one objective: its values without brackets.
extension Outcome {
  package static func value(_ value: Double) -> Outcome { .values([value]) }
}

extension StoppingRule {
  package static func target(_ value: Double) -> StoppingRule { .target([value]) }
}

extension Incumbent {
  package init(trial: Int, value: Double) { self.init(trial: trial, values: [value]) }
}

extension Conclusion {
  package init(trials: Int, reason: StopReason, best: Incumbent?) {
    self.init(trials: trials, reason: reason, best: best.map { [$0] } ?? [])
  }
}

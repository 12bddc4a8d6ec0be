internal import Artifacts
internal import Search

extension TrialRule {
  /// Which trials it ends, and from when on.
  var words: String {
    let trials: String =
      switch kind {
      case .median: "best value worse than the median of the others' means"
      case .percentile(let percent): "best value not among the best \(Text.number(percent)) %"
      case .truncation(let percent): "value among the worst \(Text.number(percent)) %"
      case .bandit(let slack, true): "best value worse than the best by more than \(Text.number(slack)) of its size"
      case .bandit(let slack, false): "best value worse than the best by more than \(Text.number(slack))"
      case .wilcoxon(let p): "values worse than the best trial's, with p < \(Text.number(p))"
      case .racing(let p): "a mean worse than the best trial's, with p < \(Text.number(p))"
      case .learningCurve(let probability): "less than \(Text.number(probability)) probable to become the best"
      case .patience(let steps, let improvement):
        "\(Text.count(steps, "step")) without an improvement"
          + (improvement == 0 ? "" : " by more than \(Text.number(improvement))") + "; what it has counts"
      case .threshold(let metric, let lower, let upper):
        (["\(metric.map { Text.printable($0) } ?? "value") not finite"]
          + [lower.map { "below \(Text.number($0))" }, upper.map { "above \(Text.number($0))" }]
          .compactMap(\.self)).joined(separator: ", or ")
      }
    let warmup = [
      warmupSteps > 0 ? "after step \(Text.grouped(warmupSteps))" : nil,
      comparesTrials ? "beside \(Text.count(warmupTrials, "other")) at least" : nil,
    ].compactMap(\.self)
    return trials + (warmup.isEmpty ? "" : ", \(warmup.joined(separator: ", "))") + " (\(name))"
  }
}

extension TrialStop {
  /// That it ended a trial, in words.
  package var words: String { "stopped by \(rule) at step \(Text.grouped(step))" }
}

extension FailureLimit {
  /// That there are too many, in words.
  var words: String {
    switch self {
    case .inARow(let most): "\(Text.count(most, "trial")) in a row that fail"
    case .count(let most): "\(Text.count(most, "trial")) that \(most == 1 ? "fails" : "fail")"
    case .rate(let rate, let trials):
      "more than \(Text.number(100 * rate)) % of the trials that fail, from trial \(Text.grouped(trials)) on"
    }
  }
}

extension SearchSettings {
  /// The trials that a plateau counts, such as `20 trials with full training`.
  func counted(_ trials: Int, from level: Int) -> String {
    let training =
      fidelity.flatMap { fidelity in
        level == 0 ? nil : level == fidelity.full ? "full training" : "\(Text.grouped(level)) \(fidelity.name)"
      }
    return Text.count(trials, "trial") + (training.map { " with \($0)" } ?? "")
  }
}

extension StoppingRule {
  /// When it ends a search, of a rule over what a model expects.
  var words: String? {
    func row(_ trials: Int) -> String { "in \(Text.count(trials, "decision")) in a row" }
    return switch self {
    case .expectedImprovement(let below, let trials):
      "an expected improvement below \(JSON.number(below).canonicalText) \(row(trials))"
    case .regret(let bound, let probability, let trials):
      "a probability below \(JSON.number(probability).canonicalText) that a point is better than the best by more than \(JSON.number(bound).canonicalText), \(row(trials))"
    case .target, .plateau, .failures: nil
    }
  }
}

extension ConfirmationRule {
  /// In words, such as `the best 3 again, 5 times each with fresh seeds; the mean decides`.
  var words: String {
    let trials = top == 1 ? "the best one" : "the best \(top)"
    let times = "\(Text.count(repeats.seeds, "time"))\(top == 1 ? "" : " each") with fresh seeds"
    return "\(trials) again, \(times); the \(repeats.aggregate.rawValue) decides"
  }
}

extension Step {
  /// Its command as people read it.
  var command: String {
    switch program {
    case .command(let templates): templates.map(PlanText.text(of:)).joined(separator: " ")
    case .shell(let script): "a script of \(Text.count(script.split(separator: "\n").count, "line"))"
    }
  }
}

extension DurationForecast {
  /// In words, such as `12m, at most 15m in 9 of 10 cases`.
  var words: String {
    let (middle, most) = (Text.roughly(seconds: median), Text.roughly(seconds: percentile90))
    return middle == most ? middle : "\(middle), at most \(most) in 9 of 10 cases"
  }
}

internal import Search

extension ExperimentDiff {
  /// What a reviewer would ask about, found from what is compared.
  ///
  /// - Parameter hasResults: whether the first side has results, recorded or written.
  package func method(hasResults: Bool) -> [Remark] {
    var remarks: [Remark] = []
    if hasResults, plans.edits.contains(where: { $0.section == .objective }) {
      remarks.append(.objectiveChanged)
    }
    remarks += after.plan.plan.methodRemarks
    if let results { remarks += resultRemarks(results) }
    return remarks
  }

  private func resultRemarks(_ results: ResultDiff) -> [Remark] {
    var remarks: [Remark] = []
    let (old, new) = (results.before, results.after)
    let gain = results.comparison?.gain ?? 0
    if gain > 0, old.plan.search.seed != new.plan.search.seed {
      remarks.append(
        Remark(
          .seedChanged,
          "the seed changed from \(old.plan.search.seed) to \(new.plan.search.seed), and the result is better: another "
            + "seed alone may give that"))
    }
    if let spread = results.comparison?.spread {
      let deviation = max(spread.before?.deviation ?? 0, spread.after?.deviation ?? 0)
      if gain > 0, gain < deviation {
        remarks.append(
          Remark(
            .withinSpread,
            "the improvement, \(JSON.number(gain).canonicalText), is smaller than the spread between the seeds of one "
              + "trial, \(JSON.number(deviation).canonicalText)"))
      }
    }
    let (least, most) = (min(old.trials, new.trials), max(old.trials, new.trials))
    if most > 0, Double(most - least) > 0.1 * Double(most) {
      remarks.append(
        Remark(
          .unequalBudget,
          "the results are of \(old.trials) and of \(new.trials) trials: compare them after as many"))
    }
    if let count = results.pairs?.unstable, count > 0 {
      remarks.append(
        Remark(
          .unstableTrials,
          "\(count) trial\(count == 1 ? "" : "s") of one name gave two results: something that decides is not declared")
      )
    }
    return remarks + new.edgeRemarks
  }
}

extension Remark {
  package static let objectiveChanged = Remark(
    .objectiveChanged, "the objective changed after results were there: they may have been the reason")
}

extension Plan {
  /// What can be asked about a plan alone.
  package var methodRemarks: [Remark] {
    metrics.filter(Self.looksLikeTest).map {
      Remark(
        .testMetric, "the objective `\($0)` looks like a score on test data: what is tuned on it says nothing new there"
      )
    }
  }

  private static func looksLikeTest(_ metric: String) -> Bool {
    metric.lowercased().split { !$0.isLetter }.contains { $0 == "test" || $0 == "holdout" }
  }
}

extension RecordedResult {
  /// The parameters of the best trial that lie at an end of their range, with one objective.
  ///
  /// At an end is within a fiftieth of the range, on its scale.
  package var edgeRemarks: [Remark] {
    guard plan.metrics.count == 1, let best = best.first,
      let point = try? plan.search.space.point(json: best.parameters)
    else { return [] }
    return point.assignments(in: plan.search.space).compactMap { parameter, value in
      // The fidelity is set, and the best trial has most of it.
      guard parameter.name != plan.search.fidelity?.name,
        let place = parameter.domain.position(of: value), place < 0.02 || place > 0.98,
        parameter.domain.count.map({ $0 > 2 }) ?? true
      else { return nil }
      return Remark(
        .edgeOfRange,
        "the best trial has `\(parameter.name)` = \(value.text(in: parameter.domain)), at the \(place < 0.5 ? "lower" : "upper") "
          + "end of its range: a wider one may hold a better value")
    }
  }
}

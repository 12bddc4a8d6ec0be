/// All that `attune diff` finds out about two sides; its schema is `schemas/diff.v1.schema.json`.
package struct ExperimentDiff: Sendable {
  package let before: DiffSide
  package let after: DiffSide
  package let plans: PlanDiff
  package let trials: TrialsDiff
  /// What the journals of the sides' projects hold; nil where there are none.
  package var store: StoreDiff?
  /// What the trials take, where something is known of it.
  package var forecast: ForecastDiff?
  /// Where both sides have results.
  package var results: ResultDiff?
  /// What a reviewer would ask about.
  package var remarks: [Remark] = []
  /// The rules of a policy that the second side breaks.
  package var denials: [Denial] = []

  package static let schema = "attune/diff/v1"

  package init(_ before: DiffSide, _ after: DiffSide) {
    self.before = before
    self.after = after
    plans = PlanDiff(before.plan, after.plan)
    trials = TrialsDiff(before.plan.plan, after.plan.plan)
  }

  package enum Verdict: String, Hashable, Sendable {
    /// Not a byte differs that anybody wrote, as far as that is known.
    case identical
    /// The same experiment, written differently.
    case rewritten
    /// The same search and the same trials, carried out differently.
    case operation
    /// Another experiment.
    case changed
    /// The same experiment, with another result.
    case results
  }

  package var verdict: Verdict {
    if plans.has(.meaning) { return .changed }
    if let results, !results.areSame { return .results }
    if plans.has(.operation) { return .operation }
    let isOneText = before.text == after.text || before.text.isEmpty || after.text.isEmpty
    return isOneText && !plans.edits.contains { $0.path[0] == "set" } ? .identical : .rewritten
  }

  /// Whether there is a difference, as diff(1) asks.
  ///
  /// - Parameter semanticOnly: whether only what can change the result counts.
  package func isDifferent(semanticOnly: Bool) -> Bool {
    switch verdict {
    case .identical, .rewritten: false
    case .operation: !semanticOnly
    case .changed, .results: true
    }
  }

  package var json: JSON {
    .object([
      "schema": .string(Self.schema), "verdict": .string(verdict.rawValue), "before": before.json, "after": after.json,
      "edits": .array(plans.edits.map(\.json)), "parameters": .array(plans.parameters.map(\.json)),
      "volumeRatio": plans.volumeRatio.map(JSON.number), "trials": trials.json, "store": store?.json,
      "forecast": forecast?.json, "results": results?.json(plans.after.plan.metrics),
      "remarks": .array(remarks.map(\.json)), "denials": denials.isEmpty ? nil : .array(denials.map(\.json)),
    ])
  }
}

/// One of the two that are compared.
package struct DiffSide: Hashable, Sendable {
  /// As it was asked for: `main:e.yaml`.
  package var label: String
  package var kind: Kind
  package var plan: PlanDocument
  /// What was written by people: the experiment's text, with those that it extends. Empty where it is not known.
  package var text: [String]
  /// The file of the working tree that it is about, relative to the current folder; nil where there is none.
  package var file: String?

  package enum Kind: String, Hashable, Sendable {
    case experiment
    case plan
    case manifest
    case run
  }

  package init(label: String, kind: Kind, plan: PlanDocument, text: [String] = [], file: String? = nil) {
    self.label = label
    self.kind = kind
    self.plan = plan
    self.text = text
    self.file = file
  }

  var json: JSON {
    .object([
      "label": .string(label), "kind": .string(kind.rawValue), "plan": .string(plan.digest.description),
      "experiment": .string(plan.plan.name),
    ])
  }
}

/// What a change does to the work that is recorded.
package struct StoreDiff: Hashable, Sendable {
  /// How many trials of each side are recorded.
  package var recordedBefore: Int
  package var recordedAfter: Int
  /// How many trials the second side has still to run, at most.
  package var toRun: Int
  /// How many recorded trials of the first side are none of the second.
  package var dropped: Int

  package init(recordedBefore: Int, recordedAfter: Int, toRun: Int, dropped: Int) {
    self.recordedBefore = recordedBefore
    self.recordedAfter = recordedAfter
    self.toRun = toRun
    self.dropped = dropped
  }

  var json: JSON {
    .object([
      "recordedBefore": .int(recordedBefore), "reused": .int(recordedAfter), "toRun": .int(toRun),
      "dropped": .int(dropped),
    ])
  }
}

/// How much work each side is, by how long recorded trials took.
package struct ForecastDiff: Hashable, Sendable {
  package var before: Forecast
  package var after: Forecast
  /// Of the second side what is not recorded.
  package var toRun: Forecast?
  /// What an hour of a worker costs on each side, by its rates or a policy; nil where nothing has a price.
  package var priceBefore: Double?
  package var priceAfter: Double?

  package init(before: Forecast, after: Forecast, toRun: Forecast?) {
    self.before = before
    self.after = after
    self.toRun = toRun
  }

  /// What a side costs; nil where there is no price.
  package var costBefore: Double? { priceBefore.map { before.workerSeconds / 3600 * $0 } }
  package var costAfter: Double? { priceAfter.map { after.workerSeconds / 3600 * $0 } }

  /// The second side's worker time by the first one's.
  package var ratio: Double? { before.workerSeconds > 0 ? after.workerSeconds / before.workerSeconds : nil }

  var json: JSON {
    .object([
      "before": before.json, "after": after.json, "toRun": toRun?.json, "ratio": ratio.map(JSON.number),
      "cost": costBefore == nil && costAfter == nil
        ? nil
        : .object([
          "hour": priceBefore == priceAfter ? priceAfter.map(JSON.number) : nil,
          "before": costBefore.map(JSON.number), "after": costAfter.map(JSON.number),
        ]),
    ])
  }
}

/// How long a number of trials takes.
package struct Forecast: Hashable, Sendable {
  /// The time of all workers together, in seconds.
  package var workerSeconds: Double
  /// From the beginning to the end, in seconds.
  package var seconds: Double
  /// Whether it is a bound, by the limits of time, and not what recorded trials took.
  package var isBound: Bool

  /// - Parameters:
  ///   - trials: how many are run.
  ///   - runSeconds: what a run of one takes on average; nil where nothing is recorded.
  /// - Returns: nil where nothing is known.
  package init?(trials: Int, of plan: Plan, runSeconds: Double?) {
    guard let each = runSeconds ?? plan.trial.timeout.map({ Double($0) / 1000 }) else { return nil }
    isBound = runSeconds == nil
    let confirming = plan.confirmation.map { min($0.top, trials) * $0.repeats.seeds } ?? 0
    let runs = Double(trials * plan.trial.repeats.seeds + confirming)
    let whole = (runs / Double(plan.parallel)).rounded(.up) * each
    let limit = plan.timeLimit.map { Double($0) / 1000 + each } ?? .infinity
    seconds = min(whole, limit)
    let most = plan.usage.tightest(each: plan.trial.resources).map { Double($0.work) / 1000 } ?? .infinity
    workerSeconds = min(runs * each, limit * Double(plan.parallel), most)
  }

  var json: JSON {
    .object([
      "workerSeconds": .number(workerSeconds), "seconds": .number(seconds), "bound": .bool(isBound),
    ])
  }
}

/// What a reviewer would ask about a change.
package struct Remark: Hashable, Sendable {
  package var kind: Kind
  package var text: String

  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case objectiveChanged = "objective-changed"
    case testMetric = "test-metric"
    case seedChanged = "seed-changed"
    case withinSpread = "within-spread"
    case unequalBudget = "unequal-budget"
    case edgeOfRange = "edge-of-range"
    case unstableTrials = "unstable-trials"
  }

  package init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  var json: JSON { .object(["kind": .string(kind.rawValue), "text": .string(text)]) }
}

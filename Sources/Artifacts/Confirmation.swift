package import Search

/// How the best trials of a search are run again, each with fresh seeds, so that luck does not win.
package struct ConfirmationRule: Hashable, Sendable {
  /// How many trials, at most: 1 or more.
  package var top: Int
  /// How often each, and what its values are then.
  package var repeats: Repeats

  package init(top: Int, repeats: Repeats) {
    self.top = top
    self.repeats = repeats
  }

  package static let maximumTop = 1000
  package static let usualTop = 3
  package static let usualRepeats = 5
}

extension ConfirmationRule {
  var json: JSON { .object([JSON.Member("top", .int(top))] + (repeats.json.members ?? [])) }

  init(json: JSON, objectives: Int) throws(DocumentError) {
    self.init(top: try json.int("top"), repeats: try Repeats(json: json))
    guard (1...Self.maximumTop).contains(top), objectives == 1 else {
      throw DocumentError("`confirm` is out of bounds")
    }
  }
}

extension Plan {
  /// The plan whose trials are those that confirm these: the same points, with seeds that the search has not used.
  ///
  /// - Returns: nil where nothing is confirmed.
  package func confirming(_ trials: [TrialRecord]) -> Plan? {
    guard let rule = confirmation, !trials.isEmpty else { return nil }
    var plan = self
    plan.confirmation = nil
    plan.timeLimit = nil
    plan.usage = .none
    plan.search = SearchSettings(
      space: search.space, goals: search.goals, strategy: .list(trials.map(\.point)), seed: search.seed, lanes: 1,
      trials: trials.count, initialPoints: [], stopping: [])
    plan.trial.repeats = rule.repeats
    plan.trial.repeats.first = trial.repeats.seeds
    return plan
  }
}

/// What came of running the best trials again.
package struct Confirmation: Hashable, Sendable {
  /// In the order of the search: what it held for the best comes first.
  package var trials: [Trial]
  /// The number of the trial whose value is the best now; nil where none completed.
  package var best: Int?

  package struct Trial: Hashable, Sendable {
    /// Its number in the search.
    package var trial: Int
    /// What the search held it to be worth.
    package var searched: Double
    /// What it is worth by its new runs; nil where it did not complete.
    package var value: Double?
    package var state: String
    /// An object of the active parameters.
    package var parameters: JSON
    package var runs: [TrialRecord.Run]
    /// Over the new runs; nil where there are not two values at least.
    package var replicates: Replicates?
  }

  /// How much of a fidelity its runs were given: each trains from the beginning, as far as the trial that it confirms.
  package func training(in fidelity: Fidelity) -> Int {
    trials.reduce(0) { $0 + ($1.parameters[fidelity.name]?.int ?? 0) * $1.runs.count }
  }

  /// - Parameters:
  ///   - trials: those of the search, the best first.
  ///   - plan: the one whose trials confirm them.
  ///   - measured: what came of each of its trials.
  package init(of trials: [TrialRecord], by plan: Plan, _ measured: [Measured]) {
    let (judge, identity) = (TrialJudge(plan), TrialIdentity(plan))
    self.trials = zip(trials, measured).map { trial, measured in
      let result = judge.result(of: measured, at: trial.point)
      var searched = 0.0
      if case .completed(let values) = trial.result { searched = values[0] }
      var value: Double?
      if case .completed(let values) = result { value = values[0] }
      let runs = zip(identity.runs(at: trial.point), measured.runs).map(TrialRecord.Run.init)
      return Trial(
        trial: trial.trial, searched: searched, value: value, state: result.state,
        parameters: trial.point.json(in: plan.search.space), runs: runs, replicates: Replicates(of: runs))
    }
    let goal = plan.search.goals[0]
    var best: Trial?
    for trial in self.trials {
      guard let value = trial.value else { continue }
      if best?.value.map({ goal.prefers(value, to: $0) }) ?? true { best = trial }
    }
    self.best = best?.trial
  }

  /// The trial whose value is the best.
  package var winner: Trial? { trials.first { $0.trial == best } }

  func json(_ lines: TrialLines) -> JSON {
    .object([
      "best": best.map(JSON.int),
      "trials": .array(
        trials.map { trial in
          .object([
            "trial": .int(trial.trial), "searched": .number(trial.searched), "value": trial.value.map(JSON.number),
            "state": .string(trial.state), "parameters": trial.parameters, "replicates": trial.replicates?.json,
            "runs": .array(trial.runs.map(lines.json(of:))),
          ])
        }),
    ])
  }

  init(json: JSON, _ lines: TrialLines) throws(DocumentError) {
    best = json["best"]?.int
    trials = []
    for json in try json.array("trials") {
      var runs: [TrialRecord.Run] = []
      for run in try json.array("runs") { runs.append(try lines.run(json: run)) }
      trials.append(
        Trial(
          trial: try json.int("trial"), searched: try json.number("searched"), value: json["value"]?.number,
          state: try json.string("state"), parameters: try json.require("parameters"), runs: runs,
          replicates: Replicates(of: runs)))
    }
  }
}

extension Replicates {
  /// Of the first metric; nil where a run gave none.
  fileprivate init?(of runs: [TrialRecord.Run]) {
    let values = runs.compactMap { run -> Double? in
      if case .values(let values) = run.measurement { values[0] } else { nil }
    }
    guard values.count == runs.count else { return nil }
    self.init(of: values)
  }
}

package import Search

/// What the outcomes of a search say beside which is the best.
package struct ManifestAnalysis: Hashable, Sendable {
  package var importance: ImportanceRecord
  /// With several objectives.
  package var hypervolume: HypervolumeHistory?

  package struct ImportanceRecord: Hashable, Sendable {
    package var method: String
    package var trials: Int
    /// By the parameters' names, sorted; constants are left out.
    package var shares: [(name: String, share: Double)]

    package static func == (a: Self, b: Self) -> Bool {
      a.method == b.method && a.trials == b.trials && a.shares.elementsEqual(b.shares) { $0 == $1 }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(trials) }
  }

  /// Nil where fewer than 20 trials completed: they would say nothing.
  ///
  /// - Parameter observations: those of the trials, in their order.
  package init?(of observations: [Observation], in search: SearchSettings) {
    // Trials with less of the fidelity are compared with nothing.
    let isFull = observations.map { observation in
      search.fidelity.map { search.level(of: observation.point) == $0.full } ?? true
    }
    let full = zip(observations, isFull).filter(\.1).map(\.0)
    guard let importance = Importance(of: full, in: search.space, goals: search.goals) else { return nil }
    var shares: [(name: String, share: Double)] = []
    // Parameters of one name, of which one is active at a time, count as one.
    for (parameter, share) in zip(search.space.parameters, importance.shares)
    where !parameter.isConstant && parameter.name != search.fidelity?.name {
      if shares.last?.name == parameter.name {
        shares[shares.count - 1].share += share
      } else {
        shares.append((parameter.name, share))
      }
    }
    self.importance = ImportanceRecord(method: importance.method, trials: importance.trials, shares: shares)
    hypervolume = HypervolumeHistory(
      of: zip(observations, isFull).map { $1 ? $0.outcome : .failed }, goals: search.goals)
  }

  func json(_ metrics: [String]) -> JSON {
    .object([
      "importance": .object([
        "method": .string(importance.method), "trials": .int(importance.trials),
        "parameters": .object(importance.shares.map { JSON.Member($0.name, .number($0.share)) }),
      ]),
      "hypervolume": hypervolume.map { hypervolume in
        .object([
          "reference": .object(zip(metrics, hypervolume.reference).map { JSON.Member($0, .number($1)) }),
          "history": .array(
            hypervolume.steps.map { .object(["trial": .int($0.trial), "volume": .number($0.volume)]) }),
        ])
      },
    ])
  }

  init(json: JSON, _ metrics: [String]) throws(DocumentError) {
    let record = try json.require("importance")
    var shares: [(name: String, share: Double)] = []
    for member in try record.require("parameters").members ?? [] {
      guard let share = member.value.number else { throw DocumentError("an importance is not a number") }
      shares.append((member.name, share))
    }
    shares.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    importance = ImportanceRecord(
      method: try record.string("method"), trials: try record.int("trials"), shares: shares)
    if let json = json["hypervolume"] {
      let reference = try json.require("reference")
      var (values, steps): ([Double], [HypervolumeHistory.Step]) = ([], [])
      for metric in metrics { values.append(try reference.number(metric)) }
      for step in try json.array("history") {
        steps.append(HypervolumeHistory.Step(trial: try step.int("trial"), volume: try step.number("volume")))
      }
      hypervolume = HypervolumeHistory(reference: values, steps: steps)
    }
  }
}

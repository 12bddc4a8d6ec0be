internal import Search

/// The rules that end a search, as a plan has them.
extension StoppingRule {
  var json: JSON {
    switch self {
    case .target(let values) where values.count == 1: .object(["target": values[0].map(JSON.number)])
    case .target(let values): .object(["target": .array(values.map { $0.map(JSON.number) ?? .null })])
    case .plateau(let trials, let improvement, let from):
      .object([
        "plateau": .object([
          "trials": .int(trials), "improvement": .number(improvement), "from": from > 0 ? .int(from) : nil,
        ])
      ])
    case .expectedImprovement(let below, let trials):
      .object(["expectedImprovement": .object(["below": .number(below), "trials": .int(trials)])])
    case .regret(let bound, let probability, let trials):
      .object([
        "regret": .object(["bound": .number(bound), "probability": .number(probability), "trials": .int(trials)])
      ])
    case .failures(.inARow(let most)): .object(["failures": .object(["inARow": .int(most)])])
    case .failures(.count(let most)): .object(["failures": .object(["count": .int(most)])])
    case .failures(.rate(let rate, let trials)):
      .object(["failures": .object(["rate": .number(rate), "trials": .int(trials)])])
    }
  }
}

extension FailureLimit {
  fileprivate init(json: JSON) throws(DocumentError) {
    if let rate = json["rate"]?.number {
      let trials = try json.int("trials")
      guard rate > 0, rate < 1, trials >= 1 else { throw DocumentError("`failures` is out of bounds") }
      self = .rate(rate, trials: trials)
    } else {
      let (inARow, count) = (json["inARow"]?.int, json["count"]?.int)
      guard let most = inARow ?? count, most >= 1 else { throw DocumentError("`failures` is out of bounds") }
      self = inARow == nil ? .count(most) : .inARow(most)
    }
  }
}

extension StoppingRule {
  init(json: JSON, _ objectives: Int) throws(DocumentError) {
    if let target = json["target"] {
      let targets = target.array?.map(\.number) ?? [target.number]
      guard targets.count == objectives, targets.contains(where: { $0 != nil }) else {
        throw DocumentError("`target` is not one number for each objective")
      }
      self = .target(targets)
    } else if let failures = json["failures"] {
      self = .failures(try FailureLimit(json: failures))
    } else if let rule = json["expectedImprovement"] {
      let (below, trials) = (try rule.number("below"), try rule.int("trials"))
      guard below > 0, trials >= 1, objectives == 1 else {
        throw DocumentError("`expectedImprovement` is out of bounds")
      }
      self = .expectedImprovement(below: below, trials: trials)
    } else if let rule = json["regret"] {
      let (bound, probability) = (try rule.number("bound"), try rule.number("probability"))
      let trials = try rule.int("trials")
      guard bound > 0, probability > 0, probability < 1, trials >= 1, objectives == 1 else {
        throw DocumentError("`regret` is out of bounds")
      }
      self = .regret(bound: bound, probability: probability, trials: trials)
    } else {
      let plateau = try json.require("plateau")
      let (trials, improvement) = (try plateau.int("trials"), try plateau.number("improvement"))
      let from = try plateau["from"].map { _ throws(DocumentError) in try plateau.int("from") } ?? 0
      guard trials >= 1, improvement >= 0, from >= 0 else { throw DocumentError("`plateau` is out of bounds") }
      self = .plateau(trials: trials, improvement: improvement, from: from)
    }
  }
}

internal import Artifacts
internal import Search

/// W: what may be meant, and is worth a look.
extension Message {
  static func otherInYAML11(_ text: String, reading: String, spelling: String) -> Message {
    Message(
      "W0001", "`\(text)` is a text here, and \(reading) to YAML 1.1 and PyYAML", "read in two ways",
      help: "write `\(spelling)`, which is the same everywhere")
  }

  static func textInYAML11(_ text: String, spelling: String) -> Message {
    Message(
      "W0002", "`\(text)` is a number here, and a text to YAML 1.1 and PyYAML", "read in two ways",
      help: "write `\(spelling)`, which is the same everywhere")
  }

  static let noTrial = Message(
    "W1001", "there is no `trial`: nothing can be run", "",
    help: "say what a trial runs: `trial: {run: \"python train.py ${args}\"}`; only `attune session` needs none")

  static func oneValue(_ name: String, _ value: String) -> Message {
    Message(
      "W2001", "`\(name)` can take one value only", "", help: "a constant says so in fewer words: `\(name): \(value)`")
  }

  static func distributionAsConstant(_ name: String) -> Message {
    Message(
      "W2008", "`\(name)` is a constant: this text, as it stands", "every trial is given this text",
      help: "write a range as `{float: [low, high]}` or `{int: [low, high]}`, a choice as `{choice: […]}`; or quote it")
  }

  static func alwaysActive(_ reason: String) -> Message {
    Message("W2002", "the condition always holds", "\(reason)", help: "remove `when`")
  }

  static let onePoint = Message(
    "W2003", "the search space has one point: every trial would be the same", "",
    help: "give a parameter a range or a choice; `trial.repeats` runs one point with several seeds")

  static func priorWithoutDraws(_ key: String, _ strategy: String) -> Message {
    Message(
      "W2004", "`\(key)` has no effect: `\(strategy)` draws nothing", "", help: "use `random` or `sobol`, or remove it")
  }

  static func alwaysAllowed(_ reason: String) -> Message {
    Message("W2005", "the constraint always holds", reason, help: "remove it")
  }

  static func fewAllowed(_ count: Int, of draws: Int) -> Message {
    Message(
      "W2006", "the constraints leave little of the space: \(count) of \(draws) points drawn at random hold them", "",
      help: "narrow the ranges to where they can hold: each trial draws until one does")
  }

  static func priorOutside(mean: Double, _ domain: Domain) -> Message {
    Message(
      "W2007", "the mean of the prior is outside of the range",
      "\(JSON.number(mean).canonicalText) is not in \(domain.description)",
      help: "the values crowd at the nearer bound")
  }

  static func budgetBelowInitial(trials: Int, points: Int, strategy: String) -> Message {
    Message(
      "W3004", "the budget ends before `\(strategy)` begins: \(trials) trials, and \(points) points come first", "",
      help: "raise `trials`, or use `strategy: list`")
  }

  static func reuseWithoutLearning(_ strategy: String) -> Message {
    Message(
      "W3009", "`reuse` has no effect: `\(strategy)` looks at no outcomes", "",
      help: "use a strategy that learns, such as `bayesian`, or remove it")
  }

  static func phaseNeverBegins(_ strategy: String, before: Int, budget: Int) -> Message {
    Message(
      "W3007", "the budget ends before this phase begins", "\(before) trials come before it, and there are \(budget)",
      help: "raise `trials` of the budget, or give the phases before `\(strategy)` fewer")
  }

  static func phasesEndEarly(_ sum: Int, budget: Int) -> Message {
    Message(
      "W3008", "the phases have \(sum) trials, and the budget \(budget): the others are never used", "",
      help: "leave `trials` out of the last phase, and it takes all that are left")
  }

  static func budgetBelowGrid(trials: Int, points: String, strategy: String) -> Message {
    Message(
      "W3001", "the budget ends the \(strategy) early: \(trials) of its \(points) points are tried", "",
      help: "the first ones in the order of the \(strategy); `random` and `sobol` spread them over the space")
  }

  static func budgetAboveSpace(trials: Int, points: Int) -> Message {
    Message(
      "W3002", "there are \(points) points, and \(trials) trials: the search ends when each of them was tried", "",
      help: "`strategy: grid` tries them in order, and `repeats` runs each several times")
  }

  static func failuresNeverFire(_ what: String, budget: Int) -> Message {
    Message("W3003", "the rule can never end the search: \(what), since there are \(budget)")
  }

  static func plateauNeverFires(trials: Int, budget: Int) -> Message {
    Message(
      "W3003",
      "the plateau can never end the search: it waits for \(trials) trials after the first, and there are \(budget)")
  }

  static func plateauNeverFires(trials: Int, ofFullTraining most: Int) -> Message {
    Message(
      "W3003",
      "the plateau can never end the search: it waits for \(trials) trials after the first that has full training, and \(most) can have it"
    )
  }

  /// - Parameter braced: a parameter that stands in braces without a dollar, as other tools write it.
  static func parameterUnused(_ names: [String], braced: String?) -> Message {
    Message(
      "W4001", "the command does not name \(Suggestion.list(names))", "",
      help: braced.map { "a placeholder begins with a dollar: `${\($0)}`" }
        ?? "add `${args}` or `${\(names.first ?? "name")}`, unless the trial reads the file named by ATTUNE_PARAMS")
  }
}

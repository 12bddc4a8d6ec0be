internal import Artifacts

/// E3: rules that end single trials.
extension Message {
  static func trialRuleOfSeveral(_ rule: String) -> Message {
    Message(
      "E3040", "`\(rule)` ends trials by the one objective, and there are several", "",
      help: "remove the rule, or make all objectives but one constraints over metrics")
  }

  static func trialRuleWithPopulation(_ rule: String) -> Message {
    Message(
      "E3041", "`\(rule)` ends trainings, and `pbt` does so itself, with those that are among the worst", "",
      help: "remove the rule; `threshold` goes with it")
  }

  static let warmupInPopulation = Message(
    "E3041", "in a population no other trial has come as far as one that is judged", "",
    help: "remove `warmup_trials`; `warmup_steps` goes with it")

  static func ruleOverParameter(_ name: String) -> Message {
    Message(
      "E4030", "`\(name)` is a parameter, and `threshold` looks at what trials report", "",
      help: "a condition on parameters is a constraint: `constraints: [\(name) < 1]`")
  }

  static func trialRuleWithFidelity(_ rule: String) -> Message {
    Message(
      "E3041", "`\(rule)` ends trials on the way, and so do the rungs of the fidelity", "",
      help:
        "remove the rule, or make the fidelity a constant and choose a strategy without rungs; `threshold` goes with rungs"
    )
  }

  static func trialRuleWithRepeats(_ rule: String) -> Message {
    Message(
      "E3042", "`\(rule)` judges what one run reports on the way, and a trial is run several times here", "",
      help: "`racing: {p: 0.05}`, `wilcoxon` and `threshold` judge a trial by its runs; or remove the rule or `repeats`"
    )
  }

  static func trialRuleWithoutSteps(_ rule: String) -> Message {
    Message(
      "E3043", "`\(rule)` needs what trials report on the way, and one JSON object holds only the last of it", "",
      help: "let the trial write a line for each step: `metrics: {from: jsonl, path: …}`")
  }

  static func shareOutOfBounds(_ key: String, whole: Int) -> Message {
    Message("E3044", "`\(key)` is a number between 0 and \(whole), and neither of them", "")
  }

  static func expectationOfSeveral(_ rule: String) -> Message {
    Message(
      "E3059", "`\(rule)` is of one objective, and there are several", "",
      help: "`plateau: {trials: 30}` ends a search when none of so many trials joins the Pareto front")
  }

  static func expectationWithoutModel(_ rule: String, _ strategies: [String]) -> Message {
    Message(
      "E3059", "`\(rule)` needs a model that expects something, and \(Suggestion.list(strategies)) has none", "",
      help: "it goes with `strategy: bayesian`; `plateau: {trials: 30}` goes with all")
  }

  static func expectationOverRungs(_ rule: String) -> Message {
    Message(
      "E3059", "`\(rule)` needs a model of all rungs, which says what is expected of full training", "",
      help: "it goes with `strategy: asha, proposals: multi-fidelity`; `plateau: {trials: 30}` goes with all")
  }

  static func expectationTwice(_ rule: String) -> Message {
    Message("E3059", "`\(rule)` stands twice", "", help: "remove one of them")
  }

  static func oneSlack(isMissing: Bool) -> Message {
    Message(
      "E3045",
      isMissing
        ? "`bandit` needs to know by how much a trial may be worse than the best"
        : "`bandit` takes either `slack` or `factor`", "",
      help: "`slack: 0.05` is a difference, `factor: 0.1` a tenth of the best value's size")
  }

  static let negativeSlack = Message("E3046", "a slack is not negative", "", help: "0 ends all that are not the best")

  static let noThreshold = Message("E3047", "no value lies above `lower` and below `upper`", "")

  static let patienceWithConstraints = Message(
    "E3048", "a trial that `patience` ends has no value of the other metrics that constraints or rules are over", "",
    help: "remove the rule, or end the training in the trial itself and report the metrics then")

  static func partOfAPercent(_ key: String, _ value: Double) -> Message {
    Message(
      "W3021", "`\(key)` is in percent, and this is less than one in a hundred", "",
      help: "if you mean a share, write `\(key): \(JSON.number((value * 100 * 1e6).rounded() / 1e6).canonicalText)`")
  }

  static func trialRuleNeverFires(_ rule: String, trials: Int, budget: Int) -> Message {
    Message(
      "W3020", "`\(rule)` can never end a trial: it waits for \(trials) others, and there are \(budget) in all", "",
      help: "lower `warmup_trials`")
  }

  static func trialRuleNeverFires(_ rule: String, step: Int, runs: Int) -> Message {
    Message(
      "W3020",
      "`\(rule)` can never end a trial: it judges from run \(step) on, and the last of a trial's \(runs) runs saves nothing",
      "", help: "let trials have more `seeds`\(step > 2 ? ", or lower `warmup_steps`" : "")")
  }
}

internal import Artifacts
internal import Search

/// E3: strategy, budget and stopping.
extension Message {
  static func unknownStrategy(_ name: String, known: [String]) -> Message {
    Message(
      "E3001", "there is no strategy `\(name)`", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? "the strategies are \(Suggestion.list(known))")
  }

  static func unknownStrategy(_ name: String, meant: String) -> Message {
    Message("E3001", "there is no strategy `\(name)`", "", help: "here it is called `\(meant)`")
  }

  static func gridOverContinuous(_ name: String) -> Message {
    Message(
      "E3002", "a grid needs a finite number of values, and `\(name)` is continuous", "it is continuous",
      help: "give it a `step`, list its values with `choice`, or use `strategy: sobol`")
  }

  static func gridTooLarge(_ size: String) -> Message {
    Message(
      "E3003", "the grid has \(size) points; the most is \(SearchSettings.maximumTrials)", "",
      help: "say how many of them to try with `budget: {trials: …}`, widen the steps, or use `strategy: sobol`")
  }

  static func needsTrials(_ strategy: String) -> Message {
    Message(
      "E3004", "`\(strategy)` goes on for ever: the budget must say how many trials", "it belongs in here",
      help: "for example `budget: {trials: 100}`")
  }

  static let pointsMissing = Message(
    "E3005", "the strategy `list` needs the points to try", "",
    help: "for example `points: [{lr: 0.1}, {lr: 0.01}]`, below `search`")

  static func pointsWithoutList(_ strategy: String) -> Message {
    Message(
      "E3006", "`points` goes with the strategy `list`, and this one is `\(strategy)`", "",
      help: "write `strategy: list`, or remove `points`")
  }

  static func pointLacks(_ names: [String]) -> Message {
    Message(
      "E3007", "the point has no value for \(Suggestion.list(names))", "",
      help: "a parameter with a `default` may be left out")
  }

  static func pointOutside(_ name: String, value: String, _ domain: Domain) -> Message {
    Message("E3008", "`\(value)` is not one of the values of `\(name)`", "not in \(domain.description)")
  }

  static let pointTwice = Message("E3009", "the same point stands twice", "and again here", help: "remove one of them")

  static func tooManyDimensions(_ strategy: String, _ count: Int, most: Int) -> Message {
    Message(
      "E3010", "`\(strategy)` takes at most \(most) parameters, and there are \(count)", "",
      help: "use `strategy: random`")
  }

  static func valueOfInactive(_ name: String, _ condition: String) -> Message {
    Message(
      "E3020", "`\(name)` is inactive at this point, and has no value", "it is active when \(condition)",
      help: "remove it from the point")
  }

  static func pointNotAllowed(_ constraint: String) -> Message {
    Message("E3021", "the point breaks the constraint `\(constraint)`", "")
  }

  static let improvementOfSeveral = Message(
    "E3022", "an improvement is one of a single objective, and there are several", "",
    help: "with several, a trial that no other dominates is an improvement: remove it")

  static let gridNotCountable = Message(
    "E3023", "the grid cannot be listed: too few of its combinations hold the constraints", "",
    help: "use `strategy: sobol` or `random`, or `list` the points")

  static func initialWithoutDraws(_ strategy: String) -> Message {
    Message(
      "E3024", "`initial` goes with strategies that choose points, and `\(strategy)` does not", "",
      help: "use another strategy, or remove it")
  }

  static let strategyBesidePhases = Message(
    "E3025", "the phases have strategies of their own, and this is another", "", help: "remove `strategy`")

  static func phaseWithoutEnd(_ strategy: String) -> Message {
    Message(
      "E3026", "the phase does not say how many trials it has, and another follows", "`\(strategy)` goes on for ever",
      help: "add `trials: …`; only the last phase may take all that are left")
  }

  static func notInPhases(_ strategy: String) -> Message {
    Message(
      "E3027", "`\(strategy)` is no strategy of a phase", "",
      help:
        "a phase has one that goes on for as long as it is let: `bayesian`, `tpe`, `cmaes`, `evolution`, `sobol` or `random`"
    )
  }

  static func unknownReuse(_ text: String) -> Message {
    Message(
      "E3029", "`\(text)` is nothing that a search can reuse", "",
      help:
        "`reuse: observations` learns from the experiment's earlier trials; trials that are the same are never run again anyway"
    )
  }

  static func oneRung(lowest: Int, full: Int, reduction: Int) -> Message {
    Message(
      "E3030", "a fidelity has two rungs at least, and this one has only full training",
      "\(full) is less than \(reduction) times \(lowest)",
      help: "let `to` be at least `reduction` times `from`, or make it a constant below `parameters`")
  }

  static func needsFidelity(_ strategy: String) -> Message {
    Message(
      "E3031", "`\(strategy)` goes from rung to rung, and the experiment declares no fidelity", "",
      help: "for example `fidelity: {epochs: {from: 1, to: 81, reduction: 3}}`, beside `search`")
  }

  /// - Parameter isEven: whether it is declared with the even steps of `pbt`.
  static func fidelityNotSet(_ name: String, isEven: Bool, strategy: String) -> Message {
    let strategies = isEven ? "`pbt`" : "`asha`, `hyperband`, `bohb` or `successive-halving`"
    return Message(
      "E3032", "`\(strategy)` does not set the fidelity `\(name)`", "",
      help: "use \(strategies), or make it a constant below `parameters`")
  }

  static let pbtWithoutSteps = Message(
    "E3037", "`pbt` trains its members in even steps, and the fidelity has none", "",
    help: "for example `fidelity: {epochs: {every: 5, to: 100, checkpoint: true}}`")

  static let pbtWithoutCheckpoints = Message(
    "E3037", "`pbt` lets trials go on from checkpoints, and the fidelity has none", "",
    help:
      "let the trial save its state in `${trial.checkpoint}` and begin with what is there, and say `checkpoint: true`")

  static func stepsWithoutMembers(_ strategy: String) -> Message {
    Message(
      "E3037", "`every` goes with `pbt`, and this is `\(strategy)`", "",
      help: "rungs are said by `from` and `reduction`; or use `strategy: pbt`")
  }

  static func everyBeside(_ key: String) -> Message {
    Message(
      "E3037", "`every` stands for even steps, and `\(key)` for rungs", "",
      help: "keep `every` for `strategy: pbt`, and `\(key)` for others")
  }

  static func stepsOutOfBounds(every: Int, full: Int) -> Message {
    Message(
      "E3030",
      every >= full
        ? "there is one step: \(every) is no less than \(full)"
        : "\((full + every - 1) / every) steps are too many: there are \(Fidelity.mostSteps) at most", "",
      help: "let `every` be a part of `to`, such as a tenth")
  }

  static func populationWithoutMembers(_ strategy: String) -> Message {
    Message(
      "E3038", "`population` goes with `pbt`, and this is `\(strategy)`", "", help: "remove it, or use `strategy: pbt`")
  }

  static let pbtHasNoLanes = Message(
    "E3039", "`lanes` say nothing to `pbt`: a step begins when all members have done the one before", "",
    help: "remove it")

  static func initialAbovePopulation(_ points: Int, _ members: Int) -> Message {
    Message(
      "E3049", "there are \(points) points to begin with, and \(members) members", "",
      help: "let the `population` be larger, or remove some")
  }

  static let pbtDoesNotLearn = Message(
    "E3039", "`pbt` learns nothing from earlier searches", "",
    help: "remove this; `search.initial` gives points for the first members to begin with")

  static let pbtOfSeveral = Message(
    "E3039", "`pbt` goes by one objective, and there are several", "",
    help: "`asha` takes several; or make all objectives but one constraints over metrics")

  static let pbtConfirmed = Message(
    "E3039", "what `pbt` finds is no point that could be run again at once, but a training through several", "",
    help: "remove `confirm`; `attune reproduce` runs trials again from the checkpoints that they took up")

  static func budgetBelowPopulation(_ needed: String, _ members: Int, _ there: String) -> Message {
    Message(
      "W3010", "no trial can come to full training",
      "a population of \(members) takes \(needed) until the first member is there, and \(there)",
      help: "leave it out: a population ends with its last step")
  }

  static func unknownProposals(_ text: String, known: [String]) -> Message {
    Message(
      "E3033", "`\(text)` proposes nothing", "",
      help: Suggestion.closest(to: text, among: known).map { "did you mean `\($0)`?" }
        ?? "new points come from \(Suggestion.list(known, word: "or"))")
  }

  static func proposalsWithoutRungs(_ strategy: String) -> Message {
    Message(
      "E3034", "`proposals` goes with `asha`, `hyperband` and `successive-halving`, and this is `\(strategy)`", "",
      help: "remove it, or use another strategy")
  }

  static func bracketsWithoutHyperband(_ strategy: String) -> Message {
    Message(
      "E3034", "`brackets` goes with `hyperband` and `bohb`, and this is `\(strategy)`", "",
      help: "remove it, or use another strategy")
  }

  static func tooManyBrackets(_ rungs: Int) -> Message {
    Message(
      "E3065", "there are no more brackets than rungs", "there are \(rungs) rungs",
      help: "\(rungs) stands for all, and so does to say nothing")
  }

  static func dependsOnFidelity(_ name: String) -> Message {
    Message(
      "E3035", "nothing depends on the fidelity: `\(name)` grows while a trial goes from rung to rung", "",
      help: "leave `\(name)` out of it")
  }

  static let budgetWithoutFidelity = Message(
    "E3036", "the experiment declares no fidelity that could be spent", "",
    help: "for example `fidelity: {epochs: {from: 1, to: 81, reduction: 3}}`, or remove this")

  static func budgetBelowFidelity(_ budget: Int, _ name: String, full: Int, runs: Int) -> Message {
    let each = runs == 1 ? "" : " in each of the \(runs) runs of a trial"
    return Message(
      "W3010", "no trial can come to full training",
      "full training takes \(full) of `\(name)`\(each), all trials may take \(budget)",
      help: "raise it to \(full * runs) at least")
  }

  static func budgetBelowRungs(_ needed: Int, of what: String, _ there: Int) -> Message {
    Message(
      "W3010", "no trial can come to full training",
      "it takes \(needed) \(what) until one can have it, and there are \(there)",
      help: "raise it to \(needed) at least, or begin with more training: `from`")
  }

  static let growthOutOfBounds = Message(
    "E3063", "`grow` is a factor: more than 1, and \(Int(FailurePolicy.mostGrowth)) at most", "",
    help: "`grow: 2` gives the next attempt twice as much")

  static func nothingGrows(_ kind: String, key: String) -> Message {
    Message(
      "E3064", "nothing can grow: trials have no limit of their \(kind == "timeout" ? "time" : kind)", "",
      help: "say with how much they begin, as `\(key)` below `trial`")
  }

  static let priceGrows = Message(
    "E3064", "a budget with a price of memory cannot tell what an attempt with more of it costs", "",
    help: "remove `grow`, or `memory` below `rates`")

  static func needsTimeout(_ key: String) -> Message {
    Message(
      "E3060", "`\(key)` cannot be kept: nothing limits how long a trial takes",
      "the longest that a trial can take is set aside before it starts",
      help: "for example `timeout: 30m` under `trial`")
  }

  static func nothingCounts(_ key: String, rates: [String]) -> Message {
    let (reason, help) =
      switch (key, rates.isEmpty) {
      case ("cpu_hours", _): ("trials declare no CPUs", "for example `resources: {cpus: 1}` under `trial`")
      case ("gpu_hours", _): ("trials declare no GPUs", "for example `resources: {gpus: 1}` under `trial`")
      case (_, true): ("nothing has a price", "for example `rates: {gpus: 2.5}` beside it, the price of an hour")
      default:
        (
          "trials declare nothing that has a price",
          "the rates are of \(Suggestion.list(rates)); what a trial has stands under `trial: {resources: …}`"
        )
      }
    return Message("E3061", "nothing counts towards `\(key)`: \(reason)", "", help: help)
  }

  static func nothingCountsInSessions(_ key: String) -> Message {
    Message(
      "E3061", "nothing counts towards `\(key)`: there is no `trial`, and another program runs the trials", "",
      help: "remove it, or say what a trial is")
  }

  /// - Parameters:
  ///   - trial: what one trial may use.
  ///   - longest: how long one of its runs may take, in milliseconds.
  ///   - confirming: what the runs that confirm may use.
  static func budgetTooSmall(
    _ key: String, trial: Double, runs: Int, longest: Int, confirming: Double
  ) -> Message {
    func text(_ amount: Double) -> String { JSON.number((amount * 1e6).rounded(.up) / 1e6).canonicalText }
    let each = "\(runs == 1 ? "one run" : "\(runs) runs") of at most \(longest / 1000)s"
    let confirm = confirming > 0 ? ", and the runs that confirm up to \(text(confirming))" : ""
    return Message(
      "E3062", "`\(key)` is not enough for a single trial\(confirming > 0 ? " and its confirmation" : "")",
      "a trial may use up to \(text(trial)) (\(each))\(confirm)",
      help: "raise it to \(text(trial + confirming)) at least, or lower the trial's `timeout`")
  }

  static func rateOfNothing(_ name: String, known: [String]) -> Message {
    Message(
      "W3022", "the price of `\(name)` counts for nothing: trials have no such resource", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? "what is not \(Suggestion.list(["cpus", "gpus", "memory"], word: "or")) is declared under `resources: {named: …}`"
    )
  }

  static let noPhases = Message(
    "E3028", "there are no phases", "",
    help: "for example `phases: [{strategy: sobol, trials: 20}, {strategy: bayesian}]`")

  static let negativeImprovement = Message(
    "E3011", "an improvement is not negative", "", help: "0 counts every improvement, however small")
}

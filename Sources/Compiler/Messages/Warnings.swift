/// W: what may be meant, and is worth a look.
extension Message {
  static func oneValue(_ name: String) -> Message {
    Message(
      "W2001", "`\(name)` can take one value only", "", help: "a constant says so in fewer words: `\(name): value`")
  }

  static func budgetBelowGrid(trials: Int, points: String, strategy: String) -> Message {
    Message(
      "W3001", "the budget ends the \(strategy) early: \(trials) of its \(points) points are tried", "",
      help: "the first ones in the order of the \(strategy); `random` and `sobol` spread them over the space")
  }

  static func budgetAboveSpace(trials: Int, points: Int, strategy: String) -> Message {
    Message(
      "W3002", "there are \(points) points, and \(trials) trials: `\(strategy)` will propose some of them again", "",
      help: "a point that comes again is not run again; `strategy: grid` tries each once")
  }

  static func plateauNeverFires(trials: Int, budget: Int) -> Message {
    Message(
      "W3003",
      "the plateau can never end the search: it waits for \(trials) trials after the first, and there are \(budget)")
  }

  static func parameterUnused(_ names: [String]) -> Message {
    Message(
      "W4001", "the command does not name \(Suggestion.list(names))", "",
      help: "add `${args}` or `${\(names.first ?? "name")}`, unless the trial reads the file named by ATTUNE_PARAMS")
  }
}

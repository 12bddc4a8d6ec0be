internal import Artifacts
internal import Search

/// E2: the search space.
extension Message {
  static let noParameters = Message(
    "E2001", "there is nothing to tune", "no parameters",
    help: "for example `learning_rate: {float: [1e-4, 1e-1], scale: log}`")

  static func reservedParameterName(_ name: String) -> Message {
    Message(
      "E2018",
      "`\(name)` cannot name a parameter: `${\(name)}` \(name == "args" ? "stands for all of them" : "is the trial's")",
      "",
      help: "give it another name")
  }

  static func badParameterName(_ name: String) -> Message {
    Message(
      "E2002", "`\(name)` cannot name a parameter", "",
      help: "letters of a–z, digits, `_` and `-`, and a letter or `_` first; dots part names, as in `optimizer.lr`")
  }

  static func noType(_ name: String) -> Message {
    Message(
      "E2003", "the parameter `\(name)` has no type", "",
      help: "one of `float: [low, high]`, `int: [low, high]` and `choice: [a, b]`")
  }

  static func severalTypes(_ name: String, _ types: [String]) -> Message {
    Message(
      "E2004", "the parameter `\(name)` is \(types.map { "`\($0)`" }.joined(separator: " and ")) at once",
      "a second type")
  }

  static func listAsParameter(_ name: String) -> Message {
    Message(
      "E2005", "a list does not say what `\(name)` is", "", help: "write `{choice: […]}` to choose one of its values")
  }

  static func labelIsNoSpace(_ label: String, found: String) -> Message {
    Message(
      "E2019", "below `\(label)` stand the parameters that it opens", "this is \(found)",
      help: "write `\(label): {name: {float: [0, 1]}}`, or `\(label): {}` if it opens none")
  }

  static func twoBounds(_ type: String, count: Int) -> Message {
    Message(
      "E2006", "`\(type)` takes two bounds", "this has \(count)",
      help: "write `\(type): [low, high]`; both ends are included")
  }

  static func boundsSwapped(low: String, high: String) -> Message {
    Message("E2007", "the lower bound is above the upper one", "\(low) > \(high)", help: "write `[\(high), \(low)]`")
  }

  static func logBound(_ value: Double) -> Message {
    let number = JSON.number(value).canonicalText
    return value <= 0
      ? Message(
        "E2008", "a bound of a log-scaled range must be positive", "this is \(number)",
        help: "use a small positive bound, such as 1e-6 (1 for an int), or remove `scale: log`")
      : Message("E2008", "a bound of a log-scaled range lies between 1e-300 and 1e300", "this is \(number)")
  }

  static let rangeTooWide = Message("E2009", "the range is too wide: its width is no finite number")

  static let stepNotPositive = Message("E2010", "a step must be positive")

  static let stepOnLogScale = Message(
    "E2011", "a step and `scale: log` exclude each other", "",
    help: "remove one of them, or list the values with `choice`")

  static func stepDoesNotDivide(range: Double, step: Double) -> Message {
    let (width, size) = (JSON.number(range).canonicalText, JSON.number(step).canonicalText)
    return Message(
      "E2012", "the step does not divide the range", "\(width) / \(size) is no whole number",
      help: "change a bound or the step, so that the upper bound is reached")
  }

  static func unknownScale(_ text: String) -> Message {
    Message(
      "E2013", "there is no scale `\(text)`", "",
      help: Suggestion.closest(to: text, among: ["linear", "log"]).map { "did you mean `\($0)`?" }
        ?? "the scales are `linear` and `log`")
  }

  static let emptyChoice = Message("E2014", "a choice needs at least one value", "this is empty")

  static let choiceTwice = Message(
    "E2015", "the same value stands twice in a choice", "and again here", help: "remove one of them")

  static func notForChoice(_ key: String) -> Message {
    Message("E2016", "`\(key)` has no meaning for a choice", "", help: "remove it, or use `float` or `int`")
  }

  static func defaultOutside(_ name: String, value: String, _ domain: Domain) -> Message {
    Message(
      "E2017", "the default of `\(name)` is not one of its values", "\(value) is not in \(domain.description)",
      help: Suggestion.closest(to: value, among: domain.texts).map { "did you mean `\($0)`?" })
  }

  static func defaultQuoted(_ name: String, text: String) -> Message {
    Message(
      "E2017", "the default of `\(name)` is not one of its values", "in quotes, this is a text",
      help: "remove the quotes: `\(text)`")
  }

  static func conditionCycle(_ names: [String]) -> Message {
    Message(
      "E2020", "whether `\(names[0])` is active depends on itself", "",
      help: "the conditions go round: \(names.map { "`\($0)`" }.joined(separator: " needs "))")
  }

  static func unreachable(_ name: String, _ reason: String) -> Message {
    Message("E2021", "`\(name)` can never be active", "this never holds: \(reason)")
  }

  static func onlyForChoice(_ key: String) -> Message {
    Message(
      "E2022", "`\(key)` has no meaning for a range", "",
      help: key == "weights" ? "a range takes `prior: normal(mean, sd)`" : "remove it: numbers have their order")
  }

  static func declaredTwice(_ name: String) -> Message {
    Message(
      "E2023", "`\(name)` is declared twice, and both can be active at once", "and again here",
      help: "one name may stand under several labels of one choice, and nowhere else twice")
  }

  static func noPrior(_ text: String) -> Message {
    Message(
      "E2024", "`\(text)` is no prior", "",
      help: "for example `prior: \"normal(0.5, 0.1)\"`: the mean, and the standard deviation")
  }

  static func priorSpread(mean: Double, spread: Double, isLog: Bool) -> Message {
    let number = JSON.number(isLog && mean <= 0 ? mean : spread).canonicalText
    return isLog
      ? Message(
        "E2025", "on a log scale the mean is positive, and the spread is a factor above 1", "this has \(number)",
        help: "`normal(1e-3, 10)`: two thirds of the values lie within a factor of 10 of 0.001")
      : Message("E2025", "the standard deviation of a prior is positive", "this has \(number)")
  }

  static func weightCount(_ count: Int, values: Int) -> Message {
    Message(
      "E2026", "there is one weight for each value", "\(count) for \(values) values",
      help: "or name the values: `weights: {value: 2}`; the others have 1")
  }

  static let negativeWeight = Message(
    "E2027", "a weight is not negative", "", help: "0 leaves the value out of what is drawn")

  static let weightsAllZero = Message(
    "E2028", "the weights leave no value to draw", "", help: "one of them must be above 0, and all finite")

  static func weightOfNothing(_ name: String, known: [String]) -> Message {
    Message(
      "E2032", "`\(name)` is not one of the values", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? "the values are \(Suggestion.list(known))")
  }

  static func nameWithin(_ name: String, _ outer: String) -> Message {
    Message(
      "E2033", "`\(name)` stands within `\(outer)`, which is a value itself", "",
      help: "dots nest: what trials read in ATTUNE_PARAMS cannot be both. Give one of them another name")
  }

  static func neverAllowed(_ reason: String) -> Message {
    Message("E2029", "the constraint can never hold", reason)
  }

  static let nothingAllowed = Message(
    "E2030", "the constraints leave no point of the grid", "no combination keeps this",
    help: "widen a range, or loosen one of the constraints")

  static func nothingAllowedFound(draws: Int) -> Message {
    Message(
      "E2030", "no point is found that keeps the constraints: none of \(draws) drawn at random does", "",
      help: "widen a range, or loosen a constraint; what follows from other parameters is better computed by the trial")
  }

  static func defaultsNotAllowed(_ constraint: String, _ values: String) -> Message {
    Message(
      "E2031", "the defaults break the constraint `\(constraint)`", "\(values)",
      help: "the point of the defaults is tried first: change one of them, or the constraint")
  }
}

extension Domain {
  /// As people write it.
  var description: String {
    func text(_ number: Double) -> String { JSON.number(number).canonicalText }
    switch self {
    case .float(let range):
      return "[\(text(range.lower)), \(text(range.upper))]" + (range.step.map { " in steps of \(text($0))" } ?? "")
    case .int(let range):
      return "[\(range.lower), \(range.upper)]" + (range.step == 1 ? "" : " in steps of \(range.step)")
    case .choice(let values): return "[\(values.map { $0.text(in: self) }.joined(separator: ", "))]"
    case .constant(let value): return value.text(in: self)
    }
  }
}

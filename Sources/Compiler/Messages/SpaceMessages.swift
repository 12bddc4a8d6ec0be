internal import Artifacts
internal import Search

/// E2: the search space.
extension Message {
  static let noParameters = Message(
    "E2001", "there is nothing to tune", "no parameters",
    help: "for example `learning_rate: {float: [1e-4, 1e-1], scale: log}`")

  static func reservedParameterName(_ name: String) -> Message {
    Message(
      "E2018", "`\(name)` cannot name a parameter: `${\(name)}` stands for all of them", "",
      help: "give it another name")
  }

  static func badParameterName(_ name: String) -> Message {
    Message(
      "E2002", "`\(name)` cannot name a parameter", "",
      help: "letters of a–z, digits, `_` and `-`, and a letter or `_` first")
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
    Message("E2017", "the default of `\(name)` is not one of its values", "\(value) is not in \(domain.description)")
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

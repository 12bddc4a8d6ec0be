/// E1: which keys there are, and what type each value has.
extension Message {
  static func unknownKey(_ key: String, in section: String, known: [String]) -> Message {
    Message(
      "E1001", "\(section) has no key `\(key)`", "not a key of \(section)",
      help: ForeignKey(key, in: section)?.help
        ?? Suggestion.closest(to: key, among: known).map { "did you mean `\($0)`?" }
        ?? "the keys are \(Suggestion.list(known))")
  }

  static func missingKey(_ key: String, in section: String, example: String) -> Message {
    Message("E1002", "\(section) has no `\(key)`", "it belongs in here", help: "for example `\(example)`")
  }

  static func expected(_ type: String, of what: String, found: String) -> Message {
    Message("E1003", "\(what) should be \(type)", "this is \(found)")
  }

  static func later(_ feature: String) -> Message {
    Message(
      "E1004", "\(feature): not in this version", "this version cannot do it",
      help: "docs/status.md lists what is planned")
  }

  static func unknownLanguageVersion(_ found: String) -> Message {
    Message(
      "E1005", "the version of the language is 1, not \(found)", "",
      help: "write `attune: 1`, or use a version of attune that knows this one")
  }

  static func badName(_ name: String) -> Message {
    Message(
      "E1006", "`\(name)` cannot name an experiment", "",
      help:
        "at most 64 letters of a–z and A–Z, digits, `_`, `-` and `.`; the first is none of `-` and `.`. It names a folder of results"
    )
  }

  static func ambiguousNumber(_ text: String, reading: String) -> Message {
    Message("E1007", "`\(text)` is read in two ways: \(reading)", "write it plainly", help: "quote it if it is a text")
  }

  static func numberOutOfRange(_ text: String) -> Message {
    let size = Double(text) == 0 ? "small" : "large"
    return Message(
      "E1008", "`\(text)` is too \(size) a number", "",
      help: "whole numbers go up to 2^53, others from about 5e-324 to 1.8e308")
  }

  static func quotedNumber(_ what: String, text: String) -> Message {
    Message("E1009", "\(what) should be a number", "in quotes, this is a text", help: "remove the quotes: `\(text)`")
  }

  static func outOfBounds(_ what: String, value: String, bounds: ClosedRange<Int>) -> Message {
    Message("E1010", "\(what) is \(value), and should lie between \(bounds.lowerBound) and \(bounds.upperBound)")
  }

  static func notADuration(_ text: String, _ what: String) -> Message {
    Message(
      "E1011", "`\(text)` is no length of time for \(what)", "",
      help: (Double(text).map { $0.isFinite && $0 > 0 } ?? false)
        ? "add the unit: `\(text)s`, `\(text)m` or `\(text)h`"
        : "write numbers with units, more than nothing and at most ten years: `90s`, `10m`, `1h30m`, `2d`, `500ms`")
  }

  static let bothGoals = Message(
    "E1012", "an objective either minimizes or maximizes", "this says one thing",
    help: "several objectives are a list: `[{minimize: val_error}, {maximize: accuracy}]`")

  static func badMetricName(_ name: String) -> Message {
    Message(
      "E1013", "`\(name)` cannot name a metric", "",
      help: "letters, digits and `_ - . / @ %`, and a letter or `_` first: as in `val_error` or `eval/loss`")
  }

  static func oneRuleEach(found: String) -> Message {
    Message(
      "E1014", "each entry of `stopping` is one rule", "this is \(found)", help: "for example `- plateau: {trials: 30}`"
    )
  }

  static let targetBelongsToObjective = Message(
    "E1015", "the target is a part of the objective", "not here",
    help: "write it there: `objective: {minimize: val_error, target: 0.02}`")

  static func badVariableName(_ name: String) -> Message {
    Message(
      "E1016", "`\(name)` cannot name a variable of the environment", "",
      help: name.hasPrefix("ATTUNE_")
        ? "names that begin with ATTUNE_ are attune's own" : "it has no `=`, and is not empty")
  }

  static func unknownMetricSource(_ name: String, known: [String]) -> Message {
    Message(
      "E1018", "metrics cannot be read from `\(name)`", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? "metrics are read from \(Suggestion.list(known))")
  }

  static let noObjectives = Message(
    "E1060", "there is no objective", "this is empty", help: "for example `- minimize: val_error`")

  static func objectiveTwice(_ metric: String) -> Message {
    Message("E1061", "`\(metric)` is an objective twice", "and again here", help: "remove one of them")
  }

  static func unknownAggregate(_ name: String, known: [String]) -> Message {
    Message(
      "E1062", "the values of repeated runs cannot be put together by `\(name)`", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? "the ways are \(Suggestion.list(known))")
  }

  static func unknownFailurePolicy(_ name: String) -> Message {
    let known = ["failed", "infeasible"]
    return Message(
      "E1019", "a failure cannot count as `\(name)`", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? "it is `failed` or `infeasible`; `{retries: 2}` tries again first")
  }

  static func unknownInterpreterPolicy(_ name: String, known: [String]) -> Message {
    Message(
      "E1020", "`interpreter` is \(Suggestion.list(known, word: "or")), and not `\(name)`", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? "how much of the interpreter's version counts; which interpreter, `run` says")
  }

  static func commaInValue(_ text: String) -> Message {
    let list = text.hasPrefix("(") && text.hasSuffix(")") ? String(text.dropFirst().dropLast()) : text
    let isList = !list.contains { "()".contains($0) }
    return Message(
      "E1021", "a comma ends the value: between `{` and `}`, what follows one is a key", "one value, or several?",
      help: isList ? "a list stands in brackets: `[\(list)]`" : "put the value in quotes: `\"\(text)\"`")
  }

  static let nulByte = Message("E1017", "a NUL character cannot be handed to a program", "", help: "remove `\\0`")
}

internal import Search

/// E406 to E409: expressions, in `when` and `constraints`.
extension Message {
  static func unexpectedInExpression(_ found: String, _ expected: String? = nil) -> Message {
    Message(
      "E4060", "\(found) does not belong here", expected ?? "",
      help: "conditions look like `width * layers <= 1024`, `optimizer == \"sgd\"` and `x > 1 and not y in [2, 3]`")
  }

  static func unfinishedExpression(_ expected: String?) -> Message {
    Message(
      "E4060", "something is missing at the end of the condition", expected ?? "",
      help: "a condition that holds a comma or a bracket stands in quotes where it is between `{` and `}`")
  }

  static func foreignOperator(_ found: String, meant: String) -> Message {
    Message("E4061", "`\(found)` is written `\(meant)`", "", help: "write `\(meant)`")
  }

  static let chainedComparison = Message(
    "E4062", "comparisons do not chain", "a second one", help: "write `1 < x and x < 3`")

  static let openTextInExpression = Message("E4063", "a quote is not closed", "it begins here")

  static func unknownFunction(_ name: String) -> Message {
    let known = Expression.Function.allCases.map(\.rawValue)
    return Message(
      "E4064", "there is no function `\(name)`", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? "the functions are \(Suggestion.list(known))")
  }

  static func wrongArgumentCount(_ function: Expression.Function, _ count: Int) -> Message {
    let takes = function.arity.upperBound == 1 ? "one argument" : "two arguments or more"
    return Message("E4065", "`\(function.rawValue)` takes \(takes)", "this has \(count)")
  }

  static func wrongOperand(_ operation: String, needs: String, found: String) -> Message {
    Message("E4066", "`\(operation)` is for \(needs)", "this is \(found)")
  }

  static func neverEqualTypes(_ first: String, _ second: String) -> Message {
    Message("E4067", "\(first) is compared with \(second): they are never equal", "this is \(second)")
  }

  static func notACondition(_ kind: String) -> Message {
    Message("E4068", "a condition is true or false", "this is \(kind)", help: "compare it with something: `… <= 10`")
  }

  static func unknownName(_ name: String, known: [String]) -> Message {
    Message(
      "E4069", "there is no parameter `\(name)`", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? (known.isEmpty ? nil : "the names are \(Suggestion.list(known)); texts stand in quotes"))
  }

  static func quotesMissing(_ word: String) -> Message {
    Message("E4070", "a text stands in quotes: `\(word)` without them is a name", "", help: "write `\"\(word)\"`")
  }

  static func neverEqual(_ name: String, _ value: String, _ domains: [Domain]) -> Message {
    Message(
      "E4071", "`\(name)` is never \(value)", "not in \(domains.map(\.description).joined(separator: " or "))",
      help: Suggestion.closest(to: value.filter { $0 != "\"" }, among: domains.flatMap(\.texts)).map {
        "did you mean `\"\($0)\"`?"
      })
  }

  static func expressionTooDeep(_ depth: Int) -> Message {
    Message(
      "E4072", "this is nested more than \(depth) levels deep", "here",
      help:
        "constraints that all must hold can stand in lines of their own, and `x in [1, 2]` is short for a chain of `or`"
    )
  }

  static func dashedName(_ name: String) -> Message {
    Message("E4073", "`\(name)` reads as a difference", "", help: "write `${\(name)}` for the parameter")
  }

  static let listOfConstants = Message("E4075", "`in` takes a list of numbers and texts", "this is calculated")

  static func maybeInactive(_ name: String, _ condition: String) -> Message {
    Message(
      "E4074", "`${\(name)}` has no value where `\(name)` is inactive", "it is active when \(condition)",
      help: "`${args}` leaves out what is inactive; so does the file that ATTUNE_PARAMS names")
  }
}

extension Domain {
  /// The texts among the values of a choice.
  var texts: [String] {
    guard case .choice(let values) = self else { return [] }
    return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }
}

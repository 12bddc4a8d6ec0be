/// E3: steps beside the search, and what trials need.
extension Message {
  static let confirmationOfSeveral = Message(
    "E3050", "`confirm` runs the best trials again, and with several objectives there is no best", "",
    help: "remove `confirm`, or make all objectives but one constraints over metrics")

  static func unknownStep(_ name: String, known: [String]) -> Message {
    Message(
      "E3051", "there is no step `\(name)` to come after", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? (known.isEmpty ? "it is the only one" : "the others are \(Suggestion.list(known))"))
  }

  static func stepsInCircle(_ names: [String]) -> Message {
    Message(
      "E3052", "each of \(Suggestion.list(names)) comes after another one of them: none can be the first", "",
      help: "a step comes after those named in `after`, and those whose outputs are its inputs")
  }

  static func outputTwice(_ path: String) -> Message {
    Message("E3053", "`\(path)` is made twice", "", help: "let each step have outputs of its own")
  }

  static func outputOutside(_ path: String) -> Message {
    Message(
      "E3054", "an output is a file or a folder below the experiment's folder", "`\(path)` is not",
      help: "what a step makes elsewhere is not looked after: leave it out of `outputs`")
  }

  static func placeholderBeforeTrials(_ name: String) -> Message {
    Message(
      "E3055", "`${\(name)}` is of a trial, and what is prepared comes before them all", "",
      help: "`${env:NAME}` is a variable; what is to be the same for all trials can be written as it is")
  }

  static func placeholderOfSeveral(_ name: String) -> Message {
    Message(
      "E3056", "`${\(name)}` is of the best trial, and with several objectives there is no best", "",
      help: "the manifest has the Pareto front: its file is in `ATTUNE_MANIFEST`")
  }

  static func badResourceName(_ name: String) -> Message {
    Message(
      "E3058", "`\(name)` cannot name a resource", "",
      help: "at most 64 letters of a–z and A–Z, digits, `_`, `-` and `.`; the first is none of `-` and `.`")
  }

  static func badStepName(_ name: String) -> Message {
    Message(
      "E3057", "`\(name)` cannot name a step", "",
      help: "at most 64 letters of a–z and A–Z, digits, `_`, `-` and `.`; the first is none of `-` and `.`")
  }
}

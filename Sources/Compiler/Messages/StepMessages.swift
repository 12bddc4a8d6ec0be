internal import Artifacts

/// E3: steps beside the search, and what trials need.
extension Message {
  static let confirmationOfSeveral = Message(
    "E3050", "`confirm` runs the best trials again, and with several objectives there is no best", "",
    help: "remove `confirm`, or make all objectives but one constraints over metrics")

  static let confirmationOfOneRun = Message(
    "W3024", "one run again says nothing of how far values scatter: no interval can be given", "",
    help: "let there be two at least: `repeats: 5`")

  static func unknownStep(_ name: String, known: [String]) -> Message {
    Message(
      "E3051", "there is no step `\(name)` to come after", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? (known.isEmpty ? "it is the only one" : "the others are \(Suggestion.list(known))"))
  }

  static let stepAfterItself = Message("E3051", "a step cannot come after itself", "", help: "remove it")

  static func stepOfOtherKind(_ name: String, isPrepared: Bool) -> Message {
    Message(
      "E3051",
      isPrepared
        ? "`\(name)` is prepared before the trials, and so before all that is done with the result"
        : "`\(name)` is done with the result, and what is prepared comes before the trials", "",
      help: isPrepared ? "remove it" : "let it come after another step of `prepare`, or before none")
  }

  /// - Parameter kind: `prepare` or `finally`.
  static func stepWithoutName(_ kind: String, _ key: String) -> Message {
    Message(
      "E1003", "`\(kind)` has its steps by name", "this is a key of a step",
      help: "for example `\(kind): {features: {\(key): …}}`")
  }

  static func outputPattern(_ path: String) -> Message {
    Message(
      "E3054", "an output is a file or a folder, and no pattern", "`\(path)` is one",
      help: "name each file, or a folder that holds them")
  }

  static func stepsInCircle(_ names: [String]) -> Message {
    Message(
      "E3052", "each of \(Suggestion.list(names)) comes after another one of them: none can be the first", "",
      help: "a step comes after those named in `after`, and those whose outputs are its inputs")
  }

  static func stepReadsItself(_ path: String) -> Message {
    Message(
      "E3052", "a step cannot read what it makes itself", "`\(path)` is among its `outputs`",
      help: "remove it from one of the two")
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

  static func pinsPartOfCPU(_ cpus: Double?) -> Message {
    Message(
      "E3066", "only whole processors can be pinned",
      cpus.map { "`cpus` is \(JSON.number($0).canonicalText)" } ?? "`cpus` does not say how many",
      help: "for example `cpus: 2, pin_cpus: true`")
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

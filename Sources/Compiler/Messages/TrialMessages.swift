internal import Artifacts

/// What can be wrong with `trial` and `secrets`.
extension Message {
  // MARK: E1: their structure

  static let noProgram = Message(
    "E1002", "`trial` has neither `run` nor `shell`", "one of them belongs in here",
    help: "for example `run: python train.py ${args}`")

  static let runAndShell = Message(
    "E1030", "what runs is either a command, `run`, or a script, `shell`", "this is a script",
    help: "remove one of them")

  static func secretTwice(_ name: String) -> Message { Message("E1031", "the secret `\(name)` stands twice") }

  static func secretInEnvironment(_ name: String) -> Message {
    Message(
      "E1032", "`\(name)` is a secret, and its value stands in the experiment", "written out here",
      help: "remove it here: attune hands the secret on from its own environment")
  }

  static let secretAsName = Message(
    "E1033", "this looks like a secret's value, and `secrets` takes names", "",
    help:
      "write the name of the variable that holds it, as in `secrets: [HF_TOKEN]`; and since it was written, change it")

  static func metricKeyUnused(_ key: String, from form: String) -> Message {
    Message(
      "E1034", "metrics from `\(form)` have no `\(key)`", "",
      help: key == "pattern"
        ? "a pattern describes lines of standard output: `from: stdout`"
        : "attune says itself where this is; a file of the trial's own is read with `from: json`, `jsonl` or `csv`")
  }

  static func metricPathOutside(_ path: String) -> Message {
    Message(
      "E1035", "`\(path)` is not in the trial's folder", "",
      help:
        "trials that run at once would write to one file: let them write below `${trial.dir}`, and name it from there")
  }

  static func badPattern(_ error: MetricPatternError) -> Message {
    let (label, help): (String, String?) =
      switch error.reason {
      case .openBrace: ("it begins here", "it ends with `}`; write `{{` for a brace")
      case .strayBrace: ("", "write `}}` for a brace")
      case .noName: ("", "for example `{val_loss:float}`")
      case .unknownKind(let kind):
        (
          "",
          Suggestion.closest(to: kind, among: MetricPattern.Kind.allCases.map(\.rawValue)).map {
            "did you mean `\($0)`?"
          }
            ?? "the kinds are \(Suggestion.list(MetricPattern.Kind.allCases.map(\.rawValue)))"
        )
      case .nameTwice: ("and again here", "a line gives one value of each metric")
      case .touching: ("the second of them", "put what stands between them on the line, if only a blank")
      case .noMetric: ("", "for example `epoch {epoch:int} val loss {val_loss:float}`")
      }
    return Message("E1036", "the pattern cannot be read: \(error.problem)", label, help: help)
  }

  // MARK: E4: what they refer to

  static let emptyScript = Message(
    "E4001", "the script is empty", "", help: "for example `shell: python train.py --lr \"$lr\"`")

  static func metricNotCollected(_ name: String, by user: String, collected: [String]) -> Message {
    Message(
      "E4030", "the metric `\(name)` is never collected", "this \(user) needs it",
      help: Suggestion.closest(to: name, among: collected).map { "did you mean `\($0)`?" }
        ?? "`metrics` collects \(Suggestion.list(collected)) and nothing else")
  }

  static func notInPattern(_ name: String, known: [String]) -> Message {
    Message(
      "E4031", "the pattern has no metric `\(name)`", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? "it has \(Suggestion.list(known))")
  }

  static func patternMatchesNothing(_ pattern: String) -> Message {
    Message(
      "E4032", "the pattern `\(pattern)` matches no file", "",
      help: "`*` stays within a name, `**` goes across folders, and neither begins a name that is hidden")
  }

  static func secretOnCommandLine(_ name: String) -> Message {
    Message(
      "E4033", "the secret `\(name)` would stand on the command line", "all users of the machine can read it there",
      help: "the trial finds it in its environment: let it read `\(name)` there")
  }

  static func placeholderInScript(_ name: String, variable: String?) -> Message {
    let help: String
    if let variable {
      help = "write `\(variable)`"
    } else if name.hasPrefix("args") {
      help = "each parameter is a variable of its own name: `--lr \"$lr\"`"
    } else {
      help = "a script has `$ATTUNE_TRIAL_DIR`, `$ATTUNE_SEED`, `$ATTUNE_CHECKPOINT` and `$ATTUNE_PARAMS`"
    }
    return Message("E4034", "`${\(name)}` means nothing in a script, where parameters are variables", "", help: help)
  }

  static func variableTaken(_ name: String, variable: String, clash: String) -> Message {
    Message(
      "E4035", "the parameter `\(name)` cannot be the variable `\(variable)` of the script: \(clash)", "",
      help: "give it another name")
  }

  // MARK: W

  static func parameterUnusedInScript(_ names: [String]) -> Message {
    Message(
      "W4001", "the script does not name \(Suggestion.list(names))", "",
      help:
        "add `\"$\(TrialTemplate.variable(of: names.first ?? "name"))\"`, unless what it runs reads it from the environment"
    )
  }

  static let credentialInCommand = Message(
    "W4010", "this looks like a password or a key", "all users of the machine can read it there",
    help: "name a variable under `secrets`, and let the trial read that from its environment")

  static func credentialInEnvironment(_ name: String) -> Message {
    Message(
      "W4011", "`\(name)` looks like a password or a key, and is written out", "it goes into the plan and the manifest",
      help:
        "write `secrets: [\(name)]` in its place: attune hands it on from its own environment, and covers it in logs")
  }

  static func importNotListed(_ file: String, importer: String) -> Message {
    Message(
      "W4012", "`\(importer)` imports `\(file)`, which is not among the inputs", "it is not listed here",
      help: "add `\(file)`: a change of it would meet results from before")
  }
  static func scriptMissing(_ word: String, near: String) -> Message {
    Message(
      "W4013", "the command names `\(word)`, and there is no such file", "",
      help: "did you mean `\(near)`?")
  }
}

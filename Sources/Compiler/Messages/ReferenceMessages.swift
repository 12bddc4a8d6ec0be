/// E4: what one part says of another, and of files.
extension Message {
  static let emptyCommand = Message(
    "E4001", "the command is empty", "", help: "for example `run: python train.py ${args}`")

  static let openQuote = Message("E4002", "a quote is not closed", "it begins here")

  static func needsShell(_ word: String) -> Message {
    Message(
      "E4003", "`\(word)` means something to a shell only, and `run` uses none", "",
      help: "put the commands into a script and run that, or quote the word if it is an argument")
  }

  static func variableBeforeCommand(_ word: String) -> Message {
    Message(
      "E4003", "`\(word)` sets a variable for a shell only, and `run` uses none", "",
      help: "write it under `environment`, below `trial`")
  }

  static let openPlaceholder = Message("E4004", "a placeholder is not closed", "", help: "it ends with `}`")

  static let bareDollar = Message(
    "E4005", "a dollar begins a placeholder", "", help: "write `${name}`, or `$$` for a dollar")

  static let argumentsNotAlone = Message(
    "E4006", "all parameters are several arguments, and cannot be a part of one", "",
    help: "put a space on either side of it"
  )

  static func unknownPlaceholder(_ name: String, known: [String]) -> Message {
    let own = Placeholder.known
    return Message(
      "E4007", "`${\(name)}` is no parameter", "",
      help: Suggestion.closest(to: name, among: known + own).map { "did you mean `${\($0)}`?" }
        ?? "the parameters are \(Suggestion.list(known)); and there are \(Suggestion.list(own))")
  }

  static func unknownParameter(_ name: String, known: [String]) -> Message {
    Message(
      "E4008", "there is no parameter `\(name)`", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? "the parameters are \(Suggestion.list(known))")
  }

  static let inputUnnamed = Message(
    "E4014", "an input has no name", "", help: "`.` is the whole folder of the experiment")

  static func inputMissing(_ path: String) -> Message {
    Message("E4009", "the input `\(path)` does not exist", "", help: "inputs are relative to the experiment's folder")
  }

  static func inputEmpty(_ path: String) -> Message {
    Message("E4010", "the input `\(path)` is a folder without files")
  }

  static func inputAbsolute(_ path: String) -> Message {
    Message(
      "E4011", "an input is relative to the experiment's folder", "this is absolute",
      help: "another machine would not find it")
  }

  static func inputUnreadable(_ reason: String) -> Message { Message("E4012", "an input cannot be read: \(reason)") }

  static func tooManyInputs(_ count: Int) -> Message {
    Message(
      "E4013", "the experiment's folder has more than \(count) files that git does not ignore", "no `inputs` here",
      help: "list the files that the trials read under `inputs`, or add the others to .gitignore")
  }
}

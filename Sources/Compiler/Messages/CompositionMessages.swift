/// E108 and E109: `extends` and `--set`.
extension Message {
  static func baseUnreadable(_ path: String, reason: String) -> Message {
    Message(
      "E1080", "`\(path)` cannot be extended: \(reason)", "", help: "the path is relative to the file it stands in")
  }

  static let baseAbsolute = Message(
    "E1081", "the path of an experiment to extend is relative", "this is absolute",
    help: "another machine would not find it")

  static func baseOutside(_ path: String, project: String) -> Message {
    Message(
      "E1082", "`\(path)` lies outside of the project", "",
      help: "the project is the git repository, or the folder that holds .attune: here \(project)")
  }

  static func baseOfItself(_ chain: [String]) -> Message {
    Message("E1083", "the experiment extends itself", chain.joined(separator: " extends "))
  }

  static func nothingToRemove(_ key: String, known: [String]) -> Message {
    Message(
      "E1085", "there is no `\(key)` to remove", "`null` removes what stands below",
      help: Suggestion.closest(to: key, among: known).map { "did you mean `\($0)`?" })
  }

  static let settingWithoutValue = Message(
    "E1086", "`--set` takes a path and a value", "",
    help: "for example `--set budget.trials=20`; an empty value removes the key")

  static func noSuchElement(_ index: String, count: Int) -> Message {
    Message(
      "E1087", "the list has no element `\(index)`", "",
      help: count == 0 ? "it is empty" : "its elements are numbered from 0 to \(count - 1)")
  }

  static let settingIntoScalar = Message(
    "E1088", "the path goes on, and there is a single value", "nothing is below it")
}

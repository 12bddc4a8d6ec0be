internal import ArgumentParser
internal import Artifacts
internal import Execution

/// What commands that run trials are told of the machine.
struct MachineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The GPUs for trials that declare some, as CUDA_VISIBLE_DEVICES names them (default: those, or all).",
      valueName: "0,1"))
  var gpus: String?

  @Option(
    name: .customLong("resource"),
    help: ArgumentHelp(
      "How much there is of what trials need under `named`; may be given several times.", valueName: "name=count"))
  var named: [String] = []

  func validate() throws {
    for text in named where Self.pair(text) == nil {
      throw ValidationError("--resource is a name and a count, such as license=3, and `\(text)` is not.")
    }
    guard let gpus else { return }
    let list = Self.list(gpus)
    if list.contains("") { throw ValidationError("--gpus is a list such as 0,1, and `\(gpus)` is not.") }
    if let range = list.first(where: { $0.wholeMatch(of: /[0-9]+-[0-9]+/) != nil }) {
      throw ValidationError("--gpus names each GPU, as in 0,1, and `\(range)` is a range.")
    }
    if let twice = list.first(where: { gpu in list.count { $0 == gpu } > 1 }) {
      throw ValidationError("--gpus names `\(twice)` twice: each trial has GPUs of its own.")
    }
  }

  /// Tells of options that mean nothing for the plan.
  func machine(for plan: Plan) -> Machine {
    let pairs = named.compactMap { Self.pair($0) }
    let resources = plan.trial.resources
    for pair in pairs where resources.named[pair.name] == nil {
      Console.note("warning: `--resource \(pair.name)=\(pair.count)` has no effect: trials need no `\(pair.name)`")
    }
    if gpus != nil, resources.gpus ?? 0 == 0 { Console.note("warning: `--gpus` has no effect: trials declare none") }
    return Machine(
      for: resources, gpus: gpus.map { Self.list($0) },
      named: Dictionary(pairs.map { ($0.name, $0.count) }) { $1 })
  }

  private static func list(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.filter { $0 != " " }) }
  }

  private static func pair(_ text: String) -> (name: String, count: Int)? {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let count = Int(parts[1]), count >= 0 else { return nil }
    return (String(parts[0]), count)
  }
}

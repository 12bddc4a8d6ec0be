internal import ArgumentParser
internal import Execution

/// The process beside an apply that ends its trials when the apply is gone.
struct GuardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "guard", shouldDisplay: false)

  @Argument var token: String

  func run() { guardTrials(withToken: token) }
}

internal import ArgumentParser
internal import Artifacts
internal import Report
internal import Search

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Finds every mistake in an experiment file, without planning or running anything.")

  @Argument(help: "The experiment file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @OptionGroup var set: SettingOptions

  func run() throws {
    try reporting(file) {
      let trials = Text.count(try Experiment.check(path: file, settings: set.settings).search.plannedTrials, "trial")
      Console.print("\(file): correct; at most \(trials).")
    }
  }
}

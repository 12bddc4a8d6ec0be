internal import ArgumentParser
internal import Artifacts
internal import Execution

/// Which project, and which of its experiments.
struct ProjectArgument: ParsableArguments {
  @Argument(
    help: "An experiment file, or a folder of the project (default: here).",
    completion: .file(extensions: ["yaml", "yml"]))
  var place = "."

  /// Whether an experiment is named.
  var isExperiment: Bool { File.kind(of: place) != .folder }

  func project() throws -> Project {
    try isExperiment ? Project(experiment: place) : Project(folderOf: Path.join(place, "-"))
  }
}

/// Refuses a trial and a place that stand in the other order: the place is what nothing has the name of.
func checkOrder(trial: String, place: String) throws {
  guard File.kind(of: place) == nil, File.kind(of: trial) != nil else { return }
  throw ValidationError("The trial comes first, and then the place: \(place) \(trial)")
}

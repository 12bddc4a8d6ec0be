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

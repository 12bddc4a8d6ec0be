internal import Artifacts
internal import Glibc

/// The folder that holds `.attune/`, and where things lie in it.
package struct Project: Hashable, Sendable {
  /// Absolute.
  package let folder: String
  /// The experiment's folder, absolute: trials run here.
  package let experimentFolder: String
  /// The experiment file's name in its folder.
  package let experimentFile: String

  package static let stateFolderName = ".attune"

  /// The project of an experiment: the nearest folder at or above the experiment's that holds `.attune/`, or else the
  /// experiment's own.
  ///
  /// - Throws: `FileError` when there is no such file.
  package init(experiment path: String) throws {
    let kind = File.kind(of: path)
    guard kind != nil, kind != .folder else { throw FileError("read", path, code: kind == .folder ? EISDIR : ENOENT) }
    try self.init(folderOf: path)
  }

  /// The same, whether or not the experiment stands there.
  ///
  /// - Throws: `FileError` when there is no such folder.
  package init(folderOf path: String) throws {
    guard let folder = Path.resolved(Path.folder(of: path)) else { throw FileError("read", path, code: ENOENT) }
    experimentFolder = folder
    experimentFile = Path.name(of: path)
    var candidate = folder
    while File.kind(of: Path.join(candidate, Self.stateFolderName)) != .folder {
      let parent = Path.folder(of: candidate)
      guard parent != candidate else {
        candidate = folder
        break
      }
      candidate = parent
    }
    self.folder = candidate
  }

  /// What an experiment may not reach out of: the git repository that the project lies in, or else the project.
  package var repository: String {
    var candidate = folder
    while File.kind(of: Path.join(candidate, ".git")) == nil {
      let parent = Path.folder(of: candidate)
      guard parent != candidate else { return folder }
      candidate = parent
    }
    return candidate
  }

  package var stateFolder: String { Path.join(folder, Self.stateFolderName) }

  /// Where trials have their folders, if not in the folder of the state.
  private var ownTrialsFolder: String?

  /// The same project, whose trials have their folders elsewhere.
  func with(trialsFolder: String) -> Project {
    var project = self
    project.ownTrialsFolder = trialsFolder
    return project
  }

  /// The experiment file, relative to the project.
  package var experimentPath: String {
    Path.relative(Path.join(experimentFolder, experimentFile), to: folder)
  }

  /// Where the results of an experiment lie.
  package func resultsFolder(of name: String) -> String { Path.join(Path.join(folder, "results"), name) }

  package func manifestPath(of name: String) -> String { Path.join(resultsFolder(of: name), Manifest.fileName) }

  /// A trial's own folder: the same for all its attempts.
  func trialFolder(of key: Digest) -> TrialFolder {
    let hex = key.hex
    let trials = ownTrialsFolder ?? Path.join(stateFolder, "trials")
    return TrialFolder(Path.join(trials, "\(hex.prefix(2))/\(hex.dropFirst(2).prefix(16))"))
  }
}

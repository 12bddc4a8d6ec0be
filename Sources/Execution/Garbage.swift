internal import Artifacts
internal import Glibc
internal import Store

/// What lies in a project's `.attune` folder and is not needed any more.
///
/// Outcomes are in the journal and the results in the manifests: what is found here is what trials have printed and left
/// in their folders, and copies of journals.
package struct Garbage: Sendable {
  /// A kind of what can be deleted.
  package enum Kind: CaseIterable, Sendable {
    /// Folders of trials that belong to no manifest and to no last run of an experiment that is there still.
    case strayTrials
    /// Folders of the other trials.
    case trials
    /// Folders of trials that `reproduce` ran, with another result than the recorded one.
    case reproductions
    /// Copies of journals that were brought to a newer form.
    case journals
    /// Damaged journals, of which nothing else may hold what could not be read.
    case damagedJournals

    /// Whether it goes only with everything else.
    package var isKept: Bool { self == .trials || self == .damagedJournals }
  }

  package struct Item: Hashable, Sendable {
    /// Absolute.
    package var path: String
    package var bytes: Int
  }

  package private(set) var items: [Kind: [Item]] = [:]

  private let project: Project

  package init(of project: Project) throws {
    self.project = project
    let needed = try Self.neededFolders(of: project)
    let trials = Path.join(project.stateFolder, "trials")
    for group in Self.names(in: trials) {
      for name in Self.names(in: Path.join(trials, group)) {
        let path = Path.join(Path.join(trials, group), name)
        items[needed.contains(path) ? .trials : .strayTrials, default: []].append(
          Item(path: path, bytes: Self.size(of: path)))
      }
    }
    let reproductions = Path.join(project.stateFolder, "reproductions")
    for path in Self.names(in: reproductions).map({ Path.join(reproductions, $0) }) {
      items[.reproductions, default: []].append(Item(path: path, bytes: Self.size(of: path)))
    }
    for name in Self.names(in: project.stateFolder)
    where name.hasPrefix("journal.") && !name.hasPrefix(RunStore.fileName) {
      let path = Path.join(project.stateFolder, name)
      items[name.hasPrefix(JournalRebuild.copyPrefix) ? .damagedJournals : .journals, default: []].append(
        Item(path: path, bytes: Self.size(of: path)))
    }
  }

  package func bytes(of kind: Kind) -> Int { (items[kind] ?? []).reduce(0) { $0 + $1.bytes } }

  /// - Throws: `LockHeld` while somebody is at work in the project.
  package func delete(_ kinds: [Kind]) throws {
    let lock = try ProjectLock(folder: project.stateFolder, holder: LockHolder(task: "deleting what is not needed"))
    for item in kinds.flatMap({ items[$0] ?? [] }) { try Self.remove(item.path) }
    _ = consume lock
  }

  /// The folders of the trials that manifests and the experiments' last runs refer to.
  private static func neededFolders(of project: Project) throws -> Set<String> {
    var needed = Set<String>()
    if let journal = try RunStore.reading(folder: project.stateFolder) {
      var experiments = Set<String>()
      for run in try journal.runs() where experiments.insert(run.experiment).inserted {
        guard File.kind(of: Path.join(project.folder, run.experiment)) != nil else { continue }
        for key in try journal.keys(ofRun: run.id) { needed.insert(project.trialFolder(of: key).path) }
      }
    }
    let results = Path.join(project.folder, "results")
    for name in names(in: results) {
      let folder = Path.join(results, name)
      if let bytes = try? File.read(Path.join(folder, Manifest.fileName)),
        let manifest = try? Manifest(fileBytes: bytes)
      {
        let runs = manifest.content.confirmation?.trials.flatMap(\.runs) ?? []
        needed.formUnion(runs.map { project.trialFolder(of: $0.name.key).path })
      }
      let trials = Path.join(folder, Manifest.trialsFileName)
      guard File.kind(of: trials) == .file else { continue }
      try File.forEachLine(of: trials) { line in
        guard let json = try? JSON(parsing: line) else { return }
        for run in json["runs"]?.array ?? [json] {
          guard let key = run["key"]?.string.flatMap({ Digest($0) }) else { continue }
          needed.insert(project.trialFolder(of: key).path)
        }
      }
    }
    return needed
  }

  private static func names(in folder: String) -> [String] { ((try? File.names(in: folder)) ?? []).sorted() }

  /// Of a file or of all files below a folder; links are not followed.
  private static func size(of path: String) -> Int {
    var status = stat()
    guard lstat(path, &status) == 0 else { return 0 }
    guard status.st_mode & S_IFMT == S_IFDIR else { return Int(status.st_size) }
    return names(in: path).reduce(0) { $0 + size(of: Path.join(path, $1)) }
  }

  /// A file, or a folder with all that is in it; links are not followed.
  static func remove(_ path: String) throws {
    if !File.isLink(path), File.kind(of: path) == .folder {
      for name in names(in: path) { try remove(Path.join(path, name)) }
      guard rmdir(path) == 0 || errno == ENOENT else { throw FileError("delete", path) }
    } else {
      guard unlink(path) == 0 || errno == ENOENT else { throw FileError("delete", path) }
    }
  }
}

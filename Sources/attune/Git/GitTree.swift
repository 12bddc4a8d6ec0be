internal import Artifacts
internal import Glibc

/// The files of a revision or of the index, as they would lie in a working tree.
///
/// They are written to a folder of their own, which is removed with the value: the repository, its index and its working
/// tree stay as they are.
final class GitTree {
  /// What is written.
  enum Source {
    /// A commit or another name of a tree.
    case revision(String)
    /// With a stage of 1, 2 or 3 that side of what a merge has left in conflict, and else 0.
    case index(stage: Int)
  }

  /// Absolute.
  let folder: String
  private let repository: GitRepository
  private let source: Source
  private let index: String
  private let temporary: TemporaryFolder
  /// Whether all of it has been written.
  private(set) var isWhole = false

  /// - Throws: `GitError` when there is no such revision.
  init(_ source: Source, of repository: GitRepository) throws {
    self.repository = repository
    self.source = source
    temporary = try TemporaryFolder()
    folder = Path.join(temporary.path, "tree")
    index = if case .index = source { repository.indexFile } else { Path.join(temporary.path, "index") }
    // The end of the repository for whoever looks upwards, and no repository.
    try File.makeFolders(Path.join(folder, ".git"))
    if case .revision(let name) = source {
      try git.run(["read-tree", try repository.commit(name)])
    }
  }

  private var environment: [String: String] {
    ["GIT_DIR": repository.gitFolder, "GIT_WORK_TREE": folder, "GIT_INDEX_FILE": index]
  }

  private var git: Git { Git(folder: folder, environment: environment) }

  /// The bytes of a file as they are stored.
  func bytes(of path: String) throws -> [UInt8]? {
    guard let entry = try entries(below: path).first(where: { $0.path == path }) else { return nil }
    return try git.run(["cat-file", "blob", entry.object])
  }

  /// Writes a folder's files, or with an empty path all of them.
  ///
  /// Filters that the user has set up, such as Git LFS, are applied, as in a checkout.
  func write(_ path: String) throws {
    let all = try entries(below: path)
    let files = all.filter { !$0.isSubmodule }
    // What says how files are written comes first.
    try checkOut(files.filter { Path.name(of: $0.path) == ".gitattributes" })
    try checkOut(files.filter { Path.name(of: $0.path) != ".gitattributes" })
    for module in all where module.isSubmodule { try write(submodule: module) }
    if path.isEmpty { isWhole = true }
  }

  private func checkOut(_ files: [Entry]) throws {
    for (stage, files) in Dictionary(grouping: files, by: \.stage).sorted(by: { $0.key < $1.key }) {
      let input = files.reduce(into: [UInt8]()) { $0 += Array($1.path.utf8) + [0] }
      let scope = stage == 0 ? [] : ["--stage=\(stage)"]
      try git.run(["checkout-index", "--force", "-z", "--stdin"] + scope, input: input)
    }
  }

  /// The files of a submodule at the commit that the tree names, where its repository is at hand.
  private func write(submodule entry: Entry) throws {
    guard let top = repository.top, let inner = try? GitRepository(at: Path.join(top, entry.path)),
      inner.top != top, let tree = try? GitTree(.revision(entry.object), of: inner)
    else { return }
    try tree.write("")
    let target = Path.join(folder, entry.path)
    TemporaryFolder.remove(target)
    try File.makeFolders(Path.folder(of: target))
    TemporaryFolder.remove(Path.join(tree.folder, ".git"))
    guard rename(tree.folder, target) == 0 else { throw FileError("write", target) }
  }

  struct Entry {
    var path: String
    var object: String
    var stage: Int
    var isSubmodule: Bool
  }

  /// The files below a path, as the index lists them.
  private func entries(below path: String) throws -> [Entry] {
    let scope = path.isEmpty ? [] : ["--", ":(literal,top)\(path)"]
    let wanted = if case .index(let stage) = source { stage } else { 0 }
    return try git.parts(["ls-files", "--stage", "-z", "--full-name"] + scope).compactMap { line in
      // `100644 <object> 0<tab>path`
      guard let tab = line.firstIndex(of: "\t") else { return nil }
      let words = line[..<tab].split(separator: " ")
      guard words.count == 3, let stage = Int(words[2]), stage == 0 || stage == wanted else { return nil }
      return Entry(
        path: String(line[line.index(after: tab)...]), object: String(words[1]), stage: stage,
        isSubmodule: words[0] == "160000")
    }
  }
}

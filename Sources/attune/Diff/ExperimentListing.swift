internal import Artifacts
internal import Glibc

/// Finds the experiments and manifests below a folder of a repository.
struct ExperimentListing {
  private let repository: GitRepository

  init(_ repository: GitRepository) { self.repository = repository }

  /// Those that one side has at least, as paths from the current folder, sorted; nil where the path is no folder in either.
  func files(below given: String, _ before: DiffSource, _ after: DiffSource) throws -> [String]? {
    let path = try repository.path(given)
    let sides = try [before, after].map { try names(of: $0, below: path, given) }
    guard !sides.contains([path]), File.kind(of: given) == .folder || sides.contains(where: { !$0.isEmpty }) else {
      return nil
    }
    var found = Set<String>()
    for (side, names) in zip([before, after], sides) {
      for name in names where !found.contains(name) {
        if try isWanted(name, of: side) { found.insert(name) }
      }
    }
    guard !found.isEmpty else { throw DocumentError("there is no experiment and no manifest below `\(given)`") }
    return found.sorted().map(fromHere)
  }

  /// The names of a side's files below a path, from the top.
  private func names(of side: DiffSource, below path: String, _ given: String) throws -> [String] {
    let scope = path.isEmpty ? [] : [":(literal,top)\(path)"]
    switch side {
    case .revision(let revision, _):
      let commit = try repository.commit(revision)
      // `ls-tree` takes paths as they are.
      return try repository.git.parts(
        ["ls-tree", "-r", "-z", "--full-tree", "--name-only", commit] + (path.isEmpty ? [] : ["--", path]))
    case .index: return try repository.git.parts(["ls-files", "-z", "--full-name", "--"] + scope)
    case .file, .run:
      let names = try repository.git.parts(
        ["ls-files", "-z", "--full-name", "--cached", "--others", "--exclude-standard", "--"] + scope)
      return names.filter { File.kind(of: fromTop($0)) == .file }
    }
  }

  private func fromTop(_ name: String) -> String { repository.top.map { Path.join($0, name) } ?? name }

  private func fromHere(_ name: String) -> String {
    guard !repository.prefix.isEmpty else { return name }
    if name.hasPrefix(repository.prefix) { return String(name.dropFirst(repository.prefix.count)) }
    let depth = repository.prefix.count { $0 == "/" }
    return String(repeating: "../", count: depth) + name
  }

  private func isWanted(_ name: String, of side: DiffSource) throws -> Bool {
    if Path.name(of: name) == Manifest.fileName { return true }
    guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else { return false }
    let bytes: [UInt8]
    switch side {
    case .revision(let revision, _):
      bytes = try repository.git.run(["cat-file", "blob", "\(try repository.commit(revision)):\(name)"])
    case .index: bytes = (try? repository.git.run(["cat-file", "blob", ":0:\(name)"])) ?? []
    case .file, .run: bytes = (try? File.read(fromTop(name))) ?? []
    }
    // The key that each experiment has, or takes from the one that it extends.
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).contains {
      $0.hasPrefix("attune:") || $0.hasPrefix("extends:")
    }
  }
}

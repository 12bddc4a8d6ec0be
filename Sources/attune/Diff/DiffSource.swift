internal import Artifacts

/// Where a side of a comparison comes from, as it was asked for.
enum DiffSource: Hashable {
  /// A file or a folder of results.
  case file(String)
  /// A file of a commit; the path is from the top of the repository.
  case revision(String, path: String)
  /// A file of git's index: with a stage of 1, 2 or 3 that side of a conflict (what both come from, ours, theirs), else 0.
  case index(stage: Int, path: String)
  /// A run of the project of the current folder, as `attune list` numbers them.
  case run(Int)

  var label: String {
    switch self {
    case .file(let path): path
    case .revision(let revision, let path):
      "\(Self.isCommit(revision) ? String(revision.prefix(12)) : revision):\(path)"
    case .index(0, let path): ":\(path)"
    case .index(let stage, let path): ":\(stage):\(path)"
    case .run(let number): "run:\(number)"
    }
  }
}

extension DiffSource {
  /// Whether a revision is the whole name of a commit.
  private static func isCommit(_ revision: String) -> Bool {
    revision.utf8.count == 40 && revision.allSatisfy(\.isHexDigit)
  }
}

/// Reads what `attune diff` is given into pairs of sources.
struct DiffArguments {
  let sides: [String]
  let paths: [String]
  /// Whether the index stands for the working tree.
  let isStaged: Bool

  static let usage = "two files, REV:path or run:N; or revisions and `-- path`"

  /// Two sides that are compared.
  struct Pair {
    var before: DiffSource
    var after: DiffSource
    /// Whether it was found in a folder: then it is shown only where something differs.
    var isListed = false
    /// Whether one of the two may be missing.
    var isOfRevisions = false
  }

  /// - Throws: `DocumentError` with what is wrong and the way out.
  func pairs() throws -> [Pair] {
    if !paths.isEmpty {
      return try paths.flatMap { path in
        let (before, after) = try pair(path)
        let below = try ExperimentListing(GitRepository(at: ".")).files(below: path, before, after)
        return try below?.map { file in
          let (before, after) = try pair(file)
          return Pair(before: before, after: after, isListed: true, isOfRevisions: true)
        } ?? [Pair(before: before, after: after, isOfRevisions: true)]
      }
    }
    guard !isStaged else { throw DocumentError("`--staged` is for paths: `attune diff --staged -- e.yaml`") }
    switch sides.count {
    case 2: return [Pair(before: try source(sides[0]), after: try source(sides[1]))]
    case 1:
      guard File.kind(of: sides[0]) == .file else { break }
      let committed = DiffSource.revision("HEAD", path: try GitRepository(at: ".").path(sides[0]))
      return [Pair(before: committed, after: .file(sides[0]))]
    default: break
    }
    throw DocumentError("compare \(Self.usage)")
  }

  private func source(_ text: String) throws -> DiffSource {
    if File.kind(of: text) != nil { return .file(text) }
    if text.hasPrefix("run:"), let number = Int(text.dropFirst(4)) { return .run(number) }
    guard let colon = text.firstIndex(of: ":") else {
      throw DocumentError("there is no file `\(text)`; a revision is compared with `-- path` behind it")
    }
    let revision = String(text[..<colon])
    var path = String(text[text.index(after: colon)...])
    var stage = 0
    if revision.isEmpty, let number = ["0:", "1:", "2:", "3:"].firstIndex(where: path.hasPrefix) {
      (stage, path) = (number, String(path.dropFirst(2)))
    }
    let repository = try GitRepository(at: ".")
    // As git has it: from the top, unless it begins with `./` or `../`.
    let isRelative = path.hasPrefix("./") || path.hasPrefix("../")
    let full = try isRelative || repository.prefix.isEmpty ? repository.path(path) : path
    guard !full.isEmpty else { throw DocumentError("`\(text)` names no file") }
    return revision.isEmpty ? .index(stage: stage, path: full) : .revision(revision, path: full)
  }

  /// The sides of one path: the index and the working tree, a revision and the working tree, or two revisions.
  private func pair(_ given: String) throws -> (DiffSource, DiffSource) {
    let repository = try GitRepository(at: ".")
    let path = try repository.path(given)
    let revisions = try sides.flatMap { try Self.range($0, repository) }
    switch (revisions.count, isStaged) {
    case (0, false): return (.index(stage: 0, path: path), .file(given))
    case (0, true): return (.revision("HEAD", path: path), .index(stage: 0, path: path))
    case (1, false): return (.revision(revisions[0], path: path), .file(given))
    case (1, true): return (.revision(revisions[0], path: path), .index(stage: 0, path: path))
    case (2, false): return (.revision(revisions[0], path: path), .revision(revisions[1], path: path))
    default: throw DocumentError("there are too many revisions: compare \(Self.usage)")
    }
  }

  /// `A..B` is both, `A...B` where they parted and `B`.
  private static func range(_ text: String, _ repository: GitRepository) throws -> [String] {
    for separator in ["...", ".."] {
      guard let range = text.firstRange(of: separator) else { continue }
      let ends = [text[..<range.lowerBound], text[range.upperBound...]].map { $0.isEmpty ? "HEAD" : String($0) }
      return separator == ".." ? ends : [try repository.mergeBase(ends[0], ends[1]), ends[1]]
    }
    return [text]
  }
}

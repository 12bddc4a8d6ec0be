internal import Artifacts

/// A repository, and where the command stands in it.
struct GitRepository {
  let git: Git
  /// Absolute.
  let gitFolder: String
  /// The top of the working tree, absolute; nil in a bare repository.
  let top: String?
  /// Absolute.
  let indexFile: String
  /// The folder that the command is called in, relative to the top, with a slash at its end; empty at the top.
  let prefix: String

  /// - Throws: `GitError` outside of a repository.
  init(at folder: String) throws {
    git = Git(folder: folder)
    gitFolder = try git.line(["rev-parse", "--absolute-git-dir"])
    indexFile = try git.line(["rev-parse", "--path-format=absolute", "--git-path", "index"])
    let isInside = try git.line(["rev-parse", "--is-inside-work-tree"]) == "true"
    top = isInside ? try git.line(["rev-parse", "--show-toplevel"]) : nil
    prefix = isInside ? try git.line(["rev-parse", "--show-prefix"]) : ""
  }

  /// The commit that a revision names.
  ///
  /// - Throws: `DocumentError` with the way out, where there is none.
  func commit(_ revision: String) throws -> String {
    let name = try? git.line(["rev-parse", "--verify", "--quiet", "--end-of-options", "\(revision)^{commit}"])
    if let name, !name.isEmpty { return name }
    let isShallow = (try? git.line(["rev-parse", "--is-shallow-repository"])) == "true"
    throw DocumentError(
      isShallow
        ? "there is no revision `\(revision)` in this clone, which is shallow: `git fetch --unshallow` gets all of them"
        : "there is no revision `\(revision)`")
  }

  /// The newest commit that both have come from.
  func mergeBase(_ first: String, _ second: String) throws -> String {
    let commits = [try commit(first), try commit(second)]
    guard let base = try? git.line(["merge-base", "--end-of-options"] + commits), !base.isEmpty else {
      throw DocumentError("`\(first)` and `\(second)` have no commit in common")
    }
    return base
  }

  /// A path from the top, of one that a user gives: from the folder of the command, or absolute.
  func path(_ given: String) throws -> String {
    var path = prefix + given
    if given.hasPrefix("/") {
      guard let top, let folder = Path.resolved(Path.folder(of: given)), (folder + "/").hasPrefix(top + "/") else {
        throw DocumentError("`\(given)` is outside of the repository")
      }
      path = String((folder + "/" + Path.name(of: given)).dropFirst(top.count + 1))
    }
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part != ".." {
        parts.append(part)
      } else if parts.popLast() == nil {
        throw DocumentError("`\(given)` is outside of the repository")
      }
    }
    return parts.joined(separator: "/")
  }

  /// What a file of one revision was called in another, by its content; nil where git knows of no renaming.
  func renamed(_ path: String, from: String, to: String) throws -> String? {
    let fields = try git.parts(["diff", "--name-status", "-z", "--find-renames", "--diff-filter=R", from, to, "--"])
    // `R100`, the old name, the new name.
    for start in stride(from: 0, to: fields.count - 2, by: 3) {
      if fields[start + 2] == path { return fields[start + 1] }
      if fields[start + 1] == path { return fields[start + 2] }
    }
    return nil
  }
}

internal import ArgumentParser
internal import Artifacts
internal import Compiler
internal import Execution
internal import Search

/// What git calls for a manifest, or for its trials, that two branches have changed.
struct MergeResultsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge-results", abstract: "Unites the trials of two results and derives the best again, for git.",
    discussion: """
      The experiment of both, as their manifests record it, is merged as text; where the outcomes of both lead its search to \
      its end, that is the result. Else the file stays as this branch has it, and git is told of a conflict.
      """, shouldDisplay: false)

  @Argument(help: "The file of the common ancestor.") var base: String
  @Argument(help: "The file of this branch, which becomes the merged one.") var ours: String
  @Argument(help: "The file of the other branch.") var theirs: String
  @Argument(help: "Its path in the repository.") var path: String

  func run() throws {
    do {
      let finder = ResultFinder(repository: try GitRepository(at: "."), path: path)
      let merge = ResultMerge(
        base: try? finder.result(of: base), ours: try finder.result(of: ours), theirs: try finder.result(of: theirs))
      let merged = try merge.merged()
      let isManifest = Path.name(of: path) == Manifest.fileName
      try File.replace(ours, with: isManifest ? merged.manifest.fileBytes : merged.trials)
    } catch {
      Console.note("attune: \(path) is left as this branch has it: \(error)")
      let help =
        error is ContradictoryResults
        ? "take the result of one branch, both of its files: `git checkout --ours` or `--theirs \(Path.folder(of: path))`"
        : "finish the merge of the experiment, then `attune apply` makes the result again: what is recorded in the project "
          + "is not run again"
      Console.note(" = help: \(help)")
      throw ExitCode.different
    }
  }
}

/// Trials of a merged result that came to other outcomes in one branch than in the other: neither is to be lost unseen.
private struct ContradictoryResults: Error, CustomStringConvertible {
  let trials: [Int]

  var description: String {
    let first = trials.prefix(5).map(String.init).joined(separator: ", ")
    return trials.count == 1
      ? "trial \(first) has another outcome in one branch than in the other"
      : "\(trials.count) trials have other outcomes in one branch than in the other: \(first)"
        + (trials.count > 5 ? " and more" : "")
  }
}

/// A manifest and the bytes of its trials.
struct WrittenResult {
  var manifest: Manifest
  var trials: [UInt8]
}

/// Finds both files of a result by one of them, among the commits of a repository.
struct ResultFinder {
  let repository: GitRepository
  /// Of one of the two, from the top.
  let path: String

  /// - Parameter file: a copy of what stands at the path in some commit.
  /// - Throws: `DocumentError` where there is no commit that has it and its other half.
  func result(of file: String) throws -> WrittenResult {
    let bytes = try File.read(file)
    let object = try repository.git.line(["hash-object", "--no-filters", "--", file])
    let isManifest = Path.name(of: path) == Manifest.fileName
    let other = Path.join(Path.folder(of: path), isManifest ? Manifest.trialsFileName : Manifest.fileName)
    for commit in try commits(with: object) {
      guard let half = try? repository.git.run(["cat-file", "blob", "\(commit):\(other)"]) else { continue }
      let (manifest, trials) = isManifest ? (bytes, half) : (half, bytes)
      if let read = try? Manifest(fileBytes: manifest), Digest(of: "file", trials) == read.content.trialsDigest {
        return WrittenResult(manifest: read, trials: trials)
      }
    }
    throw DocumentError("no commit has a whole result with this file")
  }

  /// The commits in which the object stands at the path: those that are being merged first, then all that brought it.
  private func commits(with object: String) throws -> [String] {
    // `git merge` names what it merges so.
    let named = ProcessEnvironment.entries.filter { $0.hasPrefix("GITHEAD_") }
      .map { String($0.dropFirst(8).prefix { $0 != "=" }) }
    let heads = (["HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD", "FETCH_HEAD"] + named).compactMap {
      try? repository.git.line(["rev-parse", "--verify", "--quiet", "\($0)^{commit}"])
    }
    let bringers = try repository.git.line(
      ["log", "--all", "--format=%H", "--find-object=\(object)"] + heads + ["--", path])
    return (heads + bringers.split(separator: "\n").map(String.init)).filter { commit in
      (try? repository.git.line(["rev-parse", "--verify", "--quiet", "\(commit):\(path)"])) == object
    }
  }
}

/// Two results that have come from one.
struct ResultMerge {
  let base: WrittenResult?
  let ours: WrittenResult
  let theirs: WrittenResult

  /// - Throws: `DocumentError` with what stands against it.
  func merged() throws -> WrittenResult {
    let (mine, other) = (ours.manifest, theirs.manifest)
    if mine.content == other.content {
      return mine.circumstances.finished >= other.circumstances.finished ? ours : theirs
    }
    var circumstances = try mergedCircumstances()
    let document = try plan(circumstances)
    switch try DerivedResult(of: document, from: [(mine, ours.trials), (other, theirs.trials)]) {
    case .missing(let count):
      throw DocumentError(
        "the merged experiment calls for \(count) trial\(count == 1 ? "" : "s") at least that neither branch has run")
    case .contradictory(let trials): throw ContradictoryResults(trials: trials)
    case .whole(let content, let trials):
      (circumstances.executed, circumstances.reused) = (0, content.conclusion.trials)
      circumstances.forecast = nil
      return WrittenResult(manifest: Manifest(content: content, circumstances: circumstances), trials: trials)
    }
  }

  /// What the merged text compiles to, with what trials are named by from both sides.
  private func plan(_ circumstances: Circumstances) throws -> PlanDocument {
    func chosen<T: Equatable>(_ what: String, _ value: (Plan) -> T) throws -> T {
      try Self.chosen(
        what, base.map { value($0.manifest.content.plan.plan) }, value(ours.manifest.content.plan.plan),
        value(theirs.manifest.content.plan.plan))
    }
    let interpreter = try chosen("the interpreter") { $0.trial.interpreter }
    let compilation = compile(
      Array(circumstances.source.utf8), path: circumstances.sourcePath,
      inputs: .recorded(try inputs(), steps: try chosen("the inputs of steps") { $0.stepInputs }),
      bases: .recorded(circumstances.bases), settings: try chosen("what was set") { $0.settings },
      interpreter: { _ in interpreter })
    guard var plan = compilation.plan else { throw DocumentError("the merged experiment does not compile") }
    plan.search.observations = try chosen("what the search has learnt before") { $0.search.observations }
    return PlanDocument(plan)
  }

  private func inputs() throws -> [InputFile] {
    func files(_ result: WrittenResult?) -> [String: InputFile] {
      let inputs = result?.manifest.content.plan.plan.inputs ?? []
      return Dictionary(inputs.map { ($0.path, $0) }) { first, _ in first }
    }
    let (old, mine, other) = (files(base), files(ours), files(theirs))
    let paths = Set(mine.keys).union(other.keys).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return try paths.compactMap { path in
      try Self.chosen("the input \(path)", base == nil ? nil : .some(old[path]), mine[path], other[path])
    }
  }

  private func mergedCircumstances() throws -> Circumstances {
    let (mine, other) = (ours.manifest.circumstances, theirs.manifest.circumstances)
    var circumstances = mine
    circumstances.source = try text("the experiment", base?.manifest.circumstances.source, mine.source, other.source)
    let paths = Set((mine.bases + other.bases).map(\.path)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    circumstances.bases = try paths.map { path in
      func find(_ circumstances: Circumstances?) -> String? {
        circumstances?.bases.first { $0.path == path }?.text
      }
      return BaseText(
        path: path,
        text: try text(path, find(base?.manifest.circumstances), find(mine) ?? "", find(other) ?? ""))
    }
    circumstances.finished = max(mine.finished, other.finished)
    circumstances.workers = max(mine.workers, other.workers)
    circumstances.seconds = mine.seconds + other.seconds
    circumstances.surplus = 0
    if mine.host != other.host { circumstances.host = [mine.host, other.host].sorted().joined(separator: ", ") }
    return circumstances
  }

  /// The text with the changes of both sides, as git merges files.
  private func text(_ what: String, _ base: String?, _ mine: String, _ other: String) throws -> String {
    if let same = try? Self.chosen(what, base, mine, other) { return same }
    guard let base else { throw DocumentError("\(what) differs, and nothing says from what") }
    let folder = try TemporaryFolder()
    let names = try [("ours", mine), ("base", base), ("theirs", other)].map { name, text in
      try folder.write(Array(text.utf8), to: name)
    }
    guard let merged = try? Git(folder: folder.path).run(["merge-file", "-p", "--"] + names) else {
      throw DocumentError("both branches have changed the same lines of \(what)")
    }
    return String(decoding: merged, as: UTF8.self)
  }

  /// What both sides have, or the side that has changed it.
  private static func chosen<T: Equatable>(_ what: String, _ base: T?, _ mine: T, _ other: T) throws -> T {
    if mine == other { return mine }
    if mine == base { return other }
    if other == base { return mine }
    throw DocumentError("both branches have changed \(what)")
  }
}

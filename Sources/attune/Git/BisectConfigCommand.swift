internal import ArgumentParser
internal import Artifacts
internal import Execution
internal import Report
internal import Search

struct BisectConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bisect-config", abstract: "Tells which revision of an experiment changed its best result.",
    discussion: """
      Walks the history of an experiment file and of its inputs, and takes the result of each revision from what is recorded: \
      in the project's journal, and in the manifests that were committed. Nothing is run: a revision whose trials are not \
      recorded has no result here.
      """)

  @Argument(help: "The experiment file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Option(name: [.customShort("n"), .long], help: "How many revisions, the newest.")
  var limit = 50

  @Flag(help: "Print the revisions as JSON on standard output.")
  var json = false

  func validate() throws {
    if limit < 1 { throw ValidationError("-n is at least 1.") }
  }

  func run() throws {
    Console.ignoreClosedPipes()
    try reporting(file) {
      let history = try ConfigHistory(of: file, limit: limit)
      guard !history.steps.isEmpty else {
        throw DocumentError("no revision of it is committed, or none of them compiles")
      }
      if json { return Console.print(JSON.array(history.steps.map(\.json)).canonicalText) }
      let head = ["revision", "date", "result", "trials", "what changed", "subject"]
      for line in Text.table([head] + history.steps.map(\.row), indent: "") { Console.print(line) }
      Console.print("")
      for line in history.verdict { Console.print(line) }
    }
  }
}

/// The revisions of an experiment, from the oldest to the newest, each with its recorded result.
struct ConfigHistory {
  struct Step {
    var commit: String
    var date: String
    var subject: String
    var plan: PlanDocument
    /// The parts that changed since the revision before; empty for the first.
    var changes: [String]
    /// How many of the planned trials are recorded.
    var recorded: Int
    /// Whether they lead the search to its end.
    var isComplete: Bool
    /// One for each objective, of the best trial with one objective; nil where nothing is recorded.
    var best: [Double]?
  }

  private(set) var steps: [Step] = []

  /// - Throws: `GitError` outside of a repository.
  init(of file: String, limit: Int) throws {
    let repository = try GitRepository(at: ".")
    let path = try repository.path(file)
    let project = try Project(folderOf: file)
    let manifests = try Self.manifests(repository, project, file)
    for revision in try Self.revisions(repository, path, project, limit).reversed() {
      // Each with a loader of its own: what a revision's files take is given back before the next. A revision that does not
      // compile has no result.
      var loader = DiffLoader(settings: [])
      loader.isQuiet = true
      guard let side = try? loader.load(.revision(revision.commit, path: revision.path)) else { continue }
      let plan = side.side.plan
      if let last = steps.last, last.plan.digest == plan.digest { continue }
      let recorded = try RecordedTrials(of: plan, in: project)
      let manifest = manifests[plan.digest]
      let changes = steps.last.map { last in
        var seen = Set<PlanEdit.Section>()
        return PlanDiff(last.plan, plan).edits.map(\.section).filter { seen.insert($0).inserted }.map(\.rawValue)
      }
      let isWritten = manifest != nil && !recorded.areComplete
      let best = isWritten ? manifest?.content.best.first : recorded.best.first
      steps.append(
        Step(
          commit: revision.commit, date: revision.date, subject: revision.subject, plan: plan, changes: changes ?? [],
          recorded: isWritten ? manifest?.content.conclusion.trials ?? 0 : recorded.count,
          isComplete: isWritten || recorded.areComplete, best: best?.values))
    }
  }

  private struct Revision {
    var commit: String
    var date: String
    var subject: String
    var path: String
  }

  /// The commits that changed the file, under whatever name, or one of its inputs as they are now; the newest first.
  private static func revisions(
    _ repository: GitRepository, _ path: String, _ project: Project, _ limit: Int
  ) throws -> [Revision] {
    let format = "--format=%x01%H%x02%cs%x02%s"
    let top = ":(top,literal)"
    let own = try repository.git.line(
      ["-c", "core.quotePath=false", "log", "--follow", "--name-status", format, "--", top + path])
    // What a commit calls the file, and what it was called before.
    var names: [String: [String]] = [:]
    var revisions: [String: (date: String, subject: String)] = [:]
    func note(_ text: String) -> [String] {
      text.split(separator: "\u{1}").map { entry in
        let lines = entry.split(separator: "\n", omittingEmptySubsequences: true)
        let parts = (lines.first ?? "").split(separator: "\u{2}", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 else { return "" }
        revisions[parts[0]] = (parts[1], parts[2])
        if lines.count > 1 { names[parts[0]] = lines[1].split(separator: "\t").dropFirst().map(String.init).reversed() }
        return parts[0]
      }
    }
    _ = note(own)
    let inputs =
      (try? Experiment.quietly(Path.join(project.experimentFolder, project.experimentFile), []))??.inputs ?? []
    if !inputs.isEmpty {
      let folder = Path.folder(of: path)
      let scope = inputs.prefix(500).map { top + Path.join(folder, $0.path) }
      _ = note(try repository.git.line(["log", format, "--"] + scope))
    }
    let order = try repository.git.line(["rev-list", "--topo-order", "HEAD"]).split(separator: "\n").map(String.init)
    var name = path
    var found: [Revision] = []
    for commit in order {
      guard let revision = revisions[commit] else { continue }
      let own = names[commit] ?? []
      name = own.first ?? name
      found.append(Revision(commit: commit, date: revision.date, subject: revision.subject, path: name))
      name = own.last ?? name
      if found.count == limit { break }
    }
    return found
  }

  /// The manifests that were committed for the experiment, by the digests of their plans.
  private static func manifests(
    _ repository: GitRepository, _ project: Project, _ file: String
  ) throws -> [Digest: Manifest] {
    guard let top = repository.top,
      let plan = (try? Experiment.quietly(Path.join(project.experimentFolder, project.experimentFile), [])) ?? nil
    else { return [:] }
    let path = Path.relative(project.manifestPath(of: plan.name), to: top)
    let commits = try repository.git.line(["log", "--format=%H", "--diff-filter=AM", "--", ":(top,literal)\(path)"])
    var manifests: [Digest: Manifest] = [:]
    for commit in commits.split(separator: "\n") {
      guard let bytes = try? repository.git.run(["cat-file", "blob", "\(commit):\(path)"]),
        let manifest = try? Manifest(fileBytes: bytes), manifests[manifest.content.plan.digest] == nil
      else { continue }
      manifests[manifest.content.plan.digest] = manifest
    }
    return manifests
  }
}

extension ConfigHistory {
  /// Which revision changed the best result, in sentences.
  var verdict: [String] {
    let known = steps.filter { $0.isComplete && $0.best != nil }
    var lines: [String] = []
    for (last, step) in zip(known, known.dropFirst()) {
      guard let before = last.best, let after = step.best else { continue }
      let (old, new) = (last.plan.plan, step.plan.plan)
      guard old.metrics == new.metrics, old.search.goals == new.search.goals, before != after else { continue }
      let word =
        before.count == 1
        ? (new.search.goals[0].prefers(after[0], to: before[0]) ? "better" : "worse") : "different"
      lines.append(
        "\(step.commit.prefix(12)) made the result \(word): \(Self.text(before)) → \(Self.text(after)); it changed "
          + step.changes.joined(separator: ", "))
    }
    let open = steps.count - known.count
    if open > 0 {
      lines.append("\(Text.count(open, "revision")) without a result: the trials are not recorded, or none completed.")
    }
    return lines.isEmpty ? ["No revision changed the best result."] : lines
  }

  fileprivate static func text(_ values: [Double]) -> String { values.map(Text.number).joined(separator: ", ") }
}

extension ConfigHistory.Step {
  var row: [String] {
    [
      String(commit.prefix(12)), date, best.map { ConfigHistory.text($0) + (isComplete ? "" : " so far") } ?? "–",
      "\(Text.grouped(recorded)) of \(Text.grouped(plan.plan.search.plannedTrials))\(isComplete ? ", over" : "")",
      changes.isEmpty ? "–" : changes.joined(separator: ", "), Text.printable(subject),
    ]
  }

  var json: JSON {
    .object([
      "commit": .string(commit), "date": .string(date), "subject": .string(subject),
      "plan": .string(plan.digest.description), "changes": .array(changes.map(JSON.string)), "recorded": .int(recorded),
      "complete": .bool(isComplete), "best": best.map { .array($0.map(JSON.number)) },
    ])
  }
}

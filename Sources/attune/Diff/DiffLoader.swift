internal import ArgumentParser
internal import Artifacts
internal import Compiler
internal import Execution
internal import Search
internal import Store

/// A side of a comparison, with all that is known of it.
struct LoadedSide {
  var side: DiffSide
  /// Of a manifest or a run.
  var result: RecordedResult?
  /// Whose journal may hold its trials: of the experiment, where that is known.
  var project: Project?
}

/// Reads the sides of comparisons. A revision's files are written to a temporary folder once.
struct DiffLoader {
  let settings: [String]
  /// Whether an experiment that does not compile is passed over in silence.
  var isQuiet = false
  private var trees: [DiffSource: GitTree] = [:]

  init(settings: [String]) { self.settings = settings }

  /// Both sides; where a revision has the file under another name, that one is taken.
  ///
  /// - Throws: `DocumentError` or `GitError`; `ExitCode` when an experiment does not compile, which has been shown.
  mutating func load(_ first: DiffSource, _ second: DiffSource) throws -> (LoadedSide, LoadedSide) {
    let (first, second) = try renamed(first, second)
    return (try load(first), try load(second))
  }

  /// The side that has the file where the other one has not; nil where both have it, or neither.
  mutating func only(_ first: DiffSource, _ second: DiffSource) throws -> (side: LoadedSide, isSecond: Bool)? {
    let (first, second) = try renamed(first, second)
    switch (try has(first), try has(second)) {
    case (true, false): return (try load(first), false)
    case (false, true): return (try load(second), true)
    case (true, true), (false, false): return nil
    }
  }

  private mutating func has(_ source: DiffSource) throws -> Bool {
    switch source {
    case .file(let path): File.kind(of: path) != nil
    case .run: true
    case .revision(_, let path), .index(_, let path): try tree(of: source).bytes(of: path) != nil
    }
  }

  mutating func load(_ source: DiffSource) throws -> LoadedSide {
    switch source {
    case .file(let path): return try file(path)
    case .run(let number): return try run(number)
    case .revision(_, let path), .index(_, let path):
      let tree = try tree(of: source)
      guard let bytes = try tree.bytes(of: path) else {
        throw DocumentError("there is no `\(path)` in \(Self.place(source))")
      }
      return try stored(bytes, path, source, tree)
    }
  }

  private static func place(_ source: DiffSource) -> String {
    if case .revision(let revision, _) = source {
      "the revision `\(revision)`"
    } else {
      "the index; `:2:path` is a side of a conflict"
    }
  }

  private mutating func tree(of source: DiffSource) throws -> GitTree {
    var (name, kind) = (DiffSource.index(stage: 0, path: ""), GitTree.Source.index(stage: 0))
    switch source {
    case .revision(let revision, _): (name, kind) = (.revision(revision, path: ""), .revision(revision))
    case .index(let stage, _): (name, kind) = (.index(stage: stage, path: ""), .index(stage: stage))
    case .file, .run: break
    }
    if let tree = trees[name] { return tree }
    let tree = try GitTree(kind, of: GitRepository(at: "."))
    trees[name] = tree
    return tree
  }

  /// Of two revisions, one may have the file under another name.
  private mutating func renamed(_ first: DiffSource, _ second: DiffSource) throws -> (DiffSource, DiffSource) {
    guard case .revision(let old, let path) = first, case .revision(let new, path) = second else {
      return (first, second)
    }
    let (isInOld, isInNew) = (try tree(of: first).bytes(of: path) != nil, try tree(of: second).bytes(of: path) != nil)
    guard isInOld != isInNew else { return (first, second) }
    let repository = try GitRepository(at: ".")
    guard let other = try repository.renamed(path, from: repository.commit(old), to: repository.commit(new)) else {
      return (first, second)
    }
    return isInOld ? (first, .revision(new, path: other)) : (.revision(old, path: other), second)
  }

  // MARK: - Files and runs

  private func file(_ given: String) throws -> LoadedSide {
    let path = File.kind(of: given) == .folder ? Path.join(given, Manifest.fileName) : given
    guard File.kind(of: path) == .file else {
      throw DocumentError("there is no file `\(path)`")
    }
    switch try GivenFile(path: path) {
    case .experiment:
      let project = try Project(experiment: path)
      let compiled = try Self.compiled(
        File.read(path), path, folder: project.experimentFolder, repository: project.repository, project, settings)
      return LoadedSide(side: side(compiled, path, file: path), project: project)
    case .plan(let plan):
      let project = try? Project(experiment: Path.join(Path.folder(of: path), plan.plan.experimentFile))
      return LoadedSide(side: DiffSide(label: given, kind: .plan, plan: plan, file: path), project: project)
    case .manifest(let manifest):
      let trials = Path.join(Path.folder(of: path), Manifest.trialsFileName)
      let bytes = File.kind(of: trials) == .file ? try File.read(trials) : nil
      return try loaded(manifest, bytes, label: given, file: path, near: path)
    }
  }

  private func run(_ number: Int) throws -> LoadedSide {
    let project = try Project(folderOf: "./-")
    guard let (plan, result) = try RecordedResult.ofRun(number, in: project) else {
      throw DocumentError("there is no run \(number) in this project; `attune list` lists those that there are")
    }
    let runs = try ProjectState.runs(of: project, ofExperiment: false, limit: .max)
    let experiment = runs.first { $0.id == number }?.experiment ?? plan.plan.experimentFile
    return LoadedSide(
      side: DiffSide(label: "run:\(number)", kind: .run, plan: plan), result: result,
      project: try? Project(folderOf: Path.join(project.folder, experiment)))
  }

  private func loaded(
    _ manifest: Manifest, _ trials: [UInt8]?, label: String, file: String?, near path: String
  ) throws -> LoadedSide {
    let circumstances = manifest.circumstances
    let folder = (try? Project(folderOf: path))?.folder
    return LoadedSide(
      side: DiffSide(
        label: label, kind: .manifest, plan: manifest.content.plan,
        text: [circumstances.source] + circumstances.bases.map(\.text), file: file),
      result: try RecordedResult(manifest, trials: trials),
      project: folder.flatMap { try? Project(folderOf: Path.join($0, circumstances.sourcePath)) })
  }

  private func side(_ compiled: (PlanDocument, [String]), _ label: String, file: String?) -> DiffSide {
    DiffSide(label: label, kind: .experiment, plan: compiled.0, text: compiled.1, file: file)
  }

  // MARK: - What git has

  /// A file of a revision or of the index.
  private func stored(_ bytes: [UInt8], _ path: String, _ source: DiffSource, _ tree: GitTree) throws -> LoadedSide {
    let repository = try GitRepository(at: ".")
    let working = repository.top.map { Path.join($0, path) }
    let file = working.flatMap { File.kind(of: $0) == .file ? Console.shortened($0) : nil }
    guard GivenFile.isDocument(bytes, path) else {
      let project = working.flatMap { try? Project(folderOf: $0) }
      let compiled = try experiment(bytes, path, label: source.label, tree, project)
      return LoadedSide(side: side(compiled, source.label, file: file), project: project)
    }
    guard try JSON(document: bytes)["schema"]?.string == Manifest.schema else {
      let plan = try PlanDocument(fileBytes: bytes)
      return LoadedSide(side: DiffSide(label: source.label, kind: .plan, plan: plan, file: file))
    }
    let trials = Path.join(Path.folder(of: path), Manifest.trialsFileName)
    return try loaded(
      Manifest(fileBytes: bytes), tree.bytes(of: trials), label: source.label, file: file, near: working ?? path)
  }

  /// An experiment of a tree, with the inputs that it has there.
  ///
  /// The experiment's folder is written; the whole tree only where the experiment reaches out of it.
  private func experiment(
    _ bytes: [UInt8], _ path: String, label: String, _ tree: GitTree, _ project: Project?
  ) throws -> (PlanDocument, [String]) {
    let folder = Path.folder(of: path) == "." ? "" : Path.folder(of: path)
    // What the plan calls the experiment file is what stands behind the last slash.
    let name = label.contains("/") ? label : label.replacing(":", with: ":./")
    func compiled(isQuiet: Bool) throws -> (PlanDocument, [String]) {
      try Self.compiled(
        bytes, name, folder: Path.join(tree.folder, folder), repository: tree.folder, project, settings,
        isQuiet: isQuiet)
    }
    if !tree.isWhole {
      try tree.write(folder)
      if let found = try? compiled(isQuiet: true), !found.1.contains(where: { $0.contains("..") }) { return found }
      try tree.write("")
    }
    return try compiled(isQuiet: isQuiet)
  }

  /// The plan and the texts of an experiment.
  ///
  /// - Parameters:
  ///   - folder: where its inputs are.
  ///   - repository: what it may not reach out of.
  ///   - project: where it lies on this machine, for what is not in git: interpreters, and what is recorded.
  /// - Throws: `ExitCode.trouble` when it has errors, which are shown unless it is quiet.
  private static func compiled(
    _ bytes: [UInt8], _ path: String, folder: String, repository: String, _ project: Project?, _ settings: [String],
    isQuiet: Bool = false
  ) throws -> (PlanDocument, [String]) {
    let interpreters =
      project?.interpreters ?? InterpreterSearch(folder: folder, project: repository)
    let compilation = compile(
      bytes, path: path, inputs: .folder(folder), bases: .files(folder: folder, project: repository),
      settings: settings, interpreter: interpreters.interpreter, variable: ProcessEnvironment.digest)
    guard let compiled = compilation.plan else {
      if !isQuiet {
        var printer = DiagnosticPrinter()
        printer.show(compilation)
        Console.note("error: \(path): it does not compile, so there is nothing to compare")
      }
      throw ExitCode.trouble
    }
    let plan = try project?.goingOn(with: compiled) ?? compiled
    return (
      PlanDocument(plan), [String(decoding: bytes, as: UTF8.self)] + compilation.bases.map(\.text)
    )
  }
}

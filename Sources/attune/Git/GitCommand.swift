internal import ArgumentParser
internal import Artifacts
internal import Compiler

struct GitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "git", abstract: "Teaches git to show experiments by their meaning, and to merge results.",
    discussion: """
      `install` sets up this clone: `git diff`, `log -p` and `show` print what experiments and manifests say, a line for \
      each thing; and where two branches have results, a merge unites their trials and derives the best again. `uninstall` \
      takes it back. Only .git/config and .git/info/attributes are changed.
      """,
    subcommands: [Install.self, Uninstall.self, TextConversion.self, MergeResultsCommand.self])

  struct Install: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sets up this clone; what was set up before is replaced.")

    func run() throws {
      try reporting(".") {
        let setup = try GitSetup(GitRepository(at: "."))
        try setup.install()
        Console.print("Set up: \(Console.shortened(setup.attributesFile)) and the sections `attune` of git's config.")
      }
    }
  }

  struct Uninstall: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Takes back what `install` has set up.")

    func run() throws {
      try reporting(".") {
        try GitSetup(GitRepository(at: ".")).uninstall()
        Console.print("Taken back.")
      }
    }
  }

  /// What git calls for each version of a file that it is to show.
  struct TextConversion: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "textconv", shouldDisplay: false)

    @Argument var file: String

    func run() throws {
      try reporting(file) {
        let bytes = try File.read(file)
        guard let facts = Self.facts(bytes) else { return Console.write(bytes) }
        for line in facts { Console.print(line) }
      }
    }

    /// Nil of what is none of attune's, does not compile, or extends a file that git does not hand over: it is shown as it is.
    private static func facts(_ bytes: [UInt8]) -> [String]? {
      if let manifest = try? Manifest(fileBytes: bytes) { return manifest.facts }
      if let plan = try? PlanDocument(fileBytes: bytes) { return plan.facts }
      return compile(bytes, path: "experiment.yaml", inputs: .recorded([])).plan.map { PlanDocument($0).facts }
    }
  }
}

/// What `attune git install` sets up in a clone.
struct GitSetup {
  private let git: Git
  /// Absolute.
  let attributesFile: String

  private static let (begin, end) = ("# attune git install: begin", "# attune git install: end")

  init(_ repository: GitRepository) throws {
    git = repository.git
    attributesFile = try git.line(["rev-parse", "--path-format=absolute", "--git-path", "info/attributes"])
  }

  func install() throws {
    // git hands these to a shell.
    let program = "'" + (Path.resolved("/proc/self/exe") ?? "attune").replacing("'", with: "'\\''") + "'"
    try git.run(["config", "--local", "diff.attune.textconv", "\(program) git textconv"])
    try git.run(["config", "--local", "merge.attune.name", "unite the trials of two results"])
    try git.run(["config", "--local", "merge.attune.driver", "\(program) git merge-results %O %A %B %P"])
    let lines = [
      Self.begin, "*.yaml diff=attune", "*.yml diff=attune",
      "**/results/*/\(Manifest.fileName) diff=attune merge=attune",
      "**/results/*/\(Manifest.trialsFileName) merge=attune", Self.end,
    ]
    try write(others() + lines)
  }

  func uninstall() throws {
    for section in ["diff.attune", "merge.attune"]
    where try git.succeeds(["config", "--local", "--get-regexp", "^\(section.replacing(".", with: "\\."))\\."]) {
      try git.run(["config", "--local", "--remove-section", section])
    }
    if File.kind(of: attributesFile) == .file { try write(others()) }
  }

  /// The lines of the file that are not attune's.
  private func others() throws -> [String] {
    guard File.kind(of: attributesFile) == .file else { return [] }
    var lines: [String] = []
    var isOwn = false
    for line in String(decoding: try File.read(attributesFile), as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if line == Self.begin { isOwn = true }
      if !isOwn { lines.append(String(line)) }
      if line == Self.end { isOwn = false }
    }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  private func write(_ lines: [String]) throws {
    try File.makeFolders(Path.folder(of: attributesFile))
    try File.replace(attributesFile, with: Array(lines.map { $0 + "\n" }.joined().utf8))
  }
}

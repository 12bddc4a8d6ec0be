internal import ArgumentParser
internal import Artifacts
internal import Compiler
internal import Report
internal import Search

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Finds every mistake in experiment files, without planning or running anything.",
    discussion: """
      With --fix, those mistakes are mended in the files whose mending is certain, such as bounds that are swapped or a key \
      that is misspelt; comments, quotes and line ends stay as they are. `attune explain CODE` tells more of a message.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case sarif
    case github
  }

  @Argument(
    help: "Experiment files; `-` is standard input.", completion: .file(extensions: ["yaml", "yml"]))
  var files: [String] = []

  @Flag(
    help:
      "Verify every manifest that git tracks here, and hold it to its experiment as it is; exit with 26 if one is stale."
  )
  var manifests = false

  @Option(help: "text (for people, on standard error), or on standard output: json, sarif or github.")
  var format = Format.text

  @Flag(help: "Mend what is certain, in the files; of standard input, print the mended text.")
  var fix = false

  @Option(
    help: ArgumentHelp("What messages call standard input: a path in the experiment's folder.", valueName: "path"))
  var stdinName = "stdin.yaml"

  @OptionGroup var set: SettingOptions

  @OptionGroup var colour: ColourOption

  func validate() throws {
    guard manifests || !files.isEmpty else { throw ValidationError("Which file is to be checked?") }
    if manifests, !files.isEmpty {
      throw ValidationError("--manifests checks all that git tracks: no file goes with it.")
    }
    if manifests, fix || format != .text { throw ValidationError("--manifests prints lines, and mends nothing.") }
    if files.count(where: { $0 == "-" }) > 1 { throw ValidationError("Standard input can be read once only.") }
    if fix, files.contains("-"), format != .text {
      throw ValidationError("With --fix, the mended text is what is printed of standard input: only text goes with it.")
    }
  }

  func run() throws {
    Console.ignoreClosedPipes()
    if manifests { return try CommittedManifests.check() }
    var checking = Checking(fixes: fix, stdinName: stdinName, settings: set.settings, areMany: files.count > 1)
    var report = CheckReport()
    var printer = DiagnosticPrinter(colour)
    for file in files {
      let checked = checking.check(file)
      if format == .text { printer.show(checked) }
      report.files.append(checked)
    }
    switch format {
    case .text: summarize(report)
    case .json: Console.print(report.json.canonicalText)
    case .sarif: Console.print(report.sarif(version: Attune.version).canonicalText)
    case .github: for line in report.githubLines { Console.print(line) }
    }
    if checking.hasFailed { throw ExitCode.inputOutput }
    if !report.isGood { throw ExitCode.badDocument }
  }

  /// One line: data where all is well, and words about it else.
  private func summarize(_ report: CheckReport) {
    let line: String
    if report.files.count == 1, let file = report.files.first {
      guard let compilation = file.compilation else { return }
      let trials = compilation.plan.map { Text.count($0.search.plannedTrials, "trial") }
      line = trials.map { "\(file.path): correct; at most \($0)." } ?? "\(file.path): \(report.counts(isFixing: fix))"
    } else {
      let bad = report.files.count { $0.refusal != nil || $0.count(.error) > 0 }
      let found = report.counts(isFixing: fix)
      line =
        "\(Text.count(report.files.count, "file")): "
        + (bad == 0 ? "all correct" : "\(Text.grouped(report.files.count - bad)) correct, \(Text.grouped(bad)) not")
        + (found.isEmpty ? "" : "; \(found)")
    }
    // The mended text is the only data then.
    let isData = report.isGood && !(fix && files.contains("-"))
    isData ? Console.print(line) : Console.note(line)
  }
}

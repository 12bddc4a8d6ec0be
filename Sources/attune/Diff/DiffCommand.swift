internal import ArgumentParser
internal import Artifacts
internal import Execution
internal import Report
internal import Store

extension ExitCode {
  /// As of diff(1): there is a difference; something is wrong.
  static let different = ExitCode(1)
  static let trouble = ExitCode(2)
}

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Says what a change means for an experiment, and what it did to the result.",
    usage: """
      attune diff A B                      files, plans, manifests, folders of results, REV:path, :path, run:N
      attune diff FILE                     the file of HEAD, and as it is now
      attune diff [REV [REV]] -- PATH...   the index, revisions (A..B, A...B), and the working tree; of a folder, all in it
      """,
    discussion: """
      Compares what is compiled, never texts: comments, order, anchors, quotes and `extends` make no difference. Two results \
      (manifests, runs) are compared trial by trial as well. Nothing is executed and nothing is written.

      Exit codes, as of diff(1): 0 the same experiment, however it is written; 1 another one; 2 trouble; 3 denied by --policy.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case markdown
    case github
  }

  @Argument(help: "What is compared, or a revision.", completion: .file())
  var before: String?

  @Argument(help: "What it is compared with, or a revision.", completion: .file())
  var after: String?

  @Argument(parsing: .postTerminator, help: "Experiments or documents, of the revisions.", completion: .file())
  var paths: [String] = []

  @Flag(name: [.long, .customLong("cached")], help: "With paths: git's index in place of the working tree.")
  var staged = false

  @Option(help: "text, json, markdown (a comment on a pull request) or github (annotations).")
  var format = Format.text

  @Flag(help: "The same as --format json.")
  var json = false

  @Flag(help: "Only what can change the result: not how many trials run at once, limits of time and memory, or names.")
  var semanticOnly = false

  @OptionGroup var rules: PolicyOption

  @OptionGroup var set: SettingOptions

  @OptionGroup var colour: ColourOption

  func run() throws {
    Console.ignoreClosedPipes()
    let sides = [before, after].compactMap { $0 }
    let arguments = DiffArguments(sides: sides, paths: paths, isStaged: staged)
    var loader = DiffLoader(settings: set.settings)
    let policy = try inTrouble(rules.policy ?? "") { try rules.read(orExit: .trouble) }
    var (isDifferent, isDenied) = (false, false)
    var isFirst = true
    for pair in try inTrouble(sides.first ?? "diff", arguments.pairs) {
      let report = try inTrouble("\(pair.before.label), \(pair.after.label)") { try compare(pair, policy, &loader) }
      let differs = report.isDifferent(semanticOnly: semanticOnly)
      isDenied = isDenied || !report.denials.isEmpty
      isDifferent = isDifferent || differs
      if pair.isListed, !differs, report.denials.isEmpty { continue }
      if !isFirst, format == .text, !json { Console.print("") }
      isFirst = false
      show(report)
      if format != .text || json { rules.show(report.denials) }
    }
    if isDenied { throw ExitCode.denied }
    if isDifferent { throw ExitCode.different }
  }

  /// What is said of a pair.
  private enum Report {
    case both(ExperimentDiff)
    case one(OneSidedDiff)

    var denials: [Denial] {
      switch self {
      case .both(let diff): diff.denials
      case .one(let diff): diff.denials
      }
    }

    func isDifferent(semanticOnly: Bool) -> Bool {
      switch self {
      case .both(let diff): diff.isDifferent(semanticOnly: semanticOnly)
      case .one: true
      }
    }
  }

  private func compare(_ pair: DiffArguments.Pair, _ policy: Policy?, _ loader: inout DiffLoader) throws -> Report {
    if pair.isOfRevisions, let (loaded, isNew) = try loader.only(pair.before, pair.after) {
      var diff = OneSidedDiff(loaded.side, isNew: isNew)
      if let policy, isNew {
        let manifest = loaded.project.map { ManifestState(of: loaded.side.plan, in: $0) } ?? .missing
        diff.denials = policy.denials(
          of: Policy.Subject(plan: loaded.side.plan.plan, forecast: nil, growth: .unknown, manifest: manifest))
      }
      return .one(diff)
    }
    return .both(try compare(pair.before, pair.after, policy, &loader))
  }

  private func compare(
    _ first: DiffSource, _ second: DiffSource, _ policy: Policy?, _ loader: inout DiffLoader
  ) throws -> ExperimentDiff {
    let (before, after) = try loader.load(first, second)
    var diff = try ExperimentDiff(before, after)
    if let policy {
      if let price = policy.hourPrice {
        diff.forecast?.priceBefore = price
        diff.forecast?.priceAfter = price
      }
      let manifest = after.project.map { ManifestState(of: after.side.plan, in: $0) } ?? .missing
      diff.denials = policy.denials(
        of: Policy.Subject(
          plan: after.side.plan.plan, forecast: diff.forecast?.after,
          growth: diff.forecast?.ratio.map { .times($0) } ?? .unknown, manifest: manifest))
    }
    return diff
  }

  private func show(_ report: Report) {
    switch report {
    case .both(let diff): show(diff)
    case .one(let diff): show(diff)
    }
  }

  private func show(_ diff: OneSidedDiff) {
    let text = OneSidedText(diff)
    switch json ? .json : format {
    case .text: for line in text.lines { Console.print(line) }
    case .json: Console.print(diff.json.canonicalText)
    case .markdown: Console.write(text.page, to: 1)
    case .github: for line in text.annotations { Console.print(line) }
    }
  }

  private func show(_ diff: ExperimentDiff) {
    switch json ? .json : format {
    case .text:
      let isColoured = Console.isColoured(1, colour.color)
      for line in DiffText(diff, semanticOnly: semanticOnly, isColoured: isColoured).lines { Console.print(line) }
    case .json: Console.print(diff.json.canonicalText)
    case .markdown: Console.write(DiffMarkdown(diff, semanticOnly: semanticOnly).page, to: 1)
    case .github:
      for line in DiffGitHub(diff, semanticOnly: semanticOnly).lines { Console.print(line) }
    }
  }
}

/// Says what went wrong and ends the program as diff(1) does then.
func inTrouble<Result>(_ subject: String, _ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let exit as ExitCode { throw exit } catch {
    let isNamed = error is FileError || error is StoreError
    Console.note("error: \(isNamed ? "" : "\(subject): ")\(error)")
    throw ExitCode.trouble
  }
}

extension ExperimentDiff {
  /// Compares two sides, and asks the journals of their projects.
  init(_ before: LoadedSide, _ after: LoadedSide) throws {
    self.init(before.side, after.side)
    if let old = before.result, let new = after.result { results = ResultDiff(old, new) }
    let (old, new) = (try before.stored, try after.stored)
    if let new { store = StoreDiff(old, new) }
    let (first, second) = (before.side.plan.plan, after.side.plan.plan)
    // What is recorded of one side is the best guess for the other as well.
    let (oldSeconds, newSeconds) = (old?.runSeconds ?? new?.runSeconds, new?.runSeconds ?? old?.runSeconds)
    if let whole = Forecast(trials: trials.before, of: first, runSeconds: oldSeconds),
      let other = Forecast(trials: trials.after, of: second, runSeconds: newSeconds)
    {
      let rest = new.flatMap { Forecast(trials: $0.toRun, of: second, runSeconds: newSeconds) }
      forecast = ForecastDiff(before: whole, after: other, toRun: rest)
      forecast?.priceBefore = first.usage.price(of: first.trial.resources)
      forecast?.priceAfter = second.usage.price(of: second.trial.resources)
    }
    remarks = method(hasResults: before.result != nil || (old?.count ?? 0) > 0)
  }
}

extension LoadedSide {
  /// What is recorded of it; nil where there is no journal.
  fileprivate var stored: StoredTrials? {
    get throws { try project.flatMap { try StoredTrials(of: side.plan, in: $0) } }
  }
}

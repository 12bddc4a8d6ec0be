internal import ArgumentParser
internal import Artifacts
internal import Compiler
internal import Execution
internal import Report
internal import Search

/// An experiment that has been compiled.
struct Experiment {
  var project: Project
  var source: String
  /// The texts that it extends.
  var bases: [BaseText]
  var plan: PlanDocument

  /// Compiles a file and shows its diagnostics.
  ///
  /// - Throws: `ExitCode.badDocument` when there are errors, `FileError` when it cannot be read.
  init(path: String, settings: [String]) throws {
    let bytes = try File.read(path)
    project = try Project(experiment: path)
    source = String(decoding: bytes, as: UTF8.self)
    let compiled = try Self.compiled(
      bytes, path, inputs: .folder(project.experimentFolder), project: project, settings)
    guard !compiled.plan.trial.command.isEmpty else { throw DocumentError(Self.hasNoTrial) }
    plan = PlanDocument(try project.goingOn(with: compiled.plan))
    bases = compiled.bases
  }

  private static let hasNoTrial = "it has no `trial`, so there is nothing to run: it is for `attune session` alone"

  /// Compiles a file for a session, which runs no trials and needs none of their inputs.
  ///
  /// - Throws: as `init`.
  static func forSession(_ path: String, settings: [String]) throws -> PlanDocument {
    let bytes = try File.read(path)
    return PlanDocument(
      try compiled(bytes, path, inputs: .recorded([]), project: try Project(experiment: path), settings, isQuiet: true)
        .plan)
  }

  /// The plan that a file compiles to now; nil when it has errors. Shows nothing.
  static func quietly(_ path: String, _ settings: [String]) throws -> Plan? {
    let project = try Project(experiment: path)
    let plan = compile(
      try File.read(path), path: path, inputs: .folder(project.experimentFolder), bases: project.bases,
      settings: settings, interpreter: project.interpreters.interpreter, variable: ProcessEnvironment.digest
    ).plan
    return try plan.map { try project.goingOn(with: $0) }
  }

  private static func compiled(
    _ bytes: [UInt8], _ path: String, inputs: InputOrigin, project: Project, _ settings: [String],
    isQuiet: Bool = false
  ) throws -> (plan: Plan, bases: [BaseText]) {
    if GivenFile.isDocument(bytes, path) { throw DocumentError(GivenFile.noExperiment) }
    let compilation = compile(
      bytes, path: path, inputs: inputs, bases: project.bases, settings: settings,
      interpreter: project.interpreters.interpreter, variable: ProcessEnvironment.digest)
    if !isQuiet || compilation.plan == nil {
      var printer = DiagnosticPrinter()
      printer.show(compilation)
    }
    guard let plan = compilation.plan else {
      var report = CheckReport()
      report.files = [CheckReport.File(path: path, .compiled(compilation))]
      Console.note("\(path): \(report.counts())")
      throw ExitCode.badDocument
    }
    return (plan, compilation.bases)
  }
}

/// What a file given to a command is.
enum GivenFile {
  case experiment
  case plan(PlanDocument)
  case manifest(Manifest)

  /// What a document of attune's is told where an experiment belongs.
  static let noExperiment =
    "it is a document of attune's and no experiment: `attune show` shows it, `attune apply` applies a plan"

  init(path: String) throws {
    let bytes = try File.read(path)
    guard Self.isDocument(bytes, path) else {
      self = .experiment
      return
    }
    if try JSON(document: bytes)["schema"]?.string == Manifest.schema {
      self = .manifest(try Manifest(fileBytes: bytes))
    } else {
      self = .plan(try PlanDocument(fileBytes: bytes))
    }
  }

  /// Whether a file is one of attune's documents: by its name, or else by the form that it states. JSON alone does not
  /// tell, since an experiment may be written so.
  static func isDocument(_ bytes: [UInt8], _ path: String) -> Bool {
    guard bytes.first == UInt8(ascii: "{") else { return false }
    return path.hasSuffix(".json") || (try? JSON(parsing: bytes))?["schema"] != nil
  }
}

/// The plan of a file that is a plan, or an experiment that compiles to one.
func loadPlan(_ path: String, settings: [String]) throws -> PlanDocument {
  switch try GivenFile(path: path) {
  case .experiment: return try Experiment(path: path, settings: settings).plan
  case .plan(let plan): return plan
  case .manifest(let manifest): return manifest.content.plan
  }
}

extension Project {
  /// Where an experiment of the project finds what it extends.
  var bases: BaseOrigin { .files(folder: experimentFolder, project: repository) }

  /// How the interpreters of its trials are found.
  var interpreters: InterpreterSearch { InterpreterSearch(folder: experimentFolder, project: repository) }
}

/// What commands that compile an experiment have in common.
struct SettingOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set a value in place of the file's, such as budget.trials=20; may be given several times.",
      valueName: "path=value"))
  var settings: [String] = []
}

extension RecordedTrials {
  /// As a plan's text shows it.
  ///
  /// - Parameter workers: how many trials run at once, where that is not what the plan says.
  func text(_ plan: Plan, workers: Int? = nil) -> PlanText.Recorded {
    var text = PlanText.Recorded(
      count: count, areComplete: areComplete, first: first, changes: changes, toConfirm: toConfirm,
      preparedSteps: preparedSteps)
    text.forecast = forecast(of: plan, workers: workers ?? plan.parallel)
    text.work = workForecast(of: plan)
    text.elapsed = elapsed
    text.dropped = dropped.map { ($0.count, $0.reason, $0.points) }
    text.ledger = ledger?.charged(to: plan)
    return text
  }
}

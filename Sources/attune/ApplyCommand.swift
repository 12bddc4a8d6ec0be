internal import ArgumentParser
internal import Artifacts
internal import Compiler
internal import Execution
internal import Report
internal import Search

struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Runs an experiment, or a saved plan, and writes its manifest.",
    discussion: """
      Shows the plan, asks, and runs the trials as processes of this machine. What is recorded in the project's journal \
      is not run again, so an apply that was stopped, or killed, goes on where it was when it is started again. \
      Ctrl-C once: no more trials are started, and those that run are waited for. Twice: they are ended.
      """)

  @Argument(help: "An experiment file, or a plan saved by `attune plan -o`.", completion: .file())
  var file: String

  @OptionGroup var set: SettingOptions

  @Flag(name: [.customShort("y"), .long], help: "Do not ask.")
  var yes = false

  @Option(
    name: [.customShort("p"), .long], help: "Trials at once (default: budget.parallel). Does not change the result.")
  var parallel: Int?

  @OptionGroup var machine: MachineOptions

  @Flag(help: "Run trials again whose recorded outcome is a failure.")
  var retryFailed = false

  @Flag(help: "Run all trials again, whatever is recorded. An apply without this flag goes on with what it has begun.")
  var fresh = false

  @Flag(help: "Where another attune is at work in the project, wait for its end.")
  var wait = false

  @Option(help: "How to show progress: auto, tty (a block that is redrawn), plain (a line for each change) or none.")
  var progress = Progress.Mode.auto

  @Flag(help: "Print the result as JSON on standard output.")
  var json = false

  func validate() throws {
    if let parallel, !(1...4096).contains(parallel) {
      throw ValidationError("--parallel is between 1 and 4096, and \(parallel) is not.")
    }
  }

  private var reuse: Reuse { fresh ? .nothing : retryFailed ? .successes : .all }

  func run() throws {
    Console.ignoreClosedPipes()
    try reporting(file) {
      let experiment = try load()
      let secrets = try Secrets(of: experiment.plan, texts: [experiment.source] + experiment.bases.map(\.text))
      for name in secrets.short {
        Console.note(
          "warning: \(name) has fewer than \(Secrets.shortest) characters, and is not covered in what trials print")
      }
      let recorded = try RecordedTrials(of: experiment.plan, in: experiment.project, reuse: reuse)
      let workers = parallel ?? experiment.plan.plan.parallel
      let text = PlanText(experiment.plan, recorded: recorded.text(experiment.plan.plan, workers: workers))
      for line in text.lines { json ? Console.note(line) : Console.print(line) }
      if !recorded.areComplete { try confirm() }
      let order = Order(
        plan: experiment.plan, project: experiment.project, source: experiment.source, bases: experiment.bases,
        workers: workers, machine: machine.machine(for: experiment.plan.plan), reuse: reuse, waits: wait,
        guardian: ["/proc/self/exe", "guard"],
        version: Attune.version, secrets: secrets, recorded: recorded)
      let plan = experiment.plan.plan
      var progress = Progress(mode: progress, metrics: plan.judgedMetrics, source: plan.trial.metrics)
      let result = try execute(order) { progress.take($0, $1) }
      progress.finish()
      warnOfNewInputs(experiment)
      try conclude(result, experiment)
    }
  }

  /// The experiment to apply. A saved plan must be what its experiment compiles to still.
  private func load() throws -> Experiment {
    guard case .plan(let plan) = try GivenFile(path: file) else {
      return try Experiment(path: file, settings: set.settings)
    }
    let candidates = [Path.folder(of: file), "."].map { Path.join($0, plan.plan.experimentFile) }
    guard let path = candidates.first(where: { File.kind(of: $0) == .file }) else {
      throw DocumentError(
        "its experiment, \(plan.plan.experimentFile), is neither beside it nor in the current folder")
    }
    guard set.settings.isEmpty else {
      throw DocumentError("it is a plan, which holds what was set when it was made: `--set` is for experiments")
    }
    var experiment = try Experiment(path: path, settings: plan.plan.settings)
    experiment.plan = experiment.plan.goingOn(from: plan)
    let differences = plan.differences(to: experiment.plan)
    guard differences.isEmpty else {
      Console.note("error: \(file) is stale: changed since it was made: \(differences.joined(separator: ", "))")
      Console.note(" = help: make it again with `attune plan \(path) -o \(file)`")
      throw ExitCode.badDocument
    }
    return experiment
  }

  private func confirm() throws {
    if yes { return }
    guard Console.inputIsTerminal else {
      Console.note("error: nobody can be asked here, and nothing was run")
      Console.note(" = help: `--yes` applies without asking")
      throw ExitCode.usage
    }
    Console.write("\nApply this plan? Only `yes` is taken for it: ", to: 2)
    let answer = readLine()
    if answer == nil { Console.note("") }
    guard answer == "yes" else {
      Console.note("Not applied: nothing was run.")
      throw ExitCode.noTrialCompleted
    }
  }

  /// A trial that writes beside its script, where every file is an input, makes other trials of all that follow.
  private func warnOfNewInputs(_ experiment: Experiment) {
    let path = Path.join(experiment.project.experimentFolder, experiment.project.experimentFile)
    guard let now = try? Experiment.quietly(path, experiment.plan.plan.settings) else { return }
    let (before, after) = (experiment.plan.plan.stepInputs, now.stepInputs)
    let steps = after.keys.sorted().filter { before[$0] != after[$0] }.map { "what the step \($0) reads" }
    let changes = experiment.plan.plan.inputDifferences(to: now) + steps
    guard !changes.isEmpty else { return }
    Console.note("warning: changed while trials ran: \(changes.prefix(5).joined(separator: ", "))")
    Console.note(
      " = help: inputs decide which trials are the same. List `inputs`, add what trials write to .gitignore,")
    Console.note(
      "         or let them write to the folder that ATTUNE_TRIAL_DIR names; what a step makes belongs into its `outputs`"
    )
  }

  private func conclude(_ result: RunResult, _ experiment: Experiment) throws {
    switch result {
    case .interrupted(let signal):
      let command = fresh ? "the same command without --fresh" : "the same command"
      Console.note("Stopped. What ended is recorded: \(command) goes on from there.")
      throw ExitCode.signal(signal)
    case .finished(let manifest, let isNew, let status, let failed):
      let path = Console.shortened(experiment.project.manifestPath(of: experiment.plan.plan.name))
      if json {
        Console.print(document(manifest, path, status).canonicalText)
      } else {
        show(manifest, path, status, isNew: isNew)
      }
      if manifest.content.best.isEmpty { throw ExitCode.noTrialCompleted }
      if !failed.isEmpty { throw ExitCode.stepFailed }
    }
  }

  private func show(_ manifest: Manifest, _ path: String, _ status: RunStatus, isNew: Bool) {
    Console.print("")
    for line in ManifestText(manifest).lines { Console.print(line) }
    let surplus =
      status.surplus == 0 ? "" : ", \(Text.grouped(status.surplus)) beyond the end and no part of the result"
    Console.print(
      "\(Text.grouped(status.executed)) run in this apply, \(Text.grouped(status.reused)) recorded already\(surplus).")
    Console.print("")
    Console.print("Manifest: \(path)\(isNew ? "" : " (as it was: the result is the same)")")
    Console.print("Next:")
    // As it was called: what is printed can be pasted.
    let program = CommandLine.arguments.first ?? "attune"
    Console.print("    \(program) verify \(path)")
    Console.print("    \(program) show \(path)")
  }

  private func document(_ manifest: Manifest, _ path: String, _ status: RunStatus) -> JSON {
    .object([
      "manifest": .string(path), "contentDigest": .string(manifest.contentDigest.description),
      "content": manifest.content.json, "executed": .int(status.executed), "reused": .int(status.reused),
      "surplus": .int(status.surplus),
    ])
  }
}

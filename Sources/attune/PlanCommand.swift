internal import ArgumentParser
internal import Artifacts
internal import Execution
internal import Glibc
internal import Report
internal import Search

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Shows what an experiment would run, and why.",
    discussion: """
      Nothing is executed. A saved plan is applied with `attune apply x.plan.json`, which refuses it when the experiment \
      or an input has changed since.
      """)

  @Argument(help: "The experiment file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @OptionGroup var set: SettingOptions

  @Option(name: [.customShort("o"), .customLong("out")], help: "Write the plan to this file, such as x.plan.json.")
  var output: String?

  @OptionGroup var rules: PolicyOption

  @Flag(help: "Print the plan as JSON on standard output.")
  var json = false

  func validate() throws {
    if let output, !output.hasSuffix(".plan.json") {
      throw ValidationError("A saved plan is called *.plan.json: only then it is no input of the experiment.")
    }
  }

  private func judge(_ experiment: Experiment, _ policy: Policy) throws {
    let (plan, project) = (experiment.plan, experiment.project)
    let seconds = try StoredTrials(of: plan, in: project)?.runSeconds
    let forecast = Forecast(trials: plan.plan.search.plannedTrials, of: plan.plan, runSeconds: seconds)
    let denials = policy.denials(
      of: Policy.Subject(
        plan: plan.plan, forecast: forecast, growth: nil, manifest: ManifestState(of: plan, in: project)))
    rules.show(denials)
    if !denials.isEmpty { throw ExitCode.denied }
  }

  func run() throws {
    try reporting(file) {
      let policy = try rules.read(orExit: .badDocument)
      let experiment = try Experiment(path: file, settings: set.settings)
      let recorded = try RecordedTrials(of: experiment.plan, in: experiment.project)
      if json {
        Console.print(
          JSON.object([
            "digest": .string(experiment.plan.digest.description), "recorded": .int(recorded.count),
            "complete": .bool(recorded.areComplete),
            "dropped": .array(
              recorded.dropped.map { .object(["count": .int($0.count), "reason": .string($0.reason)]) }),
            "forecast": recorded.forecast(of: experiment.plan.plan, workers: experiment.plan.plan.parallel)?.json
              ?? .null,
            "plan": experiment.plan.json,
          ]).canonicalText)
      } else {
        for line in PlanText(experiment.plan, recorded: recorded.text(experiment.plan.plan)).lines {
          Console.print(line)
        }
      }
      for remark in experiment.plan.plan.methodRemarks + recorded.methodRemarks {
        Console.note("warning: \(Text.printable(remark.text))")
      }
      if let obstacle = experiment.project.obstacle(toExperiment: experiment.plan.plan.name) {
        Console.note("warning: an apply could not begin: \(obstacle), as user \(getuid())")
      }
      if let output {
        try File.replace(output, with: experiment.plan.fileBytes)
        Console.note("Saved as \(output): \(experiment.plan.digest)")
      }
      if let policy { try judge(experiment, policy) }
    }
  }
}

extension RecordedTrials {
  /// What a reviewer would ask about a plan that follows on these.
  fileprivate var methodRemarks: [Remark] {
    // The words of `PlanDocument.differences(to:)`.
    changes.contains("`objective` of the experiment") ? [.objectiveChanged] : []
  }
}

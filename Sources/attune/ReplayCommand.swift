internal import ArgumentParser
internal import Artifacts
internal import Execution
internal import Report
internal import Search

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Shows the decisions of a search: what each saw, what it chose, and why.",
    discussion: """
      Makes the decisions again, from a manifest or from what the journal holds of a run, which may be going on. Nothing \
      is executed. A decision sees the outcomes that the plan's order releases to it, however many more there are already.
      """)

  @Argument(
    help: "A manifest, an experiment whose last run is meant, or a folder of the project.",
    completion: .file(extensions: ["json", "yaml", "yml"]))
  var place = "."

  @Option(name: [.customShort("d"), .long], help: "Only this one, by its trial's number.")
  var decision: Int?

  @Option(name: .customLong("run"), help: "A run other than the last, as `attune list` numbers them.")
  var number: Int?

  @Flag(help: "Print the decisions as JSON on standard output: an object on a line each.")
  var json = false

  func run() throws {
    Console.ignoreClosedPipes()
    try reporting(place) {
      let decisions = try load()
      var rows = [DecisionText.columns]
      var isFound = false
      let conclusion = try decisions.forEach { each in
        guard decision == nil || decision == each.trial.number else { return true }
        isFound = true
        if json {
          Console.print(document(each, decisions.plan.plan).canonicalText)
        } else if decision != nil {
          for line in text(each, decisions.plan.plan).lines { Console.print(line) }
        } else {
          rows.append(text(each, decisions.plan.plan).row)
        }
        return decision == nil
      }
      if let decision, !isFound { throw ExecutionError.trialUnknown("the search has not come to decision \(decision)") }
      guard decision == nil, !json else { return }
      for line in Text.table(rows, indent: "") { Console.print(line) }
      if let conclusion {
        Console.print(
          "The search ended after \(Text.count(conclusion.trials, "trial")): \(conclusion.reason.rawValue).")
      }
    }
  }

  private func load() throws -> Decisions {
    let isFolder = File.kind(of: place) == .folder
    if !isFolder, case .manifest = try GivenFile(path: place) {
      guard number == nil else { throw DocumentError("it is a manifest: `--run` is for what the journal holds") }
      return try Decisions(ofManifest: place)
    }
    let project = try isFolder ? Project(folderOf: Path.join(place, "-")) : Project(experiment: place)
    guard let decisions = try Decisions(ofRun: number, of: project, ofExperiment: !isFolder) else {
      throw DocumentError(number.map { "there is no run \($0) of it" } ?? "nothing was applied yet")
    }
    return decisions
  }

  private func text(_ decision: Decision, _ plan: Plan) -> DecisionText {
    DecisionText(
      of: plan, trial: decision.trial.number, parent: decision.trial.parent, seen: decision.trial.seen,
      reason: decision.trial.reason, phase: decision.trial.phase, best: decision.best, parameters: decision.parameters,
      result: decision.result)
  }

  private func document(_ decision: Decision, _ plan: Plan) -> JSON {
    let trial = decision.trial
    let words = text(decision, plan)
    return .object([
      "decision": .int(trial.number), "seen": .int(trial.seen),
      "best": .array(
        decision.best.map { .object(["trial": .int($0.trial), "values": .array($0.values.map(JSON.number))]) }),
      "strategy": .string(plan.search.strategy.name), "phase": trial.phase.map { .int($0 + 1) },
      "by": .string(words.chooser), "reason": reason(trial.reason, words), "why": .string(words.why),
      "parameters": try? JSON(parsing: decision.parameters.utf8),
      "runs": .array(
        trial.runs.map { .object(["key": .string($0.key.description), "seed": .int($0.seed)]) }),
      "state": .string(decision.result?.state ?? "open"), "metrics": metrics(decision.result, plan),
      "failure": decision.result?.failure.map { .string($0.name) },
      "stopped": decision.stop.map { .object(["rule": .string($0.rule), "step": .int($0.step)]) },
    ])
  }

  private func metrics(_ result: TrialResult?, _ plan: Plan) -> JSON? {
    switch result {
    case .completed(let values), .infeasible(.values(let values)):
      .object(zip(plan.judgedMetrics, values).map { JSON.Member($0, .number($1)) })
    default: nil
    }
  }

  private func reason(_ reason: Proposal.Reason, _ words: DecisionText) -> JSON {
    switch reason {
    case .given: .object(["kind": .string("given")])
    case .design: .object(["kind": .string("design")])
    case .exploration: .object(["kind": .string("exploration")])
    case .promotion: .object(["kind": .string("promotion")])
    case .variation: .object(["kind": .string("variation")])
    case .model(let belief):
      .object([
        "kind": .string("model"), "criterion": .string(belief.criterion), "score": number(belief.score),
        "feasibility": number(belief.feasibility),
        "predictions": .array(
          belief.predictions.map {
            .object(["mean": number($0.mean), "lower": number($0.lower), "upper": number($0.upper)])
          }),
        "influence": .object(words.influence.map { JSON.Member($0.name, number($0.share)) }),
        "expectedImprovement": belief.improvement.map(number),
        "regretProbability": belief.regret.map(number),
      ])
    }
  }

  /// What JSON has no number for is a string.
  private func number(_ value: Double) -> JSON { value.isFinite ? .number(value) : .string(value.description) }
}

internal import ArgumentParser
internal import Artifacts
internal import Execution
internal import Report
internal import Store

struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Says why a trial of an experiment would run, or is not run again.",
    discussion: """
      A trial is named by its command, its input files, its environment, its parameters and its seed. Where one of these \
      is not what it was when a trial was recorded, it is another trial: this says which, beside the recorded trial \
      that is nearest.
      """)

  @Argument(help: "The trial's number, or how the key of a recorded one begins.")
  var trial: String

  @Argument(help: "The experiment file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @OptionGroup var set: SettingOptions

  func validate() throws { try checkOrder(trial: trial, place: file) }

  func run() throws {
    try reporting(file) {
      let experiment = try Experiment(path: file, settings: set.settings)
      guard let number = Int(trial), trial.count < 10 else { return try explainKey(experiment) }
      let reason = try Reason(trial: number, of: experiment.plan, in: experiment.project)
      Console.print("Trial \(number) of \(experiment.plan.plan.name): \(Text.printable(reason.parameters))")
      for part in reason.runs {
        Console.print("  key \(part.key.short), seed \(part.seed)")
        for line in lines(part.verdict) { Console.print("  \(line)") }
      }
    }
  }

  private func lines(_ verdict: Reason.Verdict) -> [String] {
    switch verdict {
    case .recorded(let attempt):
      return ["= recorded, and not run again: launched \(words(attempt)), which ended with \(ending(attempt))"]
    case .new(let nearest?, []):
      return [
        "+ runs, though it is recorded (`cache: false`): launched \(words(nearest)), which ended with \(ending(nearest))"
      ]
    case .new(let nearest?, let differences):
      return [
        "+ runs: no trial of this name is recorded",
        "  the nearest is trial \(nearest.trial), launched \(words(nearest)), with key \(nearest.key.short); it differs in",
      ] + differences.map { "    \(Text.printable($0))" }
    case .new(nil, _): return ["+ runs: nothing is recorded that it could be compared with"]
    }
  }

  private func words(_ attempt: RecordedAttempt) -> String { "in run \(attempt.run) at \(Moment.text(attempt.began))" }

  private func ending(_ attempt: RecordedAttempt) -> String {
    guard let facts = attempt.outcome?.facts else { return "nothing yet" }
    let metrics = facts.metrics.values.prefix(4).map { "\(Text.printable($0.name)) \(Text.number($0.value))" }
    switch facts.ending {
    case .exit(code: 0): return metrics.isEmpty ? "exit code 0 and no metric" : metrics.joined(separator: ", ")
    case .exit(let code): return "exit code \(code)"
    case .signal(let number): return "signal \(number)"
    case .memory(let limit): return "a need of more than \(Text.bytes(limit)) of memory"
    case .silence(let limit): return "silence for \(Text.duration(milliseconds: limit))"
    case .disk(let limit): return "files of more than \(Text.bytes(limit))"
    case .stopped(let step): return "a rule at step \(Text.grouped(step)), with \(metrics.joined(separator: ", "))"
    case .timeout(let limit): return "a timeout after \(Text.duration(milliseconds: limit))"
    }
  }

  private func explainKey(_ experiment: Experiment) throws {
    let attempts = try ProjectState.attempts(trial, in: experiment.project, ofExperiment: true)
    guard let attempt = attempts.first(where: { $0.outcome != nil }) else {
      throw ExecutionError.trialUnknown("no recorded key begins with `\(trial)`")
    }
    Console.print("Trial \(attempt.trial), launched \(words(attempt)): \(Text.printable(attempt.parameters ?? "?"))")
    Console.print("  key \(attempt.key.short)\(attempt.seed.map { ", seed \($0)" } ?? "")")
    let differences = try Reason.differences(of: attempt, to: experiment.plan, in: experiment.project)
    if differences.isEmpty {
      Console.print("  = reused wherever \(experiment.plan.plan.name) comes to this point")
    } else {
      Console.print("  - not reused by \(experiment.plan.plan.name) as it is now, which differs in")
      for difference in differences { Console.print("      \(Text.printable(difference))") }
    }
  }
}

internal import ArgumentParser
internal import Artifacts
internal import Execution
internal import Report
internal import Search
internal import Store

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Shows what runs in a project, how far it is, and what is left.",
    discussion: "Reads beside an apply that is going on, and does not hold it up.")

  @OptionGroup var argument: ProjectArgument

  @Flag(help: "Print the state as JSON on standard output.")
  var json = false

  func run() throws {
    try reporting(argument.place) {
      let project = try argument.project()
      let drift = argument.isExperiment ? try Drift(of: argument.place, in: project) : nil
      guard let state = try ProjectState(of: project, ofExperiment: argument.isExperiment) else {
        guard !json else {
          return Console.print(JSON.object(["run": .null, "manifest": drift?.json]).canonicalText)
        }
        for line in ["Nothing was applied yet."] + (drift?.lines ?? []) { Console.print(line) }
        return
      }
      if json {
        let members =
          (document(state, project).members ?? []) + (drift.map { [JSON.Member("manifest", $0.json)] } ?? [])
        return Console.print(JSON.object(members).canonicalText)
      }
      for line in lines(state, project) + (drift?.lines ?? []) { Console.print(line) }
    }
  }

  private func lines(_ state: ProjectState, _ project: Project) -> [String] {
    let run = state.run
    var lines = ["Experiment \(state.plan?.plan.name ?? "?") (\(run.experiment)), run \(run.id)"]
    lines.append("  \(situation(state))")
    if state.isBusy, !state.isRunning { lines.append("  busy: \(state.holder?.words ?? "somebody is at work")") }
    if let plan = state.plan?.plan, let recorded = state.recorded {
      let planned = Text.grouped(plan.search.plannedTrials)
      let parts = [(recorded.failed, "failed"), (recorded.stopped, "stopped"), (recorded.infeasible, "infeasible")]
        .filter { $0.0 > 0 }
      lines.append(
        "  \(Text.grouped(recorded.count)) of \(planned) trials recorded"
          + (parts.isEmpty ? "" : ": " + parts.map { "\(Text.grouped($0.0)) \($0.1)" }.joined(separator: ", "))
          + (recorded.areComplete || recorded.toConfirm != nil ? "; the search is at its end" : "")
          + (recorded.toConfirm.map { $0 > 0 ? ", with \(Text.count($0, "trial")) to confirm" : "" } ?? ""))
      let metrics = plan.metrics
      for best in recorded.best.prefix(5) {
        let values = zip(metrics, best.values).map { "\(Text.printable($0)) \(Text.number($1))" }
        lines.append("  best so far: trial \(best.trial), \(values.joined(separator: ", "))")
      }
      if recorded.best.count > 5 { lines.append("    … \(recorded.best.count - 5) more that are not bettered") }
    }
    if !state.open.isEmpty {
      lines.append(state.isRunning ? "  running:" : "  not ended:")
      lines += Text.table(
        state.open.prefix(20).map { row($0.attempt, since: $0.since, state, project) }, indent: "    ")
      if state.open.count > 20 { lines.append("    … \(state.open.count - 20) more") }
    }
    return lines
  }

  private func situation(_ state: ProjectState) -> String {
    let run = state.run
    let workers = Text.count(run.workers, "worker")
    if state.isRunning {
      let time = Text.duration(milliseconds: Int(max(0, Now.wall - run.began) * 1000))
      return "runs for \(time), since \(Moment.text(run.began)), with \(workers): process \(run.pid) on \(run.host)"
    }
    if let ending = run.ending { return "ended \(Moment.text(ending.at)): \(ending.reason)" }
    return "was stopped before its end; it began \(Moment.text(run.began)). The same apply goes on from there"
  }

  private func row(
    _ attempt: RecordedAttempt, since: Double, _ state: ProjectState, _ project: Project
  ) -> [String] {
    let time = Text.duration(milliseconds: Int(max(0, Now.wall - since) * 1000))
    return [
      "trial \(attempt.trial)", state.isRunning ? time : "", Text.printable(attempt.parameters ?? ""),
      Console.shortened(project.files(of: attempt).folder),
    ]
  }

  private func document(_ state: ProjectState, _ project: Project) -> JSON {
    let run = state.run
    let running = state.open.map { attempt, since in
      JSON.object([
        "trial": .int(attempt.trial), "key": .string(attempt.key.description), "since": .number(since),
        "folder": .string(project.files(of: attempt).folder),
      ])
    }
    return .object([
      "busy": .bool(state.isBusy), "holder": state.holder?.json ?? .null, "running": .bool(state.isRunning),
      "run": run.json, "planned": state.plan.map { .int($0.plan.search.plannedTrials) } ?? .null,
      "recorded": state.recorded.map { .int($0.count) } ?? .null,
      "failed": state.recorded.map { .int($0.failed) } ?? .null,
      "complete": state.recorded.map { .bool($0.areComplete) } ?? .null, "open": .array(running),
    ])
  }
}

extension RecordedRun {
  var json: JSON {
    .object([
      "id": .int(id), "experiment": .string(experiment), "plan": plan.map { .string($0.description) } ?? .null,
      "host": .string(host), "pid": .int(pid), "workers": .int(workers), "began": .number(began),
      "ended": ending.map { .number($0.at) } ?? .null, "reason": ending.map { .string($0.reason) } ?? .null,
      "launched": .int(launched),
    ])
  }
}

/// Whether the manifest of an experiment follows from it as it is now, with its inputs.
private struct Drift {
  private let state: ManifestState
  private let path: String

  /// Nil where the experiment does not compile.
  init?(of file: String, in project: Project) throws {
    guard let plan = try Experiment.quietly(file, []) else { return nil }
    state = ManifestState(of: PlanDocument(plan), in: project)
    path = Console.shortened(project.manifestPath(of: plan.name))
  }

  /// Nothing where there is no manifest.
  var lines: [String] { state == .missing ? [] : ["  manifest: \(Text.printable(state.words(path)))"] }

  var json: JSON {
    let (name, changes): (String, [String]) =
      switch state {
      case .missing: ("missing", [])
      case .broken(let reason): ("broken", [reason])
      case .current: ("current", [])
      case .stale(let changes): ("stale", changes)
      }
    return .object([
      "path": .string(path), "state": .string(name), "changes": .array(changes.map(JSON.string)),
    ])
  }
}

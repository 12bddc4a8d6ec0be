internal import ArgumentParser
internal import Artifacts
internal import Compiler
internal import Execution
internal import Report
internal import Search

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract:
      "Tells what other stopping rules, or a smaller budget, would have saved and lost in a search that is recorded.",
    discussion: """
      Replays the recorded trials, in their order, under the rules that are given in place of the experiment's own, and \
      runs nothing:

        attune simulate results/x/manifest.json --with 'median: {warmup_steps: 5}' --with 'plateau: {trials: 20}'
        attune simulate results/x/manifest.json --budget 'time: 2h' --budget 'cost: 20'

      How long trials took stands in the project's journal. Those that end on the way take their share of that. \
      What trials reported on the way stands in trials.jsonl where rules ended trials already, and else in the project's \
      journal. A strategy that learns would have proposed other points once trials end otherwise; they stay as they are here.
      """)

  @Argument(help: "The manifest.", completion: .file(extensions: ["json"]))
  var manifest: String

  @Option(name: .customLong("with"), help: "A rule as it stands in `stopping`. Can be given several times.")
  var rules: [String] = []

  @Option(
    help: "A part of a smaller budget as it stands in `budget`, such as 'fidelity: 500'. Can be given several times.")
  var budget: [String] = []

  @Option(help: "Short for `--budget 'trials: …'`.")
  var trials: Int?

  @Flag(help: "Print the comparison as JSON on standard output.")
  var json = false

  func validate() throws {
    guard !rules.isEmpty || !budget.isEmpty || trials != nil else {
      throw ValidationError("say what to try: `--with 'median: {}'`, or `--budget 'trials: 20'`")
    }
    if trials != nil, budget.contains(where: { Self.pair($0)?.key == "trials" }) {
      throw ValidationError("`--trials` and `--budget 'trials: …'` say the same: give one of them")
    }
    for part in budget where Self.pair(part) == nil {
      throw ValidationError("`--budget` takes a part of a budget, such as `--budget 'time: 2h'`, and this is `\(part)`")
    }
  }

  func run() throws {
    try reporting(manifest) {
      let recorded = try Manifest(fileBytes: File.read(manifest))
      let simulation = try RuleSimulation(recorded, at: manifest, with: try plan(recorded))
      if json { return Console.print(document(simulation).canonicalText) }
      for line in lines(simulation) { Console.print(line) }
    }
  }

  /// Nil where it is no key with a value.
  private static func pair(_ part: String) -> (key: String, value: String)? {
    guard let colon = part.firstIndex(of: ":") else { return nil }
    let key = String(part[..<colon].filter { $0 != " " })
    let value = String(part[part.index(after: colon)...].trimmingPrefix { $0 == " " })
    return key.isEmpty || value.isEmpty ? nil : (key, value)
  }

  /// The plan that the recorded experiment compiles to with the rules that are asked for.
  private func plan(_ manifest: Manifest) throws -> Plan {
    let recorded = manifest.content.plan.plan
    var settings = recorded.settings
    let list = rules.map { $0.hasPrefix("{") ? $0 : "{\($0)}" }
    if !list.isEmpty { settings.append("stopping=[\(list.joined(separator: ", "))]") }
    for pair in budget.compactMap({ Self.pair($0) }) { settings.append("budget.\(pair.key)=\(pair.value)") }
    if let trials { settings.append("budget.trials=\(trials)") }
    let compilation = compile(
      Array(manifest.circumstances.source.utf8), path: manifest.circumstances.sourcePath,
      inputs: .recorded(recorded.inputs, steps: recorded.stepInputs), bases: .recorded(manifest.circumstances.bases),
      settings: settings,
      interpreter: { _ in recorded.trial.interpreter }, variable: { recorded.variables[$0] })
    guard var plan = compilation.plan else {
      var printer = DiagnosticPrinter()
      printer.show(compilation)
      throw ExitCode.badDocument
    }
    plan.search = plan.search.goingOn(from: recorded.search)
    // The experiment's own are left out: here is no model that could be asked.
    if rules.isEmpty { plan.search.stopping.removeAll(where: \.asksModel) }
    guard !plan.search.stopping.contains(where: \.asksModel) else {
      throw DocumentError(
        "`expected_improvement` and `regret` are of what a model expects, and here there is none: `attune replay` shows what each decision expected"
      )
    }
    return plan
  }

  private func lines(_ simulation: RuleSimulation) -> [String] {
    let (before, after) = (simulation.recorded, simulation.simulated)
    var rows = [["", "recorded", "simulated"]]
    rows.append(["trials", Text.grouped(before.trials), Text.grouped(after.trials)])
    rows.append(["steps in all", Text.grouped(before.steps), Text.grouped(after.steps)])
    rows.append(["ended by", before.reason?.rawValue ?? "–", after.reason?.rawValue ?? "–"])
    if before.best != nil || after.best != nil {
      rows.append([simulation.plan.metrics[0], text(before.best), text(after.best)])
    }
    var lines = Text.table(rows, indent: "")
    let saved = before.steps == 0 ? 0 : 100 * Double(before.steps - after.steps) / Double(before.steps)
    lines += [
      "", "Saved: \(Text.grouped(before.steps - after.steps)) steps, \(Text.number(saved.rounded())) % of all.",
    ]
    lines.append(loss(simulation))
    if !simulation.stops.isEmpty {
      let rules = Dictionary(grouping: simulation.stops, by: \.stop.rule).map { "\($0.value.count) by \($0.key)" }
        .sorted()
      lines.append("Trials ended on the way: \(rules.joined(separator: ", ")).")
    }
    if simulation.unknown > 0 {
      lines.append(
        "\(Text.count(simulation.unknown, "trial")) would have gone on, and what would have come of that is not recorded."
      )
    }
    if simulation.lacksTrials {
      lines.append(
        "No more than \(Text.count(before.trials, "trial")) can be looked at: the search would have gone on.")
    }
    for metric in simulation.lackingCurves {
      lines.append(
        "Of `\(Text.printable(metric))` only the last values are recorded: on the way more might have ended.")
    }
    if simulation.curves == 0, !rules.isEmpty, simulation.stops.isEmpty {
      lines.append("No trial is known to have reported more than once: there is nothing to judge on the way.")
    }
    return lines
  }

  private func loss(_ simulation: RuleSimulation) -> String {
    guard let best = simulation.recorded.best else {
      return "Lost: no single best trial is recorded that could be lost."
    }
    guard simulation.simulated.best != best else {
      return simulation.unknown == 0
        ? "Lost: nothing, the best trial is the same."
        : "Lost: nothing that is recorded, the best trial is the same."
    }
    let cause =
      simulation.stops.first { $0.trial == best.trial }.map { "is \($0.stop.words)" }
      ?? (simulation.notBegun.contains(best.trial)
        ? "would not begin, as it is ended with less training" : "comes after the end of the search")
    guard let other = simulation.simulated.best else {
      return "Lost: the best trial, \(best.trial), \(cause), and no other one completes."
    }
    if let name = simulation.plan.search.fidelity?.name,
      simulation.level(of: other.trial) < simulation.level(of: best.trial)
    {
      return
        "Lost: the best trial, \(best.trial), \(cause), and no other one comes to its \(Text.grouped(simulation.level(of: best.trial))) \(name)."
    }
    let difference = Text.number(abs(other.values[0] - best.values[0]))
    return "Lost: \(difference) of \(simulation.plan.metrics[0]): trial \(best.trial) \(cause)."
  }

  private func text(_ best: Incumbent?) -> String {
    best.map { "\(Text.number($0.values[0])) (trial \($0.trial))" } ?? "–"
  }

  private func document(_ simulation: RuleSimulation) -> JSON {
    func json(_ course: RuleSimulation.Course) -> JSON {
      .object([
        "trials": .int(course.trials), "steps": .int(course.steps),
        "stop": course.reason.map { .string($0.rawValue) } ?? .null,
        "best": course.best.map { .object(["trial": .int($0.trial), "value": .number($0.values[0])]) },
      ])
    }
    return .object([
      "recorded": json(simulation.recorded), "simulated": json(simulation.simulated),
      "unknown": .int(simulation.unknown),
      "stopped": .array(
        simulation.stops.map {
          .object(["trial": .int($0.trial), "rule": .string($0.stop.rule), "step": .int($0.stop.step)])
        }),
    ])
  }
}

internal import ArgumentParser
internal import Artifacts
internal import Execution
internal import Report
internal import Search

struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce", abstract: "Runs recorded trials again and compares what they report with the manifest.",
    discussion: """
      The trials run from the inputs that the manifest names, which must be as they were, in folders of their own. \
      Nothing is recorded. `attune verify` proves without running anything that the manifest follows from its trials; \
      this shows that the trials give what it says.
      """)

  @Argument(help: "The manifest.", completion: .file(extensions: ["json"]))
  var manifest: String

  @Option(
    help: ArgumentHelp(
      "Which trials: best, all, numbers, or how keys begin (at least four digits); with commas between them.",
      valueName: "which"))
  var trials = "best"

  @Option(help: "How far a value may be from the recorded one, as a part of it: 0.01 is one per cent.")
  var tolerance = 0.0

  @OptionGroup var machine: MachineOptions

  @Option(name: [.customShort("p"), .long], help: "Trials at once (default: budget.parallel).")
  var parallel: Int?

  @Flag(help: "Print the comparisons as JSON on standard output.")
  var json = false

  private var selections: [Reproduction.Selection]? {
    let words = trials.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.hasPrefix("sha256:") ? String($0.dropFirst(7)) : String($0)
    }
    let read = words.map { word -> Reproduction.Selection? in
      if word == "best" { return .best }
      if word == "all" { return .all }
      if let number = Int(word), number >= 0, word.count < 10 { return .trial(number) }
      return word.count >= 4 && word.allSatisfy(\.isHexDigit) ? .key(word.lowercased()) : nil
    }
    return read.contains(nil) ? nil : read.compactMap(\.self)
  }

  func validate() throws {
    guard tolerance >= 0, tolerance < 1 else {
      throw ValidationError("--tolerance is between 0 and 1, and \(tolerance) is not.")
    }
    if let parallel, !(1...4096).contains(parallel) {
      throw ValidationError("--parallel is between 1 and 4096, and \(parallel) is not.")
    }
    guard selections != nil else {
      throw ValidationError("--trials takes best, all, numbers of trials, or at least four digits of keys.")
    }
  }

  func run() throws {
    Console.ignoreClosedPipes()
    let reproduction = try reporting(manifest) {
      let document = try Manifest(fileBytes: File.read(manifest))
      warnOfSurroundings(document)
      return try Reproduction(
        Reproduction.Request(
          manifest: document, path: manifest, selections: selections ?? [], tolerance: tolerance, workers: parallel,
          machine: machine.machine(for: document.content.plan.plan), guardian: ["/proc/self/exe", "guard"])
      ) { if !json { show($0, of: document.content.plan.plan) } }
    }
    if let signal = reproduction.interruption {
      Console.note("Stopped: not all trials were run again.")
      throw ExitCode.signal(signal)
    }
    let different = reproduction.comparisons.count { $0.verdict == .differs }
    if json {
      Console.print(self.document(reproduction).canonicalText)
    } else {
      let count = reproduction.comparisons.count
      let near = reproduction.comparisons.count { $0.verdict == .withinTolerance }
      let how = near == 0 ? "bit for bit" : "\(Text.grouped(near)) within the tolerance, the others bit for bit"
      Console.print(
        different == 0
          ? "Reproduced: \(Text.count(count, "run")), \(how)."
          : "Not reproduced: \(Text.grouped(different)) of \(Text.count(count, "run")) with another result.")
    }
    if different > 0 { throw ExitCode.notReproduced }
  }

  /// Another value, or another version, may be why a result is another one.
  private func warnOfSurroundings(_ manifest: Manifest) {
    let plan = manifest.content.plan.plan
    for name in plan.variables.keys.sorted() where ProcessEnvironment.digest(of: name) != plan.variables[name] {
      Console.note("warning: recorded with another value of the variable \(name)")
    }
    guard let recorded = plan.trial.interpreter,
      let project = try? Reproduction.project(of: manifest, at: self.manifest),
      let found = project.interpreters.interpreter(of: plan.trial.program), !found.version.hasPrefix(recorded.version)
    else { return }
    Console.note(
      "warning: recorded with \(recorded.name) \(recorded.version), and \(found.name) is \(found.version) here")
  }

  private func show(_ comparison: Reproduction.Comparison, of plan: Plan) {
    let mark = comparison.verdict == .differs ? "!" : comparison.verdict == .same ? "=" : "~"
    Console.print(
      "\(mark) trial \(comparison.trial)  \(Text.printable(comparison.parameters))  seed \(comparison.name.seed)")
    switch (comparison.recorded, comparison.now) {
    case (.values(let old), .values(let new)):
      for (metric, pair) in zip(plan.judgedMetrics, zip(old, new)) {
        let text = Self.exact(pair.0)
        Console.print("    \(metric)  \(pair.0 == pair.1 ? text : "\(text) recorded, \(Self.exact(pair.1)) now")")
      }
    case (let old, let new):
      Console.print("    \(Self.text(old)) recorded, \(Self.text(new)) now")
    }
    guard comparison.verdict == .differs else { return }
    if !comparison.lastWords.isEmpty { Console.print("    it printed: \(Text.printable(comparison.lastWords))") }
    Console.print("    its output is in \(Console.shortened(comparison.folder))")
  }

  /// All digits: what differs may do so in the last.
  private static func exact(_ value: Double) -> String {
    value.isFinite ? JSON.number(value).canonicalText : value.description
  }

  private static func text(_ measurement: Measurement) -> String {
    switch measurement {
    case .values(let values): values.map(exact).joined(separator: ", ")
    case .stopped(let stop): "\(exact(stop.value)) at step \(stop.step), where it was stopped by \(stop.rule)"
    case .failed(let failure): failure.words
    }
  }

  private func document(_ reproduction: Reproduction) -> JSON {
    func json(_ measurement: Measurement) -> JSON {
      switch measurement {
      case .values(let values): .array(values.map(JSON.number))
      case .stopped(let stop): .object(["step": .int(stop.step), "value": JSON(measured: stop.value)])
      case .failed(let failure): .string(failure.words)
      }
    }
    let comparisons = reproduction.comparisons.map { comparison in
      JSON.object([
        "trial": .int(comparison.trial), "key": .string(comparison.name.key.description),
        "seed": .int(comparison.name.seed), "recorded": json(comparison.recorded), "now": json(comparison.now),
        "verdict": .string(comparison.verdict.rawValue),
      ])
    }
    return .object([
      "reproduced": .bool(!reproduction.comparisons.contains { $0.verdict == .differs }), "runs": .array(comparisons),
    ])
  }
}

internal import ArgumentParser
internal import Artifacts
internal import Execution
internal import Report
internal import Search

/// Shows on standard error how far a run is.
struct Progress {
  enum Mode: String, ExpressibleByArgument, CaseIterable {
    case auto
    case tty
    case plain
    case none
  }

  private let mode: Mode
  private let metrics: [String]
  private let source: MetricSource
  private var drawnLines = 0
  private var lastDrawn = 0
  private var lastFailure: String?
  private var isStopping = false
  private var shownBest: Int?
  /// The trials that are confirmed, and the number of the first that confirms one.
  private var confirmed: (trials: [Int], from: Int)?
  private let clock = ContinuousClock()
  private let started: ContinuousClock.Instant
  private var lastLine: ContinuousClock.Instant

  init(mode: Mode, metrics: [String], source: MetricSource) {
    self.source = source
    self.mode = mode == .auto ? (Console.canRedraw ? .tty : .plain) : mode
    self.metrics = metrics.map(Text.printable)
    started = clock.now
    lastLine = clock.now
  }

  mutating func take(_ event: RunProgress, _ status: RunStatus) {
    if case .waiting(let holder) = event { return Console.note("\(holder). Waiting for its end.") }
    if case .fewer(let workers, let scarce) = event {
      return Console.note("note: \(Text.count(workers, "trial")) at once: \(scarce), and each trial has its own")
    }
    if case .weak(let limits) = event {
      return Console.note("warning: no control groups can be made here: \(limits.joined(separator: ", and "))")
    }
    if case .step(let name, let state) = event {
      if case .done(_, let differs) = state, !differs.isEmpty {
        Console.note(
          "warning: \(Text.printable(differs.joined(separator: ", "))) of the step \(Text.printable(name)) is another than before: trials that are recorded had the earlier one, and `--fresh` runs them again"
        )
      }
      guard mode == .plain || mode == .tty || state.isFailure else { return }
      if let words = words(name, state) { line(words) }
      return
    }
    if case .confirming(let trials, let from, let seeds) = event {
      confirmed = (trials, from)
      let list = trials.prefix(10).map(String.init).joined(separator: ", ") + (trials.count > 10 ? ", …" : "")
      lastFailure =
        "\(trials.count == 1 ? "trial" : "trials") \(list) again, \(Text.count(seeds, "fresh seed")) each"
    }
    if case .finished(let report) = event, let failure = report.result.failure {
      let words = report.lastWords.isEmpty ? "" : " (\(Text.printable(report.lastWords)))"
      lastFailure =
        "\(name(report.trial)) failed: \(describe(failure, blamed: report.blamed, metrics: report.metrics))\(words); its output is in \(Console.shortened(report.folder))"
    }
    if case .retrying(let trial, let failure, let wait, let lastWords) = event {
      let words = lastWords.isEmpty ? "" : " (\(Text.printable(lastWords)))"
      let when = wait == 0 ? "at once" : "in \(Text.duration(milliseconds: wait))"
      lastFailure =
        "\(name(trial)) failed: \(describe(failure, blamed: nil, metrics: []))\(words); it is tried again \(when)"
    }
    if case .paused(let path) = event {
      lastFailure =
        "paused: no space on \(Console.shortened(path)); what runs goes on, and more is started when there is"
    }
    if case .resumed = event { lastFailure = "there is space again: trials are started" }
    if case .short(let reason) = event {
      lastFailure = "trials cannot be started for now: \(reason); it is tried again"
    }
    switch mode {
    case .tty: redraw(event, status)
    case .plain: printLine(event, status)
    case .auto, .none:
      // Nobody would know what it waits for.
      switch event {
      case .paused, .resumed, .short: Console.note("note: \(lastFailure ?? "")")
      default: break
      }
    }
  }

  /// Leaves what was drawn last on the screen.
  mutating func finish() { drawnLines = 0 }

  // MARK: - A line for each change

  private mutating func printLine(_ event: RunProgress, _ status: RunStatus) {
    switch event {
    case .started, .waiting, .weak, .fewer, .step: return
    case .retrying, .short, .paused, .resumed: line("\(lastFailure ?? "")  \(counts(status))")
    case .confirming: line(lastFailure ?? "")
    case .tick:
      guard clock.now - lastLine > .seconds(60) else { return }
      line("\(status.running) running; \(counts(status)) after \(elapsed(status))")
    case .reused(let count): line("\(Text.count(count, "trial")) recorded already: not run again  \(counts(status))")
    case .draining(let signal): line(draining(signal))
    case .closed(let cause): line(closing(cause))
    case .finished(let report): printEnd(of: report, status)
    }
  }

  private mutating func printEnd(of report: TrialReport, _ status: RunStatus) {
    let time = Text.duration(milliseconds: Int(report.seconds * 1000))
    switch report.result {
    case .completed(let values): line("\(name(report.trial))  \(describe(values))  \(time)  \(counts(status))")
    case .stopped(let stop): line("\(name(report.trial))  \(stop.words)  \(time)  \(counts(status))")
    case .infeasible(.values(let values)):
      line("\(name(report.trial))  \(describe(values)), infeasible  \(time)  \(counts(status))")
    case .failed, .infeasible(.failure): line("\(lastFailure ?? "")  \(counts(status))")
    }
    if let best = status.best.last, best.trial != shownBest {
      shownBest = best.trial
      line("best so far: \(describe(status.best))")
    }
  }

  private func closing(_ cause: Closure.Cause) -> String {
    switch cause {
    case .time: "the budget's time is up: no more trials are started"
    case .cost: "the budget has not enough left for another run: no more trials are started"
    }
  }

  private mutating func line(_ text: String) {
    lastLine = clock.now
    Console.note(text)
  }

  // MARK: - A block that is redrawn

  private mutating func redraw(_ event: RunProgress, _ status: RunStatus) {
    let milliseconds = Int((clock.now - started) / .milliseconds(1))
    var isImportant = false
    switch event {
    case .draining(let signal):
      lastFailure = draining(signal)
      isImportant = true
    case .closed(let cause):
      lastFailure = closing(cause)
      isImportant = true
    case .confirming: isImportant = true
    case .started, .waiting, .weak, .fewer, .step, .finished, .retrying, .short, .paused, .resumed, .reused, .tick:
      break
    }
    let isOver = status.done >= status.planned && status.running == 0
    guard isImportant || isOver || milliseconds - lastDrawn >= 100 || drawnLines == 0 else { return }
    lastDrawn = milliseconds
    var lines = ["\(bar(status)) \(counts(status)), \(status.running) running, \(elapsed(status))\(left(status))"]
    if !status.best.isEmpty { lines.append("best  \(describe(status.best))") }
    if let lastFailure { lines.append("last  \(lastFailure)") }
    let width = Console.width - 1
    let up = drawnLines > 0 ? "\u{1B}[\(drawnLines)A\r\u{1B}[J" : ""
    Console.write(up + lines.map { $0.prefix(width) + "\n" }.joined(), to: 2)
    drawnLines = lines.count
  }

  private func bar(_ status: RunStatus) -> String {
    let width = 24
    let filled = status.planned == 0 ? 0 : min(width, width * status.done / status.planned)
    return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
  }

  // MARK: - Words

  /// Nil where it goes without saying.
  private func words(_ name: String, _ state: StepState) -> String? {
    switch state {
    case .recorded: "step \(name)  as it was: not run again"
    case .started: nil
    case .done(let seconds, _): "step \(name)  \(Text.duration(milliseconds: Int(seconds * 1000)))"
    case .skipped: "step \(name)  not run: one before it failed"
    case .failed(let failure):
      "step \(name) failed: \(Text.printable(failure.reason))\(failure.lastWords.isEmpty ? "" : " (\(Text.printable(failure.lastWords)))"); its output is in \(Console.shortened(failure.folder))"
    }
  }

  private func name(_ trial: Int) -> String {
    guard let confirmed, confirmed.trials.indices.contains(trial - confirmed.from) else { return "trial \(trial)" }
    return "trial \(trial) (\(confirmed.trials[trial - confirmed.from]) again)"
  }

  private func counts(_ status: RunStatus) -> String {
    let others = [(status.failed, "failed"), (status.stopped, "stopped")].filter { $0.0 > 0 }
      .map { "\(Text.grouped($0.0)) \($0.1)" }.joined(separator: ", ")
    return "\(Text.grouped(status.done))/\(Text.grouped(status.planned))"
      + (others.isEmpty ? "" : " (\(others))")
  }

  private func describe(_ values: [Double]) -> String {
    zip(metrics, values).map { "\($0) \(Text.number($1))" }.joined(separator: ", ")
  }

  private func describe(_ best: [Incumbent]) -> String {
    guard best.count == 1 else { return "\(best.count) trials, none better in every objective" }
    return "\(describe(best[0].values)) (trial \(best[0].trial))"
  }

  private func elapsed(_ status: RunStatus) -> String {
    Text.duration(milliseconds: max(1000, status.elapsed / 1000 * 1000))
  }

  /// An estimate, once there is something to go by.
  private func left(_ status: RunStatus) -> String {
    let milliseconds = Int((clock.now - started) / .milliseconds(1))
    guard status.executed >= max(3, status.workers), status.done < status.planned else { return "" }
    let left = Double(milliseconds) / Double(status.executed) * Double(status.planned - status.done)
    return ", about \(Text.duration(milliseconds: max(1000, Int(left / 1000) * 1000))) left at most"
  }

  private mutating func draining(_ signal: Int) -> String {
    defer { isStopping = true }
    return signal == 2 && !isStopping
      ? "stopping: no more trials are started; Ctrl-C again ends those that run" : "stopping: trials are being ended"
  }

  private func describe(_ failure: Failure, blamed: String?, metrics: [String]) -> String {
    switch failure {
    case .exit, .signal, .timeout, .silence, .memory, .disk: return failure.words
    case .metricNotFinite: return "\(Text.printable(blamed ?? "a metric")) is not finite"
    case .metricMissing:
      let seen = metrics.prefix(5).map(Text.printable).joined(separator: ", ")
      let others = seen.isEmpty ? ", nor any other metric" : "; it reported \(seen)"
      let metric = Text.printable(blamed ?? "a metric")
      return "it did not report \(metric) as a number \(Text.printable(source.place))\(others)"
    }
  }
}

extension StepState {
  fileprivate var isFailure: Bool { if case .failed = self { true } else { false } }
}

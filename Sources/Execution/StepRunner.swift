internal import Artifacts
internal import CProcess
internal import Glibc
internal import Search

/// Why a step did not come to its end.
package struct StepFailure: Sendable {
  /// Such as `prepare.features`.
  package var step: String
  /// In words.
  package var reason: String
  /// The last line of its standard error.
  package var lastWords: String
  /// Where its output lies.
  package var folder: String
}

/// What becomes of a step.
package enum StepState: Sendable {
  /// It has ended well before, and what it made is there.
  case recorded
  case started
  /// Of what it has made for the trials these paths are others than when it made them before.
  case done(seconds: Double, differs: [String])
  case failed(StepFailure)
  /// One that it comes after failed.
  case skipped
}

/// What the steps after the search are told of its result.
struct StepSubject {
  var content: Digest
  var manifest: String
  /// The best trial; nil where no single one is.
  var best: (trial: Int, point: Point, seed: Int, folder: TrialFolder)?
}

/// Runs the steps of a plan, each after those that it comes after, and as many at once as may run.
///
/// What fails keeps those from being run that come after it, and no others.
struct StepRunner {
  enum Ending {
    case done(failed: [StepFailure])
    case interrupted(signal: Int)
  }

  private struct Running {
    var step: Step
    var key: Digest
    var folder: TrialFolder
    let launch: Launch
    var started: Int
    var deadline: Int?
    var killTime: Int?
    var isTooLong = false
    var isCancelled = false
  }

  private let order: Order
  private let kind: Step.Kind
  private let token: String
  private let surroundings: RealSurroundings
  private let subject: StepSubject?
  private let keys: [String: Digest]
  private var waiting: [Step]
  /// What the steps have made that are done, by name and path.
  private(set) var made: [String: [String: Digest]] = [:]
  private var failures: [StepFailure] = []
  /// By name, with those that were not run because of one that failed.
  private var failed = Set<String>()
  private var running: [pid_t: Running] = [:]
  private var stopSignal: Int?

  /// - Parameter token: how the attempts' tokens begin.
  init(
    _ order: Order, _ kind: Step.Kind, token: String, _ surroundings: RealSurroundings, subject: StepSubject? = nil
  ) {
    self.order = order
    self.kind = kind
    self.token = token
    self.surroundings = surroundings
    self.subject = subject
    keys = order.plan.plan.stepKeys(kind, result: subject?.content)
    waiting = Step.ordered(order.plan.plan.steps(kind))
    attune_become_subreaper()
  }

  /// - Throws: `FileError` when a record cannot be written.
  mutating func run(_ watch: (RunProgress, RunStatus) -> Void) throws -> Ending {
    let tell = { (step: Step, state: StepState) in watch(.step(name: step.name, state), RunStatus()) }
    do {
      while true {
        try start(tell)
        guard !running.isEmpty else { break }
        let next = running.values.compactMap { $0.killTime ?? $0.deadline }.min()
        surroundings.wait(until: next ?? surroundings.now + 1000)
        takeSignals(watch)
        try reap(tell)
        enforceDeadlines()
      }
    } catch {
      end()
      throw error
    }
    return stopSignal.map { .interrupted(signal: $0) } ?? .done(failed: failures)
  }

  /// Starts what may be started.
  private mutating func start(_ tell: (Step, StepState) -> Void) throws {
    var isChanged = true
    while isChanged, stopSignal == nil {
      isChanged = false
      for step in waiting {
        if step.after.contains(where: failed.contains) {
          waiting.removeAll { $0 == step }
          failed.insert(step.name)
          tell(step, .skipped)
          isChanged = true
        } else if step.after.allSatisfy({ made[$0] != nil }), running.count < order.workers, let key = keys[step.name] {
          waiting.removeAll { $0 == step }
          let folder = order.project.stepFolder(of: key)
          let record = StepRecord(folder: folder.path)
          let used = made.made(before: step)
          if order.reuse != .nothing, let record,
            record.isCurrent(step, key: key, using: used, in: order.project.experimentFolder)
          {
            made[step.name] = record.outputs
            tell(step, .recorded)
          } else {
            try launch(step, key, folder, after: record, tell)
          }
          isChanged = true
        }
      }
    }
  }

  private mutating func launch(
    _ step: Step, _ key: Digest, _ folder: TrialFolder, after earlier: StepRecord?, _ tell: (Step, StepState) -> Void
  ) throws {
    let attempts = (earlier?.attempts ?? 0) + 1
    let changed = InputGuard(step.inputs, folder: order.project.experimentFolder).changedSincePlan()
    guard changed.isEmpty else {
      return fail(step, "changed since the plan was made: \(changed.joined(separator: ", "))", folder, tell)
    }
    try File.makeFolders(folder.path)
    for path in [folder.output, folder.errors] { unlink(path) }
    // What it makes is not the end of it before that is recorded.
    var record = StepRecord(
      step: Step.path(kind, step.name), experiment: order.project.experimentPath, key: key, state: .running,
      attempts: attempts)
    record.outputs = earlier?.outputs ?? [:]
    try record.write(to: folder.path)
    let template = step.template
    let space = order.plan.plan.search.space
    let point = subject?.best?.point ?? Point(Array(repeating: nil, count: space.parameters.count))
    let own = try variables(folder, point, attempts: attempts)
    let declared = Set(template.environment.map(\.name) + own.map(\.name))
    let inherited = ProcessEnvironment.entries.filter { entry in
      let name = String(entry.prefix { $0 != "=" })
      return !declared.contains(name) && !name.hasPrefix("ATTUNE_")
    }
    let arguments = template.arguments(
      for: point, in: space, seed: subject?.best?.seed ?? 0, folder: subject?.best?.folder.path ?? folder.path,
      variables: template.valuesOfNamedVariables)
    do {
      let launch = try Launch(
        Launch.Request(
          arguments: arguments, environment: inherited + (template.environment + own).map { "\($0.name)=\($0.value)" },
          directory: order.project.experimentFolder, output: folder.output, error: folder.errors))
      let now = surroundings.now
      running[launch.pid] = Running(
        step: step, key: key, folder: folder, launch: launch, started: now, deadline: step.timeout.map { now + $0 })
      tell(step, .started)
    } catch { fail(step, "\(error)", folder, tell) }
  }

  /// What a step is told beside what it declares.
  private func variables(_ folder: TrialFolder, _ point: Point, attempts: Int) throws -> [TrialTemplate.Variable] {
    var pairs = [
      ("ATTUNE_STEP_DIR", folder.path), (Survivors.variable, "\(token)s\(folder.path.suffix(16)).\(attempts)"),
    ]
    if let subject { pairs.append(("ATTUNE_MANIFEST", subject.manifest)) }
    if let best = subject?.best {
      let space = order.plan.plan.search.space
      let bytes = point.nestedJSON(in: space).canonicalBytes
      try File.replace(folder.parameters, with: bytes)
      // The trial may have been run elsewhere, or its folder deleted since.
      try File.makeFolders(best.folder.checkpoint)
      if File.kind(of: best.folder.parameters) == nil { try File.replace(best.folder.parameters, with: bytes) }
      pairs += [
        ("ATTUNE_PARAMS", folder.parameters), ("ATTUNE_TRIAL", "\(best.trial)"), ("ATTUNE_SEED", "\(best.seed)"),
        ("ATTUNE_TRIAL_DIR", best.folder.path), ("ATTUNE_CHECKPOINT", best.folder.checkpoint),
      ]
      let step = TrialTemplate(program: .shell(""), environment: [], timeout: nil, metrics: .auto)
      return pairs.map { TrialTemplate.Variable(name: $0.0, value: $0.1) } + step.variables(for: point, in: space)
    }
    return pairs.map { TrialTemplate.Variable(name: $0.0, value: $0.1) }
  }

  private mutating func reap(_ tell: (Step, StepState) -> Void) throws {
    var child = attune_ended_child()
    while case let pid = attune_ended(), pid > 0 {
      if running[pid] != nil { kill(-pid, SIGKILL) }
      guard attune_reap(pid, &child) == 0 else { break }
      guard let ended = running.removeValue(forKey: pid) else { continue }
      Survivors.end(tokensWith: "\(token)s\(ended.folder.path.suffix(16)).", isCertain: false)
      order.secrets.coverFiles(of: ended.folder)
      for path in [ended.folder.output, ended.folder.errors] { OutputLimit.shorten(path) }
      try harvest(ended, child, tell)
    }
  }

  private mutating func harvest(
    _ ended: Running, _ child: attune_ended_child, _ tell: (Step, StepState) -> Void
  ) throws {
    let step = ended.step
    // It begins anew with the next apply.
    if ended.isCancelled { return }
    var reason: String?
    if let failure = ended.launch.failure {
      reason = "\(failure)"
    } else if ended.isTooLong {
      reason = "it took longer than its timeout"
    } else if child.signal != 0 {
      reason = "ended by signal \(child.signal)"
    } else if child.exit_code != 0 {
      reason = "exit code \(child.exit_code)"
    }
    let folder = order.project.experimentFolder
    let changed = InputGuard(step.inputs, folder: folder).changedSincePlan()
    if reason == nil, !changed.isEmpty { reason = "changed while it ran: \(changed.joined(separator: ", "))" }
    let begun = StepRecord(folder: ended.folder.path)
    var record = StepRecord(
      step: Step.path(kind, step.name), experiment: order.project.experimentPath, key: ended.key, state: .completed,
      attempts: begun?.attempts ?? 1)
    record.used = made.made(before: step)
    for path in step.outputs where reason == nil {
      record.outputs[path] = StepRecord.digest(of: Path.join(folder, path))
      if record.outputs[path] == nil { reason = "it ended well and did not make \(path)" }
    }
    if let reason {
      record.state = .failed
      record.outputs = begun?.outputs ?? [:]
      try record.write(to: ended.folder.path)
      return fail(step, reason, ended.folder, tell)
    }
    try record.write(to: ended.folder.path)
    made[step.name] = record.outputs
    let differs = step.outputs.filter { path in
      kind == .prepare && begun?.outputs[path].map { $0 != record.outputs[path] } ?? false
    }
    tell(step, .done(seconds: Double(surroundings.now - ended.started) / 1000, differs: differs))
  }

  private mutating func fail(
    _ step: Step, _ reason: String, _ folder: TrialFolder, _ tell: (Step, StepState) -> Void
  ) {
    let failure = StepFailure(
      step: Step.path(kind, step.name), reason: reason, lastWords: File.lastLine(of: folder.errors),
      folder: folder.path)
    failures.append(failure)
    failed.insert(step.name)
    tell(step, .failed(failure))
  }

  // MARK: - Time and signals

  private mutating func takeSignals(_ watch: (RunProgress, RunStatus) -> Void) {
    for signal in surroundings.signals() {
      if stopSignal != nil || signal != SIGINT { for pid in running.keys { tellToEnd(pid, isCancelled: true) } }
      stopSignal = stopSignal ?? Int(signal)
      watch(.draining(signal: Int(signal)), RunStatus())
    }
  }

  private mutating func enforceDeadlines() {
    let now = surroundings.now
    for (pid, step) in running {
      if let time = step.killTime {
        guard time <= now else { continue }
        kill(-pid, SIGKILL)
        running[pid]?.killTime = now + LocalExecutor.grace
      } else if let deadline = step.deadline, deadline <= now {
        running[pid]?.isTooLong = true
        tellToEnd(pid, isCancelled: false)
      }
    }
  }

  private mutating func tellToEnd(_ pid: pid_t, isCancelled: Bool) {
    if kill(-pid, SIGTERM) != 0 { kill(pid, SIGTERM) }
    kill(-pid, SIGCONT)
    running[pid]?.killTime = surroundings.now + LocalExecutor.grace
    if isCancelled { running[pid]?.isCancelled = true }
  }

  /// Ends what still runs and waits for it.
  private mutating func end() {
    for pid in running.keys { tellToEnd(pid, isCancelled: true) }
    while !running.isEmpty {
      surroundings.wait(until: running.values.compactMap(\.killTime).min() ?? surroundings.now + 1000)
      _ = surroundings.signals()
      try? reap { _, _ in }
      enforceDeadlines()
    }
  }
}

package import Artifacts
internal import Glibc
internal import Search
internal import Store

/// Runs recorded trials again, from the recorded inputs, and compares what they report now with what is recorded.
///
/// It records nothing: the trials have folders of their own, which are deleted where the result is the same.
package struct Reproduction: Sendable {
  /// Which trials of a manifest are run again.
  package enum Selection: Hashable, Sendable {
    case best
    case all
    case trial(Int)
    /// Those with a run whose key begins with these hexadecimal digits.
    case key(String)
  }

  /// One run of a trial, and what it gave both times.
  package struct Comparison: Sendable {
    package var trial: Int
    /// The point as canonical JSON.
    package var parameters: String
    package var name: TrialIdentity.Run
    package var recorded: Measurement
    package var now: Measurement
    package var verdict: Verdict
    /// What it left, where the verdict is `differs`.
    package var folder: String
    /// The last line of its standard error, where it failed.
    package var lastWords: String
  }

  package enum Verdict: String, Sendable {
    /// Bit for bit.
    case same
    case withinTolerance = "within-tolerance"
    case differs
  }

  /// What is run, and how.
  package struct Request: Sendable {
    package var manifest: Manifest
    /// The manifest's file.
    package var path: String
    package var selections: [Selection]
    /// How far a value may be from the recorded one, as a part of the larger of the two.
    package var tolerance: Double
    /// Trials at once; nil for as many as the plan says.
    package var workers: Int?
    package var machine: Machine
    /// The command that becomes the guardian.
    package var guardian: [String]

    package init(
      manifest: Manifest, path: String, selections: [Selection], tolerance: Double, workers: Int?, machine: Machine,
      guardian: [String]
    ) {
      self.manifest = manifest
      self.path = path
      self.selections = selections
      self.tolerance = tolerance
      self.workers = workers
      self.machine = machine
      self.guardian = guardian
    }
  }

  /// In the order of the trials and their runs.
  package private(set) var comparisons: [Comparison] = []
  /// The signal that ended it before all were run; nil when all were.
  package private(set) var interruption: Int?

  private let request: Request
  private let order: Order
  /// The recorded runs that are still to be launched, the next one last.
  private var waiting: [(record: TrialRecord, run: Int)] = []
  /// The folders of the recorded trials that others continue from, by key.
  private var continued: [Digest: TrialFolder] = [:]
  /// Those that were launched, by the number that their job has for an intent.
  private var launched: [Int: (record: TrialRecord, run: Int)] = [:]

  /// Runs the trials and waits for them.
  ///
  /// - Parameter watch: is told of each comparison as it is made.
  /// - Throws: `ExecutionError` when the inputs are not those of the manifest, or a trial is none of its; `FileError`.
  package init(_ request: Request, watch: (Comparison) -> Void) throws {
    self.request = request
    let document = request.manifest.content.plan
    let token = String(UInt64.random(in: .min ... .max), radix: 16)
    let project = try Self.project(of: request.manifest, at: request.path)
    let folder = Path.join(project.stateFolder, "reproductions/\(token)")
    var resources = document.plan.trial.resources
    resources.memory = document.plan.trial.largestLimits.memory
    let most = try request.machine.workers(atMost: request.workers ?? document.plan.parallel, each: resources)
    order = Order(
      plan: document, project: project.with(trialsFolder: folder), source: request.manifest.circumstances.source,
      bases: request.manifest.circumstances.bases, workers: most.count, machine: request.machine, reuse: .nothing,
      waits: false, guardian: request.guardian, version: "", secrets: try Secrets(of: document, texts: []))
    let changed = InputGuard(document.plan.inputs, folder: project.experimentFolder).changedSincePlan()
    guard changed.isEmpty else { throw ExecutionError.inputsNotRecorded(changed) }
    let unprepared = document.plan.prepare.map(\.name).filter {
      !project.currentSteps(.prepare, of: document.plan).contains($0)
    }
    guard unprepared.isEmpty else { throw ExecutionError.stepsNotCurrent(unprepared) }
    var names = TrialNames(document.plan)
    for record in try Self.records(of: request, &names) {
      for (run, parent) in zip(record.runs, record.parent.flatMap { names.runs(of: $0) } ?? []) {
        let folder = project.trialFolder(of: parent.key)
        guard File.kind(of: folder.checkpoint) == .folder else {
          throw ExecutionError.checkpointMissing(trial: record.trial)
        }
        continued[run.name.key] = folder
      }
      for run in record.runs.indices { waiting.append((record, run)) }
    }
    waiting.reverse()
    let surroundings = try RealSurroundings()
    try prepareStateFolder(project.stateFolder)
    let lock = try ProjectLock(
      folder: project.stateFolder, holder: LockHolder(task: "reproducing \(project.experimentPath)"))
    let guardian = try Guardian(command: request.guardian, token: token + ":")
    let executor = LocalExecutor(order, token: token + ":")
    let group = RunGroup(token: token)
    var failure: (any Error)?
    do { try run(executor, surroundings, watch) } catch { failure = error }
    guardian.dismiss()
    _ = consume group
    if !comparisons.contains(where: { $0.verdict == .differs }) { try? Garbage.remove(folder) }
    _ = consume lock
    if let failure { throw failure }
    comparisons.sort { ($0.trial, $0.name.seed) < ($1.trial, $1.name.seed) }
  }

  /// The project of a manifest: the folder in whose `results` it lies.
  ///
  /// - Throws: `FileError` when its experiment is not there.
  package static func project(of manifest: Manifest, at path: String) throws -> Project {
    let source = manifest.circumstances.sourcePath
    var folder = Path.resolved(Path.folder(of: path)) ?? "/"
    while folder != "/" {
      let parent = Path.folder(of: folder)
      let experiment = Path.join(parent, source)
      if Path.name(of: folder) == "results", File.kind(of: experiment) == .file {
        return try Project(experiment: experiment)
      }
      folder = parent
    }
    throw FileError("find", "the experiment \(source) of the manifest", code: ENOENT)
  }

  /// The records of the selected trials.
  ///
  /// - Parameter names: learns those of all trials.
  private static func records(of request: Request, _ names: inout TrialNames) throws -> [TrialRecord] {
    let content = request.manifest.content
    let best = Set(content.best.map(\.trial))
    let lines = TrialLines(content.plan.plan)
    var replay = Replay(content.plan.plan, closure: content.conclusion.closure)
    var records: [TrialRecord] = []
    var found = Set<Selection>()
    let path = Path.join(Path.folder(of: request.path), Manifest.trialsFileName)
    guard try File.digest(of: path).digest == content.trialsDigest else {
      throw DocumentError("\(Manifest.trialsFileName) is not the one that belongs to it: `attune verify` says more")
    }
    try File.forEachLine(of: path) { line in
      guard replay.next != nil else { return }
      let record = replay.take(try lines.measured(line))
      _ = names.runs(of: record.trial, at: names.identity.pointBytes(record.point), continuing: record.parent)
      let selecting = request.selections.filter { selection in
        switch selection {
        case .best: best.contains(record.trial)
        case .all: true
        case .trial(let number): number == record.trial
        case .key(let digits): record.runs.contains { $0.name.key.hex.hasPrefix(digits) }
        }
      }
      found.formUnion(selecting)
      if !selecting.isEmpty { records.append(record) }
    }
    for selection in request.selections where !found.contains(selection) {
      switch selection {
      case .best: throw ExecutionError.trialUnknown("no trial completed, so none is the best")
      case .all: break
      case .trial(let number): throw ExecutionError.trialUnknown("the manifest has no trial \(number)")
      case .key(let digits): throw ExecutionError.trialUnknown("the manifest has no key that begins with \(digits)")
      }
    }
    return records
  }

  private mutating func run(
    _ local: LocalExecutor, _ surroundings: RealSurroundings, _ watch: (Comparison) -> Void
  ) throws {
    var executor = local
    let identity = TrialIdentity(order.plan.plan)
    let variables = order.plan.plan.trial.valuesOfNamedVariables
    var launchAfter = 0
    var next = 1
    var failure: (any Error)?
    while executor.runningCount > 0 || !waiting.isEmpty {
      while let (record, run) = waiting.last, executor.runningCount < order.workers, launchAfter <= surroundings.now {
        do {
          var job = order.job(
            trial: record.trial, intent: next, at: record.point, identity.pointBytes(record.point),
            record.runs[run].name, variables)
          job.continued = continued[job.key]
          // Which attempt it was is not recorded in the result.
          job.limits = order.plan.plan.trial.largestLimits
          try executor.launch(job, now: surroundings.now)
          launched[next] = waiting.removeLast()
          next += 1
        } catch let error as FileError where error.isShortage {
          launchAfter = surroundings.now + 200
        } catch {
          failure = error
          waiting.removeAll()
          executor.cancelAll(now: surroundings.now)
        }
      }
      surroundings.wait(until: min(executor.nextDeadline ?? .max, surroundings.now + 1000))
      if let signal = surroundings.signals().first {
        interruption = interruption ?? Int(signal)
        waiting.removeAll()
        executor.cancelAll(now: surroundings.now)
      }
      for (job, curve) in executor.reports(now: surroundings.now) {
        // What a trial did beyond the step at which a rule ended it is not recorded.
        guard case .stopped(let stop)? = launched[job.intent].map({ $0.record.runs[$0.run].measurement }),
          curve.reports.last.map({ $0.step >= stop.step }) ?? false
        else { continue }
        executor.stop(job, at: stop.step, now: surroundings.now)
      }
      for ended in executor.reap(now: surroundings.now) where !ended.isCancelled {
        let comparison = compare(ended, executor)
        comparisons.append(comparison)
        watch(comparison)
      }
      executor.enforceDeadlines(now: surroundings.now)
    }
    if let failure { throw failure }
  }

  private func compare(_ ended: EndedTrial, _ executor: LocalExecutor) -> Comparison {
    guard let (record, run) = launched[ended.job.intent] else { preconditionFailure("it was launched") }
    let recorded = record.runs[run].measurement
    let now = measurement(of: executor.facts(of: ended), asFarAs: recorded)
    var lastWords = ""
    if case .failed = now { lastWords = executor.lastWords(of: ended.job, naming: nil) }
    return Comparison(
      trial: record.trial, parameters: String(decoding: ended.job.point, as: UTF8.self), name: record.runs[run].name,
      recorded: recorded, now: now, verdict: verdict(recorded, now), folder: ended.job.folder.path,
      lastWords: lastWords)
  }

  /// Where a rule ended the recorded run, what this one reported at that step.
  private func measurement(of facts: TrialFacts, asFarAs recorded: Measurement) -> Measurement {
    if case .stopped(var stop) = recorded, let last = facts.curve.through(stop.step).reports.last,
      last.step == stop.step
    {
      stop.value = last.value
      return .stopped(stop)
    }
    return TrialJudge(order.plan.plan).measurement(of: facts) ?? .failed(.metricMissing)
  }

  private static func values(of measurement: Measurement) -> [Double]? {
    switch measurement {
    case .values(let values): values
    case .stopped(let stop): [stop.value]
    case .failed: nil
    }
  }

  private func verdict(_ recorded: Measurement, _ now: Measurement) -> Verdict {
    guard let old = Self.values(of: recorded), let new = Self.values(of: now), old.count == new.count else {
      return recorded == now ? .same : .differs
    }
    if zip(old, new).allSatisfy({ $0.bitPattern == $1.bitPattern }) { return .same }
    let isNear = zip(old, new).allSatisfy { abs($0 - $1) <= request.tolerance * max(abs($0), abs($1)) }
    return isNear ? .withinTolerance : .differs
  }
}

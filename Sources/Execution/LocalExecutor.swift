package import Artifacts
internal import CProcess
internal import Glibc
internal import Search

/// Runs trials as processes of this machine: each in a session of its own, with its output in files.
///
/// It never waits: `reap` and `enforceDeadlines` are called when the loop that owns it has been woken.
struct LocalExecutor: TrialExecutor {
  private struct Running {
    var job: Job
    let launch: Launch
    let group: ControlGroup
    /// Those that it has for itself.
    let gpus: [String]
    let processors: [Int]
    var started: Int
    /// When it is told to end.
    var deadline: Int?
    /// When it is killed, once it has been told.
    var killTime: Int?
    var isCancelled = false
    /// When it is told to end, and the step at which a rule ended it.
    var stopTime: Int?
    var stopStep: Int?
    var reports: TrialReports
    var vigil: TrialVigil
    /// The limit for which it was told to end.
    var breach: TrialFacts.Ending?
  }

  /// How long a trial that was told to end may take to do so, in milliseconds.
  static let grace = TrialTemplate.killGrace
  /// How long what a trial left behind may live on, in milliseconds.
  private static let strayTime = 50
  /// How often it is looked how much trials have printed, in milliseconds: the loop wakes as often of itself.
  private static let outputTime = 1000

  private let directory: String
  /// What all trials have of it.
  private let environment: CStringList
  private let token: String
  private let metrics: MetricSource
  private let reader: MetricReader
  private let secrets: Secrets
  private let resources: ResourceLimits
  /// Whether trials are judged on the way, and how long one that is stopped has to end by itself, in milliseconds.
  private let isJudging: Bool
  private let stopGrace: Int
  private let groups: ControlGroups
  /// Groups of trials that are over, in which something is ending still.
  private var leftGroups: [ControlGroup] = []
  private var running: [pid_t: Running] = [:]
  private var freeGPUs: [String]
  private var freeProcessors: [Int]
  /// When to look for what trials that ended left behind: one look serves many short trials.
  private var strayCheck: Int?
  /// When to look how much running trials have printed, and what they have reported.
  private var outputCheck = 0
  private var reportCheck = 0

  /// - Parameter token: the attempts' tokens are this and the intent's number.
  init(_ order: Order, token: String) {
    let plan = order.plan.plan
    directory = order.project.experimentFolder
    self.token = token
    metrics = plan.trial.metrics
    reader = MetricReader(of: plan)
    secrets = order.secrets
    resources = plan.trial.resources
    isJudging = !plan.search.trialRules.isEmpty && !plan.judgesRuns
    stopGrace = plan.trial.grace
    groups = ControlGroups(for: resources)
    freeGPUs = order.machine.gpus
    freeProcessors = order.machine.processors
    // What jobs bring does not come from this process.
    let declared = plan.scriptVariables.union(plan.trial.environment.map(\.name))
    let inherited = ProcessEnvironment.entries.filter { entry in
      let name = String(entry.prefix { $0 != "=" })
      return !declared.contains(name) && !name.hasPrefix("ATTUNE_")
    }
    let own = inherited + plan.trial.environment.map(\.entry)
    // What Python prints to a file it keeps back for long, and a report that is not seen ends no trial.
    let unbuffered = "PYTHONUNBUFFERED="
    let isSaid = declared.contains(String(unbuffered.dropLast())) || inherited.contains { $0.hasPrefix(unbuffered) }
    let all = (isJudging && !isSaid ? own + [unbuffered + "1"] : own) + Self.threads(for: resources, besides: own)
    // Which GPUs it has is said to each.
    let isGiven = resources.gpus != nil
    environment = CStringList(
      all.filter { entry in !isGiven || !Self.gpuVariables.contains { entry.hasPrefix($0 + "=") } })
    attune_become_subreaper()
  }

  var runningCount: Int { running.count }

  /// The next moment at which `enforceDeadlines` has something to do.
  var nextDeadline: Int? {
    let trials = running.values.compactMap { $0.killTime ?? $0.stopTime ?? $0.deadline }.min()
    let isReporting = isJudging && running.values.contains { $0.stopStep == nil && $0.killTime == nil }
    return [trials, strayCheck, isReporting ? reportCheck : nil].compactMap { $0 }.min()
  }

  /// Makes the trial's folder, which takes about as long as making the process.
  func prepare(_ job: inout Job) { job.isFolderNew = try? File.makeFolders(job.folder.path) }

  /// Starts a trial's command.
  ///
  /// What an attempt before this one left in the trial's folder under attune's names is removed, whatever it is.
  ///
  /// - Throws: `FileError` when a file or a process cannot be made. What the process makes itself, and that its program cannot be
  ///   started, is known later.
  mutating func launch(_ job: Job, now: Int) throws {
    var job = job
    let folder = job.folder
    // One that was made ahead may be gone again.
    let known = job.isFolderNew.flatMap { File.kind(of: folder.path) == .folder ? $0 : nil }
    let isNew = try known ?? File.makeFolders(folder.path)
    // The next attempt finds it there.
    job.isFolderNew = nil
    if job.beginsAnew, File.kind(of: folder.checkpoint) != nil { try Garbage.remove(folder.checkpoint) }
    if !isNew {
      job.earlier = try EarlierReports(keptIn: folder, of: reader, isWhole: job.followsEnd, covered: secrets.covered)
      for path in [folder.parameters, folder.metrics, folder.output, folder.errors, folder.stop] { unlink(path) }
      reader.removeOldMetrics(in: folder)
    }
    if let continued = job.continued, File.kind(of: folder.checkpoint) == nil {
      guard !job.needsCheckpoint || File.kind(of: continued.checkpoint) == .folder else {
        throw ExecutionError.checkpointMissing(trial: job.number)
      }
      try Checkpoint.copy(continued.checkpoint, to: folder.checkpoint)
    }
    let own = [
      "ATTUNE_PARAMS=\(folder.parameters)", "ATTUNE_METRICS=\(folder.metrics)", "ATTUNE_TRIAL_DIR=\(folder.path)",
      "ATTUNE_CHECKPOINT=\(folder.checkpoint)", "ATTUNE_STOP=\(folder.stop)", "ATTUNE_SEED=\(job.seed)",
      "ATTUNE_TRIAL=\(job.number)",
      "\(Survivors.variable)=\(token)\(job.intent)",
    ]
    let gpus = Array(freeGPUs.prefix(resources.gpus ?? 0))
    let processors = Array(freeProcessors.prefix(resources.pinnedCPUs))
    var resources = resources
    resources.memory = job.limits.memory
    let group = try groups.make(ControlGroups.name(ofRun: String(token.dropLast()), job.intent), resources)
    do {
      let launch = try Launch(
        Launch.Request(
          arguments: job.arguments, environment: job.variables.map(\.entry) + own + visible(gpus),
          sharedEnvironment: environment, folder: folder.checkpoint, file: (folder.parameters, job.parameters),
          directory: directory,
          output: folder.output, error: folder.errors, limits: limits(resources), processors: processors,
          groups: group.entrances))
      running[launch.pid] = Running(
        job: job, launch: launch, group: group, gpus: gpus, processors: processors, started: now,
        deadline: job.limits.time.map { now + $0 },
        reports: TrialReports(of: job, reader),
        vigil: TrialVigil(folder, reader, job.limits, now: now))
      freeGPUs.removeFirst(gpus.count)
      freeProcessors.removeFirst(processors.count)
    } catch {
      group.remove()
      throw error
    }
  }

  /// How many threads the usual libraries of numerics start, where a number of processors is declared and nobody says
  /// otherwise: they would start as many as the machine has.
  private static func threads(for resources: ResourceLimits, besides environment: [String]) -> [String] {
    guard let cpus = resources.cpus else { return [] }
    let names = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]
    return names.filter { name in !environment.contains { $0.hasPrefix(name + "=") } }
      .map { "\($0)=\(max(1, Int(cpus)))" }
  }

  /// What a trial sees of the GPUs, where it is declared how many it has.
  private func visible(_ gpus: [String]) -> [String] {
    guard resources.gpus != nil else { return [] }
    return Self.gpuVariables.map { "\($0)=\(gpus.joined(separator: ","))" }
  }

  private static let gpuVariables = ["CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"]

  /// What the system holds each process of a trial to by itself.
  private func limits(_ resources: ResourceLimits) -> [attune_limit] {
    var limits: [attune_limit] = []
    func add(_ resource: __rlimit_resource, _ value: Int) {
      limits.append(attune_limit(resource: Int32(resource.rawValue), value: UInt64(value)))
    }
    if let count = resources.openFiles { add(RLIMIT_NOFILE, count) }
    if let time = resources.cpuTime { add(RLIMIT_CPU, (time + 999) / 1000) }
    // Where there is no group, each process may have as much data.
    if let memory = resources.memory, !groups.limitsMemory { add(RLIMIT_DATA, memory) }
    return limits
  }

  /// What of the experiment's limits this machine cannot keep, in words.
  static func weaknesses(of resources: ResourceLimits) -> [String] {
    let groups = ControlGroups(for: resources)
    var weaknesses: [String] = []
    if resources.memory != nil, !groups.limitsMemory {
      weaknesses.append("memory is limited for each process of a trial, not for all of them together")
    }
    if resources.cpus != nil, !groups.limitsCPUs { weaknesses.append("cpus are not limited") }
    return weaknesses
  }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError("write", path) }
    defer { close(descriptor) }
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw FileError("write", path) }
  }

  /// Takes note of the children that have ended, and of what they left behind.
  mutating func reap(now: Int) -> [EndedTrial] {
    var ended: [EndedTrial] = []
    var child = attune_ended_child()
    while case let pid = attune_ended(), pid > 0 {
      // While the leader is not reaped, the group's number is no one else's.
      if running[pid] != nil { kill(-pid, SIGKILL) }
      guard attune_reap(pid, &child) == 0 else { break }
      // A child that is no trial was adopted from one.
      guard let trial = running.removeValue(forKey: pid) else { continue }
      freeGPUs += trial.gpus
      freeProcessors += trial.processors
      let isOutOfMemory = trial.group.hasRunOutOfMemory
      trial.group.kill()
      if !trial.group.remove() { leftGroups.append(trial.group) }
      if let failure = trial.launch.failure {
        let isProgram = trial.launch.isOfProgram && !failure.isShortage
        ended.append(
          EndedTrial(
            notBegun: trial.job,
            isProgram ? ExecutionError.cannotLaunch(failure.path, reason: failure.reason) : failure))
        continue
      }
      for path in [trial.job.folder.output, trial.job.folder.errors] { OutputLimit.shorten(path) }
      secrets.coverFiles(of: trial.job.folder)
      ended.append(
        EndedTrial(
          job: trial.job, ending: ending(of: trial, child, isOutOfMemory: isOutOfMemory),
          isCancelled: trial.isCancelled,
          seconds: Double(now - trial.started) / 1000, cpuSeconds: Double(child.cpu_microseconds) / 1e6,
          peakMemory: Int(child.peak_memory_kibibytes)))
    }
    if !ended.isEmpty, strayCheck == nil { strayCheck = now + Self.strayTime }
    return ended
  }

  func facts(of ended: EndedTrial) -> TrialFacts {
    let read = reader.read(in: ended.job.folder, behind: ended.job.earlier)
    return TrialFacts(ending: ended.ending, metrics: secrets.covered(read.metrics), curve: read.curve)
  }

  func lastWords(of job: Job, naming metric: String?) -> String {
    let files = [job.folder.output, job.folder.errors]
    guard let metric else { return File.lastLine(of: job.folder.errors) }
    let lines =
      files.map { File.lastLine(of: $0, with: metrics.sourceName(of: metric)) } + files.map { File.lastLine(of: $0) }
    return lines.first { !$0.isEmpty } ?? ""
  }

  private func ending(
    of trial: Running, _ child: attune_ended_child, isOutOfMemory: Bool
  ) -> TrialFacts.Ending {
    if let step = trial.stopStep { return .stopped(step: step) }
    // Also where it went on without the process that was killed for it.
    if isOutOfMemory, let limit = trial.job.limits.memory { return .memory(limit: limit) }
    return trial.breach ?? (child.signal == 0 ? .exit(code: Int(child.exit_code)) : .signal(number: Int(child.signal)))
  }

  /// Ends the processes that were adopted from trials that are over.
  ///
  /// - Returns: whether there were any.
  private func endStrays() -> Bool {
    let tokens = Set(running.values.map { "\(token)\($0.job.intent)" })
    let strays = Survivors.children().filter { child in
      guard running[child] == nil, let own = Survivors.token(of: child) else { return false }
      return own.hasPrefix(token) && !tokens.contains(own)
    }
    for stray in strays { kill(stray, SIGKILL) }
    return !strays.isEmpty
  }

  /// Tells trials that are beyond a limit to end, and kills those that did not, and what others left behind; keeps what trials
  /// print within its limit.
  mutating func enforceDeadlines(now: Int) {
    if let time = strayCheck, time <= now {
      // What a stray had started is adopted when the stray is gone.
      strayCheck = endStrays() ? now + Self.strayTime : nil
      leftGroups.removeAll { $0.remove() }
      if !leftGroups.isEmpty { strayCheck = now + Self.strayTime }
    }
    if outputCheck <= now {
      outputCheck = now + Self.outputTime
      for (pid, trial) in running {
        for path in [trial.job.folder.output, trial.job.folder.errors] { OutputLimit.release(path) }
        if trial.killTime == nil, let breach = running[pid]?.vigil.breach(now: now) { end(pid, for: breach, now: now) }
      }
    }
    for (pid, trial) in running {
      if let killTime = trial.killTime {
        guard killTime <= now else { continue }
        kill(-pid, SIGKILL)
        running[pid]?.killTime = now + Self.grace
      } else if let stopTime = trial.stopTime {
        if stopTime <= now { tellToEnd(pid, now: now) }
      } else if let deadline = trial.deadline, deadline <= now {
        end(pid, for: .timeout(limit: deadline - trial.started), now: now)
      }
    }
  }

  mutating func reports(now: Int) -> [(job: Job, curve: Curve)] {
    guard isJudging, reportCheck <= now else { return [] }
    let began = ContinuousClock.now
    var grown: [(job: Job, curve: Curve)] = []
    for (pid, trial) in running where trial.stopStep == nil && trial.killTime == nil {
      if let curve = running[pid]?.reports.read() { grown.append((trial.job, curve)) }
    }
    // What takes long to read is read less often.
    let taken = (ContinuousClock.now - began) / .milliseconds(1)
    reportCheck = now + max(Self.reportTime, Int(10 * taken))
    return grown
  }

  /// How often it is looked what trials have reported, in milliseconds.
  private static let reportTime = 50

  /// Puts the stop file there, and tells the trial to end when its time for that is over.
  mutating func stop(_ job: Job, at step: Int, now: Int) {
    guard let (pid, trial) = running.first(where: { $0.value.job.intent == job.intent }), trial.killTime == nil else {
      return
    }
    try? Self.write([], to: job.folder.stop)
    running[pid]?.stopStep = step
    if stopGrace > 0 { running[pid]?.stopTime = now + stopGrace } else { tellToEnd(pid, now: now) }
  }

  /// Ends the trials with these numbers: they are no part of the result.
  ///
  /// - Returns: how many of them were running.
  @discardableResult
  mutating func cancel(_ trials: Set<Int>, now: Int) -> Int {
    var count = 0
    for (pid, trial) in running where trials.contains(trial.job.trial) && !trial.isCancelled {
      running[pid]?.isCancelled = true
      tellToEnd(pid, now: now)
      count += 1
    }
    return count
  }

  mutating func cancelAll(now: Int) { cancel(Set(running.values.map(\.job.trial)), now: now) }

  private mutating func end(_ pid: pid_t, for breach: TrialFacts.Ending, now: Int) {
    running[pid]?.breach = breach
    tellToEnd(pid, now: now)
  }

  private mutating func tellToEnd(_ pid: pid_t, now: Int) {
    // One that was started this moment has no group yet.
    if kill(-pid, SIGTERM) != 0 { kill(pid, SIGTERM) }
    // A stopped process would not hear.
    kill(-pid, SIGCONT)
    // One that was told before has no more time for being told again.
    let killTime = min(running[pid]?.killTime ?? .max, now + Self.grace)
    running[pid]?.killTime = killTime
  }
}

extension TrialTemplate.Variable {
  /// As a process is given it.
  fileprivate var entry: String { "\(name)=\(value)" }
}

/// The variables of this process' environment.
package enum ProcessEnvironment {
  static func value(of name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// The digest of a variable's value; nil when it is not set.
  package static func digest(of name: String) -> Digest? {
    value(of: name).map { Digest(of: "variable", Array($0.utf8)) }
  }

  /// All variables, as `NAME=value`.
  package static var entries: [String] {
    let entries = environ
    return (0...).lazy.map { entries[$0] }.prefix { $0 != nil }.compactMap { $0.map { String(cString: $0) } }
  }
}

extension Plan {
  /// The variables that a script has for its parameters: where one has no value, none of this process stands in for it.
  fileprivate var scriptVariables: Set<String> {
    guard case .shell = trial.program else { return [] }
    return Set(search.space.parameters.map { TrialTemplate.variable(of: $0.name) })
  }
}

package import Artifacts
internal import CProcess
internal import Glibc
internal import Search
internal import Store

/// Carries a plan out: checks the inputs, runs the trials that the schedule asks for, and writes the manifest.
///
/// What is recorded already is not run again, so going on after a crash, doing it all again, and running an edited
/// experiment are one and the same.
///
/// - Parameters:
///   - watch: is told of what happens, in the calling thread.
/// - Throws: `ExecutionError`, `LockHeld`, `StoreError`, `FileError`, or an error of SQLite.
package func execute(_ order: Order, watch: (RunProgress, RunStatus) -> Void) throws -> RunResult {
  let surroundings = try RealSurroundings()
  try checkResults(order)
  try prepareStateFolder(order.project.stateFolder)
  if let kind = FileSystems.network(of: order.project.stateFolder) {
    throw ExecutionError.stateOnNetwork(order.project.stateFolder, kind: kind)
  }
  let lock: ProjectLock
  switch try takeLock(order, surroundings, watch) {
  case .taken(let taken): lock = taken
  case .interrupted(let signal): return .interrupted(signal: signal)
  }
  var order = order
  let resources = order.plan.plan.trial.resources
  let most = try order.machine.workers(atMost: order.workers, each: resources)
  if let scarce = most.scarce { watch(.fewer(workers: most.count, scarce), RunStatus()) }
  order.workers = most.count
  let weaknesses = LocalExecutor.weaknesses(of: resources)
  if !weaknesses.isEmpty { watch(.weak(limits: weaknesses), RunStatus()) }
  let store = try RunStore(folder: order.project.stateFolder)
  let plan = order.plan.plan
  let inputs = InputGuard(plan.inputs, folder: order.project.experimentFolder)
  let variables = plan.variables.filter { ProcessEnvironment.digest(of: $0.key) != $0.value }.keys.sorted()
  let changed = inputs.changedSincePlan() + variables.map { "the value of the variable \($0)" }
  guard changed.isEmpty else { throw ExecutionError.inputsChanged(changed) }
  let ending = try runTrials(order, store, inputs, surroundings, watch)
  _ = consume lock
  return ending
}

private enum Locking: ~Copyable {
  case taken(ProjectLock)
  case interrupted(signal: Int)
}

/// Takes the project's lock, and waits for it if the order says so.
private func takeLock(
  _ order: Order, _ surroundings: RealSurroundings, _ watch: (RunProgress, RunStatus) -> Void
) throws -> Locking {
  var isTold = false
  while true {
    do { return .taken(try ProjectLock(folder: order.project.stateFolder, holder: order.holder)) } catch {
      guard order.waits, let held = error as? LockHeld else { throw error }
      if !isTold { watch(.waiting(for: "\(held)"), RunStatus()) }
      isTold = true
      surroundings.wait(until: surroundings.now + 200)
      if let signal = surroundings.signals().first { return .interrupted(signal: Int(signal)) }
    }
  }
}

/// Makes the folder of the project's state, which is no part of what git keeps.
func prepareStateFolder(_ folder: String) throws {
  try File.makeFolders(folder)
  let ignore = Path.join(folder, ".gitignore")
  if File.kind(of: ignore) == nil { try File.replace(ignore, with: Array("*\n".utf8)) }
}

private func runTrials(
  _ order: Order, _ store: RunStore, _ inputs: InputGuard, _ surroundings: RealSurroundings,
  _ watch: (RunProgress, RunStatus) -> Void
) throws -> RunResult {
  // What a run before this one left behind; its guardian has done it, unless that was killed as well.
  if let token = try store.journal.unfinishedToken(in: order.project.folder) {
    Survivors.end(tokensWith: token + ":", isCertain: true)
    ControlGroups.end(ofRun: token)
    for key in try store.journal.unfinishedKeys(in: order.project.folder) {
      order.secrets.coverFiles(of: order.project.trialFolder(of: key))
    }
  }
  let token = String(UInt64.random(in: .min ... .max), radix: 16)
  let guardian = try Guardian(command: order.guardian, token: token + ":")
  var inputs = inputs
  var coordinator = try Coordinator(
    order, token: token, store: store, executor: LocalExecutor(order, token: token + ":"), surroundings: surroundings,
    changedInputs: { inputs.changedSinceLastLook() })
  // The groups in which trials are limited are found before.
  let group = RunGroup(token: token)
  let result: RunResult
  do {
    result = try carryOut(order, &coordinator, token: token + ":", surroundings, { inputs.add($0) }, watch)
  } catch {
    guardian.dismiss()
    // Waits for what is being committed: that has ended well, whatever else went wrong.
    try? store.checkpoint()
    throw error
  }
  guardian.dismiss()
  _ = consume group
  if case .finished(let manifest, _, _, _) = result { try coordinator.recordEnd(manifest.content.conclusion) }
  try store.checkpoint()
  return result
}

/// The plan's steps, in their order.
///
/// - Parameter prepared: is told which files have been made for the trials.
private func carryOut(
  _ order: Order, _ coordinator: inout Coordinator, token: String, _ surroundings: RealSurroundings,
  _ prepared: ([InputFile]) -> Void, _ watch: (RunProgress, RunStatus) -> Void
) throws -> RunResult {
  var preparation = StepRunner(order, .prepare, token: token, surroundings)
  switch try preparation.run(watch) {
  case .interrupted(let signal): return .interrupted(signal: signal)
  case .done(let failed): if !failed.isEmpty { throw ExecutionError.notPrepared(failed) }
  }
  let folder = order.project.experimentFolder
  prepared(
    preparation.made.values.joined().filter { File.kind(of: Path.join(folder, $0.key)) == .file }
      .map { InputFile(path: $0.key, digest: $0.value, size: 0) })
  switch try search(order, &coordinator, watch) {
  case .interrupted(let signal): return .interrupted(signal: signal)
  case .concluded(let draft, let status):
    let best = draft.best
    let (manifest, isNew) = try draft.publish(status)
    let subject = StepSubject(
      content: manifest.contentDigest, manifest: order.project.manifestPath(of: order.plan.plan.name), best: best)
    // Where no trial completed, there is nothing to use.
    guard !manifest.content.best.isEmpty else { return .finished(manifest, isNew: isNew, status, failed: []) }
    var steps = StepRunner(order, .finally, token: token, surroundings, subject: subject)
    switch try steps.run(watch) {
    case .interrupted(let signal): return .interrupted(signal: signal)
    case .done(let failed): return .finished(manifest, isNew: isNew, status, failed: failed)
    }
  }
}

private enum SearchResult: ~Copyable {
  case concluded(ResultDraft, RunStatus)
  case interrupted(signal: Int)
}

/// Searches, and confirms what was found.
private func search(
  _ order: Order, _ coordinator: inout Coordinator, _ watch: (RunProgress, RunStatus) -> Void
) throws -> SearchResult {
  let conclusion: Conclusion
  switch try coordinator.run(watch) {
  case .interrupted(let signal): return .interrupted(signal: signal)
  case .concluded(let reached): conclusion = reached
  }
  let outcomes = coordinator.outcomes
  var draft = try ResultDraft(order, outcomes, conclusion)
  var status = coordinator.status
  guard let plan = order.plan.plan.confirming(draft.candidates) else { return .concluded(draft, status) }
  let trials = draft.candidates.map(\.trial)
  watch(.confirming(trials: trials, from: conclusion.trials, seeds: plan.trial.repeats.seeds), status)
  coordinator.goOn(with: plan, from: conclusion.trials)
  if case .interrupted(let signal) = try coordinator.run(watch) { return .interrupted(signal: signal) }
  guard let confirmation = try outcomes.confirmation(of: draft.candidates, by: plan) else {
    throw ExecutionError.replayDiffers
  }
  draft.content.confirmation = confirmation
  status.add(coordinator.status)
  return .concluded(draft, status)
}

/// What `execute` is to do, and what it needs to know of the world.
package struct Order: Sendable {
  package var plan: PlanDocument
  package var project: Project
  /// The experiment's text.
  package var source: String
  /// The texts that it extends.
  package var bases: [BaseText]
  /// How many trials run at once.
  package var workers: Int
  /// What there is for them.
  package var machine: Machine
  /// Which recorded outcomes stand for trials.
  package var reuse: Reuse
  /// Whether to wait for another one that is at work in the project.
  package var waits: Bool
  /// The command that becomes the guardian: it is given a token and calls `guardTrials`.
  package var guardian: [String]
  /// The version of attune.
  package var version: String
  /// The plan's secrets.
  package var secrets: Secrets
  /// What was shown of the journal; looked at with the same `reuse`.
  package var recorded: RecordedTrials?

  package init(
    plan: PlanDocument, project: Project, source: String, bases: [BaseText], workers: Int, machine: Machine,
    reuse: Reuse,
    waits: Bool, guardian: [String], version: String, secrets: Secrets, recorded: RecordedTrials? = nil
  ) {
    self.plan = plan
    self.project = project
    self.source = source
    self.bases = bases
    self.workers = workers
    self.machine = machine
    self.reuse = reuse
    self.waits = waits
    self.guardian = guardian
    self.version = version
    self.secrets = secrets
    self.recorded = recorded
  }

  /// Who holds the project's lock.
  var holder: LockHolder { LockHolder(task: "applying \(project.experimentPath)") }
}

package enum RunResult: Sendable {
  /// - isNew: whether the manifest was written; it is left as it is when its content is the same.
  /// - failed: the steps after it that failed.
  case finished(Manifest, isNew: Bool, RunStatus, failed: [StepFailure])
  /// The run can be gone on with.
  case interrupted(signal: Int)
}

package enum ExecutionError: Error, CustomStringConvertible {
  case inputsChanged([String])
  case inputsChangedDuringRun([String])
  /// They are not those of a manifest.
  case inputsNotRecorded([String])
  case programMissing(String)
  /// What a trial needs, and how much of it is there.
  case resourcesMissing(String, there: Int)
  case variablesMissing([String])
  case secretWritten(String)
  case cannotLaunch(String, reason: String)
  case resultsOfAnother(experiment: String, manifest: String)
  case replayDiffers
  /// These steps before the search have not been run, or what they made is not there as it was.
  case stepsNotCurrent([String])
  /// Of the trial that it goes on from.
  case checkpointMissing(trial: Int)
  /// Steps before the search failed.
  case notPrepared([StepFailure])
  case stateOnNetwork(String, kind: String)
  /// The journal of a session is of another search: what has changed since.
  case sessionOfAnother([String])
  /// This version decides otherwise than the one that the session was begun with.
  case sessionDiffers(trial: Int)
  case trialUnknown(String)
  /// The first trial did not report what the search needs.
  case metricMissing(TrialReport)
  /// It does not suffice to confirm the best trials.
  case budgetUsedUp

  package var description: String {
    switch self {
    case .inputsChanged(let paths): "changed since the plan was made: \(paths.joined(separator: ", "))"
    case .inputsChangedDuringRun(let paths):
      "written while trials ran: \(paths.joined(separator: ", ")). What ran with it is not recorded; what ended before is"
    case .inputsNotRecorded(let paths): "not as they were recorded: \(paths.joined(separator: ", "))"
    case .resourcesMissing(let needed, let there):
      "a trial needs \(needed), and there \(there == 1 ? "is" : "are") \(there)"
    case .programMissing(let name): "there is no program `\(name)` to run"
    case .variablesMissing(let names):
      "\(names.joined(separator: ", ")) \(names.count == 1 ? "is" : "are") not set in the environment, and trials need \(names.count == 1 ? "it" : "them")"
    case .secretWritten(let name): "the value of the secret \(name) stands in the experiment, and would be recorded"
    case .cannotLaunch(let name, let reason): "cannot start `\(name)`: \(reason)"
    case .resultsOfAnother(let experiment, let manifest):
      "\(manifest) holds the results of another experiment, \(experiment): give one of them another name"
    case .checkpointMissing(let trial): "the checkpoint that trial \(trial) goes on from is gone"
    case .stepsNotCurrent(let names): "not prepared as it was: \(names.joined(separator: ", "))"
    case .notPrepared(let failures):
      failures.map { "\($0.step) failed: \($0.reason)" }.joined(separator: "; ") + ": no trial is started"
    case .metricMissing(let report):
      "trial \(report.trial) ended well and did not report `\(report.blamed ?? "")`: no other trial is started"
    case .budgetUsedUp:
      "the budget is used up before all of the best trials are confirmed: what was run is recorded, and a larger budget goes on from there"
    case .trialUnknown(let reason): "there is no such trial: \(reason)"
    case .sessionOfAnother(let changes):
      "the journal is of another session: \(changes.isEmpty ? "its search differs" : changes.joined(separator: ", ") + " changed")"
    case .sessionDiffers(let trial):
      "trial \(trial) of the journal is at another point than this version of attune would choose"
    case .stateOnNetwork(let folder, let kind):
      "\(folder) lies on a network file system (\(kind)), where a journal is not safe: nothing was run"
    case .replayDiffers:
      "the journal does not lead to the same decisions when it is read again: this is a fault of attune"
    }
  }
}

/// Refuses before any work what could not be finished: a program that is not there, results of another experiment.
private func checkResults(_ order: Order) throws {
  let plan = order.plan.plan
  if let obstacle = order.project.obstacle(toExperiment: plan.name) { throw obstacle }
  if let first = plan.trial.command.first, first.count == 1, case .literal(let program)? = first.first {
    guard hasProgram(program, in: order.project.experimentFolder) else {
      throw ExecutionError.programMissing(program)
    }
  }
  let path = order.project.manifestPath(of: plan.name)
  guard let bytes = try? File.read(path), let manifest = try? Manifest(fileBytes: bytes) else { return }
  let other = manifest.circumstances.sourcePath
  let isAnother = other != order.project.experimentPath && File.kind(of: Path.join(order.project.folder, other)) != nil
  guard !isAnother else {
    throw ExecutionError.resultsOfAnother(experiment: other, manifest: path)
  }
}

/// Whether `posix_spawnp` would find a program: by PATH, or from `folder` when the name has a slash.
private func hasProgram(_ name: String, in folder: String) -> Bool {
  if name.contains("/") { return access(Path.join(folder, name), X_OK) == 0 }
  let paths = getenv("PATH").map { String(cString: $0) } ?? "/bin:/usr/bin"
  return paths.split(separator: ":").contains { access(Path.join(String($0), name), X_OK) == 0 }
}

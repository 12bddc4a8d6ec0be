internal import Artifacts
internal import Search
package import Store

/// What `attune doctor` finds out about a project's state.
package struct Examination: Sendable {
  /// Events of the journal that are what was written; nil when there is no journal.
  package private(set) var events: Int?
  /// Why the journal was not examined: another version of attune wrote it. Nil when it was.
  package private(set) var otherVersion: String?
  /// What is wrong with the journal, each in a sentence.
  package private(set) var journal: [String] = []
  /// Manifests, by their paths in the project, with what is wrong with them; nil where nothing is.
  package private(set) var manifests: [(path: String, fault: String?)] = []
  /// How many processes of runs that are over are still there.
  package private(set) var survivors = 0
  /// Who is at work in the project, in words; nil when nobody is.
  package private(set) var holder: String?

  /// Whether nothing is wrong with what was examined.
  package var isHealthy: Bool { journal.isEmpty && manifests.allSatisfy { $0.fault == nil } && survivors == 0 }

  /// Changes nothing.
  package init(of project: Project) throws {
    let (isHeld, by) = ProjectLock.isHeld(folder: project.stateFolder)
    holder = isHeld ? by?.words ?? "somebody" : nil
    do {
      if try RunStore.exists(in: project.stateFolder) {
        let audit = try JournalAudit(path: Path.join(project.stateFolder, RunStore.fileName))
        events = audit.events
        journal = audit.findings
        if holder == nil, audit.findings.isEmpty,
          let token = try RunStore.reading(folder: project.stateFolder)?.unfinishedToken(in: project.folder)
        {
          survivors = Survivors.count(tokensWith: token + ":")
        }
      }
    } catch let error as StoreError where error.isOfOtherVersion {
      otherVersion = "\(error)"
    } catch {
      events = events ?? 0
      journal.append("\(error)")
    }
    for path in Self.manifestPaths(of: project) {
      let manifest = Path.join(project.folder, path)
      let integrity = verify(manifest: manifest) { _ in nil }[.integrity]
      if case .failed(let fault) = integrity { manifests.append((path, fault)) } else { manifests.append((path, nil)) }
    }
  }

  /// Of all experiments that have results, in the order of their names.
  private static func manifestPaths(of project: Project) -> [String] {
    let names = (try? File.names(in: Path.join(project.folder, "results"))) ?? []
    return names.sorted().map { Path.join(Path.join("results", $0), Manifest.fileName) }
      .filter { File.kind(of: Path.join(project.folder, $0)) == .file }
  }

  /// Makes the journal anew from what can be read of it and from the manifests.
  ///
  /// - Throws: `LockHeld` while somebody is at work in the project, `StoreError` when a newer attune wrote the journal.
  package static func rebuild(_ project: Project) throws -> JournalRebuild {
    let lock = try ProjectLock(folder: project.stateFolder, holder: LockHolder(task: "making the journal anew"))
    let known = manifestPaths(of: project).flatMap { outcomes(ofManifest: Path.join(project.folder, $0)) }
    let rebuild = try JournalRebuild(folder: project.stateFolder, known: known)
    _ = consume lock
    return rebuild
  }

  /// What came of a manifest's trials, as far as it says; nothing of one that is not whole.
  private static func outcomes(ofManifest path: String) -> [JournalRebuild.KnownOutcome] {
    guard case .passed = verify(manifest: path, recompile: { _ in nil })[.integrity],
      let manifest = try? Manifest(fileBytes: File.read(path))
    else { return [] }
    let content = manifest.content
    let plan = content.plan.plan
    let judge = TrialJudge(plan)
    let lines = TrialLines(plan)
    var replay = Replay(plan, closure: content.conclusion.closure)
    var outcomes: [JournalRebuild.KnownOutcome] = []
    try? File.forEachLine(of: Path.join(Path.folder(of: path), Manifest.trialsFileName)) { line in
      guard let trial = replay.next else { return }
      let measured = try lines.measured(line)
      for (run, measurement) in zip(trial.runs, measured.runs) {
        var facts = TrialFacts(measurement, metrics: judge.metrics, of: plan.trial)
        facts.curve = measured.curve
        outcomes.append(
          JournalRebuild.KnownOutcome(
            key: run.key, trial: trial.number, facts: facts, curve: facts.curveToRecord(by: judge)?.json))
      }
      replay.take(measured)
    }
    for (index, trial) in (content.confirmation?.trials ?? []).enumerated() {
      outcomes += trial.runs.map { run in
        JournalRebuild.KnownOutcome(
          key: run.name.key, trial: content.conclusion.trials + index,
          facts: TrialFacts(run.measurement, metrics: plan.confirmedMetrics, of: plan.trial), curve: nil)
      }
    }
    return outcomes
  }
}

extension TrialFacts {
  /// Facts that are judged to be this: of the metrics, only those that are judged are known.
  fileprivate init(_ measurement: Measurement, metrics names: [String], of trial: TrialTemplate) {
    var metrics = Metrics()
    let ending: Ending
    switch measurement {
    case .values(let values):
      for (name, value) in zip(names, values) { metrics.set(name, value) }
      ending = .exit(code: 0)
    case .stopped(let stop): ending = .stopped(step: stop.step)
    case .failed(.exit(let code)): ending = .exit(code: code)
    case .failed(.signal(let number)): ending = .signal(number: number)
    case .failed(.timeout): ending = .timeout(limit: trial.timeout ?? 0)
    case .failed(.silence): ending = .silence(limit: trial.silence ?? 0)
    case .failed(.disk): ending = .disk(limit: trial.resources.disk ?? 0)
    case .failed(.memory): ending = .memory(limit: trial.resources.memory ?? 0)
    case .failed(.metricMissing): ending = .exit(code: 0)
    case .failed(.metricNotFinite):
      for name in names { metrics.set(name, .nan) }
      ending = .exit(code: 0)
    }
    self.init(ending: ending, metrics: metrics)
  }
}

package import Artifacts
package import Store

/// What goes on in a project: who is at work, what runs, and how far it is. It is read beside what writes it.
package struct ProjectState: Sendable {
  /// Whether somebody is at work, and who, where that is known.
  package let isBusy: Bool
  package let holder: LockHolder?
  /// The run that is looked at: the last one, of the project or of an experiment.
  package let run: RecordedRun
  /// Nil when it is of a form that this version does not read.
  package let plan: PlanDocument?
  /// What of the plan is recorded.
  package let recorded: RecordedTrials?
  /// What the run has launched and that has not ended, with since when it runs.
  package let open: [(attempt: RecordedAttempt, since: Double)]

  /// Whether the run is going on.
  package var isRunning: Bool { isBusy && run.ending == nil && (holder.map { $0.pid == run.pid } ?? true) }

  /// Nil when nothing was applied yet.
  ///
  /// - Parameter experiment: whether the state of the project's experiment is wanted, or that of the last one that was
  ///   applied.
  package init?(of project: Project, ofExperiment experiment: Bool) throws {
    (isBusy, holder) = ProjectLock.isHeld(folder: project.stateFolder)
    guard let journal = try RunStore.reading(folder: project.stateFolder),
      let run = try journal.runs(ofExperiment: experiment ? project.experimentPath : nil, limit: 1).first
    else { return nil }
    self.run = run
    plan = try journal.document(ofRun: run.id).flatMap { try? PlanDocument(json: JSON(document: Array($0.utf8))) }
    let itsProject = try Project(folderOf: Path.join(project.folder, run.experiment))
    recorded = try plan.map { try RecordedTrials(of: $0, in: itsProject) }
    // An attempt is recorded before it is launched, and that leaves a file.
    open = try journal.openAttempts(ofRun: run.id).reversed().compactMap { attempt in
      let file = project.trialFolder(of: attempt.key).parameters
      guard let time = File.modificationTime(of: file), time >= attempt.began - 0.01 else { return nil }
      return (attempt, time)
    }
  }

  /// The runs of a project, or of its experiment, the newest first; none where nothing was applied.
  package static func runs(of project: Project, ofExperiment experiment: Bool, limit: Int) throws -> [RecordedRun] {
    try RunStore.reading(folder: project.stateFolder)?.runs(
      ofExperiment: experiment ? project.experimentPath : nil, limit: limit) ?? []
  }

  /// The attempts at a trial, the newest first.
  ///
  /// - Parameter name: the trial's number, in the experiment that was applied last or in the project's; or how its key
  ///   begins: at least four hexadecimal digits, or `sha256:` and digits.
  package static func attempts(_ name: String, in project: Project, ofExperiment experiment: Bool) throws
    -> [RecordedAttempt]
  {
    guard let journal = try RunStore.reading(folder: project.stateFolder) else { return [] }
    if let trial = Int(name), name.count < 10 {
      let last = try journal.runs(limit: 1).first?.experiment
      guard let path = experiment ? project.experimentPath : last else { return [] }
      return try journal.attempts(atTrial: trial, ofExperiment: path)
    }
    let digits = name.hasPrefix("sha256:") ? String(name.dropFirst(7)) : name
    return digits.count >= 4 ? try journal.attempts(atKeysWith: digits) : []
  }
}

extension Project {
  /// Where an attempt's output is, and what else it has left.
  package func files(of attempt: RecordedAttempt) -> (folder: String, output: String, errors: String) {
    let folder = trialFolder(of: attempt.key)
    return (folder.path, folder.output, folder.errors)
  }
}

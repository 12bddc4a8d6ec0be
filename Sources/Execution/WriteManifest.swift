internal import Artifacts
internal import Glibc
internal import Search
internal import Store

/// The result of a search, drawn up from the outcomes that are recorded: its trials are in a file that has yet to take its
/// place. Memory does not grow with the trials.
struct ResultDraft: ~Copyable {
  var content: ManifestContent
  /// The trials that are confirmed, the best first.
  let candidates: [TrialRecord]
  /// How much of the fidelity the trials have taken.
  private let fidelity: Int

  private let order: Order
  private let folder: String
  private let draft: String

  init(_ order: Order, _ outcomes: OutcomeLookup, _ conclusion: Conclusion) throws {
    let folder = order.project.resultsFolder(of: order.plan.plan.name)
    try File.makeFolders(folder)
    let draft = "\(Path.join(folder, Manifest.trialsFileName)).\(getpid()).new"
    do {
      (content, candidates, fidelity) = try outcomes.snapshot {
        try writeTrials(order.plan, outcomes, conclusion, to: draft)
      }
    } catch {
      unlink(draft)
      throw error
    }
    self.order = order
    self.folder = folder
    self.draft = draft
  }

  deinit { unlink(draft) }

  /// The trial that is the best, or the best when confirmed; nil where there is no single one.
  var best: (trial: Int, point: Point, seed: Int, folder: TrialFolder)? {
    guard order.plan.plan.metrics.count == 1, let best = content.best.first else { return nil }
    let confirmed = content.confirmation?.best.flatMap { number in candidates.first { $0.trial == number } }
    guard let run = confirmed?.runs.first?.name ?? best.runs.first,
      let point = try? confirmed?.point ?? order.plan.plan.search.space.point(json: best.parameters)
    else { return nil }
    return (confirmed?.trial ?? best.trial, point, run.seed, order.project.trialFolder(of: run.key))
  }

  /// Writes `trials.jsonl` and `manifest.json`.
  ///
  /// The manifest that stands there is left alone when its content is the same; another one is kept under `previous/`.
  ///
  /// - Returns: the manifest, and whether it was written.
  consuming func publish(_ status: RunStatus) throws -> (Manifest, isNew: Bool) {
    let trialsPath = Path.join(folder, Manifest.trialsFileName)
    let manifestPath = Path.join(folder, Manifest.fileName)
    if let standing = standingManifest(manifestPath, trialsPath) {
      if standing.content == content { return (standing, false) }
      try keep(standing, in: folder)
    }
    var manifest = Manifest(
      content: content,
      circumstances: Circumstances(
        version: order.version, sourcePath: order.project.experimentPath, source: order.source,
        bases: order.bases, finished: Now.wall,
        host: Host.name, workers: order.workers, seconds: Double(status.elapsed) / 1000, executed: status.executed,
        reused: status.reused, surplus: status.surplus))
    let recorded = order.recorded?.forecast(of: order.plan.plan, workers: order.workers)
    manifest.circumstances.forecast = recorded.map { .init($0, seconds: Double(status.here) / 1000) }
    if let searched = order.plan.plan.search.fidelity {
      manifest.circumstances.fidelity = fidelity
      manifest.circumstances.fidelityToConfirm = content.confirmation?.training(in: searched)
    }
    manifest.circumstances.ledger = status.ledger?.charged(to: order.plan.plan)
    let work = order.recorded?.workForecast(of: order.plan.plan)
    manifest.circumstances.ledger?.forecast = work.map { .init($0, seconds: Double(status.workHere) / 1000) }
    guard rename(draft, trialsPath) == 0 else { throw FileError("write", trialsPath) }
    try File.replace(manifestPath, with: manifest.fileBytes)
    return (manifest, true)
  }
}

/// Writes the lines of the trials that are the result, and gathers what the manifest says of them, and those to confirm.
private func writeTrials(
  _ document: PlanDocument, _ outcomes: OutcomeLookup, _ conclusion: Conclusion, to path: String
) throws -> (ManifestContent, candidates: [TrialRecord], fidelity: Int) {
  let plan = document.plan
  let lines = TrialLines(plan)
  var replay = Replay(plan, closure: conclusion.closure)
  var builder = DigestBuilder(of: "file")
  var tally = Tally(plan)
  var failure: (any Error)?
  try File.replace(path) { write throws(FileError) in
    var writer = CanonicalWriter()
    while let trial = replay.next {
      let measured: Measured
      do {
        guard let all = try outcomes.measured(trial.runs, by: replay.watch) else {
          throw ExecutionError.replayDiffers
        }
        measured = all
      } catch {
        failure = error
        return
      }
      let record = replay.take(measured)
      lines.write(record, to: &writer)
      tally.take(record)
      if writer.bytes.count > 1 << 16 || replay.next == nil {
        builder.update(writer.bytes)
        try write(writer.bytes)
        writer.removeAll()
      }
    }
  }
  if let failure { throw failure }
  guard replay.conclusion == conclusion else { throw ExecutionError.replayDiffers }
  let content = ManifestContent(
    plan: document, conclusion: conclusion, trialsDigest: builder.finish(), completed: tally.completed,
    stopped: tally.stopped, infeasible: tally.infeasible, best: tally.best, baseline: tally.baseline,
    analysis: tally.analysis)
  return (content, tally.candidates, tally.fidelity)
}

/// The manifest that stands at a path, if it and its trials are whole.
private func standingManifest(_ path: String, _ trialsPath: String) -> Manifest? {
  guard let bytes = try? File.read(path), let manifest = try? Manifest(fileBytes: bytes),
    let trials = try? File.digest(of: trialsPath).digest, trials == manifest.content.trialsDigest
  else { return nil }
  return manifest
}

/// Gives a manifest and its trials a second name, so that replacing them loses nothing.
private func keep(_ manifest: Manifest, in folder: String) throws {
  let kept = Path.join(folder, "previous/\(manifest.contentDigest.short)")
  try File.makeFolders(kept)
  for name in [Manifest.trialsFileName, Manifest.fileName] {
    let (from, to) = (Path.join(folder, name), Path.join(kept, name))
    guard link(from, to) == 0 || errno == EEXIST else { throw FileError("keep", from) }
  }
  try File.synchronizeFolder(of: Path.join(kept, Manifest.fileName))
}

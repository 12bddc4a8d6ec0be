package import Artifacts
internal import Search

/// Proves that a manifest follows from its plan and from the outcomes that it records, from the two files alone.
///
/// - Parameter recompile: gives the plan that the recorded source compiles to with the recorded inputs; nil when it
///   does not compile.
package func verify(manifest path: String, recompile: (Manifest) -> PlanDocument?) -> Verification {
  var verification = Verification()
  guard let manifest = checkIntegrity(path, &verification) else { return verification }
  verification.manifest = manifest
  verification[.derivation] =
    recompile(manifest).map { $0.digest == manifest.content.plan.digest } ?? false
    ? .passed("the recorded source compiles to plan \(manifest.content.plan.digest.short)")
    : .failed("the recorded source does not compile to the plan")
  checkDecisions(manifest, trials: Path.join(Path.folder(of: path), Manifest.trialsFileName), &verification)
  return verification
}

/// What `verify` found at each of its levels.
package struct Verification: Sendable {
  package enum Level: String, CaseIterable, Sendable {
    case integrity
    case derivation
    case schedule
    case stopping
    case selection
  }

  package enum Finding: Hashable, Sendable {
    case passed(String)
    case failed(String)
    /// An earlier level failed, without which this one says nothing.
    case notChecked
  }

  package internal(set) var manifest: Manifest?
  private var findings: [Level: Finding] = [:]

  package internal(set) subscript(_ level: Level) -> Finding {
    get { findings[level] ?? .notChecked }
    set { findings[level] = newValue }
  }

  /// The first level that failed; nil when all passed.
  package var firstFailure: Level? {
    Level.allCases.first { level in
      if case .failed = self[level] { true } else { false }
    }
  }
}

/// The bytes are those that were written: of the manifest by its digests and its one byte form, of the trials by the
/// digest in the manifest.
private func checkIntegrity(_ path: String, _ verification: inout Verification) -> Manifest? {
  do {
    let manifest = try Manifest(fileBytes: File.read(path))
    let trialsPath = Path.join(Path.folder(of: path), Manifest.trialsFileName)
    guard try File.digest(of: trialsPath).digest == manifest.content.trialsDigest else {
      verification[.integrity] = .failed("\(Manifest.trialsFileName) does not have the digest that the manifest states")
      return nil
    }
    verification[.integrity] = .passed("content \(manifest.contentDigest.short), both files whole")
    return manifest
  } catch {
    verification[.integrity] = .failed("\(error)")
    return nil
  }
}

private struct Mismatch: Error { var text: String }

/// Replays the decisions from the recorded outcomes: every trial is the one that the plan calls for, the search ends
/// where its rules end it, and the trial selected is the best.
private func checkDecisions(_ manifest: Manifest, trials path: String, _ verification: inout Verification) {
  let content = manifest.content
  let plan = content.plan.plan
  let lines = TrialLines(plan)
  var replay = Replay(plan, closure: content.conclusion.closure)
  var writer = CanonicalWriter()
  var tally = Tally(plan)
  do {
    try File.forEachLine(of: path) { line in
      guard replay.next != nil else {
        throw Mismatch(text: "trials follow the end of the search, from \(tally.count) on")
      }
      let measured: Measured
      do { measured = try lines.measured(line) } catch {
        throw Mismatch(text: "trial \(tally.count): \(error)")
      }
      let stop = plan.judgesRuns ? nil : replay.watch?.stop(on: measured.curve)
      let record = replay.take(measured)
      guard plan.judgesRuns || record.stop == stop else {
        throw Mismatch(text: "trial \(tally.count) is not ended as the rules end it on what it reported")
      }
      writer.removeAll()
      lines.write(record, to: &writer)
      guard writer.bytes.dropLast().elementsEqual(line) else {
        throw Mismatch(text: "trial \(tally.count) is not the one that the plan and the earlier outcomes call for")
      }
      tally.take(record)
    }
  } catch {
    verification[.schedule] = .failed((error as? Mismatch)?.text ?? "\(error)")
    return
  }
  verification[.schedule] = .passed("\(tally.count) trials, each the one that the plan calls for")
  checkEnd(content, replay, tally, &verification)
  let isSelected =
    content.best == tally.best && content.baseline == tally.baseline
    && (content.analysis == nil || content.analysis == tally.analysis)
    && isConfirmed(content, tally.candidates)
  verification[.selection] =
    isSelected
    ? .passed(Tally.words(tally.best))
    : .failed("the trials selected are not the best ones recorded, or their records differ")
}

/// Whether what came of the trials that confirm the best is told of those trials, and of no others.
private func isConfirmed(_ content: ManifestContent, _ candidates: [TrialRecord]) -> Bool {
  guard let plan = content.plan.plan.confirming(candidates) else { return content.confirmation == nil }
  let measured = content.confirmation?.trials.map { Measured($0.runs.map(\.measurement)) } ?? []
  guard measured.count == candidates.count, measured.allSatisfy({ $0.runs.count == plan.trial.repeats.seeds }) else {
    return false
  }
  return content.confirmation == Confirmation(of: candidates, by: plan, measured)
}

private func checkEnd(
  _ content: ManifestContent, _ replay: Replay, _ tally: Tally, _ verification: inout Verification
) {
  let stated = content.conclusion
  guard let conclusion = replay.conclusion else {
    verification[.stopping] = .failed("the search was not over after \(tally.count) trials")
    return
  }
  let agrees =
    conclusion.trials == stated.trials && conclusion.reason == stated.reason && tally.completed == content.completed
    && tally.stopped == content.stopped && tally.infeasible == content.infeasible
  verification[.stopping] =
    agrees
    ? .passed("the search ends after \(tally.count) trials: \(stated.reason.rawValue)")
    : .failed(
      "the search ends after \(conclusion.trials) trials (\(conclusion.reason.rawValue)), and the manifest says otherwise"
    )
}

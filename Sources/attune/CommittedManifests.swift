internal import ArgumentParser
internal import Artifacts
internal import Compiler
internal import Execution
internal import Search

/// The manifests that git tracks, each held to what it records and to its experiment as it is.
enum CommittedManifests {
  /// Prints a line for each: `ok`, `STALE` or `FAILED`.
  ///
  /// - Throws: `ExitCode` of the first level of verification that failed, or `stale`.
  static func check() throws {
    try reporting("--manifests") {
      let repository = try GitRepository(at: ".")
      let scope = ":(glob)**/results/*/\(Manifest.fileName)"
      let paths = try repository.git.parts(["ls-files", "-z", "--", scope])
      guard !paths.isEmpty else { return Console.print("No manifest is tracked here.") }
      var (failure, isStale): (ExitCode?, Bool) = (nil, false)
      for path in paths {
        let verification = verify(manifest: path, recompile: recompile)
        if let level = verification.firstFailure {
          if case .failed(let text) = verification[level] {
            Console.print("FAILED  \(path): \(level.rawValue): \(text)")
          }
          failure = failure ?? .verification(level)
          continue
        }
        let state = try verification.manifest.map { try self.state(of: $0, path) } ?? .missing
        if state == .current {
          Console.print("ok      \(path)")
        } else {
          isStale = true
          Console.print("STALE   \(state.words(path))")
        }
      }
      if let failure { throw failure }
      if isStale { throw ExitCode.stale }
    }
  }

  /// Whether it follows from its experiment, which stands where it stood.
  private static func state(of manifest: Manifest, _ path: String) throws -> ManifestState {
    let folder = Path.folder(of: Path.folder(of: Path.folder(of: path)))
    let file = Path.join(folder, manifest.circumstances.sourcePath)
    guard File.kind(of: file) == .file else { return .stale(["the experiment \(file), which is gone"]) }
    guard let plan = try Experiment.quietly(file, manifest.content.plan.plan.settings) else {
      return .stale(["the experiment \(file), which does not compile any more"])
    }
    let changes = manifest.content.plan.differences(to: PlanDocument(plan))
    return changes.isEmpty ? .current : .stale(changes)
  }
}

internal import Artifacts
internal import Glibc

/// Notices when an input file changes while trials run: their results would be filed under what it was before.
struct InputGuard {
  private struct Signature: Equatable {
    /// What a write changes, and what a change of anything about the file does.
    var content: [Int] = []
    var change: [Int] = []

    init(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return }
      content = [
        Int(status.st_dev), Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
      ]
      change = [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
    }
  }

  private let folder: String
  private var signatures: [(file: InputFile, signature: Signature)]

  /// Takes note of the files as they are; `check` digests them.
  init(_ inputs: [InputFile], folder: String) {
    self.folder = folder
    signatures = inputs.map { ($0, Signature(Path.join(folder, $0.path))) }
  }

  /// Looks after these as well, as they are now.
  mutating func add(_ inputs: [InputFile]) {
    signatures += inputs.map { ($0, Signature(Path.join(folder, $0.path))) }
  }

  /// The paths of the inputs whose bytes are not those of the plan, digesting each.
  func changedSincePlan() -> [String] {
    signatures.map(\.file).filter { !isAsPlanned($0) }.map(\.path)
  }

  /// The paths of the inputs that were written since the last look. What is written again as it was may have been something else
  /// meanwhile, and a trial may have read that. Complexity: a `stat` for each input.
  mutating func changedSinceLastLook() -> [String] {
    var changed: [String] = []
    for index in signatures.indices {
      let file = signatures[index].file
      let signature = Signature(Path.join(folder, file.path))
      guard signature != signatures[index].signature else { continue }
      // A new link to it or other rights change no byte.
      if signature.content == signatures[index].signature.content, isAsPlanned(file) {
        signatures[index].signature = signature
      } else {
        changed.append(file.path)
      }
    }
    return changed
  }

  private func isAsPlanned(_ file: InputFile) -> Bool {
    (try? File.digest(of: Path.join(folder, file.path)).digest) == file.digest
  }
}

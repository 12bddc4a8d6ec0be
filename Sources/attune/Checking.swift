internal import Artifacts
internal import Compiler
internal import Execution

/// Checks file after file, and mends what is certain if it is to.
struct Checking {
  let fixes: Bool
  /// What messages call standard input.
  let stdinName: String
  /// What is set in place of the files' values.
  let settings: [String]
  /// Whether a file could not be read or written.
  private(set) var hasFailed = false

  /// Whether there are more files to come, which may lie in the same folder.
  private let areMany: Bool
  /// Of the folders that have been looked through, whether they have too many files to be inputs.
  private var hasTooMany: [String: Bool] = [:]

  init(fixes: Bool, stdinName: String, settings: [String], areMany: Bool) {
    self.fixes = fixes
    self.stdinName = stdinName
    self.settings = settings
    self.areMany = areMany
  }

  private mutating func inputs(in folder: String) -> InputOrigin {
    guard areMany else { return .unread(folder) }
    let known = hasTooMany[folder] ?? InputFiles.hasTooMany(folder)
    hasTooMany[folder] = known
    return .unread(folder, hasTooMany: known)
  }

  /// - Parameter path: a file's, or `-` for standard input.
  mutating func check(_ path: String) -> CheckReport.File {
    let name = path == "-" ? stdinName : path
    do {
      let bytes = try path == "-" ? File.read("/dev/stdin") : File.read(path)
      if GivenFile.isDocument(bytes, name) { return CheckReport.File(path: name, .refused(GivenFile.noExperiment)) }
      let project = try path == "-" ? Project(folderOf: name) : Project(experiment: path)
      let inputs = inputs(in: project.experimentFolder)
      func compilation(of bytes: [UInt8]) -> Compilation {
        compile(bytes, path: name, inputs: inputs, bases: project.bases, settings: settings)
      }
      guard fixes else { return CheckReport.File(path: name, .compiled(compilation(of: bytes))) }
      let mending = Mending(bytes, compile: compilation)
      if path == "-" {
        Console.write(mending.bytes)
      } else if !mending.changes.isEmpty {
        // A link stays one: what it leads to is changed.
        try File.replace(Path.resolved(path) ?? path, with: mending.bytes)
      }
      return CheckReport.File(path: name, .compiled(mending.compilation), changes: mending.changes)
    } catch {
      hasFailed = true
      let reason = (error as? FileError).map { "cannot \($0.operation) it: \($0.reason)" }
      return CheckReport.File(path: name, .refused(reason ?? "\(error)"))
    }
  }
}

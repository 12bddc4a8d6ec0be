package import Artifacts

/// Where the compiler gets the input files from.
package enum InputOrigin: Sendable {
  /// The experiment's folder, whose files are read and digested.
  case folder(String)
  /// The experiment's folder, whose files are looked for and not read: the plan has no digests, and is none to apply.
  case unread(String)
  /// A record of them, such as a manifest's: nothing is read.
  case recorded([InputFile])
}

/// Finds the files that trials read.
struct InputFiles {
  /// Where no inputs are listed, a folder with more files than this is refused: it is not meant.
  static let maximumUnlisted = 10_000

  private let origin: InputOrigin
  private let folder: String
  private var paths = Set<String>()

  /// Finds the inputs of an experiment: the listed ones, or else all of the folder, and the files that the command names.
  init(
    of trial: Experiment.TrialDeclaration?, from origin: InputOrigin, besides texts: [String],
    into diagnostics: inout Diagnostics
  ) {
    self.origin = origin
    switch origin {
    case .folder(let path), .unread(let path): folder = path
    case .recorded:
      folder = ""
      return
    }
    guard let trial else { return }
    addFiles(namedIn: trial.command ?? [])
    if let listed = trial.inputs {
      for path in listed { add(path, &diagnostics) }
    } else {
      addFolder(besides: texts, trial.span, &diagnostics)
    }
  }

  /// The files with their digests: reads all their bytes.
  ///
  /// - Parameter span: where a file that cannot be read is reported.
  func digested(at span: Span, into diagnostics: inout Diagnostics) -> [InputFile] {
    switch origin {
    case .recorded(let files): return files
    case .unread: return []
    case .folder: break
    }
    var files: [InputFile] = []
    for path in paths.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      do {
        let (digest, size) = try File.digest(of: Path.join(folder, path))
        files.append(InputFile(path: path, digest: digest, size: size))
      } catch {
        diagnostics.report(.inputUnreadable(error.description), at: span)
      }
    }
    return files
  }

  private mutating func addFiles(namedIn command: [Located<[TrialTemplate.Segment]>]) {
    for argument in command {
      guard case .literal(let text)? = argument.value.first, argument.value.count == 1, !text.hasPrefix("/") else {
        continue
      }
      // Not every word that happens to be a file is meant as one, but a script that is forgotten is worse.
      if File.kind(of: Path.join(folder, text)) == .file, !Self.isInterpreter(text) {
        paths.insert(Self.plain(text))
      }
    }
  }

  /// Without what says nothing, so that a file has one name: `./a//b/` is `a/b`.
  private static func plain(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  /// A program of a virtual environment is a part of where trials run, and its bytes differ between machines.
  private static func isInterpreter(_ path: String) -> Bool {
    path.hasPrefix(".venv/") || path.hasPrefix("venv/") || path.contains("/bin/")
  }

  private mutating func add(_ path: Located<String>, _ diagnostics: inout Diagnostics) {
    guard !path.value.hasPrefix("/") else {
      diagnostics.report(.inputAbsolute(path.value), at: path.span)
      return
    }
    guard !path.value.isEmpty, !path.value.contains("\0") else {
      diagnostics.report(path.value.isEmpty ? .inputUnnamed : .nulByte, at: path.span)
      return
    }
    let name = Self.plain(path.value)
    switch File.kind(of: Path.join(folder, name)) {
    case .file: paths.insert(name)
    case .folder:
      let files = FolderListing(root: folder, ignoring: []).files(below: name == "." ? "" : name)
      if files.isEmpty { diagnostics.report(.inputEmpty(path.value), at: path.span) }
      paths.formUnion(files)
    case .other, nil: diagnostics.report(.inputMissing(path.value), at: path.span)
    }
  }

  private mutating func addFolder(besides texts: [String], _ span: Span, _ diagnostics: inout Diagnostics) {
    let listing = FolderListing(root: folder, ignoring: IgnoreRules.above(folder))
    let files = listing.files(below: "", atMost: Self.maximumUnlisted + 1)
    guard files.count <= Self.maximumUnlisted else {
      diagnostics.report(.tooManyInputs(Self.maximumUnlisted), at: span)
      return
    }
    paths.formUnion(files.filter { !texts.contains($0) && !isExperiment($0) })
  }

  /// Whether a file is another experiment: it says nothing to this one's trials.
  private func isExperiment(_ path: String) -> Bool {
    guard path.hasSuffix(".yaml") || path.hasSuffix(".yml"),
      let bytes = try? File.read(Path.join(folder, path))
    else { return false }
    return bytes.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: "attune:".utf8) }
  }
}

/// The files below a folder, without those that are ignored and those that attune or an interpreter makes.
private struct FolderListing {
  let root: String
  let ignoring: [IgnoreRules]

  /// Paths relative to the root. Links to folders are not followed.
  func files(below folder: String, atMost limit: Int = Int.max) -> [String] {
    var files: [String] = []
    collect(folder, ignoring, limit, &files)
    return files
  }

  private func collect(_ folder: String, _ rules: [IgnoreRules], _ limit: Int, _ files: inout [String]) {
    var rules = rules
    if !ignoring.isEmpty, let own = IgnoreRules(folder: Path.join(root, folder), file: ".gitignore") {
      rules.append(own)
    }
    for name in (try? File.names(in: Path.join(root, folder))) ?? [] where !Self.isMade(name) && files.count < limit {
      let path = Path.join(folder, name)
      let full = Path.join(root, path)
      guard let kind = File.kind(of: full) else { continue }
      guard !IgnoreRules.ignore(full, isFolder: kind == .folder, by: rules) else { continue }
      switch kind {
      case .file: files.append(path)
      case .folder where !File.isLink(full): collect(path, rules, limit, &files)
      case .folder, .other: break
      }
    }
  }

  private static func isMade(_ name: String) -> Bool {
    [".git", ".attune", "results", "__pycache__"].contains(name) || name.hasSuffix(".pyc")
      || name.hasSuffix(".plan.json")
  }
}

package import Artifacts

/// Where the compiler gets the input files from.
package enum InputOrigin: Sendable {
  /// The experiment's folder, whose files are read and digested.
  case folder(String)
  /// The experiment's folder, whose files are looked for and not read: the plan has no digests, and is none to apply.
  ///
  /// Where many experiments of a folder are checked, it is looked through once: whether it has too many files to be
  /// inputs is handed in then.
  case unread(String, hasTooMany: Bool? = nil)
  /// A record of them, such as a manifest's: nothing is read. Those of steps are by kind and name, as in `Plan`.
  case recorded([InputFile], steps: [String: [InputFile]] = [:])
}

extension Experiment {
  /// What of a trial or a step says which files it reads.
  struct InputDemand {
    var program: TrialDeclaration.Program?
    /// As they are written.
    var listed: Located<[Located<String>]>?
    var span: Span
    /// Nil of the trial.
    var step: String?
  }
}

extension Experiment.TrialDeclaration {
  var demand: Experiment.InputDemand { Experiment.InputDemand(program: program, listed: inputs, span: span) }
}

extension Experiment.StepDeclaration {
  var demand: Experiment.InputDemand {
    Experiment.InputDemand(program: program, listed: inputs, span: span, step: Step.path(kind, name.value))
  }
}

/// Finds the files that trials read.
package struct InputFiles {
  /// Where no inputs are listed, a folder with more files than this is refused: it is not meant.
  static let maximumUnlisted = 10_000

  private let origin: InputOrigin
  private let folder: String
  private var paths = Set<String>()
  private let step: String?
  /// Names that are not UTF-8, as far as they can be shown.
  private var unnamed = Set<String>()
  /// What steps make: it is no input to digest, since it is there only when they have been run.
  private let made: [String]

  /// Finds the inputs of an experiment: the listed ones, or else all of the folder, and the files that the command names.
  init(
    of trial: Experiment.InputDemand?, from origin: InputOrigin, besides texts: [String], made: [String],
    into diagnostics: inout Diagnostics
  ) {
    self.origin = origin
    self.made = made
    step = trial?.step
    switch origin {
    case .folder(let path), .unread(let path, _): folder = path
    case .recorded:
      folder = ""
      return
    }
    guard let trial else { return }
    for path in trial.program?.words ?? [] { addFile(named: path) }
    reportMissingScript(trial, &diagnostics)
    if let listed = trial.listed {
      for path in listed.value { add(path, &diagnostics) }
      for (file, importer) in PythonImports.missing(from: paths, in: folder) {
        diagnostics.report(.importNotListed(file, importer: importer), at: listed.span)
      }
    } else {
      addFolder(besides: texts, trial.span, &diagnostics)
    }
  }

  /// The files with their digests: reads all their bytes.
  ///
  /// - Parameter span: where a file that cannot be read is reported.
  func digested(at span: Span, into diagnostics: inout Diagnostics) -> [InputFile] {
    switch origin {
    case .recorded(let files, let steps): return step.map { steps[$0] ?? [] } ?? files
    case .unread: return []
    case .folder: break
    }
    for path in unnamed.sorted() { diagnostics.report(.inputUnreadable("the name of \(path) is not UTF-8"), at: span) }
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

  /// The first word of a command that looks like a script, and is nearly the name of one of the folder's files: one that is
  /// none may still be made before the apply.
  private func reportMissingScript(_ trial: Experiment.InputDemand, _ diagnostics: inout Diagnostics) {
    guard case .command(let arguments)? = trial.program else { return }
    for argument in arguments {
      guard argument.value.count == 1, case .literal(let word) = argument.value[0], !word.hasPrefix("/"),
        !word.hasPrefix("-"), [".py", ".sh", ".R", ".jl", ".js", ".rb", ".pl"].contains(where: { word.hasSuffix($0) })
      else { continue }
      guard File.kind(of: Path.join(folder, word)) == nil, !isMade(Self.plain(word)) else { return }
      let others = (try? File.names(in: Path.join(folder, Path.folder(of: word)))) ?? []
      let name = Path.name(of: word)
      guard let near = Suggestion.closest(to: name, among: others.sorted()) else { return }
      return diagnostics.report(
        .scriptMissing(word, near: String(word.dropLast(name.count)) + near), at: argument.span)
    }
  }

  /// Not every word that happens to be a file is meant as one, but a script that is forgotten is worse.
  private mutating func addFile(named word: String) {
    guard !word.hasPrefix("/"), File.kind(of: Path.join(folder, word)) == .file, !Self.isInterpreter(word),
      !isMade(Self.plain(word))
    else {
      return
    }
    paths.insert(Self.plain(word))
  }

  /// Without what says nothing, so that a file has one name: `./a//b/` is `a/b`.
  static func plain(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  /// Whether two paths are the same, or one lies below the other.
  static func overlap(_ path: String, _ other: String) -> Bool {
    path == other || path.hasPrefix(other + "/") || other.hasPrefix(path + "/")
  }

  /// Whether a step makes it.
  private func isMade(_ path: String) -> Bool { made.contains { path == $0 || path.hasPrefix($0 + "/") } }

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
    guard !isMade(name) else { return }
    switch File.kind(of: Path.join(folder, name)) {
    case .file: paths.insert(name)
    case .folder:
      let files = list(FolderListing(root: folder, ignoring: []), below: name == "." ? "" : name)
      let isOfSteps = made.contains { $0.hasPrefix(name + "/") }
      if files.isEmpty, !isOfSteps { diagnostics.report(.inputEmpty(path.value), at: path.span) }
      paths.formUnion(files.filter { !isMade($0) })
    case nil where InputPattern.isPattern(name):
      let pattern = InputPattern(name, isOfFolders: path.value.hasSuffix("/"))
      let found = list(pattern.listing(in: folder), below: pattern.prefix).filter(pattern.matches)
      if found.isEmpty { diagnostics.report(.patternMatchesNothing(path.value), at: path.span) }
      paths.formUnion(found.filter { !isMade($0) })
    case nil where made.contains { $0.hasPrefix(name + "/") }: break
    case .other, nil: diagnostics.report(.inputMissing(path.value), at: path.span)
    }
  }

  private mutating func addFolder(besides texts: [String], _ span: Span, _ diagnostics: inout Diagnostics) {
    if case .unread(_, let hasTooMany) = origin {
      if hasTooMany ?? Self.hasTooMany(folder) { diagnostics.report(.tooManyInputs(Self.maximumUnlisted), at: span) }
      return
    }
    let files = list(Self.unlisted(in: folder), below: "")
    guard files.count <= Self.maximumUnlisted else {
      diagnostics.report(.tooManyInputs(Self.maximumUnlisted), at: span)
      return
    }
    paths.formUnion(files.filter { !texts.contains($0) && !isMade($0) && !isExperiment($0) && !isOwn($0) })
  }

  private mutating func list(_ listing: FolderListing, below path: String) -> [String] {
    var listing = listing
    let files = listing.files(below: path)
    unnamed.formUnion(listing.unnamed)
    return files
  }

  /// Whether a folder has too many files to take them all as inputs.
  package static func hasTooMany(_ folder: String) -> Bool {
    var listing = unlisted(in: folder)
    return listing.files(below: "").count > maximumUnlisted
  }

  /// The files of a folder that git does not ignore, but not many more than may be inputs.
  private static func unlisted(in folder: String) -> FolderListing {
    FolderListing(root: folder, ignoring: IgnoreRules.above(folder), limit: maximumUnlisted + 1)
  }

  /// Whether a file is where this process prints to, or where `nohup` has it print.
  private func isOwn(_ path: String) -> Bool { path == "nohup.out" || File.isOutput(Path.join(folder, path)) }

  /// Whether a file is another experiment: it says nothing to this one's trials.
  private func isExperiment(_ path: String) -> Bool {
    guard path.hasSuffix(".yaml") || path.hasSuffix(".yml"),
      let bytes = try? File.read(Path.join(folder, path))
    else { return false }
    return bytes.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: "attune:".utf8) }
  }
}

/// The files that a pattern such as `src/**/*.py` stands for.
private struct InputPattern {
  private let pattern: [UInt8]
  /// What stands before the first component that is a pattern.
  let prefix: String

  static func isPattern(_ path: String) -> Bool { path.contains { "*?[".contains($0) } }

  /// - Parameter isOfFolders: whether it ends with a slash, and stands for all files below the folders that it matches.
  init(_ path: String, isOfFolders: Bool) {
    pattern = Array((isOfFolders ? path + "/**" : path).utf8)
    prefix = path.split(separator: "/").prefix { !Self.isPattern(String($0)) }.joined(separator: "/")
  }

  /// `*` and `?` stay within a name, `**` goes across folders; none of them begins a hidden name, as in a shell.
  func matches(_ path: String) -> Bool {
    var match = PatternMatch()
    return match.matches(pattern[...], Array(path.utf8)[...])
  }

  /// All files of a folder that it may match.
  func listing(in folder: String) -> FolderListing {
    let showsHidden =
      pattern.first == UInt8(ascii: ".")
      || pattern.split(separator: UInt8(ascii: "/")).contains {
        $0.first == UInt8(ascii: ".")
      }
    return FolderListing(root: folder, ignoring: [], skipsHidden: !showsHidden)
  }
}

extension Experiment.TrialDeclaration.Program {
  /// What may name a file: the arguments that are texts, and the words of a script but for the files that it writes to.
  fileprivate var words: [String] {
    switch self {
    case .command(let arguments):
      return arguments.compactMap { argument in
        if case .literal(let text)? = argument.value.first, argument.value.count == 1 { text } else { nil }
      }
    case .shell(let script):
      let separated = script.value.replacing(">", with: " > ")
      let words = separated.split { $0.isWhitespace || ";|&<()\"'=".contains($0) }.map(String.init)
      return zip([""] + words, words).filter { $0.0 != ">" }.map(\.1)
    }
  }
}

/// The files below a folder, without those that are ignored and those that attune or an interpreter makes.
private struct FolderListing {
  let root: String
  let ignoring: [IgnoreRules]
  /// Whether names that begin with a dot, and virtual environments, are left out.
  var skipsHidden = false
  /// No more files than this are looked for.
  var limit = Int.max
  /// Those whose names are not UTF-8, as far as they can be shown.
  private(set) var unnamed: [String] = []
  /// The folders that links were followed to: each once, so that nothing goes round in circles.
  private var followed: Set<String> = []

  init(root: String, ignoring: [IgnoreRules], skipsHidden: Bool = false, limit: Int = Int.max) {
    self.root = root
    self.ignoring = ignoring
    self.skipsHidden = skipsHidden
    self.limit = limit
  }

  /// Paths relative to the root. What is behind a link to a folder is read by trials as well.
  mutating func files(below folder: String) -> [String] {
    var files: [String] = []
    followed = Path.resolved(root).map { [$0] } ?? []
    collect(folder, ignoring, &files)
    return files
  }

  private mutating func collect(_ folder: String, _ rules: [IgnoreRules], _ files: inout [String]) {
    var rules = rules
    if !ignoring.isEmpty, let own = IgnoreRules(folder: Path.join(root, folder), file: ".gitignore") {
      rules.append(own)
    }
    for name in (try? File.names(in: Path.join(root, folder))) ?? []
    where !isMade(name, in: folder) && files.count < limit {
      if skipsHidden, name.hasPrefix(".") { continue }
      let path = Path.join(folder, name)
      let full = Path.join(root, path)
      guard let kind = File.kind(of: full) else {
        // A link to nothing, or a name that cannot be said.
        if name.unicodeScalars.contains("\u{FFFD}"), !File.isLink(full) { unnamed.append(path) }
        continue
      }
      if skipsHidden, kind == .folder, File.kind(of: Path.join(full, "pyvenv.cfg")) != nil { continue }
      guard !IgnoreRules.ignore(full, isFolder: kind == .folder, by: rules) else { continue }
      switch kind {
      case .file: files.append(path)
      case .folder where !File.isLink(full): collect(path, rules, &files)
      case .folder:
        if let target = Path.resolved(full), !isInside(target), followed.insert(target).inserted {
          collect(path, rules, &files)
        }
      case .other: break
      }
    }
  }

  /// Whether what is looked through lies in a folder.
  private func isInside(_ folder: String) -> Bool {
    folder == "/" || (Path.resolved(root).map { ($0 + "/").hasPrefix(folder + "/") } ?? false)
  }

  /// What attune and interpreters make. Of folders named `results`, the experiment's own, and those of others.
  private func isMade(_ name: String, in folder: String) -> Bool {
    if name == "results" {
      let path = Path.join(root, Path.join(folder, name))
      return folder.isEmpty
        || ((try? File.names(in: path)) ?? []).contains {
          File.kind(of: Path.join(path, Path.join($0, "manifest.json"))) == .file
        }
    }
    return [".git", ".attune", "__pycache__"].contains(name) || name.hasSuffix(".pyc") || name.hasSuffix(".plan.json")
  }
}

internal import Artifacts

/// What Python files import of an experiment's folder, by their import statements: read line by line, and not run.
enum PythonImports {
  /// The files that inputs import and that are not inputs themselves, each with the file that imports it; what those lead
  /// to is among them.
  ///
  /// A module is looked for beside the file that imports it and in the experiment's folder, where Python finds those of a
  /// script and of `python -m`.
  static func missing(from inputs: Set<String>, in folder: String) -> [(file: String, importer: String)] {
    var missing: [(file: String, importer: String)] = []
    var known = inputs
    var waiting = inputs.filter { $0.hasSuffix(".py") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }[...]
    while let importer = waiting.popFirst() {
      for file in imports(of: importer, in: folder) where known.insert(file).inserted {
        missing.append((file, importer))
        waiting.append(file)
      }
    }
    return missing
  }

  /// Files beyond this are not read.
  private static let largestFile = 1 << 20

  private static func imports(of file: String, in folder: String) -> [String] {
    let path = Path.join(folder, file)
    var bytes: [UInt8] = []
    try? File.forEachPiece(of: path) { piece in
      if bytes.count <= largestFile { bytes.append(contentsOf: piece) }
    }
    guard bytes.count <= largestFile else { return [] }
    let own = Path.folder(of: file) == "." ? "" : Path.folder(of: file)
    return modules(in: String(decoding: bytes, as: UTF8.self)).flatMap { module -> [String] in
      let roots = module.level > 0 ? [up(module.level - 1, from: own)] : [own, ""]
      return roots.lazy.compactMap { $0 }.map { files(of: module.parts, below: $0, in: folder) }.first { !$0.isEmpty }
        ?? []
    }
  }

  private static func up(_ levels: Int, from folder: String) -> String? {
    var folder = folder
    for _ in 0..<levels {
      guard !folder.isEmpty else { return nil }
      folder = folder.contains("/") ? Path.folder(of: folder) : ""
    }
    return folder
  }

  /// The file of a module, and those that make packages of the folders above it.
  private static func files(of parts: [String], below root: String, in folder: String) -> [String] {
    var files: [String] = []
    var path = root
    for (index, part) in parts.enumerated() {
      path = Path.join(path, part)
      let candidates = [path + "/__init__.py", path + ".py"]
      if let file = candidates.first(where: { File.kind(of: Path.join(folder, $0)) == .file }) { files.append(file) }
      guard index == parts.count - 1 || File.kind(of: Path.join(folder, path)) == .folder else { break }
    }
    return files
  }

  private struct Module {
    /// How many dots stand before it.
    var level: Int
    var parts: [String]
  }

  /// The modules of each import statement.
  private static func modules(in text: String) -> [Module] {
    var modules: [Module] = []
    var open: String?
    for line in text.split(whereSeparator: \.isNewline) {
      var code = line.prefix { $0 != "#" }.drop(while: \.isWhitespace)
      let isContinued = code.last == "\\"
      if isContinued { code = code.dropLast() }
      let statement = (open.map { $0 + " " } ?? "") + code
      guard statement.hasPrefix("import ") || statement.hasPrefix("from ") else { continue }
      let isOpen = isContinued || (statement.contains("(") && !statement.contains(")"))
      // A bracket that is never closed is no reason to read on for ever.
      if isOpen, statement.utf8.count < 1 << 16 {
        open = statement
      } else {
        open = nil
        modules += statement.split(separator: ";").flatMap { Self.modules(of: String($0)) }
      }
    }
    return modules
  }

  private static func modules(of statement: String) -> [Module] {
    let words = statement.split { $0.isWhitespace || "(),".contains($0) }.map(String.init)
    switch words.first {
    case "import":
      return statement.drop(while: \.isWhitespace).dropFirst(7).split(separator: ",").compactMap { name in
        name.split(whereSeparator: \.isWhitespace).first.map { module(String($0)) }
      }
    case "from":
      guard words.count > 3, let place = words.firstIndex(of: "import"), place > 1 else { return [] }
      // `from . import a`, and also `from .. import a`, whose dots may stand apart.
      let base = module(words[1..<place].joined())
      var names: [String] = []
      var isAlias = false
      for word in words[(place + 1)...] {
        if !isAlias, word != "as" { names.append(word) }
        isAlias = word == "as"
      }
      // What is imported may be a module itself.
      return [base] + names.map { Module(level: base.level, parts: base.parts + [$0]) }
    default: return []
    }
  }

  private static func module(_ text: String) -> Module {
    let dots = text.prefix { $0 == "." }.count
    return Module(level: dots, parts: text.dropFirst(dots).split(separator: ".").map(String.init))
  }
}

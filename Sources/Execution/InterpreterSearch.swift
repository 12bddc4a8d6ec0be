package import Artifacts
internal import Glibc

/// Finds out which interpreter runs a trial's code, and asks it for its version.
///
/// Nothing of the project is executed: not a program in its folder, and not one whose name is none of an interpreter.
package struct InterpreterSearch {
  private let folder: String
  private let project: String

  /// - Parameters:
  ///   - folder: the experiment's, in which trials run.
  ///   - project: the folder whose programs are not executed.
  package init(folder: String, project: String) {
    self.folder = folder
    self.project = project
  }

  /// Nil when there is none, or it is none that is known.
  package func interpreter(of program: TrialTemplate.Program) -> Interpreter? {
    switch program {
    case .command(let arguments):
      let words = arguments.map { argument in
        if case .literal(let text)? = argument.first, argument.count == 1 { text } else { "" }
      }
      guard let first = words.first, !first.isEmpty else { return nil }
      let (name, others) = (Path.name(of: first), words.dropFirst())
      if Self.wrappers.contains(name) {
        return others.first { Self.isKnown(Path.name(of: $0)) }.flatMap { interpreter(named: $0, depth: 0) }
      }
      if Self.shells.contains(name), let script = others.first(where: { !$0.isEmpty && !$0.hasPrefix("-") }),
        let bytes = try? File.read(Path.join(folder, script))
      {
        return interpreter(in: String(decoding: bytes, as: UTF8.self))
      }
      return interpreter(named: first, depth: 0)
    case .shell(let script): return interpreter(in: script)
    }
  }

  /// Programs that run another one, which their arguments name.
  private static let wrappers: Set<String> = [
    "chrt", "env", "ionice", "nice", "nohup", "numactl", "setsid", "stdbuf", "taskset", "time", "timeout",
  ]
  private static let shells: Set<String> = ["sh", "bash", "dash", "ksh", "zsh"]

  /// The first one that a shell's script names.
  private func interpreter(in script: String) -> Interpreter? {
    let words = script.split { $0.isWhitespace || "\"'`$();|&".contains($0) }
    return words.first { Self.isKnown(Path.name(of: String($0))) }.flatMap { interpreter(named: String($0), depth: 0) }
  }

  private func interpreter(named word: String, depth: Int) -> Interpreter? {
    guard depth < 3, let path = Self.path(of: word, in: folder) else { return nil }
    let name = Path.name(of: path)
    if Self.isKnown(name) { return version(of: path).map { Interpreter(name: name, version: $0) } }
    // A script names what runs it: `#!/usr/bin/env python3`.
    guard let line = Self.firstLine(of: path), line.hasPrefix("#!") else { return nil }
    let words = line.dropFirst(2).split(separator: " ").map(String.init)
    guard let first = words.first else { return nil }
    let isEnv = Path.name(of: first) == "env"
    return (isEnv ? words.dropFirst().first { !$0.hasPrefix("-") } : first)
      .flatMap { interpreter(named: $0, depth: depth + 1) }
  }

  /// Those that print their version when they are given `--version`.
  private static func isKnown(_ name: String) -> Bool {
    name.wholeMatch(of: /(python|pypy)[0-9.]*|Rscript|julia|node|nodejs|deno|bun|ruby|perl|php/) != nil
  }

  /// Where a program is found that is run in a folder.
  private static func path(of word: String, in folder: String) -> String? {
    if word.contains("/") {
      let path = Path.join(folder, word)
      return access(path, X_OK) == 0 ? path : nil
    }
    let paths = ProcessEnvironment.value(of: "PATH") ?? "/bin:/usr/bin"
    return paths.split(separator: ":").map { Path.join(String($0), word) }.first { access($0, X_OK) == 0 }
  }

  private func version(of path: String) -> String? {
    // A virtual environment says in a file what its Python is.
    let home = Path.folder(of: Path.folder(of: path))
    if let settings = try? File.read(Path.join(home, "pyvenv.cfg")) {
      let text = String(decoding: settings, as: UTF8.self)
      return text.firstMatch(of: /(?m)^version(_info)? *= *([0-9]+(\.[0-9]+)+)/).map { String($0.2) }
    }
    guard let real = Path.resolved(path), let own = Path.resolved(project), !real.hasPrefix(own + "/") else {
      return nil
    }
    return output(of: path).firstMatch(of: /[0-9]+(\.[0-9]+)+/).map { String($0.0) }
  }

  /// What a program prints of its version. It is asked where trials run, since that decides for some (pyenv) what it is.
  private func output(of path: String) -> String {
    guard let pipe = popen("cd \(Self.quoted(folder)) && \(Self.quoted(path)) --version 2>&1 </dev/null", "re") else {
      return ""
    }
    defer { pclose(pipe) }
    return Self.read(pipe, atMost: 4096)
  }

  private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

  private static func read(_ file: UnsafeMutablePointer<FILE>, atMost count: Int) -> String {
    var bytes = [UInt8](repeating: 0, count: count)
    let read = fread(&bytes, 1, count, file)
    return String(decoding: bytes[..<read], as: UTF8.self)
  }

  private static func firstLine(of path: String) -> Substring? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    return Self.read(file, atMost: 256).split(separator: "\n").first
  }
}

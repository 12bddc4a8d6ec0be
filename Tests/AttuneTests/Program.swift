import Foundation
import Testing

/// The built program, run for real.
struct Program {
  struct Output {
    var code: Int32
    /// The signal that ended it, or 0.
    var signal: Int32
    var out: String
    var err: String
  }

  /// Where the program runs, and where its files lie.
  let folder: URL

  /// Beside the test bundle.
  static let path = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("attune").path

  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// In a new folder with these files.
  init(_ files: KeyValuePairs<String, String> = [:]) throws {
    folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("attune-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in files { try write(text, to: name) }
  }

  /// In a folder that there is.
  init(in folder: URL) { self.folder = folder }

  /// In a copy of a sample's folder, as git would give it.
  init(sample: String) throws {
    try self.init()
    let source = Self.repository.appendingPathComponent("samples/\(sample)")
    for name in try FileManager.default.contentsOfDirectory(atPath: source.path)
    where ![".attune", ".venv", "results", "__pycache__"].contains(name) {
      try FileManager.default.copyItem(
        at: source.appendingPathComponent(name), to: folder.appendingPathComponent(name))
    }
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  func write(_ text: String, to name: String) throws {
    try FileManager.default.createDirectory(
      at: url(name).deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url(name))
  }

  func read(_ name: String) throws -> String { try String(contentsOf: url(name), encoding: .utf8) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: url(name).path) }

  /// Runs to the end. Standard input is empty.
  @discardableResult
  func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Output {
    try run(arguments, environment: environment)
  }

  func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Output {
    try start(arguments, environment: environment).wait()
  }

  /// Runs to the end with lines on standard input.
  func run(_ arguments: String..., lines: [String]) throws -> Output {
    let file = url("standard-input")
    try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: file)
    return try Running([Program.path] + arguments, folder: folder, environment: [:], input: file).wait()
  }

  /// Starts, and leaves it running.
  ///
  /// - Parameter launcher: a command that starts the program, given as its further arguments.
  func start(
    _ arguments: [String], environment: [String: String] = [:], through launcher: [String] = []
  ) throws -> Running {
    try Running(launcher + [Program.path] + arguments, folder: folder, environment: environment)
  }

  /// Applies `e.yaml` to its end.
  ///
  /// - Parameters:
  ///   - parallel: how many trials run at once, or `kill`, with which some applies before it are killed.
  ///   - kills: how long each of those runs, in seconds.
  func apply(_ parallel: String, kills: [Double]) throws -> Output {
    guard parallel == "kill" else { return try run("apply", "e.yaml", "--yes", "--parallel", parallel) }
    for seconds in kills {
      let running = try start(["apply", "e.yaml", "--yes"])
      Thread.sleep(forTimeInterval: seconds)
      kill(running.pid, SIGKILL)
      _ = try running.wait()
    }
    return try run("apply", "e.yaml", "--yes")
  }

  /// A run that may be going on.
  final class Running {
    private let process = Process()
    private let out: URL
    private let err: URL

    /// Output goes to files: a pipe that a grandchild keeps open would hold the test up.
    fileprivate init(_ command: [String], folder: URL, environment: [String: String], input: URL? = nil) throws {
      let base = FileManager.default.temporaryDirectory.appendingPathComponent("attune-\(UUID().uuidString)")
      out = base.appendingPathExtension("out")
      err = base.appendingPathExtension("err")
      for file in [out, err] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
      process.executableURL = URL(fileURLWithPath: command[0])
      process.arguments = Array(command.dropFirst())
      process.currentDirectoryURL = folder
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      process.standardInput = try input.map(FileHandle.init(forReadingFrom:)) ?? FileHandle.nullDevice
      process.standardOutput = try FileHandle(forWritingTo: out)
      process.standardError = try FileHandle(forWritingTo: err)
      try process.run()
    }

    var pid: Int32 { process.processIdentifier }

    func send(_ signal: Int32) { kill(pid, signal) }

    func wait() throws -> Output {
      process.waitUntilExit()
      defer { for file in [out, err] { try? FileManager.default.removeItem(at: file) } }
      let ended = process.terminationReason == .uncaughtSignal
      return Output(
        code: ended ? -1 : process.terminationStatus, signal: ended ? process.terminationStatus : 0,
        out: try String(contentsOf: out, encoding: .utf8), err: try String(contentsOf: err, encoding: .utf8))
    }

    /// Waits until what it has written to standard error so far satisfies a condition, or it has ended.
    func waitUntil(_ condition: (String) -> Bool) throws {
      while process.isRunning, !condition(try String(contentsOf: err, encoding: .utf8)) { usleep(2000) }
    }
  }
}

/// Processes whose command line holds a text.
func processes(with text: String) -> [Int32] {
  let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
  return entries.compactMap { Int32($0) }.filter { process in
    guard let data = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return false }
    return String(decoding: data, as: UTF8.self).contains(text)
  }
}

/// Waits up to ten seconds for something that other processes bring about.
func eventually(_ condition: () -> Bool) -> Bool {
  for _ in 0..<2000 {
    if condition() { return true }
    usleep(5000)
  }
  return condition()
}

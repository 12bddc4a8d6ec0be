import Foundation
import Testing

/// A program in a real git repository.
struct GitProject {
  let program: Program

  init(_ files: KeyValuePairs<String, String>) throws {
    program = try Program(files)
    try git("init", "-q", "-b", "main")
    try program.write(".attune/\nstandard-input\n", to: ".gitignore")
    try commit("first")
  }

  func remove() { program.remove() }

  /// Runs git here, or in a folder below.
  ///
  /// - Returns: what it printed, on both streams.
  @discardableResult
  func git(_ arguments: String..., in folder: String = "", succeeds: Bool = true) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always"]
    process.arguments = ["git"] + identity + arguments
    process.currentDirectoryURL = folder.isEmpty ? program.folder : program.url(folder)
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_EDITOR": "true"]
    ) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect((process.terminationStatus == 0) == succeeds, "git \(arguments): \(text)")
    return text
  }

  func commit(_ message: String) throws {
    try git("add", "-A")
    try git("commit", "-q", "-m", message)
  }

  func write(_ text: String, to name: String, commit message: String) throws {
    try program.write(text, to: name)
    try commit(message)
  }

  @discardableResult
  func apply(_ file: String = "e.yaml") throws -> Program.Output {
    let output = try program.run("apply", file, "--yes", "--progress", "none")
    try #require(output.code == 0, "\(output.err)")
    return output
  }
}

internal import ArgumentParser
internal import Artifacts
internal import Execution
internal import Glibc
internal import Report
internal import Store

struct LogsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Prints what a trial has written to standard output and standard error.",
    discussion: """
      A trial is its number, in the experiment that was applied last or in the one that is named; or how its key begins. \
      Of a trial that was run several times, the last time is shown. The name of a step that was run shows what that printed.
      """)

  @Argument(help: "The trial's number or key, or the name of a step.")
  var trial: String

  @OptionGroup var argument: ProjectArgument

  @Flag(name: [.customShort("f"), .long], help: "Go on with what is written until the trial has ended.")
  var follow = false

  @Flag(help: "Standard error alone.")
  var errors = false

  @Flag(help: "Standard output alone.")
  var output = false

  func validate() throws { try checkOrder(trial: trial, place: argument.place) }

  func run() throws {
    Console.ignoreClosedPipes()
    try reporting(argument.place) {
      let project = try argument.project()
      if let step = project.stepOutput(of: trial, ofExperiment: argument.isExperiment) {
        let paths = (!errors || output ? [step.output] : []) + (!output || errors ? [step.errors] : [])
        for path in paths {
          var tail = Tail(path: path)
          tail.printNew()
        }
        return
      }
      guard let attempt = try attempts(project).first else {
        Console.note("error: no trial `\(trial)` was launched here")
        Console.note(
          " = help: `attune status` shows what runs; a trial that was found recorded has the number of its first run")
        throw ExitCode.badDocument
      }
      let files = project.files(of: attempt)
      var paths: [String] = []
      if !errors || output { paths.append(files.output) }
      if !output || errors { paths.append(files.errors) }
      if !paths.contains(where: { File.kind(of: $0) == .file }) {
        Console.note(
          "error: the output of trial \(attempt.trial) is not there any more: \(Console.shortened(files.folder))")
        throw ExitCode.inputOutput
      }
      var tails = paths.map { Tail(path: $0) }
      while true {
        let isOver = try !follow || hasEnded(attempt, project)
        for index in tails.indices { tails[index].printNew() }
        if isOver { break }
        usleep(200_000)
      }
    }
  }

  private func attempts(_ project: Project) throws -> [RecordedAttempt] {
    try ProjectState.attempts(trial, in: project, ofExperiment: argument.isExperiment)
  }

  private func hasEnded(_ attempt: RecordedAttempt, _ project: Project) throws -> Bool {
    guard ProjectLock.isHeld(folder: project.stateFolder).0 else { return true }
    return try attempts(project).first { $0.intent == attempt.intent }?.outcome != nil
  }
}

/// What has been added to a file.
private struct Tail {
  private let path: String
  private var offset = 0
  /// Linux' SEEK_DATA and SEEK_HOLE.
  private static let seekData: Int32 = 3
  private static let seekHole: Int32 = 4

  init(path: String) { self.path = path }

  /// To a terminal nothing goes that it would obey.
  mutating func printNew() {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0, File.kind(of: path) == .file else { return }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // Of one that prints very much, the middle is not kept.
      let start = Int(lseek(descriptor, off_t(offset), Self.seekData))
      if start > offset {
        Console.write("\n[\(start - offset) bytes were not kept here]\n", to: 1)
        offset = start
      }
      let end = Int(lseek(descriptor, off_t(offset), Self.seekHole))
      let count = pread(descriptor, &buffer, min(buffer.count, max(0, end - offset)), off_t(offset))
      guard count > 0 else { return }
      offset += count
      let bytes = Array(buffer[..<count])
      guard Console.isTerminal(1) else {
        Console.write(bytes)
        continue
      }
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      Console.write(lines.map { Text.printable(String($0)) }.joined(separator: "\n"), to: 1)
    }
  }
}

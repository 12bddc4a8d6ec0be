internal import ArgumentParser
internal import Artifacts
internal import Compiler
internal import Execution
internal import Glibc
internal import Store

struct SessionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "session", abstract: "Tells another program what to try, and learns from it what came of that.",
    discussion: """
      For programs that run their trials themselves (ask and tell). Requests are JSON objects, a line each, on standard \
      input; each is answered with a line on standard output:

        {"op":"ask","count":2}                      {"trials":[{"id":0,"params":{…},"seed":…},…]}
        {"op":"tell","id":0,"value":0.31}           {"ok":true}
        {"op":"tell","id":1,"state":"failed"}       {"ok":true}
        {"op":"observe","params":{…},"value":0.4}   {"ok":true}
        {"op":"best"}  {"op":"state"}

      A request that cannot be taken is answered with "error", and changes nothing. The experiment needs no `trial`. \
      docs/session.md describes all of it.
      """)

  @Argument(help: "The experiment file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Option(
    help: ArgumentHelp(
      "Keep what is asked and told in a file, durably: a session that is started with it again goes on where it was.",
      valueName: "file"), completion: .file())
  var journal: String?

  @OptionGroup var set: SettingOptions

  func run() throws {
    Console.ignoreClosedPipes()
    var session = try reporting(file) {
      let document = try Experiment.forSession(file, settings: set.settings)
      let kept = try journal.map {
        try SessionJournal($0, document: String(decoding: document.json.canonicalBytes, as: UTF8.self))
      }
      return try Session(document, journal: kept)
    }
    var lines = StandardInputLines()
    while let line = lines.next() {
      guard line.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") }) else { continue }
      Console.write(answer(line, &session) + [UInt8(ascii: "\n")])
    }
  }

  private func answer(_ line: [UInt8], _ session: inout Session) -> [UInt8] {
    guard line.count < StandardInputLines.longest else {
      return failure("a request is shorter than \(StandardInputLines.longest) bytes", help: nil)
    }
    do { return try session.answer(to: line) } catch {
      let meant = error.unknown.flatMap { Suggestion.closest(to: $0, among: error.known) }
      let known = error.known.isEmpty ? nil : "known here: \(error.known.prefix(20).joined(separator: ", "))"
      let help = meant.map { "did you mean `\($0)`?" } ?? known
      return failure(error.description, help: help)
    }
  }

  private func failure(_ description: String, help: String?) -> [UInt8] {
    JSON.object(["error": .string(description), "help": help.map(JSON.string)]).canonicalBytes
  }
}

/// The lines of standard input, as they come. Of one that is too long, the beginning.
private struct StandardInputLines {
  static let longest = 1 << 24

  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  /// The part of the buffer that was read, and not given out yet.
  private var unread = 0..<0

  /// The next line, without its line feed; nil at the end.
  mutating func next() -> [UInt8]? {
    var line: [UInt8] = []
    while true {
      let end = buffer[unread].firstIndex(of: UInt8(ascii: "\n"))
      line += buffer[unread.lowerBound..<(end ?? unread.upperBound)].prefix(Self.longest - line.count)
      if let end {
        unread = (end + 1)..<unread.upperBound
        return line
      }
      guard fill() else { return line.isEmpty ? nil : line }
    }
  }

  /// - Returns: whether there was more to read.
  private mutating func fill() -> Bool {
    var count = -1
    repeat {
      count = buffer.withUnsafeMutableBytes { read(0, $0.baseAddress, $0.count) }
    } while count < 0 && errno == EINTR
    unread = 0..<max(0, count)
    return count > 0
  }
}

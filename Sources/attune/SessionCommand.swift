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
      let kept = try journal.map { try SessionJournal($0, document: String(decoding: document.json.canonicalBytes, as: UTF8.self)) }
      return try Session(document, journal: kept)
    }
    var lines = StandardInputLines()
    while let line = lines.next() {
      guard line.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") }) else { continue }
      Console.write(answer(line, &session).canonicalBytes + [UInt8(ascii: "\n")])
    }
  }

  private func answer(_ line: [UInt8], _ session: inout Session) -> JSON {
    guard line.count < StandardInputLines.longest else {
      return .object(["error": .string("a request is shorter than \(StandardInputLines.longest) bytes")])
    }
    do { return try session.answer(to: line) } catch {
      let meant = error.unknown.flatMap { Suggestion.closest(to: $0, among: error.known) }
      let known = error.known.isEmpty ? nil : "known here: \(error.known.prefix(20).joined(separator: ", "))"
      let help = meant.map { "did you mean `\($0)`?" } ?? known
      return .object(["error": .string(error.description), "help": help.map(JSON.string)])
    }
  }
}

/// The lines of standard input, as they come. Of one that is too long, the beginning.
private struct StandardInputLines {
  static let longest = 1 << 24

  private var buffer: [UInt8] = []
  private var isOver = false

  /// The next line, without its line feed; nil at the end.
  mutating func next() -> [UInt8]? {
    var line: [UInt8] = []
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        append(buffer[..<end], to: &line)
        buffer.removeFirst(end + 1)
        return line
      }
      append(buffer[...], to: &line)
      buffer.removeAll(keepingCapacity: true)
      if isOver { return line.isEmpty ? nil : line }
      fill()
    }
  }

  private func append(_ bytes: ArraySlice<UInt8>, to line: inout [UInt8]) {
    line += bytes.prefix(Self.longest - line.count)
  }

  private mutating func fill() {
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    var count = read(0, &piece, piece.count)
    while count < 0 && errno == EINTR { count = read(0, &piece, piece.count) }
    isOver = count <= 0
    buffer += piece.prefix(max(0, count))
  }
}

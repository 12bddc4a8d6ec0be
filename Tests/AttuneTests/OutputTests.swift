import Foundation
import Testing

@Suite("What trials print")
struct OutputTests {
  /// One trial that prints 200 MB between its first line and its last one.
  private static func program() throws -> Program {
    let program = try Program.oneParameter(
      """
      echo early=1
      head -c 200000000 /dev/zero | tr '\\0' a
      [ ! -e wait ] || sleep 60.75
      echo
      echo loss=$1
      """)
    try program.write(try program.read("e.yaml").replacing("[0, 9]", with: "[3, 3]"), to: "e.yaml")
    return program
  }

  /// The log of the program's only trial.
  private static func log(_ program: Program) -> URL? {
    let files = FileManager.default.enumerator(at: program.url(".attune"), includingPropertiesForKeys: nil)
    return files?.compactMap { $0 as? URL }.first { $0.lastPathComponent == "stdout.log" }
  }

  /// How long a file is, and how much room it takes, in bytes.
  private static func size(_ file: URL) -> (length: Int, room: Int) {
    var status = stat()
    return stat(file.path, &status) == 0 ? (Int(status.st_size), Int(status.st_blocks) * 512) : (0, 0)
  }

  @Test("is kept up to a limit: its beginning and its end, from which metrics are read")
  func limit() throws {
    let program = try Self.program()
    defer { program.remove() }
    let output = try program.run("apply", "e.yaml", "--yes")
    #expect(output.code == 0 && output.out.contains("Best configuration: trial 0, loss 3\n"), "\(output)")
    let data = try Data(contentsOf: try #require(Self.log(program)))
    // early=1 and its end, the letters, an empty line's end, loss=3 and its end.
    let note = "\n[\(8 + 200_000_000 + 1 + 7 - (64 << 20)) bytes were not kept here]\n"
    #expect(data.count == (64 << 20) + note.utf8.count)
    #expect(data.starts(with: Data("early=1\naaaa".utf8)))
    #expect(data[(1 << 20)...].starts(with: Data((note + "aaaa").utf8)))
    #expect(data.suffix(9) == Data("a\nloss=3\n".utf8))
  }

  @Test("takes no more room than that while it runs, and logs say what is not kept")
  func whileRunning() throws {
    let program = try Self.program()
    defer { program.remove() }
    try program.write("", to: "wait")
    let apply = try program.start(["apply", "e.yaml", "--yes"])
    #expect(
      eventually {
        guard let log = Self.log(program) else { return false }
        let (length, room) = Self.size(log)
        return length > 200_000_000 && room < 70_000_000
      })
    let logs = try program.run("logs", "0", "--output")
    #expect(logs.out.hasPrefix("early=1\naaaa") && logs.out.contains(" bytes were not kept here]\naaaa"))
    #expect(logs.out.utf8.count < 70_000_000)
    apply.send(SIGTERM)
    #expect(try apply.wait().code == 143)
  }
}

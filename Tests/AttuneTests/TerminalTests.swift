import Foundation
import Testing

/// With a terminal on all three standard streams, by Python's `pty`.
@Suite("On a terminal")
struct TerminalTests {
  /// Runs its arguments on a terminal of 60 columns and answers the question with the first of them.
  private static let script = """
    import fcntl, os, pty, struct, sys, termios
    answer, command = sys.argv[1].encode(), sys.argv[2:]
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.environ.pop("CI", None)
        os.execv(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    output, answered = b"", False
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        output += data
        if not answered and b"Apply this plan?" in output:
            os.write(terminal, answer + b"\\n")
            answered = True
    sys.stdout.buffer.write(output)
    sys.stdout.flush()
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    """

  private static func apply(answering answer: String) throws -> (Program, Program.Output) {
    let program = try Program(["e.yaml": Bowl.experiment(trials: 12), "bowl.sh": Bowl.script, "terminal.py": script])
    let output = try program.start(
      ["apply", "e.yaml"], through: ["/usr/bin/env", "python3", "terminal.py", answer]
    ).wait()
    return (program, output)
  }

  @Test("apply asks, and goes on after yes; progress is a block that is redrawn")
  func confirmed() throws {
    let (program, output) = try Self.apply(answering: "yes")
    defer { program.remove() }
    #expect(output.code == 0, "\(output.out)")
    #expect(program.exists("results/bowl/manifest.json"))
    let block = try #require(output.out.range(of: "[........................] 0/12"))
    #expect(output.out.contains("[########################] 12/12"))
    #expect(output.out.contains("\u{1B}[2A\r\u{1B}[J") || output.out.contains("\u{1B}[1A\r\u{1B}[J"))
    // No line of the block is wider than the terminal: it would wrap, and the block could not be redrawn in its place.
    let end = try #require(output.out.range(of: "Best configuration"))
    let lines = output.out[block.lowerBound..<end.lowerBound].split { $0.isNewline }
    #expect(lines.allSatisfy { $0.replacing(/\u{1B}\[[0-9]*[A-Z]/, with: "").count < 60 })
  }

  @Test("apply runs nothing after any other answer", arguments: ["no", "", "y", "YES", "yes please"])
  func declined(_ answer: String) throws {
    let (program, output) = try Self.apply(answering: answer)
    defer { program.remove() }
    #expect(output.code == 1)
    #expect(output.out.contains("Not applied: nothing was run."))
    #expect(!program.exists(".attune") && !program.exists("results"))
  }
}

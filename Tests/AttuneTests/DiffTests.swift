import Artifacts
import Foundation
import Testing

/// What `attune diff` says of changes to one experiment: diffs.txt holds the experiment and each change, with the exit code
/// and the lines that are expected.
///
/// With `ATTUNE_UPDATE_EXPECTED` set, what the program says is written there instead: read the change before you keep it.
@Suite("Differences, change by change", .serialized)
struct DiffTests {
  private static let file = Program.repository.appendingPathComponent("Tests/Differences/cases.txt")
  private static let isUpdating = ProcessInfo.processInfo.environment["ATTUNE_UPDATE_EXPECTED"] != nil

  /// A change: lines that are taken out of the experiment, and what stands there instead.
  private struct Case {
    var title: String
    var removed: [String] = []
    var added: [String] = []
    var expected: [String] = []

    /// The experiment with the change.
    func applied(to base: String) throws -> String {
      var lines = base.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      guard let first = removed.first else { return added.joined(separator: "\n") + "\n" + base }
      let place = try #require(lines.firstIndex(of: first), "\(title): there is no line \(first)")
      for line in removed {
        lines.remove(at: try #require(lines.firstIndex(of: line), "\(title): there is no line \(line)"))
      }
      lines.insert(contentsOf: added, at: min(place, lines.count))
      return lines.joined(separator: "\n")
    }
  }

  private static func read() throws -> (base: String, cases: [Case]) {
    let text = try String(contentsOf: file, encoding: .utf8)
    let parts = text.components(separatedBy: "\n== ")
    let cases = parts.dropFirst().map { part in
      let lines = part.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      func marked(_ sign: Character) -> [String] { lines.filter { $0.first == sign }.map { String($0.dropFirst()) } }
      return Case(title: lines[0], removed: marked("-"), added: marked("+"), expected: marked(">"))
    }
    return (parts[0] + "\n", cases)
  }

  private static func program(_ base: String) throws -> Program {
    try Program([
      "a.yaml": base, "t.sh": "echo loss=$1\n", "u.sh": "echo loss=1\n", "base.yaml": "budget: {trials: 20}\n",
    ])
  }

  @Test("say what is expected of each")
  func golden() throws {
    let (base, cases) = try Self.read()
    #expect(cases.count >= 40)
    let program = try Self.program(base)
    defer { program.remove() }
    var text = base.trimmingCharacters(in: .newlines) + "\n"
    for change in cases {
      try program.write(change.applied(to: base), to: "b.yaml")
      let output = try program.run("diff", "a.yaml", "b.yaml")
      #expect(output.err.isEmpty, "\(change.title): \(output.err)")
      // The heads state digests.
      let lines = ["exit \(output.code)"] + output.out.split(separator: "\n").dropFirst(2).map(String.init)
      if !Self.isUpdating { #expect(lines == change.expected, "\(change.title)") }
      text += "\n== \(change.title)\n" + change.removed.map { "-\($0)\n" }.joined()
      text += change.added.map { "+\($0)\n" }.joined() + lines.map { ">\($0)\n" }.joined()
    }
    if Self.isUpdating { try Data(text.utf8).write(to: Self.file) }
  }

  @Test("read the other way round, mirror each")
  func mirrored() throws {
    let (base, cases) = try Self.read()
    let program = try Self.program(base)
    defer { program.remove() }
    for change in cases {
      try program.write(change.applied(to: base), to: "b.yaml")
      let there = try JSON(parsing: Array(program.run("diff", "a.yaml", "b.yaml", "--json").out.utf8.dropLast()))
      let back = try JSON(parsing: Array(program.run("diff", "b.yaml", "a.yaml", "--json").out.utf8.dropLast()))
      #expect(there["verdict"] == back["verdict"], "\(change.title)")
      let edits = try #require(back["edits"]?.array).map { edit in
        JSON.object([
          "path": edit["path"], "before": edit["after"], "after": edit["before"], "section": edit["section"],
          "effect": edit["effect"],
        ]).canonicalText
      }
      #expect(there["edits"]?.array?.map(\.canonicalText) == edits, "\(change.title)")
      let mirror = ["wider": "narrower", "narrower": "wider", "added": "removed", "removed": "added"]
      let aspects = try #require(back["parameters"]?.array).map { parameter in
        (parameter["aspects"]?.array ?? []).compactMap(\.string).map { mirror[$0] ?? $0 }
      }
      #expect(
        there["parameters"]?.array?.map { ($0["aspects"]?.array ?? []).compactMap(\.string) } == aspects,
        "\(change.title)")
      #expect(there["trials"]?["added"] == back["trials"]?["dropped"], "\(change.title)")
    }
  }

  @Test("with --semantic-only, leave out what cannot change the result")
  func semanticOnly() throws {
    let (base, _) = try Self.read()
    let program = try Self.program(base)
    defer { program.remove() }
    try program.write(base.replacing("parallel: 2", with: "parallel: 8"), to: "b.yaml")
    let whole = try program.run("diff", "a.yaml", "b.yaml")
    #expect(whole.code == 1 && whole.out.contains("carried out differently"), "\(whole)")
    let semantic = try program.run("diff", "a.yaml", "b.yaml", "--semantic-only")
    #expect(semantic.code == 0 && !semantic.out.contains("parallel"), "\(semantic)")
    try program.write(
      base.replacing("seed: 5", with: "seed: 6").replacing("parallel: 2", with: "parallel: 8"), to: "b.yaml")
    let both = try program.run("diff", "a.yaml", "b.yaml", "--semantic-only")
    #expect(both.code == 1 && both.out.contains("seed") && !both.out.contains("parallel"), "\(both)")
  }

  @Test("name trouble with 2, and say the way out")
  func trouble() throws {
    let (base, _) = try Self.read()
    let program = try Self.program(base)
    defer { program.remove() }
    let cases = [
      (["a.yaml", "none.yaml"], "there is no file `none.yaml`; a revision is compared with `-- path` behind it"),
      (["a.yaml", "run:3"], "there is no run 3 in this project; `attune list`"),
      (["HEAD:a.yaml", "a.yaml"], "not a git repository"),
      ([], "compare two files"),
    ]
    for (arguments, message) in cases {
      let output = try program.run(["diff"] + arguments)
      #expect(output.code == 2 && output.err.contains(message), "\(arguments): \(output)")
    }
    try program.write(base.replacing("[0, 1]", with: "[1, 0]"), to: "b.yaml")
    let wrong = try program.run("diff", "a.yaml", "b.yaml")
    #expect(wrong.code == 2 && wrong.err.contains("E2007") && wrong.err.contains("nothing to compare"), "\(wrong)")
  }

  @Test("fit into a comment however much there is, and say that they were cut")
  func markdown() throws {
    let (base, _) = try Self.read()
    let program = try Self.program(base)
    defer { program.remove() }
    let script = (0..<4000).map { "    echo line \($0) | tee <b>@everyone</b>" }.joined(separator: "\n")
    try program.write(
      base.replacing(#"  run: "sh t.sh ${x} ${n} ${kind}""#, with: "  shell: |\n    echo loss=$x"), to: "a.yaml")
    try program.write(
      base.replacing(#"  run: "sh t.sh ${x} ${n} ${kind}""#, with: "  shell: |\n    echo loss=$x\n\(script)"),
      to: "b.yaml")
    let output = try program.run("diff", "a.yaml", "b.yaml", "--format", "markdown")
    #expect(output.code == 1)
    #expect(output.out.utf8.count <= 65_536 && output.out.utf8.count > 60_000)
    #expect(output.out.hasPrefix("<!-- attune diff v1: b.yaml -->\n### golden: "))
    #expect(output.out.contains("_Cut here: ") && output.out.contains("\n</details>\n"))
    // Nobody is called, and nothing is formatted, by what a script holds.
    let table = output.out.components(separatedBy: "<details>")[0]
    #expect(table.contains("\\@everyone") && !table.contains("<b>"))
    #expect(try program.run("diff", "a.yaml", "b.yaml", "--format", "markdown").out == output.out)
  }
}

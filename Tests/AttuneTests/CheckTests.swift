import Artifacts
import Compiler
import Foundation
import Testing

@Suite("Check, explain and schema")
struct CheckTests {
  private static let good = Bowl.experiment()
  private static let bad = good.replacing("minimize: loss", with: "minimise: loss").replacing(
    "int: [1, 50]", with: "int: [50, 1]")

  private static func program(_ files: KeyValuePairs<String, String>) throws -> Program {
    let program = try Program(files)
    try program.write("echo loss=$1", to: "bowl.sh")
    return program
  }

  @Test("Of one file, what is wrong and how much; of many, one line for all")
  func files() throws {
    let program = try Self.program(["good.yaml": Self.good, "bad.yaml": Self.bad, "also good.yaml": Self.good])
    defer { program.remove() }
    let one = try program.run("check", "bad.yaml")
    #expect(one.code == 65 && one.out.isEmpty)
    #expect(one.err.hasSuffix("\n\nbad.yaml: 2 errors; `attune check --fix` mends 2\n"))
    let all = try program.run("check", "good.yaml", "also good.yaml")
    #expect(all.code == 0 && all.out == "2 files: all correct\n" && all.err.isEmpty)
    let some = try program.run("check", "good.yaml", "bad.yaml", "also good.yaml")
    #expect(some.code == 65 && some.out.isEmpty)
    #expect(some.err.hasSuffix("\n3 files: 2 correct, 1 not; 2 errors; `attune check --fix` mends 2\n"))
    let missing = try program.run("check", "none.yaml", "bad.yaml", ".")
    #expect(missing.code == 74)
    #expect(missing.err.contains("error: none.yaml: cannot read it: No such file or directory\n"))
    #expect(missing.err.contains("error: .: cannot read it: Is a directory\n") && missing.err.contains("E2007"))
  }

  @Test("Standard input is read, and named as told")
  func standardInput() throws {
    let program = try Self.program(["bad.yaml": Self.bad, "sweeps/bowl.sh": "echo loss=$1"])
    defer { program.remove() }
    func run(_ arguments: String) throws -> Program.Output {
      try program.start(
        [], through: ["/bin/sh", "-c", "exec \"$0\" \(arguments) < bad.yaml"]
      ).wait()
    }
    let output = try run("check -")
    #expect(output.code == 65 && output.err.contains("--> stdin.yaml:"))
    #expect(try run("check - --stdin-name sweeps/x.yaml").err.contains("--> sweeps/x.yaml:"))
    #expect(try run("check - --stdin-name nowhere/x.yaml").code == 74)
    let mended = try run("check - --fix")
    #expect(mended.code == 0 && mended.out == Self.good && mended.err.contains("fixed stdin.yaml:"))
    #expect(mended.err.hasSuffix("\nstdin.yaml: correct; at most 40 trials.\n"))
    #expect(try run("check - --fix --format json").code == 64)
  }

  @Test("Of a file with too many mistakes to read, a thousand are shown, the errors first")
  func many() throws {
    // Two warnings stand above all errors.
    let parameters = "first: {choice: [yes, no]}\n" + (0..<1500).map { "  p\($0): {float: [1, 0]}\n" }.joined()
    let text = Self.good.replacing("parameters:\n", with: "parameters:\n  \(parameters)")
    let program = try Self.program(["many.yaml": text])
    defer { program.remove() }
    let output = try program.run("check", "many.yaml")
    #expect(output.code == 65)
    #expect(output.err.components(separatedBy: "error[E2007]").count == 1001)
    #expect(!output.err.contains("warning["))
    #expect(output.err.contains("\n… and 502 more, which `attune check --format json` lists\n"))
    #expect(output.err.hasSuffix("many.yaml: 1500 errors and 2 warnings; `attune check --fix` mends 1502\n"))
    let all = try JSON(parsing: program.run("check", "many.yaml", "--format", "json").out.utf8)
    #expect(all["diagnostics"]?.array?.count == 1502)
  }

  @Test("What is certain is mended in the file, whose line ends, mode and link stay")
  func fix() throws {
    let windows = "\u{FEFF}# über\r\n" + Self.bad.replacing("\n", with: "\r\n")
    let program = try Self.program(["bad.yaml": windows, "good.yaml": Self.good])
    defer { program.remove() }
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: program.url("bad.yaml").path)
    try FileManager.default.createSymbolicLink(
      atPath: program.url("link.yaml").path, withDestinationPath: "bad.yaml")
    let before = try FileManager.default.attributesOfItem(atPath: program.url("good.yaml").path)
    let output = try program.run("check", "--fix", "link.yaml", "good.yaml")
    #expect(output.code == 0 && output.out == "2 files: all correct\n")
    #expect(output.err.split(separator: "\n").count == 2)
    #expect(output.err.contains(": swap the bounds (E2007)\n") && output.err.contains(": write `minimize` (E1001)\n"))
    let text = try String(decoding: Data(contentsOf: program.url("bad.yaml")), as: UTF8.self)
    #expect(text == "\u{FEFF}# über\r\n" + Self.good.replacing("\n", with: "\r\n"))
    #expect(File.isLink(program.url("link.yaml").path))
    let attributes = try FileManager.default.attributesOfItem(atPath: program.url("bad.yaml").path)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    // A file without mistakes is not touched.
    let after = try FileManager.default.attributesOfItem(atPath: program.url("good.yaml").path)
    #expect(before[.systemFileNumber] as? Int == after[.systemFileNumber] as? Int)
  }

  @Test("JSON: each diagnostic with its place in lines, columns and bytes, and its changes")
  func json() throws {
    let program = try Self.program(["bad.yaml": "\u{FEFF}" + Self.bad, "good.yaml": Self.good])
    defer { program.remove() }
    let output = try program.run("check", "bad.yaml", "good.yaml", "none.yaml", "--format", "json")
    #expect(output.code == 74 && output.err.isEmpty)
    let document = try JSON(parsing: output.out.utf8)
    #expect(document["schema"]?.string == CheckReport.schema)
    let files = try #require(document["files"]?.array)
    #expect(files.compactMap { $0["errors"]?.int } == [2, 0, 0])
    #expect(files[2]["failure"]?.string == "cannot read it: No such file or directory")
    let bytes = try Data(contentsOf: program.url("bad.yaml"))
    for diagnostic in try #require(document["diagnostics"]?.array) {
      let place = try #require(diagnostic["place"])
      #expect(place["path"]?.string == "bad.yaml")
      let start = try #require(place["start"]?["offset"]?.int)
      let end = try #require(place["end"]?["offset"]?.int)
      let text = String(decoding: bytes[start..<end], as: UTF8.self)
      #expect(text == (diagnostic["code"]?.string == "E1001" ? "minimise" : "[50, 1]"))
      #expect(diagnostic["fix"]?["safe"]?.bool == true)
      let line = String(decoding: bytes, as: UTF8.self).dropFirst().split(
        separator: "\n", omittingEmptySubsequences: false)[(place["start"]?["line"]?.int ?? 1) - 1]
      let rest = line.dropFirst((place["start"]?["column"]?.int ?? 1) - 1)
      #expect(rest.hasPrefix(text))
    }
  }

  @Test("SARIF: a rule for each code, a region and a replacement for each result")
  func sarif() throws {
    let program = try Self.program(["ein ordner/bäd.yaml": Self.bad, "ein ordner/bowl.sh": "echo loss=$1"])
    defer { program.remove() }
    let output = try program.run("check", "ein ordner/bäd.yaml", "--format", "sarif")
    #expect(output.code == 65 && output.err.isEmpty)
    let document = try JSON(parsing: output.out.utf8)
    #expect(document["version"]?.string == "2.1.0")
    let run = try #require(document["runs"]?.array?.first)
    let rules = try #require(run["tool"]?["driver"]?["rules"]?.array)
    let results = try #require(run["results"]?.array)
    #expect(results.count == 2 && rules.count == 2)
    for result in results {
      let rule = rules[try #require(result["ruleIndex"]?.int)]
      #expect(rule["id"] == result["ruleId"] && rule["help"]?["text"]?.string?.isEmpty == false)
      let place = try #require(result["locations"]?.array?.first?["physicalLocation"])
      #expect(place["artifactLocation"]?["uri"]?.string == "ein%20ordner/b%C3%A4d.yaml")
      let (start, end) = (place["region"]?["startColumn"]?.int, place["region"]?["endColumn"]?.int)
      #expect((start ?? 0) < (end ?? 0))
      let change = try #require(result["fixes"]?.array?.first?["artifactChanges"]?.array?.first)
      #expect(change["replacements"]?.array?.isEmpty == false)
    }
  }

  @Test("GitHub: one line for each, in which nothing ends it early")
  func github() throws {
    let text = Self.good.replacing("minimize: loss", with: "minimize: \"100%, a:b\\r\\n::error::x\"")
    let program = try Self.program(["a,b:c%.yaml": text])
    defer { program.remove() }
    let output = try program.run("check", "a,b:c%.yaml", "--format", "github")
    #expect(output.code == 65 && output.err.isEmpty)
    let lines = output.out.split(separator: "\n")
    #expect(lines.count == 1)
    #expect(lines[0].hasPrefix("::error file=a%2Cb%3Ac%25.yaml,line=3,col="))
    #expect(lines[0].contains(",title=E1013::`100%25, a:b"))
    #expect(output.out.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
  }

  @Test("Colour is for terminals, and for those who ask")
  func colour() throws {
    let program = try Self.program(["bad.yaml": Self.bad])
    defer { program.remove() }
    #expect(try !program.run("check", "bad.yaml").err.contains("\u{1B}"))
    #expect(try program.run("check", "bad.yaml", "--color", "always").err.contains("\u{1B}[1;31merror[E1001]"))
    func onTerminal(_ environment: String, _ arguments: String) throws -> String {
      let script = "import os, pty, sys; os.environ.update(\(environment)); sys.exit(pty.spawn(sys.argv[1:]) >> 8)"
      return try program.start(
        arguments.split(separator: " ").map(String.init), through: ["/usr/bin/env", "python3", "-c", script]
      ).wait().out
    }
    #expect(try onTerminal("TERM='xterm', NO_COLOR=''", "check bad.yaml").contains("\u{1B}[1;31m"))
    #expect(try !onTerminal("TERM='xterm', NO_COLOR='1'", "check bad.yaml").contains("\u{1B}"))
    #expect(try !onTerminal("TERM='dumb', NO_COLOR=''", "check bad.yaml").contains("\u{1B}"))
    #expect(try !onTerminal("TERM='xterm', NO_COLOR=''", "check bad.yaml --color never").contains("\u{1B}"))
  }

  @Test("explain: one code in either case, a class, all of them, and what was meant")
  func explain() throws {
    let program = try Program()
    defer { program.remove() }
    let one = try program.run("explain", "e2007")
    #expect(one.code == 0 && one.out.hasPrefix("E2007: ") && one.out.contains("\nWrong:\n\n    parameters:"))
    #expect(one.out.split(separator: "\n").allSatisfy { $0.count <= 100 })
    let all = try program.run("explain")
    #expect(all.out.split(separator: "\n").map { String($0.prefix(5)) } == Explanation.all.map(\.code))
    let some = try program.run("explain", "w3").out.split(separator: "\n")
    #expect(!some.isEmpty && some.allSatisfy { $0.hasPrefix("W3") })
    let unknown = try program.run("explain", "E20070")
    #expect(unknown.code == 64 && unknown.out.isEmpty && unknown.err.contains("did you mean `E2007`?"))
    #expect(try program.run("explain", "x").err.contains("`attune explain` lists all of them"))
    let json = try JSON(parsing: program.run("explain", "E2007", "--format", "json").out.utf8)
    #expect(json.array?.first?["code"]?.string == "E2007")
  }

  @Test("schema prints what the folder schemas/ holds", arguments: Schema.allCases.map(\.rawValue))
  func schema(kind: String) throws {
    let program = try Program()
    defer { program.remove() }
    let output = try program.run("schema", kind)
    let url = Program.repository.appendingPathComponent("schemas/\(kind).v1.schema.json")
    let text = try String(contentsOf: url, encoding: .utf8)
    #expect(output.code == 0 && output.out == text)
  }

  @Test("Every schema of the folder can be printed")
  func schemas() throws {
    let names = try FileManager.default.contentsOfDirectory(
      atPath: Program.repository.appendingPathComponent("schemas").path)
    #expect(Set(names) == Set(Schema.allCases.map { "\($0.rawValue).v1.schema.json" }))
  }

  @Test("A thousand files at once, also where each would take the whole folder as inputs")
  func thousand() throws {
    let program = try Self.program([:])
    defer { program.remove() }
    let unlisted = Self.good.replacing("inputs: [bowl.sh]", with: "timeout: 1h")
    let names = (0..<1000).map { "e\($0).yaml" }
    for (index, name) in names.enumerated() { try program.write(index % 2 == 0 ? Self.good : unlisted, to: name) }
    let output = try program.start(["check"] + names).wait()
    #expect(output.code == 0 && output.out == "1,000 files: all correct\n", "\(output.err)")
  }
}

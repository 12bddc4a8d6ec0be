import Artifacts
import TestSupport
import Testing

@testable import Compiler

@Suite("The input files")
struct InputTests {
  /// What a folder and its experiment are told.
  struct Case: Sendable, CustomTestStringConvertible {
    var code: String
    var trial: String
    /// Where it stands in the line of `trial`.
    var column: Int
    var links: [String: String] = [:]

    var testDescription: String { trial }
  }

  static let cases = [
    Case(code: "E4009", trial: "trial: {run: 'python ${args}', inputs: [none.py]}", column: 41),
    Case(code: "E4014", trial: "trial: {run: 'python ${args}', inputs: ['']}", column: 41),
    Case(code: "E4010", trial: "trial: {run: 'python ${args}', inputs: [empty/]}", column: 41),
    Case(code: "E4011", trial: "trial: {run: 'python ${args}', inputs: [/etc/hosts]}", column: 41),
    Case(code: "E4032", trial: "trial: {run: 'python ${args}', inputs: ['*.py']}", column: 41),
    Case(code: "E4032", trial: "trial: {run: 'python ${args}', inputs: ['empty/**']}", column: 41),
    Case(code: "E4032", trial: "trial: {run: 'python ${args}', inputs: ['[a.py']}", column: 41),
    // The memory of a process is a file, and nothing can be read at its start.
    Case(
      code: "E4012", trial: "trial: {run: 'python ${args}', inputs: [memory]}", column: 14,
      links: ["memory": "/proc/self/mem"]),
  ]

  static let codes = cases.map(\.code) + ["E4013", "W4012", "W4013"]

  private func compile(_ trial: String, in folder: borrowing TemporaryFolder) -> Compilation {
    Compiler.compile(Array(Experiment.text([trial]).utf8), path: "a/experiment.yaml", inputs: .folder(folder.path))
  }

  private func inputs(_ trial: String, in folder: borrowing TemporaryFolder) throws -> [String] {
    try #require(compile(trial, in: folder).plan).inputs.map(\.path)
  }

  @Test("An input that cannot be one is reported where it stands", arguments: cases)
  func refused(input: Case) throws {
    let folder = try TemporaryFolder()
    try folder.makeFolder("empty")
    for (name, target) in input.links { _ = try Program.run("ln", ["-s", target, name], in: folder.path) }
    let compilation = compile(input.trial, in: folder)
    let diagnostic = try #require(compilation.diagnostics.first)
    #expect(compilation.diagnostics.count == 1 && diagnostic.message.code == input.code)
    #expect(compilation.sources.all[0].position(at: diagnostic.span.range.lowerBound) == (7, input.column))
    #expect(compilation.plan == nil)
  }

  @Test("A script that the command names and that is not there is warned of, with the one that is meant")
  func missingScript() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "train.py")
    try folder.write("", to: "tools/run.sh")
    func found(_ run: String) -> [String?] {
      compile("trial: {run: '\(run) ${args}', inputs: []}", in: folder).diagnostics
        .filter { $0.message.code == "W4013" }.map(\.message.help)
    }
    #expect(found("python trian.py") == ["did you mean `train.py`?"])
    #expect(found("./tools/rum.sh") == ["did you mean `./tools/run.sh`?"])
    for run in [
      "python train.py", "sh tools/run.sh", "python train.py --to rain.py", "python evaluate.py", "python -m train",
      "/opt/x.py",
    ] {
      #expect(found(run).isEmpty)
    }
  }

  @Test("A folder of more than 10,000 files is refused where no inputs are listed")
  func tooMany() throws {
    let folder = try TemporaryFolder()
    for index in 0...InputFiles.maximumUnlisted { try folder.write("", to: "d/\(index)") }
    #expect(compile("trial: {run: 'python ${args}'}", in: folder).diagnostics.map(\.message.code) == ["E4013"])
    #expect(try inputs("trial: {run: 'python ${args}', inputs: []}", in: folder).isEmpty)
  }

  @Test("Where none are listed, every file of the folder is one, but what attune and Python make")
  func folder() throws {
    let folder = try TemporaryFolder()
    let made = [
      ".attune/journal", "results/x/manifest.json", "__pycache__/a.pyc", "a.pyc", "x.plan.json", "experiment.yaml",
      ".git/config",
    ]
    let files = [".hidden", "b/c.py", "b/results.txt", "other.yaml", "train.py"]
    for name in made + files { try folder.write(name, to: name) }
    #expect(try inputs("trial: {run: 'python train.py ${args}'}", in: folder) == files)
  }

  @Test("Listed files and folders are inputs, and so is a file that the command names")
  func listed() throws {
    let folder = try TemporaryFolder()
    for name in ["train.py", "data/a.csv", "data/b/c.csv", "other.py", "lib/x.py"] { try folder.write(name, to: name) }
    let all = ["data/a.csv", "data/b/c.csv", "lib/x.py", "train.py"]
    #expect(try inputs("trial: {run: 'python train.py ${args}', inputs: [data/, lib/x.py]}", in: folder) == all)
    #expect(try inputs("trial: {run: 'python train.py ${args}', inputs: []}", in: folder) == ["train.py"])
    #expect(try inputs("trial: {run: 'python ${args}', inputs: []}", in: folder).isEmpty)
    #expect(try inputs("trial: {run: 'x ${args}', inputs: [data, data/a.csv, data/]}", in: folder).count == 2)
    #expect(try inputs("trial: {run: 'x ${args}', inputs: [.]}", in: folder).count == 5)
  }

  @Test(
    "A pattern stands for files; `*` stays within a name, `**` goes across folders, and hidden names are left out",
    arguments: [
      ("'*.py'", ["a.py", "b.py"]), ("'?.py'", ["a.py", "b.py"]), ("'[!a].py'", ["b.py"]),
      ("'**/*.py'", ["a.py", "b.py", "src/c.py", "src/deep/d.py"]), ("'src/*'", ["src/c.py", "src/x.txt"]),
      ("'src/**'", ["src/c.py", "src/deep/d.py", "src/x.txt"]), ("'s*/'", ["src/c.py", "src/deep/d.py", "src/x.txt"]),
      ("'./src/*.py', 'src/c.py', src", ["src/c.py", "src/deep/d.py", "src/x.txt"]), ("'.c*/*'", [".cfg/e.py"]),
      ("'x[1].txt'", ["x[1].txt"]),
    ])
  func patterns(listed: String, expected: [String]) throws {
    let folder = try TemporaryFolder()
    let names = [
      "a.py", "b.py", "src/c.py", "src/deep/d.py", "src/x.txt", ".cfg/e.py", "x[1].txt", "env/pyvenv.cfg",
      "env/lib/site.py", "results/r.py", "__pycache__/a.py",
    ]
    for name in names { try folder.write("", to: name) }
    #expect(try inputs("trial: {run: 'x ${args}', inputs: [\(listed)]}", in: folder) == expected)
  }

  @Test("A script's words that are files are inputs, but for those that it writes")
  func script() throws {
    let folder = try TemporaryFolder()
    for name in ["train.py", "in.txt", "log.txt", "err.txt", "other.py"] { try folder.write("", to: name) }
    let script = "trial: {inputs: [], shell: 'python \"train.py\" $lr <in.txt 2> err.txt >log.txt'}"
    #expect(try inputs(script, in: folder) == ["in.txt", "train.py"])
  }

  @Test("An import of a file that is not listed is a warning, also where an import leads to another")
  func imports() throws {
    let folder = try TemporaryFolder()
    let files = [
      "train.py": """
      import os, helper as h  # a module beside it
      from package import (
        part,  # a module of the package
        Thing,
      )
      from listed import x
      import numpy.random; import third
      # import unused
      """,
      "helper.py": "from deep import y", "listed.py": "", "package/__init__.py": "", "deep.py": "import helper",
      "package/part.py": "from . import sibling\nfrom .. import \\\n  top\nfrom .other import z",
      "package/sibling.py": "",
      "package/other.py": "", "third.py": "", "unused.py": "", "numpy.py": "", "top.py": "",
    ]
    for (name, text) in files { try folder.write(text, to: name) }
    let trial = "trial: {run: 'python train.py ${args}', inputs: [listed.py]}"
    let compilation = compile(trial, in: folder)
    let found = compilation.diagnostics.filter { $0.message.code == "W4012" }.map(\.message.text).sorted()
    #expect(compilation.diagnostics.count == found.count && compilation.plan != nil)
    let expected = [
      ("helper.py", "deep.py"), ("package/part.py", "package/other.py"), ("package/part.py", "package/sibling.py"),
      ("package/part.py", "top.py"), ("train.py", "helper.py"), ("train.py", "numpy.py"),
      ("train.py", "package/__init__.py"), ("train.py", "package/part.py"), ("train.py", "third.py"),
    ]
    #expect(found == expected.map { "`\($0.0)` imports `\($0.1)`, which is not among the inputs" })
    #expect(compile("trial: {run: 'python train.py ${args}'}", in: folder).diagnostics.isEmpty)
    #expect(compile("trial: {run: 'python train.py ${args}', inputs: ['**/*.py']}", in: folder).diagnostics.isEmpty)
  }

  @Test("One file has one name, however it is written")
  func oneName() throws {
    let folder = try TemporaryFolder()
    for name in ["train.py", "data/a.csv"] { try folder.write(name, to: name) }
    let names = ["data/a.csv", "train.py"]
    #expect(try inputs("trial: {run: 'python ./train.py ${args}'}", in: folder) == names)
    #expect(try inputs("trial: {run: 'x ${args}', inputs: [./train.py, .//data, ./data/./a.csv]}", in: folder) == names)
  }

  @Test("An input's digest and size are those of its bytes")
  func digests() throws {
    let folder = try TemporaryFolder()
    try folder.write("abc", to: "train.py")
    let plan = try #require(compile("trial: {run: 'python train.py ${args}'}", in: folder).plan)
    #expect(plan.inputs == [InputFile(path: "train.py", digest: Digest(of: "file", "abc".utf8), size: 3)])
  }

  @Test("Recorded inputs are taken as they are")
  func recorded() throws {
    let files = [InputFile(path: "gone.py", digest: Digest(of: "file", []), size: 0)]
    let plan = try Experiment.plan("trial: {run: 'python gone.py ${args}', inputs: [x]}", inputs: .recorded(files))
    #expect(plan.inputs == files)
  }

  @Test(
    "The files that .gitignore leaves are those that git lists",
    .enabled(if: Program.isInstalled("git"), "there is no git"),
    arguments: [
      "*.log", "*.log\n!keep.log", "/a.log", "sub/a.log", "data/", "data", "/data/", "**/foo", "sub/**", "sub/**/x.log",
      "**/data/x.log", "*", "*\n!*/\n!*.py", "[ab].log", "[!a].log", "[a-c].log\n", "a?log", "\\#x",
      "# comment\n\n  \n*.py",
      "*.py  ", "sub/*", "sub/deep", "!a.log", "*.log\n!sub/\n!sub/a.log", "sub/*\n!sub/deep/", "xfoo", "d*",
      "/*\n!/sub",
      "a.log\r", "sub/deep/*.log", "*.l*g", "\\!bang", "/sub/deep/", "train.py\t", "foo\\ ", "foo\\  ", "foo \r\n",
      "sub**log", "/s**/x.log",
      "**o/x.log", "s**b/x.log", "a**", "**.log",
    ])
  func gitignore(rules: String) throws {
    let (found, expected) = try ignoring(rules)
    #expect(found.subtracting(expected).isEmpty, "ignored by git")
    #expect(expected.subtracting(found).isEmpty, "not ignored by git")
  }

  /// The inputs of a folder with these rules, and the files that git does not ignore.
  private func ignoring(_ rules: String) throws -> (found: Set<String>, expected: Set<String>) {
    let folder = try TemporaryFolder()
    let files = [
      "a.log", "b.log", "keep.log", "train.py", "#x", "!bang", "foo", "xfoo", "sub/a.log", "sub/x.log", "sub/foo",
      "sub/xfoo", "sub/deep/x.log", "sub/deep/more/x.log", "data/x.log", "data/y/z.py", "sub/data/x.log",
    ]
    for name in files { try folder.write("", to: name) }
    try folder.write(rules, to: ".gitignore")
    try folder.write("a.log\n", to: "sub/deep/.gitignore")
    _ = try Program.run("git", ["init", "-q"], in: folder.path)
    let listed = try Program.run(
      "git",
      [
        "-c", "core.excludesFile=/dev/null", "-c", "core.quotePath=false", "ls-files", "--others", "--exclude-standard",
      ],
      in: folder.path)
    let expected = Set(listed.split(separator: "\n").map(String.init))
    let found = Set(try inputs("trial: {run: 'python ${args}'}", in: folder))
    return (found, expected)
  }

  @Test("Rules of the folders above count, up to the one that holds .git, and so does .git/info/exclude")
  func above() throws {
    let folder = try TemporaryFolder()
    try folder.makeFolder("repository/.git/info")
    try folder.write("*\n", to: ".gitignore")
    try folder.write("*.log\n/sweep/local\n", to: "repository/.gitignore")
    try folder.write("secret\n", to: "repository/.git/info/exclude")
    for name in ["a.log", "local", "secret", "train.py", "deep/local"] {
      try folder.write("", to: "repository/sweep/" + name)
    }
    let text = Array(Experiment.text(["trial: {run: 'python ${args}'}"]).utf8)
    let compilation = Compiler.compile(
      text, path: "experiment.yaml", inputs: .folder(folder.path + "/repository/sweep"))
    #expect(try #require(compilation.plan).inputs.map(\.path) == ["deep/local", "train.py"])
  }
}

import Foundation
import Testing

@Suite("Differences in a git repository")
struct DiffGitTests {
  private static func experiment(_ upper: Int, inputs: String = "[t.sh]") -> String {
    """
    attune: 1
    name: one
    objective: {minimize: loss}
    parameters: {x: {int: [0, \(upper)]}}
    search: {strategy: grid}
    trial: {run: "sh t.sh ${x}", inputs: \(inputs)}

    """
  }

  /// One that reads no file.
  private static func independent(_ upper: Int, _ name: String) -> String {
    experiment(upper, inputs: "[]").replacing("name: one", with: "name: \(name)")
      .replacing("sh t.sh ${x}", with: "echo loss=${x}")
  }

  private static func project(_ folder: String = "") throws -> GitProject {
    try GitProject(["\(folder)e.yaml": experiment(9), "\(folder)t.sh": "echo loss=$1\n"])
  }

  @Test("Revisions, the index and the working tree are compared as git names them")
  func places() throws {
    let project = try Self.project()
    defer { project.remove() }
    let program = project.program
    try project.write(Self.experiment(10), to: "e.yaml", commit: "second")
    try program.write(Self.experiment(11), to: "e.yaml")
    try project.git("add", "e.yaml")
    try program.write(Self.experiment(12), to: "e.yaml")
    let before = try project.git("status", "--porcelain=v2")
    let cases: [([String], String)] = [
      (["e.yaml"], "[0, 10] → [0, 12]"), (["--", "e.yaml"], "[0, 11] → [0, 12]"),
      (["--staged", "--", "e.yaml"], "[0, 10] → [0, 11]"), (["HEAD~1", "--", "e.yaml"], "[0, 9] → [0, 12]"),
      (["--cached", "HEAD~1", "--", "e.yaml"], "[0, 9] → [0, 11]"),
      (["HEAD~1", "HEAD", "--", "e.yaml"], "[0, 9] → [0, 10]"), (["HEAD~1..HEAD", "--", "e.yaml"], "[0, 9] → [0, 10]"),
      (["HEAD~1:e.yaml", ":e.yaml"], "[0, 9] → [0, 11]"), ([":e.yaml", "HEAD:e.yaml"], "[0, 11] → [0, 10]"),
    ]
    for (arguments, change) in cases {
      let output = try program.run(["diff"] + arguments)
      #expect(output.code == 1 && output.out.contains(change), "\(arguments): \(output)")
    }
    #expect(try program.run("diff", "HEAD", "HEAD", "--", "e.yaml").code == 0)
    // Nothing was touched.
    #expect(try project.git("status", "--porcelain=v2") == before)
  }

  @Test("An experiment that one side alone has is new, or gone, in every form")
  func oneSided() throws {
    let project = try Self.project()
    defer { project.remove() }
    let program = project.program
    // Git takes the one for the other under a new name, and so they are compared.
    try program.write(Self.experiment(5).replacing("name: one", with: "name: two"), to: "f.yaml")
    try project.git("rm", "-q", "e.yaml")
    try project.commit("another")
    let renamed = try program.run("diff", "HEAD~1", "HEAD", "--", "f.yaml")
    #expect(renamed.code == 1 && renamed.out.contains("[0, 9] → [0, 5]"), "\(renamed)")
    let lines = [
      "attune: 1", "name: three", "objective: {maximize: accuracy}",
      "parameters: {rate: {float: [0, 1]}, depth: {int: [1, 9]}}", "search: {strategy: random}", "budget: {trials: 7}",
      "trial: {shell: 'echo accuracy=1', inputs: []}", "# nothing of the others",
    ]
    try program.write(lines.map { $0 + "\n" }.joined(), to: "g.yaml")
    let untracked = try program.run("diff", "HEAD", "--", "g.yaml")
    #expect(untracked.code == 1 && untracked.out.contains("+ new: experiment three"), "\(untracked)")
    #expect(
      untracked.out.contains("    maximize accuracy\n    up to 7 trials by random, 2 parameters\n"), "\(untracked.out)")
    try project.commit("third")
    let gone = try program.run("diff", "HEAD", "HEAD~1", "--", "g.yaml")
    #expect(gone.code == 1 && gone.out.contains("- gone: experiment three"), "\(gone)")
    let json = try program.run("diff", "HEAD~1..HEAD", "--json", "--", "g.yaml")
    #expect(json.out.contains(#""schema":"attune/diff/v1","verdict":"new"}"#), "\(json.out)")
    let markdown = try program.run("diff", "HEAD~1..HEAD", "--format", "markdown", "--", "g.yaml")
    #expect(
      markdown.out.hasPrefix("<!-- attune diff v1: g.yaml -->\n### + new: experiment three\n"), "\(markdown.out)")
    let github = try program.run("diff", "HEAD~1..HEAD", "--format", "github", "--", "g.yaml")
    #expect(github.out.hasPrefix("::notice file=g.yaml,title=attune diff::+ new: experiment three%0A"), "\(github.out)")
    // A policy holds for it all the same, and not for one that is gone.
    try program.write("policy: 1\nrules:\n  - trials: 5\n", to: "policy.yaml")
    let denied = try program.run("diff", "HEAD~1..HEAD", "--policy", "policy.yaml", "--", "g.yaml")
    #expect(denied.code == 3 && denied.out.contains("Denied by the policy"), "\(denied)")
    #expect(try program.run("diff", "HEAD", "HEAD~1", "--policy", "policy.yaml", "--", "g.yaml").code == 1)
    // What neither side has is trouble, and so is a call that is none.
    let call = try program.run("diff", "--formt", "json", "--", "g.yaml")
    #expect(call.code == 2 && call.err.contains("Unknown option '--formt'") && call.out.isEmpty, "\(call)")
    #expect(try program.run("plan", "--formt").code == 64)
    #expect(try program.run("diff", "--help").code == 0)
    #expect(try program.run("diff", "HEAD~1..HEAD", "--", "nothing.yaml").code == 2)
  }

  @Test("Of a folder all experiments are compared, and those that differ are shown")
  func folders() throws {
    let project = try Self.project("a b/")
    defer { project.remove() }
    let program = project.program
    for name in ["a b/same.yaml", "a b/deep/other.yaml"] {
      try program.write(Self.independent(3, "other"), to: name)
    }
    try program.write("key: value\n", to: "a b/no-experiment.yaml")
    try project.commit("more")
    try program.write(Self.independent(4, "other"), to: "a b/deep/other.yaml")
    // Of this one an input alone changes.
    try program.write("echo loss=$1 # now\n", to: "a b/t.sh")
    try program.write(Self.independent(1, "fresh"), to: "a b/fresh.yaml")
    let all = try program.run("diff", "HEAD", "--", "a b")
    #expect(all.code == 1, "\(all)")
    for part in ["[0, 3] → [0, 4]", "t.sh", "+ new: experiment fresh"] { #expect(all.out.contains(part), "\(all.out)") }
    #expect(!all.out.contains("same.yaml") && !all.out.contains("no-experiment"), "\(all.out)")
    try project.commit("changed")
    let json = try program.run("diff", "HEAD~1..HEAD", "--json", "--", "a b/")
    #expect(json.code == 1 && json.out.split(separator: "\n").count == 3, "\(json.out)")
    let same = try program.run("diff", "HEAD", "--", ".")
    #expect(same.code == 0 && same.out.isEmpty, "\(same)")
    // From within a folder, and of one that is gone.
    let inner = Program(in: program.url("a b/deep"))
    let from = try inner.run("diff", "HEAD~1", "HEAD", "--", "..")
    #expect(from.code == 1 && from.out.contains("HEAD:a b/deep/other.yaml"), "\(from)")
    try project.git("rm", "-q", "-r", "a b/deep")
    let gone = try program.run("diff", "HEAD", "--", "a b/deep")
    #expect(gone.code == 1 && gone.out.contains("- gone: experiment other"), "\(gone)")
    #expect(try program.run("diff", "HEAD", "--", "nowhere").code == 2)
  }

  @Test("An experiment of a revision has that revision's inputs, and what it extends")
  func inputs() throws {
    let project = try GitProject([
      "sub/e.yaml": Self.experiment(9, inputs: "[t.sh, ../shared]") + "extends: ../base.yaml\n",
      "sub/t.sh": "echo loss=$1\n", "shared/data.csv": "1\n", "base.yaml": "budget: {parallel: 3}\n",
      ".gitattributes": "*.csv text eol=crlf\n",
    ])
    defer { project.remove() }
    try project.write("1\n2\n", to: "shared/data.csv", commit: "data")
    try project.write("budget: {parallel: 5}\n", to: "base.yaml", commit: "base")
    let data = try project.program.run("diff", "HEAD~2", "HEAD~1", "--", "sub/e.yaml")
    #expect(data.code == 1 && data.out.contains("~ ../shared/data.csv  3 bytes → 6 bytes"), "\(data)")
    #expect(!data.out.contains("parallel"))
    let base = try project.program.run("diff", "HEAD~1", "HEAD", "--", "sub/e.yaml")
    #expect(base.code == 1 && base.out.contains("~ parallel  3 → 5") && !base.out.contains("data.csv"), "\(base)")
  }

  @Test("A file that was renamed is found under its old name, and one that is gone is named")
  func renamed() throws {
    let project = try Self.project()
    defer { project.remove() }
    try project.git("mv", "e.yaml", "f.yaml")
    try project.commit("rename")
    for path in ["e.yaml", "f.yaml"] {
      let output = try project.program.run("diff", "HEAD~1", "HEAD", "--", path)
      #expect(
        output.code == 0 && output.out.contains("HEAD~1:e.yaml") && output.out.contains("HEAD:f.yaml"), "\(output)")
    }
    try project.git("rm", "-q", "f.yaml")
    try project.commit("delete")
    let gone = try project.program.run("diff", "HEAD~1", "HEAD", "--", "f.yaml")
    #expect(gone.code == 1 && gone.out.contains("- gone: experiment one"), "\(gone)")
    let absent = try project.program.run("diff", "HEAD~1:f.yaml", "HEAD:f.yaml")
    #expect(absent.code == 2 && absent.err.contains("there is no `f.yaml` in the revision `HEAD`"), "\(absent)")
    let none = try project.program.run("diff", "nowhere", "--", "f.yaml")
    #expect(none.code == 2 && none.err.contains("there is no revision `nowhere`"), "\(none)")
  }

  @Test("Branches are compared from where they parted, and a merge with both")
  func branches() throws {
    let project = try Self.project()
    defer { project.remove() }
    try project.git("checkout", "-q", "-b", "wide")
    try project.write(Self.experiment(20), to: "e.yaml", commit: "wide")
    try project.git("checkout", "-q", "main")
    try project.write("echo loss=1\n", to: "t.sh", commit: "script")
    let since = try project.program.run("diff", "main...wide", "--", "e.yaml")
    #expect(since.code == 1 && since.out.contains("[0, 9] → [0, 20]") && !since.out.contains("t.sh"), "\(since)")
    #expect(since.out.contains("= 10 trials of both") && since.out.contains("+ 11 trials that A does not have"))
    #expect(try project.program.run("diff", "main..wide", "--", "e.yaml").out.contains("t.sh"))
    try project.git("merge", "-q", "--no-edit", "wide")
    let merged = try project.program.run("diff", "wide", "HEAD", "--", "e.yaml")
    #expect(merged.code == 1 && merged.out.contains("t.sh") && !merged.out.contains("[0, "), "\(merged)")
  }

  @Test("In a conflict, both sides and what they come from are compared, with their own inputs")
  func conflict() throws {
    let project = try Self.project()
    defer { project.remove() }
    try project.git("checkout", "-q", "-b", "wide")
    try project.program.write("echo loss=1\n", to: "t.sh")
    try project.write(Self.experiment(20), to: "e.yaml", commit: "wide")
    try project.git("checkout", "-q", "main")
    try project.program.write("echo loss=22\n", to: "t.sh")
    try project.write(Self.experiment(30), to: "e.yaml", commit: "wider")
    try project.git("merge", "--no-edit", "wide", succeeds: false)
    let sides = try project.program.run("diff", ":2:e.yaml", ":3:e.yaml")
    #expect(sides.code == 1 && sides.out.contains("[0, 30] → [0, 20]"), "\(sides)")
    #expect(sides.out.contains("~ t.sh  13 bytes → 12 bytes"), "\(sides.out)")
    #expect(try project.program.run("diff", ":1:e.yaml", ":2:e.yaml").out.contains("[0, 9] → [0, 30]"))
    let none = try project.program.run("diff", ":e.yaml", "HEAD:e.yaml")
    #expect(none.code == 2 && none.err.contains("`:2:path` is a side of a conflict"), "\(none)")
  }

  @Test("A hook sees the index that is being committed")
  func hook() throws {
    let project = try Self.project()
    defer { project.remove() }
    let hook = "#!/bin/sh\n'\(Program.path)' diff HEAD:e.yaml :e.yaml > seen\n[ $? -eq 1 ]\n"
    try project.program.write(hook, to: ".git/hooks/pre-commit")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: project.program.url(".git/hooks/pre-commit").path)
    // Staged is one thing, and committed by name another.
    try project.program.write("echo loss=1234\n", to: "t.sh")
    try project.git("add", "t.sh")
    try project.program.write(Self.experiment(12), to: "e.yaml")
    try project.git("commit", "-q", "-m", "part", "e.yaml")
    let seen = try project.program.read("seen")
    #expect(seen.contains("[0, 9] → [0, 12]") && !seen.contains("t.sh"), "\(seen)")
  }

  @Test("From a folder below the top, paths are meant from there")
  func below() throws {
    let project = try Self.project("a/b/")
    defer { project.remove() }
    try project.program.write(Self.experiment(12), to: "a/b/e.yaml")
    let inner = Program(in: project.program.url("a/b"))
    for arguments in [
      ["e.yaml"], ["--", "e.yaml"], ["HEAD", "--", "./e.yaml"], ["HEAD:./e.yaml", "e.yaml"],
      ["HEAD:a/b/e.yaml", "e.yaml"],
    ] {
      let output = try inner.run(["diff"] + arguments)
      #expect(output.code == 1 && output.out.contains("[0, 9] → [0, 12]"), "\(arguments): \(output)")
      #expect(!output.out.contains("t.sh"))
    }
    let outside = try inner.run("diff", "HEAD", "--", "../../../e.yaml")
    #expect(outside.code == 2 && outside.err.contains("outside of the repository"), "\(outside)")
  }

  @Test("Files of a submodule are those of the commit that the revision names")
  func submodules() throws {
    let library = try GitProject(["data.csv": "1\n"])
    defer { library.remove() }
    let project = try GitProject([
      "e.yaml": Self.experiment(9, inputs: "[t.sh, lib/data.csv]"), "t.sh": "echo loss=$1\n",
    ])
    defer { project.remove() }
    try project.git("submodule", "--quiet", "add", library.program.folder.path, "lib")
    try project.commit("submodule")
    try library.write("1\n22\n", to: "data.csv", commit: "more")
    try project.git("pull", "-q", "origin", "main", in: "lib")
    try project.commit("newer")
    let output = try project.program.run("diff", "HEAD~1", "HEAD", "--", "e.yaml")
    #expect(output.code == 1 && output.out.contains("~ lib/data.csv  2 bytes → 5 bytes"), "\(output)")
    #expect(try project.program.run("diff", "HEAD", "--", "e.yaml").code == 0)
  }

  @Test("In a shallow clone what is there is compared, and what is not is said to be cut off")
  func shallow() throws {
    let project = try Self.project()
    defer { project.remove() }
    try project.write(Self.experiment(10), to: "e.yaml", commit: "second")
    let clones = try Program()
    defer { clones.remove() }
    try project.git("clone", "-q", "--depth", "1", "file://\(project.program.folder.path)", clones.url("clone").path)
    let clone = Program(in: clones.url("clone"))
    #expect(try clone.run("diff", "HEAD", "--", "e.yaml").code == 0)
    let output = try clone.run("diff", "HEAD~1", "HEAD", "--", "e.yaml")
    #expect(output.code == 2 && output.err.contains("git fetch --unshallow"), "\(output)")
  }

  @Test("Committed results are compared with their trials")
  func manifests() throws {
    let project = try Self.project()
    defer { project.remove() }
    try project.apply()
    try project.commit("results")
    try project.program.write("echo loss=$(( $1 - 1 ))\n", to: "t.sh")
    try project.apply()
    let output = try project.program.run("diff", "HEAD:results/one/manifest.json", "results/one")
    #expect(output.code == 1, "\(output)")
    #expect(output.out.contains("~ best loss                 0 → -1  (better by 1)"), "\(output.out)")
    #expect(output.out.contains("10, of which 10 came out differently; they differ in the input t.sh"), "\(output.out)")
    let runs = try project.program.run("diff", "run:1", "run:2", "--json")
    #expect(runs.code == 1 && runs.out.contains(#""renamedDiffering":10"#), "\(runs)")
    #expect(try project.program.run("diff", "run:2", "results/one").code == 0)
  }

  @Test("A command that does not give the same twice is found out")
  func unstable() throws {
    let project = try Self.project()
    defer { project.remove() }
    try project.program.write("cat state; echo loss=$(( $1 + $(cat state) ))\n", to: "t.sh")
    try project.program.write("0\n", to: "state")
    try project.apply()
    try project.commit("results")
    try project.program.write("1\n", to: "state")
    try #require(try project.program.run("apply", "e.yaml", "--yes", "--progress", "none", "--fresh").code == 0)
    let output = try project.program.run("diff", "HEAD:results/one/manifest.json", "results/one")
    #expect(output.code == 1 && output.out.contains("The same experiment with another result."), "\(output)")
    #expect(output.out.contains("! unstable-trials: 10 trials of one name gave two results"), "\(output.out)")
  }
}

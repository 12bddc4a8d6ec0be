import Artifacts
import Foundation
import Search
import Testing

@Suite("git, taught by attune")
struct GitSetupTests {
  /// A list of points, one a line, so that branches can add some at different places.
  private static func experiment(_ points: [Int], constraint: String = "") -> String {
    """
    attune: 1
    name: one
    objective: {minimize: loss}
    parameters: {x: {int: [0, 99]}}\(constraint)
    search:
      strategy: list
      points:
    \(points.map { "    - {x: \($0)}" }.joined(separator: "\n"))
    trial: {run: "sh t.sh ${x}", inputs: [t.sh]}

    """
  }

  /// With the results of ten points on the branch `main`.
  private static func project() throws -> GitProject {
    let project = try GitProject([
      "e.yaml": experiment(Array(10..<20)), "t.sh": "echo loss=$(( ($1 - 30) * ($1 - 30) ))\n",
    ])
    try project.apply()
    try project.commit("results")
    return project
  }

  /// Another experiment and its results on a branch from `main`; other results are not known to its project.
  private static func branch(_ name: String, _ text: String, _ project: GitProject) throws {
    try project.git("checkout", "-q", "-b", name, "main")
    try FileManager.default.removeItem(at: project.program.url(".attune"))
    try project.program.write(text, to: "e.yaml")
    try project.apply()
    try project.commit(name)
  }

  private static let attributes = ".git/info/attributes"

  @Test("install is undone by uninstall, to the byte, and can be repeated")
  func reversible() throws {
    let project = try Self.project()
    defer { project.remove() }
    try project.program.write("*.bin binary\n", to: Self.attributes)
    let (config, attributes) = (try project.program.read(".git/config"), try project.program.read(Self.attributes))
    let install = try project.program.run("git", "install")
    #expect(install.code == 0 && install.out.contains(".git/info/attributes"), "\(install)")
    let once = try project.program.read(Self.attributes)
    #expect(once.hasPrefix("*.bin binary\n") && once.contains("merge=attune"))
    #expect(try project.program.run("git", "install").code == 0)
    #expect(try project.program.read(Self.attributes) == once)
    #expect(try project.git("status", "--porcelain") == "")
    for _ in 0..<2 {
      #expect(try project.program.run("git", "uninstall").code == 0)
      #expect(try project.program.read(".git/config") == config)
      #expect(try project.program.read(Self.attributes) == attributes)
    }
  }

  @Test("git diff and log show what experiments and manifests say, and other files as they are")
  func shown() throws {
    let project = try Self.project()
    defer { project.remove() }
    try #require(try project.program.run("git", "install").code == 0)
    try project.write("a: [1, 2]\n", to: "other.yaml", commit: "other")
    let text = try project.program.read("e.yaml")
    try project.program.write("# a comment\n" + text.replacing("name: one", with: "name: 'one'"), to: "e.yaml")
    #expect(!(try project.git("diff", "e.yaml")).contains("\n-"))
    try project.program.write(text.replacing("[0, 99]", with: "[0, 50]"), to: "e.yaml")
    let diff = try project.git("diff", "e.yaml")
    #expect(diff.contains("\n-parameters.x.int: [0,99]\n+parameters.x.int: [0,50]\n"), "\(diff)")
    try project.program.write("a: [1, 3]\n", to: "other.yaml")
    #expect(try project.git("diff", "other.yaml").contains("\n-a: [1, 2]\n+a: [1, 3]\n"))
    try project.apply()
    let manifest = try project.git("diff", "results/one/manifest.json")
    #expect(manifest.contains("+plan.parameters.x.int: [0,50]"), "\(manifest)")
  }

  @Test("Results of two branches are united, the best derived again, and the whole verifies")
  func united() throws {
    let project = try Self.project()
    defer { project.remove() }
    try #require(try project.program.run("git", "install").code == 0)
    try Self.branch("low", Self.experiment(Array(3..<20)), project)
    try Self.branch("high", Self.experiment(Array(10..<20) + [28, 40]), project)
    // This clone's journal knows of neither: only the files do.
    try FileManager.default.removeItem(at: project.program.url(".attune"))
    let merge = try project.git("merge", "--no-edit", "low")
    #expect(try project.git("status", "--porcelain") == "", "\(merge)")
    let verify = try project.program.run("verify", "results/one/manifest.json")
    #expect(verify.code == 0, "\(verify)")
    let manifest = try Manifest(fileBytes: File.read(project.program.url("results/one/manifest.json").path))
    #expect(manifest.content.conclusion.trials == 19)
    #expect(
      manifest.content.best[0].parameters == .object(["x": .number(28)]) && manifest.content.best[0].values == [4])
    // What was merged is what the merged experiment gives.
    let diff = try project.program.run("diff", "e.yaml", "results/one")
    #expect(diff.code == 0, "\(diff)")
    #expect(try project.program.run("plan", "e.yaml").code == 0)
  }

  @Test("A rebase and a cherry-pick unite results in the same way")
  func rebased() throws {
    let project = try Self.project()
    defer { project.remove() }
    try #require(try project.program.run("git", "install").code == 0)
    try Self.branch("low", Self.experiment(Array(3..<20)), project)
    try Self.branch("high", Self.experiment(Array(10..<20) + [28, 40]), project)
    try project.git("rebase", "-q", "low")
    #expect(try project.program.run("verify", "results/one/manifest.json").code == 0)
    let rebased = try project.program.read("results/one/trials.jsonl")
    try project.git("checkout", "-q", "low")
    try Self.branch("again", Self.experiment(Array(10..<20) + [50]), project)
    try project.git("cherry-pick", "low")
    #expect(try project.program.run("verify", "results/one/manifest.json").code == 0)
    #expect(rebased.split(separator: "\n").count == 19)
    #expect(try project.program.read("results/one/trials.jsonl").split(separator: "\n").count == 18)
  }

  @Test("Two runs of one experiment are no conflict, though they were at other times")
  func twice() throws {
    let project = try Self.project()
    defer { project.remove() }
    try #require(try project.program.run("git", "install").code == 0)
    let text = Self.experiment(Array(10..<21))
    try Self.branch("here", text, project)
    try Self.branch("there", text, project)
    let output = try project.git("merge", "--no-edit", "here")
    #expect(try project.git("status", "--porcelain") == "", "\(output)")
    #expect(try project.program.run("verify", "results/one/manifest.json").code == 0)
  }

  @Test("Trials that came to different outcomes in two branches are a conflict, and neither outcome is lost unseen")
  func contradictory() throws {
    let project = try Self.project()
    defer { project.remove() }
    try #require(try project.program.run("git", "install").code == 0)
    for (name, noise) in [("here", "0"), ("there", "1")] {
      try project.git("checkout", "-q", "-b", name, "main")
      // What the trials read besides is no input of theirs.
      try project.program.write(
        "n=0; [ $1 != 12 ] || n=${NOISE}; echo loss=$(( ($1 - 30) * ($1 - 30) + n ))\n", to: "t.sh")
      try project.program.write(Self.experiment(Array(10..<21)), to: "e.yaml")
      try? FileManager.default.removeItem(at: project.program.url(".attune"))
      let apply = try project.program.run("apply", "e.yaml", "--yes", environment: ["NOISE": noise])
      #expect(apply.code == 0, "\(apply.err)")
      try project.commit(name)
    }
    let mine = try project.program.read("results/one/trials.jsonl")
    let merge = try project.git("merge", "--no-edit", "here", succeeds: false)
    #expect(merge.contains("trial 2 has another outcome in one branch than in the other"), "\(merge)")
    #expect(merge.contains("git checkout --ours` or `--theirs results/one`"), "\(merge)")
    #expect(try project.git("status", "--porcelain").contains("results/one/trials.jsonl"))
    #expect(try project.program.read("results/one/trials.jsonl") == mine)
    // The way out that it names.
    try project.git("checkout", "--theirs", "results/one")
    try project.commit("merged")
    #expect(try project.program.run("verify", "results/one/manifest.json").code == 0)
    #expect(try project.program.read("results/one/trials.jsonl") != mine)
  }

  @Test("Where the merged experiment calls for trials that nobody ran, git is told of a conflict, and how to go on")
  func missing() throws {
    let project = try Self.project()
    defer { project.remove() }
    try #require(try project.program.run("git", "install").code == 0)
    try Self.branch(
      "less", Self.experiment(Array(10..<20) + [30], constraint: "\nconstraints: [cost < 5]"), project, script: true)
    try Self.branch("more", Self.experiment(Array(5..<20)), project)
    let mine = try project.program.read("results/one/manifest.json")
    let merge = try project.git("merge", "--no-edit", "less", succeeds: false)
    #expect(merge.contains("that neither branch has run") && merge.contains("attune apply"), "\(merge)")
    #expect(try project.git("status", "--porcelain").contains("UU results/one/manifest.json"))
    #expect(try project.program.read("results/one/manifest.json") == mine)
    // The way out that it names.
    try project.apply()
    try project.commit("merged")
    #expect(try project.program.run("verify", "results/one/manifest.json").code == 0)
  }

  private static func branch(_ name: String, _ text: String, _ project: GitProject, script: Bool) throws {
    try project.git("checkout", "-q", "-b", name, "main")
    try project.program.write("echo cost=1; echo loss=$(( ($1 - 30) * ($1 - 30) ))\n", to: "t.sh")
    try project.program.write(text, to: "e.yaml")
    try project.apply()
    try project.commit(name)
  }

  @Test("The revision is told that changed the best result, from what is recorded alone")
  func bisect() throws {
    let project = try Self.project()
    defer { project.remove() }
    try project.write("# a comment\n" + Self.experiment(Array(10..<20)), to: "e.yaml", commit: "comment")
    try project.program.write(Self.experiment(Array(10..<29)), to: "e.yaml")
    try project.apply()
    try project.commit("wider")
    try project.program.write("echo loss=$(( ($1 - 30) * ($1 - 30) + 7 ))\n", to: "t.sh")
    try project.apply()
    try project.commit("another script")
    try project.git("mv", "e.yaml", "f.yaml")
    try project.commit("renamed")
    try project.write(Self.experiment(Array(10..<40)), to: "f.yaml", commit: "not run")
    let output = try project.program.run("bisect-config", "f.yaml")
    let commits = try project.git("log", "--format=%H").split(separator: "\n").map { String($0.prefix(12)) }
    #expect(output.code == 0 && output.out.contains("\(commits[3]) made the result better: 121 → 4"), "\(output)")
    #expect(output.out.contains("\(commits[2]) made the result worse: 4 → 11; it changed inputs"), "\(output.out)")
    #expect(output.out.contains("11 so far") && output.out.contains("\n1 revision without a result"), "\(output.out)")
    // What was committed is enough.
    try FileManager.default.removeItem(at: project.program.url(".attune"))
    let again = try project.program.run("bisect-config", "f.yaml")
    #expect(again.out.contains("\(commits[3]) made the result better: 121 → 4"), "\(again)")
    #expect(try project.program.run("bisect-config", "t.sh").code == 65)
  }
}

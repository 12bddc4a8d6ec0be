import Artifacts
import Foundation
import Testing

@Suite("Plans and what shows them")
struct PlanTests {
  private static func planned() throws -> Program {
    let program = try Program(["e.yaml": Bowl.experiment(trials: 8), "bowl.sh": "echo loss=$1"])
    let output = try program.run("plan", "e.yaml", "-o", "x.plan.json")
    try #require(output.code == 0, "\(output.err)")
    return program
  }

  @Test("A saved plan is canonical, named by its digest, and applied")
  func saved() throws {
    let program = try Self.planned()
    defer { program.remove() }
    let bytes = try File.read(program.url("x.plan.json").path)
    let plan = try PlanDocument(fileBytes: bytes)
    #expect(bytes == plan.json.canonicalBytes + [UInt8(ascii: "\n")])
    let again = try program.run("plan", "e.yaml", "-o", "y.plan.json")
    #expect(again.err == "Saved as y.plan.json: \(plan.digest)\n")
    #expect(try program.run("apply", "x.plan.json", "--yes").code == 0)
    #expect(try program.run("verify", "results/bowl/manifest.json").code == 0)
  }

  @Test("How long it will take is forecast by what is recorded, and told beside how long it took")
  func forecast() throws {
    let script = "sleep 0.1; echo loss=$1"
    let program = try Program(["e.yaml": Bowl.experiment(trials: 8), "bowl.sh": script])
    defer { program.remove() }
    #expect(
      try program.run("plan", "e.yaml").out.contains("  Forecast: none, since no run of this experiment is recorded\n"))
    let first = try program.run("apply", "e.yaml", "--yes")
    #expect(first.code == 0 && !first.out.contains("the forecast was"))
    #expect(try !program.run("plan", "e.yaml").out.contains("Forecast"), "nothing is left to run")
    try program.write(Bowl.experiment(trials: 20), to: "e.yaml")
    let plan = try program.run("plan", "e.yaml")
    #expect(plan.out.contains("by 8 recorded runs\n") && plan.out.contains("Forecast: "), "\(plan.out)")
    let json = try JSON(parsing: program.run("plan", "e.yaml", "--json").out.utf8)["forecast"]
    #expect((json?["median"]?.number ?? 0) > 0.1 && json?["recordedRuns"]?.int == 8)
    let second = try program.run("apply", "e.yaml", "--yes")
    #expect(second.code == 0 && second.out.contains("; the forecast was "), "\(second.out)")
    let manifest = try Manifest(fileBytes: Array(program.read("results/bowl/manifest.json").utf8))
    let score = try #require(manifest.circumstances.forecast)
    #expect(score.seconds > 0.1 && score.forecast.median <= score.forecast.percentile90)
    #expect(try program.run("verify", "results/bowl/manifest.json").code == 0)
    #expect(try program.run("show", "results/bowl/manifest.json").out.contains("; the forecast was "))
  }

  @Test("Where the results cannot be written, the plan warns of it, and no trial is started")
  func unwritable() throws {
    let program = try Program.oneParameter("touch ran; echo loss=$1")
    defer { program.remove() }
    try program.write("no folder", to: "results")
    let plan = try program.run("plan", "e.yaml")
    #expect(plan.code == 0 && plan.err.contains("warning: an apply could not begin: cannot make "), "\(plan.err)")
    #expect(plan.err.contains("results/one: Not a directory, as user \(getuid())"), "\(plan.err)")
    let apply = try program.run("apply", "e.yaml", "--yes")
    #expect(apply.code == 74 && apply.err.contains("results/one: Not a directory") && !program.exists("ran"))
  }

  @Test("A saved plan is refused when the experiment or an input has changed, by name")
  func stale() throws {
    let program = try Self.planned()
    defer { program.remove() }
    try program.write("echo loss=2", to: "bowl.sh")
    let input = try program.run("apply", "x.plan.json", "--yes")
    #expect(input.code == 65)
    #expect(input.err.contains("stale") && input.err.contains("the input bowl.sh"))
    #expect(!input.err.contains("of the experiment"))
    try program.write("echo loss=$1", to: "bowl.sh")
    try program.write(Bowl.experiment(trials: 9), to: "e.yaml")
    let experiment = try program.run("apply", "x.plan.json", "--yes")
    #expect(experiment.code == 65)
    #expect(experiment.err.contains("`budget` of the experiment") && !experiment.err.contains("the input"))
    #expect(!program.exists(".attune"))
  }

  @Test("A comment does not make a plan stale")
  func comment() throws {
    let program = try Self.planned()
    defer { program.remove() }
    try program.write("# a comment\n" + Bowl.experiment(trials: 8), to: "e.yaml")
    #expect(try program.run("apply", "x.plan.json", "--yes").code == 0)
  }

  @Test("An experiment may be written as JSON, which is YAML")
  func jsonExperiment() throws {
    let program = try Program([
      "e.yaml": #"{"attune": 1, "name": "one", "objective": {"minimize": "loss"}, "#
        + #""parameters": {"x": {"int": [0, 2]}}, "search": {"strategy": "grid"}, "trial": {"run": "echo loss=${x}"}}"#
    ])
    defer { program.remove() }
    for arguments in [["check", "e.yaml"], ["graph", "e.yaml"], ["apply", "e.yaml", "--yes"]] {
      let output = try program.start(arguments).wait()
      #expect(output.code == 0, "\(output.err)")
    }
  }

  @Test("A plan that was changed by hand is refused")
  func tampered() throws {
    let program = try Self.planned()
    defer { program.remove() }
    try program.write(program.read("x.plan.json").replacing("\"trials\":8", with: "\"trials\":9"), to: "x.plan.json")
    for command in ["apply", "show", "graph"] {
      let output = try program.run(command, "x.plan.json")
      #expect(output.code == 65, "\(command)")
      #expect(output.err.contains("changed after it was written"))
    }
  }

  @Test("show prints a plan as plan did, and a manifest")
  func show() throws {
    let program = try Self.planned()
    defer { program.remove() }
    let planned = try program.run("plan", "e.yaml").out.split(separator: "\n")
    let shown = try program.run("show", "x.plan.json").out.split(separator: "\n")
    #expect(planned.first == shown.first)
    // Nobody asks the journal then.
    #expect(planned.filter { !$0.hasPrefix("  Forecast: ") && !$0.isEmpty }.count == shown.count)
    try program.run("apply", "e.yaml", "--yes")
    #expect(try program.run("show", "results/bowl/manifest.json").out.contains("Best configuration: trial"))
    #expect(try program.run("show", "e.yaml").code == 65)
  }

  @Test("JSON goes to standard output, alone")
  func json() throws {
    let program = try Self.planned()
    defer { program.remove() }
    let plan = try JSON(parsing: program.run("plan", "e.yaml", "--json").out.utf8)
    #expect(plan["plan"]?["name"]?.string == "bowl" && plan["recorded"]?.int == 0)
    let result = try JSON(parsing: program.run("apply", "e.yaml", "--yes", "--json").out.utf8)
    #expect(result["executed"]?.int == 8)
    let manifest = try JSON(parsing: program.read("results/bowl/manifest.json").utf8)
    #expect(result["contentDigest"] == manifest["contentDigest"])
    let findings = try JSON(parsing: program.run("verify", "results/bowl/manifest.json", "--json").out.utf8)
    #expect(findings["verified"]?.bool == true)
  }

  @Test("Mistakes come out all at once on standard error, with exit code 65")
  func mistakes() throws {
    let program = try Self.planned()
    defer { program.remove() }
    try program.write(
      Bowl.experiment().replacing("minimize: loss", with: "minimise: loss").replacing(
        "int: [1, 50]", with: "int: [50, 1]"
      )
      .replacing("inputs: [bowl.sh]", with: "inputs: [ball.sh]"), to: "e.yaml")
    for command in ["check", "plan", "apply", "graph"] {
      let output = try program.run(command, "e.yaml")
      #expect(output.code == 65)
      #expect(output.out.isEmpty)
      #expect(output.err.contains("E1001") && output.err.contains("E2007") && output.err.contains("E4009"))
      #expect(output.err.hasSuffix("e.yaml: 3 errors; `attune check --fix` mends 2\n"))
    }
    #expect(try program.run("check", "nowhere.yaml").code == 74)
    #expect(try program.run("plan").code == 64)
  }
}

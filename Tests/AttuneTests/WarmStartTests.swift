import Artifacts
import Foundation
import Testing

/// A search that begins with what the experiment's earlier trials came to.
@Suite("Earlier outcomes")
struct WarmStartTests {
  private static func experiment(_ search: String, x: String = "[0, 1]", trials: Int) -> String {
    """
    attune: 1
    name: warm
    objective: {minimize: loss}
    parameters: {x: {float: \(x)}, n: {int: [1, 50]}}
    search: {\(search)}
    budget: {trials: \(trials)}
    trial: {run: "sh bowl.sh ${x} ${n}", inputs: [bowl.sh]}
    """
  }

  private static let script =
    "awk -v x=\"$1\" -v n=\"$2\" 'BEGIN { if (n == 13) exit 4; print \"loss=\" (x - 0.3) ^ 2 + n / 100 }'\n"

  private func observations(_ program: Program) throws -> [JSON] {
    let plan = try program.run("plan", "e.yaml", "--json")
    return try JSON(parsing: Array(plan.out.utf8))["plan"]?["search"]?["observations"]?.array ?? []
  }

  @Test("that lie in the space stand in the plan, and change what the search decides")
  func learns() throws {
    let program = try Program(["e.yaml": Self.experiment("strategy: sobol", trials: 24), "bowl.sh": Self.script])
    defer { program.remove() }
    #expect(try program.run("apply", "e.yaml", "--yes").code == 0)
    let narrowed = Self.experiment("strategy: tpe, reuse: observations", x: "[0, 0.5]", trials: 12)
    try program.write(narrowed, to: "e.yaml")
    let known = try observations(program)
    let lines = try program.read("results/warm/trials.jsonl").split(separator: "\n")
    let within = try lines.map { try JSON(parsing: Array($0.utf8)) }
      .filter { ($0["parameters"]?["x"]?.number ?? 1) <= 0.5 }
    #expect(known.count == within.count && known.count > 5)
    #expect(known.map { $0["parameters"] } == within.map { $0["parameters"] })
    let output = try program.run("apply", "e.yaml", "--yes")
    #expect(
      output.code == 0 && (output.out + output.err).contains("learns from \(known.count) earlier outcomes"),
      "\(output.err)")
    #expect(try program.run("verify", "results/warm/manifest.json").code == 0)
    let warm = try program.read("results/warm/trials.jsonl")
    // No point that is known is tried again.
    for point in known.compactMap({ $0["parameters"]?.canonicalText }) { #expect(!warm.contains(point)) }

    let cold = try Program([
      "e.yaml": narrowed.replacing(", reuse: observations", with: ""), "bowl.sh": Self.script,
    ])
    defer { cold.remove() }
    #expect(try cold.run("apply", "e.yaml", "--yes").code == 0)
    #expect(try cold.read("results/warm/trials.jsonl") != warm)
  }

  @Test("stay the same while the search does: an interrupted run goes on, and more trials continue the search")
  func stays() throws {
    let program = try Program(["e.yaml": Self.experiment("strategy: sobol", trials: 10), "bowl.sh": Self.script])
    defer { program.remove() }
    try program.run("apply", "e.yaml", "--yes")
    let search = "strategy: tpe, reuse: observations"
    try program.write(Self.experiment(search, x: "[0, 0.6]", trials: 15), to: "e.yaml")
    let known = try observations(program)
    let running = try program.start(["apply", "e.yaml", "--yes"])
    try running.waitUntil { $0.contains("\ntrial ") }
    running.send(SIGKILL)
    _ = try running.wait()
    #expect(try observations(program) == known)
    try program.run("apply", "e.yaml", "--yes")
    let short = try program.read("results/warm/trials.jsonl")
    #expect(try program.run("apply", "e.yaml").out.contains("0 run in this apply"))
    try program.write(Self.experiment(search, x: "[0, 0.6]", trials: 18), to: "e.yaml")
    #expect(try observations(program) == known)
    let longer = try program.run("apply", "e.yaml", "--yes")
    #expect(longer.out.contains("3 run in this apply"), "\(longer.out)")
    #expect(try program.read("results/warm/trials.jsonl").hasPrefix(short))
    try program.write(Self.experiment(search, x: "[0, 0.7]", trials: 18), to: "e.yaml")
    #expect(try observations(program).count > known.count + 10)
  }
}

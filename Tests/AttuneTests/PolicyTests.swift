import Foundation
import Testing

@Suite("Gates for CI")
struct PolicyTests {
  private static func experiment(
    trials: Int = 10, strategy: String = "random", seed: Int = 1, budget: String = "", trial: String = ""
  ) -> String {
    """
    attune: 1
    name: one
    objective: {minimize: loss}
    parameters: {x: {float: [0, 1]}, test_fold: 3}
    search: {strategy: \(strategy), seed: \(seed)}
    budget: {trials: \(trials)\(budget)}
    trial: {run: "sh t.sh ${x} ${test_fold}", inputs: [t.sh]\(trial)}

    """
  }

  private static let script = "echo loss=$1\n"

  @Test("With a price, a change says what it costs")
  func price() throws {
    let program = try Program([
      "a.yaml": Self.experiment(trials: 10, trial: ", timeout: 1h"),
      "b.yaml": Self.experiment(trials: 25, trial: ", timeout: 1h"), "t.sh": Self.script,
      "policy.yaml": "policy: 1\nrules: [{cost: {most: 100, hour: 2.5}}]\n",
    ])
    defer { program.remove() }
    let output = try program.run("diff", "a.yaml", "b.yaml", "--policy", "policy.yaml")
    #expect(output.code == 1 && output.out.contains("  * cost: 25 → 62.5\n"), "\(output)")
    let json = try program.run("diff", "a.yaml", "b.yaml", "--policy", "policy.yaml", "--json").out
    #expect(json.contains(#""cost":{"after":62.5,"before":25,"hour":2.5}"#))
  }

  @Test("With rates of its own, an experiment says what it costs, and a policy needs no price")
  func rates() throws {
    func priced(_ budget: String, _ hours: String) -> String {
      Self.experiment(budget: ", \(budget)", trial: ", timeout: \(hours), resources: {gpus: 2}")
    }
    let program = try Program([
      "a.yaml": priced("rates: {gpus: 2}", "1h"), "b.yaml": priced("rates: {gpus: 3}", "2h"),
      "limited.yaml": priced("cost: 50, rates: {gpus: 3}", "2h"),
      "free.yaml": Self.experiment(trial: ", timeout: 1h"), "t.sh": Self.script,
      "policy.yaml": "policy: 1\nrules: [{cost: {most: 60}}]\n",
    ])
    defer { program.remove() }
    let output = try program.run("diff", "a.yaml", "b.yaml").out
    #expect(output.contains("  * cost: 40 → 120\n") && output.contains("  ~ price of gpus  2 → 3\n"), "\(output)")
    #expect(try program.run("diff", "free.yaml", "a.yaml").out.contains("  * cost: no price → 40\n"))
    #expect(try program.run("diff", "b.yaml", "limited.yaml").out.contains("  * cost: 120 → 50\n"))
    let json = try program.run("diff", "a.yaml", "b.yaml", "--json").out
    #expect(json.contains(#""cost":{"after":120,"before":40}"#), "\(json)")
    for (file, fault) in [
      ("a.yaml", nil), ("limited.yaml", nil), ("b.yaml", "it may cost at most 60, and costs 120"),
      ("free.yaml", "it may cost at most 60, and nothing has a price"),
    ] {
      let plan = try program.run("plan", file, "--policy", "policy.yaml")
      #expect(plan.code == (fault == nil ? 0 : 3) && fault.map(plan.err.contains) ?? true, "\(file): \(plan.err)")
    }
  }

  /// A rule, what is wrong with the experiment by it, and what of the experiment is changed so that it holds.
  private static let rules: [(rule: String, fault: String, good: String)] = [
    ("trials: 9", "at most 9 trials are allowed, and there are 10", experiment(trials: 9, trial: ", timeout: 1h")),
    ("hours: 2", "at most 2 hours of worker time are allowed, and it takes 10", experiment(trial: ", timeout: 10m")),
    (
      "cost: {most: 20, hour: 2.5}", "it may cost at most 20, and costs 25",
      experiment(trials: 8, trial: ", timeout: 1h")
    ),
    ("strategies: [sobol, tpe]", "the strategy random is not one of sobol, tpe", experiment(strategy: "tpe")),
    ("seeds: [7, 8]", "the seed 1 is not one of 7, 8", experiment(seed: 8)),
    ("repeats: 3", "with at least 3 seeds, and is with 1", experiment(trial: ", repeats: {seeds: 3}")),
    (
      "forbid: [y, test_fold]", "the parameter test_fold is not to be set",
      experiment().replacing("test_fold", with: "fold")
    ),
  ]

  @Test(
    "Each rule denies what breaks it, in the policy's own words, and lets through what holds it",
    arguments: rules.indices)
  func rule(index: Int) throws {
    let (rule, fault, good) = Self.rules[index]
    let program = try Program([
      "bad.yaml": Self.experiment(trial: ", timeout: 1h"), "good.yaml": good, "t.sh": Self.script,
      "policy.yaml": "policy: 1\nrules:\n  - trials: 1000\n  - \(rule)\n    message: Ask Ada.\n",
    ])
    defer { program.remove() }
    let bad = try program.run("plan", "bad.yaml", "--policy", "policy.yaml")
    #expect(bad.code == 3 && bad.err.contains("denied: policy.yaml:4: ") && bad.err.contains(fault), "\(bad)")
    #expect(bad.err.contains("Ask Ada.") && bad.out.contains("Plan "))
    let passed = try program.run("plan", "good.yaml", "--policy", "policy.yaml")
    #expect(passed.code == 0 && !passed.err.contains("denied"), "\(passed)")
    let diff = try program.run("diff", "good.yaml", "bad.yaml", "--policy", "policy.yaml", "--format", "markdown")
    #expect(
      diff.code == 3 && diff.out.contains("> **denied by the policy**: ") && diff.out.contains("Ask Ada."), "\(diff)")
    #expect(try program.run("diff", "bad.yaml", "good.yaml", "--policy", "policy.yaml").code == 1)
  }

  @Test("A change may cost only so much more, and what cannot be known is denied")
  func growth() throws {
    let program = try Program([
      "a.yaml": Self.experiment(trials: 10, trial: ", timeout: 1m"),
      "b.yaml": Self.experiment(trials: 25, trial: ", timeout: 1m"),
      "unknown.yaml": Self.experiment(trials: 10), "t.sh": Self.script,
      "policy.yaml": "policy: 1\nrules: [{growth: 2}]\n", "hours.yaml": "policy: 1\nrules: [{hours: 2}]\n",
    ])
    defer { program.remove() }
    let more = try program.run("diff", "a.yaml", "b.yaml", "--policy", "policy.yaml", "--json")
    #expect(more.code == 3 && more.err.contains("at most 2 times the worker time of before, and takes 2.5"), "\(more)")
    #expect(more.out.contains(#""denials":[{"fault":"#))
    #expect(try program.run("diff", "b.yaml", "a.yaml", "--policy", "policy.yaml").code == 1)
    let unknown = try program.run("diff", "a.yaml", "unknown.yaml", "--policy", "policy.yaml")
    #expect(unknown.code == 3 && unknown.out.contains("`trial.timeout` bounds it"), "\(unknown)")
    let hours = try program.run("plan", "unknown.yaml", "--policy", "hours.yaml")
    #expect(hours.code == 3 && hours.err.contains("nothing is known of how long a trial takes"), "\(hours)")
    // There is nothing that a plan alone could have grown from.
    #expect(try program.run("plan", "unknown.yaml", "--policy", "policy.yaml").code == 0)
  }

  @Test("Mistakes in a policy are shown as those of experiments are, and nothing is let through")
  func mistakes() throws {
    let program = try Program(["e.yaml": Self.experiment(), "t.sh": Self.script])
    defer { program.remove() }
    let cases = [
      ("rules: []", "the policy has no `policy`"), ("policy: 2\nrules: []", "`policy`, the version"),
      ("policy: 1", "the policy has no `rules`"), ("policy: 1\nrules: [{trails: 3}]", "did you mean `trials`?"),
      ("policy: 1\nrules: [{trials: 3, hours: 2}]", "a rule should be a single condition"),
      ("policy: 1\nrules: [{message: no}]", "a rule should be a single condition"),
      ("policy: 1\nrules: [{hours: 0}]", "`hours` should be a number above 0"),
      ("policy: 1\nrules: [{cost: {hour: 3}}]", "`cost` has no `most`"),
      ("policy: 1\nrules: [{cost: {most: 3, hour: 0}}]", "`hour` should be a number above 0"),
      ("policy: 1\nrules: [{strategies: [bayes]}]", "bayes"),
      ("policy: 1\nrules: [{manifest: old}]", "`manifest` should be `current`"),
      ("policy: 1\nrules: [{confirm: 0}]", "`confirm`"),
    ]
    for (text, message) in cases {
      try program.write(text + "\n", to: "policy.yaml")
      let plan = try program.run("plan", "e.yaml", "--policy", "policy.yaml")
      #expect(plan.code == 65 && plan.err.contains(message) && plan.out.isEmpty, "\(text): \(plan)")
      #expect(plan.err.split(separator: "\n").count { $0.hasPrefix("error[") } == 1, "\(text): \(plan.err)")
      #expect(try program.run("diff", "e.yaml", "e.yaml", "--policy", "policy.yaml").code == 2)
    }
  }

  @Test("Whether the manifest follows from the experiment is said by status, by a policy, and by check")
  func drift() throws {
    let project = try GitProject(["e.yaml": Self.experiment(), "t.sh": Self.script])
    defer { project.remove() }
    let program = project.program
    try program.write("policy: 1\nrules: [{manifest: current}]\n", to: "policy.yaml")
    func codes() throws -> [Int32] {
      [
        try program.run("plan", "e.yaml", "--policy", "policy.yaml").code, try program.run("check", "--manifests").code,
      ]
    }
    #expect(try codes() == [3, 0])
    #expect(try program.run("check", "--manifests").out == "No manifest is tracked here.\n")
    try project.apply()
    try project.commit("results")
    #expect(try codes() == [0, 0])
    #expect(try program.run("check", "--manifests").out == "ok      results/one/manifest.json\n")
    let current = try program.run("status", "e.yaml")
    #expect(
      current.out.contains("manifest: results/one/manifest.json follows from the experiment as it is"), "\(current)")
    try program.write("echo loss=1\n", to: "t.sh")
    #expect(try codes() == [3, 26])
    let stale = try program.run("status", "e.yaml")
    #expect(stale.out.contains("does not follow any more: changed since: the input t.sh"), "\(stale)")
    #expect(try program.run("status", "e.yaml", "--json").out.contains(#""state":"stale""#))
    let check = try program.run("check", "--manifests")
    #expect(
      check.out.contains("STALE   results/one/manifest.json does not follow any more: changed since: the input t.sh"))
    try program.write(Self.script, to: "t.sh")
    let trials = try program.read("results/one/trials.jsonl")
    try program.write(trials.replacing("\"trial\":3", with: "\"trial\":4"), to: "results/one/trials.jsonl")
    let broken = try program.run("check", "--manifests")
    #expect(broken.code == 20 && broken.out.contains("FAILED  results/one/manifest.json: integrity: "), "\(broken)")
  }

  @Test("What a reviewer would ask is asked where a plan and a result are shown")
  func method() throws {
    let program = try Program(["e.yaml": Self.experiment(), "t.sh": "echo loss=$1 test_loss=$1\n"])
    defer { program.remove() }
    #expect(try program.run("plan", "e.yaml").err.isEmpty)
    #expect(try program.run("apply", "e.yaml", "--yes", "--progress", "none").code == 0)
    #expect(try program.run("show", "results/one/manifest.json").err.isEmpty)
    try program.write(Self.experiment().replacing("minimize: loss", with: "minimize: test_loss"), to: "e.yaml")
    let plan = try program.run("plan", "e.yaml")
    #expect(
      plan.code == 0 && plan.err.contains("warning: the objective `test_loss` looks like a score on test data"),
      "\(plan)")
    #expect(plan.err.contains("warning: the objective changed after results were there"), "\(plan)")
    try program.write(Self.experiment().replacing("[0, 1]", with: "[0.5, 1]"), to: "e.yaml")
    try program.write("echo loss=$(awk \"BEGIN { print ($1 - 0.7) ^ 2 }\")\n", to: "t.sh")
    #expect(
      try program.run(
        "apply", "e.yaml", "--yes", "--progress", "none", "--set", "search.strategy=grid", "--set",
        "parameters.x.step=0.25"
      ).code == 0)
    #expect(try program.run("show", "results/one/manifest.json").err.isEmpty)
    try program.write("echo loss=$1\n", to: "t.sh")
    #expect(
      try program.run(
        "apply", "e.yaml", "--yes", "--progress", "none", "--set", "search.strategy=grid", "--set",
        "parameters.x.step=0.25"
      ).code == 0)
    let show = try program.run("show", "results/one/manifest.json")
    #expect(show.err.contains("note: the best trial has `x` = 0.5, at the lower end of its range"), "\(show)")
  }

  @Test("The script for CI reviews what a change touches, and writes a comment")
  func script() throws {
    let sample = Program.repository.appendingPathComponent("samples/ci")
    let project = try GitProject([
      "a/e.yaml": Self.experiment(trial: ", timeout: 1m").replacing("test_fold", with: "fold"), "a/t.sh": Self.script,
    ])
    defer { project.remove() }
    for name in ["review.sh", "policy.yaml"] {
      try project.program.write(String(contentsOf: sample.appendingPathComponent(name), encoding: .utf8), to: name)
    }
    try project.commit("review")
    try project.git("checkout", "-q", "-b", "change")
    func review() throws -> (code: Int32, text: String) {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["review.sh", "main", "policy.yaml"]
      process.currentDirectoryURL = project.program.folder
      process.environment = ProcessInfo.processInfo.environment.merging(["ATTUNE": Program.path]) { $1 }
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return (process.terminationStatus, try project.program.read("review.md"))
    }
    #expect(try review() == (0, ""))
    let better = Self.experiment(trials: 20, trial: ", timeout: 1m").replacing("test_fold", with: "fold")
    try project.write(better, to: "a/e.yaml", commit: "more")
    try project.write(better.replacing("name: one", with: "name: new"), to: "a/new.yaml", commit: "new")
    let good = try review()
    #expect(good.code == 0, "\(good.text)")
    #expect(
      good.text.contains("<!-- attune diff v1: a/e.yaml -->") && good.text.contains("| trials | 10 | 20 |"),
      "\(good.text)")
    #expect(good.text.contains("### New: a/new.yaml"))
    try project.write(better.replacing("trials: 20", with: "trials: 600"), to: "a/e.yaml", commit: "too many")
    let bad = try review()
    #expect(bad.code == 1 && bad.text.contains("Ask the owners of the cluster"), "\(bad.text)")
  }
}

internal import ArgumentParser
internal import Artifacts
internal import Compiler
internal import Execution
internal import Search

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Proves that a manifest follows from its plan and from what its trials reported.",
    discussion: """
      Needs nothing but manifest.json and trials.jsonl beside it. Five levels: integrity (not a byte was changed), \
      derivation (the recorded experiment compiles to the plan), schedule (each trial is the one that the plan and the \
      earlier outcomes call for), stopping (the search ends where its rules end it) and selection (the best trial is \
      the best). The exit code names the first that fails: 20, 21, 22, 23, 24.
      """)

  @Argument(help: "The manifest.", completion: .file(extensions: ["json"]))
  var manifest: String

  @Flag(help: "Print the findings as JSON on standard output.")
  var json = false

  func run() throws {
    _ = try reporting(manifest) { try File.read(manifest) }
    let verification = verify(manifest: manifest, recompile: recompile)
    if json { Console.print(document(verification).canonicalText) } else { show(verification) }
    if let level = verification.firstFailure { throw ExitCode.verification(level) }
  }

  private func show(_ verification: Verification) {
    for level in Verification.Level.allCases {
      let name = level.rawValue + String(repeating: " ", count: 12 - level.rawValue.count)
      switch verification[level] {
      case .passed(let text): Console.print("ok      \(name)\(text)")
      case .failed(let text): Console.print("FAILED  \(name)\(text)")
      case .notChecked: Console.print("-       \(name)not checked")
      }
    }
    if let level = verification.firstFailure {
      Console.note("error: \(manifest) does not verify: \(level.rawValue) failed")
    } else {
      Console.print("Verified: \(manifest)")
    }
  }

  private func document(_ verification: Verification) -> JSON {
    .object(
      [JSON.Member("verified", .bool(verification.firstFailure == nil))]
        + Verification.Level.allCases.map { level in
          let (state, text) =
            switch verification[level] {
            case .passed(let text): ("passed", text)
            case .failed(let text): ("failed", text)
            case .notChecked: ("not-checked", "")
            }
          return JSON.Member(level.rawValue, .object(["state": .string(state), "text": .string(text)]))
        })
  }
}

/// The plan that a manifest's recorded source compiles to with the recorded inputs; nil when it does not compile.
func recompile(_ manifest: Manifest) -> PlanDocument? {
  let recorded = manifest.content.plan.plan
  var plan = compile(
    Array(manifest.circumstances.source.utf8), path: manifest.circumstances.sourcePath,
    inputs: .recorded(recorded.inputs, steps: recorded.stepInputs), bases: .recorded(manifest.circumstances.bases),
    settings: recorded.settings,
    interpreter: { _ in recorded.trial.interpreter }, variable: { recorded.variables[$0] }
  ).plan
  plan?.search.observations = recorded.search.observations
  return plan.map { PlanDocument($0).goingOn(from: manifest.content.plan) }
}

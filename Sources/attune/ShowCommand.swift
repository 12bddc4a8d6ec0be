internal import ArgumentParser
internal import Artifacts
internal import Report

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows a saved plan, or the result that a manifest holds.")

  @Argument(help: "A plan (*.plan.json) or a manifest (manifest.json).", completion: .file(extensions: ["json"]))
  var file: String

  @Flag(help: "Print the document as JSON on standard output.")
  var json = false

  func run() throws {
    try reporting(file) {
      switch try GivenFile(path: file) {
      case .experiment:
        throw DocumentError("it is neither a plan nor a manifest; `attune plan` shows what an experiment would run")
      case .plan(let plan):
        show(plan.json, PlanText(plan, recorded: nil).lines)
      case .manifest(let manifest):
        let plan = manifest.content.plan
        let head = [
          "Experiment \(plan.plan.name), plan \(plan.digest.short), content \(manifest.contentDigest.short)", "",
        ]
        show(manifest.json, head + ManifestText(manifest).lines)
        for remark in try RecordedResult(manifest, trials: nil).edgeRemarks {
          Console.note("note: \(Text.printable(remark.text))")
        }
      }
    }
  }

  private func show(_ document: JSON, _ lines: [String]) {
    for line in json ? [document.canonicalText] : lines { Console.print(line) }
  }
}

internal import ArgumentParser
internal import Artifacts
internal import Execution
internal import Report
internal import Store

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the runs of a project or of an experiment, the newest first.")

  @OptionGroup var argument: ProjectArgument

  @Option(name: [.customShort("n"), .long], help: "How many.")
  var limit = 20

  @Flag(help: "Print the runs as JSON on standard output.")
  var json = false

  func validate() throws {
    if limit < 1 { throw ValidationError("-n is at least 1.") }
  }

  func run() throws {
    Console.ignoreClosedPipes()
    try reporting(argument.place) {
      let project = try argument.project()
      let runs = try ProjectState.runs(of: project, ofExperiment: argument.isExperiment, limit: limit)
      if json { return Console.print(JSON.array(runs.map(\.json)).canonicalText) }
      guard !runs.isEmpty else { return Console.print("Nothing was applied yet.") }
      let (isBusy, holder) = ProjectLock.isHeld(folder: project.stateFolder)
      let rows = runs.map { run in
        let isRunning = isBusy && run.ending == nil && holder?.pid == run.pid
        return [
          "\(run.id)", Moment.text(run.began), Text.printable(run.experiment), run.plan?.short ?? "",
          Text.grouped(run.ended), run.ending?.reason ?? (isRunning ? "running" : "stopped"), run.host,
        ]
      }
      for line in Text.table([["run", "began", "experiment", "plan", "trials", "end", "host"]] + rows, indent: "") {
        Console.print(line)
      }
    }
  }
}

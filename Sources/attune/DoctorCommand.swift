internal import ArgumentParser
internal import Artifacts
internal import Execution
internal import Report
internal import Store

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Examines a project's journal and manifests, and mends the journal.",
    discussion: """
      Every event of .attune/journal.sqlite is held against its check value, and the manifests under results/ against \
      their digests. With --rebuild the journal is made anew from what can be read of it and from the manifests; the \
      damaged one is kept beside it. A journal that a newer attune wrote is left alone. Exit code 65: something is damaged; \
      74: the journal was written by another version of attune.
      """)

  @Argument(help: "The project's folder, or one in it.", completion: .directory)
  var folder = "."

  @Flag(help: "Make the journal anew from what can be read, and from the manifests.")
  var rebuild = false

  func run() throws {
    try reporting(folder) {
      let project = try Project(folderOf: Path.join(folder, "-"))
      guard
        File.kind(of: project.stateFolder) == .folder || File.kind(of: Path.join(project.folder, "results")) == .folder
      else {
        Console.note("error: nothing was applied in \(folder): there is no .attune here or above")
        throw ExitCode.inputOutput
      }
      if rebuild { try mend(project) }
      let examination = try Examination(of: project)
      show(examination)
      if !examination.isHealthy { throw ExitCode.badDocument }
      if examination.otherVersion != nil { throw ExitCode.inputOutput }
    }
  }

  private func mend(_ project: Project) throws {
    let rebuild = try Examination.rebuild(project)
    Console.print(
      "rebuilt  journal    \(Text.count(rebuild.events, "event")) taken over, \(Text.count(rebuild.added, "outcome")) taken from manifests"
    )
    if let kept = rebuild.kept { Console.print("kept     journal    \(Path.relative(kept, to: project.folder))") }
  }

  private func show(_ examination: Examination) {
    if let holder = examination.holder { Console.print("busy     project    \(holder)") }
    switch examination.events {
    case nil: Console.print("-        journal    \(examination.otherVersion ?? "there is none")")
    case let events?:
      for finding in examination.journal { Console.print("DAMAGED  journal    \(finding)") }
      Console.print(
        "\(examination.journal.isEmpty ? "ok     " : "       ")  journal    \(Text.count(events, "event")) as written")
    }
    for (path, fault) in examination.manifests {
      Console.print(fault.map { "DAMAGED  manifest   \(path): \($0)" } ?? "ok       manifest   \(path)")
    }
    if examination.survivors > 0 {
      Console.print(
        "LEFT     processes  \(Text.count(examination.survivors, "process")) of a run that is over; the next apply ends them"
      )
    }
    if !examination.journal.isEmpty {
      Console.note(
        "help: `attune doctor --rebuild` keeps what can be read and takes the rest from the manifests; what neither holds runs again"
      )
    }
  }
}

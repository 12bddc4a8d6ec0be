internal import ArgumentParser
internal import Artifacts
internal import Execution
internal import Glibc
internal import Store

struct CancelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Asks the apply that is at work in a project to stop.",
    discussion: """
      No more trials are started, and those that run are waited for; with --now they are ended. What has ended is \
      recorded, and the same apply goes on from there.
      """)

  @OptionGroup var argument: ProjectArgument

  @Flag(help: "End the trials that run.")
  var now = false

  @Flag(help: "Wait until it has stopped.")
  var wait = false

  func run() throws {
    try reporting(argument.place) {
      let project = try argument.project()
      let (isHeld, holder) = ProjectLock.isHeld(folder: project.stateFolder)
      guard isHeld else { return Console.print("Nobody is at work here.") }
      guard let holder, holder.host == Host.name, holder.pid > 1 else {
        Console.note("error: \(holder?.words ?? "who is at work here") cannot be reached from here")
        throw ExitCode.unavailable
      }
      guard kill(pid_t(holder.pid), now ? SIGTERM : SIGUSR1) == 0 else {
        throw FileError("signal", "process \(holder.pid)")
      }
      Console.print("Asked to stop: \(holder.words)")
      while wait, ProjectLock.isHeld(folder: project.stateFolder).by?.pid == holder.pid { usleep(100_000) }
    }
  }
}

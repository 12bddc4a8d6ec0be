internal import ArgumentParser

@main
struct Attune: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "attune",
    abstract: "Tunes hyperparameters from an experiment file: plan, apply, verify.",
    discussion: """
      An experiment is a YAML file. `attune plan` compiles it and shows what would run; `attune apply` runs it as \
      processes of this machine and writes results/<name>/manifest.json; `attune verify` proves that the manifest \
      follows from the plan and from what the trials reported.

      Exit codes: 0 done; 1 no trial completed, the plan was not confirmed, or diff found a difference; 2 diff is in trouble; \
      3 a policy denies it; 4 a step beside the search failed; 5 the budget did not suffice for what confirms the best trials; 20-24 the level at which verify failed; 25 reproduce got another result; 26 a committed manifest \
      is stale; 64 usage; 65 a mistake in an experiment, a plan or a manifest, a stale plan, or \
      changed inputs; 69 the trial's program is missing; 74 a file or the journal \
      cannot be read or written; 75 another attune is at work in the project; 129, 130, 143 stopped by a signal.
      """,
    version: version,
    subcommands: [
      CheckCommand.self, ExplainCommand.self, SchemaCommand.self, PlanCommand.self, ShowCommand.self, GraphCommand.self,
      ApplyCommand.self, SessionCommand.self, DiffCommand.self, GitCommand.self, BisectConfigCommand.self,
      StatusCommand.self, ListCommand.self, LogsCommand.self,
      WhyCommand.self,
      CancelCommand.self,
      GCCommand.self,
      VerifyCommand.self, ReproduceCommand.self, ReplayCommand.self, SimulateCommand.self,
      DoctorCommand.self, LSPCommand.self, GuardCommand.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      // What is wrong with how it is called is trouble as well, as of diff(1).
      let isOfDiff = CommandLine.arguments.dropFirst().first == DiffCommand.configuration.commandName
      guard isOfDiff, exitCode(for: error) == .validationFailure else { exit(withError: error) }
      Console.write(fullMessage(for: error) + "\n", to: 2)
      exit(withError: ExitCode.trouble)
    }
  }
}

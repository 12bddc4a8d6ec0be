internal import ArgumentParser
internal import Compiler

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Prints the JSON Schema of a kind of document.",
    discussion: """
      Editors complete and explain the keys of an experiment by its schema: save it, and name it in the file's first line \
      as `# yaml-language-server: $schema=experiment.v1.schema.json`.
      """)

  @Argument(
    help: ArgumentHelp(
      "experiment, plan, manifest, trial (a line of trials.jsonl), diagnostics (of `check --format json`) or diff (of "
        + "`diff --json`)."))
  var kind: Schema

  func run() { Console.write(kind.bytes) }
}

extension Schema: ExpressibleByArgument {}

internal import ArgumentParser

struct LSPCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lsp", abstract: "Serves an editor: mistakes as one types, completion, explanations, quick fixes.",
    discussion: """
      Speaks the Language Server Protocol 3.17 on standard input and output. Editors start it themselves: \
      docs/editors.md says how to set that up.
      """)

  @Flag(help: .hidden)
  var stdio = false

  func run() throws {
    Console.ignoreClosedPipes()
    var server = try LanguageServer()
    if !server.serve() { throw ExitCode(1) }
  }
}

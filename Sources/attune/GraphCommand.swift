internal import ArgumentParser
internal import Report

struct GraphCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph", abstract: "Draws the steps of a plan as text for Graphviz or Mermaid.")

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case dot
    case mermaid
  }

  @Argument(help: "An experiment, a plan or a manifest.", completion: .file())
  var file: String

  @OptionGroup var set: SettingOptions

  @Option(help: "The language: dot or mermaid.")
  var format = Format.dot

  func run() throws {
    try reporting(file) {
      let graph = Graph(try loadPlan(file, settings: set.settings))
      Console.print(format == .dot ? graph.dot : graph.mermaid)
    }
  }
}

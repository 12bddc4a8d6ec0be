internal import ArgumentParser
internal import Artifacts
internal import Compiler

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explains the code of a message, with a wrong and a right example.",
    discussion: "Without a code it lists all of them; with the beginning of some, such as E3, those.")

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case markdown
  }

  @Argument(help: "A code, such as E2007.", completion: .list(Explanation.all.map(\.code)))
  var code: String?

  @Option(help: "text, json or markdown.")
  var format = Format.text

  func run() throws {
    guard let code else { return show(Explanation.all, inFull: format == .markdown) }
    if let explanation = Explanation[code.uppercased()] { return show([explanation], inFull: true) }
    let like = Explanation.codes(like: code)
    if like.count > 1 || like.first?.hasPrefix(code.uppercased()) ?? false {
      return show(like.compactMap { Explanation[$0] }, inFull: false)
    }
    Console.note("error: there is no code `\(code)`")
    Console.note(" = help: " + (like.first.map { "did you mean `\($0)`?" } ?? "`attune explain` lists all of them"))
    throw ExitCode.usage
  }

  private func show(_ explanations: [Explanation], inFull: Bool) {
    switch format {
    case .text where inFull: for line in explanations.flatMap(\.lines) { Console.print(line) }
    case .text: for explanation in explanations { Console.print("\(explanation.code)  \(explanation.title)") }
    case .json: Console.print(JSON.array(explanations.map(\.json)).canonicalText)
    case .markdown:
      let isPage = explanations.count == Explanation.all.count
      Console.write(isPage ? Explanation.page : explanations.map(\.markdown).joined(separator: "\n"), to: 1)
    }
  }
}

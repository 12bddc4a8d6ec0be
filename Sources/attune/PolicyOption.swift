internal import ArgumentParser
internal import Artifacts
internal import Compiler
internal import Execution
internal import Report

extension ExitCode {
  /// A policy does not allow it.
  static let denied = ExitCode(3)
  /// A manifest does not follow from its experiment any more.
  static let stale = ExitCode(26)
}

/// A file of rules that a command holds what it shows to.
struct PolicyOption: ParsableArguments {
  @Option(help: "Exit with 3 where the rules of this file are broken; docs/ci.md says how they are written.")
  var policy: String?

  /// Nil where none is named.
  ///
  /// - Throws: `ExitCode` with this code when it has errors, which are shown.
  func read(orExit code: ExitCode) throws -> Policy? {
    guard let policy else { return nil }
    let (rules, found) = readPolicy(try File.read(policy), path: policy)
    var printer = DiagnosticPrinter()
    printer.show(found)
    guard let rules else { throw code }
    return rules
  }

  /// Shows what is denied.
  func show(_ denials: [Denial]) {
    for denial in denials {
      Console.note("denied: \(policy ?? ""):\(denial.line): \(Text.printable(denial.fault))")
      if let message = denial.message { Console.note("        \(Text.printable(message))") }
    }
  }
}

internal import ArgumentParser
internal import Compiler
internal import Report

/// Shows people what is wrong with experiments, on standard error.
struct DiagnosticPrinter {
  /// As many are shown of a file: nobody reads more at once.
  static let maximumShown = 1000

  private var text: DiagnosticText

  init(_ colour: ColourOption? = nil) {
    text = DiagnosticText(
      isColoured: Console.isColoured(2, colour?.color ?? .auto), columns: Console.isTerminal(2) ? Console.width : 124)
  }

  /// The diagnostics, with an empty line behind each.
  mutating func show(_ compilation: Compilation) {
    let all = compilation.diagnostics
    var shown = all
    if all.count > Self.maximumShown {
      // No warning is shown in the place of an error.
      let errors = all.filter { $0.severity == .error }.prefix(Self.maximumShown)
      shown = Array(errors + all.filter { $0.severity == .warning }.prefix(Self.maximumShown - errors.count))
    }
    for diagnostic in shown { Console.note(text.text(of: diagnostic, in: compilation.sources)) }
    if shown.count < all.count {
      let rest = Text.grouped(all.count - shown.count)
      Console.note("… and \(rest) more, which `attune check --format json` lists\n")
    }
  }

  /// What was changed in a file, and what is still wrong with it.
  mutating func show(_ file: CheckReport.File) {
    for change in file.changes {
      Console.note("fixed \(file.path):\(change.line):\(change.column): \(change.title) (\(change.code))")
    }
    if let refusal = file.refusal { Console.note("error: \(file.path): \(refusal)") }
    if let compilation = file.compilation { show(compilation) }
  }
}

extension CheckReport {
  /// `3 errors and 1 warning; …`, with how much could be mended; empty when there is nothing to count.
  ///
  /// - Parameter isFixing: whether that has been done.
  func counts(isFixing: Bool = false) -> String {
    func count(_ severity: Diagnostic.Severity, _ noun: String) -> String? {
      let number = files.reduce(0) { $0 + $1.count(severity) }
      return number == 0 ? nil : "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
    let counts = [count(.error, "error"), count(.warning, "warning")].compactMap(\.self).joined(separator: " and ")
    let mendable = files.reduce(0) { count, file in
      count + file.diagnostics.count { $0.safeFix(in: file.compilation?.sources.all.first) != nil }
    }
    return counts + (mendable == 0 || isFixing ? "" : "; `attune check --fix` mends \(mendable)")
  }
}

/// Whether text is coloured.
struct ColourOption: ParsableArguments {
  enum Choice: String, ExpressibleByArgument, CaseIterable {
    case auto
    case always
    case never
  }

  @Option(help: "Colour: auto (on a terminal, unless NO_COLOR is set), always or never.")
  var color = Choice.auto
}

extension Console {
  /// Whether colour is wanted on a stream: see https://no-color.org.
  static func isColoured(_ descriptor: Int32, _ choice: ColourOption.Choice) -> Bool {
    switch choice {
    case .always: true
    case .never: false
    case .auto: isTerminal(descriptor) && canColour
    }
  }
}

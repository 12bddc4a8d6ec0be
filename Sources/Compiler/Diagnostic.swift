/// What is wrong with an experiment, or may be, and where.
package struct Diagnostic: Hashable, Sendable {
  package enum Severity: String, Hashable, Sendable {
    case error
    case warning
  }

  package var message: Message
  package var span: Span
  package var related: [Related]

  package var severity: Severity { message.code.hasPrefix("W") ? .warning : .error }
}

/// What is said of a mistake.
package struct Message: Hashable, Sendable {
  /// Stable: E0 syntax, E1 structure, E2 space, E3 strategy, budget and stopping, E4 references, W warnings.
  package var code: String
  package var text: String
  /// What stands behind the caret.
  package var label: String
  package var help: String?

  init(_ code: String, _ text: String, _ label: String = "", help: String? = nil) {
    self.code = code
    self.text = text
    self.label = label
    self.help = help
  }
}

/// Another place that a mistake has to do with.
package struct Related: Hashable, Sendable {
  package var span: Span
  package var label: String

  init(_ span: Span, _ label: String) {
    self.span = span
    self.label = label
  }
}

/// The diagnostics of one file.
package struct Diagnostics: Sendable {
  /// In the order of the file.
  package var all: [Diagnostic] {
    reported.sorted { ($0.span.range.lowerBound, $0.message.code) < ($1.span.range.lowerBound, $1.message.code) }
  }

  package var hasErrors: Bool { reported.contains { $0.severity == .error } }

  private var reported: [Diagnostic] = []
  private var seen = Set<Diagnostic>()

  mutating func report(_ message: Message, at span: Span, related: [Related] = []) {
    let diagnostic = Diagnostic(message: message, span: span, related: related)
    // What an alias stands for is read at each use, and is wrong once.
    if seen.insert(diagnostic).inserted { reported.append(diagnostic) }
  }

  /// At a node; where an alias stands for it, with a note at the anchor.
  mutating func report(_ message: Message, at node: SyntaxNode, related: [Related] = []) {
    report(
      message, at: node.span,
      related: related + (node.anchored.map { [Related($0, "the alias stands for this")] } ?? []))
  }
}

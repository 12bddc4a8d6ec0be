/// What is wrong with an experiment, or may be, and where.
package struct Diagnostic: Hashable, Sendable {
  package enum Severity: String, Hashable, Sendable {
    case error
    case warning
  }

  package var message: Message
  package var span: Span
  package var related: [Related]
  /// A change of the text that mends it.
  package var fix: Fix?

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

/// A change of the text that mends a mistake.
package struct Fix: Hashable, Sendable {
  /// What it does, such as "remove the quotes".
  package var title: String
  /// In the order of the text; none touches another.
  package var edits: [Edit]
  /// Whether it is certainly what was meant: only then it is made unseen.
  package var isSafe: Bool

  package struct Edit: Hashable, Sendable {
    package var span: Span
    package var replacement: String
  }

  init(_ title: String, replacing span: Span, with replacement: String, isSafe: Bool) {
    self.init(title, [Edit(span: span, replacement: replacement)], isSafe: isSafe)
  }

  init(_ title: String, _ edits: [Edit], isSafe: Bool) {
    self.title = title
    self.edits = edits
    self.isSafe = isSafe
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
    reported.sorted { first, second in
      (first.span.source, first.span.range.lowerBound, first.message.code)
        < (second.span.source, second.span.range.lowerBound, second.message.code)
    }
  }

  package var hasErrors: Bool { errorCount > 0 }

  var errorCount: Int { reported.count { $0.severity == .error } }

  private var reported: [Diagnostic] = []
  private var seen = Set<Place>()

  /// What is said where: once.
  private struct Place: Hashable {
    var message: Message
    var span: Span
  }

  mutating func report(_ message: Message, at span: Span, related: [Related] = [], fix: Fix? = nil) {
    guard seen.insert(Place(message: message, span: span)).inserted else { return }
    reported.append(Diagnostic(message: message, span: span, related: related, fix: fix))
  }

  /// At a node; where an alias stands for it, with a note at the anchor.
  mutating func report(_ message: Message, at node: SyntaxNode, related: [Related] = [], fix: Fix? = nil) {
    // What an alias stands for is read at each use, and what is wrong with it by itself is wrong once.
    if let anchored = node.anchored, seen.contains(Place(message: message, span: anchored)) { return }
    report(
      message, at: node.span,
      related: related + (node.anchored.map { [Related($0, "the alias stands for this")] } ?? []),
      // A change at the use of an alias would be one of the alias.
      fix: node.anchored == nil ? fix : nil)
  }
}

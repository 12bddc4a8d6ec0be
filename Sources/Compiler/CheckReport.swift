/// What was found in some files, for people's and machines' eyes; the folder Forms holds one file for each form.
package struct CheckReport: Sendable {
  /// In the order in which they were given.
  package var files: [File] = []

  package struct File: Sendable {
    /// As messages name it.
    package var path: String
    package var outcome: Outcome
    /// What was changed in it before.
    package var changes: [Mending.Change]

    package enum Outcome: Sendable {
      case compiled(Compilation)
      /// It is no experiment or cannot be read: why.
      case refused(String)
    }

    package init(path: String, _ outcome: Outcome, changes: [Mending.Change] = []) {
      self.path = path
      self.outcome = outcome
      self.changes = changes
    }

    package var compilation: Compilation? {
      if case .compiled(let compilation) = outcome { compilation } else { nil }
    }

    package var refusal: String? {
      if case .refused(let reason) = outcome { reason } else { nil }
    }

    package var diagnostics: [Diagnostic] { compilation?.diagnostics ?? [] }

    package func count(_ severity: Diagnostic.Severity) -> Int { diagnostics.count { $0.severity == severity } }
  }

  package init() {}

  /// Whether no file has an error and all could be read.
  package var isGood: Bool { files.allSatisfy { $0.refusal == nil && $0.count(.error) == 0 } }
}

/// The program that runs a trial's code, as it names itself: with another version of it, a trial is another trial.
package struct Interpreter: Hashable, Sendable {
  /// As the command names it, without folders: `python3`.
  package var name: String
  /// Numbers and points: `3.11.2`.
  package var version: String

  package init(name: String, version: String) {
    self.name = name
    self.version = version
  }

  /// How much of the version counts.
  package enum Policy: String, Hashable, Sendable, CaseIterable {
    case exact
    /// The first two numbers: `3.11`.
    case minor
    /// Neither the interpreter nor its version.
    case any
  }

  /// What of it names trials; nil when nothing does.
  package func counted(by policy: Policy) -> Interpreter? {
    switch policy {
    case .exact: self
    case .minor: Interpreter(name: name, version: version.split(separator: ".").prefix(2).joined(separator: "."))
    case .any: nil
    }
  }

  var json: JSON { .object(["name": .string(name), "version": .string(version)]) }

  init(json: JSON) throws(DocumentError) {
    name = try json.string("name")
    version = try json.string("version")
  }
}

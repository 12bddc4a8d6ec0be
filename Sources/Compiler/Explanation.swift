/// What a code means, for people who have met it: `attune explain` shows it, and docs/errors.md holds all of them.
///
///     Explanation(
///       "E2007", "The lower bound is above the upper one",
///       "A range is written with its lower bound first …",
///       wrong: "parameters: {lr: {float: [1, 0]}}",
///       right: "parameters: {lr: {float: [0, 1]}}")
///
/// The examples are compiled by the tests: the wrong one yields this code and no other, the right one is
/// correct.
package struct Explanation: Sendable {
  package let code: String
  package let title: String
  /// What it means, why it matters, and what to do.
  package let text: String
  package let wrong: Example
  package let right: Example

  init(_ code: String, _ title: String, _ text: String, wrong: Example, right: Example) {
    self.code = code
    self.title = title
    self.text = text
    self.wrong = wrong
    self.right = right
  }

  /// Every explanation, in the order of the codes.
  package static let all =
    (syntax + yaml + structure + space + search + references + warnings
    + conditions + expressions + composition + trial + phases + fidelity + trialRules + steps + usage).sorted {
      $0.code < $1.code
    }

  private static let byCode = Dictionary(all.map { ($0.code, $0) }) { first, _ in first }

  /// That of a code as messages show it; nil when there is none.
  package static subscript(code: String) -> Explanation? { byCode[code] }

  /// The codes that are most like a text: those that begin with it, or else the nearest one.
  package static func codes(like text: String) -> [String] {
    let code = text.uppercased()
    let longer = all.map(\.code).filter { !code.isEmpty && $0.hasPrefix(code) }
    return longer.isEmpty ? Suggestion.closest(to: code, among: all.map(\.code)).map { [$0] } ?? [] : longer
  }
}

/// An experiment that shows a mistake, or how it is done right.
///
/// A string is some sections of an experiment that is otherwise good. With `without`, sections are left out of it.
package struct Example: Sendable, ExpressibleByStringLiteral {
  /// As people see it, without what is not to the point.
  package let shown: String
  /// What else lies in the experiment's folder, by its path in it.
  package let files: [String: File]
  /// What is set on the command line.
  package let settings: [String]
  private let contents: @Sendable () -> [UInt8]

  package enum File: Hashable, Sendable, ExpressibleByStringLiteral {
    case text(String)
    case emptyFolder
    case link(to: String)

    package init(stringLiteral text: String) { self = .text(text) }
  }

  /// The whole experiment file.
  package var bytes: [UInt8] { contents() }

  /// Some sections, each of which begins with its key at the start of a line.
  ///
  /// - Parameter shown: what people see, where the sections are too long to be looked at.
  package init(
    _ sections: String, without: [String] = [], files: [String: File] = [:], settings: [String] = [],
    shown: String? = nil
  ) {
    let missing = without.map { "# no `\($0)`" }
    let beside = files.isEmpty ? [] : ["# beside it: \(Self.list(files))"] + Self.texts(of: files)
    let set = settings.map { "# with --set \($0)" }
    self.shown = shown ?? ([sections].filter { !$0.isEmpty } + missing + beside + set).joined(separator: "\n")
    self.files = files
    self.settings = settings
    contents = { Array(Self.text(Self.split(sections), without: without).utf8) }
  }

  package init(stringLiteral sections: String) { self.init(sections) }

  /// A whole file.
  package static func file(_ text: String, shown: String? = nil) -> Example {
    Example(shown: shown ?? text) { Array(text.utf8) }
  }

  /// A file that is no text, with what it is in words.
  package static func bytes(_ shown: String, _ contents: @escaping @Sendable () -> [UInt8]) -> Example {
    Example(shown: shown, contents: contents)
  }

  /// What the experiments among the files say, in comments.
  private static func texts(of files: [String: File]) -> [String] {
    files.sorted { $0.key < $1.key }.compactMap { name, file in
      guard name.hasSuffix(".yaml"), case .text(let text) = file else { return nil }
      let lines = text.split(separator: "\n").map { "#     \($0)" }
      return (["# in \(name):"] + lines).joined(separator: "\n")
    }
  }

  private static func list(_ files: [String: File]) -> String {
    let names = files.sorted { $0.key < $1.key }.map { name, file in
      switch file {
      case .text: name
      case .emptyFolder: "\(name)/, which is empty"
      case .link(let target): "\(name), a link to \(target)"
      }
    }
    return names.count > 4 ? "\(names[0]) and \(names.count - 1) more files" : names.joined(separator: ", ")
  }

  private init(shown: String, contents: @escaping @Sendable () -> [UInt8]) {
    self.shown = shown
    files = [:]
    settings = []
    self.contents = contents
  }

  /// The sections of a good experiment.
  private static let good: KeyValuePairs = [
    "attune": "attune: 1", "name": "name: test", "objective": "objective: {minimize: loss}",
    "parameters": "parameters: {lr: {float: [0, 1]}}", "search": "search: {strategy: random}",
    "budget": "budget: {trials: 10}", "trial": "trial: {run: 'python train.py ${args}', inputs: []}",
  ]

  /// A good experiment with some sections in another text; those that it does not have come last.
  package static func text(_ others: [String], without: [String] = []) -> String {
    func key(_ text: String) -> String { String(text.prefix { $0 != ":" }) }
    let own = good.filter { !without.contains($0.key) }.map { section in
      others.first { key($0) == section.key } ?? section.value
    }
    let more = others.filter { other in !good.contains { $0.key == key(other) } }
    return (own + more).joined(separator: "\n") + "\n"
  }

  /// Splits a text before each line that begins with a letter.
  private static func split(_ sections: String) -> [String] {
    var parts: [String] = []
    for line in sections.split(separator: "\n", omittingEmptySubsequences: false) {
      if let last = parts.indices.last, line.first.map({ !$0.isLetter }) ?? true {
        parts[last] += "\n" + line
      } else {
        parts.append(String(line))
      }
    }
    return parts.filter { !$0.isEmpty }
  }
}

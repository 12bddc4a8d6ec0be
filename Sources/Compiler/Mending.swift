/// Makes the changes that are certainly meant, as `attune check --fix` does.
///
/// Only the bytes of the changes change: comments, quotes and line ends stay as they are.
package struct Mending: Sendable {
  /// What came of compiling the text with all changes made.
  package private(set) var compilation: Compilation
  /// The file's bytes with all changes made.
  package private(set) var bytes: [UInt8]
  /// In the order in which they were made.
  package private(set) var changes: [Change] = []

  package struct Change: Hashable, Sendable {
    /// The code of the mistake that it mends.
    package var code: String
    /// What it does, such as "remove the quotes".
    package var title: String
    /// Where, in the text that it was made in; both counted from 1.
    package var line: Int
    package var column: Int
  }

  /// What one change uncovers, another may mend: a misspelt section is read only when its key is right. No more rounds
  /// than this are needed, since what is uncovered lies deeper each time.
  private static let mostRounds = 16

  /// - Parameter compile: compiles the file's bytes.
  package init(_ bytes: [UInt8], compile: ([UInt8]) -> Compilation) {
    self.bytes = bytes
    compilation = compile(bytes)
    for _ in 0..<Self.mostRounds {
      guard makeChanges() else { return }
      compilation = compile(self.bytes)
    }
  }

  /// Makes the changes of the diagnostics at hand, in the order of the text, but none that touches another; false when
  /// there are none.
  private mutating func makeChanges() -> Bool {
    guard let source = compilation.sources.all.first else { return false }
    var edits: [Fix.Edit] = []
    for (diagnostic, fix) in safeFixes(in: source) {
      if let last = edits.last, (fix.edits.first?.span.range.lowerBound ?? 0) <= last.span.range.upperBound { continue }
      edits += fix.edits
      let (line, column) = source.position(at: diagnostic.span.range.lowerBound)
      changes.append(Change(code: diagnostic.message.code, title: fix.title, line: line, column: column))
    }
    bytes = source.bytes(with: edits, from: bytes)
    return !edits.isEmpty
  }

  /// Those that change the file itself, by where they begin.
  private func safeFixes(in source: SourceText) -> [(Diagnostic, Fix)] {
    func start(_ fix: Fix) -> Int { fix.edits.first?.span.range.lowerBound ?? 0 }
    return compilation.diagnostics.compactMap { diagnostic in
      diagnostic.safeFix(in: source).map { (diagnostic, $0) }
    }.sorted { start($0.1) < start($1.1) }
  }
}

extension Diagnostic {
  /// The change that mends it, if that is certainly meant and changes this text alone: not one that it extends, and not
  /// what was set on the command line.
  package func safeFix(in source: SourceText?) -> Fix? {
    fix.flatMap { fix in fix.isSafe && fix.edits.allSatisfy { $0.span.source == source?.number } ? fix : nil }
  }
}

extension SourceText {
  /// The file's bytes with some changes made, which are in the order of the text.
  fileprivate func bytes(with edits: [Fix.Edit], from file: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var done = 0
    for edit in edits {
      result += file[done..<markSize + edit.span.range.lowerBound]
      result += edit.replacement.utf8
      done = markSize + edit.span.range.upperBound
    }
    return result + file[done...]
  }
}

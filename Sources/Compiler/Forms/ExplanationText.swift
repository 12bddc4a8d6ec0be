package import Artifacts

/// Explanations as people read them, in a terminal or in docs/errors.md.
extension Explanation {
  /// For a terminal, with lines of at most 80 columns where words allow.
  package var lines: [String] {
    ["\(code): \(title)", ""] + Self.wrapped(text, at: 80).map { $0 } + ["", "Wrong:", ""] + Self.indented(wrong.shown)
      + ["", "Right:", ""] + Self.indented(right.shown)
  }

  /// A section of a page.
  package var markdown: String {
    """
    ## \(code): \(title)

    \(Self.wrapped(text, at: 120).joined(separator: "\n"))

    Wrong:

    ```yaml
    \(wrong.shown)
    ```

    Right:

    ```yaml
    \(right.shown)
    ```

    """
  }

  package var json: JSON {
    .object([
      "code": .string(code), "title": .string(title), "text": .string(text), "wrong": .string(wrong.shown),
      "right": .string(right.shown),
    ])
  }

  /// docs/errors.md.
  package static var page: String {
    """
    # What the messages mean

    Every message of `attune check` has a code, which keeps its meaning for good: E0 is about the text and its YAML, E1 about
    keys and types, E2 about the search space, E3 about strategy, budget and stopping, E4 about references, and W is a
    warning. `attune explain CODE` shows the same as this page, which is made from it. The examples leave out the sections of
    an experiment that are not to the point.


    """ + all.map(\.markdown).joined(separator: "\n")
  }

  private static func indented(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.isEmpty ? "" : "    " + TerminalText.printable(String($0).replacing("\t", with: "→   "))
    }
  }

  private static func wrapped(_ text: String, at width: Int) -> [String] {
    text.split(separator: " ").reduce(into: [String]()) { lines, word in
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
  }
}

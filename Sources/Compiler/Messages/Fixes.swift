/// Changes of the text that mend a mistake, one factory for each kind.
extension Fix {
  /// Another text in place of one that names nothing; nil when no name is near, or when the text is not written letter by
  /// letter.
  ///
  /// - Parameters:
  ///   - span: where the text stands, with its quotes if it has any.
  ///   - isClosed: whether nothing but the known names can be meant, so that one that is an edit away certainly is.
  static func spelling(
    of name: String, at span: Span, among known: [String], besides present: [String] = [], isClosed: Bool = true
  ) -> Fix? {
    let certain = isClosed ? Suggestion.certain(name, among: known, besides: present) : nil
    guard let meant = certain ?? Suggestion.closest(to: name, among: known), !present.contains(meant),
      let inner = span.inner(of: name)
    else { return nil }
    return Fix("write `\(meant)`", replacing: inner, with: meant, isSafe: certain != nil)
  }

  /// A key in place of one that says the same elsewhere; nil when it is there already.
  static func renaming(_ key: String, at span: Span, to meant: String?, besides present: [String]) -> Fix? {
    guard let meant, !present.contains(meant), let inner = span.inner(of: key) else { return nil }
    return Fix("write `\(meant)`", replacing: inner, with: meant, isSafe: false)
  }

  /// A number without the quotes that make it a text; nil when there are none to take away.
  static func unquote(_ text: String, at span: Span) -> Fix? {
    guard span.range.count == text.utf8.count + 2 else { return nil }
    return Fix("remove the quotes", replacing: span, with: text, isSafe: true)
  }

  /// Two texts in each other's place.
  static func swap(_ first: Span, _ second: Span, in sources: Sources) -> Fix {
    Fix(
      "swap the bounds",
      [
        Edit(span: first, replacement: sources.text(of: second)),
        Edit(span: second, replacement: sources.text(of: first)),
      ], isSafe: true)
  }
}

extension Span {
  /// Where a text stands in the span letter by letter, without quotes; nil when it is spelt otherwise.
  fileprivate func inner(of text: String) -> Span? {
    switch range.count - text.utf8.count {
    case 0: self
    case 2: Span(range.lowerBound + 1..<range.upperBound - 1, in: source)
    default: nil
    }
  }
}

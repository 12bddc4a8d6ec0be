/// Where the characters of a scalar's text stand in the source: one by one where it is written letter by letter, and
/// else all of them where the scalar stands.
struct ScalarPlaces {
  private let span: Span
  /// The byte offset of each character, and of the end.
  private let offsets: [Int]?

  init(_ text: Located<String>, in source: SourceText) {
    span = text.span
    var start = text.span.range.lowerBound
    let quotes = [UInt8(ascii: "\""), UInt8(ascii: "'")]
    if start < source.bytes.count, quotes.contains(source.bytes[start]) { start += 1 }
    let isVerbatim = source.bytes[start...].starts(with: text.value.utf8)
    offsets =
      isVerbatim
      ? text.value.reduce(into: [start]) { $0.append(($0.last ?? start) + $1.utf8.count) }
      : nil
  }

  /// Of the characters from one number to another, the second not included.
  func span(_ start: Int, _ end: Int) -> Span {
    guard let offsets else { return span }
    return Span(offsets[start]..<offsets[max(start, end)], in: span.source)
  }

  /// Whether a span of a part is that part's own, so that it can be replaced.
  var isExact: Bool { offsets != nil }
}

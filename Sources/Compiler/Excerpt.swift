/// The lines of one source text that a diagnostic speaks of, with marks below what it means.
///
///     4 | parameters: {lr: {int: [0, 9], step: 4}}
///       |                                      ^ 9 / 4 is no whole number
struct Excerpt {
  /// A stretch of the text, and what is said of it.
  struct Mark {
    var range: Range<Int>
    var label: String
    var isPrimary: Bool
  }

  private let source: SourceText
  private let columns: Int
  /// The primary mark, when it goes on over several lines: a bar at their left shows how far.
  private let long: Mark?
  private var rows: [Row] = []

  /// The rows, without the line numbers' margin to the left of those that have none.
  static func rows(of source: SourceText, marks: [Mark], columns: Int) -> [Row] {
    var excerpt = Excerpt(source, marks, columns)
    excerpt.draw(marks)
    return excerpt.rows
  }

  private init(_ source: SourceText, _ marks: [Mark], _ columns: Int) {
    self.source = source
    self.columns = columns
    long = marks.first {
      $0.isPrimary && source.line(at: $0.range.lowerBound) < Self.lastLine(of: $0.range, in: source)
    }
  }

  private static func lastLine(of range: Range<Int>, in source: SourceText) -> Int {
    source.line(at: max(range.lowerBound, range.upperBound - 1))
  }

  private mutating func draw(_ marks: [Mark]) {
    var lines: [Int: [Mark]] = [:]
    for mark in marks where mark.range != long?.range || !mark.isPrimary {
      lines[source.line(at: mark.range.lowerBound), default: []].append(mark)
    }
    if let long {
      let (first, last) = (source.line(at: long.range.lowerBound), Self.lastLine(of: long.range, in: source))
      // In the middle of a long stretch nothing is to be seen.
      for line in last - first < 4 ? Array(first...last) : [first, last] { lines[line, default: []] += [] }
    }
    var previous: Int?
    for line in lines.keys.sorted() {
      if let previous, line == previous + 2 {
        draw(line - 1, [])
      } else if let previous, line > previous + 1 {
        rows.append(Row(number: nil, isGap: true, parts: [bar(below: previous)].compactMap(\.self)))
      }
      draw(line, lines[line] ?? [])
      previous = line
    }
  }

  /// A line and the rows below it.
  private mutating func draw(_ line: Int, _ marks: [Mark]) {
    let range = source.range(ofLine: line)
    let primary = marks.first { $0.isPrimary } ?? marks.first
    let focus = primary?.range ?? longEnd(in: line) ?? range.lowerBound..<range.lowerBound
    let shown = ShownLine(range, of: source, around: focus, columns: columns)
    rows.append(Row(number: line + 1, parts: [bar(at: line), .init(.plain, shown.text)].compactMap(\.self)))
    let visible = marks.filter { shown.shows($0.range.lowerBound) }
    drawMarks(visible.map { (shown.columns(of: clipped($0.range, to: range)), $0) }, on: line)
    drawEnds(of: line, shown)
    // On a long line, what stands far from the rest is shown on its own.
    let hidden = marks.filter { !shown.shows($0.range.lowerBound) }
    if !hidden.isEmpty, !visible.isEmpty { draw(line, hidden) }
  }

  private func clipped(_ range: Range<Int>, to line: Range<Int>) -> Range<Int> {
    let start = min(range.lowerBound, line.upperBound)
    return start..<max(start, min(range.upperBound, line.upperBound))
  }

  /// The marks of a line in one row, with the last one's label behind it and the others' below.
  private mutating func drawMarks(_ marks: [(columns: Range<Int>, mark: Mark)], on line: Int) {
    guard !marks.isEmpty else { return }
    let sorted = marks.sorted {
      ($0.columns.lowerBound, $0.columns.upperBound) < ($1.columns.lowerBound, $1.columns.upperBound)
    }
    var cells: [(Character, Paint)] = []
    for (columns, mark) in sorted.filter({ !$0.mark.isPrimary }) + sorted.filter(\.mark.isPrimary) {
      while cells.count < columns.upperBound { cells.append((" ", .plain)) }
      for column in columns { cells[column] = mark.isPrimary ? ("^", .primary) : ("-", .secondary) }
    }
    let last = sorted[sorted.count - 1]
    var row = Row(parts: [barBelow(line)].compactMap(\.self))
    for (character, paint) in cells { row.append(paint, String(character)) }
    if !last.mark.label.isEmpty { row.append(paint(of: last.mark), " " + last.mark.label) }
    rows.append(row)
    hang(sorted.dropLast().filter { !$0.mark.label.isEmpty }, on: line)
  }

  /// Labels below their marks, from the right to the left.
  private mutating func hang(_ marks: [(columns: Range<Int>, mark: Mark)], on line: Int) {
    guard !marks.isEmpty else { return }
    for count in (0...marks.count).reversed() {
      var row = Row(parts: [barBelow(line)].compactMap(\.self))
      var column = 0
      for (columns, mark) in marks.prefix(count) where columns.lowerBound >= column {
        row.append(.plain, String(repeating: " ", count: columns.lowerBound - column))
        row.append(paint(of: mark), "|")
        column = columns.lowerBound + 1
      }
      if count < marks.count {
        let (columns, mark) = marks[count]
        row.append(.plain, String(repeating: " ", count: max(0, columns.lowerBound - column)))
        row.append(paint(of: mark), mark.label)
      }
      rows.append(row)
    }
  }

  private func paint(of mark: Mark) -> Paint { mark.isPrimary ? .primary : .secondary }
}

/// The bar beside a stretch of several lines:
///
///     2 |   name: {a: 1,
///       |  _______^
///     3 | |   b: 2}
///       | |_______^ this is a mapping
extension Excerpt {
  /// Whether the stretch begins with the first letter of its line: then no row is needed to lead there.
  private func beginsLine(_ long: Mark) -> Bool {
    let start = source.range(ofLine: source.line(at: long.range.lowerBound)).lowerBound
    return source.bytes[start..<long.range.lowerBound].allSatisfy {
      $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t")
    }
  }

  private func bar(at line: Int) -> Row.Part? {
    guard let long else { return nil }
    let (first, last) = (source.line(at: long.range.lowerBound), Self.lastLine(of: long.range, in: source))
    if line == first { return .init(.primary, beginsLine(long) ? "/ " : "  ") }
    return .init(.primary, first < line && line <= last ? "| " : "  ")
  }

  /// The bar of a row that stands between a line and the next.
  private func bar(below line: Int) -> Row.Part? {
    guard let long else { return nil }
    let (first, last) = (source.line(at: long.range.lowerBound), Self.lastLine(of: long.range, in: source))
    return .init(.primary, first <= line && line < last ? "| " : "  ")
  }

  /// The bar of the marks of a line, which come before the stretch begins or ends.
  private func barBelow(_ line: Int) -> Row.Part? {
    guard let long else { return nil }
    guard line == source.line(at: long.range.lowerBound) else { return bar(at: line) }
    return .init(.primary, beginsLine(long) ? "| " : "  ")
  }

  /// The last byte of the long stretch, where it lies in this line.
  private func longEnd(in line: Int) -> Range<Int>? {
    guard let long else { return nil }
    if line == Self.lastLine(of: long.range, in: source) { return long.range.upperBound - 1..<long.range.upperBound }
    let isFirst = line == source.line(at: long.range.lowerBound)
    return isFirst ? long.range.lowerBound..<long.range.lowerBound + 1 : nil
  }

  private mutating func drawEnds(of line: Int, _ shown: ShownLine) {
    guard let long, let end = longEnd(in: line) else { return }
    let column = shown.columns(of: end).lowerBound
    let isLast = line == Self.lastLine(of: long.range, in: source)
    guard isLast || !beginsLine(long) else { return }
    var row = Row(parts: [.init(.primary, (isLast ? "|" : " ") + String(repeating: "_", count: column + 1) + "^")])
    if isLast, !long.label.isEmpty { row.append(.primary, " " + long.label) }
    rows.append(row)
  }
}

/// What a stretch of text is painted as, where there is colour.
enum Paint: Hashable {
  case plain
  case strong
  /// By the diagnostic's severity.
  case primary
  case secondary
}

/// A row of text in several paints.
struct Row {
  struct Part {
    var paint: Paint
    var text: String

    init(_ paint: Paint, _ text: String) {
      self.paint = paint
      self.text = text
    }
  }

  /// The number of the source's line that it shows.
  var number: Int?
  /// Whether lines are left out here.
  var isGap = false
  var parts: [Part] = []

  mutating func append(_ paint: Paint, _ text: String) {
    guard !text.isEmpty else { return }
    if let last = parts.indices.last, parts[last].paint == paint {
      parts[last].text += text
    } else {
      parts.append(Part(paint, text))
    }
  }
}

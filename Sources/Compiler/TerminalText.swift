/// Text as a terminal shows it: which characters are safe to print, and how many columns each takes.
enum TerminalText {
  /// Without what could move the cursor, reverse the line or hide itself: controls, bidirectional overrides, invisible
  /// letters and line separators are each shown as U+FFFD.
  static func printable(_ text: String) -> String {
    guard !text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) else { return text }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      scalars.append(isSafe(scalar, after: scalars.last) ? scalar : "\u{FFFD}")
    }
    return String(scalars)
  }

  private static func isSafe(_ scalar: Unicode.Scalar, after last: Unicode.Scalar?) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: false
    // Joiners belong into some scripts and into emoji; behind an ASCII letter they only hide.
    case .format: (scalar == "\u{200C}" || scalar == "\u{200D}") && !(last?.isASCII ?? true)
    default: true
    }
  }

  /// How many columns a text takes, without tabs in it.
  static func width(of text: String) -> Int {
    text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.reduce(0) { $0 + width(of: $1) }
  }

  private static func width(of character: Character) -> Int {
    // An emoji takes two columns, whatever is joined to it; U+FE0F asks for a sign's form as one.
    let scalars = character.unicodeScalars
    let isEmoji =
      scalars.first?.properties.isEmojiPresentation ?? false
      || scalars.first?.properties.isEmoji ?? false && scalars.contains("\u{FE0F}")
    return isEmoji ? 2 : scalars.reduce(0) { $0 + width(of: $1) }
  }

  private static func width(of scalar: Unicode.Scalar) -> Int {
    if scalar.isASCII { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    // The vowels and final consonants of Korean letters that are written one by one stand within the first.
    if 0x1160...0x11FF ~= scalar.value || 0xD7B0...0xD7FF ~= scalar.value { return 0 }
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  /// The letters of two columns: East Asian wide and fullwidth ones by block (Unicode Standard Annex 11), without emoji.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF, 0x4E00...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60,
    0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD,
  ]
}

/// A line of a source text as it is shown: tabs expanded, unsafe characters replaced and, when it is long, cut to a
/// part, with `…` where something is left out.
struct ShownLine {
  private(set) var text = ""
  private var cells: [Cell] = []
  /// The columns of the line that are shown: the others are left out.
  private var window = 0..<0
  private var lead = 0

  /// A character of the line and where it stands.
  private struct Cell {
    var offset: Int
    var column: Int
    var text: String
    var width: Int
  }

  private static let tabWidth = 4

  /// - Parameters:
  ///   - line: the bytes of the line.
  ///   - focus: bytes of it whose start is shown.
  ///   - columns: the most that are shown.
  init(_ line: Range<Int>, of source: SourceText, around focus: Range<Int>, columns: Int) {
    // Of a very long line only the surroundings are looked at.
    let reach = 4 * columns
    let start = source.scalarStart(max(line.lowerBound, focus.lowerBound - reach))
    let end = max(start, source.scalarStart(min(line.upperBound, focus.lowerBound + reach)))
    var column = 0
    var offset = start
    for character in source.text(start..<end) {
      let shown =
        character == "\t"
        ? String(repeating: " ", count: Self.tabWidth - column % Self.tabWidth)
        : TerminalText.printable(String(character))
      let width = TerminalText.width(of: shown)
      cells.append(Cell(offset: offset, column: column, text: shown, width: width))
      offset += character.utf8.count
      column += width
    }
    cells.append(Cell(offset: offset, column: column, text: "", width: 0))
    cut(from: start > line.lowerBound, to: end < line.upperBound, around: focus, columns)
  }

  private mutating func cut(from isCutBefore: Bool, to isCutAfter: Bool, around focus: Range<Int>, _ columns: Int) {
    let all = cells.last?.column ?? 0
    guard isCutBefore || isCutAfter || all > columns else {
      window = 0..<all
      text = cells.map(\.text).joined()
      return
    }
    let room = max(8, columns - 2)
    let first = max(0, min(cell(at: focus.lowerBound).column - room / 3, all - room))
    let shown = cells.filter { $0.column >= first && $0.column + $0.width <= first + room }
    let from = shown.first?.column ?? 0
    window = from..<(shown.last.map { $0.column + $0.width } ?? from)
    let hasMoreBefore = isCutBefore || from > 0
    let hasMoreAfter = isCutAfter || window.upperBound < all
    lead = hasMoreBefore ? 1 : 0
    text = (hasMoreBefore ? "…" : "") + shown.map(\.text).joined() + (hasMoreAfter ? "…" : "")
  }

  /// The cell that a byte lies in.
  private func cell(at offset: Int) -> Cell { cells.last { $0.offset <= offset } ?? cells[0] }

  /// Whether a byte of the line is shown.
  func shows(_ offset: Int) -> Bool {
    window.contains(cell(at: offset).column) || cell(at: offset).column == window.upperBound
  }

  /// The columns of what is shown that a stretch of the line takes, at least one.
  func columns(of range: Range<Int>) -> Range<Int> {
    let start = min(max(cell(at: range.lowerBound).column, window.lowerBound), window.upperBound)
    let end = cells.first { $0.offset >= range.upperBound }?.column ?? window.upperBound
    let shift = lead - window.lowerBound
    return start + shift..<max(start + 1, min(end, window.upperBound)) + shift
  }
}

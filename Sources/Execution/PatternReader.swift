internal import Artifacts

/// Finds a pattern in a line.
extension MetricPattern {
  /// The metrics of the first place in a line that the pattern describes; nil when there is none.
  ///
  /// Nothing that has been matched is given back, so the time is that of the line for each byte of the pattern.
  func values(in line: [UInt8]) -> [(name: String, value: Double)]? {
    for start in line.indices where mayBegin(at: start, of: line) {
      if let values = values(in: line, from: start) { return values }
    }
    return nil
  }

  /// A word or a number is not begun in its middle.
  private func mayBegin(at start: Int, of line: [UInt8]) -> Bool {
    switch pieces.first {
    case .text(let text): text.first == line[start]
    case .value: start == 0 || !(line[start - 1].isPartOfWord || line[start - 1] == UInt8(ascii: "."))
    case .blanks, nil: true
    }
  }

  private func values(in line: [UInt8], from start: Int) -> [(name: String, value: Double)]? {
    var position = start
    var values: [(name: String, value: Double)] = []
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .text(let text):
        guard line[position...].starts(with: text) else { return nil }
        position += text.count
      case .blanks:
        let end = line[position...].firstIndex { !$0.isBlank } ?? line.endIndex
        guard end > position else { return nil }
        position = end
      case .value(_, .word):
        var stop: [UInt8] = []
        if index + 1 < pieces.count, case .text(let text) = pieces[index + 1] { stop = text }
        let end = Self.endOfWord(in: line, from: position, before: stop)
        guard end > position else { return nil }
        position = end
      case .value(let name, let kind):
        let end = Self.endOfNumber(in: line, from: position, isWhole: kind == .int)
        guard let value = Double(String(decoding: line[position..<end], as: UTF8.self)) else { return nil }
        // Half a word is no number, unless the pattern goes on with the other half.
        if index + 1 == pieces.count, line[end...].beginsInWord { return nil }
        values.append((name, value))
        position = end
      }
    }
    return values
  }

  private static let longestWord = 256

  private static func endOfWord(in line: [UInt8], from start: Int, before stop: [UInt8]) -> Int {
    var end = start
    while end < line.endIndex, !line[end].isBlank, end - start < longestWord {
      if let first = stop.first, line[end] == first, line[end...].starts(with: stop) { break }
      end += 1
    }
    return end
  }

  private static func endOfNumber(in line: [UInt8], from start: Int, isWhole: Bool) -> Int {
    var end = start
    func digits() {
      while end < line.endIndex, line[end].isDigit { end += 1 }
    }
    func isNext(_ bytes: String) -> Bool { end < line.endIndex && bytes.utf8.contains(line[end]) }
    if isNext("+-") { end += 1 }
    guard !isWhole else {
      digits()
      return end
    }
    for name in ["infinity", "inf", "nan"] {
      if line[end...].prefix(name.utf8.count).map({ $0 | 0x20 }) == Array(name.utf8) { return end + name.utf8.count }
    }
    digits()
    if isNext(".") {
      end += 1
      digits()
    }
    let mantissa = end
    if isNext("eE") {
      end += 1
      if isNext("+-") { end += 1 }
      let exponent = end
      digits()
      if end == exponent { end = mantissa }
    }
    return end
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
  fileprivate var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

  fileprivate var isPartOfWord: Bool {
    isDigit || (self | 0x20) &- UInt8(ascii: "a") < 26 || self == UInt8(ascii: "_") || self >= 0x80
  }
}

extension ArraySlice<UInt8> {
  /// Whether it goes on with a word or the rest of a number; the full stop of a sentence is neither.
  fileprivate var beginsInWord: Bool {
    guard let first else { return false }
    return first.isPartOfWord || (first == UInt8(ascii: ".") && dropFirst().first?.isDigit ?? false)
  }
}

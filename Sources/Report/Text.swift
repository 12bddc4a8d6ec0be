internal import Artifacts

/// Numbers, lengths of time and tables, as people read them.
package enum Text {
  /// At most five significant digits, and all those before the point.
  package static func number(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : value.description }
    var exponent = 0
    var magnitude = abs(value)
    while magnitude < 10_000 {
      magnitude *= 10
      exponent += 1
    }
    // Scaled back by the reader of decimals: a division by a large power of ten would not be exact.
    let digits = magnitude < 1e15 ? Double("\(Int(magnitude.rounded()))e-\(exponent)") : nil
    let rounded = digits ?? abs(value)
    return (value < 0 ? "-" : "") + JSON.number(rounded).canonicalText
  }

  /// `850ms`, `1.9s`, `4m05s`, `2h10m`, `3d4h`.
  package static func duration(milliseconds: Int) -> String {
    let seconds = milliseconds / 1000
    switch milliseconds {
    case ..<1000: return "\(milliseconds)ms"
    case ..<60_000:
      let tenth = milliseconds % 1000 / 100
      return tenth == 0 ? "\(seconds)s" : "\(seconds).\(tenth)s"
    case ..<3_600_000: return "\(seconds / 60)m" + (seconds % 60 == 0 ? "" : padded(seconds % 60) + "s")
    case ..<86_400_000: return "\(seconds / 3600)h" + (seconds / 60 % 60 == 0 ? "" : padded(seconds / 60 % 60) + "m")
    default: return "\(seconds / 86_400)d" + (seconds / 3600 % 24 == 0 ? "" : "\(seconds / 3600 % 24)h")
    }
  }

  /// Without what nobody wants to know of something that is not known exactly.
  static func roughly(seconds: Double) -> String {
    let units: [(below: Double, unit: Double)] = [(1, 0.01), (10, 0.1), (600, 1), (36_000, 60), (.infinity, 3600)]
    let unit = units.first { seconds < $0.below }?.unit ?? 1
    return duration(milliseconds: Int(min((seconds / unit).rounded() * unit, 1e12) * 1000 + 0.5))
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// `1 trial`, `48 trials`, `1,000,000 trials`.
  package static func count(_ number: Int, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  package static func grouped(_ number: Int) -> String {
    var digits = String(number.magnitude)[...]
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits = digits.dropLast(3)
    }
    groups.insert(digits, at: 0)
    return (number < 0 ? "-" : "") + groups.joined(separator: ",")
  }

  package static func bytes(_ count: Int) -> String {
    let units = ["bytes", "KB", "MB", "GB", "TB"]
    var value = Double(count)
    var unit = 0
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    let shown = unit == 0 ? String(count) : number((value * 10).rounded() / 10)
    return "\(shown) \(units[unit])"
  }

  /// Columns padded to the width of their longest cell; the last is not padded.
  package static func table(_ rows: [[String]], indent: String) -> [String] {
    let widths = rows.reduce(into: [Int]()) { widths, row in
      for (column, cell) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.count)
      }
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
      }
      var line = indent + cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// What came from a trial or a file, safe to print: no control character reaches the terminal.
  package static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
  }
}

extension Failure {
  /// How a trial failed, in a few words.
  package var words: String {
    switch self {
    case .exit(let code): "exit code \(code)"
    case .signal(let number): "ended by signal \(number)"
    case .timeout: "it ran out of time"
    case .silence: "it printed nothing for too long"
    case .disk: "its files took up more room than they may"
    case .memory: "it needed more memory than it may have"
    case .metricMissing: "a metric was not reported"
    case .metricNotFinite: "a metric was not finite"
    }
  }
}

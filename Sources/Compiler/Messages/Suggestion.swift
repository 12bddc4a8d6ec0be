/// Names that were probably meant.
package enum Suggestion {
  /// The name that is the fewest edits away, if they are few; the first one of several.
  package static func closest(to name: String, among known: [String]) -> String? {
    let letters = letters(of: Lookalike.ascii(name) ?? name)
    var best: (name: String, distance: Int)?
    for candidate in known {
      let limit = best.map { $0.distance - 1 } ?? mostEdits(letters.count)
      guard limit >= 0 else { break }
      if let distance = distance(from: letters, to: candidate, atMost: limit) { best = (candidate, distance) }
    }
    return best?.name
  }

  /// The name that is certainly meant: the only one that is at most one edit away, and is not there already.
  static func certain(_ name: String, among known: [String], besides present: some Sequence<String> = []) -> String? {
    let letters = letters(of: Lookalike.ascii(name) ?? name)
    guard letters.count >= 3 else { return nil }
    let near = known.filter { distance(from: letters, to: $0, atMost: 1) != nil }
    guard near.count == 1, let meant = near.first, !present.contains(meant) else { return nil }
    return meant
  }

  /// Quoted, with commas and an "and"; of many, the first ones and how many more there are.
  static func list(_ names: [String], word: String = "and") -> String {
    let quoted = names.prefix(mostListed).map { "`\($0)`" }
    if names.count > mostListed { return quoted.joined(separator: ", ") + " and \(names.count - mostListed) more" }
    guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " \(word) " + last
  }

  private static let mostListed = 24

  /// Beyond a third of the letters, another word was meant.
  private static func mostEdits(_ letters: Int) -> Int { letters < 2 ? 0 : min(3, max(1, letters / 3)) }

  /// Without regard to case.
  private static func letters(of name: String) -> [Unicode.Scalar] {
    name.unicodeScalars.map { scalar in
      if scalar.isASCII {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= UInt8(scalar.value)
          ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar
      } else {
        scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
      }
    }
  }

  /// Insertions, deletions, replacements and swaps of neighbours (Damerau, 1964), restricted to one edit per place; nil
  /// when there are more than `limit`, or when nothing of the name would be left.
  private static func distance(from letters: [Unicode.Scalar], to name: String, atMost limit: Int) -> Int? {
    // A scalar takes one to four bytes.
    let size = name.utf8.count
    guard size >= letters.count - limit, size <= 4 * (letters.count + limit) else { return nil }
    let others = Self.letters(of: name)
    guard abs(letters.count - others.count) <= limit else { return nil }
    // What both begin or end with takes no edit.
    var (a, b) = (letters[...], others[...])
    while let x = a.first, x == b.first { (a, b) = (a.dropFirst(), b.dropFirst()) }
    while let x = a.last, x == b.last { (a, b) = (a.dropLast(), b.dropLast()) }
    guard let distance = distance(Array(a), Array(b), atMost: limit) else { return nil }
    return distance < max(1, others.count) ? distance : nil
  }

  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], atMost limit: Int) -> Int? {
    var (before, last) = ([Int](), Array(0...b.count))
    for i in a.indices {
      var row = [Int](repeating: limit + 1, count: b.count + 1)
      row[0] = i + 1
      // What lies farther from the diagonal has taken more edits already.
      let start = max(0, i - limit)
      for j in start..<max(start, min(b.count, i + limit + 1)) {
        row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], before[j - 1] + 1) }
      }
      guard row.contains(where: { $0 <= limit }) else { return nil }
      (before, last) = (last, row)
    }
    return last[b.count] <= limit ? last[b.count] : nil
  }
}

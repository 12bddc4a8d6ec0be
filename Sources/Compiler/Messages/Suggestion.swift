/// Names that were probably meant.
enum Suggestion {
  /// The name that is the fewest edits away, if they are few; the first one of several.
  static func closest(to name: String, among known: [String]) -> String? {
    let letters = Array((Lookalike.ascii(name) ?? name).lowercased().unicodeScalars)
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
    let letters = Array(name.lowercased().unicodeScalars)
    guard letters.count >= 3 else { return nil }
    let near = known.filter { distance(from: letters, to: $0, atMost: 1) != nil }
    guard near.count == 1, let meant = near.first, !present.contains(meant) else { return nil }
    return meant
  }

  /// Quoted, with commas and an "and"; of many, the first ones and how many more there are.
  static func list(_ names: [String]) -> String {
    let quoted = names.prefix(mostListed).map { "`\($0)`" }
    if names.count > mostListed { return quoted.joined(separator: ", ") + " and \(names.count - mostListed) more" }
    guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " and " + last
  }

  private static let mostListed = 24

  /// Beyond a third of the letters, another word was meant.
  private static func mostEdits(_ letters: Int) -> Int { letters < 2 ? 0 : min(3, max(1, letters / 3)) }

  /// Insertions, deletions, replacements and swaps of neighbours (Damerau, 1964), restricted to one edit per place, and
  /// without regard to case; nil when there are more than `limit`, or when nothing of the name would be left.
  private static func distance(from a: [Unicode.Scalar], to name: String, atMost limit: Int) -> Int? {
    let size = name.utf8.count
    // A scalar takes one to four bytes.
    guard size >= a.count - limit, size <= 4 * (a.count + limit) else { return nil }
    let b = Array(name.lowercased().unicodeScalars)
    guard abs(a.count - b.count) <= limit else { return nil }
    var (before, last) = ([Int](), Array(0...b.count))
    for i in a.indices {
      var row = [Int](repeating: limit + 1, count: b.count + 1)
      row[0] = i + 1
      // What lies farther from the diagonal has taken more edits already.
      for j in max(0, i - limit)..<max(max(0, i - limit), min(b.count, i + limit + 1)) {
        row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], before[j - 1] + 1) }
      }
      guard row.contains(where: { $0 <= limit }) else { return nil }
      (before, last) = (last, row)
    }
    return last[b.count] <= limit && last[b.count] < max(1, b.count) ? last[b.count] : nil
  }
}

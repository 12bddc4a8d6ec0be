/// Names that were probably meant.
enum Suggestion {
  /// The name that is the fewest edits away, if they are few.
  static func closest(to name: String, among known: [String]) -> String? {
    let limit = max(1, name.count / 3)
    let letters = Array((Lookalike.ascii(name) ?? name).lowercased())
    let near = known.filter { abs($0.count - letters.count) <= limit }
    let distances = near.map { (name: $0, distance: distance(letters, Array($0.lowercased()))) }
    return distances.filter { $0.distance <= limit }.min { $0.distance < $1.distance }?.name
  }

  static func list(_ names: [String]) -> String {
    let quoted = names.map { "`\($0)`" }
    guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " and " + last
  }

  /// Insertions, deletions, replacements and swaps of neighbours (Damerau, 1964), restricted to one edit per place.
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}

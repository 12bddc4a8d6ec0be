internal import Artifacts

/// The patterns of one `.gitignore` file (gitignore(5)), read without running git: an experiment from a stranger must
/// not be able to run anything by being planned.
struct IgnoreRules {
  private struct Rule {
    var pattern: [UInt8]
    var isNegated: Bool
    var isForFolders: Bool
    /// Whether it is matched against the whole path below the rules' folder, and not against the name alone.
    var isAnchored: Bool
  }

  private let folder: String
  private let rules: [Rule]

  /// Nil when there is no such file.
  init?(folder: String, file: String) {
    guard let bytes = try? File.read(Path.join(folder, file)) else { return nil }
    self.folder = folder
    rules = bytes.split(separator: UInt8(ascii: "\n")).compactMap { Self.rule(Array($0)) }
  }

  /// Nothing is ignored: marks a listing that obeys the rules it meets further down.
  private init(folder: String) {
    self.folder = folder
    rules = []
  }

  /// The rules of the folders above, up to the one that holds `.git`.
  static func above(_ folder: String) -> [IgnoreRules] {
    var found = [IgnoreRules(folder: folder)]
    guard var current = Path.resolved(folder) else { return found }
    while File.kind(of: Path.join(current, ".git")) == nil {
      let parent = Path.folder(of: current)
      guard parent != current else { return found }
      current = parent
      if let rules = IgnoreRules(folder: current, file: ".gitignore") { found.insert(rules, at: 0) }
    }
    if let rules = IgnoreRules(folder: current, file: ".git/info/exclude") { found.insert(rules, at: 0) }
    return found
  }

  /// Whether the last rule that matches, of the innermost folder that has one, ignores the path.
  static func ignore(_ path: String, isFolder: Bool, by rules: [IgnoreRules]) -> Bool {
    for set in rules.reversed() {
      if let decision = set.decide(path, isFolder: isFolder) { return decision }
    }
    return false
  }

  private func decide(_ path: String, isFolder: Bool) -> Bool? {
    guard !rules.isEmpty else { return nil }
    let whole =
      path.hasPrefix("/")
      ? path : (Path.resolved(Path.folder(of: path)).map { Path.join($0, Path.name(of: path)) } ?? path)
    let base = Path.resolved(folder) ?? folder
    let relative = Array(Path.relative(whole, to: base).utf8)
    let name = Array(Path.name(of: path).utf8)
    for rule in rules.reversed() where !rule.isForFolders || isFolder {
      var match = PatternMatch()
      if match.matches(rule.pattern[...], rule.isAnchored ? relative[...] : name[...]) { return !rule.isNegated }
    }
    return nil
  }

  private static func rule(_ line: [UInt8]) -> Rule? {
    var pattern = line
    if pattern.last == UInt8(ascii: "\r") { pattern.removeLast() }
    // A space at the end counts when a backslash stands before it.
    while pattern.last == UInt8(ascii: " "), pattern.dropLast().last != UInt8(ascii: "\\") { pattern.removeLast() }
    guard let first = pattern.first, first != UInt8(ascii: "#") else { return nil }
    let isNegated = first == UInt8(ascii: "!")
    if isNegated { pattern.removeFirst() }
    let isForFolders = pattern.last == UInt8(ascii: "/")
    if isForFolders { pattern.removeLast() }
    let isAnchored = pattern.contains(UInt8(ascii: "/"))
    if pattern.first == UInt8(ascii: "/") { pattern.removeFirst() }
    guard !pattern.isEmpty else { return nil }
    return Rule(pattern: pattern, isNegated: isNegated, isForFolders: isForFolders, isAnchored: isAnchored)
  }
}

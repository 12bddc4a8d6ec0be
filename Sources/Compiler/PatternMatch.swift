/// Matches a path against a pattern of gitignore(5): `*` and `?` within a component, `**` across components, `[a-z]` and
/// `[!a-z]`, `\` before a plain character.
///
/// A pair of places from which there was no match is not tried again, so the time is at most the product of the lengths
/// for each star: a pattern cannot be made to take for ever.
struct PatternMatch {
  private struct State: Hashable {
    var pattern: Int
    var text: Int
  }

  private var failed = Set<State>()

  mutating func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    let state = State(pattern: pattern.startIndex, text: text.startIndex)
    if failed.contains(state) { return false }
    let isMatch = step(pattern, text)
    if !isMatch { failed.insert(state) }
    return isMatch
  }

  private mutating func step(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = pattern.dropFirst()
    switch first {
    case UInt8(ascii: "*") where rest.first == UInt8(ascii: "*"):
      let after = rest.dropFirst()
      // `**/` stands for whole folders, and also for none at all.
      if after.first == UInt8(ascii: "/") {
        if matches(after.dropFirst(), text) { return true }
        guard let slash = text.firstIndex(of: UInt8(ascii: "/")) else { return false }
        return matches(pattern, text[(slash + 1)...])
      }
      return text.isEmpty ? matches(after, text) : matches(after, text) || matches(pattern, text.dropFirst())
    case UInt8(ascii: "*"):
      var text = text
      while true {
        if matches(rest, text) { return true }
        guard let byte = text.first, byte != UInt8(ascii: "/") else { return false }
        text = text.dropFirst()
      }
    case UInt8(ascii: "["):
      guard let byte = text.first, byte != UInt8(ascii: "/"), let (set, after) = Self.set(rest) else { return false }
      return set(byte) && matches(after, text.dropFirst())
    case UInt8(ascii: "?"):
      return text.first.map { $0 != UInt8(ascii: "/") } ?? false && matches(rest, text.dropFirst())
    case UInt8(ascii: "\\") where !rest.isEmpty:
      return text.first == rest.first && matches(rest.dropFirst(), text.dropFirst())
    default:
      return text.first == first && matches(rest, text.dropFirst())
    }
  }

  /// The set that begins behind `[`, and the pattern behind its `]`; nil when it has no end.
  private static func set(_ pattern: ArraySlice<UInt8>) -> ((UInt8) -> Bool, ArraySlice<UInt8>)? {
    var rest = pattern
    let isNegated = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
    if isNegated { rest = rest.dropFirst() }
    var ranges: [ClosedRange<UInt8>] = []
    while let low = rest.first, low != UInt8(ascii: "]") || ranges.isEmpty {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "-"), let high = rest.dropFirst().first, high != UInt8(ascii: "]"), low <= high {
        ranges.append(low...high)
        rest = rest.dropFirst(2)
      } else {
        ranges.append(low...low)
      }
    }
    guard rest.first == UInt8(ascii: "]") else { return nil }
    return ({ byte in ranges.contains { $0.contains(byte) } != isNegated }, rest.dropFirst())
  }
}

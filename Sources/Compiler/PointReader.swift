internal import Artifacts
internal import Search

/// Reads the points that a file lists.
///
/// Of many points most name the same parameters in the same order, so each entry is first compared with the one that
/// stood in its place in the point before.
struct PointReader {
  private let space: Space
  private var names: [String] = []
  /// The parameters with each of those names, as indices.
  private var indices: [[Int]] = []
  /// Which entry of the point names each parameter: its place, or -1.
  private var places: [Int]

  init(of space: Space) {
    self.space = space
    places = [Int](repeating: -1, count: space.parameters.count)
  }

  /// A point; nil, with a diagnostic, when it is none of the space.
  mutating func point(_ located: Located<[SyntaxNode.Entry]>, _ diagnostics: inout Diagnostics) -> Point? {
    let entries = located.value
    let areKnown = findParameters(of: entries, &diagnostics)
    var missing: [String] = []
    var point = Point([Value?](repeating: nil, count: space.parameters.count))
    for index in space.order where space.isActive(space.parameters[index], in: point) {
      let parameter = space.parameters[index]
      if places[index] >= 0 {
        let value = entries[places[index]].value
        point.values[index] = diagnostics.pointValue(value, of: parameter.name, in: parameter.domain)
        // What depends on a value that is wrong is not known.
        if point.values[index] == nil { return nil }
      } else if case .constant(let value) = parameter.domain {
        point.values[index] = value
      } else if let value = parameter.defaultValue {
        point.values[index] = value
      } else {
        missing.append(parameter.name)
      }
    }
    // A misspelt name and a missing one are one mistake.
    if !missing.isEmpty, areKnown { diagnostics.report(.pointLacks(missing), at: located.span) }
    guard areKnown, missing.isEmpty else { return nil }
    var isGood = true
    for (place, entry) in entries.enumerated() where !indices[place].contains(where: { point.values[$0] != nil }) {
      let conditions = indices[place].compactMap { space.parameters[$0].condition?.description }
      diagnostics.report(
        .valueOfInactive(entry.key.value, conditions.joined(separator: " or ")), at: entry.key.span)
      isGood = false
    }
    return isGood ? point : nil
  }

  /// Finds the parameters that the entries name. False, with a diagnostic for each, when there are names of none.
  private mutating func findParameters(of entries: [SyntaxNode.Entry], _ diagnostics: inout Diagnostics) -> Bool {
    var areKnown = true
    for index in places.indices { places[index] = -1 }
    for (place, entry) in entries.enumerated() {
      let name = entry.key.value
      if place == names.count {
        names.append(name)
        indices.append(space.indices(of: name))
      } else if names[place] != name {
        names[place] = name
        indices[place] = space.indices(of: name)
      }
      for index in indices[place] { places[index] = place }
      guard indices[place].isEmpty else { continue }
      let known = space.parameters.map(\.name)
      diagnostics.report(
        .unknownParameter(name, known: known), at: entry.key.span,
        fix: .spelling(of: name, at: entry.key.span, among: known, besides: entries.map(\.key.value)))
      areKnown = false
    }
    return areKnown
  }
}

extension Diagnostics {
  fileprivate mutating func pointValue(_ node: SyntaxNode, of name: String, in domain: Domain) -> Value? {
    let value: Value? =
      switch domain {
      case .float: float(node, "`\(name)`").map { .float($0.value) }
      case .int: int(node, "`\(name)`", in: IntRange.bounds).map { .int($0.value) }
      case .choice, .constant: value(node, "`\(name)`")
      }
    guard let value else { return nil }
    if domain.contains(value) { return value }
    report(.pointOutside(name, value: value.text(in: domain), domain), at: node)
    return nil
  }
}

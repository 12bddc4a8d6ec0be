package import Search

/// What became of a parameter between two plans.
package struct ParameterChange: Hashable, Sendable {
  /// The parameter's name; where several have it, with the condition of this one.
  package var name: String
  /// Nil when it was added.
  package var before: Parameter?
  /// Nil when it was removed.
  package var after: Parameter?
  /// Not empty.
  package var aspects: [Aspect]
  /// Where the values changed and can be measured.
  package var overlap: DomainOverlap?

  package enum Aspect: String, Hashable, Sendable, CaseIterable {
    case added
    case removed
    /// It is of another type: a range, a choice, a constant.
    case kind
    case wider
    case narrower
    case moved
    case value
    case scale
    case step
    /// The values of a choice stand in another order.
    case order
    case ordered
    case `default`
    case prior
    case condition
  }

  /// The parameters that differ, sorted by name.
  package static func between(_ before: PlanDocument, _ after: PlanDocument) -> [ParameterChange] {
    let several = PlanEdit.severalNames(before).union(PlanEdit.severalNames(after))
    func byKey(_ document: PlanDocument) -> [String: Parameter] {
      let parameters = document.plan.search.space.parameters.map { parameter in
        guard several.contains(parameter.name), let condition = parameter.condition else {
          return (parameter.name, parameter)
        }
        return (PlanEdit.key(parameter.name, condition.json), parameter)
      }
      return Dictionary(parameters) { first, _ in first }
    }
    let (old, new) = (byKey(before), byKey(after))
    return Set(old.keys).union(new.keys).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .compactMap { ParameterChange(name: $0, old[$0], new[$0]) }
  }

  private init?(name: String, _ before: Parameter?, _ after: Parameter?) {
    guard before != after else { return nil }
    self.name = name
    self.before = before
    self.after = after
    aspects = []
    guard let before, let after else {
      aspects = [before == nil ? .added : .removed]
      return
    }
    compareDomains(before, after)
    if before.isOrdered != after.isOrdered { aspects.append(.ordered) }
    if before.defaultValue != after.defaultValue { aspects.append(.default) }
    if before.prior != after.prior { aspects.append(.prior) }
    if before.condition != after.condition { aspects.append(.condition) }
  }

  private mutating func compareDomains(_ before: Parameter, _ after: Parameter) {
    let (old, new) = (before.domain, after.domain)
    guard old != new else { return }
    if case .constant = old, case .constant = new {
      aspects.append(.value)
      return
    }
    if old.kind != new.kind { aspects.append(.kind) }
    overlap = DomainOverlap(old, new)
    switch overlap?.relation {
    case .wider: aspects.append(.wider)
    case .narrower: aspects.append(.narrower)
    case .moved: aspects.append(.moved)
    case .equal where old.kind == "choice" && new.kind == "choice": aspects.append(.order)
    case .equal, nil: break
    }
    switch (old, new) {
    case (.float(let a), .float(let b)):
      if a.scale != b.scale { aspects.append(.scale) }
      if a.step != b.step { aspects.append(.step) }
    case (.int(let a), .int(let b)):
      if a.scale != b.scale { aspects.append(.scale) }
      if a.step != b.step { aspects.append(.step) }
    default: break
    }
    if overlap == nil, case .float(let a) = old, case .float(let b) = new { aspects.append(Self.relation(a, b)) }
  }

  /// Of a continuous range and one of steps, which have no common measure.
  private static func relation(_ before: FloatRange, _ after: FloatRange) -> Aspect {
    if after.step == nil, after.lower <= before.lower, before.upper <= after.upper { return .wider }
    if before.step == nil, before.lower <= after.lower, after.upper <= before.upper { return .narrower }
    return .moved
  }

  /// Whether the change can move where the search looks, and not only how it is weighted.
  package var isOfValues: Bool {
    aspects.contains { [.added, .removed, .kind, .wider, .narrower, .moved, .value].contains($0) }
  }

  var json: JSON {
    .object([
      "name": .string(name), "before": before?.json, "after": after?.json,
      "aspects": .array(aspects.map { .string($0.rawValue) }),
      "overlap": overlap.map { .number($0.shared) }, "volumeRatio": overlap.map { .number($0.ratio) },
      "valuesAdded": overlap?.added.map(JSON.int), "valuesDropped": overlap?.dropped.map(JSON.int),
    ])
  }
}

extension Domain {
  /// As experiments name it.
  package var kind: String {
    switch self {
    case .float: "float"
    case .int: "int"
    case .choice: "choice"
    case .constant: "constant"
    }
  }
}

/// What a space demands of its points, with the names resolved once, for checking very many of them.
struct Rules: Sendable {
  private let conditions: [Evaluation?]
  private let constraints: [Evaluation]

  init(of space: Space) {
    conditions = space.parameters.map { $0.condition.map { Evaluation($0, in: space) } }
    constraints = space.constraints.map { Evaluation($0, in: space) }
  }

  /// Whether a parameter has a value, when those are known that its condition needs.
  func isActive(_ parameter: Int, in values: [Value?]) -> Bool {
    conditions[parameter].map { $0.holds(values) == true } ?? true
  }

  /// Whether no constraint fails.
  func allow(_ values: [Value?]) -> Bool { constraints.allSatisfy { $0.holds(values) != false } }
}

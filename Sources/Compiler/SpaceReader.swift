internal import Artifacts
internal import Search

/// Puts the search space together: declarations in the plan's order, their conditions, the constraints.
///
/// What can never happen is found with the values that show it: exactly where few values are involved, and otherwise
/// by interval arithmetic, which never calls impossible what is possible.
struct SpaceReader {
  /// Sorted by name, so that the order of the keys in the file means nothing.
  private(set) var declarations: [Experiment.ParameterDeclaration]
  private(set) var space: Space
  /// Over metrics, and perhaps parameters: known when a trial is over.
  private(set) var outcomeConstraints: [Located<Expression>] = []
  /// Over parameters alone.
  private var constraints: [Located<Expression>] = []
  /// Whether all could be read, so that what is missing can be told.
  private(set) var isComplete: Bool
  private(set) var diagnostics: Diagnostics

  private let metrics: [String]
  /// The fidelity's name.
  private let fidelity: String?
  private let unreadNames: Set<String>?

  init(_ experiment: Experiment, _ diagnostics: Diagnostics) {
    declarations = experiment.parameters.sorted { $0.sortingKey.lexicographicallyPrecedes($1.sortingKey) }
    space = Space(declarations.map(\.parameter))
    isComplete = experiment.parametersAreComplete
    metrics = experiment.objectives.map(\.metric.value)
    fidelity = experiment.fidelity?.fidelity.name
    unreadNames = experiment.unreadNames
    self.diagnostics = diagnostics
    checkNames()
    readConditions()
    guard isComplete else {
      // What names a parameter that could not be read is passed over.
      if unreadNames != nil, !space.order.isEmpty { readConstraints(experiment.constraints) }
      return
    }
    checkReachability()
    readConstraints(experiment.constraints)
    if isComplete { checkConstraints(experiment.search?.strategy.value) }
  }

  // MARK: - Names

  private mutating func checkNames() {
    var twice = Set<String>()
    for (index, declaration) in declarations.enumerated() where index > 0 {
      // Sorted: those of one name stand together, and what nests right behind what it nests in, but for names between.
      for other in declarations[..<index].reversed().prefix(while: { $0.name.value == declaration.name.value })
      where !declaration.excludes(other) && twice.insert(declaration.name.value).inserted {
        let pair = [other, declaration].sorted { $0.name.span.range.lowerBound < $1.name.span.range.lowerBound }
        diagnostics.report(
          .declaredTwice(declaration.name.value), at: pair[1].name.span,
          related: [Related(pair[0].name.span, "it is declared here first")])
        isComplete = false
      }
    }
    guard declarations.contains(where: { $0.name.value.utf8.contains(UInt8(ascii: ".")) }) else { return }
    let names = Dictionary(declarations.map { ($0.name.value, $0.name.span) }) { first, _ in first }
    for declaration in declarations where declaration.name.value.contains(".") {
      let parts = declaration.name.value.split(separator: ".")
      for count in 1..<parts.count {
        let outer = parts.prefix(count).joined(separator: ".")
        guard let span = names[outer] else { continue }
        diagnostics.report(
          .nameWithin(declaration.name.value, outer), at: declaration.name.span,
          related: [Related(span, "it is declared here")])
        isComplete = false
      }
    }
  }

  // MARK: - Conditions

  private mutating func readConditions() {
    guard declarations.contains(where: { $0.when != nil || !$0.labels.isEmpty }) else { return }
    var parameters = space.parameters
    let names = Set(declarations.map(\.name.value))
    let counts = Dictionary(declarations.map { ($0.name.value, 1) }, uniquingKeysWith: +)
    for (index, declaration) in declarations.enumerated() {
      var condition = Self.condition(of: declaration.labels, counts)
      if let when = declaration.when {
        // What could not be read may be what an unknown name means.
        let unread = unreadNames
        var reader = ExpressionReader(space, known: names.sorted(), diagnostics) { name in
          names.contains(name) || (unread?.contains(name) ?? true) ? .parameter : .unknown
        }
        let own = reader.condition(when)
        diagnostics = reader.diagnostics
        guard let own else {
          self.isComplete = false
          continue
        }
        refuseFidelity(in: own, at: when.span)
        condition = condition.map { .and($0, own) } ?? own
      }
      parameters[index].condition = condition
    }
    space = Space(parameters)
    if space.order.isEmpty, !parameters.isEmpty { reportCycle() }
  }

  /// What stands for a point at all rungs cannot depend on how far it has come.
  private mutating func refuseFidelity(in expression: Expression, at span: Span) {
    guard let fidelity, expression.names.contains(fidelity) else { return }
    diagnostics.report(.dependsOnFidelity(fidelity), at: span)
    isComplete = false
  }

  /// That the innermost label is chosen, which can only be where its choice is active. A choice of several declarations
  /// does not say which of them that is: then the label around it must be chosen too.
  private static func condition(of labels: [Experiment.Label], _ declarations: [String: Int]) -> Expression? {
    let first = labels.lastIndex { declarations[$0.choice] == 1 } ?? 0
    return labels[first...].reduce(nil) { condition, label in
      let chosen = Expression.compare(.equal, .name(label.choice), .constant(label.value))
      return condition.map { .and($0, chosen) } ?? chosen
    }
  }

  private mutating func reportCycle() {
    isComplete = false
    for declaration in declarations where declaration.when != nil {
      guard let cycle = cycle(from: declaration.name.value) else { continue }
      diagnostics.report(.conditionCycle(cycle), at: declaration.when?.span ?? declaration.span)
      return
    }
  }

  /// The shortest way from a name back to it over conditions.
  private func cycle(from start: String) -> [String]? {
    var ways = [[start]]
    var seen = Set<String>()
    while !ways.isEmpty {
      let way = ways.removeFirst()
      let needed = space.indices(of: way[way.count - 1]).flatMap { space.parameters[$0].condition?.names ?? [] }
      for name in needed {
        if name == start { return way + [start] }
        if seen.insert(name).inserted { ways.append(way + [name]) }
      }
    }
    return nil
  }

  private mutating func checkReachability() {
    for (index, declaration) in declarations.enumerated() {
      guard let when = declaration.when, let condition = space.parameters[index].condition else { continue }
      let truths = space.truths(of: condition)
      if !truths.canHold {
        diagnostics.report(.unreachable(declaration.name.value, ranges(of: condition)), at: when.span)
        isComplete = false
      } else if !truths.canFail, !truths.canBeUnknown {
        diagnostics.report(.alwaysActive(ranges(of: condition)), at: when.span)
      }
    }
  }

  /// The values that the names of an expression can have, in words.
  private func ranges(of expression: Expression) -> String {
    let names = expression.names.map { name in
      let domains = space.indices(of: name).map { space.parameters[$0].domain.description }
      return "`\(name)` is in \(domains.joined(separator: " or "))"
    }
    return names.isEmpty ? "it names no parameter" : names.joined(separator: ", ")
  }

  // MARK: - Constraints

  private mutating func readConstraints(_ parsed: [ParsedExpression]) {
    for constraint in parsed {
      let (space, metrics, unread) = (space, metrics, unreadNames ?? [])
      let names = Set(declarations.map(\.name.value)).sorted()
      var reader = ExpressionReader(space, known: names + metrics, diagnostics) { name in
        if !space.indices(of: name).isEmpty || unread.contains(name) { return .parameter }
        if metrics.contains(name) { return .metric }
        // A name that is nearly a known one is most likely that, misspelt; another is a metric beside the objective's.
        return Suggestion.closest(to: name, among: names + metrics) == nil ? .metric : .unknown
      }
      let expression = reader.condition(constraint)
      diagnostics = reader.diagnostics
      guard let expression else {
        isComplete = false
        continue
      }
      if expression.names.allSatisfy({ !space.indices(of: $0).isEmpty }) {
        refuseFidelity(in: expression, at: constraint.span)
        constraints.append(Located(expression, at: constraint.span))
      } else {
        outcomeConstraints.append(Located(expression, at: constraint.span))
      }
    }
    for constraint in constraints {
      let truths = space.truths(of: constraint.value)
      if !truths.canHold {
        diagnostics.report(.neverAllowed(sides(of: constraint.value)), at: constraint.span)
        isComplete = false
      } else if !truths.canFail {
        diagnostics.report(.alwaysAllowed(sides(of: constraint.value)), at: constraint.span)
      }
    }
    if isComplete, !constraints.isEmpty { space = Space(space.parameters, constraints: constraints.map(\.value)) }
  }

  /// What the sides of a comparison can be, in words; what the names can be for anything else.
  private func sides(of expression: Expression) -> String {
    guard case .compare(_, let left, let right) = expression else { return ranges(of: expression) }
    let words = [left, right].compactMap { side -> String? in
      if case .constant = side { return nil }
      guard let numbers = side.extent(space.extent).numbers else { return ranges(of: side) }
      func text(_ number: Double) -> String { number.isFinite ? JSON.number(number).canonicalText : "\(number)" }
      return "`\(side)` lies between \(text(numbers.lowerBound)) and \(text(numbers.upperBound))"
    }
    return words.isEmpty ? "it names no parameter" : words.joined(separator: ", ")
  }

  private static let draws = 10_000

  private mutating func checkConstraints(_ strategy: Experiment.StrategyName?) {
    guard !constraints.isEmpty, !hasPoints(for: strategy) else { return checkDefaults() }
    // The one that fewest points keep is most likely the one to look at; the others have a part in it.
    let shares = constraints.prefix(8).map {
      Space(space.parameters, constraints: [$0.value]).allowed(of: Self.draws, enough: Self.draws)
    }
    let strictest = shares.indices.min { shares[$0] < shares[$1] } ?? 0
    let others = constraints.indices.filter { $0 != strictest }.prefix(4).map {
      Related(constraints[$0].span, "and this as well")
    }
    let message: Message = strategy == .grid ? .nothingAllowed : .nothingAllowedFound(draws: Self.draws)
    diagnostics.report(message, at: constraints[strictest].span, related: Array(others))
    isComplete = false
  }

  /// Whether a strategy finds points that keep the constraints; few of them are warned of.
  private mutating func hasPoints(for strategy: Experiment.StrategyName?) -> Bool {
    switch strategy {
    case .grid?:
      if case .exactly(0) = space.size() { return false }
    case .list?, nil: break
    case _?:
      let share = space.allowed(of: Self.draws, enough: Self.draws / 100)
      guard share > 0 else { return false }
      if share * 100 < Self.draws { diagnostics.report(.fewAllowed(share, of: Self.draws), at: constraints[0].span) }
    }
    return true
  }

  private mutating func checkDefaults() {
    guard let point = space.defaultPoint, let constraint = space.broken(by: point),
      let place = constraints.first(where: { $0.value == constraint })?.span
    else { return }
    let values = constraint.names.compactMap { name in
      space.value(of: name, in: point).map { "`\(name)` is \($0.literal)" }
    }
    diagnostics.report(.defaultsNotAllowed("\(constraint)", values.joined(separator: ", ")), at: place)
  }
}

extension Experiment.ParameterDeclaration {
  /// By name, and then by the labels that it stands under.
  fileprivate var sortingKey: [UInt8] {
    Array(name.value.utf8) + [0] + labels.flatMap { Array("\($0.choice)=\($0.value.literal)".utf8) + [0] }
  }

  /// Whether at most one of the two can be active: they stand under different labels of one choice.
  fileprivate func excludes(_ other: Experiment.ParameterDeclaration) -> Bool {
    labels.contains { label in other.labels.contains { $0.choice == label.choice && $0.value != label.value } }
  }
}

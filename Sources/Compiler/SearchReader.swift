internal import Search

/// Reads `search`.
extension ExperimentReader {
  mutating func readSearch(_ node: SyntaxNode) -> Experiment.SearchDeclaration? {
    let known = [
      "strategy", "seed", "lanes", "points", "initial", "phases", "reuse", "proposals", "brackets", "population",
    ]
    guard
      let section = Section(
        node, named: "`search`", known: known, later: ["order", "options"], elsewhere: misplaced, &diagnostics)
    else { return nil }
    var search = Experiment.SearchDeclaration.automatic(at: section.span.start)
    search.seed = UInt64(section["seed"].flatMap { diagnostics.int($0, "`seed`", in: 0...(1 << 53 - 1)) }?.value ?? 0)
    search.lanes = section["lanes"].flatMap { diagnostics.int($0, "`lanes`", in: 1...8192) }
    if let node = section["reuse"], readReuse(node) { search.reuse = section.span(of: "reuse") }
    search.proposals = section["proposals"].flatMap { readProposals($0) }
    search.brackets = section["brackets"].flatMap { diagnostics.int($0, "`brackets`", in: 1...Fidelity.mostBrackets) }
    if let node = section["population"] {
      search.population = diagnostics.int(node, "`population`", in: StrategyChoice.populations)
      guard search.population != nil else { return nil }
    }
    search.points = section["points"].map { readPoints($0, "`points`") }
    search.initial = section["initial"].map { Located(readPoints($0, "`initial`"), at: section.span(of: "initial")) }
    if let node = section["phases"] {
      search.phases = readPhases(node).map { Located($0, at: section.span(of: "phases")) }
      if section.has("strategy") {
        diagnostics.report(.strategyBesidePhases, at: section.span(of: "strategy"))
      } else if search.phases == nil {
        return nil
      }
    }
    if let node = section["strategy"] {
      guard let strategy = readStrategy(node) else { return nil }
      search.strategy = strategy
    } else if search.phases == nil, section.has("strategy") {
      return nil
    }
    check(search, section)
    return search
  }

  /// Whether it says that observations are reused: the only thing there is to say.
  private mutating func readReuse(_ node: SyntaxNode) -> Bool {
    guard let text = diagnostics.text(node, "`reuse`") else { return false }
    if text.value == "observations" { return true }
    diagnostics.report(
      .unknownReuse(text.value), at: node,
      fix: .spelling(of: text.value, at: node.span, among: ["observations"]))
    return false
  }

  private mutating func readProposals(_ node: SyntaxNode) -> Located<RungProposals>? {
    guard let text = diagnostics.text(node, "`proposals`") else { return nil }
    if let proposals = RungProposals(rawValue: text.value) { return Located(proposals, at: node.span) }
    let known = RungProposals.allCases.map(\.rawValue)
    diagnostics.report(
      .unknownProposals(text.value, known: known), at: node,
      fix: .spelling(of: text.value, at: node.span, among: known))
    return nil
  }

  private mutating func check(_ search: Experiment.SearchDeclaration, _ section: Section) {
    let name = search.phases == nil ? search.strategy.value.rawValue : "phases"
    if section.has("proposals"), !search.strategy.value.goesOverRungs || search.strategy.value == .bohb {
      diagnostics.report(.proposalsWithoutRungs(name), at: section.span(of: "proposals"))
    }
    if section.has("brackets"), search.phases != nil || search.strategy.value.rungScheme != .hyperband {
      diagnostics.report(.bracketsWithoutHyperband(name), at: section.span(of: "brackets"))
    }
    if section.has("population"), name != "pbt" {
      diagnostics.report(.populationWithoutMembers(name), at: section.span(of: "population"))
    }
    if let node = section["points"] {
      if search.strategy.value != .list || search.phases != nil {
        diagnostics.report(.pointsWithoutList(name), at: node)
      } else if case .sequence(let points) = node.content, points.isEmpty {
        diagnostics.report(.pointsMissing, at: node)
      }
    }
    if let initial = search.initial, !search.strategy.value.isEndless, search.phases == nil {
      diagnostics.report(.initialWithoutDraws(name), at: initial.span)
    }
  }

  private mutating func readStrategy(_ node: SyntaxNode) -> Located<Experiment.StrategyName>? {
    guard let text = diagnostics.text(node, "`strategy`") else { return nil }
    if let name = Experiment.StrategyName(rawValue: text.value) { return Located(name, at: node.span) }
    let known = Experiment.StrategyName.allCases.map(\.rawValue)
    if let meant = Experiment.StrategyName(elsewhere: text.value)?.rawValue {
      diagnostics.report(
        .unknownStrategy(text.value, meant: meant), at: node,
        fix: .renaming(text.value, at: node.span, to: meant, besides: []))
      return nil
    }
    diagnostics.report(
      .unknownStrategy(text.value, known: known), at: node,
      fix: .spelling(of: text.value, at: node.span, among: known))
    return nil
  }

  // MARK: - Phases

  /// Nil when one is wrong.
  private mutating func readPhases(_ node: SyntaxNode) -> [Experiment.Phase]? {
    let example = "phases: [{strategy: sobol, trials: 20}, {strategy: bayesian}]"
    guard let nodes = diagnostics.list(node, "`phases`", example: example) else { return nil }
    if nodes.isEmpty { diagnostics.report(.noPhases, at: node) }
    let phases = nodes.map { readPhase($0) }
    let read = phases.compactMap { $0 }
    guard read.count == nodes.count, !read.isEmpty else { return nil }
    for phase in read.dropLast() where phase.trials == nil {
      diagnostics.report(.phaseWithoutEnd(phase.strategy.value.rawValue), at: phase.span)
    }
    return read
  }

  private mutating func readPhase(_ node: SyntaxNode) -> Experiment.Phase? {
    guard let section = Section(node, named: "a phase", known: ["strategy", "trials"], &diagnostics) else { return nil }
    let trials = section["trials"].flatMap {
      diagnostics.int($0, "`trials`", in: 1...SearchSettings.maximumTrials)
    }
    guard let node = section.require("strategy", example: "strategy: bayesian", &diagnostics),
      let strategy = readStrategy(node)
    else { return nil }
    guard strategy.value.isEndless, ![.auto, .pbt].contains(strategy.value), !strategy.value.goesOverRungs else {
      diagnostics.report(.notInPhases(strategy.value.rawValue), at: node)
      return nil
    }
    // What is wrong has been reported.
    guard trials != nil || !section.has("trials") else { return nil }
    return Experiment.Phase(strategy: strategy, trials: trials, span: section.span)
  }
}

extension Experiment.SearchDeclaration {
  /// Where nothing is said of it.
  static func automatic(at span: Span) -> Self {
    Self(strategy: Located(.auto, at: span), seed: 0)
  }

  /// How many members a population has.
  var members: Int { population?.value ?? StrategyChoice.usualPopulation }
}

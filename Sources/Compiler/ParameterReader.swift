internal import Artifacts
internal import Search

/// `parameters:` and the declarations below it.
extension ExperimentReader {
  /// The parameters that could be read, and whether those are all.
  mutating func readParameters(_ node: SyntaxNode) -> ([Experiment.ParameterDeclaration], isComplete: Bool) {
    guard case .mapping(let entries) = node.content else {
      var message = Message.expected("a mapping", of: "`parameters`", found: node.kind)
      message.help = "each parameter is a key: `learning_rate: {float: [1e-4, 1e-1], scale: log}`"
      diagnostics.report(message, at: node)
      unreadNames = nil
      return ([], false)
    }
    if entries.isEmpty { diagnostics.report(.noParameters, at: node) }
    return readParameters(entries, under: [])
  }

  /// The parameters that stand under some labels, and those of their own labels.
  private mutating func readParameters(
    _ entries: [SyntaxNode.Entry], under labels: [Experiment.Label]
  ) -> ([Experiment.ParameterDeclaration], isComplete: Bool) {
    var declarations: [Experiment.ParameterDeclaration] = []
    var isComplete = !entries.isEmpty
    for entry in entries {
      guard checkName(entry.key), let read = readParameter(entry, under: labels) else {
        isComplete = false
        // What could be a choice may declare others below it.
        if entry.value.holdsMappings { unreadNames = nil }
        unreadNames?.insert(entry.key.value)
        continue
      }
      declarations += read.declarations
      isComplete = isComplete && read.isComplete
    }
    return (declarations, isComplete)
  }

  mutating func checkName(_ name: Located<String>) -> Bool {
    guard name.value != "args", !name.value.hasPrefix("trial.") else {
      diagnostics.report(.reservedParameterName(name.value), at: name.span)
      return false
    }
    if let first = name.value.utf8.first, Self.isLetter(first) {
      let parts = name.value.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      if parts.allSatisfy({ $0.first.map(Self.isLetter) ?? false && $0.allSatisfy(Self.isNameByte) }) { return true }
    }
    diagnostics.report(.badParameterName(name.value), at: name.span)
    return false
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    default: false
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
  }

  /// A parameter, and those that its labels open.
  private mutating func readParameter(
    _ entry: SyntaxNode.Entry, under labels: [Experiment.Label]
  ) -> (declarations: [Experiment.ParameterDeclaration], isComplete: Bool)? {
    let name = entry.key.value
    func declaration(_ parameter: Parameter) -> Experiment.ParameterDeclaration {
      Experiment.ParameterDeclaration(name: entry.key, parameter: parameter, span: entry.value.span, labels: labels)
    }
    guard case .mapping(let members) = entry.value.content else {
      if case .sequence = entry.value.content {
        let span = entry.value.span
        diagnostics.report(
          .listAsParameter(name), at: entry.value,
          fix: Fix("write a choice", replacing: span, with: "{choice: \(sources.text(of: span))}", isSafe: false))
        return nil
      }
      if let scalar = entry.value.scalar, scalar.isPlain, Self.isDistribution(scalar.text) {
        diagnostics.report(.distributionAsConstant(name), at: entry.value)
      }
      return diagnostics.value(entry.value, "`\(name)`").map {
        ([declaration(Parameter(name: name, domain: .constant($0)))], true)
      }
    }
    let types = ["float", "int", "choice"]
    let known = types + ["scale", "step", "default", "when", "ordered", "prior", "weights"]
    guard let section = Section(entry.value, named: "the parameter `\(name)`", known: known, &diagnostics) else {
      return nil
    }
    let found = types.filter { section[$0] != nil }
    guard found.count == 1, let type = found.first, let node = section[type] else {
      // A key that was reported as unknown is most likely the type's: say nothing twice.
      let unknown = members.contains { !known.contains($0.key.value) }
      if found.count > 1 {
        diagnostics.report(.severalTypes(name, found), at: section.span(of: found[1]))
      } else if !unknown {
        diagnostics.report(.noType(name), at: entry.value)
      }
      return nil
    }
    let domain: Domain? =
      switch type {
      case "float": readFloat(node, section, name)
      case "int": readInt(node, section, name)
      default: readChoice(node, section, name)
      }
    let when = section["when"].map { readExpression($0, "`when`") }
    guard let domain else { return nil }
    var read = declaration(
      Parameter(
        name: name, domain: domain, defaultValue: readDefault(section, domain, name),
        prior: readPrior(section, domain, type), isOrdered: readOrdered(section, type)))
    read.when = when ?? nil
    read.defaultSpan = section["default"]?.span
    var (declarations, isComplete) = ([read], when.map { $0 != nil } ?? true)
    if case .mapping(let labels) = node.content, type == "choice" {
      let opened = readLabels(labels, of: name, under: read.labels)
      declarations += opened.declarations
      isComplete = isComplete && opened.isComplete
    }
    return (declarations, isComplete)
  }

  /// Whether a text is a range or a choice as other tools write it: `tune.loguniform(1e-4, 1e-1)`, `interval(0, 1)`.
  private static func isDistribution(_ text: String) -> Bool {
    guard text.hasSuffix(")"), let end = text.firstIndex(of: "(") else { return false }
    let function = text[..<end].split(separator: ".").last ?? ""
    let words = ["uniform", "normal", "randint", "randn", "choice", "interval", "range", "suggest_"]
    return words.contains { function.contains($0) }
  }

  /// What the labels of a choice open.
  private mutating func readLabels(
    _ entries: [SyntaxNode.Entry], of name: String, under labels: [Experiment.Label]
  ) -> (declarations: [Experiment.ParameterDeclaration], isComplete: Bool) {
    var declarations: [Experiment.ParameterDeclaration] = []
    var isComplete = true
    for entry in entries where !entry.value.isNull {
      guard case .mapping(let members) = entry.value.content else {
        diagnostics.report(.labelIsNoSpace(entry.key.value, found: entry.value.kind), at: entry.value)
        isComplete = false
        continue
      }
      guard !members.isEmpty, let value = label(entry) else { continue }
      let opened = readParameters(members, under: labels + [Experiment.Label(choice: name, value: value)])
      declarations += opened.0
      isComplete = isComplete && opened.isComplete
    }
    return (declarations, isComplete)
  }

  /// A key as a value of a choice: what it would be in a list.
  private mutating func label(_ entry: SyntaxNode.Entry) -> Value? {
    diagnostics.value(
      SyntaxNode(
        content: .scalar(SyntaxNode.Scalar(text: entry.key.value, isPlain: entry.keyIsPlain)), span: entry.key.span,
        size: 1),
      "a choice")
  }

  private mutating func readOrdered(_ section: Section, _ type: String) -> Bool {
    guard let node = section["ordered"] else { return false }
    guard type == "choice" else {
      diagnostics.report(.onlyForChoice("ordered"), at: section.span(of: "ordered"))
      return false
    }
    return diagnostics.truth(node, "`ordered`") ?? false
  }

  private mutating func readPrior(_ section: Section, _ domain: Domain, _ type: String) -> Prior? {
    if type == "choice" {
      if section["prior"] != nil { diagnostics.report(.notForChoice("prior"), at: section.span(of: "prior")) }
      guard let node = section["weights"], case .choice(let values) = domain else { return nil }
      return readWeights(node, values)
    }
    if section["weights"] != nil { diagnostics.report(.onlyForChoice("weights"), at: section.span(of: "weights")) }
    guard let node = section["prior"], let text = diagnostics.text(node, "`prior`") else { return nil }
    return readNormal(text, node, domain)
  }

  private mutating func readNormal(_ text: Located<String>, _ node: SyntaxNode, _ domain: Domain) -> Prior? {
    guard let match = text.value.wholeMatch(of: /\s*normal\s*\(\s*([-+.0-9eE]+)\s*,\s*([-+.0-9eE]+)\s*\)\s*/),
      let mean = Double(match.1), let spread = Double(match.2), mean.isFinite, spread.isFinite
    else {
      diagnostics.report(.noPrior(text.value), at: node)
      return nil
    }
    let prior = Prior.normal(mean: mean, spread: spread)
    let (low, high, isLog) = domain.bounds
    guard prior.fits(domain) else {
      diagnostics.report(.priorSpread(mean: mean, spread: spread, isLog: isLog), at: node)
      return nil
    }
    if mean < low || mean > high { diagnostics.report(.priorOutside(mean: mean, domain), at: node) }
    return prior
  }

  /// A list beside a list of values, or a mapping from values to weights, where a value that is not named has 1.
  private mutating func readWeights(_ node: SyntaxNode, _ values: [Value]) -> Prior? {
    var weights = [Double](repeating: 1, count: values.count)
    var isGood = true
    switch node.content {
    case .sequence(let elements):
      let read = elements.compactMap { readWeight($0) }
      guard elements.count == values.count else {
        diagnostics.report(.weightCount(elements.count, values: values.count), at: node)
        return nil
      }
      isGood = read.count == elements.count
      weights = read
    case .mapping(let entries):
      for entry in entries {
        guard let value = label(entry), let weight = readWeight(entry.value) else {
          isGood = false
          continue
        }
        guard let index = values.firstIndex(of: value) else {
          let known = values.map { $0.text(in: .choice(values)) }
          diagnostics.report(.weightOfNothing(entry.key.value, known: known), at: entry.key.span)
          isGood = false
          continue
        }
        weights[index] = weight
      }
    case .scalar:
      diagnostics.report(
        .expected("a list, or a mapping from values to weights", of: "`weights`", found: node.kind), at: node)
      return nil
    }
    guard isGood else { return nil }
    guard Prior.weights(weights).fits(.choice(values)) else {
      diagnostics.report(.weightsAllZero, at: node)
      return nil
    }
    return Prior.weights(weights)
  }

  private mutating func readWeight(_ node: SyntaxNode) -> Double? {
    guard let weight = diagnostics.float(node, "a weight") else { return nil }
    guard weight.value >= 0 else {
      diagnostics.report(.negativeWeight, at: node)
      return nil
    }
    return weight.value
  }

  private mutating func readScale(_ section: Section) -> Scale? {
    guard let node = section["scale"] else { return .linear }
    guard let text = diagnostics.text(node, "`scale`") else { return nil }
    guard let scale = Scale(rawValue: text.value) else {
      diagnostics.report(
        .unknownScale(text.value), at: node,
        fix: .spelling(of: text.value, at: node.span, among: ["linear", "log"]))
      return nil
    }
    return scale
  }

  private mutating func bounds(_ node: SyntaxNode, _ type: String) -> (SyntaxNode, SyntaxNode)? {
    guard let elements = diagnostics.list(node, "`\(type)`", example: "\(type): [1, 8]") else { return nil }
    guard elements.count == 2 else {
      diagnostics.report(.twoBounds(type, count: elements.count), at: node)
      return nil
    }
    return (elements[0], elements[1])
  }

  private mutating func readFloat(_ node: SyntaxNode, _ section: Section, _ name: String) -> Domain? {
    guard let (low, high) = bounds(node, "float") else { return nil }
    let lower = diagnostics.float(low, "the lower bound")
    let upper = diagnostics.float(high, "the upper bound")
    let scale = readScale(section)
    let step = section["step"].map { diagnostics.float($0, "`step`") }
    guard let lower, let upper, let scale, step.map({ $0 != nil }) ?? true else { return nil }
    guard lower.value <= upper.value else {
      diagnostics.report(
        .boundsSwapped(low: low.writtenText, high: high.writtenText), at: node,
        fix: .swap(low.span, high.span, in: sources))
      return nil
    }
    if scale == .log, !FloatRange.logBounds.contains(lower.value) {
      diagnostics.report(.logBound(lower.value), at: low)
      return nil
    }
    if scale == .log, !FloatRange.logBounds.contains(upper.value) {
      diagnostics.report(.logBound(upper.value), at: high)
      return nil
    }
    guard (upper.value - lower.value).isFinite else {
      diagnostics.report(.rangeTooWide, at: node)
      return nil
    }
    let range = FloatRange(lower: lower.value, upper: upper.value, scale: scale)
    if lower.value == upper.value { diagnostics.report(.oneValue(name, low.writtenText), at: node) }
    guard let step = step ?? nil else { return .float(range) }
    return readStep(step, range)
  }

  private mutating func readStep(_ step: Located<Double>, _ range: FloatRange) -> Domain? {
    guard step.value > 0 else {
      diagnostics.report(.stepNotPositive, at: step.span)
      return nil
    }
    if range.scale == .log {
      diagnostics.report(.stepOnLogScale, at: step.span)
      return nil
    }
    guard range.stepDivides(step.value) else {
      diagnostics.report(.stepDoesNotDivide(range: range.upper - range.lower, step: step.value), at: step.span)
      return nil
    }
    return .float(FloatRange(lower: range.lower, upper: range.upper, step: step.value))
  }

  private mutating func readInt(_ node: SyntaxNode, _ section: Section, _ name: String) -> Domain? {
    guard let (low, high) = bounds(node, "int") else { return nil }
    let lower = diagnostics.int(low, "the lower bound", in: IntRange.bounds)
    let upper = diagnostics.int(high, "the upper bound", in: IntRange.bounds)
    let scale = readScale(section)
    let step = section["step"].map { diagnostics.int($0, "`step`", in: IntRange.bounds) }
    guard let lower, let upper, let scale, step.map({ $0 != nil }) ?? true else { return nil }
    guard lower.value <= upper.value else {
      diagnostics.report(
        .boundsSwapped(low: low.writtenText, high: high.writtenText), at: node,
        fix: .swap(low.span, high.span, in: sources))
      return nil
    }
    if scale == .log, lower.value < 1 {
      diagnostics.report(.logBound(Double(lower.value)), at: low)
      return nil
    }
    if lower.value == upper.value { diagnostics.report(.oneValue(name, low.writtenText), at: node) }
    let range = IntRange(lower: lower.value, upper: upper.value, scale: scale)
    guard let step = step ?? nil else { return .int(range) }
    guard step.value > 0 else {
      diagnostics.report(.stepNotPositive, at: step.span)
      return nil
    }
    if scale == .log {
      diagnostics.report(.stepOnLogScale, at: step.span)
      return nil
    }
    guard (upper.value - lower.value) % step.value == 0 else {
      diagnostics.report(
        .stepDoesNotDivide(range: Double(upper.value - lower.value), step: Double(step.value)), at: step.span)
      return nil
    }
    return .int(IntRange(lower: lower.value, upper: upper.value, step: step.value))
  }

  private mutating func readChoice(_ node: SyntaxNode, _ section: Section, _ name: String) -> Domain? {
    for key in ["scale", "step"] where section[key] != nil {
      diagnostics.report(.notForChoice(key), at: section.span(of: key))
    }
    if case .mapping(let entries) = node.content {
      guard !entries.isEmpty else {
        diagnostics.report(.emptyChoice, at: node)
        return nil
      }
      var values: [Value] = []
      for entry in entries {
        guard let value = label(entry) else { continue }
        if let first = values.firstIndex(of: value) {
          diagnostics.report(
            .choiceTwice, at: entry.key.span, related: [Related(entries[first].key.span, "it stands here first")])
          return nil
        }
        values.append(value)
      }
      if entries.count == 1 { diagnostics.report(.oneValue(name, entries[0].key.value), at: node) }
      // The order of a mapping's keys means nothing.
      let sorted = values.sorted { first, second in
        let (left, right) = (first.number ?? .infinity, second.number ?? .infinity)
        return left == right ? first.literal.utf8.lexicographicallyPrecedes(second.literal.utf8) : left < right
      }
      return values.count == entries.count ? .choice(sorted) : nil
    }
    guard let elements = diagnostics.list(node, "`choice`", example: "choice: [relu, tanh]") else { return nil }
    guard !elements.isEmpty else {
      diagnostics.report(.emptyChoice, at: node)
      return nil
    }
    var values: [Value] = []
    var firsts: [Value: Span] = [:]
    var isComplete = true
    for element in elements {
      guard let value = diagnostics.value(element, "a choice") else {
        isComplete = false
        continue
      }
      if let first = firsts[value] {
        diagnostics.report(.choiceTwice, at: element, related: [Related(first, "it stands here first")])
        isComplete = false
      } else {
        firsts[value] = element.span
      }
      values.append(value)
    }
    if elements.count == 1 { diagnostics.report(.oneValue(name, elements[0].writtenText), at: node) }
    return isComplete ? .choice(values) : nil
  }

  private mutating func readDefault(_ section: Section, _ domain: Domain, _ name: String) -> Value? {
    guard let node = section["default"] else { return nil }
    let value: Value? =
      switch domain {
      case .float: diagnostics.float(node, "`default`").map { .float($0.value) }
      case .int: diagnostics.int(node, "`default`", in: IntRange.bounds).map { .int($0.value) }
      case .choice, .constant: diagnostics.value(node, "`default`")
      }
    guard let value else { return nil }
    guard domain.contains(value) else {
      if let scalar = node.scalar, !scalar.isPlain, domain.holds(number: scalar.text) {
        diagnostics.report(
          .defaultQuoted(name, text: scalar.text), at: node, fix: .unquote(scalar.text, at: node.span))
        return nil
      }
      diagnostics.report(
        .defaultOutside(name, value: node.writtenText, domain), at: node,
        fix: .spelling(of: node.writtenText, at: node.span, among: domain.texts, isClosed: false))
      return nil
    }
    return value
  }
}

extension SyntaxNode {
  /// Whether it is a mapping with a mapping in it.
  fileprivate var holdsMappings: Bool {
    guard case .mapping(let entries) = content else { return false }
    return entries.contains { if case .mapping = $0.value.content { true } else { false } }
  }
}

extension Domain {
  /// Whether a text, without its quotes, is a number among the values.
  fileprivate func holds(number text: String) -> Bool {
    Double(text).map { number in
      if case .choice(let values) = self { values.contains { $0.number == number } } else { false }
    } ?? false
  }

  /// The ends of a range, and whether its scale is logarithmic.
  fileprivate var bounds: (low: Double, high: Double, isLog: Bool) {
    switch self {
    case .float(let range): (range.lower, range.upper, range.scale == .log)
    case .int(let range): (Double(range.lower), Double(range.upper), range.scale == .log)
    case .choice, .constant: (0, 0, false)
    }
  }
}

internal import Search

/// `parameters:` and the declarations below it.
extension ExperimentReader {
  /// The parameters that could be read, and whether those are all.
  mutating func readParameters(_ node: SyntaxNode) -> ([Experiment.ParameterDeclaration], isComplete: Bool) {
    guard case .mapping(let entries) = node.content else {
      diagnostics.report(.expected("a mapping", of: "`parameters`", found: node.kind), at: node)
      return ([], false)
    }
    if entries.isEmpty { diagnostics.report(.noParameters, at: node) }
    let declarations = entries.compactMap { entry -> Experiment.ParameterDeclaration? in
      guard checkName(entry.key), let parameter = readParameter(entry) else { return nil }
      return Experiment.ParameterDeclaration(name: entry.key, parameter: parameter, span: entry.value.span)
    }
    return (declarations, !entries.isEmpty && declarations.count == entries.count)
  }

  private mutating func checkName(_ name: Located<String>) -> Bool {
    guard name.value != "args" else {
      diagnostics.report(.reservedParameterName(name.value), at: name.span)
      return false
    }
    if let first = name.value.utf8.first, Self.isLetter(first) {
      if name.value.utf8.allSatisfy(Self.isNameByte) { return true }
      if name.value.utf8.allSatisfy({ Self.isNameByte($0) || $0 == UInt8(ascii: ".") }) {
        diagnostics.report(.later("a parameter's name with dots"), at: name.span)
        return false
      }
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

  private mutating func readParameter(_ entry: SyntaxNode.Entry) -> Parameter? {
    let name = entry.key.value
    guard case .mapping(let members) = entry.value.content else {
      if case .sequence = entry.value.content {
        diagnostics.report(.listAsParameter(name), at: entry.value)
        return nil
      }
      return diagnostics.value(entry.value, "`\(name)`").map { Parameter(name: name, domain: .constant($0)) }
    }
    let types = ["float", "int", "choice"]
    let known = types + ["scale", "step", "default"]
    guard
      let section = Section(
        entry.value, named: "the parameter `\(name)`", known: known, later: ["when", "ordered", "prior", "weights"],
        &diagnostics)
    else { return nil }
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
    guard let domain else { return nil }
    return Parameter(name: name, domain: domain, defaultValue: readDefault(section, domain, name))
  }

  private mutating func readScale(_ section: Section) -> Scale? {
    guard let node = section["scale"] else { return .linear }
    guard let text = diagnostics.text(node, "`scale`") else { return nil }
    guard let scale = Scale(rawValue: text.value) else {
      diagnostics.report(.unknownScale(text.value), at: node)
      return nil
    }
    return scale
  }

  private mutating func bounds(_ node: SyntaxNode, _ type: String) -> (SyntaxNode, SyntaxNode)? {
    guard let elements = diagnostics.list(node, "`\(type)`") else { return nil }
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
      diagnostics.report(.boundsSwapped(low: sources.text(of: low.span), high: sources.text(of: high.span)), at: node)
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
    if lower.value == upper.value { diagnostics.report(.oneValue(name), at: node) }
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
      diagnostics.report(.boundsSwapped(low: sources.text(of: low.span), high: sources.text(of: high.span)), at: node)
      return nil
    }
    if scale == .log, lower.value < 1 {
      diagnostics.report(.logBound(Double(lower.value)), at: low)
      return nil
    }
    if lower.value == upper.value { diagnostics.report(.oneValue(name), at: node) }
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
    if case .mapping = node.content {
      diagnostics.report(.later("choices that open sub-spaces"), at: node)
      return nil
    }
    for key in ["scale", "step"] where section[key] != nil {
      diagnostics.report(.notForChoice(key), at: section.span(of: key))
    }
    guard let elements = diagnostics.list(node, "`choice`") else { return nil }
    guard !elements.isEmpty else {
      diagnostics.report(.emptyChoice, at: node)
      return nil
    }
    var values: [Value] = []
    var isComplete = true
    for element in elements {
      guard let value = diagnostics.value(element, "a choice") else {
        isComplete = false
        continue
      }
      if let first = values.firstIndex(of: value) {
        diagnostics.report(.choiceTwice, at: element, related: [Related(elements[first].span, "it stands here first")])
        isComplete = false
      }
      values.append(value)
    }
    if elements.count == 1 { diagnostics.report(.oneValue(name), at: node) }
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
      diagnostics.report(.defaultOutside(name, value: sources.text(of: node.span), domain), at: node)
      return nil
    }
    return value
  }
}

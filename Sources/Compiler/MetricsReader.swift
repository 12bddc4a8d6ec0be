internal import Artifacts

/// `metrics:` below `trial`.
extension ExperimentReader {
  /// Nil when anything in it is wrong.
  mutating func readMetrics(_ node: SyntaxNode) -> Experiment.MetricsDeclaration? {
    guard
      let section = Section(node, named: "`metrics`", known: ["from", "path", "pattern", "names"], &diagnostics)
    else { return nil }
    var isGood = true
    let pattern = section["pattern"].flatMap { readPattern($0) }
    if section.has("pattern"), pattern == nil { isGood = false }
    guard let form = readForm(section) else { return nil }
    let path = readPath(section, form, &isGood)
    let names = section["names"].map { readNames($0, &isGood) } ?? []
    if section["pattern"] != nil, form != .stdout {
      diagnostics.report(.metricKeyUnused("pattern", from: form.rawValue), at: section.span(of: "pattern"))
      isGood = false
    }
    guard isGood else { return nil }
    let sorted = names.sorted { $0.metric.value.utf8.lexicographicallyPrecedes($1.metric.value.utf8) }
    let source = MetricSource(
      form, path: path, pattern: pattern,
      names: sorted.map { MetricSource.Name(metric: $0.metric.value, source: $0.source.value) })
    return Experiment.MetricsDeclaration(source: source, names: names)
  }

  /// Where `from` is left out, a pattern is one of standard output, and names are those of `auto`.
  private mutating func readForm(_ section: Section) -> MetricSource.Form? {
    guard let node = section["from"] else {
      if section.has("pattern") { return .stdout }
      if section.has("names"), !section.has("path") { return .auto }
      _ = section.require("from", example: "metrics: {from: stdout}", &diagnostics)
      return nil
    }
    guard let text = diagnostics.text(node, "`from`") else { return nil }
    guard let form = MetricSource.Form(rawValue: text.value) else {
      diagnostics.report(
        .unknownMetricSource(text.value, known: MetricSource.Form.allCases.map(\.rawValue)), at: node,
        fix: .spelling(of: text.value, at: node.span, among: MetricSource.Form.allCases.map(\.rawValue)))
      return nil
    }
    // A pattern describes lines, and there are no others than those of standard output.
    return form == .auto && section.has("pattern") ? .stdout : form
  }

  private mutating func readPath(_ section: Section, _ form: MetricSource.Form, _ isGood: inout Bool) -> String? {
    guard let node = section["path"] else {
      if form.hasPath, form != .tensorboard,
        section.require(
          "path", example: "metrics: {from: \(form.rawValue), path: metrics.\(form.rawValue)}", &diagnostics)
          == nil
      {
        isGood = false
      }
      return nil
    }
    guard form.hasPath else {
      diagnostics.report(.metricKeyUnused("path", from: form.rawValue), at: section.span(of: "path"))
      isGood = false
      return nil
    }
    guard let text = diagnostics.text(node, "`path`") else {
      isGood = false
      return nil
    }
    let folder = "${trial.dir}"
    let isRooted = text.value == folder || text.value.hasPrefix(folder + "/")
    let inside = isRooted ? text.value.dropFirst(folder.count).drop { $0 == "/" } : text.value[...]
    // Without what says nothing, so that a file has one name.
    let parts = inside.split(separator: "/", omittingEmptySubsequences: !inside.hasPrefix("/")).filter { $0 != "." }
    let path = parts.joined(separator: "/")
    if path.isEmpty, form == .tensorboard { return nil }
    guard MetricSource.isInside(path), !path.contains("$") else {
      diagnostics.report(.metricPathOutside(text.value), at: node)
      isGood = false
      return nil
    }
    return path
  }

  private mutating func readPattern(_ node: SyntaxNode) -> MetricPattern? {
    guard let text = diagnostics.text(node, "`pattern`") else { return nil }
    do {
      let pattern = try MetricPattern(text.value)
      for name in pattern.metrics where !MetricName.isGood(name) {
        diagnostics.report(.badMetricName(name), at: node)
        return nil
      }
      return pattern
    } catch {
      let places = ScalarPlaces(text, in: sources[text.span])
      let (start, end) = (error.range.lowerBound, error.range.upperBound)
      func count(_ bytes: Int) -> Int { String(decoding: text.value.utf8.prefix(bytes), as: UTF8.self).count }
      diagnostics.report(.badPattern(error), at: places.span(count(start), count(end)))
      return nil
    }
  }

  private mutating func readNames(
    _ node: SyntaxNode, _ isGood: inout Bool
  ) -> [(metric: Located<String>, source: Located<String>)] {
    guard case .mapping(let entries) = node.content, !entries.isEmpty else {
      let found = if case .mapping = node.content { "empty" } else { node.kind }
      diagnostics.report(
        .expected("a mapping from metrics to their names there", of: "`names`", found: found), at: node)
      isGood = false
      return []
    }
    var names: [(metric: Located<String>, source: Located<String>)] = []
    for entry in entries {
      let source = diagnostics.text(entry.value, "the name of `\(entry.key.value)`")
      if !MetricName.isGood(entry.key.value) { diagnostics.report(.badMetricName(entry.key.value), at: entry.key.span) }
      guard let source, MetricName.isGood(entry.key.value) else {
        isGood = false
        continue
      }
      names.append((entry.key, source))
    }
    return names
  }
}

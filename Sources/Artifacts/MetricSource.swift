/// Where metrics are read, and what they are called there.
package struct MetricSource: Hashable, Sendable {
  package enum Form: String, Hashable, Sendable, CaseIterable {
    /// `stdout` and `file`; a metric that is in the file is taken from there.
    case auto
    /// `name=value` and `name: value` on lines of standard output, or what a pattern says.
    case stdout
    /// JSON objects, one a line, in the file that `ATTUNE_METRICS` names.
    case file
    /// One JSON object.
    case json
    /// JSON objects, one a line.
    case jsonl
    /// A table with a head (RFC 4180).
    case csv
    /// The event files of TensorBoard, in a folder and those below it.
    case tensorboard

    /// Whether it is read from a file that the trial writes under a name of its own.
    package var hasPath: Bool {
      switch self {
      case .auto, .stdout, .file: false
      case .json, .jsonl, .csv, .tensorboard: true
      }
    }
  }

  package var form: Form
  /// Relative to the trial's folder, which it does not leave: a file, or the folder of the event files (nil for the
  /// trial's own).
  package var path: String?
  /// For `stdout`: the lines that are read, and no others are.
  package var pattern: MetricPattern?
  /// What the metrics are called at their source, sorted by metric. Where there are any, no others are collected.
  package var names: [Name]

  package struct Name: Hashable, Sendable {
    package var metric: String
    package var source: String

    package init(metric: String, source: String) {
      self.metric = metric
      self.source = source
    }
  }

  package init(_ form: Form, path: String? = nil, pattern: MetricPattern? = nil, names: [Name] = []) {
    self.form = form
    self.path = path
    self.pattern = pattern
    self.names = names
  }

  package static let auto = MetricSource(.auto)
  package static let stdout = MetricSource(.stdout)
  package static let file = MetricSource(.file)

  /// The metrics that it can give; nil when that is only known when a trial has run.
  package var collected: [String]? {
    names.isEmpty ? pattern?.metrics : names.map(\.metric)
  }

  /// What a metric is called at its source.
  package func sourceName(of metric: String) -> String { names.first { $0.metric == metric }?.source ?? metric }

  /// In words, with their preposition.
  package var place: String {
    switch form {
    case .auto: "on standard output or in a file"
    case .stdout: pattern == nil ? "on standard output" : "on a line of standard output as the pattern describes it"
    case .file: "in the file that ATTUNE_METRICS names"
    case .json, .jsonl, .csv: "in `\(path ?? "")` of the trial's folder"
    case .tensorboard: "in event files in \(path.map { "`\($0)` of " } ?? "")the trial's folder"
    }
  }

  /// Whether a path, relative to the trial's folder, lies in it.
  package static func isInside(_ path: String) -> Bool {
    !path.isEmpty && !path.hasPrefix("/") && !path.contains("\0") && !path.split(separator: "/").contains("..")
  }
}

// MARK: - As JSON

extension MetricSource {
  /// Its form alone, where that says all.
  package var json: JSON {
    guard self != MetricSource(form) else { return .string(form.rawValue) }
    return .object([
      "from": .string(form.rawValue), "path": path.map(JSON.string), "pattern": pattern.map { .string($0.text) },
      "names": names.isEmpty ? nil : .object(names.map { JSON.Member($0.metric, .string($0.source)) }),
    ])
  }

  init(json: JSON) throws(DocumentError) {
    let name = if let name = json.string { name } else { try json.string("from") }
    guard let form = Form(rawValue: name) else { throw DocumentError("`metrics` is unknown") }
    var pattern: MetricPattern?
    if let text = json["pattern"]?.string {
      do { pattern = try MetricPattern(text) } catch { throw DocumentError("`pattern`: \(error.problem)") }
    }
    let names = (json["names"]?.members ?? []).map { Name(metric: $0.name, source: $0.value.string ?? "") }
    self.init(
      form, path: json["path"]?.string, pattern: pattern,
      names: names.sorted { $0.metric.utf8.lexicographicallyPrecedes($1.metric.utf8) })
    guard path.map({ form.hasPath && Self.isInside($0) }) ?? true, pattern == nil || form == .stdout else {
      throw DocumentError("`metrics` has what its source does not")
    }
  }
}

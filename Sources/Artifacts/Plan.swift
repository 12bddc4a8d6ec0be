package import Search

/// What an experiment compiles to: everything that its result depends on, and what bounds its cost.
///
/// A value without a byte of the experiment's spelling in it: two files that mean the same give equal plans.
package struct Plan: Hashable, Sendable {
  /// The experiment's name: letters, digits, `_`, `-` and `.`, the first no dot.
  package var name: String
  /// The name of the experiment file in its folder.
  package var experimentFile: String
  /// The metrics that the objectives minimize or maximize, in the order of the search's goals.
  package var metrics: [String]
  /// Over metrics and parameters: a trial that breaks one is infeasible.
  package var outcomeConstraints: [Expression]
  /// What was set beside the file, as `path=value`; sorted.
  package var settings: [String]
  package var search: SearchSettings
  /// How many trials run at once unless `apply` is told otherwise. At least 1.
  package var parallel: Int
  /// How long the run may start trials, in milliseconds.
  package var timeLimit: Int?
  package var trial: TrialTemplate
  /// Sorted by path.
  package var inputs: [InputFile]

  package init(
    name: String, experimentFile: String, metrics: [String], outcomeConstraints: [Expression] = [],
    settings: [String] = [], search: SearchSettings, parallel: Int, timeLimit: Int?,
    trial: TrialTemplate, inputs: [InputFile]
  ) {
    self.name = name
    self.experimentFile = experimentFile
    self.metrics = metrics
    self.outcomeConstraints = outcomeConstraints
    self.settings = settings
    self.search = search
    self.parallel = parallel
    self.timeLimit = timeLimit
    self.trial = trial
    self.inputs = inputs
  }

  /// The objectives' metrics, and then the others that constraints name.
  package var judgedMetrics: [String] {
    let others = outcomeConstraints.flatMap(\.names).filter {
      !metrics.contains($0) && search.space.indices(of: $0).isEmpty
    }
    return metrics + Set(others).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

/// A file that trials read, by its content.
package struct InputFile: Hashable, Sendable {
  /// Relative to the experiment's folder.
  package var path: String
  package var digest: Digest
  /// In bytes.
  package var size: Int

  package init(path: String, digest: Digest, size: Int) {
    self.path = path
    self.digest = digest
    self.size = size
  }
}

/// How a point becomes a process.
package struct TrialTemplate: Hashable, Sendable {
  /// The program and its arguments. Each template gives exactly one argument, but `.allParameters` on its own.
  package var command: [[Segment]]
  /// Variables set beside those that the process inherits. Sorted by name.
  package var environment: [Variable]
  /// In milliseconds.
  package var timeout: Int?
  package var metrics: MetricSource
  package var repeats: Repeats

  package init(
    command: [[Segment]], environment: [Variable], timeout: Int?, metrics: MetricSource, repeats: Repeats = .once
  ) {
    self.command = command
    self.environment = environment
    self.timeout = timeout
    self.metrics = metrics
    self.repeats = repeats
  }

  /// A piece of an argument.
  package enum Segment: Hashable, Sendable {
    case literal(String)
    case parameter(String)
    /// `--name value` for each active parameter, in the order of the space: the whole of its template.
    case allParameters
    case trialFolder
    case trialSeed
  }

  package struct Variable: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The argument vector for a point.
  package func arguments(for point: Point, in space: Space, seed: Int, folder: String) -> [String] {
    command.flatMap { template -> [String] in
      if template == [.allParameters] {
        return zip(space.parameters, point.values).flatMap { parameter, value in
          value.map { ["--\(parameter.name)", $0.text(in: parameter.domain)] } ?? []
        }
      }
      return [
        template.map { segment in
          switch segment {
          case .literal(let text): text
          case .parameter(let name): point.text(of: name, in: space)
          case .allParameters: preconditionFailure("all parameters stand alone in their argument")
          case .trialFolder: folder
          case .trialSeed: String(seed)
          }
        }.joined()
      ]
    }
  }
}

/// Where metrics are read.
package enum MetricSource: String, Hashable, Sendable, CaseIterable {
  /// Both of the others; a metric that is in the file is taken from there.
  case auto
  /// `name=value` and `name: value` on lines of standard output.
  case stdout
  /// JSON objects, one a line, in the file that `ATTUNE_METRICS` names.
  case file
}

extension Value {
  /// As trials and people see it. A float always has a point or an exponent, so that no reader takes it for an integer.
  package func text(in domain: Domain) -> String {
    switch self {
    case .float(let number):
      let text = JSON.number(number).canonicalText
      if case .float = domain, !text.contains(where: { $0 == "." || $0 == "e" }) { return text + ".0" }
      return text
    case .int(let number): return String(number)
    case .string(let text): return text
    case .bool(let flag): return flag ? "true" : "false"
    }
  }

  package var json: JSON {
    switch self {
    case .float(let number): .number(number)
    case .int(let number): .int(number)
    case .string(let text): .string(text)
    case .bool(let flag): .bool(flag)
    }
  }
}

extension Point {
  /// The text of a parameter's value; empty when none of that name is active.
  package func text(of name: String, in space: Space) -> String {
    for index in space.indices(of: name) {
      if let value = values[index] { return value.text(in: space.parameters[index].domain) }
    }
    return ""
  }

  /// An object of the active parameters.
  package func json(in space: Space) -> JSON {
    .object(
      zip(space.parameters, values).compactMap { parameter, value in
        value.map { JSON.Member(parameter.name, $0.json) }
      })
  }
}

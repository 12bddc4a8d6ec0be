package import Search

/// How a point becomes a process.
package struct TrialTemplate: Hashable, Sendable {
  package var program: Program
  /// Variables set beside those that the process inherits. Sorted by name.
  package var environment: [Variable]
  /// In milliseconds.
  package var timeout: Int?
  /// How long it may print nothing, in milliseconds.
  package var silence: Int?
  /// How long it has to end by itself when a rule has ended it, in milliseconds.
  package var grace = 0
  package var metrics: MetricSource
  package var repeats: Repeats
  package var failures: FailurePolicies
  /// What runs the program's code, as far as that names trials; nil where it is not known, or does not matter.
  package var interpreter: Interpreter?
  /// Whether outcomes that are recorded stand for trials of later runs.
  package var isCached: Bool
  package var resources: ResourceLimits

  package init(
    program: Program, environment: [Variable], timeout: Int?, silence: Int? = nil, metrics: MetricSource,
    repeats: Repeats = .once, failures: FailurePolicies = FailurePolicies(), interpreter: Interpreter? = nil,
    isCached: Bool = true,
    resources: ResourceLimits = .none
  ) {
    self.program = program
    self.environment = environment
    self.timeout = timeout
    self.silence = silence
    self.metrics = metrics
    self.repeats = repeats
    self.failures = failures
    self.interpreter = interpreter
    self.isCached = isCached
    self.resources = resources
  }

  /// What is run.
  package enum Program: Hashable, Sendable {
    /// The program and its arguments. Each template gives exactly one argument, but `.allParameters` on its own.
    case command([[Segment]])
    /// A script for a shell, which has the parameters as variables of its environment and never as text.
    case shell(String)
  }

  /// A piece of an argument.
  package enum Segment: Hashable, Sendable {
    case literal(String)
    case parameter(String)
    /// An argument or two for each active parameter, in the order of the space: the whole of its template.
    case allParameters(ArgumentForm)
    /// A variable of the environment that the trial is started in: the plan has its name, and a digest of its value.
    case variable(String)
    case trialFolder
    case trialSeed
    /// A folder below the trial's, which all attempts at the trial share.
    case trialCheckpoint
    /// The file of the trial's parameters.
    case trialParameters
  }

  /// How all parameters become arguments.
  package enum ArgumentForm: String, Hashable, Sendable, CaseIterable {
    /// `--name value`
    case options = "all"
    /// `name=value`, as Hydra overrides are.
    case hydra
    /// `--name` for what is true, nothing for what is false, `--name value` for the rest.
    case flags
  }

  package struct Variable: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// A script ends with the first command that fails (`-e`) or names a variable that is not set (`-u`): a trial that
  /// went on would report the result of something else.
  private static let shell = ["/bin/sh", "-e", "-u", "-c"]

  /// The program's templates; for a script those of the shell that runs it.
  package var command: [[Segment]] {
    switch program {
    case .command(let templates): templates
    case .shell(let script): (Self.shell + [script]).map { [.literal($0)] }
    }
  }

  /// The argument vector for a point.
  ///
  /// - Parameter variables: those that the command names.
  package func arguments(
    for point: Point, in space: Space, seed: Int, folder: String, variables: [String: String] = [:]
  ) -> [String] {
    let folder = TrialFolder(folder)
    return command.flatMap { template -> [String] in
      if case .allParameters(let form)? = template.first { return form.arguments(for: point, in: space) }
      return [
        template.map { segment in
          switch segment {
          case .literal(let text): text
          case .parameter(let name): point.text(of: name, in: space)
          case .allParameters: preconditionFailure("all parameters stand alone in their argument")
          case .variable(let name): variables[name] ?? ""
          case .trialFolder: folder.path
          case .trialSeed: String(seed)
          case .trialCheckpoint: folder.checkpoint
          case .trialParameters: folder.parameters
          }
        }.joined()
      ]
    }
  }

  /// The variables that a point adds to a script's environment: none for a command.
  package func variables(for point: Point, in space: Space) -> [Variable] {
    guard case .shell = program else { return [] }
    return point.assignments(in: space).map { parameter, value in
      Variable(name: Self.variable(of: parameter.name), value: value.text(in: parameter.domain))
    }
  }

  /// The variable that holds a parameter in a script: `.` and `-` cannot stand in a name there.
  package static func variable(of parameter: String) -> String {
    String(parameter.map { $0 == "." || $0 == "-" ? "_" : $0 })
  }

  /// The variables of the environment that the command names, sorted.
  package var namedVariables: [String] {
    let names = command.joined().compactMap { segment in
      if case .variable(let name) = segment { name } else { nil }
    }
    return Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Those of them that come from where attune runs.
  package var inheritedVariables: [String] {
    namedVariables.filter { name in !environment.contains { $0.name == name } }
  }
}

extension TrialTemplate.ArgumentForm {
  fileprivate func arguments(for point: Point, in space: Space) -> [String] {
    point.assignments(in: space).flatMap { parameter, value -> [String] in
      let text = value.text(in: parameter.domain)
      switch (self, value) {
      case (.hydra, _): return ["\(parameter.name)=\(text)"]
      case (.flags, .bool(let isSet)): return isSet ? ["--\(parameter.name)"] : []
      case (.options, _), (.flags, _): return ["--\(parameter.name)", text]
      }
    }
  }
}

/// The folder of a trial, and what attune keeps in it.
package struct TrialFolder: Hashable, Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package var parameters: String { Path.join(path, "params.json") }
  package var metrics: String { Path.join(path, "metrics.jsonl") }
  package var output: String { Path.join(path, "stdout.log") }
  package var errors: String { Path.join(path, "stderr.log") }
  /// A file that is there once a rule has ended the trial.
  package var stop: String { Path.join(path, "stop") }
  /// What the attempts before the one that runs have reported.
  package var earlier: String { Path.join(path, "earlier.json") }
  /// A folder, in which an attempt finds what those before it have left.
  package var checkpoint: String { Path.join(path, "checkpoint") }
}

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
  /// What all runs together may use.
  package var usage = UsageBudget.none
  package var trial: TrialTemplate
  /// What is run before any trial, and when the manifest is written; by name.
  package var prepare: [Step] = []
  package var finally: [Step] = []
  /// Nil where the best trials are not run again.
  package var confirmation: ConfirmationRule?
  /// Sorted by path.
  package var inputs: [InputFile]
  /// The names of the environment's variables whose values must not be seen, sorted: they are where trials run, and no
  /// part of what a trial is.
  package var secrets: [String]
  /// The digests of the values of the environment's variables that commands name, but of those that are declared; in earlier plans
  /// there are none.
  package var variables: [String: Digest] = [:]

  package init(
    name: String, experimentFile: String, metrics: [String], outcomeConstraints: [Expression] = [],
    settings: [String] = [], search: SearchSettings, parallel: Int, timeLimit: Int?,
    trial: TrialTemplate, inputs: [InputFile], secrets: [String] = []
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
    self.secrets = secrets
  }

  /// Whether rules judge trials by their runs, one after the other, and not by what a run reports on the way.
  package var judgesRuns: Bool { !search.trialRules.isEmpty && trial.repeats.seeds > 1 }

  /// The objectives' metrics, and then the others that constraints and rules name.
  package var judgedMetrics: [String] {
    let constrained = outcomeConstraints.flatMap(\.names).filter { search.space.indices(of: $0).isEmpty }
    let others = (constrained + search.watchedMetrics).filter { !metrics.contains($0) }
    return metrics + Set(others).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Those of the runs that confirm the best trials, which no rule ends.
  package var confirmedMetrics: [String] { withoutTrialRules.judgedMetrics }

  private var withoutTrialRules: Plan {
    var plan = self
    plan.search.trialRules = []
    return plan
  }

  /// Of the runs that confirm the best trials.
  var confirmationLines: TrialLines { TrialLines(withoutTrialRules) }
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
    .object(assignments(in: space).map { JSON.Member($0.parameter.name, $0.value.json) })
  }

  /// The parameters that have a value, with it, in the order of the space.
  package func assignments(in space: Space) -> [(parameter: Parameter, value: Value)] {
    zip(space.parameters, values).compactMap { parameter, value in value.map { (parameter, $0) } }
  }

  /// As trials read it: `optimizer.lr` is the member `lr` of the object `optimizer`.
  package func nestedJSON(in space: Space) -> JSON {
    var root = JSON.object([JSON.Member]())
    for (parameter, value) in assignments(in: space) {
      root.insert(value.json, at: parameter.name.split(separator: ".", omittingEmptySubsequences: false)[...])
    }
    return root
  }
}

extension JSON {
  /// Puts a value into an object of objects, and makes those that are missing.
  fileprivate mutating func insert(_ value: JSON, at path: ArraySlice<Substring>) {
    guard let first = path.first, case .object(var members) = self else {
      self = value
      return
    }
    let index = members.firstIndex { $0.name == first } ?? members.endIndex
    if index == members.endIndex { members.append(Member(String(first), .object([Member]()))) }
    members[index].value.insert(value, at: path.dropFirst())
    self = .object(members)
  }
}

internal import Search

/// In what two plans of one experiment differ, in words.
extension PlanDocument {
  /// The parts of the plan and the input files that are not the same in a newer one; empty when they are equal.
  package func differences(to other: PlanDocument) -> [String] {
    let other = other.goingOn(from: self)
    guard digest != other.digest else { return [] }
    let sections = (json.members ?? []).map(\.name).filter { name in
      // What follows from other parts is not named beside them.
      !["inputs", "trials", "steps", "variables"].contains(name) && json[name] != other.json[name]
        && !(name == "trial" && plan.isRunLike(other.plan))
    }
    return sections.map { "`\($0)` of the experiment" } + plan.interpreterDifference(to: other.plan)
      + plan.variableDifferences(to: other.plan) + plan.inputDifferences(to: other.plan)
  }
}

extension PlanDocument {
  /// The same with the decisions of a plan that an earlier version has made, where its search is the same but for them: one that was
  /// begun goes on as it did.
  package func goingOn(from earlier: PlanDocument) -> PlanDocument {
    let search = plan.search.goingOn(from: earlier.plan.search)
    guard search != plan.search else { return self }
    var plan = plan
    plan.search = search
    return PlanDocument(plan)
  }
}

extension Plan {
  /// The input files that are not the same in a newer plan.
  package func inputDifferences(to other: Plan) -> [String] {
    let own = inputs
    let others = other.inputs
    let changed = own.filter { input in
      others.contains { $0.path == input.path && $0.digest != input.digest }
    }
    let new = others.filter { input in !own.contains { $0.path == input.path } }
    let gone = own.filter { input in !others.contains { $0.path == input.path } }
    return changed.map { "the input \($0.path)" } + new.map { "the input \($0.path), which is new" }
      + gone.map { "the input \($0.path), which is gone" }
  }

  fileprivate func interpreterDifference(to other: Plan) -> [String] {
    guard trial.interpreter != other.trial.interpreter else { return [] }
    let texts = [self, other].map { $0.trial.interpreter.map { "\($0.name) \($0.version)" } ?? "none that is known" }
    return ["the interpreter: \(texts[0]) there, \(texts[1]) here"]
  }

  /// The variables whose values are not those of a newer plan.
  fileprivate func variableDifferences(to other: Plan) -> [String] {
    Set(variables.keys).union(other.variables.keys).filter { variables[$0] != other.variables[$0] }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { "the value of the variable \($0)" }
  }

  /// Whether trials are run in the same way, if not by the same interpreter.
  fileprivate func isRunLike(_ other: Plan) -> Bool {
    var trial = trial
    trial.interpreter = other.trial.interpreter
    return trial == other.trial
  }

  /// In what all trials of a newer plan differ from those of this one, in words; nothing when they have the same names
  /// at the same points and seeds.
  package func trialDifferences(to other: Plan) -> [String] {
    let (own, others) = (PlanComponents(self), PlanComponents(other))
    var differences: [String] = []
    if own.command != others.command {
      differences.append(trial.program == other.trial.program ? "where metrics are read" : "the command")
    }
    if own.environment != others.environment {
      let names = Set((trial.environment + other.trial.environment).map(\.name)).sorted { name, next in
        name.utf8.lexicographicallyPrecedes(next.utf8)
      }
      differences += names.filter { name in
        trial.environment.first { $0.name == name } != other.trial.environment.first { $0.name == name }
      }.map { "the variable \($0) of `environment`" }
      differences += interpreterDifference(to: other) + variableDifferences(to: other)
    }
    if own.preparation != others.preparation { differences.append("what is prepared (`prepare`)") }
    if own.inputs != others.inputs { differences += inputDifferences(to: other) }
    return differences
  }
}

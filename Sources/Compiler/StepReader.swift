internal import Artifacts

/// `prepare:` and `finally:`, commands that are run once beside the search, by name.
extension ExperimentReader {
  mutating func readSteps(_ node: SyntaxNode, _ kind: Step.Kind) -> [Experiment.StepDeclaration] {
    guard case .mapping(let entries) = node.content else {
      var message = Message.expected("a mapping from names to steps", of: "`\(kind.rawValue)`", found: node.kind)
      message.help = "for example `\(kind.rawValue): {features: {run: python features.py, outputs: [features.npy]}}`"
      diagnostics.report(message, at: node)
      return []
    }
    let steps = ["run", "shell"].filter { key in
      entries.contains { entry in
        if case .mapping = entry.value.content { return false }
        return entry.key.value == key
      }
    }
    if let key = steps.first, let entry = entries.first(where: { $0.key.value == key }) {
      diagnostics.report(.stepWithoutName(kind.rawValue, key), at: entry.key.span)
      return []
    }
    return entries.compactMap { entry in
      guard Self.isName(entry.key.value) else {
        diagnostics.report(.badStepName(entry.key.value), at: entry.key.span)
        return nil
      }
      return readStep(entry.value, kind, entry.key)
    }
  }

  private mutating func readStep(
    _ node: SyntaxNode, _ kind: Step.Kind, _ name: Located<String>
  ) -> Experiment.StepDeclaration? {
    let known = ["run", "shell", "inputs", "outputs", "after", "environment", "timeout"]
    let what = "the step `\(name.value)`"
    guard let section = Section(node, named: what, known: known, later: ["resources"], &diagnostics) else { return nil }
    if !section.has("run"), !section.has("shell") {
      _ = section.require("run", example: "run: python \(name.value).py", &diagnostics)
      return nil
    }
    let texts = { (key: String, element: String, reader: inout Self) -> [Located<String>] in
      guard let list = section[key] else { return [] }
      return (reader.diagnostics.list(list, "`\(key)`") ?? []).compactMap { reader.diagnostics.text($0, element) }
    }
    return Experiment.StepDeclaration(
      kind: kind, name: name, program: readProgram(section),
      span: (section["run"] ?? section["shell"])?.span ?? section.span,
      inputs: section["inputs"].map { Located(readInputs($0), at: $0.span) },
      outputs: texts("outputs", "an output", &self),
      after: texts("after", "a step's name", &self),
      environment: section["environment"].map { readEnvironment($0) } ?? [],
      timeout: section["timeout"].flatMap { diagnostics.duration($0, "`timeout`") })
  }
}

extension Experiment {
  /// What steps make, without what says nothing in a path.
  var outputs: [String] { steps.flatMap { $0.outputs.map { InputFiles.plain($0.value) } } }

  /// The steps that a step comes after: those that it names, and those whose outputs are its inputs.
  func stepsBefore(_ step: StepDeclaration) -> Set<String> {
    let inputs = (step.inputs?.value ?? []).map { InputFiles.plain($0.value) }
    let makers = steps.filter { other in
      other.kind == step.kind && other.name.value != step.name.value
        && other.outputs.contains { output in inputs.contains { InputFiles.overlap(InputFiles.plain(output.value), $0) }
        }
    }
    return Set(step.after.map(\.value) + makers.map(\.name.value))
  }
}

extension Checks {
  /// What steps say of each other, and of the parameters.
  mutating func checkSteps() {
    var makers: [(path: String, output: Located<String>)] = []
    for step in experiment.steps {
      let others = experiment.steps.filter { $0.kind == step.kind && $0.name.value != step.name.value }
      for name in step.after where !others.contains(where: { $0.name.value == name.value }) {
        let isOfOtherKind = experiment.steps.contains { $0.kind != step.kind && $0.name.value == name.value }
        diagnostics.report(
          name.value == step.name.value
            ? .stepAfterItself
            : isOfOtherKind
              ? .stepOfOtherKind(name.value, isPrepared: step.kind == .finally)
              : .unknownStep(name.value, known: others.map(\.name.value)), at: name.span)
      }
      for output in step.outputs {
        let path = InputFiles.plain(output.value)
        if output.value.hasPrefix("/") || path == "." || path.split(separator: "/").contains("..")
          || path.contains("\0")
        {
          diagnostics.report(.outputOutside(output.value), at: output.span)
        } else if path.contains("*") || path.contains("?") {
          diagnostics.report(.outputPattern(output.value), at: output.span)
        } else if let other = makers.first(where: { InputFiles.overlap($0.path, path) }) {
          diagnostics.report(
            .outputTwice(output.value), at: output.span, related: [Related(other.output.span, "this is made there")])
        } else {
          makers.append((path, output))
        }
      }
      let outputs = step.outputs.map { InputFiles.plain($0.value) }
      for input in step.inputs?.value ?? [] {
        let path = InputFiles.plain(input.value)
        if outputs.contains(where: { path == $0 || path.hasPrefix($0 + "/") }) {
          diagnostics.report(.stepReadsItself(input.value), at: input.span)
        }
      }
      checkPlaceholders(of: step)
    }
    checkCircles()
  }

  private mutating func checkCircles() {
    for kind in Step.Kind.allCases {
      let steps = experiment.steps.filter { $0.kind == kind }
      let names = Set(steps.map(\.name.value))
      let simple = steps.map { step in
        Step(
          name: step.name.value, program: .command([]),
          after: experiment.stepsBefore(step).intersection(names).subtracting([step.name.value]).sorted())
      }
      let ordered = Set(Step.ordered(simple).map(\.name))
      let circle = steps.filter { !ordered.contains($0.name.value) }
      guard let first = circle.first else { continue }
      diagnostics.report(
        .stepsInCircle(circle.map(\.name.value)), at: first.name.span,
        related: circle.dropFirst().map { Related($0.name.span, "this one as well") })
    }
  }

  private mutating func checkPlaceholders(of step: Experiment.StepDeclaration) {
    guard case .command(let command)? = step.program else { return }
    checkArguments(command)
    let isPrepared = step.kind == .finally
    for argument in command {
      for segment in argument.value {
        let name: String
        switch segment {
        case .literal, .variable: continue
        case .parameter(let parameter):
          if isPrepared, isComplete, !names.contains(parameter) {
            diagnostics.report(.unknownPlaceholder(parameter, known: names), at: argument.span)
            continue
          }
          name = parameter
        case .allParameters: name = "args"
        case .trialFolder, .trialSeed, .trialCheckpoint, .trialParameters: name = "trial"
        }
        if !isPrepared {
          diagnostics.report(.placeholderBeforeTrials(name), at: argument.span)
        } else if experiment.objectives.count > 1 {
          diagnostics.report(.placeholderOfSeveral(name), at: argument.span)
        }
      }
    }
  }
}

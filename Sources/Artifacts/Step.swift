internal import Search

/// A command that is run once beside the search: to prepare what trials read, or to use what was found.
package struct Step: Hashable, Sendable {
  /// Letters, digits, `_`, `-` and `.`, the first no dot.
  package var name: String
  package var program: TrialTemplate.Program
  /// Sorted by name.
  package var environment: [TrialTemplate.Variable]
  /// In milliseconds.
  package var timeout: Int?
  /// Sorted by path; without those that other steps make.
  package var inputs: [InputFile]
  /// Files and folders that it makes, relative to the experiment's folder; sorted.
  package var outputs: [String]
  /// The steps that end well before it begins; sorted.
  package var after: [String]

  package init(
    name: String, program: TrialTemplate.Program, environment: [TrialTemplate.Variable] = [], timeout: Int? = nil,
    inputs: [InputFile] = [], outputs: [String] = [], after: [String] = []
  ) {
    self.name = name
    self.program = program
    self.environment = environment
    self.timeout = timeout
    self.inputs = inputs
    self.outputs = outputs
    self.after = after
  }

  /// When a step is run.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Before any trial.
    case prepare
    /// When the manifest is written, with the best trial's parameters.
    case finally
  }

  /// How its command becomes a process.
  package var template: TrialTemplate {
    TrialTemplate(program: program, environment: environment, timeout: timeout, metrics: .auto)
  }
}

extension Plan {
  package func steps(_ kind: Step.Kind) -> [Step] { kind == .prepare ? prepare : finally }

  /// What names the steps of a kind: by all that determines what they do, and so by the names of the steps before them.
  ///
  /// - Parameter result: the digest of the content of the manifest, of steps that come after it.
  package func stepKeys(_ kind: Step.Kind, result: Digest? = nil) -> [String: Digest] {
    var keys: [String: Digest] = [:]
    for step in Step.ordered(steps(kind)) {
      let before = step.after.compactMap { name in keys[name].map { JSON.Member(name, .string($0.description)) } }
      let components = JSON.object([
        "step": step.json(withDigests: true), "after": .object(before),
        "result": result.map { .string($0.description) },
        "interpreter": trial.interpreter?.json, "named": variablesJSON(step.template.inheritedVariables),
      ])
      keys[step.name] = Digest(of: "step", components.canonicalBytes)
    }
    return keys
  }

  /// By name, so that the order in the file means nothing.
  package mutating func sortSteps() {
    prepare.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    finally.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// What stands for all that is prepared in the names of trials; nil where nothing is.
  package var preparation: Digest? {
    guard !prepare.isEmpty else { return nil }
    let keys = stepKeys(.prepare).sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return Digest(
      of: "preparation", JSON.object(keys.map { JSON.Member($0.key, .string($0.value.description)) }).canonicalBytes)
  }

  /// The input files of the steps, by kind and name.
  package var stepInputs: [String: [InputFile]] {
    var inputs: [String: [InputFile]] = [:]
    for kind in Step.Kind.allCases {
      for step in steps(kind) { inputs[Step.path(kind, step.name)] = step.inputs }
    }
    return inputs
  }
}

extension Step {
  /// How a step is called among all: `prepare.features`.
  package static func path(_ kind: Kind, _ name: String) -> String { "\(kind.rawValue).\(name)" }

  /// Each after those that it comes after, else by name. Steps that go round in a circle are left out.
  package static func ordered(_ steps: [Step]) -> [Step] {
    var ordered: [Step] = []
    var left = steps
    while let next = left.firstIndex(where: { step in
      step.after.allSatisfy { name in ordered.contains { $0.name == name } }
    }) {
      ordered.append(left.remove(at: next))
    }
    return ordered
  }

  func json(withDigests: Bool) -> JSON {
    let (arguments, script): (JSON?, JSON?) =
      switch program {
      case .command: (program.json, nil)
      case .shell: (nil, program.json)
      }
    return .object([
      "name": .string(name), "command": arguments, "shell": script, "environment": template.environmentJSON,
      "timeoutMilliseconds": withDigests ? nil : timeout.map(JSON.int), "inputs": .array(inputs.map(\.json)),
      "outputs": .array(outputs.map(JSON.string)), "after": .array(after.map(JSON.string)),
    ])
  }

  init(json: JSON) throws(DocumentError) {
    name = try json.string("name")
    program = try TrialTemplate.Program(json: json)
    environment = try TrialTemplate.environment(json: json)
    timeout = json["timeoutMilliseconds"]?.int
    inputs = []
    for input in try json.array("inputs") { inputs.append(try InputFile(json: input)) }
    outputs = try json.array("outputs").compactMap(\.string)
    after = try json.array("after").compactMap(\.string)
  }
}

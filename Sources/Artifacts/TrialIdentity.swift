package import Search

/// Names trials by what determines their results: the command, the inputs, the declared environment, the point and the
/// seed. Not by their number, by how many workers there are, by a time limit or by a description.
///
/// Both the key and the seed are functions of the plan's content, so that the same trial in another experiment, or in
/// an edited one, is the same trial.
package struct TrialIdentity: Sendable {
  private let space: Space
  /// Of a key, up to the point: it is the same for every trial.
  private let keyBeginning: DigestBuilder
  /// Of what seeds are made of, up to the point, and what stands behind it for each of a trial's runs.
  private let seedBeginning: DigestBuilder
  private let seedEndings: [[UInt8]]
  /// Of a key, between the point and the seed: what is prepared.
  private let preparation: [UInt8]
  private let names: [[UInt8]]

  package init(_ plan: Plan) {
    space = plan.search.space
    // Both are below 2^53: canonical JSON has them so.
    let repeats = plan.trial.repeats
    seedEndings = (repeats.first..<repeats.first + repeats.seeds).map { replicate in
      Array(",\"replicate\":\(replicate),\"seed\":\(plan.search.seed)}".utf8)
    }
    var seedBuilder = DigestBuilder(of: "trial-seed")
    seedBuilder.update("{\"point\":".utf8)
    seedBeginning = seedBuilder
    let components = PlanComponents(plan)
    let fixedMembers =
      "{\"command\":\"\(components.command)\",\"environment\":\"\(components.environment)\",\"inputs\":\"\(components.inputs)\",\"point\":"
    var builder = DigestBuilder(of: "trial")
    builder.update(Array(fixedMembers.utf8))
    keyBeginning = builder
    preparation = components.preparation.map { Array(",\"prepare\":\"\($0)\"".utf8) } ?? []
    names = space.parameters.map { JSON.string($0.name).canonicalBytes }
  }

  /// How many runs each trial has.
  package var replicates: Int { seedEndings.count }

  /// All that names a trial's run at a point: its own seed, and its key.
  package struct Run: Hashable, Sendable {
    package var seed: Int
    package var key: Digest

    package init(seed: Int, key: Digest) {
      self.seed = seed
      self.key = key
    }
  }

  /// The names of a trial's runs.
  package func runs(at point: Point) -> [Run] { runs(forPoint: pointBytes(point)) }

  /// - Parameter parents: the runs of the trial that it continues from: it has their seeds, and is another trial than one
  ///   that begins anew.
  package func runs(forPoint bytes: [UInt8], continuing parents: [Run]? = nil) -> [Run] {
    if let parents {
      return parents.map { Run(seed: $0.seed, key: key(forPoint: bytes, seed: $0.seed, after: $0.key)) }
    }
    return (0..<replicates).map { replicate in
      let seed = seed(forPoint: bytes, replicate: replicate)
      return Run(seed: seed, key: key(forPoint: bytes, seed: seed))
    }
  }

  /// The point as canonical JSON: an object of its parameters.
  package func pointBytes(_ point: Point) -> [UInt8] {
    var writer = CanonicalWriter()
    write(point, to: &writer)
    return writer.bytes
  }

  func write(_ point: Point, to writer: inout CanonicalWriter) {
    writer.write(raw: "{")
    // The space's parameters are sorted by name, as canonical JSON has them.
    var isFirst = true
    for (index, value) in point.values.enumerated() {
      guard let value else { continue }
      if !isFirst { writer.write(raw: ",") }
      isFirst = false
      writer.write(raw: names[index])
      writer.write(raw: ":")
      writer.write(value.json)
    }
    writer.write(raw: "}")
  }

  /// A run's own seed, in 0 ..< 2^31: what every generator of random numbers takes.
  package func seed(forPoint bytes: [UInt8], replicate: Int = 0) -> Int {
    var builder = seedBeginning
    builder.update(bytes)
    builder.update(seedEndings[replicate])
    return Int(builder.finishNumber() >> 32 & 0x7FFF_FFFF)
  }

  package func key(forPoint bytes: [UInt8], seed: Int, after parent: Digest? = nil) -> Digest {
    var builder = keyBeginning
    builder.update(bytes)
    builder.update(preparation)
    builder.update(",\"seed\":\(seed)\(parent.map { ",\"through\":\"\($0)\"" } ?? "")}".utf8)
    return builder.finish()
  }
}

extension Plan {
  /// The digests of the values of some variables, by name; nil where none of them counts.
  func variablesJSON(_ names: [String]) -> JSON? {
    let members = names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }).compactMap { name in
      variables[name].map { JSON.Member(name, .string($0.description)) }
    }
    return members.isEmpty ? nil : .object(members)
  }
}

/// The digests, by name, of the parts of a plan that every trial shares.
package struct PlanComponents: Hashable, Sendable {
  package var command: Digest
  /// The declared variables, those that the command names, and the interpreter where that is known.
  package var environment: Digest
  package var inputs: Digest
  /// Nil where nothing is prepared.
  package var preparation: Digest?

  package init(_ plan: Plan) {
    let trial = plan.trial
    let (arguments, script): (JSON?, JSON?) =
      switch trial.program {
      case .command: (trial.program.json, nil)
      case .shell: (nil, trial.program.json)
      }
    command = Digest(
      of: "command",
      JSON.object(["arguments": arguments, "shell": script, "metrics": trial.metrics.json]).canonicalBytes)
    var surroundings = trial.environmentJSON
    let named = plan.variablesJSON(trial.inheritedVariables)
    if trial.interpreter != nil || named != nil {
      surroundings = .object(["interpreter": trial.interpreter?.json, "named": named, "variables": surroundings])
    }
    environment = Digest(of: "environment", surroundings.canonicalBytes)
    preparation = plan.preparation
    inputs = Digest(of: "inputs", JSON.array(plan.inputs.map(\.json)).canonicalBytes)
  }
}

internal import Search

/// `trial` of a plan document.
extension TrialTemplate {
  var json: JSON {
    let (command, shell): (JSON?, JSON?) =
      switch program {
      case .command: (program.json, nil)
      case .shell: (nil, program.json)
      }
    return .object([
      "command": command, "shell": shell, "environment": environmentJSON,
      "timeoutMilliseconds": timeout.map(JSON.int), "silenceMilliseconds": silence.map(JSON.int),
      "graceMilliseconds": grace == 0 ? nil : .int(grace), "metrics": metrics.json,
      "repeats": repeats == .once ? nil : repeats.json, "failures": failures.json,
      "interpreter": interpreter?.json, "cache": isCached ? nil : .bool(false),
      "resources": resources.json,
    ])
  }

  var environmentJSON: JSON {
    .object(environment.map { JSON.Member($0.name, .string($0.value)) })
  }

  static func environment(json: JSON) throws(DocumentError) -> [Variable] {
    var environment: [Variable] = []
    for member in try json.require("environment").members ?? [] {
      environment.append(Variable(name: member.name, value: member.value.string ?? ""))
    }
    return environment.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  init(json: JSON) throws(DocumentError) {
    var repeats = Repeats.once
    if let json = json["repeats"] { repeats = try Repeats(json: json) }
    var interpreter: Interpreter?
    if let json = json["interpreter"] { interpreter = try Interpreter(json: json) }
    self.init(
      program: try Program(json: json), environment: try Self.environment(json: json),
      timeout: json["timeoutMilliseconds"]?.int,
      silence: json["silenceMilliseconds"]?.int, metrics: try MetricSource(json: try json.require("metrics")),
      repeats: repeats,
      failures: try FailurePolicies(json: json["failures"]), interpreter: interpreter,
      isCached: json["cache"] != .bool(false), resources: try ResourceLimits(json: json["resources"]))
    grace = json["graceMilliseconds"]?.int ?? 0
  }

  /// Whether there is a program, and every argument can be made for each point of the space.
  func fits(_ space: Space) -> Bool {
    command.allSatisfy { template in
      template.allSatisfy { segment in
        switch segment {
        case .parameter(let name): !space.indices(of: name).isEmpty
        case .allParameters: template.count == 1
        case .literal, .variable, .trialFolder, .trialSeed, .trialCheckpoint, .trialParameters: true
        }
      }
    }
  }
}

extension TrialTemplate.Program {
  /// A script as it is, a command as a list.
  var json: JSON {
    switch self {
    case .shell(let script): return .string(script)
    case .command(let templates):
      return .array(
        templates.map { template in
          if case .literal(let text)? = template.first, template.count == 1 { return .string(text) }
          return .array(template.map(\.json))
        })
    }
  }

  init(json: JSON) throws(DocumentError) {
    if let script = json["shell"]?.string {
      self = .shell(script)
      return
    }
    var command: [[TrialTemplate.Segment]] = []
    for argument in try json.array("command") {
      var segments: [TrialTemplate.Segment] = []
      for segment in argument.array ?? [argument] { segments.append(try TrialTemplate.Segment(json: segment)) }
      command.append(segments)
    }
    self = .command(command)
  }
}

extension TrialTemplate.Segment {
  fileprivate var json: JSON {
    switch self {
    case .literal(let text): .string(text)
    case .parameter(let name): .object(["parameter": .string(name)])
    case .allParameters(let form): .object(["parameters": .string(form.rawValue)])
    case .variable(let name): .object(["environment": .string(name)])
    case .trialFolder: .object(["trial": .string("dir")])
    case .trialSeed: .object(["trial": .string("seed")])
    case .trialCheckpoint: .object(["trial": .string("checkpoint")])
    case .trialParameters: .object(["trial": .string("params")])
    }
  }

  fileprivate init(json: JSON) throws(DocumentError) {
    if let text = json.string {
      self = .literal(text)
    } else if let name = json["parameter"]?.string {
      self = .parameter(name)
    } else if let form = json["parameters"]?.string.flatMap(TrialTemplate.ArgumentForm.init) {
      self = .allParameters(form)
    } else if let name = json["environment"]?.string {
      self = .variable(name)
    } else {
      switch try json.string("trial") {
      case "dir": self = .trialFolder
      case "seed": self = .trialSeed
      case "checkpoint": self = .trialCheckpoint
      case "params": self = .trialParameters
      case let name: throw DocumentError("a trial has no `\(name)`")
      }
    }
  }
}

extension Repeats {
  var json: JSON { .object(["seeds": .int(seeds), "aggregate": .string(aggregate.rawValue)]) }

  init(json: JSON) throws(DocumentError) {
    let seeds = try json.int("seeds")
    guard let aggregate = Aggregate(rawValue: try json.string("aggregate")),
      (1...Self.maximumSeeds).contains(seeds)
    else { throw DocumentError("`repeats` is out of bounds") }
    self.init(seeds: seeds, aggregate: aggregate)
  }
}

package import Search

/// The result document of an experiment: `results/<name>/manifest.json`, with `trials.jsonl` beside it.
///
/// `content` is what follows from the plan and the trials' outcomes. Two runs of a deterministic objective have the
/// same content, byte for byte, and so the same digest. `circumstances` is all the rest: when, where, how long.
package struct Manifest: Hashable, Sendable {
  package var content: ManifestContent
  package var circumstances: Circumstances

  package static let schema = "attune/manifest/v1"
  package static let fileName = "manifest.json"
  package static let trialsFileName = "trials.jsonl"

  package init(content: ManifestContent, circumstances: Circumstances) {
    self.content = content
    self.circumstances = circumstances
  }

  package var contentDigest: Digest { content.digest }

  package var json: JSON {
    .object([
      "schema": .string(Self.schema), "contentDigest": .string(contentDigest.description), "content": content.json,
      "circumstances": circumstances.sealedJSON,
    ])
  }

  package var fileBytes: [UInt8] { json.canonicalBytes + [UInt8(ascii: "\n")] }

  /// Reads what `fileBytes` writes, and refuses everything else: a byte changed anywhere is found.
  package init(fileBytes: [UInt8]) throws(DocumentError) {
    let json = try JSON(document: fileBytes)
    let schema = try json.string("schema")
    guard schema == Self.schema else {
      throw DocumentError("it is of the form \"\(schema)\"; this version reads \"\(Self.schema)\"")
    }
    let contentJSON = try json.require("content")
    guard try json.digest("contentDigest") == ManifestContent.digest(of: contentJSON) else {
      throw DocumentError("`content` does not have the digest that `contentDigest` states")
    }
    let circumstancesJSON = try json.require("circumstances")
    content = try ManifestContent(json: contentJSON)
    circumstances = try Circumstances(sealed: circumstancesJSON)
    guard self.fileBytes == fileBytes else { throw DocumentError("it was changed after it was written") }
  }
}

/// The digested part of a manifest.
package struct ManifestContent: Hashable, Sendable {
  package var plan: PlanDocument
  /// How the search ended; `trials` is the number of lines in `trials.jsonl`.
  package var conclusion: Conclusion
  /// The digest of `trials.jsonl`.
  package var trialsDigest: Digest
  /// How many of the trials completed, how many a rule ended, and how many broke a constraint over the metrics.
  package var completed: Int
  package var stopped: Int
  package var infeasible: Int
  /// The best trial or, with several objectives, those that no other dominates, by number.
  package var best: [SelectedTrial]
  /// The trial at the point of the defaults, where the plan has one and it completed.
  package var baseline: Incumbent?
  /// Nil where the plan has none, or no trial completed.
  package var confirmation: Confirmation?
  /// Nil where there is nothing to say, and in manifests of versions that did not say it.
  package var analysis: ManifestAnalysis?

  package init(
    plan: PlanDocument, conclusion: Conclusion, trialsDigest: Digest, completed: Int, stopped: Int = 0,
    infeasible: Int, best: [SelectedTrial], baseline: Incumbent?, analysis: ManifestAnalysis? = nil
  ) {
    self.analysis = analysis
    self.plan = plan
    self.conclusion = conclusion
    self.trialsDigest = trialsDigest
    self.completed = completed
    self.stopped = stopped
    self.infeasible = infeasible
    self.best = best
    self.baseline = baseline
  }

  package var failed: Int { conclusion.trials - completed - stopped - infeasible }

  package var digest: Digest { Self.digest(of: json) }

  static func digest(of json: JSON) -> Digest { Digest(of: "manifest", json.canonicalBytes) }

  package var json: JSON {
    .object([
      "plan": plan.json,
      "planDigest": .string(plan.digest.description),
      "trials": .object([
        "file": .string(Manifest.trialsFileName), "digest": .string(trialsDigest.description),
        "count": .int(conclusion.trials), "completed": .int(completed),
        "stopped": stopped == 0 ? nil : .int(stopped),
        "infeasible": infeasible == 0 ? nil : .int(infeasible), "failed": .int(failed),
      ]),
      "stop": .object(["reason": .string(conclusion.reason.rawValue), "afterTrials": .int(conclusion.trials)]),
      "selection": .object([
        "best": plan.plan.metrics.count == 1 ? best.first.map { $0.json(plan.plan.metrics) } : nil,
        "pareto": plan.plan.metrics.count == 1 ? nil : .array(best.map { $0.json(plan.plan.metrics) }),
        "baseline": baseline.map { baseline in
          .object([JSON.Member("trial", .int(baseline.trial)), baseline.values.member(plan.plan.metrics)])
        },
        "confirmation": confirmation?.json(plan.plan.confirmationLines),
      ]),
      "analysis": analysis?.json(plan.plan.metrics),
    ])
  }

  init(json: JSON) throws(DocumentError) {
    plan = try PlanDocument(json: try json.require("plan"))
    best = []
    guard try json.digest("planDigest") == plan.digest else {
      throw DocumentError("`plan` does not have the digest that `planDigest` states")
    }
    let trials = try json.require("trials")
    let stop = try json.require("stop")
    guard let reason = StopReason(rawValue: try stop.string("reason")) else {
      throw DocumentError("the reason it stopped is unknown")
    }
    let selection = try json.require("selection")
    let metrics = plan.plan.metrics
    for json in selection["pareto"]?.array ?? selection["best"].map({ [$0] }) ?? [] {
      best.append(try SelectedTrial(json: json, metrics))
    }
    if let json = selection["baseline"] {
      baseline = Incumbent(trial: try json.int("trial"), values: try [Double](json: json, metrics))
    }
    if let json = selection["confirmation"] { confirmation = try Confirmation(json: json, plan.plan.confirmationLines) }
    if let json = json["analysis"] { analysis = try ManifestAnalysis(json: json, metrics) }
    conclusion = Conclusion(
      trials: try trials.int("count"), reason: reason,
      best: best.map { Incumbent(trial: $0.trial, values: $0.values) })
    trialsDigest = try trials.digest("digest")
    completed = try trials.int("completed")
    stopped = trials["stopped"]?.int ?? 0
    infeasible = trials["infeasible"]?.int ?? 0
  }
}

/// A trial that the search selects.
package struct SelectedTrial: Hashable, Sendable {
  package var trial: Int
  package var runs: [TrialIdentity.Run]
  /// One for each objective.
  package var values: [Double]
  /// An object of the active parameters.
  package var parameters: JSON
  /// Where trials change their points while they train, those of the trials that it goes on from, and its own, from the first
  /// on; empty elsewhere.
  package var schedule: [Stage]

  /// A part of a training.
  package struct Stage: Hashable, Sendable {
    package var trial: Int
    /// An object of the active parameters, with how much of the fidelity it has come to.
    package var parameters: JSON

    package init(trial: Int, parameters: JSON) {
      self.trial = trial
      self.parameters = parameters
    }

    var json: JSON { .object(["trial": .int(trial), "parameters": parameters]) }

    init(json: JSON) throws(DocumentError) {
      trial = try json.int("trial")
      parameters = try json.require("parameters")
    }
  }

  package init(_ record: TrialRecord, values: [Double], in space: Space, schedule: [Stage] = []) {
    trial = record.trial
    runs = record.runs.map(\.name)
    self.values = values
    parameters = record.point.json(in: space)
    self.schedule = schedule
  }

  func json(_ metrics: [String]) -> JSON {
    let single = runs.count == 1 ? runs.first : nil
    let names =
      single.map { [JSON.Member("key", .string($0.key.description)), JSON.Member("seed", .int($0.seed))] }
      ?? [
        JSON.Member(
          "runs", .array(runs.map { .object(["key": .string($0.key.description), "seed": .int($0.seed)]) }))
      ]
    return .object(
      [JSON.Member("trial", .int(trial)), values.member(metrics), JSON.Member("parameters", parameters)] + names
        + (schedule.isEmpty ? [] : [JSON.Member("schedule", .array(schedule.map(\.json)))]))
  }

  init(json: JSON, _ metrics: [String]) throws(DocumentError) {
    trial = try json.int("trial")
    runs = []
    for run in json["runs"]?.array ?? [json] {
      runs.append(TrialIdentity.Run(seed: try run.int("seed"), key: try run.digest("key")))
    }
    values = try [Double](json: json, metrics)
    parameters = try json.require("parameters")
    schedule = []
    for stage in json["schedule"]?.array ?? [] { schedule.append(try Stage(json: stage)) }
  }
}

/// The objectives' values: `value` when there is one, else `values`, an object of the metrics.
extension [Double] {
  fileprivate func member(_ metrics: [String]) -> JSON.Member {
    metrics.count == 1
      ? JSON.Member("value", .number(self[0]))
      : JSON.Member("values", .object(zip(metrics, self).map { JSON.Member($0, .number($1)) }))
  }

  fileprivate init(json: JSON, _ metrics: [String]) throws(DocumentError) {
    self = []
    if metrics.count == 1 {
      append(try json.number("value"))
    } else {
      let values = try json.require("values")
      for metric in metrics { append(try values.number(metric)) }
    }
  }
}

/// What a manifest says that is not a result: it differs between two runs of the same experiment.
///
/// It carries a digest of its own, so that a change of it is found as well.
package struct Circumstances: Hashable, Sendable {
  /// The version of attune.
  package var version: String
  /// The experiment's text, for compiling it again, and its path in the project.
  package var sourcePath: String
  package var source: String
  /// The texts that it extends.
  package var bases: [BaseText]
  /// Seconds since 1970, UTC.
  package var finished: Double
  package var host: String
  /// How many trials ran at once.
  package var workers: Int
  /// How long the run was at work over all its applies, in seconds.
  package var seconds: Double
  /// How many outcomes the last apply waited for, how many were recorded before it, and how many trials were started and
  /// then not part of the result.
  package var executed: Int
  package var reused: Int
  package var surplus: Int
  /// What was forecast of the last apply, and how long it took, in seconds; nil where there was nothing to go by.
  package var forecast: Score?
  /// How much of the fidelity the trials have taken, all together; nil where there is none.
  package var fidelity: Int?
  /// And how much the runs that confirm; nil where there are none.
  package var fidelityToConfirm: Int?
  /// What the plan's runs have used; nil where the plan counts nothing.
  package var ledger: UsageLedger?

  /// A forecast and what came.
  package struct Score: Hashable, Sendable {
    package var forecast: DurationForecast
    package var seconds: Double

    package init(_ forecast: DurationForecast, seconds: Double) {
      self.forecast = forecast
      self.seconds = seconds
    }

    var json: JSON { .object((forecast.json.members ?? []) + [JSON.Member("seconds", .number(seconds))]) }

    init(json: JSON) throws(DocumentError) {
      self.init(try DurationForecast(json: json), seconds: try json.number("seconds"))
    }
  }

  package init(
    version: String, sourcePath: String, source: String, bases: [BaseText] = [], finished: Double, host: String,
    workers: Int, seconds: Double,
    executed: Int, reused: Int, surplus: Int
  ) {
    self.version = version
    self.sourcePath = sourcePath
    self.source = source
    self.bases = bases
    self.finished = finished
    self.host = host
    self.workers = workers
    self.seconds = seconds
    self.executed = executed
    self.reused = reused
    self.surplus = surplus
  }

  private var members: [JSON.Member] {
    [
      JSON.Member("version", .string(version)), JSON.Member("sourcePath", .string(sourcePath)),
      JSON.Member("source", .string(source)), JSON.Member("finished", .number(finished)),
      JSON.Member("host", .string(host)), JSON.Member("workers", .int(workers)),
      JSON.Member("seconds", .number(seconds)), JSON.Member("executed", .int(executed)),
      JSON.Member("reused", .int(reused)), JSON.Member("surplus", .int(surplus)),
    ] + (bases.isEmpty ? [] : [JSON.Member("bases", .array(bases.map(\.json)))])
      + (forecast.map { [JSON.Member("forecast", $0.json)] } ?? [])
      + (fidelity.map { [JSON.Member("fidelity", .int($0))] } ?? [])
      + (fidelityToConfirm.map { [JSON.Member("fidelityToConfirm", .int($0))] } ?? [])
      + (ledger.map { [JSON.Member("ledger", $0.json)] } ?? [])
  }

  private static func seal(_ members: [JSON.Member]) -> Digest {
    Digest(of: "circumstances", JSON.object(members).canonicalBytes)
  }

  var sealedJSON: JSON {
    .object(members + [JSON.Member("digest", .string(Self.seal(members).description))])
  }

  init(sealed json: JSON) throws(DocumentError) {
    version = try json.string("version")
    sourcePath = try json.string("sourcePath")
    source = try json.string("source")
    bases = []
    for base in json["bases"]?.array ?? [] { bases.append(try BaseText(json: base)) }
    finished = try json.number("finished")
    host = try json.string("host")
    workers = try json.int("workers")
    seconds = try json.number("seconds")
    executed = try json.int("executed")
    reused = try json.int("reused")
    surplus = try json.int("surplus")
    if let json = json["forecast"] { forecast = try Score(json: json) }
    fidelity = json["fidelity"]?.int
    fidelityToConfirm = json["fidelityToConfirm"]?.int
    if let json = json["ledger"] { ledger = try UsageLedger(json: json) }
    guard try json.digest("digest") == Self.seal(members) else {
      throw DocumentError("`circumstances` does not have the digest that it states")
    }
  }
}

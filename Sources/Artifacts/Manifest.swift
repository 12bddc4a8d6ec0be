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
  /// How many of the trials completed.
  package var completed: Int
  package var best: SelectedTrial?
  /// The trial at the point of the defaults, where the plan has one and it completed.
  package var baseline: Incumbent?

  package init(
    plan: PlanDocument, conclusion: Conclusion, trialsDigest: Digest, completed: Int, best: SelectedTrial?,
    baseline: Incumbent?
  ) {
    self.plan = plan
    self.conclusion = conclusion
    self.trialsDigest = trialsDigest
    self.completed = completed
    self.best = best
    self.baseline = baseline
  }

  package var digest: Digest { Self.digest(of: json) }

  static func digest(of json: JSON) -> Digest { Digest(of: "manifest", json.canonicalBytes) }

  package var json: JSON {
    .object([
      "plan": plan.json,
      "planDigest": .string(plan.digest.description),
      "trials": .object([
        "file": .string(Manifest.trialsFileName), "digest": .string(trialsDigest.description),
        "count": .int(conclusion.trials), "completed": .int(completed), "failed": .int(conclusion.trials - completed),
      ]),
      "stop": .object(["reason": .string(conclusion.reason.rawValue), "afterTrials": .int(conclusion.trials)]),
      "selection": .object([
        "best": best?.json(in: plan.plan.search.space),
        "baseline": baseline.map { .object(["trial": .int($0.trial), "value": .number($0.value)]) },
      ]),
    ])
  }

  init(json: JSON) throws(DocumentError) {
    plan = try PlanDocument(json: try json.require("plan"))
    guard try json.digest("planDigest") == plan.digest else {
      throw DocumentError("`plan` does not have the digest that `planDigest` states")
    }
    let trials = try json.require("trials")
    let stop = try json.require("stop")
    guard let reason = StopReason(rawValue: try stop.string("reason")) else {
      throw DocumentError("the reason it stopped is unknown")
    }
    let selection = try json.require("selection")
    if let json = selection["best"] { best = try SelectedTrial(json: json) }
    if let json = selection["baseline"] {
      baseline = Incumbent(trial: try json.int("trial"), value: try json.number("value"))
    }
    conclusion = Conclusion(
      trials: try trials.int("count"), reason: reason,
      best: best.map { Incumbent(trial: $0.trial, value: $0.value) })
    trialsDigest = try trials.digest("digest")
    completed = try trials.int("completed")
  }
}

/// The trial that the search selects.
package struct SelectedTrial: Hashable, Sendable {
  package var trial: Int
  package var key: Digest
  package var seed: Int
  /// The objective's value.
  package var value: Double
  /// An object of the parameters.
  package var parameters: JSON

  package init(_ record: TrialRecord, value: Double, in space: Space) {
    trial = record.trial
    key = record.key
    seed = record.seed
    self.value = value
    parameters = record.point.json(in: space)
  }

  func json(in space: Space) -> JSON {
    .object([
      "trial": .int(trial), "key": .string(key.description), "seed": .int(seed), "value": .number(value),
      "parameters": parameters,
    ])
  }

  init(json: JSON) throws(DocumentError) {
    trial = try json.int("trial")
    key = try json.digest("key")
    seed = try json.int("seed")
    value = try json.number("value")
    parameters = try json.require("parameters")
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

  package init(
    version: String, sourcePath: String, source: String, finished: Double, host: String, workers: Int, seconds: Double,
    executed: Int, reused: Int, surplus: Int
  ) {
    self.version = version
    self.sourcePath = sourcePath
    self.source = source
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
    ]
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
    finished = try json.number("finished")
    host = try json.string("host")
    workers = try json.int("workers")
    seconds = try json.number("seconds")
    executed = try json.int("executed")
    reused = try json.int("reused")
    surplus = try json.int("surplus")
    guard try json.digest("digest") == Self.seal(members) else {
      throw DocumentError("`circumstances` does not have the digest that it states")
    }
  }
}

package import Search

/// A line of `trials.jsonl`: a trial, what it tried, and what came of it. Nothing of when, where or how often.
package struct TrialRecord: Hashable, Sendable {
  package var trial: Int
  package var key: Digest
  package var seed: Int
  package var point: Point
  package var result: TrialResult

  package init(trial: Int, key: Digest, seed: Int, point: Point, result: TrialResult) {
    self.trial = trial
    self.key = key
    self.seed = seed
    self.point = point
    self.result = result
  }
}

/// What came of a trial.
package enum TrialResult: Hashable, Sendable {
  /// The objective's metric: finite.
  case completed(Double)
  case failed(Failure)

  /// What the search sees of it.
  package var outcome: Outcome {
    switch self {
    case .completed(let value): .value(value)
    case .failed: .failed
    }
  }
}

/// How a trial failed by itself.
package enum Failure: Hashable, Sendable {
  /// The command ended with this code, other than 0.
  case exit(code: Int)
  case signal(number: Int)
  case timeout
  /// The command ended well and did not report the objective's metric.
  case metricMissing
  /// The objective's metric was not a number, or infinite.
  case metricNotFinite

  /// The failure's class, as documents name it.
  package var name: String {
    switch self {
    case .exit: "exit"
    case .signal: "signal"
    case .timeout: "timeout"
    case .metricMissing: "metric-missing"
    case .metricNotFinite: "metric-not-finite"
    }
  }

  var json: JSON {
    switch self {
    case .exit(let code): .object(["class": .string(name), "code": .int(code)])
    case .signal(let number): .object(["class": .string(name), "signal": .int(number)])
    case .timeout, .metricMissing, .metricNotFinite: .object(["class": .string(name)])
    }
  }

  init(json: JSON) throws(DocumentError) {
    switch try json.string("class") {
    case "exit": self = .exit(code: try json.int("code"))
    case "signal": self = .signal(number: try json.int("signal"))
    case "timeout": self = .timeout
    case "metric-missing": self = .metricMissing
    case "metric-not-finite": self = .metricNotFinite
    case let name: throw DocumentError("the class of failure \"\(name)\" is unknown")
    }
  }
}

/// Writes and checks the lines of `trials.jsonl` for one plan.
package struct TrialLines: Sendable {
  private let metric: [UInt8]
  private let identity: TrialIdentity

  package init(_ plan: Plan) {
    metric = JSON.string(plan.metric).canonicalBytes
    identity = TrialIdentity(plan)
  }

  /// Appends the record's line with its line feed: canonical JSON.
  package func write(_ record: TrialRecord, to writer: inout CanonicalWriter) {
    switch record.result {
    case .failed(let failure):
      writer.write(raw: "{\"failure\":")
      writer.write(failure.json)
      writer.write(raw: ",\"key\":\"")
    case .completed: writer.write(raw: "{\"key\":\"")
    }
    writer.write(raw: record.key.description.utf8)
    if case .completed(let value) = record.result {
      writer.write(raw: "\",\"metrics\":{")
      writer.write(raw: metric)
      writer.write(raw: ":")
      writer.write(number: value)
      writer.write(raw: "},\"parameters\":")
    } else {
      writer.write(raw: "\",\"parameters\":")
    }
    identity.write(record.point, to: &writer)
    writer.write(raw: ",\"seed\":")
    writer.write(number: Double(record.seed))
    if case .completed = record.result {
      writer.write(raw: ",\"state\":\"completed\",\"trial\":")
    } else {
      writer.write(raw: ",\"state\":\"failed\",\"trial\":")
    }
    writer.write(number: Double(record.trial))
    writer.write(raw: "}\n")
  }

  /// The result that a line records.
  package func result(of line: ArraySlice<UInt8>, metric: String) throws(DocumentError) -> TrialResult {
    let json: JSON
    do { json = try JSON(parsing: line) } catch { throw DocumentError(error.description) }
    if let failure = json["failure"] { return .failed(try Failure(json: failure)) }
    return .completed(try json.require("metrics").number(metric))
  }
}

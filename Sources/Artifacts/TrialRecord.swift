package import Search

/// A line of `trials.jsonl`: a trial, what it tried, and what came of it. Nothing of when, where or how often.
package struct TrialRecord: Hashable, Sendable {
  package var trial: Int
  package var point: Point
  /// The trial that it continues from.
  package var parent: Int?
  /// Its runs and what each gave: one, unless trials are repeated.
  package var runs: [Run]
  /// What its only run reported on the way, where rules end single trials.
  package var curve: Curve
  /// What they come to.
  package var result: TrialResult

  package struct Run: Hashable, Sendable {
    package var name: TrialIdentity.Run
    package var measurement: Measurement

    package init(_ name: TrialIdentity.Run, _ measurement: Measurement) {
      self.name = name
      self.measurement = measurement
    }
  }

  package init(
    trial: Int, point: Point, parent: Int? = nil, runs: [Run], curve: Curve = Curve(), result: TrialResult
  ) {
    self.trial = trial
    self.point = point
    self.parent = parent
    self.runs = runs
    self.curve = curve
    self.result = result
  }

  /// How a rule ended it; nil where none did.
  package var stop: TrialStop? {
    if case .stopped(let stop) = result { return stop }
    return if case .stopped(let stop)? = runs.first?.measurement { stop } else { nil }
  }
}

/// What came of a trial.
package enum TrialResult: Hashable, Sendable {
  /// One value for each of the judge's metrics, the objectives' first: finite.
  case completed([Double])
  /// A rule ended it, and it is none that may win.
  case stopped(TrialStop)
  case infeasible(Infeasibility)
  case failed(Failure)

  /// Why a trial is none that may win.
  package enum Infeasibility: Hashable, Sendable {
    /// It ended well and broke a constraint over the metrics.
    case values([Double])
    /// It failed in a way that the experiment takes for an answer.
    case failure(Failure)
  }

  /// As documents name it.
  package var state: String {
    switch self {
    case .completed: "completed"
    case .stopped: "stopped"
    case .infeasible: "infeasible"
    case .failed: "failed"
    }
  }
}

extension TrialResult {
  /// What the search sees of it.
  package func outcome(objectives: Int) -> Outcome {
    switch self {
    case .completed(let values): .values(Array(values.prefix(objectives)))
    case .stopped(let stop): stop.outcome
    case .infeasible: .infeasible
    case .failed: .failed
    }
  }

  package var failure: Failure? {
    switch self {
    case .failed(let failure), .infeasible(.failure(let failure)): failure
    case .completed, .stopped, .infeasible(.values): nil
    }
  }
}

/// How a trial failed by itself.
package enum Failure: Hashable, Sendable {
  /// The command ended with this code, other than 0.
  case exit(code: Int)
  case signal(number: Int)
  case timeout
  /// It printed nothing for too long.
  case silence
  /// It needed more memory than it may have.
  case memory
  /// Its files took up more room than they may.
  case disk
  /// The command ended well and did not report the objective's metric.
  case metricMissing
  /// The objective's metric was not a number, or infinite.
  case metricNotFinite

  var json: JSON {
    switch self {
    case .exit(let code): .object(["class": .string(name), "code": .int(code)])
    case .signal(let number): .object(["class": .string(name), "signal": .int(number)])
    case .timeout, .silence, .memory, .disk, .metricMissing, .metricNotFinite: .object(["class": .string(name)])
    }
  }

  init(json: JSON) throws(DocumentError) {
    switch try json.string("class") {
    case "exit": self = .exit(code: try json.int("code"))
    case "signal": self = .signal(number: try json.int("signal"))
    case "timeout": self = .timeout
    case "silence": self = .silence
    case "memory": self = .memory
    case "disk": self = .disk
    case "metric-missing": self = .metricMissing
    case "metric-not-finite": self = .metricNotFinite
    case let name: throw DocumentError("the class of failure \"\(name)\" is unknown")
    }
  }
}

/// Writes and reads the lines of `trials.jsonl` for one plan.
package struct TrialLines: Sendable {
  private let metrics: [(name: String, place: Int)]
  private let count: Int
  private let identity: TrialIdentity
  private let judgesRuns: Bool

  package init(_ plan: Plan) {
    let judged = plan.judgedMetrics
    // As canonical JSON has an object's members.
    metrics = judged.enumerated().map { ($0.element, $0.offset) }
      .sorted { $0.0.utf16.lexicographicallyPrecedes($1.0.utf16) }
    count = judged.count
    identity = TrialIdentity(plan)
    judgesRuns = plan.judgesRuns
  }

  /// Appends the record's line with its line feed: canonical JSON.
  package func write(_ record: TrialRecord, to writer: inout CanonicalWriter) {
    writer.write(raw: "{")
    if let parent = record.parent {
      writer.write(raw: "\"continues\":")
      writer.write(number: Double(parent))
      writer.write(raw: ",")
    }
    if !record.curve.reports.isEmpty, identity.replicates == 1 {
      writer.write(raw: "\"curve\":")
      writer.write(record.curve.json)
      writer.write(raw: ",")
    }
    if let failure = record.result.failure {
      writer.write(raw: "\"failure\":")
      writer.write(failure.json)
      writer.write(raw: ",")
    }
    let single = identity.replicates == 1 ? record.runs.first?.name : nil
    if let single {
      writer.write(raw: "\"key\":\"")
      writer.write(raw: single.key.description.utf8)
      writer.write(raw: "\",")
    }
    switch record.result {
    case .completed(let values), .infeasible(.values(let values)):
      write(values, to: &writer)
      writer.write(raw: ",")
    case .stopped, .failed, .infeasible(.failure): break
    }
    writer.write(raw: "\"parameters\":")
    identity.write(record.point, to: &writer)
    if let single {
      writer.write(raw: ",\"seed\":")
      writer.write(number: Double(single.seed))
    } else {
      writer.write(raw: ",\"runs\":[")
      for (index, run) in record.runs.enumerated() {
        if index > 0 { writer.write(raw: ",") }
        write(run, to: &writer)
      }
      writer.write(raw: "]")
    }
    writer.write(raw: ",\"state\":\"")
    writer.write(raw: record.result.state.utf8)
    writer.write(raw: "\"")
    if let stop = record.stop {
      writer.write(raw: ",\"stopped\":")
      writer.write(stop.json)
    }
    writer.write(raw: ",\"trial\":")
    writer.write(number: Double(record.trial))
    writer.write(raw: "}\n")
  }

  private func write(_ values: [Double], to writer: inout CanonicalWriter) {
    writer.write(raw: "\"metrics\":{")
    for (index, metric) in metrics.enumerated() {
      if index > 0 { writer.write(raw: ",") }
      writer.write(string: metric.name)
      writer.write(raw: ":")
      writer.write(number: values[metric.place])
    }
    writer.write(raw: "}")
  }

  private func write(_ run: TrialRecord.Run, to writer: inout CanonicalWriter) {
    writer.write(raw: "{")
    if case .failed(let failure) = run.measurement {
      writer.write(raw: "\"failure\":")
      writer.write(failure.json)
      writer.write(raw: ",")
    }
    writer.write(raw: "\"key\":\"")
    writer.write(raw: run.name.key.description.utf8)
    writer.write(raw: "\",")
    if case .values(let values) = run.measurement {
      write(values, to: &writer)
      writer.write(raw: ",")
    }
    writer.write(raw: "\"seed\":")
    writer.write(number: Double(run.name.seed))
    writer.write(raw: "}")
  }

  /// One of several runs, as a line has it.
  func json(of run: TrialRecord.Run) -> JSON {
    var writer = CanonicalWriter()
    write(run, to: &writer)
    return (try? JSON(parsing: writer.bytes)) ?? .null
  }

  func run(json: JSON) throws(DocumentError) -> TrialRecord.Run {
    let name = TrialIdentity.Run(seed: try json.int("seed"), key: try json.digest("key"))
    return TrialRecord.Run(name, try measurement(json, Curve()))
  }

  /// What a line records of the trial's runs.
  package func measured(_ line: ArraySlice<UInt8>) throws(DocumentError) -> Measured {
    let json: JSON
    do { json = try JSON(parsing: line) } catch { throw DocumentError(error.description) }
    guard let curve = json["curve"].map({ Curve(json: $0) }) ?? Curve() else {
      throw DocumentError("`curve` is no list of steps and values")
    }
    var measurements: [Measurement] = []
    for run in json["runs"]?.array ?? [json] { measurements.append(try measurement(run, curve)) }
    // Those are left out that were not run any more.
    let isEnded = judgesRuns && (json["stopped"] != nil || json["failure"] != nil)
    guard measurements.count == identity.replicates || isEnded && (1..<identity.replicates ~= measurements.count) else {
      throw DocumentError("it has not as many runs as the plan")
    }
    return Measured(measurements, curve: curve)
  }

  private func measurement(_ json: JSON, _ curve: Curve) throws(DocumentError) -> Measurement {
    if let stop = json["stopped"] {
      guard let last = curve.reports.last, last.step == (try stop.int("step")) else {
        throw DocumentError("it was stopped at a step at which nothing was reported")
      }
      return .stopped(
        TrialStop(
          rule: try stop.string("rule"), step: last.step, value: last.value, isResult: json["metrics"] != nil))
    }
    if let failure = json["failure"] { return .failed(try Failure(json: failure)) }
    let object = try json.require("metrics")
    var values = [Double](repeating: 0, count: count)
    for metric in metrics { values[metric.place] = try object.number(metric.name) }
    return .values(values)
  }
}

internal import Artifacts
internal import Search

/// What a program asks of a session, or tells it: a JSON object with an `op`.
enum SessionRequest {
  case ask(count: Int)
  case tell(trial: Int, Report)
  /// What the metrics are by a step; nil where that is not said.
  case report(trial: Int, step: Int, Metrics?)
  case observe(Point, Report)
  case best
  case state

  /// What came of a trial.
  enum Report {
    case metrics(Metrics)
    case failed
    case infeasible
    /// The program ended it, as it was told to.
    case stopped
  }

  /// More trials than this are not handed out at once.
  static let maximumCount = 10_000

  /// - Parameter plan: whose space the points are of.
  init(_ json: JSON, of plan: Plan) throws(SessionError) {
    guard json.members != nil else { throw SessionError("a request is a JSON object, such as {\"op\":\"ask\"}") }
    guard let operation = json["op"]?.string else { throw SessionError("`op` is missing", known: Self.names) }
    guard let known = Self.operations.first(where: { $0.name == operation })?.keys else {
      throw SessionError("there is no op `\(operation)`", unknown: operation, known: Self.names)
    }
    try Self.check(json, known: known, in: operation)
    switch operation {
    case "ask":
      let count = try Self.int("count", of: json, default: 1)
      guard (1...Self.maximumCount).contains(count) else {
        throw SessionError("`count` is from 1 to \(Self.maximumCount), and this is \(count)")
      }
      self = .ask(count: count)
    case "tell": self = .tell(trial: try Self.int("id", of: json), try Report(json, of: plan))
    case "report":
      let step = try Self.int(json["epoch"] == nil ? "step" : "epoch", of: json)
      guard step >= 0 else { throw SessionError("a step is not negative, and this is \(step)") }
      let isSaid = json["value"] != nil || json["metrics"] != nil
      let metrics = isSaid ? try Report.metrics(json, plan.metrics) : nil
      self = .report(trial: try Self.int("id", of: json), step: step, metrics)
    case "observe":
      guard let params = json["params"] else { throw SessionError("`params` is missing: the point that was tried") }
      let point: Point
      do { point = try plan.search.space.point(json: params) } catch { throw SessionError(error.description) }
      self = .observe(point, try Report(json, of: plan))
    case "best": self = .best
    default: self = .state
    }
  }

  /// The operations, with what each takes.
  private static let operations: [(name: String, keys: [String])] = [
    ("ask", ["op", "count"]), ("tell", ["op", "id", "params"] + results),
    ("report", ["op", "id", "step", "epoch", "value", "metrics"]), ("observe", ["op", "params"] + results),
    ("best", ["op"]), ("state", ["op"]),
  ]

  private static var names: [String] { operations.map(\.name) }

  private static let results = ["value", "values", "metrics", "state"]

  private static func check(_ json: JSON, known: [String], in operation: String) throws(SessionError) {
    for member in json.members ?? [] where !known.contains(member.name) {
      throw SessionError("`\(operation)` takes no `\(member.name)`", unknown: member.name, known: known)
    }
  }

  private static func int(_ name: String, of json: JSON, default value: Int? = nil) throws(SessionError) -> Int {
    guard let given = json[name] else {
      guard let value else { throw SessionError("`\(name)` is missing") }
      return value
    }
    guard let int = given.int else {
      throw SessionError("`\(name)` is a whole number, and this is \(given.canonicalText)")
    }
    return int
  }
}

extension SessionRequest.Report {
  fileprivate init(_ json: JSON, of plan: Plan) throws(SessionError) {
    if let state = json["state"] {
      switch state.string {
      case "failed"?: self = .failed
      case "infeasible"?: self = .infeasible
      case "stopped"?: self = .stopped
      case "completed"?: self = .metrics(try Self.metrics(json, plan.metrics))
      default:
        throw SessionError(
          "`state` is one of `completed`, `stopped`, `failed` and `infeasible`, and this is \(state.canonicalText)")
      }
    } else {
      self = .metrics(try Self.metrics(json, plan.metrics))
    }
  }

  fileprivate static func metrics(_ json: JSON, _ objectives: [String]) throws(SessionError) -> Metrics {
    var metrics = Metrics(wanted: objectives)
    switch (json["value"], json["values"], json["metrics"]) {
    case (let value?, nil, nil):
      guard objectives.count == 1 else {
        throw SessionError("there are \(objectives.count) objectives: give `values`, or `metrics` by name")
      }
      metrics.set(objectives[0], try number(value, "value"))
    case (nil, let values?, nil):
      guard let list = values.array, list.count == objectives.count else {
        throw SessionError(
          "`values` is a list of \(objectives.count) numbers, one for each objective", known: objectives)
      }
      for (objective, value) in zip(objectives, list) { metrics.set(objective, try number(value, "values")) }
    case (nil, nil, let named?):
      guard let members = named.members else {
        throw SessionError("`metrics` is an object, such as {\"\(objectives.first ?? "loss")\":0.3}")
      }
      for member in members { metrics.set(member.name, try number(member.value, member.name)) }
    case (nil, nil, nil):
      throw SessionError("what came of it is missing: `value`, `values`, `metrics` or `state`")
    default: throw SessionError("`value`, `values` and `metrics` say the same: give one of them")
    }
    return metrics
  }

  /// JSON has no infinite numbers and none that is not a number: they are given as texts.
  private static func number(_ json: JSON, _ name: String) throws(SessionError) -> Double {
    guard let number = json.number ?? json.string.flatMap(Double.init) else {
      throw SessionError("`\(name)` is a number, and this is \(json.canonicalText)")
    }
    return number
  }
}

/// Why a request was not taken.
package struct SessionError: Error {
  package var description: String
  /// A name that is none of those that are known.
  package var unknown: String?
  /// The names that there are.
  package var known: [String]

  init(_ description: String, unknown: String? = nil, known: [String] = []) {
    self.description = description
    self.unknown = unknown
    self.known = known
  }
}

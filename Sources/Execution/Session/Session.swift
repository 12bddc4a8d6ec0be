package import Artifacts
internal import Search
package import Store

/// Answers a program that runs the trials itself: what to try next, and what was learnt (ask and tell).
///
/// Requests and answers are JSON objects, one on a line; docs/session.md describes them. A request that cannot be taken
/// is answered with `error`, and changes nothing. With a journal, what is asked and told is durable before it is
/// answered, and a session that is opened again goes on where it was: decisions are pure, so they are made again.
package struct Session {
  private let plan: Plan
  private let judge: TrialJudge
  /// What it judges but the objectives.
  private let otherMetrics: [String]
  private let identity: TrialIdentity
  private let journal: SessionJournal?
  /// Of the trials that others may continue from.
  private var seeds: [Int: Int] = [:]
  private var search: SearchSession

  /// - Throws: `StoreError` or SQLite's errors when the journal cannot be read, `ExecutionError.sessionOfAnother` when it
  ///   is of another search, `ExecutionError.sessionDiffers` when this version decides otherwise.
  package init(_ document: PlanDocument, journal: SessionJournal?) throws {
    let began = try journal.map {
      try PlanDocument(json: JSON(document: Array($0.document.utf8)), isForSession: true)
    }
    let document = began.map(document.goingOn) ?? document
    plan = document.plan
    judge = TrialJudge(plan)
    identity = TrialIdentity(plan)
    otherMetrics = Array(judge.metrics.dropFirst(plan.metrics.count))
    search = SearchSession(plan.search.askedOnce, keepsOrder: journal?.keepsOrder ?? false)
    self.journal = journal
    guard let journal, let began else { return }
    let changes = began.differences(to: document).filter { !$0.hasPrefix("trial") }
    guard began.plan.search == plan.search, began.plan.metrics == plan.metrics else {
      throw ExecutionError.sessionOfAnother(changes)
    }
    for (number, text) in try journal.requests().enumerated() {
      let json = try JSON(document: Array(text.utf8))
      do {
        let request = try SessionRequest(json, of: plan)
        if case .tell(let trial, _) = request, search.point(of: trial)?.json(in: plan.search.space) != json["params"] {
          throw ExecutionError.sessionDiffers(trial: trial)
        }
        _ = take(request, try outcome(of: request))
      } catch let error as SessionError {
        throw StoreError.damagedSession("request \(number + 1): \(error.description)")
      }
    }
  }

  /// The answer to a request: canonical JSON.
  ///
  /// - Throws: what is wrong with the request; it has changed nothing then.
  package mutating func answer(to line: [UInt8]) throws(SessionError) -> [UInt8] {
    let json: JSON
    do { json = try JSON(parsing: line) } catch { throw SessionError("it is no JSON: \(error)") }
    let request = try SessionRequest(json, of: plan)
    // Nothing that cannot be taken stands in the journal.
    let outcome = try outcome(of: request)
    do { try record(json, request) } catch {
      throw SessionError("the journal cannot be written, and nothing was done: \(error)")
    }
    return take(request, outcome)
  }

  /// What a request says came of a trial; nil where it says nothing of the kind.
  ///
  /// - Throws: why the request cannot be taken.
  private func outcome(of request: SessionRequest) throws(SessionError) -> Outcome? {
    switch request {
    case .tell(let trial, let report):
      try checkIsOpen(trial)
      if case .stopped = report { return .stopped(search.lastReport(of: trial)?.value ?? .nan) }
      return try outcome(of: report, at: search.point(of: trial))
    case .report(let trial, let step, let metrics):
      try checkIsOpen(trial)
      guard !plan.search.trialRules.isEmpty else { return nil }
      guard metrics?[plan.metrics[0]] != nil else {
        throw SessionError("what `\(plan.metrics[0])` is by this step is missing: `value`, or `metrics` by name")
      }
      if let last = search.lastReport(of: trial), step <= last.step {
        throw SessionError("steps grow, and trial \(trial) has reported step \(last.step)")
      }
      return nil
    case .observe(let point, let report): return try outcome(of: report, at: point)
    case .ask, .best, .state: return nil
    }
  }

  private func checkIsOpen(_ trial: Int) throws(SessionError) {
    guard search.point(of: trial) == nil else { return }
    throw SessionError(
      trial >= 0 && trial < search.asked
        ? "trial \(trial) was told already" : "there is no trial \(trial): `ask` gives the trials and their ids")
  }

  /// What a trial's point is stands with what came of it, so that another decision would be found when the session goes
  /// on.
  private func record(_ json: JSON, _ request: SessionRequest) throws {
    guard let journal else { return }
    switch request {
    case .best, .state: return
    // They decide nothing where no rule ends single trials.
    case .report where plan.search.trialRules.isEmpty: return
    case .ask, .observe, .report: try journal.append(json.canonicalText)
    case .tell(let trial, _):
      let members = (json.members ?? []).filter { $0.name != "params" }
      let point = search.point(of: trial)?.json(in: plan.search.space) ?? .null
      try journal.append(JSON.object(members + [JSON.Member("params", point)]).canonicalText)
    }
  }

  /// - Parameter outcome: of the request.
  private mutating func take(_ request: SessionRequest, _ outcome: Outcome?) -> [UInt8] {
    switch request {
    case .ask(let count): return ask(count)
    case .tell(let trial, let report):
      if let outcome { search.tell(trial, outcome, others: others(in: report)) }
    case .observe(let point, let report):
      if let outcome { search.observe(Observation(point, outcome), others: others(in: report)) }
    case .report(let trial, let step, let metrics):
      let stop = metrics?[plan.metrics[0]].flatMap { value in
        search.report(trial, value, others: metrics?.values(of: judge.watchedMetrics) ?? [:], at: step)
      }
      return JSON.object([
        "ok": .bool(true), "stop": .bool(stop != nil || search.isStopped), "rule": stop.map { .string($0.rule) },
      ]).canonicalBytes
    case .best: return JSON.object(["best": .array(best)]).canonicalBytes
    case .state: return state.canonicalBytes
    }
    return Self.accepted
  }

  private func others(in report: SessionRequest.Report) -> [String: Double] {
    if case .metrics(let metrics) = report { metrics.values(of: otherMetrics) } else { [:] }
  }

  private static let accepted = JSON.object(["ok": .bool(true)]).canonicalBytes

  /// Written as it comes, since it is asked for more often than anything else.
  private mutating func ask(_ count: Int) -> [UInt8] {
    var trials = CanonicalWriter()
    var handedOut = 0
    var end: StopReason?
    var isWaiting = false
    while handedOut < count, end == nil, !isWaiting {
      switch search.ask() {
      case .trial(let trial, let proposal):
        if handedOut > 0 { trials.write(raw: ",") }
        write(trial, proposal.point, to: &trials)
        handedOut += 1
      case .over(let reason): end = reason
      case .waiting: isWaiting = true
      }
    }
    var answer = CanonicalWriter()
    answer.write(raw: "{")
    if let end {
      answer.write(raw: "\"end\":")
      answer.write(string: end.rawValue)
      answer.write(raw: ",")
    }
    answer.write(raw: "\"trials\":[")
    answer.write(raw: trials.bytes)
    answer.write(raw: isWaiting ? "],\"waiting\":true}" : "]}")
    return answer.bytes
  }

  private mutating func write(_ trial: Int, _ point: Point, to writer: inout CanonicalWriter) {
    let bytes = identity.pointBytes(point)
    let seed = seed(of: trial, at: bytes)
    if plan.search.fidelity?.continues ?? false { seeds[trial] = seed }
    writer.write(raw: "{")
    if let parent = search.parents[trial] {
      writer.write(raw: "\"continues\":")
      writer.write(number: Double(parent))
      writer.write(raw: ",")
    }
    writer.write(raw: "\"id\":")
    writer.write(number: Double(trial))
    writer.write(raw: ",\"params\":")
    writer.write(raw: bytes)
    writer.write(raw: ",\"seed\":")
    writer.write(number: Double(seed))
    writer.write(raw: "}")
  }

  /// One that continues another has its seed.
  private func seed(of trial: Int, at point: [UInt8]) -> Int {
    search.parents[trial].flatMap { seeds[$0] } ?? identity.seed(forPoint: point)
  }

  private func outcome(of report: SessionRequest.Report, at point: Point?) throws(SessionError) -> Outcome {
    switch report {
    case .failed: return .failed
    case .infeasible: return .infeasible
    case .stopped: return .stopped(.nan)
    case .metrics(let metrics):
      let facts = TrialFacts(ending: .exit(code: 0), metrics: metrics)
      if let missing = judge.metrics.first(where: { metrics[$0] == nil }) {
        let given = metrics.values.map(\.name)
        throw SessionError(
          "the metric `\(missing)` is missing: `metrics` gives several by name", unknown: missing, known: given)
      }
      guard let point, let measurement = judge.measurement(of: facts) else { return .failed }
      return judge.outcome(of: judge.result(of: Measured([measurement]), at: point))
    }
  }

  // MARK: - Answers

  private func json(_ trial: Int, _ point: Point) -> JSON {
    .object([
      "id": .int(trial), "params": point.json(in: plan.search.space),
      "seed": .int(seed(of: trial, at: identity.pointBytes(point))), "continues": search.parents[trial].map(JSON.int),
    ])
  }

  private var best: [JSON] {
    search.best.map { best in
      let objectives = zip(plan.metrics, best.values).map { JSON.Member($0, .number($1)) }
      let others = otherMetrics.compactMap { name in best.others[name].map { JSON.Member(name, JSON(measured: $0)) } }
      return .object([
        "id": best.trial.map(JSON.int) ?? .null, "params": best.point.json(in: plan.search.space),
        "metrics": .object(objectives + others),
      ])
    }
  }

  private var state: JSON {
    let open = search.open.compactMap { trial in search.point(of: trial).map { json(trial, $0) } }
    return .object([
      "strategy": .string(plan.search.strategy.name), "trials": .int(plan.search.trials), "asked": .int(search.asked),
      "observed": .int(search.observed), "open": .array(open), "best": .array(best),
      "end": search.end.map { .string($0.rawValue) } ?? .null,
    ])
  }
}

import Search
import TestSupport
import Testing

@testable import Artifacts

@Suite("What trials are worth")
struct TrialJudgeTests {
  private static let point = Point([.float(0.1)])

  /// `loss` is minimized, `acc` maximized; `latency` has a limit, and so has the product with the parameter `lr`.
  private func judge(_ aggregate: Repeats.Aggregate = .mean, seeds: Int = 3) -> TrialJudge {
    var plan = Plan.small
    plan.metrics = ["loss", "acc"]
    plan.search.goals = [.minimize, .maximize]
    plan.outcomeConstraints = [
      .compare(.lessOrEqual, .name("latency"), .constant(.int(20))),
      .compare(.less, .calculate(.times, .name("loss"), .name("lr")), .constant(.int(1))),
    ]
    plan.trial.repeats = Repeats(seeds: seeds, aggregate: aggregate)
    return TrialJudge(plan)
  }

  private func result(_ aggregate: Repeats.Aggregate, _ rows: [Double]...) -> TrialResult {
    judge(aggregate, seeds: rows.count).result(of: Measured(rows.map(Measurement.values)), at: Self.point)
  }

  @Test("The metrics are those of the objectives in their order, and then those of the constraints by name")
  func metrics() {
    #expect(judge().metrics == ["loss", "acc", "latency"])
    var plan = Plan.small
    plan.outcomeConstraints = [
      .compare(.less, .name("z"), .name("loss")), .compare(.less, .name("lr"), .name("b")),
      .compare(.less, .name("z"), .name("b")),
    ]
    #expect(TrialJudge(plan).metrics == ["loss", "b", "z"])
  }

  @Test("Runs come to their mean, their median, or the worst in each objective")
  func aggregates() {
    #expect(result(.mean, [1, 2, 3], [2, 4, 6], [6, 9, 9]) == .completed([3, 5, 6]))
    #expect(result(.median, [1, 2, 3], [6, 9, 9], [2, 4, 6]) == .completed([2, 4, 6]))
    #expect(result(.median, [1, 2, 3], [2, 4, 6], [4, 1, 5], [9, 9, 9]) == .completed([3, 3, 5.5]))
    // Of what is no objective nobody knows which is worse: the mean.
    #expect(result(.worst, [1, 2, 3], [2, 4, 6], [6, 9, 9]) == .completed([6, 2, 6]))
    // The mean of 1, 2 and 6 is 3, their deviation the root of 7, and t for two degrees of freedom 4.303.
    let half = 4.303 * (7.0 / 3).squareRoot()
    guard case .completed(let bound) = result(.confidenceBound, [1, 1, 3], [2, 2, 6], [6, 6, 9]) else {
      Issue.record("it is completed")
      return
    }
    #expect(abs(bound[0] - (3 + half)) < 1e-12 && abs(bound[1] - (3 - half)) < 1e-12 && bound[2] == 6)
    for aggregate in Repeats.Aggregate.allCases { #expect(result(aggregate, [1, 2, 3]) == .completed([1, 2, 3])) }
  }

  @Test("A trial that breaks a constraint over the metrics is infeasible")
  func feasibility() {
    #expect(result(.mean, [1, 2, 21]) == .infeasible(.values([1, 2, 21])))
    #expect(result(.mean, [10, 2, 20]) == .infeasible(.values([10, 2, 20])))
    // What the runs come to counts; with `worst`, each of them.
    #expect(result(.mean, [1, 2, 30], [1, 2, 4]) == .completed([1, 2, 17]))
    #expect(result(.median, [1, 2, 30], [1, 2, 4], [1, 2, 4]) == .completed([1, 2, 4]))
    #expect(result(.worst, [1, 2, 30], [1, 2, 4]) == .infeasible(.values([1, 2, 17])))
    #expect(judge().outcome(of: .infeasible(.values([1, 2, 21]))) == .infeasible)
    #expect(judge().outcome(of: .completed([1, 2, 3])) == .values([1, 2]))
  }

  @Test("A constraint that needs an inactive parameter breaks nothing")
  func inactive() {
    #expect(judge().result(of: Measured([.values([99, 2, 3])]), at: Point([nil])) == .completed([99, 2, 3]))
  }

  @Test("A trial fails as the first of its runs that failed")
  func failures() {
    let runs: [Measurement] = [.values([1, 2, 3]), .failed(.signal(number: 9)), .failed(.exit(code: 3))]
    #expect(judge().result(of: Measured(runs), at: Self.point) == .failed(.signal(number: 9)))
    #expect(result(.mean, [1e308, 0, 0], [1e308, 0, 0]) == .failed(.metricNotFinite))
  }

  @Test("A run must report every metric that counts, and the first one that lacks is named")
  func measurements() {
    func facts(_ values: KeyValuePairs<String, Double>) -> TrialFacts {
      var metrics = Metrics()
      for (name, value) in values { metrics.set(name, value) }
      return TrialFacts(ending: .exit(code: 0), metrics: metrics)
    }
    let good = facts(["acc": 2, "latency": 3, "loss": 1, "other": .nan])
    #expect(judge().measurement(of: good) == .values([1, 2, 3]) && judge().blamed(in: good) == nil)
    let lacking = facts(["acc": 2, "loss": 1])
    #expect(judge().measurement(of: lacking) == .failed(.metricMissing) && judge().blamed(in: lacking) == "latency")
    let infinite = facts(["acc": .infinity, "loss": 1])
    #expect(judge().measurement(of: infinite) == .failed(.metricNotFinite) && judge().blamed(in: infinite) == "acc")
  }
}

@Suite("The lines of trials.jsonl with several runs")
struct RepeatedTrialLinesTests {
  private static let runs: [Measurement] = [.values([0.5, 20]), .failed(.exit(code: 3)), .values([-0.25, 1e-7])]

  private static let plan: Plan = {
    var plan = Plan.small
    plan.metrics = ["loss", "acc"]
    plan.search.goals = [.minimize, .maximize]
    plan.trial.repeats = Repeats(seeds: 3, aggregate: .mean)
    return plan
  }()

  private func line(_ runs: [Measurement], _ result: TrialResult) -> String {
    var writer = CanonicalWriter()
    let names = TrialIdentity(Self.plan).runs(at: Point([.float(0.1)]))
    let record = TrialRecord(
      trial: 5, point: Point([.float(0.1)]), runs: zip(names, runs).map(TrialRecord.Run.init), result: result)
    TrialLines(Self.plan).write(record, to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test("A line says each run with its seed, its key and what it gave, and what they come to")
  func roundTrip() throws {
    for result in [TrialResult.completed([0.1, 0.2]), .infeasible(.values([0.1, 0.2])), .failed(.exit(code: 3))] {
      let bytes = Array(line(Self.runs, result).utf8.dropLast())
      let json = try JSON(parsing: bytes)
      #expect(json.canonicalBytes == bytes)
      #expect(json["state"]?.string == result.state)
      #expect(try TrialLines(Self.plan).measured(bytes[...]).runs == Self.runs)
      let names = TrialIdentity(Self.plan).runs(at: Point([.float(0.1)]))
      #expect(json["runs"]?.array?.map { $0["seed"]?.int } == names.map(\.seed))
      #expect(json["runs"]?.array?.map { $0["key"]?.string } == names.map(\.key.description))
      #expect(Set(names).count == 3)
      #expect(json["seed"] == nil && json["key"] == nil)
      #expect((json["metrics"] == nil) == (result == .failed(.exit(code: 3))))
    }
  }

  @Test("A line with another number of runs than the plan's is refused")
  func refused() {
    let lines = TrialLines(Self.plan)
    for runs in [[], Array(Self.runs.prefix(2)), Self.runs + [.failed(.timeout)]] {
      let parts = runs.map { _ in #"{"failure":{"class":"timeout"}}"# }.joined(separator: ",")
      let line = "{\"runs\":[\(parts)]}"
      #expect(throws: DocumentError.self) { try lines.measured(Array(line.utf8)[...]) }
    }
    #expect(throws: DocumentError.self) {
      try lines.measured(Array(#"{"metrics":{"acc":1,"loss":1}}"#.utf8)[...])
    }
    let metrics = #"{"metrics":{"acc":1}}"#
    let line = "{\"runs\":[\(metrics),\(metrics),\(metrics)]}"
    #expect(throws: DocumentError.self) { try lines.measured(Array(line.utf8)[...]) }
  }

  @Test("A single run's line has no list of runs, and says when it is infeasible")
  func single() throws {
    var plan = Self.plan
    plan.trial.repeats = .once
    var writer = CanonicalWriter()
    let name = TrialIdentity(plan).runs(at: Point([.float(0.1)]))[0]
    let record = TrialRecord(
      trial: 0, point: Point([.float(0.1)]), runs: [TrialRecord.Run(name, .values([1, 2]))],
      result: .infeasible(.values([1, 2])))
    TrialLines(plan).write(record, to: &writer)
    #expect(
      String(decoding: writer.bytes, as: UTF8.self)
        == "{\"key\":\"\(name.key)\",\"metrics\":{\"acc\":2,\"loss\":1},\"parameters\":{\"lr\":0.1},\"seed\":\(name.seed),\"state\":\"infeasible\",\"trial\":0}\n"
    )
  }
}

import Search
import TestSupport
import Testing

@testable import Artifacts

@Suite("Differences of results")
struct ResultDiffTests {
  /// A result of a plan over one number, with these outcomes; nil for a trial that failed.
  private func result(
    _ values: [Double?], xs: [Double]? = nil, seed: UInt64 = 1, command: String = "train", goal: Goal = .minimize
  ) throws -> RecordedResult {
    try result(values.map { $0.map { [[$0]] } }, xs: xs, seed: seed, command: command, goals: [goal])
  }

  /// With the objectives' values of each run of each trial.
  private func result(
    _ runs: [[[Double]]?], xs: [Double]? = nil, seed: UInt64 = 1, command: String = "train", goals: [Goal]
  ) throws -> RecordedResult {
    var plan = Plan.small
    plan.search.space = Space([Parameter(name: "x", domain: .float(FloatRange(lower: 0, upper: 100)))])
    plan.search.strategy = .random
    (plan.search.seed, plan.search.trials, plan.search.goals) = (seed, runs.count, goals)
    plan.metrics = goals.indices.map { $0 == 0 ? "loss" : "m\($0)" }
    plan.trial.program = .command([[.literal(command)]])
    plan.trial.repeats.seeds = runs.compactMap { $0?.count }.max() ?? 1
    let (identity, judge, lines) = (TrialIdentity(plan), TrialJudge(plan), TrialLines(plan))
    var writer = CanonicalWriter()
    var best: [Incumbent] = []
    var records: [TrialRecord] = []
    for (trial, values) in runs.enumerated() {
      let point = Point([.float(xs?[trial] ?? Double(trial) + 20.5)])
      let measurements =
        values?.map { Measurement.values($0) }
        ?? [Measurement](repeating: .failed(.exit(code: 3)), count: plan.trial.repeats.seeds)
      let record = TrialRecord(
        trial: trial, point: point, runs: zip(identity.runs(at: point), measurements).map(TrialRecord.Run.init),
        result: judge.result(of: Measured(measurements), at: point))
      lines.write(record, to: &writer)
      records.append(record)
      if case .completed(let values) = record.result {
        _ = best.admit(Incumbent(trial: trial, values: values), by: goals)
      }
    }
    return RecordedResult(
      plan: plan, best: best.map { SelectedTrial(records[$0.trial], values: $0.values, in: plan.search.space) },
      completed: runs.count { $0 != nil }, infeasible: 0, stop: .trials,
      table: try TrialTable(writer.bytes, metrics: plan.metrics))
  }

  @Test("Lines are taken apart as they were written, and what is no trial is refused")
  func table() throws {
    let result = try result([3, nil, 0.25], xs: [1e-7, 2, 99.5])
    let table = try #require(result.table)
    #expect(
      table.count == 3 && table.values(of: 0) == [3] && table.values(of: 1) == nil && table.values(of: 2) == [0.25])
    #expect(table.parameters(of: 0) == #"{"x":1e-7}"# && table.outcome(of: 1) == #"{"class":"exit","code":3}"#)
    #expect(table.outcome(of: 2) == #"{"loss":0.25}"#)
    for text in [
      "{}\n", "{\"state\":\"completed\"}\n", "[1]\n", "{\"parameters\":{\"x\":1},\"state\":\"completed\"", "\n",
    ] {
      #expect(throws: DocumentError.self, "\(text)") { try TrialTable(Array(text.utf8), metrics: ["loss"]) }
    }
    #expect(throws: DocumentError("line 2 of its trials is no trial")) {
      let line = #"{"key":"k","metrics":{"loss":1},"parameters":{},"state":"completed"}"#
      return try TrialTable(Array("\(line)\n{\n".utf8), metrics: ["loss"])
    }
  }

  @Test("Values with less of the fidelity than others had do not count for the regret")
  func regretOverRungs() throws {
    var before = try result([1, 3, 2], xs: [1, 9, 9])
    let after = try result([2.5], xs: [9])
    #expect(ResultDiff(before, after).comparison?.curve.map(\.before) == [0, 0, 0])
    before.plan.search.fidelity = Fidelity(name: "x", lowest: 1, full: 9, reduction: 3)
    #expect(ResultDiff(before, after).comparison?.curve.map(\.before) == [0, 2, 1])
  }

  @Test("Of each pair of trials it is known whether they are one, and why not")
  func pairs() throws {
    let before = try result([3, nil, 2, 5], xs: [1, 2, 3, 4])
    let same = ResultDiff(before, before)
    #expect(same.areSame && same.pairs?.same == 4 && same.pairs?.examples == [])
    let unstable = ResultDiff(before, try result([3, 7, 2.5, 5], xs: [1, 2, 3, 4]))
    #expect(unstable.pairs?.same == 2 && unstable.pairs?.unstable == 2 && !unstable.areSame)
    #expect(unstable.pairs?.examples.map(\.outcomeAfter) == [#"{"loss":7}"#, #"{"loss":2.5}"#])
    let renamed = ResultDiff(before, try result([3, nil, 1, 5], xs: [1, 2, 3, 4], command: "other"))
    #expect(renamed.pairs?.renamed == 4 && renamed.pairs?.renamedDiffering == 1)
    #expect(renamed.pairs?.reasons == ["the command"])
    let seeded = ResultDiff(before, try result([3, nil, 2, 5], xs: [1, 2, 3, 4], seed: 2))
    #expect(seeded.pairs?.reasons == ["the seed of the search, from which the trials' follow"])
    let moved = ResultDiff(before, try result([3, 9, 2], xs: [1, 50, 3]))
    #expect(moved.pairs?.onlyBefore == 2 && moved.pairs?.onlyAfter == 1 && moved.pairs?.divergence == 1)
    #expect(moved.pairs?.examples.map(\.kind) == [.onlyAfter, .onlyBefore, .onlyBefore])
    let longer = ResultDiff(before, try result([3, nil, 2, 5, 6], xs: [1, 2, 3, 4, 5]))
    #expect(longer.pairs?.divergence == nil && longer.pairs?.same == 4 && longer.pairs?.onlyAfter == 1)
  }

  @Test("The regret is that of the best so far against the better of both, by the goal")
  func curve() throws {
    let (first, second) = (try result([8, nil, 6, 6, 5]), try result([nil, 7, 4]))
    let comparison = try #require(ResultDiff(first, second).comparison)
    #expect(comparison.gain == 1)
    #expect(comparison.curve.map(\.trials) == [1, 2, 3, 5])
    #expect(comparison.curve.map(\.before) == [4, 4, 2, 1])
    #expect(comparison.curve.map(\.after) == [nil, 3, 0, nil])
    #expect(comparison.reached.before == nil && comparison.reached.after == 3)
    let (low, high) = (try result([1, 3], goal: .maximize), try result([2, 2], goal: .maximize))
    let maximised = try #require(ResultDiff(low, high).comparison)
    #expect(maximised.gain == -1 && maximised.reached.before == 2 && maximised.curve.map(\.after) == [1, 1])
    // Values of other objectives say nothing to each other.
    #expect(ResultDiff(first, low).comparison == nil)
  }

  @Test("Of several objectives, each front says how much of the other it dominates")
  func fronts() throws {
    let goals: [Goal] = [.minimize, .maximize]
    let before = try result([[[1, 1]], [[2, 5]]], goals: goals)
    let after = try result([[[1, 2]], [[3, 4]], [[0.5, 0]]], goals: goals)
    let dominated = try #require(ResultDiff(before, after).comparison?.dominated)
    #expect(dominated.before == 0.5 && dominated.after == 1.0 / 3)
    #expect(before.best.count == 2 && after.best.count == 3)
  }

  @Test("Over its seeds a trial has a mean and an interval")
  func replicates() throws {
    let before = try result([[[1], [2], [3]], [[9], [9], [9]]], goals: [.minimize])
    let after = try result([[[1.5], [1.5], [2.4]]], goals: [.minimize])
    let spread = try #require(ResultDiff(before, after).comparison?.spread)
    #expect(spread.before?.mean == 2 && spread.before?.deviation == 1 && spread.before?.count == 3)
    // 4.303 is in every table: two degrees of freedom.
    #expect(abs((spread.before?.halfInterval ?? 0) - 4.303 / 3.0.squareRoot()) < 1e-9)
    #expect(ResultDiff(try result([1]), try result([2])).comparison?.spread.before == nil)
  }

  @Test(
    "Student's quantiles are those of the tables, to three digits",
    arguments: [(1, 12.706), (5, 2.571), (11, 2.201), (15, 2.131), (30, 2.042), (120, 1.980)])
  func student(degrees: Int, quantile: Double) {
    #expect(abs(StudentT.quantile975(degrees: degrees) - quantile) < 6e-4)
  }

  private func remarks(_ before: RecordedResult, _ after: RecordedResult) -> [Remark.Kind] {
    func side(_ result: RecordedResult) -> DiffSide {
      DiffSide(label: "x", kind: .run, plan: PlanDocument(result.plan))
    }
    var diff = ExperimentDiff(side(before), side(after))
    diff.results = ResultDiff(before, after)
    return diff.method(hasResults: true).map(\.kind)
  }

  @Test("What a reviewer would ask is asked, and only then")
  func remarks() throws {
    let before = try result([3, 2])
    #expect(remarks(before, before) == [])
    #expect(remarks(before, try result([1, 2], seed: 2)) == [.seedChanged])
    #expect(remarks(before, try result([4, 3], seed: 2)) == [])
    #expect(remarks(before, try result([3, 2, 4])) == [.unequalBudget])
    #expect(remarks(before, try result([3, 1], xs: [20.5, 99])) == [.edgeOfRange])
    #expect(remarks(before, try result([3, 1])) == [.unstableTrials])
    let spread = try result([[[1.6], [2.4]], [[3], [3]]], goals: [.minimize])
    let noisy = try result([[[1.5], [2.3]], [[3], [3]]], goals: [.minimize])
    #expect(remarks(spread, noisy) == [.withinSpread, .unstableTrials])
    var other = before
    other.plan.metrics = ["test_loss"]
    #expect(remarks(before, other) == [.objectiveChanged, .testMetric])
    other.plan.metrics = ["latest_loss"]
    #expect(remarks(before, other) == [.objectiveChanged])
  }
}

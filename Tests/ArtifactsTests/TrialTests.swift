import Search
import TestSupport
import Testing

@testable import Artifacts

@Suite("Limits that grow")
struct GrowthTests {
  @Test("A limit grows with each failure of its class, and not beyond the retries")
  func growth() throws {
    var plan = Plan.small
    plan.trial.timeout = 1000
    plan.trial.resources = ResourceLimits(memory: 100 << 20)
    plan.trial.failures = FailurePolicies([
      .memory: FailurePolicy(retries: 2, growth: 2), .timeout: FailurePolicy(retries: 100, growth: 100),
      .exit: FailurePolicy(retries: 3),
    ])
    let judge = TrialJudge(plan)
    func facts(_ endings: TrialFacts.Ending...) -> [TrialFacts] {
      endings.map { TrialFacts(ending: $0, metrics: Metrics()) }
    }
    let plain = TrialLimits(plan.trial)
    #expect(judge.limits(afterAttempts: []) == plain)
    #expect(judge.limits(afterAttempts: facts(.exit(code: 1), .signal(number: 9))) == plain)
    let (first, second) = (TrialFacts.Ending.memory(limit: 100 << 20), TrialFacts.Ending.memory(limit: 200 << 20))
    let once = judge.limits(afterAttempts: facts(first, .exit(code: 1)))
    #expect(once.memory == 200 << 20 && once.time == 1000)
    let often = judge.limits(
      afterAttempts: facts(first, .timeout(limit: 1000), second, .memory(limit: 400 << 20)))
    #expect(often.memory == 400 << 20 && often.time == 100_000)
    // Whatever is said, it stays a number.
    #expect(plan.trial.largestLimits == TrialLimits(time: 1 << 40, memory: 400 << 20))
    let read = try PlanDocument(json: JSON(parsing: PlanDocument(plan).json.canonicalBytes)).plan
    #expect(read.trial.failures == plan.trial.failures)
  }

  /// What comes after failures for lack of memory, of which the first attempt has 2, with a wait of 1 ms.
  private func next(_ policy: FailurePolicy, machine: Int = .max, after recorded: Int...) -> (memory: Int?, wait: Int?)
  {
    var plan = Plan.small
    plan.trial.resources = ResourceLimits(memory: 2)
    plan.trial.failures = FailurePolicies([.memory: policy])
    let judge = TrialJudge(plan, machineMemory: machine)
    let attempts = recorded.map { TrialFacts(ending: .memory(limit: $0), metrics: Metrics()) }
    return (judge.limits(afterAttempts: attempts).memory, judge.wait(afterAttempts: attempts))
  }

  @Test("A failure stands for the attempts that would have had no more than it had")
  func recordedLimits() {
    let twice = FailurePolicy(retries: 2, wait: 1, growth: 2)
    #expect(next(twice, after: 2) == (4, 1))
    #expect(next(twice, after: 2, 4) == (8, 2))
    #expect(next(twice, after: 2, 4, 8).wait == nil)
    // As often as before, but none had more than the first.
    let plain = FailurePolicy(retries: 2, wait: 1)
    #expect(next(plain, after: 2, 2, 2).wait == nil)
    #expect(next(twice, after: 2, 2, 2) == (4, 1))
    #expect(next(twice, after: 2, 2, 2, 4) == (8, 2))
    // With another factor, or after one that began with more.
    #expect(next(FailurePolicy(retries: 2, wait: 1, growth: 4), after: 2, 4, 8) == (32, 2))
    #expect(next(FailurePolicy(retries: 4, wait: 1, growth: 2), after: 8) == (16, 4))
    #expect(next(twice, after: 9).wait == nil)
  }

  @Test("No attempt has more memory than the machine, and none is made that would have no more than the one before it")
  func wholeMachine() {
    let often = FailurePolicy(retries: 9, wait: 1, growth: 2)
    #expect(next(often, machine: 5, after: 2) == (4, 1))
    #expect(next(often, machine: 5, after: 2, 4) == (5, 2))
    #expect(next(often, machine: 5, after: 2, 4, 5).wait == nil)
    // On a larger one there is more to try.
    #expect(next(often, machine: 64, after: 2, 4, 5) == (8, 2))
    // What is said of all attempts holds on a smaller machine too, and nothing grows there.
    #expect(next(often, machine: 1, after: 2) == (2, nil))
  }

  @Test("What confirms keeps back all attempts, each with the time that it may take")
  func confirmation() {
    var plan = Plan.small
    plan.trial.timeout = 1000
    plan.trial.failures = FailurePolicies([.exit: FailurePolicy(retries: 1)])
    let rest = (plan.trial.longestRun ?? 0) - 1000
    #expect(plan.trial.longestAttempts == 2 * (1000 + rest))
    plan.trial.failures = FailurePolicies([
      .exit: FailurePolicy(retries: 1), .timeout: FailurePolicy(retries: 2, growth: 3),
    ])
    #expect(plan.trial.longestAttempts == 1000 + 3000 + 9000 + 9000 + 4 * rest)
    let rule = ConfirmationRule(top: 2, repeats: Repeats(seeds: 3, aggregate: .mean))
    #expect(rule.longest(each: 100) == 600 && rule.longest(each: .max) == 1 << 52)
    plan.trial.timeout = nil
    #expect(plan.trial.longestAttempts == nil)
  }
}

@Suite("The identity of trials")
struct TrialIdentityTests {
  private func key(_ plan: Plan, _ point: Point = Plan.full.search.initialPoints[0]) -> Digest {
    let identity = TrialIdentity(plan)
    let bytes = identity.pointBytes(point)
    return identity.key(forPoint: bytes, seed: identity.seed(forPoint: bytes))
  }

  private func key(_ change: (inout Plan) -> Void) -> Digest {
    var plan = Plan.full
    change(&plan)
    return key(plan)
  }

  @Test("A trial's key changes with everything that determines its result")
  func changes() {
    var point = Plan.full.search.initialPoints[0]
    point.values[4] = .int(65)
    let command = Plan.full.trial.command
    let script = "python train.py"
    let keys = [
      key(.full), key(.full, point), key { $0.search.seed = 43 },
      key { $0.trial.program = .command(command.with([.literal("other.py")], at: 1)) },
      key { $0.trial.program = .command(command.with([.parameter("width")], at: 5)) },
      key { $0.trial.program = .command(command + [[.literal("")]]) },
      key { $0.trial.program = .command(command.with([.allParameters(.hydra)], at: 2)) },
      key { $0.trial.program = .shell(script) }, key { $0.trial.program = .shell(script + "\n") },
      key { $0.trial.program = .command(TrialTemplate.shelled(script)) },
      key { $0.trial.metrics = MetricSource(.csv, path: "a.csv") },
      key { $0.trial.metrics = MetricSource(.csv, path: "b.csv") },
      key { $0.trial.metrics.names = [.init(metric: "val_error", source: "error")] },
      key { $0.trial.metrics = .file }, key { $0.trial.environment[0].value = "2" },
      key { $0.trial.environment.removeLast() }, key { $0.inputs[0].digest = Digest(of: "file", []) },
      key { $0.inputs[0].path = "data/y.csv" }, key { $0.inputs.removeLast() },
    ]
    #expect(Set(keys).count == keys.count)
  }

  @Test("A trial's key does not change with what has no part in its result")
  func stays() {
    let keys = [
      key { $0.name = "other" }, key { $0.experimentFile = "other.yaml" }, key { $0.parallel = 64 },
      key { $0.timeLimit = nil }, key { $0.trial.timeout = 1 }, key { $0.search.trials = 1000 },
      key { $0.search.lanes = 1 }, key { $0.search.stopping = [] }, key { $0.search.strategy = .random },
      key { $0.search.goals = [.maximize] }, key { $0.metrics = ["accuracy"] }, key { $0.search.initialPoints = [] },
      key { $0.secrets = ["HF_TOKEN"] },
    ]
    #expect(Set(keys) == [key(.full)])
  }

  @Test("A literal that looks like a placeholder is not one")
  func literals() {
    let command = Plan.full.trial.command
    for (index, text) in [(2, "{\"parameters\":\"all\"}"), (5, "${width}px")] {
      #expect(key { $0.trial.program = .command(command.with([.literal(text)], at: index)) } != key(.full))
    }
  }

  @Test("A point's bytes are canonical JSON")
  func pointBytes() throws {
    for seed: UInt64 in 0..<100 {
      let plan = Plan.random(seed: seed)
      let point = plan.search.knownPoints[0]
      let bytes = TrialIdentity(plan).pointBytes(point)
      #expect(try JSON(parsing: bytes).canonicalBytes == bytes)
      #expect(bytes == point.json(in: plan.search.space).canonicalBytes)
    }
  }

  @Test("A trial's seed is below 2^31 and follows from the experiment's seed and the point")
  func seeds() {
    var plan = Plan.full
    let known = plan.search.knownPoints
    let points = (0..<100).map { TrialIdentity(plan).pointBytes(known[$0]) }
    let seeds = points.map { TrialIdentity(plan).seed(forPoint: $0) }
    #expect(Set(seeds).count == 100)
    #expect(seeds.allSatisfy { (0..<1 << 31).contains($0) })
    plan.search.seed = 43
    #expect(points.map { TrialIdentity(plan).seed(forPoint: $0) } != seeds)
    plan = .full
    plan.trial.program = .command([])
    plan.inputs = []
    #expect(points.map { TrialIdentity(plan).seed(forPoint: $0) } == seeds)
  }

  @Test("The components are named by what they are of")
  func components() {
    let full = PlanComponents(.full)
    var plan = Plan.full
    plan.inputs = []
    #expect(PlanComponents(plan).command == full.command && PlanComponents(plan).environment == full.environment)
    #expect(PlanComponents(plan).inputs != full.inputs)
  }
}

extension [[TrialTemplate.Segment]] {
  fileprivate func with(_ template: [TrialTemplate.Segment], at index: Int) -> Self {
    var templates = self
    templates[index] = template
    return templates
  }
}

extension TrialTemplate {
  /// The command that a script is run by, as one that somebody might write.
  fileprivate static func shelled(_ script: String) -> [[Segment]] {
    TrialTemplate(program: .shell(script), environment: [], timeout: nil, metrics: .auto).command
  }
}

@Suite("The lines of trials.jsonl")
struct TrialLinesTests {
  static let results: [TrialResult] = [
    .completed([0.5]), .completed([-0.0]), .completed([1e-7]), .completed([1e300]), .failed(.exit(code: 1)),
    .failed(.exit(code: 255)), .failed(.signal(number: 9)), .failed(.timeout), .failed(.metricMissing),
    .failed(.metricNotFinite), .infeasible(.failure(.timeout)), .infeasible(.values([2])),
    .stopped(TrialStop(rule: "median", step: 7, value: 0.25, isResult: false)),
    .stopped(TrialStop(rule: "threshold", step: 7, value: -.infinity, isResult: false)),
  ]

  private static func measurements(_ result: TrialResult) -> [Measurement] {
    switch result {
    case .completed(let values), .infeasible(.values(let values)): [.values(values)]
    case .stopped(let stop): [.stopped(stop)]
    case .failed(let failure), .infeasible(.failure(let failure)): [.failed(failure)]
    }
  }

  private func line(_ result: TrialResult, _ plan: Plan) -> [UInt8] {
    var writer = CanonicalWriter()
    let point = plan.search.knownPoints[0]
    let run = TrialRecord.Run(
      TrialIdentity.Run(seed: 12, key: Digest(of: "trial", [])), Self.measurements(result)[0])
    var curve = Curve()
    if case .stopped(let stop) = result {
      curve.add(.nan, at: 3)
      curve.add(stop.value, at: stop.step)
    }
    let record = TrialRecord(trial: 5, point: point, runs: [run], curve: curve, result: result)
    TrialLines(plan).write(record, to: &writer)
    return writer.bytes
  }

  @Test("A line is canonical JSON and a line feed, and says the result", arguments: results)
  func roundTrip(result: TrialResult) throws {
    for metric in ["val_error", "eval/loss%", "zähler", "\u{1f600}"] {
      var plan = Plan.full
      plan.metrics = [metric]
      let line = line(result, plan)
      #expect(line.last == 0x0a)
      let json = try JSON(parsing: line.dropLast())
      #expect(json.canonicalBytes == line.dropLast())
      #expect(try TrialLines(plan).measured(line.dropLast()).runs == Self.measurements(result))
      #expect(json["trial"]?.int == 5 && json["seed"]?.int == 12)
      #expect(json["parameters"]?.members?.count == plan.search.space.parameters.count)
    }
  }

  @Test("A completed and a failed line, whole")
  func golden() {
    let key = Digest(of: "trial", []).description
    let completed =
      #"{"key":"\#(key)","metrics":{"loss":0.5},"parameters":{"lr":0.1},"seed":12,"state":"completed","trial":5}"#
    let failed =
      #"{"failure":{"class":"exit","code":3},"key":"\#(key)","parameters":{"lr":0.1},"seed":12,"state":"failed","trial":5}"#
    #expect(String(decoding: line(.completed([0.5]), .small), as: UTF8.self) == completed + "\n")
    #expect(String(decoding: line(.failed(.exit(code: 3)), .small), as: UTF8.self) == failed + "\n")
  }

  @Test(
    "A line that is none is refused",
    arguments: [
      "", "{}", "{\"metrics\":{}}", "{\"metrics\":{\"loss\":\"1\"}}", "{\"failure\":{\"class\":\"bad luck\"}}",
      "{\"stopped\":{\"rule\":\"median\",\"step\":1}}", "{\"curve\":[[2,1],[1,1]],\"metrics\":{\"loss\":1}}",
      "{\"curve\":[[2,1]],\"stopped\":{\"rule\":\"median\",\"step\":1}}", "{\"curve\":7,\"metrics\":{\"loss\":1}}",
    ])
  func refused(line: String) {
    #expect(throws: DocumentError.self) { try TrialLines(.small).measured(Array(line.utf8)[...]) }
  }
}

@Suite("The facts of a trial")
struct TrialFactsTests {
  private func facts(_ ending: TrialFacts.Ending, _ metrics: KeyValuePairs<String, Double> = [:]) -> TrialFacts {
    var all = Metrics()
    for (name, value) in metrics { all.set(name, value) }
    return TrialFacts(ending: ending, metrics: all)
  }

  @Test("The objective's metric decides whether a trial that ended well completed")
  func results() {
    func result(_ facts: TrialFacts, _ metric: String = "loss") -> TrialResult {
      var plan = Plan.small
      plan.metrics = [metric]
      let judge = TrialJudge(plan)
      return judge.result(of: Measured([judge.measurement(of: facts)].compactMap(\.self)), at: Point([.float(0.1)]))
    }
    let good = facts(.exit(code: 0), ["loss": 0.5, "bad": .nan, "worse": .infinity])
    #expect(result(good) == .completed([0.5]))
    #expect(result(good, "bad") == .failed(.metricNotFinite))
    #expect(result(good, "worse") == .failed(.metricNotFinite))
    #expect(result(good, "none") == .failed(.metricMissing))
    #expect(result(facts(.exit(code: 2), ["loss": 0.5])) == .failed(.exit(code: 2)))
    #expect(result(facts(.signal(number: 9), ["loss": 0.5])) == .failed(.signal(number: 9)))
    #expect(result(facts(.timeout(limit: 10), ["loss": 0.5])) == .failed(.timeout))
    let judge = TrialJudge(.small)
    #expect(judge.outcome(of: .failed(.timeout)) == .failed && judge.outcome(of: .completed([1])) == .values([1]))
  }

  @Test("What a limit brought about holds for the same limit and for shorter ones; other ends hold for all")
  func timeLimits() {
    typealias Case = (ending: TrialFacts.Ending, limits: (Int?) -> TrialLimits)
    let cases: [Case] = [
      (.timeout(limit: 1000), { TrialLimits(time: $0) }), (.silence(limit: 1000), { TrialLimits(silence: $0) }),
      (.memory(limit: 1000), { TrialLimits(memory: $0) }), (.disk(limit: 1000), { TrialLimits(disk: $0) }),
    ]
    for (ending, limits) in cases {
      #expect(limits(1000).admit(ending) && limits(999).admit(ending))
      #expect(!limits(1001).admit(ending) && !limits(nil).admit(ending))
      #expect(limits(1).admit(.exit(code: 0)) && limits(nil).admit(.signal(number: 9)))
    }
  }

  @Test("An ending is read from what it is written as")
  func endings() {
    for ending in [TrialFacts.Ending.exit(code: 3), .signal(number: 15), .timeout(limit: 1000)] {
      #expect(TrialFacts.Ending(name: ending.name, code: ending.code, timeLimit: ending.timeLimit) == ending)
    }
    #expect(TrialFacts.Ending(name: "timeout", code: 0, timeLimit: nil) == nil)
    #expect(TrialFacts.Ending(name: "other", code: 0, timeLimit: nil) == nil)
  }

  @Test("The last value of a metric counts, names are sorted, and there is an end to their number")
  func metrics() {
    var metrics = Metrics()
    for (name, value) in [("b", 1.0), ("a", 2), ("b", 3)] { metrics.set(name, value) }
    #expect(metrics.values.map(\.name) == ["a", "b"] && metrics.values.map(\.value) == [2, 3])
    for index in 0..<300 { metrics.set("x\(index)", 0) }
    #expect(metrics.values.count == Metrics.maximumCount)
    metrics.set("b", 4)
    #expect(metrics.values.first { $0.name == "b" }?.value == 4)
    var other = Metrics()
    other.set("a", 9)
    metrics.merge(other)
    #expect(metrics.values.first?.value == 9)
  }

  @Test("Metrics are the same after writing and reading, also what JSON has no number for")
  func metricsJSON() throws {
    var metrics = Metrics()
    for (name, value) in [("a", 0.1), ("b", Double.infinity), ("c", -Double.infinity)] { metrics.set(name, value) }
    #expect(Metrics(json: metrics.json) == metrics)
    metrics.set("d", .nan)
    let read = try #require(Metrics(json: metrics.json))
    #expect(read.values.last?.value.isNaN == true)
    #expect(Metrics(json: .array([])) == nil && Metrics(json: .object(["a": .bool(true)])) == nil)
  }
}

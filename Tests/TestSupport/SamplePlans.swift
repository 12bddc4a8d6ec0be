package import Artifacts
import Search

extension Plan {
  /// A small plan: three points of a grid.
  package static let small = Plan(
    name: "small", experimentFile: "experiment.yaml", metrics: ["loss"],
    search: SearchSettings(
      space: Space([Parameter(name: "lr", domain: .choice([.float(0.1), .float(0.01), .float(0.001)]))]),
      goals: [.minimize], strategy: .grid, seed: 0, lanes: 1, trials: 3),
    parallel: 1, timeLimit: nil,
    trial: TrialTemplate(
      program: .command([[.literal("python")], [.literal("train.py")], [.allParameters(.options)]]), environment: [],
      timeout: nil, metrics: .auto),
    inputs: [InputFile(path: "train.py", digest: Digest(of: "file", "print(1)\n".utf8), size: 9)])

  /// A plan that uses everything there is.
  package static let full = Plan(
    name: "digits-mlp", experimentFile: "sweep.yaml", metrics: ["val_error"],
    search: SearchSettings(
      space: Space([
        Parameter(name: "batch", domain: .choice([.int(16), .int(32), .string("all \"é\""), .bool(true)])),
        Parameter(
          name: "dropout", domain: .float(FloatRange(lower: 0, upper: 0.5, step: 0.05)), defaultValue: .float(0.15)),
        Parameter(name: "epochs", domain: .constant(.int(20))),
        Parameter(
          name: "learning_rate", domain: .float(FloatRange(lower: 1e-4, upper: 0.1, scale: .log)),
          defaultValue: .float(1e-3)),
        Parameter(name: "width", domain: .int(IntRange(lower: 16, upper: 512, scale: .log)), defaultValue: .int(64)),
      ]),
      goals: [.minimize], strategy: .sobol, seed: 42, lanes: 8, trials: 12,
      initialPoints: [Point([.int(16), .float(0.15), .int(20), .float(1e-3), .int(64)])],
      stopping: [.target(0.02), .plateau(trials: 5, improvement: 0.001)]),
    parallel: 4, timeLimit: 7_200_000,
    trial: TrialTemplate(
      program: .command([
        [.literal("python")], [.literal("train.py")], [.allParameters(.options)], [.literal("--out="), .trialFolder],
        [.trialSeed], [.parameter("width"), .literal("px")],
      ]),
      environment: [.init(name: "OMP_NUM_THREADS", value: "1"), .init(name: "TEXT", value: "a b\n")], timeout: 600_000,
      metrics: .stdout),
    inputs: [
      InputFile(path: "data/x.csv", digest: Digest(of: "file", "1,2\n".utf8), size: 4),
      InputFile(path: "train.py", digest: Digest(of: "file", "print(1)\n".utf8), size: 9),
    ])

  /// A plan of any features there are: the same for the same seed.
  package static func random(seed: UInt64) -> Plan {
    var random = TestRandom(seed: seed)
    var plan = Plan.full
    plan.search.strategy = .random
    plan.search.initialPoints = []
    plan.search.space = Space.random(&random)
    let isFinite = if case .exactly(let size) = plan.search.space.size() { size < 500 } else { false }
    let points = (0..<Int.random(in: 1...4, using: &random)).map { trial in
      plan.search.knownPoints[trial]
    }
    switch Int.random(in: 0..<4, using: &random) {
    case 0 where isFinite: plan.search.strategy = .grid
    case 1: plan.search.strategy = .list(points)
    case 2: plan.search.strategy = .sobol
    default: plan.search.initialPoints = Bool.random(using: &random) ? points : []
    }
    plan.metrics = Array(["loss", "eval/acc%", "zähler"].shuffled(using: &random).prefix(random.oneIn(2) ? 1 : 3))
    plan.search.goals = plan.metrics.map { _ in Bool.random(using: &random) ? .minimize : .maximize }
    plan.search.seed = UInt64.random(in: 0..<1 << 53, using: &random)
    plan.search.trials = Int.random(in: 1...30, using: &random)
    let targets = plan.metrics.map { _ in random.oneIn(3) ? nil : random.double() }
    plan.search.stopping = [.target(targets), .plateau(trials: 3, improvement: 0)].filter { rule in
      rule != .target(targets.map { _ in nil }) && Bool.random(using: &random)
    }
    var expressions = RandomExpressions(
      over: plan.search.space, metrics: plan.metrics + ["latency_ms"], seed: random.next())
    plan.outcomeConstraints = (0..<Int.random(in: 0...2, using: &random)).map { _ in expressions.condition() }
    plan.settings = Bool.random(using: &random) ? [] : ["budget.trials=3", "parameters.p0=\"\u{1F600}\""]
    plan.parallel = Int.random(in: 1...9, using: &random)
    plan.timeLimit = Bool.random(using: &random) ? nil : Int.random(in: 1...1_000_000, using: &random)
    plan.trial.timeout = Bool.random(using: &random) ? nil : Int.random(in: 1...1_000_000, using: &random)
    plan.trial.metrics = MetricSource.all.randomElement(using: &random) ?? .auto
    plan.trial.program = TrialTemplate.Program.all.randomElement(using: &random) ?? .shell("")
    plan.secrets = Bool.random(using: &random) ? [] : ["HF_TOKEN", "WANDB_KEY"]
    if Bool.random(using: &random) {
      plan.trial.repeats = Repeats(
        seeds: Int.random(in: 2...9, using: &random),
        aggregate: Repeats.Aggregate.allCases.randomElement(using: &random) ?? .mean)
    }
    plan.inputs = Bool.random(using: &random) ? [] : plan.inputs
    if plan.trial.timeout != nil, random.oneIn(2) {
      plan.trial.resources.cpus = 0.5
      plan.usage = UsageBudget(
        limits: [.cpuHours: .random(in: 1...1e3, using: &random), .cost: 0.1], rates: ["cpus": 2.5, "tpu-v5": 0])
    }
    return plan
  }
}

extension TrialTemplate.Program {
  fileprivate static let all: [Self] = [
    .command([[.literal("./run")], [.parameter("p0"), .literal("\u{1F600}")], [.trialSeed], [.literal("")]]),
    .command([
      [.variable("PYTHON")], [.allParameters(.hydra)], [.allParameters(.flags)], [.literal("--to="), .trialCheckpoint],
      [.trialParameters],
    ]),
    .shell("python train.py --p0 \"$p0\"\n# \u{1F600}\n"),
  ]
}

extension MetricSource {
  /// One of each kind, but for that the patterns compile.
  fileprivate static let all: [MetricSource] = [
    .auto, .stdout, .file, MetricSource(.json, path: "out/metrics.json"),
    MetricSource(.jsonl, path: "log.jsonl", names: [Name(metric: "loss", source: "eval.loss")]),
    MetricSource(
      .csv, path: "log.csv",
      names: [Name(metric: "\u{FB00}", source: "a b"), Name(metric: "\u{1F600}", source: "\"")]),
    MetricSource(.tensorboard), MetricSource(.tensorboard, path: "runs"),
    MetricSource(.stdout, pattern: try? MetricPattern("epoch {epoch:int} {{loss}} {loss}")),
  ]
}

extension Space {
  /// One to five parameters, of which the later ones may depend on the earlier ones, and constraints that leave at
  /// least a fifth of the points.
  fileprivate static func random(_ random: inout TestRandom) -> Space {
    var parameters: [Parameter] = []
    for index in 0..<Int.random(in: 1...5, using: &random) {
      var parameter = Parameter.random("p\(index)", &random)
      if index > 0, random.oneIn(3) {
        var expressions = RandomExpressions(over: Space(parameters), seed: random.next())
        parameter.condition = expressions.condition(depth: 2)
      }
      parameters.append(parameter)
    }
    var expressions = RandomExpressions(over: Space(parameters), seed: random.next())
    let constraints = (0..<Int.random(in: 0...2, using: &random)).map { _ in expressions.condition(depth: 2) }
    let space = Space(parameters, constraints: constraints)
    return space.allowed(of: 200, enough: 41) > 40 ? space : Space(parameters)
  }
}

extension Parameter {
  fileprivate static func random(_ name: String, _ random: inout TestRandom) -> Parameter {
    let domains: [Domain] = [
      .float(FloatRange(lower: -1.5, upper: 2)), .float(FloatRange(lower: 1e-9, upper: 1e9, scale: .log)),
      .float(FloatRange(lower: 0.1, upper: 0.7, step: 0.2)), .float(FloatRange(lower: 3, upper: 3)),
      .int(IntRange(lower: -5, upper: 5)), .int(IntRange(lower: 1, upper: 1 << 53, scale: .log)),
      .int(IntRange(lower: 0, upper: 9, step: 3)), .choice([.string("1"), .int(1), .float(1.5), .bool(false)]),
      .choice([.string("\u{FB00}\u{1F600}\"\\\n")]), .constant(.string("")), .constant(.float(-1e-7)),
    ]
    let domain = domains.randomElement(using: &random) ?? domains[0]
    var isTuned = true
    if case .constant = domain { isTuned = false }
    let value = isTuned && Bool.random(using: &random) ? domain.value(at: 0.5) : nil
    var parameter = Parameter(name: name, domain: domain, defaultValue: value)
    switch domain {
    case .float, .int: parameter.prior = random.oneIn(3) ? .normal(mean: 2.5, spread: 1.5) : nil
    case .choice(let values):
      parameter.prior = random.oneIn(2) ? .weights(values.indices.map { Double($0) + 0.5 }) : nil
      parameter.isOrdered = Bool.random(using: &random)
    case .constant: break
    }
    return parameter
  }
}

extension Manifest {
  /// What comes of the full plan when trial 3 is the best of 12 and two fail.
  package static let full = Manifest(
    content: content(of: .full),
    circumstances: Circumstances(
      version: "1.0", sourcePath: "a/sweep.yaml", source: "attune: 1\n# é\n", finished: 1_700_000_000.25, host: "node",
      workers: 4, seconds: 12.5, executed: 10, reused: 2, surplus: 1))

  private static func content(of plan: Plan) -> ManifestContent {
    let identity = TrialIdentity(plan)
    let point = plan.search.knownPoints[3]
    let bytes = identity.pointBytes(point)
    let seed = identity.seed(forPoint: bytes)
    let run = TrialIdentity.Run(seed: seed, key: identity.key(forPoint: bytes, seed: seed))
    let record = TrialRecord(
      trial: 3, point: point, runs: [TrialRecord.Run(run, .values([0.025]))], result: .completed([0.025]))
    return ManifestContent(
      plan: PlanDocument(plan),
      conclusion: Conclusion(trials: 12, reason: .trials, best: Incumbent(trial: 3, value: 0.025)),
      trialsDigest: Digest(of: "trials", [1]), completed: 10, infeasible: 0,
      best: [SelectedTrial(record, values: [0.025], in: plan.search.space)], baseline: Incumbent(trial: 0, value: 0.05))
  }
}

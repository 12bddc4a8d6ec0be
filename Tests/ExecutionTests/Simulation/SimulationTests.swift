import Artifacts
import Foundation
import Glibc
import Search
import Store
import TestSupport
import Testing

@testable import Execution

/// The real coordinator and the real journal on a simulated machine that fails in every way that it can: whatever happens
/// on the way, an apply that comes to its end has the result of one that nothing happened to.
///
/// A history that fails is printed with its seed, and `ATTUNE_SIMULATION=SEED` tells it alone; `ATTUNE_SIMULATIONS=N` tries
/// N of them.
@Suite("Simulated histories")
struct SimulationTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seeds: Range<UInt64> = {
    if let seed = environment["ATTUNE_SIMULATION"].flatMap(UInt64.init) { return seed..<seed + 1 }
    return 0..<(environment["ATTUNE_SIMULATIONS"].flatMap(UInt64.init) ?? 300)
  }()

  @Test("lead to the result of an undisturbed run, with nothing lost and nothing run twice unseen")
  func histories() throws {
    var totals = SimulatedHistory.Totals()
    for seed in Self.seeds {
      var history = SimulatedHistory(seed: seed)
      do { try history.run() } catch { Issue.record("seed \(seed): \(error)") }
      totals.add(history.totals)
    }
    // The faults are there, or the test says nothing.
    guard Self.seeds.count >= 1000 else { return }
    #expect(totals.deaths > 150 && totals.fullDisks > 100 && totals.interruptions > 100, "\(totals)")
    #expect(totals.shortages > 250 && totals.retries > 500 && totals.closures > 20, "\(totals)")
    #expect(totals.stops > 300 && totals.races > 100 && totals.confirmed > 50, "\(totals)")
    #expect(totals.exhaustions > 50, "\(totals)")
    #expect(totals.grown > 500 && totals.largest > 100 && totals.crowded > 100, "\(totals)")
    #expect(totals.promotions > 300 && totals.continued > 200 && totals.populations > 20, "\(totals)")
    #expect(totals.completions > 5 && totals.unaffordable > 3, "\(totals)")
    #expect(totals.modelled > 50 && totals.hopeless > 3, "\(totals)")
  }

  @Test("end where nothing can ever be started, with what was missing")
  func hopeless() throws {
    var history = SimulatedHistory(seed: 1)
    let error = #expect(throws: FileError.self) { try history.runWithoutProcesses() }
    #expect(error?.code == EAGAIN)
  }

  @Test("wait where the disk is full, and go on when there is room again")
  func fullDisk() throws {
    var paused = 0
    for seed in UInt64(0)..<60 {
      var history = SimulatedHistory(seed: seed)
      do {
        let said = try history.runWithFullDisk()
        #expect(said.resumed <= said.paused)
        paused += said.paused
      } catch { Issue.record("seed \(seed): \(error)") }
    }
    #expect(paused > 20, "\(paused)")
  }

  @Test("are the same whenever they are told")
  func deterministic() throws {
    for seed in UInt64(0)..<20 {
      var (first, second) = (SimulatedHistory(seed: seed), SimulatedHistory(seed: seed))
      try first.run()
      try second.run()
      #expect(first.totals == second.totals && first.launches == second.launches)
    }
  }
}

/// Applies of one plan, one after the other, until one comes to its end.
struct SimulatedHistory {
  struct Violation: Error, CustomStringConvertible { var description: String }

  struct Totals: Equatable {
    var applies = 0
    var deaths = 0
    var fullDisks = 0
    var interruptions = 0
    var shortages = 0
    var retries = 0
    var closures = 0
    var exhaustions = 0
    /// Budgets that did not suffice to confirm the best trials.
    var usedUp = 0
    var stops = 0
    var races = 0
    var confirmed = 0
    /// Attempts that had more than the first, of those the ones that had all that there is, and those beside which less
    /// than a worker's memory was left.
    var grown = 0
    var largest = 0
    var crowded = 0
    /// Trials with more of the fidelity than the lowest rung, and those that go on from another's checkpoint.
    var promotions = 0
    var continued = 0
    /// Searches over rungs that had no more points to begin with, and those that a budget of the fidelity ended.
    var completions = 0
    var unaffordable = 0
    var populations = 0
    /// Searches that learn, and those that ended as a model expected too little.
    var modelled = 0
    var hopeless = 0

    mutating func add(_ other: Totals) {
      applies += other.applies
      deaths += other.deaths
      fullDisks += other.fullDisks
      interruptions += other.interruptions
      shortages += other.shortages
      retries += other.retries
      closures += other.closures
      exhaustions += other.exhaustions
      usedUp += other.usedUp
      stops += other.stops
      races += other.races
      confirmed += other.confirmed
      grown += other.grown
      largest += other.largest
      crowded += other.crowded
      promotions += other.promotions
      completions += other.completions
      unaffordable += other.unaffordable
      continued += other.continued
      populations += other.populations
      modelled += other.modelled
      hopeless += other.hopeless
    }
  }

  private(set) var totals = Totals()
  /// The trials that were launched, in this order.
  private(set) var launches: [Int] = []
  /// How long trials ran, all together, in milliseconds.
  private var work = 0
  private var isUsedUp = false
  private var random: TestRandom
  private let seed: UInt64

  init(seed: UInt64) {
    self.seed = seed
    random = TestRandom(seed: seed)
  }

  /// Some of the rules that judge what one run reports on the way.
  private mutating func singleRules(after warmup: Int) -> [TrialRule] {
    let steps = Int.random(in: 2...5, using: &random)
    let rules = [
      TrialRule(.median, warmupSteps: warmup, warmupTrials: 2),
      TrialRule(.patience(steps: steps, improvement: 0)),
      TrialRule(.patience(steps: steps, improvement: 0), warmupTrials: 2),
      TrialRule(.percentile(percent: 40), warmupSteps: warmup, warmupTrials: 2),
      TrialRule(.truncation(percent: 30), warmupSteps: warmup, warmupTrials: 2),
      TrialRule(.bandit(slack: 20, isFactor: false), warmupSteps: warmup),
      TrialRule(.bandit(slack: 2, isFactor: true), warmupSteps: warmup),
      TrialRule(.wilcoxon(p: 0.2), warmupSteps: warmup),
      TrialRule(.threshold(lower: nil, upper: 25), warmupTrials: 2),
      TrialRule(.learningCurve(probability: 0.1), warmupTrials: 4),
      TrialRule(.threshold(metric: "norm", lower: nil, upper: 29)),
    ]
    // One that has patience is alone: with another metric watched, what it ends would lack that one's value.
    let chosen = rules.filter { _ in random.oneIn(3) }
    return chosen.contains { $0.kind.metric != nil } ? chosen.filter { $0.name != "patience" } : chosen
  }

  /// Lets a search learn from its outcomes, or go from rung to rung.
  private mutating func learn(_ plan: inout Plan) {
    let rungs = plan.search.goals.count == 1 && random.oneIn(2)
    (plan.search.initialPoints, plan.search.lanes) = ([], Int.random(in: 1...6, using: &random))
    // A Gaussian process takes its time.
    let asksProcess = random.oneIn(4)
    if asksProcess { plan.search.trials = Int.random(in: 14...24, using: &random) }
    guard rungs else {
      plan.search.strategy = asksProcess ? .bayesian : [.tpe, .cmaes, .evolution].randomElement(using: &random) ?? .tpe
      return expect(&plan)
    }
    let isPopulation = random.oneIn(4)
    let continues = isPopulation || random.oneIn(2)
    if continues { plan.trial.repeats = .once }
    let epochs = Parameter(name: "epochs", domain: .int(IntRange(lower: 1, upper: 9)), defaultValue: .int(9))
    if random.oneIn(3) {
      let few = IntRange(lower: 1, upper: Int.random(in: 1...20, using: &random))
      plan.search.space = Space([Parameter(name: "few", domain: .int(few)), epochs])
    } else {
      plan.search.space = Space(
        plan.search.space.parameters + [epochs], constraints: plan.search.space.constraints)
    }
    plan.search.fidelity = Fidelity(
      name: "epochs", lowest: isPopulation ? 2 : 1, full: 9, reduction: isPopulation ? 1 : 3, continues: continues)
    plan.search.stopping = plan.search.stopping.map { rule in
      guard !isPopulation, case .plateau(let trials, let improvement, _) = rule else { return rule }
      return .plateau(trials: trials, improvement: improvement, from: 9)
    }
    if isPopulation {
      let members = Int.random(in: 2...6, using: &random)
      (plan.search.strategy, plan.search.lanes, plan.search.trials) = (.pbt(population: members), 1, 5 * members)
      totals.populations += 1
    } else {
      let proposals: RungProposals =
        asksProcess ? (random.oneIn(2) ? .bayesian : .multiFidelity) : random.oneIn(2) ? .tpe : .random
      plan.search.strategy = .rungs(RungScheme.allCases.randomElement(using: &random) ?? .asha, proposals)
      if !asksProcess { plan.search.trials = Int.random(in: 5...60, using: &random) }
      plan.search.completesRungs = !random.oneIn(4)
      if random.oneIn(2) {
        plan.search.fidelityBudget = Int.random(in: 5...60, using: &random)
        plan.search.fidelityRuns = random.oneIn(4) ? nil : plan.trial.repeats.seeds
      }
      expect(&plan)
    }
  }

  /// Those that ask a Gaussian process end when it expects too little.
  private mutating func expect(_ plan: inout Plan) {
    totals.modelled += 1
    guard plan.search.goals.count == 1, plan.search.asksGaussianProcess else { return }
    plan.search.stopping.append(
      random.oneIn(2)
        ? .expectedImprovement(below: 6, trials: 2) : .regret(bound: 12, probability: 0.6, trials: 2))
  }

  private mutating func plan() -> Plan {
    var plan = Plan.random(seed: random.next())
    if random.oneIn(2) { learn(&plan) }
    plan.outcomeConstraints = []
    plan.secrets = []
    plan.trial.program = .command([[.literal("true")]])
    plan.trial.timeout = nil
    plan.usage = .none
    // Some histories have a limit of time; its end is a fact of the real world, and recorded.
    // Others have rules that end single trials.
    if plan.search.goals.count == 1, plan.search.fidelity != nil, random.oneIn(2) {
      plan.search.trialRules = [
        TrialRule(.threshold(lower: nil, upper: 28), warmupTrials: random.oneIn(2) ? 2 : 0),
        TrialRule(.threshold(metric: "norm", lower: nil, upper: 29)),
      ].filter { _ in random.oneIn(2) }
    } else if plan.search.goals.count == 1, plan.search.fidelity == nil, random.oneIn(2) {
      let warmup = Int.random(in: 0...3, using: &random)
      let rules =
        plan.trial.repeats.seeds == 1
        ? singleRules(after: warmup) : [TrialRule(.racing(p: 0.4), warmupSteps: warmup), TrialRule(.wilcoxon(p: 0.4))]
      plan.search.trialRules = (rules + [TrialRule(.threshold(lower: nil, upper: 28))]).shuffled(using: &random)
      // Enough for a race.
      if plan.judgesRuns { plan.trial.repeats.seeds += Int.random(in: 0...4, using: &random) }
    }
    // Some confirm the best trials.
    if plan.search.goals.count == 1, !plan.search.trainsPopulation, random.oneIn(2) {
      let seeds = Int.random(in: 1...3, using: &random)
      plan.confirmation = ConfirmationRule(
        top: Int.random(in: 1...4, using: &random), repeats: Repeats(seeds: seeds, aggregate: .mean))
    }
    plan.timeLimit = random.oneIn(5) ? Int.random(in: 1...3000, using: &random) : nil
    if random.oneIn(3) { plan.search.stopping.append(.failures(.inARow(Int.random(in: 1...4, using: &random)))) }
    var policies: [FailureClass: FailurePolicy] = [.metricMissing: .count]
    if random.oneIn(2) {
      policies[.exit] = FailurePolicy(
        retries: Int.random(in: 1...3, using: &random), wait: random.oneIn(2) ? 0 : 100, isInfeasible: random.oneIn(2))
    }
    if random.oneIn(3) { policies[.timeout] = FailurePolicy(retries: 2, growth: 1.5) }
    plan.trial.resources = .none
    if random.oneIn(3) {
      plan.trial.resources.memory = 1 << 30
      policies[.memory] = FailurePolicy(
        retries: Int.random(in: 0...5, using: &random), wait: random.oneIn(2) ? 0 : 100,
        growth: [1, 1.5, 2, 3].randomElement(using: &random) ?? 2)
    }
    plan.trial.failures = FailurePolicies(policies)
    if random.oneIn(3) { limitUsage(of: &plan) }
    return plan
  }

  /// Gives a plan a budget of some of the longest runs, and what it must keep back for those that confirm.
  private mutating func limitUsage(of plan: inout Plan) {
    plan.trial.timeout = Int.random(in: 1...3000, using: &random)
    plan.trial.resources.cpus = 2
    let longest = plan.trial.longestRun ?? 0
    let confirming = plan.confirmation?.longest(each: plan.trial.longestAttempts ?? 0) ?? 0
    let limit = confirming + longest * Int.random(in: 1...6, using: &random) + Int.random(in: 0...8000, using: &random)
    plan.usage = UsageBudget(
      limits: [.cpuHours: 2 * Double(limit) / UsageBudget.hour, .cost: 1e9], rates: ["cpus": 0.5])
  }

  /// That the budget is kept, whatever happened, and that it is known what was used, or more: what is lost counts as much
  /// as it can have been.
  private mutating func checkUsage(_ document: PlanDocument, _ store: RunStore) throws {
    let plan = document.plan
    guard let limit = plan.usage.tightest(each: plan.trial.resources)?.work else { return }
    let lookup = try OutcomeLookup(store.journal, document, .all)
    guard let budget = WorkBudget(plan, lookup), work <= budget.ledger.work else {
      throw Violation(description: "\(work) ms of work are not all in the ledger: \(lookup.usage)")
    }
    guard budget.ledger.work <= limit else {
      throw Violation(description: "\(budget.ledger.work) ms are charged, and \(limit) allowed")
    }
    if lookup.closure?.cause == .cost, budget.allows(plan.trial.longestAttempt ?? 0) {
      throw Violation(description: "the search was closed, and the budget allows another run")
    }
  }

  /// What a run gives follows from its key: mostly values, which are the same for some keys; and failures, of which some
  /// pass when it is tried again.
  private static func facts(of key: Digest, _ plan: Plan, earlier: Int, limits: TrialLimits) -> TrialFacts {
    var metrics = Metrics()
    let bytes = key.bytes
    var curve = Curve()
    if !plan.search.trialRules.isEmpty, !plan.judgesRuns {
      // What a rule ends, another attempt would not come to otherwise.
      for step in 1...Int(bytes[30] % 8 + 1) {
        var others: [String: ValueRange] = [:]
        if step % 2 == 1 {
          for name in plan.search.watchedMetrics { others[name] = ValueRange(Double(bytes[step + 9] % 32)) }
        }
        curve.add(bytes[step] % 32 == 31 ? .nan : Double(bytes[step] % 32), at: step, others: others)
      }
    }
    if curve.reports.isEmpty {
      if let memory = limits.memory, bytes[28] % 24 < 8, Int(bytes[28] % 24) << 29 > memory {
        return TrialFacts(ending: .memory(limit: memory), metrics: metrics)
      }
      if let time = limits.time, bytes[27] % 4 == 0, Int(bytes[26]) << 5 > time {
        return TrialFacts(ending: .timeout(limit: time), metrics: metrics)
      }
    }
    switch bytes[0] % 16 {
    case 0, 1:
      if curve.reports.isEmpty, earlier < Int(bytes[1] % 4) {
        return TrialFacts(ending: .exit(code: 3), metrics: metrics)
      }
    case 2: return TrialFacts(ending: .signal(number: 11), metrics: metrics, curve: curve)
    case 3: return TrialFacts(ending: .exit(code: 0), metrics: metrics, curve: curve)
    case 4: metrics.set(plan.metrics[0], .nan)
    default: break
    }
    for (index, name) in plan.judgedMetrics.enumerated() where metrics[name] == nil {
      metrics.set(name, Double(bytes[2 + index] % 32))
    }
    return TrialFacts(ending: .exit(code: 0), metrics: metrics, curve: curve)
  }

  /// - Throws: `Violation` when something that must hold does not.
  mutating func run() throws {
    let plan = plan()
    let document = PlanDocument(plan)
    let store = try RunStore()
    var conclusion: Conclusion?
    while conclusion == nil {
      totals.applies += 1
      // In the end nothing happens any more.
      conclusion = try apply(document, store, isCalm: totals.applies > 12)
      guard totals.applies < 40 else { throw Violation(description: "it does not come to its end") }
      try checkUsage(document, store)
      if isUsedUp { return }
    }
    try check(document, store, conclusion)
  }

  /// An apply on a machine that never has a process to spare.
  mutating func runWithoutProcesses() throws {
    let store = try RunStore()
    var faults = SimulatedFaults()
    faults.shortages = 1
    let document = PlanDocument(plan())
    let world = SimulatedWorld(store, faults, random: TestRandom(seed: seed))
    let executor = SimulatedExecutor(
      world, faults, longest: 0, objective: { _, _, _ in TrialFacts(ending: .exit(code: 0), metrics: Metrics()) },
      launched: { _, _ in })
    var coordinator = try Coordinator(
      try Self.order(document, workers: 2), token: "t", store: world, executor: executor, surroundings: world,
      changedInputs: { [] })
    _ = try coordinator.run { _, _ in }
  }

  /// An apply that nothing else happens to but that the disk is full for a while.
  ///
  /// - Returns: how often it said that it is paused, and that it goes on.
  mutating func runWithFullDisk() throws -> (paused: Int, resumed: Int) {
    let store = try RunStore()
    var faults = SimulatedFaults()
    faults.fullDisk = 50..<20_000
    var plan = plan()
    plan.confirmation = nil
    let document = PlanDocument(plan)
    let world = SimulatedWorld(store, faults, random: TestRandom(seed: seed))
    let executor = SimulatedExecutor(
      world, faults, longest: 100, objective: { Self.facts(of: $0, plan, earlier: $1, limits: $2) },
      launched: { _, _ in })
    var coordinator = try Coordinator(
      try Self.order(document, workers: 2), token: "t", store: world, executor: executor, surroundings: world,
      changedInputs: { [] })
    var said = (paused: 0, resumed: 0)
    let ending = try coordinator.run { event, _ in
      if case .paused = event { said.paused += 1 }
      if case .resumed = event { said.resumed += 1 }
    }
    guard case .concluded(let conclusion) = ending else { throw Violation(description: "it was interrupted") }
    // A search that comes to its end before there is room again is written down by the next apply.
    do { try coordinator.recordEnd(conclusion) } catch  where isLackOfSpace(error) { return said }
    try check(document, store, conclusion)
    return said
  }

  /// Has room for the first attempts of three trials at once.
  private static let machine: Machine = {
    var machine = Machine(for: .none)
    (machine.memory, machine.cpus) = (3 << 30, 12)
    return machine
  }()

  private static func order(_ document: PlanDocument, workers: Int) throws -> Order {
    Order(
      plan: document, project: try Project(folderOf: "/e.yaml"), source: "", bases: [],
      workers: try machine.workers(atMost: workers, each: document.plan.trial.resources).count, machine: machine,
      reuse: .all,
      waits: false, guardian: [], version: "", secrets: try Secrets(of: document, texts: []))
  }

  private mutating func apply(_ document: PlanDocument, _ store: RunStore, isCalm: Bool) throws -> Conclusion? {
    let plan = document.plan
    var faults = SimulatedFaults()
    let longest = [0, 5, 100, 2000].randomElement(using: &random) ?? 0
    if !isCalm {
      let moments = 1...max(2, longest * 8 + 200)
      if random.oneIn(2) { faults.death = Int.random(in: moments, using: &random) }
      for _ in 0..<Int.random(in: 0...2, using: &random) where random.oneIn(2) {
        faults.signals.append(
          (Int.random(in: moments, using: &random), [SIGINT, SIGTERM].randomElement(using: &random) ?? SIGINT))
      }
      faults.failingCommits = random.oneIn(4) ? 10 : nil
      faults.shortages = random.oneIn(3) ? 4 : nil
      if random.oneIn(4) {
        let moment = Int.random(in: moments, using: &random)
        faults.fullDisk = moment..<moment + Int.random(in: 1...10_000, using: &random)
      }
      faults.strayKills = random.oneIn(12) ? 30 : nil
    }
    let world = SimulatedWorld(store, faults, random: TestRandom(seed: random.next()))
    let order = try Self.order(document, workers: Int.random(in: 1...6, using: &random))
    var launched: [Job] = []
    var crowds: [Int] = []
    let executor = SimulatedExecutor(
      world, faults, longest: longest, objective: { Self.facts(of: $0, plan, earlier: $1, limits: $2) },
      launched: { job, others in
        launched.append(job)
        crowds.append((others + [job]).reduce(0) { $0 + ($1.limits.memory ?? 0) })
      })
    var ending: Coordinator.Ending?
    var status = RunStatus()
    do {
      var coordinator = try Coordinator(
        order, token: "t", store: world, executor: executor, surroundings: world, changedInputs: { [] })
      ending = try coordinator.run { _, _ in }
      if case .concluded(let conclusion)? = ending, !world.isDead {
        let candidates = try Self.candidates(plan, coordinator.outcomes, conclusion.closure)
        if let confirming = plan.confirming(candidates) {
          ending = nil
          coordinator.goOn(with: confirming, from: conclusion.trials)
          ending = try coordinator.run { _, _ in }
        }
        if case .concluded? = ending {
          ending = .concluded(conclusion)
          if !world.isDead { try coordinator.recordEnd(conclusion) }
        }
      }
      status = coordinator.status
    } catch is SimulatedWorld.DiskFull {
      totals.fullDisks += 1
    } catch ExecutionError.budgetUsedUp {
      isUsedUp = true
      totals.usedUp += 1
    } catch is SimulatedWorld.Death {
    } catch let error as FileError where error.isShortage || isLackOfSpace(error) {
      // What it met, it could not wait for.
      totals.fullDisks += 1
    }
    work += world.work
    totals.deaths += world.isDead ? 1 : 0
    totals.retries += status.retried
    totals.shortages += faults.shortages == nil ? 0 : 1
    launches += launched.map(\.trial)
    try check(launched, using: crowds, of: plan, store)
    for job in launched {
      guard try store.journal.attempts(atKeysWith: job.key.hex).contains(where: { $0.intent == job.intent }) else {
        throw Violation(description: "trial \(job.trial) was launched and its intent is not recorded")
      }
      let outcomes = try store.journal.outcomes(of: job.key, in: .everything)
      guard !outcomes.contains(where: { $0.facts.ending == .signal(number: Int(SIGTERM)) }) else {
        throw Violation(description: "trial \(job.trial) was ended by the apply, and that is recorded as its outcome")
      }
    }
    switch ending {
    case _ where world.isDead: return nil
    case nil: return nil
    case .interrupted:
      totals.interruptions += 1
      return nil
    case .concluded(let conclusion): return conclusion
    }
  }

  /// That each attempt had what its policies say, and that there was as much memory for all that ran.
  private mutating func check(_ launched: [Job], using crowds: [Int], of plan: Plan, _ store: RunStore) throws {
    let plain = TrialLimits(plan.trial)
    let judge = TrialJudge(plan, machineMemory: Self.machine.memory)
    for (job, memory) in zip(launched, crowds) {
      guard memory <= Self.machine.memory else {
        throw Violation(description: "trial \(job.trial) was started where there was no memory for it")
      }
      let earlier = try store.journal.outcomes(of: job.key, in: .everything)
        .filter { $0.intent < job.intent }.map(\.facts)
      let kept = judge.limits(afterAttempts: earlier)
      guard job.limits == kept else {
        throw Violation(description: "attempt \(earlier.count) of trial \(job.trial) had \(job.limits), not \(kept)")
      }
      if job.limits != plain { totals.grown += 1 }
      if plain.memory != nil, job.limits.memory == Self.machine.memory { totals.largest += 1 }
      if memory > Self.machine.memory - (plain.memory ?? 0), job.limits.memory != plain.memory { totals.crowded += 1 }
    }
  }

  /// The trials that are confirmed when a search is over.
  private static func candidates(_ plan: Plan, _ outcomes: OutcomeLookup, _ closure: Closure?) throws -> [TrialRecord] {
    var (replay, tally) = (Replay(plan, closure: closure), Tally(plan))
    while let trial = replay.next, let measured = try outcomes.measured(trial.runs, by: replay.watch) {
      tally.take(replay.take(measured))
    }
    return tally.candidates
  }

  /// That of the runs that confirm trials each was made, and succeeded once at most.
  private mutating func checkConfirmation(_ plan: Plan, _ store: RunStore, _ lookup: OutcomeLookup, _ closure: Closure?)
    throws
  {
    let candidates = try Self.candidates(plan, lookup, closure)
    guard let confirming = plan.confirming(candidates) else { return }
    let (identity, judge) = (TrialIdentity(confirming), TrialJudge(confirming))
    guard let confirmation = try lookup.confirmation(of: candidates, by: confirming) else {
      throw Violation(description: "not all that was to be confirmed is")
    }
    for run in candidates.flatMap({ identity.runs(at: $0.point) }) {
      let recorded = try store.journal.outcomes(of: run.key, in: .everything)
      let successes = recorded.count { if case .values? = judge.measurement(of: $0.facts) { true } else { false } }
      guard !recorded.isEmpty, successes <= 1 else {
        throw Violation(description: "a run that confirms a trial has \(successes) of \(recorded.count) outcomes")
      }
    }
    totals.confirmed += confirmation.trials.count { $0.value != nil }
  }

  /// How many of a trial's runs count. Where rules judge them, none is missing up to the one with which they are decided.
  private mutating func madeRuns(
    _ trial: Replay.Trial, _ plan: Plan, _ lookup: OutcomeLookup, _ watch: TrialWatch?
  ) throws -> Int {
    guard plan.judgesRuns, let watch else { return trial.runs.count }
    guard let measured = try lookup.measured(trial.runs, by: watch) else {
      throw Violation(description: "trial \(trial.number) lacks runs")
    }
    var curve = Curve()
    for (index, run) in measured.runs.enumerated() {
      let isLast = index + 1 == measured.runs.count
      guard case .values(let values) = run else {
        guard isLast else { throw Violation(description: "trial \(trial.number) was run on when it had failed") }
        break
      }
      curve.add(
        values[0], at: index + 1,
        others: Dictionary(zip(plan.judgedMetrics, values.map { ValueRange($0) })) { first, _ in first })
      let stop = watch.stop(on: curve)
      // With the last run only a threshold ends a trial.
      let isOver = index + 1 < trial.runs.count ? stop != nil : true
      guard isOver != isLast else { continue }
      throw Violation(description: "trial \(trial.number) has \(measured.runs.count) runs, which the rules do not say")
    }
    if measured.stop != nil { totals.races += 1 }
    return measured.runs.count
  }

  /// What must hold of a journal whose plan has come to its end.
  private mutating func check(_ document: PlanDocument, _ store: RunStore, _ conclusion: Conclusion?) throws {
    let plan = document.plan
    let judge = TrialJudge(plan, machineMemory: Self.machine.memory)
    let lookup = try OutcomeLookup(store.journal, document, .all, Self.machine)
    let audit = try JournalAudit(store.journal)
    guard audit.findings.isEmpty else { throw Violation(description: "\(audit.findings)") }
    let closure = lookup.closure
    if closure?.cause == .time { totals.closures += 1 }
    if closure?.cause == .cost { totals.exhaustions += 1 }
    if plan.search.completesRungs, conclusion?.reason == .exhausted { totals.completions += 1 }
    if conclusion?.reason == .fidelity { totals.unaffordable += 1 }
    try checkConfirmation(plan, store, lookup, closure)
    var replay = Replay(plan, closure: closure)
    while let trial = replay.next {
      if plan.search.level(of: trial.point) > plan.search.fidelity?.lowest ?? .max { totals.promotions += 1 }
      var measurements: [Artifacts.Measurement] = []
      var curve = Curve()
      let made = try madeRuns(trial, plan, lookup, replay.watch)
      for run in trial.runs.prefix(made) {
        let recorded = try store.journal.outcomes(of: run.key, in: .everything)
        guard let last = recorded.last else { throw Violation(description: "trial \(trial.number) has no outcome") }
        // No run that succeeded was made again.
        let successes = recorded.count { if case .values? = judge.measurement(of: $0.facts) { true } else { false } }
        guard successes <= 1 else { throw Violation(description: "trial \(trial.number) succeeded \(successes) times") }
        let isStray = recorded.contains { $0.facts.ending == .signal(number: 9) }
        let expected = Self.facts(
          of: run.key, plan, earlier: recorded.count - 1, limits: TrialLimits(thatEnded: last.facts.ending))
        if !plan.judgesRuns, let watch = replay.watch {
          let reported = expected.endedCurve(expected.curve, by: judge)
          let measured = try lookup.measured([run], by: watch)
          guard let stop = watch.stop(on: reported), !isStray else {
            guard measured?.runs.first == judge.measurement(of: expected) || isStray else {
              throw Violation(description: "trial \(trial.number) was to come to its own end")
            }
            measurements += measured?.runs ?? []
            curve = measured?.curve ?? Curve()
            continue
          }
          guard measured == Measured([.stopped(stop)], curve: reported) else {
            throw Violation(description: "trial \(trial.number) is not stopped where the rules stop it")
          }
          totals.stops += 1
          measurements.append(.stopped(stop))
          curve = reported
          continue
        }
        // By their text, in which what is not a number is equal to itself.
        let isOwn = last.facts.ending == expected.ending && last.facts.metrics.json == expected.metrics.json
        guard isOwn || isStray else {
          throw Violation(description: "trial \(trial.number) has another outcome than its own")
        }
        if closure == nil, judge.wait(afterAttempts: recorded.map(\.facts)) != nil {
          throw Violation(description: "trial \(trial.number) was to be tried again")
        }
        measurements += [judge.measurement(of: last.facts)].compactMap(\.self)
      }
      guard measurements.count == made else {
        throw Violation(description: "what trial \(trial.number) came to is not known")
      }
      if replay.take(Measured(measurements, curve: curve)).parent != nil { totals.continued += 1 }
    }
    if [.improvement, .regret].contains(conclusion?.reason) { totals.hopeless += 1 }
    guard replay.conclusion == conclusion else {
      throw Violation(description: "\(String(describing: conclusion)) is not \(String(describing: replay.conclusion))")
    }
    // And once more: nothing is left to do.
    let before = launches.count
    guard try apply(document, store, isCalm: true) == conclusion, launches.count == before else {
      throw Violation(description: "the next apply runs something, or ends otherwise")
    }
  }
}

extension TrialLimits {
  /// Nothing else was limited.
  fileprivate init(thatEnded ending: TrialFacts.Ending) {
    self.init()
    switch ending {
    case .timeout(let limit): time = limit
    case .memory(let limit): memory = limit
    default: break
    }
  }
}

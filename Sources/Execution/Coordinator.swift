internal import Artifacts
internal import Glibc
internal import Search
internal import Store

/// Brings the schedule, the executor and the journal together, in one thread that sleeps until something happens.
///
/// The order is that of every durable system: a trial's intent is committed before it is launched, and its outcome
/// before the schedule sees it. Commits happen beside the loop and take in all that has gathered meanwhile, so that
/// many short trials share the cost of one flush.
struct Coordinator: ~Copyable {
  enum Ending {
    case concluded(Conclusion)
    case interrupted(signal: Int)
  }

  private(set) var status = RunStatus()

  private var order: Order
  private let store: any EventStore
  private let surroundings: any Surroundings
  private var names: TrialNames
  private var judge: TrialJudge
  /// The values of the variables that the command names.
  private let variables: [String: String]
  private let run: Int
  /// When it began to run; nil before.
  private var started: Int?
  /// How long the applies before this one were at work, in milliseconds.
  private let elapsedBefore: Int
  /// The number of the schedule's first trial.
  private var firstNumber = 0
  /// In milliseconds; nil when there is none, or it has fired in an apply before this one.
  private var timeLimit: Int?
  private let committed = CommitResult()

  private var schedule: Schedule
  private var executor: any TrialExecutor
  /// The paths of inputs that have changed since it was called last.
  private let changedInputs: () -> [String]
  private var nextIntent: Int
  private(set) var outcomes: OutcomeLookup
  /// Nil where nobody counts what runs take.
  private var budget: WorkBudget?
  /// Runs for which the budget has not enough left while others run, in the order of their trials.
  private var unaffordable: [Job] = []
  /// Of the first trials; nil where the journal has gone on since it was read.
  private var prefix: RecordedPrefix?
  /// Jobs whose intent is durable, in the order of their trials.
  private var ready: [Job] = []
  /// The runs that are in hand, by key, with those of trials that wait for them: runs of one key share an outcome.
  private var waiters: [Digest: [(trial: Int, run: Int)]] = [:]
  /// The trials that are handed out and not finished.
  private var open: [Int: OpenTrial] = [:]
  private var inHand = 0
  /// The failed attempts at runs that are tried again, by key.
  private var attempts: [Digest: [TrialFacts]] = [:]
  /// The runs that are judged on the way, by intent.
  private var judged: [Int: JudgedRun] = [:]
  /// What the runs may use that are launched, by intent, in bytes.
  private var memoryInUse: [Int: Int] = [:]
  private let growsMemory: Bool
  /// Runs that are tried again, with when.
  private var delayed: [(job: Job, at: Int)] = []
  /// Whether a trial has reported what it should.
  private var hasMeasured = false
  /// Whether the schedule may hand more trials out at once.
  private var hasMore = true
  private var gathered = JournalBatch()
  private var committing: JournalBatch?
  /// Where a limit of the real world has closed the result.
  private var closure: Closure?
  private var stopSignal: Int?
  /// What keeps trials from being started: those that run are waited for, and then it is thrown.
  private var failure: (any Error)?
  /// Trials that a signal ended which this program did not send, with when they may be recorded: the same may be on its
  /// way to this program, and then it says nothing of the trial.
  private var held: [(ended: EndedTrial, until: Int)] = []
  private var launchAfter = 0
  /// Since when the machine is short of what a trial needs to start.
  private var shortSince: Int?
  /// When it is looked again whether there is room on the disk; nil while there is.
  private var spaceCheck: Int?
  private var isReserveTaken = false
  /// Not before this is committed what could not be.
  private var commitAfter = 0

  /// What a running trial has reported, as far as it was judged.
  private struct JudgedRun {
    var watch: TrialWatch
    var curve = Curve()
    var stop: TrialStop?
  }

  /// A trial that waits for its runs.
  private struct OpenTrial {
    let point: Point
    /// The point as canonical JSON.
    let parameters: [UInt8]
    let names: [TrialIdentity.Run]
    /// Of the runs that were asked for, in their order; nil for one that is not over.
    var facts: [TrialFacts?] = []
    /// Whether one of its runs is run for it, and not for another trial.
    var isRun = false
    /// In seconds, over the runs that are over.
    var seconds = 0.0
  }

  /// The trials that are handed out and not finished, beside those that run: enough to launch the next while the one
  /// before is being recorded.
  private static let lookahead = 64
  /// How far trials may run ahead of one that takes long.
  private static let longestRunAhead = 1 << 16

  /// - Parameter changedInputs: gives the paths of inputs that have changed since it was called last.
  init(
    _ order: Order, token: String, store: any EventStore, executor: any TrialExecutor, surroundings: any Surroundings,
    changedInputs: @escaping () -> [String]
  ) throws {
    let plan = order.plan.plan
    let journal = store.journal
    let (numbers, event) = (try journal.nextNumbers, try journal.lastEvent)
    let outcomes = try OutcomeLookup(journal, order.plan, order.reuse, order.machine)
    let begin = RunEvent(
      id: numbers.run, plan: order.plan.digest, document: order.plan.json.canonicalText, folder: order.project.folder,
      experiment: order.project.experimentPath, token: token, workers: order.workers, host: Host.name,
      pid: Int(getpid()), at: surroundings.wall)
    let isReserveTaken = store.takeReserve()
    try store.commit([.run(begin)])
    self.isReserveTaken = isReserveTaken
    self.order = order
    self.store = store
    self.executor = executor
    self.surroundings = surroundings
    self.changedInputs = changedInputs
    names = TrialNames(plan)
    judge = TrialJudge(plan, machineMemory: order.machine.memory)
    schedule = Schedule(plan.search)
    variables = plan.trial.valuesOfNamedVariables
    growsMemory = plan.trial.failures[.memory].growth > 1
    (run, nextIntent) = numbers
    self.outcomes = outcomes
    elapsedBefore = outcomes.elapsed
    prefix = order.recorded?.prefix.flatMap { $0.event == event ? $0 : nil }
    timeLimit = outcomes.closure == nil ? plan.timeLimit : nil
    budget = WorkBudget(plan, outcomes)
    status.planned = plan.search.plannedTrials
    status.workers = order.workers
  }

  /// Runs until the search has come to its conclusion, or a signal ends it.
  mutating func run(_ watch: (RunProgress, RunStatus) -> Void) throws -> Ending {
    started = started ?? now
    do {
      if let closure = outcomes.closure { try perform(schedule.next(.closed(closure)), watch) }
      while !isOver {
        try handOut(watch)
        takeDelayed()
        takeAffordable()
        try commitGathered()
        launch(watch)
        guard !isOver else { break }
        sleep()
        takeSignals(watch)
        try takeCommitted(watch)
        judgeReports()
        enforceLimits(watch)
        lookForSpace(watch)
      }
    } catch {
      // Whatever went wrong, no trial is left running, and what they took is counted.
      let unrecorded = gathered.outcomes.map { ($0.job, $0.seconds) } + end().map { ($0.job, $0.seconds) }
      // What was recorded before stands there with no time.
      let charges = unrecorded.filter { $0.1 > 0 }.map { charge($0.0, $0.1) }
      if budget != nil, !charges.isEmpty { try? store.commit(charges) }
      throw error
    }
    end()
    return try finish()
  }

  /// Has trials that confirm those of the search run next, once that is concluded: a run of their own schedule.
  ///
  /// - Parameter number: that of the first of them.
  mutating func goOn(with plan: Plan, from number: Int) {
    order.plan = PlanDocument(plan)
    names = TrialNames(plan)
    judge = TrialJudge(plan, machineMemory: order.machine.memory)
    schedule = Schedule(plan.search)
    outcomes = outcomes.confirming(by: plan)
    budget?.beginConfirmation()
    firstNumber = number
    (prefix, timeLimit, closure) = (nil, nil, nil)
    (ready, waiters, open, inHand, attempts, judged) = ([], [:], [:], 0, [:], [:])
    unaffordable = []
    status = RunStatus()
    status.planned = plan.search.plannedTrials
    status.workers = order.workers
    isReserveTaken = store.takeReserve()
  }

  /// Whether nothing is left to wait for.
  private var isOver: Bool {
    guard executor.runningCount == 0, committing == nil, gathered.events.isEmpty, held.isEmpty, delayed.isEmpty else {
      return false
    }
    return schedule.conclusion != nil || isStopping
  }

  private var isClosed: Bool { closure != nil }

  private var isStopping: Bool { stopSignal != nil || failure != nil }

  // MARK: - Trials

  /// Takes trials from the schedule until there is enough in hand, or signals have been left waiting for long enough.
  private mutating func handOut(_ watch: (RunProgress, RunStatus) -> Void) throws {
    let until = now + 100
    hasMore = true
    while hasMore, now < until {
      // What is set aside for a run that waits, no other one can have.
      let lookahead = budget?.isLimited ?? false ? 0 : Self.lookahead
      let room = min(
        order.workers + lookahead - inHand, Self.longestRunAhead - (schedule.decided - schedule.released))
      guard room > 0, schedule.conclusion == nil, !isClosed, !isStopping, spaceCheck == nil else {
        hasMore = false
        return
      }
      let decided = schedule.decided
      // What it was given before and has not used yet, it uses as outcomes come.
      try perform(schedule.next(.room(for: max(0, room - schedule.room))), watch)
      hasMore = schedule.decided > decided
    }
  }

  /// Does what the schedule says; what is recorded already is told to it at once, and what it says to that done too.
  private mutating func perform(_ actions: [Schedule.Action], _ watch: (RunProgress, RunStatus) -> Void) throws {
    var actions = actions[...]
    var reused = 0
    var cancelled = Set<Int>()
    while let action = actions.popFirst() {
      switch action {
      case .run(let trial, let point):
        if let measured = try prepare(trial, point) {
          reused += 1
          status.reused += 1
          let result = judge.result(of: measured, at: point)
          if result.failure == nil { hasMeasured = true }
          actions += tell(trial, result, measured.curve)
        }
      case .cancel(let trial): cancelled.insert(trial)
      case .conclude: break
      }
    }
    if schedule.conclusion != nil {
      // Of trials that are over, there may be runs that did not count.
      cancelled.formUnion(waiters.values.joined().map(\.trial))
      status.surplus += executor.cancel(cancelled, now: now)
      dropPrepared()
    }
    if reused > 0 { watch(.reused(count: reused), snapshot()) }
  }

  /// Gives what is recorded of a trial's runs, or else makes those that are missing and wanted ready to be launched.
  private mutating func prepare(_ trial: Int, _ point: Point) throws -> Measured? {
    if let measurements = prefix?.measurements(of: trial), order.plan.plan.search.fidelity == nil {
      return Measured(measurements)
    }
    let parameters = names.identity.pointBytes(point)
    let runs = names.runs(of: trial, at: parameters, continuing: schedule.parents[trial])
    if let measurements = prefix?.measurements(of: trial) { return Measured(measurements) }
    open[trial] = OpenTrial(point: point, parameters: parameters, names: runs)
    return try advance(trial)?.measured
  }

  /// What an open trial's runs come to, as soon as that is known: then it is open no more. Else those runs are asked for that
  /// are wanted as far as is known, and that were not before.
  private mutating func advance(_ trial: Int) throws -> (ended: OpenTrial, measured: Measured)? {
    // One that the result has been closed below comes to nothing more, though its runs may turn out to be enough.
    guard trial < closure?.after ?? .max, var waiting = open.removeValue(forKey: trial) else { return nil }
    let (judge, watch) = (judge, schedule.watch(of: trial))
    while true {
      let known = waiting.facts.prefix { $0 != nil }.count
      if judge.judgesRuns || known == waiting.names.count,
        let measured = judge.measured(
          Array(waiting.names.indices), by: watch,
          { run in
            guard run < known, let facts = waiting.facts[run] else { return nil }
            return judge.measurement(of: facts, by: watch).map { ($0, watch == nil ? Curve() : facts.curve) }
          })
      {
        return (waiting, measured)
      }
      let all = waiting.names.count
      let first = watch?.firstStep ?? all
      let wanted = judge.judgesRuns ? min(all, max(known + 1, first)) : all
      guard waiting.facts.count < wanted, schedule.conclusion == nil, !isClosed, !isStopping else { break }
      waiting.facts.append(try ask(forRun: waiting.facts.count, of: trial, &waiting))
    }
    open[trial] = waiting
    return nil
  }

  /// Gives what is recorded of a run; else the trial waits for it, and it is launched unless another trial waits already.
  private mutating func ask(forRun run: Int, of trial: Int, _ waiting: inout OpenTrial) throws -> TrialFacts? {
    let name = waiting.names[run]
    guard waiters[name.key] == nil else {
      waiters[name.key]?.append((trial, run))
      return nil
    }
    if let known = try outcomes.facts(of: name.key, by: schedule.watch(of: trial)) { return known }
    waiters[name.key] = [(trial, run)]
    waiting.isRun = true
    if judge.retriesFailures { attempts[name.key] = try outcomes.attempts(at: name.key) }
    inHand += 1
    var job = order.job(trial: trial, at: waiting.point, waiting.parameters, name, variables)
    job.number = firstNumber + trial
    job.continued = schedule.parents[trial].flatMap { names.runs(of: $0) }.map {
      order.project.trialFolder(of: $0[run].key)
    }
    // From rung to rung a trial that begins anew trains the same; a population's does not.
    job.needsCheckpoint = order.plan.plan.search.trainsPopulation
    // What a rule ended is run again from its beginning, so that all of it can be judged.
    job.beginsAnew = try outcomes.beginsAnew || outcomes.stoppedAttempt(at: name.key) != nil
    gather(job)
    return nil
  }

  /// Has a job launched as soon as it may be.
  private mutating func gather(_ job: Job) {
    var job = job
    job.limits = judge.limits(afterAttempts: attempts[job.key] ?? [])
    unaffordable.insert(job, at: unaffordable.firstIndex { $0.trial > job.trial } ?? unaffordable.endIndex)
    takeAffordable()
  }

  /// Makes those jobs ready for which there is enough left in the budget.
  private mutating func takeAffordable() {
    while let job = unaffordable.first, budget?.allows(longest(of: job)) ?? true { intend(unaffordable.removeFirst()) }
  }

  /// In milliseconds; 0 where nothing limits it.
  private func longest(of job: Job) -> Int {
    order.plan.plan.trial.longestRun(within: job.limits) ?? 0
  }

  /// Makes the intent to launch a job durable, and then the job ready.
  private mutating func intend(_ job: Job) {
    var job = job
    job.intent = nextIntent
    nextIntent += 1
    let time = longest(of: job)
    budget?.reserve(time, for: job.intent)
    gathered.add(
      .intent(
        IntentEvent(
          id: job.intent, run: run, trial: job.number, key: job.key,
          parameters: String(decoding: job.point, as: UTF8.self), seed: job.seed, at: surroundings.wall)), now: now)
    gathered.jobs.append(job)
  }

  /// Makes those runs ready again whose time has come.
  private mutating func takeDelayed() {
    let now = now
    for (job, _) in delayed.filter({ $0.at <= now }) { gather(job) }
    delayed.removeAll { $0.at <= now }
  }

  private mutating func tell(_ trial: Int, _ result: TrialResult, _ curve: Curve) -> [Schedule.Action] {
    if case .failed = result { status.failed += 1 }
    if case .stopped = result { status.stopped += 1 }
    return schedule.next(.finished(trial: trial, judge.outcome(of: result), curve))
  }

  /// Takes note of what a run took that has no outcome.
  private mutating func charge(_ job: Job, seconds: Double = 0) {
    guard budget != nil else { return }
    budget?.settle(job.intent, seconds: seconds, hasOutcome: false)
    gathered.add(charge(job, seconds), now: now)
  }

  private func charge(_ job: Job, _ seconds: Double) -> JournalEvent {
    .charge(intent: job.intent, seconds: seconds, at: surroundings.wall)
  }

  /// Launches nothing more of what was prepared.
  private mutating func dropPrepared() {
    for job in ready + gathered.jobs + (committing?.jobs ?? []) { charge(job) }
    unaffordable.removeAll()
    ready.removeAll()
    delayed.removeAll()
    gathered.jobs.removeAll()
    committing?.jobs.removeAll()
  }

  private mutating func launch(_ watch: (RunProgress, RunStatus) -> Void) {
    while executor.runningCount < order.workers, let job = ready.first, hasRoom(for: job), !isStopping, !isClosed,
      !awaitsFirstMetric, launchAfter <= now, spaceCheck == nil
    {
      do {
        try executor.launch(job, now: now)
        ready.removeFirst()
        memoryInUse[job.intent] = job.limits.memory
        watch(.started(trial: job.number), snapshot())
      } catch {
        takeNote(ofFailedLaunch: error, watch)
      }
    }
    // While the others run; a processor would have nothing to do once one of them has ended.
    for index in ready.indices.prefix(order.workers) where ready[index].isFolderNew == nil {
      executor.prepare(&ready[index])
    }
  }

  /// Whether as many runs as there are workers are to be judged before others are launched: where nothing was reported yet, the first
  /// one may end it all.
  private var awaitsFirstMetric: Bool {
    guard !hasMeasured, endsWithoutMetric else { return false }
    let unjudged = held.count + gathered.outcomes.count + (committing?.outcomes.count ?? 0)
    return executor.runningCount + unjudged >= order.workers
  }

  /// Whether a first trial that does not report what it should ends the run.
  private var endsWithoutMetric: Bool { !order.plan.plan.trial.failures.names(.metricMissing) }

  /// Whether a job's memory is there beside that of those which run. The one that waits for it is the next one in any case.
  private func hasRoom(for job: Job) -> Bool {
    // Where all have the same, there are no more workers than have room.
    guard growsMemory, executor.runningCount > 0, let memory = job.limits.memory else { return true }
    return memoryInUse.values.reduce(0, +) + memory <= order.machine.memory
  }

  private mutating func takeNote(ofFailedLaunch error: any Error, _ watch: (RunProgress, RunStatus) -> Void) {
    if isLackOfSpace(error) { return pause(watch) }
    guard let shortage = error as? FileError, shortage.isShortage, !isHopeless else {
      return fail(error)
    }
    launchAfter = now + 200
    if shortSince == nil { watch(.short(of: shortage.reason), snapshot()) }
    shortSince = shortSince ?? now
  }

  /// Starts nothing more, because of this.
  private mutating func fail(_ error: any Error) {
    failure = failure ?? error
    dropPrepared()
  }

  /// Has a run that was launched and did not begin launched again.
  private mutating func takeBack(_ job: Job, _ error: any Error, _ watch: (RunProgress, RunStatus) -> Void) {
    guard schedule.conclusion == nil, !isStopping else { return charge(job) }
    // It belongs to the result: the next apply runs it.
    guard !isClosed else {
      charge(job)
      return failure = error
    }
    ready.insert(job, at: 0)
    takeNote(ofFailedLaunch: error, watch)
  }

  /// Whether nothing could be started for so long, while nothing ran that may have held what is short.
  private var isHopeless: Bool {
    executor.runningCount == 0 && shortSince.map { now - $0 >= Self.longestShortage } ?? false
  }

  /// In milliseconds.
  private static let longestShortage = 60_000

  /// Takes note of the trials that have ended, once others have been started in their places.
  private mutating func reap(_ watch: (RunProgress, RunStatus) -> Void) {
    let ended = executor.reap(now: now)
    guard !ended.isEmpty else { return }
    for ended in ended {
      memoryInUse[ended.job.intent] = nil
      guard let failure = ended.failure else {
        shortSince = nil
        continue
      }
      takeBack(ended.job, failure, watch)
    }
    if hasMeasured { launch(watch) }
    for ended in ended where ended.failure == nil {
      inHand -= 1
      if ended.isCancelled {
        judged[ended.job.intent] = nil
        charge(ended.job, seconds: ended.seconds)
        continue
      }
      if case .signal(let number) = ended.ending, [SIGTERM, SIGINT, SIGHUP, SIGKILL].contains(Int32(number)) {
        held.append((ended, now + Self.holdingTime))
      } else {
        harvest(ended, watch)
      }
    }
  }

  /// In milliseconds.
  private static let holdingTime = 1000

  private mutating func harvestHeld(_ watch: (RunProgress, RunStatus) -> Void) {
    if stopSignal != nil {
      for (ended, _) in held { charge(ended.job, seconds: ended.seconds) }
      held.removeAll()
    }
    while let first = held.first, first.until <= now { harvest(held.removeFirst().ended, watch) }
  }

  private mutating func harvest(_ ended: EndedTrial, _ watch: (RunProgress, RunStatus) -> Void) {
    let job = ended.job
    let facts = facts(of: ended)
    if case .failed? = judge.measurement(of: facts, by: schedule.watch(of: job.trial)), isShortOfSpace {
      charge(job, seconds: ended.seconds)
      return runAgain(job, watch)
    }
    budget?.settle(job.intent, seconds: ended.seconds, hasOutcome: true)
    if let curve = facts.curveToRecord(by: judge) {
      gathered.add(.curve(intent: job.intent, curve.json), now: now)
    }
    gathered.add(
      .outcome(
        OutcomeEvent(
          intent: job.intent, key: job.key, facts: facts, seconds: ended.seconds, cpuSeconds: ended.cpuSeconds,
          peakMemory: ended.peakMemory, elapsed: elapsed)), now: now)
    gathered.outcomes.append((job, facts, ended.seconds))
  }

  /// Of a run that a rule ended, only what it was ended on: what it went on to do depends on when it was told.
  private mutating func facts(of ended: EndedTrial) -> TrialFacts {
    guard case .stopped = ended.ending, let run = judged.removeValue(forKey: ended.job.intent), let stop = run.stop
    else {
      judged[ended.job.intent] = nil
      var facts = executor.facts(of: ended)
      if !facts.curve.reports.isEmpty { facts.curve = facts.endedCurve(facts.curve, by: judge) }
      return facts
    }
    var metrics = Metrics(wanted: judge.metrics)
    metrics.set(judge.metrics[0], stop.value)
    return TrialFacts(ending: ended.ending, metrics: metrics, curve: run.curve.through(stop.step))
  }

  /// Judges what running trials have reported since the last time. One that is to end is told so when that is durable.
  private mutating func judgeReports() {
    for (job, curve) in executor.reports(now: now) {
      guard let watch = schedule.watch(of: job.trial) else { continue }
      var run = judged.removeValue(forKey: job.intent) ?? JudgedRun(watch: watch)
      for report in curve.reports.dropFirst(run.curve.reports.count) where run.stop == nil {
        run.curve.add(report.value, at: report.step, others: report.others)
        guard let stop = run.watch.take(report) else { continue }
        run.stop = stop
        gathered.add(
          .verdict(intent: job.intent, rule: stop.rule, step: stop.step, at: surroundings.wall), now: now)
        gathered.verdicts.append((job, stop))
      }
      judged[job.intent] = run
    }
  }

  /// What a trial that failed said of it: its last error, or the line that was to report the metric.
  private func lastWords(of job: Job, _ facts: TrialFacts) -> String {
    switch judge.measurement(of: facts) {
    case .values, .stopped, nil: return ""
    case .failed(.metricMissing): return executor.lastWords(of: job, naming: judge.blamed(in: facts) ?? "")
    case .failed: return executor.lastWords(of: job, naming: nil)
    }
  }

  // MARK: - The journal

  /// How long events may wait for others to share a flush with, in milliseconds, while nothing waits for them.
  private static let gatheringTime = 10

  private mutating func commitGathered() throws {
    guard committing == nil, !gathered.events.isEmpty, now >= commitAfter else { return }
    let isAwaited = ready.count < order.workers || executor.runningCount == 0 || isStopping
    guard isAwaited || now - gathered.began >= Self.gatheringTime else { return }
    if !gathered.outcomes.isEmpty {
      let changed = changedInputs()
      guard changed.isEmpty else { throw ExecutionError.inputsChangedDuringRun(changed) }
    }
    let (committed, wakeUp) = (committed, surroundings.wakeUp)
    store.commit(gathered.events) { result in
      committed.set(result)
      wakeUp()
    }
    committing = gathered
    gathered = JournalBatch()
  }

  private mutating func takeCommitted(_ watch: (RunProgress, RunStatus) -> Void) throws {
    guard let result = committed.take(), let batch = committing else { return }
    committing = nil
    do { try result.get() } catch  where isLackOfSpace(error) {
      // Nothing of it is there, and it has time.
      gathered = batch.followed(by: gathered)
      return try takeNote(ofFailedCommit: error, watch)
    }
    // The search waits for the first ones.
    ready = (ready + batch.jobs).sorted { ($0.trial, $0.intent) < ($1.trial, $1.intent) }
    for (job, stop) in batch.verdicts { executor.stop(job, at: stop.step, now: now) }
    for (job, facts, seconds) in batch.outcomes {
      outcomes.note(job.key)
      if retry(job, facts, watch) { continue }
      for (trial, run) in waiters.removeValue(forKey: job.key) ?? [] {
        // Of two trials with one name the rules may have ended the one that ran, and not the other.
        guard judge.measurement(of: facts, by: schedule.watch(of: trial)) != nil else {
          launchAgain(job, for: trial, run)
          continue
        }
        open[trial]?.facts[run] = facts
        open[trial]?.seconds += seconds
        if let (ended, measured) = try advance(trial) { try finish(trial, ended, measured, job, facts, watch) }
      }
    }
    if let closure = batch.closure { try perform(schedule.next(.closed(closure)), watch) }
  }

  private mutating func launchAgain(_ job: Job, for trial: Int, _ run: Int) {
    waiters[job.key, default: []].append((trial, run))
    guard waiters[job.key]?.count == 1, schedule.conclusion == nil, !isStopping, !isClosed else { return }
    var job = job
    (job.trial, job.number, job.beginsAnew) = (trial, firstNumber + trial, true)
    inHand += 1
    open[trial]?.isRun = true
    gather(job)
  }

  /// Has a run made again if it failed in a way that is to be tried again.
  private mutating func retry(
    _ job: Job, _ facts: TrialFacts, _ watch: (RunProgress, RunStatus) -> Void
  ) -> Bool {
    guard judge.retriesFailures, schedule.conclusion == nil, !isClosed, outcomes.closure == nil else {
      return false
    }
    attempts[job.key, default: []].append(facts)
    guard case .failed(let failure)? = judge.measurement(of: facts, by: schedule.watch(of: job.trial)),
      let wait = judge.wait(afterAttempts: attempts[job.key] ?? [])
    else {
      attempts[job.key] = nil
      return false
    }
    // The next apply tries it again.
    guard !isStopping else { return true }
    inHand += 1
    status.retried += 1
    var job = job
    (job.beginsAnew, job.followsEnd) = (false, true)
    delayed.append((job, now + wait))
    watch(.retrying(trial: job.number, failure, wait: wait, lastWords: lastWords(of: job, facts)), snapshot())
    return true
  }

  /// Tells what came of a trial whose last run is over.
  private mutating func finish(
    _ trial: Int, _ ended: OpenTrial, _ measured: Measured, _ last: Job, _ lastFacts: TrialFacts,
    _ watch: (RunProgress, RunStatus) -> Void
  ) throws {
    let result = judge.result(of: measured, at: ended.point)
    if ended.isRun { status.executed += 1 } else { status.reused += 1 }
    try perform(tell(trial, result, measured.curve), watch)
    if result.failure == nil { hasMeasured = true }
    guard ended.isRun else { return }
    let report = TrialReport(
      trial: firstNumber + trial, result: result, seconds: ended.seconds, blamed: judge.blamed(in: lastFacts),
      metrics: lastFacts.metrics.values.map(\.name), folder: last.folder.path, lastWords: lastWords(of: last, lastFacts)
    )
    watch(.finished(report), snapshot())
    // What the first one does not report, the others will not either.
    if case .failed(.metricMissing) = result, !hasMeasured, endsWithoutMetric {
      fail(ExecutionError.metricMissing(report))
      executor.cancelAll(now: now)
    }
  }

  // MARK: - Room on the disk

  /// In milliseconds.
  private static let spaceTime = 1000

  /// Starts no more trials until there is room again.
  private mutating func pause(_ watch: (RunProgress, RunStatus) -> Void) {
    let isNew = spaceCheck == nil
    spaceCheck = now + Self.spaceTime
    if isNew { watch(.paused(path: order.project.stateFolder), snapshot()) }
  }

  /// What could not be recorded is recorded in the room that was kept for it, or later.
  private mutating func takeNote(ofFailedCommit error: any Error, _ watch: (RunProgress, RunStatus) -> Void) throws {
    if isReserveTaken {
      store.giveReserveBack()
      isReserveTaken = false
    } else {
      // Who wants it to stop does not want to wait for that.
      if isStopping { throw error }
      commitAfter = now + Self.spaceTime
    }
    pause(watch)
  }

  private var isShortOfSpace: Bool { spaceCheck != nil || !store.hasRoom }

  /// A trial that fails when the disk is full may have failed by that, and its output is not whole: it is run again when there
  /// is room, as another attempt.
  private mutating func runAgain(_ job: Job, _ watch: (RunProgress, RunStatus) -> Void) {
    guard schedule.conclusion == nil, !isStopping else { return }
    // It belongs to the result: the next apply runs it.
    guard !isClosed else { return failure = FileError("write", job.folder.path, code: ENOSPC) }
    pause(watch)
    inHand += 1
    gather(job)
  }

  private mutating func lookForSpace(_ watch: (RunProgress, RunStatus) -> Void) {
    guard let time = spaceCheck, time <= now, !isStopping else { return }
    isReserveTaken = store.takeReserve()
    spaceCheck = isReserveTaken ? nil : now + Self.spaceTime
    if isReserveTaken { watch(.resumed, snapshot()) }
  }

  // MARK: - Time and signals

  private var now: Int { surroundings.now }

  private var elapsed: Int {
    guard let started else { return elapsedBefore }
    return elapsedBefore + now - started
  }

  /// How long trials may still be started, in milliseconds; nil when that is not limited, or no longer matters.
  private var timeLeft: Int? {
    guard let timeLimit, !isClosed, schedule.conclusion == nil, !isStopping else { return nil }
    return timeLimit - elapsed
  }

  private mutating func enforceLimits(_ watch: (RunProgress, RunStatus) -> Void) {
    executor.enforceDeadlines(now: now)
    if let timeLeft, timeLeft <= 0 {
      close(by: .time, watch)
    } else if isExhausted {
      // What confirms the best trials has no result before it is whole.
      guard firstNumber == 0 else { return fail(ExecutionError.budgetUsedUp) }
      close(by: .cost, watch)
    }
  }

  /// Whether the budget has not enough left for a run that the result needs, and nothing is under way that could change that.
  private var isExhausted: Bool {
    guard let budget, !unaffordable.isEmpty, !isClosed, schedule.conclusion == nil, !isStopping else { return false }
    return budget.isSettled && !budget.allows(longest(of: unaffordable[0])) && committing == nil
      && gathered.events.isEmpty
  }

  /// Closes the result below the first trial that waits to be launched.
  private mutating func close(by cause: Closure.Cause, _ watch: (RunProgress, RunStatus) -> Void) {
    var waiting = ready + gathered.jobs + (committing?.jobs ?? [])
    for job in delayed.map(\.job) + unaffordable {
      // Of a run that was to be tried again, what it came to before stands.
      if let facts = standing(of: job) { gathered.outcomes.append((job, facts, 0)) } else { waiting.append(job) }
    }
    // Of a trial that is judged by its runs, the others may be wanted.
    let unsettled = open.filter { $0.value.facts.count < $0.value.names.count }.keys
    let closure = Closure(after: (waiting.map(\.trial) + unsettled).min() ?? schedule.decided, cause: cause)
    self.closure = closure
    gathered.add(
      .closure(
        plan: order.plan.digest, run: run, after: closure.after, at: surroundings.wall, isOfUsage: cause == .cost),
      now: now)
    gathered.closure = closure
    schedule.close(closure)
    dropPrepared()
    watch(.closed(cause), snapshot())
  }

  /// The recorded failure of a run that is to be tried again, where it is an outcome for all trials that wait for it.
  private func standing(of job: Job) -> TrialFacts? {
    guard let last = attempts[job.key]?.last, let waiting = waiters[job.key] else { return nil }
    let isKnown = waiting.allSatisfy { judge.measurement(of: last, by: schedule.watch(of: $0.trial)) != nil }
    return isKnown ? last : nil
  }

  private func sleep() {
    let now = now
    var until = hasMore ? now : now + 1000
    if let deadline = executor.nextDeadline { until = min(until, deadline) }
    if let timeLeft { until = min(until, now + timeLeft) }
    if isExhausted { until = now }
    if let first = held.first { until = min(until, first.until) }
    if let first = delayed.map(\.at).min() { until = min(until, first) }
    if launchAfter > now { until = min(until, launchAfter) }
    if committing == nil, !gathered.events.isEmpty {
      until = min(until, max(commitAfter, gathered.began + Self.gatheringTime))
    }
    if let spaceCheck, !isStopping { until = min(until, spaceCheck) }
    surroundings.wait(until: until)
  }

  private mutating func takeSignals(_ watch: (RunProgress, RunStatus) -> Void) {
    // All signals are taken before trials are looked for, so that none ends unseen; and trials are looked for before
    // signals are obeyed, so that one that has just ended is not taken for one that was ended.
    let pending = surroundings.signals()
    reap(watch)
    for signal in pending {
      // Once, or when the terminal is closed or the system goes down: at once.
      if stopSignal != nil || signal != SIGINT { executor.cancelAll(now: now) }
      stopSignal = stopSignal ?? Int(signal)
      dropPrepared()
      watch(.draining(signal: Int(signal)), snapshot())
    }
    harvestHeld(watch)
    if pending.isEmpty { watch(.tick, snapshot()) }
  }

  private func snapshot() -> RunStatus {
    var status = status
    status.running = executor.runningCount
    // Those that confirm others are no part of the search.
    status.best = firstNumber == 0 ? schedule.best : []
    (status.elapsed, status.here) = (elapsed, elapsed - elapsedBefore)
    (status.ledger, status.workHere) = (budget?.ledger, budget?.workHere ?? 0)
    return status
  }

  // MARK: - The end

  /// Ends what still runs and waits for it.
  ///
  /// - Returns: the runs that had begun.
  @discardableResult
  private mutating func end() -> [EndedTrial] {
    var ended: [EndedTrial] = []
    executor.cancelAll(now: now)
    while executor.runningCount > 0 {
      surroundings.wait(until: executor.nextDeadline ?? now + 1000)
      _ = surroundings.signals()
      ended += executor.reap(now: now).filter { $0.failure == nil }
      executor.enforceDeadlines(now: now)
    }
    store.giveReserveBack()
    return ended
  }

  private mutating func finish() throws -> Ending {
    status = snapshot()
    if let failure, schedule.conclusion == nil || !hasMeasured { throw failure }
    guard let conclusion = schedule.conclusion else { return .interrupted(signal: stopSignal ?? Int(SIGINT)) }
    status.surplus += max(0, status.done - conclusion.trials)
    return .concluded(conclusion)
  }

  /// Notes that the run has come to its end: to be called when its result is written.
  func recordEnd(_ conclusion: Conclusion) throws {
    try store.commit([
      .ending(run: run, reason: conclusion.reason.rawValue, elapsed: elapsed, at: surroundings.wall)
    ])
  }
}

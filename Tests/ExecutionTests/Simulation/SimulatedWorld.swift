import Artifacts
import Glibc
import Search
import Store
import TestSupport

@testable import Execution

/// What a simulated apply meets, drawn from a seed.
struct SimulatedFaults {
  /// When the machine dies, in milliseconds; nil when it does not.
  var death: Int?
  /// Signals that the apply is sent, and when.
  var signals: [(at: Int, signal: Int32)] = []
  /// One commit in so many fails, as on a full disk.
  var failingCommits: Int?
  /// One launch in so many meets a machine that is short of processes.
  var shortages: Int?
  /// When there is no room on the disk.
  var fullDisk: Range<Int>?
  /// One trial in so many is ended by a signal from outside.
  var strayKills: Int?
}

/// A machine whose clock, disk and processes are made up: what happens on it follows from a seed, in no time.
///
/// What has been committed is in the store, which outlives the machine; all else is gone with it.
final class SimulatedWorld: Surroundings {
  struct Death: Error {}
  struct DiskFull: Error {}

  private(set) var now = 1
  private(set) var isDead = false
  private(set) var random: TestRandom
  private let faults: SimulatedFaults
  private var signalsToCome: [(at: Int, signal: Int32)]
  /// How often the apply has waited since the clock moved.
  private var waits = 0
  /// The commit that is on its way to the disk.
  private var commit: (at: Int, events: [JournalEvent], completion: (Result<Void, any Error>) -> Void)?
  private let store: RunStore
  /// Whether room is set aside, and how many commits it holds once it has been given back.
  private var isReserveTaken = false
  private var roomOfReserve = 0
  /// When the running trials end, by intent.
  private(set) var ends: [Int: Int] = [:]
  /// How long the trials ran, all together, and since when those that run do.
  private(set) var work = 0
  private var begins: [Int: Int] = [:]

  init(_ store: RunStore, _ faults: SimulatedFaults, random: TestRandom) {
    self.store = store
    self.faults = faults
    self.random = random
    signalsToCome = faults.signals.sorted { $0.at < $1.at }
  }

  func chance(_ oneIn: Int?) -> Bool { oneIn.map { random.oneIn($0) } ?? false }

  var isFull: Bool { faults.fullDisk?.contains(now) ?? false }

  func number(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  func schedule(endOf intent: Int, after milliseconds: Int) {
    (begins[intent], ends[intent]) = (now, now + milliseconds)
  }

  func forget(_ intent: Int, hasBegun: Bool = true) {
    ends[intent] = nil
    let began = begins.removeValue(forKey: intent)
    if hasBegun, let began { work += now - began }
  }

  func end(_ intent: Int, by moment: Int) { ends[intent] = min(ends[intent] ?? moment, moment) }

  // MARK: Surroundings

  /// Jumps about, as clocks do that are set.
  var wall: Double { Double(1_700_000_000 + (now / 700 % 3 - 1) * 86_400 + now / 1000) }

  /// Commits end within `wait`, and nothing else calls this.
  var wakeUp: @Sendable () -> Void { {} }

  func wait(until: Int) {
    // What is still to come comes to nothing on a dead machine, but its clock goes on, and with it all that waits.
    let moments =
      isDead ? [] : [commit?.at, ends.values.min(), signalsToCome.first?.at, faults.death].compactMap(\.self)
    let before = now
    now = max(now, min(until, moments.min() ?? until))
    waits = now > before ? 0 : waits + 1
    precondition(waits < 100_000, "the apply turns round and round at \(now): \(moments), \(until), \(ends)")
    if isDead { return }
    if let death = faults.death, death <= now { return die() }
    if let due = commit, due.at <= now {
      commit = nil
      finish(due.events, due.completion)
    }
  }

  func signals() -> [Int32] {
    let due = signalsToCome.filter { $0.at <= now }
    signalsToCome.removeAll { $0.at <= now }
    // What runs on a dead machine ends, and leaves no trace.
    return isDead ? [SIGTERM] : due.map(\.signal)
  }

  /// What was on its way to the disk has come there, or it has not.
  private func die() {
    isDead = true
    if let commit, random.oneIn(2) { try? store.commit(commit.events) }
    commit?.completion(.failure(Death()))
    commit = nil
    for intent in begins.keys { forget(intent) }
  }
}

extension SimulatedWorld: EventStore {
  var journal: JournalReader { store.journal }

  func commit(_ events: [JournalEvent]) throws {
    guard !isDead else { throw Death() }
    if chance(faults.failingCommits) { throw DiskFull() }
    try takeRoom()
    try store.commit(events)
  }

  func commit(_ events: [JournalEvent], completion: @escaping @Sendable (Result<Void, any Error>) -> Void) {
    precondition(commit == nil, "one commit at a time")
    guard !isDead else { return completion(.failure(Death())) }
    commit = (now + number(in: 0...15), events, completion)
  }

  private func finish(_ events: [JournalEvent], _ completion: (Result<Void, any Error>) -> Void) {
    completion(
      Result {
        if chance(faults.failingCommits) { throw DiskFull() }
        try takeRoom()
        try store.commit(events)
      })
  }

  var hasRoom: Bool { !isFull }

  func takeReserve() -> Bool {
    if !isFull { (isReserveTaken, roomOfReserve) = (true, 0) }
    return !isFull
  }

  func giveReserveBack() {
    if isReserveTaken { (isReserveTaken, roomOfReserve) = (false, 3) }
  }

  private func takeRoom() throws {
    guard isFull else { return }
    guard roomOfReserve > 0 else { throw FileError("write", "journal", code: ENOSPC) }
    roomOfReserve -= 1
  }
}

/// Runs trials that take made-up times and give what an objective says.
struct SimulatedExecutor: TrialExecutor {
  /// What a run gives: the same for the same key, number of failures before it, and limits.
  typealias Objective = (_ key: Digest, _ earlier: Int, _ limits: TrialLimits) -> TrialFacts

  let world: SimulatedWorld
  let faults: SimulatedFaults
  let objective: Objective
  /// Is told of each launch, and of what runs then.
  let launched: (Job, _ beside: [Job]) -> Void
  /// Trials take between nothing and this long, in milliseconds.
  let longest: Int
  private var running: [Int: Running] = [:]

  private struct Running {
    var job: Job
    var began: Int
    var isKilled: Bool
    var isCancelled = false
    /// The step at which a rule ended it.
    var stop: Int?
    /// How many reports were asked for already.
    var reported = 0
  }

  init(
    _ world: SimulatedWorld, _ faults: SimulatedFaults, longest: Int, objective: @escaping Objective,
    launched: @escaping (Job, _ beside: [Job]) -> Void
  ) {
    self.world = world
    self.faults = faults
    self.longest = longest
    self.objective = objective
    self.launched = launched
  }

  var runningCount: Int { world.isDead ? 0 : running.count }
  var nextDeadline: Int? { nil }

  mutating func launch(_ job: Job, now: Int) throws {
    if world.isDead { throw SimulatedWorld.Death() }
    if world.isFull { throw FileError("make", "folder", code: ENOSPC) }
    if world.chance(faults.shortages) { throw FileError("start", "trial", code: 11) }
    launched(job, running.values.map(\.job))
    let isKilled = world.chance(faults.strayKills)
    running[job.intent] = Running(job: job, began: now, isKilled: isKilled)
    var time = world.number(in: 0...longest)
    // One that is told to end takes what it may for that.
    if case .timeout(let limit) = facts(of: job).ending { time = limit + world.number(in: 0...TrialTemplate.killGrace) }
    world.schedule(endOf: job.intent, after: time)
  }

  mutating func reap(now: Int) -> [EndedTrial] {
    guard !world.isDead else { return [] }
    let over = running.keys.filter { (world.ends[$0] ?? .max) <= now }.sorted()
    return over.compactMap { intent in
      guard let run = running.removeValue(forKey: intent) else { return nil }
      let hasBegun = run.isCancelled || run.stop != nil || !world.chance(faults.shortages)
      world.forget(intent, hasBegun: hasBegun)
      guard hasBegun else {
        return EndedTrial(notBegun: run.job, FileError("start", "trial", code: 11))
      }
      let signal = run.isCancelled ? SIGTERM : run.isKilled ? SIGKILL : 0
      let own = run.stop.map { TrialFacts.Ending.stopped(step: $0) } ?? facts(of: run.job).ending
      return EndedTrial(
        job: run.job, ending: signal == 0 ? own : .signal(number: Int(signal)), isCancelled: run.isCancelled,
        seconds: Double(now - run.began) / 1000)
    }
  }

  mutating func enforceDeadlines(now: Int) {}

  /// A trial reports evenly while it runs.
  mutating func reports(now: Int) -> [(job: Job, curve: Curve)] {
    guard !world.isDead else { return [] }
    return running.keys.sorted().compactMap { intent in
      guard let run = running[intent], run.stop == nil, !run.isCancelled, let end = world.ends[intent] else {
        return nil
      }
      let curve = facts(of: run.job).curve
      let count = curve.reports.count * (now - run.began) / max(1, end - run.began)
      guard count > run.reported else { return nil }
      running[intent]?.reported = count
      return Curve(Array(curve.reports.prefix(count))).map { (run.job, $0) }
    }
  }

  mutating func stop(_ job: Job, at step: Int, now: Int) {
    guard running[job.intent]?.isCancelled == false else { return }
    running[job.intent]?.stop = step
    world.end(job.intent, by: now + world.number(in: 0...50))
  }

  mutating func cancel(_ trials: Set<Int>, now: Int) -> Int {
    var count = 0
    for (intent, run) in running where trials.contains(run.job.trial) && !run.isCancelled {
      running[intent]?.isCancelled = true
      world.end(intent, by: now + world.number(in: 0...50))
      count += 1
    }
    return count
  }

  mutating func cancelAll(now: Int) { _ = cancel(Set(running.values.map(\.job.trial)), now: now) }

  func facts(of ended: EndedTrial) -> TrialFacts {
    let own = facts(of: ended.job)
    return own.ending == ended.ending ? own : TrialFacts(ending: ended.ending, metrics: Metrics())
  }

  private func facts(of job: Job) -> TrialFacts {
    let earlier = (try? world.journal.outcomes(of: job.key, in: .everything).count) ?? 0
    return objective(job.key, earlier, job.limits)
  }

  func lastWords(of job: Job, naming metric: String?) -> String { "" }
}

extension JournalReader.Scope {
  /// Whatever was recorded of a run, also of one that was ended by a limit.
  static let everything = JournalReader.Scope(TrialLimits(time: 1, memory: 1))
}

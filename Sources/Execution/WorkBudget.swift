internal import Artifacts
internal import Store

/// What the runs of a plan's trials take, and what they may: the longest that a run can take is set aside before it is
/// started, so that what they take in the end never is more.
///
/// All runs of a plan declare the same, so the limits of hours and cost are one limit of time.
struct WorkBudget: Hashable {
  private(set) var ledger: UsageLedger
  /// What this apply's runs took.
  private(set) var workHere = 0
  /// Nil where what runs take is counted and not limited. In milliseconds, as all times here.
  private let limit: Int?
  /// What is kept back for the runs that confirm.
  private var keptBack: Int
  /// The longest that a first attempt at a run can take.
  private let longest: Int
  /// What is set aside for runs, by intent.
  private var reserved: [Int: Int] = [:]
  private var inReserve = 0

  /// Nil where nothing is counted.
  ///
  /// - Parameter outcomes: of the applies before this one, whose use counts. A run that was lost when one was killed may have
  ///   taken as long as its limits let it: that counts.
  init?(_ plan: Plan, _ outcomes: OutcomeLookup) {
    let earlier = outcomes.usage
    let resources = plan.trial.resources
    guard !plan.usage.accounts(of: resources).isEmpty else { return nil }
    limit = plan.usage.tightest(each: resources)?.work
    longest = plan.trial.longestRun ?? 0
    keptBack = plan.confirmation?.longest(each: plan.trial.longestAttempts ?? 0) ?? 0
    // What ended in the last moment has no outcome either, so that more may have run than at once.
    let open = limit == nil ? earlier.openAtOnce : earlier.open
    let longestOpen = limit == nil ? open * (plan.trial.longestAttempt ?? 0) : outcomes.longestOpen
    let lost = earlier.charged + longestOpen
    ledger = UsageLedger(work: earlier.measured + lost, lost: lost, runs: earlier.ended + open)
  }

  var isLimited: Bool { limit != nil }

  /// What runs may still take before it is not certain any more that another one can be started: below 0 where it is not.
  var left: Int? { limit.map { $0 - keptBack - longest - ledger.work } }

  /// Whether a run may be started that can take so long.
  func allows(_ time: Int) -> Bool { limit.map { $0 - keptBack - ledger.work - inReserve >= time } ?? true }

  /// Whether nothing is set aside that may still be given back.
  var isSettled: Bool { reserved.isEmpty }

  mutating func reserve(_ time: Int, for intent: Int) {
    reserved[intent] = time
    inReserve += time
    ledger.runs += 1
  }

  /// Takes note of what a run took.
  mutating func settle(_ intent: Int, seconds: Double, hasOutcome: Bool) {
    guard let kept = reserved.removeValue(forKey: intent) else { return }
    inReserve -= kept
    let time = Int((seconds * 1000).rounded())
    ledger.work += time
    workHere += time
    if !hasOutcome { ledger.lost += time }
    // It was never started.
    if !hasOutcome, time == 0 { ledger.runs -= 1 }
  }

  /// What was kept back may be used now.
  mutating func beginConfirmation() { keptBack = 0 }
}

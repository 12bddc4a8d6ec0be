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
  /// What is set aside for one run.
  private let longest: Int
  /// The runs for which something is set aside, by intent.
  private var reserved: Set<Int> = []

  /// Nil where nothing is counted.
  ///
  /// - Parameter earlier: what applies before this one have used. A run that was lost when one was killed may have taken as
  ///   long as any can: that counts.
  init?(_ plan: Plan, _ earlier: JournalReader.Usage) {
    let resources = plan.trial.resources
    guard !plan.usage.accounts(of: resources).isEmpty else { return nil }
    limit = plan.usage.tightest(each: resources)?.work
    longest = plan.trial.longestRun ?? 0
    keptBack = plan.confirmation?.longest(each: longest, plan.trial.failures) ?? 0
    // What ended in the last moment has no outcome either, so that more may have run than at once.
    let open = limit == nil ? earlier.openAtOnce : earlier.open
    let lost = earlier.charged + open * longest
    ledger = UsageLedger(work: earlier.measured + lost, lost: lost, runs: earlier.ended + open)
  }

  var isLimited: Bool { limit != nil }

  /// What runs may still take before it is not certain any more that another one can be started: below 0 where it is not.
  var left: Int? { limit.map { $0 - keptBack - longest - ledger.work } }

  /// Whether another run may be started, however long it takes.
  var allowsAnother: Bool {
    left.map { $0 >= reserved.count * longest } ?? true
  }

  /// Whether nothing is set aside that may still be given back.
  var isSettled: Bool { reserved.isEmpty }

  mutating func reserve(for intent: Int) {
    reserved.insert(intent)
    ledger.runs += 1
  }

  /// Takes note of what a run took.
  mutating func settle(_ intent: Int, seconds: Double, hasOutcome: Bool) {
    guard reserved.remove(intent) != nil else { return }
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

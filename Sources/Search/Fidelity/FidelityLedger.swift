/// How much of the fidelity each trial has, what all of them together have taken, and which trial each one continues from.
struct FidelityLedger: Sendable {
  /// By the number of the trial that continues.
  private(set) var parents: [Int: Int] = [:]

  private let settings: SearchSettings
  /// In the order of the trials; empty where there is no fidelity.
  private var levels: [Int] = []
  private var spent = 0

  init(_ settings: SearchSettings) { self.settings = settings }

  /// Charges the next trial, with all runs that it may have. False where the budget does not allow it: then nothing has changed.
  mutating func charge(_ proposal: Proposal) -> Bool {
    guard settings.fidelity != nil else { return true }
    let level = settings.level(of: proposal.point)
    let more = settings.charge(for: level, from: proposal.parent.map { levels[$0] })
    guard spent + more <= settings.fidelityBudget ?? Int.max else { return false }
    parents[levels.count] = proposal.parent
    levels.append(level)
    spent += more
    return true
  }

  /// 0 where there is no fidelity.
  func level(of trial: Int) -> Int { levels.isEmpty ? 0 : levels[trial] }
}

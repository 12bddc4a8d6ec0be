internal import Artifacts
internal import Search

/// The parts of a budget that are smaller than those under which a search was recorded.
///
/// Trials are taken in their order by as many workers as the plan has, each as soon as one is free.
struct SimulatedBudget {
  private let fidelity: Int?
  /// In milliseconds: no trial starts after it.
  private let time: Int?
  /// How long all runs of the search may take together, and the longest that the runs of one trial can take, in milliseconds.
  private let work: (limit: Int, longest: Int)?

  private var spent = 0
  private var worked = 0
  /// When each worker is free.
  private var free: [Int]

  init(_ plan: Plan, beside recorded: Plan) {
    fidelity = plan.search.fidelityBudget == recorded.search.fidelityBudget ? nil : plan.search.fidelityBudget
    time = plan.timeLimit == recorded.timeLimit ? nil : plan.timeLimit
    let limit = plan.usage == recorded.usage ? nil : plan.usage.tightest(each: plan.trial.resources)?.work
    let longest = (plan.trial.longestRun ?? 0) * plan.trial.repeats.seeds
    let keptBack = plan.confirmation?.longest(each: plan.trial.longestAttempts ?? 0) ?? 0
    work = limit.map { ($0 - keptBack, longest) }
    free = [Int](repeating: 0, count: max(1, min(plan.parallel, recorded.search.trials)))
  }

  /// Whether it asks how long trials take.
  var countsTime: Bool { time != nil || work != nil }

  /// Why the next trial does not begin; nil where it does, and then it is charged with what it takes of the fidelity.
  mutating func end(beforeTaking steps: Int) -> StopReason? {
    if let time, free[0] >= time { return .time }
    if let work, worked + work.longest > work.limit { return .cost }
    guard hasFidelity(for: steps) else { return .fidelity }
    spent += steps
    return nil
  }

  /// Whether as much of the fidelity is left.
  func hasFidelity(for steps: Int) -> Bool { spent + steps <= fidelity ?? .max }

  /// Takes in how long the trial took, in milliseconds.
  mutating func take(_ duration: Int) {
    worked += duration
    let end = free.removeFirst() + duration
    free.insert(end, at: free.firstIndex { $0 > end } ?? free.endIndex)
  }
}

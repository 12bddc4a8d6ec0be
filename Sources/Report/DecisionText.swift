package import Artifacts
package import Search

/// A decision of a search as people read it.
package struct DecisionText {
  private let plan: Plan
  private let trial: Int
  /// The one that it goes on from.
  private let parent: Int?
  private let seen: Int
  private let reason: Proposal.Reason
  private let phase: Int?
  private let best: [Incumbent]
  private let parameters: String
  private let result: TrialResult?

  /// - Parameters:
  ///   - seen: the outcomes of the trials below this number were seen.
  ///   - best: the best trials among those.
  ///   - parameters: the point as canonical JSON.
  ///   - result: nil where none is recorded.
  package init(
    of plan: Plan, trial: Int, parent: Int?, seen: Int, reason: Proposal.Reason, phase: Int?, best: [Incumbent],
    parameters: String,
    result: TrialResult?
  ) {
    self.plan = plan
    self.trial = trial
    self.parent = parent
    self.seen = seen
    self.reason = reason
    self.phase = phase
    self.best = best
    self.parameters = parameters
    self.result = result
  }

  /// All there is to say.
  package var lines: [String] {
    var rows = [["saw", saw + incumbents], ["chose", Text.printable(parameters)], ["by", "\(chooser): \(why)"]]
    if case .model(let belief) = reason {
      rows += zip(plan.metrics, belief.predictions).map { ["", expectation($0, $1)] }
      if !influential.isEmpty { rows.append(["", "what is expected depends most on \(influential)"]) }
    }
    return ["Decision \(trial)"] + Text.table(rows + [["gave", gave]], indent: "  ")
  }

  /// For a table of decisions, with `columns` above it.
  package var row: [String] { ["\(trial)", shortSaw, chooser, why, gave] }

  package static let columns = ["decision", "saw", "by", "why", "gave"]

  private var saw: String {
    switch seen {
    case 0: "no outcome"
    case 1: "the outcome of trial 0"
    default: "the outcomes of trials 0…\(Text.grouped(seen - 1))"
    }
  }

  private var shortSaw: String { seen == 0 ? "nothing" : seen == 1 ? "0" : "0…\(seen - 1)" }

  private var incumbents: String {
    switch best.count {
    case 0: ""
    case 1: "; best of them: trial \(best[0].trial), \(describe(best[0].values))"
    default: "; \(best.count) of them that no other betters in every objective"
    }
  }

  /// The strategy, and where there are phases which of them.
  package var chooser: String {
    guard case .phases(let phases) = plan.search.strategy, let phase, phase < phases.count else {
      return plan.search.strategy.name
    }
    return "phase \(phase + 1), \(phases[phase].strategy.name)"
  }

  private var origin: String { parent.map { "trial \($0)" } ?? "nothing" }

  /// Where the point comes from, in a few words.
  package var why: String {
    switch reason {
    case .given: "the experiment gives it"
    case .design: "its design has it there, whatever came of others"
    case .exploration: "drawn at random, to see more of the space"
    case .promotion where plan.search.trainsPopulation: "goes on from \(origin)"
    case .promotion: "did well with less of it, and goes on"
    case .variation where plan.search.trainsPopulation:
      "was among the worst, and goes on from \(origin) with a point near that one's"
    case .variation: "varied from trials that did well"
    case .model(let belief):
      "\(belief.criterion) \(Text.number(belief.score))"
        + (belief.improvement.map { ", an improvement of \(Text.number($0)) expected" } ?? "")
        + (belief.regret.map { ", a point better than the rule's bound with a probability of \(Text.number($0))" } ?? "")
        + (belief.feasibility < 1 ? ", feasible with \(Text.number((belief.feasibility * 1000).rounded() / 10)) %" : "")
    }
  }

  private func expectation(_ metric: String, _ prediction: Belief.Prediction) -> String {
    let range = "\(Text.number(prediction.lower)) to \(Text.number(prediction.upper))"
    return "expected \(Text.printable(metric)) \(Text.number(prediction.mean)), within \(range) with 90 %"
  }

  /// How much the model's prediction depends on each parameter; empty where no model decided, or it does not tell.
  package var influence: [(name: String, share: Double)] {
    guard case .model(let belief) = reason else { return [] }
    let shares = zip(plan.search.space.parameters.map(\.name), belief.influence)
    // One name may stand for several parameters, each with its condition.
    return Dictionary(shares, uniquingKeysWith: +).map { ($0, $1) }.sorted { ($1.share, $0.name) < ($0.share, $1.name) }
  }

  private var influential: String {
    influence.prefix(3).filter { $0.share >= 0.01 }
      .map { "\(Text.printable($0.name)) \(Int(($0.share * 100).rounded()))%" }.joined(separator: ", ")
  }

  private var gave: String {
    switch result {
    case nil: "nothing that is recorded"
    case .completed(let values): describe(values)
    case .stopped(let stop): "\(stop.words), with \(Text.number(stop.value))"
    case .infeasible(.values(let values)): "\(describe(values)), infeasible"
    case .infeasible(.failure(let failure)): "\(failure.words), infeasible"
    case .failed(let failure): "failed: \(failure.words)"
    }
  }

  private func describe(_ values: [Double]) -> String {
    zip(plan.judgedMetrics, values).map { "\(Text.printable($0)) \(Text.number($1))" }.joined(separator: ", ")
  }
}

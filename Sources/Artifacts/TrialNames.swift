internal import Search

/// Names the runs of a search's trials, in the order of the trials: one that continues another is named by that as well.
package struct TrialNames: Sendable {
  package let identity: TrialIdentity
  private let continues: Bool
  /// Of the trials that others may continue from.
  private var known: [Int: [TrialIdentity.Run]] = [:]

  package init(_ plan: Plan) {
    identity = TrialIdentity(plan)
    continues = plan.search.fidelity?.continues ?? false
  }

  /// - Parameters:
  ///   - point: as canonical JSON.
  ///   - parent: the trial that it continues from, which has been named.
  package mutating func runs(of trial: Int, at point: [UInt8], continuing parent: Int?) -> [TrialIdentity.Run] {
    let runs = identity.runs(forPoint: point, continuing: parent.flatMap { known[$0] })
    if continues { known[trial] = runs }
    return runs
  }

  /// Those of a trial that was named and may be continued from.
  package func runs(of trial: Int) -> [TrialIdentity.Run]? { known[trial] }
}

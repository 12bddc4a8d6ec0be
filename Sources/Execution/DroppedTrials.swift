internal import Artifacts
internal import Search
internal import Store

/// Trials of the last apply that a plan has no part for, for one reason.
package struct DroppedTrials: Hashable, Sendable {
  package var count: Int
  /// A clause in words.
  package var reason: String
  /// The points of the newest ones, as canonical JSON.
  package var points: [String]

  /// Of more recorded runs than this the newest are looked at alone.
  private static let mostAttempts = 20_000
  private static let mostPlans = 50
  private static let shown = 5

  /// The recorded trials of an experiment that are as those of its last apply were, and no part of a newer plan.
  ///
  /// - Parameter isPart: whether the newer plan has a run of that name.
  static func between(
    _ previous: PlanDocument, _ document: PlanDocument, ofExperiment path: String, in journal: JournalReader,
    isPart: (Digest) -> Bool
  ) throws -> [DroppedTrials] {
    var runs: [Int] = []
    var seen: [Digest: Bool] = [:]
    for run in try journal.runs(ofExperiment: path) {
      guard let plan = run.plan else { continue }
      if seen[plan] == nil, seen.count < mostPlans {
        let other = try journal.document(ofRun: run.id).flatMap { text in
          try? PlanDocument(json: JSON(document: Array(text.utf8)))
        }
        seen[plan] = other?.plan.trialDifferences(to: previous.plan).isEmpty ?? false
      }
      if seen[plan] == true { runs.append(run.id) }
    }
    let plan = document.plan
    let change = previous.plan.trialDifferences(to: plan).first.map { "they differ in \($0)" }
    let attempts = try journal.endedAttempts(ofRuns: runs, with: nil, limit: mostAttempts)
    // A trial of fewer runs than before is one still.
    var points = Set(attempts.filter { isPart($0.key) }.compactMap(\.parameters))
    // What outcomes decide may come to a point of the space yet.
    let isOpen = plan.search.makeStrategy().learns
    var dropped: [DroppedTrials] = []
    for attempt in attempts {
      guard let point = attempt.parameters, points.insert(point).inserted else { continue }
      let isInside = plan.search.space.admits(point)
      guard let reason = change ?? (!isInside ? "outside of its space" : isOpen ? nil : "not among its trials") else {
        continue
      }
      if let place = dropped.firstIndex(where: { $0.reason == reason }) {
        dropped[place].count += 1
        if dropped[place].points.count < shown { dropped[place].points.append(point) }
      } else {
        dropped.append(DroppedTrials(count: 1, reason: reason, points: [point]))
      }
    }
    return dropped
  }
}

extension Space {
  /// Whether a point, as canonical JSON, is one of the space.
  fileprivate func admits(_ text: String) -> Bool {
    guard let json = try? JSON(parsing: text.utf8), let point = try? point(json: json) else { return false }
    return contains(point) && broken(by: point) == nil
  }
}

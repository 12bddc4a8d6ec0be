internal import Search

/// How two experiments differ in what they mean.
package struct PlanDiff: Hashable, Sendable {
  package let before: PlanDocument
  package let after: PlanDocument
  package let edits: [PlanEdit]
  package let parameters: [ParameterChange]

  /// Complexity: O(size of the plans).
  package init(_ before: PlanDocument, _ after: PlanDocument) {
    self.before = before
    self.after = after
    edits = before.digest == after.digest ? [] : PlanEdit.between(before, after)
    parameters = edits.contains { $0.section == .space } ? ParameterChange.between(before, after) : []
  }

  /// Whether an edit has at least this effect.
  package func has(_ effect: PlanEdit.Effect) -> Bool { edits.contains { $0.effect == effect } }

  package func edits(in section: PlanEdit.Section) -> [PlanEdit] { edits.filter { $0.section == section } }

  /// The size of the second space by that of the first one; nil where that says nothing: with conditions, where other
  /// constraints hold, or where an axis that is no choice of few values came or went.
  package var volumeRatio: Double? {
    let (old, new) = (before.plan.search.space, after.plan.search.space)
    guard !parameters.isEmpty, old.constraints == new.constraints else { return nil }
    guard !(old.parameters + new.parameters).contains(where: { $0.condition != nil }) else { return nil }
    var ratio = 1.0
    for change in parameters {
      switch (change.before?.domain, change.after?.domain) {
      case (let old?, let new?):
        if old == new { continue }
        if old.count == 1, new.count == 1 { continue }
        guard let overlap = DomainOverlap(old, new) else { return nil }
        ratio *= overlap.ratio
      case (nil, let new?):
        guard let count = new.count else { return nil }
        ratio *= Double(count)
      case (let old?, nil):
        guard let count = old.count else { return nil }
        ratio /= Double(count)
      case (nil, nil): break
      }
    }
    return ratio.isFinite ? ratio : nil
  }
}

/// How the trials of two plans that are known before a run lie to each other.
package struct TrialsDiff: Hashable, Sendable {
  /// How many trials each plan has at most.
  package var before: Int
  package var after: Int
  /// Of those that are known before a run: how many of the second plan's are trials of the first one as well, how many
  /// are not, and how many of the first one's are gone. Nil where they are too many to be compared.
  package var kept: Int?
  package var added: Int?
  package var dropped: Int?
  /// How many of each plan are decided by outcomes.
  package var undecidedBefore: Int
  package var undecidedAfter: Int

  /// More known trials than this are not compared.
  package static let mostCompared = 1_000_000

  /// Complexity: O(trials that are known before a run).
  package init(_ before: Plan, _ after: Plan) {
    let (old, new) = (before.search.knownPoints, after.search.knownPoints)
    self.before = before.search.plannedTrials
    self.after = after.search.plannedTrials
    undecidedBefore = max(0, self.before - old.count)
    undecidedAfter = max(0, self.after - new.count)
    guard max(old.count, new.count) <= Self.mostCompared else { return }
    // A trial's own seed follows from the experiment's.
    let isComparable =
      PlanComponents(before) == PlanComponents(after) && before.search.seed == after.search.seed
    if isComparable, before.search == after.search {
      (kept, added, dropped) = (new.count, 0, 0)
      return
    }
    guard isComparable else {
      (kept, added, dropped) = (0, new.count, old.count)
      return
    }
    let (names, others) = (TrialIdentity(before), TrialIdentity(after))
    let olds = Set((0..<old.count).map { names.pointBytes(old[$0]) })
    let news = Set((0..<new.count).map { others.pointBytes(new[$0]) })
    kept = (0..<new.count).count { olds.contains(others.pointBytes(new[$0])) }
    added = new.count - (kept ?? 0)
    dropped = (0..<old.count).count { !news.contains(names.pointBytes(old[$0])) }
  }

  var json: JSON {
    .object([
      "before": .int(before), "after": .int(after), "kept": kept.map(JSON.int), "added": added.map(JSON.int),
      "dropped": dropped.map(JSON.int), "undecidedBefore": .int(undecidedBefore),
      "undecidedAfter": .int(undecidedAfter),
    ])
  }
}

internal import Glibc

/// Which trials of two results are the same, which differ, and why.
package struct TrialPairs: Hashable, Sendable {
  /// Trials of one name with one outcome.
  package var same = 0
  /// Trials of one name with two outcomes: their command does not give the same twice.
  package var unstable = 0
  /// Trials at one point that are not of one name: how many, and of how many of these the outcomes differ.
  package var renamed = 0
  package var renamedDiffering = 0
  /// What those differ in, in words.
  package var reasons: [String] = []
  /// Points that one side alone has tried.
  package var onlyBefore = 0
  package var onlyAfter = 0
  /// The first trial at which the two searches are at different points; nil when the shorter one is how the longer one
  /// begins.
  package var divergence: Int?
  /// Some trials that differ, the first ones of each kind.
  package var examples: [Example] = []

  package struct Example: Hashable, Sendable {
    package var kind: Kind
    /// The trials' numbers.
    package var before: Int?
    package var after: Int?
    /// The point as canonical JSON, and what the trial came to.
    package var parameters: String
    package var outcomeBefore: String?
    package var outcomeAfter: String?
  }

  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case unstable
    case renamed
    case onlyBefore = "only-before"
    case onlyAfter = "only-after"
  }

  /// So many examples of each kind are kept.
  package static let mostExamples = 10

  /// Complexity: O(bytes of both tables).
  ///
  /// - Parameter reasons: in what all trials of the two sides differ.
  package init(_ before: TrialTable, _ after: TrialTable, reasons: [String]) {
    var places: [UInt64: Int32] = [:]
    places.reserveCapacity(before.count)
    var isMatched = [Bool](repeating: false, count: before.count)
    before.bytes.withUnsafeBufferPointer { bytes in
      for (index, row) in before.rows.enumerated() {
        // Of a point that was tried twice, both trials are one.
        if places.updateValue(Int32(index), forKey: fingerprint(bytes, row.parameters)) != nil {
          isMatched[index] = true
        }
      }
    }
    var seen = Set<Int32>()
    after.bytes.withUnsafeBufferPointer { bytes in
      before.bytes.withUnsafeBufferPointer { olds in
        for (index, row) in after.rows.enumerated() {
          if index < before.count, divergence == nil,
            !equal(olds, before.rows[index].parameters, bytes, row.parameters)
          {
            divergence = index
          }
          guard let place = places[fingerprint(bytes, row.parameters)],
            equal(olds, before.rows[Int(place)].parameters, bytes, row.parameters)
          else {
            onlyAfter += 1
            note(.onlyAfter, nil, index, before, after)
            continue
          }
          guard seen.insert(place).inserted else { continue }
          isMatched[Int(place)] = true
          compare(Int(place), index, before, after, olds, bytes)
        }
      }
    }
    for index in before.rows.indices where !isMatched[index] {
      onlyBefore += 1
      note(.onlyBefore, index, nil, before, after)
    }
    if renamed > 0 { self.reasons = reasons }
  }

  /// Whether both sides tried the same and it gave the same.
  package var areSame: Bool { unstable == 0 && renamedDiffering == 0 && onlyBefore == 0 && onlyAfter == 0 }

  private mutating func compare(
    _ old: Int, _ new: Int, _ before: TrialTable, _ after: TrialTable, _ olds: UnsafeBufferPointer<UInt8>,
    _ news: UnsafeBufferPointer<UInt8>
  ) {
    let (first, second) = (before.rows[old], after.rows[new])
    let isOneName = equal(olds, first.key, news, second.key)
    var isOneOutcome =
      first.state == second.state && equal(olds, first.metrics, news, second.metrics)
      && equal(olds, first.failure, news, second.failure)
    // Runs state their keys as well. Of a trial that a rule ended there are fewer, or it did not come so far.
    if isOneName {
      let isShorter = first.state == UInt8(ascii: "s") || second.state == UInt8(ascii: "s")
      let runs = begins(olds, first.runs, news, second.runs)
      isOneOutcome = (isOneOutcome || isShorter) && runs
    }
    switch (isOneName, isOneOutcome) {
    case (true, true): same += 1
    case (true, false):
      unstable += 1
      note(.unstable, old, new, before, after)
    case (false, let isOneOutcome):
      renamed += 1
      if !isOneOutcome {
        renamedDiffering += 1
        note(.renamed, old, new, before, after)
      }
    }
  }

  private mutating func note(_ kind: Kind, _ old: Int?, _ new: Int?, _ before: TrialTable, _ after: TrialTable) {
    let noted =
      switch kind {
      case .unstable: unstable
      case .renamed: renamedDiffering
      case .onlyBefore: onlyBefore
      case .onlyAfter: onlyAfter
      }
    guard noted <= Self.mostExamples else { return }
    examples.append(
      Example(
        kind: kind, before: old, after: new,
        parameters: old.map(before.parameters) ?? new.map(after.parameters) ?? "",
        outcomeBefore: old.map(before.outcome), outcomeAfter: new.map(after.outcome)))
  }

  var json: JSON {
    .object([
      "same": .int(same), "unstable": .int(unstable), "renamed": .int(renamed),
      "renamedDiffering": .int(renamedDiffering), "reasons": .array(reasons.map(JSON.string)),
      "onlyBefore": .int(onlyBefore), "onlyAfter": .int(onlyAfter), "divergence": divergence.map(JSON.int),
      "examples": .array(
        examples.map { example in
          .object([
            "kind": .string(example.kind.rawValue), "before": example.before.map(JSON.int),
            "after": example.after.map(JSON.int), "parameters": .string(example.parameters),
            "outcomeBefore": example.outcomeBefore.map(JSON.string),
            "outcomeAfter": example.outcomeAfter.map(JSON.string),
          ])
        }),
    ])
  }
}

/// FNV-1a over eight bytes at a time, which is enough to find what is then compared byte by byte.
private func fingerprint(_ bytes: UnsafeBufferPointer<UInt8>, _ slice: TrialTable.Slice) -> UInt64 {
  guard let base = bytes.baseAddress else { return 0 }
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  var place = UnsafeRawPointer(base) + Int(slice.start)
  let end = UnsafeRawPointer(base) + Int(slice.end)
  while place + 8 <= end {
    hash = (hash ^ place.loadUnaligned(as: UInt64.self)) &* 0x100_0000_01B3
    hash ^= hash >> 29
    place += 8
  }
  while place < end {
    hash = (hash ^ UInt64(place.load(as: UInt8.self))) &* 0x100_0000_01B3
    place += 1
  }
  return hash
}

private func equal(
  _ first: UnsafeBufferPointer<UInt8>, _ a: TrialTable.Slice, _ second: UnsafeBufferPointer<UInt8>,
  _ b: TrialTable.Slice
) -> Bool {
  let count = a.range.count
  guard count == b.range.count else { return false }
  guard count > 0, let left = first.baseAddress, let right = second.baseAddress else { return count == 0 }
  return memcmp(left + Int(a.start), right + Int(b.start), count) == 0
}

/// Whether one of two lists, in canonical JSON, is how the other one begins.
private func begins(
  _ first: UnsafeBufferPointer<UInt8>, _ a: TrialTable.Slice, _ second: UnsafeBufferPointer<UInt8>,
  _ b: TrialTable.Slice
) -> Bool {
  // Without the bracket at the end.
  let count = min(a.range.count, b.range.count) - 1
  guard count > 0, let left = first.baseAddress, let right = second.baseAddress else { return true }
  return memcmp(left + Int(a.start), right + Int(b.start), count) == 0
}

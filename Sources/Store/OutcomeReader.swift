package import Artifacts
internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// Looks up the recorded outcomes of many trials, one after the other.
///
/// Attempts are numbered in the order in which they begin, which is mostly the order in which their trials are looked up
/// again. So the outcomes behind the one that was found last are read ahead: to find the next one among them costs a
/// small part of what the index costs, which has a million random keys.
package final class OutcomeReader {
  private let journal: JournalReader
  private let scope: JournalReader.Scope
  /// Made once that pays.
  private var keys: RecordedKeys?
  private var lookups = 0

  private var ahead: [KeyedOutcome] = []
  /// What another thread reads, while these are looked up.
  private var coming: Coming?
  /// The first of those ahead that was not looked up.
  private var next = 0
  /// How many are read ahead next time: the more, the longer it has been of use.
  private var length = 1

  /// So many keys are looked up without knowing which there are.
  private static let fewLookups = 16
  private static let mostAhead = 512
  /// How far off the order in which they began trials may be looked up.
  private static let disorder = 8

  package init(_ journal: JournalReader, _ scope: JournalReader.Scope) {
    self.journal = journal
    self.scope = scope
  }

  /// The newest recorded outcome of a trial that counts; nil when none does.
  package func newest(of key: Digest) throws -> RecordedOutcome? {
    lookups += 1
    if keys == nil, lookups > Self.fewLookups { keys = try journal.database.read { try RecordedKeys($0) } }
    guard let keys, scope.plan == nil, !keys.mayHaveSeveral(key) else {
      return try journal.outcome(of: key, in: scope)
    }
    if let found = try takeAhead(key) {
      return found.intent >= scope.firstIntent && scope.limits.admit(found.facts.ending) ? found : nil
    }
    guard keys.mayContain(key), let found = try journal.outcome(of: key, in: scope) else { return nil }
    length = 1
    try readAhead(behind: found.intent)
    return found
  }

  /// All recorded outcomes of a trial that count, in their order.
  package func all(of key: Digest) throws -> [RecordedOutcome] { try journal.outcomes(of: key, in: scope) }

  /// Takes note of an outcome that has been recorded since.
  package func note(_ key: Digest) {
    keys?.insert(key)
    ahead.removeAll(keepingCapacity: true)
    next = 0
    coming = nil
  }

  private func takeAhead(_ key: Digest) throws -> RecordedOutcome? {
    if next == ahead.count, let last = ahead.last { try readAhead(behind: last.outcome.intent) }
    for index in next..<min(ahead.count, next + Self.disorder) where ahead[index].key == key {
      // One that was begun before another and is looked up after it stays where it is found.
      ahead.swapAt(index, next)
      next += 1
      length = min(2 * length, Self.mostAhead)
      return ahead[next - 1].outcome
    }
    return nil
  }

  private func readAhead(behind intent: Int) throws {
    next = 0
    if let coming, coming.intent == intent {
      ahead = try coming.outcomes(of: journal)
    } else {
      ahead = try journal.database.unsafeRead { try KeyedOutcome.all(behind: intent, limit: length, in: $0) }
    }
    coming = nil
    if length == Self.mostAhead, let last = ahead.last {
      coming = Coming(behind: last.outcome.intent, limit: length, of: journal)
    }
  }
}

/// Outcomes that are read in the thread of the journal's connection.
private final class Coming: Sendable {
  let intent: Int
  private let result = Mutex<Result<[KeyedOutcome], any Error>>(.success([]))

  init(behind intent: Int, limit: Int, of journal: JournalReader) {
    self.intent = intent
    journal.database.asyncWriteWithoutTransaction { [self] database in
      let outcomes = Result { try KeyedOutcome.all(behind: intent, limit: limit, in: database) }
      result.withLock { $0 = outcomes }
    }
  }

  /// Waits for them.
  func outcomes(of journal: JournalReader) throws -> [KeyedOutcome] {
    // The connection does one thing after the other.
    journal.database.unsafeRead { _ in }
    return try result.withLock { try $0.get() }
  }
}

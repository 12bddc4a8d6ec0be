package import Artifacts
internal import FoundationEssentials
internal import GRDB

/// Reads the journal.
package struct JournalReader: Sendable {
  let database: DatabaseQueue

  /// Which recorded outcomes count.
  package struct Scope: Hashable, Sendable {
    /// In milliseconds: a trial that ran out of a shorter time than it would have now has no outcome that counts.
    package var timeLimit: Int?
    /// The first attempt whose outcome counts.
    package var firstIntent: Int
    /// Where only outcomes of this plan's own runs count.
    package var plan: Digest?

    package init(timeLimit: Int?, firstIntent: Int = 0, plan: Digest? = nil) {
      self.timeLimit = timeLimit
      self.firstIntent = firstIntent
      self.plan = plan
    }
  }

  /// The newest recorded outcome of a trial that counts; nil when none does.
  package func outcome(of key: Digest, in scope: Scope) throws -> RecordedOutcome? {
    try database.read { database in
      let rows = try Row.fetchCursor(
        database.cachedStatement(sql: Self.outcomes(in: scope) + " DESC"), arguments: Self.arguments(key, scope))
      while let row = try rows.next() {
        let outcome = try RecordedOutcome(row: row)
        if outcome.facts.holds(forTimeLimit: scope.timeLimit) { return outcome }
      }
      return nil
    }
  }

  /// All recorded outcomes of a trial that count, in their order.
  package func outcomes(of key: Digest, in scope: Scope) throws -> [RecordedOutcome] {
    try database.read { database in
      try Row.fetchAll(
        database.cachedStatement(sql: Self.outcomes(in: scope)), arguments: Self.arguments(key, scope)
      ).map(RecordedOutcome.init(row:)).filter { $0.facts.holds(forTimeLimit: scope.timeLimit) }
    }
  }

  private static func outcomes(in scope: Scope) -> String {
    let ofPlan = """
       AND EXISTS (SELECT 1 FROM intent JOIN run ON run.id = intent.run
        WHERE intent.id = outcome.intent AND run.plan = ?)
      """
    return "SELECT \(JournalSchema.columns(of: .outcome)) FROM outcome WHERE key = ? AND intent >= ?"
      + (scope.plan == nil ? "" : ofPlan) + " ORDER BY intent"
  }

  private static func arguments(_ key: Digest, _ scope: Scope) -> StatementArguments {
    [key.blob, scope.firstIntent] + (scope.plan.map { [$0.description] } ?? [])
  }

  package var hasOutcomes: Bool {
    get throws { try database.read { try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM outcome)") ?? false } }
  }

  /// The trials below which a plan's result was closed because its time was up, in the last of its runs where it was.
  ///
  /// - Parameter firstRun: the first run that counts.
  package func closure(of plan: Digest, since firstRun: Int = 0) throws -> Int? {
    try database.read { database in
      try Int.fetchOne(
        database, sql: "SELECT after FROM closure WHERE plan = ? AND run >= ? ORDER BY run DESC",
        arguments: [plan.description, firstRun])
    }
  }

  /// How long the runs of a plan were at work, in milliseconds.
  ///
  /// - Parameter firstRun: the first run that counts.
  package func elapsed(of plan: Digest, since firstRun: Int = 0) throws -> Int {
    try database.read { database in
      let sql = """
        SELECT max(elapsed) FROM (
          SELECT max(outcome.elapsed) AS elapsed FROM outcome JOIN intent ON intent.id = outcome.intent
            JOIN run ON run.id = intent.run WHERE run.plan = :plan AND run.id >= :first
          UNION ALL SELECT max(ending.elapsed) FROM ending JOIN run ON run.id = ending.run
            WHERE run.plan = :plan AND run.id >= :first)
        """
      return try Int.fetchOne(database, sql: sql, arguments: ["plan": plan.description, "first": firstRun]) ?? 0
    }
  }

  /// The run after the last one of a plan that came to its end, and the first intent from it on.
  package func afterLastEnd(of plan: Digest) throws -> (run: Int, intent: Int) {
    try database.read { database in
      let last = try Int.fetchOne(
        database, sql: "SELECT max(run.id) FROM run JOIN ending ON ending.run = run.id WHERE run.plan = ?",
        arguments: [plan.description])
      guard let last else { return (0, 0) }
      let intent = try Int.fetchOne(
        database, sql: "SELECT max(id) FROM intent WHERE run <= ?", arguments: [last])
      return (last + 1, (intent ?? 0) + 1)
    }
  }

  /// The number after that of the last run, and of the last intent.
  package var nextNumbers: (run: Int, intent: Int) {
    get throws {
      try database.read { database in
        (
          try Int.fetchOne(database, sql: "SELECT max(id) FROM run").map { $0 + 1 } ?? 1,
          try Int.fetchOne(database, sql: "SELECT max(id) FROM intent").map { $0 + 1 } ?? 1
        )
      }
    }
  }

  /// The token of the last run in a project's folder, when that did not come to its end: its processes may be there.
  ///
  /// Those of the runs before it are not: each run begins with the end of what the one before has left.
  package func unfinishedToken(in folder: String) throws -> String? {
    try database.read { database in
      let sql = """
        SELECT CASE WHEN id IN (SELECT run FROM ending) THEN NULL ELSE token END FROM run
          WHERE folder = ? ORDER BY id DESC LIMIT 1
        """
      return try String.fetchOne(database, sql: sql, arguments: [folder])
    }
  }

  /// The keys of the trials that the last run in a project's folder was about to start and that have no outcome.
  package func unfinishedKeys(in folder: String) throws -> [Digest] {
    try database.read { database in
      let sql = """
        SELECT intent.key FROM intent LEFT JOIN outcome ON outcome.intent = intent.id
          WHERE outcome.intent IS NULL AND intent.run = (SELECT max(id) FROM run WHERE folder = ?)
        """
      return try Data.fetchAll(database, sql: sql, arguments: [folder]).compactMap { Digest(bytes: Array($0)) }
    }
  }

  /// The plan, in its canonical bytes, of the last run of an experiment; nil when it was never applied.
  package func lastPlan(ofExperiment path: String) throws -> String? {
    try database.read { database in
      try String.fetchOne(
        database, sql: "SELECT document FROM run WHERE experiment = ? ORDER BY id DESC LIMIT 1", arguments: [path])
    }
  }
}

/// A trial's outcome in the journal.
package struct RecordedOutcome: Hashable, Sendable {
  /// Numbers grow with time.
  package var intent: Int
  package var facts: TrialFacts

  /// - Throws: `StoreError` when the row is not what was written.
  fileprivate init(row: Row) throws {
    guard let link = JournalLink(from: row, of: .outcome) else {
      throw StoreError.damaged("an outcome is not readable")
    }
    guard link.holds(JournalRow(.outcome, from: row)), let text = row["metrics"] as String?,
      let name = row["ending"] as String?,
      let ending = TrialFacts.Ending(name: name, code: row["code"], timeLimit: row["timeout"]),
      let json = try? JSON(parsing: text.utf8), let metrics = Metrics(json: json)
    else { throw StoreError.damaged("event \(link.number) is not what was written") }
    intent = row["intent"]
    facts = TrialFacts(ending: ending, metrics: metrics)
  }
}

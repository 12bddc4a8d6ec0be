package import Artifacts
internal import FoundationEssentials
internal import GRDB

/// Reads the journal.
package struct JournalReader: Sendable {
  let database: DatabaseQueue

  /// Which recorded outcomes count.
  package struct Scope: Hashable, Sendable {
    /// A trial that ran out of less than it would have now has no outcome that counts.
    package var limits: TrialLimits
    /// The first attempt whose outcome counts.
    package var firstIntent: Int
    /// Where only outcomes of this plan's own runs count.
    package var plan: Digest?

    package init(_ limits: TrialLimits, firstIntent: Int = 0, plan: Digest? = nil) {
      self.limits = limits
      self.firstIntent = firstIntent
      self.plan = plan
    }
  }

  /// Reads much of the journal as it is now, whatever is written meanwhile, without asking for each outcome whether there
  /// is something newer.
  package func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
    try database.unsafeRead { try $0.execute(sql: "BEGIN") }
    defer { try? database.unsafeRead { try $0.execute(sql: "COMMIT") } }
    return try body()
  }

  /// The number of the last event; 0 before the first one.
  package var lastEvent: Int { get throws { try database.read { try JournalSchema.head(of: $0).number } } }

  package var hasOutcomes: Bool {
    get throws { try database.read { try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM outcome)") ?? false } }
  }

  /// The trials below which a plan's result was closed by a limit of the real world, in the last of its runs where it was,
  /// and whether that was one of what runs may use, and not of time.
  ///
  /// - Parameter firstRun: the first run that counts.
  package func closure(of plan: Digest, since firstRun: Int = 0) throws -> (after: Int, isOfUsage: Bool)? {
    try database.read { database in
      let sql = """
        SELECT run, after, 0 AS of_usage FROM closure WHERE plan = :plan AND run >= :first
          UNION ALL SELECT run, after, 1 FROM exhaustion WHERE plan = :plan AND run >= :first
          ORDER BY run DESC LIMIT 1
        """
      let row = try Row.fetchOne(database, sql: sql, arguments: ["plan": plan.description, "first": firstRun])
      return row.map { ($0["after"], $0["of_usage"]) }
    }
  }

  /// What the runs of trials have taken that applies of a plan have launched.
  package struct Usage: Hashable, Sendable {
    /// In milliseconds, of those with an outcome, and of those that are known to have none.
    package var measured = 0
    package var charged = 0
    /// How many are known to have run.
    package var ended = 0
    /// Of how many nothing is known but that they were about to be launched, and how many of these ran at most when their apply
    /// was killed, if none had ended.
    package var open = 0
    package var openAtOnce = 0

    package init(measured: Int = 0, charged: Int = 0, ended: Int = 0, open: Int = 0, openAtOnce: Int = 0) {
      (self.measured, self.charged, self.ended) = (measured, charged, ended)
      (self.open, self.openAtOnce) = (open, openAtOnce)
    }
  }

  /// - Parameter firstRun: the first apply that counts.
  package func usage(of plan: Digest, since firstRun: Int = 0) throws -> Usage {
    try database.read { database in
      let sql = """
        SELECT run.workers,
            total(outcome.intent IS NOT NULL OR charge.seconds > 0) AS ended,
            total(outcome.intent IS NULL AND charge.intent IS NULL) AS open,
            total(round(outcome.seconds * 1000)) AS measured, total(round(charge.seconds * 1000)) AS charged
          FROM intent JOIN run ON run.id = intent.run
            LEFT JOIN outcome ON outcome.intent = intent.id LEFT JOIN charge ON charge.intent = intent.id
          WHERE intent.id >= ? AND run.plan = ? AND run.id >= ? GROUP BY run.id
        """
      let first = try Self.firstIntent(fromRun: firstRun, in: database)
      var usage = Usage()
      for row in try Row.fetchAll(database, sql: sql, arguments: [first, plan.description, firstRun]) {
        func number(_ name: String) -> Int { Int(row[name] as Double) }
        usage.measured += number("measured")
        usage.charged += number("charged")
        usage.ended += number("ended")
        usage.open += number("open")
        usage.openAtOnce += min(number("open"), row["workers"])
      }
      return usage
    }
  }

  /// The runs that `Usage` counts as open.
  ///
  /// - Parameter firstRun: the first apply that counts.
  package func openRuns(of plan: Digest, since firstRun: Int = 0) throws -> [(intent: Int, key: Digest)] {
    try database.read { database in
      let sql = """
        SELECT intent.id, intent.key FROM intent JOIN run ON run.id = intent.run
          LEFT JOIN outcome ON outcome.intent = intent.id LEFT JOIN charge ON charge.intent = intent.id
          WHERE intent.id >= ? AND run.plan = ? AND run.id >= ? AND outcome.intent IS NULL AND charge.intent IS NULL
        """
      let first = try Self.firstIntent(fromRun: firstRun, in: database)
      return try Row.fetchAll(database, sql: sql, arguments: [first, plan.description, firstRun]).map { row in
        guard let key = Digest(bytes: Array(row["key"] as Data)) else {
          throw StoreError.damaged("a key is not what was written")
        }
        return (row["id"], key)
      }
    }
  }

  /// How long the runs of a plan were at work, in milliseconds.
  ///
  /// - Parameter firstRun: the first run that counts.
  package func elapsed(of plan: Digest, since firstRun: Int = 0) throws -> Int {
    try database.read { database in
      let runs = try Int.fetchAll(
        database, sql: "SELECT id FROM run WHERE plan = ? AND id >= ?", arguments: [plan.description, firstRun])
      let times = try runs.flatMap { run in
        let last = try Int.fetchOne(
          database, sql: "SELECT max(elapsed) FROM outcome WHERE intent BETWEEN ? AND ?",
          arguments: [
            try Self.firstIntent(fromRun: run, in: database), try Self.firstIntent(fromRun: run + 1, in: database) - 1,
          ])
        let end = try Int.fetchOne(database, sql: "SELECT elapsed FROM ending WHERE run = ?", arguments: [run])
        return [last, end].compactMap { $0 }
      }
      return times.max() ?? 0
    }
  }

  /// The first intent of a run, or of those after it: the number after the last intent where there is none.
  ///
  /// Intents are numbered in the order of their runs, so that few of them must be looked at.
  private static func firstIntent(fromRun run: Int, in database: Database) throws -> Int {
    var (low, high) = (0, try Int.fetchOne(database, sql: "SELECT max(id) FROM intent").map { $0 + 1 } ?? 0)
    while low < high {
      let middle = (low + high) / 2
      let found = try Int.fetchOne(
        database, sql: "SELECT run FROM intent WHERE id >= ? ORDER BY id LIMIT 1", arguments: [middle])
      if found.map({ $0 >= run }) ?? true { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// What a trial reported on the way, at an attempt of which more is known than its metrics; nil where it is not.
  ///
  /// - Throws: `StoreError` when that is not what was written.
  package func curve(ofAttempt intent: Int) throws -> JSON? {
    try database.read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT \(JournalSchema.columns(of: .curve)) FROM curve WHERE intent = ?")
      guard let row = try Row.fetchOne(statement, arguments: [intent]) else { return nil }
      let event = JournalRow(.curve, from: row)
      guard let link = JournalLink(from: row, of: .curve), link.holds(event),
        case .string(let text) = event.values[1].storage, let json = try? JSON(parsing: text.utf8)
      else { throw StoreError.damaged("what attempt \(intent) reported is not what was written") }
      return json
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
      let last = try Int.fetchOne(database, sql: "SELECT max(id) FROM run WHERE folder = ?", arguments: [folder])
      guard let last else { return [] }
      let sql = """
        SELECT intent.key FROM intent LEFT JOIN outcome ON outcome.intent = intent.id
          WHERE outcome.intent IS NULL AND intent.id >= ? AND intent.run = ?
        """
      return try Data.fetchAll(
        database, sql: sql, arguments: [try Self.firstIntent(fromRun: last, in: database), last]
      ).compactMap { Digest(bytes: Array($0)) }
    }
  }

  /// The plan, in its canonical bytes, of the last run of an experiment; nil when it was never applied.
  package func lastPlan(ofExperiment path: String) throws -> String? {
    try database.read { database in
      try String.fetchOne(
        database, sql: "SELECT document FROM run WHERE experiment = ? ORDER BY id DESC LIMIT 1", arguments: [path])
    }
  }

  /// The latest of the plans that an experiment was applied with for which `body` gives something; one is read at a time.
  ///
  /// - Parameters:
  ///   - limit: no more plans are looked at.
  ///   - body: is given the plan in its canonical bytes.
  package func firstPlan<Result>(
    ofExperiment path: String, limit: Int, _ body: (String) throws -> Result?
  ) throws -> Result? {
    try database.read { database in
      let sql = """
        SELECT document FROM run WHERE id IN
          (SELECT max(id) FROM run WHERE experiment = ? GROUP BY plan ORDER BY max(id) DESC LIMIT ?) ORDER BY id DESC
        """
      let documents = try String.fetchCursor(database, sql: sql, arguments: [path, limit])
      while let document = try documents.next() {
        if let result = try body(document) { return result }
      }
      return nil
    }
  }
}

package import Artifacts
internal import FoundationEssentials
internal import GRDB

/// An apply, as the journal knows it.
package struct RecordedRun: Hashable, Sendable {
  package var id: Int
  /// Nil of a run of which only what others refer to is known.
  package var plan: Digest?
  /// The project's folder at that time, and the experiment file's path in it.
  package var folder: String
  package var experiment: String
  package var workers: Int
  package var host: String
  package var pid: Int
  /// When it began: seconds since 1970, UTC.
  package var began: Double
  /// Nil when it did not come to its end.
  package var ending: Ending?
  /// How many trials it has launched, and how many of these have ended.
  package var launched: Int
  package var ended: Int

  package struct Ending: Hashable, Sendable {
    package var reason: String
    package var at: Double
  }
}

/// An attempt at a trial, as the journal knows it.
package struct RecordedAttempt: Hashable, Sendable {
  package var intent: Int
  package var run: Int
  package var trial: Int
  package var key: Digest
  /// The point as canonical JSON, where it is known.
  package var parameters: String?
  package var seed: Int?
  /// When it was launched: seconds since 1970, UTC.
  package var began: Double
  /// Nil while it runs, and when it did not come to its end.
  package var outcome: Outcome?

  package struct Outcome: Hashable, Sendable {
    package var facts: TrialFacts
    package var seconds: Double
    package var cpuSeconds: Double
    /// In KiB.
    package var peakMemory: Int
  }
}

extension JournalReader {
  /// The runs, the newest first.
  ///
  /// - Parameters:
  ///   - experiment: only of this one, by its file's path in the project.
  ///   - limit: no more than so many.
  package func runs(ofExperiment experiment: String? = nil, limit: Int = .max) throws -> [RecordedRun] {
    try database.read { database in
      let sql = """
        SELECT run.*, ending.reason, ending.at AS ended,
            (SELECT count(*) FROM intent WHERE intent.run = run.id) AS launched,
            (SELECT count(*) FROM intent JOIN outcome ON outcome.intent = intent.id WHERE intent.run = run.id) AS done
          FROM run LEFT JOIN ending ON ending.run = run.id
          WHERE run.experiment <> '' AND (:experiment IS NULL OR run.experiment = :experiment)
          ORDER BY run.id DESC LIMIT :limit
        """
      return try Row.fetchAll(database, sql: sql, arguments: ["experiment": experiment, "limit": limit]).map { row in
        RecordedRun(
          id: row["id"], plan: Digest(row["plan"] as String), folder: row["folder"], experiment: row["experiment"],
          workers: row["workers"], host: row["host"], pid: row["pid"], began: row["at"],
          ending: (row["reason"] as String?).map { RecordedRun.Ending(reason: $0, at: row["ended"]) },
          launched: row["launched"], ended: row["done"])
      }
    }
  }

  /// The plan of a run, in its canonical bytes.
  package func document(ofRun id: Int) throws -> String? {
    try database.read { try String.fetchOne($0, sql: "SELECT document FROM run WHERE id = ?", arguments: [id]) }
  }

  /// How long the newest thousand runs of an experiment's trials took on average, in seconds; nil where none is recorded.
  package func meanSeconds(ofExperiment path: String) throws -> Double? {
    try database.read { database in
      try Double.fetchOne(
        database,
        sql: """
          SELECT avg(seconds) FROM (
            SELECT outcome.seconds AS seconds FROM outcome JOIN intent ON intent.id = outcome.intent
              JOIN run ON run.id = intent.run WHERE run.experiment = ? AND outcome.seconds > 0
              ORDER BY intent.id DESC LIMIT 1000)
          """, arguments: [path])
    }
  }

  /// How long the attempts at a run took, in seconds, by intent.
  package func seconds(of key: Digest) throws -> [Int: Double] {
    try database.read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT intent, seconds FROM outcome WHERE key = ?", arguments: [Data(key.bytes)])
      return Dictionary(rows.map { ($0["intent"], $0["seconds"]) }) { first, _ in first }
    }
  }

  /// How long the newest runs of an experiment's trials took, in seconds, and at which parameters: at most a thousand.
  package func durations(ofExperiment path: String) throws -> [(seconds: Double, parameters: String?)] {
    try database.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT outcome.seconds, intent.parameters FROM outcome JOIN intent ON intent.id = outcome.intent
            JOIN run ON run.id = intent.run WHERE run.experiment = ? AND outcome.seconds > 0
            ORDER BY intent.id DESC LIMIT 1000
          """, arguments: [path]
      ).map { (seconds: $0["seconds"], parameters: $0["parameters"]) }
    }
  }

  /// The keys of what a run has launched.
  package func keys(ofRun id: Int) throws -> [Digest] {
    try database.read { database in
      try Data.fetchAll(database, sql: "SELECT key FROM intent WHERE run = ?", arguments: [id])
        .compactMap { Digest(bytes: Array($0)) }
    }
  }

  /// What a run has launched and that has not ended.
  package func openAttempts(ofRun id: Int) throws -> [RecordedAttempt] {
    try attempts("intent.run = ? AND outcome.intent IS NULL", [id])
  }

  /// The attempts at a trial in the runs of an experiment, the newest first.
  package func attempts(atTrial trial: Int, ofExperiment experiment: String) throws -> [RecordedAttempt] {
    try attempts("intent.trial = ? AND intent.run IN (SELECT id FROM run WHERE experiment = ?)", [trial, experiment])
  }

  /// The attempts at trials whose keys begin with these hexadecimal digits, the newest first.
  package func attempts(atKeysWith prefix: String) throws -> [RecordedAttempt] {
    guard !prefix.isEmpty, prefix.allSatisfy(\.isHexDigit) else { return [] }
    return try attempts("lower(hex(intent.key)) LIKE ?", [prefix.lowercased() + "%"])
  }

  /// The attempts of some runs that have ended, the newest first.
  ///
  /// - Parameter parameters: only those at this point.
  package func endedAttempts(ofRuns runs: [Int], with parameters: String?, limit: Int) throws -> [RecordedAttempt] {
    try attempts(
      """
      intent.run IN (\(runs.map(String.init).joined(separator: ", "))) AND outcome.intent IS NOT NULL
        AND (? IS NULL OR intent.parameters = ?)
      """, [parameters, parameters], limit: limit)
  }

  private func attempts(_ condition: String, _ arguments: StatementArguments, limit: Int = .max) throws
    -> [RecordedAttempt]
  {
    try database.read { database in
      let sql = """
        SELECT intent.*, ending, code, timeout, metrics, seconds, cpu, memory
          FROM intent LEFT JOIN outcome ON outcome.intent = intent.id WHERE \(condition) ORDER BY intent.id DESC
          LIMIT \(limit)
        """
      return try Row.fetchAll(database, sql: sql, arguments: arguments).compactMap { row in
        guard let key = Digest(bytes: Array(row["key"] as Data)) else { return nil }
        var attempt = RecordedAttempt(
          intent: row["id"], run: row["run"], trial: row["trial"], key: key, parameters: row["parameters"],
          seed: row["seed"], began: row["at"])
        if let name = row["ending"] as String?, let text = row["metrics"] as String?,
          let json = try? JSON(parsing: text.utf8),
          let ending = TrialFacts.Ending(name: name, code: row["code"], timeLimit: row["timeout"]),
          let metrics = Metrics(json: json)
        {
          attempt.outcome = RecordedAttempt.Outcome(
            facts: TrialFacts(ending: ending, metrics: metrics), seconds: row["seconds"], cpuSeconds: row["cpu"],
            peakMemory: row["memory"])
        }
        return attempt
      }
    }
  }
}

package import Artifacts
internal import FoundationEssentials
internal import GRDB

/// What the journal records, in the order in which it happens.
package enum JournalEvent: Sendable {
  /// An apply of a plan begins.
  case run(RunEvent)
  /// A trial is about to be launched.
  case intent(IntentEvent)
  /// A rule ends a trial that runs, on what it has reported up to a step: it is about to be told.
  case verdict(intent: Int, rule: String, step: Int, at: Double)
  /// What a trial reported on the way, where that is more than its metrics say: a list of pairs of a step and a value.
  case curve(intent: Int, JSON)
  /// A trial has come to its end.
  case outcome(OutcomeEvent)
  /// What a run without an outcome has taken, where a budget counts it.
  case charge(intent: Int, seconds: Double, at: Double)
  /// The run's time is up, or a limit of what runs may use does not allow another one: only the trials below `after` belong to
  /// the plan's result.
  case closure(plan: Digest, run: Int, after: Int, at: Double, isOfUsage: Bool = false)
  /// A run has come to its end; `elapsed` as in `OutcomeEvent`.
  case ending(run: Int, reason: String, elapsed: Int, at: Double)

  /// The event as a row.
  var row: JournalRow {
    switch self {
    case .run(let run):
      JournalRow(
        .run,
        [
          run.id, run.plan.description, run.document, run.folder, run.experiment, run.token, run.workers, run.host,
          run.pid, run.at,
        ])
    case .intent(let intent):
      JournalRow(
        .intent,
        [
          intent.id, intent.run, intent.trial, intent.key.blob, intent.parameters, intent.seed, intent.at,
        ])
    case .verdict(let intent, let rule, let step, let at): JournalRow(.verdict, [intent, rule, step, at])
    case .curve(let intent, let curve): JournalRow(.curve, [intent, curve.canonicalText])
    case .outcome(let outcome):
      JournalRow(
        .outcome,
        [
          outcome.intent, outcome.key.blob, outcome.facts.ending.name, outcome.facts.ending.code,
          outcome.facts.ending.timeLimit, outcome.facts.metrics.json.canonicalText, outcome.seconds,
          outcome.cpuSeconds, outcome.peakMemory, outcome.elapsed,
        ])
    case .charge(let intent, let seconds, let at): JournalRow(.charge, [intent, seconds, at])
    case .closure(let plan, let run, let after, let at, let isOfUsage):
      JournalRow(isOfUsage ? .exhaustion : .closure, [plan.description, run, after, at])
    case .ending(let run, let reason, let elapsed, let at): JournalRow(.ending, [run, reason, elapsed, at])
    }
  }
}

package struct RunEvent: Sendable {
  package var id: Int
  package var plan: Digest
  /// The plan's canonical bytes.
  package var document: String
  /// The project's folder.
  package var folder: String
  /// The experiment file's path in the project.
  package var experiment: String
  /// A random text: the processes of the run carry it in their environment.
  package var token: String
  package var workers: Int
  package var host: String
  package var pid: Int
  /// Seconds since 1970, UTC, as all times of the journal.
  package var at: Double

  package init(
    id: Int, plan: Digest, document: String, folder: String, experiment: String, token: String, workers: Int,
    host: String, pid: Int, at: Double
  ) {
    self.id = id
    self.plan = plan
    self.document = document
    self.folder = folder
    self.experiment = experiment
    self.token = token
    self.workers = workers
    self.host = host
    self.pid = pid
    self.at = at
  }
}

package struct IntentEvent: Sendable {
  package var id: Int
  package var run: Int
  package var trial: Int
  package var key: Digest
  /// The point as canonical JSON, and the seed: nil where they are not known any more.
  package var parameters: String?
  package var seed: Int?
  package var at: Double

  package init(id: Int, run: Int, trial: Int, key: Digest, parameters: String?, seed: Int?, at: Double) {
    self.id = id
    self.run = run
    self.trial = trial
    self.key = key
    self.parameters = parameters
    self.seed = seed
    self.at = at
  }
}

package struct OutcomeEvent: Sendable {
  /// The intent that it fulfils.
  package var intent: Int
  package var key: Digest
  package var facts: TrialFacts
  package var seconds: Double
  package var cpuSeconds: Double
  /// In KiB.
  package var peakMemory: Int
  /// How long the plan's runs had been at work by then, in milliseconds.
  package var elapsed: Int

  package init(
    intent: Int, key: Digest, facts: TrialFacts, seconds: Double, cpuSeconds: Double, peakMemory: Int, elapsed: Int
  ) {
    self.intent = intent
    self.key = key
    self.facts = facts
    self.seconds = seconds
    self.cpuSeconds = cpuSeconds
    self.peakMemory = peakMemory
    self.elapsed = elapsed
  }
}

extension Digest {
  /// As a value that GRDB binds as a blob.
  var blob: DatabaseValue { Data(bytes).databaseValue }
}

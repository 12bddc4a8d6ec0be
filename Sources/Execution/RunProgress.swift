package import Artifacts
package import Search

/// Something that a person who watches a run wants to know.
package enum RunProgress: Sendable {
  /// Another attune is at work in the project, in words: its end is waited for.
  case waiting(for: String)
  /// What of the experiment's limits cannot be kept here, in words.
  case weak(limits: [String])
  /// No more than so many trials run at once, because of what there is too little of, in words.
  case fewer(workers: Int, String)
  case started(trial: Int)
  case finished(TrialReport)
  /// A run of a trial failed, and is made again after so many milliseconds.
  case retrying(trial: Int, Failure, wait: Int, lastWords: String)
  /// The machine is short of something that a trial needs to start, in words; it is tried again.
  case short(of: String)
  /// There is no room left on the disk that holds this path: no more trials are started until there is.
  case paused(path: String)
  /// There is room again.
  case resumed
  /// Recorded outcomes were found for this many more trials.
  case reused(count: Int)
  /// The search is concluded, and these of its trials are run again, each with so many seeds: the first of them under
  /// this number, and the others after it.
  case confirming(trials: [Int], from: Int, seeds: Int)
  /// What becomes of a step beside the search.
  case step(name: String, StepState)
  /// Trials have begun to be stopped: no more are started.
  case draining(signal: Int)
  /// A limit of the real world is reached: no more trials are started.
  case closed(Closure.Cause)
  /// Nothing happened for a while.
  case tick
}

/// How a trial ended.
package struct TrialReport: Sendable {
  package var trial: Int
  package var result: TrialResult
  package var seconds: Double
  /// The first metric that it should have reported as a finite number and did not.
  package var blamed: String?
  /// The names of the metrics that it reported.
  package var metrics: [String]
  /// Where its output lies.
  package var folder: String
  /// The last line of a failed trial's standard error, or the one that names the metric that it did not report; at most
  /// 200 characters, and empty when there is none.
  package var lastWords: String
}

/// How far a run is.
package struct RunStatus: Sendable {
  package var planned = 0
  package var executed = 0
  package var reused = 0
  package var failed = 0
  /// Trials that a rule ended.
  package var stopped = 0
  /// Runs that were made again.
  package var retried = 0
  package var running = 0
  /// Trials that ended, or were recorded, and are no part of the result.
  package var surplus = 0
  /// The best trials among those that the search has seen.
  package var best: [Incumbent] = []
  /// How long the plan's runs have been at work, in milliseconds.
  package var elapsed = 0
  package var workers = 0
  /// How long this apply has been at work, in milliseconds.
  package var here = 0
  /// What the plan's runs have used; nil where nobody counts it.
  package var ledger: UsageLedger?
  /// How long the runs of this apply took, all together, in milliseconds, where that is counted.
  package var workHere = 0

  /// Adds what was run after.
  mutating func add(_ later: RunStatus) {
    executed += later.executed
    reused += later.reused
    failed += later.failed
    retried += later.retried
    surplus += later.surplus
    (elapsed, here) = (later.elapsed, later.here)
    (ledger, workHere) = (later.ledger, later.workHere)
  }

  /// Trials that have an outcome.
  package var done: Int { executed + reused }
}

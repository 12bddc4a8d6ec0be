package import Artifacts
internal import Glibc
package import Search

/// A trial's run that is to be launched.
package struct Job: Sendable {
  /// As the schedule numbers it.
  package var trial: Int
  /// As the journal, the trial itself and people number it: trials that confirm others come after those of the search.
  package var number: Int
  package var intent: Int
  package var key: Digest
  /// The point as canonical JSON.
  package var point: [UInt8]
  /// The same as the trial finds it, in groups where names have dots.
  var parameters: [UInt8]
  var arguments: [String]
  /// Variables for it alone.
  var variables: [TrialTemplate.Variable]
  package var seed: Int
  var folder: TrialFolder
  /// The folder of the trial that it continues from.
  var continued: TrialFolder?
  /// Whether it is no trial of its own without that one's checkpoint.
  var needsCheckpoint = false
  /// Whether what is in its checkpoint is of a run that does not count.
  var beginsAnew = false
  /// Whether the attempt before this one is known to have come to its end.
  var followsEnd = false
  /// What the attempts before this one have reported, once it is launched.
  var earlier: EarlierReports?
  /// Whether its folder was made for it; nil while nobody has looked.
  var isFolderNew: Bool?
  /// What ends it before its time.
  package var limits: TrialLimits
}

/// How a trial's run came to its end.
package struct EndedTrial: Sendable {
  package var job: Job
  package var ending: TrialFacts.Ending
  package var isCancelled: Bool
  package var seconds: Double
  package var cpuSeconds: Double
  /// In KiB.
  package var peakMemory: Int
  /// Why the run did not begin: nothing else is to be read of it.
  package private(set) var failure: (any Error)?

  /// Of a run that was launched and did not begin.
  package init(notBegun job: Job, _ failure: any Error) {
    self.init(job: job, ending: .exit(code: -1), isCancelled: false, seconds: 0)
    self.failure = failure
  }

  package init(
    job: Job, ending: TrialFacts.Ending, isCancelled: Bool, seconds: Double, cpuSeconds: Double = 0, peakMemory: Int = 0
  ) {
    self.job = job
    self.ending = ending
    self.isCancelled = isCancelled
    self.seconds = seconds
    self.cpuSeconds = cpuSeconds
    self.peakMemory = peakMemory
  }
}

/// Runs trials somewhere: as processes of this machine, or elsewhere.
///
/// It never waits: the loop that owns it calls `reap` and `enforceDeadlines` when it has been woken. All moments are those
/// of the loop's clock, in milliseconds. It decides nothing of the search and records nothing: a trial's outcome is what
/// `facts` says, and another executor gives another one only where the trial itself does.
package protocol TrialExecutor {
  /// How many runs were launched and have not been reaped.
  var runningCount: Int { get }
  /// The next moment at which `enforceDeadlines` has something to do.
  var nextDeadline: Int? { get }

  /// Does what of a launch can be done before there is a place for the run.
  func prepare(_ job: inout Job)

  /// Launches a run whose intent is durable. That it could not begin may show later, when it is reaped.
  ///
  /// - Throws: a `FileError` that is a shortage when the same may succeed later; anything else ends the apply.
  mutating func launch(_ job: Job, now: Int) throws

  /// Takes note of the runs that have ended. Each is given once.
  mutating func reap(now: Int) -> [EndedTrial]

  /// Ends what has taken too long.
  mutating func enforceDeadlines(now: Int)

  /// What the runs that are judged on the way have reported by now: those that have reported something since this was asked
  /// last. Their reports are never taken back.
  mutating func reports(now: Int) -> [(job: Job, curve: Curve)]

  /// Has a run end, on what it had reported up to a step: it is reaped as `stopped`.
  mutating func stop(_ job: Job, at step: Int, now: Int)

  /// Has the runs of these trials end: they are no part of the result. They are reaped as cancelled.
  ///
  /// - Returns: how many of them were running.
  @discardableResult
  mutating func cancel(_ trials: Set<Int>, now: Int) -> Int

  mutating func cancelAll(now: Int)

  /// What is known of a run that has ended.
  func facts(of ended: EndedTrial) -> TrialFacts

  /// What a run said last, or where it says something of a metric, that; empty when it said nothing.
  func lastWords(of job: Job, naming metric: String?) -> String
}

extension TrialExecutor {
  package func prepare(_ job: inout Job) {}
}

extension FileError {
  /// Whether the machine is short of something for the moment: the same may succeed later.
  var isShortage: Bool { [EAGAIN, ENOMEM, EMFILE, ENFILE].contains(code) }
}

extension Order {
  /// A trial's run at a point.
  ///
  /// - Parameters:
  ///   - parameters: the point as canonical JSON.
  ///   - variables: the values of those that the command names.
  func job(
    trial: Int, intent: Int = 0, at point: Point, _ parameters: [UInt8], _ name: TrialIdentity.Run,
    _ variables: [String: String]
  ) -> Job {
    let template = plan.plan.trial
    let space = plan.plan.search.space
    let folder = project.trialFolder(of: name.key)
    return Job(
      trial: trial, number: trial, intent: intent, key: name.key, point: parameters,
      parameters: space.hasDottedNames ? point.nestedJSON(in: space).canonicalBytes : parameters,
      arguments: template.arguments(
        for: point, in: space, seed: name.seed, folder: folder.path, variables: variables),
      variables: template.variables(for: point, in: space), seed: name.seed, folder: folder,
      limits: TrialLimits(template))
  }
}

extension TrialTemplate {
  /// As the trial will find them: what is declared hides what this process has.
  var valuesOfNamedVariables: [String: String] {
    let pairs = namedVariables.map { name in
      let declared = environment.first { $0.name == name }?.value
      return (name, declared ?? ProcessEnvironment.value(of: name) ?? "")
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }
}

extension Space {
  fileprivate var hasDottedNames: Bool { parameters.contains { $0.name.contains(".") } }
}

internal import ArgumentParser
internal import Artifacts
internal import Compiler
internal import Execution
internal import Report
internal import Store

extension ExitCode {
  static let noTrialCompleted = ExitCode(1)
  /// 20 and the number of the level that failed.
  static func verification(_ level: Verification.Level) -> ExitCode {
    ExitCode(20 + Int32(Verification.Level.allCases.firstIndex(of: level) ?? 0))
  }
  /// Trials that were run again gave another result.
  static let notReproduced = ExitCode(25)
  /// A step beside the search failed.
  static let stepFailed = ExitCode(4)
  /// The budget did not suffice for the result.
  static let budgetUsedUp = ExitCode(5)
  static let usage = ExitCode(64)
  static let badDocument = ExitCode(65)
  static let unavailable = ExitCode(69)
  static let inputOutput = ExitCode(74)
  static let locked = ExitCode(75)
  static func signal(_ number: Int) -> ExitCode { ExitCode(Int32(128 + number)) }
}

/// Says what went wrong and ends the program with the code that stands for it.
///
/// - Parameter subject: the file that it went wrong with, where the error does not name it.
func reporting<Result>(_ subject: String, _ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let exit as ExitCode { throw exit } catch {
    let (code, help) = explanation(of: error)
    let isNamed = error is FileError || error is LockHeld || error is StoreError || error is ExecutionError
    Console.note("error: \(isNamed ? "" : "\(subject): ")\(error)")
    if let help { Console.note(" = help: \(help)") }
    throw code
  }
}

/// What the trial printed in place of the metric, and the name that was meant.
private func help(ofMissing report: TrialReport) -> String {
  let metric = report.blamed ?? ""
  let names = report.metrics.prefix(8).map { "`\(Text.printable($0))`" }.joined(separator: ", ")
  let meant = Suggestion.closest(to: metric, among: report.metrics).map { "; did you mean `\(Text.printable($0))`?" }
  var lines = [names.isEmpty ? "it reported no metric at all" : "it reported \(names)\(meant ?? "")"]
  if !report.lastWords.isEmpty { lines.append("it printed: \(Text.printable(report.lastWords))") }
  lines.append("its output is in \(Console.shortened(report.folder))")
  lines.append("`failures: {metric-missing: failed}` below `trial` goes on with the other trials nonetheless")
  return lines.joined(separator: "\n         ")
}

private func explanation(of error: any Error) -> (ExitCode, help: String?) {
  switch error {
  case is DocumentError: return (.badDocument, nil)
  case is LockHeld:
    return (
      .locked, "`attune apply --wait` waits for its end, `attune cancel` asks it to stop; what it has done is kept"
    )
  case let error as ExecutionError:
    switch error {
    case .inputsChanged: return (.badDocument, "plan again: `attune plan` shows what the change means")
    case .inputsNotRecorded:
      return (
        .badDocument, "bring them back as they were, from version control: what they give now says nothing of then"
      )
    case .inputsChangedDuringRun:
      return (
        .badDocument,
        "apply again: trials whose inputs are as they were are not run again. What trials write is no input: name it in `.gitignore`, or list what they read under `inputs`"
      )
    case .programMissing:
      return (.unavailable, "is it installed, and named as in `run`? A path is relative to the experiment's folder")
    case .resourcesMissing:
      return (
        .unavailable,
        "`--gpus 0,1` names GPUs that are not found, and `--resource NAME=N` says how much there is of what you name"
      )
    case .variablesMissing: return (.unavailable, "set it where `attune apply` is started: `NAME=value attune apply …`")
    case .secretWritten:
      return (
        .badDocument, "remove the value: the trial reads it from its environment; and since it was written, change it"
      )
    case .cannotLaunch: return (.unavailable, nil)
    case .resultsOfAnother: return (.badDocument, "`name` names the folder of the results")
    case .trialUnknown: return (.badDocument, nil)
    case .checkpointMissing:
      return (.badDocument, "without it this would be another training; `attune apply --fresh` trains all of it again")
    case .stepsNotCurrent: return (.badDocument, "`attune apply` of the experiment runs its steps again")
    case .notPrepared(let failures):
      let folders = failures.map { Console.shortened($0.folder) }.joined(separator: ", ")
      return (.stepFailed, "its output is in \(folders); the same command goes on from there when it is mended")
    case .budgetUsedUp: return (.budgetUsedUp, "raise it under `budget`, or confirm fewer trials")
    case .metricMissing(let report): return (.noTrialCompleted, help(ofMissing: report))
    case .sessionOfAnother:
      return (.badDocument, "name another journal, or bring the experiment back as it was")
    case .sessionDiffers: return (.inputOutput, "go on with the attune that the session was begun with")
    case .stateOnNetwork:
      return (.inputOutput, "make `.attune` a link to a folder on a local disk; results may lie on the network")
    case .replayDiffers: return (.inputOutput, "nothing is lost: what ended is in the journal")
    }
  case let error where StoreError.isDamage(error):
    return (.inputOutput, "`attune doctor` says what is damaged, and with --rebuild mends it")
  default: return (.inputOutput, nil)
  }
}

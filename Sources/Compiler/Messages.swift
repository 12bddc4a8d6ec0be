internal import Artifacts
internal import Search

/// Every sentence that the compiler says, in the order of its codes. A code keeps its meaning for good.
extension Message {
  // MARK: E00 The bytes

  static func tooLarge(_ size: Int) -> Message {
    Message(
      "E0001", "the file has \(size) bytes; the most is \(SourceText.maximumSize)", "",
      help: "an experiment is a short text: is this the right file?")
  }

  static func notUTF8(_ offset: Int) -> Message {
    Message(
      "E0002", "the file is not UTF-8: byte \(offset) is no part of a character", "here", help: "save the file as UTF-8"
    )
  }

  static let utf16 = Message("E0003", "the file is UTF-16", "", help: "save the file as UTF-8")

  static let nulInFile = Message("E0004", "the file has a NUL byte", "here", help: "is this the right file?")

  // MARK: E01 YAML

  /// - Parameter hasPlaceholder: whether a placeholder stands before the place, on the same line.
  static func syntax(_ problem: String, hasPlaceholder: Bool = false) -> Message {
    Message(
      "E0101", "this is not YAML: \(problem)", "here",
      help: hasPlaceholder ? "between `{` and `}`, a value that holds `${…}` must be in quotes" : nil)
  }

  static let tabIndentation = Message(
    "E0102", "a tab cannot indent", "this is a tab", help: "use spaces: YAML does not allow tabs for indentation")

  static let severalDocuments = Message(
    "E0103", "the file has more than one document", "a second one begins here", help: "write one experiment per file")

  static let emptyFile = Message(
    "E0104", "the file is empty", "", help: "an experiment begins with `attune: 1`, a `name` and an `objective`")

  static let tooDeep = Message("E0105", "this is nested more than \(YAMLReader.maximumDepth) levels deep", "here")

  static let tooManyNodes = Message(
    "E0106", "the file has more than \(YAMLReader.maximumNodes) values, with every alias followed",
    "the limit is passed here")

  static func unknownAlias(_ name: String, known: [String]) -> Message {
    Message(
      "E0107", "no anchor `&\(name)` stands above", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `*\($0)`?" })
  }

  static func aliasOfItself(_ name: String) -> Message {
    Message("E0108", "`*\(name)` stands within the value that it names", "this would never end")
  }

  static func tag(_ tag: String) -> Message {
    Message("E0109", "a tag (`\(tag)`) has no meaning here", "", help: "remove it: the key above a value says its type")
  }

  static func duplicateKey(_ key: String) -> Message {
    Message("E0110", "the key `\(key)` stands twice", "and again here", help: "remove one of them")
  }

  static func keyIsNotText(_ kind: String) -> Message { Message("E0111", "a key is a text, and this is \(kind)") }

  // MARK: E1 Structure

  static func unknownKey(_ key: String, in section: String, known: [String]) -> Message {
    Message(
      "E1001", "\(section) has no key `\(key)`", "not a key of \(section)",
      help: Suggestion.closest(to: key, among: known).map { "did you mean `\($0)`?" }
        ?? "the keys are \(Suggestion.list(known))")
  }

  static func missingKey(_ key: String, in section: String, example: String) -> Message {
    Message("E1002", "\(section) has no `\(key)`", "it belongs in here", help: "for example `\(example)`")
  }

  static func expected(_ type: String, of what: String, found: String) -> Message {
    Message("E1003", "\(what) should be \(type)", "this is \(found)")
  }

  static func later(_ feature: String) -> Message {
    Message(
      "E1004", "\(feature): not in this version", "this version cannot do it",
      help: "docs/status.md lists what is planned")
  }

  static func unknownLanguageVersion(_ found: String) -> Message {
    Message(
      "E1005", "the version of the language is 1, not `\(found)`", "",
      help: "write `attune: 1`, or use a version of attune that knows this one")
  }

  static func badName(_ name: String) -> Message {
    Message(
      "E1006", "`\(name)` cannot name an experiment", "",
      help:
        "at most 64 letters of a–z, digits, `_`, `-` and `.`; the first is none of `-` and `.`. It names a folder of results"
    )
  }

  static func ambiguousNumber(_ text: String, reading: String) -> Message {
    Message("E1007", "`\(text)` is read in two ways: \(reading)", "write it plainly", help: "quote it if it is a text")
  }

  static func numberOutOfRange(_ text: String) -> Message {
    let size = Double(text) == 0 ? "small" : "large"
    return Message(
      "E1008", "`\(text)` is too \(size) a number", "",
      help: "whole numbers go up to 2^53, others from about 5e-324 to 1.8e308")
  }

  static func quotedNumber(_ what: String, text: String) -> Message {
    Message("E1009", "\(what) should be a number", "in quotes, this is a text", help: "remove the quotes: `\(text)`")
  }

  static func outOfBounds(_ what: String, value: String, bounds: ClosedRange<Int>) -> Message {
    Message("E1010", "\(what) is \(value), and should lie between \(bounds.lowerBound) and \(bounds.upperBound)")
  }

  static func notADuration(_ text: String, _ what: String) -> Message {
    Message(
      "E1011", "`\(text)` is no length of time for \(what)", "",
      help: Double(text) == nil
        ? "write numbers with units: `90s`, `10m`, `1h30m`, `2d`, `500ms`"
        : "add the unit: `\(text)s`, `\(text)m` or `\(text)h`")
  }

  static let bothGoals = Message("E1012", "an objective either minimizes or maximizes", "this says one thing")

  static func badMetricName(_ name: String) -> Message {
    Message(
      "E1013", "`\(name)` cannot name a metric", "",
      help: "letters, digits and `_ - . / @ %`, and a letter or `_` first: as in `val_error` or `eval/loss`")
  }

  static func oneRuleEach(found: String) -> Message {
    Message(
      "E1014", "each entry of `stopping` is one rule", "this is \(found)", help: "for example `- plateau: {trials: 30}`"
    )
  }

  static let targetBelongsToObjective = Message(
    "E1015", "the target is a part of the objective", "not here",
    help: "write it there: `objective: {minimize: val_error, target: 0.02}`")

  static func badVariableName(_ name: String) -> Message {
    Message(
      "E1016", "`\(name)` cannot name a variable of the environment", "",
      help: name.hasPrefix("ATTUNE_")
        ? "names that begin with ATTUNE_ are attune's own" : "it has no `=`, and is not empty")
  }

  static func unknownMetricSource(_ name: String, known: [String]) -> Message {
    Message(
      "E1018", "metrics cannot be read from `\(name)`", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? "metrics are read from \(Suggestion.list(known))")
  }

  static let nulByte = Message("E1017", "a NUL character cannot be handed to a program", "", help: "remove `\\0`")

  // MARK: E2 The search space

  static let noParameters = Message(
    "E2001", "there is nothing to tune", "no parameters",
    help: "for example `learning_rate: {float: [1e-4, 1e-1], scale: log}`")

  static func reservedParameterName(_ name: String) -> Message {
    Message(
      "E2018", "`\(name)` cannot name a parameter: `${\(name)}` stands for all of them", "",
      help: "give it another name")
  }

  static func badParameterName(_ name: String) -> Message {
    Message(
      "E2002", "`\(name)` cannot name a parameter", "",
      help: "letters of a–z, digits, `_` and `-`, and a letter or `_` first")
  }

  static func noType(_ name: String) -> Message {
    Message(
      "E2003", "the parameter `\(name)` has no type", "",
      help: "one of `float: [low, high]`, `int: [low, high]` and `choice: [a, b]`")
  }

  static func severalTypes(_ name: String, _ types: [String]) -> Message {
    Message(
      "E2004", "the parameter `\(name)` is \(types.map { "`\($0)`" }.joined(separator: " and ")) at once",
      "a second type")
  }

  static func listAsParameter(_ name: String) -> Message {
    Message(
      "E2005", "a list does not say what `\(name)` is", "", help: "write `{choice: […]}` to choose one of its values")
  }

  static func twoBounds(_ type: String, count: Int) -> Message {
    Message(
      "E2006", "`\(type)` takes two bounds", "this has \(count)",
      help: "write `\(type): [low, high]`; both ends are included")
  }

  static func boundsSwapped(low: String, high: String) -> Message {
    Message("E2007", "the lower bound is above the upper one", "\(low) > \(high)", help: "write `[\(high), \(low)]`")
  }

  static func logBound(_ value: Double) -> Message {
    let number = JSON.number(value).canonicalText
    return value <= 0
      ? Message(
        "E2008", "a bound of a log-scaled range must be positive", "this is \(number)",
        help: "use a small positive bound, such as 1e-6 (1 for an int), or remove `scale: log`")
      : Message("E2008", "a bound of a log-scaled range lies between 1e-300 and 1e300", "this is \(number)")
  }

  static let rangeTooWide = Message("E2009", "the range is too wide: its width is no finite number")

  static let stepNotPositive = Message("E2010", "a step must be positive")

  static let stepOnLogScale = Message(
    "E2011", "a step and `scale: log` exclude each other", "",
    help: "remove one of them, or list the values with `choice`")

  static func stepDoesNotDivide(range: Double, step: Double) -> Message {
    let (width, size) = (JSON.number(range).canonicalText, JSON.number(step).canonicalText)
    return Message(
      "E2012", "the step does not divide the range", "\(width) / \(size) is no whole number",
      help: "change a bound or the step, so that the upper bound is reached")
  }

  static func unknownScale(_ text: String) -> Message {
    Message(
      "E2013", "there is no scale `\(text)`", "",
      help: Suggestion.closest(to: text, among: ["linear", "log"]).map { "did you mean `\($0)`?" }
        ?? "the scales are `linear` and `log`")
  }

  static let emptyChoice = Message("E2014", "a choice needs at least one value", "this is empty")

  static let choiceTwice = Message(
    "E2015", "the same value stands twice in a choice", "and again here", help: "remove one of them")

  static func notForChoice(_ key: String) -> Message {
    Message("E2016", "`\(key)` has no meaning for a choice", "", help: "remove it, or use `float` or `int`")
  }

  static func defaultOutside(_ name: String, value: String, _ domain: Domain) -> Message {
    Message("E2017", "the default of `\(name)` is not one of its values", "\(value) is not in \(domain.description)")
  }

  // MARK: E3 Strategy, budget, stopping

  static func unknownStrategy(_ name: String, known: [String]) -> Message {
    Message(
      "E3001", "there is no strategy `\(name)`", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? "the strategies are \(Suggestion.list(known))")
  }

  static func gridOverContinuous(_ name: String) -> Message {
    Message(
      "E3002", "a grid needs a finite number of values, and `\(name)` is continuous", "it is continuous",
      help: "give it a `step`, list its values with `choice`, or use `strategy: sobol`")
  }

  static func gridTooLarge(_ size: String) -> Message {
    Message(
      "E3003", "the grid has \(size) points; the most is \(SearchSettings.maximumTrials)", "",
      help: "say how many of them to try with `budget: {trials: …}`, widen the steps, or use `strategy: sobol`")
  }

  static func needsTrials(_ strategy: String) -> Message {
    Message(
      "E3004", "`\(strategy)` goes on for ever: the budget must say how many trials", "it belongs in here",
      help: "for example `budget: {trials: 100}`")
  }

  static let pointsMissing = Message(
    "E3005", "the strategy `list` needs the points to try", "",
    help: "for example `points: [{lr: 0.1}, {lr: 0.01}]`, below `search`")

  static func pointsWithoutList(_ strategy: String) -> Message {
    Message(
      "E3006", "`points` goes with the strategy `list`, and this one is `\(strategy)`", "",
      help: "write `strategy: list`, or remove `points`")
  }

  static func pointLacks(_ names: [String]) -> Message {
    Message(
      "E3007", "the point has no value for \(Suggestion.list(names))", "",
      help: "a parameter with a `default` may be left out")
  }

  static func pointOutside(_ name: String, value: String, _ domain: Domain) -> Message {
    Message("E3008", "`\(value)` is not one of the values of `\(name)`", "not in \(domain.description)")
  }

  static let pointTwice = Message("E3009", "the same point stands twice", "and again here", help: "remove one of them")

  static func tooManyDimensions(_ strategy: String, _ count: Int, most: Int) -> Message {
    Message(
      "E3010", "`\(strategy)` takes at most \(most) parameters, and there are \(count)", "",
      help: "use `strategy: random`")
  }

  static let negativeImprovement = Message(
    "E3011", "an improvement is not negative", "", help: "0 counts every improvement, however small")

  // MARK: E4 References

  static let emptyCommand = Message(
    "E4001", "the command is empty", "", help: "for example `run: python train.py ${args}`")

  static let openQuote = Message("E4002", "a quote is not closed", "it begins here")

  static func needsShell(_ word: String) -> Message {
    Message(
      "E4003", "`\(word)` means something to a shell only, and `run` uses none", "",
      help: "put the commands into a script and run that, or quote the word if it is an argument")
  }

  static func variableBeforeCommand(_ word: String) -> Message {
    Message(
      "E4003", "`\(word)` sets a variable for a shell only, and `run` uses none", "",
      help: "write it under `environment`, below `trial`")
  }

  static let openPlaceholder = Message("E4004", "a placeholder is not closed", "", help: "it ends with `}`")

  static let bareDollar = Message(
    "E4005", "a dollar begins a placeholder", "", help: "write `${name}`, or `$$` for a dollar")

  static let argumentsNotAlone = Message(
    "E4006", "`${args}` is several arguments, and cannot be a part of one", "", help: "put a space on either side of it"
  )

  static func unknownPlaceholder(_ name: String, known: [String]) -> Message {
    Message(
      "E4007", "`${\(name)}` is no parameter", "",
      help: Suggestion.closest(to: name, among: known + ["args", "trial.dir", "trial.seed"]).map {
        "did you mean `${\($0)}`?"
      }
        ?? "the placeholders are the parameters' names, `args`, `trial.dir` and `trial.seed`")
  }

  static func unknownParameter(_ name: String, known: [String]) -> Message {
    Message(
      "E4008", "there is no parameter `\(name)`", "",
      help: Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
        ?? "the parameters are \(Suggestion.list(known))")
  }

  static let inputUnnamed = Message(
    "E4014", "an input has no name", "", help: "`.` is the whole folder of the experiment")

  static func inputMissing(_ path: String) -> Message {
    Message("E4009", "the input `\(path)` does not exist", "", help: "inputs are relative to the experiment's folder")
  }

  static func inputEmpty(_ path: String) -> Message {
    Message("E4010", "the input `\(path)` is a folder without files")
  }

  static func inputAbsolute(_ path: String) -> Message {
    Message(
      "E4011", "an input is relative to the experiment's folder", "this is absolute",
      help: "another machine would not find it")
  }

  static func inputUnreadable(_ reason: String) -> Message { Message("E4012", "an input cannot be read: \(reason)") }

  static func tooManyInputs(_ count: Int) -> Message {
    Message(
      "E4013", "the experiment's folder has more than \(count) files that git does not ignore", "no `inputs` here",
      help: "list the files that the trials read under `inputs`, or add the others to .gitignore")
  }

  // MARK: W Warnings

  static func oneValue(_ name: String) -> Message {
    Message(
      "W2001", "`\(name)` can take one value only", "", help: "a constant says so in fewer words: `\(name): value`")
  }

  static func budgetBelowGrid(trials: Int, points: String, strategy: String) -> Message {
    Message(
      "W3001", "the budget ends the \(strategy) early: \(trials) of its \(points) points are tried", "",
      help: "the first ones in the order of the \(strategy); `random` and `sobol` spread them over the space")
  }

  static func budgetAboveSpace(trials: Int, points: Int, strategy: String) -> Message {
    Message(
      "W3002", "there are \(points) points, and \(trials) trials: `\(strategy)` will propose some of them again", "",
      help: "a point that comes again is not run again; `strategy: grid` tries each once")
  }

  static func plateauNeverFires(trials: Int, budget: Int) -> Message {
    Message(
      "W3003",
      "the plateau can never end the search: it waits for \(trials) trials after the first, and there are \(budget)")
  }

  static func parameterUnused(_ names: [String]) -> Message {
    Message(
      "W4001", "the command does not name \(Suggestion.list(names))", "",
      help: "add `${args}` or `${\(names.first ?? "name")}`, unless the trial reads the file named by ATTUNE_PARAMS")
  }
}

/// Names that were probably meant.
enum Suggestion {
  /// The name that is the fewest edits away, if they are few.
  static func closest(to name: String, among known: [String]) -> String? {
    let limit = max(1, name.count / 3)
    let distances = known.map { (name: $0, distance: distance(Array(name.lowercased()), Array($0.lowercased()))) }
    return distances.filter { $0.distance <= limit }.min { $0.distance < $1.distance }?.name
  }

  static func list(_ names: [String]) -> String {
    let quoted = names.map { "`\($0)`" }
    guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " and " + last
  }

  /// Insertions, deletions, replacements and swaps of neighbours (Damerau, 1964), restricted to one edit per place.
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}

extension Domain {
  /// As people write it.
  var description: String {
    func text(_ number: Double) -> String { JSON.number(number).canonicalText }
    switch self {
    case .float(let range):
      return "[\(text(range.lower)), \(text(range.upper))]" + (range.step.map { " in steps of \(text($0))" } ?? "")
    case .int(let range):
      return "[\(range.lower), \(range.upper)]" + (range.step == 1 ? "" : " in steps of \(range.step)")
    case .choice(let values): return "[\(values.map { $0.text(in: self) }.joined(separator: ", "))]"
    case .constant(let value): return value.text(in: self)
    }
  }
}

internal import Artifacts

/// A key that stands where it means nothing, and what it means elsewhere: in other tools, or in another section.
struct ForeignKey {
  /// The keys of the section that say the same, of which one is meant; or the one that it belongs under.
  let meant: [String]
  let isMisplaced: Bool
  let help: String

  /// The only key that says the same.
  var only: String? { meant.count == 1 && !isMisplaced ? meant[0] : nil }

  init?(_ key: String, in section: String) {
    let word = key.lowercased().filter { $0 != "_" && $0 != "-" }
    let kind =
      section.hasPrefix("the parameter")
      ? "the parameter"
      : FailureClass.allCases.contains { section == "`\($0.rawValue)`" }
        ? "the policy" : section.hasPrefix("the step") ? "the step" : section
    if let group = Self.groups.first(where: { $0.section == kind && $0.words.contains(word) }) {
      self = group.foreign
    } else if kind == "the experiment", let owner = Self.owners[key] {
      (meant, isMisplaced, help) = ([owner], true, "it belongs under `\(owner)`")
    } else {
      return nil
    }
  }

  private init(meant: [String], help: String) {
    self.meant = meant
    isMisplaced = false
    self.help = help
  }

  /// Where the keys belong that are often written beside their section.
  private static let owners: [String: String] = {
    let sections = [
      "trial": ["run", "shell", "inputs", "environment", "timeout", "metrics", "repeats", "failures", "resources"],
      "budget": ["trials", "parallel", "time"],
      "search": ["strategy", "seed", "points", "initial"],
      "objective": ["minimize", "maximize", "target"],
      "stopping": ["plateau"],
    ]
    return Dictionary(uniqueKeysWithValues: sections.flatMap { owner, keys in keys.map { ($0, owner) } })
  }()

  private struct Group {
    var section: String
    /// In small letters, without `_` and `-`.
    var words: Set<String>
    var foreign: ForeignKey

    init(_ section: String, _ words: String, _ meant: String) {
      self.init(section, words, [meant], "did you mean `\(meant)`?")
    }

    init(_ section: String, _ words: String, _ meant: [String], _ help: String) {
      self.section = section
      self.words = Set(words.split(separator: " ").map(String.init))
      foreign = ForeignKey(meant: meant, help: help)
    }
  }

  /// The words of Optuna, Ray Tune, W&B, Katib, SMAC, scikit-optimize and NNI.
  private static let groups = [
    Group(
      "the parameter",
      "type distribution parametertype low high min max lower upper bounds range feasiblespace uniform",
      ["float", "int"], "write a range as `float: [low, high]` or `int: [low, high]`"),
    Group("the parameter", "values value categorical options enum categories choices list", "choice"),
    Group("the parameter", "log logscale", ["scale"], "write `scale: log`"),
    Group("the parameter", "init initial defaultvalue", "default"),
    Group("the parameter", "q quantize", "step"),
    Group("the parameter", "condition conditions if", "when"),
    Group(
      "`objective`", "metric name direction mode type goaltype objectivemetricname",
      ["minimize", "maximize"], "write `minimize: METRIC` or `maximize: METRIC`"),
    Group("`objective`", "goal threshold", "target"),
    Group("`search`", "algorithm algo method sampler tuner type name searchalgorithm", "strategy"),
    Group("`search`", "randomstate randomseed", "seed"),
    Group(
      "`budget`",
      "maxtrials ntrials numtrials maxtrialcount numsamples count maxevals nevals evaluations iterations niter",
      "trials"),
    Group(
      "`budget`", "workers nworkers njobs jobs parallelism parallelcount paralleltrialcount concurrency maxconcurrent",
      "parallel"),
    Group("`budget`", "money price maxcost costlimit dollars euros", "cost"),
    Group("`budget`", "prices costs", "rates"),
    Group("`budget`", "maxtime timelimit walltime duration hours", "time"),
    Group("`budget`", "timeout", ["time"], "`time` is of all trials together, and `timeout` under `trial` of each"),
    Group(
      "`budget`", "trialtime trialtimeout maxtrialtime timepertrial", [],
      "`timeout` under `trial` is how long each may take"),
    Group(
      "`budget`", "epochs maxepochs totalepochs steps maxsteps totalsteps", ["fidelity"],
      "`fidelity: 500` is how much of the fidelity, such as epochs, all trials together may take"),
    Group("`trial`", "command cmd script program entrypoint exec", "run"),
    Group("`trial`", "env envs environ environmentvariables", "environment"),
    Group("`trial`", "files deps dependencies", "inputs"),
    Group("`trial`", "timelimit maxtime walltime", "timeout"),
    Group("`trial`", "replicates seeds nseeds", "repeats"),
    Group(
      "`trial`", "retries retry maxretries backofflimit maxfailedtrialcount", ["failures"],
      "write `failures: {exit: {retries: 2}}`"),
    Group("`plateau`", "patience n count window epochs", "trials"),
    Group("`plateau`", "mindelta delta tolerance threshold", "improvement"),
    Group("`repeats`", "racing race", [], "racing is a rule: `stopping: [{racing: {p: 0.05}}]`"),
    Group("`repeats`", "n count times replicates number", "seeds"),
    Group("`repeats`", "agg reduce reduction how", "aggregate"),
    Group("`confirm`", "n count k best trials", "top"), Group("`confirm`", "seeds replicates times number", "repeats"),
    Group("`confirm`", "agg select reduce how", "aggregate"),
    Group("`metrics`", "source type format kind", "from"),
    Group("`metrics`", "file filename folder", "path"),
    Group("`metrics`", "regex regexp re", "pattern"),
    Group("`stopping`", "cost money time", [], "limits of time and cost stand under `budget`"),
    Group("`stopping`", "pruner pruning prune medianpruner medianstopping", "median"),
    Group("`stopping`", "earlystopping earlystop", "patience"), Group("`stopping`", "extrapolation", "learning_curve"),
    Group("`median`", "warmup nwarmupsteps startstep graceperiod", "warmup_steps"),
    Group("`median`", "nstartuptrials startup mintrials minsamplesrequired", "warmup_trials"),
    Group("`bandit`", "slackfactor ratio", "factor"), Group("`bandit`", "slackamount amount tolerance", "slack"),
    Group("`threshold`", "max above most", "upper"), Group("`threshold`", "min below least", "lower"),
    Group("`wilcoxon`", "pthreshold pvalue alpha", "p"), Group("`racing`", "pthreshold pvalue alpha", "p"),
    Group("`racing`", "confidence", [], "`p` is what is left of it: `p: 0.05` is a confidence of 95 %"),
    Group("`search`", "members populationsize popsize", "population"),
    Group("`stopping`", "race frace irace welch ttest", "racing"),
    Group("`patience`", "patience epochs rounds", "steps"),
    Group("`patience`", "mindelta delta tolerance", "improvement"),
    Group("`failures`", "consecutive inarow", "in_a_row"), Group("`failures`", "max total", "count"),
    Group("`failures`", "ratio share fraction", "rate"),
    Group("the step", "command cmd script program entrypoint exec", "run"),
    Group("the step", "deps dependencies files sources", "inputs"),
    Group("the step", "outs targets produces", "outputs"),
    Group("the step", "needs dependson requires", "after"),
    Group("the step", "env envs environ environmentvariables", "environment"),
    Group("the step", "timelimit maxtime walltime", "timeout"),
    Group("the policy", "retry attempts maxretries tries", "retries"),
    Group("the policy", "backoff delay pause sleep", "wait"),
    Group("the experiment", "extend extending base bases inherit inherits include includes defaults", "extends"),
    Group("the experiment", "command cmd run_command script", "trial"),
    Group("the experiment", "params parameterspace searchspace space hyperparameters hparams", "parameters"),
    Group("the experiment", "metric goal optimize", "objective"),
    Group("the experiment", "earlystopping earlyterminate stop", "stopping"),
    Group("the experiment", "version apiversion", "attune"),
  ]
}

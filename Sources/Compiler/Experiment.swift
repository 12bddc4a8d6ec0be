internal import Artifacts
internal import Search

/// What an experiment file says, each value with its place. A part that is nil was absent, or was wrong and has been
/// reported: no check that comes later looks at it again.
struct Experiment: Sendable {
  var name: Located<String>?
  /// Empty when there is none, or one is wrong.
  var objectives: [Objective] = []
  var parameters: [ParameterDeclaration] = []
  /// Whether every parameter could be read.
  var parametersAreComplete = false
  /// The names of those that could not be read; nil where it is not known which names they are, so that nothing can be
  /// said of names that are unknown.
  var unreadNames: Set<String>? = []
  var constraints: [ParsedExpression] = []
  /// Its parameter is one of the parameters.
  var fidelity: FidelityDeclaration?
  var search: SearchDeclaration?
  var budget = Budget()
  var plateaus: [Plateau] = []
  /// The rules over what a model expects, each at its key.
  var expectations: [Located<StoppingRule>] = []
  /// How many trials may fail, for each number that says so.
  var failureLimits: [Located<FailureLimit>] = []
  /// The rules that end single trials, each at its key.
  var trialRules: [Located<TrialRule>] = []
  var trial: TrialDeclaration?
  /// How many runs each trial has.
  var runs: Int { trial?.repeats.seeds ?? 1 }
  /// Whether nothing is said of the trial, right or wrong: the experiment is for sessions alone.
  var lacksTrial = false
  var steps: [StepDeclaration] = []
  var confirmation: Located<ConfirmationRule>?
  /// Names of variables.
  var secrets: [Located<String>] = []

  /// Whether a rule looks at a metric other than the objective.
  func watches(_ rule: TrialRule) -> Bool {
    rule.kind.metric.map { metric in !objectives.contains { $0.metric.value == metric } } ?? false
  }

  struct Objective: Sendable {
    var goal: Goal
    var metric: Located<String>
    var target: Located<Double>?
  }

  struct ParameterDeclaration: Sendable {
    var name: Located<String>
    /// Without its condition.
    var parameter: Parameter
    /// Where the declaration's value stands.
    var span: Span
    var when: ParsedExpression?
    /// The labels of choices that it stands under, the outermost first.
    var labels: [Label]
    var defaultSpan: Span?
  }

  /// A value of a choice that opens a space of its own.
  struct Label: Hashable, Sendable {
    var choice: String
    var value: Value
  }

  struct FidelityDeclaration: Sendable {
    var fidelity: Fidelity
    /// Where it stands.
    var span: Span
    /// Where `every` stands, or else `from` or `reduction`; nil where neither does.
    var steps: Span?
    var isEven: Bool { fidelity.reduction == 1 }
  }

  struct SearchDeclaration: Sendable {
    var strategy: Located<StrategyName>
    var seed: UInt64
    var lanes: Located<Int>?
    /// Where `reuse` stands, which says that earlier outcomes are learnt from.
    var reuse: Span?
    /// Where new points come from in a strategy that goes from rung to rung.
    var proposals: Located<RungProposals>?
    /// How many of its brackets `hyperband` goes through.
    var brackets: Located<Int>?
    /// Of population-based training.
    var population: Located<Int>?
    var points: [Located<[SyntaxNode.Entry]>]?
    /// Where the strategy is one after the other.
    var phases: Located<[Phase]>?
    /// To be tried before the strategy's own.
    var initial: Located<[Located<[SyntaxNode.Entry]>]>?
  }

  struct Phase: Sendable {
    var strategy: Located<StrategyName>
    var trials: Located<Int>?
    var span: Span
  }

  enum StrategyName: String, CaseIterable, Sendable {
    case auto
    case bayesian
    case tpe
    case cmaes
    case evolution
    case successiveHalving = "successive-halving"
    case hyperband
    case asha
    case bohb
    case pbt
    case sobol
    case random
    case grid
    case list

    /// By a name that it has elsewhere: in Optuna, Ray Tune, SMAC, Syne Tune, Hyperopt, Katib or papers.
    init?(elsewhere name: String) {
      let word = name.lowercased().filter { $0.isLetter || $0.isNumber }
      let names: [(StrategyName, String)] = [
        (.successiveHalving, "sha halving successivehalving successivehalvingpruner synchronoushalving"),
        (.asha, "ashascheduler asynchyperband asynchronoussuccessivehalving"), (.hyperband, "hb hyperbandpruner"),
        (.bayesian, "gp gpsampler bo bayes bayesopt bayesianoptimization gaussianprocess botorch gpei hebo skopt"),
        (.tpe, "tpesampler hyperopt parzen"), (.cmaes, "cma cmaessampler"), (.random, "randomsearch randomsampler"),
        (.evolution, "nsga nsga2 nsgaii nsgaiisampler genetic ga ea evolutionary de regularizedevolution"),
        (.pbt, "populationbasedtraining pb2"), (.grid, "gridsearch gridsampler exhaustive"),
        (.sobol, "qmc qmcsampler quasirandom halton lhs latinhypercube"), (.auto, "default automatic"),
      ]
      guard let match = names.first(where: { $0.1.split(separator: " ").contains { $0 == word } })?.0 else {
        return nil
      }
      self = match
    }

    /// Whether it goes on for as long as there are trials.
    var isEndless: Bool { self != .grid && self != .list }

    /// Whether it goes from rung to rung of the fidelity, with which few trials go on.
    var goesOverRungs: Bool { rungScheme != nil }

    /// How it does that.
    var rungScheme: RungScheme? {
      switch self {
      case .successiveHalving: .successiveHalving
      case .hyperband, .bohb: .hyperband
      case .asha: .asha
      case .auto, .pbt, .bayesian, .tpe, .cmaes, .evolution, .sobol, .random, .grid, .list: nil
      }
    }

    /// Whether it looks at outcomes.
    var isAdaptive: Bool { isEndless && self != .random && self != .sobol }
  }

  struct Budget: Sendable {
    var trials: Located<Int>?
    var fidelity: Located<Int>?
    /// Whether nothing is said of the trials, right or wrong.
    var lacksTrials = true
    var parallel: Int?
    /// In milliseconds.
    var time: Int?
    var usage = UsageBudget.none
    /// Where its limits stand.
    var limits: [UsageBudget.Account: Span] = [:]
    /// The names that have a rate.
    var rates: [Located<String>] = []
    var ratesAreRead = true
    var span: Span?
  }

  struct Plateau: Sendable {
    var trials: Located<Int>
    var improvement: Located<Double>?
  }

  struct TrialDeclaration: Sendable {
    /// Nil when there is none, or it is wrong.
    var program: Program?
    /// Where the program stands, or else the whole.
    var span: Span
    /// As they are written.
    var inputs: Located<[Located<String>]>?
    var environment: [VariableDeclaration]
    /// In milliseconds.
    var timeout: Int?
    /// In milliseconds.
    var silence: Int?
    /// In milliseconds.
    var grace: Int
    /// Nil when they are wrong.
    var metrics: MetricsDeclaration?
    var repeats: Repeats
    var failures: FailurePolicies
    /// The classes of failures after which there is more of what ran out.
    var growths: [Located<FailureClass>]
    var interpreter: Interpreter.Policy
    var isCached: Bool
    var resources: ResourceLimits
    /// Whether all that is said of `timeout` and `resources` could be read.
    var limitsAreRead: Bool

    enum Program: Sendable {
      case command([Located<[TrialTemplate.Segment]>])
      case shell(Located<String>)
    }
  }

  struct StepDeclaration: Sendable {
    var kind: Step.Kind
    var name: Located<String>
    /// Nil when it is wrong.
    var program: TrialDeclaration.Program?
    /// Where the program stands.
    var span: Span
    /// As they are written.
    var inputs: Located<[Located<String>]>?
    var outputs: [Located<String>]
    var after: [Located<String>]
    var environment: [VariableDeclaration]
    /// In milliseconds.
    var timeout: Int?
  }

  struct VariableDeclaration: Sendable {
    var name: Located<String>
    var value: Located<String>
  }

  struct MetricsDeclaration: Sendable {
    var source: MetricSource
    /// What the metrics are called at their source.
    var names: [(metric: Located<String>, source: Located<String>)] = []
  }
}

internal import Artifacts
internal import Search

/// What an experiment file says, each value with its place. A part that is nil was absent, or was wrong and has been
/// reported: no check that comes later looks at it again.
struct Experiment: Sendable {
  var name: Located<String>?
  var objective: Objective?
  var parameters: [ParameterDeclaration] = []
  /// Whether every parameter could be read, so that references to unknown ones can be told.
  var parametersAreComplete = false
  var search: SearchDeclaration?
  var budget = Budget()
  var plateaus: [Plateau] = []
  var trial: TrialDeclaration?

  struct Objective: Sendable {
    var goal: Goal
    var metric: Located<String>
    var target: Located<Double>?
  }

  struct ParameterDeclaration: Sendable {
    var name: Located<String>
    var parameter: Parameter
    /// Where the declaration's value stands.
    var span: Span
  }

  struct SearchDeclaration: Sendable {
    var strategy: Located<StrategyName>
    var seed: UInt64
    var lanes: Int?
    var points: [Located<[SyntaxNode.Entry]>]?
  }

  enum StrategyName: String, CaseIterable, Sendable {
    case grid
    case list
    case random
    case sobol
  }

  struct Budget: Sendable {
    var trials: Located<Int>?
    /// Whether nothing is said of the trials, right or wrong.
    var lacksTrials = true
    var parallel: Int?
    /// In milliseconds.
    var time: Int?
    var span: Span?
  }

  struct Plateau: Sendable {
    var trials: Located<Int>
    var improvement: Double
  }

  struct TrialDeclaration: Sendable {
    var command: [Located<[TrialTemplate.Segment]>]?
    /// Where the command stands, or else the whole.
    var span: Span
    var inputs: [Located<String>]?
    var environment: [TrialTemplate.Variable]
    /// In milliseconds.
    var timeout: Int?
    var metrics: MetricSource
  }
}

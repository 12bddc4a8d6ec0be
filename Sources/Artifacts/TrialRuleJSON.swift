internal import Search

extension TrialRule {
  /// An object with one member, which the rule names.
  var json: JSON {
    func member(_ name: String, _ value: Double?) -> [JSON.Member] {
      value.map { [JSON.Member(name, .number($0))] } ?? []
    }
    let options: [JSON.Member] =
      switch kind {
      case .median: []
      case .percentile(let percent), .truncation(let percent): member("percent", percent)
      case .bandit(let slack, let isFactor): member(isFactor ? "factor" : "slack", slack)
      case .wilcoxon(let p), .racing(let p): member("p", p)
      case .learningCurve(let probability): member("probability", probability)
      case .patience(let steps, let improvement):
        [JSON.Member("steps", .int(steps)), JSON.Member("improvement", .number(improvement))]
      case .threshold(let metric, let lower, let upper):
        (metric.map { [JSON.Member("metric", .string($0))] } ?? []) + member("lower", lower) + member("upper", upper)
      }
    let warmup = [JSON.Member("warmupSteps", .int(warmupSteps))]
    let trials = comparesTrials ? [JSON.Member("warmupTrials", .int(warmupTrials))] : []
    return .object([JSON.Member(name, .object(options + warmup + trials))])
  }

  /// Nil for a rule that ends the search.
  init?(json: JSON) throws(DocumentError) {
    guard let member = json.members?.first else { return nil }
    let options = member.value
    let kind: Kind
    switch member.name {
    case "median": kind = .median
    case "percentile": kind = .percentile(percent: try options.number("percent"))
    case "truncation": kind = .truncation(percent: try options.number("percent"))
    case "bandit" where options["factor"] != nil: kind = .bandit(slack: try options.number("factor"), isFactor: true)
    case "bandit": kind = .bandit(slack: try options.number("slack"), isFactor: false)
    case "wilcoxon": kind = .wilcoxon(p: try options.number("p"))
    case "racing": kind = .racing(p: try options.number("p"))
    case "learning_curve": kind = .learningCurve(probability: try options.number("probability"))
    case "patience":
      kind = .patience(steps: try options.int("steps"), improvement: try options.number("improvement"))
    case "threshold":
      kind = .threshold(
        metric: options["metric"]?.string, lower: options["lower"]?.number, upper: options["upper"]?.number)
    default: return nil
    }
    self.init(kind, warmupSteps: try options.int("warmupSteps"), warmupTrials: options["warmupTrials"]?.int ?? 0)
    guard kind.isInBounds, warmupSteps >= 0, warmupTrials >= kind.fewestWarmupTrials else {
      throw DocumentError("`\(member.name)` is out of bounds")
    }
  }
}

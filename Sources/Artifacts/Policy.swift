internal import Search

/// What a project allows of experiments: rules that a plan or a change holds or breaks.
package struct Policy: Hashable, Sendable {
  package var rules: [Rule]

  package struct Rule: Hashable, Sendable {
    package var condition: Condition
    /// What the policy says to whoever breaks it.
    package var message: String?
    /// Where it stands in its file, counted from 1.
    package var line: Int

    package init(_ condition: Condition, message: String?, line: Int) {
      self.condition = condition
      self.message = message
      self.line = line
    }
  }

  package enum Condition: Hashable, Sendable {
    /// At most so many trials.
    case trials(Int)
    /// At most so much time of all workers together.
    case hours(Double)
    /// At most so much money, at a price for an hour of a worker; by the plan's own rates where there is none.
    case cost(Double, hour: Double?)
    /// At most so many times the worker time of what it is compared with.
    case growth(Double)
    /// One of these strategies, by name; of phases each.
    case strategies([String])
    /// One of these seeds.
    case seeds([Int])
    /// Each trial is run with at least so many seeds.
    case repeats(Int)
    /// The best trials are run again with at least so many fresh seeds.
    case confirmed(Int)
    /// No parameter of one of these names.
    case forbidden([String])
    /// The manifest that is there follows from the experiment as it is.
    case currentManifest
  }

  package init(rules: [Rule]) { self.rules = rules }

  /// What is judged.
  package struct Subject: Sendable {
    package var plan: Plan
    /// What its trials take; nil where nothing is known of it.
    package var forecast: Forecast?
    /// Its worker time by that of what it is compared with; nil where it is compared with nothing.
    package var growth: Growth?
    package var manifest: ManifestState

    package enum Growth: Hashable, Sendable {
      case times(Double)
      /// It is compared, and nothing is known of what trials take.
      case unknown
    }

    package init(plan: Plan, forecast: Forecast?, growth: Growth?, manifest: ManifestState) {
      self.plan = plan
      self.forecast = forecast
      self.growth = growth
      self.manifest = manifest
    }
  }

  /// What an hour of a worker costs, where a rule says so.
  package var hourPrice: Double? {
    for rule in rules {
      if case .cost(_, let hour?) = rule.condition { return hour }
    }
    return nil
  }

  /// The rules that are broken, in their order. What cannot be judged is denied: nothing is let through unseen.
  ///
  /// A limit of growth says nothing of what is compared with nothing.
  package func denials(of subject: Subject) -> [Denial] {
    rules.compactMap { rule in
      rule.condition.fault(of: subject).map { Denial(fault: $0, message: rule.message, line: rule.line) }
    }
  }
}

/// Why a policy denies something.
package struct Denial: Hashable, Sendable {
  /// In a sentence.
  package var fault: String
  /// The policy's own words.
  package var message: String?
  /// Of the policy's file.
  package var line: Int

  var json: JSON {
    .object(["fault": .string(fault), "message": message.map(JSON.string), "line": .int(line)])
  }
}

/// Whether the manifest of an experiment follows from it as it is now.
package enum ManifestState: Hashable, Sendable {
  case missing
  /// It is not what was written.
  case broken(String)
  case current
  /// What has changed since, in words.
  case stale([String])

  /// In a sentence, of the manifest at a path.
  package func words(_ path: String) -> String {
    switch self {
    case .missing: "there is no \(path)"
    case .broken(let reason): "\(path) is not what was written: \(reason)"
    case .current: "\(path) follows from the experiment as it is"
    case .stale(let changes): "\(path) does not follow any more: changed since: \(changes.joined(separator: ", "))"
    }
  }
}

extension Policy.Condition {
  /// How a subject breaks it; nil when it does not.
  fileprivate func fault(of subject: Policy.Subject) -> String? {
    let plan = subject.plan
    switch self {
    case .trials(let most):
      let count = plan.search.plannedTrials
      return count <= most ? nil : "at most \(most) trials are allowed, and there are \(count)"
    case .hours(let most):
      guard let forecast = subject.forecast else { return Self.unknown("\(Self.text(most)) hours of worker time") }
      let hours = forecast.workerSeconds / 3600
      return hours <= most
        ? nil : "at most \(Self.text(most)) hours of worker time are allowed, and it takes \(Self.text(hours))"
    case .cost(let most, let hour):
      // What a budget does not allow is not spent.
      if hour == nil, let limit = plan.usage.limits[.cost], limit <= most { return nil }
      let price = hour ?? plan.usage.price(of: plan.trial.resources)
      guard let price else {
        return "it may cost at most \(Self.text(most)), and nothing has a price (`budget: {rates: …}`)"
      }
      guard let forecast = subject.forecast else { return Self.unknown("a cost of \(Self.text(most))") }
      let cost = forecast.workerSeconds / 3600 * price
      return cost <= most ? nil : "it may cost at most \(Self.text(most)), and costs \(Self.text(cost))"
    case .growth(let most):
      switch subject.growth {
      case nil: return nil
      case .unknown: return Self.unknown("\(Self.text(most)) times the worker time")
      case .times(let ratio):
        return ratio <= most
          ? nil
          : "it may take at most \(Self.text(most)) times the worker time of before, and takes \(Self.text(ratio))"
      }
    case .strategies(let allowed):
      let names = plan.search.strategyNames
      let denied = names.filter { !allowed.contains($0) }
      return denied.isEmpty || plan.search.strategy == .auto && allowed.contains("auto")
        ? nil : "the strategy \(denied.joined(separator: ", ")) is not one of \(allowed.joined(separator: ", "))"
    case .seeds(let allowed):
      return allowed.contains(Int(plan.search.seed))
        ? nil : "the seed \(plan.search.seed) is not one of \(allowed.map(String.init).joined(separator: ", "))"
    case .repeats(let least):
      let seeds = plan.trial.repeats.seeds
      return seeds >= least ? nil : "each trial is to be run with at least \(least) seeds, and is with \(seeds)"
    case .confirmed(let least):
      let wanted = "the best trials are to be confirmed with at least \(least) seeds"
      guard let rule = plan.confirmation else { return "\(wanted), and are not (`confirm`)" }
      return rule.repeats.seeds >= least ? nil : "\(wanted), and are with \(rule.repeats.seeds)"
    case .forbidden(let names):
      let used = names.filter { !plan.search.space.indices(of: $0).isEmpty }
      return used.isEmpty ? nil : "the parameter \(used.joined(separator: ", ")) is not to be set"
    case .currentManifest:
      return subject.manifest == .current ? nil : subject.manifest.words("results/\(plan.name)/\(Manifest.fileName)")
    }
  }

  private static func unknown(_ limit: String) -> String {
    "at most \(limit) is allowed, and nothing is known of how long a trial takes: `trial.timeout` bounds it"
  }

  private static func text(_ number: Double) -> String {
    JSON.number((number * 100).rounded() / 100).canonicalText
  }
}

extension SearchSettings {
  /// The strategies that choose its points, by name: of phases each, and of `auto` the one that it stands for.
  fileprivate var strategyNames: [String] {
    switch strategy {
    case .phases(let phases): phases.map(\.strategy.name)
    case .auto: [automaticChoice.strategy.name]
    default: [strategy.name]
    }
  }
}

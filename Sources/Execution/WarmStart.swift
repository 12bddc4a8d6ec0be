package import Artifacts
internal import Search
internal import Store

extension Project {
  /// The plan with what the journal knows of the experiment: the decisions of the search that was begun, and what it learns
  /// from of earlier trials, which are those whose points lie in the space, in the order in which they were launched.
  ///
  /// These are gathered when the experiment is first planned as it is, and stay the same as long as its search, its
  /// objectives and its trials do. So a run that was interrupted goes on with the plan that it had, and more trials
  /// continue the search that there was.
  package func goingOn(with plan: Plan) throws -> Plan {
    guard plan.search.reusesObservations || plan.search.decidesAnew,
      let journal = try RunStore.reading(folder: stateFolder)
    else { return plan }
    var plan = plan
    // Others may have been tried in between.
    let begun = try journal.firstPlan(ofExperiment: experimentPath, limit: Self.mostPlans) { text in
      (try? PlanDocument(json: JSON(document: Array(text.utf8)))).flatMap { $0.plan.searches(as: plan) ? $0.plan : nil }
    }
    if let begun {
      plan.search = plan.search.goingOn(from: begun.search)
      plan.search.observations = begun.search.observations
    } else if plan.search.reusesObservations {
      plan.search.observations = try Self.observations(in: journal, ofExperiment: experimentPath, for: plan)
    }
    return plan
  }

  /// So many plans that an experiment was applied with are looked at.
  private static let mostPlans = 100

  /// The newest so many points are learnt from.
  private static let mostObservations = 2_000

  private static func observations(
    in journal: JournalReader, ofExperiment path: String, for plan: Plan
  ) throws -> [Observation] {
    let runs = try journal.runs(ofExperiment: path).map(\.id)
    guard !runs.isEmpty else { return [] }
    let judge = TrialJudge(plan)
    // With repeats, a point has several outcomes: of each seed the newest counts.
    var points: [String: (point: Point, seeds: Set<Int>, measurements: [Measurement])] = [:]
    var order: [String] = []
    let most = mostObservations * plan.trial.repeats.seeds * 2
    for attempt in try journal.endedAttempts(ofRuns: runs, with: nil, limit: most) {
      guard let text = attempt.parameters, let facts = attempt.outcome?.facts, let seed = attempt.seed else { continue }
      if points[text] == nil {
        guard order.count < mostObservations, let json = try? JSON(parsing: text.utf8),
          let point = try? plan.search.space.point(json: json), plan.search.space.broken(by: point) == nil
        else { continue }
        points[text] = (point, [], [])
        order.append(text)
      }
      guard points[text]?.seeds.insert(seed).inserted ?? false else { continue }
      points[text]?.measurements.append(judge.measurement(of: facts) ?? .stopped(TrialStop(facts, of: plan.metrics[0])))
    }
    return order.reversed().compactMap { text in
      points[text].map {
        Observation($0.point, judge.outcome(of: judge.result(of: Measured($0.measurements), at: $0.point)))
      }
    }
  }
}

extension TrialStop {
  /// Of a trial that a rule of some experiment ended.
  fileprivate init(_ facts: TrialFacts, of metric: String) {
    self.init(
      rule: facts.ending.name, step: facts.ending.code, value: facts.metrics[metric] ?? .nan, isResult: false)
  }
}

extension Plan {
  /// Whether another plan's search is this one, but for where it ends.
  fileprivate func searches(as other: Plan) -> Bool {
    func core(_ plan: Plan) -> SearchSettings {
      var search = plan.search
      (search.trials, search.lanes, search.stopping, search.observations) = (1, 1, [], [])
      (search.trialRules, search.completesRungs, search.drawsDistinct) = ([], false, false)
      (search.seeksFront, search.softensTail, search.shortensDesign) = (false, false, false)
      (search.fidelityBudget, search.fidelityRuns) = (nil, nil)
      return search
    }
    return core(self) == core(other) && metrics == other.metrics && outcomeConstraints == other.outcomeConstraints
      && PlanComponents(self) == PlanComponents(other) && trial.repeats == other.trial.repeats
  }
}

internal import Artifacts
internal import Search

/// `budget:`, what all trials together may take.
extension ExperimentReader {
  mutating func readBudget(_ node: SyntaxNode) -> Experiment.Budget {
    var budget = Experiment.Budget(lacksTrials: false, span: node.span)
    guard
      let section = Section(
        node, named: "`budget`",
        known: ["trials", "fidelity", "parallel", "time", "cpu_hours", "gpu_hours", "cost", "rates"],
        elsewhere: misplaced, &diagnostics)
    else { return budget }
    budget.lacksTrials = !section.has("trials")
    budget.trials = section["trials"].flatMap {
      diagnostics.int($0, "`trials`", in: 1...SearchSettings.maximumTrials)
    }
    budget.fidelity = section["fidelity"].flatMap { diagnostics.int($0, "`fidelity`", in: 1...Fidelity.mostInAll) }
    budget.parallel = section["parallel"].flatMap { diagnostics.int($0, "`parallel`", in: 1...4096)?.value }
    budget.time = section["time"].flatMap { diagnostics.duration($0, "`time`") }
    for account in UsageBudget.Account.allCases {
      guard let node = section[account.key], let limit = readAmount(node, account.key, isLimit: true) else { continue }
      budget.usage.limits[account] = limit
      budget.limits[account] = section.span(of: account.key)
    }
    if let node = section["rates"] { readRates(node, of: &budget) }
    return budget
  }

  /// Prices of an hour, by what they are of.
  private mutating func readRates(_ node: SyntaxNode, of budget: inout Experiment.Budget) {
    let errors = diagnostics.errorCount
    defer { budget.ratesAreRead = diagnostics.errorCount == errors }
    guard case .mapping(let entries) = node.content else {
      var message = Message.expected("a mapping from resources to prices", of: "`rates`", found: node.kind)
      message.help = "for example `rates: {gpus: 2.5, cpus: 0.04}`, each for an hour"
      diagnostics.report(message, at: node)
      return
    }
    for entry in entries {
      let name = entry.key.value
      guard Self.isName(name) else {
        diagnostics.report(.badResourceName(name), at: entry.key.span)
        continue
      }
      budget.usage.rates[name] = readAmount(entry.value, name, isLimit: false)
      budget.rates.append(Located(name, at: entry.key.span))
    }
  }

  private mutating func readAmount(_ node: SyntaxNode, _ key: String, isLimit: Bool) -> Double? {
    guard let amount = diagnostics.float(node, "`\(key)`")?.value else { return nil }
    if isLimit ? amount > 0 : amount >= 0, amount <= UsageBudget.most { return amount }
    let type = isLimit ? "a number above 0, and at most 10^12" : "a number from 0 to 10^12"
    diagnostics.report(.expected(type, of: "`\(key)`", found: "`\(node.writtenText)`"), at: node)
    return nil
  }
}

/// What a budget of hours or cost says to the trials that are to keep it.
extension Checks {
  mutating func checkUsage() {
    let budget = experiment.budget
    let limits = UsageBudget.Account.allCases.compactMap { account in budget.limits[account].map { (account, $0) } }
    if experiment.lacksTrial {
      for (account, span) in limits { diagnostics.report(.nothingCountsInSessions(account.key), at: span) }
    }
    guard let trial = experiment.trial, trial.limitsAreRead else { return }
    checkRates(budget, trial.resources)
    for (account, span) in limits where account != .cost || budget.ratesAreRead {
      if budget.usage.hourly(account, of: trial.resources) == 0 {
        diagnostics.report(.nothingCounts(account.key, rates: budget.rates.map(\.value)), at: span)
      }
    }
    guard let first = limits.first else { return }
    guard trial.timeout != nil else {
      return diagnostics.report(.needsTimeout(first.0.key), at: first.1)
    }
    for (account, span) in limits { checkSuffices(account, span, trial) }
  }

  private mutating func checkRates(_ budget: Experiment.Budget, _ resources: ResourceLimits) {
    let usual = ["cpus", "gpus", "memory"]
    let known = usual + resources.named.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for rate in budget.rates where !known.contains(rate.value) {
      diagnostics.report(.rateOfNothing(rate.value, known: known), at: rate.span)
    }
  }

  /// That one trial and the runs that confirm are affordable.
  private mutating func checkSuffices(
    _ account: UsageBudget.Account, _ span: Span, _ declared: Experiment.TrialDeclaration
  ) {
    let usage = experiment.budget.usage
    guard let work = usage.work(account, of: declared.resources) else { return }
    let longest = TrialTemplate.longestRun(timeout: declared.timeout ?? 0, grace: declared.grace)
    let attempts = TrialTemplate.longestAttempts(
      timeout: declared.timeout ?? 0, grace: declared.grace, declared.failures)
    let confirmation = experiment.confirmation?.value.longest(each: attempts) ?? 0
    let runs = declared.repeats.seeds
    guard work < longest * runs + confirmation else { return }
    let trial = usage.used(account, by: longest * runs, of: declared.resources)
    let confirming = usage.used(account, by: confirmation, of: declared.resources)
    diagnostics.report(
      .budgetTooSmall(account.key, trial: trial, runs: runs, longest: longest, confirming: confirming), at: span)
  }
}

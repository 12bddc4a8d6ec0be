/// What all runs of an experiment together may use, and what that costs.
///
/// A run is charged with what it declares for as long as it takes, whether or not it uses it: a machine that is kept for
/// it costs as much. The budget is a promise: the longest that a run can take is set aside before it is started.
package struct UsageBudget: Hashable, Sendable {
  /// In hours, and of the cost in the unit of the rates.
  package var limits: [Account: Double]
  /// What an hour costs of `cpus`, `gpus`, `memory` (a GiB) or of what the user names.
  package var rates: [String: Double]

  package init(limits: [Account: Double] = [:], rates: [String: Double] = [:]) {
    self.limits = limits
    self.rates = rates
  }

  package static let none = UsageBudget()

  /// Of a limit, and of a rate.
  package static let most = 1e12
  package static let hour = 3_600_000.0
  /// No time counts for more, in milliseconds.
  static let longest = 1 << 52

  /// What is counted of the runs. The raw value is what documents say.
  package enum Account: String, Hashable, Sendable, CaseIterable {
    case cpuHours
    case gpuHours
    case cost

    /// As the experiment has it.
    package var key: String {
      switch self {
      case .cpuHours: "cpu_hours"
      case .gpuHours: "gpu_hours"
      case .cost: "cost"
      }
    }
  }

  /// What an hour of a run adds to an account.
  package func hourly(_ account: Account, of resources: ResourceLimits) -> Double {
    switch account {
    case .cpuHours: resources.cpus ?? 0
    case .gpuHours: Double(resources.gpus ?? 0)
    case .cost: prices(of: resources).reduce(0) { $0 + $1.price }
    }
  }

  /// What has a rate, sorted.
  private var names: [String] { rates.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  /// What an hour of a run costs; nil where nothing that it declares has a price.
  package func price(of resources: ResourceLimits) -> Double? {
    let price = hourly(.cost, of: resources)
    return price > 0 ? price : nil
  }

  /// What an hour of a run costs, by what it declares and what has a rate; sorted by name.
  package func prices(of resources: ResourceLimits) -> [(name: String, price: Double)] {
    names.compactMap { name in
      let amount: Double? =
        switch name {
        case "cpus": resources.cpus
        case "gpus": resources.gpus.map(Double.init)
        case "memory": resources.memory.map { Double($0) / 1_073_741_824 }
        default: resources.named[name].map(Double.init)
        }
      return amount.map { (name, $0 * (rates[name] ?? 0)) }
    }
  }

  /// The limit that is reached first, and how long all runs together may take until then, in milliseconds; nil where none
  /// limits that.
  package func tightest(each resources: ResourceLimits) -> (account: Account, work: Int)? {
    let limits = Account.allCases.compactMap { account in
      work(account, of: resources).map { (account: account, work: $0) }
    }
    return limits.min { $0.work < $1.work }
  }

  /// How long all runs together may take by one limit, to the nearest millisecond; nil where there is none.
  package func work(_ account: Account, of resources: ResourceLimits) -> Int? {
    let hourly = hourly(account, of: resources)
    guard let limit = limits[account], hourly > 0 else { return nil }
    return Int(min(limit / hourly * Self.hour, Double(Self.longest)).rounded())
  }

  /// What a time of runs adds to an account.
  ///
  /// - Parameter work: how long the runs took, all together, in milliseconds.
  package func used(_ account: Account, by work: Int, of resources: ResourceLimits) -> Double {
    Double(work) / Self.hour * hourly(account, of: resources)
  }

  /// The accounts that are kept: those with a limit, and the cost where there is a rate of anything that runs declare.
  package func accounts(of resources: ResourceLimits) -> [Account] {
    Account.allCases.filter { limits[$0] != nil || $0 == .cost && price(of: resources) != nil }
  }
}

extension UsageBudget {
  /// The members of a plan's budget.
  var members: [JSON.Member] {
    let limits = Account.allCases.compactMap { account in
      self.limits[account].map { JSON.Member(account.rawValue, .number($0)) }
    }
    guard !rates.isEmpty else { return limits }
    return limits + [JSON.Member("rates", .object(names.map { JSON.Member($0, rates[$0].map(JSON.number) ?? .null) }))]
  }

  init(budget json: JSON) throws(DocumentError) {
    self.init()
    for account in Account.allCases { limits[account] = json[account.rawValue]?.number }
    for member in json["rates"]?.members ?? [] { rates[member.name] = member.value.number ?? -1 }
    guard limits.values.allSatisfy({ $0 > 0 && $0 <= Self.most }), rates.values.allSatisfy({ 0...Self.most ~= $0 })
    else {
      throw DocumentError("`budget` is out of bounds")
    }
  }
}

extension TrialTemplate {
  /// How long a run that was told to end has before it is killed, in milliseconds.
  package static let killGrace = 5000
  /// What it may take to notice that a run has ended, in milliseconds.
  private static let slack = 1000

  /// The most that any attempt at a run may use.
  package var largestLimits: TrialLimits { TrialLimits(self).grown(by: failures) { _ in FailurePolicy.maximumRetries } }

  /// The longest that a first attempt at a run can take, in milliseconds; nil where nothing limits that.
  package var longestRun: Int? { longestRun(within: TrialLimits(self)) }
  /// The longest that any attempt can take.
  package var longestAttempt: Int? { longestRun(within: largestLimits) }
  /// The longest that all attempts at a run can take together.
  package var longestAttempts: Int? {
    timeout.map { Self.longestAttempts(timeout: $0, grace: grace, failures) }
  }

  /// The longest that an attempt with these limits can take.
  package func longestRun(within limits: TrialLimits) -> Int? {
    limits.time.map { Self.longestRun(timeout: $0, grace: grace) }
  }

  package static func longestRun(timeout: Int, grace: Int) -> Int { timeout + grace + killGrace + slack }

  /// First those that fail by their time, so that the others have as much as there can be.
  package static func longestAttempts(timeout: Int, grace: Int, _ failures: FailurePolicies) -> Int {
    let slower = failures[.timeout].retries
    let others = FailureClass.allCases.reduce(0) { $0 + failures[$1].retries } - slower
    return (0...slower + others).reduce(0) { sum, attempt in
      let limits = TrialLimits(time: timeout).grown(by: failures) { _ in min(attempt, slower) }
      return sum + longestRun(timeout: limits.time ?? timeout, grace: grace)
    }
  }
}

extension ConfirmationRule {
  /// How long the runs that confirm the best trials can take in all, in milliseconds.
  ///
  /// - Parameter run: the longest that all attempts at one can take together.
  package func longest(each run: Int) -> Int {
    let (longest, overflow) = (top * repeats.seeds).multipliedReportingOverflow(by: run)
    return overflow ? UsageBudget.longest : min(longest, UsageBudget.longest)
  }
}

/// What the runs of a plan have used, over all its applies.
package struct UsageLedger: Hashable, Sendable {
  /// How long the runs took, all together, in milliseconds.
  package var work: Int
  /// Of that, what gave no outcome: runs that were cancelled, or lost when attune was killed.
  package var lost: Int
  /// How many runs were started.
  package var runs: Int
  /// What that is of each account, where the plan is known.
  package var used: [UsageBudget.Account: Double] = [:]
  /// What was forecast of the last apply's runs, all together, and how long they took; nil where there was nothing to go by.
  package var forecast: Circumstances.Score?

  package init(work: Int = 0, lost: Int = 0, runs: Int = 0) {
    (self.work, self.lost, self.runs) = (work, lost, runs)
  }

  /// What it comes to by a plan.
  package func charged(to plan: Plan) -> UsageLedger {
    var ledger = self
    for account in plan.usage.accounts(of: plan.trial.resources) {
      ledger.used[account] = plan.usage.used(account, by: work, of: plan.trial.resources)
    }
    return ledger
  }

  var json: JSON {
    let counts: JSON = .object([
      "milliseconds": .int(work), "lostMilliseconds": .int(lost), "runs": .int(runs), "forecast": forecast?.json,
    ])
    return .object((counts.members ?? []) + used.map { JSON.Member($0.key.rawValue, .number($0.value)) })
  }

  init(json: JSON) throws(DocumentError) {
    self.init(
      work: try json.int("milliseconds"), lost: try json.int("lostMilliseconds"), runs: try json.int("runs"))
    for account in UsageBudget.Account.allCases { used[account] = json[account.rawValue]?.number }
    if let json = json["forecast"] { forecast = try Circumstances.Score(json: json) }
  }
}

internal import Artifacts

extension UsageBudget.Account {
  /// As people read it.
  var words: String {
    switch self {
    case .cpuHours: "CPU-hours"
    case .gpuHours: "GPU-hours"
    case .cost: "cost"
    }
  }

  /// Such as `2.5 GPU-hours` and `cost 40`.
  func words(_ amount: Double) -> String {
    let text = Text.number(amount)
    return self == .cost ? "cost \(text)" : "\(text) \(words)"
  }
}

extension UsageBudget {
  /// The limit that is reached first, in words.
  func tightest(_ resources: ResourceLimits) -> String {
    guard let account = tightest(each: resources)?.account, let limit = limits[account] else { return "none" }
    return account.words(limit)
  }

  /// What is said of each limit in a plan.
  ///
  /// - Parameter ledger: what was used already.
  func limits(on trial: TrialTemplate, _ ledger: UsageLedger?) -> [String] {
    Account.allCases.compactMap { account in
      guard let limit = limits[account], let longest = trial.longestRun else { return nil }
      let most = Text.number(used(account, by: longest, of: trial.resources))
      let used = ledger?.used[account].flatMap { $0 > 0 ? ", \(Text.number($0)) used so far" : nil } ?? ""
      return
        "\(account.words(limit))\(used): no run starts that could go beyond; each could take \(most) (\(account.key))"
    }
  }

  /// What an hour costs of what a trial declares; empty where nothing of it has a price.
  func priceList(_ resources: ResourceLimits) -> String {
    let prices = prices(of: resources)
    guard !prices.isEmpty else { return "" }
    let parts = prices.map { "\(Text.number($0.price)) for \($0.name)" }.joined(separator: ", ")
    return
      "an hour of a run costs \(Text.number(hourly(.cost, of: resources)))\(prices.count > 1 ? ": \(parts)" : " (\(parts))")"
  }

  /// What a forecast of how long all runs together take comes to, for each account.
  ///
  /// - Parameter work: in seconds, with one run at a time.
  func forecasts(_ work: DurationForecast, of resources: ResourceLimits) -> [String] {
    accounts(of: resources).map { account in
      func amount(_ seconds: Double) -> String { Text.number(used(account, by: Int(seconds * 1000), of: resources)) }
      let (middle, most) = (amount(work.median), amount(work.percentile90))
      return "\(account.words) \(middle)" + (middle == most ? "" : ", at most \(most) in 9 of 10 cases")
    }
  }
}

extension UsageLedger {
  /// What was used of each account, and of what; empty where nothing is counted.
  func words(_ plan: Plan) -> [String] {
    let (budget, resources) = (plan.usage, plan.trial.resources)
    let accounts = UsageBudget.Account.allCases.compactMap { account -> String? in
      guard let spent = used[account].map(account.words) else { return nil }
      return spent + (budget.limits[account].map { " of \(Text.number($0))" } ?? "")
    }
    guard !accounts.isEmpty else { return [] }
    let waste = lost == 0 ? "" : ", of which \(Text.roughly(seconds: Double(lost) / 1000)) gave no outcome"
    let time = "\(Text.count(runs, "run")) took \(Text.roughly(seconds: Double(work) / 1000))\(waste)"
    let score = forecast.map { score in
      let forecasts = budget.forecasts(score.forecast, of: resources).joined(separator: "; ")
      let came = budget.accounts(of: resources).map { account in
        account.words(budget.used(account, by: Int(score.seconds * 1000), of: resources))
      }
      return "The last apply used \(came.joined(separator: ", ")); the forecast was \(forecasts)."
    }
    return ["Used \(accounts.joined(separator: ", ")): \(time)."] + [score].compactMap(\.self)
  }
}

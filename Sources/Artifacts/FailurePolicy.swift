/// How a run of a trial can fail, as experiments name it.
package enum FailureClass: String, Hashable, Sendable, CaseIterable {
  case exit
  case signal
  case timeout
  case silence
  case memory
  case disk
  case metricMissing = "metric-missing"
  case metricNotFinite = "metric-not-finite"

  /// Whether a failure of the class says that there was too little of something, of which there may be more.
  package var namesLimit: Bool {
    switch self {
    case .timeout, .silence, .memory, .disk: true
    case .exit, .signal, .metricMissing, .metricNotFinite: false
    }
  }
}

/// What is done about failures of one class.
package struct FailurePolicy: Hashable, Sendable {
  /// How many times a run is started again that has failed so.
  package var retries: Int
  /// How long the first of them waits, in milliseconds; each one after it waits twice as long.
  package var wait: Int
  /// Whether the trial counts as infeasible then, and not as failed.
  package var isInfeasible: Bool
  /// How many times as much of what ran out each attempt has that follows one which failed so; 1 for as much.
  package var growth: Double

  package init(retries: Int = 0, wait: Int = 0, isInfeasible: Bool = false, growth: Double = 1) {
    self.growth = retries > 0 ? growth : 1
    self.retries = retries
    self.wait = retries > 0 ? wait : 0
    self.isInfeasible = isInfeasible
  }

  package static let count = FailurePolicy()

  package static let maximumRetries = 100
  package static let mostGrowth = 100.0

  /// What a limit grows to after so many failures, and not beyond `most`. Nothing that is not limited is limited by that.
  func grown(_ limit: Int?, afterFailures failures: Int, most: Int) -> Int? {
    guard let limit, growth > 1 else { return limit }
    let most = max(most, limit)
    let grown = (0..<min(failures, retries)).reduce(Double(limit)) { size, _ in min(Double(most), size * growth) }
    return grown < Double(most) ? Int(grown.rounded()) : most
  }

  /// No attempt waits longer, in milliseconds.
  package static let longestWait = 3_600_000

  /// How long the attempt waits that follows so many failed ones, in milliseconds.
  package func wait(afterFailures failures: Int) -> Int {
    min(Self.longestWait, wait << min(failures - 1, 20))
  }
}

/// The policies of an experiment.
package struct FailurePolicies: Hashable, Sendable {
  private var policies: [FailureClass: FailurePolicy]

  /// Without what says nothing: all but a policy for metrics that are missing, with which a run goes on.
  package init(_ policies: [FailureClass: FailurePolicy] = [:]) {
    self.policies = policies.filter { $0 == .metricMissing || $1 != .count }
  }

  package subscript(_ kind: FailureClass) -> FailurePolicy { policies[kind] ?? .count }

  /// Whether something is said of the class.
  package func names(_ kind: FailureClass) -> Bool { policies[kind] != nil }

  /// What differs from counting each failure as one, by the class' name; nil when nothing does.
  package var json: JSON? {
    let members = FailureClass.allCases.compactMap { kind -> JSON.Member? in
      guard let policy = policies[kind] else { return nil }
      return JSON.Member(
        kind.rawValue,
        .object([
          "retries": .int(policy.retries), "waitMilliseconds": .int(policy.wait),
          "growth": policy.growth > 1 ? .number(policy.growth) : nil,
          "then": .string(policy.isInfeasible ? "infeasible" : "failed"),
        ]))
    }
    return members.isEmpty ? nil : .object(members)
  }

  package init(json: JSON?) throws(DocumentError) {
    policies = [:]
    for member in json?.members ?? [] {
      guard let kind = FailureClass(rawValue: member.name) else {
        throw DocumentError("the class of failure \"\(member.name)\" is unknown")
      }
      let (retries, wait) = (try member.value.int("retries"), try member.value.int("waitMilliseconds"))
      let then = try member.value.string("then")
      let growth = member.value["growth"]?.number ?? 1
      guard 0...FailurePolicy.maximumRetries ~= retries, 0...FailurePolicy.longestWait ~= wait,
        1...FailurePolicy.mostGrowth ~= growth, growth == 1 || kind.namesLimit,
        ["infeasible", "failed"].contains(then)
      else { throw DocumentError("`failures` is out of bounds") }
      policies[kind] = FailurePolicy(
        retries: retries, wait: wait, isInfeasible: then == "infeasible", growth: growth)
    }
  }
}

extension Failure {
  package var kind: FailureClass {
    switch self {
    case .exit: .exit
    case .signal: .signal
    case .timeout: .timeout
    case .silence: .silence
    case .memory: .memory
    case .disk: .disk
    case .metricMissing: .metricMissing
    case .metricNotFinite: .metricNotFinite
    }
  }

  /// The failure's class, as documents name it.
  package var name: String { kind.rawValue }
}

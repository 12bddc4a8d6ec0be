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
}

/// What is done about failures of one class.
package struct FailurePolicy: Hashable, Sendable {
  /// How many times a run is started again that has failed so.
  package var retries: Int
  /// How long the first of them waits, in milliseconds; each one after it waits twice as long.
  package var wait: Int
  /// Whether the trial counts as infeasible then, and not as failed.
  package var isInfeasible: Bool

  package init(retries: Int = 0, wait: Int = 0, isInfeasible: Bool = false) {
    self.retries = retries
    self.wait = retries > 0 ? wait : 0
    self.isInfeasible = isInfeasible
  }

  package static let count = FailurePolicy()

  package static let maximumRetries = 100
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
      guard 0...FailurePolicy.maximumRetries ~= retries, 0...FailurePolicy.longestWait ~= wait,
        ["infeasible", "failed"].contains(then)
      else { throw DocumentError("`failures` is out of bounds") }
      policies[kind] = FailurePolicy(retries: retries, wait: wait, isInfeasible: then == "infeasible")
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

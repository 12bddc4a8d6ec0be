package import Search

/// What is known of a trial that came to its end, whatever the objective of the experiment is: another experiment may
/// judge the same facts otherwise.
package struct TrialFacts: Hashable, Sendable {
  package var ending: Ending
  package var metrics: Metrics
  /// What it reported of the first objective on the way; empty where that is not known.
  package var curve: Curve

  package init(ending: Ending, metrics: Metrics, curve: Curve = Curve()) {
    self.ending = ending
    self.metrics = metrics
    self.curve = curve
  }

  /// How the command ended.
  package enum Ending: Hashable, Sendable {
    case exit(code: Int)
    case signal(number: Int)
    /// It was ended because it took longer than this, in milliseconds.
    case timeout(limit: Int)
    /// It was ended because it printed nothing for so long, in milliseconds.
    case silence(limit: Int)
    /// It was ended because it needed more memory than this, in bytes.
    case memory(limit: Int)
    /// It was ended because its files took up more room than this, in bytes.
    case disk(limit: Int)
    /// It was ended because a rule said so, on what it had reported up to this step: nothing that it did after counts.
    case stopped(step: Int)

    package init?(name: String, code: Int, timeLimit: Int?) {
      switch (name, timeLimit) {
      case ("exit", _): self = .exit(code: code)
      case ("signal", _): self = .signal(number: code)
      case ("timeout", let limit?): self = .timeout(limit: limit)
      case ("silence", _): self = .silence(limit: code)
      case ("memory", _): self = .memory(limit: code)
      case ("disk", _): self = .disk(limit: code)
      case ("stopped", _): self = .stopped(step: code)
      default: return nil
      }
    }

    package var name: String {
      switch self {
      case .exit: "exit"
      case .signal: "signal"
      case .timeout: "timeout"
      case .silence: "silence"
      case .memory: "memory"
      case .disk: "disk"
      case .stopped: "stopped"
      }
    }

    /// The exit code, the signal, the step, or the limit; 0 for a timeout, whose limit stands apart.
    package var code: Int {
      switch self {
      case .exit(let code): code
      case .signal(let number): number
      case .timeout: 0
      case .silence(let limit), .memory(let limit), .disk(let limit): limit
      case .stopped(let step): step
      }
    }

    package var timeLimit: Int? {
      if case .timeout(let limit) = self { limit } else { nil }
    }
  }
}

/// The metrics that a trial reported, the last value of each.
package struct Metrics: Hashable, Sendable {
  package struct Metric: Hashable, Sendable {
    package var name: String
    /// May be infinite, or not a number.
    package var value: Double
  }

  /// Sorted by name.
  package private(set) var values: [Metric] = []

  /// More names than this are not kept: what prints so many prints no metrics.
  package static let maximumCount = 256

  private let wanted: [String]

  /// - Parameter wanted: names that are kept however many others there are.
  package init(wanted: [String] = []) { self.wanted = wanted }

  package subscript(_ name: String) -> Double? { values.first { $0.name == name }?.value }

  /// Those of some names that are there.
  package func values(of names: [String]) -> [String: Double] {
    Dictionary(names.compactMap { name in self[name].map { (name, $0) } }) { first, _ in first }
  }

  /// Keeps the value, in place of one that the metric had before.
  package mutating func set(_ name: String, _ value: Double) {
    let index = values.firstIndex { !$0.name.utf8.lexicographicallyPrecedes(name.utf8) } ?? values.endIndex
    if index < values.endIndex, values[index].name == name {
      values[index].value = value
    } else if values.count < Self.maximumCount || wanted.contains(name) {
      values.insert(Metric(name: name, value: value), at: index)
    }
  }

  /// Keeps the other's values in place of these.
  package mutating func merge(_ other: Metrics) {
    for metric in other.values { set(metric.name, metric.value) }
  }

  /// An object; what JSON has no number for is a string.
  package var json: JSON { .object(values.map { JSON.Member($0.name, JSON(measured: $0.value)) }) }

  package init?(json: JSON) {
    guard let members = json.members else { return nil }
    wanted = []
    for member in members {
      guard let value = member.value.measured else { return nil }
      values.append(Metric(name: member.name, value: value))
    }
    values.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}

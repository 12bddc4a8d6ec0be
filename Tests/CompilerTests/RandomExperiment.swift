import Search
import TestSupport

/// What an experiment file says, without a spelling: the order of an object's members means nothing.
indirect enum Meaning: Hashable {
  case object([Member])
  case list([Meaning])
  /// A number where a whole one belongs.
  case int(Int)
  case float(Double)
  case text(String)
  case truth(Bool)
  case milliseconds(Int)
  case expression(Expression)
  case normal(mean: Double, spread: Double)
  case command([String])
  /// What has one spelling.
  case verbatim(String)

  struct Member: Hashable {
    var key: Meaning
    var value: Meaning
    /// Whether it says only what holds without it.
    var isIdle = false
  }

  static func object(_ members: KeyValuePairs<String, Meaning>) -> Meaning {
    .object(members.map { Member(key: .text($0.key), value: $0.value) })
  }

  /// A value of a choice or of a constant.
  static func value(_ value: Value) -> Meaning {
    switch value {
    case .int(let number): .int(number)
    case .float(let number): .float(number)
    case .string(let text): .text(text)
    case .bool(let flag): .truth(flag)
    }
  }

  /// Whether it is an object that says only what holds without it.
  var saysNothing: Bool {
    if case .object(let members) = self { members.allSatisfy(\.isIdle) } else { false }
  }

  mutating func append(_ key: String, _ value: Meaning, isIdle: Bool = false) {
    guard case .object(let members) = self else { return }
    self = .object(members + [Member(key: .text(key), value: value, isIdle: isIdle)])
  }
}

/// Makes experiments of the whole language: the same for the same seed. Nearly all of them compile.
struct RandomExperiment {
  private var random: TestRandom
  /// Those that are always active.
  private var numbers: [(name: String, low: Double, high: Double)] = []
  private var choices: [(name: String, values: [Value])] = []
  private var isFinite: Bool
  /// Whether a budget counts what its trials use.
  private var isCounted: Bool
  private var hasDefaults = false
  private var hasConditions = false
  private var names: [String]

  static func make(seed: UInt64) -> Meaning {
    var experiment = RandomExperiment(seed: seed)
    return experiment.make()
  }

  private init(seed: UInt64) {
    random = TestRandom(seed: seed)
    isFinite = random.oneIn(3)
    isCounted = random.oneIn(4)
    names = ["lr", "weight-decay", "opt.beta", "layers", "k", "in", "width_2", "Z", "batch", "true"].shuffled(
      using: &random)
  }

  private mutating func oneOf<T>(_ all: [T]) -> T { all[Int.random(in: 0..<all.count, using: &random)] }

  private mutating func make() -> Meaning {
    var experiment = Meaning.object(["attune": .verbatim("1"), "name": .text(oneOf(["digits", "a-b.c_9", "_x"]))])
    experiment.append("description", .text(oneOf(["", "ends: here # not", "ünï \"quoted\" 'text'"])), isIdle: true)
    let goals = oneOf([["loss"], ["loss"], ["loss", "eval/acc%"], ["zähler", "loss", "t2"]])
    let objectives = goals.map { objective($0) }
    experiment.append("objective", goals.count == 1 ? objectives[0] : .list(objectives))
    let count = Int.random(in: 1...4, using: &random)
    let parameters = (0..<count).map { _ in parameter() }
    experiment.append("parameters", .object(parameters))
    if random.oneIn(6) {
      let constraints = (0..<Int.random(in: 1...2, using: &random)).compactMap { _ in constraint(goals) }
      if !constraints.isEmpty { experiment.append("constraints", .list(constraints)) }
    }
    search(&experiment)
    if goals.count == 1, random.oneIn(4) {
      var plateau = Meaning.object(["trials": .int(Int.random(in: 1...3, using: &random))])
      if random.oneIn(2) { plateau.append("improvement", .float(number())) }
      experiment.append("stopping", .list([.object(["plateau": plateau])]))
    }
    experiment.append("trial", trial())
    if goals.count == 1, random.oneIn(4) {
      var confirmation = Meaning.object(["top": .int(oneOf([1, 2, 4]))])
      let repeats = oneOf([2, 5])
      confirmation.append("repeats", .int(repeats), isIdle: repeats == 5)
      confirmation.append("aggregate", .text("mean"), isIdle: true)
      experiment.append("confirm", confirmation)
    }
    return experiment
  }

  /// Positive, with few digits or many, and no power of ten too large for a whole number.
  private mutating func number() -> Double {
    let digits = oneOf([1.0, 2, 25, 375, 0.1, 31.25, 1.0 / 3])
    return digits * oneOf([1e-7, 1e-3, 0.1, 1, 100])
  }

  private mutating func objective(_ metric: String) -> Meaning {
    var objective = Meaning.object([oneOf(["minimize", "maximize"]): .text(metric)])
    if random.oneIn(3) { objective.append("target", .float(number())) }
    return objective
  }

  // MARK: - Parameters

  private mutating func parameter() -> Meaning.Member {
    let name = names.removeLast()
    // What the parameter is compared with must be there before.
    let condition = random.oneIn(3) ? condition() : nil
    var definition: Meaning
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      return Meaning.Member(
        key: .text(name), value: .value(oneOf([.int(20), .float(0.5), .string("x y"), .string("1"), .bool(true)])))
    case 1...2 where !isFinite: definition = floatRange(name, isActive: condition == nil)
    case 3: definition = steppedRange(name, isActive: condition == nil)
    case 4: definition = labels()
    case 5, 6: definition = choice(name, isActive: condition == nil)
    default: definition = intRange(name, isActive: condition == nil)
    }
    if let condition {
      hasConditions = true
      definition.append("when", .expression(condition))
    }
    return Meaning.Member(key: .text(name), value: definition)
  }

  private mutating func floatRange(_ name: String, isActive: Bool) -> Meaning {
    let low = number()
    let high = low + number() * 1000
    if isActive { numbers.append((name, low, high)) }
    var range = Meaning.object(["float": .list([.float(low), .float(high)])])
    let isLog = random.oneIn(2)
    range.append("scale", .text(isLog ? "log" : "linear"), isIdle: !isLog)
    if random.oneIn(3) {
      range.append("default", .float(high))
      hasDefaults = true
    }
    if random.oneIn(3) { range.append("prior", .normal(mean: low * 3, spread: isLog ? 2.5 : high)) }
    return range
  }

  private mutating func steppedRange(_ name: String, isActive: Bool) -> Meaning {
    let step = oneOf([0.05, 0.25, 2])
    if isActive { numbers.append((name, 0, step * 4)) }
    return .object(["float": .list([.float(0), .float(step * 4)]), "step": .float(step)])
  }

  private mutating func intRange(_ name: String, isActive: Bool) -> Meaning {
    let low = Int.random(in: 1...3, using: &random)
    let high = low + oneOf([1, 2, 4])
    if isActive { numbers.append((name, Double(low), Double(high))) }
    var range = Meaning.object(["int": .list([.int(low), .int(high)])])
    range.append("step", .int(1), isIdle: true)
    range.append("scale", .text("linear"), isIdle: true)
    if random.oneIn(4) {
      range.append("default", .int(low))
      hasDefaults = true
    }
    return range
  }

  private static let values: [Value] = [
    .string("adam"), .string("sgd"), .string("1"), .string("true"), .string("a b: #'\"\\"), .string("é"), .int(16),
    .int(-3),
    .float(2.5), .float(1e-7), .bool(false), .string(""),
  ]

  private mutating func choice(_ name: String, isActive: Bool) -> Meaning {
    let values = Array(Self.values.shuffled(using: &random).prefix(Int.random(in: 2...4, using: &random)))
    if isActive { choices.append((name, values)) }
    var choice = Meaning.object(["choice": .list(values.map(Meaning.value))])
    if random.oneIn(4) {
      choice.append("default", .value(oneOf(values)))
      hasDefaults = true
    }
    let isOrdered = random.oneIn(4)
    choice.append("ordered", .truth(isOrdered), isIdle: !isOrdered)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: choice.append("weights", .list(values.map { _ in .float(number()) }))
    case 1:
      // One that is not named has 1.
      choice.append(
        "weights", .object(values.dropLast().map { Meaning.Member(key: .value($0), value: .float(number() + 0.125)) }))
    default: break
    }
    return choice
  }

  /// A choice that opens spaces; one name may stand under two labels.
  private mutating func labels() -> Meaning {
    hasConditions = true
    let labels = Array(Self.values.dropLast().shuffled(using: &random).prefix(Int.random(in: 2...3, using: &random)))
    let shared = names.removeLast()
    return .object([
      "choice": .object(
        labels.map { label in
          var inner: [Meaning.Member] = []
          if random.oneIn(2) {
            inner.append(
              Meaning.Member(key: .text(shared), value: .object(["int": .list([.int(1), .int(oneOf([2, 3, 9]))])])))
          }
          if random.oneIn(3), names.count > 5 {
            inner.append(Meaning.Member(key: .text(names.removeLast()), value: .int(oneOf([3, 4]))))
          }
          return Meaning.Member(key: .value(label), value: .object(inner))
        })
    ])
  }

  // MARK: - Expressions

  /// Over parameters that are always active; it may hold and it may fail.
  private mutating func condition() -> Expression? {
    switch Int.random(in: 0..<5, using: &random) {
    case 0...1 where !choices.isEmpty:
      guard let choice = choices.randomElement(using: &random) else { return nil }
      return .compare(oneOf([.equal, .unequal]), .name(choice.name), .constant(oneOf(choice.values)))
    case 2:
      guard let choice = choices.randomElement(using: &random) else { return nil }
      let member = Expression.member(.name(choice.name), of: Array(choice.values.dropLast()))
      return random.oneIn(2) ? .not(member) : member
    case 3:
      guard let first = condition(), let second = condition() else { return nil }
      return .or(first, .not(second))
    default:
      guard let number = numbers.randomElement(using: &random) else { return nil }
      let middle = Expression.constant(Value(untyped: (number.low + number.high) / 2))
      let left: Expression = oneOf([
        .name(number.name), .call(.max, [.name(number.name), .constant(Value(untyped: number.low))]),
        .calculate(.minus, .calculate(.times, .name(number.name), .constant(.int(2))), .name(number.name)),
      ])
      return .compare(oneOf([.less, .greaterOrEqual]), left, middle)
    }
  }

  private mutating func constraint(_ metrics: [String]) -> Meaning? {
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      let limit = Expression.constant(Value(untyped: number()))
      return .expression(.compare(.lessOrEqual, .name(oneOf(metrics + ["latency_ms"])), limit))
    default:
      guard let number = numbers.randomElement(using: &random) else { return nil }
      var limit = Expression.compare(
        .lessOrEqual, .name(number.name), .constant(Value(untyped: number.low + (number.high - number.low) * 0.75)))
      if random.oneIn(3), let condition = condition() { limit = .or(limit, condition) }
      return .expression(limit)
    }
  }

  // MARK: - The rest

  private mutating func search(_ experiment: inout Meaning) {
    let trials = Int.random(in: 4...8, using: &random)
    let strategy = isFinite && random.oneIn(2) ? "grid" : oneOf(["random", "sobol"])
    var search = Meaning.object(["strategy": .text(strategy)])
    let seed = random.oneIn(4) ? 0 : oneOf([42, 7, 1 << 53 - 1, 1000])
    search.append("seed", .int(seed), isIdle: seed == 0)
    if random.oneIn(4) { search.append("lanes", .int(oneOf([3, 5, 7]))) }
    if strategy != "grid", !hasConditions, !hasDefaults, random.oneIn(2), let point = point() {
      search.append("initial", .list([point]))
    }
    experiment.append("search", search)
    let parallel = oneOf([1, 2, 16])
    var budget = Meaning.object([:])
    if strategy != "grid" { budget.append("trials", .int(trials)) }
    budget.append("parallel", .int(parallel), isIdle: parallel == 1)
    if random.oneIn(3) { budget.append("time", .milliseconds(oneOf([90_000, 7_200_000, 86_400_000, 1500]))) }
    if isCounted {
      budget.append("cpu_hours", .float(1000.5))
      if random.oneIn(2) {
        budget.append("cost", .float(2e6))
        budget.append("rates", .object(["cpus": .float(0.25), "memory": .float(0.5)]))
      }
    }
    experiment.append("budget", budget, isIdle: budget.saysNothing)
  }

  /// Of a space whose parameters are all here.
  private mutating func point() -> Meaning? {
    let members =
      numbers.map { Meaning.Member(key: .text($0.name), value: .value(Value(untyped: $0.low))) }
      + choices.map { Meaning.Member(key: .text($0.name), value: .value($0.values[0])) }
    return members.isEmpty ? nil : .object(members)
  }

  private mutating func trial() -> Meaning {
    let words = oneOf([
      [], ["--out=${trial.dir}"], ["a b", "it's", "\"x\"", "$$HOME", ""], ["--seed", "${trial.seed}"],
    ])
    var trial = Meaning.object(["run": .command(["python", "train.py", "${args}"] + words), "inputs": .verbatim("[]")])
    if random.oneIn(3) {
      trial.append(
        "environment", .object(["A": .text("1"), "LANG": .text("C"), "TEXT": .text(oneOf(["a: b", "", "#"]))]))
    }
    let isTimed = isCounted || random.oneIn(3)
    if isTimed { trial.append("timeout", .milliseconds(oneOf([600_000, 5_400_000]))) }
    if isCounted { trial.append("resources", .object(["cpus": .float(1.5)])) }
    let metrics = oneOf(["auto", "auto", "stdout", "file"])
    trial.append("metrics", .object(["from": .text(metrics)]), isIdle: metrics == "auto")
    if random.oneIn(3) {
      var repeats = Meaning.object(["seeds": .int(Int.random(in: 2...5, using: &random))])
      let aggregate = oneOf(["mean", "median", "worst", "confidence-bound"])
      repeats.append("aggregate", .text(aggregate), isIdle: aggregate == "mean")
      trial.append("repeats", repeats)
    } else {
      trial.append("repeats", .object(["seeds": .int(1)]), isIdle: true)
    }
    trial.append("interpreter", .text("exact"), isIdle: true)
    let isCached = !random.oneIn(8)
    trial.append("cache", .truth(isCached), isIdle: isCached)
    if random.oneIn(3) {
      var policy = Meaning.object(["retries": .int(Int.random(in: 1...3, using: &random))])
      policy.append("then", .text("failed"), isIdle: true)
      if random.oneIn(2) { policy.append("wait", .milliseconds(oneOf([5000, 60_000]))) }
      let growing = Meaning.object(["retries": .int(2), "grow": .float(1.5)])
      let timeout = isTimed && random.oneIn(2) ? growing : .text("infeasible")
      var failures = Meaning.object(["exit": policy, "timeout": timeout])
      failures.append("signal", .text("failed"), isIdle: true)
      trial.append("failures", failures)
    }
    return trial
  }
}

// MARK: - Changes

extension Meaning {
  /// With one part changed so that it means something else, if it still means anything.
  func changed(_ random: inout TestRandom) -> Meaning {
    var left = Int.random(in: 0..<size, using: &random)
    return changed(at: &left, &random)
  }

  /// The same experiment without a bound on its trials.
  var unbounded: Meaning {
    guard case .object(let members) = self else { return self }
    return .object(
      members.map { member in
        guard member.key == .text("budget"), case .object(let budget) = member.value else { return member }
        var member = member
        member.value = .object(budget.filter { $0.key != .text("trials") })
        return member
      })
  }

  private var isVerbatim: Bool { if case .verbatim = self { true } else { false } }
  private var isExpression: Bool { if case .expression = self { true } else { false } }

  /// How many parts can be changed.
  private var size: Int {
    switch self {
    case .object(let members): 1 + members.reduce(0) { $0 + ($1.isIdle ? 0 : $1.value.size) }
    case .list(let elements): 1 + elements.reduce(0) { $0 + $1.size }
    default: 1
    }
  }

  private func changed(at left: inout Int, _ random: inout TestRandom) -> Meaning {
    defer { left -= 1 }
    switch self {
    case .object(var members):
      guard left > 0 else {
        let needed = members.filter { !$0.isIdle && !$0.value.isVerbatim }
        guard let dropped = needed.randomElement(using: &random) else { return self }
        return .object(members.filter { $0 != dropped })
      }
      left -= 1
      for index in members.indices where !members[index].isIdle && left >= 0 {
        members[index].value = members[index].value.changed(at: &left, &random)
      }
      left += 1
      return .object(members)
    case .list(var elements):
      // Constraints over parameters and over metrics have no order between them.
      guard left > 0 else { return elements.contains { $0.isExpression } ? self : .list(elements.reversed()) }
      left -= 1
      for index in elements.indices where left >= 0 { elements[index] = elements[index].changed(at: &left, &random) }
      left += 1
      return .list(elements)
    default: return left == 0 ? other(&random) : self
    }
  }

  private func other(_ random: inout TestRandom) -> Meaning {
    switch self {
    case .int(let number): .int(number + 1)
    case .float(let number): .float(number * 1.25 + (number == 0 ? -0.5 : 0))
    case .text(let text):
      .text(
        ["random": "sobol", "sobol": "random", "mean": "worst", "log": "linear", "stdout": "file"][text] ?? text + "x")
    case .truth(let flag): .truth(!flag)
    case .milliseconds(let count): .milliseconds(count + 1000)
    case .expression(let expression): .expression(.not(expression))
    case .normal(let mean, let spread):
      random.oneIn(2) ? .normal(mean: mean * 1.5, spread: spread) : .normal(mean: mean, spread: spread * 1.5)
    case .command(let words): .command(words + ["-v"])
    case .object, .list, .verbatim: self
    }
  }
}

/// Draws experiments by the grammar of the language, with a mistake here and there.
struct Grammar {
  private var choices: Choices

  init(_ choices: Choices) { self.choices = choices }

  /// What may stand somewhere.
  private indirect enum Kind: Sendable {
    /// One of these, without quotes.
    case plain([String])
    /// One of these texts.
    case text([String])
    case number
    case whole
    case value
    case expression
    case command
    case list(Kind)
    /// Two numbers, the first the smaller.
    case range
    /// A mapping of parameters' names.
    case named(Kind)
    case parameter
    case section(required: KeyValuePairs<String, Kind>, optional: KeyValuePairs<String, Kind>)
    case either([Kind])
  }

  mutating func experiment() -> (tree: Tree, rest: Choices) {
    let tree = section(Self.required, Self.optional, depth: 0)
    return (tree, choices)
  }

  private static let required: KeyValuePairs<String, Kind> = [
    "attune": .plain(["1", "1", "1", "2", "1.0"]), "name": .text(["digits", "a-b_1.c", "", "é", "a/b"]),
    "objective": .either([objective, objective, .list(objective)]), "parameters": .named(.parameter),
    "search": search,
    "budget": .section(
      required: ["trials": .whole],
      optional: ["parallel": .whole, "time": duration, "cpu_hours": .number, "epochs": .whole]),
    "trial": trial,
  ]
  private static let optional: KeyValuePairs<String, Kind> = [
    "description": text, "extends": .text(["base.yaml", "../x.yaml", ""]), "constraints": .list(.expression),
    "stopping": .list(rule),
    "secrets": .list(.text(["HF_TOKEN", "A", "HOME", "a b", ""])), "tags": .list(text),
  ]

  private static let text = Kind.text([
    "none", "two words", "", " ", "a: b", "- a", "#", "'", "\"", "\\", "a\nb\n", "\t", "é", "\u{1F600}", "\u{2028}",
    "\u{1B}[31m", "null", "1e-3", "e\u{301}", "{", "*a", "\u{FEFF}", "\u{0}", "\u{85}", "%", "${", "\u{202E}",
  ])
  private static let metric = Kind.text(["loss", "val_error", "acc@1", "val/loss", "1st", "", "é", "a b"])
  private static let duration = Kind.plain([
    "10m", "2h", "1h30m", "500ms", "0s", "1", "-1s", "1e9d", "90", "2w", "1.5h",
  ])
  private static let objective = Kind.section(
    required: [:],
    optional: ["minimize": metric, "maximize": metric, "target": .number, "tolerance": .number])
  private static let strategies = Kind.text([
    "random", "sobol", "grid", "list", "radnom", "bayesian", "tpe", "hyperband", "asha", "bohb", "cmaes", "auto",
    "Grid",
  ])
  private static let points = Kind.list(.named(.value))
  private static let search = Kind.section(
    required: ["strategy": strategies],
    optional: [
      "seed": .whole, "lanes": .whole, "points": points, "initial": points,
      "phases": .list(.section(required: ["strategy": strategies], optional: ["trials": .whole])),
    ])
  private static let rule = Kind.either([
    .section(
      required: ["plateau": .section(required: ["trials": .whole], optional: ["improvement": .number])], optional: [:]),
    .section(
      required: [:],
      optional: [
        "median": .section(required: [:], optional: ["warmup_steps": .whole, "warmup_trials": .whole]),
        "percentile": .section(required: ["percent": .number], optional: ["warmup_steps": .whole]),
        "bandit": .section(required: ["slack": .number], optional: ["factor": .number]),
        "learning_curve": .section(required: ["probability": .number], optional: ["warmup_trials": .whole]),
        "patience": .section(required: ["steps": .whole], optional: ["improvement": .number]),
        "threshold": .section(required: [:], optional: ["lower": .number, "upper": .number]),
        "target": .number,
        "failures": .section(
          required: ["in_a_row": .whole], optional: ["rate": .number, "count": .whole, "trials": .whole]),
      ]),
  ])
  private static let policy = Kind.either([
    .text(["failed", "infeasible", "ignore"]),
    .section(
      required: ["retries": .whole],
      optional: ["wait": duration, "grow": .number, "then": .text(["failed", "infeasible", "x"])]),
  ])
  private static let trial = Kind.section(
    required: ["run": .command],
    optional: [
      "shell": text, "inputs": .list(.text(["train.py", "data/", "*.py", "", "../x", "/etc/passwd", "a b", "\u{0}"])),
      "environment": .named(.value), "timeout": duration,
      "repeats": .section(
        required: ["seeds": .whole], optional: ["aggregate": .text(["mean", "median", "worst", "maen"])]),
      "metrics": .section(
        required: ["from": .text(["auto", "stdout", "file", "json", "jsonl", "csv", "tensorboard", "pattern", "x"])],
        optional: [
          "path": .text(["out.json", "${trial.dir}/m.csv", "*.jsonl", "", "../x", "/x"]),
          "pattern": .text(["loss = {loss}", "(?<loss>[0-9.]+)", "(", "", "{", "{x:float}"]), "names": .named(metric),
        ]),
      "resources": .section(required: [:], optional: ["cpus": .whole, "memory": .plain(["2GiB", "1", "x"])]),
      "failures": .section(
        required: [:], optional: ["exit": policy, "timeout": policy, "metric-missing": policy, "memory": policy]),
      "checkpoint": text, "interpreter": .text(["exact", "minor", "any", "old"]),
      "cache": .plain(["true", "false", "no"]),
    ])

  private static let names = [
    "lr", "layers", "width", "optimizer", "momentum", "batch", "model.C", "a", "a.b", "x-1", "dropout", "epochs",
    "args",
    "1st", "", "é", "_", "LR",
  ]

  private mutating func build(_ kind: Kind, depth: Int) -> Tree {
    if depth > 8 { return .plain("1") }
    if choices.oneIn(32) { return mistake(depth: depth) }
    switch kind {
    case .plain(let words): return .plain(choices.one(of: words))
    case .text(let texts): return .text(choices.one(of: texts))
    case .number: return .plain(number())
    case .whole: return .plain(whole())
    case .value: return value()
    case .expression: return .text(expression(depth: 0))
    case .command: return command()
    case .list(let element): return .list((0..<(1 + choices.below(3))).map { _ in build(element, depth: depth + 1) })
    case .range: return range()
    case .named(let value): return named(value, depth: depth)
    case .parameter: return parameter(depth: depth)
    case .section(let required, let optional): return section(required, optional, depth: depth)
    case .either(let kinds): return build(choices.one(of: kinds), depth: depth)
    }
  }

  /// Something else than belongs there.
  private mutating func mistake(depth: Int) -> Tree {
    let kinds: [Kind] = [
      .plain([
        "~", "null", "yes", "0x1F", "010", "1_000", "12:30:45", ".nan", "-.inf", "2020-01-01", "1e400", "=",
      ]),
      Self.text, .number, .value, .list(.value), .named(.value), .range, .expression, Self.objective, .command,
      .list(.list(.list(.whole))), .section(required: [:], optional: [:]),
    ]
    let kind = choices.one(of: kinds)
    return build(kind, depth: depth + 1)
  }

  private mutating func section(
    _ required: KeyValuePairs<String, Kind>, _ optional: KeyValuePairs<String, Kind>, depth: Int
  ) -> Tree {
    var entries: [Tree.Entry] = []
    func isThere(_ index: Int, _ choices: inout Choices) -> Bool {
      index < required.count ? !choices.oneIn(32) : choices.oneIn(3)
    }
    for (index, field) in (Array(required) + Array(optional)).enumerated() where isThere(index, &choices) {
      let value = build(field.value, depth: depth + 1)
      entries.append(Tree.Entry(key: spelt(field.key), value: value))
      if choices.oneIn(64) { entries.append(Tree.Entry(key: field.key, value: value)) }
    }
    if choices.oneIn(32) {
      entries.append(Tree.Entry(key: choices.one(of: ["extra", "<<", "", "y", "1"]), value: value()))
    }
    return .mapping(entries)
  }

  /// A key, at times with a letter too few or too many.
  private mutating func spelt(_ key: String) -> String {
    guard choices.oneIn(48) else { return key }
    let place = key.index(key.startIndex, offsetBy: choices.below(key.count))
    var misspelt = key
    if choices.oneIn(2) { misspelt.remove(at: place) } else { misspelt.insert("x", at: place) }
    return misspelt
  }

  private mutating func named(_ kind: Kind, depth: Int) -> Tree {
    let first = choices.below(Self.names.count)
    return .mapping(
      (0..<(1 + choices.below(5))).map { index in
        let value = build(kind, depth: depth + 1)
        return Tree.Entry(key: Self.names[(first + index) % Self.names.count], value: value)
      })
  }

  private mutating func parameter(depth: Int) -> Tree {
    let numbers: KeyValuePairs<String, Kind> = [
      "scale": .text(["log", "log", "linear", "lgo"]), "step": .number, "default": .number,
      "prior": .text(["normal(0.1, 2)", "normal(1)", "uniform", ""]), "when": .expression,
    ]
    let choice: KeyValuePairs<String, Kind> = [
      "default": .value, "ordered": .plain(["true", "false", "yes", "1"]), "when": .expression,
      "weights": .either([.list(.number), .named(.number)]),
    ]
    let kinds: [Kind] = [
      .section(required: ["float": .range], optional: numbers), .section(required: ["int": .range], optional: numbers),
      .section(required: ["choice": .list(.value)], optional: choice),
      .section(required: ["choice": .named(.either([.value, .named(.parameter)]))], optional: choice), .value,
    ]
    let kind = choices.one(of: kinds)
    return build(kind, depth: depth + 1)
  }

  private mutating func range() -> Tree {
    let numbers = ["1e-4", "1", "2", "2.5", "10", "64", "1000", "1e6"]
    let low = choices.below(numbers.count - 1)
    let high = low + 1 + choices.below(numbers.count - 1 - low)
    var bounds = [numbers[low], numbers[high]]
    if choices.oneIn(8) { bounds[choices.below(2)] = number() }
    if choices.oneIn(16) { bounds.reverse() }
    if choices.oneIn(32) { bounds.append(number()) }
    return .list(bounds.map { .plain($0) })
  }

  private mutating func whole() -> String {
    choices.one(of: [
      "10", "1", "2", "3", "8", "64", "100", "0", "-1", "1e3", "0x10", "1000000", "9007199254740993",
      "99999999999999999999",
    ])
  }

  private mutating func number() -> String {
    if choices.oneIn(4) { return "\(choices.below(100)).\(choices.below(100))e\(choices.below(12) - 6)" }
    return choices.one(of: [
      "1", "0.1", "0.5", "0", "-1", "1e-4", ".5", "1.", "1e400", "1e-400", "-0", "+1", "0x1F", "0o17", "1_000", "010",
      ".inf", ".nan", "1e", "9007199254740993", "1e308", "-1e308", "5e-324",
    ])
  }

  private mutating func value() -> Tree {
    switch choices.below(6) {
    case 0: .plain(number())
    case 1: .text(choices.one(of: ["adam", "sgd", "a b", "1", "", "true", "é"]))
    case 2: .plain(choices.one(of: ["true", "false", "adam", "no", "~"]))
    case 3: .plain(whole())
    default: .text(choices.one(of: ["relu", "tanh"]))
    }
  }

  private mutating func command() -> Tree {
    let words = [
      "${args}", "train.py", "${lr}", "--x=${width}", "${trial.dir}", "${trial.seed}", "$$", "${env:HOME}",
      "${model.C}",
      "${trial.checkpoint}", "'a b'", "a|b", "${", "\"open", "${nope}", "$x", "*", "a${args}", "\\", ">", "&", "é",
      "\u{0}",
    ]
    let command = ["python"] + (0..<(1 + choices.below(4))).map { _ in choices.one(of: words) }
    if choices.oneIn(4) { return .list(command.map { .text($0) }) }
    return .text((choices.oneIn(32) ? ["A=1"] + command : command).joined(separator: choices.oneIn(8) ? "\n " : " "))
  }

  private mutating func expression(depth: Int) -> String {
    guard depth < 12 else { return "1" }
    switch choices.below(12) {
    case 0, 1: return "\(operand()) \(choices.one(of: ["<=", "<", "==", "!=", ">", ">=", "=", "<>"])) \(operand())"
    case 2: return "\(expression(depth: depth + 1)) and \(expression(depth: depth + 1))"
    case 3: return "\(expression(depth: depth + 1)) or \(expression(depth: depth + 1))"
    case 4: return "not \(expression(depth: depth + 1))"
    case 5: return "(\(expression(depth: depth + 1)))"
    case 6:
      let sign = choices.one(of: ["*", "+", "-", "/", "//", "%", "**", "^", "==", "<"])
      return "\(expression(depth: depth + 1)) \(sign) \(expression(depth: depth + 1))"
    case 7: return "\(operand()) \(choices.one(of: ["in", "not in"])) [\(operand()), \(operand())]"
    case 8:
      let function = choices.one(of: ["abs", "min", "max", "floor", "ceil", "round", "sqrt", "log", "exp", "eval"])
      return "\(function)(\(expression(depth: depth + 1))\(choices.oneIn(2) ? ", 2" : ""))"
    case 9: return "-\(operand())"
    default: return operand()
    }
  }

  private mutating func operand() -> String {
    switch choices.below(5) {
    case 0, 1: choices.one(of: Self.names)
    case 2: choices.one(of: ["\"adam\"", "'sgd'", "true", "\"open", "''", "(", "]", "latency_ms", ""])
    default: number()
    }
  }
}

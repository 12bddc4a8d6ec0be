import Artifacts
import Search
import Testing

@testable import Compiler

@Suite("From text to plan")
struct PlanMeaningTests {
  private static let text = """
    attune: 1
    name: digits
    description: none
    objective: {minimize: val_error, target: 0.02}
    parameters:
      learning_rate: {float: [1e-4, 1e-1], scale: log, default: 1e-3}
      layers: {int: [1, 4]}
      dropout: {float: [0, 0.5], step: 0.05}
      batch: {choice: [16, 32, 64]}
      epochs: 20
    search: {strategy: random, seed: 42, lanes: 8}
    budget: {trials: 100, parallel: 4, time: 2h}
    stopping:
      - plateau: {trials: 30, improvement: 0.001}
    trial:
      run: python train.py ${args}
      inputs: []
      environment: {A: "1", B: x}
      timeout: 10m
      metrics: {from: auto}

    """

  private func digest(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Digest {
    let compilation = compile(Array(text.utf8), path: "e.yaml", inputs: .recorded([]))
    let messages = compilation.diagnostics.map(\.message.text)
    return PlanDocument(try #require(compilation.plan, "\(messages)", sourceLocation: sourceLocation)).digest
  }

  private func replace(_ old: String, _ new: String) throws -> String {
    try #require(Self.text.contains(old), "\(old)")
    return Self.text.replacing(old, with: new)
  }

  @Test(
    "Another spelling of the same meaning gives the same plan",
    arguments: [
      ("description: none\n", ""), ("description: none", "description: another text # and a comment"),
      ("attune: 1\nname: digits\n", "name: 'digits'\nattune: 1\n"), ("name: digits", "name: \"dig\\x69ts\""),
      ("{float: [1e-4, 1e-1], scale: log, default: 1e-3}", "{default: 0.001, scale: 'log', float: [0.0001, .1]}"),
      (
        "{float: [1e-4, 1e-1], scale: log, default: 1e-3}",
        "\n    float:\n      - 0.0001\n      - 100e-3\n    scale: log\n    default: 1E-3"
      ),
      (
        "layers: {int: [1, 4]}\n  dropout: {float: [0, 0.5], step: 0.05}",
        "dropout: {float: [0.0, 5e-1], step: 5e-2}\n  layers: {int: [1, 4], scale: linear, step: 1}"
      ),
      ("[16, 32, 64]", "[16.0, 0x20, 6.4e1]"), ("epochs: 20", "epochs: 2e1"), ("epochs: 20", "epochs: &e 20"),
      ("layers: {int: [1, 4]}", "layers: {int: [&one 1, 4], step: *one}"), ("seed: 42", "seed: 42.0"),
      ("time: 2h", "time: 120m"), ("timeout: 10m", "timeout: 600s"), ("timeout: 10m", "timeout: '9m60s'"),
      ("run: python train.py ${args}", "run: [python, train.py, '${args}']"),
      ("run: python train.py ${args}", "run: >\n    python\n    \"train.py\"   ${args}"),
      ("{A: \"1\", B: x}", "{B: x, A: 1}"), ("  metrics: {from: auto}\n", ""), ("description: none", "secrets: []"),
      ("target: 0.02", "target: 2e-2"),
      ("\n", "\r\n"),
      ("objective: {minimize: val_error, target: 0.02}", "objective:\n  target: 0.02\n  minimize: val_error"),
    ])
  func equal(old: String, new: String) throws {
    #expect(try digest(replace(old, new)) == digest(Self.text))
  }

  @Test("Each change of meaning gives another plan")
  func changes() throws {
    let changes = [
      ("name: digits", "name: digit"), ("minimize", "maximize"), ("val_error", "error"),
      ("target: 0.02", "target: 0.03"),
      (", target: 0.02", ""), ("[1e-4, 1e-1]", "[1e-5, 1e-1]"), ("[1e-4, 1e-1]", "[1e-4, 1]"), (", scale: log", ""),
      (", default: 1e-3", ""), ("default: 1e-3", "default: 2e-3"), ("int: [1, 4]", "int: [1, 5]"),
      ("layers: {int: [1, 4]}", "layers: {float: [1, 4]}"), ("layers", "depth"),
      ("int: [1, 4]", "int: [1, 4], step: 3"),
      (", step: 0.05", ""), ("step: 0.05", "step: 0.1"), ("[16, 32, 64]", "[16, 64, 32]"),
      ("[16, 32, 64]", "['16', 32, 64]"),
      ("[16, 32, 64]", "[16, 32]"), ("epochs: 20", "epochs: 21"), ("epochs: 20", "epochs: '20'"),
      ("  epochs: 20\n", ""),
      ("strategy: random", "strategy: sobol"), ("seed: 42", "seed: 43"), (", lanes: 8", ", lanes: 9"),
      ("trials: 100", "trials: 101"), ("parallel: 4", "parallel: 5"), ("time: 2h", "time: 3h"), (", time: 2h", ""),
      ("trials: 30", "trials: 31"), ("improvement: 0.001", "improvement: 0.002"), ("train.py", "other.py"),
      ("${args}", "${args} -v"), ("A: \"1\"", "A: \"2\""), ("B: x", "C: x"), ("timeout: 10m", "timeout: 11m"),
      ("  timeout: 10m\n", ""), ("from: auto", "from: stdout"), ("from: auto", "from: file"),
      ("from: auto", "from: csv, path: a.csv"), ("from: auto", "from: csv, path: b.csv"),
      ("from: auto", "names: {val_error: e}"), ("from: auto", "pattern: '{val_error}'"),
      ("run: python train.py ${args}", "shell: python train.py $learning_rate"), ("${args}", "${args:hydra}"),
      ("${args}", "${args} ${env:HOME}"), ("description: none", "secrets: [HF_TOKEN]"),
    ]
    let digests = try changes.map { try digest(replace($0, $1)) } + [digest(Self.text)]
    let twice = Dictionary(grouping: zip(changes.map { "\($0)" } + ["none"], digests), by: \.1).values.filter {
      $0.count > 1
    }
    #expect(twice.isEmpty)
  }

  @Test("Lanes are 1 for one worker, and twice the workers for more")
  func lanes() throws {
    #expect(try Experiment.plan().search.lanes == 1)
    #expect(try Experiment.plan("budget: {trials: 10, parallel: 4}").search.lanes == 8)
    #expect(try Experiment.plan("search: {strategy: random, lanes: 3}").search.lanes == 3)
  }

  @Test("A budget that is not written, or is more than there are points, is the number of points")
  func budgets() throws {
    let parameters = "parameters: {a: {int: [1, 4]}, b: {choice: [x, y, z]}}"
    for budget in ["budget: {parallel: 1}", "budget: {trials: 99}", "budget: {trials: 12}"] {
      #expect(try Experiment.plan(parameters, "search: {strategy: grid}", budget).search.trials == 12)
    }
    #expect(try Experiment.plan(parameters, "search: {strategy: grid}", "budget: {trials: 5}").search.trials == 5)
  }

  @Test("The point of the defaults is tried first by strategies that draw points")
  func defaults() throws {
    let parameters = "parameters: {a: {int: [1, 4], default: 2}, b: 7}"
    let point = Point([.int(2), .int(7)])
    for (strategy, points) in [("random", [point]), ("sobol", [point]), ("grid", [])] {
      let plan = try Experiment.plan(parameters, "search: {strategy: \(strategy)}", "budget: {trials: 4}")
      #expect(plan.search.initialPoints == points)
    }
  }

  @Test("A label opens its space where it is chosen, also where another label has a choice of the same name")
  func labelsOfOneName() throws {
    let plan = try Experiment.plan(
      "parameters: {m: {choice: {a: {k: {choice: {x: {c: 1}, y: {}}}}, b: {k: {choice: {x: {c: 2}, z: {}}}}}}}",
      "search: {strategy: grid}", "budget: {parallel: 1}")
    let points = (0..<plan.search.trials).map { plan.search.knownPoints[$0] }
    #expect(points.count == 4)
    #expect(points.allSatisfy(plan.search.space.contains))
    let found = points.map { point in ["c", "k", "m"].map { plan.search.space.value(of: $0, in: point)?.literal ?? "" }
    }
    #expect(
      Set(found) == [
        ["1", "\"x\"", "\"a\""], ["", "\"y\"", "\"a\""], ["2", "\"x\"", "\"b\""], ["", "\"z\"", "\"b\""],
      ])
    // Of each name at most one is active.
    for point in points {
      let active = zip(plan.search.space.parameters, point.values).filter { $1 != nil }.map(\.0.name)
      #expect(Set(active).count == active.count)
    }
  }

  @Test("Labels that are numbers keep the numbers' order")
  func numericLabels() throws {
    let plan = try Experiment.plan("parameters: {n: {choice: {10: {}, 9: {}, a: {}, 2.5: {}}}}", "budget: {trials: 3}")
    #expect(plan.search.space.parameters[0].domain == .choice([.float(2.5), .int(9), .int(10), .string("a")]))
  }

  @Test("A grid with few points among many combinations is a plan that can be read again")
  func sparseGrid() throws {
    let plan = try Experiment.plan(
      "parameters: {a: {int: [0, 99]}, b: {int: [0, 99]}, c: {int: [0, 9]}}",
      "constraints: [a == 7, b == a, c == 3]", "search: {strategy: grid}", "budget: {parallel: 1}")
    #expect(plan.search.trials == 1)
    #expect(try PlanDocument(fileBytes: PlanDocument(plan).fileBytes).plan == plan)
  }

  @Test("The points of a list take what they leave out from defaults and constants")
  func points() throws {
    let plan = try Experiment.plan(
      "parameters: {b: {int: [1, 4], default: 2}, a: {float: [0, 1]}, c: 7}",
      "search: {strategy: list, points: [{a: 1}, {b: 3, a: 0.5}]}")
    #expect(
      plan.search.strategy == .list([Point([.float(1), .int(2), .int(7)]), Point([.float(0.5), .int(3), .int(7)])]))
    #expect(plan.search.trials == 2)
  }
}

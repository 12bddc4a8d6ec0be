@testable import Compiler
@testable import Search

extension Marked {
  /// E2: the search space.
  static let space = [
    Marked("no parameters", "parameters: {} #! E2001:13"),
    Marked("a bad name of a parameter", "parameters: {1st: {float: [0, 1]}} #! E2002:14"),
    Marked("no type", "parameters: {lr: {scale: log}} #! E2003:18"),
    Marked("a misspelt type is said once", "parameters: {lr: {flaot: [0, 1]}} #! E1001:19"),
    Marked(
      "a range in another tool's words is said once",
      "parameters: {lr: {type: float, low: 0, high: 1}, b: {min: 0, max: 1, log: true}} #! E1001:19 E1001:54 E1001:70"),
    Marked(
      "a range as another tool's call",
      "parameters:\n  a: {int: [0, 99]}\n  lr: tune.loguniform(1, 2) #! W2008:7\n  fn: 'uniform(1, 2)'\n  loss: focal(2)"
    ),
    Marked("a value that a comma cuts", "parameters: {lr: {float: [0, 1], prior: normal(0.5, 0.1)}} #! E1021:41"),
    Marked("bounds in round brackets", "parameters: {lr: {float: (1e-4, 1e-1)}} #! E1021:26"),
    Marked("values without brackets", "parameters: {a: {float: [0, 1]}, b: {choice: x, y}} #! E1021:46"),
    Marked(
      "a quoted number as the default",
      "parameters: {lr: {float: [0, 1]}, a: {choice: [1, 20], default: '20'}} #! E2017:65"),
    Marked("two types", "parameters: {lr: {float: [0, 1], int: [0, 1]}} #! E2004:34"),
    Marked("a list for a choice", "parameters: {lr: [0, 1]} #! E2005:18"),
    Marked("one bound", "parameters: {lr: {float: [0]}} #! E2006:26"),
    Marked("bounds that are swapped", "parameters: {a: {float: [1, 0]}, b: {int: [2, 1]}} #! E2007:25 E2007:43"),
    Marked(
      "zero on a log scale",
      "parameters: {a: {float: [0, 1], scale: log}, b: {int: [0, 9], scale: log}} #! E2008:26 E2008:56"),
    Marked("a tiny bound on a log scale", "parameters: {a: {float: [1e-301, 1], scale: log}} #! E2008:26"),
    Marked("a huge bound on a log scale", "parameters: {a: {float: [1, 1e301], scale: log}} #! E2008:29"),
    Marked("a range that is too wide", "parameters: {a: {float: [-1e308, 1e308]}} #! E2009:25"),
    Marked(
      "a step of nothing", "parameters: {a: {float: [0, 1], step: 0}, b: {int: [0, 1], step: -1}} #! E2010:39 E2010:66"),
    Marked(
      "a step on a log scale",
      "parameters: {a: {float: [1, 2], step: 0.5, scale: log}, b: {int: [1, 3], step: 1, scale: log}} #! E2011:39 E2011:80"
    ),
    Marked(
      "a step that does not divide",
      "parameters: {a: {float: [0, 1], step: 0.3}, b: {int: [0, 10], step: 3}} #! E2012:39 E2012:69"),
    Marked("no such scale", "parameters: {a: {float: [0, 1], scale: lgo}} #! E2013:40"),
    Marked("an empty choice", "parameters: {a: {choice: []}} #! E2014:26"),
    Marked("a choice that stands twice", "parameters: {a: {choice: [1, 2, 1.0]}} #! E2015:33"),
    Marked(
      "a scale and a step of a choice", "parameters: {a: {choice: [1, 2], scale: log, step: 1}} #! E2016:34 E2016:46",
      "budget: {trials: 2}"),
    Marked(
      "defaults outside",
      "parameters: {a: {float: [0, 1], default: 2}, b: {choice: [x], default: y}} #! E2017:42 W2001:58 E2017:72"),
    Marked(
      "a default between the steps", "parameters: {a: {float: [0, 1], step: 0.25, default: 0.3}} #! E2017:54",
      "budget: {trials: 2}"),
    Marked(
      "one value only", "parameters: {a: {float: [1, 1]}, b: {int: [2, 2]}, c: {int: [0, 99]}} #! W2001:25 W2001:43"),
  ]

  /// E3: strategy, budget and stopping.
  static let search = [
    Marked("a strategy by another name", "search: {strategy: sha} #! E3001:20"),
    Marked("no such strategy", "search: {strategy: radnom} #! E3001:20"),
    Marked("a grid of what is continuous", "search: {strategy: grid}", "parameters: {lr: {float: [0, 1]}} #! E3002:18"),
    Marked(
      "a grid that is too large", "search: {strategy: grid} #! E3003:20", "parameters: {a: {int: [1, 10000001]}}",
      without: ["budget"]),
    Marked("no budget for what has no end", without: ["budget"]).marking("search", "E3004:20"),
    Marked("a budget without trials", "budget: {time: 1h} #! E3004:9"),
    Marked("a list without points", "search: {strategy: list} #! E3005:20"),
    Marked("a list of no points", "search: {strategy: list, points: []} #! E3005:34"),
    Marked("points of another strategy", "search: {strategy: random, points: [{lr: 1}]} #! E3006:36"),
    Marked("a point without a value", "search: {strategy: list, points: [{lr: 1}, {}]} #! E3007:44"),
    Marked("a point outside", "search: {strategy: list, points: [{lr: 2}]} #! E3008:40"),
    Marked("a point that stands twice", "search: {strategy: list, points: [{lr: 1}, {lr: 1.0}]} #! E3009:44"),
    Marked("a point with a misspelt name is one mistake", "search: {strategy: list, points: [{lt: 1}]} #! E4008:36"),
    Marked(
      "more parameters than Sobol takes", "search: {strategy: sobol} #! E3010:20",
      "parameters:\n" + (0..<513).map { "  p\($0): {float: [0, 1]}" }.joined(separator: "\n")),
    Marked("an improvement below nothing", "stopping: [{plateau: {trials: 3, improvement: -1}}] #! E3011:47"),
    Marked(
      "a budget below the grid", "search: {strategy: grid}", "parameters: {a: {int: [1, 20]}}",
      "budget: {trials: 3} #! W3001:18"),
    Marked(
      "a budget below the list", "search: {strategy: list, points: [{lr: 1}, {lr: 0}]}",
      "budget: {trials: 1} #! W3001:18"),
    Marked("more trials than points", "parameters: {a: {int: [1, 3]}}", "budget: {trials: 4} #! W3002:18"),
    Marked("failures that never fire", "stopping: [{failures: {in_a_row: 11}}] #! W3003:34"),
    Marked("failures that may fire at the end", "stopping: [{failures: {in_a_row: 10}}]"),
    Marked("how many failures is missing", "stopping: [{failures: {}}] #! E1002:23"),
    Marked("failures of several kinds", "stopping: [{failures: {rate: 0.5, in_a_row: 2, count: 5}}]"),
    Marked("a rate of all", "stopping: [{failures: {rate: 1}}] #! E3044:30"),
    Marked("a rate that is looked at too late", "stopping: [{failures: {rate: 0.1, trials: 11}}] #! W3003:30"),
    Marked("more failures than trials", "stopping: [{failures: {count: 11}}] #! W3003:31"),
    Marked("trials without a rate", "stopping: [{failures: {trials: 5}}] #! E1002:23"),
    Marked("two rules in one", "stopping: [{failures: {in_a_row: 2}, plateau: {trials: 3}}] #! E1014:12"),
    Marked("a plateau that never fires", "stopping: [{plateau: {trials: 10}}] #! W3003:31"),
  ]

  /// E4: the command and its references.
  static let references = [
    Marked("an empty command", "trial: {run: ''} #! E4001:14"),
    Marked("an empty list as a command", "trial: {run: []} #! E4001:14"),
    Marked("an open quote", "trial: {run: 'a ${args} \"b'} #! E4002:25"),
    Marked("a pipe and a redirection", "trial: {run: 'a ${args} | b > c'} #! E4003:25 E4003:29"),
    Marked("a placeholder without an end", "trial: {run: 'a ${args} ${lr'} #! E4004:25"),
    Marked("a bare dollar", "trial: {run: 'a ${args} $lr'} #! E4005:25"),
    Marked("all parameters within an argument", "trial: {run: 'a --x=${args}'} #! E4006:17"),
    Marked("no such placeholder, which is not unused as well", "trial: {run: 'a ${lt}'} #! E4007:17"),
    Marked(
      "a parameter that the command does not name", "parameters: {a: {int: [0, 99]}, b: {int: [0, 9]}, c: 1}",
      "trial: {run: 'x ${a}'} #! W4001:14"),
    Marked(
      "an error in a parameter says nothing of what names it",
      "parameters: {a: {flaot: [0, 1]}, c: {float: [0, 1], when: a > 1}} #! E1001:18", "trial: {run: 'x ${a}'}",
      "constraints: [a < 1]"),
    Marked(
      "an error in a parameter hides none of what names others",
      "parameters: {a: {flaot: [0, 1]}, width: {float: [0, 1], when: b > 1}} #! E1001:18 E4069:63",
      "trial: {run: 'x ${d}'} #! E4007:17", "constraints: [a + widht < 1, width < -1] #! E4069:19 E2029:30"),
    Marked(
      "nothing is said of names where some are not known",
      "parameters: {a: {chioce: {x: {q: {float: [0, 1]}}}}} #! E1001:18", "trial: {run: 'x ${q}'}"),
  ]

  /// Several independent mistakes, each once.
  static let several = Marked(
    "mistakes in every section",
    text: """
      attune: 1
      name: a b #! E1006:7
      objective: {minimise: loss} #! E1001:13
      parameters:
        lr: {float: [1, 0]} #! E2007:15
        n: {int: [1, 8], scale: lg} #! E2013:27
        ok: {choice: [a, a]} #! E2015:20
      serch: {strategy: random} #! E1001:1
      budget: {trials: 1_0, paralel: 2} #! E1007:18 E1001:23
      stopping: [{plateau: {trials: 0}}] #! E1010:31
      trial:
        run: train.py ${lrr} #! E4007:17
        timeout: 10 #! E1011:12
      """)

  static let all = quick + constraints

  /// Those that are compiled in no time: whether constraints leave anything is looked for.
  static let quick =
    syntax + structure + later + space + search + references + conditions + expressions + trial + [several]

  /// With a mark behind the line of a section that is otherwise good.
  private func marking(_ section: String, _ mark: String) -> Marked {
    let lines = text.split(separator: "\n").map { $0.hasPrefix(section + ":") ? "\($0) #! \(mark)" : String($0) }
    return Marked(name, text: lines.joined(separator: "\n"))
  }
}

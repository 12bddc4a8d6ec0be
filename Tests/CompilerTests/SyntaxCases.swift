@testable import Compiler

extension Marked {
  /// E01: what YAML does not allow, and what this language does not allow of it.
  static let syntax = [
    Marked("a bracket that is not closed", text: "attune: 1\nname: {a: 1 #! E0112:7\n"),
    Marked("a quote that is not closed", text: "attune: 1\nname: \"a #! E0114:7\n"),
    Marked("a text goes on after its quotes", "name: 'it's' #! E0101:11"),
    Marked("a tab that indents", text: "attune: 1\nparameters:\n\tlr: 1 #! E0102:1"),
    Marked("two documents", text: Experiment.text([]) + "---  #! E0103:1\na: 1\n"),
    Marked("nothing", text: " #! E0104:1"),
    Marked("only a comment", text: "# nothing #! E0104:1"),
    Marked("an alias without an anchor", "search: {strategy: *stratgy} #! E0107:20"),
    Marked("an alias within its own anchor", "search: &s {strategy: *s} #! E0108:23"),
    Marked("a tag on a scalar", "name: !!str test #! E0109:7"),
    Marked(
      "a tag on a list and on a mapping", "stopping: !list [] #! E0109:11", "budget: !map {trials: 10} #! E0109:9"),
    Marked("a key that stands twice", "budget: {trials: 10, trials: 20} #! E0110:22"),
    Marked("a key that stands three times", "budget: {trials: 1, trials: 2, trials: 3} #! E0110:21 E0110:32"),
    Marked("a key in quotes is the same key", "budget: {trials: 10, 'trials': 20} #! E0110:22"),
    Marked("a list as a key", "budget: {[a]: 1, trials: 10} #! E0111:10"),
    Marked(
      "merge keys: what is wrong with the whole is told at the use",
      "parameters:\n  a: &a {float: [0, 1]}\n  b: {<<: *a, scale: log} #! E2008:11"),
    Marked("a merge key of a number", "budget: {<<: 3, trials: 10} #! E0148:14"),
    Marked(
      "a minus of another kind", "parameters: {lr: {float: [1e\u{2212}4, 1], step: \u{FF11}}} #! E0155:27 E0155:43"),
    Marked(
      "what YAML 1.1 reads otherwise, where no key says the type",
      "parameters: {a: {choice: [on, 'no', 0.1]}, b: {choice: [1e-3, 0.5]}, lr: {float: [1e-3, 1]}, c: 12:30:45} #! W0001:27 W0002:57 W0001:97",
      "trial: {run: 'a ${args}', environment: {A: off, B: 1e-3, C: '010', D: 010, E: 10, F: true}} #! W0001:44 W0001:71"
    ),
    Marked(
      "what YAML 1.1 reads otherwise in a point", "parameters: {lr: {float: [0, 1]}, a: {choice: ['on', 'off']}}",
      "search: {strategy: list, points: [{lr: 1e-3, a: on}]} #! W0001:49"),
  ]

  /// E10: the structure, key by key.
  static let structure = [
    Marked("a good experiment"),
    Marked("a key that is one edit away", "budget: {trails: 10, trials: 10} #! E1001:10"),
    Marked("a key that is nothing we know", "budget: {trials: 10, zebra: 1} #! E1001:22"),
    Marked("a misspelt section is not missing as well", "serach: {strategy: random} #! E1001:1", without: ["search"]),
    Marked("another tool's word for a key is not missing as well", "trial: {command: x} #! E1001:9"),
    Marked(
      "another tool's objective", "objective: {metric: loss, direction: minimize, goal: 1} #! E1001:13 E1001:48"),
    Marked("a key beside its section", "budget: {parallel: 2}", "trials: 10 #! E1001:1"),
    Marked("a key without its section", "trials: 10 #! E1001:1", without: ["budget"]),
    Marked("a misspelt `extends` is all that is wrong", text: "attune: 1\nextend: base.yaml #! E1001:1\nname: a"),
    Marked("another tool's word for what a rule needs", "stopping: [{plateau: {patience: 3}}] #! E1001:23"),
    Marked("everything is missing", text: "description: none #! E1002:1 E1002:1 E1002:1 E1002:1 E3004:1 W1001:1"),
    Marked("an objective without a metric", "objective: {target: 1} #! E1002:12"),
    Marked("a search without a strategy", "search: {seed: 1}"),
    Marked(
      "no trial",
      text:
        "attune: 1 #! W1001:1\nname: n\nobjective: {minimize: l}\nparameters: {x: {int: [1, 9]}}\nbudget: {trials: 3}"),
    Marked("a trial without a command", "trial: {inputs: []} #! E1002:8"),
    Marked("a plateau without a number", "stopping: [{plateau: {improvement: 1}}] #! E1002:22"),
    Marked("metrics without a source", "trial: {run: 'a ${args}', metrics: {}} #! E1002:36"),
    Marked("a list for the whole", text: "- attune: 1 #! E1003:1"),
    Marked("nothing where a section belongs", "budget: #! E1003:8"),
    Marked("a mapping where a text belongs", "name: {a: b} #! E1003:7"),
    Marked("a text where a list belongs", "stopping: plateau #! E1003:11"),
    Marked("a word where a number belongs", "budget: {trials: many} #! E1003:18"),
    Marked("a fraction where a whole number belongs", "budget: {trials: 1.5} #! E1003:18"),
    Marked("infinity where a number belongs", "objective: {minimize: loss, target: .inf} #! E1003:37"),
    Marked("a null description", "description: ~ #! E1003:14"),
    Marked("a point that is no mapping", "search: {strategy: list, points: [1]} #! E1003:35"),
    Marked("points that are no list", "search: {strategy: list, points: 5} #! E1003:34"),
    Marked("a command that is a mapping", "trial: {run: {a: b}} #! E1003:14"),
    Marked("a variable that is a list", "trial: {run: 'a ${args}', environment: {A: [1]}} #! E1003:44"),
    Marked("variables that are a list", "trial: {run: 'a ${args}', environment: [A]} #! E1003:40"),
    Marked("parameters that are a list", "parameters: [lr] #! E1003:13"),
    Marked("another version", "attune: 2 #! E1005:9"),
    Marked("a version in quotes", "attune: '1' #! E1005:9"),
    Marked("a name with a slash", "name: a/b #! E1006:7"),
    Marked("a name that begins with a dash", "name: -a #! E1006:7"),
    Marked("a name of 65 letters", "name: \(String(repeating: "a", count: 65)) #! E1006:7"),
    Marked("an octal number of old", "budget: {trials: 010} #! E1007:18"),
    Marked("a number in groups", "budget: {trials: 1_000} #! E1007:18"),
    Marked("a number beyond all doubles", "objective: {minimize: loss, target: 1e400} #! E1008:37"),
    Marked("a whole number beyond 2^63", "budget: {trials: 99999999999999999999} #! E1008:18"),
    Marked("a number in quotes", "budget: {trials: '10'} #! E1009:18"),
    Marked("a number below its bounds", "budget: {trials: 0} #! E1010:18"),
    Marked(
      "numbers above their bounds",
      "search: {strategy: random, lanes: 8193, seed: 9007199254740992} #! E1010:35 E1010:47"),
    Marked("a length of time without a unit", "budget: {trials: 10, time: 90} #! E1011:28"),
    Marked("two goals", "objective: {minimize: loss, maximize: accuracy} #! E1012:29"),
    Marked("a metric with a space", "objective: {minimize: val loss} #! E1013:23"),
    Marked("a metric that begins with a digit", "objective: {minimize: 1st} #! E1013:23"),
    Marked("a rule that is a word", "stopping: [plateau] #! E1014:12"),
    Marked("a rule that is two", "stopping: [{plateau: {trials: 1}, target: 1}] #! E1014:12"),
    Marked("a target among the rules", "stopping: [{target: 1}] #! E1015:13"),
    Marked(
      "variables of ours, and bad ones",
      "trial: {run: 'a ${args}', environment: {ATTUNE_X: 1, 'a=b': 2}} #! E1016:41 E1016:54"),
    Marked("a variable before the command", "trial: {run: 'LR=3 python ${args}'} #! E4003:15"),
    Marked("a NUL in a constant", "parameters: {x: \"a\\0\"} #! E1017:17"),
    Marked("a parameter called args", "parameters: {args: {int: [1, 2]}} #! E2018:14"),
    Marked("a parameter called as a part of the trial", "parameters: {trial.dir: {int: [1, 2]}} #! E2018:14"),
    Marked("a NUL in an argument", "trial: {run: [a, \"b\\0\", '${args}']} #! E1017:18"),
    Marked("a NUL in a variable", "trial: {run: 'a ${args}', environment: {A: \"\\0\"}} #! E1017:44"),
    Marked("metrics from nowhere", "trial: {run: 'a ${args}', metrics: {from: stdot}} #! E1018:43"),
  ]

  /// E1004: what the language has and this version does not.
  static let later = [
    "executor: {} #! E1004:1",
    "tags: [] #! E1004:1",
    "objective: {minimize: loss, tolerance: 1} #! E1004:29",
    "search: {strategy: random, order: asynchronous} #! E1004:28",
    "search: {strategy: random, options: {}} #! E1004:28", "budget: {trials: 10, cost: 0} #! E1003:28",
    "budget: {trials: 10, cpu_hours: ten} #! E1003:33", "budget: {trials: 10, money: 3} #! E1001:22",
    "budget: {trials: 10, rates: [2]} #! E1003:29", "budget: {trials: 10, rates: {cpus: -1}} #! E1003:36",
    "budget: {trials: 10, rates: {a b: 1}} #! E3058:30", "stopping: [{cost: 5}] #! E1001:13",
    "stopping: [{regret: {}}] #! E1004:13",
    "stopping: [{expected_improvement: {}}] #! E1002:35",
    "stopping: [{expected_improvement: {below: 0}}] #! E1003:43",
    "stopping: [{expected_improvement: {below: 1, trials: 0}}] #! E1010:54",
    "trial: {run: 'a ${args}', resources: {gpu_memory: 1}} #! E1004:39",
    "trial: {run: 'a ${args}', resources: {gpus: -1}} #! E1010:45",
    "trial: {run: 'a ${args}', resources: {gpus: 0.5}} #! E1003:45",
    "trial: {run: 'a ${args}', resources: {named: {a b: 1}}} #! E3058:47",
    "trial: {run: 'a ${args}', resources: {named: {a: 0}}} #! E1010:50",
    "trial: {run: 'a ${args}', resources: {named: [a]}} #! E1003:46",
    "trial: {run: 'a ${args}', resources: {memory: 2}} #! E1003:47",
    "trial: {run: 'a ${args}', resources: {memory: 1kB}} #! E1003:47",
    "trial: {run: 'a ${args}', resources: {cpus: 0}} #! E1003:45",
  ].map { Marked($0, $0) }
}

@testable import Compiler

extension Marked {
  private static let optimizers = "opt: {choice: [adam, sgd]}"

  /// A space with a condition on `m`.
  private static func when(_ condition: String, _ mark: String) -> Marked {
    Marked(
      "when: \(condition)",
      "parameters:\n  opt: {choice: [adam, sgd]}\n  n: {int: [1, 4]}\n  m:\n    float: [0, 1]\n    when: \(condition) #! \(mark)"
    )
  }

  /// Conditions, labels, priors, nested names and points of such spaces.
  static let conditions = [
    Marked(
      "conditions go round", "parameters: {a: {int: [1, 2], when: b > 1}, b: {int: [1, 2], when: a > 1}} #! E2020:37"),
    Marked("a condition of itself", "parameters: {a: {int: [1, 2], when: a > 1}} #! E2020:37"),
    when("n > 4", "E2021:11"),
    when("opt == \"sgd\" and opt == \"adam\"", "E2021:11"),
    when("n + 1 < 2", "E2021:11"),
    when("n >= 1", "W2002:11"),
    when("true", "W2002:11"),
    when("n", "E4068:11"),
    when("opt == sgd", "E4070:18"),
    when("opt in [\"sgd\", adam]", "E4070:26"),
    when("opt == \"sdg\"", "E4071:18"),
    when("n == 9", "E4071:16"),
    when("nn > 1", "E4069:11"),
    when("loss > 1", "E4069:11"),
    Marked(
      "what a label opens", "parameters: {m: {choice: {svm: 3, forest: {n: {int: [1, 9]}}}}} #! E2019:32"),
    Marked("an empty mapping of labels", "parameters: {m: {choice: {}}} #! E2014:26"),
    Marked("a label twice by value", "parameters: {m: {choice: {1: {}, 1.0: {}}}} #! E2015:34"),
    Marked(
      "a mistake below a label is found there",
      "parameters: {m: {choice: {svm: {c: {float: [2, 1]}}, tree: {}}}} #! E2007:44"),
    Marked(
      "one name under two labels, and again", "parameters: {m: {choice: {a: {c: 1}, b: {c: 2}}}, c: 3} #! E2023:51"),
    Marked("weights of a range", "parameters: {a: {float: [0, 1], weights: [1]}} #! E2022:33"),
    Marked("an ordered range", "parameters: {a: {float: [0, 1], ordered: true}} #! E2022:33"),
    Marked(
      "a prior of a choice", "parameters: {a: {choice: [x, y], prior: 'normal(0, 1)'}} #! E2016:34",
      "budget: {trials: 2}"),
    Marked(
      "ordered is true or false", "parameters: {a: {choice: [x, y], ordered: yes}} #! E1003:43", "budget: {trials: 2}"),
    Marked("no prior", "parameters: {a: {float: [0, 1], prior: gauss}} #! E2024:40"),
    Marked("a prior without a spread", "parameters: {a: {float: [0, 1], prior: 'normal(0.5)'}} #! E2024:40"),
    Marked("a spread of nothing", "parameters: {a: {float: [0, 1], prior: 'normal(0.5, 0)'}} #! E2025:40"),
    Marked("a factor below 1", "parameters: {a: {float: [1, 9], scale: log, prior: 'normal(2, 1)'}} #! E2025:52"),
    Marked("a mean outside", "parameters: {a: {float: [0, 1], prior: 'normal(2, 1)'}} #! W2007:40"),
    Marked("too few weights", "parameters: {a: {choice: [x, y], weights: [1]}} #! E2026:43", "budget: {trials: 2}"),
    Marked(
      "a weight below nothing", "parameters: {a: {choice: [x, y], weights: [1, -1]}} #! E2027:47", "budget: {trials: 2}"
    ),
    Marked("no weight left", "parameters: {a: {choice: [x, y], weights: [0, 0]}} #! E2028:43", "budget: {trials: 2}"),
    Marked(
      "a weight of nothing", "parameters: {a: {choice: [xx, yy], weights: {xz: 1}}} #! E2032:46", "budget: {trials: 2}"),
    Marked(
      "weights that draw nothing", "parameters: {a: {choice: [x, y], weights: [1, 2]}} #! W2004:17",
      "search: {strategy: grid}", "budget: {trials: 2}"),
    Marked("a name within a value", "parameters: {opt: {int: [0, 9]}, opt.lr: {float: [0, 1]}} #! E2033:34"),
    Marked("dots that nest nothing", "parameters: {opt.: {int: [0, 9]}} #! E2002:14"),
    Marked("one point", "parameters: {a: 3} #! W2003:14", "search: {strategy: grid}", without: ["budget"]),
    Marked(
      "a placeholder of what may be inactive",
      "parameters: {opt: {choice: [adam, sgd]}, m: {float: [0, 1], when: 'opt == \"sgd\"'}}",
      "trial: {run: 'x ${opt} ${m}', inputs: []} #! E4074:24"),
    Marked(
      "a placeholder that each label has", "parameters: {k: {choice: {a: {c: 1}, b: {c: {float: [0, 1]}}}}}",
      "trial: {run: 'x ${k} ${c}', inputs: []}"),
    Marked(
      "a value of an inactive parameter", "parameters: {o: {choice: [a, b]}, m: {float: [0, 1], when: 'o == \"b\"'}}",
      "search: {strategy: list, points: [{o: a, m: 1}, {o: b, m: 1}, {o: b}]} #! E3020:42 E3007:63"),
    Marked(
      "initial points of a grid", "parameters: {a: {int: [0, 9]}}",
      "search: {strategy: grid, initial: [{a: 1}]} #! E3024:26"),
    Marked(
      "phases", "search: {phases: [{strategy: sobol, trials: 4}, {strategy: tpe, trials: 5}, {strategy: random}]}"),
    Marked("nothing of the search", "search: {}"),
    Marked("earlier outcomes", "search: {reuse: observations}"),
    Marked("earlier trials", "search: {strategy: tpe, reuse: trials} #! E3029:32"),
    Marked("earlier outcomes for random points", "search: {strategy: random, reuse: observations} #! W3009:28"),
    Marked("initial points before phases", "search: {phases: [{strategy: bayesian}], initial: [{lr: 0.5}]}"),
    Marked(
      "phases and a strategy", "search: {strategy: bayesian, phases: [{strategy: tpe}]} #! E3025:10"),
    Marked("phases and points", "search: {phases: [{strategy: tpe}], points: [{lr: 0}]} #! E3006:45"),
    Marked("a phase without an end", "search: {phases: [{strategy: sobol}, {strategy: bayesian}]} #! E3026:19"),
    Marked("a fidelity", "search: {strategy: asha}", "fidelity: {epochs: {from: 27, to: 81, reduction: 3}}"),
    Marked(
      "a fidelity alone, with its own budget", "search: {}", "fidelity: {epochs: {to: 4, reduction: 2}}",
      "budget: {fidelity: 99}"),
    Marked("a fidelity of one rung", "search: {strategy: asha}", "fidelity: {epochs: {from: 2, to: 5}} #! E3030:34"),
    Marked("no fidelity", "search: {strategy: bohb} #! E3031:20"),
    Marked(
      "a fidelity that nothing sets", "search: {strategy: tpe} #! E3032:20", "fidelity: {epochs: {from: 3, to: 9}}"),
    Marked(
      "a fidelity beside phases", "search: {phases: [{strategy: tpe}]} #! E3032:10",
      "fidelity: {epochs: {from: 3, to: 9}}"),
    Marked("two fidelities", "search: {strategy: asha}", "fidelity: {epochs: {to: 9}, rows: {to: 9}} #! E1003:11"),
    Marked(
      "a fidelity that is a parameter as well", "parameters: {lr: {float: [0, 1]}}", "search: {strategy: asha}",
      "fidelity: {lr: {from: 3, to: 9}} #! E2023:12"),
    Marked(
      "unknown proposals", "search: {strategy: asha, proposals: tpee} #! E3033:37",
      "fidelity: {epochs: {from: 3, to: 9}}"),
    Marked(
      "brackets without rungs", "search: {strategy: asha, brackets: 2} #! E3034:26", "fidelity: {epochs: {to: 9}}",
      "budget: {trials: 40}"),
    Marked(
      "more brackets than rungs", "search: {strategy: bohb, brackets: 4} #! E3065:36", "fidelity: {epochs: {to: 9}}",
      "budget: {trials: 40}"),
    Marked(
      "as many brackets as rungs", "search: {strategy: bohb, brackets: 3}", "fidelity: {epochs: {to: 9}}",
      "budget: {trials: 40}"),
    Marked(
      "fewer trials than come to full training in the only bracket", "search: {strategy: hyperband, brackets: 1}",
      "fidelity: {epochs: {to: 9}}", "budget: {trials: 12} #! W3010:18"),
    Marked(
      "half a processor that is pinned",
      "trial: {run: 'a ${lr}', inputs: [], resources: {cpus: 0.5, pin_cpus: true}} #! E3066:60"),
    Marked(
      "processors that are pinned", "trial: {run: 'a ${lr}', inputs: [], resources: {cpus: 2, pin_cpus: true}}"),
    Marked("proposals without rungs", "search: {strategy: tpe, proposals: tpe} #! E3034:25"),
    Marked(
      "a condition on the fidelity", "parameters: {lr: {float: [0, 1], when: epochs > 3}} #! E3035:40",
      "search: {strategy: asha}", "fidelity: {epochs: {from: 3, to: 9}}"),
    Marked(
      "a constraint on the fidelity", "search: {strategy: asha}", "fidelity: {epochs: {from: 3, to: 9}}",
      "constraints: [epochs > 3, loss < epochs] #! E3035:15"),
    Marked("a population without steps", "search: {strategy: pbt} #! E3037:20"),
    Marked(
      "a population on rungs", "search: {strategy: pbt}",
      "fidelity: {epochs: {from: 2, to: 9, checkpoint: true}} #! E3037:21"),
    Marked(
      "a population without checkpoints", "search: {strategy: pbt}", "fidelity: {epochs: {every: 3, to: 9}} #! E3037:21"
    ),
    Marked(
      "rungs in even steps", "search: {strategy: asha}", "fidelity: {epochs: {every: 3, to: 9}} #! E3037:21"),
    Marked(
      "even steps and rungs", "search: {strategy: pbt}",
      "fidelity: {epochs: {every: 3, to: 9, reduction: 3, checkpoint: true}} #! E3037:21"),
    Marked(
      "one step", "search: {strategy: pbt}", "fidelity: {epochs: {every: 9, to: 9, checkpoint: true}} #! E3030:28"),
    Marked(
      "too many steps", "search: {strategy: pbt}",
      "fidelity: {epochs: {every: 1, to: 10001, checkpoint: true}} #! E3030:28"),
    Marked("a population of tpe", "search: {strategy: tpe, population: 9} #! E3038:25"),
    Marked(
      "a population in lanes", "budget: {parallel: 2}", "search: {strategy: pbt, population: 4, lanes: 2} #! E3039:47",
      "fidelity: {epochs: {every: 3, to: 9, checkpoint: true}}"),
    Marked(
      "more points than members", "budget: {parallel: 2}",
      "search: {strategy: pbt, population: 2, initial: [{lr: 0.01}, {lr: 0.02}, {lr: 0.03}]} #! E3049:40",
      "fidelity: {epochs: {every: 3, to: 9, checkpoint: true}}"),
    Marked(
      "a rule for single trials of a population", "budget: {parallel: 2}", "search: {strategy: pbt}",
      "fidelity: {epochs: {every: 3, to: 9, checkpoint: true}}", "stopping: [{median: {}}] #! E3041:13"),
    Marked(
      "a budget of the fidelity below a population", "search: {strategy: pbt, population: 4}",
      "fidelity: {epochs: {every: 3, to: 9, checkpoint: true}}", "budget: {fidelity: 26} #! W3010:20"),
    Marked(
      "a population that learns", "budget: {parallel: 2}", "search: {strategy: pbt, reuse: observations} #! E3039:25",
      "fidelity: {epochs: {every: 3, to: 9, checkpoint: true}}"),
    Marked(
      "a population of several objectives", "budget: {parallel: 2}", "objective: [{minimize: a}, {minimize: b}]",
      "search: {strategy: pbt} #! E3039:20",
      "fidelity: {epochs: {every: 3, to: 9, checkpoint: true}}"),
    Marked(
      "a population that is confirmed", "budget: {parallel: 2}", "search: {strategy: pbt}",
      "fidelity: {epochs: {every: 3, to: 9, checkpoint: true}}",
      "confirm: {top: 2} #! E3039:10"),
    Marked(
      "a budget below a population", "search: {strategy: pbt, population: 4}",
      "fidelity: {epochs: {every: 3, to: 9, checkpoint: true}}", "budget: {trials: 8} #! W3010:18"),
    Marked("a budget of no fidelity", "budget: {trials: 9, fidelity: 30} #! E3036:31"),
    Marked(
      "a budget below full training", "search: {strategy: asha}", "fidelity: {epochs: {to: 81}}",
      "budget: {fidelity: 80} #! W3010:20"),
    Marked(
      "fewer trials than come to full training", "search: {strategy: asha}", "fidelity: {epochs: {to: 81}}",
      "budget: {trials: 24} #! W3010:18"),
    Marked(
      "less of the fidelity than one with full training takes", "search: {strategy: asha}",
      "fidelity: {epochs: {to: 81}}", "budget: {trials: 25, fidelity: 236} #! W3010:32"),
    Marked(
      "as much of it", "search: {strategy: asha}", "fidelity: {epochs: {to: 81}}",
      "budget: {trials: 25, fidelity: 237}"),
    Marked(
      "just as many as come to full training", "search: {strategy: hyperband}", "fidelity: {epochs: {to: 81}}",
      "budget: {trials: 121}"),
    Marked(
      "a plateau of as many trials as have full training", "search: {strategy: hyperband}",
      "fidelity: {epochs: {to: 81}}", "budget: {trials: 206}", "stopping: [{plateau: {trials: 10}}] #! W3003:31"),
    Marked(
      "a plateau of fewer", "search: {strategy: bohb}", "fidelity: {epochs: {to: 81}}", "budget: {trials: 206}",
      "stopping: [{plateau: {trials: 9}}]"),
    Marked(
      "a plateau of a strategy that does not wait", "search: {strategy: asha}", "fidelity: {epochs: {to: 81}}",
      "budget: {trials: 150}", "stopping: [{plateau: {trials: 9}}]"),
    Marked(
      "a threshold beside rungs", "search: {strategy: asha}", "fidelity: {epochs: {to: 81}}", "budget: {trials: 150}",
      "stopping: [{threshold: {upper: 9}}]"),
    Marked(
      "a threshold of a population", "budget: {parallel: 2}", "search: {strategy: pbt}",
      "fidelity: {epochs: {every: 3, to: 9, checkpoint: true}}", "stopping: [{threshold: {metric: size, lower: 0}}]"),
    Marked(
      "a threshold in a population that waits for others", "budget: {parallel: 2}", "search: {strategy: pbt}",
      "fidelity: {epochs: {every: 3, to: 9, checkpoint: true}}",
      "stopping: [{threshold: {upper: 1, warmup_trials: 2}}] #! E3041:13"),
    Marked("a threshold over a parameter", "stopping: [{threshold: {metric: lr, upper: 1}}] #! E4030:13"),
    Marked("a threshold over a name that is none", "stopping: [{threshold: {metric: 'a b', upper: 1}}] #! E1013:33"),
    Marked(
      "patience beside a threshold over another metric",
      "stopping: [{threshold: {metric: size, upper: 1}}, {patience: {steps: 2}}] #! E3048:52"),
    Marked(
      "patience beside a threshold over the objective by its name",
      "stopping: [{threshold: {metric: loss, upper: 1}}, {patience: {steps: 2}}]"),
    Marked(
      "a threshold over what is not collected", "stopping: [{threshold: {metric: size, upper: 1}}] #! E4030:13",
      "trial: {run: 'a ${lr}', inputs: [], metrics: {from: stdout, names: {loss: l}}}"),
    Marked(
      "a threshold that waits for too many", "budget: {trials: 9}",
      "stopping: [{threshold: {upper: 1, warmup_trials: 9}}] #! W3020:13"),
    Marked(
      "a rule for trials of several objectives", "objective: [{minimize: a}, {minimize: b}]",
      "stopping: [{median: {}}] #! E3040:13"),
    Marked(
      "a rule for trials beside rungs", "search: {strategy: asha}", "fidelity: {epochs: {from: 3, to: 9}}",
      "stopping: [{bandit: {slack: 1}}] #! E3041:13"),
    Marked(
      "a rule for trials with repeats", "trial: {run: 'x ${lr}', inputs: [], repeats: {seeds: 2}}",
      "stopping: [{patience: {steps: 3}}] #! E3042:13"),
    Marked(
      "a rule for trials without steps", "trial: {run: 'x ${lr}', inputs: [], metrics: {from: json, path: m}}",
      "stopping: [{threshold: {upper: 1}}] #! E3043:13"),
    Marked("a share where percent are meant", "stopping: [{percentile: {percent: 0.25}}] #! W3021:35"),
    Marked("a slack as another tool has it", "stopping: [{bandit: {slack_factor: 0.1}}] #! E1001:22"),
    Marked("a pruner as another tool has it", "stopping: [{pruner: {}}] #! E1001:13"),
    Marked("a share above all", "stopping: [{percentile: {percent: 100.5}}] #! E3044:35"),
    Marked("a share of nothing", "stopping: [{truncation: {percent: 0}}] #! E3044:35"),
    Marked("a race for a sure thing", "stopping: [{racing: {p: 0}}] #! E3044:25"),
    Marked("a probability of 1", "stopping: [{wilcoxon: {p: 1}}] #! E3044:27"),
    Marked("a probability below 0", "stopping: [{learning_curve: {probability: -1}}] #! E3044:43"),
    Marked("a bandit without its slack", "stopping: [{bandit: {warmup_steps: 3}}] #! E3045:21"),
    Marked("a bandit with two", "stopping: [{bandit: {slack: 1, factor: 2}}] #! E3045:21"),
    Marked("a negative factor", "stopping: [{bandit: {factor: -0.1}}] #! E3046:30"),
    Marked("thresholds the wrong way round", "stopping: [{threshold: {lower: 2, upper: 1}}] #! E3047:42"),
    Marked(
      "patience beside a constraint over a metric", "constraints: [size < 9]",
      "stopping: [{patience: {steps: 2}}] #! E3048:13"),
    Marked(
      "hours without an end of a trial", "budget: {trials: 9, cpu_hours: 5} #! E3060:21",
      "trial: {run: 'a ${lr}', inputs: [], resources: {cpus: 2}}"),
    Marked(
      "a cost without an end of a trial", "budget: {trials: 9, cost: 5, rates: {cpus: 1}} #! E3060:21",
      "trial: {run: 'a ${lr}', inputs: [], resources: {cpus: 2}}"),
    Marked(
      "hours of GPUs that nobody has", "budget: {trials: 9, gpu_hours: 5} #! E3061:21",
      "trial: {run: 'a ${lr}', inputs: [], timeout: 1m, resources: {cpus: 2, gpus: 0}}"),
    Marked(
      "hours of CPUs that nobody counts", "budget: {trials: 9, cpu_hours: 5} #! E3061:21",
      "trial: {run: 'a ${lr}', inputs: [], timeout: 1m}"),
    Marked(
      "a cost without prices", "budget: {trials: 9, cost: 5} #! E3061:21",
      "trial: {run: 'a ${lr}', inputs: [], timeout: 1m, resources: {cpus: 2}}"),
    Marked(
      "a cost of what nobody has", "budget: {trials: 9, cost: 5, rates: {gpus: 2}} #! E3061:21",
      "trial: {run: 'a ${lr}', inputs: [], timeout: 1m, resources: {cpus: 2}}"),
    Marked(
      "a cost by a price that could not be read", "budget: {trials: 9, cost: 5, rates: {cpus: much}} #! E1003:44",
      "trial: {run: 'a ${lr}', inputs: [], timeout: 1m, resources: {cpus: 2}}"),
    Marked(
      "hours with a timeout that could not be read", "budget: {trials: 9, cpu_hours: 5}",
      "trial: {run: 'a ${lr}', inputs: [], timeout: 10, resources: {cpus: 2}} #! E1011:46"),
    Marked(
      "hours that are not enough", "budget: {trials: 9, cpu_hours: 0.03} #! E3062:21",
      "trial: {run: 'a ${lr}', inputs: [], timeout: 1m, resources: {cpus: 2}}"),
    Marked(
      "hours that are just enough", "budget: {trials: 9, cpu_hours: 0.0367}",
      "trial: {run: 'a ${lr}', inputs: [], timeout: 1m, resources: {cpus: 2}}"),
    Marked(
      "hours that are not enough with repeats", "budget: {trials: 9, cpu_hours: 0.07} #! E3062:21",
      "trial: {run: 'a ${lr}', inputs: [], timeout: 1m, repeats: {seeds: 2}, resources: {cpus: 2}}"),
    Marked(
      "a cost that is not enough to confirm", "budget: {trials: 9, cost: 0.9, rates: {cpus: 3.6}} #! E3062:21",
      "trial: {run: 'a ${lr}', inputs: [], timeout: 1m, resources: {cpus: 2}}", "confirm: {top: 2, repeats: 3}"),
    Marked(
      "a price of nothing", "budget: {trials: 9, rates: {cpu: 3.6}} #! W3022:29",
      "trial: {run: 'a ${lr}', inputs: [], resources: {cpus: 2}}"),
    Marked(
      "a price of what is named", "budget: {trials: 9, rates: {license: 3.6}}",
      "trial: {run: 'a ${lr}', inputs: [], resources: {named: {license: 2}}}"),
    Marked(
      "an expected improvement without a model", "search: {strategy: tpe, seed: 1}", "budget: {trials: 30}",
      "stopping: [{expected_improvement: {below: 0.1}}] #! E3059:13"),
    Marked(
      "a regret over rungs without a model of them all", "search: {strategy: asha, proposals: tpe}",
      "fidelity: {epochs: {to: 9}}", "budget: {trials: 30}", "stopping: [{regret: {bound: 0.1}}] #! E3059:13"),
    Marked(
      "a regret over rungs", "search: {strategy: hyperband, proposals: multi-fidelity}", "fidelity: {epochs: {to: 9}}",
      "budget: {trials: 30}", "stopping: [{regret: {bound: 0.1}}]"),
    Marked(
      "an expected improvement where auto stands for another strategy", "search: {strategy: auto}",
      "budget: {trials: 5000}", "stopping: [{expected_improvement: {below: 0.1}}] #! E3059:13"),
    Marked(
      "an expected improvement over rungs that auto chooses", "search: {strategy: auto}", "fidelity: {epochs: {to: 9}}",
      "budget: {trials: 30}", "stopping: [{expected_improvement: {below: 0.1}}]"),
    Marked(
      "an expected improvement of several objectives",
      "objective: [{minimize: loss}, {minimize: size}]", "search: {strategy: bayesian, seed: 1}",
      "budget: {trials: 30}", "stopping: [{expected_improvement: {below: 0.1}}] #! E3059:13"),
    Marked(
      "an expected improvement twice", "search: {strategy: bayesian, seed: 1}", "budget: {trials: 30}",
      "stopping: [{expected_improvement: {below: 0.1}}, {expected_improvement: {below: 0.2}}] #! E3059:51"),
    Marked(
      "a regret without a model", "search: {strategy: sobol, seed: 1}", "budget: {trials: 30}",
      "stopping: [{regret: {bound: 0.1}}] #! E3059:13"),
    Marked(
      "a regret beside an expected improvement", "search: {strategy: bayesian, seed: 1}", "budget: {trials: 30}",
      "stopping: [{regret: {bound: 0.1}}, {expected_improvement: {below: 0.1}}]"),
    Marked(
      "an expected improvement in a phase",
      "search: {phases: [{strategy: sobol, trials: 5}, {strategy: bayesian}], seed: 1}", "budget: {trials: 30}",
      "stopping: [{expected_improvement: {below: 0.1, trials: 2}}]"),
    Marked(
      "a confirmation of several objectives",
      "objective: [{minimize: loss}, {minimize: size}]", "confirm: {top: 3, repeats: 5} #! E3050:10"),
    Marked("a confirmation of nothing", "confirm: {top: 0} #! E1010:16"),
    Marked("a confirmation that is a number", "confirm: 3 #! E1003:10"),
    Marked("a confirmation with a word of another tool", "confirm: {seeds: 3} #! E1001:11"),
    Marked("a confirmation by an unknown aggregate", "confirm: {aggregate: best} #! E1062:22"),
    Marked("a confirmation as it should be", "confirm: {top: 2, repeats: 3, aggregate: median}"),
    Marked("a confirmation as it is usual", "confirm: {}"),
    Marked("steps that are a list", "prepare: [] #! E1003:10"),
    Marked("a step that is a text", "prepare: {a: make} #! E1003:14"),
    Marked("a step without a command", "prepare: {a: {inputs: []}} #! E1002:14"),
    Marked("a step with two commands", "prepare: {a: {run: x, shell: y, inputs: []}} #! E1030:23"),
    Marked("a step with a word of another tool", "prepare: {a: {cmd: x, inputs: []}} #! E1001:15"),
    Marked("a step's name with a space", "prepare: {a b: {run: x, inputs: []}} #! E3057:11"),
    Marked("a step after none", "prepare: {a: {run: x, inputs: [], after: [b]}} #! E3051:43"),
    Marked("a step after itself", "prepare: {a: {run: x, inputs: [], after: [a]}} #! E3051:43"),
    Marked(
      "a step after one of the other kind",
      "prepare: {a: {run: x, inputs: []}}", "finally: {b: {run: x, inputs: [], after: [a]}} #! E3051:43"),
    Marked(
      "steps in a circle",
      "prepare: {a: {run: x, inputs: [], after: [b]}, b: {run: x, inputs: [], after: [a]}} #! E3052:11"),
    Marked(
      "steps in a circle of what they make",
      "prepare: {a: {run: x, inputs: [c], outputs: [d]}, b: {run: x, inputs: [d/e], outputs: [c]}} #! E3052:11"),
    Marked("a step that reads what it makes", "prepare: {a: {run: x, inputs: [c, d/e], outputs: [d]}} #! E3052:35"),
    Marked(
      "an output of two steps",
      "prepare: {a: {run: x, inputs: [], outputs: [d]}, b: {run: x, inputs: [], outputs: [./d/e]}} #! E3053:84"),
    Marked("an absolute output", "prepare: {a: {run: x, inputs: [], outputs: [/d]}} #! E3054:45"),
    Marked("an output above", "prepare: {a: {run: x, inputs: [], outputs: [d/../../e]}} #! E3054:45"),
    Marked("an output that is a pattern", "prepare: {a: {run: x, inputs: [], outputs: ['d/*.csv']}} #! E3054:45"),
    Marked("steps without a name", "prepare: {run: x, inputs: []} #! E1003:11"),
    Marked("steps with a command of their own in the end", "finally: {shell: echo} #! E1003:11"),
    Marked("a step that is called run", "prepare: {run: {run: x, inputs: []}}"),
    Marked("a confirmation by one run", "confirm: {top: 2, repeats: 1} #! W3024:10"),
    Marked("an output without a name", "prepare: {a: {run: x, inputs: [], outputs: ['']}} #! E3054:45"),
    Marked("a parameter before trials", "prepare: {a: {run: 'x ${lr}', inputs: []}} #! E3055:23"),
    Marked("all parameters before trials", "prepare: {a: {run: 'x ${args}', inputs: []}} #! E3055:23"),
    Marked("a trial's folder before trials", "prepare: {a: {run: 'x ${trial.dir}', inputs: []}} #! E3055:23"),
    Marked("an unknown parameter in the end", "finally: {a: {run: 'x ${lrr}', inputs: []}} #! E4007:23"),
    Marked(
      "the best of several objectives",
      "objective: [{minimize: loss}, {minimize: size}]", "finally: {a: {run: 'x ${lr}', inputs: []}} #! E3056:23"),
    Marked(
      "an input that a step makes",
      "prepare: {a: {run: x, inputs: [], outputs: [made/x]}, b: {run: x, inputs: [made/x]}}",
      "trial: {run: 'x ${lr}', inputs: [made/x]}"),
    Marked("resources of a step", "prepare: {a: {run: x, inputs: [], resources: {}}} #! E1004:35"),
    Marked("patience of negative improvement", "stopping: [{patience: {steps: 2, improvement: -1}}] #! E3011:47"),
    Marked(
      "a race of two runs", "trial: {run: 'x ${lr}', inputs: [], repeats: {seeds: 2}}",
      "stopping: [{racing: {p: 0.1}}] #! W3020:13"),
    Marked("a rule that compares too late", "stopping: [{median: {warmup_trials: 10}}] #! W3020:13"),
    Marked("too few to learn from", "stopping: [{learning_curve: {probability: 0.1, warmup_trials: 3}}] #! E1010:63"),
    Marked("no patience", "stopping: [{patience: {}}] #! E1002:23"),
    Marked("warm-up trials of a rule that compares none", "stopping: [{threshold: {warmup_trials: 3}}]"),
    Marked("fewer warm-up trials than none", "stopping: [{patience: {steps: 3, warmup_trials: -1}}] #! E1010:49"),
    Marked("rungs as a phase", "search: {phases: [{strategy: asha}]} #! E3027:30"),
    Marked("a grid as a phase", "search: {phases: [{strategy: grid, trials: 4}, {strategy: tpe}]} #! E3027:30"),
    Marked("no phases", "search: {phases: []} #! E3028:18"),
    Marked(
      "a misspelt strategy of a phase", "search: {phases: [{strategy: sobl, trials: 3}, {strategy: tpe}]} #! E3001:30"),
    Marked("a phase without a strategy", "search: {phases: [{trials: 3}, {strategy: tpe}]} #! E1002:19"),
    Marked(
      "a phase that never begins", "search: {phases: [{strategy: sobol, trials: 10}, {strategy: tpe}]} #! W3007:50"),
    Marked(
      "phases that end before the budget",
      "search: {phases: [{strategy: sobol, trials: 2}, {strategy: tpe, trials: 3}]}",
      "budget: {trials: 10} #! W3008:18"),
    Marked(
      "more initial points than trials", "search: {strategy: random, initial: [{lr: 1}, {lr: 0}]}",
      "budget: {trials: 2} #! W3004:18"),
    Marked("an initial point outside", "search: {strategy: random, initial: [{lr: 2}]} #! E3008:43"),
    Marked("no objectives", "objective: [] #! E1060:12"),
    Marked("an objective twice", "objective: [{minimize: a}, {maximize: a}] #! E1061:39"),
    Marked(
      "an improvement of several objectives", "objective: [{minimize: a}, {maximize: b}]",
      "stopping: [{plateau: {trials: 3, improvement: 1}}] #! E3022:47"),
    Marked(
      "policies",
      "trial: {run: 'x ${lr}', inputs: [], failures: {exit: {retries: 2, wait: 10s, then: infeasible}, timeout: infeasible}}"
    ),
    Marked(
      "a growth of one",
      "trial: {run: 'x ${lr}', inputs: [], timeout: 1h, failures: {timeout: {retries: 1, grow: 1}}} #! E3063:89"),
    Marked(
      "a growth of nothing",
      "trial: {run: 'x ${lr}', inputs: [], failures: {silence: {retries: 1, grow: 2}}} #! E3064:70"),
    Marked(
      "a growth without retries",
      "trial: {run: 'x ${lr}', inputs: [], timeout: 1h, failures: {timeout: {grow: 2}}} #! E1002:70"),
    Marked(
      "a growth of an exit code",
      "trial: {run: 'x ${lr}', inputs: [], failures: {exit: {retries: 1, grow: 2}}} #! E1001:67"),
    Marked(
      "a growth that has a price", "budget: {trials: 9, rates: {memory: 1}}",
      "trial: {run: 'x ${lr}', inputs: [], resources: {memory: 1GiB}, failures: {memory: {retries: 1, grow: 2}}} #! E3064:96"
    ),
    Marked(
      "a race below repeats", "trial: {run: 'x ${lr}', inputs: [], repeats: {seeds: 3, racing: {p: 0.1}}} #! E1001:57"),
    Marked("no such policy", "trial: {run: 'x ${lr}', inputs: [], failures: {exit: ignore}} #! E1019:54"),
    Marked("no such rule for the interpreter", "trial: {run: 'x ${lr}', inputs: [], interpreter: anny} #! E1020:50"),
    Marked("a cache that is neither", "trial: {run: 'x ${lr}', inputs: [], cache: sometimes} #! E1003:44"),
    Marked("no such verdict", "trial: {run: 'x ${lr}', inputs: [], failures: {exit: {then: 3}}} #! E1019:61"),
    Marked(
      "a way to fail that there is not", "trial: {run: 'x ${lr}', inputs: [], failures: {exits: failed}} #! E1001:48"),
    Marked(
      "a way to fail of a later version", "trial: {run: 'x ${lr}', inputs: [], failures: {lost: failed}} #! E1004:48"),
    Marked("too many retries", "trial: {run: 'x ${lr}', inputs: [], failures: {exit: {retries: 101}}} #! E1010:64"),
    Marked("waiting for no retry", "trial: {run: 'x ${lr}', inputs: [], failures: {exit: {wait: 1s}}} #! E1002:54"),
    Marked("no such aggregate", "trial: {run: 'x ${lr}', inputs: [], repeats: {seeds: 3, aggregate: avg}} #! E1062:68"),
  ]

  /// A space with a constraint.
  private static func constraint(_ text: String, _ mark: String) -> Marked {
    Marked(
      "constraint: \(text)",
      "parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}, weight-decay: {float: [0, 1]}, opt: {choice: [adam, sgd]}}",
      "constraints:\n  - \(text) #! \(mark)")
  }

  /// The forms of expressions.
  static let expressions = [
    constraint("layers * width", "E4068:5"), constraint("layers * (width + 1", "E4060:24"),
    constraint("layers * <= 3", "E4060:14"), constraint("layers width <= 3", "E4060:12"),
    constraint("layers = 3", "E4061:12"), constraint("layers > 1 && width > 20", "E4061:16"),
    constraint("layers ^ 2 <= 9", "E4061:12"), constraint("1 < layers < 3", "E4062:16"),
    constraint("opt == \"sgd", "E4063:12"), constraint("sqr(width) < 20", "E4064:5"),
    constraint("sqrt(width, 2) < 20", "E4065:5"), constraint("max(width) < 20", "E4065:5"),
    constraint("opt * 2 < 20", "E4066:5"), constraint("not width", "E4066:9"),
    constraint("layers and width > 20", "E4066:5"), constraint("opt == 3", "E4067:12"),
    constraint("layers == \"3\"", "E4067:15"), constraint("layers in [1, width]", "E4075:19"),
    constraint("layers === 3", "E4061:12"), constraint("layers =< 3", "E4061:12"),
    constraint("layers =! 3", "E4061:12"),
    constraint("weight-decay * layers <= 1", "E4073:5"), constraint("2 * weight-decay < 1", "E4073:9"),
    constraint("weight-decay ** 2 < 1", "E4073:5"), constraint("min(weight-decay, layers) < 1", "E4073:9"),
    constraint("weight-decay <= layers", "E4073:5"), constraint("${weight-decay} <= 0.5", "").withoutMarks,
    constraint("layers * widht <= 1024", "E4069:14"), constraint("layers # 3", "E4068:5"),
    constraint("layers ? 3", "E4060:12"), constraint("10ms < layers", "E4060:5"),
    constraint(
      String(repeating: "(", count: 220) + "layers" + String(repeating: ")", count: 220) + " > 1", "E4072:206"),
  ]

  /// What constraints leave.
  static let constraints = [
    constraint("layers * width > 2048", "E2029:5"), constraint("layers * width <= 2048", "W2005:5"),
    constraint("opt in [\"adam\", \"sgd\"]", "W2005:5"), constraint("width % 2 >= 2", "E2029:5"),
    constraint("layers * width <= 1024", "").withoutMarks, constraint("latency_ms <= 20", "").withoutMarks,
    constraint("width / layers >= 100 or opt == \"sgd\"", "").withoutMarks,
    Marked(
      "two constraints that exclude each other", "parameters: {a: {float: [0, 1]}, b: {float: [0, 1]}}",
      "constraints: [a > b + 0.4, b > a] #! E2030:15"),
    Marked(
      "two constraints that leave no combination", "parameters: {a: {int: [0, 3]}, b: {int: [0, 3]}}",
      "search: {strategy: grid}", "budget: {trials: 3}", "constraints: [a > b, b > a] #! E2030:22"),
    Marked(
      "little is left", "parameters: {a: {float: [0, 1]}, b: {float: [0, 1]}}",
      "constraints: [a * b > 0.95] #! W2006:15"),
    Marked(
      "the defaults break the second constraint", "parameters: {a: {int: [0, 99], default: 3}}",
      "constraints:\n  - loss < 9\n  - a < 90\n  - a > 5 #! E2031:5"),
    Marked(
      "a value of one of two declarations",
      "parameters: {m: {choice: {a: {c: {choice: [1, 2]}}, b: {c: {float: [3, 4]}}}}, x: {int: [1, 3], when: c == 3.5}}"
    ),
    Marked(
      "the defaults are not allowed", "parameters: {a: {int: [0, 99], default: 3}}", "constraints: [a > 5] #! E2031:15"),
    Marked(
      "a point that is not allowed", "parameters: {a: {int: [0, 99]}}", "constraints: [a > 5]",
      "search: {strategy: list, points: [{a: 3}, {a: 6}]} #! E3021:35"),
    Marked(
      "a grid that cannot be listed", "parameters: {a: {int: [0, 9999]}, b: {int: [0, 9999]}, c: {int: [0, 9999]}}",
      "constraints: ['a * b * c == 999700029998']", "search: {strategy: grid} #! E3023:20"),
    Marked(
      "a number for a condition", "constraints: [3] #! E4068:15"),
  ]

  private var withoutMarks: Marked { Marked(name, text: text) }
}

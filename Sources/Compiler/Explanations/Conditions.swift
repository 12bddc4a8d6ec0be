/// Several objectives, repeats, conditions, priors and constraints.
extension Explanation {
  static let conditions = [
    Explanation(
      "E1060", "There is no objective",
      """
      `objective` is an empty list, so nothing says which trial is better. It names the metric to minimize or to \
      maximize; as a list it names several, and the result is then all the trials that no other betters in every \
      one of them.
      """,
      wrong: "objective: []",
      right: """
        objective:
          - minimize: val_error
          - minimize: latency_ms
        """),
    Explanation(
      "E1061", "A metric is an objective twice",
      """
      Each objective is a metric of its own. A metric that is to be minimized and maximized at once would make \
      every trial as good as any other.
      """,
      wrong: "objective: [{minimize: loss}, {maximize: loss}]",
      right: "objective: [{minimize: loss}, {maximize: accuracy}]"),
    Explanation(
      "E1062", "Repeated runs cannot be put together in this way",
      """
      With `repeats` each trial is run with several seeds, and one value must come of them: the `mean`, the \
      `median`, which a single bad run does not move, or the `worst`.
      """,
      wrong: "trial: {run: 'python train.py ${args}', inputs: [], repeats: {seeds: 3, aggregate: average}}",
      right: "trial: {run: 'python train.py ${args}', inputs: [], repeats: {seeds: 3, aggregate: median}}"),
    Explanation(
      "E2019", "What stands below a label is no mapping of parameters",
      """
      A choice may be a mapping: its keys are the values to choose from, and below each stand the parameters that \
      only this value has. A value without any has an empty mapping, or nothing.
      """,
      wrong: "parameters: {model: {choice: {linear: 3, forest: {trees: {int: [10, 500]}}}}}",
      right: "parameters: {model: {choice: {linear: {}, forest: {trees: {int: [10, 500]}}}}}"),
    Explanation(
      "E2020", "Whether a parameter is active depends on itself",
      """
      A `when` looks at other parameters, which must have their values first. Where conditions go round, none of \
      the parameters could ever be the first.
      """,
      wrong: """
        parameters:
          a: {int: [1, 9], when: b > 3}
          b: {int: [1, 9], when: a > 3}
        """,
      right: """
        parameters:
          a: {int: [1, 9]}
          b: {int: [1, 9], when: a > 3}
        """),
    Explanation(
      "E2021", "A parameter can never be active",
      """
      Its condition is false whatever values the other parameters have; the message shows which they can be. \
      Either the condition asks for a value that is out of range, or two parts of it exclude each other.
      """,
      wrong: """
        parameters:
          layers: {int: [1, 4]}
          skip: {choice: [none, sum], when: layers > 4}
        """,
      right: """
        parameters:
          layers: {int: [1, 8]}
          skip: {choice: [none, sum], when: layers > 4}
        """),
    Explanation(
      "E2022", "This key is for choices",
      """
      `weights` and `ordered` say something of listed values. A range has its order by itself, and `prior` says \
      which of its numbers are likely.
      """,
      wrong: "parameters: {lr: {float: [0, 1], weights: [1, 2]}}",
      right: "parameters: {lr: {float: [0, 1], prior: 'normal(0.3, 0.1)'}}"),
    Explanation(
      "E2023", "A parameter is declared twice",
      """
      One name may stand under several labels of one choice, since only one of them is active at a time. Elsewhere \
      two parameters of one name could be active at once, and a trial could not tell them apart.
      """,
      wrong: """
        parameters:
          model: {choice: {small: {layers: 2}, large: {layers: 8}}}
          layers: {int: [1, 9]}
        """,
      right: """
        parameters:
          model: {choice: {small: {layers: 2}, large: {layers: 8}}}
        """),
    Explanation(
      "E2024", "This is no prior",
      """
      A prior says which numbers of a range are likely before anything is tried. There is one kind: `normal(mean, \
      sd)`, cut off at the bounds. On a log scale the second number is a factor.
      """,
      wrong: "parameters: {dropout: {float: [0, 0.5], prior: gaussian}}",
      right: "parameters: {dropout: {float: [0, 0.5], prior: 'normal(0.2, 0.1)'}}"),
    Explanation(
      "E2025", "The spread of a prior is out of bounds",
      """
      On a linear scale it is a standard deviation, and positive. On a log scale it is a factor above 1: with \
      `normal(1e-3, 10)`, two thirds of the values lie between 1e-4 and 1e-2.
      """,
      wrong: "parameters: {lr: {float: [1e-5, 1], scale: log, prior: 'normal(1e-3, 0.5)'}}",
      right: "parameters: {lr: {float: [1e-5, 1], scale: log, prior: 'normal(1e-3, 10)'}}"),
    Explanation(
      "E2026", "There is not one weight for each value",
      """
      As a list, `weights` stands beside the list of values, one for one. To raise a few of many, write a mapping: \
      values that it does not name have the weight 1.
      """,
      wrong: "parameters: {opt: {choice: [adam, sgd, lion]}, act: {choice: [relu, gelu, tanh, silu], weights: [3]}}",
      right:
        "parameters: {opt: {choice: [adam, sgd, lion]}, act: {choice: [relu, gelu, tanh, silu], weights: {relu: 3}}}"),
    Explanation(
      "E2027", "A weight is negative",
      """
      Weights say how often a value is drawn, in proportion to the others. 0 leaves it out of what is drawn; less \
      than that has no meaning.
      """,
      wrong: "parameters: {lr: {float: [0, 1]}, opt: {choice: [adam, sgd], weights: [1, -1]}}",
      right: "parameters: {lr: {float: [0, 1]}, opt: {choice: [adam, sgd], weights: [2, 1]}}"),
    Explanation(
      "E2028", "The weights leave nothing to draw",
      """
      If every weight is 0 no value can be drawn, and beyond the largest numbers their sum has no meaning. At \
      least one must be above 0.
      """,
      wrong: "parameters: {lr: {float: [0, 1]}, opt: {choice: [adam, sgd], weights: [0, 0]}}",
      right: "parameters: {lr: {float: [0, 1]}, opt: {choice: [adam, sgd], weights: [1, 0]}}"),
    Explanation(
      "E2029", "A constraint can never hold",
      """
      Whatever values the parameters have within their ranges, it is false: the message shows between which bounds \
      the two sides lie. Trials would have nothing to try.
      """,
      wrong: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: [layers * width > 4096]
        """,
      right: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: [layers * width <= 1024]
        """),
    Explanation(
      "E2030", "The constraints leave no point",
      """
      Each may hold by itself, and together they do not. A grid looked at every combination; strategies that draw \
      points drew ten thousand, and an equation between real numbers is never met by chance.
      """,
      wrong: """
        parameters: {a: {float: [0, 1]}, b: {float: [0, 1]}}
        constraints: [a > b + 0.4, b > a]
        """,
      right: """
        parameters: {a: {float: [0, 1]}, b: {float: [0, 1]}}
        constraints: [a > b + 0.4]
        """),
    Explanation(
      "E2031", "The defaults break a constraint",
      """
      The point of all defaults is tried first, so that there is something to compare with, and a constraint holds \
      for every point that is tried.
      """,
      wrong: """
        parameters: {heads: {int: [1, 9], default: 8}, width: {int: [16, 512], default: 100}}
        constraints: [width % heads == 0]
        """,
      right: """
        parameters: {heads: {int: [1, 9], default: 8}, width: {int: [16, 512], default: 96}}
        constraints: [width % heads == 0]
        """),
    Explanation(
      "E2032", "A weight is for no value",
      """
      As a mapping, `weights` goes from values of the choice to numbers. This key is none of the values; most \
      likely it is misspelt.
      """,
      wrong: "parameters: {lr: {float: [0, 1]}, opt: {choice: [adam, sgd], weights: {adamw: 2}}}",
      right: "parameters: {lr: {float: [0, 1]}, opt: {choice: [adam, sgd], weights: {adam: 2}}}"),
    Explanation(
      "E2033", "A name lies within another that is a value",
      """
      Dots nest: trials read `optimizer.lr` in ATTUNE_PARAMS as the member `lr` of an object `optimizer`. If \
      `optimizer` is a parameter as well it would have to be a value and an object at once.
      """,
      wrong: "parameters: {optimizer: {int: [1, 9]}, optimizer.lr: {float: [0, 1]}}",
      right: "parameters: {optimizer.name: {choice: [adam, sgd]}, optimizer.lr: {float: [0, 1]}}"),
    Explanation(
      "E3020", "A point has a value for a parameter that is inactive there",
      """
      The parameter has no value where its condition does not hold, so this one would be lost unseen. Either the \
      point means another value of the parameter that decides, or the value is left over.
      """,
      wrong: """
        parameters:
          optimizer: {choice: [adam, sgd]}
          momentum: {float: [0.5, 0.99], when: optimizer == "sgd"}
        search: {strategy: list, points: [{optimizer: adam, momentum: 0.9}]}
        """,
      right: """
        parameters:
          optimizer: {choice: [adam, sgd]}
          momentum: {float: [0.5, 0.99], when: optimizer == "sgd"}
        search: {strategy: list, points: [{optimizer: sgd, momentum: 0.9}, {optimizer: adam}]}
        """),
    Explanation(
      "E3021", "A point breaks a constraint",
      """
      Constraints over parameters hold for every point that is tried, also for those that the file lists.
      """,
      wrong: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: [layers * width <= 1024]
        search: {strategy: list, points: [{layers: 4, width: 512}]}
        """,
      right: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: [layers * width <= 1024]
        search: {strategy: list, points: [{layers: 2, width: 512}]}
        """),
    Explanation(
      "E3022", "An improvement belongs to one objective",
      """
      `improvement` is how much better than the best so far a value must be, in units of the objective. With \
      several objectives there is no one best: a trial that no other betters in every objective counts as an \
      improvement.
      """,
      wrong: """
        objective: [{minimize: loss}, {minimize: latency}]
        stopping: [{plateau: {trials: 5, improvement: 0.1}}]
        """,
      right: """
        objective: [{minimize: loss}, {minimize: latency}]
        stopping: [{plateau: {trials: 5}}]
        """),
    Explanation(
      "E3023", "The grid cannot be listed",
      """
      A grid with conditions or constraints is found by walking through its combinations, and so few of these hold \
      the constraints that a million steps did not find enough of them.
      """,
      wrong: """
        parameters: {a: {int: [0, 9999]}, b: {int: [0, 9999]}, c: {int: [0, 9999]}}
        constraints: [a * b * c == 999700029998]
        search: {strategy: grid}
        """,
      right: """
        parameters: {a: {int: [0, 9]}, b: {int: [0, 9]}, c: {int: [0, 9]}}
        constraints: [a * b * c == 72]
        search: {strategy: grid}
        """),
    Explanation(
      "E3024", "Initial points are for strategies that choose points",
      """
      `initial` puts some points before those that a strategy chooses. A grid tries every combination anyway, and a \
      list holds its points itself.
      """,
      wrong: """
        parameters: {layers: {int: [1, 10]}}
        search: {strategy: grid, initial: [{layers: 3}]}
        """,
      right: """
        parameters: {layers: {int: [1, 10]}}
        search: {strategy: random, initial: [{layers: 3}]}
        """),
    Explanation(
      "W2002", "A condition always holds",
      """
      Whatever values the other parameters have, it is true, so the parameter is active in every trial and `when` \
      says nothing. Perhaps a bound is off by one.
      """,
      wrong: """
        parameters:
          layers: {int: [1, 40]}
          skip: {choice: [none, sum], when: layers >= 1}
        """,
      right: """
        parameters:
          layers: {int: [1, 40]}
          skip: {choice: [none, sum], when: layers >= 2}
        """),
    Explanation(
      "W2003", "The search space has one point",
      """
      No parameter can take a second value, so all trials would be the same one, and the same trial is not run \
      twice. To see how much a result depends on chance, use `trial.repeats`.
      """,
      wrong: Example("parameters: {epochs: 20}\nsearch: {strategy: grid}", without: ["budget"]),
      right: """
        parameters: {epochs: {choice: [10, 20]}}
        search: {strategy: grid}
        """),
    Explanation(
      "W2004", "A prior has no effect",
      """
      A grid tries every combination once, in order: what is more likely than what makes no difference to it.
      """,
      wrong: """
        parameters: {opt: {choice: [adam, sgd], weights: [3, 1]}}
        search: {strategy: grid}
        """,
      right: """
        parameters: {opt: {choice: [adam, sgd]}}
        search: {strategy: grid}
        """),
    Explanation(
      "W2005", "A constraint always holds",
      """
      Whatever values the parameters have within their ranges, it is true, so it keeps nothing out. The message \
      shows between which bounds the two sides lie.
      """,
      wrong: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: [layers * width <= 4096]
        """,
      right: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: [layers * width <= 1024]
        """),
    Explanation(
      "W2006", "The constraints leave little of the space",
      """
      Points are drawn until one holds the constraints, and here that takes more than a hundred draws on average. \
      The search still works; it is quicker, and the space is easier to understand, with ranges that lie where the \
      constraints can hold.
      """,
      wrong: """
        parameters: {a: {float: [0, 1]}, b: {float: [0, 1]}}
        constraints: [a * b > 0.95]
        """,
      right: """
        parameters: {a: {float: [0.95, 1]}, b: {float: [0.95, 1]}}
        constraints: [a * b > 0.95]
        """),
    Explanation(
      "W2007", "The mean of a prior is outside of the range",
      """
      The distribution is cut off at the bounds, so that most values that are drawn lie close to the nearer one. \
      That may be meant; more often the mean is off by a power of ten.
      """,
      wrong: "parameters: {lr: {float: [1e-4, 1e-1], prior: 'normal(1, 0.5)'}}",
      right: "parameters: {lr: {float: [1e-4, 1e-1], prior: 'normal(0.01, 0.5)'}}"),
    Explanation(
      "W3004", "The budget ends before the strategy begins",
      """
      The points of `initial` come first, and there are as many of them as trials: the strategy would propose \
      nothing. A few initial points and many more trials are what they are for.
      """,
      wrong: """
        search: {strategy: random, initial: [{lr: 0.1}, {lr: 0.2}]}
        budget: {trials: 2}
        """,
      right: """
        search: {strategy: random, initial: [{lr: 0.1}, {lr: 0.2}]}
        budget: {trials: 20}
        """),
  ]
}

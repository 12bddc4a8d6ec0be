/// E2: the search space.
extension Explanation {
  static let space = [
    Explanation(
      "E2001", "There is nothing to tune",
      """
      `parameters` is empty, so every trial would be the same. A parameter is a name and a type: `float` and `int` with two \
      bounds, or `choice` with the values to choose from.
      """,
      wrong: "parameters: {}",
      right: "parameters: {lr: {float: [1e-4, 1e-1], scale: log}}"),
    Explanation(
      "E2002", "The name of a parameter cannot be used",
      """
      Trials get a parameter as the option `--name` and as a name in a placeholder, so it begins with a letter of a–z or `_`, \
      and goes on with those, digits and `-`.
      """,
      wrong: "parameters: {learning rate: {float: [0, 1]}}",
      right: "parameters: {learning_rate: {float: [0, 1]}}"),
    Explanation(
      "E2003", "A parameter has no type",
      """
      The type says which values there are. It is the key: `float: [low, high]`, `int: [low, high]` or `choice: [a, b]`. A \
      parameter that is one value always is that value alone, as in `epochs: 20`.
      """,
      wrong: "parameters: {lr: {scale: log}}",
      right: "parameters: {lr: {float: [1e-4, 1], scale: log}}"),
    Explanation(
      "E2004", "A parameter has several types",
      """
      A parameter is of one type: with two, nobody could say which values it has. To try numbers and words, list them all \
      in a `choice`.
      """,
      wrong: "parameters: {depth: {int: [1, 8], choice: [none]}}",
      right: "parameters: {depth: {choice: [1, 2, 4, 8, none]}}\nbudget: {trials: 5}"),
    Explanation(
      "E2005", "A list does not say what a parameter is",
      """
      A list could be the two bounds of a range, or the values to choose from; `[0, 1]` is very different as the one and as \
      the other. The key says which: `choice`, `float` or `int`.
      """,
      wrong: "parameters: {batch: [16, 32, 64]}",
      right: "parameters: {batch: {choice: [16, 32, 64]}}\nbudget: {trials: 3}"),
    Explanation(
      "E2006", "A range has two bounds",
      """
      A range is its lower and its upper bound, and both belong to it. A third number, if it was meant as a step, is \
      written `step: 0.1` beside the range; single values are a `choice`.
      """,
      wrong: "parameters: {dropout: {float: [0, 0.5, 0.1]}}",
      right: "parameters: {dropout: {float: [0, 0.5], step: 0.1}}\nbudget: {trials: 6}"),
    Explanation(
      "E2007", "The bounds are swapped",
      """
      A range is written with its lower bound first. With negative exponents that is easily missed: 1e-2 is more than 1e-4. \
      `attune check --fix` swaps them.
      """,
      wrong: "parameters: {lr: {float: [1e-2, 1e-4], scale: log}}",
      right: "parameters: {lr: {float: [1e-4, 1e-2], scale: log}}"),
    Explanation(
      "E2008", "A bound does not fit a logarithmic scale",
      """
      On a logarithmic scale every factor of ten gets the same share of the trials, and from zero upwards there are \
      infinitely many. So the lower bound is positive (at least 1 for an int), and bounds lie between 1e-300 and 1e300. To try \
      0 as well, use a linear scale, or a choice.
      """,
      wrong: "parameters: {weight_decay: {float: [0, 0.1], scale: log}}",
      right: "parameters: {weight_decay: {float: [1e-6, 0.1], scale: log}}"),
    Explanation(
      "E2009", "A range is too wide",
      """
      The difference between the bounds is no finite number any more, so no value between them could be computed. Bounds of \
      that size are mostly stand-ins for "any number": choose some that the parameter could sensibly have.
      """,
      wrong: "parameters: {offset: {float: [-1e308, 1e308]}}",
      right: "parameters: {offset: {float: [-1000, 1000]}}"),
    Explanation(
      "E2010", "A step is not positive",
      """
      A step is the distance from one value to the next, counted upwards from the lower bound. Without `step`, a float takes \
      any value of its range, and an int any whole number.
      """,
      wrong: "parameters: {dropout: {float: [0, 0.5], step: 0}}",
      right: "parameters: {dropout: {float: [0, 0.5], step: 0.1}}\nbudget: {trials: 6}"),
    Explanation(
      "E2011", "A step and a logarithmic scale exclude each other",
      """
      A step is a constant difference, and a logarithmic scale is about constant factors: 16, 32, 64 are no steps. List such \
      values with `choice`, or leave the step out.
      """,
      wrong: "parameters: {width: {int: [16, 128], step: 16, scale: log}}",
      right: "parameters: {width: {choice: [16, 32, 64, 128], default: 32}}\nbudget: {trials: 4}"),
    Explanation(
      "E2012", "A step does not divide its range",
      """
      Both bounds of a range belong to it. When the step does not lead from the lower one to the upper one, the upper one \
      would never be tried, although the file says so. The message shows the division.
      """,
      wrong: "parameters: {dropout: {float: [0, 0.5], step: 0.2}}",
      right: "parameters: {dropout: {float: [0, 0.6], step: 0.2}}\nbudget: {trials: 4}"),
    Explanation(
      "E2013", "There is no such scale",
      """
      A scale says how a range is spread over the trials: `linear` (which need not be written) by differences, `log` by \
      factors. Use `log` where a parameter's powers of ten matter, as with learning rates.
      """,
      wrong: "parameters: {lr: {float: [1e-4, 1], scale: logarithmic}}",
      right: "parameters: {lr: {float: [1e-4, 1], scale: log}}"),
    Explanation(
      "E2014", "A choice is empty",
      """
      A parameter has one of the values of its choice in every trial, so there must be at least one.
      """,
      wrong: "parameters: {optimizer: {choice: []}}",
      right: "parameters: {optimizer: {choice: [adam, sgd]}}\nbudget: {trials: 2}"),
    Explanation(
      "E2015", "A value stands twice in a choice",
      """
      The same value twice is a slip, or is meant to make it more likely; the second is not what it would do. Numbers are \
      compared by value: 1 and 1.0 are the same.
      """,
      wrong: "parameters: {batch: {choice: [16, 32, 16]}}",
      right: "parameters: {batch: {choice: [16, 32, 64]}}\nbudget: {trials: 3}"),
    Explanation(
      "E2016", "A choice has no scale and no step",
      """
      `scale` and `step` say how the values of a range are spread. A choice lists its values, and takes each as often as \
      the others.
      """,
      wrong: "parameters: {batch: {choice: [16, 32, 64], scale: log}}\nbudget: {trials: 3}",
      right: "parameters: {batch: {choice: [16, 32, 64]}}\nbudget: {trials: 3}"),
    Explanation(
      "E2017", "A default is not one of the values",
      """
      The point of all defaults is tried first, as what there is to beat, so each default must be a value that its parameter \
      can have: within the bounds, on a step, or in the choice.
      """,
      wrong: "parameters: {lr: {float: [1e-4, 0.1], default: 0.5}}",
      right: "parameters: {lr: {float: [1e-4, 0.1], default: 0.05}}"),
    Explanation(
      "E2018", "The name of a parameter is taken",
      """
      `${args}` stands for all parameters, as options of the command. A parameter of that name could not be told from it.
      """,
      wrong: "parameters: {args: {int: [1, 100]}}",
      right: "parameters: {arguments: {int: [1, 100]}}"),
  ]
}

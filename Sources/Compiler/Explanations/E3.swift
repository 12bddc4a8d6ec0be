/// E3: strategy, budget and stopping.
extension Explanation {
  static let search = [
    Explanation(
      "E3001", "There is no such strategy",
      """
      A strategy decides which points are tried. The message names those that this version has; `attune check --fix` mends a \
      misspelling.
      """,
      wrong: "search: {strategy: radnom}",
      right: "search: {strategy: random}"),
    Explanation(
      "E3002", "A grid needs a finite number of values",
      """
      A grid tries every combination of values, and between the bounds of a float there is no end of them. A `step` picks \
      some, a `choice` lists them; `sobol` covers the whole range evenly with as many trials as there are.
      """,
      wrong: "search: {strategy: grid}",
      right: """
        search: {strategy: grid}
        parameters: {lr: {float: [0, 1], step: 0.25}}
        budget: {trials: 5}
        """),
    Explanation(
      "E3003", "A grid is too large",
      """
      The points of a grid are the product of its parameters' values, and more than ten million would not be finished. Let the \
      budget say how many to try, make the steps wider, or use `sobol`, which spreads any number of trials over the space.
      """,
      wrong: Example(
        "parameters: {a: {int: [1, 10000]}, b: {int: [1, 10000]}}\nsearch: {strategy: grid}", without: ["budget"]),
      right: "parameters: {a: {int: [1, 10000]}, b: {int: [1, 10000]}}\nsearch: {strategy: sobol}"),
    Explanation(
      "E3004", "The budget must say how many trials",
      """
      The strategy never runs out of points to try. Only the budget can end the search for certain: a plateau or a target \
      may never come, and a limit on time alone would make the result depend on how fast the machine is.
      """,
      wrong: Example("search: {strategy: random}", without: ["budget"]),
      right: "search: {strategy: random}\nbudget: {trials: 10}"),
    Explanation(
      "E3005", "The strategy `list` needs points",
      """
      `list` tries the points that the file lists under `points`, in that order, and no others: each a mapping from parameters \
      to values.
      """,
      wrong: Example("search: {strategy: list}", without: ["budget"]),
      right: Example("search: {strategy: list, points: [{lr: 0.1}, {lr: 0.01}]}", without: ["budget"])),
    Explanation(
      "E3006", "Only the strategy `list` takes points",
      """
      Other strategies choose the points themselves, and these would be passed over.
      """,
      wrong: "search: {strategy: random, points: [{lr: 0.1}]}",
      right: Example("search: {strategy: list, points: [{lr: 0.1}]}", without: ["budget"])),
    Explanation(
      "E3007", "A point lacks a value",
      """
      A point gives every parameter a value; only those with a `default` may be left out.
      """,
      wrong: Example(
        """
        parameters: {lr: {float: [0, 1]}, layers: {int: [1, 9]}}
        search: {strategy: list, points: [{lr: 0.1}]}
        """, without: ["budget"]),
      right: Example(
        """
        parameters: {lr: {float: [0, 1]}, layers: {int: [1, 9], default: 2}}
        search: {strategy: list, points: [{lr: 0.1}]}
        """, without: ["budget"])),
    Explanation(
      "E3008", "A point's value is outside",
      """
      The points of a list lie in the search space like all others: change the value, or make the parameter's range wider.
      """,
      wrong: Example("search: {strategy: list, points: [{lr: 10}]}", without: ["budget"]),
      right: Example(
        "parameters: {lr: {float: [0, 10]}}\nsearch: {strategy: list, points: [{lr: 10}]}", without: ["budget"])),
    Explanation(
      "E3009", "A point stands twice",
      """
      Equal points are one trial, which is run once. To run a configuration several times with different seeds, give the \
      seed a parameter of its own.
      """,
      wrong: Example("search: {strategy: list, points: [{lr: 0.1}, {lr: 1e-1}]}", without: ["budget"]),
      right: Example("search: {strategy: list, points: [{lr: 0.1}, {lr: 0.2}]}", without: ["budget"])),
    Explanation(
      "E3010", "There are too many parameters for the strategy",
      """
      Sobol's sequences are known for a certain number of dimensions, and each parameter takes one. In a space of that many \
      dimensions they are no better than chance: use `random`.
      """,
      wrong: Example(
        "parameters:\n" + (0..<513).map { "  p\($0): {float: [0, 1]}" }.joined(separator: "\n")
          + "\nsearch: {strategy: sobol}",
        shown: "parameters:\n  p0: {float: [0, 1]}\n  # … and 512 more\nsearch: {strategy: sobol}"),
      right: "search: {strategy: sobol}"),
    Explanation(
      "E3011", "An improvement is negative",
      """
      `improvement` is by how much a trial must beat the best so far to count as better. 0 counts every improvement; less \
      than 0 would count trials that are worse.
      """,
      wrong: "stopping: [{plateau: {trials: 5, improvement: -0.01}}]",
      right: "stopping: [{plateau: {trials: 5, improvement: 0.01}}]"),
  ]
}

/// E1: which keys there are, and what type each value has.
extension Explanation {
  static let structure = [
    Explanation(
      "E1001", "There is no such key",
      """
      A key that attune does not know is an error, never passed over: a misspelt key would otherwise silently leave its \
      setting as it was. The message names the key that was probably meant, or all those that this place has. \
      `attune check --fix` mends a misspelling where only one key can be meant.
      """,
      wrong: "budget: {trials: 10, paralel: 4}",
      right: "budget: {trials: 10, parallel: 4}"),
    Explanation(
      "E1002", "A key is missing",
      """
      Some keys have no value that would be right for everybody, such as what to minimize and what to run: they must be \
      written. The help shows the key as it could stand there.
      """,
      wrong: Example("search: {strategy: random}", without: ["objective"]),
      right: "objective: {minimize: loss}"),
    Explanation(
      "E1003", "A value has the wrong type",
      """
      The key above a value says its type: under `trials` belongs a whole number, under `stopping` a list. So `no`, `on` and \
      `12:30` are plain texts where a text belongs, and never turn into something else. A key with nothing behind it has \
      the value null, which is right nowhere: leave the key out instead.
      """,
      wrong: "budget: {trials: many}",
      right: "budget: {trials: 10}"),
    Explanation(
      "E1004", "This version cannot do it yet",
      """
      The language has it, and this version of attune does not. It is refused instead of being passed over, since an \
      experiment without it would be another one. docs/status.md lists what works and what is planned.
      """,
      wrong: "executor: slurm",
      right: "stopping: [{plateau: {trials: 5}}]"),
    Explanation(
      "E1005", "The version of the language is another one",
      """
      `attune: 1` says which version of the language the file is written in, so that later programs can read old files \
      as they were meant. It is a number without quotes. There is only version 1 so far.
      """,
      wrong: "attune: 2",
      right: "attune: 1"),
    Explanation(
      "E1006", "The name cannot be used",
      """
      The name of an experiment names its folder below `results/` and stands in plans and manifests, so it is a plain file \
      name on every system: letters of a–z, digits, `_`, `-` and `.`, at most 64 of them.
      """,
      wrong: "name: resnet 50/imagenet",
      right: "name: resnet-50-imagenet"),
    Explanation(
      "E1007", "A number is read in two ways",
      """
      YAML 1.1, which Python's YAML library still follows, and YAML 1.2 read this spelling differently: `010` is 8 in one \
      and 10 in the other, and `1_000` is a number in one and a text in the other. Write the number so that everybody reads \
      the same.
      """,
      wrong: "budget: {trials: 1_000}",
      right: "budget: {trials: 1000}"),
    Explanation(
      "E1008", "A number is too large or too small",
      """
      Numbers are 64-bit floating point numbers, as in Python, C and JSON: up to about 1.8e308, and whole ones exactly up to \
      2^53. A number beyond that would silently become infinity, zero or its neighbour.
      """,
      wrong: "objective: {minimize: loss, target: 1e400}",
      right: "objective: {minimize: loss, target: 1e40}"),
    Explanation(
      "E1009", "A number stands in quotes",
      """
      Quotes make a text of whatever stands in them, and here a number belongs. `attune check --fix` removes the quotes.
      """,
      wrong: "budget: {trials: '10'}",
      right: "budget: {trials: 10}"),
    Explanation(
      "E1010", "A number is outside its bounds",
      """
      The key takes numbers of a certain range, which the message states: a search of no trials has no result, and one of \
      more trials than can be kept would fail later.
      """,
      wrong: "budget: {trials: 0}",
      right: "budget: {trials: 10}"),
    Explanation(
      "E1011", "This is no length of time",
      """
      A length of time is numbers with units: `ms`, `s`, `m`, `h` and `d`, as in `90s` or `1h30m`. A number alone could be \
      seconds or minutes, so the unit must be written. The least is a millisecond, the most ten years.
      """,
      wrong: "budget: {trials: 10, time: 90}",
      right: "budget: {trials: 10, time: 90m}"),
    Explanation(
      "E1012", "The objective has two directions",
      """
      An objective is one metric and whether less of it is better, or more. To keep an eye on a second metric, let the \
      trials print it; it does not lead the search.
      """,
      wrong: "objective: {minimize: loss, maximize: accuracy}",
      right: "objective: {maximize: accuracy}"),
    Explanation(
      "E1013", "The name of a metric cannot be used",
      """
      Metrics are found in what trials print, as `name=value` or `name: value`, so a name has no spaces: it is letters, \
      digits and `_ - . / @ %`, with a letter or `_` first.
      """,
      wrong: "objective: {minimize: validation loss}",
      right: "objective: {minimize: validation_loss}"),
    Explanation(
      "E1014", "An entry of `stopping` is not one rule",
      """
      `stopping` is a list of rules, each a mapping of one key, which names it. Any one of them ends the search. Two rules \
      are two entries: two keys in one entry would look as if both had to hold.
      """,
      wrong: "stopping: [plateau]",
      right: "stopping: [{plateau: {trials: 5}}]"),
    Explanation(
      "E1015", "The target belongs to the objective",
      """
      The value at which the search may end is a part of the objective, since it is in its metric's units: \
      `objective: {minimize: val_error, target: 0.02}`.
      """,
      wrong: "stopping: [{target: 0.02}]",
      right: "objective: {minimize: loss, target: 0.02}"),
    Explanation(
      "E1016", "The name of a variable cannot be used",
      """
      A variable of the environment has a name that is not empty and holds no `=`. Those that begin with ATTUNE_ are \
      attune's own: by them it tells a trial its seed, its folder and its parameters.
      """,
      wrong: "trial: {run: 'python train.py ${args}', inputs: [], environment: {ATTUNE_SEED: 1}}",
      right: "trial: {run: 'python train.py ${args}', inputs: [], environment: {SEED: 1}}"),
    Explanation(
      "E1017", "A NUL character cannot be handed to a program",
      """
      Arguments and variables of a program end at a NUL, in every operating system: what stands behind it would be lost. \
      In double quotes `\\0` writes one; a backslash and a zero are written as '\\0' in single quotes.
      """,
      wrong: "parameters: {lr: {float: [0, 1]}, separator: \"\\0\"}",
      right: "parameters: {lr: {float: [0, 1]}, separator: '\\0'}"),
    Explanation(
      "E1018", "Metrics cannot be read from there",
      """
      `metrics.from` says where a trial's metrics are looked for: `stdout` for what it prints, `file` for the file named by \
      ATTUNE_METRICS, `auto` for that file if it was written and else what was printed.
      """,
      wrong: "trial: {run: 'python train.py ${args}', inputs: [], metrics: {from: stdot}}",
      right: "trial: {run: 'python train.py ${args}', inputs: [], metrics: {from: stdout}}"),
    Explanation(
      "E1020", "There is no such rule for the interpreter's version",
      """
      A trial is another one with another version of what runs its code (`python3`, `Rscript`, `node` and others that say \
      their version), so its outcome is not reused then. `exact` is the rule unless another is given; for `minor` only the \
      first two numbers count, and for `any` none. Which interpreter it is, the command says.
      """,
      wrong: "trial: {run: 'python3 train.py ${args}', inputs: [], interpreter: strict}",
      right: "trial: {run: 'python3 train.py ${args}', inputs: [], interpreter: minor}"),
    Explanation(
      "E1021", "A comma cuts a value in two",
      """
      Between `{` and `}`, and between `[` and `]`, a comma ends a value, and what follows it is the next key. A value that \
      holds one stands in quotes there; several values are a list, in brackets of their own.
      """,
      wrong: "parameters: {lr: {float: [0, 1], prior: normal(0.5, 0.1)}}",
      right: "parameters: {lr: {float: [0, 1], prior: 'normal(0.5, 0.1)'}}"),
    Explanation(
      "E1019", "A failure cannot count as that",
      """
      `failures` below `trial` says for each way to fail what it counts as: as `failed`, or as `infeasible`, which is an \
      answer like a broken constraint: the point is no good, and nothing is wrong with the machine. Before it counts, it can \
      be tried again: `{retries: 2, wait: 10s, then: infeasible}`.
      """,
      wrong: "trial: {run: 'python train.py ${args}', inputs: [], failures: {timeout: ignore}}",
      right: "trial: {run: 'python train.py ${args}', inputs: [], failures: {timeout: infeasible}}"),
  ]
}

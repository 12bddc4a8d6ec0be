/// W: what may be meant, and is worth a look.
extension Explanation {
  static let warnings = [
    Explanation(
      "W2001", "A parameter can take one value only",
      """
      A range whose bounds are equal, or a choice of one value, leaves nothing to tune. If that is meant, a constant says it \
      in fewer words: `epochs: 20`.
      """,
      wrong: "parameters: {lr: {float: [0, 1]}, epochs: {int: [20, 20]}}",
      right: "parameters: {lr: {float: [0, 1]}, epochs: 20}"),
    Explanation(
      "W2008", "A constant looks like a range of another tool",
      """
      A parameter with a single value is a constant: every trial is given that text as it stands. What Optuna, Ray Tune or \
      Hydra write as a call (`tune.loguniform(1e-4, 1e-1)`, `interval(0, 1)`) is a mapping here. If the text itself is \
      meant, quotes say so.
      """,
      wrong: "parameters:\n  dropout: {float: [0, 0.5]}\n  lr: tune.loguniform(1e-4, 1e-1)",
      right: "parameters:\n  dropout: {float: [0, 0.5]}\n  lr: {float: [1e-4, 1e-1], scale: log}"),
    Explanation(
      "W3001", "The budget ends before all points are tried",
      """
      A grid or a list is tried in its order, so a smaller budget leaves out its end: the last parameter's values are all \
      seen, and the first one's are not. `random` and `sobol` spread the same number of trials over the whole space.
      """,
      wrong: "parameters: {a: {int: [1, 8]}, b: {int: [1, 8]}}\nsearch: {strategy: grid}\nbudget: {trials: 10}",
      right: "parameters: {a: {int: [1, 8]}, b: {int: [1, 8]}}\nsearch: {strategy: sobol}\nbudget: {trials: 10}"),
    Explanation(
      "W3002", "There are more trials than points",
      """
      The space has fewer points than the budget has trials. No point is proposed twice, so the search ends when each was tried, as \
      `grid` would; the same point again would give the same result. Where an objective is noisy, `repeats` runs each point several \
      times, with seeds of their own.
      """,
      wrong: "parameters: {layers: {int: [1, 4]}}\nbudget: {trials: 10}",
      right: "parameters: {layers: {int: [1, 4]}}\nbudget: {trials: 4}"),
    Explanation(
      "W3003", "A stopping rule can never fire",
      """
      A plateau waits for a number of trials without improvement, counted from the best one. With as many as the budget has, \
      or more, the search has ended before. Nor can more trials fail in a row than there are. Where trials go from rung to rung, a \
      plateau counts those that have full training, which `attune plan` shows.
      """,
      wrong: "stopping: [{plateau: {trials: 10}}]\nbudget: {trials: 10}",
      right: "stopping: [{plateau: {trials: 10}}]\nbudget: {trials: 50}"),
    Explanation(
      "W4001", "The command does not name a parameter",
      """
      A parameter that the command does not name reaches the trial only through the file named by ATTUNE_PARAMS. If the \
      program does not read that file, all its trials are the same but for chance.
      """,
      wrong: "trial: {run: python train.py, inputs: []}",
      right: "trial: {run: 'python train.py ${args}', inputs: []}"),
  ]
}

extension Explanation {
  /// Budgets of hours and cost.
  static let usage: [Explanation] = [
    Explanation(
      "E3060", "A budget of hours or cost without a limit of a trial's time",
      """
      `cpu_hours`, `gpu_hours` and `cost` are kept whatever happens: before a run of a trial is started, the longest that it can take \
      is set aside, and a run for which there is not enough left is not started. So a trial must have a `timeout`.
      """,
      wrong: "budget: {trials: 10, gpu_hours: 5}\ntrial: {run: 'a ${args}', inputs: [], resources: {gpus: 1}}",
      right:
        "budget: {trials: 10, gpu_hours: 5}\ntrial: {run: 'a ${args}', inputs: [], timeout: 20m, resources: {gpus: 1}}"),
    Explanation(
      "E3061", "A budget towards which nothing counts",
      """
      A run is charged with what its trial declares under `resources`, for as long as it takes. Hours of CPUs or GPUs are counted where \
      a trial declares how many it has, and a cost where something that it declares has a price, for an hour, under `budget: {rates: …}`.
      """,
      wrong:
        "budget: {trials: 10, cost: 50}\ntrial: {run: 'a ${args}', inputs: [], timeout: 20m, resources: {gpus: 1}}",
      right:
        "budget: {trials: 10, cost: 50, rates: {gpus: 2.5}}\ntrial: {run: 'a ${args}', inputs: [], timeout: 20m, resources: {gpus: 1}}"
    ),
    Explanation(
      "E3062", "A budget that is not enough for one trial",
      """
      What is set aside for one trial, as long as it can take, is more than the budget allows, so that none would be started. That is its \
      `timeout` and its `grace`, and 6 s in which it is ended, for each of its `repeats`. What `confirm` may take is kept back from \
      the search, with all attempts that `failures` allows.
      """,
      wrong:
        "budget: {trials: 10, cpu_hours: 0.1}\ntrial: {run: 'a ${args}', inputs: [], timeout: 1h, resources: {cpus: 1}}",
      right:
        "budget: {trials: 10, cpu_hours: 5}\ntrial: {run: 'a ${args}', inputs: [], timeout: 1h, resources: {cpus: 1}}"),
    Explanation(
      "E3063", "A growth that is none",
      """
      With `{retries: 2, grow: 2}` an attempt that follows one which ran out of memory, time or room has twice as much of it, and the \
      next one four times. A factor of 1 or less would try the same again, or less.
      """,
      wrong:
        "trial: {run: 'a ${args}', inputs: [], timeout: 1h, failures: {timeout: {retries: 1, grow: 0.5}}}",
      right: "trial: {run: 'a ${args}', inputs: [], timeout: 1h, failures: {timeout: {retries: 1, grow: 1.5}}}"),
    Explanation(
      "E3064", "Nothing that can grow",
      """
      What grows begins somewhere: the first attempt has what `timeout`, `silence` and `resources` say. And where memory has a price below \
      `rates`, all runs have the same of it, since a budget counts their time.
      """,
      wrong: "trial: {run: 'a ${args}', inputs: [], failures: {memory: {retries: 2, grow: 2}}}",
      right:
        "trial: {run: 'a ${args}', inputs: [], resources: {memory: 1GiB}, failures: {memory: {retries: 2, grow: 2}}}"),
    Explanation(
      "W3022", "A price of what trials do not have",
      """
      Prices are of `cpus`, `gpus`, `memory` (a GiB) and of what stands under `resources: {named: …}`. A price of something else counts for \
      nothing. A file of prices that several experiments extend may well have some that one of them does not need.
      """,
      wrong: "budget: {trials: 10, rates: {cpu: 0.04}}\ntrial: {run: 'a ${args}', inputs: [], resources: {cpus: 2}}",
      right: "budget: {trials: 10, rates: {cpus: 0.04}}\ntrial: {run: 'a ${args}', inputs: [], resources: {cpus: 2}}"),
  ]
}

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
      "W3022", "A price of what trials do not have",
      """
      Prices are of `cpus`, `gpus`, `memory` (a GiB) and of what stands under `resources: {named: …}`. A price of something else counts for \
      nothing. A file of prices that several experiments extend may well have some that one of them does not need.
      """,
      wrong: "budget: {trials: 10, rates: {cpu: 0.04}}\ntrial: {run: 'a ${args}', inputs: [], resources: {cpus: 2}}",
      right: "budget: {trials: 10, rates: {cpus: 0.04}}\ntrial: {run: 'a ${args}', inputs: [], resources: {cpus: 2}}"),
  ]
}

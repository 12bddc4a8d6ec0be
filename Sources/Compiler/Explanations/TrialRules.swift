/// Rules that end single trials.
extension Explanation {
  static let trialRules = [
    Explanation(
      "E3040", "A rule that ends trials by one of several objectives",
      """
      A trial is judged on the way by its one objective. With several, none of them says alone that a trial is not worth going \
      on with.
      """,
      wrong: "objective: [{minimize: loss}, {minimize: size}]\nstopping: [{median: {}}]",
      right: "objective: {minimize: loss}\nconstraints: [size < 10]\nstopping: [{median: {}}]"),
    Explanation(
      "E3041", "A rule that ends trials beside rungs",
      """
      Strategies with rungs train all trials a little, and the best of them more: that is how they end the others. A rule that compares \
      trials as well would change which trials a rung compares, and one that has patience how much of the fidelity they have. \
      `threshold` goes with rungs: it ends what has gone wrong.
      """,
      wrong: "search: {strategy: asha}\nfidelity: {epochs: {to: 27}}\nbudget: {trials: 40}\nstopping: [{median: {}}]",
      right:
        "search: {strategy: asha}\nfidelity: {epochs: {to: 27}}\nbudget: {trials: 40}\nstopping: [{threshold: {upper: 100}}]"
    ),
    Explanation(
      "E3042", "A rule that ends trials which are run several times",
      """
      With `repeats` a trial is its runs together, and one run that is ended says nothing of the others. Rules that compare \
      values which are worth the same, wherever they come from, judge a trial by its runs, one after the other, and save those \
      that are left: `racing`, `wilcoxon` and `threshold`.
      """,
      wrong: "trial: {run: 'a ${args}', inputs: [], repeats: {seeds: 3}}\nstopping: [{median: {}}]",
      right: "trial: {run: 'a ${args}', inputs: [], repeats: {seeds: 5}}\nstopping: [{racing: {p: 0.05}}]"),
    Explanation(
      "E3043", "A rule that ends trials whose metrics have no steps",
      """
      Rules that end trials judge what a trial reports on the way. One JSON object holds only what was reported last. Lines on \
      standard output, a JSONL or CSV file and TensorBoard's event files hold all of it.
      """,
      wrong: "trial: {run: 'a ${args}', inputs: [], metrics: {from: json, path: m.json}}\nstopping: [{median: {}}]",
      right: "trial: {run: 'a ${args}', inputs: [], metrics: {from: jsonl, path: m.jsonl}}\nstopping: [{median: {}}]"),
    Explanation(
      "E3044", "A share that is none",
      """
      `percent` is a share of the trials, between 0 and 100; `p` and `probability` are between 0 and 1. At either end the rule would \
      end all trials, or none.
      """,
      wrong: "stopping: [{percentile: {percent: 100}}]",
      right: "stopping: [{percentile: {percent: 25}}]"),
    Explanation(
      "E3045", "A bandit without its slack, or with two",
      """
      `bandit` ends trials that are worse than the best one by more than its slack: `slack` is a difference of values, `factor` is a \
      part of the best value's size. It is one of the two.
      """,
      wrong: "stopping: [{bandit: {slack: 0.05, factor: 0.1}}]",
      right: "stopping: [{bandit: {factor: 0.1}}]"),
    Explanation(
      "E3046", "A negative slack",
      """
      With a slack below 0 even the best trial would be ended. 0 ends each that is not the best by then.
      """,
      wrong: "stopping: [{bandit: {slack: -0.1}}]",
      right: "stopping: [{bandit: {slack: 0.1}}]"),
    Explanation(
      "E3047", "Thresholds that leave nothing",
      """
      `threshold` ends a trial whose value is below `lower` or above `upper`. Where `lower` is not the smaller one, every trial would \
      be ended at its first report.
      """,
      wrong: "stopping: [{threshold: {lower: 10, upper: 1}}]",
      right: "stopping: [{threshold: {lower: 1, upper: 10}}]"),
    Explanation(
      "E3048", "Patience beside constraints or rules over other metrics",
      """
      What a trial has come to when `patience` ends it counts as its result. Of metrics that it reports only at its end there is \
      no value then, and a constraint or a threshold over them cannot be looked at.
      """,
      wrong: "constraints: [size < 10]\nstopping: [{patience: {steps: 5}}]",
      right: "constraints: [size < 10]\nstopping: [{median: {}}]"),
    Explanation(
      "E3059", "A rule over a model that is not there",
      """
      `expected_improvement` and `regret` end a search when a model expects too little of it: that of `strategy: bayesian`, which \
      `auto` takes for most small searches, or with a fidelity that of `proposals: multi-fidelity`. Other strategies have no model of the objective's values. They are of one objective, and there \
      is one of each.
      """,
      wrong: "search: {strategy: random, seed: 1}\nstopping: [{expected_improvement: {below: 0.01}}]",
      right: "search: {strategy: bayesian, seed: 1}\nstopping: [{expected_improvement: {below: 0.01}}]"),
    Explanation(
      "W3020", "A rule can never end a trial",
      """
      A trial is compared with those before it, and not with fewer than `warmup_trials`. The budget has no more trials than that. \
      Where it judges runs, `racing` needs two of them, `wilcoxon` enough for its `p`, and the last one has nothing left to save.
      """,
      wrong: "budget: {trials: 5}\nstopping: [{median: {}}]",
      right: "budget: {trials: 50}\nstopping: [{median: {}}]"),
    Explanation(
      "W3021", "A share where percent are meant",
      """
      `percent: 0.25` is a quarter of one percent. Other tools take shares between 0 and 1 where these rules take percent.
      """,
      wrong: "stopping: [{percentile: {percent: 0.25}}]",
      right: "stopping: [{percentile: {percent: 25}}]"),
  ]
}

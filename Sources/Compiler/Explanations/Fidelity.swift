/// What the fidelity and the strategies that set it say.
extension Explanation {
  static let fidelity = [
    Explanation(
      "E3030", "A fidelity of one rung",
      """
      Trials begin at the lowest rung, which has full training over a power of `reduction`, and no less than `from`. Where `to` \
      is less than `reduction` times `from`, all trials would get full training, and none could end early. Steps of `every` are two \
      at least, too, and 10,000 at most.
      """,
      wrong: "search: {strategy: asha}\nfidelity: {epochs: {from: 5, to: 12, reduction: 3}}",
      right: "search: {strategy: asha}\nfidelity: {epochs: {from: 4, to: 12, reduction: 3}}"),
    Explanation(
      "E3031", "The strategy needs a fidelity",
      """
      `asha`, `hyperband`, `bohb` and `successive-halving` give each trial little of the training first, and more of it to the \
      best. `fidelity` says of which parameter: the trial is told how many epochs, rows or rounds it has.
      """,
      wrong: "search: {strategy: hyperband}",
      right: "search: {strategy: hyperband}\nfidelity: {epochs: {to: 27}}\nbudget: {trials: 40}"),
    Explanation(
      "E3032", "The strategy does not set the fidelity",
      """
      Only strategies that go from rung to rung say how much training a trial gets: `asha`, `hyperband`, `bohb`, \
      `successive-halving`, and `auto`, which chooses one of them. For the others all trials are alike in it: make it a constant.
      """,
      wrong: "search: {strategy: sobol}\nfidelity: {epochs: {to: 27}}",
      right: "search: {strategy: asha, proposals: tpe}\nfidelity: {epochs: {to: 27}}\nbudget: {trials: 40}"),
    Explanation(
      "E3033", "Nothing that proposes new points",
      """
      Where the rungs decide which trials go on, `proposals` says where new points come from: drawn at `random`, or by a model. \
      `tpe` and `bayesian` learn from the highest rung of which enough is known, `multi-fidelity` from all of them.
      """,
      wrong: "search: {strategy: asha, proposals: grid}\nfidelity: {epochs: {to: 27}}\nbudget: {trials: 40}",
      right: "search: {strategy: asha, proposals: tpe}\nfidelity: {epochs: {to: 27}}\nbudget: {trials: 40}"),
    Explanation(
      "E3034", "Proposals or brackets of a strategy that has its own",
      """
      `proposals` belongs to `asha`, `hyperband` and `successive-halving`. `bohb` is `hyperband` with proposals by `tpe`; other \
      strategies make their own. `brackets` says how many of its brackets `hyperband` goes through, and `bohb`: the others have one, or \
      none.
      """,
      wrong: "search: {strategy: bohb, proposals: bayesian}\nfidelity: {epochs: {to: 27}}\nbudget: {trials: 40}",
      right: "search: {strategy: hyperband, proposals: bayesian}\nfidelity: {epochs: {to: 27}}\nbudget: {trials: 40}"),
    Explanation(
      "E3035", "Something depends on the fidelity",
      """
      A point goes from rung to rung as it is, so neither whether a parameter is active nor whether the point is allowed can depend \
      on how far it has come. A constraint over metrics can, since it is looked at when a trial is over.
      """,
      wrong:
        "search: {strategy: asha}\nfidelity: {epochs: {to: 27}}\nbudget: {trials: 40}\nconstraints: [epochs * lr < 1]",
      right: "search: {strategy: asha}\nfidelity: {epochs: {to: 27}}\nbudget: {trials: 40}\nconstraints: [lr < 0.5]"),
    Explanation(
      "E3036", "A budget of a fidelity that is not there",
      """
      `budget.fidelity` is how much of the fidelity all trials together may take, such as epochs. Without a `fidelity` there is \
      nothing to count.
      """,
      wrong: "search: {strategy: random}\nbudget: {trials: 40, fidelity: 100}",
      right: "search: {strategy: asha}\nfidelity: {epochs: {to: 27}}\nbudget: {trials: 40, fidelity: 100}"),
    Explanation(
      "E3037", "Steps that do not suit the strategy",
      """
      `pbt` compares the members of its population in even steps, such as after `every: 5` epochs, and lets them go on from what they \
      have saved, so it needs `checkpoint: true`. Strategies with rungs take `from` and `reduction` in its place.
      """,
      wrong: "search: {strategy: pbt}\nfidelity: {epochs: {from: 1, to: 27}}",
      right: "search: {strategy: pbt}\nfidelity: {epochs: {every: 3, to: 27, checkpoint: true}}\nbudget: {parallel: 2}"),
    Explanation(
      "E3038", "A population of a strategy that has none",
      """
      `population` is how many trainings `pbt` has side by side. Other strategies begin as many trials as the budget allows.
      """,
      wrong: "search: {strategy: evolution, population: 30}",
      right:
        "search: {strategy: pbt, population: 30}\nfidelity: {epochs: {every: 3, to: 27, checkpoint: true}}\nbudget: {parallel: 2}"
    ),
    Explanation(
      "E3039", "Something that does not go with population-based training",
      """
      `pbt` ranks the members of its population by one objective, and knows nothing of earlier searches. What it finds is a training \
      that has been through several points, and no point that `confirm` could train again at once.
      """,
      wrong:
        "search: {strategy: pbt}\nfidelity: {epochs: {every: 3, to: 27, checkpoint: true}}\nbudget: {parallel: 2}\nconfirm: {top: 2}",
      right: "search: {strategy: pbt}\nfidelity: {epochs: {every: 3, to: 27, checkpoint: true}}\nbudget: {parallel: 2}"),
    Explanation(
      "E3049", "More points to begin with than members",
      """
      The members of a population begin with the points of `initial`, and where all parameters have defaults, the first one with \
      those. A point for which there is no member would never be tried.
      """,
      wrong:
        "search: {strategy: pbt, population: 2, initial: [{lr: 0.01}, {lr: 0.02}, {lr: 0.03}]}\nfidelity: {epochs: {every: 3, to: 27, checkpoint: true}}\nbudget: {parallel: 2}",
      right:
        "search: {strategy: pbt, population: 3, initial: [{lr: 0.01}, {lr: 0.02}, {lr: 0.03}]}\nfidelity: {epochs: {every: 3, to: 27, checkpoint: true}}\nbudget: {parallel: 2}"
    ),
    Explanation(
      "W3010", "The budget ends before full training",
      """
      There are fewer trials than it takes for the first of them to come to the highest rung, or all together may take less of the \
      fidelity than it takes until one of them is there. So none can come so far, and the best configuration is one that was trained less.
      """,
      wrong: "search: {strategy: asha}\nfidelity: {epochs: {to: 27}}\nbudget: {trials: 40, fidelity: 20}",
      right: "search: {strategy: asha}\nfidelity: {epochs: {to: 27}}\nbudget: {trials: 40, fidelity: 200}"),
    Explanation(
      "E3065", "More brackets than rungs",
      """
      The first bracket of `hyperband` begins at the lowest rung, the next one at the rung above it, and the last one with full training. \
      So there are as many as there are rungs, which the plan shows. `brackets: 2` goes through the first two in turn.
      """,
      wrong: "search: {strategy: hyperband, brackets: 5}\nfidelity: {epochs: {to: 27}}\nbudget: {trials: 80}",
      right: "search: {strategy: hyperband, brackets: 2}\nfidelity: {epochs: {to: 27}}\nbudget: {trials: 80}"),
  ]
}

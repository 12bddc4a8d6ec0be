/// What the search's phases and experiments for sessions say.
extension Explanation {
  static let phases = [
    Explanation(
      "E3025", "Phases and a strategy of the whole search",
      """
      Where the search has `phases`, each of them names its strategy. Another one for the whole search would have no trials.
      """,
      wrong: "search: {strategy: bayesian, phases: [{strategy: sobol, trials: 5}, {strategy: tpe}]}",
      right: "search: {phases: [{strategy: sobol, trials: 5}, {strategy: tpe}]}"),
    Explanation(
      "E3026", "A phase does not say how many trials it has",
      """
      The strategies of phases go on for as long as they are let, so each phase but the last one says after how many trials \
      the next begins. The last one may have all that the budget leaves.
      """,
      wrong: "search: {phases: [{strategy: sobol}, {strategy: bayesian}]}",
      right: "search: {phases: [{strategy: sobol, trials: 5}, {strategy: bayesian}]}"),
    Explanation(
      "E3027", "A strategy that is none for a phase",
      """
      A grid and a list have points of their own, all of which are to be tried, and `auto` decides about the whole search. \
      Points that are to be tried first belong under `initial`.
      """,
      wrong: "search: {phases: [{strategy: grid, trials: 5}, {strategy: bayesian}]}",
      right: "search: {phases: [{strategy: sobol, trials: 5}, {strategy: bayesian}]}"),
    Explanation(
      "E3028", "The list of phases is empty",
      """
      `phases` are the strategies that the search takes one after the other, each seeing what came of the trials before it.
      """,
      wrong: "search: {phases: []}",
      right: "search: {phases: [{strategy: random, trials: 5}, {strategy: tpe}]}"),
    Explanation(
      "E3029", "Nothing that a search can reuse",
      """
      `reuse: observations` lets a search learn from what the experiment's earlier trials came to, as far as their points lie in \
      the space, before it decides about its own. It has no other value.
      """,
      wrong: "search: {strategy: bayesian, reuse: trials}",
      right: "search: {strategy: bayesian, reuse: observations}"),
    Explanation(
      "W3009", "Reuse without a strategy that learns",
      """
      Earlier outcomes are for strategies that look at outcomes. A grid, a list, random and Sobol points do not.
      """,
      wrong: "search: {strategy: random, reuse: observations}",
      right: "search: {strategy: tpe, reuse: observations}"),
    Explanation(
      "W1001", "There is no trial",
      """
      Without `trial` there is nothing to run, and `plan` and `apply` refuse the experiment. Only `attune session`, which \
      another program asks what to try, needs none.
      """,
      wrong: Example("search: {strategy: bayesian}", without: ["trial"]),
      right: "search: {strategy: bayesian}"),
    Explanation(
      "W3007", "A phase never begins",
      """
      The phases before it have as many trials as the budget allows, so nothing is left for this one.
      """,
      wrong: """
        search: {phases: [{strategy: sobol, trials: 10}, {strategy: bayesian}]}
        budget: {trials: 10}
        """,
      right: """
        search: {phases: [{strategy: sobol, trials: 10}, {strategy: bayesian}]}
        budget: {trials: 50}
        """),
    Explanation(
      "W3008", "The phases end before the budget",
      """
      The last phase may say how many trials it has, but then the search ends with it, whatever the budget allows.
      """,
      wrong: """
        search: {phases: [{strategy: sobol, trials: 5}, {strategy: bayesian, trials: 10}]}
        budget: {trials: 50}
        """,
      right: """
        search: {phases: [{strategy: sobol, trials: 5}, {strategy: bayesian}]}
        budget: {trials: 50}
        """),
  ]
}

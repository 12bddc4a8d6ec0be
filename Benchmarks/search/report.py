"""Turns the runs of run.py into tables in Markdown.

    python report.py results/*.jsonl --at 30,50,100 > tables.md

The normalised regret of a run is (value - least) / (random's median - least): 0 is the optimum, 1 is what random search
reaches with as many trials. The least value is the known one, or else the best that any run in the files has reached.
Regret is cut off below 0.001, where a problem counts as solved, and above 10. An optimiser's regret on a problem is the
geometric mean over its seeds; on a group, the geometric mean over the group's problems. Its rank on a problem is its
place by regret among the optimisers, as in Friedman's test: those that are equal share the mean of their places.

Intervals hold 95 % of 1,000 bootstrap samples, of problems and, within each, of seeds. An optimiser is called tied with
the best one if the interval of the ratio of their regrets, over the same samples, contains 1.
"""

import argparse
import json
import os
from collections import defaultdict

import numpy as np

from problems import PROBLEMS

SAMPLES, SOLVED, WORST = 1000, 1e-3, 10.0


def load(paths, lanes):
    """Curves by optimiser and problem and seed; of several versions the last one counts."""
    runs, versions = {}, {}
    for path in paths:
        with open(path) as file:
            for run in map(json.loads, file):
                if run.get("lanes") == lanes:  # those of latency.py have none
                    runs[run["optimiser"], run["problem"], run["seed"]] = run
                    versions[run["optimiser"]] = run["version"]
    return {key: run for key, run in runs.items() if run["version"] == versions[key[0]]}, versions


def regrets(runs, trials, least):
    """The logarithms of normalised regret: problem -> optimiser -> one for each seed."""
    values = defaultdict(lambda: defaultdict(list))
    for (optimiser, problem, _), run in sorted(runs.items()):
        if len(run["curve"]) >= trials:
            values[problem][optimiser].append(run["curve"][trials - 1])
    table = {}
    for problem, found in values.items():
        if "random" in found:
            worst = max(max(reached) for reached in found.values())
            # Where random search finds the least value, too, what is worse is measured by the worst.
            width = float(np.median(found["random"])) - least[problem] or worst - least[problem] or 1.0
            table[problem] = {
                optimiser: np.log(np.clip((np.array(reached) - least[problem]) / width, SOLVED, WORST))
                for optimiser, reached in found.items()}
    return table


def least_values(runs):
    least = {}
    for (_, problem, _), run in runs.items():
        known = PROBLEMS[problem].optimum
        least[problem] = known if known is not None else min(least.get(problem, np.inf), min(run["curve"]))
    return least


def ranks(values):
    """Places from 1 along the last axis; equals share the mean of theirs. A thousandth of the regret is no difference."""
    values = np.round(values, 3)
    less = (values[..., None, :] < values[..., :, None]).sum(axis=-1)
    same = (values[..., None, :] == values[..., :, None]).sum(axis=-1)
    return less + (same + 1) / 2


def bootstrap(table, problems, optimisers):
    """Samples of the mean log regrets and of the mean ranks: two arrays, samples x optimisers."""
    generator = np.random.default_rng(0)
    of_seeds = np.empty((len(problems), len(optimisers), SAMPLES))
    for row, problem in enumerate(problems):
        for column, optimiser in enumerate(optimisers):
            found = table[problem][optimiser]
            of_seeds[row, column] = found[generator.integers(len(found), size=(SAMPLES, len(found)))].mean(axis=1)
    chosen = generator.integers(len(problems), size=(SAMPLES, len(problems)))
    picked = of_seeds[chosen, :, np.arange(SAMPLES)[:, None]]  # samples x problems x optimisers
    return picked.mean(axis=1), ranks(picked).mean(axis=1)


def summary(table, optimisers, title):
    """A table of the optimisers over those problems that all of them have done."""
    problems = [problem for problem in PROBLEMS if problem in table and all(o in table[problem] for o in optimisers)]
    if not problems:
        return
    means = np.array([[table[problem][optimiser].mean() for optimiser in optimisers] for problem in problems])
    logs, places = bootstrap(table, problems, optimisers)
    regret, rank = means.mean(axis=0), ranks(means).mean(axis=0)
    best = int(np.argmin(regret))
    print(f"\n### {title}: {len(problems)} problems\n")
    print("| | mean rank | normalised regret | |\n|---|---|---|---|")
    for index in np.argsort(regret):
        low, high = np.exp(np.percentile(logs[:, index], [2.5, 97.5]))
        first, last = np.percentile(places[:, index], [2.5, 97.5])
        beyond = np.percentile(logs[:, index] - logs[:, best], 2.5) > 0
        word = "" if beyond else "best" if index == best else "tied"
        print(f"| {optimisers[index]} | {rank[index]:.2f} ({first:.1f}–{last:.1f}) "
              f"| {np.exp(regret[index]):.3f} ({low:.3f}–{high:.3f}) | {word} |")


def by_problem(table, optimisers, title):
    print(f"\n### {title}\n")
    print("| | " + " | ".join(optimisers) + " |\n|---|" + "---|" * len(optimisers))
    for problem in PROBLEMS:
        if problem in table:
            means = [np.exp(table[problem][o].mean()) if o in table[problem] else None for o in optimisers]
            least = min(mean for mean in means if mean is not None)
            cells = ["" if mean is None else f"**{mean:.3f}**" if mean <= least * 1.001 else f"{mean:.3f}" for mean in means]
            print(f"| {problem} | " + " | ".join(cells) + " |")


def lanes_ratio(paths, trials, lanes):
    """How much regret grows when as many trials are open at once: geometric means over problems and seeds."""
    one, _ = load(paths, 1)
    many, _ = load(paths, lanes)
    least = least_values(one | {(o + " ", p, s): run for (o, p, s), run in many.items()})
    several = {("lanes " + key[0], *key[1:]): run for key, run in many.items()}
    table = regrets(one | several, trials, least)
    print(f"\n### Regret at {trials} trials with {lanes} open at once, relative to one\n\n| | problems | ratio |\n|---|---|---|")
    for optimiser in sorted({key[0] for key in many}):
        pairs = [row for row in table.values() if optimiser in row and "lanes " + optimiser in row]
        if pairs:
            logs = [row["lanes " + optimiser].mean() - row[optimiser].mean() for row in pairs]
            spread = np.random.default_rng(0).choice(logs, (SAMPLES, len(logs))).mean(axis=1)
            low, high = np.exp(np.percentile(spread, [2.5, 97.5]))
            print(f"| {optimiser} | {len(pairs)} | {np.exp(np.mean(logs)):.2f} ({low:.2f}–{high:.2f}) |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--at", default="30,50,100", help="numbers of trials")
    parser.add_argument("--optimisers", help="those to compare; all that are there if left out")
    parser.add_argument("--lanes", type=int, help="compare so many trials at once with one at a time, instead")
    options = parser.parse_args()
    counts = [int(count) for count in options.at.split(",")]
    files = [path for path in options.files if os.path.getsize(path)]
    if options.lanes:
        return lanes_ratio(files, counts[-1], options.lanes)
    runs, versions = load(files, 1)
    optimisers = options.optimisers.split(",") if options.optimisers else sorted(versions)
    runs = {key: run for key, run in runs.items() if key[0] in optimisers or key[0] == "random"}
    least = least_values(runs)
    print("| | version | seeds |\n|---|---|---|")
    for optimiser in optimisers:
        seeds = {seed for name, _, seed in runs if name == optimiser}
        print(f"| {optimiser} | {versions[optimiser]} | {len(seeds)} |")
    for count in counts:
        table = regrets(runs, count, least)
        there = [o for o in optimisers if any(o in row for row in table.values())]
        single = {problem: row for problem, row in table.items() if PROBLEMS[problem].objectives == 1}
        summary(single, there, f"All with one objective, {count} trials")
        for group in dict.fromkeys(problem.group for problem in PROBLEMS.values()):
            part = {problem: row for problem, row in table.items() if PROBLEMS[problem].group == group}
            able = [o for o in there if any(o in row for row in part.values())]
            summary(part, able, f"{group.capitalize()}, {count} trials")
        by_problem(table, there, f"Normalised regret by problem, {count} trials")


if __name__ == "__main__":
    main()

"""Tables of what run.py has recorded: the loss reached with the whole budget, and how soon a method reaches a peer's.

    python report.py results/runs.jsonl
"""

import argparse
import json
import statistics

PEERS = ["optuna-tpe-hyperband", "optuna-tpe-median", "syne-tune-asha"]


def loss_at(run, epoch):
    return min((loss for spent, loss in run["steps"] if spent <= epoch), default=10.0)


def epochs_to(runs, loss):
    """After how many epochs the runs' median comes to a loss; infinite where it does not."""
    epochs = sorted({spent for run in runs for spent, _ in run["steps"]})
    reached = (epoch for epoch in epochs if statistics.median(loss_at(run, epoch) for run in runs) <= loss)
    return next(reached, float("inf"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--methods", help="only these, of the seeds with which all of them were run")
    options = parser.parse_args()
    runs = [json.loads(line) for path in options.paths for line in open(path)]
    if options.methods:
        runs = [run for run in runs if run["method"] in options.methods.split(",")]
    problems = sorted({run["problem"] for run in runs})
    methods = sorted({run["method"] for run in runs})
    for problem in problems:
        mine = [run for run in runs if run["problem"] == problem]
        # Only the seeds with which all were run.
        seeds = [{run["seed"] for run in mine if run["method"] == method} for method in {run["method"] for run in mine}]
        mine = [run for run in mine if run["seed"] in set.intersection(*seeds)]
        budget = mine[0]["budget"]
        print(
            f"\n{problem}, {len({run['seed'] for run in mine})} seeds: median loss after a third of {budget} epochs, two thirds, all "
            "(quartiles);\n  the share of the epochs to a peer's final median loss, and with how many seeds it ends below the peer")
        finals = {
            peer: statistics.median(loss_at(run, budget) for run in mine if run["method"] == peer)
            for peer in PEERS if any(run["method"] == peer for run in mine)
        }
        for method in methods:
            chosen = [run for run in mine if run["method"] == method]
            if not chosen:
                continue
            losses = [statistics.median(loss_at(run, budget * part // 3) for run in chosen) for part in (1, 2, 3)]
            print(f"  {method:22} {'  '.join(f'{loss:.5f}' for loss in losses)}", end="")
            ends = {run["seed"]: loss_at(run, budget) for run in chosen}
            if len(ends) > 1:
                low, _, high = statistics.quantiles(ends.values(), n=4, method="inclusive")
                print(f" ({low:.5f} to {high:.5f})", end="")
            for peer, final in finals.items():
                theirs = {run["seed"]: loss_at(run, budget) for run in mine if run["method"] == peer}
                below = sum(ends[seed] < theirs[seed] for seed in ends)
                print(f"  {peer}: {epochs_to(chosen, final) / budget:.2f}, {below}", end="")
            print()


main()

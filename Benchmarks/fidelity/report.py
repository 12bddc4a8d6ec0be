"""Tables of what run.py has recorded: the loss reached with the whole budget, and how soon a method reaches Optuna's.

    python report.py results/runs.jsonl
"""

import json
import statistics
import sys

PEERS = ["optuna-tpe-hyperband", "optuna-tpe-median"]


def loss_at(run, epoch):
    return min((loss for spent, loss in run["steps"] if spent <= epoch), default=10.0)


def epochs_to(runs, loss):
    """After how many epochs the runs' median comes to a loss; infinite where it does not."""
    epochs = sorted({spent for run in runs for spent, _ in run["steps"]})
    reached = (epoch for epoch in epochs if statistics.median(loss_at(run, epoch) for run in runs) <= loss)
    return next(reached, float("inf"))


def main():
    runs = [json.loads(line) for path in sys.argv[1:] for line in open(path)]
    problems = sorted({run["problem"] for run in runs})
    methods = sorted({run["method"] for run in runs})
    for problem in problems:
        mine = [run for run in runs if run["problem"] == problem]
        # Only the seeds with which all were run.
        seeds = [{run["seed"] for run in mine if run["method"] == method} for method in {run["method"] for run in mine}]
        mine = [run for run in mine if run["seed"] in set.intersection(*seeds)]
        budget = mine[0]["budget"]
        print(f"\n{problem}, median loss after a third of {budget} epochs, two thirds, all; epochs to a peer's final median loss")
        finals = {
            peer: statistics.median(loss_at(run, budget) for run in mine if run["method"] == peer)
            for peer in PEERS if any(run["method"] == peer for run in mine)
        }
        for method in methods:
            chosen = [run for run in mine if run["method"] == method]
            if not chosen:
                continue
            losses = [statistics.median(loss_at(run, budget * part // 3) for run in chosen) for part in (1, 2, 3)]
            reach = [
                f"{peer}: {epochs_to(chosen, final) / budget:.2f}"
                for peer, final in finals.items()
            ]
            print(f"  {method:28} {'  '.join(f'{loss:.5f}' for loss in losses)}  n={len(chosen)}  {'  '.join(reach)}")


main()

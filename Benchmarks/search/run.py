"""Runs optimisers on problems and appends a JSON line for each run; what is recorded already is passed over.

    python run.py --optimisers random,attune,optuna-tpe --problems all --seeds 0-2 --trials 100 --out results/tpe.jsonl

`curve` holds, for each number of trials, the value without noise of the trial that had the best value with it: what one
would have taken home. With several objectives it is the hypervolume with its sign turned, so that less is better here,
too. `cpu` is what asking and telling took together, in seconds of CPU.
"""

import argparse
import json
import os
import sys

for library in ("OMP", "OPENBLAS", "MKL"):  # before numpy is loaded: one thread, as on a cluster that is shared
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

from optimisers import OPTIMISERS, quietly  # noqa: E402
from problems import active, hypervolume, selected  # noqa: E402


class Best:
    """What has been reached so far."""

    def __init__(self, problem):
        self.problem, self.front = problem, []
        self.seen = self.true = float("inf")

    def add(self, value, seen):
        if self.problem.objectives > 1:
            self.front.append(value)
            self.true = -hypervolume(self.front, self.problem.reference)
        elif seen < self.seen:
            self.seen, self.true = seen, value
        return float(f"{self.true:.10g}")


@quietly
def run(kind, problem, seed, trials, lanes):
    """One search that keeps as many trials open as there are lanes; they end in the order in which they began."""
    optimiser = kind(problem, seed, trials, lanes)
    best, curve, waiting, cpu, asked = Best(problem), [], [], 0.0, 0
    try:
        while len(curve) < trials:
            while asked < trials and len(waiting) < lanes:
                before = optimiser.cpu()
                token, point = optimiser.ask()
                cpu += optimiser.cpu() - before
                waiting.append((asked, token, active(problem.space, point)))
                asked += 1
            number, token, point = waiting.pop(0)
            value = problem.function(point)
            seen = value + problem.noise_of(seed, number) if problem.objectives == 1 else value
            before = optimiser.cpu()
            optimiser.tell(token, seen)
            cpu += optimiser.cpu() - before
            curve.append(best.add(value, seen))
    except StopIteration:  # every point was tried: nothing better is to come
        curve += curve[-1:] * (trials - len(curve))
    finally:
        optimiser.close()
    return {"curve": curve, "cpu": round(cpu, 4)}


def recorded(path):
    """What is there, by what makes a run another one."""
    if not os.path.exists(path):
        return set()
    with open(path) as file:
        runs = [json.loads(line) for line in file if line.endswith("\n")]
    return {(r["optimiser"], r["version"], r["problem"], r["seed"], r["trials"], r["lanes"]) for r in runs}


def numbers(text):
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--optimisers", default="random,attune,optuna-tpe")
    parser.add_argument("--problems", default="small", help="all, small, or names and groups with commas between them")
    parser.add_argument("--seeds", type=numbers, default=range(3), help="such as 0-9")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--lanes", type=int, default=1, help="how many trials are open at once")
    parser.add_argument("--out", default="runs.jsonl")
    options = parser.parse_args()
    done = recorded(options.out)
    for seed in options.seeds:
        for problem in selected(options.problems):
            for name in options.optimisers.split(","):
                kind = OPTIMISERS[name]
                key = {"optimiser": name, "version": kind.version(), "problem": problem.name, "seed": seed,
                       "trials": options.trials, "lanes": options.lanes}
                if tuple(key.values()) in done or problem.objectives > 1 and not kind.several:
                    continue
                try:
                    result = key | run(kind, problem, seed, options.trials, options.lanes)
                except Exception as error:  # a peer that cannot do a problem is told of, and the others go on
                    print(f"{name} {problem.name} {seed}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
                    continue
                with open(options.out, "a") as file:
                    file.write(json.dumps(result) + "\n")
                print(f"{name} {problem.name} {seed}: {result['curve'][-1]:.6g}, {result['cpu']:.2f} s", flush=True)


if __name__ == "__main__":
    main()

"""Loss reached against epochs spent, beside Optuna's pruners and Syne Tune's ASHA.

    ATTUNE=path/to/attune python run.py --problems mlp-digits --seeds 0-9 --budget 540 --out results/runs.jsonl

A line of the output is a run: after how many epochs in all which loss was the best that a trial had come to by then. What has
been run is passed over. `report.py` makes tables of it.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import tempfile

import numpy

import problems

FULL = 27


class Ledger:
    """Counts epochs, and remembers the best loss of a trial at the epoch that it has come to."""

    def __init__(self, budget):
        self.budget, self.spent, self.best, self.steps = budget, 0, 10.0, []

    def epoch(self, loss):
        self.spent += 1
        if loss < self.best:
            self.best = loss
            self.steps.append((self.spent, loss))

    @property
    def is_over(self):
        return self.spent >= self.budget


class Over(Exception):
    pass


def attune(problem, seed, ledger, search):
    def domain(kind, *bounds):
        if kind == "choice":
            return {"choice": bounds[0]}
        scale = {"scale": "log"} if kind.startswith("log") else {}
        return {"int" if kind.endswith("int") else "float": list(bounds), **scale}

    experiment = {
        "attune": 1, "name": "bench", "objective": {"minimize": "loss"},
        "parameters": {name: domain(*spec) for name, spec in problem.parameters.items()},
        "fidelity": {"epochs": {"to": FULL, "checkpoint": True}},
        "search": {**search, "seed": seed}, "budget": {"fidelity": ledger.budget},
    }
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "e.yaml")
        path.write_text(json.dumps(experiment))
        session = subprocess.Popen(
            [os.environ["ATTUNE"], "session", str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL)

        def say(**request):
            session.stdin.write(json.dumps(request) + "\n")
            session.stdin.flush()
            return json.loads(session.stdout.readline())

        runs = {}
        while not ledger.is_over:
            trials = say(op="ask", count=1)["trials"]
            if not trials:
                break
            trial = trials[0]
            run = runs.pop(trial.get("continues"), None) or problem.begin(trial["params"], trial["seed"])
            runs[trial["id"]] = run
            loss = 10.0
            while run.epoch < trial["params"]["epochs"] and not ledger.is_over:
                loss = run.advance()
                ledger.epoch(loss)
            say(op="tell", id=trial["id"], value=loss)
        session.stdin.close()
        session.wait()


def optuna(problem, seed, ledger, pruner):
    import optuna as library

    library.logging.set_verbosity(library.logging.ERROR)

    def objective(trial):
        params = {}
        for name, (kind, *bounds) in problem.parameters.items():
            if kind == "choice":
                params[name] = trial.suggest_categorical(name, bounds[0])
            elif kind.endswith("int"):
                params[name] = trial.suggest_int(name, *bounds, log=kind.startswith("log"))
            else:
                params[name] = trial.suggest_float(name, *bounds, log=kind.startswith("log"))
        run = problem.begin(params, 1000 * seed + trial.number)
        for epoch in range(FULL):
            if ledger.is_over:
                raise Over
            loss = run.advance()
            ledger.epoch(loss)
            trial.report(loss, epoch + 1)
            if trial.should_prune():
                raise library.TrialPruned
        return loss

    pruners = {
        "hyperband": lambda: library.pruners.HyperbandPruner(min_resource=1, max_resource=FULL, reduction_factor=3),
        "median": lambda: library.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=1),
        "none": library.pruners.NopPruner,
    }
    study = library.create_study(sampler=library.samplers.TPESampler(seed=seed), pruner=pruners[pruner]())
    try:
        study.optimize(objective)
    except Over:
        pass


def syne_tune(problem, seed, ledger, scheduler):
    """One worker, told what its tuner would tell: a trial is stopped at a rung or goes on at once, none is taken up later."""
    import logging
    from datetime import datetime

    from syne_tune.backend.trial_status import Trial
    from syne_tune.config_space import choice, lograndint, loguniform, randint, uniform
    from syne_tune.optimizer import baselines
    from syne_tune.optimizer.scheduler import SchedulerDecision

    logging.disable(logging.WARNING)
    domains = {"choice": choice, "log": loguniform, "logint": lograndint, "float": uniform, "int": randint}
    scheduler = getattr(baselines, scheduler)(
        {name: domains[kind](*bounds) for name, (kind, *bounds) in problem.parameters.items()},
        metric="loss", time_attr="epochs", max_t=FULL, grace_period=1, reduction_factor=3, random_seed=seed)
    number = 0
    while True:
        trial = Trial(number, scheduler.suggest().config, datetime.now())
        scheduler.on_trial_add(trial)
        run = problem.begin(trial.config, 1000 * seed + number)
        decision = SchedulerDecision.CONTINUE
        # At the last epoch it says to stop by itself.
        while decision == SchedulerDecision.CONTINUE:
            if ledger.is_over:
                return
            loss = run.advance()
            ledger.epoch(loss)
            decision = scheduler.on_trial_result(trial, {"loss": loss, "epochs": run.epoch})
        scheduler.on_trial_remove(trial)
        number += 1


METHODS = {
    "attune-asha-tpe": lambda *all: attune(*all, {"strategy": "asha", "proposals": "tpe"}),
    "attune-asha-bayesian": lambda *all: attune(*all, {"strategy": "asha", "proposals": "bayesian"}),
    "attune-asha-multi-fidelity": lambda *all: attune(*all, {"strategy": "asha", "proposals": "multi-fidelity"}),
    "attune-asha-random": lambda *all: attune(*all, {"strategy": "asha"}),
    "attune-bohb": lambda *all: attune(*all, {"strategy": "bohb"}),
    "attune-hyperband": lambda *all: attune(*all, {"strategy": "hyperband"}),
    "attune-hyperband-multi-fidelity": lambda *all: attune(
        *all, {"strategy": "hyperband", "proposals": "multi-fidelity"}),
    "attune-hyperband-bayesian": lambda *all: attune(*all, {"strategy": "hyperband", "proposals": "bayesian"}),
    "optuna-tpe-hyperband": lambda *all: optuna(*all, "hyperband"),
    "optuna-tpe-median": lambda *all: optuna(*all, "median"),
    "optuna-tpe": lambda *all: optuna(*all, "none"),
    "syne-tune-asha": lambda *all: syne_tune(*all, "ASHA"),
    "syne-tune-bohb": lambda *all: syne_tune(*all, "BOHB"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", default=",".join(problems.NAMES[:3]))
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--seeds", default="0-9", help="the first and the last one")
    parser.add_argument("--budget", type=int, default=540, help="epochs of a run: twenty full trainings")
    parser.add_argument("--out", default="results/runs.jsonl")
    options = parser.parse_args()
    out = pathlib.Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    done = set()
    if out.exists():
        done = {tuple(json.loads(line)[key] for key in ("problem", "method", "seed")) for line in out.open()}
    first, last = (int(number) for number in options.seeds.split("-"))
    for seed in range(first, last + 1):
        for name in options.problems.split(","):
            problem = problems.problem(name)
            for method in options.methods.split(","):
                if (name, method, seed) in done:
                    continue
                random.seed(seed)
                numpy.random.seed(seed)  # which Syne Tune draws from, whatever it is seeded with
                ledger = Ledger(options.budget)
                METHODS[method](problem, seed, ledger)
                line = {"problem": name, "method": method, "seed": seed, "budget": options.budget, "steps": ledger.steps}
                with out.open("a") as file:
                    file.write(json.dumps(line) + "\n")
                print(f"{name} {method} {seed}: {ledger.best:.5f} after {ledger.spent} epochs", flush=True)


main()

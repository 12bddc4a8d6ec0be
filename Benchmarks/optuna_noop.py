"""Optuna doing what the benchmark of no-op trials has attune do: each trial starts a process and reads what it prints.

    python3 Benchmarks/optuna_noop.py sqlite|journal TRIALS

Two workers, and a storage on disk in the current folder that survives the death of the program.
"""

import subprocess
import sys

import optuna
from optuna.storages.journal import JournalFileBackend


def objective(trial):
    x = trial.suggest_int("x", 1, 1_000_000)
    printed = subprocess.run(["/bin/echo", f"loss={x}"], capture_output=True, text=True, check=True).stdout
    return float(printed.partition("=")[2])


def main():
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    kind, trials = sys.argv[1], int(sys.argv[2])
    storage = "sqlite:///optuna.sqlite" if kind == "sqlite" else optuna.storages.JournalStorage(JournalFileBackend("optuna.log"))
    study = optuna.create_study(storage=storage, sampler=optuna.samplers.RandomSampler(seed=1))
    study.optimize(objective, n_trials=trials, n_jobs=2)
    assert len(study.trials) == trials


main()

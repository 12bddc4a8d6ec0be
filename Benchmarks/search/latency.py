"""Measures what a suggestion costs beside the trials that are known, in a mixed space of ten dimensions.

    python latency.py --optimisers attune-bayesian,attune-tpe,optuna-tpe --known 100,1000,10000

Each optimiser runs in a process of its own. It is given the known trials by the means it has for that; what has none
takes them through asking and telling. Then a few suggestions are asked for and told, and the median of the CPU time of
both together is printed, with the memory that was used at the most. CPU time, since the wall swings with whatever else a
machine does; the start, up to the first suggestion that
is told, is measured on the wall, too; that of a peer includes loading its packages.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import numpy as np  # noqa: E402

from optimisers import OPTIMISERS, Attune, quietly  # noqa: E402
from problems import Problem, choice, real, whole  # noqa: E402

SPACE = [real("rate", 1e-5, 1, log=True), real("decay", 1e-8, 1e-1, log=True), real("momentum", 0, 0.99),
         real("dropout", 0, 0.7), real("share", 0.1, 1), whole("width", 8, 1024, log=True), whole("layers", 1, 8),
         whole("warmup", 0, 50), choice("activation", "relu", "tanh", "gelu"), choice("batch", 16, 32, 64, 128, ordered=True)]


def loss(p):
    """Smooth, with a little of everything, so that a model has something to learn."""
    return (np.log10(p["rate"]) + 2.5) ** 2 + 0.1 * (np.log10(p["decay"]) + 4) ** 2 + (p["momentum"] - 0.9) ** 2 \
        + (p["dropout"] - 0.3) ** 2 + p["share"] * 0.2 + 0.1 * (np.log2(p["width"]) - 8) ** 2 + 0.05 * (p["layers"] - 3) ** 2 \
        + 0.001 * (p["warmup"] - 5) ** 2 + {"relu": 0.0, "tanh": 0.3, "gelu": 0.1}[p["activation"]] \
        + 0.1 * abs(np.log2(p["batch"]) - 5)


PROBLEM = Problem("latency", "latency", SPACE, loss, 0.0)


def trial(optimiser):
    """Milliseconds of CPU that one suggestion and its outcome take."""
    before = optimiser.cpu()
    token, point = optimiser.ask()
    middle = optimiser.cpu()
    value = float(loss(point))
    after = optimiser.cpu()
    optimiser.tell(token, value)
    return (optimiser.cpu() - after + middle - before) * 1000


def know(optimiser, generator, count):
    """Makes the optimiser know so many more trials, at points that are drawn at random."""
    points = [{p.name: p.at(generator.random()) for p in SPACE} for _ in range(count)]
    if hasattr(optimiser, "observe"):
        optimiser.observe([(point, float(loss(point))) for point in points])
    else:
        for _ in range(count):
            trial(optimiser)


@quietly
def measure(name, sizes, repeats):
    version, wall, own = OPTIMISERS[name].version(), time.perf_counter(), time.process_time()
    optimiser = OPTIMISERS[name](PROBLEM, 0, max(sizes) + 1000, 1)
    trial(optimiser)
    wall, cpu = time.perf_counter() - wall, optimiser.cpu() - (0 if isinstance(optimiser, Attune) else own)
    print(json.dumps({"optimiser": name, "version": version, "start_wall_ms": round(wall * 1000, 1),
                      "start_cpu_ms": round(cpu * 1000, 1)}), flush=True)
    generator, known = np.random.default_rng(1), 1
    for size in sizes:
        # Some of the trials are asked for, so that an optimiser is past its own first points.
        for _ in range(min(20, max(0, size - known))):
            trial(optimiser)
            known += 1
        know(optimiser, generator, size - known)
        trial(optimiser)  # takes in what is new
        costs = [trial(optimiser) for _ in range(repeats)]
        known = size + repeats + 1
        peak = optimiser.peak() if isinstance(optimiser, Attune) else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"optimiser": name, "version": version, "known": size, "repeats": repeats,
                          "ms": round(statistics.median(costs), 4), "mean_ms": round(statistics.mean(costs), 4),
                          "most_ms": round(max(costs), 4), "peak_mb": round(peak, 1)}), flush=True)
    optimiser.close()


def numbers(text):
    return [int(number) for number in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--optimisers", default="attune-random,attune-tpe,attune-bayesian,optuna-tpe")
    parser.add_argument("--known", type=numbers, default=[100, 1000, 10000])
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--alone", action="store_true", help="measure in this process")
    options = parser.parse_args()
    for name in options.optimisers.split(","):
        if options.alone:
            measure(name, options.known, options.repeats)
        else:
            sizes = ",".join(map(str, options.known))
            subprocess.run([sys.executable, __file__, "--alone", "--optimisers", name, "--known", sizes,
                            "--repeats", str(options.repeats)], check=False)


if __name__ == "__main__":
    main()

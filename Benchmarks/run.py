"""Measures attune beside what does the same job, within one run, and prints a table in Markdown.

    python3 Benchmarks/run.py .build/release/attune [--quick] [--optuna PYTHON]

PYTHON is one that has Optuna, to measure beside; without it that is left out.

CPU times and ratios mean something on a noisy machine; wall times by themselves mean little. What is compared is run
in turns, and the median of the turns is taken.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import recorded

HEAD = "attune: 1\nname: bench\nobjective: {minimize: loss}\n"


class Usage:
    """What a process used: seconds of the wall, seconds of CPU with its children, peak memory in MB."""

    def __init__(self, command, folder):
        with open(os.devnull, "r+b") as nothing:
            begin = time.perf_counter()
            process = subprocess.Popen(command, cwd=folder, stdin=nothing, stdout=nothing, stderr=nothing)
            _, status, usage = os.wait4(process.pid, 0)
            self.wall = time.perf_counter() - begin
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{command} ended with {process.returncode}")
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss / 1024


def write(folder, name, text):
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)


def thousand_lines(folder):
    lines = [HEAD + "search: {strategy: random, seed: 1}", "budget: {trials: 100}", "trial: {run: 'echo ${args}', inputs: []}"]
    lines.append("parameters:")
    while len(lines) < 995:
        lines.append(f"  p{len(lines)}: {{float: [1e-4, 1e-1], scale: log, default: 1e-3}}")
    write(folder, "lines.yaml", "\n".join(lines) + "\n")


def thousand_lines_of_terraform(folder):
    """Variables with a type, a default and bounds: what a parameter is to an experiment."""
    blocks = [
        f'variable "p{number}" {{\n  type    = number\n  default = 0.001\n  validation {{\n'
        f"    condition     = var.p{number} >= 0.0001 && var.p{number} <= 0.1\n"
        '    error_message = "Out of range."\n  }\n}\n'
        for number in range(125)
    ]
    write(folder, "main.tf", "".join(blocks))


def median(command, folder, count, of):
    return statistics.median(of(Usage(command, folder)) for _ in range(count))


def check(attune, folder, quick):
    thousand_lines(folder)
    cpu = median([attune, "check", "lines.yaml"], folder, 5 if quick else 40, lambda usage: usage.cpu)
    yield "`check` of 1,000 lines, CPU of the process", f"{cpu * 1000:.1f} ms", "under 25 ms"
    if shutil.which("terraform"):
        thousand_lines_of_terraform(folder)
        other = median(["terraform", "validate"], folder, 5 if quick else 20, lambda usage: usage.cpu)
        yield "the same beside `terraform validate` of 1,000 lines", f"{cpu / other:.2f} of its time", ""
    else:
        yield "the same beside `terraform validate` of 1,000 lines", "no terraform on this machine", ""


def plan(attune, folder, quick):
    axes = "".join(f"  p{axis}: {{int: [0, 9]}}\n" for axis in range(6))
    write(
        folder, "million.yaml",
        HEAD + "parameters:\n" + axes + "search: {strategy: grid}\ntrial: {run: 'echo ${args}', inputs: []}\n")
    usages = [Usage([attune, "plan", "million.yaml"], folder) for _ in range(1 if quick else 5)]
    wall = statistics.median(usage.wall for usage in usages)
    yield "`plan` of a grid of 1,000,000 trials, wall", f"{wall:.2f} s", "under 2 s"
    yield "the same, peak memory", f"{max(usage.peak for usage in usages):.0f} MB", "under 250 MB"


def no_ops(folder, name, trials):
    write(
        folder, name,
        HEAD.replace("bench", name.removesuffix(".yaml")) + "parameters:\n  x: {int: [1, 1000000]}\n"
        f"search: {{strategy: grid}}\nbudget: {{trials: {trials}, parallel: 2}}\n"
        "trial: {run: '/bin/echo loss=${x}', inputs: []}\n")


def apply_command(attune, name, *options):
    return [attune, "apply", name, "--yes", "--progress", "none", *options]


def throughput(attune, folder, quick):
    trials, rounds = (200, 1) if quick else (2000, 5)
    numbers = "".join(f"loss={number}\n" for number in range(trials))
    write(folder, "numbers.txt", numbers)
    xargs = ["xargs", "-P2", "-n1", "-a", "numbers.txt", "/bin/echo"]
    ratios, rates = [], []
    for round in range(rounds):
        # Each in a folder of its own: nothing is recorded there, and nothing was deleted just before.
        own_folder = os.path.join(folder, str(round))
        os.mkdir(own_folder)
        no_ops(own_folder, "noop.yaml", trials)
        before = Usage(xargs, folder).wall
        own = Usage(apply_command(attune, "noop.yaml"), own_folder).wall
        after = Usage(xargs, folder).wall
        ratios.append((before + after) / 2 / own)
        rates.append(trials / own)
    yield "no-op trials, 2 workers, full durability", f"{statistics.median(rates):.0f} a second", ""
    yield "the same beside `xargs -P2 -n1`", f"{statistics.median(ratios):.2f} of its rate", "at least 0.9"


def optuna(attune, folder, quick):
    what = "the same beside Optuna, 2 threads that start a process for each trial, storage:"
    if "--optuna" not in sys.argv:
        yield what, "no Optuna here", ""
        return
    python = os.path.abspath(sys.argv[sys.argv.index("--optuna") + 1])
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "optuna_noop.py")
    trials = 100 if quick else 500
    for storage in ("sqlite", "journal"):
        rates = []
        for round in range(1 if quick else 3):
            own_folder = os.path.join(folder, f"{storage}-{round}")
            os.mkdir(own_folder)
            no_ops(own_folder, "noop.yaml", trials)
            own = Usage(apply_command(attune, "noop.yaml"), own_folder).wall
            # Without the time that it takes to load Optuna, and to make the storage.
            other = Usage([python, script, storage, str(trials)], own_folder).wall
            os.mkdir(os.path.join(own_folder, "one"))
            other -= Usage([python, script, storage, "1"], os.path.join(own_folder, "one")).wall
            rates.append((trials / own, (trials - 1) / other))
        own, other = (statistics.median(rate) for rate in zip(*rates))
        yield f"{what} {storage}", f"{own:.0f} a second beside {other:.0f}: {own / other:.1f} times its rate", ""


def million(attune, folder, quick):
    count = 20_000 if quick else 1_000_000
    recorded.fill(attune, folder, count, 2)
    with_all = f"{count:,} trials recorded"
    plan = Usage([attune, "plan", "million.yaml"], folder)
    yield f"`plan` with {with_all}, wall (CPU {plan.cpu:.1f} s)", f"{plan.wall:.1f} s", "under 5 s"
    begin = time.time()
    apply = Usage(apply_command(attune, "million.yaml"), folder)
    # The folder of a trial is made when it is started.
    trials = os.path.join(folder, ".attune", "trials")
    started = max(os.stat(os.path.join(trials, first, second)).st_ctime for first in os.listdir(trials) for second in os.listdir(os.path.join(trials, first)))
    yield f"`apply` that goes on with the last two of {count:,}, until it starts them", f"{started - begin:.1f} s", "under 5 s"
    yield f"the same to its end, with a line for each in `trials.jsonl` (CPU {apply.cpu:.1f} s)", f"{apply.wall:.1f} s", ""
    yield "the same, peak memory", f"{apply.peak:.0f} MB", "under 300 MB"


def memory(attune, folder, quick):
    peaks = []
    for trials in (100, 1000) if quick else (1000, 20000):
        own_folder = os.path.join(folder, str(trials))
        os.mkdir(own_folder)
        no_ops(own_folder, "memory.yaml", trials)
        peaks.append((trials, Usage(apply_command(attune, "memory.yaml"), own_folder).peak))
    text = ", ".join(f"{peak:.1f} MB after {trials:,} trials" for trials, peak in peaks)
    yield "`apply`, peak memory", text, "does not grow"


def main():
    attune = os.path.abspath(sys.argv[1])
    quick = "--quick" in sys.argv
    print("| what | measured | wanted |\n|---|---|---|")
    for measure in (check, plan, throughput, optuna, memory, million):
        with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
            for row in measure(attune, folder, quick):
                print("| " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()

"""Feeds the program files that are nearly right: it must answer each quickly, with an exit code of its own.

    python3 Tests/Fuzz/fuzz.py .build/release/attune [--seconds 60] [--seed N]

Experiments, saved plans and manifests are mutated by bytes and by words. An answer is one of the codes below, in less
than ten seconds and 300 MB. The first input that gets another answer is kept and named.
"""

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ALLOWED = {
    "check": {0, 65},
    "plan": {0, 65},
    "show": {0, 65},
    "verify": {0, 20, 21, 22, 23, 24},
}
WORDS = [
    "{", "}", "[", "]", ":", ",", "- ", "&a ", "*a", "<<: *a", "\t", "\0", "\r\n", "'", '"', "|", ">", "#", "!!str ", "%YAML 1.2\n",
    "---\n", "...\n", "1e400", "-0", ".nan", ".inf", "0x", "1_000", "9" * 30, "1e-400", "${", "}", "$", "${args}", "null",
    "\ufeff", "\u2028", "é", "𝔘", "\ud7ff", "float", "int", "choice", "scale: log", "step: 0", "default:", "grid", "list",
    "[" * 80, "a" * 5000,
]


def mutate(data, chance):
    """One to four changes: of a byte, a stretch that is left out, doubled or moved, or a word put in."""
    data = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(data) + 1)
        length = min(len(data) - place, chance.choice([1, 1, 2, 8, 40]))
        kind = chance.randrange(5)
        if kind == 0 and place < len(data):
            data[place] = chance.randrange(256)
        elif kind == 1:
            del data[place : place + length]
        elif kind == 2:
            data[place:place] = data[place : place + length] * chance.choice([1, 1, 2, 100])
        else:
            data[place:place] = chance.choice(WORDS).encode("utf-8", "surrogatepass")
    return bytes(data)


def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))


def seeds(program, folder):
    """What is mutated: (file, command), with everything it needs beside it."""
    for sample in ("grid", "list"):
        shutil.copytree(
            os.path.join(ROOT, "samples", sample), os.path.join(folder, sample),
            ignore=shutil.ignore_patterns(".attune", "results"))
        run = lambda *arguments: subprocess.run(
            [program, *arguments], cwd=os.path.join(folder, sample), check=True, capture_output=True)
        run("plan", "experiment.yaml", "-o", "x.plan.json")
        run("apply", "experiment.yaml", "--yes", "--progress", "none")
        results = f"{sample}/results/{sample}"
        yield f"{sample}/experiment.yaml", "check", None
        yield f"{sample}/experiment.yaml", "plan", None
        yield f"{sample}/x.plan.json", "show", None
        yield f"{results}/manifest.json", "verify", None
        yield f"{results}/trials.jsonl", "verify", f"{results}/manifest.json"


def answer(program, command, path):
    begin = time.monotonic()
    try:
        process = subprocess.run(
            [program, command, path], stdin=subprocess.DEVNULL, capture_output=True, timeout=20, preexec_fn=limits)
    except subprocess.TimeoutExpired:
        return "no answer in 20 seconds"
    if process.returncode not in ALLOWED[command]:
        return f"exit code {process.returncode}: {process.stderr[-300:].decode(errors='replace')}"
    if process.returncode == 65 and not process.stderr:
        return "refused without a word"
    if time.monotonic() - begin > 10:
        return f"{time.monotonic() - begin:.0f} seconds"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    chance = random.Random(options.seed)
    print(f"seed {options.seed}")
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        corpus = list(seeds(program, folder))
        until = time.monotonic() + options.seconds
        while time.monotonic() < until:
            name, command, subject = chance.choice(corpus)
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                good = file.read()
            bad = mutate(good, chance)
            with open(path, "wb") as file:
                file.write(bad)
            fault = answer(program, command, os.path.join(folder, subject or name))
            with open(path, "wb") as file:
                file.write(good)
            count += 1
            if fault:
                kept = os.path.join(tempfile.gettempdir(), f"attune-fuzz-{options.seed}-{count}")
                with open(kept, "wb") as file:
                    file.write(bad)
                sys.exit(f"{command} {name}: {fault}\nthe input is kept as {kept}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"{count} inputs, peak memory {peak} MB")
    if peak > 300:
        sys.exit("too much memory")


if __name__ == "__main__":
    main()

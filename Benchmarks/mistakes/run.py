"""Gives attune and its peers the same twelve mistakes, each in the tool's own form, and prints docs/mistakes.md.

    python3 Benchmarks/mistakes/run.py --attune .build/release/attune --peers FOLDER > docs/mistakes.md

FOLDER holds a virtual environment for each of the peers; what is not there is installed:
FOLDER/polyaxon, FOLDER/wandb, FOLDER/nni, FOLDER/hydra and FOLDER/dvc, of the packages named below.

Each tool has one file beside this script that it accepts, and each mistake is one change of it. What a cell says is
found out by rules, so that nobody's opinion is in it: `found` means an exit code other than 0; the place is the line
and the column that the tool names; `way out` means that its words have one of those in WAY_OUT.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CHECKERS = os.path.join(HERE, "checkers")
WAY_OUT = r"\b(did you mean|must|should|expected|one of|available|required|help:)"

# What each tool is asked with; `{bin}` is its virtual environment's folder of programs.
TOOLS = {
    "attune": dict(file="experiment.yaml", command="{attune} check experiment.yaml"),
    "Polyaxon": dict(
        folder="polyaxon", packages=["polyaxon"], file="polyaxon.yaml", command="{bin}/polyaxon check -f polyaxon.yaml"),
    "W&B sweeps": dict(
        folder="wandb", packages=["wandb", "sweeps"], file="sweep.yaml",
        command="{bin}/python -W ignore {checkers}/wandb_sweep.py sweep.yaml"),
    "NNI": dict(
        folder="nni", packages=["nni"], file="config.yaml",
        command="{bin}/python -W ignore {checkers}/nni_experiment.py config.yaml"),
    "Hydra": dict(
        folder="hydra", packages=["hydra-core", "hydra-optuna-sweeper"], file="config.yaml",
        command="{bin}/python -W ignore train.py --multirun"),
    "DVC": dict(folder="dvc", packages=["dvc"], file="dvc.yaml", command="{bin}/dvc repro --dry"),
}
FORMS = {"attune": "attune", "Polyaxon": "polyaxon", "W&B sweeps": "wandb", "NNI": "nni", "Hydra": "hydra", "DVC": "dvc"}

# The mistake, and for each tool what is changed: a text of its file and what stands there instead. A tool that is not
# named has no such thing in its file.
MISTAKES = [
    ("A key is misspelt", {
        "attune": ("trials: 20", "trails: 20"), "Polyaxon": ("numRuns", "numRun"), "W&B sweeps": ("run_cap", "run_cpa"),
        "NNI": ("maxTrialNumber", "maxTrialNumer"), "Hydra": ("n_trials", "n_trails"), "DVC": ("params:", "parms:")}),
    ("A key stands twice", {
        "attune": ("  layers:", "  lr:        {float: [0.1, 0.2]}\n  layers:"),
        "Polyaxon": ("    layers:", "    lr:        {kind: uniform, value: {low: 0.1, high: 0.2}}\n    layers:"),
        "W&B sweeps": ("  layers:", "  lr:        {min: 0.1, max: 0.2}\n  layers:"),
        "NNI": ("  layers:", "  lr:        {_type: uniform, _value: [0.1, 0.2]}\n  layers:"),
        "Hydra": ("      layers:", "      lr: interval(0.1, 0.2)\n      layers:"),
        "DVC": ("    params:", "    cmd: python train.py\n    params:")}),
    ("A section is missing", {
        "attune": (r"(?s)parameters:.*?(?=search:)", ""), "Polyaxon": (r"(?s)  params:.*?(?=component:)", ""),
        "W&B sweeps": (r"(?s)parameters:.*?(?=command:)", ""), "NNI": (r"(?s)searchSpace:.*?(?=tuner:)", ""),
        "Hydra": (r"(?s)    params:.*", ""), "DVC": (r"    cmd:.*\n", "")}),
    ("A tab indents", {
        "attune": ("  layers:", "\tlayers:"), "Polyaxon": ("    layers:", "\tlayers:"),
        "W&B sweeps": ("  layers:", "\tlayers:"), "NNI": ("  layers:", "\tlayers:"),
        "Hydra": ("      layers:", "\tlayers:"), "DVC": ("    params:", "\tparams:")}),
    ("A bracket is not closed", {
        "attune": ("[adam, sgd]", "[adam, sgd"), "Polyaxon": ("[adam, sgd]", "[adam, sgd"),
        "W&B sweeps": ("[adam, sgd]", "[adam, sgd"), "NNI": ("[adam, sgd]", "[adam, sgd"),
        "Hydra": ("choice(adam, sgd)", "choice(adam, sgd"), "DVC": ("optimizer]", "optimizer")}),
    ("The bounds are swapped", {
        "attune": ("[0.0001, 0.1]", "[0.1, 0.0001]"), "Polyaxon": ("low: 0.0001, high: 0.1", "low: 0.1, high: 0.0001"),
        "W&B sweeps": ("min: 0.0001, max: 0.1", "min: 0.1, max: 0.0001"), "NNI": ("[0.0001, 0.1]", "[0.1, 0.0001]"),
        "Hydra": ("interval(0.0001, 0.1)", "interval(0.1, 0.0001)")}),
    ("A log scale begins at 0", {
        "attune": ("[0.0001, 0.1]", "[0, 0.1]"), "Polyaxon": ("low: 0.0001", "low: 0"),
        "W&B sweeps": ("min: 0.0001", "min: 0.0"), "NNI": ("[0.0001, 0.1]", "[0, 0.1]"),
        "Hydra": ("interval(0.0001, 0.1)", "interval(0, 0.1)")}),
    ("A bound stands in quotes", {
        "attune": ("[0.0001, 0.1]", '[0.0001, "0.1"]'), "Polyaxon": ("high: 0.1", 'high: "0.1"'),
        "W&B sweeps": ("max: 0.1", 'max: "0.1"'), "NNI": ("[0.0001, 0.1]", '[0.0001, "0.1"]'),
        "Hydra": ("interval(0.0001, 0.1)", "interval(0.0001, '0.1')")}),
    ("The step does not divide the range", {
        "attune": ("step: 0.05", "step: 0.3"), "Polyaxon": ("q: 0.05", "q: 0.3"), "W&B sweeps": ("q: 0.05", "q: 0.3"),
        "NNI": ("[0, 0.5, 0.05]", "[0, 0.5, 0.3]"), "Hydra": ("step=0.05", "step=0.3")}),
    ("There is no such strategy", {
        "attune": ("random", "radnom"), "Polyaxon": ("kind: tpe", "kind: tep"),
        "W&B sweeps": ("method: random", "method: radnom"), "NNI": ("name: Random", "name: Radnom"),
        "Hydra": ("sampler: random", "sampler: radnom")}),
    ("A parameter is named that there is not", {
        "attune": ("${lr}", "${lrate}"), "Polyaxon": ("{{ lr }}", "{{ lrate }}"), "W&B sweeps": ("${args}", "${arsg}"),
        "Hydra": ("      lr:", "      lrate:"), "DVC": ("${lr}", "${lrate}")}),
    ("The metric's name is misspelt", {
        "attune": ("val_error", "val_eror"), "Polyaxon": ("val_error", "val_eror"), "W&B sweeps": ("val_error", "val_eror"),
        "DVC": ("val_error", "val_eror")}),
]


def fresh_folder(parent, tool, text):
    """A folder with the tool's file and with what it needs besides."""
    folder = tempfile.mkdtemp(dir=parent)
    with open(os.path.join(folder, TOOLS[tool]["file"]), "w") as file:
        file.write(text)
    with open(os.path.join(folder, "train.py"), "w") as file:
        file.write("")
    if tool == "Hydra":
        shutil.copy(os.path.join(CHECKERS, "hydra_train.py"), os.path.join(folder, "train.py"))
    if tool == "DVC":
        with open(os.path.join(folder, "params.yaml"), "w") as file:
            file.write("lr: 0.001\ndropout: 0.1\nlayers: 2\noptimizer: adam\n")
        os.makedirs(os.path.join(folder, ".dvc"))
        with open(os.path.join(folder, ".dvc", "config"), "w") as file:
            file.write("[core]\n    no_scm = True\n    analytics = false\n    check_update = false\n")
    return folder


class Answer:
    """What a tool says of a text: the exit code, the words, and milliseconds of CPU."""

    def __init__(self, parent, tool, text, options):
        binaries = os.path.join(options.peers, TOOLS[tool].get("folder", ""), "bin")
        command = TOOLS[tool]["command"].format(
            bin=binaries, attune=os.path.abspath(options.attune), checkers=CHECKERS).split()
        environment = dict(os.environ, COLUMNS="1000", NO_COLOR="1")
        folder = fresh_folder(parent, tool, text)
        with tempfile.TemporaryFile("w+") as output:
            process = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env=environment)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = self.code = os.waitstatus_to_exitcode(status)
            output.seek(0)
            self.words = essence(output.read().replace(folder + "/", ""), self.code)
        self.milliseconds = 1000 * (usage.ru_utime + usage.ru_stime)


def essence(output, code):
    """The lines that matter: of a traceback the error at its end, and nothing that is said when all is well."""
    if code == 0:
        return ""
    output = re.sub(r"\x1b\[[0-9;]*m", "", output)
    lines = [line.rstrip() for line in output.splitlines()]
    if any(line.startswith("Traceback") for line in lines):
        last = max(index for index, line in enumerate(lines) if line.startswith("Traceback"))
        lines = lines[last + 1 :]
        while lines and (lines[0].startswith("  ") or not lines[0]):
            lines.pop(0)
    noise = ("Polyaxonfile `version`", "[20", "Set the environment variable HYDRA_FULL_ERROR", "Having any troubles")
    lines = [line for line in lines if line.strip() and not line.startswith(noise)]
    return "\n".join(line[:200] + ("…" if len(line) > 200 else "") for line in lines[:12])


def place(words, line):
    """The line and the column that the words name: of several, those where the mistake is."""
    places = re.findall(r"(?:\.ya?ml:|line )(\d+)(?::|,? column )(\d+)", words)
    right = [each for each in places if is_right(each[0], line)]
    return (right or places or [None])[0]


def is_right(named, line):
    """What is missing stands nowhere: any line will do."""
    return line is None or int(named) == line


def edited(text, change):
    """The text with the mistake, and the line where it is; none where something was taken away."""
    old, new = change
    plain = old in text
    changed = text.replace(old, new, 1) if plain else re.sub(old, new, text, count=1)
    if changed == text:
        sys.exit(f"{old!r} changes nothing")
    pairs = zip(text.splitlines(), changed.splitlines())
    first = next((number for number, (right, wrong) in enumerate(pairs, 1) if right != wrong), None)
    return changed, first if new else None


def cell(answer, line):
    if answer.code == 0:
        return "accepts it"
    parts = ["found"]
    at = place(answer.words, line)
    if at:
        parts[0] += f" at {at[0]}:{at[1]}" + ("" if is_right(at[0], line) else f" (it is in line {line})")
    if re.search(WAY_OUT, answer.words, re.IGNORECASE):
        parts.append("way out")
    return ", ".join(parts)


def versions(options):
    for tool, facts in TOOLS.items():
        if tool == "attune":
            shown = subprocess.run([options.attune, "--version"], capture_output=True, text=True).stdout
            yield "attune " + shown.split()[-1]
            continue
        environment = os.path.join(options.peers, facts["folder"])
        if not os.path.exists(os.path.join(environment, "bin", "pip")):
            subprocess.run([sys.executable, "-m", "venv", environment], check=True)
            subprocess.run([f"{environment}/bin/pip", "install", "--quiet", *facts["packages"]], check=True)
        shown = subprocess.run(
            [f"{environment}/bin/pip", "show", *facts["packages"]], capture_output=True, text=True).stdout
        names = re.findall(r"(?m)^Name: (.*)$", shown)
        yield ", ".join(f"{name} {number}" for name, number in zip(names, re.findall(r"(?m)^Version: (.*)$", shown)))


HEAD = """# Twelve mistakes

What attune says of twelve mistakes that are easily made in an experiment file, and what others say of the same mistake
in a file of their own form. `Benchmarks/mistakes/run.py` makes this page; its folder has the file of each tool and the
change that is the mistake. Nothing is judged by hand: *found* means an exit code other than 0, the place is the line and
the column that are named, with the line where the mistake is if that is another one, and *way out* means that the words
say what would be right (must, should, expected, one of, available, required, help, did you mean). A dash stands where a tool's
file has no such thing.

Asked were {versions}.

Polyaxon was asked by `polyaxon check`, W&B by its package `sweeps`, NNI by what `nnictl create` and its tuners read
first, DVC by `dvc repro --dry`. Hydra's sweeper (Optuna) has no check: it was run with two trials of no work. Determined
and Katib check on a server only, and the optimisers of Guild AI 0.9.0 do not start beside numpy 1.26 or 2: they are not
here.
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--attune", required=True)
    parser.add_argument("--peers", required=True)
    options = parser.parse_args()
    options.peers = os.path.abspath(options.peers)
    print(HEAD.format(versions="; ".join(versions(options)).replace(", sweeps", " and sweeps")))
    base = {}
    for tool, form in FORMS.items():
        with open(os.path.join(HERE, form + ".yaml")) as file:
            base[tool] = file.read()
    rows, details = [], []
    scores = {tool: [0, 0, 0, 0] for tool in TOOLS}
    times = {tool: [] for tool in TOOLS}
    with tempfile.TemporaryDirectory() as parent:
        for tool in TOOLS:
            right = Answer(parent, tool, base[tool], options)
            if right.code != 0:
                sys.exit(f"{tool} refuses what is right:\n{right.words}")
        for title, changes in MISTAKES:
            cells = []
            details.append(f"### {title}\n")
            for tool in TOOLS:
                if tool not in changes:
                    cells.append("–")
                    continue
                text, line = edited(base[tool], changes[tool])
                answer = Answer(parent, tool, text, options)
                cells.append(cell(answer, line))
                times[tool].append(answer.milliseconds)
                at = place(answer.words, line)
                is_placed = at is not None and is_right(at[0], line)
                for index, holds in enumerate([True, answer.code != 0, is_placed, "way out" in cells[-1]]):
                    scores[tool][index] += holds
                said = "accepts it" if answer.code == 0 else f"exit code {answer.code}"
                details.append(f"{tool}, {said}, {answer.milliseconds:.0f} ms\n")
                if answer.code != 0:
                    details.append(f"```\n{answer.words}\n```\n")
            rows.append(f"| {title} | " + " | ".join(cells) + " |")
    head = "| | " + " | ".join(TOOLS) + " |\n|---|" + "---|" * len(TOOLS)
    print(head + "\n" + "\n".join(rows))
    for index, label in enumerate(["**found**", "**at the right line**", "**with a way out**"], 1):
        print(f"| {label} | " + " | ".join(f"{score[index]} of {score[0]}" for score in scores.values()) + " |")
    print(
        "| **CPU time, median** | " + " | ".join(f"{statistics.median(each):.0f} ms" for each in times.values()) + " |")
    print("\n## The exact words\n\nAt most twelve lines of each; of a traceback, the error at its end.\n")
    print("\n".join(details).rstrip())


if __name__ == "__main__":
    main()

"""Fills a project's journal with trials that have ended, as a run would that was killed before its end.

    python3 Benchmarks/recorded.py ATTUNE FOLDER [COUNT [LEFT]]

It writes the events as attune does, with their keys, seeds and check values; to run a million trials would take half an
hour. `million.yaml` in the folder is their experiment; the last LEFT of its COUNT trials have no outcome.
"""

import hashlib
import json
import os
import socket
import sqlite3
import struct
import subprocess
import sys
import time

EXPERIMENT = """\
attune: 1
name: {name}
objective: {{minimize: loss}}
parameters: {{x: {{int: [1, {count}]}}}}
search: {{strategy: grid}}
trial: {{run: '/bin/echo loss=${{x}}', inputs: []}}
"""


def digest(kind, data):
    return hashlib.sha256(b"attune/" + kind + b"/v1\n" + data)


def canonical(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


class Identity:
    """The seeds and keys of a plan's trials."""

    def __init__(self, plan):
        trial = plan["trial"]
        command = canonical({"arguments": trial["command"], "metrics": trial["metrics"]})
        parts = [("command", command), ("environment", canonical(trial["environment"])), ("inputs", canonical(plan["inputs"]))]
        members = [f'"{name}":"sha256:{digest(name.encode(), data).hexdigest()}"' for name, data in parts]
        self.head = "{" + ",".join(members) + ',"point":'
        self.seed_tail = f',"replicate":0,"seed":{plan["search"]["seed"]}}}'

    def of(self, point):
        first = digest(b"trial-seed", f'{{"point":{point}{self.seed_tail}'.encode()).digest()[:4]
        seed = int.from_bytes(first, "big") & 0x7FFFFFFF
        return seed, digest(b"trial", f'{self.head}{point},"seed":{seed}}}'.encode()).digest()


class Chain:
    """Gives each event its number and check values; see Sources/Store/JournalRow.swift."""

    def __init__(self, number, check):
        self.number, self.previous, self.check = number, 0, check

    def link(self, table, values):
        self.number, self.previous = self.number + 1, self.check
        data = [table.encode(), struct.pack(">qq", self.number, self.previous)]
        for value in values:
            if value is None:
                data.append(b"\0")
            elif isinstance(value, int):
                data.append(b"\1" + struct.pack(">q", value))
            elif isinstance(value, float):
                data.append(b"\2" + struct.pack(">d", value))
            elif isinstance(value, str):
                text = value.encode()
                data.append(b"\3" + struct.pack(">q", len(text)) + text)
            else:
                data.append(b"\4" + struct.pack(">q", len(value)) + value)
        self.check = struct.unpack(">q", digest(b"event", b"".join(data)).digest()[:8])[0]
        return (*values, self.number, self.previous, self.check)


def fill(attune, folder, count, left=0):
    """Makes `million.yaml` in a folder, and a journal in which all but the last of its trials have an outcome."""
    # A small run makes the journal in its present form.
    for name, trials in ("small", 2), ("million", count):
        with open(os.path.join(folder, f"{name}.yaml"), "w") as file:
            file.write(EXPERIMENT.format(name=name, count=trials))
    quiet = {"cwd": folder, "check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([attune, "apply", "small.yaml", "--yes"], **quiet)
    subprocess.run([attune, "plan", "million.yaml", "-o", "million.plan.json"], **quiet)
    with open(os.path.join(folder, "million.plan.json")) as file:
        text = file.read().rstrip("\n")
    plan = json.loads(text)
    identity = Identity(plan)
    journal = sqlite3.connect(os.path.join(folder, ".attune", "journal.sqlite"), isolation_level=None)
    journal.execute("PRAGMA synchronous=OFF")
    journal.execute("BEGIN")
    chain = Chain(*journal.execute("SELECT number, check_value FROM head").fetchone())
    first = journal.execute("SELECT max(id) FROM intent").fetchone()[0] + 1
    run = journal.execute("SELECT max(id) FROM run").fetchone()[0] + 1
    name = "sha256:" + digest(b"plan", text.encode()).hexdigest()
    now = time.time()
    row = chain.link("run", (run, name, text, os.path.realpath(folder), "million.yaml", "none", 2, socket.gethostname(), 1, now))
    journal.execute(f"INSERT INTO run VALUES ({','.join('?' * len(row))})", row)

    for start in range(0, count - left, 20_000):
        intents, outcomes = [], []
        for trial in range(start, min(count - left, start + 20_000)):
            point = f'{{"x":{trial + 1}}}'
            seed, key = identity.of(point)
            intents.append(chain.link("intent", (first + trial, run, trial, key, point, seed, now)))
            outcomes.append(chain.link(
                "outcome", (first + trial, key, "exit", 0, None, f'{{"loss":{trial + 1}}}', 0.001, 0.001, 2048, trial)))
        journal.executemany(f"INSERT INTO intent VALUES ({','.join('?' * len(intents[0]))})", intents)
        journal.executemany(f"INSERT INTO outcome VALUES ({','.join('?' * len(outcomes[0]))})", outcomes)
    journal.execute("UPDATE head SET number = ?, previous = ?, check_value = ?", (chain.number, chain.previous, chain.check))
    journal.execute("COMMIT")
    journal.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal.close()


if __name__ == "__main__":
    fill(os.path.abspath(sys.argv[1]), sys.argv[2], *([int(number) for number in sys.argv[3:]] or [1_000_000]))

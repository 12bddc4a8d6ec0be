"""Measures `attune diff` on two results of many trials each, of which a twentieth came out differently.

    python3 Benchmarks/diff.py .build/release/attune [100000]

Nothing is run: the two manifests and their trials are written as attune writes them, with made-up keys and outcomes.
"""

import hashlib
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

ATTUNE = str(pathlib.Path(sys.argv[1]).resolve())
TRIALS = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000

EXPERIMENT = """
attune: 1
name: many
objective: {minimize: loss}
parameters:
  learning_rate: {float: [0.1, 0.9]}
  width: {int: [1, 100000]}
  optimizer: {choice: [adam, sgd]}
search: {strategy: random, seed: SEED}
budget: {trials: COUNT}
trial: {run: "true ${args}", inputs: []}
"""


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(kind, data):
    return "sha256:" + hashlib.sha256(f"attune/{kind}/v1\n".encode() + data).hexdigest()


def write(folder, seed, changed):
    folder.mkdir()
    text = EXPERIMENT.replace("SEED", str(seed)).replace("COUNT", str(TRIALS))
    (folder / "experiment.yaml").write_text(text)
    subprocess.run([ATTUNE, "plan", "experiment.yaml", "-o", "x.plan.json"], cwd=folder, check=True, capture_output=True)
    plan = (folder / "x.plan.json").read_bytes().rstrip(b"\n")
    points, noise = random.Random(1), random.Random(2)
    lines, best = [], None
    for trial in range(TRIALS):
        point = {
            "learning_rate": round(points.uniform(0.1, 0.9), 9),
            "optimizer": points.choice(["adam", "sgd"]),
            "width": points.randint(1, 100_000),
        }
        loss = round(points.uniform(0.1, 9), 6)
        if changed and noise.random() < 0.05:
            loss = round(loss + 0.01, 6)
        key = digest("trial", canonical(point))
        record = {"key": key, "metrics": {"loss": loss}, "parameters": point, "seed": trial, "state": "completed", "trial": trial}
        lines.append(canonical(record) + b"\n")
        if best is None or loss < best["value"]:
            best = {"key": key, "parameters": point, "seed": trial, "trial": trial, "value": loss}
    trials = b"".join(lines)
    (folder / "trials.jsonl").write_bytes(trials)
    content = {
        "plan": json.loads(plan),
        "planDigest": digest("plan", plan),
        "selection": {"best": best},
        "stop": {"afterTrials": TRIALS, "reason": "trials"},
        "trials": {"completed": TRIALS, "count": TRIALS, "digest": digest("file", trials), "failed": 0, "file": "trials.jsonl"},
    }
    circumstances = {
        "executed": TRIALS, "finished": 1, "host": "here", "reused": 0, "seconds": 1, "source": text,
        "sourcePath": "experiment.yaml", "surplus": 0, "version": "0", "workers": 1,
    }  # fmt: skip
    circumstances["digest"] = digest("circumstances", canonical(circumstances))
    manifest = {
        "circumstances": circumstances, "content": content, "contentDigest": digest("manifest", canonical(content)),
        "schema": "attune/manifest/v1",
    }  # fmt: skip
    (folder / "manifest.json").write_bytes(canonical(manifest) + b"\n")


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    write(folder / "a", 1, changed=False)
    write(folder / "b", 1, changed=True)
    times = []
    for _ in range(5):
        start = time.monotonic()
        done = subprocess.run([ATTUNE, "diff", "a", "b"], cwd=folder, capture_output=True, text=True)
        times.append(time.monotonic() - start)
    if done.returncode != 1:
        sys.exit(done.stderr or done.stdout)
    print("\n".join(done.stdout.splitlines()[:24]))
    print(f"\n{TRIALS:,} trials each: {min(times):.2f} s at best, {sorted(times)[2]:.2f} s in the middle of five")

"""Generates experiments: most of what the language has, in random combinations, and mistakes in some of them.

What is generated does not have to make sense: a default may lie outside of its range. Only the structure matters.
"""

import copy
import json
import random

# Keys that stand nowhere, or will in later versions; the others are put where they do not belong.
STRANGE = "unknown strateg metric tags fidelity order resources cost median patience racing options retry".split()

VALUES = [
    None, [], {}, "word", "", "1", " ", "a\0", True, False, 0, 1, -1, 0.5, 2.0, 1e15, -1e-9, 9e15, 8193, "90s", "10",
    [None], [{}], [[1]], ["a", "a"], [1, 2], [1, 2, 3], {"a": None}, {"a": {}}, {"a": {"b": 1}}, {"unknown": 1},
    "normal(0, 1)", "normal(1)", "${x}", "${", "$", "$$", "x > 1", "log", "linear", "list", "grid", "sobol", "bayesian",
    "csv", "stdout", "auto", "../x", "/x", "mean",
]  # fmt: skip


def generated(count, seed=1):
    """That many documents, each with what it is: a sentence and its text."""
    chance = random.Random(seed)
    for number in range(count):
        document = experiment(chance)
        extends = chance.random() < 0.2
        if extends:
            document = {"extends": "every-key.yaml", **thinned(document, chance)}
        mistakes = chance.choice([0, 0, 1, 1, 1, 1, 2, 3])
        for _ in range(mistakes):
            chance.choice([removed, replaced, replaced, added, added, moved])(document, chance)
        yield f"generated {number}, {mistakes} mistakes", json.dumps(document)


def experiment(chance):
    several = chance.random() < 0.2
    goals = [goal(chance, f"m{number}") for number in range(chance.randint(1, 3) if several else 1)]
    strategy = chance.choice(["sobol", "random", "bayesian", "tpe", "auto", "grid", "list", "asha", "hyperband", "successive-halving", "bohb", "pbt"])
    rungs = {"asha", "hyperband", "successive-halving", "bohb"}
    isPopulation = strategy == "pbt"
    if isPopulation:
        several, goals = False, goals[:1]
    space = parameters(chance, 0)
    point = {name: 1 for name in list(space)[:2]}
    search = {"strategy": strategy, **some(chance, {"seed": 7, "lanes": 4})}
    if isPopulation:
        search.pop("lanes", None)
        search.update(some(chance, {"population": 4}))
    elif strategy == "list":
        search["points"] = [point]
    elif strategy in rungs - {"bohb"} and chance.random() < 0.5:
        search["proposals"] = chance.choice(["random", "tpe", "bayesian", "multi-fidelity"])
    if strategy in ("hyperband", "bohb"):
        search.update(some(chance, {"brackets": chance.choice([1, 2, 4])}))
    if strategy not in rungs | {"grid", "list", "pbt"} and chance.random() < 0.3:
        search["initial"] = [point]
    plateau = {"trials": 5, **({} if several else some(chance, {"improvement": chance.choice([0, 0.1])}))}
    return {
        "attune": 1,
        "name": chance.choice(["test", "a.b", "9"]),
        "objective": goals if several else goals[0],
        "parameters": space,
        "search": search,
        **({"fidelity": {"epochs": {"to": 27, **some(chance, {"from": 2, "reduction": 4})}}} if strategy in rungs else {}),
        **({"fidelity": {"epochs": {"to": 27, "every": 3, "checkpoint": True}}} if isPopulation else {}),
        "budget": {"trials": chance.choice([1, 20]), **some(chance, {
            "parallel": 2, "time": "1h30m", "cpu_hours": 3, "cost": 1.5, "rates": {"cpus": 0.04, "memory": 0}})},
        "trial": trial(chance),
        **some(
            chance,
            {
                "description": "Generated.",
                "prepare": {"a": {"run": "x", "inputs": [], **some(chance, {"outputs": ["made"], "timeout": "5m"})}},
                "finally": {"b": {"shell": "echo", "inputs": [], **some(chance, {"environment": {"A": "1"}})}},
                **({} if isPopulation else {"confirm": some(chance, {"top": 2, "repeats": chance.choice([1, 3]), "aggregate": "median"})}),
                "stopping": [{"plateau": plateau}] * chance.randint(0, 2) + [{"failures": chance.choice([{"in_a_row": 3}, {"count": 1}, {"rate": 0.5}])}] * chance.randint(0, 1),
                "secrets": ["HF_TOKEN", "OTHER"][: chance.randint(0, 2)],
            },
        ),
        # With random points the compiler draws many to see how few the constraints leave, which takes its time.
        **({"constraints": ["1 < 2", f"{next(iter(space))} != 3"]} if strategy == "list" else {}),
    }


def some(chance, mapping):
    return {key: value for key, value in mapping.items() if chance.random() < 0.4}


def goal(chance, metric):
    return {chance.choice(["minimize", "maximize"]): metric, **some(chance, {"target": chance.choice([1, 0.5, -2])})}


def parameters(chance, depth):
    names = chance.sample(["lr", "layers", "a.b", "c-d", "_x", "kind", "trial", "Z9"], chance.randint(1, 3))
    return {f"{name}{depth or ''}": parameter(chance, depth) for name in names}


def parameter(chance, depth):
    kind = chance.choice(["float", "int", "choice", "labels", "constant"])
    if kind == "constant" or kind == "labels" and depth > 2:
        return chance.choice([1, 2.5, "text", True, ""])
    when = {"when": "true or 1 < 2"} if chance.random() < 0.1 else {}
    if kind == "labels":
        labels = {f"l{number}": chance.choice([None, {}]) for number in range(chance.randint(1, 3))}
        labels["l0"] = parameters(chance, depth + 1)
        return {"choice": labels, **some(chance, {"default": "l0", "weights": {"l0": 2}}), **when}
    if kind == "choice":
        values = chance.sample(["a", "b", 1, 2.5, True, "1"], 3)
        weights = chance.choice([[1, 0, 2.5], {str(values[0]): 3}])
        return {"choice": values, **some(chance, {"default": values[1], "weights": weights, "ordered": True}), **when}
    range_ = [1, 4] if kind == "int" else [0.5, 2.5]
    step = chance.choice([{}, {"scale": "log"}, {"scale": "linear"}, {"step": 1}, {"step": 1, "scale": "linear"}])
    return {kind: range_, **step, **some(chance, {"default": range_[0], "prior": "normal(2, 1.5)"}), **when}


def trial(chance):
    program = chance.choice(
        [
            {"run": "sh x.sh ${args}"},
            {"run": ["sh", "${args:hydra}", 1, "x${trial.dir}$$"]},
            {"run": ["sh", "${args:flags}", "${env:HOME}", "${trial.seed}"]},
            {"shell": "echo $ATTUNE_PARAMS\n"},
        ]
    )
    metrics = chance.choice(
        [
            {"from": "stdout"},
            {"from": "auto", "names": {"m0": "x"}},
            {"pattern": "{m0} {m1} {m2}"},
            {"from": "stdout", "pattern": "loss {m0:float}", "names": {"m0": "m0"}},
            {"names": {"m0": "a", "m1": "b", "m2": 3}},
            {"from": "csv", "path": "out/x.csv"},
            {"from": "json", "path": "${trial.dir}/x.json", "names": {"m0": "a"}},
            {"from": "tensorboard"},
            {"from": "tensorboard", "path": "."},
        ]
    )
    repeats = {"seeds": chance.randint(1, 5), **some(chance, {"aggregate": chance.choice(["mean", "median", "worst", "confidence-bound"])})}
    others = {"environment": {"A": "1", "B": 2}, "timeout": "10m", "silence": "20m", "metrics": metrics, "repeats": repeats, "failures": failures(chance), "interpreter": chance.choice(["exact", "minor", "any"]), "cache": chance.random() < 0.5, "resources": some(chance, {"memory": "2GiB", "cpus": chance.choice([1, 0.5]), "open_files": 64, "cpu_time": "1h", "disk": "1GB"})}
    return {**program, "inputs": [], **some(chance, others)}


def failures(chance):
    def policy():
        return chance.choice(["failed", "infeasible", {"retries": 2, **some(chance, {"wait": "10s", "then": "infeasible"})}, {"then": "failed"}])

    kinds = ["exit", "signal", "timeout", "silence", "memory", "disk", "metric-missing", "metric-not-finite"]
    return {kind: policy() for kind in kinds if chance.random() < 0.5}


def thinned(document, chance):
    """The document without some of its keys, and with null in place of others.

    Not without those that say what a parameter is: what else stands there belongs to it.
    """
    if not isinstance(document, dict):
        return document
    kinds = {"float", "int", "choice"}
    kept = {key: value for key, value in document.items() if chance.random() < 0.7 or key in kinds}
    return {key: None if chance.random() < 0.1 and key not in kinds else thinned(value, chance) for key, value in kept.items()}


# Mistakes


def places(value):
    """Each mapping and list in a document with each of its keys.

    Not those of points: which type a value of theirs has is said elsewhere.
    """
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            if key not in ("points", "initial"):
                yield from places(value[key])


def mappings(document):
    yield document
    for parent, key in places(document):
        if isinstance(parent[key], dict):
            yield parent[key]


def removed(document, chance):
    parent, key = chance.choice(list(places(document)))
    if parent is not document or len(document) > 1:
        del parent[key]


def replaced(document, chance):
    parent, key = chance.choice(list(places(document)))
    parent[key] = copy.deepcopy(chance.choice(VALUES))


def added(document, chance):
    """A key of another experiment, or one that there is not, where it may not belong."""
    parent, key = chance.choice(list(places(experiment(chance))))
    if isinstance(key, str) and chance.random() < 0.8:
        value = parent[key]
    else:
        key, value = chance.choice(STRANGE), chance.choice(VALUES)
    chance.choice(list(mappings(document)))[key] = copy.deepcopy(value)


def moved(document, chance):
    """A value from another place of the document."""
    source, source_key = chance.choice(list(places(document)))
    parent, key = chance.choice(list(places(document)))
    parent[key] = copy.deepcopy(source[source_key])

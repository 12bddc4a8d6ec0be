"""Holds the schemas and the program together: what the program writes fits its schema, and the schema of experiments
accepts exactly the structure that the compiler accepts.

    python3 Tests/Schemas/check.py .build/release/attune

The last line counts the checks that passed and failed; the exit code is 1 when one failed.
"""

import copy
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import jsonschema
import referencing
import referencing.jsonschema
import yaml

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
ATTUNE = str(pathlib.Path(sys.argv[1]).resolve())

# The errors that a schema can express: with one of these the schema refuses the experiment as well. The exceptions are
# marked in mutations.txt, such as a length of time of more than ten years.
STRUCTURE = """
    E1001 E1002 E1003 E1004 E1005 E1006 E1008 E1009 E1010 E1011 E1012 E1013 E1014 E1015 E1016 E1017 E1018
    E2001 E2002 E2003 E2004 E2005 E2006 E2008 E2010 E2011 E2013 E2014 E2015 E2016 E2018
    E3001 E3004 E3005 E3006 E3011 E4001 E4004 E4005 E4014
""".split()

# The errors that no schema expresses: it does not see how a value is spelt, compare two values, or open a file.
# E0 is YAML itself, which a schema never gets to see. A code in neither list fails the check, so that it is placed.
BEYOND = {
    "E1007": "a number that YAML 1.1 reads otherwise: a matter of spelling",
    "E2007": "the bounds are swapped", "E2009": "the range is too wide", "E2012": "the step does not divide the range",
    "E2017": "the default is outside", "E3002": "a grid over a continuous range", "E3003": "the grid is too large",
    "E3007": "a point lacks a value", "E3008": "a point's value is outside", "E3009": "a point stands twice",
    "E3010": "too many parameters for the strategy", "E4002": "a quote is not closed", "E4003": "needs a shell",
    "E4006": "`${args}` within an argument", "E4007": "a placeholder is no parameter",
    "E4008": "a point names no parameter", "E4009": "no such input", "E4010": "an input without files",
    "E4011": "an absolute input", "E4012": "an input cannot be read", "E4013": "too many inputs",
}


def load(text):
    """YAML 1.2 by its core schema, as the compiler and editors read it; PyYAML's own types are those of YAML 1.1."""

    def value(node):
        if isinstance(node, yaml.MappingNode):
            return {key.value: value(item) for key, item in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [value(item) for item in node.value]
        return node.value if node.style else plain(node.value)

    def plain(text):
        if text in ("", "~", "null", "Null", "NULL"):
            return None
        if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
            return text.lower() == "true"
        if re.fullmatch("[-+]?[0-9]+", text):
            return int(text)
        if re.fullmatch("0o[0-7]+|0x[0-9a-fA-F]+", text):
            return int(text, 0)
        if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
            return float(text)
        if re.fullmatch(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", text):
            return float(text.replace(".", ""))
        return text

    return value(yaml.compose(text, Loader=yaml.SafeLoader))


def load_schemas():
    schemas = {path.name: json.loads(path.read_text()) for path in REPOSITORY.glob("schemas/*.json")}
    resources = {name: referencing.jsonschema.DRAFT7.create_resource(schema) for name, schema in schemas.items()}
    registry = referencing.Registry().with_resources(resources.items())
    validator = jsonschema.Draft7Validator
    for schema in schemas.values():
        validator.check_schema(schema)
    return {name.split(".")[0]: validator(schema, registry=registry) for name, schema in schemas.items()}


SCHEMAS = load_schemas()
counts = {True: 0, False: 0}


def expect(condition, sentence):
    counts[bool(condition)] += 1
    if not condition:
        print(f"FAILED: {sentence}")


def attune(folder, *arguments):
    return subprocess.run([ATTUNE, *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def expect_fit(document, kind, what):
    """The document fits its schema, and with a key more in any of its objects it does not."""
    error = jsonschema.exceptions.best_match(SCHEMAS[kind].iter_errors(document))
    expect(error is None, f"{what} does not fit the schema of a {kind}: {error}")
    for path, value in nodes(document):
        if isinstance(value, dict):
            changed = changed_at(document, [*path, "unknown"], None)
            expect(not SCHEMAS[kind].is_valid(changed), f"{what} fits the schema of a {kind} with a key more at {path}")


def check_experiment(folder, name, applies):
    """Of an experiment in a folder of its own: the file, its plan and, if it is applied, its manifest and trials."""
    expect_fit(load((folder / "experiment.yaml").read_text()), "experiment", f"{name}/experiment.yaml")
    planned = attune(folder, "plan", "experiment.yaml", "-o", "x.plan.json")
    expect(planned.returncode == 0, f"{name} cannot be planned: {planned.stderr}")
    expect_fit(json.loads((folder / "x.plan.json").read_text()), "plan", f"{name}'s plan")
    if not applies:
        return []
    applied = attune(folder, "apply", "experiment.yaml", "--yes", "--progress", "none")
    expect(applied.returncode == 0, f"{name} cannot be applied: {applied.stderr}")
    results = folder / "results" / name
    expect_fit(json.loads((results / "manifest.json").read_text()), "manifest", f"{name}'s manifest")
    trials = [json.loads(line) for line in (results / "trials.jsonl").read_text().splitlines()]
    for trial in trials:
        expect_fit(trial, "trial", f"{name}'s trial {trial['trial']}")
    return trials


def nodes(value, path=()):
    """Every value of a document below the root, and the root, with its path."""
    yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from nodes(child, (*path, key))


REMOVED = object()


def changed_at(document, path, value):
    document = copy.deepcopy(document)
    parent = document
    for key in path[:-1]:
        parent = parent[key]
    if value is REMOVED:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return document


def spelt(document, path, text):
    """The document as YAML, with this text in one place: YAML contains JSON."""
    return json.dumps(changed_at(document, path, "@@@")).replace('"@@@"', text)


def mutations(document):
    """What was changed, and the text: every value left out or of another type, and every mapping with a key more."""
    others = ["null", "[]", "{}", "word", '"1"', "true", "-1", "0.5", ".inf", "[null]", "[{}]"]
    for path, value in nodes(document):
        if isinstance(value, dict):
            yield f"{path} with a key more", spelt(document, (*path, "unknown"), "1")
        if path:
            yield f"{path} left out", json.dumps(changed_at(document, path, REMOVED))
            for text in others:
                yield f"{path} is {text}", spelt(document, path, text)


def check_mutation(folder, what, text):
    """The schema refuses an experiment exactly when the compiler does for its structure; see mutations.txt."""
    (folder / "mutation.yaml").write_text(text)
    checked = attune(folder, "check", "mutation.yaml")
    codes = sorted(set(re.findall(r"^error\[(E\d+)\]", checked.stderr, re.MULTILINE)))
    expect(bool(codes) == (checked.returncode == 65), f"{what}: {checked.returncode} {checked.stderr}")
    placed = all(code in STRUCTURE or code in BEYOND for code in codes)
    expect(placed, f"{what}: a code is neither in STRUCTURE nor in BEYOND: {codes}")
    if codes == ["E2007"]:
        return  # A log scale's bounds are looked at after their order: the schema may know of a second mistake.
    refused = any(code in STRUCTURE for code in codes)
    error = jsonschema.exceptions.best_match(SCHEMAS["experiment"].iter_errors(load(text)))
    verdicts = f"the compiler says {codes}, the schema {error.message if error else 'nothing'}"
    expected = {"!": (True, False), "?": (False, True)}.get(what[0], (refused, refused))
    expect((refused, error is not None) == expected, f"{what}: {verdicts}")


def main():
    with tempfile.TemporaryDirectory() as name:
        for sample in sorted((REPOSITORY / "samples").glob("*/experiment.yaml")):
            folder = pathlib.Path(name, sample.parent.name)
            shutil.copytree(sample.parent, folder, ignore=shutil.ignore_patterns(".attune", ".venv", "results"))
            check_experiment(folder, folder.name, applies=folder.name in ("grid", "list"))

        folder = pathlib.Path(name, "own")
        shutil.copytree(HERE, folder)
        for own in ["every-key", "failures"]:
            shutil.copy(HERE / f"{own}.yaml", folder / "experiment.yaml")
            trials = check_experiment(folder, own, applies=own == "failures")
        for trial in trials:
            outcome = trial["failure"]["class"] if "failure" in trial else "fine"
            expect(outcome == trial["parameters"]["what"], f"a trial came out as {outcome}: {trial}")

        rejected = sorted((REPOSITORY / "samples/rejected").glob("*.yaml"))
        shutil.copy(REPOSITORY / "samples/rejected/E2007.yaml", folder / "fixed.yaml")
        arguments = [*map(str, rejected), "none.yaml"]
        whole = json.loads(attune(folder, "check", "--format", "json", *arguments).stdout)
        error = jsonschema.exceptions.best_match(SCHEMAS["diagnostics"].iter_errors(whole))
        expect(error is None, f"the diagnostics of the rejected samples do not fit their schema: {error}")
        few = [path for path in arguments if re.search("E0110|E2007|W2001|none", path)]
        checked = attune(folder, "check", "--format", "json", *few)
        expect_fit(json.loads(checked.stdout), "diagnostics", "the diagnostics of some files")
        checked = attune(folder, "check", "--format", "json", "--fix", "fixed.yaml")
        expect_fit(json.loads(checked.stdout), "diagnostics", "the diagnostics of a file that is mended")

        document = load((HERE / "every-key.yaml").read_text())
        for what, text in mutations(document):
            check_mutation(folder, what, text)
        for line in (HERE / "mutations.txt").read_text().splitlines():
            if line and not line.startswith("#"):
                where, text = (part.strip() for part in line.split("|", 1))
                path = where.lstrip("!? ").split(".")
                check_mutation(folder, line, spelt(document, path, text))
    print(f"{counts[True]} passed, {counts[False]} failed")
    sys.exit(1 if counts[False] else 0)


main()

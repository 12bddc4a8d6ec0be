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

import documents

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
ATTUNE = str(pathlib.Path(sys.argv[1]).resolve())

# The errors that a schema can express: with one of these the schema refuses the experiment as well. The exceptions are
# marked in mutations.txt, such as a length of time of more than ten years.
STRUCTURE = """
    E1001 E1002 E1003 E1004 E1005 E1006 E1008 E1009 E1010 E1011 E1012 E1013 E1014 E1015 E1016 E1017 E1018 E1019 E1020 E1021
    E1030 E1031 E1034 E1035 E1060 E1062
    E2001 E2002 E2003 E2004 E2005 E2006 E2008 E2010 E2011 E2013 E2014 E2015 E2016 E2018 E2019 E2022 E2024 E2027
    E3001 E3004 E3005 E3006 E3011 E3022 E3024 E3025 E3027 E3028 E3029 E3031 E3032 E3033 E3034 E3036 E3037 E3038 E3039 E3044 E3045 E3046 E3057 E3058 E3063 E3066 E4001 E4004 E4005 E4014
""".split()

# The errors that no schema expresses: it does not see how a value is spelt, compare two values, or open a file.
# E0 is YAML itself, which a schema never gets to see. A code in neither list fails the check, so that it is placed.
BEYOND = {
    "E1007": "a number that YAML 1.1 reads otherwise: a matter of spelling",
    "E1032": "a secret is set in the experiment", "E1033": "a secret's value in place of its name",
    "E1036": "what the pattern of metrics says", "E1061": "a metric is an objective twice",
    "E1080": "no file to extend", "E1081": "an absolute file to extend", "E1082": "a file outside of the project",
    "E1083": "an experiment that extends itself", "E1085": "nothing to remove",
    "E1086": "a setting without a value", "E1087": "a setting of no element", "E1088": "a setting into a value",
    "E3030": "a fidelity of one rung", "E3049": "more points than a population has members", "E3059": "an expected improvement of no model", "E3050": "a confirmation of several objectives",
    "E3065": "more brackets than rungs", "E3060": "a budget without a timeout", "E3064": "nothing that could grow", "E3061": "a budget that counts nothing", "E3062": "a budget below one trial",
    **{f"E305{number}": "what steps say of each other, and of trials" for number in range(1, 7)}, "E3047": "the thresholds are swapped",
    **{f"E304{number}": "a rule for trials where there is nothing to judge" for number in [0, 1, 2, 3, 8]}, "E3035": "a condition or a constraint on the fidelity",
    "E2007": "the bounds are swapped", "E2009": "the range is too wide", "E2012": "the step does not divide the range",
    "E2017": "the default is outside", "E2020": "conditions in a circle", "E2021": "a condition that never holds",
    "E2023": "a name is declared twice", "E2025": "the spread of a prior", "E2026": "as many weights as values",
    "E2028": "no weight above 0", "E2029": "a constraint that never holds", "E2030": "no point holds the constraints",
    "E2031": "the defaults break a constraint", "E2032": "a weight of no value", "E2033": "a name within another",
    "E3002": "a grid over a continuous range", "E3003": "the grid is too large",
    "E3007": "a point lacks a value", "E3008": "a point's value is outside", "E3009": "a point stands twice",
    "E3010": "too many parameters for the strategy", "E3020": "a value of what is inactive",
    "E3021": "a point breaks a constraint", "E3026": "a phase without an end before another", "E3023": "a grid that cannot be counted",
    "E4002": "a quote is not closed", "E4003": "needs a shell",
    "E4006": "`${args}` within an argument", "E4007": "a placeholder is no parameter",
    "E4008": "a point names no parameter", "E4009": "no such input", "E4010": "an input without files",
    "E4011": "an absolute input", "E4012": "an input cannot be read", "E4013": "too many inputs",
    "E4030": "a metric is not collected", "E4031": "the pattern has no such metric", "E4032": "no file of a pattern",
    "E4033": "a secret on the command line", "E4034": "a placeholder in a script", "E4035": "a variable is taken",
    **{f"E40{number}": "what an expression says" for number in range(60, 76)},
}

# With these the schema may refuse as well: a number with two readings is a text to it, and behind the others the compiler
# does not look at all that stands beside.
MASKS = set("E1007 E2007 E2009 E2012 E4002 E4003 E4008".split()) | {f"E40{number}" for number in range(60, 76)}

# In a file that extends another, what these say depends on the other: only the whole has to be complete.
RELATIVE = set("E1002 E1012 E1030 E1034 E1035 E2001 E2003 E2004 E2008 E2011 E2014 E2016 E2022 E3004 E3005 E3006 E3022".split())
RELATIVE |= {"E3045", "E3024", "E3025", "E3026", "E3031", "E3032", "E3034", "E3036", "E3063", "E3066", "E3037", "E3038", "E3039"}


def load(text):
    """YAML 1.2 by its core schema, as the compiler and editors read it; PyYAML's own types are those of YAML 1.1."""

    def value(node):
        if isinstance(node, yaml.MappingNode):
            own = [(key.value, value(item)) for key, item in node.value]
            others = [other for key, merged in own if key == "<<" for other in listed(merged)]
            # Of the mappings that `<<` brings in, the first wins, and what the mapping says itself wins over all.
            whole = {key: item for other in reversed(others) for key, item in other.items()}
            return {**whole, **{key: item for key, item in own if key != "<<"}}
        if isinstance(node, yaml.SequenceNode):
            return [value(item) for item in node.value]
        return node.value if node.style else plain(node.value)

    def listed(merged):
        return merged if isinstance(merged, list) else [merged]

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

    return value(yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def load_schemas():
    schemas = {path.name: json.loads(path.read_text()) for path in REPOSITORY.glob("schemas/*.json")}
    resources = {name: referencing.jsonschema.DRAFT7.create_resource(schema) for name, schema in schemas.items()}
    registry = referencing.Registry().with_resources(resources.items())
    validator = jsonschema.Draft7Validator
    for schema in schemas.values():
        validator.check_schema(schema)
    return {name.split(".")[0]: validator(schema, registry=registry) for name, schema in schemas.items()}


SCHEMAS = load_schemas()
GENERATED = 4000
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
            changed = changed_at(document, [*path, "unknown"], [])
            expect(not SCHEMAS[kind].is_valid(changed), f"{what} fits the schema of a {kind} with a key more at {path}")


def check_experiment(folder, name, applies, *arguments):
    """Of an experiment in a folder of its own: the file, its plan and, if it is applied, its manifest and trials."""
    expect_fit(load((folder / "experiment.yaml").read_text()), "experiment", f"{name}/experiment.yaml")
    if name == "ask-tell":  # There is nothing to run.
        return None
    planned = attune(folder, "plan", "experiment.yaml", "-o", "x.plan.json", *arguments)
    expect(planned.returncode == 0, f"{name} cannot be planned: {planned.stderr}")
    expect_fit(json.loads((folder / "x.plan.json").read_text()), "plan", f"{name}'s plan")
    if not applies:
        return []
    applied = attune(folder, "apply", "experiment.yaml", "--yes", "--progress", "none", *arguments)
    expect(applied.returncode == 0, f"{name} cannot be applied: {applied.stderr}")
    results = folder / "results" / name
    expect_fit(json.loads((results / "manifest.json").read_text()), "manifest", f"{name}'s manifest")
    trials = [json.loads(line) for line in (results / "trials.jsonl").read_text().splitlines()]
    for trial in trials:
        expect_fit(trial, "trial", f"{name}'s trial {trial['trial']}")
    return trials


def check_differences(folder):
    """What `attune diff --json` prints fits its schema: of experiments that have little in common, and of results."""
    (folder / "policy.yaml").write_text("policy: 1\nrules: [{trials: 1, message: Too many.}, {cost: {most: 1, hour: 2}}]\n")
    results = sorted(str(path.relative_to(folder)) for path in (folder / "results").iterdir())
    experiments = ["every-key.yaml", "script.yaml", "extension.yaml", "failures.yaml", "few.yaml"]
    verdicts = set()
    for before, after in [*zip(experiments, experiments[1:] + experiments[:1]), *zip(results, results[1:] + results[:1])]:
        printed = attune(folder, "diff", "--json", "--policy", "policy.yaml", before, after)
        expect(printed.returncode in (1, 3), f"{before} and {after} cannot be compared: {printed.stderr}")
        document = json.loads(printed.stdout)
        verdicts.add(document["verdict"])
        # What stands at a place of a plan may be anything.
        places = [edit.pop(side, None) for edit in document["edits"] for side in ("before", "after")]
        expect(any(place is not None for place in places), f"{before} and {after} have no edits")
        expect_fit(document, "diff", f"the difference of {before} and {after}")
    expect(verdicts == {"changed"}, f"experiments that have nothing in common are {verdicts}")


def check_words():
    """What the schema of experiments offers to editors is right itself: examples, defaults and snippets."""
    whole = json.loads((REPOSITORY / "schemas/experiment.v1.schema.json").read_text())
    for path, schema in nodes(whole):
        if not isinstance(schema, dict) or path[-1:] in (("properties",), ("definitions",)) or "examples" in path:
            continue
        offers = [*schema.get("examples", []), *([schema["default"]] if "default" in schema else [])]
        for snippet in schema.get("defaultSnippets", []):
            offers.append(filled(snippet["body"]))
        # Of a reference, the words beside it count as well.
        pointer = "#" + "".join("/" + str(part) for part in path)
        for offer in offers:
            error = jsonschema.exceptions.best_match(at(whole, pointer).iter_errors(offer))
            expect(error is None, f"{pointer} does not accept what it offers, {offer}: {error}")


def filled(body):
    """What a snippet comes to when nothing is typed into its places, such as ${1:50} and ${2|csv,json|}."""
    if isinstance(body, dict):
        return {filled(key): filled(value) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(item) for item in body]
    if not isinstance(body, str):
        return body
    text = re.sub(r"\$\{\d+\|([^,|]*)[^}]*\}|\$\{\d+:((?:\\.|[^}\\])*)\}", lambda match: match[1] or match[2], body)
    text = re.sub(r"\\([$}\\])", r"\1", text)
    return load(text) if text != body and re.fullmatch("[-0-9.]+", text) else text


def at(whole, pointer):
    return jsonschema.Draft7Validator({"$ref": pointer, "definitions": whole["definitions"], "else": whole["else"]})


def keys_of(schema):
    return {key for _, value in nodes(schema) if isinstance(value, dict) for key in value.get("properties", {})}


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


def mutations(name, document):
    """What was changed, and the text: every value left out or of another type, and every mapping with a key more."""
    others = ["null", "[]", "{}", "word", '"1"', "true", "-1", "0.5", ".inf", "[null]", "[{}]"]
    for path, value in nodes(document):
        if isinstance(value, dict):
            yield f"{name} {path} with a key more", spelt(document, (*path, "unknown"), "1")
        if path:
            yield f"{name} {path} left out", json.dumps(changed_at(document, path, REMOVED))
            # Which type a point's value has is said by its parameter.
            is_value = path[0] == "search" and len(path) == 4
            for text in ["null", "[]", "{}", ".inf"] if is_value else others:
                yield f"{name} {path} is {text}", spelt(document, path, text)


def listed_mutations():
    """Those of mutations.txt, which says how they are written."""
    document = None
    for line in (HERE / "mutations.txt").read_text().splitlines():
        if line.startswith("="):
            document = load((HERE / line.lstrip("= ")).read_text())
        elif line and not line.startswith("#"):
            where, text = (part.strip() for part in line.split("|", 1))
            path = [int(key) if key.isdigit() else key for key in where.lstrip("!? ").split(".")]
            yield line, spelt(document, path, text)


def check_documents(folder, texts):
    """Of many documents, each with a sentence on it: the schema refuses exactly what the compiler refuses for its
    structure; see mutations.txt."""
    for start in range(0, len(texts), 400):
        batch = {f"{start + index}.yaml": pair for index, pair in enumerate(texts[start : start + 400])}
        for name, (_, text) in batch.items():
            (folder / name).write_text(text)
        checked = json.loads(attune(folder, "check", "--format", "json", *batch).stdout)
        rest = iter(checked["diagnostics"])
        for file in checked["files"]:
            # File by file: some of a file's may stand in what it extends.
            found = [next(rest) for _ in range(file["errors"] + file["warnings"])]
            errors = [diagnostic for diagnostic in found if diagnostic["severity"] == "error"]
            check_document(*batch[file["path"]], errors)
            (folder / file["path"]).unlink()


def check_document(what, text, found):
    codes = sorted({diagnostic["code"] for diagnostic in found})
    if any(code.startswith("E0") for code in codes):
        return False
    placed = all(code in STRUCTURE or code in BEYOND for code in codes)
    expect(placed, f"{what}: a code is neither in STRUCTURE nor in BEYOND: {codes}")
    document = load(text)
    schema = SCHEMAS["experiment"]
    error = None if schema.is_valid(document) else jsonschema.exceptions.best_match(schema.iter_errors(document))
    refused = any(code in STRUCTURE for code in codes)
    verdicts = f"the compiler says {codes}, the schema {error.message if error else 'nothing'}: {text}"
    if isinstance(document, dict) and "extends" in document:
        # What null takes away, what type a default has, and whether the whole is complete: that depends on the other file.
        own = [item for item in found if item["code"] in STRUCTURE and item["code"] not in RELATIVE]
        own = [item for item in own if not re.search("this is (nothing|empty)", item.get("label", ""))]
        own = [item for item in own if not item["message"].startswith("`default`")]
        expect(error is not None or not own, f"{what}: {verdicts}")
        expect(error is None or codes, f"{what}: {verdicts}")
        return True
    if not refused and MASKS.intersection(codes):
        return True
    expected = {"!": (True, False), "?": (False, True)}.get(what[0], (refused, refused))
    expect((refused, error is not None) == expected, f"{what}: {verdicts}")
    return True


def main():
    with tempfile.TemporaryDirectory() as name:
        for sample in sorted((REPOSITORY / "samples").glob("*/experiment.yaml")):
            folder = pathlib.Path(name, sample.parent.name)
            shutil.copytree(sample.parent, folder, ignore=shutil.ignore_patterns(".attune", ".venv", "results"))
            check_experiment(folder, folder.name, applies=folder.name in ("grid", "list"))

        folder = pathlib.Path(name, "own")
        shutil.copytree(HERE, folder)
        for own in ["every-key", "extension", "failures", "script", "few", "rungs", "population", "curves"]:
            shutil.copy(HERE / f"{own}.yaml", folder / "experiment.yaml")
            arguments = ["--set", "budget.parallel=2"] if own == "few" else []
            trials = check_experiment(folder, own, own in ("failures", "script", "few", "rungs"), *arguments)
            states = [trial["state"] for trial in trials]
            if own == "failures":
                for trial in trials:
                    outcome = trial["failure"]["class"] if "failure" in trial else "fine"
                    expect(outcome == trial["parameters"]["what"], f"a trial came out as {outcome}: {trial}")
            elif trials and own != "rungs":
                expect(states[-1] == "infeasible", f"{own}'s last trial is {states[-1]}")

        check_differences(folder)
        check_words()
        whole = json.loads((REPOSITORY / "schemas/experiment.v1.schema.json").read_text())
        used = [load((HERE / f"{own}.yaml").read_text()) for own in ["every-key", "script", "extension", "rungs", "population", "curves"]]
        used = {key for document in used for _, value in nodes(document) if isinstance(value, dict) for key in value}
        expect(keys_of(whole) <= used, f"these keys are in none of the experiments here: {keys_of(whole) - used}")

        rejected = sorted((REPOSITORY / "samples/rejected").glob("*.yaml"))
        shutil.copy(REPOSITORY / "samples/rejected/E2007.yaml", folder / "fixed.yaml")
        arguments = [*map(str, rejected), "none.yaml"]
        whole = json.loads(attune(folder, "check", "--format", "json", *arguments).stdout)
        error = jsonschema.exceptions.best_match(SCHEMAS["diagnostics"].iter_errors(whole))
        expect(error is None, f"the diagnostics of the rejected samples do not fit their schema: {error}")
        judged = 0
        for path in rejected:
            found = [item for item in whole["diagnostics"] if item["place"]["path"] == str(path)]
            found = [item for item in found if item["severity"] == "error"]
            if not any(item["code"].startswith("E0") for item in found):
                judged += check_document(path.name, path.read_text(), found)
        few = [path for path in arguments if re.search("E0110|E2007|W2001|none", path)]
        checked = attune(folder, "check", "--format", "json", *few)
        expect_fit(json.loads(checked.stdout), "diagnostics", "the diagnostics of some files")
        checked = attune(folder, "check", "--format", "json", "--fix", "fixed.yaml")
        expect_fit(json.loads(checked.stdout), "diagnostics", "the diagnostics of a file that is mended")

        texts = list(listed_mutations())
        for own in ["every-key", "script", "extension", "rungs", "population", "curves"]:
            texts += mutations(own, load((HERE / f"{own}.yaml").read_text()))
        generated = list(documents.generated(GENERATED))
        check_documents(folder, texts + generated)
    print(f"{judged} rejected samples, {len(texts)} changed experiments and {len(generated)} generated ones")
    print(f"{counts[True]} passed, {counts[False]} failed")
    sys.exit(1 if counts[False] else 0)


main()

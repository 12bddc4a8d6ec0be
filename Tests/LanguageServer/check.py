"""Speaks the Language Server Protocol with the program, as an editor does.

    python3 Tests/LanguageServer/check.py .build/release/attune

The last line counts the checks that passed and failed; the exit code is 1 when one failed.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

ATTUNE = str(pathlib.Path(sys.argv[1]).resolve())
counts = {True: 0, False: 0}


def expect(condition, sentence):
    counts[bool(condition)] += 1
    if not condition:
        print(f"FAILED: {sentence}")


class Editor:
    """An editor with one file open."""

    def __init__(self, folder):
        self.server = subprocess.Popen([ATTUNE, "lsp", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.uri = (folder / "über experiment.yaml").as_uri()
        self.number = 0
        self.published = []
        self.version = 0

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.server.stdin.flush()

    def read(self):
        length = 0
        while (line := self.server.stdout.readline().strip()):
            name, value = line.split(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return json.loads(self.server.stdout.read(length)) if length else None

    def ask(self, method, **parameters):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": parameters})
        while (message := self.read()) is not None:
            if message.get("id") == self.number:
                return message
            self.published.append(message)
        return None

    def tell(self, method, **parameters):
        self.send({"method": method, "params": parameters})

    def open(self, text):
        self.text = text
        document = {"uri": self.uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)
        return self.diagnostics()

    def change(self, *changes):
        self.version += 1
        self.tell(
            "textDocument/didChange", textDocument={"uri": self.uri, "version": self.version},
            contentChanges=list(changes))
        return self.diagnostics()

    def diagnostics(self):
        """What the server publishes next."""
        while (message := self.read())["method"] != "textDocument/publishDiagnostics":
            pass
        assert message["params"]["uri"] == self.uri
        return message["params"]["diagnostics"]

    def position(self, marker, after=True):
        """The place behind (or before) a text, in UTF-16 units."""
        offset = self.text.index(marker) + (len(marker) if after else 0)
        line = self.text[:offset].count("\n")
        start = self.text.rfind("\n", 0, offset) + 1
        return {"line": line, "character": len(self.text[start:offset].encode("utf-16-le")) // 2}

    def complete(self, marker):
        answer = self.ask(
            "textDocument/completion", textDocument={"uri": self.uri}, position=self.position(marker))
        return {item["label"]: item for item in answer["result"]}

    def hover(self, marker):
        answer = self.ask(
            "textDocument/hover", textDocument={"uri": self.uri}, position=self.position(marker, after=False))
        return answer["result"] and answer["result"]["contents"]["value"]

    def fixes(self, marker):
        place = self.position(marker)
        return self.ask(
            "textDocument/codeAction", textDocument={"uri": self.uri}, range={"start": place, "end": place},
            context={"diagnostics": []})["result"]

    def apply(self, edits):
        """The text with edits made, as an editor makes them."""
        lines = self.text.split("\n")

        def offset(position):
            line = lines[position["line"]].encode("utf-16-le")[: 2 * position["character"]].decode("utf-16-le")
            return sum(len(other) + 1 for other in lines[: position["line"]]) + len(line)

        text = self.text
        for edit in sorted(edits, key=lambda edit: -offset(edit["range"]["start"])):
            start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
            text = text[:start] + edit["newText"] + text[end:]
        return text


GOOD = """attune: 1
name: test
description: "𝔘 wide 語"
objective: {minimize: loss}
parameters:
  lr: {float: [1e-4, 1e-1], scale: log, default: 1e-3}
  optimizer: {choice: [adam, sgd]}
  momentum: {float: [0.5, 0.99], when: optimizer == "sgd"}
search: {strategy: random, seed: 1}
budget: {trials: 10}
trial:
  run: python train.py ${args}
  inputs: []
"""


def check(folder):
    editor = Editor(folder)
    started = editor.ask("initialize", processId=None, rootUri=None, capabilities={})["result"]["capabilities"]
    expect(started["hoverProvider"] and started["completionProvider"] and started["codeActionProvider"], "capabilities")
    editor.tell("initialized")

    expect(editor.open(GOOD) == [], "a good experiment has no diagnostics")

    # Mistakes as one types: the whole text, and a change of a part behind wide characters.
    editor.text = GOOD.replace("random, seed: 1", "radnom, seed: -1").replace("[1e-4, 1e-1]", "[1e-1, 1e-4]")
    found = editor.change({"text": editor.text})
    expect(sorted(one["code"] for one in found) == ["E1010", "E2007", "E3001"], f"three mistakes: {found}")
    strategy = next(one for one in found if one["code"] == "E3001")
    expect(strategy["range"]["start"] == editor.position("{strategy: "), f"its place: {strategy}")
    expect("random" in strategy["message"] and strategy["severity"] == 1, f"its message: {strategy}")

    # Quick fixes are the compiler's own edits.
    for marker in ["[1e-1", "radn"]:
        actions = editor.fixes(marker)
        expect(len(actions) == 1, f"one quick fix at {marker}: {actions}")
        editor.text = editor.apply(actions[0]["edit"]["changes"][editor.uri])
        editor.change({"text": editor.text})
    expect("[1e-4, 1e-1]" in editor.text and "strategy: random" in editor.text, "the fixes mend the text")
    start = editor.position("seed: ")
    end = {"line": start["line"], "character": start["character"] + 2}
    left = editor.change({"range": {"start": start, "end": end}, "text": "1"})
    expect(left == [], f"a change of a range is taken in: {left}")
    editor.text = GOOD

    # Completion of keys and of names.
    editor.text = GOOD + "\n"
    editor.change({"text": editor.text})
    keys = editor.complete("inputs: []\n")
    expect({"stopping", "constraints"} <= set(keys), f"keys at the root: {sorted(keys)}")
    cases = [
        ("search: {", "", {"strategy", "seed", "lanes"}), ("budget: {", "tri", {"trials", "parallel", "time"}),
        ("search: {strategy: ", "", {"grid", "list", "random", "sobol"}),
        ("parameters:\n  new: {", "", {"float", "int", "choice", "scale", "when"}),
        ("scale: ", "", {"linear", "log"}), ("trial:\n  ", "", {"run", "shell", "inputs", "metrics"}),
        ("when: ", "", {"lr", "optimizer", "sqrt("}), ("objective: {", "", {"minimize", "maximize", "target"}),
    ]
    for before, typed, wanted in cases:
        base = GOOD if not before.startswith("parameters") else GOOD.replace("parameters:\n", "parameters:\n  new: {\n", 1)
        cut = base[: base.index(before) + len(before)] + typed
        editor.text = cut
        editor.change({"text": cut})
        found = editor.complete(cut[-40:])
        expect(wanted <= set(found), f"after `{before}{typed}`: {sorted(found)}")
    editor.text = GOOD[: GOOD.index("${args}")] + "${"
    editor.change({"text": editor.text})
    found = editor.complete("train.py ${")
    expect({"${args}", "${lr}", "${trial.dir}"} <= set(found), f"placeholders: {sorted(found)}")
    edit = found["${lr}"]["textEdit"]
    expect(editor.apply([edit]).endswith("train.py ${lr}"), f"the edit of a placeholder: {edit}")

    # Hover: a key's documentation, and a parameter's meaning in words.
    editor.text = GOOD
    editor.change({"text": GOOD})
    expect("seed" in (editor.hover("seed: 1") or "").lower(), f"over seed: {editor.hover('seed: 1')}")
    expect("**" in (editor.hover("strategy") or ""), f"over strategy: {editor.hover('strategy')}")
    words = editor.hover("momentum") or ""
    expect("0.5 to 0.99" in words and 'optimizer == "sgd"' in words, f"over a parameter: {words}")
    words = editor.hover('optimizer == "sgd"') or ""
    expect("`adam`" in words, f"over a name in a condition: {words}")
    expect(editor.hover("[0.5") is None, "nothing is said of a bracket")

    # What an editor may do wrong does no harm.
    expect(editor.ask("textDocument/rename", textDocument={"uri": editor.uri})["error"]["code"] == -32601, "no method")
    expect(editor.ask("textDocument/hover", textDocument={"uri": "file:///none"})["result"] is None, "no document")
    expect(editor.ask("textDocument/hover")["result"] is None, "no parameters")
    body = b"{no json"
    editor.server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    far = {"line": 10**6, "character": 10**6}
    answer = editor.ask("textDocument/completion", textDocument={"uri": editor.uri}, position=far)
    expect("result" in answer, "a place beyond the end")
    broken = [GOOD[:end] for end in range(0, len(GOOD), 7)] + ["\x00", "[" * 5000, "a: &a *a", "\t"]
    for text in broken:
        editor.text = text
        editor.change({"text": text})
        editor.ask(
            "textDocument/completion", textDocument={"uri": editor.uri},
            position={"line": text.count("\n"), "character": len(text) - text.rfind("\n") - 1})
    expect(editor.server.poll() is None, "it lives through every beginning of a text")

    editor.tell("textDocument/didClose", textDocument={"uri": editor.uri})
    expect(editor.diagnostics() == [], "a file that is closed has no diagnostics")
    expect(editor.ask("shutdown")["result"] is None, "shutdown")
    editor.tell("exit")
    expect(editor.server.wait(10) == 0, "it leaves when it is told to")

    gone = Editor(folder)
    gone.ask("initialize", capabilities={})
    gone.server.stdin.close()
    expect(gone.server.wait(10) == 1, "it leaves when the editor is gone")


with tempfile.TemporaryDirectory() as name:
    check(pathlib.Path(name))
print(f"{counts[True]} passed, {counts[False]} failed")
sys.exit(1 if counts[False] else 0)

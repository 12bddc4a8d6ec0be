"""Train a small perceptron on the handwritten digits, epoch by epoch.

What was trained before is read from the checkpoint, if it is there, and what is trained now is written to it: so a trial
that goes on to the next rung trains only the epochs that it lacks.
"""

import argparse
import os

import joblib
import numpy
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier


def main():
    options = parse_options()
    images, digits = load_digits(return_X_y=True)
    train, valid, train_digits, valid_digits = train_test_split(
        images / 16, digits, test_size=0.3, random_state=0, stratify=digits
    )

    def report(epoch):
        loss = log_loss(valid_digits, numpy.clip(model.predict_proba(valid), 1e-6, 1), labels=range(10))
        print(f"epoch={epoch} loss={loss}", flush=True)

    model, done = resume(options)
    if done >= options.epochs:  # it was ended after its last epoch, before that was on record
        report(done)
    for epoch in range(done + 1, options.epochs + 1):
        # The order of an epoch is its own, whether or not the training was interrupted before it.
        order = numpy.random.default_rng([options.seed, epoch]).permutation(len(train))
        for start in range(0, len(order), options.batch):
            rows = order[start : start + options.batch]
            model.partial_fit(train[rows], train_digits[rows], classes=range(10))
        report(epoch)
        save(options, model, epoch)


def resume(options):
    if os.path.exists(options.checkpoint):
        return joblib.load(options.checkpoint)
    model = MLPClassifier(
        hidden_layer_sizes=[options.width], learning_rate_init=options.learning_rate, alpha=options.alpha,
        random_state=options.seed,
    )
    return model, 0


def save(options, model, epoch):
    """A file that is there is whole: it gets its name when it is."""
    joblib.dump((model, epoch), options.checkpoint + ".new")
    os.replace(options.checkpoint + ".new", options.checkpoint)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learning_rate", type=float, default=1e-3)
    parser.add_argument("--alpha", type=float, default=1e-4)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--checkpoint", default="model.joblib")
    return parser.parse_args()


if __name__ == "__main__":
    main()

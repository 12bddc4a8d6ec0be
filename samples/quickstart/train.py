"""Train a small neural network to read handwritten digits, with nothing but Python.

The network has one hidden layer. It learns by stochastic gradient descent with
momentum from two thirds of the images in data/digits.csv, and is judged on the
remaining third, which it never trains on. The last line of the output is the
share of those images that it gets wrong. To try it by hand:

    $ python3 train.py --learning_rate 0.1 --hidden 24
    …
    val_error=0.02671118530884808
"""

import argparse
import csv
import math
import os
import random

PIXELS, DIGITS = 64, 10


def main():
    options = parse_options()
    rng = random.Random(int(os.environ.get("ATTUNE_SEED", "1")))
    train, held_out = load_images("data/digits.csv")
    network = Network(options.hidden, options.activation, rng)

    for epoch in range(options.epochs):
        shuffle(train, rng)
        loss = 0.0
        for start in range(0, len(train), options.batch):
            batch = train[start : start + options.batch]
            for image, digit in batch:
                loss += network.learn(image, digit)
            network.step(options.learning_rate / len(batch), options.momentum)
        print(f"epoch {epoch + 1:2} of {options.epochs}, mean loss {loss / len(train):.4f}")

    wrong = sum(network.read(image) != digit for image, digit in held_out)
    print(f"val_error={wrong / len(held_out)!r}")


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learning_rate", type=float, default=0.02)
    parser.add_argument("--momentum", type=float, default=0.5)
    parser.add_argument("--hidden", type=int, default=12, help="units in the hidden layer")
    parser.add_argument("--activation", choices=["relu", "tanh"], default="tanh")
    parser.add_argument("--batch", type=int, default=32, help="images per step")
    parser.add_argument("--epochs", type=int, default=12, help="passes over the images")
    return parser.parse_args()


def load_images(path):
    """Returns the images to learn from, and every third one held out.

    An image is a list of (pixel, ink) pairs. Blank pixels are left out: that is
    half of them, and skipping them halves the work. The last pair is always on
    and gives each hidden unit its bias.
    """
    with open(path, newline="") as file:
        rows = [[int(cell) for cell in row] for row in list(csv.reader(file))[1:]]
    images = [
        ([(i, ink / 16) for i, ink in enumerate(pixels) if ink] + [(PIXELS, 1.0)], digit)
        for *pixels, digit in rows
    ]
    held_out = images[::3]
    del images[::3]
    return images, held_out


class Network:
    def __init__(self, hidden, activation, rng):
        self.lower = Layer(PIXELS + 1, hidden, rng)
        self.upper = Layer(hidden + 1, DIGITS, rng)
        self.activation = activation

    def forward(self, image):
        """Returns the signals of the hidden layer and a probability for each digit."""
        sums = self.lower.forward(image)
        if self.activation == "relu":
            signals = [(i, x) for i, x in enumerate(sums) if x > 0]
        else:
            signals = [(i, math.tanh(x)) for i, x in enumerate(sums)]
        signals.append((len(sums), 1.0))
        return signals, softmax(self.upper.forward(signals))

    def read(self, image):
        _, probabilities = self.forward(image)
        return probabilities.index(max(probabilities))

    def learn(self, image, digit):
        """Adds what one image teaches to the gradients, and returns its loss."""
        signals, errors = self.forward(image)
        loss = -math.log(max(errors[digit], 1e-12))
        errors[digit] -= 1.0
        below = [0.0] * self.lower.outputs
        for i, x in signals[:-1]:
            slope = 1.0 if self.activation == "relu" else 1.0 - x * x
            below[i] = slope * dot(self.upper.weights[i], errors)
        self.upper.collect(signals, errors)
        self.lower.collect(image, below)
        return loss

    def step(self, rate, momentum):
        self.lower.step(rate, momentum)
        self.upper.step(rate, momentum)


class Layer:
    """One row of weights per input, one column per output."""

    def __init__(self, inputs, outputs, rng):
        reach = math.sqrt(3 / inputs)
        self.weights = [
            [reach * (2 * rng.random() - 1) for _ in range(outputs)] for _ in range(inputs)
        ]
        self.speeds = [[0.0] * outputs for _ in range(inputs)]
        self.gradient = [[0.0] * outputs for _ in range(inputs)]
        self.outputs = outputs

    def forward(self, signals):
        sums = [0.0] * self.outputs
        for i, x in signals:
            sums = [s + x * w for s, w in zip(sums, self.weights[i])]
        return sums

    def collect(self, signals, errors):
        for i, x in signals:
            self.gradient[i] = [g + x * e for g, e in zip(self.gradient[i], errors)]

    def step(self, rate, momentum):
        for i, slopes in enumerate(self.gradient):
            speeds = [momentum * v - rate * g for v, g in zip(self.speeds[i], slopes)]
            self.weights[i] = [w + v for w, v in zip(self.weights[i], speeds)]
            self.speeds[i] = speeds
            self.gradient[i] = [0.0] * self.outputs


def softmax(scores):
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = math.fsum(powers)  # sum() rounds differently from Python 3.12 on
    return [power / total for power in powers]


def dot(left, right):
    total = 0.0
    for a, b in zip(left, right):
        total += a * b
    return total


def shuffle(items, rng):
    """Fisher-Yates by hand, so that every version of Python deals the same order."""
    for last in range(len(items) - 1, 0, -1):
        other = int(rng.random() * (last + 1))
        items[last], items[other] = items[other], items[last]


if __name__ == "__main__":
    main()

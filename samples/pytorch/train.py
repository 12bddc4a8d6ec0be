"""Train a small convolutional network on the handwritten digits, and go on from the checkpoint where there is one."""

import argparse
import os

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn import functional

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--learning_rate", type=float, default=1e-3)
parser.add_argument("--weight_decay", type=float, default=1e-4)
parser.add_argument("--dropout", type=float, default=0.2)
parser.add_argument("--channels", type=int, default=16)
parser.add_argument("--batch", type=int, default=32)
parser.add_argument("--epochs", type=int, default=9)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--checkpoint", default="network.pt")
options = parser.parse_args()

torch.set_num_threads(1)  # sums are made in one order, so that a training repeats
torch.use_deterministic_algorithms(True)  # refuses what does not repeat
torch.manual_seed(options.seed)  # the first weights

images, digits = load_digits(return_X_y=True)
images = torch.tensor(images / 16, dtype=torch.float32).reshape(-1, 1, 8, 8)
train, valid, train_digits, valid_digits = train_test_split(
    images, torch.tensor(digits), test_size=0.3, random_state=0, stratify=digits)
network = nn.Sequential(
    nn.Conv2d(1, options.channels, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
    nn.Dropout(options.dropout), nn.Linear(16 * options.channels, 10))
optimizer = torch.optim.AdamW(network.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay)

state = {"epoch": 0}
if os.path.exists(options.checkpoint):
    state = torch.load(options.checkpoint)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    if state["epoch"] == options.epochs:  # killed when all was trained: say it again
        print(f"epoch={state['epoch']} loss={state['loss']}")

for epoch in range(state["epoch"] + 1, options.epochs + 1):
    torch.manual_seed(options.seed + epoch)  # what is drawn in an epoch is its own, wherever the training began
    network.train()
    for rows in torch.randperm(len(train)).split(options.batch):
        optimizer.zero_grad()
        functional.cross_entropy(network(train[rows]), train_digits[rows]).backward()
        optimizer.step()
    network.eval()
    with torch.no_grad():
        loss = functional.cross_entropy(network(valid), valid_digits).item()
    state = {"epoch": epoch, "loss": loss, "network": network.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save(state, options.checkpoint + ".new")
    os.replace(options.checkpoint + ".new", options.checkpoint)  # a checkpoint that is there is whole
    print(f"epoch={epoch} loss={loss}", flush=True)

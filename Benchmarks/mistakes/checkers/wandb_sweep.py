"""Reads a file as a sweep of W&B's, with its own package `sweeps`."""

import sys

import yaml
from sweeps import SweepConfig

with open(sys.argv[1]) as file:
    SweepConfig(yaml.safe_load(file))

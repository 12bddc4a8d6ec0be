"""Reads a file as `nnictl create` does before it starts anything, and its search space as a tuner does."""

import sys

from nni.common.hpo_utils import validate_search_space
from nni.experiment.config import ExperimentConfig

config = ExperimentConfig.load(sys.argv[1])
config.validate()
validate_search_space(config.search_space, raise_exception=True)

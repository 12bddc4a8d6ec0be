"""A trial that Hydra starts: its sweeper reads the file only when it runs."""

import hydra


@hydra.main(version_base=None, config_path=".", config_name="config")
def train(config):
    return float(config.lr)


train()

"""Gains on held-out photographs: base alone, the true experts, and the router's mix, for each degradation.

    python -m uir_training.evaluate --config training/configs/default.toml
"""

import torch

from . import checkpoints
from .config import Config, load
from .holdout import Holdout
from .lora import merged, run
from .selection import select
from .stage import device_of


def evaluate(config: Config) -> dict[str, dict[str, float]]:
    """PSNR gains in dB by mode and degradation (clean: PSNR), and the router's shares."""
    device = device_of(config)
    router, network = checkpoints.router(config, device), checkpoints.base(config, device)
    experts, holdout = checkpoints.experts(config, network, device), Holdout(config, device, each=8)
    scores, prior = holdout.route(router, config.view)
    modes = {
        "base": [{} for _ in holdout.kinds],
        "oracle": [dict.fromkeys(k, 1.0) for k in holdout.kinds],
        "auto": [select(s, config) for s in scores.tolist()],
    }

    def gains(mixes: list[dict[str, float]], copy: bool) -> dict[str, float]:
        def restore(image: torch.Tensor, row: int) -> torch.Tensor:
            if copy and not mixes[row]:
                return image  # the tool copies an image in which nothing is detected
            return run(network, merged(network, experts, mixes[row]), image, prior[row : row + 1])

        return holdout.gains(restore)

    return {mode: gains(mixes, mode == "auto") for mode, mixes in modes.items()} | {"router": holdout.accuracy(scores)}


if __name__ == "__main__":
    for mode, row in evaluate(load(description=__doc__)).items():
        print(mode.ljust(8), " ".join(f"{k} {v:+.2f}" for k, v in row.items()))

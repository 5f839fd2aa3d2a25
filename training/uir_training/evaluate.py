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

Mixes = list[dict[str, float]]


class Trial:
    """A trained pack on held-out photographs, to be tried with any mixes."""

    def __init__(self, config: Config, each: int = 8):
        device = device_of(config)
        self.router, self.network = checkpoints.router(config, device), checkpoints.base(config, device)
        self.experts, self.holdout = checkpoints.shipped(config, self.network, device), Holdout(config, device, each)
        scores, self.prior = self.holdout.route(self.router, config.view)
        self.scores = scores.tolist()
        self.router_shares = self.holdout.accuracy(scores)
        self.restored: dict[tuple, torch.Tensor] = {}  # by row and mix: rules differ in few of them

    def selected(self, config: Config) -> Mixes:
        """The mixes that the tool would choose."""
        return [select(s, config) for s in self.scores]

    @torch.no_grad()
    def gains(self, mixes: Mixes, copy: bool = True) -> dict[str, float]:
        """PSNR gains in dB by degradation (clean: PSNR); with `copy`, as in the tool, an image without a mix stays as it is."""

        def restore(image: torch.Tensor, row: int) -> torch.Tensor:
            if copy and not mixes[row]:
                return image
            key = row, *mixes[row].items()
            if key not in self.restored:
                weights = merged(self.network, self.experts, mixes[row])
                self.restored[key] = run(self.network, weights, image, self.prior[row : row + 1])
            return self.restored[key]

        return self.holdout.gains(restore)


def evaluate(config: Config) -> dict[str, dict[str, float]]:
    """Gains by mode and degradation, and the router's shares."""
    trial = Trial(config)
    kinds = trial.holdout.kinds
    return {
        "base": trial.gains([{} for _ in kinds], copy=False),
        "oracle": trial.gains([dict.fromkeys(k, 1.0) for k in kinds], copy=False),
        "auto": trial.gains(trial.selected(config)),
        "router": trial.router_shares,
    }


if __name__ == "__main__":
    for mode, row in evaluate(load(description=__doc__)).items():
        print(mode.ljust(8), " ".join(f"{k} {v:+.2f}" for k, v in row.items()))

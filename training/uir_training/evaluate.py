"""Gains on held-out photographs: base alone, the true experts, and the router's mix, for each degradation.

    python -m uir_training.evaluate --config training/configs/default.toml
"""

import torch

from . import checkpoints
from .config import Config, load
from .degradations import NAMES
from .holdout import Holdout
from .lora import merged, run
from .router import told
from .selection import select
from .stage import device_of

Mixes = list[dict[str, float]]


class Trial:
    """A trained pack on held-out photographs, to be tried with any mixes."""

    def __init__(self, config: Config, holdout: Holdout):
        self.config, self.holdout, device = config, holdout, device_of(config)
        self.router, self.network = checkpoints.router(config, device), checkpoints.base(config, device)
        self.experts = checkpoints.shipped(config, self.network, device)
        scores, self.prior = self.holdout.route(self.router, config.view)
        self.scores = scores.tolist()
        self.found = self.selected(config)
        self.router_shares = self.holdout.accuracy(scores)
        self.restored: dict[tuple, torch.Tensor] = {}  # by row and mix: rules differ in few of them

    @classmethod
    def heldout(cls, config: Config, each: int = 8, draw: int = 1) -> "Trial":
        """On `each` photographs for each degradation, by our own recipes."""
        return cls(config, Holdout(config, device_of(config), each, draw=draw))

    def selected(self, config: Config) -> Mixes:
        """The mixes that the tool would choose."""
        return [select(s, config) for s in self.scores]

    @torch.no_grad()
    def gains(self, mixes: Mixes, named: bool = False) -> dict[str, float]:
        """PSNR gains in dB by degradation (clean: PSNR), as the tool restores with mixes that the router found, or `named` by hand.

        An image in which the router finds nothing stays as it is. What is named is told where the router finds
        otherwise, if the pack wants to be told.
        """

        def restore(image: torch.Tensor, row: int) -> torch.Tensor:
            mix, prior = mixes[row], self.prior[row : row + 1]
            if not (mix or named):
                return image
            names = {n for n, weight in mix.items() if weight > 0}
            if named and names and names <= set(self.config.told) and names != self.found[row].keys():
                prior = told(prior, names)
            key = row, named, *mix.items()
            if key not in self.restored:
                self.restored[key] = run(self.network, merged(self.network, self.experts, mix), image, prior)
            return self.restored[key]

        return self.holdout.gains(restore)


def evaluate(trial: Trial) -> dict[str, dict[str, float]]:
    """Gains by mode and degradation, and the router's shares."""
    kinds = trial.holdout.kinds
    return {
        "base": trial.gains([{} for _ in kinds], named=True),
        "oracle": trial.gains([select([float(n in k) for n in NAMES], trial.config) for k in kinds], named=True),
        "auto": trial.gains(trial.found),
        "router": trial.router_shares,
    }


def show(trial: Trial) -> None:
    """Prints a row for each mode."""
    for mode, row in evaluate(trial).items():
        print(mode.ljust(8), " ".join(f"{k} {v:+.2f}" for k, v in row.items()))


if __name__ == "__main__":
    show(Trial.heldout(load(description=__doc__)))

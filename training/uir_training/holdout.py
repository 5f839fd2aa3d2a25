"""Held-out photographs, degraded once with a fixed seed: one gain per degradation, because a mean hides the unlearnt one."""

import random
from collections.abc import Callable

import numpy as np
import torch

from . import data
from .config import Config
from .degradations import NAMES, degrade, present
from .router import Router, statistics, views
from .stage import seed


PERFECT = 60.0  # dB, the PSNR of equal images here


def psnr(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """PSNR in dB of each image (n,), values in 0..1, at most PERFECT."""
    return -10 * (a.clamp(0, 1) - b.clamp(0, 1)).square().mean((1, 2, 3)).clamp(min=10 ** (-PERFECT / 10)).log10()


class Holdout:
    """`each` crops of 256 x 256 from the validation photographs for each degradation, as many clean, and twice as many mixed; others in
    another `draw`."""

    def __init__(self, config: Config, device: torch.device, each: int = 6, side: int = 256, draw: int = 1):
        states = random.getstate(), np.random.get_state(), torch.get_rng_state()
        seed(draw)
        photos = data.photographs(config.data, "val")
        self.kinds = [[name] for name in NAMES for _ in range(each)] + [[] for _ in range(each)]
        self.kinds += [random.sample(NAMES, 2) for _ in range(2 * each)]
        truth = data.to_tensor([data.crop((photos[i % len(photos)],), side)[0] for i in range(len(self.kinds))])
        self.truth = truth.to(device).float() / 255
        material = data.textures(config.data, device)
        parts = [degrade(self.truth[i : i + 4], self.kinds[i : i + 4], material) for i in range(0, len(truth), 4)]
        degraded, self.severity, _ = (torch.cat(p) for p in zip(*parts))
        self.input = (degraded * 255).round() / 255
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])

    @torch.no_grad()
    def route(self, router: Router, view: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Scores (n, kinds) and priors (n, P) of the held-out images."""
        parts = [router(*views(self.input[i : i + 16], view)) for i in range(0, len(self.input), 16)]
        embedding, prior = (torch.cat(p) for p in zip(*parts))
        return router.score(embedding), prior

    def prior(self, router: Router | None, view: int) -> torch.Tensor:
        """Priors (n, P), the router's or, without one, the true ones."""
        if router:
            return self.route(router, view)[1]
        return torch.cat([present(self.severity), statistics(views(self.input, view)[0])], 1)

    @torch.no_grad()
    def gains(self, restore: Callable[[torch.Tensor, int], torch.Tensor]) -> dict[str, float]:
        """PSNR gain in dB for each degradation, for mixtures, and the PSNR of clean images after `restore(image, row)`."""
        found: dict[str, list[float]] = {}
        for row, kinds in enumerate(self.kinds):
            image, truth = self.input[row : row + 1], self.truth[row : row + 1]
            after = psnr(restore(image, row).float(), truth)
            key = kinds[0] if len(kinds) == 1 else "mixed" if kinds else "clean"
            found.setdefault(key, []).append((after - (psnr(image, truth) if kinds else 0)).item())
        return {k: round(sum(v) / len(v), 2) for k, v in found.items()}

    def accuracy(self, scores: torch.Tensor) -> dict[str, float]:
        """Shares: single degradations named by the top score, present ones above 0.5 in mixtures, clean ones left alone."""
        top = [NAMES[i] for i in scores.argmax(1)]
        single = [t == k[0] for t, k in zip(top, self.kinds) if len(k) == 1]
        mixed = [scores[i, NAMES.index(n)].item() > 0.5 for i, k in enumerate(self.kinds) if len(k) > 1 for n in k]
        clean = [scores[i].max().item() < 0.5 for i, k in enumerate(self.kinds) if not k]
        return {n: round(sum(v) / len(v), 3) for n, v in (("top1", single), ("mixed", mixed), ("clean", clean)) if v}

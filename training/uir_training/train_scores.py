"""The scores that choose a mix, learnt anew on the frozen encoder; the prior that base and experts know stays.

    python -m uir_training.train_scores --config training/configs/default.toml

Looking takes minutes to hours, learning seconds: embedding and bank, on what `looks` has kept.
"""

from pathlib import Path

import torch
import torch.nn.functional as F

from . import checkpoints
from .config import Config, load
from .holdout import Holdout
from .looks import Looks, degraded, real
from .router import Router
from .stage import device_of, seed

REAL = 0.2  # share of a batch


def draw(looks: Looks, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Features (count, 192) and presence (count, kinds), by weight."""
    rows = torch.multinomial(looks.weight, count, replacement=True)
    return looks.features[rows], looks.truth[rows]


def train(config: Config) -> Router:
    """Trains embedding and bank for config.steps, leaves `scores.pt` in config.out and returns the router, in evaluation mode."""
    seed(config.seed)
    device = device_of(config)
    router, holdout = checkpoints.router(config, device), Holdout(config, device)
    parts = [(degraded(config, router, device), config.batch), (real(config, router, device), round(REAL * config.batch))]
    learnt = torch.nn.Sequential(router.embedding, router.bank).requires_grad_(True)
    optimiser = torch.optim.AdamW(learnt.parameters(), config.rate_adam, weight_decay=config.decay)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1, 1e-3, config.steps)
    for step in range(1, config.steps + 1):
        features, truth = (torch.cat(part) for part in zip(*(draw(*p) for p in parts if len(p[0].features)), strict=True))
        loss = F.binary_cross_entropy_with_logits(learnt(features), truth)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % config.log_every == 0:
            print(f"step={step} loss={loss.item():.4g}", holdout.accuracy(holdout.route(router, config.view)[0]), flush=True)
    chosen = {n: v for n, v in router.state_dict().items() if n.startswith(("embedding", "bank"))}
    torch.save({"ema": chosen}, Path(config.out) / "scores.pt")
    return router.requires_grad_(False)


if __name__ == "__main__":
    train(load("scores", description=__doc__))

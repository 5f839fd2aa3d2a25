"""The scores that choose a mix, learnt on with the encoder frozen; the prior that base and experts know stays.

    python -m uir_training.train_scores --config training/configs/default.toml

Looking takes minutes to hours, learning a minute: on what `looks` has kept. Learnt from made-up degradations alone, scores mistook
dim and sunlit real photographs for degraded; so they learn from real pairs too, and it costs to differ from stage 0's.
"""

from copy import deepcopy
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from . import checkpoints
from .config import Config, load
from .holdout import Holdout
from .looks import Looks, degraded, real
from .router import Router, embed
from .stage import device_of, seed

REAL = 0.8  # weight of the real pairs, and their share of a batch
DROPPED = 0.35  # share of the features that a step does without
CHANGE = 0.02  # weight of the mean square of what stage 0's logits have become, beside the binary cross-entropy


class Heads(nn.Module):
    """A router's embedding and bank, on features brought to mean 0 and deviation 1; a third of them are dropped, or it learns the
    looks by heart. It goes on from what stage 0 has learnt: begun anew, three times the looks come to less."""

    def __init__(self, router: Router, features: torch.Tensor):
        super().__init__()
        self.embedding, self.correction, self.bank = (deepcopy(m).requires_grad_(True) for m in (router.embedding, router.correction, router.bank))
        self.mean, self.deviation = features.mean(0), features.std(0) + 1e-4
        with torch.no_grad():
            for first in (self.embedding[0], self.correction[0]):
                first.bias += first.weight @ self.mean[: first.in_features]
                first.weight *= self.deviation[: first.in_features]

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Features (n, FEATURES) -> logits (n, kinds)."""
        return self.bank(embed(self, F.dropout((features - self.mean) / self.deviation, DROPPED, self.training)))

    def loss(self, looks: Looks, before: torch.Tensor, count: int) -> torch.Tensor:
        """Of `count` looks, drawn by weight; `before` are stage 0's logits of all (n, kinds)."""
        rows = torch.multinomial(looks.weight, count, replacement=True)
        logits = self(looks.features[rows])
        return F.binary_cross_entropy_with_logits(logits, looks.truth[rows]) + CHANGE * (logits - before[rows]).square().mean()

    @torch.no_grad()
    def fold_into(self, router: Router) -> None:
        """Hands its tensors to a router, for features as they come."""
        for name in ("embedding", "correction", "bank"):
            getattr(router, name).load_state_dict(getattr(self, name).state_dict())
        for first in (router.embedding[0], router.correction[0]):
            first.weight /= self.deviation[: first.in_features]
            first.bias -= first.weight @ self.mean[: first.in_features]


def gather(config: Config, router: Router, device: torch.device) -> tuple[Looks, Looks]:
    """What the router sees in degraded photographs and in real pairs."""
    return degraded(config, router, device), real(config, router, device)


def learn(config: Config, router: Router, made: Looks, pairs: Looks) -> Heads:
    """Scores that went on from the router's for config.steps, on degraded photographs and, if there are any, real pairs."""
    parts = [(made, config.batch, 1), (pairs, round(REAL * config.batch), REAL)]
    parts = [(looks, router.logits(looks.features), count, weight) for looks, count, weight in parts if len(looks.features)]
    learnt = Heads(router, made.features)
    optimiser = torch.optim.AdamW(learnt.parameters(), config.rate_adam, weight_decay=config.decay)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1, 1e-3, config.steps)
    for step in range(1, config.steps + 1):
        loss = sum(weight * learnt.loss(looks, before, count) for looks, before, count, weight in parts)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % config.log_every == 0:
            print(f"step={step} loss={loss.item():.4g}", flush=True)
    return learnt


def train(config: Config) -> Router:
    """Trains the scores for config.steps, leaves `scores.pt` in config.out and returns the router, in evaluation mode.

    It begins with stage 0's even where `scores.pt` is: twice learnt on is not what the numbers were chosen for.
    """
    seed(config.seed)
    device = device_of(config)
    router, holdout = checkpoints.router(config, device, scores=False), Holdout(config, device)
    learn(config, router, *gather(config, router, device)).fold_into(router)
    print(holdout.accuracy(holdout.route(router, config.view)[0]), flush=True)
    chosen = {n: v for n, v in router.state_dict().items() if n.startswith(("embedding", "correction", "bank"))}
    torch.save({"ema": chosen}, Path(config.out) / "scores.pt")
    return router


if __name__ == "__main__":
    train(load("scores", description=__doc__))

"""The correction of the scores that choose a mix, learnt on the frozen encoder; the prior that base and experts know stays.

    python -m uir_training.train_scores --config training/configs/default.toml

Looking takes minutes to hours, learning a minute: on what `looks` has kept. Of images that are degraded by other recipes as well and
handled as photographs are, scores learnt anew mistook dim and sunlit real photographs that the ones before had let be; so what is
learnt is added to those, and costs where it changes them.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from . import checkpoints
from .config import Config, load
from .degradations import NAMES
from .holdout import Holdout
from .looks import Looks, degraded, real
from .router import Router
from .stage import device_of, seed

REAL = 0.2  # share of a batch
DROPPED = 0.2  # share of the features that a step does without
CHANGE = 0.03  # weight of the mean square of what is added to the logits, beside the binary cross-entropy


def draw(looks: Looks, before: torch.Tensor, count: int) -> tuple[torch.Tensor, ...]:
    """Features (count, FEATURES), presence and logits before (count, kinds), by weight."""
    rows = torch.multinomial(looks.weight, count, replacement=True)
    return looks.features[rows], looks.truth[rows], before[rows]


class Correction(nn.Module):
    """A router's correction and its columns of the bank, on features brought to mean 0 and deviation 1; a fifth of them are dropped, or
    it learns the looks by heart."""

    def __init__(self, config: Config, features: torch.Tensor):
        super().__init__()
        new = Router(config).to(features.device).requires_grad_(True)
        self.layers, self.columns = new.correction, nn.Parameter(new.bank.weight[:, config.embedding :].detach().clone())
        self.changed = torch.tensor([[float(n not in config.kept)] for n in NAMES], device=features.device)
        self.mean, self.deviation = features.mean(0), features.std(0) + 1e-4

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Features (n, FEATURES) -> what is added to the logits (n, kinds)."""
        return F.linear(self.layers(F.dropout((features - self.mean) / self.deviation, DROPPED, self.training)), self.changed * self.columns)

    @torch.no_grad()
    def fold_into(self, router: Router) -> None:
        """Hands its tensors to a router, for features as they come."""
        router.correction.load_state_dict(self.layers.state_dict())
        first = router.correction[0]
        first.weight /= self.deviation
        first.bias -= first.weight @ self.mean
        router.bank.weight[:, -self.columns.shape[1] :] = self.changed * self.columns


def train(config: Config) -> Router:
    """Trains the correction for config.steps, leaves `scores.pt` in config.out and returns the router, in evaluation mode."""
    seed(config.seed)
    device = device_of(config)
    router, holdout = checkpoints.router(config, device).silence(), Holdout(config, device)
    parts = [(degraded(config, router, device), config.batch), (real(config, router, device), round(REAL * config.batch))]
    parts = [(looks, router.logits(looks.features), count) for looks, count in parts if len(looks.features)]
    learnt = Correction(config, parts[0][0].features)
    optimiser = torch.optim.AdamW(learnt.parameters(), config.rate_adam, weight_decay=config.decay)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1, 1e-3, config.steps)
    for step in range(1, config.steps + 1):
        features, truth, before = (torch.cat(part) for part in zip(*(draw(*p) for p in parts), strict=True))
        added = learnt(features)
        loss = F.binary_cross_entropy_with_logits(before + added, truth) + CHANGE * added.square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % config.log_every == 0:
            print(f"step={step} loss={loss.item():.4g}", flush=True)
    learnt.fold_into(router)
    print(holdout.accuracy(holdout.route(router, config.view)[0]), flush=True)
    chosen = {n: v for n, v in router.state_dict().items() if n.startswith(("correction", "bank"))}
    torch.save({"ema": chosen}, Path(config.out) / "scores.pt")
    return router


if __name__ == "__main__":
    train(load("scores", description=__doc__))

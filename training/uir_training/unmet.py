"""What the scores that choose say of real pairs that they have not met: learnt on from three quarters of them, four times over.

    python -m uir_training.unmet --config training/configs/default.toml

On the looks that train_scores has kept, if it has run. Held-out photographs with recipes of ours can't tell scores that take real
photographs for degraded from such that don't. The encoder, and its own scores, from which it costs to differ, may have met every pair.
"""

from copy import deepcopy
from itertools import groupby

import torch

from . import checkpoints, data
from .config import Config, load
from .degradations import NAMES
from .looks import WINDOWS, Looks
from .stage import device_of, seed
from .train_scores import gather, learn

FOLDS = 4
LOOKS = 2 * (1 + WINDOWS)  # at one pair, input and truth in turn


def folds(degradations: list[str]) -> torch.Tensor:
    """The fold of each look at pairs of these degradations, sorted (n,): neighbouring files, which often show one scene, go together."""
    found = []
    for _, group in groupby(degradations):
        count = len(list(group))
        found += [i * FOLDS // count for i in range(count) for _ in range(LOOKS)]
    return torch.tensor(found)


def judge(named: torch.Tensor, truth: torch.Tensor) -> dict[str, float]:
    """Named (n, kinds), bool, and present, 0 or 1 -> shares: of the inputs of each degradation that are named it, of all inputs that are
    named something false, of truths that are named nothing."""
    inputs = truth.any(1)
    found = {n: named[truth[:, i] > 0, i].float().mean().item() for i, n in enumerate(NAMES) if truth[:, i].any()}
    found["false"] = (named & (truth == 0))[inputs].any(1).float().mean().item()
    return {n: round(v, 3) for n, v in found.items()} | {"let be": round(1 - named[~inputs].any(1).float().mean().item(), 3)}


def unmet(config: Config) -> dict[str, float]:
    """`judge` of scores learnt on without each fold in turn, by the configuration's thresholds."""
    seed(config.seed)
    device = device_of(config)
    router = checkpoints.router(config, device, scores=False)
    made, pairs = gather(config, router, device)
    fold, logits = folds([p.degradation for p in data.pairs(config.data)]).to(device), torch.zeros_like(pairs.truth)
    for left in range(FOLDS):
        kept, learnt = Looks(*(part[fold != left] for part in pairs)), deepcopy(router)
        learn(config, router, made, kept).fold_into(learnt)
        logits[fold == left] = learnt.logits(pairs.features[fold == left]).detach()
    least = torch.tensor([config.thresholds.get(n, config.threshold) for n in NAMES], device=device)
    return judge(logits.sigmoid() >= least, pairs.truth)


if __name__ == "__main__":
    print(unmet(load("scores", description=__doc__)))

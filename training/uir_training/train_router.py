"""Stage 0, the router: multi-label degradation scores.

    python -m uir_training.train_router --config training/configs/default.toml
"""

import random
from dataclasses import replace

import torch
import torch.nn.functional as F

from . import checkpoints
from .config import Config, load
from .degradations import NAMES, present
from .holdout import Holdout
from .looks import forget
from .pool import Pool
from .router import TRUNK, Router, views
from .stage import Stage, device_of, seed


def loss(router: Router, images: torch.Tensor, severity: torch.Tensor, view: int) -> torch.Tensor:
    """Binary cross-entropy on the presence of each degradation, of the scores that choose and of those in the prior."""
    features, truth = router.features(*views(images, view, local=3)), present(severity)
    return sum(F.binary_cross_entropy_with_logits(logits, truth) for logits in (router.logits(features), router.prior(features[:, :TRUNK])))


def glance(pool: Pool, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """`count` images of the pool with their severities, every other time through a window of three quarters of their side.

    Photographs come in all sizes: what the global view shows of noise or rain depends on it.
    """
    rows = torch.randint(len(pool.input), (count,), device=pool.device)
    images, severity = pool.input[rows].float() / 255, pool.severity[rows]
    if random.random() < 0.5:
        side = images.shape[-1] * 3 // 4
        top, left = (random.randint(0, images.shape[-1] - side) for _ in range(2))
        images = images[..., top : top + side, left : left + side]
    return images.flip(3) if random.random() < 0.5 else images, severity


def train(config: Config) -> Router:
    """Trains the router and leaves `router.pt` in config.out; returns the averaged router, in evaluation mode."""
    seed(config.seed)
    device = device_of(config)
    small = Pool(config, device)
    # real pairs are smaller than that
    large = replace(config, side=2 * config.side, pool=config.pool // 2, renew=max(1, config.renew // 2), real=0)
    pools, holdout = (small, Pool(large, device, photos=small.photos)), Holdout(config, device)
    router = checkpoints.router(config, device)
    if router:  # from a pack, without norms
        crops = views(small.input[:32].float() / 255, config.view, local=1)[1]
        router.calibrate(crops.flatten(0, 1)).requires_grad_(True)
    router = (router or Router(config)).to(device, memory_format=torch.channels_last).train()
    router.silence()
    stage = Stage(config, "router", router, adam=("bank", "embedding", "prior"))
    stage.module.encoder.compile()
    if stage.progress < 1:
        forget(config)
    for step in stage:
        pool = pools[step % 2]
        images, severity = glance(pool, config.batch)
        with torch.autocast(device.type, torch.bfloat16):
            total = loss(stage.module, images, severity, config.view)
        stage.step(total)
        pool.renew(pool.config.renew)
        if step % config.log_every == 0:
            scores, _ = holdout.route(stage.ema.eval(), config.view)
            stage.log(loss=total.item(), **holdout.accuracy(scores))
    scores, _ = holdout.route(stage.ema.eval(), config.view)
    for column, name in enumerate(NAMES):
        own = [scores[i].argmax().item() == column for i, k in enumerate(holdout.kinds) if k == [name]]
        print(f"{name}: top score right in {sum(own)} of {len(own)}")
    return stage.ema.eval()


if __name__ == "__main__":
    train(load("router", description=__doc__))

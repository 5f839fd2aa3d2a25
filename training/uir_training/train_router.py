"""Stage 0, the router: multi-label degradation scores.

    python -m uir_training.train_router --config training/configs/default.toml
"""

import random
from dataclasses import replace

import torch
import torch.nn.functional as F

from . import checkpoints
from .augment import handled
from .config import Config, load
from .degradations import CELL, NAMES, present
from .holdout import Holdout
from .looks import forget
from .pool import Pool
from .router import TRUNK, Router, views
from .stage import Stage, device_of, seed

LOCAL = 3  # random local views of an image


def corner(height: int, width: int, side: int) -> tuple[int, int]:
    """A random place (y, x) for a view, on the edge of a cell."""
    return tuple(CELL * random.randint(0, (length - side) // CELL) for length in (height, width))


def places(change: torch.Tensor, corners: list[tuple[int, int]], view: int) -> torch.Tensor:
    """Changes (n, kinds, h / CELL, w / CELL) as `Router.maps` shows them: (n + n l, kinds, v / 16, v / 16)."""
    reach, count = view // CELL, view // 16
    crops = [change[:, :, y // CELL : y // CELL + reach, x // CELL : x // CELL + reach] for y, x in corners]
    return torch.cat([F.adaptive_avg_pool2d(part, count) for part in (change, torch.stack(crops, 1).flatten(0, 1))])


def loss(router: Router, teacher: Router | None, images: torch.Tensor, severity: torch.Tensor, change: torch.Tensor, view: int) -> torch.Tensor:
    """Binary cross-entropy on the presence of each degradation, of the scores that choose and of those in the prior, and on
    how much each has changed each place: of an image's label alone a router learns whatever comes with a shadow.

    teacher: the router whose prior base and experts know; where there is one, the prior learns to be as its.
    """
    corners = [corner(*images.shape[2:], view) for _ in range(LOCAL)]
    seen = views(images, view, corners)
    maps = router.maps(*seen)
    features, truth = router.gather(maps, len(images)), present(severity)
    known = teacher(*seen)[1][:, : len(NAMES)].to(truth) if teacher else truth
    pairs = ((router.logits(features), truth), (router.prior(features[:, :TRUNK]), known), (router.dense(maps), places(change, corners, view)))
    return sum(F.binary_cross_entropy_with_logits(logits, target) for logits, target in pairs)


def glance(pool: Pool, count: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """`count` images of the pool with their severities and changes, every other time through a window of three quarters of their
    side, and every other time as photographs are handled.

    Photographs come in all sizes: what the global view shows of noise or rain depends on it.
    """
    rows = torch.randint(len(pool.input), (count,), device=pool.device)
    images, severity, change = pool.input[rows].float() / 255, pool.severity[rows], pool.change[rows].float()
    if random.random() < 0.5:
        side = change.shape[-1] * 3 // 4
        top, left = (random.randint(0, change.shape[-1] - side) for _ in range(2))
        change = change[..., top : top + side, left : left + side]
        images = images[..., CELL * top : CELL * (top + side), CELL * left : CELL * (left + side)]
    if random.random() < 0.5:
        images = (handled(images) * 255).round() / 255
        change = F.interpolate(change, [length // CELL for length in images.shape[2:]], mode="area")
    return (images.flip(3), severity, change.flip(3)) if random.random() < 0.5 else (images, severity, change)


def train(config: Config) -> Router:
    """Trains the router and leaves `router.pt` in config.out; returns the averaged router, in evaluation mode."""
    seed(config.seed)
    device = device_of(config)
    small = Pool(config, device)
    # real pairs are smaller than that
    large = replace(config, side=2 * config.side, pool=config.pool // 2, renew=max(1, config.renew // 2), real=0)
    pools, holdout = (small, Pool(large, device, photos=small.photos)), Holdout(config, device)
    router, teacher = checkpoints.router(config, device), checkpoints.packed(config, device)
    if router:  # from a pack, without norms
        crops = views(small.input[:32].float() / 255, config.view, [(0, 0)])[1]
        router.calibrate(crops.flatten(0, 1)).requires_grad_(True)
    router = (router or Router(config)).to(device, memory_format=torch.channels_last).train()
    router.silence()
    # the blocks at the end, without norms, fell asleep under Muon, whose steps are of full size whatever the gradient is
    stage = Stage(config, "router", router, adam=("bank", "embedding", "prior", "dense", "reduce", "conv.", "expand"))
    stage.module.encoder.compile()
    if stage.progress < 1:
        forget(config)
    for step in stage:
        pool = pools[step % 2]
        images, severity, change = glance(pool, config.batch)
        with torch.autocast(device.type, torch.bfloat16):
            total = loss(stage.module, teacher, images, severity, change, config.view)
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

"""What a frozen router sees in images: features of degraded photographs and of real pairs.

Stage 0 sees each image in three random views and changes while it looks; the tool sees nine on a grid. Here images are looked at as
the tool looks at them, by a router that no longer changes, so a later step learns from all of them in seconds.
"""

import dataclasses
import random
from pathlib import Path
from typing import NamedTuple

import torch

from . import data
from .augment import handled
from .config import Config
from .degradations import NAMES, present
from .pool import Pool
from .router import FEATURES, Router, views

CHUNK = 16  # images degraded at once
LARGE = 3  # one chunk in as many of 1.75 times the side, as photographs come in all sizes
WINDOWS = 5  # of each side of a real pair, beside the whole


class Looks(NamedTuple):
    """Features (n, FEATURES), presence (n, kinds), and how often each is to be drawn (n)."""

    features: torch.Tensor
    truth: torch.Tensor
    weight: torch.Tensor


def look(router: Router, images: torch.Tensor, view: int) -> torch.Tensor:
    """(n, 3, h, w) in 0..1 -> features (n, FEATURES)."""
    seen = views(images, view)
    with torch.autocast(images.device.type, torch.bfloat16):
        return router.features(*seen).float()


def window(images: list[torch.Tensor], smallest: int) -> list[torch.Tensor]:
    """The same random square of each (n, 3, h, w), `smallest` pixels a side or more where it is so large, half of the time mirrored."""
    height, width = images[0].shape[2:]
    side = random.randint(min(smallest, height, width), min(height, width))
    top, left = random.randint(0, height - side), random.randint(0, width - side)
    cut = [i[..., top : top + side, left : left + side] for i in images]
    return [c.flip(3) for c in cut] if random.random() < 0.5 else cut


@torch.no_grad()
def degraded(config: Config, router: Router, device: torch.device) -> Looks:
    """config.looks degraded and clean photographs as a router sees them; kept in config.out, by seed, where they are found again.

    What other seeds have left there is returned as well, so that several processes can look.
    """
    file = Path(config.out) / f"looks-{config.seed}.pt"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        torch.save(seen(config, router, device), file)
    found = [torch.load(f, device) for f in sorted(file.parent.glob("looks-*.pt"))]
    parts = [torch.cat(part).float() for part in zip(*found, strict=True)]
    return Looks(*parts, torch.ones(len(parts[0]), device=device))


def forget(config: Config) -> None:
    """Removes what was seen and learnt with an encoder that is about to change."""
    for stale in (*Path(config.out).glob("looks-*.pt"), Path(config.out) / "scores.pt"):
        stale.unlink(missing_ok=True)


def seen(config: Config, router: Router, device: torch.device) -> tuple[torch.Tensor, ...]:
    """Features (config.looks, FEATURES) and presence (config.looks, kinds), as float16."""
    small = Pool(dataclasses.replace(config, pool=CHUNK, real=0), device)
    large = Pool(dataclasses.replace(small.config, side=config.side * 7 // 4), device, photos=small.photos)
    found = []
    for chunk in range(-(-config.looks // CHUNK)):
        pool = small if chunk % LARGE else large
        images = pool.input.float() / 255
        if chunk // LARGE % 2:  # every other few: photographs come straight from a camera, or resized, toned and compressed
            images = (handled(images) * 255).round() / 255
        found.append((look(router, images, config.view), present(pool.severity)))
        pool.renew(CHUNK)
    return tuple(torch.cat(part).half() for part in zip(*found, strict=True))


@torch.no_grad()
def real(config: Config, router: Router, device: torch.device) -> Looks:
    """Both sides of all real pairs, the truth as a clean photograph, whole and in windows; n is 0 without any.

    A degradation counts by the square root of its pairs: rare ones would not be met, and three pairs are not worth 64.
    """
    pairs, weight = data.pairs(config.data), []
    found = [tuple(torch.zeros(0, length, device=device) for length in (FEATURES, len(NAMES)))]
    for pair in pairs:
        whole = [data.to_tensor([side]).to(device).float() / 255 for side in (pair.input, pair.truth)]
        count = sum(p.degradation == pair.degradation for p in pairs)
        for cut in [whole] + [window(whole, config.side * 4 // 5) for _ in range(WINDOWS)]:
            for side, name in zip(cut, (pair.degradation, None), strict=True):
                found.append((look(router, side, config.view), torch.tensor([[float(n == name) for n in NAMES]], device=device)))
            weight += 2 * [count**-0.5]
    return Looks(*(torch.cat(part) for part in zip(*found, strict=True)), torch.tensor(weight, device=device))

"""The ten degradations, one or several at once in random order.

Every degradation maps a batch (n, 3, h, w), sRGB-encoded RGB in 0..1, to the same shape; parameters are drawn per
image where that is cheap and per call where it is not, so call them with few images at a time.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F

from .blur import blur
from .fields import smooth_field
from .haze import haze
from .inpaint import inpaint
from .jpeg import jpeg
from .lowlight import lowlight
from .noise import noise
from .rain import rain
from .raindrop import raindrop
from .shadow import shadow
from .snow import snow
from .wide import WIDE

NAMES = ("blur", "haze", "jpeg", "lowlight", "noise", "raindrop", "rain", "shadow", "snow", "inpaint")

CELL = 4  # pixels a side of the cells in which a change is measured
REGIONAL = 0.25  # share of the degradations in mixtures that strike a region only


@dataclass
class Textures:
    """Real material that some degradations draw from, each a list of tensors in 0..1; empty lists are allowed."""

    kernels: list[torch.Tensor] = field(default_factory=list)  # (k, k), camera shakes
    shadows: list[torch.Tensor] = field(default_factory=list)  # (1, h, w), 1 is shadow
    snow: list[torch.Tensor] = field(default_factory=list)  # (3, h, w), snowfall on black


def recipes(textures: Textures) -> dict[str, Callable[[torch.Tensor], torch.Tensor]]:
    """The function of each degradation by name, in the order of NAMES."""
    functions = (
        lambda x: blur(x, textures.kernels), haze, jpeg, lowlight, noise, raindrop, rain,
        lambda x: shadow(x, textures.shadows), lambda x: snow(x, textures.snow), inpaint,
    )  # fmt: skip
    return dict(zip(NAMES, functions, strict=True))


def draw_kinds(clean: float, mixed: float, weights: Mapping[str, float]) -> list[str]:
    """The degradations of one image in the order they strike: none, one, or two to three different ones.

    weights: how often each is drawn, 1 where it has no entry.
    """
    dice = random.random()
    if dice < clean:
        return []
    count = random.choice([2, 2, 3]) if dice < clean + mixed else 1
    # the largest u ** (1 / w) of uniform u: sampling by weight without replacement (Efraimidis and Spirakis 2006)
    drawn = sorted(NAMES, key=lambda name: random.random() ** (1 / weights.get(name, 1)), reverse=True)[:count]
    return random.sample(drawn, count)  # else the heaviest would strike first


def severity(before: torch.Tensor, after: torch.Tensor) -> torch.Tensor:
    """How much a degradation changed each image (n,), 0 at 50 dB PSNR or more, 1 at 8 dB or less."""
    error = (before - after).square().mean((1, 2, 3)).clamp(min=1e-9)
    return ((50 + 10 * error.log10()) / 42).clamp(0, 1)


def present(severity: torch.Tensor) -> torch.Tensor:
    """1 where a degradation is visible, from about 46 dB on, else 0."""
    return (severity > 0.1).float()


def change(before: torch.Tensor, after: torch.Tensor) -> torch.Tensor:
    """How much a degradation changed each cell (n, h // CELL, w // CELL), 0..1, a half where the mean error is 10 of 255."""
    error = F.avg_pool2d((before - after).abs().mean(1), CELL)
    return error / (error + 10 / 255)


def region(images: torch.Tensor) -> torch.Tensor:
    """A soft-edged part of each image (n, 1, h, w), about half of it, where a degradation strikes."""
    field = smooth_field(len(images), *images.shape[-2:], images, coarsest=1, octaves=2)
    return ((field - 0.5) * random.uniform(3, 20) + 0.5).clamp(0, 1)


def degrade(images: torch.Tensor, kinds: list[list[str]], textures: Textures, wide: float = 0) -> tuple[torch.Tensor, ...]:
    """Applies to each image (n, 3, h, w) its own list of degradations, images of one kind together.

    Where there are several, a quarter of them strike a region only: real photographs are not degraded evenly. `wide`: how
    many are made by a recipe of WIDE instead.
    Returns the degraded images, clipped to 0..1, their severities (n, len(NAMES)), and how much each kind changed each cell
    (n, len(NAMES), h // CELL, w // CELL), both 0 where it is absent.
    """
    images = images.clone()
    n, _, height, width = images.shape
    scores = torch.zeros(n, len(NAMES), device=images.device)
    changes = torch.zeros(n, len(NAMES), height // CELL, width // CELL, device=images.device)
    functions = recipes(textures)
    for turn in range(max(map(len, kinds), default=0)):
        for column, name in enumerate(NAMES):
            rows = [i for i, k in enumerate(kinds) if len(k) > turn and k[turn] == name]
            alone, joined = ([i for i in rows if (len(kinds[i]) > 1) == several] for several in (False, True))
            for part in (group[i : i + 4] for group in (alone, joined) for i in range(0, len(group), 4)):
                before = images[part]
                function = random.choice(WIDE[name]) if wide and name in WIDE and random.random() < wide else functions[name]
                after = function(before).clamp(0, 1)
                if len(kinds[part[0]]) > 1 and random.random() < REGIONAL:
                    after = torch.lerp(before, after, region(before))
                scores[part, column], changes[part, column] = severity(before, after), change(before, after)
                images[part] = after
    return images, scores, changes

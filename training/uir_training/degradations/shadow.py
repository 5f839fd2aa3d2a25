"""Cast shadows: a soft matte under which the light is weaker and bluer."""

import random

import torch
import torch.nn.functional as F

from .fields import gaussian_blur, linearise, smooth_field, uniform, encode


def matte(mask: torch.Tensor, height: int, width: int, like: torch.Tensor) -> torch.Tensor:
    """A random turn, flip and crop of one real shadow mask (1, h, w), as (1, 1, height, width)."""
    mask = torch.rot90(mask.to(like), random.randrange(4), (1, 2))
    if random.random() < 0.5:
        mask = mask.flip(2)
    keep = random.uniform(0.5, 1)
    rows, columns = int(mask.shape[1] * keep), int(mask.shape[2] * keep)
    top, left = random.randint(0, mask.shape[1] - rows), random.randint(0, mask.shape[2] - columns)
    return F.interpolate(mask[None, :, top : top + rows, left : left + columns], (height, width), mode="bilinear")


def invented(height: int, width: int, like: torch.Tensor) -> torch.Tensor:
    """A shadow without an object: a thresholded smooth field, or a half-plane with a wavy edge."""
    field = smooth_field(1, height, width, like, coarsest=random.choice([1, 2, 3]), octaves=random.choice([1, 2, 4]))
    return (field > random.uniform(0.45, 0.7)).to(like)


def cast(masks: list[torch.Tensor] | None, height: int, width: int, like: torch.Tensor) -> torch.Tensor:
    """A matte (1, 1, height, width), real or invented, that neither misses the image nor covers all of it, if luck allows."""
    for _ in range(8):
        real = masks and random.random() < 0.7
        where = matte(random.choice(masks), height, width, like) if real else invented(height, width, like)
        if 0.03 < where.mean() < 0.9:
            break
    return where


def shadow(image: torch.Tensor, masks: list[torch.Tensor] | None = None) -> torch.Tensor:
    """(n, 3, h, w) in 0..1 to shadowed images I = m dark(J) + (1 - m) J.

    dark(J) is a J in linear light, or the affine map of SynShadow (Inoue and Yamasaki 2021) with its colour shift.
    """
    n, _, height, width = image.shape
    where = torch.cat([cast(masks, height, width, image) for _ in range(n)])
    where = gaussian_blur(where, random.uniform(0.6, 6))
    if random.random() < 0.5:
        tint = torch.tensor([-0.1, 0, 0.12], device=image.device).view(1, 3, 1, 1) * uniform(n, 0, 1, image)
        dark = encode(linearise(image) * (uniform(n, 0.06, 0.6, image) * (1 + tint)))
    else:
        start = uniform(n, 0, 0.25, image) + torch.tensor([0.05, 0, -0.05], device=image.device).view(1, 3, 1, 1)
        end = uniform(n, 0.25, 0.85, image)
        dark = (end * (image - start) / (1 - start)).clamp(0, 1)
    return torch.lerp(image, dark, where.clamp(0, 1))

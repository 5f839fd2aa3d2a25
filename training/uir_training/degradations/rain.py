"""Rain: layers of streaks from motion-blurred seeds, with or without the veil of distant drops."""

import math
import random

import torch

from .fields import convolve, line_kernel, uniform
from .haze import veil

SIZE = 61  # pixels, the longest streak drawn


def streaks(n: int, height: int, width: int, like: torch.Tensor) -> torch.Tensor:
    """One layer of streaks (n, 1, height, width) in 0..1: sparse seeds blurred along a line (MiOIR, AgenticIR recipes)."""
    kernels = torch.stack([
        line_kernel(SIZE, random.uniform(10, 56), math.pi / 2 + random.gauss(0, 0.35), random.uniform(0.8, 2.6), like) for _ in range(n)
    ])  # fmt: skip
    density = torch.exp(uniform(n, math.log(3e-4), math.log(1.2e-2), like))
    seeds = (torch.rand(n, 1, height, width, device=like.device) < density).to(like) * torch.rand(n, 1, height, width, device=like.device)
    layer = convolve(seeds, kernels / kernels.amax((1, 2), keepdim=True))
    return layer.clamp(0, 1)


def rain(image: torch.Tensor) -> torch.Tensor:
    """(n, 3, h, w) in 0..1 to rain: one to four layers added to the light, a few with a veil (Outdoor-Rain, Li et al. 2019).

    A veil is haze too: were it frequent here, haze would be taken off wherever it rains.
    """
    n, _, height, width = image.shape
    if random.random() < 0.1:
        image = veil(image, uniform(n, 0.1, 0.8, image))
    for _ in range(random.choices([1, 2, 3, 4], [45, 25, 15, 15])[0]):
        layer = streaks(n, height, width, image) * uniform(n, 0.15, 0.9, image)
        image = image + layer if random.random() < 0.6 else torch.lerp(image, image.new_full((1,), 0.9), layer)
        image = image.clamp(0, 1)
    return image

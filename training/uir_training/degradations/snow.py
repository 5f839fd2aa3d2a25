"""Snow: layers of flakes, near ones large, blurred and moving, far ones fine, some under a light veil."""

import math
import random

import torch
import torch.nn.functional as F

from .fields import convolve, line_kernel, uniform
from .haze import veil


def flakes(n: int, height: int, width: int, like: torch.Tensor) -> torch.Tensor:
    """One layer of flakes (n, 1, height, width) in 0..1: sparse seeds, a soft disk each, smeared by their fall."""
    size, kernels = 31, []
    radius = math.exp(random.uniform(math.log(0.7), math.log(7)))
    axis = torch.arange(size, device=like.device, dtype=like.dtype) - size // 2
    for _ in range(n):
        r = radius * random.uniform(0.8, 1.25)
        y, x = axis[:, None] * random.uniform(0.8, 1.2), axis[None] * random.uniform(0.8, 1.2)
        disk = ((r + 0.5 - (x**2 + y**2).sqrt()) / random.uniform(0.6, 0.5 + r)).clamp(0, 1)
        fall = line_kernel(size, random.uniform(1, 3 + 2 * r), math.pi / 2 + random.gauss(0, 0.5), 1.2, like)
        kernel = convolve(disk[None, None], fall[None])[0, 0]
        kernels.append(kernel / kernel.max())
    density = torch.exp(uniform(n, math.log(0.004), math.log(0.08), like)) / (1 + radius**2)
    seeds = (torch.rand(n, 1, height, width, device=like.device) < density).to(like)
    seeds = seeds * (0.4 + 0.6 * torch.rand(n, 1, height, width, device=like.device))
    return convolve(seeds, torch.stack(kernels)).clamp(0, 1)


def filmed(layer: torch.Tensor, height: int, width: int, like: torch.Tensor) -> torch.Tensor:
    """A crop of one real snowfall layer (3, h, w), flipped at random, as an opacity (1, 1, height, width)."""
    opacity = layer.to(like).mean(0, keepdim=True)
    scale = max(height / opacity.shape[1], width / opacity.shape[2], random.uniform(0.6, 1.2))
    opacity = F.interpolate(opacity[None], scale_factor=scale * 1.01, mode="bilinear", antialias=True)
    top, left = random.randint(0, opacity.shape[2] - height), random.randint(0, opacity.shape[3] - width)
    opacity = opacity[..., top : top + height, left : left + width]
    return opacity.flip(3) if random.random() < 0.5 else opacity


def snow(image: torch.Tensor, layers: list[torch.Tensor] | None = None) -> torch.Tensor:
    """(n, 3, h, w) in 0..1 to snow: I (1 - m) + c m with two to four layers (Snow100K, Liu et al. 2018, equation 1)."""
    n, _, height, width = image.shape
    if random.random() < 0.25:
        image = veil(image, uniform(n, 0.1, 0.9, image))
    covers = [flakes(n, height, width, image) for _ in range(random.randint(1, 4))]
    if layers and random.random() < 0.3:
        covers = covers[:1] + [torch.cat([filmed(random.choice(layers), height, width, image) for _ in range(n)])]
    for cover in covers:
        image = torch.lerp(image, uniform(n, 0.85, 1, image).expand_as(image), (cover * uniform(n, 0.6, 1, image)).clamp(0, 1))
    return image

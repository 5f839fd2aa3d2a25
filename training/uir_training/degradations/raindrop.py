"""Raindrops on the lens: each drop shows a turned, blurred, wide view of the scene behind it."""

import math
import random

import torch
import torch.nn.functional as F

from .fields import gaussian_blur, smooth_field


def drop_maps(height: int, width: int, like: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Alpha (height, width) and sampling grid (height, width, 2) of 8 to 70 drops with wobbly, flattened outlines."""
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    grid = torch.stack([x, y], -1).to(like)
    alpha = torch.zeros(height, width).to(like)
    typical, softness = random.uniform(4, 22), random.uniform(1.5, 9)  # pixels; a lens focused far away blurs its drops
    for _ in range(random.randint(8, 70)):
        radius = min(60, typical * math.exp(random.gauss(0, 0.45)))
        cx, cy, reach = random.uniform(0, width), random.uniform(0, height), int(radius * 1.8) + 3
        top, left = max(0, int(cy) - reach), max(0, int(cx) - reach)
        rows, columns = slice(top, int(cy) + reach), slice(left, int(cx) + reach)
        dx, dy = grid[rows, columns, 0] * 0 + x[rows, columns].to(like) - cx, y[rows, columns].to(like) - cy
        angle = torch.atan2(dy, dx)
        wobble = 1 + random.uniform(0, 0.2) * torch.sin(random.randint(1, 3) * angle + random.uniform(0, 6.3))
        reach_in = (dx**2 + (dy / random.uniform(0.8, 1.5)) ** 2).sqrt() / (radius * wobble)
        inside = ((1 - reach_in) * radius / softness).clamp(0, 1)
        # refraction turns the background upside down and shrinks it (Roser and Geiger 2009; ROLE)
        bend = random.uniform(1.5, 5)
        seen = torch.stack([cx - bend * dx, cy - bend * dy], -1)
        over = inside[..., None] > 0
        grid[rows, columns] = torch.where(over, seen, grid[rows, columns])
        alpha[rows, columns] = torch.maximum(alpha[rows, columns], inside)
    scale = torch.tensor([width - 1, height - 1]).to(like)
    return alpha, grid / scale * 2 - 1


def raindrop(image: torch.Tensor) -> torch.Tensor:
    """(n, 3, h, w) in 0..1 to images seen through drops: I = (1 - a) J + a D (Qian et al. 2018, equation 1)."""
    n, _, height, width = image.shape
    maps = [drop_maps(height, width, image) for _ in range(n)]
    alpha = torch.stack([m[0] for m in maps])[:, None]
    grid = torch.stack([m[1] for m in maps])
    soft = gaussian_blur(image, random.uniform(1.5, 6))
    seen = F.grid_sample(soft, grid, padding_mode="reflection", align_corners=True)
    edge = (4 * alpha * (1 - alpha)).clamp(0, 1)
    shine = smooth_field(n, height, width, image, coarsest=6, octaves=2)
    seen = seen * (1 - random.uniform(0, 0.5) * edge) + random.uniform(-0.05, 0.2) * shine
    return torch.lerp(image, seen, alpha * random.uniform(0.75, 1))

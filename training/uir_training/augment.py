"""What is no degradation, and may not be taken for one: a dim, pale or warm scene, and what photographs go through on their way to us."""

import random

import torch
import torch.nn.functional as F

from .degradations.fields import gaussian_blur, uniform
from .degradations.jpeg import compress


def tone(images: torch.Tensor) -> torch.Tensor:
    """(n, 3, h, w) in 0..1 to the same in another exposure, contrast and white balance; half of them stay as they are."""
    n = len(images)
    gain = uniform(n, 0.7, 1.1, images) * (1 + 0.04 * torch.randn(n, 3, 1, 1, device=images.device))
    lift = 0.14 * uniform(n, 0, 1, images) ** 2
    toned = lift + (1 - lift) * (images * gain).clamp(0, 1) ** torch.exp(uniform(n, -0.35, 0.35, images))
    return torch.where(uniform(n, 0, 1, images) < 0.5, toned, images)


def fade(images: torch.Tensor) -> torch.Tensor:
    """(n, 3, h, w) to the same with less colour, a third of them black and white (luma of BT.601)."""
    luma = (images * images.new_tensor([0.299, 0.587, 0.114])[:, None, None]).sum(1, keepdim=True)
    return luma.lerp(images, uniform(len(images), -0.5, 1, images).clamp(min=0))


def dim(images: torch.Tensor) -> torch.Tensor:
    """(n, 3, h, w) in 0..1 to the same at dusk: a third of a stop to two stops darker.

    Down to four stops, as it was, a router took real underexposed photographs with little noise for dusk: 64 pairs of 64.
    """
    return images * uniform(len(images), 0.55, 0.9, images)


def handled(images: torch.Tensor) -> torch.Tensor:
    """(n, 3, h, w) in 0..1 as photographs reach us: resized, toned, sharpened, saved as JPEG of quality 88 to 98, each or none of it.

    One new height and width for all.
    """
    n = len(images)
    if random.random() < 0.4:
        scale = random.uniform(0.6, 1.4)
        images = F.interpolate(images, scale_factor=scale, mode=random.choice(["bilinear", "bicubic"]), antialias=random.random() < 0.8)
    if random.random() < 0.4:
        grey = images.mean(1, keepdim=True)
        images = torch.lerp(grey, images, uniform(n, 0.6, 1.3, images))
        images = images.clamp(0, 1) ** torch.exp(0.2 * torch.randn(n, 1, 1, 1, device=images.device))
        images = (images - 0.5) * uniform(n, 0.85, 1.15, images) + 0.5 + 0.02 * torch.randn(n, 3, 1, 1, device=images.device)
    if random.random() < 0.25:
        images = images + uniform(n, 0, 1, images) * (images - gaussian_blur(images, random.uniform(0.5, 1.5)))
    if random.random() < 0.4:
        images = compress(images.clamp(0, 1), uniform(n, 88, 98, images).flatten(), subsample=random.random() < 0.75)
    return images.clamp(0, 1)

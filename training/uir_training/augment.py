"""The tones of clean photographs: a dim, pale or warm scene is no degradation, and neither router nor base may take it for one."""

import torch

from .degradations.fields import uniform


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

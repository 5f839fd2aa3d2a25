"""Haze by the atmospheric scattering model I = J t + A (1 - t), t = exp(-beta d) (Koschmieder; RESIDE, Li et al. 2018)."""

import random

import torch

from .fields import gaussian_blur, smooth_field, uniform


def objects(image: torch.Tensor) -> torch.Tensor:
    """What has one shade stands at one distance (n, 1, h, w) in 0..1, drawn at random: depth has the edges of the image."""
    shades = (gaussian_blur(image.mean(1, keepdim=True), random.uniform(0.7, 4)) * 7.99).long()
    distances = torch.rand(len(image), 8, device=image.device).gather(1, shades.flatten(1)).view_as(shades).to(image)
    return gaussian_blur(distances, 1)


def depth(image: torch.Tensor) -> torch.Tensor:
    """A plausible depth (n, 1, h, w) in 0..1: far at the top, smooth hills, brighter and greyer parts farther away, objects."""
    n, _, height, width = image.shape
    rise = torch.linspace(1, 0, height, device=image.device, dtype=image.dtype).view(1, 1, -1, 1).expand(n, 1, height, width)
    hills = smooth_field(n, height, width, image, octaves=3)
    bright = gaussian_blur(image.amin(1, keepdim=True), 4)
    weights = torch.rand(4, n, 1, 1, 1, device=image.device) + 0.05
    field = weights[0] * rise + weights[1] * hills + weights[2] * bright + weights[3] * objects(image)
    low, high = field.amin((2, 3), keepdim=True), field.amax((2, 3), keepdim=True)
    near = uniform(n, 0, 0.5, image)  # the nearest object is not at the lens
    return near + (1 - near) * (field - low) / (high - low + 1e-6)


def veil(image: torch.Tensor, beta: torch.Tensor) -> torch.Tensor:
    """Adds haze of strength beta (n, 1, 1, 1) with an almost grey airlight A U(0.65, 1) (RESIDE: 0.7 to 1)."""
    airlight = uniform(len(image), 0.65, 1, image) + 0.03 * torch.randn(len(image), 3, 1, 1, device=image.device)
    through = torch.exp(-beta * depth(image))
    return image * through + airlight.clamp(0.5, 1) * (1 - through)


def haze(image: torch.Tensor) -> torch.Tensor:
    """(n, 3, h, w) in 0..1 to hazy images, beta U(0.4, 2.6); a quarter is uniform, as in machine-made haze."""
    if random.random() < 0.25:
        beta = uniform(len(image), 0.3, 1.6, image)
        airlight = uniform(len(image), 0.65, 1, image) + 0.02 * torch.randn(len(image), 3, 1, 1, device=image.device)
        return torch.lerp(airlight.clamp(0.5, 1).expand_as(image), image, torch.exp(-beta))
    return veil(image, uniform(len(image), 0.4, 2.6, image))

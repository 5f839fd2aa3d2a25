"""Blur: camera shake, linear motion, defocus and Gaussian, uniform or changing across the image."""

import math
import random

import torch
import torch.nn.functional as F

from .fields import convolve, encode, line_kernel, linearise, smooth_field

SIZE = 41  # pixels; large enough for the shakes drawn below


def shake_kernel(like: torch.Tensor) -> torch.Tensor:
    """Random camera path with inertia, impulses and a centripetal pull (Boracchi and Foi 2012, as in DeblurGAN)."""
    steps, extent = 200, random.uniform(4, 26)
    velocity, position = complex(*torch.randn(2).tolist()), 0j
    pull, jitter, shake = 0.7 * random.random(), 0.3 * random.random(), 0.02 * random.random()
    path = []
    for _ in range(steps):
        if random.random() < shake:
            velocity = 2 * velocity * complex(math.cos(a := random.uniform(2.6, 3.7)), math.sin(a))
        velocity += jitter * complex(*torch.randn(2).tolist()) - pull * position / steps
        velocity /= abs(velocity) + 1e-6
        position += velocity
        path.append(position)
    points = torch.tensor([[p.real, p.imag] for p in path])
    points = points - points.mean(0)
    points = points * (extent / 2 / points.norm(dim=1).max().clamp(min=1e-3)) + SIZE // 2
    kernel = torch.zeros(SIZE, SIZE)
    base = points.floor().long()
    part = points - base
    for dx in (0, 1):
        for dy in (0, 1):
            weight = (part[:, 0] if dx else 1 - part[:, 0]) * (part[:, 1] if dy else 1 - part[:, 1])
            rows, columns = (base[:, 1] + dy).clamp(0, SIZE - 1), (base[:, 0] + dx).clamp(0, SIZE - 1)
            kernel.index_put_((rows, columns), weight, accumulate=True)
    return (kernel / kernel.sum()).to(like)


def disk_kernel(like: torch.Tensor) -> torch.Tensor:
    """Defocus: an anti-aliased disk of radius 1.2 to 8 pixels."""
    axis = torch.arange(SIZE, device=like.device, dtype=like.dtype) - SIZE // 2
    radius = random.uniform(1.2, 8)
    kernel = (radius + 0.5 - (axis[:, None] ** 2 + axis[None] ** 2).sqrt()).clamp(0, 1)
    return kernel / kernel.sum()


def gaussian_kernel(like: torch.Tensor) -> torch.Tensor:
    """Gaussian, isotropic or not, standard deviations 0.7 to 4 pixels."""
    axis = torch.arange(SIZE, device=like.device, dtype=like.dtype) - SIZE // 2
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    wide = random.uniform(0.7, 4)
    narrow = wide if random.random() < 0.5 else random.uniform(0.7, wide)
    angle = random.uniform(0, math.pi)
    u, v = x * math.cos(angle) + y * math.sin(angle), -x * math.sin(angle) + y * math.cos(angle)
    kernel = torch.exp(-0.5 * ((u / wide) ** 2 + (v / narrow) ** 2))
    return kernel / kernel.sum()


def motion_kernel(like: torch.Tensor) -> torch.Tensor:
    """Linear motion of 4 to 30 pixels."""
    return line_kernel(SIZE, random.uniform(4, 30), random.uniform(0, math.pi), random.uniform(1, 2), like)


def measured_kernel(kernels: list[torch.Tensor], like: torch.Tensor) -> torch.Tensor:
    """One of the measured camera shakes, turned and flipped, centred in SIZE x SIZE."""
    kernel = torch.rot90(random.choice(kernels).to(like), random.randrange(4))
    if random.random() < 0.5:
        kernel = kernel.flip(0)
    side = min(SIZE, int(kernel.shape[0] * random.uniform(0.6, 1.2)) | 1)
    kernel = F.interpolate(kernel[None, None], (side, side), mode="bilinear", antialias=True)[0, 0]
    margin = (SIZE - side) // 2
    kernel = F.pad(kernel, (margin,) * 4)
    return kernel / kernel.sum()


def unclip(light: torch.Tensor) -> torch.Tensor:
    """Linear light (n, 3, h, w) with what the sensor clipped, above 0.9, up to 6 times as bright.

    A shaken light leaves a streak that the clipped photograph can't explain (Rim et al. 2022, Realistic Blur Synthesis).
    """
    brightest = light.amax(1, keepdim=True)
    return light * (1 + random.uniform(0, 5) * ((brightest - 0.9) / 0.1).clamp(0, 1))


def blur(image: torch.Tensor, measured: list[torch.Tensor] | None = None) -> torch.Tensor:
    """(n, 3, h, w) in 0..1 to blurred images, half of them in linear light as a shutter integrates."""

    def draw() -> torch.Tensor:
        kinds = [shake_kernel, motion_kernel, disk_kernel, gaussian_kernel]
        if measured and random.random() < 0.25:
            return measured_kernel(measured, image)
        return random.choices(kinds, [35, 25, 15, 25])[0](image)

    linear = random.random() < 0.5
    light = linearise(image) if linear else image
    if linear and random.random() < 0.5:
        light = unclip(light)
    blurred = convolve(light, torch.stack([draw() for _ in image]))
    if random.random() < 0.3:  # objects and rotations blur differently across the frame
        other = convolve(light, torch.stack([draw() for _ in image]))
        place = smooth_field(len(image), *image.shape[-2:], image, octaves=2)
        blurred = torch.lerp(blurred, other, ((place - 0.5) * 4 + 0.5).clamp(0, 1))
    blurred = encode(blurred) if linear else blurred
    # a sensor's noise stays sharp: a deconvolution learnt without any would blow it up in real photographs
    return blurred + torch.randn_like(blurred) * random.choice([0, random.uniform(0, 2)]) / 255

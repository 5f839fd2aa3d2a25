"""The same degradations made in other ways: who has met one recipe only takes its look for the thing itself.

A router that had learnt from the main recipes named 193 of 360 photographs degraded by those of others (docs/TRAINING-LOG.md, "The
seventeenth pack"). Batches (n, 3, h, w) in 0..1 to the same shape, as the main ones.
"""

import math
import random
import string

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from .fields import convolve, encode, gaussian_blur, line_kernel, linearise, smooth_field, uniform


def sweep(image: torch.Tensor) -> torch.Tensor:
    """Frames of a moving camera averaged in linear light, shifted, turned and brought nearer (GoPro, Nah et al. 2017: 7 to 13 frames)."""
    n, _, height, width = image.shape
    light, frames = linearise(image), random.randint(7, 17)
    dx, dy, bend = (random.gauss(0, 8) for _ in range(3))
    turn, zoom = random.gauss(0, 0.02), random.gauss(0, 0.02)
    total = torch.zeros_like(light)
    for t in torch.linspace(-1, 1, frames).tolist():
        cos, sin, scale = math.cos(turn * t), math.sin(turn * t), 1 + zoom * t
        matrix = torch.tensor([
            [scale * cos, -scale * sin, 2 * (dx * t + bend * t * t) / width],
            [scale * sin, scale * cos, 2 * (dy * t - bend * t * t) / height],
        ])  # fmt: skip
        grid = F.affine_grid(matrix.to(image).expand(n, 2, 3), list(image.shape), align_corners=False)
        total += F.grid_sample(light, grid, padding_mode="reflection", align_corners=False)
    return encode(total / frames)


def smeared(image: torch.Tensor) -> torch.Tensor:
    """Enlarged from a small copy, or a box filter once or twice: softness without a kernel of ours."""
    if random.random() < 0.5:
        small = F.interpolate(image, scale_factor=1 / random.uniform(2, 5), mode="bilinear", antialias=True)
        return F.interpolate(small, image.shape[-2:], mode=random.choice(["bilinear", "bicubic"]))
    for _ in range(random.randint(1, 2)):
        side = random.choice([3, 5, 7, 9, 13])
        image = F.avg_pool2d(F.pad(image, (side // 2,) * 4, mode="reflect"), side, 1)
    return image


def regions(image: torch.Tensor, count: int) -> torch.Tensor:
    """One of `count` parts for each pixel (n, h, w), by place and colour as superpixels have it: what is near and alike."""
    n, _, height, width = image.shape
    y, x = torch.meshgrid(torch.linspace(0, 1, height), torch.linspace(0, 1, width), indexing="ij")
    place = torch.stack([y, x]).to(image).expand(n, 2, height, width)
    features = torch.cat([random.uniform(0.5, 2) * place, gaussian_blur(image, random.uniform(0.7, 2))], 1).flatten(2)
    seeds = features[:, :, torch.randint(height * width, (count,))]
    return torch.cdist(features.transpose(1, 2), seeds.transpose(1, 2)).argmin(2).view(n, height, width)


def planes(image: torch.Tensor) -> torch.Tensor:
    """A depth (n, 1, h, w) in 0..1 of things and walls: each part of the image a tilted plane of its own."""
    n, _, height, width = image.shape
    count = random.randint(4, 24)
    y, x = torch.meshgrid(torch.linspace(-0.5, 0.5, height), torch.linspace(-0.5, 0.5, width), indexing="ij")
    part = regions(image, count).flatten(1)
    far, down, across = (torch.randn(n, count).to(image).gather(1, part).view(n, height, width) for _ in range(3))
    depth = gaussian_blur((far + down * y.to(image) + across * x.to(image) - random.uniform(0, 4) * y.to(image))[:, None], random.uniform(0.8, 3))
    low, high = depth.amin((2, 3), keepdim=True), depth.amax((2, 3), keepdim=True)
    return (depth - low) / (high - low + 1e-6)


def room(image: torch.Tensor) -> torch.Tensor:
    """Haze between planes: RESIDE's beta U(0.6, 1.8) and A U(0.7, 1), the depth as it is, or stopping short as CDD-11's (0.7 at most)."""
    n, depth = len(image), planes(image)
    if random.random() < 0.3:
        depth = gaussian_blur(depth, random.uniform(1, 11)).clamp(max=0.7)
    through = torch.exp(-uniform(n, 0.5, 2, image) * (uniform(n, 0, 0.4, image) + depth))
    return torch.lerp(uniform(n, 0.6, 1, image).expand_as(image), image, through)


def clouds(image: torch.Tensor) -> torch.Tensor:
    """Drifting fog that is added to the light, then brought back into range (Hendrycks and Dietterich 2019, fog)."""
    n, _, height, width = image.shape
    fog = smooth_field(n, height, width, image, coarsest=random.choice([1, 2, 4]), octaves=5) * uniform(n, 0.5, 2.5, image)
    return (image + fog) / (1 + fog.amax((2, 3), keepdim=True))


def dimmed(image: torch.Tensor) -> torch.Tensor:
    """Less light and nothing else: values scaled or bent by a gamma, with little noise or none."""
    n = len(image)
    dark = image * uniform(n, 0.12, 0.5, image) if random.random() < 0.5 else image ** uniform(n, 2, 4, image) * uniform(n, 0.4, 0.9, image)
    return dark + torch.randn_like(image) * dark.clamp(min=1e-3).sqrt() * random.choice([0, random.uniform(0, 0.04)])


def grain(image: torch.Tensor) -> torch.Tensor:
    """Photons counted (Poisson), speckle, or single dead and hot pixels."""
    n = len(image)
    kind = random.random()
    if kind < 0.4:
        photons = torch.exp(uniform(n, math.log(8), math.log(300), image))
        return torch.poisson(image.clamp(0, 1) * photons) / photons
    if kind < 0.8:
        return image * (1 + uniform(n, 0.08, 0.5, image) * torch.randn_like(image))
    hit = torch.rand_like(image[:, :1] if random.random() < 0.5 else image) < uniform(n, 0.005, 0.12, image)
    return torch.where(hit, (torch.rand_like(image) < 0.5).to(image), image)


def wetted(image: torch.Tensor) -> torch.Tensor:
    """Water on the glass: where a bumpy surface is above its level it bends the light along its slope, sharp or out of focus."""
    n, _, height, width = image.shape
    bumps = torch.zeros(n, 1, height, width, device=image.device)
    for _ in range(random.randint(1, 3)):
        radius = math.exp(random.uniform(math.log(2), math.log(16)))
        seeds = (torch.rand_like(bumps) < random.uniform(0.05, 0.5) / (radius * radius * 6)).to(image) * (0.5 + torch.rand_like(bumps))
        drops = gaussian_blur(seeds, radius) * radius * radius * 6.3
        bumps = torch.maximum(bumps, drops) if random.random() < 0.5 else bumps + drops
    level = random.uniform(0.35, 0.6)
    inside = ((bumps - level) * random.uniform(4, 25)).clamp(0, 1)
    slopes = [F.pad(bumps[..., 2:] - bumps[..., :-2], (1, 1)), F.pad(bumps[..., 2:, :] - bumps[..., :-2, :], (0, 0, 1, 1))]
    y, x = torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij")
    bent = torch.stack([x, y], -1).to(image) + torch.cat(slopes, 1).permute(0, 2, 3, 1) * random.choice([-1, 1]) * random.uniform(0.5, 5)
    seen = F.grid_sample(gaussian_blur(image, random.uniform(0.6, 5)), bent, padding_mode="reflection", align_corners=True)
    shine = random.uniform(-0.3, 0.4) * slopes[1] + random.uniform(-0.05, 0.1)
    return torch.lerp(image, seen + shine, inside * random.uniform(0.7, 1))


def slanted(image: torch.Tensor) -> torch.Tensor:
    """Rain of one layer: thresholded noise along one line, as opaque as it is bright (MiOIR, Kong et al. 2024)."""
    n, _, height, width = image.shape
    kernel = line_kernel(61, random.uniform(12, 50), math.pi / 2 + random.uniform(-0.8, 0.8), random.uniform(1, 5), image)
    seeds = (torch.rand(n, 1, height, width, device=image.device) - (1 - random.uniform(0.003, 0.03))).clamp(min=0)
    layer = convolve(seeds, kernel.expand(n, -1, -1))
    layer = (layer / layer.amax((2, 3), keepdim=True) * random.uniform(0.6, 1.3)).clamp(0, 1)
    return torch.lerp(image, uniform(n, 0.6, 1, image).expand_as(image), layer)


def flurry(image: torch.Tensor) -> torch.Tensor:
    """Snow driven by wind over a scene that it whitens (Hendrycks and Dietterich 2019, snow), or a fine even fall."""
    n, _, height, width = image.shape
    zoom = random.uniform(1.2, 5)
    field = torch.randn(n, 1, int(height / zoom) + 2, int(width / zoom) + 2, device=image.device) * 0.3 + random.uniform(0.05, 0.5)
    field = F.interpolate(field, (height, width), mode="bilinear")
    field = torch.where(field > random.uniform(0.5, 0.9), field.clamp(max=1), 0)
    if random.random() < 0.7:
        kernel = line_kernel(41, random.uniform(3, 22), random.uniform(0, math.pi), 1.5, image)
        field = convolve(field, kernel.expand(n, -1, -1))
    white = random.uniform(0, 0.4)
    image = torch.lerp(image, torch.maximum(image, 1.5 * image.mean(1, keepdim=True) + 0.5), white)
    return image + field * random.uniform(0.7, 1.3)


def outlined(image: torch.Tensor) -> torch.Tensor:
    """Shadows with straight edges: of walls, posts and blinds, black or pale, as sharp as the sun makes them."""
    n, _, height, width = image.shape
    masks = np.zeros((n, height, width), np.float32)
    for mask in masks:
        for _ in range(random.randint(1, 3)):
            corners = np.array([[random.uniform(-0.3, 1.3) * width, random.uniform(-0.3, 1.3) * height] for _ in range(random.randint(3, 6))], np.int32)
            cv2.fillPoly(mask, [cv2.convexHull(corners) if random.random() < 0.7 else corners], 1.0)
        if random.random() < 0.3:  # posts
            for _ in range(random.randint(1, 6)):
                ends = [(int(random.uniform(0, width)), int(random.uniform(0, height))) for _ in range(2)]
                cv2.line(mask, *ends, 1.0, random.randint(3, max(4, width // 12)))
    where = gaussian_blur(torch.from_numpy(masks).to(image)[:, None], random.uniform(0.6, 5))
    cool = 1 + uniform(n, 0, 0.2, image) * torch.tensor([-0.5, 0, 1.0], device=image.device).view(1, 3, 1, 1)
    strength = uniform(n, 0.2, 0.7, image)
    dark = image * strength * cool if random.random() < 0.5 else encode(linearise(image) * strength**2 * cool)
    return torch.lerp(image, dark, where)


def written(image: torch.Tensor) -> torch.Tensor:
    """Text, frames and figures drawn over the scene in white, black or grey."""
    n, _, height, width = image.shape
    masks = np.zeros((n, height, width), np.uint8)
    for mask in masks:
        kind = random.random()
        if kind < 0.6:
            size = random.uniform(0.4, 2)
            for line in range(random.randint(1, 12)):
                words = "".join(random.choices(string.ascii_letters + string.digits + "     ", k=random.randint(4, 60)))
                at = (random.randint(-40, width // 2), int((line + 1) * size * random.uniform(22, 50)) % height)
                cv2.putText(mask, words, at, random.randint(0, 7), size, 1, max(1, int(size * random.uniform(0.8, 3))))
        elif kind < 0.8:
            for _ in range(random.randint(1, 8)):
                cv2.circle(mask, (random.randrange(width), random.randrange(height)), random.randint(4, height // 5), 1, random.choice([-1, 2, 5]))
        else:
            for _ in range(random.randint(1, 8)):
                x, y = random.randrange(width), random.randrange(height)
                cv2.rectangle(mask, (x, y), (x + random.randint(6, width // 2), y + random.randint(6, height // 2)), 1, random.choice([-1, -1, 2, 6]))
    fill = image.new_tensor([random.choice([0.0, 1.0, random.random()]) for _ in range(n)]).view(n, 1, 1, 1)
    return torch.lerp(image, fill.expand_as(image), torch.from_numpy(masks).to(image)[:, None])


# JPEG has one codec
WIDE = {
    "blur": (sweep, sweep, smeared), "haze": (room, room, clouds), "lowlight": (dimmed,), "noise": (grain,), "raindrop": (wetted,), "rain": (slanted,),
    "shadow": (outlined,), "snow": (flurry,), "inpaint": (written,),
}  # fmt: skip

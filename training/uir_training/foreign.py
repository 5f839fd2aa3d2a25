"""Held-out photographs degraded by recipes that nothing here has learnt from: do scores and experts know the thing, or our look of it?

    python -m uir_training.foreign --config training/configs/default.toml

Prints the rows of `evaluate` for them, then how many of each recipe the router names and what else it sees in them.
"""

import math
import random
from collections import Counter
from collections.abc import Callable

import cv2
import numpy as np
import torch

from . import data
from .config import Config, load
from .degradations import NAMES
from .evaluate import Trial, show
from .holdout import Holdout
from .stage import device_of, seed

Picture = np.ndarray  # (h, w, 3), float64, 0..1
Recipe = Callable[[Picture], Picture]


def frames(x: Picture) -> Picture:
    """The mean in linear light of 9 to 25 frames of a camera that accelerates and turns."""
    h, w = x.shape[:2]
    (vx, vy), (ax, ay), turn = np.random.uniform(-14, 14, 2), np.random.uniform(-5, 5, 2), np.random.uniform(-1.5, 1.5)
    total, times = 0, np.linspace(-0.5, 0.5, random.randint(9, 25))
    for t in times:
        move = cv2.getRotationMatrix2D((w / 2, h / 2), turn * t, 1) + [[0, 0, vx * t + ax * t * t], [0, 0, vy * t + ay * t * t]]
        total = total + cv2.warpAffine(x, move, (w, h), borderMode=cv2.BORDER_REFLECT).clip(0, 1) ** 2.2
    return (total / len(times)) ** (1 / 2.2)


def box(x: Picture) -> Picture:
    side = random.choice([5, 7, 9, 11])
    return cv2.blur(cv2.blur(x, (side, side)), (3, 3))


def plasma(h: int, w: int) -> Picture:
    """Diamond-square noise in 0..1 (Hendrycks and Dietterich 2019)."""
    side, decay = 1 << (max(h, w) - 1).bit_length(), random.uniform(1.5, 2)
    field, step, wobble = np.zeros((side + 1, side + 1)), side, 1.0
    field[::step, ::step] = np.random.rand(2, 2)
    while step > 1:
        half, n = step // 2, side // step
        corners = field[::step, ::step]
        field[half::step, half::step] = (corners[:-1, :-1] + corners[1:, :-1] + corners[:-1, 1:] + corners[1:, 1:]) / 4 + wobble * np.random.uniform(-1, 1, (n, n))
        field[::step, half::step] = (corners[:, :-1] + corners[:, 1:]) / 2 + wobble * np.random.uniform(-1, 1, (n + 1, n))
        field[half::step, ::step] = (corners[:-1] + corners[1:]) / 2 + wobble * np.random.uniform(-1, 1, (n, n + 1))
        step, wobble = half, wobble / decay
    return ((field - field.min()) / np.ptp(field))[:h, :w, None]


def fog(x: Picture) -> Picture:
    amount = random.uniform(1, 2.5)
    return (x + amount * plasma(*x.shape[:2])) * x.max() / (x.max() + amount)


def boxes(x: Picture) -> Picture:
    """A depth (h, w, 1) in 0..1: a floor that recedes, and upright things on it, each at the distance where it stands."""
    h, w = x.shape[:2]
    horizon = random.uniform(0.2, 0.6) * h
    depth = np.clip((h - np.arange(h)) / (h - horizon), 0, 1)[:, None].repeat(w, 1)
    for foot in sorted(np.random.uniform(horizon, h, random.randint(2, 9))):
        left, width, height = random.uniform(-0.1, 0.9) * w, random.uniform(0.05, 0.4) * w, random.uniform(0.1, 0.6) * h
        depth[max(0, int(foot - height)) : int(foot), max(0, int(left)) : int(left + width)] = (h - foot) / (h - horizon)
    return cv2.GaussianBlur(depth, (0, 0), 1.2)[..., None]


def hazy(x: Picture) -> Picture:
    """RESIDE: beta U(0.6, 1.8), A U(0.7, 1) (Li et al. 2018)."""
    through = np.exp(-random.uniform(0.6, 1.8) * boxes(x))
    return x * through + random.uniform(0.7, 1) * (1 - through)


def veiled(x: Picture) -> Picture:
    """CDD-11: beta U(1, 2), A U(0.6, 0.9), depth blurred and at most 0.7 (OneRestore, Guo et al. 2024)."""
    through = np.exp(-random.uniform(1, 2) * np.minimum(1 - cv2.blur(boxes(x), (22, 22)), 0.7)[..., None])
    return x * through + random.uniform(0.6, 0.9) * (1 - through)


def compressed(x: Picture) -> Picture:
    return saved(x, random.randint(10, 60))


def value(x: Picture) -> Picture:
    """The V of HSV brought into 0 to 60..120 of 255 (AgenticIR)."""
    hsv = cv2.cvtColor(x.astype(np.float32), cv2.COLOR_RGB2HSV)
    hsv[..., 2] *= random.uniform(60, 120) / 255 / max(hsv[..., 2].max(), 0.5)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def gamma(x: Picture) -> Picture:
    dark = x ** random.uniform(2.2, 3.5) * random.uniform(0.5, 0.8)
    return dark + np.random.randn(*x.shape) * random.uniform(0, 0.03) * np.sqrt(dark + 0.01)


def gaussian(x: Picture) -> Picture:
    return x + np.random.randn(*x.shape) * random.uniform(10, 50) / 255


def poisson(x: Picture) -> Picture:
    photons = random.choice([60, 25, 12])
    return np.random.poisson(x * photons) / photons


def speckle(x: Picture) -> Picture:
    return x + x * np.random.randn(*x.shape) * random.choice([0.15, 0.2, 0.35])


def lenses(x: Picture) -> Picture:
    """Drops as small wide-angle lenses: upside down, dark at the rim, a glint at the top."""
    h, w = x.shape[:2]
    y, columns = np.mgrid[0:h, 0:w].astype(np.float32)
    at, alpha, light = [columns.copy(), y.copy()], np.zeros((h, w), np.float32), np.zeros((h, w), np.float32)
    for _ in range(random.randint(15, 60)):
        radius, cx, cy = random.choice([5, 8, 12, 18, 28]) * random.uniform(0.8, 1.3), random.uniform(0, w), random.uniform(0, h)
        dx, dy = (columns - cx) / radius / random.uniform(0.8, 1), (y - cy) / radius
        r2 = dx * dx + dy * dy
        inside, bend = r2 < 1, random.uniform(60, 200)
        for axis, d, centre in ((0, dx, cx), (1, dy, cy)):
            at[axis][inside] = (centre - d * bend / np.sqrt(np.maximum(1.1 - r2, 0.02)))[inside]
        alpha = np.maximum(alpha, np.clip((1 - r2) * radius / 2, 0, 1))
        light[inside] = (0.25 * np.exp(-8 * (dx**2 + (dy + 0.5) ** 2)) - 0.4 * r2**3)[inside]
    seen = cv2.remap(cv2.GaussianBlur(x, (0, 0), random.uniform(0.8, 3)).astype(np.float32), at[0], at[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    alpha = alpha[..., None] * random.uniform(0.8, 1)
    return x * (1 - alpha) + (seen + light[..., None]) * alpha


def lines(x: Picture) -> Picture:
    """Rain as MiOIR draws it: thresholded noise, a rotated line kernel of 20 to 40 pixels, at most 45 degrees."""
    h, w = x.shape[:2]
    drops = np.random.uniform(0, 256, (h, w))
    drops[drops < 256 - 3 * random.uniform(0.5, 1)] = 0
    length, angle, width = random.randint(20, 40), random.uniform(-45, 45), random.choice([3, 5, 7])
    kernel = cv2.warpAffine(np.eye(length), cv2.getRotationMatrix2D((length / 2, length / 2), angle - 45, 1), (length, length))
    layer = cv2.filter2D(drops, -1, cv2.GaussianBlur(kernel, (width, width), 0))
    layer = (layer / layer.max())[..., None]
    return x * (1 - layer) + random.uniform(0.6, 0.95) * layer


def polygons(x: Picture) -> Picture:
    """Shadows as many augmentations draw them: polygons of random corners, the light in them scaled."""
    h, w = x.shape[:2]
    mask = np.zeros((h, w))
    for _ in range(random.randint(1, 3)):
        centre, reach = np.random.uniform(0.2, 0.8, 2) * [w, h], random.uniform(0.25, 0.6) * min(h, w)
        angles = np.sort(np.random.uniform(0, 2 * math.pi, random.randint(3, 8)))
        corners = centre + reach * np.random.uniform(0.5, 1.3, (len(angles), 2)) * np.stack([np.cos(angles), np.sin(angles)], 1)
        cv2.fillPoly(mask, [corners.astype(np.int32)], 1)
    mask = cv2.GaussianBlur(mask, (0, 0), random.uniform(0.8, 4))[..., None]
    return x * (1 - mask) + x * mask * random.uniform(0.35, 0.65) * np.array([1, random.uniform(1, 1.1), random.uniform(1, 1.2)])


def person(x: Picture) -> Picture:
    """The shadow that somebody casts into the picture from below: legs, body, head; 15 to 45 % of the light."""
    h, w = x.shape[:2]
    mask, foot, lean = np.zeros((h, w)), random.uniform(0.2, 0.8) * w, random.uniform(-0.9, 0.9)
    tall, wide = random.uniform(0.3, 0.8) * h, random.uniform(0.06, 0.16) * w
    head = np.array([foot + tall * math.sin(lean), h - tall * math.cos(lean)])
    hip = ((head + [foot, h]) / 2).astype(int)
    for side in (-0.25, 0.25):
        cv2.line(mask, (int(foot + side * wide), h), hip.tolist(), 1, max(2, int(0.35 * wide)))
    cv2.line(mask, hip.tolist(), head.astype(int).tolist(), 1, max(3, int(wide)))
    cv2.circle(mask, head.astype(int).tolist(), max(3, int(0.6 * wide)), 1, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), random.uniform(1, 3))[..., None]
    dark = x**2.2 * random.uniform(0.15, 0.45) * np.array([0.9, 1, 1.12])
    return (x**2.2 * (1 - mask) + dark * mask) ** (1 / 2.2)


def blown(x: Picture) -> Picture:
    """Snow of Hendrycks and Dietterich 2019, severities 1 to 4."""
    h, w = x.shape[:2]
    mean, deviation, zoom, least, radius, sigma, keep = random.choice([
        (0.1, 0.3, 3, 0.5, 10, 4, 0.8), (0.2, 0.3, 2, 0.5, 12, 4, 0.7), (0.55, 0.3, 4, 0.9, 12, 8, 0.7), (0.55, 0.3, 4.5, 0.85, 12, 8, 0.65),
    ])  # fmt: skip
    layer = cv2.resize(np.random.normal(mean, deviation, (int(h / zoom) + 1, int(w / zoom) + 1)), (w, h))
    layer = np.where(layer < least, 0, layer.clip(0, 1))
    side = 2 * radius + 1
    kernel = np.zeros((side, side))
    kernel[radius] = cv2.getGaussianKernel(side, sigma)[:, 0]
    kernel = cv2.warpAffine(kernel, cv2.getRotationMatrix2D((radius, radius), random.uniform(-135, -45), 1), (side, side))
    layer = cv2.filter2D(layer, -1, kernel / kernel.sum())[..., None]
    grey = x.mean(2, keepdims=True)
    return keep * x + (1 - keep) * np.maximum(x, 1.5 * grey + 0.5) + layer + layer[::-1, ::-1]


def flakes(x: Picture) -> Picture:
    h, w = x.shape[:2]
    mask = np.zeros((h, w))
    for _ in range(random.randint(150, 900)):
        radius = min(6, np.random.exponential(1.2) + 0.6)
        axes = max(1, int(radius)), max(1, int(radius * random.uniform(1, 2.5)))
        cv2.ellipse(mask, (random.randrange(w), random.randrange(h)), axes, random.uniform(-40, 40), 0, 360, random.uniform(0.5, 1), -1)
    mask = cv2.GaussianBlur(mask, (0, 0), random.uniform(0.5, 1.3))[..., None]
    return x * (1 - mask) + mask


def lettered(x: Picture) -> Picture:
    h, w = x.shape[:2]
    shade, font, size = random.choice([1.0, 0.0, 0.5]), random.choice([0, 1, 2, 3, 4]), random.uniform(0.6, 1.6)
    mask, gap = np.zeros((h, w), np.uint8), int(random.uniform(30, 60) * size)
    for y in range(int(25 * size), h, gap):
        text = "".join(random.choices("abcdefgh ijklmnop qrstuvw xyz ", k=60))
        cv2.putText(mask, text, (random.randint(-20, 10), y), font, size, 1, max(1, int(size * random.uniform(1, 2.5))))
    return np.where(mask[..., None] > 0, shade, x)


def cutouts(x: Picture) -> Picture:
    h, w = x.shape[:2]
    after, shade = x.copy(), random.choice([0.0, 1.0, 0.5])
    for _ in range(random.randint(1, 4)):
        tall, wide = random.randint(h // 8, h // 3), random.randint(w // 8, w // 3)
        top, left = random.randrange(h - tall), random.randrange(w - wide)
        after[top : top + tall, left : left + wide] = shade
    return after


RECIPES: dict[str, tuple[Recipe, ...]] = {
    "blur": (frames, box), "haze": (fog, hazy, veiled), "jpeg": (compressed,), "lowlight": (value, gamma), "noise": (gaussian, poisson, speckle),
    "raindrop": (lenses,), "rain": (lines,), "shadow": (polygons, person), "snow": (blown, flakes), "inpaint": (lettered, cutouts),
}  # fmt: skip


def clean(x: Picture) -> Picture:
    return x


def saved(x: Picture, quality: int) -> Picture:
    """Through libjpeg, 4:2:0."""
    _, file = cv2.imencode(".jpg", (x * 255).round().clip(0, 255).astype(np.uint8)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1] / 255


class Foreign(Holdout):
    """`each` pictures of side x side for each degradation and twice as many clean; half were larger or smaller when it struck, half are
    JPEG files of quality 90 to 96, neither of which counts."""

    def __init__(self, config: Config, device: torch.device, each: int = 24, side: int = 384):
        seed(1)
        photos = data.photographs(config.data, "val")
        self.kinds = [[name] for name in NAMES for _ in range(each)] + [[] for _ in range(2 * each)]
        recipes = [RECIPES[k[0]][i % each % len(RECIPES[k[0]])] if k else clean for i, k in enumerate(self.kinds)]
        self.recipes = [recipe.__name__ for recipe in recipes]
        pairs = [self._pair(photos[i % len(photos)], side, recipe) for i, recipe in enumerate(recipes)]
        self.truth, self.input = (data.to_tensor([(p[s] * 255).round().clip(0, 255).astype(np.uint8) for p in pairs]).to(device).float() / 255 for s in (0, 1))

    @staticmethod
    def _pair(photo: np.ndarray, side: int, recipe: Recipe) -> tuple[Picture, Picture]:
        """Truth and what the recipe makes of it, (side, side, 3)."""
        before = side if random.random() < 0.5 else int(side * random.uniform(0.75, 1.3))
        truth = data.crop((photo,), before)[0] / 255
        degraded = recipe(truth).clip(0, 1)
        truth, degraded = (cv2.resize(p, (side, side), interpolation=cv2.INTER_AREA if before > side else cv2.INTER_CUBIC) for p in (truth, degraded))
        return truth, saved(degraded, random.randint(90, 96)) if recipe is not compressed and random.random() < 0.5 else degraded


if __name__ == "__main__":
    config = load(description=__doc__)
    trial = Trial(config, Foreign(config, device_of(config)))
    show(trial)
    rows = list(zip(trial.holdout.kinds, trial.holdout.recipes, trial.found, strict=True))
    for recipe in dict.fromkeys(trial.holdout.recipes):
        own = [(kinds, mix) for kinds, r, mix in rows if r == recipe]
        others = Counter(n for kinds, mix in own for n in mix if n not in kinds)
        print(f"{recipe}: named in {sum(set(k) <= m.keys() for k, m in own if k)} of {len(own)}, beside it {dict(others)}")

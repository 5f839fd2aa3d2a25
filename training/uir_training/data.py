"""Photographs, real pairs and textures, decoded once into memory."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from .degradations import NAMES, Textures


def read(path: Path) -> np.ndarray:
    """An image file as RGB uint8 (h, w, 3)."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise SystemExit(f"{path}: not a readable image")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def read_all(paths: list[Path]) -> list[np.ndarray]:
    """Decodes many files at once, in order."""
    with ThreadPoolExecutor() as threads:
        return list(threads.map(read, paths))


@dataclass
class Pair:
    """A real degraded photograph (h, w, 3) uint8 with its truth of the same shape."""

    degradation: str
    input: np.ndarray
    truth: np.ndarray


def photographs(data: str, split: str) -> list[np.ndarray]:
    """All clean photographs of `train` or `val`."""
    paths = sorted((Path(data) / "photos" / split).glob("*.webp"))
    if not paths:
        raise SystemExit(f"{data}/photos/{split}: no photographs; set data=FOLDER to the folder that holds photos/")
    return read_all(paths)


def pairs(data: str) -> list[Pair]:
    """All real pairs; a truth of another size than its input is skipped. The folder may be absent."""
    found = []
    for folder in sorted((Path(data) / "pairs").glob("*/*/input")):
        name = folder.parts[-3]
        for path in sorted(folder.iterdir()) if name in NAMES else []:
            pair = Pair(name, read(path), read(folder.parent / "gt" / path.name))
            if pair.input.shape == pair.truth.shape:
                found.append(pair)
    return found


def textures(data: str, device: torch.device) -> Textures:
    """Camera-shake kernels, shadow masks and snowfall layers of `pairs/masks`; absent folders give empty lists."""

    def load(kind: str) -> list[torch.Tensor]:
        images = read_all(sorted((Path(data) / "pairs/masks" / kind).glob("*")))
        return [torch.from_numpy(i).permute(2, 0, 1).float().to(device) / 255 for i in images]

    return Textures(
        kernels=[k[0] / k[0].sum() for k in load("kernels")],
        shadows=[m[:1] for m in load("shadow_masks")],
        snow=load("snow"),
    )


def crop(images: tuple[np.ndarray, ...], side: int, smallest: float = 0.35) -> list[np.ndarray]:
    """The same random scale, place and flip of equally large images, side x side pixels.

    Downscaling cleans compression from the sources and lets one crop hold anything from a detail to a whole scene.
    """
    height, width = images[0].shape[:2]
    scale = max(side / min(height, width), random.uniform(smallest, 1))
    reach = min(height, width, round(side / scale))
    top, left = random.randint(0, height - reach), random.randint(0, width - reach)
    flip = random.random() < 0.5
    parts = []
    for image in images:
        part = image[top : top + reach, left : left + reach]
        if reach != side:
            part = cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA if reach > side else cv2.INTER_CUBIC)
        parts.append(part[:, ::-1] if flip else part)
    return parts


def to_tensor(images: list[np.ndarray]) -> torch.Tensor:
    """Equally large uint8 images to uint8 (n, 3, h, w)."""
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous()


def unevenness(window: np.ndarray) -> float:
    """How much the means of 6 x 6 cells differ, beside the texture; infinite without one, in the dark, and in white."""
    cells = cv2.resize(window, (6, 6), interpolation=cv2.INTER_AREA)
    texture = (window - cv2.resize(cells, window.shape[1::-1], interpolation=cv2.INTER_LINEAR)).std()
    return cells.std((0, 1)).mean() / texture**0.5 if texture > 6 and 50 < cells.mean() < 215 else np.inf


def surfaces(photographs: list[np.ndarray], side: int, count: int = 100) -> list[np.ndarray]:
    """The `count` most even windows (side, side, 3), one of a photograph at most: ground, walls, grass, water."""
    found = []
    reach = side // 4  # looked for in copies of a quarter of the size
    for image in photographs:
        whole = image[: image.shape[0] // 4 * 4, : image.shape[1] // 4 * 4]
        small = cv2.resize(whole, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA).astype(np.float32)
        tops, lefts = (range(0, length - reach + 1, reach // 4) for length in small.shape[:2])
        places = [(unevenness(small[y : y + reach, x : x + reach]), 4 * y, 4 * x) for y in tops for x in lefts]
        uneven, y, x = min(places, default=(np.inf, 0, 0))
        found.append((uneven, whole[y : y + side, x : x + side]))
    found.sort(key=lambda pair: pair[0])
    return [window for uneven, window in found[:count] if uneven < np.inf]

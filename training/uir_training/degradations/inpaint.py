"""Missing regions: strokes, blocks, scratches, dots, lattices and borders, filled white, black or grey."""

import random

import cv2
import numpy as np
import torch

from .fields import uniform
from .jpeg import compress


def hole(height: int, width: int) -> np.ndarray:
    """A mask (height, width) of 0 and 1, 1 where the image is missing.

    Free-form strokes of DeepFill v2 (Yu et al. 2019), strokes and blocks as wide as LaMa's (Suvorov et al. 2022: 100 and
    150 of 256 pixels); the lattices and borders of RePaint (Lugmayr et al. 2022).
    """
    mask = np.zeros((height, width), np.uint8)
    unit = min(height, width)
    kind = random.choices(["strokes", "blocks", "scratches", "dots", "lattice", "border"], [40, 18, 22, 8, 6, 6])[0]
    if kind in ("strokes", "scratches"):
        thin = kind == "scratches"
        for _ in range(random.randint(4, 30) if thin else random.randint(1, 7)):
            point = np.array([random.uniform(0, width), random.uniform(0, height)])
            widest = 5 if thin else max(8, int(unit * random.choice([0.08, 0.16, 0.4])))
            angle, thick = random.uniform(0, 6.3), random.randint(1 if thin else 6, widest)
            for _ in range(random.randint(1, 8)):
                angle += random.gauss(0, 0.9)
                step = random.uniform(0.03, 0.25) * unit
                after = point + step * np.array([np.cos(angle), np.sin(angle)])
                cv2.line(mask, tuple(map(int, point)), tuple(map(int, after)), 1, thick, cv2.LINE_8)
                if not thin:
                    cv2.circle(mask, tuple(map(int, after)), thick // 2, 1, -1)
                point = after
    elif kind == "blocks":
        count, largest = random.choice([(12, 0.33), (3, 0.58)])
        for _ in range(random.randint(1, count)):
            w, h = (random.randint(4, int(unit * largest)) for _ in range(2))
            x, y = random.randint(0, width), random.randint(0, height)
            cv2.rectangle(mask, (x, y), (x + w, y + h), 1, -1)
    elif kind == "lattice":  # every second or third line, or all but one pixel of a cell
        step = random.randint(2, 3)
        mask[:] = 1
        mask[:: random.choice([1, step]), ::step] = 0
        mask = mask.T.copy() if height == width and random.random() < 0.5 else mask
    elif kind == "border":  # one side, or all that surrounds a window
        mask[:] = 1
        edges = [0, 0, height, width]
        for side in random.choice([[0], [1], [2], [3], [0, 1, 2, 3]]):
            depth = int(unit * random.uniform(0.1, 0.4))
            edges[side] += depth if side < 2 else -depth
        mask[edges[0] : edges[2], edges[1] : edges[3]] = 0
    else:
        cells = (np.random.rand(height // (side := random.randint(1, 6)) + 1, width // side + 1) < random.uniform(0.02, 0.4)).astype(np.uint8)
        mask = np.kron(cells, np.ones((side, side), np.uint8))[:height, :width]
    return mask


def inpaint(image: torch.Tensor) -> torch.Tensor:
    """(n, 3, h, w) in 0..1 to images with holes of one flat grey each: white 35 %, black 35 %, any grey 30 %.

    A quarter of the calls are saved as JPEG of quality 80 to 98 after that, as most damaged photographs are: edges of holes ring.
    """
    masks = np.stack([hole(*image.shape[-2:]) for _ in range(len(image))])
    missing = torch.from_numpy(masks).to(image)[:, None]
    fill = [random.choices([1.0, 0.0, random.random()], [35, 35, 30])[0] for _ in range(len(image))]
    image = image * (1 - missing) + missing * torch.tensor(fill).to(image).view(-1, 1, 1, 1)
    if random.random() < 0.25:
        image = compress(image, uniform(len(image), 80, 98, image).flatten(), subsample=random.random() < 0.75)
    return image

"""Missing regions: free-form strokes, blocks and scratches, filled white, black or grey."""

import random

import cv2
import numpy as np
import torch


def hole(height: int, width: int) -> np.ndarray:
    """A mask (height, width) of 0 and 1, 1 where the image is missing (free-form strokes of DeepFill v2, Yu et al. 2019)."""
    mask = np.zeros((height, width), np.uint8)
    unit = min(height, width)
    kind = random.choices(["strokes", "blocks", "scratches", "dots"], [45, 20, 25, 10])[0]
    if kind in ("strokes", "scratches"):
        thin = kind == "scratches"
        for _ in range(random.randint(4, 30) if thin else random.randint(1, 7)):
            point = np.array([random.uniform(0, width), random.uniform(0, height)])
            angle, thick = random.uniform(0, 6.3), random.randint(1, 5) if thin else random.randint(6, max(8, unit // 10))
            for _ in range(random.randint(1, 8)):
                angle += random.gauss(0, 0.9)
                step = random.uniform(0.03, 0.25) * unit
                after = point + step * np.array([np.cos(angle), np.sin(angle)])
                cv2.line(mask, tuple(map(int, point)), tuple(map(int, after)), 1, thick, cv2.LINE_8)
                if not thin:
                    cv2.circle(mask, tuple(map(int, after)), thick // 2, 1, -1)
                point = after
    elif kind == "blocks":
        for _ in range(random.randint(1, 12)):
            w, h = random.randint(4, unit // 4), random.randint(4, unit // 4)
            x, y = random.randint(0, width), random.randint(0, height)
            cv2.rectangle(mask, (x, y), (x + w, y + h), 1, -1)
    else:
        cells = (np.random.rand(height // (side := random.randint(1, 6)) + 1, width // side + 1) < random.uniform(0.02, 0.4)).astype(np.uint8)
        mask = np.kron(cells, np.ones((side, side), np.uint8))[:height, :width]
    return mask


def inpaint(image: torch.Tensor) -> torch.Tensor:
    """(n, 3, h, w) in 0..1 to images with holes of one flat grey each: white 40 %, black 40 %, any grey 20 %."""
    masks = np.stack([hole(*image.shape[-2:]) for _ in range(len(image))])
    missing = torch.from_numpy(masks).to(image)[:, None]
    fill = [random.choices([1.0, 0.0, random.random()], [40, 40, 20])[0] for _ in range(len(image))]
    return image * (1 - missing) + missing * torch.tensor(fill).to(image).view(-1, 1, 1, 1)

"""Writes held-out photographs, degraded, as folders that the benchmarks of the built tool read.

    python -m uir_training.render FOLDER --config training/configs/default.toml

FOLDER/<degradation>/heldout/{input,gt}, FOLDER/mixed/heldout_<a>+<b>/…, FOLDER/clean/heldout/gt, lossless, 320 x 320;
FOLDER/sources.csv says which photograph each was made from.
"""

import argparse
import random
from pathlib import Path

import cv2
import torch

from . import data
from .config import Config, load
from .degradations import NAMES, degrade
from .stage import seed

SIDE = 320


def save(image: torch.Tensor, file: Path) -> None:
    """One image (3, h, w) in 0..1 as PNG."""
    file.parent.mkdir(parents=True, exist_ok=True)
    levels = (image * 255).round().byte().permute(1, 2, 0).numpy()
    cv2.imwrite(str(file), cv2.cvtColor(levels, cv2.COLOR_RGB2BGR))


def render(config: Config, folder: Path, each: int, pairs: int) -> None:
    """`each` photographs for each degradation and as many clean ones; `pairs` mixtures of two, four photographs each."""
    seed(2)
    photos, textures = data.photographs(config.data, "val"), data.textures(config.data, torch.device("cpu"))
    groups = [[name] for name in NAMES for _ in range(each)] + [[] for _ in range(each)]
    groups += [kinds for kinds in (random.sample(NAMES, 2) for _ in range(pairs)) for _ in range(4)]
    names = sorted(f.name for f in (Path(config.data) / "photos/val").glob("*.webp"))
    sources = [f"{i:03},{names[i % len(names)]}" for i in range(len(groups))]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sources.csv").write_text("\n".join(["picture,photograph", *sources]) + "\n")
    for i, kinds in enumerate(groups):
        truth = data.to_tensor(data.crop((photos[i % len(photos)],), SIDE)).float() / 255
        degraded, _ = degrade(truth, [kinds], textures)
        name = f"{i:03}.png"
        if kinds:
            target = folder / (f"{kinds[0]}/heldout" if len(kinds) == 1 else f"mixed/heldout_{'+'.join(kinds)}")
            save(degraded[0], target / "input" / name)
            save(truth[0], target / "gt" / name)
        else:
            save(truth[0], folder / "clean/heldout/gt" / name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, add_help=False)
    parser.add_argument("folder", type=Path)
    words, rest = parser.parse_known_args()
    render(load("", __doc__, rest), words.folder, each=20, pairs=15)

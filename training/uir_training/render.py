"""Writes held-out photographs, degraded, as folders that the benchmarks of the built tool read.

    python -m uir_training.render FOLDER --config training/configs/default.toml

FOLDER/<degradation>/heldout/{input,gt}, FOLDER/mixed/heldout_<a>+<b>/…, FOLDER/clean/heldout/gt, lossless, 320 x 320;
FOLDER/sources.tsv says which photograph each was made from, its licence and its source.
"""

import argparse
import csv
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


def write_sources(config: Config, folder: Path, count: int) -> None:
    """Of each picture: photograph, licence and source, as photos/manifest.csv states them; the last two empty without one."""
    manifest = Path(config.data) / "photos/manifest.csv"
    rows = csv.DictReader(manifest.open(newline="")) if manifest.exists() else []
    stated = {row["file"]: (row["licence"], f"{row['source_repo_or_package']} {row['source_path']}") for row in rows}
    names = sorted(f"val/{f.name}" for f in (Path(config.data) / "photos/val").glob("*.webp"))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "sources.tsv").open("w", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, escapechar="\\")
        table.writerow(("picture", "photograph", "licence", "source"))
        for i in range(count):
            name = names[i % len(names)]
            table.writerow((f"{i:03}", name, *stated.get(name, ("", ""))))


def render(config: Config, folder: Path, each: int, pairs: int) -> None:
    """`each` photographs for each degradation and as many clean ones; `pairs` mixtures of two, four photographs each."""
    seed(2)
    photos, textures = data.photographs(config.data, "val"), data.textures(config.data, torch.device("cpu"))
    groups = [[name] for name in NAMES for _ in range(each)] + [[] for _ in range(each)]
    groups += [kinds for kinds in (random.sample(NAMES, 2) for _ in range(pairs)) for _ in range(4)]
    write_sources(config, folder, len(groups))
    for i, kinds in enumerate(groups):
        truth = data.to_tensor(data.crop((photos[i % len(photos)],), SIDE)).float() / 255
        degraded, *_ = degrade(truth, [kinds], textures)
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

"""What each choice is worth: variants of base and experts at equal budget, gains on held-out photographs as a Markdown table.

    python -m uir_training.ablate --config training/configs/default.toml

Bases start from nothing, with the true degradations as prior; experts start from nothing on the base of the pack.
"""

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

from . import train_base, train_experts
from .config import Config, load
from .evaluate import Trial
from .holdout import Holdout
from .speed import measure
from .stage import device_of

SHOWN = ("blur", "jpeg", "noise", "rain", "haze", "lowlight", "inpaint", "mixed")

BASES = {
    "default": {},
    "narrow: widths 24-48-96-144": {"widths": (24, 48, 96, 144)},
    "shallow: one block a level": {"encoder": (1, 1, 1), "middle": 1, "decoder": (1, 1, 1)},
    "deep: three blocks a level, widths 24-48-96-144": {
        "widths": (24, 48, 96, 144), "encoder": (3, 3, 3), "middle": 5, "decoder": (2, 3, 3),
    },
    "prior off": {"blind": 1.0},
    "with FFT loss": {"fft": 1.0},
    "L1 alone is ten times as strong": {"l1": 50.0},
    "degradations one at a time only": {"mixed": 0.0},
    "gradients of one norm": {"groups": 4},
}  # fmt: skip

EXPERTS = {"rank 4": {"rank": 4}, "rank 8": {}, "rank 16": {"rank": 16}, "rank 8, no mixtures": {"mixed": 0.0}}


def base(config: Config) -> tuple[dict[str, float], float]:
    """Held-out gains of a base trained from nothing, and its seconds for a tile."""
    network, device = train_base.train(config).fold(), device_of(config)
    holdout = Holdout(config, device)
    prior = holdout.prior(None, config.view) * (config.blind < 1)
    gains = holdout.gains(lambda image, row: network(image, prior[row : row + 1]))
    return gains, measure({"it": network})["it"]


def experts(config: Config) -> tuple[dict[str, float], float]:
    """Held-out gains of the true experts trained on the pack's base, and the megabytes of one in float16."""
    made = train_experts.train(config)
    trial = Trial.heldout(config)
    size = 2 * sum(p.numel() for p in made["blur"].parameters()) / 1e6
    return trial.gains([dict.fromkeys(kinds, 1.0) for kinds in trial.holdout.kinds], named=True), size


def table(config: Config, head: str, variants: dict[str, dict], trained: Callable[[Config], tuple[dict[str, float], float]]) -> None:
    print(f"\n| variant | {' | '.join(SHOWN)} | {head} |\n|{'---|' * (len(SHOWN) + 2)}", flush=True)
    for name, change in variants.items():
        out = Path(config.out) / name.split(":")[0].replace(" ", "-")
        gains, cost = trained(dataclasses.replace(config, out=str(out), **change))
        print(f"| {name} | {' | '.join(f'{gains[k]:+.2f}' for k in SHOWN)} | {cost:.3g} |", flush=True)


def without_experts(pack: Path, out: Path) -> Path:
    """The pack's base and router alone, so that no expert is gone on from."""
    out.mkdir(parents=True, exist_ok=True)
    for name in ("base.safetensors", "router.safetensors"):
        shutil.copy(pack / name, out)
    return out


if __name__ == "__main__":
    config = load("ablation", description=__doc__)
    table(dataclasses.replace(config, pack="nothing"), "s a tile", BASES, base)
    bare = without_experts(Path(config.pack), Path(config.out) / "pack")
    small = dataclasses.replace(load("experts"), out=config.out, pack=str(bare), minutes=config.minutes, pool=config.pool)
    table(dataclasses.replace(small, ranks={}), "MB", EXPERTS, experts)

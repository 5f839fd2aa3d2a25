"""One configuration for a whole pack: the defaults below, overridden by a TOML file and by --set key=value."""

import argparse
import dataclasses
import tomllib
from pathlib import Path


@dataclasses.dataclass
class Config:
    """Every number that shapes a pack. Paths are relative to the working directory."""

    data: str = "data"  # the folder that holds photos/ and pairs/
    out: str = "training/runs/default"  # checkpoints, logs
    pack: str = "models/default"  # what export writes and training warm-starts from
    share: float = 1.0  # of a run's router and experts, for evaluate and export, in their mean with those of the pack
    device: str = "auto"
    seed: int = 0

    # network (DESIGN: dense U-Net on pixel-unshuffled input)
    widths: tuple[int, ...] = (32, 64, 128, 192)
    encoder: tuple[int, ...] = (2, 2, 2)
    middle: int = 3
    decoder: tuple[int, ...] = (1, 2, 2)
    condition: int = 64  # width of the layer between the prior and the gates
    embedding: int = 32  # length of the router's embedding d
    rank: int = 8  # of an expert; its alpha is the same, so that a mix of 1 adds B A as it is
    ranks: dict[str, int] = dataclasses.field(default_factory=dict)  # of experts that need another
    version: str = "0.1.0"  # of the pack

    # selection: how scores become a mix, in training and in the tool
    threshold: float = 0.5
    thresholds: dict[str, float] = dataclasses.field(default_factory=dict)  # of degradations that need another
    top_k: int = 3
    norm: str = "none"  # none: w = score; sum: w = score / sum; softmax: over the kept logits
    importance: dict[str, float] = dataclasses.field(default_factory=dict)  # of degradations where weights are shared out; 1 where absent
    step: float = 0.1  # weights are rounded to it, so that sessions can be cached
    told: tuple[str, ...] = ()  # degradations that the prior is told where they are named by hand and the router finds otherwise
    strengths: dict[str, float] = dataclasses.field(default_factory=dict)  # of experts as shipped; 1 where absent

    # pool of degraded photographs, renewed while training goes on
    pool: int = 768
    side: int = 320  # pixels of a pool image
    renew: int = 2  # pool images replaced per step
    clean: float = 0.06
    mixed: float = 0.25
    weights: dict[str, float] = dataclasses.field(default_factory=dict)  # how often each degradation is drawn; 1 where absent
    real: float = 0.1  # share of real pairs
    view: int = 128  # pixels of a router view
    looks: int = 10000  # images that train_scores learns from
    wide: float = 0.0  # share of degradations made in other ways (degradations/wide.py)

    # stages: steps, and minutes as a second limit (0: none); the schedule follows whichever is nearer its end
    steps: int = 1000
    minutes: float = 0
    batch: int = 48
    patch: int = 64
    groups: int = 1  # of one and the same degradations, in a batch of the base; their gradients weigh the same
    rate: float = 0.02  # Muon
    decay: float = 0.0  # of weights, under Muon
    rate_adam: float = 1e-3  # biases, scales, and everything in the router
    ema: float = 0.999
    l1: float = 5.0  # weight of L1 beside the log-MSE
    fft: float = 0.0  # weight of L1 of the spectra
    blind: float = 0.1  # share of patches from which the base's prior is withheld
    log_every: int = 50
    save_every: int = 200


def load(stage: str = "", description: str = "", argv: list[str] | None = None) -> Config:
    """Reads `--config FILE.toml` and `--set key=value …`; an unknown key is a usage error.

    The table of the file named after the stage, such as [base], goes before its top level, and one within it, such as
    [alone.noise] for the stage "alone.noise", before both.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--config", type=Path, help="TOML file with any of the keys of config.py")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="overrides, in TOML syntax")
    options = parser.parse_args(argv)
    content = tomllib.loads(options.config.read_text()) if options.config else {}
    known = {f.name for f in dataclasses.fields(Config)}
    tables = [content]
    for name in stage.split("."):
        tables.append(tables[-1].get(name, {}))
    # a table that is no key belongs to a stage
    values = {k: v for table in tables for k, v in table.items() if k in known or not isinstance(v, dict)}
    for assignment in options.set:
        key, _, text = assignment.partition("=")
        try:
            values |= tomllib.loads(f"{key} = {text}")
        except tomllib.TOMLDecodeError:  # a bare word is a string
            values[key] = text
    if unknown := set(values) - known:
        parser.error(f"unknown key {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
    return Config(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})

"""Stage 2, the experts: one LoRA for each degradation on the frozen base, trained merged under the router's own mixes.

    python -m uir_training.train_experts --config training/configs/default.toml

Each step takes one mix and patches of images that have it, so one merge serves the whole batch; images with several
degradations train several experts together, which is what makes their sum meaningful (LoRA-IR, section 3.3).
"""

import dataclasses
import random

import torch

from . import checkpoints
from .config import Config, load
from .degradations import NAMES, present
from .holdout import Holdout
from .lora import Expert, merged, run
from .losses import restoration
from .pool import Patches, Pool
from .router import told
from .selection import select
from .stage import Stage, device_of, seed

# On patches of 80 and 160 pixels the shadow expert learnt nothing in an hour; on 160 and 320, 0.3 dB in four minutes.
SCENES = {"shadow", "raindrop", "haze", "lowlight", "inpaint"}


def draw(pool: Pool, config: Config, alone: str | None) -> tuple[dict[str, float], Patches]:
    """The mix of a random image of the pool that has one, and patches of images whose mix names the same experts.

    For one expert alone: images in whose mix it comes first, mixtures among them, without the other experts; images of its
    degradation that the router takes for something else, told, if the pack wants to be told or the router names it nowhere;
    and clean images with an empty mix. Half of the batches hold a quarter of the patches at twice their side: small ones are
    varied, large ones show where a hole ends. For what SCENES names they are larger still.
    """
    mixes = [select(s, config) for s in pool.scores.tolist()]
    if alone:
        chosen = {alone: 1.0}
        named = {i for i, m in enumerate(mixes) if m and max(m, key=m.get) == alone}
        missed = set(only(pool.severity, alone)) - named if alone in config.told or not named else set()
        clean = [i for i, m in enumerate(mixes) if not m and not pool.severity[i].any()]
        rows = [*named, *missed, *clean] if named or missed else range(len(mixes))  # a pool without it is no reason to stop
    else:
        chosen = random.choice([m for m in mixes if m])
        rows, missed = [i for i, m in enumerate(mixes) if m.keys() == chosen.keys()], set()
    scale = random.choice([1, 2]) * (2 if SCENES & chosen.keys() else 1)
    count, patch = max(2, config.batch // scale**2), min(config.side, scale * config.patch)
    picked = random.choices(rows, k=count)
    batch = pool.cut(torch.tensor(picked, device=pool.device), patch)
    unseen = [i for i, row in enumerate(picked) if row in missed]
    batch.prior[unseen] = told(batch.prior[unseen], chosen)
    return chosen, batch


def only(severity: torch.Tensor, name: str) -> list[int]:
    """The rows of (n, kinds) where this degradation is visible and no other has struck."""
    struck = severity > 0
    return (present(severity)[:, NAMES.index(name)].bool() & (struck.sum(1) == 1)).nonzero()[:, 0].tolist()


def train(config: Config, alone: str | None = None) -> dict[str, Expert]:
    """Trains all experts together, or one alone on what it has struck, first or only, and on clean images; returns those trained, averaged.

    Leaves `experts.pt` or `alone-NAME.pt` in config.out.
    """
    seed(config.seed)
    if alone:
        config = dataclasses.replace(config, weights={alone: 1e3})
    device = device_of(config)
    router, network = checkpoints.router(config, device), checkpoints.base(config, device).requires_grad_(False)
    experts = checkpoints.experts(config, network, device)
    trained = torch.nn.ModuleDict({n: e for n, e in experts.items() if alone in (None, n)})
    stage = Stage(config, f"alone-{alone}" if alone else "experts", trained)
    holdout = Holdout(config, device)
    scores, prior = holdout.route(router, config.view)
    mixes = [select(s, config) for s in scores.tolist()]
    forward = torch.compile(run, dynamic=False)  # a graph for each size of patch
    pool = Pool(config, device, router)

    def restore(image: torch.Tensor, row: int) -> torch.Tensor:
        with torch.autocast(device.type, torch.bfloat16):
            return forward(network, merged(network, {**experts, **stage.ema}, mixes[row]), image, prior[row : row + 1])

    for _ in stage:
        mix, batch = draw(pool, config, alone)
        with torch.autocast(device.type, torch.bfloat16):
            output = forward(network, merged(network, {**experts, **stage.module}, mix), batch.input, batch.prior)
        loss = restoration(output, batch.truth, config.l1, config.fft)
        stage.step(loss)
        pool.renew(config.renew)
        stage.report(loss, lambda: holdout.gains(restore))
    return stage.ema


if __name__ == "__main__":
    train(load("experts", description=__doc__))

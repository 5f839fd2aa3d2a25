"""Stage 1, the base: one network for all degradations and their mixtures, told which by the frozen router's prior.

    python -m uir_training.train_base --config training/configs/default.toml

Before there is a router in config.out, the truth stands in for its scores.
"""

import torch

from . import checkpoints, ranks
from .config import Config, load
from .holdout import Holdout
from .losses import restoration
from .network import Restorer
from .pool import Patches, Pool
from .stage import Stage, device_of, seed


def train(config: Config) -> Restorer:
    """Trains the base and leaves `base.pt` in config.out; returns the averaged network."""
    rank = ranks.join()
    seed(config.seed)
    device = device_of(config)
    router = checkpoints.router(config, device)
    network = checkpoints.base(config, device).unfold()
    stage = Stage(config, "base", network.to(device, memory_format=torch.channels_last), adam=("condition", "gates"))
    holdout = Holdout(config, device)
    prior = holdout.prior(router, config.view)
    forward, averaged = torch.compile(stage.module), torch.compile(stage.ema)
    seed(config.seed + stage.done + rank)  # the same network on each rank, but photographs of its own, and others when resumed
    pool = Pool(config, device, router)

    def restore(image: torch.Tensor, row: int) -> torch.Tensor:
        with torch.autocast(device.type, torch.bfloat16):
            return averaged(image.contiguous(memory_format=torch.channels_last), prior[row : row + 1])

    def loss(batch: Patches) -> torch.Tensor:
        seen = batch.prior * (torch.rand(len(batch.prior), 1, device=device) > config.blind)
        with torch.autocast(device.type, torch.bfloat16):
            output = forward(batch.input.contiguous(memory_format=torch.channels_last), seen)
        return restoration(output, batch.truth, config.l1, config.fft)

    for _ in stage:
        losses = [loss(batch) for batch in pool.groups(config.groups, config.batch, config.patch)]
        stage.step(*losses)
        pool.renew(config.renew)
        found = torch.stack(losses).mean()
        stage.report(found, lambda: holdout.gains(restore) | {"silent": stage.ema.silent(holdout.input[::4], prior[::4])})
    return stage.ema


if __name__ == "__main__":
    train(load("base", description=__doc__))

"""Stage 0, the router: multi-label degradation scores.

    python -m uir_training.train_router --config training/configs/default.toml
"""

import torch
import torch.nn.functional as F

from . import checkpoints
from .config import Config, load
from .degradations import NAMES, present
from .holdout import Holdout
from .pool import Pool
from .router import Router, views
from .stage import Stage, device_of, seed

def loss(router: Router, images: torch.Tensor, severity: torch.Tensor, view: int) -> torch.Tensor:
    """Binary cross-entropy on the presence of each degradation."""
    embedding, _ = router(*views(images, view, local=3))
    return F.binary_cross_entropy_with_logits(router.bank(embedding), present(severity))


def train(config: Config) -> Router:
    """Trains the router and leaves `router.pt` in config.out; returns the averaged router, in evaluation mode."""
    seed(config.seed)
    device = device_of(config)
    pool, holdout = Pool(config, device), Holdout(config, device)
    router = checkpoints.router(config, device)
    if router:  # from a pack, without norms
        crops = views(pool.input[:32].float() / 255, config.view, local=1)[1]
        router.calibrate(crops.flatten(0, 1)).requires_grad_(True)
    router = (router or Router(config)).to(device, memory_format=torch.channels_last).train()
    stage = Stage(config, "router", router, adam=("bank", "embedding"))
    stage.module.encoder.compile()
    # the context and the whole: one image in two is seen through a smaller window, as photographs come in all sizes
    for step in stage:
        rows = torch.randint(config.pool, (config.batch,), device=device)
        images = pool.input[rows].float() / 255
        if step % 2:
            images = images[..., : config.side * 3 // 4, : config.side * 3 // 4]
        with torch.autocast(device.type, torch.bfloat16):
            total = loss(stage.module, images, pool.severity[rows], config.view)
        stage.step(total)
        pool.renew(config.renew)
        if step % config.log_every == 0:
            scores, _ = holdout.route(stage.ema.eval(), config.view)
            stage.log(loss=total.item(), **holdout.accuracy(scores))
    scores, _ = holdout.route(stage.ema.eval(), config.view)
    for column, name in enumerate(NAMES):
        own = [scores[i].argmax().item() == column for i, k in enumerate(holdout.kinds) if k == [name]]
        print(f"{name}: top score right in {sum(own)} of {len(own)}")
    return stage.ema.eval()


if __name__ == "__main__":
    train(load("router", description=__doc__))

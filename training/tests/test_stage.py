"""What a step does with several losses, and with several ranks."""

import os
import socket

import torch

from uir_training import ranks
from uir_training.config import Config
from uir_training.stage import Stage


def test_losses_weigh_the_same(tmp_path) -> None:
    """The gradients of a loud and a faint loss come to one norm before they are added."""
    module = torch.nn.Conv2d(4, 4, 1, bias=False)
    stage = Stage(Config(out=str(tmp_path), steps=10), "test", module)
    kept = {}
    stage.optimiser.step = lambda _: kept.update(gradient=module.weight.grad.flatten().clone())
    loud, faint = module.weight[0].sum() * 1000, module.weight[1].sum() / 1000
    stage.step(loud, faint)
    first, second = kept["gradient"][:4], kept["gradient"][4:8]
    assert torch.allclose(first, second) and abs(first.norm().item() - 1) < 1e-4


def member(rank: int, port: int, folder: str) -> None:
    """One of two processes that torchrun would start."""
    os.environ |= {"WORLD_SIZE": "2", "RANK": str(rank), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    assert ranks.join() == rank
    assert ranks.agreed(rank + 5.0) == 5.0
    module = torch.nn.Conv2d(4, 4, 1)
    torch.nn.init.ones_(module.weight)
    stage = Stage(Config(out=folder, steps=3), "test", module)
    target = torch.randn(1, 4, 8, 8)  # another in each process
    for _ in stage:
        stage.step((module(torch.ones(1, 4, 8, 8)) - target).square().mean())
    torch.save(module.weight, f"{folder}/{rank}.weights")


def test_ranks_stay_equal(tmp_path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    torch.multiprocessing.spawn(member, (port, str(tmp_path)), nprocs=2)
    first, second = (torch.load(tmp_path / f"{i}.weights", weights_only=True) for i in range(2))
    assert torch.equal(first, second) and not torch.equal(first, torch.ones_like(first))
    assert (tmp_path / "test.pt").exists()

"""Several processes that train one network, each on its own part of the batch, started by torchrun.

    OMP_NUM_THREADS=1 torchrun --nproc-per-node 2 -m uir_training.train_base --config training/configs/default.toml

On two CPU cores two processes of one thread do about twice the work of one process of two. Without torchrun there is
one rank, and nothing here does anything.
"""

import atexit
import os

import torch
import torch.distributed as dist


def join() -> int:
    """Joins the other processes that torchrun started, if it did; returns the rank of this one, 0 when it is alone."""
    if "WORLD_SIZE" in os.environ and not dist.is_initialized():
        if torch.cuda.is_available():
            torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
        dist.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
        atexit.register(dist.destroy_process_group)  # left to itself, now and then its thread aborts the process that ends
    return rank()


def rank() -> int:
    """The number of this process; number 0 evaluates, logs and saves."""
    return dist.get_rank() if dist.is_initialized() else 0


def total(tensors: list[torch.Tensor]) -> None:
    """Replaces each tensor by its sum over all ranks."""
    if not dist.is_initialized():
        return
    flat = torch.cat([t.flatten() for t in tensors])
    dist.all_reduce(flat)
    for tensor, part in zip(tensors, flat.split([t.numel() for t in tensors]), strict=True):
        tensor.copy_(part.view_as(tensor))


def agreed(value: float) -> float:
    """The value that rank 0 gave."""
    if not dist.is_initialized():
        return value
    shared = torch.tensor([value], dtype=torch.float64)
    dist.broadcast(shared, 0)
    return shared.item()

"""What the three training stages share: progress by steps or minutes, an EMA, checkpoints to resume from, a log."""

import copy
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn

from . import ranks
from .config import Config
from .muon import Optimiser


def device_of(config: Config) -> torch.device:
    """The configured device; `auto` takes CUDA where there is one."""
    name = config.device if config.device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def seed(value: int) -> None:
    random.seed(value)
    np.random.seed(value)
    torch.manual_seed(value)


class Stage:
    """Runs a stage: `for _ in stage: loss = …; stage.step(loss)`; saves itself and resumes where it was cut off."""

    def __init__(self, config: Config, name: str, module: nn.Module, adam: tuple[str, ...] = ()):
        self.config, self.name, self.module = config, name, module
        self.optimiser = Optimiser(module, config.rate, config.rate_adam, adam, config.decay)
        self.ema = copy.deepcopy(module).requires_grad_(False)
        self.done, self.seconds = 0, 0.0
        self.folder = Path(config.out)
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.file.exists():
            self._resume()

    @property
    def file(self) -> Path:
        return self.folder / f"{self.name}.pt"

    def _resume(self) -> None:
        state = torch.load(self.file, map_location="cpu", weights_only=True)
        self.module.load_state_dict(state["module"])
        self.ema.load_state_dict(state["ema"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.done, self.seconds = state["done"], state["seconds"]
        print(f"{self.name}: resumed at step {self.done}", flush=True)

    def save(self) -> None:
        """Writes the checkpoint under a temporary name and renames it."""
        if ranks.rank():
            return
        state = {"done": self.done, "seconds": self.seconds}
        state |= {k: getattr(self, k).state_dict() for k in ("module", "ema", "optimiser")}
        partial = self.file.with_suffix(".partial")
        torch.save(state, partial)
        os.replace(partial, self.file)

    @property
    def progress(self) -> float:
        limits = [self.done / self.config.steps]
        if self.config.minutes:
            limits.append(self.seconds / 60 / self.config.minutes)
        return min(1.0, max(limits))

    def __iter__(self) -> Iterator[int]:
        """Yields the number of each step, from 1, until the stage is over; saves now and then and at the end."""
        while self.progress < 1:
            start = time.monotonic()
            yield self.done + 1
            self.seconds = ranks.agreed(self.seconds + time.monotonic() - start)
            if self.done % self.config.save_every == 0:
                self.save()
        self.save()

    def step(self, *losses: torch.Tensor) -> None:
        """Backward, one update, and the EMA, whose window grows with the number of steps.

        The gradients of several losses are brought to one norm, kernel by kernel, before they are added: in the deep
        stages that of low light is a hundred times as large as that of blur, and would be all that they learn from.
        """
        self.done += 1
        parameters = [p for p in self.module.parameters() if p.requires_grad]
        if len(losses) == 1:
            losses[0].backward()
        else:
            for loss in losses:
                for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
                    unit = gradient / (gradient.norm() + 1e-12)
                    p.grad = unit if p.grad is None else p.grad + unit
        ranks.total([p.grad for p in parameters if p.grad is not None])
        self.optimiser.step(self.progress)
        decay = min(self.config.ema, (1 + self.done) / (10 + self.done))
        torch._foreach_lerp_(*(self._floats(m) for m in (self.ema, self.module)), 1 - decay)

    @staticmethod
    def _floats(module: nn.Module) -> list[torch.Tensor]:
        return [value for value in module.state_dict().values() if value.is_floating_point()]

    def report(self, loss: torch.Tensor, gains: Callable[[], dict[str, float]]) -> None:
        """Logs the loss now and then, and the held-out gains at every checkpoint."""
        if ranks.rank():
            return
        if self.done % self.config.log_every == 0:
            self.log(loss=loss.item())
        if self.done % self.config.save_every == 0:
            self.log(**gains())

    def log(self, **values: float) -> None:
        """Prints one line and appends it to the stage's NDJSON log."""
        row = {"stage": self.name, "step": self.done, "minutes": round(self.seconds / 60, 1)} | values
        print(" ".join(f"{k}={v:.4g}" if isinstance(v, float) else f"{k}={v}" for k, v in row.items()), flush=True)
        with (self.folder / f"{self.name}.ndjson").open("a") as lines:
            lines.write(json.dumps(row) + "\n")

"""One more expert for an existing pack: a degradation of your own, its LoRA and its bank row. Nothing else changes.

    python -m uir_training.train_expert pixelate recipes:pixelate --config training/configs/default.toml

The second word names a function, module:function, that maps clean photographs (n, 3, h, w) in 0..1 to degraded ones.
The router stays as it is: its embedding d of the new degradation is told from all others by one new row of the bank
(UIR-LoRA, arXiv 2409.20197, section 3.3: a new degradation costs a new row and a new LoRA).
"""

import argparse
import importlib
import json
import random
import sys
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from . import checkpoints, data
from .config import Config, load
from .export import checksums, save_half
from .holdout import psnr
from .lora import Expert, merged, run
from .losses import restoration
from .pool import Pool
from .router import Router, views
from .stage import Stage, device_of, seed

Recipe = Callable[[torch.Tensor], torch.Tensor]
LOOKS = 256  # images of either class that the bank row is fitted to


class Examples:
    """Clean photographs (n, 3, side, side) and what a recipe makes of them, with the router's view of the results."""

    def __init__(self, config: Config, split: str, recipe: Recipe, router: Router, device: torch.device):
        self.config, self.recipe, self.router, self.device = config, recipe, router, device
        self.photos = data.photographs(config.data, split)

    @torch.no_grad()
    def draw(self, count: int) -> tuple[torch.Tensor, ...]:
        """input, truth (count, 3, side, side), embedding (count, D), prior (count, P)."""
        side = self.config.side
        crops = [data.crop((random.choice(self.photos),), side)[0] for _ in range(count)]
        truth = data.to_tensor(crops).to(self.device).float() / 255
        degraded = (self.recipe(truth).clamp(0, 1) * 255).round() / 255
        return degraded, truth, *self.router(*views(degraded, self.config.view))


def fit_row(present: torch.Tensor, absent: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Logistic regression on embeddings (n, D) of either class: a bank row (D,) and its bias ()."""
    embeddings, truth = torch.cat([present, absent]), torch.cat([torch.ones(len(present)), torch.zeros(len(absent))])
    row, bias = torch.zeros(embeddings.shape[1], requires_grad=True), torch.zeros((), requires_grad=True)
    optimiser = torch.optim.LBFGS([row, bias], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = F.binary_cross_entropy_with_logits(embeddings @ row + bias, truth) + 1e-4 * row.square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return row.detach(), bias.detach()


def add(pack: Path, name: str, expert: Expert, row: torch.Tensor, bias: torch.Tensor, threshold: float) -> None:
    """Writes the expert and its bank row into the pack; the files of the others keep their bytes."""
    manifest = json.loads((pack / "pack.json").read_text())
    bank = load_file(pack / "bank.safetensors")
    expert.save(pack / "experts" / name)
    rows = {"bank.weight": torch.cat([bank["bank.weight"].float(), row[None]]), "bank.bias": torch.cat([bank["bank.bias"].float(), bias[None]])}
    save_half(rows, pack / "bank.safetensors")
    manifest["degradations"].append(name)
    manifest["experts"][name] = f"experts/{name}"
    manifest["selection"]["thresholds"][name] = threshold
    manifest["files"] = checksums(pack)
    (pack / "pack.json").write_text(json.dumps(manifest, indent=2) + "\n")


def train(config: Config, name: str, recipe: Recipe) -> dict[str, float]:
    """Trains the expert, adds it to config.pack, and returns held-out figures: PSNR gain in dB, share recognised, false alarms."""
    seed(config.seed)
    device = device_of(config)
    router, network = checkpoints.router(config, device), checkpoints.base(config, device).requires_grad_(False)
    if router is None:
        raise SystemExit(f"{config.pack}: no pack to add an expert to")
    if (Path(config.pack) / "experts" / name).exists():
        raise SystemExit(f"{config.pack} has an expert {name} already; choose another name")
    stage = Stage(config, f"expert-{name}", Expert(network, config.ranks.get(name, config.rank)).to(device))
    examples, others = Examples(config, "train", recipe, router, device), Pool(config, device, router)
    forward = torch.compile(run)
    for _ in stage:
        degraded, truth, _, prior = examples.draw(max(1, config.batch // 4))
        degraded, truth = (F.unfold(t, config.patch, stride=config.patch) for t in (degraded, truth))
        patches = torch.randint(degraded.shape[2], (4,)).tolist()
        cut = [t[:, :, patches].transpose(1, 2).reshape(-1, 3, config.patch, config.patch) for t in (degraded, truth)]
        with torch.autocast(device.type, torch.bfloat16):
            output = forward(network, merged(network, {name: stage.module}, {name: 1.0}), cut[0], prior.repeat_interleave(4, 0))
        stage.step(restoration(output, cut[1], config.l1, config.fft))

    absent = torch.cat([router(*views(part.float() / 255, config.view))[0] for part in others.input.split(16)]).cpu()
    row, bias = fit_row(torch.cat([examples.draw(16)[2] for _ in range(LOOKS // 16)]).cpu(), absent)
    add(Path(config.pack), name, stage.ema, row, bias, config.threshold)

    degraded, truth, embedding, prior = Examples(config, "val", recipe, router, device).draw(16)
    with torch.no_grad():
        restored = run(network, merged(network, {name: stage.ema}, {name: 1.0}), degraded, prior)
    score = lambda e: ((e.cpu() @ row + bias).sigmoid() >= config.threshold).float().mean().item()
    return {"gain": (psnr(restored, truth) - psnr(degraded, truth)).mean().item(), "recognised": score(embedding), "false": score(absent)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, add_help=False)
    parser.add_argument("name")
    parser.add_argument("recipe", help="module:function")
    words, rest = parser.parse_known_args()
    module, _, function = words.recipe.partition(":")
    sys.path.insert(0, ".")
    found = train(load("experts", __doc__, rest), words.name, getattr(importlib.import_module(module), function))
    print(words.name, " ".join(f"{k}={v:.3g}" for k, v in found.items()))

"""Low-rank experts on the convolutions of a folded base, and the network they make together."""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.func import functional_call

from . import halves
from .network import Restorer


def targets(network: Restorer) -> dict[str, nn.Conv2d]:
    """The modules that experts change: every convolution."""
    return {name: module for name, module in network.named_modules() if isinstance(module, nn.Conv2d)}


class Expert(nn.Module):
    """One LoRA: delta W = (alpha / r) B A for each target, A (r, in, k, k) Kaiming, B (out, r, 1, 1) zero (Hu et al. 2021)."""

    def __init__(self, network: Restorer, rank: int, alpha: float | None = None):
        super().__init__()
        self.rank, self.alpha = rank, alpha or rank
        self.down, self.up = nn.ParameterDict(), nn.ParameterDict()
        for name, module in targets(network).items():
            key, (outputs, inputs, height, width) = name.replace(".", "/"), module.weight.shape
            self.down[key] = nn.init.kaiming_uniform_(torch.empty(rank, inputs, height, width), a=5**0.5)
            self.up[key] = torch.zeros(outputs, rank, 1, 1)

    def delta(self, name: str) -> torch.Tensor:
        """delta W of a module, shaped like its weight."""
        key = name.replace(".", "/")
        a, b = self.down[key], self.up[key]
        return (self.alpha / self.rank) * (b.flatten(1) @ a.flatten(1)).view(len(b), *a.shape[1:])

    def save(self, folder: Path) -> None:
        """Writes the PEFT layout, float16."""
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {}
        for key in self.down:
            for part, value in (("lora_A", self.down[key]), ("lora_B", self.up[key])):
                tensors[f"base_model.model.{key.replace('/', '.')}.{part}.weight"] = value
        halves.save(tensors, folder / "adapter_model.safetensors")
        config = {
            "peft_type": "LORA", "base_model_name_or_path": "uir-lora/default", "r": self.rank, "lora_alpha": self.alpha,
            "target_modules": [key.replace("/", ".") for key in self.down], "lora_dropout": 0.0, "bias": "none",
            "fan_in_fan_out": False, "inference_mode": True, "modules_to_save": None, "task_type": None,
        }  # fmt: skip
        (folder / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n")

    def load(self, folder: Path) -> "Expert":
        """Reads what `save` wrote; delta W stays the same where it was shipped with another alpha or a smaller rank."""
        tensors = load_file(folder / "adapter_model.safetensors")
        config = json.loads((folder / "adapter_config.json").read_text())
        rank, factor = config["r"], config["lora_alpha"] / config["r"] * self.rank / self.alpha
        for key in self.down:
            a, b = (tensors[f"base_model.model.{key.replace('/', '.')}.{part}.weight"] for part in ("lora_A", "lora_B"))
            self.down[key].data[:rank] = a
            self.up[key].data[:, :rank] = factor * b
        return self


def merged(network: Restorer, experts: Mapping[str, Expert], mix: dict[str, float]) -> dict[str, torch.Tensor]:
    """The weights W = W0 + sum of s_i delta W_i of every target (UIR-LoRA, figure 2), with gradients to the experts."""
    return {
        f"{name}.weight": module.weight + sum(s * experts[kind].delta(name) for kind, s in mix.items())
        for name, module in targets(network).items()
    }  # fmt: skip


def run(network: Restorer, weights: dict[str, torch.Tensor], image: torch.Tensor, prior: torch.Tensor) -> torch.Tensor:
    """The network with merged weights in place of its own."""
    return functional_call(network, weights, (image.contiguous(memory_format=torch.channels_last), prior))

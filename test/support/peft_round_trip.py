"""Does with `peft` what the tests compare the tool with: loads or makes an adapter for a base, and merges it.

peft_round_trip.py --probe
peft_round_trip.py merge  BASE ADAPTER MERGED    adapter written by the tool
peft_round_trip.py create BASE ADAPTER MERGED    random adapter written here
"""

import sys

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from torch import nn


def build(tensors: dict[str, torch.Tensor]) -> nn.Module:
    """A tree of modules with one convolution or linear layer for each weight, under its own name."""
    root = nn.Module()
    for name, weight in tensors.items():
        path = name.split(".")
        if path[-1] != "weight" or weight.ndim not in (2, 4):
            continue
        parent = root
        for part in path[:-2]:
            if part not in parent._modules:
                parent.add_module(part, nn.Module())
            parent = parent._modules[part]
        outputs, inputs, *kernel = weight.shape
        layer = nn.Conv2d(inputs, outputs, kernel, bias=False) if kernel else nn.Linear(inputs, outputs, bias=False)
        layer.weight.data.copy_(weight)
        parent.add_module(path[-2], layer)
    root.forward = lambda x: x
    return root


def random_adapter(base: nn.Module) -> PeftModel:
    """Rank-stabilised, with a layer of another rank and alpha: everything that changes the scale."""
    names = [name for name, module in base.named_modules() if isinstance(module, (nn.Conv2d, nn.Linear))]
    config = LoraConfig(
        r=4, lora_alpha=6, use_rslora=True, target_modules=names[:8],
        rank_pattern={names[0]: 2}, alpha_pattern={names[0]: 3, names[1]: 5},
    )  # fmt: skip
    torch.manual_seed(1)
    model = get_peft_model(base, config)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            nn.init.normal_(parameter, std=0.1)
    return model


def main(action: str, base_file: str, adapter: str, merged_file: str) -> None:
    base = build(load_file(base_file))
    if action == "create":
        model = random_adapter(base)
        model.save_pretrained(adapter)
    else:
        model = PeftModel.from_pretrained(base, adapter)
    merged = model.merge_and_unload().state_dict()
    save_file({name: tensor.contiguous() for name, tensor in merged.items()}, merged_file)


if sys.argv[1] != "--probe":
    main(*sys.argv[1:])

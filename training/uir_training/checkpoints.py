"""Where a stage finds what the earlier ones made: the run's checkpoints first, then the shipped pack, then nothing."""

import copy
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

from .config import Config
from .degradations import NAMES
from .lora import Expert
from .network import Restorer
from .router import Router


def _averaged(config: Config, name: str) -> dict[str, torch.Tensor] | None:
    file = Path(config.out) / f"{name}.pt"
    return torch.load(file, map_location="cpu", weights_only=True)["ema"] if file.exists() else None


def _mean(run: nn.Module, pack: nn.Module, share: float) -> None:
    """Makes `run` the mean of both, by its share: what each learnt from the same start adds up, and steps too large cancel."""
    state = run.state_dict()
    run.load_state_dict({k: v.lerp(state[k], share) if v.is_floating_point() else v for k, v in pack.state_dict().items()})


def _frozen(router: Router, device: torch.device) -> Router:
    return router.to(device, memory_format=torch.channels_last).eval().requires_grad_(False)


def packed(config: Config, device: torch.device) -> Router | None:
    """The router of the pack, frozen, in evaluation mode; None without one."""
    files = [Path(config.pack) / f"{part}.safetensors" for part in ("router", "bank")]
    return _frozen(Router(config).load_folded({**load_file(files[0]), **load_file(files[1])}), device) if files[0].exists() else None


def router(config: Config, device: torch.device, scores: bool = True) -> Router | None:
    """The router, frozen, in evaluation mode: from router.pt, else from the pack, its `scores` from scores.pt; None before there is one."""
    state = _averaged(config, "router")
    made = pack = packed(config, torch.device("cpu"))
    if state:
        made = Router(config)
        made.load_state_dict(state)
        if pack and config.share < 1:
            made = Router(config).load_folded(made.folded())
            _mean(made, pack, config.share)
    if not made:
        return None
    if scores and (state := _averaged(config, "scores")):
        made.load_state_dict(state, strict=False)
    return _frozen(made, device)


def base(config: Config, device: torch.device) -> Restorer:
    """The base, folded: from base.pt, else from the pack, else new (whose fold is as new)."""
    network = Restorer(config)
    if state := _averaged(config, "base"):
        network.load_state_dict(state)
        network.fold()
    elif (file := Path(config.pack) / "base.safetensors").exists():
        network.fold().load_state_dict({k: v.float() for k, v in load_file(file).items()})
    else:
        network.fold()
    return network.to(device, memory_format=torch.channels_last)


def experts(config: Config, network: Restorer, device: torch.device) -> dict[str, Expert]:
    """One expert for each degradation: from alone-NAME.pt, else from experts.pt, the pack, or new, which is no change at all."""
    pack = nn.ModuleDict({name: Expert(network, config.ranks.get(name, config.rank)) for name in NAMES})
    for name, expert in pack.items():
        folder = Path(config.pack) / "experts" / name
        if (folder / "adapter_model.safetensors").exists():
            expert.load(folder)
    made = copy.deepcopy(pack)
    for stage in ("experts", *(f"alone-{name}" for name in NAMES)):
        if state := _averaged(config, stage):
            made.load_state_dict(state, strict=False)
    if config.share < 1:
        _mean(made, pack, config.share)
    return made.to(device)


def shipped(config: Config, network: Restorer, device: torch.device) -> dict[str, Expert]:
    """The experts at the strengths of the configuration, as the tool will see them."""
    made = experts(config, network, device)
    for name, strength in config.strengths.items():
        made[name].alpha *= strength
    return made

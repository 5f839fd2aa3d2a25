"""Writes a pack: graphs whose weights are external data, float16 safetensors, PEFT experts, bank, manifest with checksums.

    python -m uir_training.export --config training/configs/default.toml

Offsets in the graphs count bytes of the float32 form of the safetensors' data section, in the file's order: the tool
expands float16 to float32 when it loads a pack, so that merged weights are not rounded again.
"""

import hashlib
import json
import struct
import tempfile
from pathlib import Path

import onnx
import torch

from . import checkpoints, halves
from .config import Config, load
from .degradations import NAMES
from .router import PRIOR, ExportedRouter

TILE, OVERLAP, MULTIPLE = 512, 32, 16


def save_half(tensors: dict[str, torch.Tensor], file: Path) -> dict[str, tuple[int, int]]:
    """Writes float16 safetensors; returns (offset, length) in bytes of each tensor in the expanded data section."""
    halves.save(tensors, file)
    content = file.read_bytes()
    header = json.loads(content[8 : 8 + struct.unpack("<Q", content[:8])[0]])
    spans = {k: v["data_offsets"] for k, v in header.items() if k != "__metadata__"}
    return {k: (2 * start, 2 * (end - start)) for k, (start, end) in spans.items()}


def save_graph(module: torch.nn.Module, inputs: dict[str, torch.Tensor], outputs: dict[str, dict], axes: dict, graph: Path, weights: Path) -> None:
    """Exports a module to `graph` with every parameter as external data in `weights`, under its PyTorch name."""
    module = module.cpu().float().eval().to(memory_format=torch.contiguous_format)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            module, tuple(inputs.values()), str(whole), dynamo=False, opset_version=18, do_constant_folding=False,
            input_names=list(inputs), output_names=outputs, dynamic_axes=axes,
        )  # fmt: skip
        model = onnx.load(whole)
    spans = save_half(dict(module.named_parameters()), weights)
    for tensor in model.graph.initializer:
        offset, length = spans[tensor.name]
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        del tensor.external_data[:]
        for key, value in (("location", weights.name), ("offset", offset), ("length", length)):
            tensor.external_data.add(key=key, value=str(value))
    graph.write_bytes(model.SerializeToString())


def export(config: Config) -> Path:
    """Writes the pack from the newest checkpoints and returns its folder."""
    pack, cpu = Path(config.pack), torch.device("cpu")
    router, network = checkpoints.router(config, cpu), checkpoints.base(config, cpu)
    experts = checkpoints.shipped(config, network, cpu)
    pack.mkdir(parents=True, exist_ok=True)
    size = {2: "height", 3: "width"}
    save_graph(
        network, {"image": torch.zeros(1, 3, 64, 64), "prior": torch.zeros(1, PRIOR)}, ["restored"],
        {"image": size, "restored": size}, pack / "restorer.onnx", pack / "base.safetensors",
    )  # fmt: skip
    views = {"global": torch.zeros(1, 3, config.view, config.view), "local": torch.zeros(2, 3, config.view, config.view)}
    save_graph(ExportedRouter(router), views, ["embedding", "prior"], {"local": {0: "views"}}, pack / "router.onnx", pack / "router.safetensors")
    save_half({"bank.weight": router.bank.weight, "bank.bias": router.bank.bias}, pack / "bank.safetensors")
    for name, expert in experts.items():
        expert.save(pack / "experts" / name)
    write_manifest(config, pack)
    return pack


def checksums(pack: Path) -> dict[str, str]:
    """SHA-256 of every file of a pack that the tool reads, but for the manifest itself, by its path in the pack."""
    files = sorted(f for f in pack.rglob("*") if f.suffix in {".onnx", ".safetensors", ".json"} and f.name != "pack.json")
    return {str(f.relative_to(pack)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def write_manifest(config: Config, pack: Path) -> None:
    """pack.json: what the pack holds, how the router's scores become a mix, and the checksums."""
    manifest = {
        "format": 1, "name": pack.name, "version": config.version, "license": "Apache-2.0", "degradations": list(NAMES),
        "restorer": {"graph": "restorer.onnx", "weights": "base.safetensors", "multiple": MULTIPLE, "tile": TILE, "overlap": OVERLAP},
        "router": {"graph": "router.onnx", "weights": "router.safetensors", "bank": "bank.safetensors", "view": config.view, "grid": 3, "scores": NAMES, "told": config.told},
        "selection": {"topK": config.top_k, "norm": config.norm, "step": config.step, "thresholds": {n: config.thresholds.get(n, config.threshold) for n in NAMES}, "importance": config.importance},
        "experts": {n: f"experts/{n}" for n in NAMES},
        "files": checksums(pack),
    }  # fmt: skip
    (pack / "pack.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    print(export(load(description=__doc__)))

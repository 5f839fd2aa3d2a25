"""Weights on disk: float16 safetensors."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file


def save(tensors: Mapping[str, torch.Tensor], file: Path) -> None:
    """Writes the tensors as float16, readable by everybody; safetensors would make a file that only its owner may read."""
    save_file({k: v.detach().cpu().half().contiguous() for k, v in tensors.items()}, file, metadata={"format": "pt"})
    file.chmod(0o644)

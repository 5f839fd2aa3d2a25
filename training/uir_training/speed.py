"""Seconds of one 512 x 512 tile in ONNX Runtime on one thread: our network beside the plain dense U-Net it must not be slower than.

    python -m uir_training.speed --config training/configs/default.toml
"""

import io
import statistics
import time
import warnings

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F
from torch import nn

from .config import Config, load
from .network import Restorer
from .router import PRIOR

SIDE, RUNS = 512, 20


class DenseUNet(Restorer):
    """The reference: pixel-unshuffle(2), two blocks at each level of the encoder and of the decoder, three between, no gates."""

    def __init__(self, config: Config):
        super().__init__(Config(widths=config.widths, encoder=(2, 2, 2), middle=3, decoder=(2, 2, 2)))
        self.stem = nn.Conv2d(12, config.widths[0], 3, padding=1)

    def forward(self, image: torch.Tensor, prior: torch.Tensor) -> torch.Tensor:
        x, skips = self.stem(F.pixel_unshuffle(image, 2)), []
        for stage, down in zip(self.encoder, self.down):
            skips.append(stage(x))
            x = down(skips[-1])
        x = self.middle(x)
        for i in reversed(range(len(self.up))):
            x = self.decoder[i](F.pixel_shuffle(self.up[i](x), 2) + skips[i])
        return image + F.pixel_shuffle(self.head(x), 2)


def session(network: Restorer) -> onnxruntime.InferenceSession:
    graph = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.fold().eval(), (torch.zeros(1, 3, SIDE, SIDE), torch.zeros(1, PRIOR)), graph,
            dynamo=False, opset_version=18, input_names=["image", "prior"],
        )  # fmt: skip
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(graph.getvalue(), options, providers=["CPUExecutionProvider"])


def measure(networks: dict[str, Restorer]) -> dict[str, float]:
    """Median seconds of a tile for each network, measured in turn so that a busy machine slows all."""
    sessions = {name: session(network) for name, network in networks.items()}
    feed = {"image": np.random.rand(1, 3, SIDE, SIDE).astype("f"), "prior": np.random.rand(1, PRIOR).astype("f")}
    seconds: dict[str, list[float]] = {name: [] for name in sessions}
    for _ in range(RUNS):
        for name, made in sessions.items():
            inputs = {i.name: feed[i.name] for i in made.get_inputs()}
            start = time.perf_counter()
            made.run(None, inputs)
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


if __name__ == "__main__":
    config = load(description=__doc__)
    found = measure({"ours": Restorer(config), "reference": DenseUNet(config)})
    print(" ".join(f"{name} {value:.4f} s" for name, value in found.items()), f"ratio {found['ours'] / found['reference']:.3f}")

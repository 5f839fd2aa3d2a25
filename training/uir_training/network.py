"""The base: a dense U-Net at half resolution, free of norms and pooling, told the degradation by the prior."""

import torch
import torch.nn.functional as F
from torch import nn

from .config import Config
from .router import PRIOR


class Gate(nn.Module):
    """A gain and an offset for each channel from the prior: LoRA-IR's degradation-aware modulation without its LayerNorm.

    x * (1 + tanh(gamma(e)) / 2) + delta(e); zero at the start, so that the network begins unconditioned. The gain is
    bounded: left free, the gains of the deeper stages fell to almost nothing for every prior within an hour, and with
    them went all that those stages could have learnt (blur, JPEG, drops and shadows stayed at the input).
    """

    def __init__(self, condition: int, width: int):
        super().__init__()
        self.linear = nn.Linear(condition, 2 * width)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, x: torch.Tensor, e: torch.Tensor) -> torch.Tensor:
        gain, offset = self.linear(e)[:, :, None, None].chunk(2, 1)
        return x * (1 + gain.tanh() / 2) + offset


class Block(nn.Module):
    """x + scale * conv(relu(conv(x))); the scale is folded into the second convolution on export."""

    def __init__(self, width: int, scale: float = 0.1):
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.scale = nn.Parameter(torch.full((width, 1, 1), scale))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = self.conv2(F.relu(self.conv1(x)))
        return x + (inner if self.scale is None else inner * self.scale)


class Restorer(nn.Module):
    """f(image, e) = image + U-Net(image, e). Down: 2 x 2 strided convolutions. Up: 1 x 1 convolution and pixel shuffle."""

    def __init__(self, config: Config):
        super().__init__()
        widths = config.widths
        self.condition = nn.Linear(PRIOR, config.condition)
        self.stem = nn.Conv2d(3, widths[0], 6, 2, 2)  # pixel-unshuffle(2) and a 3 x 3 convolution in one
        self.encoder = nn.ModuleList(self._stage(w, n) for w, n in zip(widths, config.encoder))
        self.down = nn.ModuleList(nn.Conv2d(a, b, 2, 2) for a, b in zip(widths, widths[1:]))
        self.middle = self._stage(widths[-1], config.middle)
        self.up = nn.ModuleList(nn.Conv2d(b, 4 * a, 1) for a, b in zip(widths, widths[1:]))
        self.decoder = nn.ModuleList(self._stage(w, n) for w, n in zip(widths, config.decoder))
        # not at the top, where a gate costs onnxruntime as much as half a block: it breaks the convolutions' own layout
        self.gates = nn.ModuleList(Gate(config.condition, w) for w in widths[1:])
        self.head = nn.Conv2d(widths[0], 12, 3, padding=1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    @staticmethod
    def _stage(width: int, blocks: int) -> nn.Sequential:
        return nn.Sequential(*(Block(width) for _ in range(blocks)))

    def forward(self, image: torch.Tensor, prior: torch.Tensor) -> torch.Tensor:
        """image (n, 3, h, w), h and w multiples of 16; prior (n, P) -> restored (n, 3, h, w), not clamped."""
        e = F.gelu(self.condition(prior))
        x, skips = self.stem(image), []
        for stage, down, gate in zip(self.encoder, self.down, self.gates):
            x = stage(x)
            skips.append(x)
            x = gate(down(x), e)
        x = self.middle(x)
        for i in reversed(range(len(self.up))):
            x = self.decoder[i](F.pixel_shuffle(self.up[i](x), 2) + skips[i])
        return image + F.pixel_shuffle(self.head(x), 2)

    @torch.no_grad()
    def fold(self) -> "Restorer":
        """Moves the residual scales into the weights, for export and for experts; the function stays the same."""
        for block in self.modules():
            if isinstance(block, Block) and block.scale is not None:
                block.conv2.weight *= block.scale[..., None]
                block.conv2.bias *= block.scale.flatten()
                block.scale = None
        return self

    @torch.no_grad()
    def unfold(self, scale: float = 0.2) -> "Restorer":
        """The reverse of `fold`, to train a folded base further; the function stays the same."""
        for block in self.modules():
            if isinstance(block, Block) and block.scale is None:
                block.conv2.weight /= scale
                block.conv2.bias /= scale
                block.scale = nn.Parameter(torch.full((len(block.conv2.weight), 1, 1), scale, device=block.conv2.weight.device))
        return self

    @torch.no_grad()
    def silent(self, images: torch.Tensor, priors: torch.Tensor) -> float:
        """The share of the blocks' inner units that give nothing anywhere in these images (n, 3, h, w).

        A few per cent are usual. Where gradients of one degradation drown those of others, it rises above a half: the
        deeper stages then add a constant to the rest, and all they could have learnt is lost.
        """
        peaks: list[torch.Tensor] = []
        blocks = [m for m in self.modules() if isinstance(m, Block)]
        hooks = [b.conv1.register_forward_hook(lambda _, __, y: peaks.append(y.amax((0, 2, 3)))) for b in blocks]
        try:
            self(images, priors)
        finally:
            for hook in hooks:
                hook.remove()
        return (torch.cat(peaks) <= 0).float().mean().item()

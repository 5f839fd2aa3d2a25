"""The router: views of an image to an embedding d, a prior e, and scores against a bank of degradations."""

import re
from collections.abc import Collection

import torch
import torch.nn.functional as F
from torch import nn

from .config import Config
from .degradations import NAMES

PRIOR = len(NAMES) + 6  # length of the prior e: scores, mean and standard deviation of each colour
TRUNK = 192  # length of what global and mean local view come to
FEATURES = TRUNK + 320  # and of that with the maximum of the local views


def views(images: torch.Tensor, side: int, corners: list[tuple[int, int]] | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """Global and local views of (n, 3, h, w), h and w at least `side`.

    Global: the whole image resized to side x side (n, 3, side, side). Local: native-resolution crops
    (n, l, 3, side, side), on an even 3 x 3 grid from edge to edge, or at `corners` (y, x) for training.
    """
    n, _, height, width = images.shape
    whole = F.interpolate(images, (side, side), mode="bicubic", antialias=True, align_corners=False).clamp(0, 1)
    if not corners:
        spread = [(round(i * (height - side) / 2), round(i * (width - side) / 2)) for i in range(3)]
        corners = [(y, x) for y, _ in spread for _, x in spread]
    crops = torch.stack([images[:, :, y : y + side, x : x + side] for y, x in corners], 1)
    return whole, crops


def pool(features: torch.Tensor) -> torch.Tensor:
    """Mean and maximum over a view: noise is everywhere, a hole or a drop only somewhere."""
    return torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1)


def convolution(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class Bottleneck(nn.Module):
    """x + expand(relu(conv3x3(relu(reduce(x))))) (He et al. 2016) without norms; nothing at the start."""

    def __init__(self, width: int, inner: int):
        super().__init__()
        self.reduce, self.conv, self.expand = nn.Conv2d(width, inner, 1), nn.Conv2d(inner, inner, 3, padding=1), nn.Conv2d(inner, width, 1)
        nn.init.zeros_(self.expand.weight)
        nn.init.zeros_(self.expand.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.expand(self.inner(x))

    def inner(self, x: torch.Tensor) -> torch.Tensor:
        """x (n, width, h, w) -> what the inner units answer (n, inner, h, w), 0 and more."""
        return F.relu(self.conv(F.relu(self.reduce(x))))

    def waken(self, x: torch.Tensor) -> None:
        """Begins anew, the block's output for x (n, width, h, w) unchanged, if no inner unit answers to it: asleep, none gets a gradient."""
        if self.inner(x).any():
            return
        for layer in (self.reduce, self.conv):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
        nn.init.zeros_(self.expand.weight)


def statistics(whole: torch.Tensor) -> torch.Tensor:
    """Mean and standard deviation of each colour over the global view (n, 6): what no tile of a large image can see."""
    return torch.cat([whole.mean((2, 3)), whole.flatten(2).std(2)], 1)


def embed(router: "Router | ExportedRouter", features: torch.Tensor) -> torch.Tensor:
    """What is seen (n, FEATURES) -> embedding d (n, D), the correction last."""
    return torch.cat([router.embedding(features[:, :TRUNK]), router.correction(features)], 1)


def told(prior: torch.Tensor, names: Collection[str]) -> torch.Tensor:
    """Priors (n, P) of images whose degradations are named by hand: 1 for those, 0 for the others, the statistics kept.

    As the tool does it (src/router/told.ts), where somebody who sees the image overrides the router.
    """
    scores = torch.tensor([float(n in names) for n in NAMES], device=prior.device)
    return torch.cat([scores.expand(len(prior), -1), prior[:, len(NAMES) :]], 1)


class Router(nn.Module):
    """LoRA-IR's degradation-guided router (arXiv 2410.15385, section 3.2) with a small encoder instead of CLIP.

    One encoder for all views; concat(global, mean of local) -> 2 x (Linear, GELU). From there the embedding d, scored
    as sigmoid(d . B + b) against one bank row for each degradation (UIR-LoRA, arXiv 2409.20197): these choose the mix.
    Its last part, the correction, also sees the maximum of the local views: what one of nine shows is a ninth of itself
    in their mean. It is silent until train_scores has learnt it, with nine views as the tool has them.
    The prior e holds scores of the same degradations, from layers of its own after the first, and the colour statistics
    of the image. So it is supervised, not a free code; and base and experts, which live by it, keep the one they know
    when the scores that choose learn something new (train_scores). How severe a degradation is, the base sees for
    itself: told estimates of it, it trusted them more than its eyes.
    """

    def __init__(self, config: Config, kinds: int = len(NAMES)):
        super().__init__()
        plan = [(12, 32, 1), (32, 32, 1), (32, 64, 2), (64, 64, 1), (64, 128, 2), (128, 128, 1), (128, 160, 2), (160, 160, 1)]
        # the last two let every place see the whole view: the convolutions before them see 94 pixels
        self.encoder = nn.Sequential(nn.PixelUnshuffle(2), *(convolution(*layer) for layer in plan), Bottleneck(160, 48), Bottleneck(160, 48))
        self.trunk = nn.Sequential(nn.Linear(640, TRUNK), nn.GELU())
        self.embedding = nn.Sequential(nn.Linear(TRUNK, 128), nn.GELU(), nn.Linear(128, config.embedding))
        self.correction = nn.Sequential(nn.Linear(FEATURES, 64), nn.GELU(), nn.Linear(64, config.embedding // 2))
        self.bank = nn.Linear(config.embedding + config.embedding // 2, kinds)
        self.prior = nn.Sequential(nn.Linear(TRUNK, 64), nn.GELU(), nn.Linear(64, kinds))
        self.dense = nn.Conv2d(160, kinds, 1)  # only while the router learns: where each degradation is
        self.silence()

    def silence(self) -> None:
        """Makes the correction 0, until train_scores learns another."""
        self.correction.requires_grad_(False)
        nn.init.zeros_(self.correction[-1].weight)
        nn.init.zeros_(self.correction[-1].bias)

    def maps(self, whole: torch.Tensor, local: torch.Tensor) -> torch.Tensor:
        """whole (n, 3, v, v), local (n, l, 3, v, v) -> all views encoded (n + n l, 160, v / 16, v / 16), the global ones first."""
        return self.encoder(torch.cat([whole, local.flatten(0, 1)]).contiguous(memory_format=torch.channels_last))

    def gather(self, maps: torch.Tensor, n: int) -> torch.Tensor:
        """The maps of n images -> what is seen in each (n, FEATURES)."""
        seen = pool(maps)
        local = seen[n:].view(n, -1, seen.shape[1])
        return torch.cat([self.trunk(torch.cat([seen[:n], local.mean(1)], 1)), local.amax(1)], 1)

    def features(self, whole: torch.Tensor, local: torch.Tensor) -> torch.Tensor:
        """whole (n, 3, v, v), local (n, l, 3, v, v) -> what is seen in an image (n, FEATURES)."""
        return self.gather(self.maps(whole, local), len(whole))

    def logits(self, features: torch.Tensor) -> torch.Tensor:
        """What is seen (n, FEATURES) -> scores before the sigmoid (n, kinds)."""
        return self.bank(embed(self, features))

    def forward(self, whole: torch.Tensor, local: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """whole (n, 3, v, v), local (n, l, 3, v, v) -> embedding (n, D), prior (n, kinds + 6)."""
        features = self.features(whole, local)
        return embed(self, features), torch.cat([self.prior(features[:, :TRUNK]).sigmoid(), statistics(whole)], 1)

    def score(self, embedding: torch.Tensor) -> torch.Tensor:
        """Scores (n, kinds) in 0..1."""
        return self.bank(embedding).sigmoid()

    def folded(self) -> dict[str, torch.Tensor]:
        """The tensors of a pack by name: those of the exported router, and the bank."""
        return dict(ExportedRouter(self).named_parameters()) | {f"bank.{n}": p for n, p in self.bank.named_parameters()}

    @torch.no_grad()
    def load_folded(self, tensors: dict[str, torch.Tensor]) -> "Router":
        """Takes the tensors of `folded`; each norm becomes an offset, rows of the bank that were added later are left."""
        for norm in self.encoder.modules():
            if isinstance(norm, nn.BatchNorm2d):
                norm.running_var.fill_(1 - norm.eps)
        state = self.state_dict()
        for name, value in tensors.items():
            name = re.sub(r"^(encoder\.\d+)\.0\.bias", r"\1.1.bias", name)
            state[name] = (value[: self.bank.out_features] if name.startswith("bank.") else value).float()
        self.load_state_dict(state)
        return self

    @torch.no_grad()
    def calibrate(self, images: torch.Tensor) -> "Router":
        """Gives every norm the statistics of these views (n, 3, v, v), the function unchanged, to train folded norms on; wakes blocks that sleep."""
        x = self.encoder[0](images)
        for layer in self.encoder[1:-2]:
            convolution, norm, _ = layer
            y = convolution(x)
            x = layer(x)
            mean, variance = y.mean((0, 2, 3)), y.var((0, 2, 3))
            gain = norm.weight / (norm.running_var + norm.eps).sqrt()
            norm.bias.add_(gain * (mean - norm.running_mean))
            norm.weight.copy_(gain * (variance + norm.eps).sqrt())
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)
        for block in self.encoder[-2:]:
            block.waken(x)
            x = block(x)
        return self


class ExportedRouter(nn.Module):
    """What router.onnx holds: one image, global (1, 3, v, v) and local (l, 3, v, v) -> embedding, prior; norms folded."""

    def __init__(self, router: Router):
        super().__init__()
        layers = [
            nn.Sequential(nn.utils.fusion.fuse_conv_bn_eval(layer[0], layer[1]), nn.ReLU())
            if isinstance(layer, nn.Sequential) else layer
            for layer in router.eval().encoder
        ]  # fmt: skip
        self.encoder, self.trunk = nn.Sequential(*layers), router.trunk
        self.embedding, self.correction, self.prior = router.embedding, router.correction, router.prior

    def forward(self, whole: torch.Tensor, local: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        seen = pool(self.encoder(torch.cat([whole, local])))
        trunk = self.trunk(torch.cat([seen[:1], seen[1:].mean(0, keepdim=True)], 1))
        features = torch.cat([trunk, seen[1:].amax(0, keepdim=True)], 1)
        return embed(self, features), torch.cat([self.prior(trunk).sigmoid(), statistics(whole)], 1)

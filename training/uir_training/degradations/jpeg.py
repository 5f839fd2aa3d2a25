"""JPEG compression in batches on any device: the baseline codec's tables, 4:2:0 or 4:4:4 (ITU-T T.81, annex K)."""

import math
import random

import torch
import torch.nn.functional as F

LUMA = torch.tensor([
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
]).float().view(8, 8)  # fmt: skip
CHROMA = torch.full((8, 8), 99.0)
CHROMA[:4, :4] = torch.tensor([17, 18, 24, 47, 18, 21, 26, 66, 24, 26, 56, 99, 47, 66, 99, 99]).float().view(4, 4)
TO_YCC = torch.tensor([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
DCT = torch.tensor([[math.sqrt((1 if u == 0 else 2) / 8) * math.cos((2 * x + 1) * u * math.pi / 16) for x in range(8)] for u in range(8)])


def quantise(plane: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    """Quantises one plane (n, h, w), zero-centred levels, with one table an image (n, 8, 8); h and w multiples of 8."""
    n, height, width = plane.shape
    dct = DCT.to(plane)
    blocks = plane.view(n, height // 8, 8, width // 8, 8).transpose(2, 3)
    coefficients = dct @ blocks @ dct.T
    table = table[:, None, None]
    blocks = dct.T @ ((coefficients / table).round() * table) @ dct
    return blocks.transpose(2, 3).reshape(n, height, width)


def compress(image: torch.Tensor, quality: torch.Tensor, subsample: bool) -> torch.Tensor:
    """Compresses and decodes (n, 3, h, w) in 0..1 at qualities (n,) 1..100 on libjpeg's scale."""
    height, width = image.shape[-2:]
    padded = F.pad(image, (0, -width % 16, 0, -height % 16), mode="replicate")
    matrix = TO_YCC.to(image)
    ycc = torch.einsum("ij,njhw->nihw", matrix, padded * 255)
    ycc[:, 0] -= 128
    scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality)[:, None, None]
    luma, chroma = (((t.to(image) * scale + 50) / 100).floor().clamp(1, 255) for t in (LUMA, CHROMA))
    y = quantise(ycc[:, 0], luma)
    planes = F.avg_pool2d(ycc[:, 1:], 2) if subsample else ycc[:, 1:]
    planes = torch.stack([quantise(planes[:, c], chroma) for c in range(2)], 1)
    if subsample:
        planes = F.interpolate(planes, scale_factor=2, mode="bilinear")  # libjpeg's "fancy" triangle filter
    rgb = torch.einsum("ij,njhw->nihw", torch.linalg.inv(matrix), torch.cat([y[:, None] + 128, planes], 1))
    return (rgb / 255)[..., :height, :width].clamp(0, 1)


def jpeg(image: torch.Tensor) -> torch.Tensor:
    """(n, 3, h, w) in 0..1 to JPEG artifacts: quality 5 to 95 with weight on the low end, 15 % compressed twice."""

    def once(picture: torch.Tensor) -> torch.Tensor:
        quality = 5 + 90 * torch.rand(len(picture), device=picture.device) ** 1.8
        return compress(picture.clamp(0, 1), quality, subsample=random.random() < 0.75)

    image = once(image)
    if random.random() < 0.15:  # saved again after a crop: the two block grids do not meet
        dy, dx = random.randrange(8), random.randrange(8)
        image = once(image.roll((dy, dx), (2, 3))).roll((-dy, -dx), (2, 3))
    return image

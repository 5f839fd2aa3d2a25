"""Random fields and kernels that several degradations share."""

import math

import torch
import torch.nn.functional as F


def uniform(n: int, low: float, high: float, like: torch.Tensor) -> torch.Tensor:
    """n samples of U(low, high), shaped (n, 1, 1, 1) to broadcast over images."""
    return torch.empty(n, 1, 1, 1, device=like.device, dtype=like.dtype).uniform_(low, high)


def linearise(srgb: torch.Tensor) -> torch.Tensor:
    """sRGB-encoded values in 0..1 to linear light, by the usual 2.2 power."""
    return srgb.clamp(0, 1) ** 2.2


def encode(linear: torch.Tensor) -> torch.Tensor:
    """Linear light to sRGB-encoded values in 0..1."""
    return linear.clamp(1e-8, 1) ** (1 / 2.2)


def smooth_field(n: int, height: int, width: int, like: torch.Tensor, coarsest: int = 2, octaves: int = 4) -> torch.Tensor:
    """Fractal value noise (n, 1, height, width), each image stretched to 0..1."""
    field = torch.zeros(n, 1, height, width, device=like.device, dtype=like.dtype)
    for octave in range(octaves):
        cells = coarsest * 2**octave
        grid = torch.rand(n, 1, cells + 1, cells + 1, device=like.device, dtype=like.dtype)
        field += F.interpolate(grid, (height, width), mode="bicubic", align_corners=True) / 2**octave
    low, high = field.amin((2, 3), keepdim=True), field.amax((2, 3), keepdim=True)
    return (field - low) / (high - low + 1e-6)


def line_kernel(size: int, length: float, angle: float, width: float, like: torch.Tensor) -> torch.Tensor:
    """A soft line segment through the centre: (size, size), sum 1, angle in radians, length and width in pixels."""
    axis = torch.arange(size, device=like.device, dtype=like.dtype) - size // 2
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    along = x * math.cos(angle) + y * math.sin(angle)
    across = -x * math.sin(angle) + y * math.cos(angle)
    kernel = torch.exp(-0.5 * (across / (0.5 * width)) ** 2) * (along.abs() <= length / 2)
    kernel[size // 2, size // 2] += 1e-3
    return kernel / kernel.sum()


def convolve(images: torch.Tensor, kernels: torch.Tensor) -> torch.Tensor:
    """Convolves images (n, c, h, w) with one kernel each (n, k, k), k odd, mirrored at the border, by FFT."""
    margin = kernels.shape[-1] // 2
    padded = F.pad(images, (margin,) * 4, mode="reflect")
    height, width = padded.shape[-2:]
    canvas = torch.zeros(len(images), 1, height, width, device=images.device, dtype=images.dtype)
    canvas[:, 0, : kernels.shape[-2], : kernels.shape[-1]] = kernels
    canvas = canvas.roll((-margin, -margin), (2, 3))
    product = torch.fft.rfft2(padded) * torch.fft.rfft2(canvas)
    blurred = torch.fft.irfft2(product, s=(height, width))
    return blurred[..., margin : height - margin, margin : width - margin]


def gaussian_blur(images: torch.Tensor, sigma: float) -> torch.Tensor:
    """Separable Gaussian blur of (n, c, h, w), mirrored at the border, sigma in pixels."""
    radius = max(1, int(3 * sigma))
    axis = torch.arange(-radius, radius + 1, device=images.device, dtype=images.dtype)
    kernel = torch.exp(-0.5 * (axis / sigma) ** 2)
    kernel = kernel / kernel.sum()
    channels = images.shape[1]
    padded = F.pad(images, (radius,) * 4, mode="reflect")
    rows = F.conv2d(padded, kernel.view(1, 1, 1, -1).expand(channels, 1, 1, -1), groups=channels)
    return F.conv2d(rows, kernel.view(1, 1, -1, 1).expand(channels, 1, -1, 1), groups=channels)

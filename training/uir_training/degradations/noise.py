"""Sensor noise: blind Gaussian, Poisson-Gaussian in linear light, and correlated noise."""

import random

import torch

from .fields import encode, gaussian_blur, linearise, uniform


def gaussian(image: torch.Tensor) -> torch.Tensor:
    """Additive white Gaussian noise, sigma U(2, 60) / 255, the blind range of DRUNet and AirNet widened."""
    return image + torch.randn_like(image) * uniform(len(image), 2, 60, image) / 255


def camera(image: torch.Tensor) -> torch.Tensor:
    """Shot and read noise of a linearised image (Brooks et al. 2019, Unprocessing Images, section 3.1)."""
    n = len(image)
    log_shot = uniform(n, -9.2, -4.0, image)  # log(1e-4) .. log(0.018)
    log_read = 2.18 * log_shot + 1.20 + 0.26 * torch.randn_like(log_shot)
    linear = linearise(image)
    return encode(linear + torch.randn_like(image) * (linear * log_shot.exp() + log_read.exp()).sqrt())


def correlated(image: torch.Tensor) -> torch.Tensor:
    """Noise smoothed by demosaicing and resizing (BSRGAN, Zhang et al. 2021): blurred, or the same in all channels."""
    grain = torch.randn_like(image)
    if random.random() < 0.5:
        grain = gaussian_blur(grain, random.uniform(0.4, 0.9))
        grain = grain / grain.std((1, 2, 3), keepdim=True)
    else:
        grain = grain[:, :1].expand_as(image)
    return image + grain * uniform(len(image), 2, 40, image) / 255


def noise(image: torch.Tensor) -> torch.Tensor:
    """(n, 3, h, w) in 0..1 to noisy images: white Gaussian 65 %, camera 22 %, correlated 13 %."""
    kind = random.choices([gaussian, camera, correlated], [65, 22, 13])[0]
    return kind(image)
